// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {Bn254} from "../verify/Bn254.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {CoverageSignals} from "../verify/statements/CoverageSignals.sol";
import {VerifierCall} from "../verify/VerifierCall.sol";
import {AttestationSlot} from "./AttestationSlot.sol";
import {CoverageContext} from "./CoverageContext.sol";
import {ICoverageRegistry} from "./ICoverageRegistry.sol";

/// @title CoverageRegistry
/// @author Ballast
/// @notice Accepts coverage proofs as attestations.
/// @dev Replay protection: the context binds chain, this contract and the deadline; within them, a pair
/// (account, commitment) only ever moves to a strictly newer snapshot time, so no proof is accepted twice and an older
/// tier never replaces a newer one. For one pair, snapshot and policy the tier is a function, so there is no
/// second, different proof to choose from.
contract CoverageRegistry is ICoverageRegistry {
    /// @notice Most proofs in a batch.
    uint256 public constant MAX_BATCH = 64;
    /// @notice Tiers are 0 to 4.
    uint8 public constant MAX_TIER = 4;
    /// @notice The statement whose proofs are accepted.
    bytes8 public constant KIND = "coverage";

    /// @inheritdoc ICoverageRegistry
    uint64 public immutable override maxAge;
    /// @inheritdoc ICoverageRegistry
    bool public immutable override requireProven;
    /// @notice The snapshot oracle.
    ISnapshotOracle private immutable ORACLE;
    /// @notice The list of verifiers.
    IVerifierRegistry private immutable VERIFIERS;

    /// @notice The attestations, by keccak256(accountId, commitment).
    mapping(bytes32 pair => uint256 slot) private _attestations;

    /// @notice Everything is fixed here: there is no owner.
    /// @param oracle_ where snapshots and table points come from.
    /// @param verifiers_ the list of verifiers.
    /// @param maxAge_ the oldest a snapshot may be, in seconds.
    /// @param requireProven_ whether only table points computed on chain are accepted.
    constructor(ISnapshotOracle oracle_, IVerifierRegistry verifiers_, uint64 maxAge_, bool requireProven_) {
        if (maxAge_ < 1 minutes || maxAge_ > 7 days) revert InvalidMaxAge(maxAge_);
        if (address(oracle_.verifiers()) != address(verifiers_)) revert VerifierListMismatch();
        ORACLE = oracle_;
        VERIFIERS = verifiers_;
        maxAge = maxAge_;
        requireProven = requireProven_;
    }

    /// @inheritdoc ICoverageRegistry
    function attest(CoverageProof calldata claim) external {
        (address verifier, Bn254.G1 memory point, uint256 slot) = _target(
            claim.circuitId,
            claim.snapshotId,
            claim.deadline
        );
        if (claim.tier > MAX_TIER) revert InvalidTier(claim.tier);
        bytes32 pair = _pair(claim.accountId, claim.commitment);
        uint64 stored = AttestationSlot.snapshotTime(_attestations[pair]);
        if (stored >= AttestationSlot.snapshotTime(slot)) revert NotNewer(claim.accountId, claim.commitment, stored);

        uint256[4] memory signals = CoverageSignals.encode(
            claim.accountId,
            claim.commitment,
            claim.tier,
            contextOf(claim.deadline)
        );
        if (!VerifierCall.verify(verifier, point, claim.proof, signals)) revert InvalidProof();
        _attestations[pair] = slot | claim.tier;
        emit Attested(claim.accountId, claim.commitment, claim.snapshotId);
    }

    /// @inheritdoc ICoverageRegistry
    function attestBatch(
        bytes32 circuitId,
        uint256 snapshotId,
        uint64 deadline,
        BatchItem[] calldata items
    ) external returns (uint256 recorded) {
        if (items.length == 0 || items.length > MAX_BATCH) revert InvalidBatchSize(items.length);
        (address verifier, Bn254.G1 memory point, uint256 slot) = _target(circuitId, snapshotId, deadline);
        _verifyBatch(verifier, point, contextOf(deadline), items);
        for (uint256 i = 0; i < items.length; ++i) {
            BatchItem calldata item = items[i];
            bytes32 pair = _pair(item.accountId, item.commitment);
            uint64 stored = AttestationSlot.snapshotTime(_attestations[pair]);
            if (stored >= AttestationSlot.snapshotTime(slot)) continue;
            _attestations[pair] = slot | item.tier;
            emit Attested(item.accountId, item.commitment, snapshotId);
            ++recorded;
        }
        if (recorded == 0) revert NothingNew();
    }

    /// @inheritdoc ICoverageRegistry
    function attestation(uint256 accountId, uint256 commitment) external view returns (Attestation memory) {
        uint256 slot = _attestations[_pair(accountId, commitment)];
        if (slot == 0) return Attestation(false, false, 0, 0, 0, 0, 0, 0);
        uint64 time = AttestationSlot.snapshotTime(slot);
        uint256 snapshotId = ORACLE.snapshotIdAt(AttestationSlot.snapshotSequence(slot));
        bytes32 circuitId = VERIFIERS.circuitAt(AttestationSlot.circuitIndex(slot));
        uint64 expiresAt = time + maxAge;
        return
            Attestation({
                exists: true,
                isCurrent: block.timestamp <= expiresAt &&
                    ORACLE.isUsable(snapshotId, circuitId) &&
                    VERIFIERS.kindOf(circuitId) == KIND,
                tier: AttestationSlot.tier(slot),
                snapshotTime: time,
                attestedAt: AttestationSlot.attestedAt(slot),
                expiresAt: expiresAt,
                snapshotId: snapshotId,
                circuitId: circuitId
            });
    }

    /// @inheritdoc ICoverageRegistry
    function oracle() external view returns (address) {
        return address(ORACLE);
    }

    /// @inheritdoc ICoverageRegistry
    function verifiers() external view returns (address) {
        return address(VERIFIERS);
    }

    /// @inheritdoc ICoverageRegistry
    function contextOf(uint64 deadline) public view returns (uint256) {
        return CoverageContext.compute(block.chainid, address(this), deadline);
    }

    /// @notice Checks deadline, circuit, table point and freshness.
    /// @param circuitId the instance and key.
    /// @param snapshotId the snapshot.
    /// @param deadline the proof's deadline.
    /// @return verifier the circuit's verifier.
    /// @return point the snapshot's table point.
    /// @return slot the attestation to store, with tier 0.
    function _target(
        bytes32 circuitId,
        uint256 snapshotId,
        uint64 deadline
    ) private view returns (address verifier, Bn254.G1 memory point, uint256 slot) {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        uint32 circuitIndex;
        (verifier, circuitIndex) = VERIFIERS.verifierFor(circuitId, KIND);
        uint64 time;
        uint32 sequence;
        bool proven;
        (point.x, point.y, time, sequence, proven) = ORACLE.usablePoint(snapshotId, circuitId);
        if (block.timestamp > uint256(time) + maxAge) revert SnapshotStale(time, block.timestamp - maxAge);
        if (requireProven && !proven) revert TablePointNotProven(snapshotId, circuitId);
        slot = AttestationSlot.pack(time, uint64(block.timestamp), sequence, circuitIndex);
    }

    /// @notice Verifies a batch, or reverts.
    /// @param verifier the circuit's verifier.
    /// @param point the snapshot's table point.
    /// @param context the batch's context.
    /// @param items the proofs.
    function _verifyBatch(
        address verifier,
        Bn254.G1 memory point,
        uint256 context,
        BatchItem[] calldata items
    ) private view {
        VerifierCall.Call memory call = VerifierCall.startCoverage(point, items.length);
        uint256[4] memory signals;
        for (uint256 i = 0; i < items.length; ++i) {
            BatchItem calldata item = items[i];
            if (item.tier > MAX_TIER) revert InvalidTier(item.tier);
            signals = CoverageSignals.encode(item.accountId, item.commitment, item.tier, context);
            VerifierCall.set(call, i, item.proof, signals);
        }
        if (!VerifierCall.execute(call, verifier)) revert InvalidBatchProof();
    }

    /// @notice The key of a pair.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @return the storage key.
    function _pair(uint256 accountId, uint256 commitment) private pure returns (bytes32) {
        return keccak256(abi.encode(accountId, commitment));
    }
}
