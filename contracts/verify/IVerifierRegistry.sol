// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Append-only list of verifiers
/// @author Ballast
/// @notice A circuit id names an instance and a key; it never points to another verifier later.
interface IVerifierRegistry {
    /// @notice A verifier was added.
    /// @param circuitId keccak256(abi.encode(name, keyHash)), computed by the registry.
    /// @param index its place in the list.
    /// @param verifier the contract.
    event VerifierRegistered(bytes32 indexed circuitId, uint32 indexed index, address indexed verifier);

    /// @notice A circuit was retired: its verifier stays in the list, but no statement is proven with it any more.
    /// @param circuitId the circuit.
    event CircuitRetired(bytes32 indexed circuitId);

    /// @notice From now on a new verifier waits two days.
    event ListSealed();

    /// @notice The list is sealed already, for good.
    error AlreadySealed();

    /// @notice The circuit was retired before, for good.
    error AlreadyRetired(bytes32 circuitId);

    /// @notice No verifier has this circuit id: check the key, or register its verifier first.
    error UnknownCircuit(bytes32 circuitId);

    /// @notice The circuit proves another statement than the one asked for.
    error WrongCircuitKind(bytes32 circuitId, bytes8 actual, bytes8 expected);

    /// @notice The circuit id is taken: the list is append-only.
    error CircuitAlreadyRegistered(bytes32 circuitId);

    /// @notice The verifier's own circuit id is not the one that its name and key hash give.
    error CircuitIdMismatch(bytes32 computed, bytes32 claimed);

    /// @notice The verifier is of portfolios of another size than the venue's accounts.
    error WrongSlots(uint32 actual, uint32 expected);

    /// @notice Adds a verifier; nobody can replace it. The owner may until the list is sealed; then `schedule` and
    /// `execute` of `IGoverned` only.
    /// @dev ASSUMES that the owner has read the verifier's code: a registered verifier decides what a valid proof is.
    /// @param verifier a contract of `contracts/verify/statements`.
    /// @return circuitId the id it now has.
    function register(address verifier) external returns (bytes32 circuitId);

    /// @notice Ends registering at once, for good; only the owner may, when the first verifiers are in.
    function seal() external;

    /// @notice Retires a circuit for good, e.g. because its key leaked; only the owner may, and at once: it only stops.
    /// @dev Its kind becomes "retired": `verifierFor` then reverts with WrongCircuitKind, and attestations made with
    /// it are no longer current.
    /// @param circuitId the circuit.
    function retire(bytes32 circuitId) external;

    /// @notice Positions of every account: whatever can be attested can be transferred, reduced, run and closed, since
    /// all verifiers of portfolios are of this size.
    /// @return the number of slots; 0 where accounts of any size are attested, and nothing more.
    function slots() external view returns (uint32);

    /// @notice What a circuit proves.
    /// @param circuitId the circuit.
    /// @return the kind, e.g. "coverage"; "retired" once it is retired, zero when it is unknown.
    function kindOf(bytes32 circuitId) external view returns (bytes8);

    /// @notice The verifier of a circuit, whatever it proves.
    /// @param circuitId the circuit.
    /// @return verifier the contract. Reverts with UnknownCircuit when there is none.
    function verifierOf(bytes32 circuitId) external view returns (address verifier);

    /// @notice The verifier of a circuit that must prove `expected`.
    /// @param circuitId the circuit.
    /// @param expected the statement, e.g. "coverage".
    /// @return verifier the contract. Reverts with UnknownCircuit or WrongCircuitKind.
    /// @return index its place in the list.
    function verifierFor(
        bytes32 circuitId,
        bytes8 expected
    ) external view returns (address verifier, uint32 index);

    /// @notice The circuit at a place in the list.
    /// @param index from 0.
    /// @return the circuit id.
    function circuitAt(uint256 index) external view returns (bytes32);

    /// @notice How many circuits there are.
    /// @return the number of ids, retired ones included.
    function circuitCount() external view returns (uint256);

    /// @notice How many circuits were retired.
    /// @return their number.
    function retiredCount() external view returns (uint256);

    /// @notice When a circuit was retired.
    /// @param index from 0, in the order in which they were.
    /// @return Unix seconds. Reverts for an index that does not exist.
    function retiredAt(uint256 index) external view returns (uint64);

    /// @notice Whether a new verifier must wait.
    /// @return whether the list is sealed.
    function isSealed() external view returns (bool);
}
