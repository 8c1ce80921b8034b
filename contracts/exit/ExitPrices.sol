// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "../coverage/IMarketClock.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {SnapshotId} from "../snapshot/SnapshotId.sol";
import {TableRow} from "../snapshot/TableRow.sol";
import {IExitDesk} from "./IExitDesk.sol";
import {IVenueStop} from "./IVenueStop.sol";
import {VenueStop} from "./VenueStop.sol";

/// @title ExitPrices
/// @author Ballast
/// @notice The one snapshot by which customers leave, and what collateral is worth in it.
/// @dev Nobody chooses the snapshot: there is one first of after the stop. What equity proofs say of portfolios its
/// rows say of collateral, and their hash is in the snapshot's id.
abstract contract ExitPrices is VenueStop {
    /// @notice How far somebody has read a snapshot's rows, and the marks found in them, by the assets' ids.
    struct Reading {
        bytes32 tableHash;
        uint32 rows;
        uint32 lastId;
        uint40[8] marks;
    }

    /// @notice Ids of collateral assets end here: they are a table's first rows.
    uint32 internal constant LAST_COLLATERAL_ID = 7;

    /// @notice Which snapshots are sound, in their order.
    IMarketClock internal immutable CLOCK;
    /// @notice What knows their rows' number.
    ISnapshotOracle private immutable ORACLE;
    /// @notice See Parameters.
    uint64 internal immutable PRICE_WAIT;
    /// @notice See Parameters.
    uint64 internal immutable CLAIM_PERIOD;

    /// @inheritdoc IExitDesk
    uint256 public override exitSnapshot;
    /// @inheritdoc IExitDesk
    uint64 public override claimsUntil;
    /// @notice How often a snapshot was fixed: claims are by one of them.
    uint32 internal _round;
    /// @notice Readings, by reader.
    mapping(uint256 snapshotId => mapping(address reader => Reading reading)) private _readings;
    /// @notice The first reading of all rows of a snapshot.
    mapping(uint256 snapshotId => Reading reading) private _finished;

    /// @notice Starts without a snapshot.
    /// @param clock the venue's market clock.
    /// @param oracle whose snapshots these are.
    /// @param parameters_ the parameters.
    constructor(IMarketClock clock, ISnapshotOracle oracle, Parameters memory parameters_) {
        Bounds.requireWithin("priceWait", parameters_.priceWait, 1 days, 14 days);
        // Any case that is open at the stop ends within 30 days, and 14 more without prices.
        Bounds.requireWithin("claimPeriod", parameters_.claimPeriod, 45 days, 180 days);
        (CLOCK, ORACLE) = (clock, oracle);
        (PRICE_WAIT, CLAIM_PERIOD) = (parameters_.priceWait, parameters_.claimPeriod);
    }

    /// @inheritdoc IExitDesk
    function fix(uint32 place) external {
        _requireStopped();
        bool isFinal = exitSnapshot != 0 && (_timeOf(exitSnapshot) != 0 || block.timestamp > claimsUntil);
        if (isFinal) revert SnapshotIsFixed(exitSnapshot);
        uint256 snapshotId = CLOCK.snapshotAt(place);
        uint64 time = _timeOf(snapshotId);
        if (time == 0) revert NotTheExitSnapshot(snapshotId);
        if (time > stoppedAt) {
            if (!_isFirst(place)) revert NotTheExitSnapshot(snapshotId);
        } else {
            if (place != CLOCK.length()) revert NotTheExitSnapshot(snapshotId);
            uint64 from = stoppedAt + PRICE_WAIT;
            if (block.timestamp <= from) revert WaitsForPrices(from);
        }
        (exitSnapshot, claimsUntil) = (snapshotId, uint64(block.timestamp) + CLAIM_PERIOD);
        ++_round;
        emit SnapshotFixed(snapshotId, claimsUntil);
    }

    /// @inheritdoc IExitDesk
    function readRows(uint32 fromRow, uint256[] calldata elements) external {
        uint256 snapshotId = _fixed();
        Reading memory reading = _readings[snapshotId][msg.sender];
        if (fromRow == 0) delete reading;
        ISnapshotOracle.Snapshot memory found = ORACLE.snapshot(snapshotId);
        uint256 width = TableRow.width(found.scenarios, found.underlyings);
        uint256 rows = elements.length / width;
        if (fromRow != reading.rows || elements.length != rows * width) revert WrongRows(reading.rows, width);
        uint256 lanes = TableRow.laneCount(found.scenarios, found.underlyings);
        for (uint256 n = 0; n < rows; ++n) {
            uint256[] calldata row = elements[width * n:width * (n + 1)];
            reading.tableHash = TableRow.chain(reading.tableHash, row);
            uint256 id = row[width - 1];
            if (id > LAST_COLLATERAL_ID) continue;
            // SOUNDNESS: ids ascend, so no second row puts another mark in an earlier one's place.
            if (!TableRow.isWellFormed(row, lanes, reading.lastId)) revert MalformedRow(id);
            reading.lastId = uint32(id);
            reading.marks[id] = TableRow.markOf(row);
        }
        reading.rows += uint32(rows);
        _readings[snapshotId][msg.sender] = reading;
    }

    /// @inheritdoc IExitDesk
    function finishRows(ISnapshotOracle.Header calldata header, bytes32 policyHash) external {
        uint256 snapshotId = _fixed();
        Reading memory reading = _readings[snapshotId][msg.sender];
        bool isWhole = reading.rows == header.rowCount && reading.tableHash == header.tableHash;
        if (!isWhole || SnapshotId.compute(header, policyHash) != snapshotId) revert RowsMismatch();
        _finished[snapshotId] = reading;
        emit MarksRead(snapshotId, msg.sender);
    }

    /// @inheritdoc IExitDesk
    function rowsRead(address reader) external view returns (uint32 rows) {
        return _readings[exitSnapshot][reader].rows;
    }

    /// @inheritdoc IVenueStop
    function requireReceiving() external view {
        if (_areClaimsOver()) revert ClaimsOver(claimsUntil);
    }

    /// @inheritdoc IExitDesk
    function markOf(uint32 instrumentId) public view returns (uint256 micros) {
        return _finished[exitSnapshot].marks[instrumentId];
    }

    /// @inheritdoc IExitDesk
    function hasMarks() public view returns (bool) {
        return _finished[exitSnapshot].rows != 0;
    }

    /// @notice Forgets the exit's snapshot: the venue is back.
    function _unfix() internal override {
        (exitSnapshot, claimsUntil) = (0, 0);
    }

    /// @notice The exit's snapshot, or a revert.
    /// @return snapshotId the snapshot.
    function _fixed() internal view returns (uint256 snapshotId) {
        snapshotId = exitSnapshot;
        if (snapshotId == 0) revert NoExitSnapshot();
    }

    /// @notice Whether the time for claims has passed.
    /// @return whether nobody claims any more.
    function _areClaimsOver() internal view returns (bool) {
        return claimsUntil != 0 && block.timestamp > claimsUntil;
    }

    /// @notice Whether no sound snapshot of after the stop is before a place.
    /// @param place in the line, from 1.
    /// @return whether it is the first.
    function _isFirst(uint32 place) private view returns (bool) {
        for (uint32 earlier = place - 1; earlier != 0; --earlier) {
            uint64 time = _timeOf(CLOCK.snapshotAt(earlier));
            // One that was proven wrong counts for nothing: look at the one before.
            if (time != 0) return time <= stoppedAt;
        }
        return true;
    }

    /// @notice A snapshot's time in the line.
    /// @param snapshotId the snapshot.
    /// @return time Unix seconds; 0 where it is not in the line, or proven wrong.
    function _timeOf(uint256 snapshotId) private view returns (uint64 time) {
        return CLOCK.entryOf(snapshotId).time;
    }
}
