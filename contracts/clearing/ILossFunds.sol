// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title What a venue has to absorb losses with
/// @author Ballast
/// @notice Read when a solvency run is closed.
interface ILossFunds {
    /// @notice The funds behind a venue's accounts, apart from what these hold themselves.
    /// @return insuranceFund micro-USD.
    /// @return gammaReserve micro-USD, earmarked for losses of hedging in a crash.
    function funds() external view returns (uint256 insuranceFund, uint256 gammaReserve);
}
