// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Parameters within bounds
/// @author Ballast
/// @notice Every parameter that somebody can set has a least and a largest value, written where it is set.
interface IBounded {
    /// @notice The parameter is out of its bounds. `name` is what its struct or argument calls it, as text; `value` is
    /// what was given, an address as its number.
    error InvalidParameter(bytes32 name, uint256 value);
}
