// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {IClearingHouse} from "./IClearingHouse.sol";

/// @title Accounts as the clearing house deals with them
/// @author Ballast
/// @notice Its own must be guarded, all others ordinary.
library LedgerAccounts {
    /// @notice The portfolio of the house's account, or a revert.
    /// @param ledger the venue's ledger.
    /// @param accountId the house's account.
    /// @return its commitment.
    function commitmentOfHouse(IPortfolioLedger ledger, uint256 accountId) internal view returns (uint256) {
        IPortfolioLedger.Account memory found = ledger.account(accountId);
        if (!found.guarded) revert IClearingHouse.HouseNotGuarded(accountId);
        return found.commitment;
    }

    /// @notice The portfolio of an account that the house may deal with, or a revert.
    /// @param ledger the venue's ledger.
    /// @param accountId the account.
    /// @return its commitment.
    function commitmentOfOrdinary(IPortfolioLedger ledger, uint256 accountId) internal view returns (uint256) {
        IPortfolioLedger.Account memory found = ledger.account(accountId);
        if (found.frozen || found.guarded) revert IClearingHouse.AccountNotOrdinary(accountId);
        return found.commitment;
    }
}
