// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";

/// @title The newest prices, and how long there have been any
/// @author Ballast
/// @notice Keeps the line of complete snapshots of a coverage registry, each newer than the one before. Money follows
/// from its last, and time for accounts, bidders and challengers runs only while it serves: silence of the oracle, a
/// retired circuit or a chain that stood still costs nobody anything (docs/protocol/liquidation.md).
interface IMarketClock is IBounded {
    /// @notice A snapshot in the line. `time` is that of its market; `enteredAt` when it entered, Unix seconds;
    /// `servedAt` the served time then; `place` its place in the line, from 1; `retired` how many circuits had been
    /// retired then.
    struct Entry {
        uint64 time;
        uint64 enteredAt;
        uint64 servedAt;
        uint32 place;
        uint32 retired;
    }

    /// @notice Fixed at deployment, in seconds. `spacing`: the least time between two entries. `grace`: how long a
    /// snapshot stays good for money once its successor has entered, because proofs take time. `serveGap`: how long
    /// after its market's time a snapshot serves, at most; two cadences of the signers at most, and below every window.
    struct Parameters {
        uint64 spacing;
        uint64 grace;
        uint64 serveGap;
    }

    /// @notice A snapshot is the newest one now.
    /// @param snapshotId the snapshot.
    /// @param time of its market.
    /// @param servedAt the served time at its entry.
    event SnapshotEntered(uint256 indexed snapshotId, uint64 indexed time, uint64 servedAt);

    /// @notice A void snapshot is the newest one no more.
    /// @param snapshotId the snapshot.
    event SnapshotDropped(uint256 indexed snapshotId);

    /// @notice No snapshot has entered the line yet: publish one, and call `enter`.
    error NoPrices();

    /// @notice The newest snapshot was proven wrong: call `drop`, which returns to the one before.
    error NewestVoid(uint256 snapshotId);

    /// @notice The newest snapshot is sound: nothing is to be dropped.
    error NewestSound(uint256 snapshotId);

    /// @notice The newest snapshot serves no more, and no window runs: money waits for the next one, too.
    error NotServing(uint256 snapshotId, uint64 until);

    /// @notice Money follows from this: prove against the newest snapshot, or within `grace` of its entry against the
    /// one before.
    error NotNewest(uint256 snapshotId, uint256 newest);

    /// @notice The line has a snapshot as new or newer: an older one never becomes newest.
    error NotNewer(uint64 time, uint64 newestTime);

    /// @notice A snapshot enters no sooner than its own time, and `spacing` after the last entry: try at `from`.
    error TooSoon(uint64 from);

    /// @notice The snapshot is older than the coverage registry allows.
    error TooOld(uint64 time, uint256 oldest);

    /// @notice The snapshot was proven wrong.
    error SnapshotVoid(uint256 snapshotId);

    /// @notice The snapshot lacks a usable table point for an active circuit: post or prove it first. A circuit of
    /// zero: a statement that everybody needs has no circuit (that takes its table).
    error NotComplete(uint256 snapshotId, bytes32 circuitId);

    /// @notice Makes a snapshot the newest one; anyone may. It must be complete: a usable point for each active circuit
    /// of coverage, equity and reduction that takes its table, at least one of coverage and one of equity; and there is
    /// an active one of transfer.
    /// @param snapshotId the snapshot.
    function enter(uint256 snapshotId) external;

    /// @notice Returns to the snapshot before the newest one, which was proven wrong; anyone may.
    function drop() external;

    /// @notice The newest snapshot.
    /// @return snapshotId its id. Reverts with NoPrices or NewestVoid when there is none to go by.
    /// @return time of its market, Unix seconds.
    function newest() external view returns (uint256 snapshotId, uint64 time);

    /// @notice Reverts unless money may follow from a snapshot now: the newest one, or one whose successor entered at
    /// most `grace` ago and found it serving; in either case while the newest one serves.
    /// @param snapshotId the snapshot.
    /// @return time of its market, Unix seconds.
    function requireNewest(uint256 snapshotId) external view returns (uint64 time);

    /// @notice Whether a snapshot is the newest one and serves: no older one within `grace`. It never reverts.
    /// @param snapshotId the snapshot.
    /// @return whether it is.
    function isNewest(uint256 snapshotId) external view returns (bool);

    /// @notice A snapshot's entry.
    /// @param snapshotId the snapshot.
    /// @return the entry; all zero for a snapshot that is not in the line, or was proven wrong: nothing follows from
    /// that any more, whichever of its points was the wrong one.
    function entryOf(uint256 snapshotId) external view returns (Entry memory);

    /// @notice The snapshot at a place of the line.
    /// @param place from 1.
    /// @return its id. Reverts for places that do not exist.
    function snapshotAt(uint32 place) external view returns (uint256);

    /// @notice How many snapshots are in the line.
    /// @return the newest one's place.
    function length() external view returns (uint32);

    /// @notice For how long snapshots have served.
    /// @return seconds; a window that begins now ends once this has grown by its length.
    function served() external view returns (uint64);

    /// @notice When the newest snapshot stops serving, or stopped.
    /// @return until Unix seconds; 0 without a snapshot.
    function servesUntil() external view returns (uint64 until);

    /// @notice The parameters.
    /// @return those of the deployment.
    function parameters() external view returns (Parameters memory);

    /// @notice Whose rules a snapshot is complete by.
    /// @return the coverage registry.
    function registry() external view returns (address);
}
