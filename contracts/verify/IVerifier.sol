// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What every verifier tells about itself
/// @author Ballast
/// @notice A verifier holds one key of one circuit instance, for good.
interface IVerifier {
    /// @notice A key made by `setup --dev` may only be deployed and registered on a local chain (31337, 1337).
    error DevKeyOutsideLocalChain(uint256 chainId);

    /// @notice The key breaks a rule of `KeyCheck`: anybody could make proofs under it.
    error InvalidKey();

    /// @notice Signal `index` (in a batch: counted over all proofs) is not below the scalar field.
    error SignalNotInField(uint256 index);

    /// @notice A batch needs at least one proof and as many signal lists as proofs.
    error InvalidBatch();

    /// @notice The statement proven, e.g. "coverage".
    /// @return eight ASCII bytes, zero-padded on the right.
    function kind() external view returns (bytes8);

    /// @notice The instance's name, e.g. "coverage_64x240_s35k2", derived from its parameters.
    /// @return the name.
    function name() external view returns (string memory);

    /// @notice Hash of the whole verifying key (docs/protocol/encodings.md, section 6).
    /// @return the hash.
    function keyHash() external view returns (bytes32);

    /// @notice Chained hash of the IC points of the cached inputs, for the trustless table point; without a table
    /// keccak256 of IC_0.
    /// @return the hash.
    function icHash() external view returns (bytes32);

    /// @notice keccak256(abi.encode(name, keyHash)).
    /// @return the id.
    function circuitId() external view returns (bytes32);

    /// @notice Whether the key's secrets were known to the machine that made it.
    /// @return true for a key of `setup --dev`.
    function isDevKey() external view returns (bool);

    /// @notice Positions that a portfolio of the instance can hold: commitments are of that many slots.
    /// @return the number; 0 for a statement about no portfolio.
    function slots() external view returns (uint32);

    /// @notice The table that the instance takes, and its shape.
    /// @return rows rows of its table; 0 for a circuit that takes none.
    /// @return scenarios S of its shape; 0 for a circuit that knows none.
    /// @return underlyings K of its shape; 0 for a circuit that knows none.
    function table() external view returns (uint32 rows, uint32 scenarios, uint32 underlyings);
}
