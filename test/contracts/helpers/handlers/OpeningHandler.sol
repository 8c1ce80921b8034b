// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EmptyClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {CashHandler} from "./CashHandler.sol";

/// Accounts that somebody opens, fills, closes, and has the bonds of back.
abstract contract OpeningHandler is CashHandler {
    address internal constant OPENER = address(0x09e4);
    uint256 internal constant OWN = 3;
    uint256 private constant EMPTY = 0xe3;

    function setUp() public virtual override {
        super.setUp();
        fund(OPENER, address(ledger), 1e18);
    }

    function openOwn(uint8 which) external {
        uint256 n = which % OWN;
        EmptyClaim memory proven = emptyClaim(openedId(OPENER, n), EMPTY);
        vm.prank(OPENER);
        uint256 accountId = ledger.openAccount(n, EMPTY, proven);
        if (ledger.filledAt(accountId) != 0) violation = "a filled account was opened anew";
        ++done["open account"];
    }

    function closeOwn(uint8 which) external {
        uint256 accountId = openedId(OPENER, which % OWN);
        bool isEmpty = ledger.isEmpty(accountId);
        vm.prank(OPENER);
        ledger.closeAccount(which % OWN, address(this));
        if (!isEmpty) violation = "a filled account was closed";
        ++done["close account"];
    }

    function fillOwn(uint256 who, uint8 which) external {
        (uint256 from, uint256 to) = (_customer(who), openedId(OPENER, which % OWN));
        TransferClaim memory claim = transferClaim(
            TransferTerms(from, next(from), to, next(to), 7, 0, false, ledger.TRADE())
        );
        vm.prank(VENUE);
        ledger.trade(claim);
        if (ledger.filledAt(to) == 0 || ledger.isEmpty(to)) violation = "filled, and empty still";
        ++done["fill account"];
    }

    /// The venue's word and a breach about an account that is empty or not.
    function askOwn(uint8 which) external {
        uint256 accountId = openedId(OPENER, which % OWN);
        bool isEmpty = ledger.isEmpty(accountId);
        uint256 commitment = ledger.commitmentOf(accountId);
        update(accountId, next(accountId));
        if (isEmpty && ledger.commitmentOf(accountId) != commitment) violation = "the venue filled it by its word";
        _attestNewest(accountId, ledger.commitmentOf(accountId), 2);
        try engine.open(accountId) {
            if (isEmpty) violation = "a case of an empty account";
        } catch {
            if (isEmpty) ++done["empty account"];
        }
    }

    /// Every bond comes back: of what was filled, and of what wasn't.
    function _fetchOwnBonds() internal {
        for (uint256 n = 0; n < OWN; ++n) {
            uint256 accountId = openedId(OPENER, n);
            if (ledger.bondOf(accountId) == 0) continue;
            bool isEmpty = ledger.isEmpty(accountId);
            vm.prank(OPENER);
            if (isEmpty) ledger.closeAccount(n, OPENER);
            else ledger.reclaimBond(n, OPENER);
        }
        vm.assertEq(token.balanceOf(address(ledger)), 0, "every account's bond is out of the ledger");
    }
}
