// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {ExpiryHandler} from "./handlers/ExpiryHandler.sol";

/// Plays everybody at once: the fuzzer calls these actions in any order. Each makes the proofs that it needs and calls the
/// contracts as anyone could; what must never happen and is seen to happen is kept in `violation`.
contract LiquidationHandler is ExpiryHandler {
    /// What a closed case looked like; the latest of open ones, and their discounts.
    mapping(uint256 caseId => bytes32 state) private _closed;
    mapping(uint256 caseId => ILiquidationEngine.Case found) private _last;
    mapping(uint256 caseId => uint256 discount) private _discounts;

    /// The actions, by weight.
    function actions() external pure returns (bytes4[] memory list) {
        list = new bytes4[](56);
        uint256 n;
        list[n++] = this.passTime.selector;
        list[n++] = this.passTimeInSilence.selector;
        list[n++] = this.attestTier.selector;
        list[n++] = this.updatePortfolio.selector;
        list[n++] = this.lockAccount.selector;
        list[n++] = this.tradeBetween.selector;
        list[n++] = this.openAny.selector;
        list[n++] = this.breach.selector;
        list[n++] = this.challengeAny.selector;
        list[n++] = this.settleChallenge.selector;
        list[n++] = this.cure.selector;
        list[n++] = this.cureByDeposit.selector;
        list[n++] = this.reduce.selector;
        list[n++] = this.escalate.selector;
        list[n++] = this.abandon.selector;
        list[n++] = this.setPaused.selector;
        list[n++] = this.bid.selector;
        list[n++] = this.reveal.selector;
        list[n++] = this.settle.selector;
        list[n++] = this.withdrawBid.selector;
        list[n++] = this.passOver.selector;
        list[n++] = this.sweep.selector;
        list[n++] = this.reclaim.selector;
        list[n++] = this.showEquity.selector;
        list[n++] = this.buy.selector;
        list[n++] = this.lapse.selector;
        list[n++] = this.recordMove.selector;
        list[n++] = this.releaseHold.selector;
        list[n++] = this.withdrawCredits.selector;
        list[n++] = this.takeOver.selector;
        list[n++] = this.absorb.selector;
        list[n++] = this.clearResidual.selector;
        list[n++] = this.release.selector;
        list[n++] = this.tradeOfTheHouse.selector;
        list[n++] = this.openRound.selector;
        list[n++] = this.deleverage.selector;
        list[n++] = this.writeOff.selector;
        list[n++] = this.depositFunds.selector;
        list[n++] = this.requestWithdrawal.selector;
        list[n++] = this.withdrawFunds.selector;
        list[n++] = this.cancelWithdrawal.selector;
        list[n++] = this.refuseMoney.selector;
        list[n++] = this.remit.selector;
        list[n++] = this.payIn.selector;
        list[n++] = this.payOut.selector;
        list[n++] = this.venueWithdraws.selector;
        list[n++] = this.completeWithdrawal.selector;
        list[n++] = this.unlock.selector;
        list[n++] = this.openOwn.selector;
        list[n++] = this.closeOwn.selector;
        list[n++] = this.fillOwn.selector;
        list[n++] = this.askOwn.selector;
        list[n++] = this.closeExpired.selector;
        list[n++] = this.shift.selector;
        // once more, so that there is more to act on
        list[n++] = this.breach.selector;
        list[n++] = this.bid.selector;
        require(n == list.length, "a list with gaps");
    }

    /// What `done` counts: more than there are actions where one has two ends.
    function outcomes() external pure returns (string[57] memory) {
        return [
            "time",
            "silence",
            "attest",
            "update",
            "skip",
            "lock",
            "trade",
            "open",
            "breach",
            "challenge",
            "answer",
            "silent case",
            "cure",
            "deposit",
            "reduce",
            "escalate",
            "abandon",
            "pause",
            "bid",
            "reveal",
            "settle",
            "settle unshown",
            "leave",
            "pass over",
            "sweep",
            "reclaim",
            "sale",
            "buy",
            "lapse",
            "record",
            "release",
            "credit",
            "take over",
            "absorb",
            "clear",
            "give back",
            "house trade",
            "round",
            "deleverage",
            "write off",
            "fund",
            "request",
            "withdraw",
            "cancel",
            "refuse",
            "remit",
            "pay in",
            "pay out",
            "venue",
            "paid",
            "unlock",
            "open account",
            "close account",
            "fill account",
            "empty account",
            "close expired",
            "shift"
        ];
    }

    // --- what must hold in every state ---

    /// Money: all there is stands with somebody, and every contract holds what it says.
    function checkMoney() external view {
        assertBooks();
        _requireDelivered();
        uint256 held = token.balanceOf(address(challenges)) +
            token.balanceOf(address(auction)) +
            token.balanceOf(address(sale)) +
            token.balanceOf(address(house)) +
            token.balanceOf(address(vault)) +
            token.balanceOf(address(this)) +
            token.balanceOf(STRANGER) +
            token.balanceOf(VENUE) +
            token.balanceOf(OPENER) +
            token.balanceOf(address(ledger)) +
            token.balanceOf(LP);
        for (uint256 i = 0; i < 3; ++i) held += token.balanceOf(liquidator(i));
        vm.assertEq(held, token.totalSupply(), "money is conserved");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), fundedLots, "the vault has what proofs brought in");
        vm.assertLe(vault.lotsFenced(SETTLEMENT), fundedLots, "what is fenced is there");
        ILossPools.PoolState memory insurance = house.poolOf(ILossPools.Pool.InsuranceFund);
        uint256 reserved = insurance.reserved + house.poolOf(ILossPools.Pool.GammaReserve).reserved;
        vm.assertLe(reserved / UNITS, house.insuredLoss(), "no more is reserved than is insured");
    }

    /// Cases only go forward, windows of a phase stay, closed ones never change, accounts are frozen exactly while open.
    function checkCases() external {
        uint256 count = engine.caseCount();
        uint256 takeovers;
        for (uint256 caseId = 1; caseId <= count; ++caseId) {
            ILiquidationEngine.Case memory found = engine.caseOf(caseId);
            ILiquidationEngine.Case memory last = _last[caseId];
            _requireForward(caseId, found, last);
            vm.assertTrue(found.version >= last.version && found.phaseAt >= last.phaseAt, "monotone");
            if (found.status == last.status) {
                vm.assertEq(found.until, last.until, "a phase keeps its deadline");
            }
            bool isClosed = found.status == ILiquidationEngine.Status.Closed;
            bytes32 state = keccak256(abi.encode(found));
            if (isClosed && _closed[caseId] != bytes32(0)) {
                vm.assertEq(state, _closed[caseId], "closed for good");
            }
            if (isClosed) _closed[caseId] = state;
            else vm.assertEq(engine.openCaseOf(found.accountId), caseId, "one open case");
            if (found.status == ILiquidationEngine.Status.Takeover) ++takeovers;
            bool isAtStake = found.status == ILiquidationEngine.Status.Sale ||
                found.status == ILiquidationEngine.Status.Takeover;
            if (isAtStake) vm.assertTrue(found.proven && found.tier >= 2, "sold or taken over by a proof");
            vm.assertTrue(awards[caseId] <= 1, "one award");
            vm.assertEq(awards[caseId], _isAward(found.outcome) ? 1 : 0, "awarded as it says");
            _last[caseId] = found;
        }
        vm.assertEq(takeovers, engine.pendingTakeovers(), "takeovers that wait");
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 accountId = FIRST_CUSTOMER + i;
            bool isOpen = engine.openCaseOf(accountId) != 0;
            vm.assertTrue(ledger.account(accountId).frozen == isOpen, "frozen exactly while a case is open");
        }
    }

    /// Whatever happened, paused or not: time alone ends every case, and every bond is fetched.
    function checkEverythingCanBeFetched() external {
        vm.clearMockedCalls();
        uint256 count = engine.caseCount();
        for (uint256 caseId = 1; caseId <= count; ++caseId) _endByTime(caseId);
        vm.warp(block.timestamp + 8 days);
        for (uint256 caseId = 1; caseId <= count; ++caseId) _fetchBonds(caseId);
        vm.warp(block.timestamp + UNSERVED + 1 hours);
        for (uint256 i = 0; i < 4 * CUSTOMERS; ++i) {
            bool isWaiting = challenges.challengesOf(FIRST_CUSTOMER + i / 4)[i % 4].challenger != address(0);
            if (isWaiting) challenges.settleChallenge(FIRST_CUSTOMER + i / 4, i % 4);
        }
        if (challenges.creditOf(address(this)) != 0) challenges.withdrawCredit(address(this));
        address[3] memory parts = [address(challenges), address(auction), address(sale)];
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 forfeits, uint256 taxes, uint256 fees) = IPayments(parts[i]).owed();
            if (forfeits + taxes + fees != 0) IPayments(parts[i]).remit();
        }
        for (uint256 i = 0; i < 4; ++i) {
            address account = i == 3 ? STRANGER : liquidator(i);
            vm.startPrank(account);
            if (auction.creditOf(account) != 0) auction.withdrawCredit(account);
            if (sale.creditOf(account) != 0) sale.withdrawCredit(account);
            if (challenges.creditOf(account) != 0) challenges.withdrawCredit(account);
            vm.stopPrank();
        }
        vm.assertEq(auction.accounted(), 0, "every bond and credit is out of the auction");
        vm.assertEq(sale.accounted(), 0, "every hold and credit is out of the sale");
        vm.assertEq(challenges.accounted(), 0, "every challenge's bond is out of the engine");
        vm.assertEq(engine.pendingTakeovers(), 0, "no case holds the funds");
        _fetchOwnBonds();
        assertBooks();
    }

    /// The measure of a case that never falls: how far it is, and in Sale and Takeover, between which it may go both
    /// ways, how deep the discount is.
    function _requireForward(
        uint256 caseId,
        ILiquidationEngine.Case memory found,
        ILiquidationEngine.Case memory last
    ) private {
        uint256 rank = _rankOf(found.status);
        vm.assertTrue(rank >= _rankOf(last.status), "forward");
        vm.assertTrue(last.endsAt == 0 || found.endsAt == last.endsAt, "a case keeps its end");
        vm.assertTrue(found.snapshotTime >= last.snapshotTime, "by prices no older than before");
        vm.assertTrue(found.proven || !last.proven, "what was proven stays so");
        if (rank != 3) return;
        uint256 discount = sale.discountOf(caseId);
        vm.assertTrue(discount >= _discounts[caseId], "a discount never falls");
        _discounts[caseId] = discount;
    }

    function _rankOf(ILiquidationEngine.Status status) private pure returns (uint256) {
        if (status == ILiquidationEngine.Status.Closed) return 4;
        return status == ILiquidationEngine.Status.Takeover ? 3 : uint256(status);
    }

    /// Prices are missing for so long that any case can be abandoned.
    function _endByTime(uint256 caseId) private {
        if (statusOf(caseId) == ILiquidationEngine.Status.Closed) return;
        vm.warp(block.timestamp + UNSERVED + 1 hours);
        engine.abandon(caseId);
    }

    function _fetchBonds(uint256 caseId) private {
        if (sale.holdOf(caseId).amount != 0) sale.releaseHold(caseId);
        ISealedAuction.Bid[] memory bids = auction.bidsOf(caseId);
        for (uint256 i = 0; i < bids.length; ++i) {
            // one of the two is right for every bid whose bond is still there
            try auction.reclaim(caseId, bids[i].bidder) {} catch {}
            try auction.sweepUnrevealed(caseId, bids[i].bidder) {} catch {}
        }
        try auction.passOver(caseId) {} catch {}
    }

    function _isAward(ILiquidationEngine.Outcome outcome) private pure returns (bool) {
        return
            outcome == ILiquidationEngine.Outcome.Awarded ||
            outcome == ILiquidationEngine.Outcome.Sold ||
            outcome == ILiquidationEngine.Outcome.TakenOver;
    }
}
