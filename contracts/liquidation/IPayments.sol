// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExactTransfers} from "../shared/IExactTransfers.sol";

/// @title Money that a part of the liquidation holds for others
/// @author Ballast
/// @notice Nobody is paid by somebody else's transaction: what is owed is kept until it is fetched, so that a receiver
/// or token that refuses can't stop a case. What the clearing house is owed is sent along when that works, and kept for
/// `remit` when it doesn't.
/// @dev ASSUMES of the settlement token what `ICollateralVault` does: a transfer moves exactly what it says.
interface IPayments is IExactTransfers {
    /// @notice Somebody is owed something now.
    /// @param to who can withdraw it.
    /// @param amount token units.
    event Credited(address indexed to, uint256 amount);

    /// @notice A credit was paid out.
    /// @param account whose credit it was.
    /// @param to who got it.
    /// @param amount token units.
    event CreditPaid(address indexed account, address indexed to, uint256 amount);

    /// @notice A credit paid for something its owner owed.
    /// @param account whose credit it was.
    /// @param amount token units.
    event CreditUsed(address indexed account, uint256 amount);

    /// @notice The clearing house was paid.
    /// @param forfeits token units for the insurance fund.
    /// @param taxes token units for the Gamma Reserve.
    /// @param fees token units for both.
    event Remitted(uint256 forfeits, uint256 taxes, uint256 fees);

    /// @notice There is nothing to pay out.
    error NoCredit(address account);

    /// @notice The clearing house is owed nothing.
    error NothingToRemit();

    /// @notice The vault has no settlement asset yet: its venue must add it first.
    error NoSettlementAsset(uint32 settlementId);

    /// @notice Only the contract itself calls this.
    error OnlySelf(address caller);

    /// @notice Pays ahead: what the caller will owe is taken from its credit first, also while the token refuses it.
    /// @param amount token units.
    function addCredit(uint256 amount) external;

    /// @notice Pays out all that the caller is owed.
    /// @param to who gets it: not necessarily the caller, whom the token may refuse.
    function withdrawCredit(address to) external;

    /// @notice Pays the clearing house what it is owed; anyone may.
    function remit() external;

    /// @notice The same, called by the contract itself within another call, which goes on when it fails.
    function remitWithin() external;

    /// @notice What an account may withdraw.
    /// @param account who would be paid.
    /// @return token units.
    function creditOf(address account) external view returns (uint256);

    /// @notice What the clearing house is owed.
    /// @return forfeits token units for the insurance fund.
    /// @return taxes token units for the Gamma Reserve.
    /// @return fees token units for both, which the clearing house divides.
    function owed() external view returns (uint256 forfeits, uint256 taxes, uint256 fees);

    /// @notice All that the contract holds for others: bonds, credits, hold-backs and what the clearing house is owed.
    /// Its token balance is this, and what strangers sent it.
    /// @return token units.
    function accounted() external view returns (uint256);
}
