// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "./IBounded.sol";

/// @title Bounds of parameters
/// @author Ballast
/// @notice One check for all of them.
library Bounds {
    /// @notice Reverts with InvalidParameter unless `least <= value <= most`.
    /// @param name what the parameter is called, at most 32 characters.
    /// @param value what was given.
    /// @param least the smallest value that is allowed.
    /// @param most the largest value that is allowed; below `least`: none is.
    function requireWithin(bytes32 name, uint256 value, uint256 least, uint256 most) internal pure {
        if (value < least || value > most) revert IBounded.InvalidParameter(name, value);
    }

    /// @notice The least that a window in served seconds may be: longer than one snapshot can serve without the next.
    /// @param least what it must be at least anyway, seconds.
    /// @param serveGap for how long one snapshot serves, seconds.
    /// @return the larger of the two.
    function window(uint256 least, uint256 serveGap) internal pure returns (uint256) {
        return least > serveGap ? least : serveGap + 1;
    }
}
