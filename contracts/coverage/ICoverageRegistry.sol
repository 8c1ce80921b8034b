// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../verify/Groth16.sol";

/// @title Coverage attestations
/// @author Ballast
/// @notice Records that a proof about an account's margin tier was accepted, for one snapshot, until it is too old.
/// An attestation belongs to a pair (account, commitment): only who can open the commitment can make a proof for it,
/// so nobody can overwrite another's. Which commitment is an account's current one is the ledger's business.
interface ICoverageRegistry {
    /// @notice One proof, with everything that is checked on chain.
    struct CoverageProof {
        bytes32 circuitId;
        uint256 snapshotId;
        uint64 deadline;
        uint256 accountId;
        uint256 commitment;
        uint8 tier;
        Groth16.Proof proof;
    }

    /// @notice One proof of a batch; circuit, snapshot and deadline are the batch's.
    struct BatchItem {
        uint256 accountId;
        uint256 commitment;
        uint8 tier;
        Groth16.Proof proof;
    }

    /// @notice What is known about a pair (account, commitment).
    struct Attestation {
        bool exists;
        bool isCurrent;
        uint8 tier;
        uint64 snapshotTime;
        uint64 attestedAt;
        uint64 expiresAt;
        uint256 snapshotId;
        bytes32 circuitId;
    }

    /// @notice A proof was accepted. Ids only: the tier is in the storage.
    /// @param accountId the account.
    /// @param commitment the portfolio commitment.
    /// @param snapshotId the snapshot.
    event Attested(uint256 indexed accountId, uint256 indexed commitment, uint256 indexed snapshotId);

    /// @notice The proof's deadline has passed: prove again with a later one.
    error DeadlinePassed(uint64 deadline, uint256 now_);

    /// @notice The snapshot is too old to attest with: prove against a newer one.
    error SnapshotStale(uint64 snapshotTime, uint256 oldest);

    /// @notice The pair already holds an attestation for this or a newer snapshot.
    error NotNewer(uint256 accountId, uint256 commitment, uint64 storedSnapshotTime);

    /// @notice Tiers are 0 to 4.
    error InvalidTier(uint8 tier);

    /// @notice The proof does not verify for this circuit, snapshot, chain, registry, deadline and signals.
    error InvalidProof();

    /// @notice At least one proof of the batch does not verify: nothing was recorded.
    error InvalidBatchProof();

    /// @notice A batch has 1 to 64 proofs.
    error InvalidBatchSize(uint256 size);

    /// @notice No item of the batch is newer than what is stored: the batch is a replay.
    error NothingNew();

    /// @notice This registry takes table points only when they were computed on chain.
    error TablePointNotProven(uint256 snapshotId, bytes32 circuitId);

    /// @notice The oracle's table points refer to another list of verifiers.
    error VerifierListMismatch();

    /// @notice The maximum age must be 1 minute to 7 days.
    error InvalidMaxAge(uint64 maxAge);

    /// @notice Checks a proof and records its attestation. Anyone may submit it.
    /// @param claim the proof and what it claims.
    function attest(CoverageProof calldata claim) external;

    /// @notice Checks up to 64 proofs of one instance and snapshot together, and records them.
    /// @dev An item whose pair already has this or a newer snapshot is verified but changes nothing, so that
    /// submitting one item of a batch ahead of it can't make the batch fail. Reverts with NothingNew when none is new.
    /// @param circuitId the instance and key of all proofs.
    /// @param snapshotId the snapshot of all proofs.
    /// @param deadline the deadline of all proofs.
    /// @param items the proofs.
    /// @return recorded how many attestations were written.
    function attestBatch(
        bytes32 circuitId,
        uint256 snapshotId,
        uint64 deadline,
        BatchItem[] calldata items
    ) external returns (uint256 recorded);

    /// @notice The attestation of a pair.
    /// @param accountId the account.
    /// @param commitment the portfolio commitment.
    /// @return the attestation; all zero when there is none. `isCurrent` is false once it expired or its table point
    /// was proven wrong.
    function attestation(uint256 accountId, uint256 commitment) external view returns (Attestation memory);

    /// @notice The context that a proof for this registry, on this chain, must carry.
    /// @param deadline the proof's deadline, Unix seconds.
    /// @return the public signal `context`.
    function contextOf(uint64 deadline) external view returns (uint256);

    /// @notice The oldest a snapshot may be, for attesting and for relying on an attestation, in seconds.
    /// @return the age.
    function maxAge() external view returns (uint64);

    /// @notice Whether only table points computed on chain are accepted.
    /// @return whether they are.
    function requireProven() external view returns (bool);

    /// @notice The snapshot oracle.
    /// @return its address.
    function oracle() external view returns (address);

    /// @notice The list of verifiers.
    /// @return its address.
    function verifiers() external view returns (address);
}
