// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeliveryBook} from "./IDeliveryBook.sol";
import {ISnapshotOracle} from "./ISnapshotOracle.sol";
import {SnapshotId} from "./SnapshotId.sol";
import {TableRow} from "./TableRow.sol";

/// @title DeliveryBook
/// @author Ballast
/// @notice What expired instruments are worth, by the snapshots of the oracle that made this contract.
/// @dev SOUNDNESS: a table's hash is a chain over its rows, each of one width. Whoever shows rows that lead to it from
/// anywhere has shown its last rows: each step back has one preimage.
contract DeliveryBook is IDeliveryBook {
    /// @notice How long a mark can be corrected by a snapshot of earlier time.
    uint64 public constant FINAL_AFTER = 1 hours;

    /// @notice The oracle.
    ISnapshotOracle private immutable ORACLE;

    /// @notice What instruments are worth.
    mapping(uint32 instrumentId => Delivery delivery) private _deliveries;
    /// @notice Where rows begin that were shown.
    mapping(uint256 snapshotId => mapping(bytes32 hash => bool isShown)) private _starts;

    /// @notice Made by the oracle itself.
    /// @param oracle_ the oracle.
    constructor(ISnapshotOracle oracle_) {
        ORACLE = oracle_;
    }

    /// @inheritdoc IDeliveryBook
    function record(
        ISnapshotOracle.Header calldata header,
        bytes32 policyHash,
        bytes32 end,
        bytes32 start,
        uint256[] calldata rows
    ) external {
        uint256 snapshotId = SnapshotId.compute(header, policyHash);
        ISnapshotOracle.Snapshot memory found = ORACLE.snapshot(snapshotId);
        if (ORACLE.voidSince(snapshotId) != 0) revert DeliverySnapshotVoid(snapshotId);
        if (end != header.tableHash && !_starts[snapshotId][end]) revert UnknownEnd(end);
        uint256 width = TableRow.width(found.scenarios, found.underlyings);
        if (rows.length == 0 || rows.length % width != 0) revert PartialRows(rows.length, width);
        bytes32 hash = start;
        for (uint256 offset = 0; offset < rows.length; offset += width) {
            hash = TableRow.chain(hash, rows[offset:offset + width]);
        }
        if (hash != end) revert RowsMismatch(hash, end);
        _starts[snapshotId][start] = true;
        // A snapshot that contradicts what is final gives nothing.
        if (_contradicts(snapshotId, rows, width)) return;
        for (uint256 offset = 0; offset < rows.length; offset += width) {
            uint256[] calldata row = rows[offset:offset + width];
            if (TableRow.isSettled(row)) _keep(uint32(row[width - 1]), snapshotId, uint64(row[0]), found.time);
        }
    }

    /// @inheritdoc IDeliveryBook
    function markOf(uint32 instrumentId) external view returns (uint64 mark, uint64 time) {
        Delivery storage found = _deliveries[instrumentId];
        if (!_isFinal(found)) revert NotDelivered(instrumentId, found.finalAt);
        return (found.mark, found.time);
    }

    /// @inheritdoc IDeliveryBook
    function deliveryOf(uint32 instrumentId) external view returns (Delivery memory) {
        return _deliveries[instrumentId];
    }

    /// @inheritdoc IDeliveryBook
    function oracle() external view returns (address) {
        return address(ORACLE);
    }

    /// @notice Voids a snapshot that has another mark than the final one in a settled row.
    /// @param snapshotId the snapshot.
    /// @param rows rows of its table.
    /// @param width elements of a row.
    /// @return whether it has.
    function _contradicts(uint256 snapshotId, uint256[] calldata rows, uint256 width) private returns (bool) {
        for (uint256 offset = 0; offset < rows.length; offset += width) {
            uint256[] calldata row = rows[offset:offset + width];
            if (!TableRow.isSettled(row)) continue;
            uint32 instrumentId = uint32(row[width - 1]);
            Delivery storage found = _deliveries[instrumentId];
            if (row[0] == found.mark || !_isFinal(found)) continue;
            emit DeliveryContradicted(instrumentId, snapshotId);
            ORACLE.recordMalformedTable(snapshotId);
            return true;
        }
        return false;
    }

    /// @notice Keeps a mark where there is none, where that of a later snapshot is not final yet, and where that of a
    /// void one never will be.
    /// @param instrumentId the instrument.
    /// @param snapshotId the snapshot, sound.
    /// @param mark micro-USD a lot.
    /// @param time of the snapshot, Unix seconds.
    function _keep(uint32 instrumentId, uint256 snapshotId, uint64 mark, uint64 time) private {
        Delivery storage found = _deliveries[instrumentId];
        uint64 finalAt = found.finalAt;
        if (finalAt == 0 || _isLost(found)) finalAt = uint64(block.timestamp) + FINAL_AFTER;
        else if (block.timestamp >= finalAt || time >= found.time) return;
        _deliveries[instrumentId] = Delivery(snapshotId, mark, time, finalAt);
        emit DeliveryRecorded(instrumentId, snapshotId, mark, finalAt);
    }

    /// @notice Whether a mark is for good.
    /// @param found what is known of an instrument.
    /// @return whether its time has come, and its snapshot was sound up to then.
    function _isFinal(Delivery storage found) private view returns (bool) {
        return found.finalAt != 0 && block.timestamp >= found.finalAt && !_isLost(found);
    }

    /// @notice Whether a mark's snapshot was proven wrong before the mark was final.
    /// @param found what is known of an instrument.
    /// @return whether another takes its place.
    function _isLost(Delivery storage found) private view returns (bool) {
        uint64 since = ORACLE.voidSince(found.snapshotId);
        return since != 0 && since < found.finalAt;
    }
}
