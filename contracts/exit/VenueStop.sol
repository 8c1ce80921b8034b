// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IClosedRuns} from "../solvency/IClosedRuns.sol";
import {IExitDesk} from "./IExitDesk.sol";
import {IVenueStop} from "./IVenueStop.sol";

/// @title VenueStop
/// @author Ballast
/// @notice Signs of life of a venue, and what follows when there are none.
/// @dev A run counts by its snapshot's time, void or not: a stranger may close one that the venue signed days ago, and
/// a circuit that is retired since doesn't unmake that the venue was there.
abstract contract VenueStop is IExitDesk {
    /// @notice The venue's tokens, which know who the venue is.
    ICollateralVault internal immutable VAULT;
    /// @notice Its solvency runs.
    IClosedRuns internal immutable RUNS;
    /// @notice See Parameters.
    uint64 internal immutable SILENCE;

    /// @inheritdoc IVenueStop
    uint64 public override stoppedAt;
    /// @notice The venue's last sign of life by `heartbeat`, at first the deployment.
    uint64 private _heartbeatAt;

    /// @notice Starts with a venue that is there.
    /// @param vault_ the venue's tokens.
    /// @param silence how long it may say nothing, 3 to 30 days.
    constructor(ICollateralVault vault_, uint64 silence) {
        Bounds.requireWithin("silence", silence, 3 days, 30 days);
        (VAULT, RUNS, SILENCE) = (vault_, vault_.runs(), silence);
        _heartbeatAt = uint64(block.timestamp);
    }

    /// @inheritdoc IExitDesk
    function heartbeat() external {
        if (msg.sender != VAULT.venue()) revert OnlyVenue(msg.sender);
        requireRunning();
        _heartbeatAt = uint64(block.timestamp);
        emit Heartbeat(msg.sender);
    }

    /// @inheritdoc IExitDesk
    function stop() external {
        requireRunning();
        uint64 until = aliveUntil();
        if (block.timestamp <= until) revert VenueAlive(until);
        stoppedAt = uint64(block.timestamp);
        emit Stopped(until);
    }

    /// @inheritdoc IExitDesk
    function resume(bytes32 runId) external {
        _requireStopped();
        requireNotLeft();
        (, uint64 time) = RUNS.closedRun(runId);
        if (time <= stoppedAt) revert RunTooOld(time, stoppedAt);
        stoppedAt = 0;
        _unfix();
        emit Resumed(runId);
    }

    /// @inheritdoc IExitDesk
    function aliveUntil() public view returns (uint64 until) {
        (, uint64 runTime) = RUNS.latestRun();
        return uint64(Math.max(_heartbeatAt, Math.max(runTime, VAULT.handedOverAt(VAULT.handovers())))) + SILENCE;
    }

    /// @inheritdoc IVenueStop
    function requireRunning() public view {
        if (stoppedAt != 0) revert VenueStopped(stoppedAt);
    }

    /// @inheritdoc IVenueStop
    function requireNotLeft() public view virtual;

    /// @notice Forgets the exit's snapshot.
    function _unfix() internal virtual;

    /// @notice Reverts unless the venue has stopped.
    function _requireStopped() internal view {
        if (stoppedAt == 0) revert NotStopped();
    }
}
