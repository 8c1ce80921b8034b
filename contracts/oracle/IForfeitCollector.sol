// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Where forfeited tokens go
/// @author Ballast
/// @notice A clearing house takes them into its insurance fund.
interface IForfeitCollector {
    /// @notice Pulls tokens from the caller, who approved them.
    /// @param amount token units.
    function collectForfeit(uint256 amount) external;
}
