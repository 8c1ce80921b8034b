// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IExactTransfers} from "./IExactTransfers.sol";

/// @title Transfers that move what they say
/// @author Ballast
/// @notice SafeERC20's transfers, which revert with WrongAmountMoved unless this contract's balance changes by exactly
/// the amount. Amounts are in the token's smallest units.
/// @dev ASSUMES that the caller cannot be entered again: a balance that somebody else changes meanwhile would count.
library ExactTransfers {
    using SafeERC20 for IERC20;

    /// @notice Moves tokens from the caller, who has approved them, to this contract.
    /// @param token the token.
    /// @param amount token units.
    function pull(IERC20 token, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        requireMoved(token.balanceOf(address(this)), before, amount);
    }

    /// @notice Moves tokens from this contract to another account.
    /// @param token the token.
    /// @param to who gets them; not this contract, whose balance would not change.
    /// @param amount token units.
    function pay(IERC20 token, address to, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        requireMoved(before, token.balanceOf(address(this)), amount);
    }

    /// @notice Reverts unless a balance changed by exactly `amount`, for what others move.
    /// @param higher the balance on the side on which it must be larger, token units.
    /// @param lower the balance on the other side, token units.
    /// @param amount what must be between them, token units.
    function requireMoved(uint256 higher, uint256 lower, uint256 amount) internal pure {
        uint256 moved = higher > lower ? higher - lower : 0;
        if (moved != amount) revert IExactTransfers.WrongAmountMoved(moved, amount);
    }
}
