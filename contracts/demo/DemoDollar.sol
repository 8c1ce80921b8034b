// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The token of `ballast demo`
/// @author Ballast
/// @notice Stands for USDC on a local chain, with six decimals. All of it is made once, so that money which was lost or
/// made up shows in the sum of the balances. Worth nothing, and refused everywhere else.
contract DemoDollar is ERC20 {
    /// @notice Only local development chains (31337 or 1337) have it.
    error LocalChainsOnly(uint256 chainId);

    /// @notice Each holder needs one amount.
    error InvalidLists();

    /// @notice Makes all there will ever be.
    /// @param holders who get it.
    /// @param amounts how much each of them gets, in millionths.
    constructor(address[] memory holders, uint256[] memory amounts) ERC20("Demo dollar", "USDC") {
        if (block.chainid != 31_337 && block.chainid != 1337) revert LocalChainsOnly(block.chainid);
        if (holders.length != amounts.length) revert InvalidLists();
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amounts[i]);
        }
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
