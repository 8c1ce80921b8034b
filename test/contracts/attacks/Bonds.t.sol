// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";

/// Attacks on bonds: they punished nobody, or those who had done nothing.
contract BondAttacks is BidsFixture {
    /// M6. One person bid high and low, saw the rival's bid and defaulted the high one: the pot was its own.
    function test_M6_ADefaultersBondDoesNotComeBackThroughItsOtherIdentity() public {
        bids([uint64(90_000), 51, 50], [true, true, true]); // 2 is the rival
        serve(SETTLE);
        settle(1, 51, 51);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = (51 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        vm.prank(liquidator(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                ISealedAuction.WrongBidStatus.selector,
                liquidator(0),
                ISealedAuction.BidStatus.Defaulted
            )
        );
        auction.reclaim(caseId, liquidator(0));
        uint256 credit = auction.creditOf(liquidator(0)) + auction.creditOf(liquidator(1));
        vm.assertEq(credit, BID_BOND - fee, "one bond of two is gone");
        vm.assertEq(insurance() + gammaReserve(), BID_BOND + fee, "to the funds");
        auction.reclaim(caseId, liquidator(2)); // beside it: the rival has its own
        vm.assertEq(auction.creditOf(liquidator(2)), BID_BOND, "back");
        assertBooks();
    }

    /// And a high bid that was never meant costs a share of itself, not the flat bond.
    function test_M6_AHighBidIsBackedByAShareOfItself() public {
        uint64 cash = 1_000_000_000; // ten million tokens
        commit(0, cash);
        serve(COMMIT);
        vm.prank(liquidator(0));
        token.approve(address(auction), BID_BOND);
        vm.prank(liquidator(0));
        vm.expectRevert();
        auction.revealBid(caseId, cash, SALT);
        fund(liquidator(0), address(auction), 3_200 * uint256(BID_BOND));
        reveal(0, cash);
        vm.assertEq(auction.bidsOf(caseId)[0].bond, 3_200 * BID_BOND, "32 % of it");
    }

    /// L. USDC refuses the winner, for a pause or a list: the fee couldn't be taken, and the bond was lost.
    function test_L_ATokenThatRefusesTheFeeCostsTheWinnerNothing() public {
        bid(0, 1_000);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 1_000, 1_000);
        vm.mockCallRevert(address(token), abi.encodeWithSelector(token.transferFrom.selector), "paused");
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        vm.clearMockedCalls();
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = 1_000 * UNITS * FEE_RATE / 1_000_000;
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND - fee, "paid from the bond");
        vm.prank(liquidator(0));
        auction.withdrawCredit(STRANGER);
        vm.assertEq(token.balanceOf(STRANGER), BID_BOND - fee, "and the rest goes where the winner can have it");
    }

    /// L. A sequencer that was down for the window in which bids are revealed took every bidder's bond.
    function test_L_ASequencerThatIsDownTakesNoBiddersBond() public {
        for (uint256 i = 0; i < 3; ++i) commit(i, 100);
        vm.warp(block.timestamp + COMMIT + REVEAL); // not one block in between
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IPortfolioAward.TooEarly.selector, start + COMMIT + REVEAL)
            );
            auction.sweepUnrevealed(caseId, liquidator(i));
        }
        serve(COMMIT);
        for (uint256 i = 0; i < 3; ++i) reveal(i, 100); // beside it: there is time left for everybody
        vm.assertEq(insurance(), 0, "no bond is lost");
    }

    /// One person with a ladder of bids defaulted on the high one and settled by the low one, for the floor: that
    /// gained more than 25 times the bond.
    function test_ALadderOfBidsGainsLessThanItsBond() public {
        uint64 equity = 100_000_000; // a million dollars
        uint64 high = 95_000_000;
        fund(liquidator(0), address(auction), 1e12);
        bids([high, 0, 0], [true, true, false]);
        uint256 bond = auction.bidsOf(caseId)[0].bond;
        serve(SETTLE);
        uint64 floor = uint64(auction.floorOf(caseId, equity));
        settle(1, floor, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        vm.assertTrue(statusOfBid(0) == ISealedAuction.BidStatus.Defaulted, "the high one defaulted");
        vm.assertLe(uint256(high - floor) * UNITS, bond, "the default costs at least what it gains");
        vm.assertLe(bond, insurance(), "which is the fund's");
    }

    /// And no parameters let it: the bond is no smaller a part of a bid than the largest discount.
    function testFuzz_ABondIsNoSmallerThanTheDiscount(uint32 rate, uint32 discount) public {
        ISealedAuction.Parameters memory next_ = auctionParameters();
        next_.maxDiscount = uint32(bound(discount, 5_000, 500_000));
        next_.bondRate = uint32(bound(rate, next_.feeRate, next_.maxDiscount - 1));
        vm.prank(address(auction));
        vm.expectRevert(invalidParameter("bondRate", next_.bondRate));
        auction.setParameters(next_);
        next_.bondRate = next_.maxDiscount;
        vm.prank(address(auction));
        auction.setParameters(next_);
        vm.assertEq(auction.parameters().bondRate, next_.maxDiscount, "as much is enough");
    }

    /// Known: three bids of nothing, withdrawn in the last second of their turns, delay a sale by three turns for
    /// nothing.
    function test_Known_BidsOfNothingDelayForNothing() public {
        bids([uint64(0), 0, 0], [true, true, true]);
        for (uint256 i = 0; i < 3; ++i) {
            serve(SETTLE - 1);
            EquityClaim memory shown = equityClaim(ALICE, 3, lotsOf(100_000));
            vm.prank(liquidator(i));
            auction.withdrawBid(caseId, shown);
            vm.assertEq(auction.creditOf(liquidator(i)), BID_BOND, "all of the bond is back");
        }
        vm.assertEq(clock.served() - start, COMMIT + REVEAL + 3 * (SETTLE - 1), "three turns");
        sale.showEquity(caseId, equityClaim(ALICE, 3, lotsOf(100_000)));
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
    }
}
