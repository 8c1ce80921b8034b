// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Governed} from "../shared/Governed.sol";
import {IVerifier} from "./IVerifier.sol";
import {IVerifierRegistry} from "./IVerifierRegistry.sol";
import {LocalChain} from "./LocalChain.sol";

/// @title VerifierRegistry
/// @author Ballast
/// @notice Append-only list of verifiers, by circuit id.
/// @dev A verifier decides what a valid proof is, so a false one could harm everybody: once the list is sealed, whoever
/// relies on it sees a new one two days before it counts. Retiring takes effect at once: it only stops, and what has to
/// be stopped is a leaked key or a false statement.
contract VerifierRegistry is IVerifierRegistry, Governed {
    /// @notice One storage slot: what the hot path needs.
    struct Entry {
        address verifier;
        bytes8 kind;
        uint32 index;
    }

    /// @notice The kind of a retired circuit: no registry asks for it.
    bytes8 private constant RETIRED = "retired";

    /// @inheritdoc IVerifierRegistry
    uint32 public immutable override slots;
    /// @inheritdoc IVerifierRegistry
    bool public override isSealed;
    /// @notice The verifiers.
    mapping(bytes32 circuitId => Entry entry) private _entries;
    /// @notice The circuit ids in order of registration.
    bytes32[] private _circuitIds;
    /// @notice When circuits were retired, in order.
    uint64[] private _retiredAt;

    /// @notice Starts with an empty list that isn't sealed.
    /// @param owner who may add verifiers.
    /// @param slots_ positions of every account, for good; 0: any, where accounts are only attested.
    constructor(address owner, uint32 slots_) Governed(owner) {
        slots = slots_;
    }

    /// @inheritdoc IVerifierRegistry
    function register(address verifier) external returns (bytes32 circuitId) {
        if (msg.sender != address(this)) {
            if (isSealed) revert OnlyScheduled(msg.sender);
            _checkOwner();
        }
        IVerifier candidate = IVerifier(verifier);
        LocalChain.requireAllowed(candidate.isDevKey());
        uint32 own = candidate.slots();
        if (slots != 0 && own != 0 && own != slots) revert WrongSlots(own, slots);
        circuitId = keccak256(abi.encode(candidate.name(), candidate.keyHash()));
        bytes32 claimed = candidate.circuitId();
        if (claimed != circuitId) revert CircuitIdMismatch(circuitId, claimed);
        if (_entries[circuitId].verifier != address(0)) revert CircuitAlreadyRegistered(circuitId);
        uint32 index = uint32(_circuitIds.length);
        _entries[circuitId] = Entry(verifier, candidate.kind(), index);
        _circuitIds.push(circuitId);
        emit VerifierRegistered(circuitId, index, verifier);
    }

    /// @inheritdoc IVerifierRegistry
    function seal() external onlyOwner {
        if (isSealed) revert AlreadySealed();
        isSealed = true;
        emit ListSealed();
    }

    /// @inheritdoc IVerifierRegistry
    function retire(bytes32 circuitId) external onlyOwner {
        Entry storage entry = _entries[circuitId];
        if (entry.verifier == address(0)) revert UnknownCircuit(circuitId);
        // Once: what it stops, it stops once.
        if (entry.kind == RETIRED) revert AlreadyRetired(circuitId);
        entry.kind = RETIRED;
        _retiredAt.push(uint64(block.timestamp));
        emit CircuitRetired(circuitId);
    }

    /// @inheritdoc IVerifierRegistry
    function kindOf(bytes32 circuitId) external view returns (bytes8) {
        return _entries[circuitId].kind;
    }

    /// @inheritdoc IVerifierRegistry
    function verifierOf(bytes32 circuitId) external view returns (address verifier) {
        verifier = _entries[circuitId].verifier;
        if (verifier == address(0)) revert UnknownCircuit(circuitId);
    }

    /// @inheritdoc IVerifierRegistry
    function verifierFor(
        bytes32 circuitId,
        bytes8 expected
    ) external view returns (address verifier, uint32 index) {
        Entry memory entry = _entries[circuitId];
        if (entry.verifier == address(0)) revert UnknownCircuit(circuitId);
        if (entry.kind != expected) revert WrongCircuitKind(circuitId, entry.kind, expected);
        return (entry.verifier, entry.index);
    }

    /// @inheritdoc IVerifierRegistry
    function circuitAt(uint256 index) external view returns (bytes32) {
        return _circuitIds[index];
    }

    /// @inheritdoc IVerifierRegistry
    function retiredCount() external view returns (uint256) {
        return _retiredAt.length;
    }

    /// @inheritdoc IVerifierRegistry
    function retiredAt(uint256 index) external view returns (uint64) {
        return _retiredAt[index];
    }

    /// @inheritdoc IVerifierRegistry
    function circuitCount() external view returns (uint256) {
        return _circuitIds.length;
    }
}
