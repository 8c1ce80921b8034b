// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Which solvency runs are closed
/// @author Ballast
/// @notice What money follows from of a run: that it was closed, over which accounts, and of when it is.
interface IClosedRuns {
    /// @notice There is no closed run of this id: it was never opened, or not closed.
    error RunNotClosed(bytes32 runId);

    /// @notice A circuit of the run was retired, or its table point disabled, since: it shows nothing any more.
    error RunVoid(bytes32 runId);

    /// @notice A closed run, however old; reverts where there is none, or what it rests on is void.
    /// @param runId the run.
    /// @return accountsRoot the root of its accounts.
    /// @return snapshotTime the time of its snapshot, Unix seconds.
    function closedRun(bytes32 runId) external view returns (uint256 accountsRoot, uint64 snapshotTime);

    /// @notice When a run was, for whoever goes on without it.
    /// @param runId the run.
    /// @return snapshotTime as of `closedRun`; 0 where that reverts.
    function timeOf(bytes32 runId) external view returns (uint64 snapshotTime);

    /// @notice The run that was closed last, whether or not it is void.
    /// @return runId the run; 0: none was closed.
    /// @return snapshotTime of its snapshot, Unix seconds.
    function latestRun() external view returns (bytes32 runId, uint64 snapshotTime);
}
