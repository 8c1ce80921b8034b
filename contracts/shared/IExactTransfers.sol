// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Transfers that move what they say
/// @author Ballast
/// @notice A token that takes a fee of a transfer, or rounds it, is refused at every move.
interface IExactTransfers {
    /// @notice The token moved another amount than it was told to, e.g. took a fee: it can't be used here. Both in the
    /// token's smallest units; `moved` is 0 too where the balance changed the wrong way.
    error WrongAmountMoved(uint256 moved, uint256 expected);
}
