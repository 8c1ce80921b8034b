// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";

/// @title What expired instruments are worth, for good
/// @author Ballast
/// @notice The first published snapshot with an instrument's settled row fixes its mark; what agrees with it afterwards
/// counts, and what doesn't is void. Anyone shows rows. Nobody owns the book, and it forgets nothing.
interface IDeliveryBook {
    /// @notice What a lot of an instrument is worth: `mark` in micro-USD, by a snapshot of `time` (Unix seconds). It is
    /// final from `finalAt` on, unless the snapshot was void before.
    struct Delivery {
        uint256 snapshotId;
        uint64 mark;
        uint64 time;
        uint64 finalAt;
    }

    /// @notice An instrument's mark was taken from a snapshot.
    /// @param instrumentId the instrument.
    /// @param snapshotId the snapshot.
    /// @param mark micro-USD a lot.
    /// @param finalAt when it is final, Unix seconds.
    event DeliveryRecorded(
        uint32 indexed instrumentId,
        uint256 indexed snapshotId,
        uint64 mark,
        uint64 finalAt
    );

    /// @notice A snapshot has another mark for a settled row than the final one: it is void from now on.
    /// @param instrumentId the instrument.
    /// @param snapshotId the snapshot.
    event DeliveryContradicted(uint32 indexed instrumentId, uint256 indexed snapshotId);

    /// @notice The snapshot was proven wrong: show a sound one.
    error DeliverySnapshotVoid(uint256 snapshotId);

    /// @notice The elements are no whole rows of the snapshot's shape.
    error PartialRows(uint256 elements, uint256 width);

    /// @notice The rows end neither where the table ends nor where rows begin that were shown before.
    error UnknownEnd(bytes32 end);

    /// @notice The rows don't lead from the one hash to the other.
    error RowsMismatch(bytes32 computed, bytes32 end);

    /// @notice The instrument has no final mark: its settled row was not shown, or less than an hour ago.
    error NotDelivered(uint32 instrumentId, uint64 finalAt);

    /// @notice Takes the marks of a published snapshot's settled rows: those that have none are kept. While one is not
    /// final, that of a snapshot of earlier time takes its place. A mark that is not the final one voids the snapshot.
    /// A table is shown from its end: its last rows first, then, up to where these begin, those before them.
    /// @param header the snapshot's header.
    /// @param policyHash the hash of its policy.
    /// @param end the header's table hash, or the `start` of an earlier call about this snapshot.
    /// @param start the table's hash before the rows; 0 where the first row is the table's first.
    /// @param rows their elements: E + 3 each.
    function record(
        ISnapshotOracle.Header calldata header,
        bytes32 policyHash,
        bytes32 end,
        bytes32 start,
        uint256[] calldata rows
    ) external;

    /// @notice An instrument's final mark.
    /// @param instrumentId the instrument.
    /// @return mark micro-USD a lot. Reverts with NotDelivered while there is none.
    /// @return time of the snapshot that fixed it, Unix seconds.
    function markOf(uint32 instrumentId) external view returns (uint64 mark, uint64 time);

    /// @notice What is known of an instrument, final or not.
    /// @param instrumentId the instrument.
    /// @return zeros where nothing is.
    function deliveryOf(uint32 instrumentId) external view returns (Delivery memory);

    /// @notice The oracle whose snapshots count.
    /// @return its address.
    function oracle() external view returns (address);
}
