// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";

/// @title Table points computed on chain
/// @author Ballast
/// @notice The trustless mode: anyone supplies the rows and the key's points, in chunks, and the contract does the
/// sum itself. The table and the key are recognised by their hashes, so nobody has to be trusted.
interface ITablePointBuilder {
    /// @notice A build in progress; one for each caller, snapshot and circuit, so that nobody can block another.
    struct Build {
        bytes32 expectedTableHash;
        bytes32 tableHash;
        bytes32 icHash;
        uint256 x;
        uint256 y;
        uint32 rowsDone;
        uint32 rowCount;
        uint32 circuitRows;
        uint32 lastId;
        uint16 scenarios;
        uint16 underlyings;
        bool malformed;
    }

    /// @notice A build was opened, or started again.
    /// @param caller who builds.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    event BuildOpened(address indexed caller, uint256 indexed snapshotId, bytes32 indexed circuitId);

    /// @notice All rows and points were taken and recognised; the oracle has the result.
    /// @param caller who builds.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    event BuildFinished(address indexed caller, uint256 indexed snapshotId, bytes32 indexed circuitId);


    /// @notice The caller has no open build for this snapshot and circuit.
    error NoBuild(uint256 snapshotId, bytes32 circuitId);

    /// @notice The point is settled already: proven, or disabled.
    error AlreadySettled(uint256 snapshotId, bytes32 circuitId);

    /// @notice A list has the wrong length: whole rows of the table, and 2(E+3) words of points for each row.
    error InvalidLength(uint256 given, uint256 expected);

    /// @notice A point of the key is not on the curve.
    error InvalidIcPoint();

    /// @notice The rows are not those of the snapshot's table.
    error TableHashMismatch(bytes32 computed, bytes32 expected);

    /// @notice The points are not those of the verifier's key.
    error IcHashMismatch(bytes32 computed, bytes32 expected);

    /// @notice Opens a build, or starts the caller's own again from the beginning.
    /// @param header the snapshot's header.
    /// @param policy the snapshot's policy.
    /// @param circuitId the instance and key.
    /// @param icPoints x, y of IC_0, of the snapshot id's point and of the policy elements' points.
    function open(
        ISnapshotOracle.Header calldata header,
        uint256[] calldata policy,
        bytes32 circuitId,
        uint256[] calldata icPoints
    ) external;

    /// @notice Adds the next rows. With the last of the instance's N rows the build is finished: the hashes are
    /// compared, and the oracle records the point as proven, or disables a posted point that differs.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @param elements E + 3 elements for each real row of the chunk; none for the zero rows after the last.
    /// @param icPoints x, y of E + 3 points for each row of the chunk.
    function append(
        uint256 snapshotId,
        bytes32 circuitId,
        uint256[] calldata elements,
        uint256[] calldata icPoints
    ) external;

    /// @notice A caller's build.
    /// @param caller who opened it.
    /// @param snapshotId the snapshot.
    /// @param circuitId the instance and key.
    /// @return the build, all zero when there is none.
    function build(address caller, uint256 snapshotId, bytes32 circuitId) external view returns (Build memory);

    /// @notice The oracle that this builder reports to.
    /// @return its address.
    function oracle() external view returns (address);
}
