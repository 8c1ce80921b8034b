// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IVolatilityOracle} from "../oracle/IVolatilityOracle.sol";
import {Bn254} from "../verify/Bn254.sol";
import {IVerifier} from "../verify/IVerifier.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {DeliveryBook} from "./DeliveryBook.sol";
import {IDeliveryBook} from "./IDeliveryBook.sol";
import {ISnapshotOracle} from "./ISnapshotOracle.sol";
import {OracleMessages} from "./OracleMessages.sol";
import {OracleSigners} from "./OracleSigners.sol";
import {PolicyRanges} from "./PolicyRanges.sol";
import {SnapshotId} from "./SnapshotId.sol";
import {TablePointBuilder} from "./TablePointBuilder.sol";

/// @title SnapshotOracle
/// @author Ballast
/// @notice Snapshots and their table points, under the signatures of m of n oracles or computed on chain.
contract SnapshotOracle is ISnapshotOracle, OracleSigners, EIP712 {
    /// @notice A point in two slots: a coordinate has 254 bits, the two free ones of `y` hold the state.
    struct StoredPoint {
        uint256 x;
        uint256 stateAndY;
    }

    /// @notice How far ahead of the chain's clock a snapshot may be, in seconds.
    uint64 public constant MAX_CLOCK_SKEW = 60;
    /// @notice How long after a snapshot's time signatures may be good for: nobody signs for ever, so that no stranger
    /// keeps a signed snapshot and picks the moment for it.
    uint64 public constant MAX_PUBLISH_DELAY = 1 hours;
    /// @notice Position of the state in a stored point's second word.
    uint256 private constant STATE_SHIFT = 254;
    /// @notice The bits of y in it.
    uint256 private constant Y_MASK = (1 << STATE_SHIFT) - 1;

    /// @inheritdoc ISnapshotOracle
    uint64 public immutable override maxAge;
    /// @inheritdoc ISnapshotOracle
    address public immutable override builder;
    /// @inheritdoc ISnapshotOracle
    IDeliveryBook public immutable override deliveries;
    /// @inheritdoc ISnapshotOracle
    IVerifierRegistry public immutable override verifiers;
    /// @inheritdoc ISnapshotOracle
    IVolatilityOracle public immutable override volatilityOracle;

    /// @inheritdoc ISnapshotOracle
    uint32 public override snapshotCount;
    /// @notice Which snapshot is the latest by its time, as a sequence number; 0: there is none.
    uint32 private _latest;
    /// @notice Its time, Unix seconds.
    uint64 private _latestTime;
    /// @inheritdoc ISnapshotOracle
    mapping(uint32 sequence => uint256 snapshotId) public override snapshotIdAt;
    /// @inheritdoc ISnapshotOracle
    mapping(uint256 snapshotId => uint64 since) public override voidSince;
    /// @notice The snapshots.
    mapping(uint256 snapshotId => Snapshot snapshot) private _snapshots;
    /// @notice Their table points.
    mapping(uint256 snapshotId => mapping(bytes32 circuitId => StoredPoint point)) private _points;

    /// @notice Only the builder that this oracle made may call.
    modifier onlyBuilder() {
        if (msg.sender != builder) revert OnlyBuilder(msg.sender);
        _;
    }

    /// @notice Also makes the table point builder and the delivery book, the only ones it listens to.
    /// @param owner who may propose signer sets.
    /// @param signers the first signers, ascending.
    /// @param threshold how many must sign.
    /// @param verifiers_ the list of verifiers.
    /// @param volatilityOracle_ whose rounds snapshots name; zero when they name none.
    /// @param maxAge_ the oldest a snapshot may be at publication, in seconds.
    constructor(
        address owner,
        address[] memory signers,
        uint256 threshold,
        IVerifierRegistry verifiers_,
        IVolatilityOracle volatilityOracle_,
        uint64 maxAge_
    ) OracleSigners(owner, signers, threshold) EIP712("Ballast SnapshotOracle", "1") {
        if (maxAge_ < 1 minutes || maxAge_ > 7 days) revert InvalidMaxAge(maxAge_);
        maxAge = maxAge_;
        verifiers = verifiers_;
        volatilityOracle = volatilityOracle_;
        builder = address(new TablePointBuilder(this, verifiers_));
        deliveries = new DeliveryBook(this);
    }

    /// @inheritdoc ISnapshotOracle
    function publish(
        Header calldata header,
        uint256[] calldata policy,
        TablePoint[] calldata points,
        uint64 publishBy,
        OracleSignature[] calldata signatures
    ) external returns (uint256 snapshotId) {
        _checkHeader(header);
        _checkPublishBy(publishBy, header.time);
        _checkRound(header);
        PolicyRanges.check(policy, header.underlyings);
        bytes32 policyHash = SnapshotId.hashPolicy(policy);
        snapshotId = SnapshotId.compute(header, policyHash);
        if (_snapshots[snapshotId].time != 0) revert SnapshotAlreadyPublished(snapshotId);
        bytes32 digest = _hashTypedDataV4(OracleMessages.hashSnapshot(header, policyHash, points, publishBy));
        _requireSigned(digest, signatures);

        _record(header, policyHash, snapshotId);
        _postPoints(snapshotId, points);
    }

    /// @inheritdoc ISnapshotOracle
    function addTablePoints(
        uint256 snapshotId,
        TablePoint[] calldata points,
        uint64 publishBy,
        OracleSignature[] calldata signatures
    ) external {
        _checkPublishBy(publishBy, _existing(snapshotId).time);
        _requireSigned(_hashTypedDataV4(OracleMessages.hashTablePoints(snapshotId, points, publishBy)), signatures);
        _postPoints(snapshotId, points);
    }

    /// @inheritdoc ISnapshotOracle
    function recordProvenPoint(uint256 snapshotId, bytes32 circuitId, uint256 x, uint256 y) external onlyBuilder {
        (uint256 postedX, uint256 postedY, PointState state) = tablePoint(snapshotId, circuitId);
        // The builder checks both; the oracle doesn't depend on it. A zero point needs a verifier without a real key.
        if (state == PointState.Disabled) revert TablePointDisabled(snapshotId, circuitId);
        if (x == 0 && y == 0) revert InvalidPoint(circuitId);
        bool differs = state == PointState.Signed && (postedX != x || postedY != y);
        if (differs) {
            _store(snapshotId, circuitId, postedX, postedY, PointState.Disabled);
            _setVoid(snapshotId);
            emit TablePointMismatch(snapshotId, circuitId, x, y);
        } else {
            _store(snapshotId, circuitId, x, y, PointState.Proven);
            emit TablePointProven(snapshotId, circuitId, x, y);
        }
    }

    /// @inheritdoc ISnapshotOracle
    function recordMalformedTable(uint256 snapshotId) external {
        if (msg.sender != builder && msg.sender != address(deliveries)) revert OnlyBuilder(msg.sender);
        _snapshots[snapshotId].malformed = true;
        _setVoid(snapshotId);
        emit TableMalformed(snapshotId);
    }

    /// @inheritdoc ISnapshotOracle
    function usablePoint(
        uint256 snapshotId,
        bytes32 circuitId
    ) external view returns (uint256 x, uint256 y, uint64 time, uint32 sequence, bool proven) {
        Snapshot storage found = _existing(snapshotId);
        if (found.malformed) revert SnapshotMalformed(snapshotId);
        PointState state;
        (x, y, state) = tablePoint(snapshotId, circuitId);
        if (state == PointState.None) revert NoTablePoint(snapshotId, circuitId);
        if (state == PointState.Disabled) revert TablePointDisabled(snapshotId, circuitId);
        return (x, y, found.time, found.sequence, state == PointState.Proven);
    }

    /// @inheritdoc ISnapshotOracle
    function snapshot(uint256 snapshotId) external view returns (Snapshot memory) {
        return _existing(snapshotId);
    }

    /// @inheritdoc ISnapshotOracle
    function snapshotTime(uint256 snapshotId) external view returns (uint64) {
        return _existing(snapshotId).time;
    }

    /// @inheritdoc ISnapshotOracle
    function latestSnapshot() external view returns (uint256 snapshotId, uint64 time) {
        return (snapshotIdAt[_latest], _latestTime);
    }

    /// @inheritdoc ISnapshotOracle
    function isFresh(uint256 snapshotId) external view returns (bool) {
        Snapshot storage found = _snapshots[snapshotId];
        return found.time != 0 && !found.malformed && block.timestamp <= uint256(found.time) + maxAge;
    }

    /// @inheritdoc ISnapshotOracle
    function isUsable(uint256 snapshotId, bytes32 circuitId) external view returns (bool) {
        if (_snapshots[snapshotId].malformed) return false;
        (, , PointState state) = tablePoint(snapshotId, circuitId);
        return state == PointState.Signed || state == PointState.Proven;
    }

    /// @inheritdoc ISnapshotOracle
    function publishDigest(
        Header calldata header,
        uint256[] calldata policy,
        TablePoint[] calldata points,
        uint64 publishBy
    ) external view returns (bytes32) {
        bytes32 policyHash = SnapshotId.hashPolicy(policy);
        return _hashTypedDataV4(OracleMessages.hashSnapshot(header, policyHash, points, publishBy));
    }

    /// @inheritdoc ISnapshotOracle
    function addTablePointsDigest(
        uint256 snapshotId,
        TablePoint[] calldata points,
        uint64 publishBy
    ) external view returns (bytes32) {
        return _hashTypedDataV4(OracleMessages.hashTablePoints(snapshotId, points, publishBy));
    }

    /// @inheritdoc ISnapshotOracle
    function tablePoint(
        uint256 snapshotId,
        bytes32 circuitId
    ) public view returns (uint256 x, uint256 y, PointState state) {
        StoredPoint storage point = _points[snapshotId][circuitId];
        uint256 word = point.stateAndY;
        return (point.x, word & Y_MASK, PointState(word >> STATE_SHIFT));
    }

    /// @notice Stores a new snapshot.
    /// @param header the header.
    /// @param policyHash the policy's hash.
    /// @param snapshotId its id.
    function _record(Header calldata header, bytes32 policyHash, uint256 snapshotId) private {
        uint32 sequence = ++snapshotCount;
        _snapshots[snapshotId] = Snapshot({
            time: header.time,
            sequence: sequence,
            rowCount: header.rowCount,
            scenarios: header.scenarios,
            underlyings: header.underlyings,
            oracleRound: header.oracleRound,
            malformed: false
        });
        snapshotIdAt[sequence] = snapshotId;
        if (header.time > _latestTime) (_latest, _latestTime) = (sequence, header.time);
        emit SnapshotPublished(
            snapshotId,
            sequence,
            header.time,
            header.tableHash,
            policyHash,
            header.inputHash,
            header.oracleRound
        );
    }

    /// @notice Keeps since when a snapshot is known to be wrong, wholly or for an instance.
    /// @param snapshotId the snapshot.
    function _setVoid(uint256 snapshotId) private {
        if (voidSince[snapshotId] == 0) voidSince[snapshotId] = uint64(block.timestamp);
    }

    /// @notice Stores signed points; each must be on the curve, new, and of an instance that takes the table.
    /// @param snapshotId the snapshot.
    /// @param points the points.
    function _postPoints(uint256 snapshotId, TablePoint[] calldata points) private {
        for (uint256 i = 0; i < points.length; ++i) {
            TablePoint calldata point = points[i];
            if (!Bn254.isOnCurve(point.x, point.y)) revert InvalidPoint(point.circuitId);
            _requireFit(snapshotId, point.circuitId);
            (uint256 x, uint256 y, PointState state) = tablePoint(snapshotId, point.circuitId);
            if (state != PointState.None) {
                // Already there, posted or proven by somebody faster: nothing to do, and no reason to void the rest.
                if (state != PointState.Disabled && x == point.x && y == point.y) continue;
                revert TablePointAlreadyPosted(snapshotId, point.circuitId);
            }
            _store(snapshotId, point.circuitId, point.x, point.y, PointState.Signed);
            emit TablePointPosted(snapshotId, point.circuitId, point.x, point.y);
        }
    }

    /// @notice Writes a point and its state.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param x first coordinate.
    /// @param y second coordinate.
    /// @param state the state.
    function _store(uint256 snapshotId, bytes32 circuitId, uint256 x, uint256 y, PointState state) private {
        _points[snapshotId][circuitId] = StoredPoint(x, (uint256(state) << STATE_SHIFT) | y);
    }

    /// @notice Reverts unless the circuit is registered, has the snapshot's shape and at least as many rows.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    function _requireFit(uint256 snapshotId, bytes32 circuitId) private view {
        Snapshot storage found = _snapshots[snapshotId];
        (uint32 rows, uint32 scenarios, uint32 underlyings) = IVerifier(verifiers.verifierOf(circuitId)).table();
        if (rows < found.rowCount || scenarios != found.scenarios || underlyings != found.underlyings) {
            revert CircuitDoesNotFit(snapshotId, circuitId);
        }
    }

    /// @notice Reverts unless time and shape are acceptable.
    /// @param header the header.
    function _checkHeader(Header calldata header) private view {
        if (header.time > block.timestamp + MAX_CLOCK_SKEW) {
            revert SnapshotInFuture(header.time, block.timestamp + MAX_CLOCK_SKEW);
        }
        if (header.time == 0 || block.timestamp > uint256(header.time) + maxAge) {
            revert SnapshotTooOld(header.time, block.timestamp - maxAge);
        }
        bool rowsFit = header.rowCount != 0 && header.rowCount <= 65_536;
        bool scenariosFit = header.scenarios != 0 && header.scenarios <= 64;
        bool underlyingsFit = header.underlyings != 0 && header.underlyings <= 8;
        if (!rowsFit || !scenariosFit || !underlyingsFit) {
            revert InvalidShape(header.rowCount, header.scenarios, header.underlyings);
        }
    }

    /// @notice Reverts unless the signatures are still good, and were not made for longer than is allowed.
    /// @param publishBy until when they are, Unix seconds.
    /// @param time the snapshot's time.
    function _checkPublishBy(uint64 publishBy, uint64 time) private view {
        uint256 latest = uint256(time) + MAX_PUBLISH_DELAY;
        if (publishBy > latest) revert PublishByTooLate(publishBy, latest);
        if (block.timestamp > publishBy) revert PublicationLapsed(publishBy);
    }

    /// @notice Reverts unless the header names a final round of the snapshot's time, or none where there is no oracle.
    /// @param header the header.
    function _checkRound(Header calldata header) private view {
        uint32 number = header.oracleRound;
        if (address(volatilityOracle) == address(0)) {
            if (number != 0) revert NoVolatilityOracle(number);
            return;
        }
        if (number == 0) revert OracleRoundMissing();
        uint64 time = volatilityOracle.roundTime(number);
        uint256 earliest = header.time > maxAge ? header.time - maxAge : 0;
        uint256 latest = uint256(header.time) + MAX_CLOCK_SKEW;
        if (time < earliest || time > latest) revert OracleRoundOutOfTime(number, time, earliest, latest);
    }

    /// @notice The snapshot, or a revert.
    /// @param snapshotId its id.
    /// @return found the snapshot.
    function _existing(uint256 snapshotId) private view returns (Snapshot storage found) {
        found = _snapshots[snapshotId];
        if (found.time == 0) revert UnknownSnapshot(snapshotId);
    }
}
