// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "../verify/Bn254.sol";
import {IVerifier} from "../verify/IVerifier.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {ISnapshotOracle} from "./ISnapshotOracle.sol";
import {ITablePointBuilder} from "./ITablePointBuilder.sol";
import {SnapshotId} from "./SnapshotId.sol";
import {TableRow} from "./TableRow.sol";

/// @title TablePointBuilder
/// @author Ballast
/// @notice Computes a table point on chain, row by row, and reports it to the oracle that made this contract.
contract TablePointBuilder is ITablePointBuilder {
    using Bn254 for Bn254.G1;

    /// @notice The oracle.
    ISnapshotOracle private immutable ORACLE;
    /// @notice The list of verifiers.
    IVerifierRegistry private immutable VERIFIERS;

    /// @notice Builds in progress.
    mapping(address caller => mapping(uint256 snapshotId => mapping(bytes32 circuitId => Build build)))
        private _builds;

    /// @notice Made by the oracle itself.
    /// @param oracle_ the oracle that results go to.
    /// @param verifiers_ the list of verifiers.
    constructor(ISnapshotOracle oracle_, IVerifierRegistry verifiers_) {
        ORACLE = oracle_;
        VERIFIERS = verifiers_;
    }

    /// @inheritdoc ITablePointBuilder
    function open(
        ISnapshotOracle.Header calldata header,
        uint256[] calldata policy,
        bytes32 circuitId,
        uint256[] calldata icPoints
    ) external {
        uint256 snapshotId = SnapshotId.compute(header, SnapshotId.hashPolicy(policy));
        uint32 circuitRows = _checkOpen(snapshotId, header, circuitId);
        if (icPoints.length != 2 * (policy.length + 2)) {
            revert InvalidLength(icPoints.length, 2 * (policy.length + 2));
        }
        Bn254.G1 memory point;
        bool ok = point.add(icPoints[0], icPoints[1]) && point.addScaled(icPoints[2], icPoints[3], snapshotId);
        for (uint256 i = 0; i < policy.length; ++i) {
            ok = ok && point.addScaled(icPoints[2 * i + 4], icPoints[2 * i + 5], policy[i]);
        }
        if (!ok) revert InvalidIcPoint();

        _builds[msg.sender][snapshotId][circuitId] = Build({
            expectedTableHash: header.tableHash,
            tableHash: 0,
            icHash: keccak256(abi.encodePacked(icPoints)),
            x: point.x,
            y: point.y,
            rowsDone: 0,
            rowCount: header.rowCount,
            circuitRows: circuitRows,
            lastId: 0,
            scenarios: uint16(header.scenarios),
            underlyings: uint16(header.underlyings),
            malformed: false
        });
        emit BuildOpened(msg.sender, snapshotId, circuitId);
    }

    /// @inheritdoc ITablePointBuilder
    function append(
        uint256 snapshotId,
        bytes32 circuitId,
        uint256[] calldata elements,
        uint256[] calldata icPoints
    ) external {
        Build memory state = _builds[msg.sender][snapshotId][circuitId];
        if (state.circuitRows == 0) revert NoBuild(snapshotId, circuitId);
        uint256 width = TableRow.width(state.scenarios, state.underlyings);
        uint256 rows = icPoints.length / (2 * width);
        uint256 realRows = state.rowCount > state.rowsDone ? state.rowCount - state.rowsDone : 0;
        if (realRows > rows) realRows = rows;
        if (rows == 0 || icPoints.length != rows * 2 * width || rows > state.circuitRows - state.rowsDone) {
            revert InvalidLength(icPoints.length, 2 * width * (state.circuitRows - state.rowsDone));
        }
        if (elements.length != realRows * width) revert InvalidLength(elements.length, realRows * width);

        for (uint256 n = 0; n < rows; ++n) {
            uint256[] calldata points = icPoints[2 * width * n:2 * width * (n + 1)];
            state.icHash = TableRow.chain(state.icHash, points);
            if (n < realRows) _addRow(state, elements[width * n:width * (n + 1)], points);
        }
        state.rowsDone += uint32(rows);
        if (state.rowsDone == state.circuitRows) {
            delete _builds[msg.sender][snapshotId][circuitId];
            _finish(snapshotId, circuitId, state);
        } else {
            _builds[msg.sender][snapshotId][circuitId] = state;
        }
    }

    /// @inheritdoc ITablePointBuilder
    function build(address caller, uint256 snapshotId, bytes32 circuitId) external view returns (Build memory) {
        return _builds[caller][snapshotId][circuitId];
    }

    /// @inheritdoc ITablePointBuilder
    function oracle() external view returns (address) {
        return address(ORACLE);
    }

    /// @notice Compares the hashes and reports to the oracle.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param state the finished build.
    function _finish(uint256 snapshotId, bytes32 circuitId, Build memory state) private {
        if (state.tableHash != state.expectedTableHash) {
            revert TableHashMismatch(state.tableHash, state.expectedTableHash);
        }
        bytes32 icHash = IVerifier(VERIFIERS.verifierOf(circuitId)).icHash();
        if (state.icHash != icHash) revert IcHashMismatch(state.icHash, icHash);
        _requireUnsettled(snapshotId, circuitId);
        emit BuildFinished(msg.sender, snapshotId, circuitId);
        if (state.malformed) ORACLE.recordMalformedTable(snapshotId);
        else ORACLE.recordProvenPoint(snapshotId, circuitId, state.x, state.y);
    }

    /// @notice Adds one real row to the hash and the point. A malformed row only marks the build: its hash still has
    /// to be the published one before anybody is accused.
    /// @param state the build, changed in place.
    /// @param row the row.
    /// @param points its points.
    function _addRow(Build memory state, uint256[] calldata row, uint256[] calldata points) private view {
        state.tableHash = TableRow.chain(state.tableHash, row);
        uint256 lanes = TableRow.laneCount(state.scenarios, state.underlyings);
        if (!TableRow.isWellFormed(row, lanes, state.lastId)) state.malformed = true;
        if (state.malformed) return;
        state.lastId = uint32(row[row.length - 1]);
        Bn254.G1 memory point = Bn254.G1(state.x, state.y);
        for (uint256 e = 0; e < row.length; ++e) {
            if (row[e] != 0 && !point.addScaled(points[2 * e], points[2 * e + 1], row[e])) revert InvalidIcPoint();
        }
        (state.x, state.y) = (point.x, point.y);
    }

    /// @notice Reverts unless the snapshot is published, the circuit takes its table and the point is not settled.
    /// @param snapshotId the id that header and policy give.
    /// @param header the header.
    /// @param circuitId the instance and key.
    /// @return rows the instance's rows.
    function _checkOpen(
        uint256 snapshotId,
        ISnapshotOracle.Header calldata header,
        bytes32 circuitId
    ) private view returns (uint32 rows) {
        ISnapshotOracle.Snapshot memory published = ORACLE.snapshot(snapshotId);
        if (published.malformed) revert AlreadySettled(snapshotId, circuitId);
        _requireUnsettled(snapshotId, circuitId);
        uint32 scenarios;
        uint32 underlyings;
        (rows, scenarios, underlyings) = IVerifier(VERIFIERS.verifierOf(circuitId)).table();
        if (rows < header.rowCount || scenarios != header.scenarios || underlyings != header.underlyings) {
            revert ISnapshotOracle.CircuitDoesNotFit(snapshotId, circuitId);
        }
    }

    /// @notice Reverts when the point is proven or disabled already.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    function _requireUnsettled(uint256 snapshotId, bytes32 circuitId) private view {
        (, , ISnapshotOracle.PointState pointState) = ORACLE.tablePoint(snapshotId, circuitId);
        if (uint8(pointState) > uint8(ISnapshotOracle.PointState.Signed)) {
            revert AlreadySettled(snapshotId, circuitId);
        }
    }
}
