// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {IVerifier} from "../verify/IVerifier.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {ICoverageRegistry} from "./ICoverageRegistry.sol";
import {IMarketClock} from "./IMarketClock.sol";

/// @title MarketClock
/// @author Ballast
/// @notice The line of complete snapshots, and the time for which they served.
/// @dev The line is a stack: its times ascend, so an older snapshot that is published late can't enter, and who finds
/// the last one void goes back to the one before. Served time is added up when the line changes; what ends a service
/// in between (a proof of fraud, a retired circuit) keeps its own time, so nobody has to tell the clock.
contract MarketClock is IMarketClock {
    /// @notice The statement that accounts attest by.
    bytes8 private constant COVERAGE = "coverage";
    /// @notice The statement that money follows from.
    bytes8 private constant EQUITY = "equity";
    /// @notice The statement of slices.
    bytes8 private constant REDUCTION = "reduce";
    /// @notice The statement by which portfolios move.
    bytes8 private constant TRANSFER = "transfer";

    /// @notice What accounts need, as bits: to attest, to show equity, to be moved; slices where there are any.
    uint256 private constant ATTEST = 1;
    /// @notice See ATTEST.
    uint256 private constant SHOW = 2;
    /// @notice See ATTEST.
    uint256 private constant MOVE = 4;
    /// @notice See ATTEST.
    uint256 private constant SLICE = 8;
    /// @notice What nobody can do without.
    uint256 private constant NEEDED = ATTEST | SHOW | MOVE;

    /// @notice The registry.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice Its oracle.
    ISnapshotOracle private immutable ORACLE;
    /// @notice Its verifiers.
    IVerifierRegistry private immutable VERIFIERS;
    /// @notice Its oldest snapshot, seconds.
    uint64 private immutable MAX_AGE;
    /// @notice Whether it takes computed points only.
    bool private immutable REQUIRE_PROVEN;
    /// @notice See Parameters.
    uint64 private immutable SPACING;
    /// @notice See Parameters.
    uint64 private immutable GRACE;
    /// @notice See Parameters.
    uint64 private immutable SERVE_GAP;

    /// @notice Served time up to `_countedAt`.
    uint64 private _served;
    /// @notice When it was added up last.
    uint64 private _countedAt;
    /// @notice The snapshots, their times ascending.
    uint256[] private _line;
    /// @notice Their entries.
    mapping(uint256 snapshotId => Entry entry) private _entries;

    /// @notice Starts without snapshots. Everything is fixed here: there is no owner.
    /// @param registry_ whose snapshots, verifiers and rules count.
    /// @param parameters_ spacing below the gap, grace 1 to 10 minutes, the gap 2 minutes to an hour and at most the
    /// registry's oldest age.
    constructor(ICoverageRegistry registry_, Parameters memory parameters_) {
        (REGISTRY, MAX_AGE) = (registry_, registry_.maxAge());
        (ORACLE, VERIFIERS) = (ISnapshotOracle(registry_.oracle()), IVerifierRegistry(registry_.verifiers()));
        REQUIRE_PROVEN = registry_.requireProven();
        Bounds.requireWithin("serveGap", parameters_.serveGap, 2 minutes, Math.min(1 hours, MAX_AGE));
        Bounds.requireWithin("grace", parameters_.grace, 1 minutes, 10 minutes);
        Bounds.requireWithin("spacing", parameters_.spacing, 1, parameters_.serveGap - 1);
        (SPACING, GRACE, SERVE_GAP) = (parameters_.spacing, parameters_.grace, parameters_.serveGap);
    }

    /// @inheritdoc IMarketClock
    function enter(uint256 snapshotId) external {
        _requireComplete(snapshotId);
        uint64 now_ = uint64(block.timestamp);
        uint64 time = ORACLE.snapshotTime(snapshotId);
        if (time > now_) revert TooSoon(time);
        if (now_ > time + MAX_AGE) revert TooOld(time, now_ - MAX_AGE);
        _count();
        if (_line.length != 0 && _isVoid(_last())) _pop();
        if (_line.length != 0) {
            Entry storage last = _entries[_last()];
            if (time <= last.time) revert NotNewer(time, last.time);
            if (now_ < last.enteredAt + SPACING) revert TooSoon(last.enteredAt + SPACING);
        }
        _line.push(snapshotId);
        _entries[snapshotId] = Entry({
            time: time,
            enteredAt: now_,
            servedAt: _served,
            place: uint32(_line.length),
            retired: uint32(VERIFIERS.retiredCount())
        });
        emit SnapshotEntered(snapshotId, time, _served);
    }

    /// @inheritdoc IMarketClock
    function drop() external {
        if (_line.length == 0) revert NoPrices();
        if (!_isVoid(_last())) revert NewestSound(_last());
        _count();
        _pop();
    }

    /// @inheritdoc IMarketClock
    function requireNewest(uint256 snapshotId) external view returns (uint64 time) {
        (uint256 last, ) = newest();
        uint64 until = servesUntil();
        if (block.timestamp > until) revert NotServing(last, until);
        Entry storage entry = _entries[snapshotId];
        if (snapshotId != last) {
            if (entry.place == 0 || !_isInGrace(snapshotId, entry)) revert NotNewest(snapshotId, last);
        }
        return entry.time;
    }

    /// @inheritdoc IMarketClock
    function isNewest(uint256 snapshotId) external view returns (bool) {
        if (_line.length == 0 || snapshotId != _last() || _isVoid(snapshotId)) return false;
        return block.timestamp <= servesUntil();
    }

    /// @inheritdoc IMarketClock
    function entryOf(uint256 snapshotId) external view returns (Entry memory entry) {
        if (!_isVoid(snapshotId)) entry = _entries[snapshotId];
    }

    /// @inheritdoc IMarketClock
    function snapshotAt(uint32 place) external view returns (uint256) {
        return _line[place - 1];
    }

    /// @inheritdoc IMarketClock
    function length() external view returns (uint32) {
        return uint32(_line.length);
    }

    /// @inheritdoc IMarketClock
    function parameters() external view returns (Parameters memory) {
        return Parameters(SPACING, GRACE, SERVE_GAP);
    }

    /// @inheritdoc IMarketClock
    function registry() external view returns (address) {
        return address(REGISTRY);
    }

    /// @inheritdoc IMarketClock
    function newest() public view returns (uint256 snapshotId, uint64 time) {
        if (_line.length == 0) revert NoPrices();
        snapshotId = _last();
        if (_isVoid(snapshotId)) revert NewestVoid(snapshotId);
        time = _entries[snapshotId].time;
    }

    /// @inheritdoc IMarketClock
    function served() public view returns (uint64) {
        uint256 end = Math.min(block.timestamp, servesUntil());
        return end > _countedAt ? _served + uint64(end) - _countedAt : _served;
    }

    /// @inheritdoc IMarketClock
    function servesUntil() public view returns (uint64 until) {
        if (_line.length == 0) return 0;
        uint256 snapshotId = _last();
        Entry storage last = _entries[snapshotId];
        until = last.time + SERVE_GAP;
        uint64 voidSince = ORACLE.voidSince(snapshotId);
        if (voidSince != 0 && voidSince < until) until = voidSince;
        // The first circuit that was retired since: whoever needs it can't act until a snapshot without it enters.
        if (VERIFIERS.retiredCount() == last.retired) return until;
        uint64 retiredAt = VERIFIERS.retiredAt(last.retired);
        if (retiredAt < until) until = retiredAt;
    }

    /// @notice Adds up the time that the last snapshot served.
    function _count() private {
        (_served, _countedAt) = (served(), uint64(block.timestamp));
    }

    /// @notice Removes the last snapshot.
    function _pop() private {
        uint256 snapshotId = _last();
        _line.pop();
        delete _entries[snapshotId];
        emit SnapshotDropped(snapshotId);
    }

    /// @notice Whether a snapshot that has a successor is good for money still. One that had stopped serving before is
    /// not: else who waits for the end of an outage could act by the prices of before.
    /// @param snapshotId the snapshot.
    /// @param entry its entry.
    /// @return whether it served up to its successor's entry, at most `grace` ago, and is sound.
    function _isInGrace(uint256 snapshotId, Entry storage entry) private view returns (bool) {
        // Its successor's place is its own, counted from 0.
        Entry storage next = _entries[_line[entry.place]];
        bool hasServed = next.enteredAt <= entry.time + SERVE_GAP && next.retired == entry.retired;
        return hasServed && block.timestamp <= next.enteredAt + GRACE && !_isVoid(snapshotId);
    }

    /// @notice The last snapshot, sound or void.
    /// @return its id. Panics when there is none.
    function _last() private view returns (uint256) {
        return _line[_line.length - 1];
    }

    /// @notice Whether a snapshot was proven wrong.
    /// @param snapshotId the snapshot.
    /// @return true for good once it was.
    function _isVoid(uint256 snapshotId) private view returns (bool) {
        return ORACLE.voidSince(snapshotId) != 0;
    }

    /// @notice Reverts unless each active circuit that takes the table has a usable point, and accounts can attest,
    /// show equity and be moved.
    /// @param snapshotId the snapshot.
    function _requireComplete(uint256 snapshotId) private view {
        ISnapshotOracle.Snapshot memory found = ORACLE.snapshot(snapshotId);
        if (_isVoid(snapshotId)) revert SnapshotVoid(snapshotId);
        uint256 count = VERIFIERS.circuitCount();
        uint256 seen;
        for (uint256 i = 0; i < count; ++i) {
            bytes32 circuitId = VERIFIERS.circuitAt(i);
            uint256 need = _needOf(VERIFIERS.kindOf(circuitId));
            if (need == 0 || (need != MOVE && !_takes(circuitId, found))) continue;
            if (need != MOVE && !_isUsable(snapshotId, circuitId)) revert NotComplete(snapshotId, circuitId);
            seen |= need;
        }
        if (seen & NEEDED != NEEDED) revert NotComplete(snapshotId, bytes32(0));
    }

    /// @notice Whether a circuit takes a snapshot's table.
    /// @param circuitId the circuit.
    /// @param found the snapshot.
    /// @return whether it has the table's shape and room for its rows.
    function _takes(bytes32 circuitId, ISnapshotOracle.Snapshot memory found) private view returns (bool) {
        (uint32 rows, uint32 scenarios, uint32 underlyings) = IVerifier(VERIFIERS.verifierOf(circuitId)).table();
        return rows >= found.rowCount && scenarios == found.scenarios && underlyings == found.underlyings;
    }

    /// @notice Whether proofs of a circuit count in a snapshot.
    /// @param snapshotId the snapshot.
    /// @param circuitId the circuit.
    /// @return whether its point is there, and computed where that is asked for.
    function _isUsable(uint256 snapshotId, bytes32 circuitId) private view returns (bool) {
        (, , ISnapshotOracle.PointState state) = ORACLE.tablePoint(snapshotId, circuitId);
        return
            state == ISnapshotOracle.PointState.Proven ||
            (state == ISnapshotOracle.PointState.Signed && !REQUIRE_PROVEN);
    }

    /// @notice What circuits of a statement are needed for.
    /// @param kind the statement.
    /// @return its bit; 0 for a statement that no account needs, and for retired circuits.
    function _needOf(bytes8 kind) private pure returns (uint256) {
        if (kind == COVERAGE) return ATTEST;
        if (kind == EQUITY) return SHOW;
        if (kind == TRANSFER) return MOVE;
        return kind == REDUCTION ? SLICE : 0;
    }
}
