// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationAuction} from "contracts/liquidation/ILiquidationAuction.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Sealed bids: who bids, whose turn it is, and where every bond ends.
contract LiquidationBidsTest is GateFixture {
    bytes32 private constant SALT = "salt";
    uint256 private caseId;
    uint64 private start;

    function setUp() public override {
        super.setUp();
        caseId = openCase(3);
        start = uint64(block.timestamp);
    }

    function _commit(uint256 i, uint64 cash) private {
        bytes32 bidHash = auction.bidHashOf(caseId, 1, liquidator(i), cash, SALT);
        vm.prank(liquidator(i));
        auction.commitBid(caseId, bidHash);
    }

    function _reveal(uint256 i, uint64 cash) private {
        vm.prank(liquidator(i));
        auction.revealBid(caseId, cash, SALT);
    }

    /// All three bid; those with true reveal.
    function _bids(uint64[3] memory cash, bool[3] memory reveals) private {
        for (uint256 i = 0; i < 3; ++i) _commit(i, cash[i]);
        vm.warp(start + COMMIT);
        for (uint256 i = 0; i < 3; ++i) if (reveals[i]) _reveal(i, cash[i]);
        _to(start + COMMIT + REVEAL);
    }

    function _to(uint64 time) private {
        advance(time - uint64(block.timestamp));
    }

    function _claim(uint256 i, uint64 cash) private returns (TransferClaim memory claim) {
        claim = caseTransfer("award", caseId, liquidator(i), accountOf(i), int64(cash), true);
        if (registry.attestation(accountOf(i), claim.newB).snapshotTime < block.timestamp) {
            attest(accountOf(i), claim.newB, 1);
        }
    }

    function _settle(uint256 i, uint64 cash) private {
        TransferClaim memory claim = _claim(i, cash);
        vm.prank(liquidator(i));
        auction.settle(caseId, claim);
    }

    function _insurance() private view returns (uint256) {
        return house.poolOf(ILossPools.Pool.InsuranceFund).assets;
    }

    function _status(uint256 i) private view returns (ILiquidationAuction.BidStatus) {
        return auction.bidsOf(caseId)[i].status;
    }

    function _assertBond(uint256 i, bool isBack) private {
        uint256 before = auction.creditOf(liquidator(i));
        if (!isBack) {
            vm.expectRevert();
            auction.reclaim(caseId, liquidator(i));
            return;
        }
        auction.reclaim(caseId, liquidator(i));
        vm.assertEq(auction.creditOf(liquidator(i)) - before, BID_BOND, "the bond is back");
        vm.expectRevert();
        auction.reclaim(caseId, liquidator(i));
    }

    function _withdrawAll() private {
        for (uint256 i = 0; i < 3; ++i) {
            if (auction.creditOf(liquidator(i)) == 0) continue;
            vm.prank(liquidator(i));
            auction.withdrawCredit();
        }
        vm.assertEq(auction.accounted(), 0, "nothing is left");
        assertBooks();
    }

    // --- commit and reveal ---

    function test_BidsAreForListedLiquidatorsOnceAndInTime() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotALiquidator.selector, STRANGER));
        auction.commitBid(caseId, SALT);
        vm.warp(start + COMMIT - 1);
        _commit(0, 10);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.AlreadyBid.selector, liquidator(0)));
        auction.commitBid(caseId, SALT);
        vm.warp(start + COMMIT);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooLate.selector, start + COMMIT));
        auction.commitBid(caseId, SALT);
        vm.assertEq(auction.accounted(), BID_BOND, "one bond");
        assertBooks();
    }

    function test_RevealsAreInTheirWindow() public {
        _commit(0, 10);
        vm.warp(start + COMMIT - 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooEarly.selector, start + COMMIT));
        auction.revealBid(caseId, 10, SALT);
        vm.warp(start + COMMIT + REVEAL - 1);
        _reveal(0, 10);
        vm.assertEq(auction.bidsOf(caseId)[0].cash, 10, "revealed");
        vm.prank(liquidator(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidationAuction.WrongBidStatus.selector,
                liquidator(0),
                ILiquidationAuction.BidStatus.Revealed
            )
        );
        auction.revealBid(caseId, 10, SALT);
    }

    function test_AfterTheWindowNothingIsRevealed() public {
        _commit(0, 10);
        vm.warp(start + COMMIT + REVEAL);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooLate.selector, start + COMMIT + REVEAL));
        auction.revealBid(caseId, 10, SALT);
    }

    /// A hash is of one case, version, bidder, chain, cash and salt.
    function testFuzz_ABidOpensAsWhatItWas(uint64 cash, uint64 shown, bytes32 salt, uint8 what) public {
        cash = uint64(bound(cash, 0, (1 << 36) - 1));
        shown = uint64(bound(shown, 0, (1 << 36) - 1));
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
        vm.warp(start + COMMIT);
        vm.prank(liquidator(0));
        if (what != 0 || shown != cash || salt != SALT) {
            vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.WrongOpening.selector));
        }
        auction.revealBid(caseId, shown, salt);
    }

    function test_CashHasItsLimitAndSixteenBidsAreAll() public {
        _commit(0, 1 << 36);
        for (uint256 i = 3; i < 18; ++i) {
            fund(liquidator(i), address(auction), BID_BOND);
            vm.prank(OWNER);
            auction.setLiquidator(liquidator(i), true);
            vm.prank(liquidator(i));
            auction.commitBid(caseId, SALT);
        }
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooManyBids.selector));
        auction.commitBid(caseId, SALT);
        vm.warp(start + COMMIT);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.CashTooLarge.selector, uint64(1 << 36)));
        auction.revealBid(caseId, 1 << 36, SALT);
    }

    function test_ListsActOnNewBidsOnly() public {
        _commit(0, 10);
        vm.prank(OWNER);
        auction.setLiquidator(liquidator(0), false);
        vm.warp(start + COMMIT);
        _reveal(0, 10);
        _to(start + COMMIT + REVEAL);
        _settle(0, 10);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        vm.prank(STRANGER);
        vm.expectRevert();
        auction.setLiquidator(STRANGER, true);
    }

    // --- turns ---

    /// The most cash first, the earlier among equals; turns follow from times, booked or not.
    function testFuzz_TurnsGoByCashThenByOrder(uint8[3] memory offers, bool booked) public {
        uint64[3] memory cash = [uint64(offers[0] % 4), uint64(offers[1] % 4), uint64(offers[2] % 4)];
        _bids(cash, [true, true, true]);
        uint64 from = start + COMMIT + REVEAL;
        bool[3] memory had;
        for (uint64 turn = 0; turn < 3; ++turn) {
            uint256 best = 3;
            for (uint256 i = 0; i < 3; ++i) if (!had[i] && (best == 3 || cash[i] > cash[best])) best = i;
            had[best] = true;
            vm.warp(from + turn * SETTLE);
            if (booked && turn > 0) auction.passOver(caseId);
            (address leader, uint64 bid, uint64 until) = auction.leaderOf(caseId);
            vm.assertEq(leader, liquidator(best), "leader");
            vm.assertEq(bid, cash[best], "bid");
            vm.assertEq(until, from + (turn + 1) * SETTLE, "until");
        }
        vm.assertEq(auction.failsAt(caseId), from + 3 * SETTLE, "fails");
        vm.warp(from + 3 * SETTLE);
        (address none, , ) = auction.leaderOf(caseId);
        vm.assertEq(none, address(0), "nobody is left");
    }

    function test_TheWinnerSettlesAndTheOthersHaveTheirBonds() public {
        _bids([uint64(700), 900, 800], [true, true, true]);
        vm.prank(liquidator(1));
        token.approve(address(auction), 1e18);
        uint256 before = token.balanceOf(liquidator(1));
        TransferClaim memory claim = _claim(1, 900);
        vm.prank(liquidator(1));
        auction.settle(caseId, claim);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = (900 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        vm.assertEq(before - token.balanceOf(liquidator(1)), fee, "the fee");
        vm.assertEq(_insurance(), fee - (fee * 300_000) / 1_000_000, "split");
        vm.assertEq(auction.creditOf(liquidator(1)), BID_BOND, "its bond");
        _assertBond(0, true);
        _assertBond(2, true);
        _withdrawAll();
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.CaseNotThere.selector, caseId));
        auction.settle(caseId, claim);
    }

    function test_OnlyTheLeaderSettlesItsBidIntoItsOwnHealthyAccount() public {
        _bids([uint64(700), 900, 800], [true, true, true]);
        TransferClaim memory claim = _claim(0, 700);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotLeader.selector, liquidator(1)));
        auction.settle(caseId, claim);
        claim = _claim(1, 899);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.WrongCash.selector, int64(899), 900, 900));
        auction.settle(caseId, claim);
        claim = caseTransfer("award", caseId, liquidator(1), accountOf(0), 900, true);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotYourAccount.selector, accountOf(0)));
        auction.settle(caseId, claim);
        advance(1);
        claim = caseTransfer("award", caseId, liquidator(1), accountOf(1), 900, true);
        attest(accountOf(1), claim.newB, 2);
        vm.prank(liquidator(1));
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationAuction.NotHealthy.selector, accountOf(1), claim.newB)
        );
        auction.settle(caseId, claim);
    }

    /// Who copies the winner's proof out of the mempool can do nothing with it; nor serves a proof for another case.
    function test_AnAwardsProofIsItsWinners() public {
        _bids([uint64(900), 900, 0], [true, true, false]);
        TransferClaim memory claim = _claim(0, 900);
        _to(start + COMMIT + REVEAL + SETTLE); // the second's turn
        TransferClaim memory copied = claim;
        copied.accountB = accountOf(1);
        copied.newB = next(accountOf(1));
        attest(accountOf(1), copied.newB, 1);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        auction.settle(caseId, copied);
    }

    // --- bonds in every end ---

    function test_APotGoesToWhoSettles() public {
        _bids([uint64(700), 900, 800], [true, true, true]);
        _to(start + COMMIT + REVEAL + SETTLE);
        _settle(2, 800); // passes over the first by itself
        vm.assertEq(uint256(_status(1)), uint256(ILiquidationAuction.BidStatus.Defaulted), "passed over");
        vm.assertEq(auction.creditOf(liquidator(2)), 2 * uint256(BID_BOND), "its own and the pot");
        _assertBond(1, false);
        _assertBond(0, true);
        _withdrawAll();
    }

    function test_WhenAllDefaultTheFundHasTheirBonds() public {
        _bids([uint64(700), 900, 800], [true, true, true]);
        _to(start + COMMIT + REVEAL + 3 * SETTLE - 1);
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, 0, "one is left");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NothingToPassOver.selector));
        auction.passOver(caseId);
        _to(start + COMMIT + REVEAL + 3 * SETTLE);
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, start + COMMIT + REVEAL + 3 * SETTLE, "failed");
        vm.assertEq(_insurance(), 3 * uint256(BID_BOND), "the pot");
        for (uint256 i = 0; i < 3; ++i) _assertBond(i, false);
        _withdrawAll();
    }

    function test_UnrevealedBondsAreTheFunds() public {
        _bids([uint64(700), 900, 800], [false, true, false]);
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.assertEq(_insurance(), BID_BOND, "swept");
        vm.expectRevert();
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.expectRevert();
        auction.sweepUnrevealed(caseId, liquidator(1));
        _settle(1, 900);
        auction.sweepUnrevealed(caseId, liquidator(2)); // also after the award
        _assertBond(2, false);
        _withdrawAll();
    }

    function test_NobodyBidsAndTheSealedPhaseFails() public {
        _to(start + COMMIT + REVEAL);
        vm.assertEq(auction.failsAt(caseId), start + COMMIT + REVEAL, "at the end of the reveals");
        auction.passOver(caseId);
        vm.assertEq(auction.auctionOf(caseId).failedAt, start + COMMIT + REVEAL, "failed");
        _withdrawAll();
    }

    /// Cured in the commit window, in the reveal window, in a leader's turn: whose bond comes back.
    function testFuzz_ACureReturnsWhatIsNotDue(uint8 when) public {
        when = uint8(bound(when, 0, 2));
        _commit(0, 700);
        _commit(1, 900);
        _commit(2, 800);
        if (when > 0) {
            vm.warp(start + COMMIT);
            _reveal(0, 700);
            _reveal(1, 900);
        }
        if (when == 1) _to(start + COMMIT + REVEAL - 1);
        if (when == 2) _to(start + COMMIT + REVEAL + SETTLE); // liquidator 1 has been passed over by now
        if (when == 0) advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        vm.warp(block.timestamp + 1 days);
        _assertBond(0, true);
        _assertBond(1, when != 2);
        _assertBond(2, when != 2);
        if (when == 2) auction.sweepUnrevealed(caseId, liquidator(2));
        vm.assertEq(_insurance(), when == 2 ? 2 * uint256(BID_BOND) : 0, "the fund has what was due");
        _withdrawAll();
    }

    // --- disclosure ---

    function test_TheVenueDisclosesToKeys() public {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NoDisclosureKey.selector, liquidator(0)));
        auction.disclose(caseId, liquidator(0), "sealed");
        vm.prank(liquidator(0));
        auction.setDisclosureKey("key");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.OnlyVenue.selector, address(this)));
        auction.disclose(caseId, liquidator(0), "sealed");
        vm.prank(VENUE);
        auction.disclose(caseId, liquidator(0), "sealed");
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.CaseNotThere.selector, caseId));
        auction.disclose(caseId, liquidator(0), "sealed");
    }

    function test_OnlyTheEngineOpensAuctions() public {
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.OnlyEngine.selector, address(this)));
        auction.open(caseId);
        vm.prank(address(engine));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.AlreadyOpened.selector, caseId));
        auction.open(caseId);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.UnknownAuction.selector, 77));
        auction.auctionOf(77);
    }
}
