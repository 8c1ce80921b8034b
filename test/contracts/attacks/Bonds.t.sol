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
}
