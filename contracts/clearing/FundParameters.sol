// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bounds} from "../shared/Bounds.sol";
import {ILossPools} from "./ILossPools.sol";

/// @title What the funds' parameters may be
/// @author Ballast
/// @notice docs/protocol/clearing-house.md has the same table.
library FundParameters {
    /// @notice What the rates are parts of.
    uint256 private constant PPM = 1_000_000;

    /// @notice Reverts with InvalidParameter unless all are within their bounds.
    /// @param parameters the parameters.
    function requireWithinBounds(ILossPools.Parameters memory parameters) internal pure {
        Bounds.requireWithin("withdrawalDelay", parameters.withdrawalDelay, 1 hours, 30 days);
        Bounds.requireWithin("gammaShare", parameters.gammaShare, 0, PPM);
        Bounds.requireWithin("maxPenalty", parameters.maxPenalty, 0, PPM / 10);
        Bounds.requireWithin("vestingPeriod", parameters.vestingPeriod, 1 days, 30 days);
        Bounds.requireWithin("dailyCap", parameters.dailyCap, PPM / 100, PPM);
    }
}
