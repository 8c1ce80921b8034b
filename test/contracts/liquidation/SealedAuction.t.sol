// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";

/// Sealed bids: who bids, whose turn it is, and where every bond ends.
contract SealedAuctionTest is BidsFixture {
    // --- commit and reveal ---

    function test_BidsAreForListedLiquidatorsOnceAndInTime() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotALiquidator.selector, STRANGER));
        auction.commitBid(caseId, SALT);
        serve(COMMIT - 1);
        commit(0, 10);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.AlreadyBid.selector, liquidator(0)));
        auction.commitBid(caseId, SALT);
        serve(1);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooLate.selector, start + COMMIT));
        auction.commitBid(caseId, SALT);
        vm.assertEq(auction.accounted(), BID_BOND, "one bond");
        assertBooks();
    }

    function test_RevealsAreInTheirWindow() public {
        commit(0, 10);
        serve(COMMIT - 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooEarly.selector, start + COMMIT));
        auction.revealBid(caseId, 10, SALT);
        serve(REVEAL);
        reveal(0, 10);
        vm.assertEq(auction.bidsOf(caseId)[0].cash, 10, "revealed");
        vm.prank(liquidator(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISealedAuction.WrongBidStatus.selector,
                liquidator(0),
                ISealedAuction.BidStatus.Revealed
            )
        );
        auction.revealBid(caseId, 10, SALT);
    }

    function test_AfterTheWindowNothingIsRevealed() public {
        commit(0, 10);
        serve(COMMIT + REVEAL);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooLate.selector, start + COMMIT + REVEAL));
        auction.revealBid(caseId, 10, SALT);
    }

    /// A hash is of one case, version, bidder, chain, cash and salt.
    function testFuzz_ABidOpensAsWhatItWas(uint64 cash, uint64 shown, bytes32 salt, uint8 what) public {
        cash = uint64(bound(cash, 0, 1 << 20));
        shown = uint64(bound(shown, 0, 1 << 20));
        what = uint8(bound(what, 0, 3));
        bytes32 bidHash = auction.bidHashOf(
            what == 1 ? caseId + 1 : caseId,
            what == 2 ? 2 : 1,
            what == 3 ? liquidator(1) : liquidator(0),
            cash,
            SALT
        );
        vm.prank(liquidator(0));
        auction.commitBid(caseId, bidHash);
        serve(COMMIT);
        vm.prank(liquidator(0));
        if (what != 0 || shown != cash || salt != SALT) {
            vm.expectRevert(abi.encodeWithSelector(ISealedAuction.WrongOpening.selector));
        }
        auction.revealBid(caseId, shown, salt);
    }

    function test_CashHasItsLimitAndSixteenBidsAreAll() public {
        for (uint256 i = 3; i < 19; ++i) {
            fund(liquidator(i), address(auction), BID_BOND);
            vm.prank(OWNER);
            auction.setLiquidator(liquidator(i), true);
        }
        attest(BOB, 3);
        caseId = engine.open(BOB);
        commit(0, 1 << 36);
        for (uint256 i = 3; i < 18; ++i) {
            vm.prank(liquidator(i));
            auction.commitBid(caseId, SALT);
        }
        vm.prank(liquidator(18));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.TooManyBids.selector));
        auction.commitBid(caseId, SALT);
        serve(COMMIT);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.CashTooLarge.selector, uint64(1 << 36)));
        auction.revealBid(caseId, 1 << 36, SALT);
    }

    /// Listing and delisting act on cases that open later, however often the owner changes its mind.
    function test_ListsActOnLaterCases() public {
        vm.prank(OWNER);
        auction.setLiquidator(liquidator(0), false);
        vm.prank(OWNER);
        auction.setLiquidator(STRANGER, true);
        vm.assertTrue(!auction.isLiquidator(liquidator(0)) && auction.isLiquidator(STRANGER), "from now on");
        vm.assertTrue(auction.mayBid(caseId, liquidator(0)) && !auction.mayBid(caseId, STRANGER), "this case");
        commit(0, 10);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotALiquidator.selector, STRANGER));
        auction.commitBid(caseId, SALT);
        attest(BOB, 3);
        uint256 later = engine.open(BOB);
        vm.prank(OWNER);
        auction.setLiquidator(liquidator(0), true);
        vm.assertTrue(!auction.mayBid(later, liquidator(0)) && auction.mayBid(later, STRANGER), "the later case");
        vm.assertTrue(auction.mayBid(later + 1, liquidator(0)), "the next one");
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSignature("OwnableUnauthorizedAccount(address)", STRANGER));
        auction.setLiquidator(STRANGER, true);
    }

    /// A bond is the flat one, or a share of the bid where that is more; a bid without it does not count.
    function testFuzz_ABondGrowsWithItsBid(uint64 cash) public {
        cash = uint64(bound(cash, 0, (1 << 36) - 1));
        commit(0, cash);
        serve(COMMIT);
        uint256 product = uint256(cash) * UNITS * BOND_RATE;
        uint256 share = product / 1_000_000 + (product % 1_000_000 == 0 ? 0 : 1);
        uint256 bond = share > BID_BOND ? share : BID_BOND;
        token.mint(liquidator(0), bond);
        vm.prank(liquidator(0));
        token.approve(address(auction), bond - BID_BOND);
        reveal(0, cash);
        vm.assertEq(auction.bidsOf(caseId)[0].bond, bond, "the bond");
        vm.assertEq(auction.accounted(), bond, "is here");
        assertBooks();
    }

    function test_ABidWithoutItsBondDoesNotCount() public {
        uint64 cash = 625_000; // 6,250 tokens, of which the bond is 32 %
        commit(0, cash);
        commit(1, 5);
        serve(COMMIT);
        vm.prank(liquidator(0));
        token.approve(address(auction), BID_BOND - 1);
        vm.prank(liquidator(0));
        vm.expectRevert();
        auction.revealBid(caseId, cash, SALT);
        // What is here already counts, too.
        vm.prank(liquidator(0));
        auction.addCredit(1);
        vm.prank(liquidator(0));
        token.approve(address(auction), BID_BOND - 1);
        uint256 start_ = vm.snapshotState();
        reveal(0, cash);
        vm.assertEq(auction.creditOf(liquidator(0)), 0, "from the credit first");
        vm.assertEq(auction.bidsOf(caseId)[0].bond, 2 * BID_BOND, "topped up");
        vm.revertToState(start_);
        reveal(1, 5);
        serve(REVEAL);
        (address leader, , ) = auction.leaderOf(caseId);
        vm.assertEq(leader, liquidator(1), "the other one leads");
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.assertEq(insurance(), BID_BOND, "the flat bond is lost");
    }

    // --- turns ---

    /// The most cash first, the earlier among equals; turns follow from times, booked or not.
    function testFuzz_TurnsGoByCashThenByOrder(uint8[3] memory offers, bool booked) public {
        uint64[3] memory cash = [uint64(offers[0] % 4), uint64(offers[1] % 4), uint64(offers[2] % 4)];
        bids(cash, [true, true, true]);
        uint64 from = start + COMMIT + REVEAL;
        bool[3] memory had;
        for (uint64 turn = 0; turn < 3; ++turn) {
            uint256 best = 3;
            for (uint256 i = 0; i < 3; ++i) if (!had[i] && (best == 3 || cash[i] > cash[best])) best = i;
            had[best] = true;
            if (booked && turn > 0) auction.passOver(caseId);
            (address leader, uint64 bid, uint64 until) = auction.leaderOf(caseId);
            vm.assertEq(leader, liquidator(best), "leader");
            vm.assertEq(bid, cash[best], "bid");
            vm.assertEq(until, from + (turn + 1) * SETTLE, "until");
            (, , uint64 left) = auction.timeLeft(caseId);
            vm.assertEq(left, SETTLE, "left");
            vm.assertEq(auction.failsAt(caseId), from + 3 * SETTLE, "fails");
            serve(SETTLE);
        }
        (address none, , ) = auction.leaderOf(caseId);
        vm.assertEq(none, address(0), "nobody is left");
    }

    /// After three who didn't settle nobody waits for a fourth; who wasn't asked has its bond back.
    function test_ThreeTurnsAreAll() public {
        vm.prank(OWNER);
        auction.setLiquidator(liquidator(3), true);
        fund(liquidator(3), address(auction), BID_BOND);
        attest(BOB, 3);
        caseId = engine.open(BOB);
        for (uint256 i = 0; i < 4; ++i) commit(i, uint64(10 - i));
        serve(COMMIT);
        for (uint256 i = 0; i < 4; ++i) reveal(i, uint64(10 - i));
        serve(REVEAL);
        uint64 from = clock.served();
        vm.assertEq(auction.failsAt(caseId), from + 3 * SETTLE, "three turns");
        serve(3 * SETTLE);
        (address none, , ) = auction.leaderOf(caseId);
        vm.assertEq(none, address(0), "no fourth turn");
        auction.reclaim(caseId, liquidator(3)); // books by itself
        vm.assertEq(auction.auctionOf(caseId).failedAt, from + 3 * SETTLE, "failed");
        vm.assertEq(auction.creditOf(liquidator(3)), BID_BOND, "the fourth has its bond");
        vm.assertEq(insurance(), 3 * uint256(BID_BOND), "the three are the fund's");
        assertBooks();
    }

    function test_TheWinnerSettlesAndTheOthersHaveTheirBonds() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        uint256 before = token.balanceOf(liquidator(1));
        (TransferClaim memory claim, EquityClaim memory equity) = settling(1, 900, 900);
        vm.prank(liquidator(1));
        auction.settle(caseId, claim, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = (900 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        vm.assertEq(token.balanceOf(liquidator(1)), before, "nothing is pulled");
        vm.assertEq(auction.creditOf(liquidator(1)), BID_BOND - fee, "its bond, less the fee");
        vm.assertEq(insurance(), fee - (fee * 300_000) / 1_000_000, "split");
        assertBond(0, true);
        assertBond(2, true);
        withdrawAll();
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, caseId));
        auction.settle(caseId, claim, equity);
    }

    function test_OnlyTheLeaderSettlesItsBidIntoItsOwnHealthyAccount() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 700, 700);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotLeader.selector, liquidator(1)));
        auction.settle(caseId, claim, equity);
        (claim, equity) = settling(1, 899, 900);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(899), 900, 900));
        auction.settle(caseId, claim, equity);
        (claim, equity) = settling(1, 901, 900);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(901), 900, 900));
        auction.settle(caseId, claim, equity);
        claim = caseTransfer("award", caseId, liquidator(1), accountOf(0), 900, true);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotYourAccount.selector, accountOf(0)));
        auction.settle(caseId, claim, equity);
        advance(1);
        claim = caseTransfer("award", caseId, liquidator(1), accountOf(1), 900, true);
        equity = equityClaim(ALICE, 3, lotsOf(900));
        attest(accountOf(1), claim.newB, 2);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotHealthy.selector, accountOf(1), claim.newB));
        auction.settle(caseId, claim, equity);
    }

    /// Who copies the winner's proof out of the mempool can do nothing with it; nor serves a proof for another case.
    function test_AnAwardsProofIsItsWinners() public {
        bids([uint64(900), 900, 0], [true, true, false]);
        (TransferClaim memory claim, ) = settling(0, 900, 900);
        serve(SETTLE); // the second's turn
        TransferClaim memory copied = claim;
        copied.accountB = accountOf(1);
        copied.newB = next(accountOf(1));
        attest(accountOf(1), copied.newB, 1);
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(900));
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        auction.settle(caseId, copied, equity);
    }

    // --- bonds in every end ---

    /// Nobody gets a defaulter's bond back through another identity: it is the fund's.
    function test_ADefaultersBondIsTheFunds() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        serve(SETTLE);
        settle(2, 800, 800); // passes over the first by itself
        vm.assertEq(uint256(statusOfBid(1)), uint256(ISealedAuction.BidStatus.Defaulted), "passed over");
        uint256 fee = (800 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        vm.assertEq(auction.creditOf(liquidator(2)), BID_BOND - fee, "its own bond alone");
        vm.assertEq(insurance(), BID_BOND + fee - (fee * 300_000) / 1_000_000, "the fund's");
        assertBond(1, false);
        assertBond(0, true);
        withdrawAll();
    }

    function test_WhenAllDefaultTheFundHasTheirBonds() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        serve(3 * SETTLE - 1);
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, 0, "one is left");
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NothingToPassOver.selector));
        auction.passOver(caseId);
        serve(1);
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, start + COMMIT + REVEAL + 3 * SETTLE, "failed");
        vm.assertEq(insurance(), 3 * uint256(BID_BOND), "all of them");
        for (uint256 i = 0; i < 3; ++i) assertBond(i, false);
        withdrawAll();
    }

    function test_UnrevealedBondsAreTheFunds() public {
        bids([uint64(700), 900, 800], [false, true, false]);
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.assertEq(insurance(), BID_BOND, "swept");
        vm.expectRevert();
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.expectRevert();
        auction.sweepUnrevealed(caseId, liquidator(1));
        settle(1, 900, 900);
        auction.sweepUnrevealed(caseId, liquidator(2)); // also after the award
        assertBond(2, false);
        withdrawAll();
    }

    function test_NobodyBidsAndTheSealedPhaseFails() public {
        serve(COMMIT + REVEAL);
        vm.assertEq(auction.failsAt(caseId), start + COMMIT + REVEAL, "at the end of the reveals");
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, start + COMMIT + REVEAL, "failed");
        withdrawAll();
    }

    /// Cured in the commit window, in the reveal window, in a leader's turn: whose bond comes back.
    function testFuzz_ACureReturnsWhatIsNotDue(uint8 when) public {
        when = uint8(bound(when, 0, 2));
        commit(0, 700);
        commit(1, 900);
        commit(2, 800);
        if (when > 0) {
            serve(COMMIT);
            reveal(0, 700);
            reveal(1, 900);
        }
        if (when == 1) serve(REVEAL - 1);
        if (when == 2) serve(REVEAL + SETTLE); // liquidator 1 has been passed over by now
        if (when == 0) advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        serve(1 hours);
        assertBond(0, true);
        assertBond(1, when != 2);
        assertBond(2, when != 2);
        if (when == 2) auction.sweepUnrevealed(caseId, liquidator(2));
        vm.assertEq(insurance(), when == 2 ? 2 * uint256(BID_BOND) : 0, "the fund has what was due");
        withdrawAll();
    }

    /// Credits are paid to whom their owner names: not to one whom the token refuses.
    function test_ACreditIsPaidWhereItsOwnerWants() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        settle(1, 900, 900);
        auction.reclaim(caseId, liquidator(0));
        vm.mockCallRevert(
            address(token),
            abi.encodeWithSelector(token.transfer.selector, liquidator(0)),
            "refused"
        );
        vm.prank(liquidator(0));
        vm.expectRevert();
        auction.withdrawCredit(liquidator(0));
        vm.prank(liquidator(0));
        auction.withdrawCredit(STRANGER);
        vm.assertEq(token.balanceOf(STRANGER), BID_BOND, "paid");
        vm.assertEq(auction.creditOf(liquidator(0)), 0, "no more");
        assertBooks();
    }

    // --- disclosure ---

    function test_TheVenueDisclosesToKeys() public {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NoDisclosureKey.selector, liquidator(0)));
        sale.disclose(caseId, liquidator(0), "sealed");
        vm.prank(liquidator(0));
        sale.setDisclosureKey("key");
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.OnlyVenue.selector, address(this)));
        sale.disclose(caseId, liquidator(0), "sealed");
        vm.prank(VENUE);
        sale.disclose(caseId, liquidator(0), "sealed");
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, caseId));
        sale.disclose(caseId, liquidator(0), "sealed");
    }

    function test_OnlyTheEngineOpensAuctions() public {
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.OnlyEngine.selector, address(this)));
        auction.open(caseId);
        vm.prank(address(engine));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.AlreadyOpened.selector, caseId));
        auction.open(caseId);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.UnknownAuction.selector, 77));
        auction.auctionOf(77);
    }
}
