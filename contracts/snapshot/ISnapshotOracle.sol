// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVolatilityOracle} from "../oracle/IVolatilityOracle.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {IDeliveryBook} from "./IDeliveryBook.sol";
import {IOracleSigners} from "./IOracleSigners.sol";

/// @title Snapshots of market and policy
/// @author Ballast
/// @notice Holds, for each snapshot, its time and one table point for each circuit instance. Nothing is ever
/// overwritten; a point can only rise from signed to proven, or be disabled by a proof that it is wrong.
interface ISnapshotOracle {
    /// @notice What a snapshot's id is computed from, besides the policy (docs/protocol/encodings.md, section 4).
    struct Header {
        uint64 time;
        bytes32 tableHash;
        uint32 rowCount;
        uint32 scenarios;
        uint32 underlyings;
        bytes32 inputHash;
        uint32 oracleRound; // of the volatility oracle, 0 for none
    }

    /// @notice A table point for one instance and key.
    struct TablePoint {
        bytes32 circuitId;
        uint256 x;
        uint256 y;
    }

    /// @notice A published snapshot.
    struct Snapshot {
        uint64 time;
        uint32 sequence;
        uint32 rowCount;
        uint32 scenarios;
        uint32 underlyings;
        uint32 oracleRound;
        bool malformed;
    }

    /// @notice How far a table point can be trusted.
    enum PointState {
        None,
        Signed,
        Proven,
        Disabled
    }

    /// @notice A snapshot was published.
    /// @param snapshotId its id, computed on chain.
    /// @param sequence its number, from 1 in order of publication (times need not ascend).
    /// @param time Unix seconds of its market.
    /// @param tableHash chained hash of its rows.
    /// @param policyHash hash of its policy.
    /// @param inputHash hash of its market inputs.
    /// @param oracleRound the volatility oracle's round that it names, 0 for none.
    event SnapshotPublished(
        uint256 indexed snapshotId,
        uint32 indexed sequence,
        uint64 indexed time,
        bytes32 tableHash,
        bytes32 policyHash,
        bytes32 inputHash,
        uint32 oracleRound
    );

    /// @notice A table point was posted under the oracles' signatures.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param x first coordinate.
    /// @param y second coordinate.
    event TablePointPosted(uint256 indexed snapshotId, bytes32 indexed circuitId, uint256 x, uint256 y);

    /// @notice The table point was computed on chain from the rows, and stands.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param x first coordinate.
    /// @param y second coordinate.
    event TablePointProven(uint256 indexed snapshotId, bytes32 indexed circuitId, uint256 x, uint256 y);

    /// @notice FRAUD: the posted point is not the one that the rows give; it is disabled for good.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param x first coordinate of the true point.
    /// @param y second coordinate of the true point.
    event TablePointMismatch(uint256 indexed snapshotId, bytes32 indexed circuitId, uint256 x, uint256 y);

    /// @notice FRAUD: the table breaks the ranges or the order that every proof relies on; the snapshot is disabled.
    /// @param snapshotId the snapshot.
    event TableMalformed(uint256 indexed snapshotId);

    /// @notice The snapshot was published before: it is not overwritten.
    error SnapshotAlreadyPublished(uint256 snapshotId);

    /// @notice No snapshot has this id.
    error UnknownSnapshot(uint256 snapshotId);

    /// @notice The snapshot's time is older than the oracle accepts.
    error SnapshotTooOld(uint64 time, uint256 oldest);

    /// @notice The snapshot's time lies in the future by more than the allowed clock skew.
    error SnapshotInFuture(uint64 time, uint256 latest);

    /// @notice The signatures were good until `publishBy`: have the snapshot of now made and signed.
    error PublicationLapsed(uint64 publishBy);

    /// @notice Signers sign for at most an hour after the snapshot's time: `latest` is the latest that may be signed.
    error PublishByTooLate(uint64 publishBy, uint256 latest);

    /// @notice The maximum age must be 1 minute to 7 days.
    error InvalidMaxAge(uint64 maxAge);

    /// @notice The oracle knows no volatility oracle, so a snapshot must name round 0: none.
    error NoVolatilityOracle(uint32 oracleRound);

    /// @notice A snapshot must name a final round of the volatility oracle: wait until one is, then make it anew.
    error OracleRoundMissing();

    /// @notice The round was not at the snapshot's time: from `earliest` to `latest` would do. Name a later round, or
    /// make the snapshot anew.
    error OracleRoundOutOfTime(uint32 oracleRound, uint64 roundTime, uint256 earliest, uint256 latest);

    /// @notice Scenarios must be 1..64, underlyings 1..8, rows 1..65536.
    error InvalidShape(uint32 rowCount, uint32 scenarios, uint32 underlyings);

    /// @notice Policy element `index` is out of its range, or the policy has the wrong length.
    error InvalidPolicy(uint256 index);

    /// @notice The point is infinity, not on the curve or not canonical.
    error InvalidPoint(bytes32 circuitId);

    /// @notice A snapshot's point for this circuit exists already: it is not overwritten.
    error TablePointAlreadyPosted(uint256 snapshotId, bytes32 circuitId);

    /// @notice The snapshot has no table point for this circuit.
    error NoTablePoint(uint256 snapshotId, bytes32 circuitId);

    /// @notice The posted point was proven wrong.
    error TablePointDisabled(uint256 snapshotId, bytes32 circuitId);

    /// @notice The snapshot's table was proven malformed.
    error SnapshotMalformed(uint256 snapshotId);

    /// @notice The circuit has another shape than the snapshot, or fewer rows.
    error CircuitDoesNotFit(uint256 snapshotId, bytes32 circuitId);

    /// @notice Only the table point builder may record what it proved; of malformed tables the delivery book too.
    error OnlyBuilder(address caller);

    /// @notice Publishes a snapshot under the signers' signatures; anyone may submit it.
    /// @param header its header.
    /// @param policy 6K + 4 policy elements (docs/protocol/encodings.md, section 3).
    /// @param points table points, may be empty.
    /// @param publishBy until when the signers let it be published, Unix seconds; at most an hour after its time.
    /// @param signatures signatures of the EIP-712 struct `Snapshot`, ascending by signer.
    /// @return snapshotId its id.
    function publish(
        Header calldata header,
        uint256[] calldata policy,
        TablePoint[] calldata points,
        uint64 publishBy,
        IOracleSigners.OracleSignature[] calldata signatures
    ) external returns (uint256 snapshotId);

    /// @notice Adds points for more instances to a published snapshot. Later than `publishBy` allows the builder adds
    /// them, from the rows.
    /// @param snapshotId the snapshot.
    /// @param points the points.
    /// @param publishBy until when the signers let them be added, Unix seconds; at most an hour after the snapshot's
    /// time.
    /// @param signatures signatures of the EIP-712 struct `TablePoints`, ascending by signer.
    function addTablePoints(
        uint256 snapshotId,
        TablePoint[] calldata points,
        uint64 publishBy,
        IOracleSigners.OracleSignature[] calldata signatures
    ) external;

    /// @notice Records what the builder computed from the rows; only the builder may.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param x first coordinate of the true point.
    /// @param y second coordinate of the true point.
    function recordProvenPoint(uint256 snapshotId, bytes32 circuitId, uint256 x, uint256 y) external;

    /// @notice Records that a table is malformed, or has another value for an expired instrument than the final one;
    /// only the builder may, and the delivery book.
    /// @param snapshotId the snapshot.
    function recordMalformedTable(uint256 snapshotId) external;

    /// @notice The table point that a proof is checked against, with what an attestation needs to know.
    /// @dev One call for the hot path. Reverts with UnknownSnapshot, SnapshotMalformed, NoTablePoint or
    /// TablePointDisabled.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @return x first coordinate.
    /// @return y second coordinate.
    /// @return time the snapshot's time.
    /// @return sequence the snapshot's number.
    /// @return proven whether the point was computed on chain.
    function usablePoint(
        uint256 snapshotId,
        bytes32 circuitId
    ) external view returns (uint256 x, uint256 y, uint64 time, uint32 sequence, bool proven);

    /// @notice A table point and its state, without reverting.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @return x first coordinate, 0 when there is none.
    /// @return y second coordinate, 0 when there is none.
    /// @return state how far it can be trusted.
    function tablePoint(
        uint256 snapshotId,
        bytes32 circuitId
    ) external view returns (uint256 x, uint256 y, PointState state);

    /// @notice A published snapshot.
    /// @param snapshotId its id.
    /// @return the snapshot. Reverts with UnknownSnapshot when there is none.
    function snapshot(uint256 snapshotId) external view returns (Snapshot memory);

    /// @notice The snapshot with a number.
    /// @param sequence from 1.
    /// @return its id, 0 when there is none.
    function snapshotIdAt(uint32 sequence) external view returns (uint256);

    /// @notice How many snapshots were published.
    /// @return the highest number.
    function snapshotCount() external view returns (uint32);

    /// @notice A snapshot's time.
    /// @param snapshotId its id.
    /// @return Unix seconds. Reverts with UnknownSnapshot when there is none.
    function snapshotTime(uint256 snapshotId) external view returns (uint64);

    /// @notice The published snapshot whose market's time is the latest, sound or void; the first of those.
    /// @return snapshotId its id; 0 when there is none.
    /// @return time of its market, Unix seconds, up to a minute ahead.
    function latestSnapshot() external view returns (uint256 snapshotId, uint64 time);

    /// @notice Whether a snapshot exists, is not malformed and is at most `maxAge` old.
    /// @param snapshotId its id.
    /// @return whether it is fresh.
    function isFresh(uint256 snapshotId) external view returns (bool);

    /// @notice Whether attestations made with this table point may still be relied on.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @return true unless the point is missing or was proven wrong, or the table was.
    function isUsable(uint256 snapshotId, bytes32 circuitId) external view returns (bool);

    /// @notice Since when a snapshot is known to be wrong: its table is malformed, or a point was proven wrong. It is
    /// not the newest one any more (`IMarketClock`).
    /// @param snapshotId the snapshot.
    /// @return since Unix seconds; 0 for a sound one.
    function voidSince(uint256 snapshotId) external view returns (uint64 since);

    /// @notice The oldest a snapshot may be at publication, in seconds.
    /// @return the age.
    function maxAge() external view returns (uint64);

    /// @notice The contract that computes table points from rows.
    /// @return its address.
    function builder() external view returns (address);

    /// @notice The contract that keeps what expired instruments are worth.
    /// @return its address.
    function deliveries() external view returns (IDeliveryBook);

    /// @notice The oracle whose rounds snapshots name.
    /// @return its address; zero: snapshots name none.
    function volatilityOracle() external view returns (IVolatilityOracle);

    /// @notice The list of verifiers that table points refer to.
    /// @return the registry.
    function verifiers() external view returns (IVerifierRegistry);

    /// @notice The digest that the oracles sign to publish a snapshot (EIP-712).
    /// @param header its header.
    /// @param policy its policy.
    /// @param points its table points.
    /// @param publishBy until when it may be published, Unix seconds.
    /// @return the digest.
    function publishDigest(
        Header calldata header,
        uint256[] calldata policy,
        TablePoint[] calldata points,
        uint64 publishBy
    ) external view returns (bytes32);

    /// @notice The digest that the oracles sign to add table points (EIP-712).
    /// @param snapshotId the snapshot.
    /// @param points the points.
    /// @param publishBy until when they may be added, Unix seconds.
    /// @return the digest.
    function addTablePointsDigest(
        uint256 snapshotId,
        TablePoint[] calldata points,
        uint64 publishBy
    ) external view returns (bytes32);
}
