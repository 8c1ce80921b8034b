// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What can be wrong with a proof about an account's portfolio
/// @author Ballast
/// @notice The errors of `EquityProof`, `CeilingProof`, `ReductionProof`, `DeleverageProof`, `MembershipProof` and
/// `EmptyProof`, for whoever calls a contract that uses them.
interface IFactProofs {
    /// @notice The proof's deadline has passed: prove again with a later one.
    error FactExpired(uint64 deadline);

    /// @notice The snapshot is older than the coverage registry allows: prove against a newer one.
    error FactSnapshotStale(uint64 snapshotTime, uint256 oldest);

    /// @notice Only table points that were computed on chain are accepted here.
    error TablePointNotComputed(uint256 snapshotId, bytes32 circuitId);

    /// @notice A value is larger than any that can be proven.
    error ValueOutOfRange(int256 value);

    /// @notice The proof does not verify for this account, its commitment, this snapshot, tier and equity.
    error InvalidEquityProof();

    /// @notice The proof does not verify for this account, its commitment, this snapshot and the ceiling that follows
    /// from what is paid: another price has another ceiling.
    error InvalidCeilingProof();

    /// @notice The proof does not verify for this account, these two commitments, this snapshot and largest penalty.
    error InvalidReductionProof();

    /// @notice The proof does not verify for this account, these two commitments, terms and closed lots.
    error InvalidDeleverageProof();

    /// @notice The proof does not verify for this root, account and commitment.
    error InvalidMembershipProof();

    /// @notice The proof does not verify for this account and commitment.
    error InvalidEmptyProof();
}
