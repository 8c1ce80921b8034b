// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";

/// Solvency runs that a test closes and voids.
contract StubRuns is IClosedRuns {
    struct Run {
        uint256 accountsRoot;
        uint64 snapshotTime;
        bool isVoid;
    }

    mapping(bytes32 runId => Run run) private _runs;
    bytes32 private _latest;

    function close(bytes32 runId, uint256 accountsRoot, uint64 snapshotTime) external {
        _runs[runId] = Run(accountsRoot, snapshotTime, false);
        if (snapshotTime > _runs[_latest].snapshotTime) _latest = runId;
    }

    function setVoid(bytes32 runId, bool isVoid) external {
        _runs[runId].isVoid = isVoid;
    }

    function closedRun(bytes32 runId) external view returns (uint256 accountsRoot, uint64 snapshotTime) {
        Run memory found = _runs[runId];
        if (found.snapshotTime == 0) revert RunNotClosed(runId);
        if (found.isVoid) revert RunVoid(runId);
        return (found.accountsRoot, found.snapshotTime);
    }

    function latestRun() external view returns (bytes32 runId, uint64 snapshotTime) {
        return (_latest, _runs[_latest].snapshotTime);
    }

    function timeOf(bytes32 runId) external view returns (uint64 snapshotTime) {
        Run memory found = _runs[runId];
        return found.isVoid ? 0 : found.snapshotTime;
    }
}
