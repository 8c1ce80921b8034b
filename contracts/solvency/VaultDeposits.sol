// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {ICollateralVault} from "./ICollateralVault.sol";

/// @title Deposits on somebody's behalf
/// @author Ballast
/// @notice For contracts that take tokens from their caller and keep none.
/// @dev ASSUMES that the contract cannot be entered again, as `ExactTransfers` does.
library VaultDeposits {
    using ExactTransfers for IERC20;
    using SafeERC20 for IERC20;

    /// @notice Takes the caller's tokens to a vault, for an account that gets them by a proof.
    /// @param vault the vault.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at least one.
    /// @param accountId the account.
    function depositFor(ICollateralVault vault, uint32 instrumentId, uint256 lots, uint256 accountId) internal {
        (address asset, uint96 unitsPerLot) = vault.asset(instrumentId);
        IERC20 token = IERC20(asset);
        uint256 amount = lots * uint256(unitsPerLot);
        token.pull(amount);
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(address(vault), amount);
        vault.depositByProof(instrumentId, lots, accountId);
        ExactTransfers.requireMoved(before, token.balanceOf(address(this)), amount);
    }
}
