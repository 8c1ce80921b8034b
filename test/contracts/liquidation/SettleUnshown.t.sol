// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {CeilingProof} from "contracts/liquidation/facts/CeilingProof.sol";
import {CeilingClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {UnshownFixture} from "../helpers/UnshownFixture.sol";

/// Awards whose account shows neither equity nor tier: the same rule as with the equity, by a ceiling of it.
contract SettleUnshownTest is UnshownFixture {
    uint64 private constant CASH = 68_000;

    function _expectRevert(TransferClaim memory claim, CeilingClaim memory ceiling, bytes memory data) private {
        vm.prank(liquidator(0));
        vm.expectRevert(data);
        auction.settleUnshown(caseId, claim, ceiling);
    }

    function _noProof() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IFactProofs.InvalidCeilingProof.selector);
    }

    // --- the rule ---

    /// The ceiling of some cash is the largest equity for which it is no less than the floor: to the micro-USD, in both
    /// roundings. Losses are below every ceiling. (Other discounts and lots: test/chain/liquidation/fees.)
    function testFuzz_ACeilingIsTheFloorsOtherSide(uint64 cash, uint64 over, uint256 below) public view {
        cash = uint64(bound(cash, 0, auction.CASH_LIMIT() - 1));
        uint256 ceiling = auction.ceilingOf(caseId, cash);
        below = bound(below, 0, ceiling);
        over = uint64(bound(over, 1, type(uint64).max));
        vm.assertTrue(auction.floorOf(caseId, ceiling / MICROS_PER_LOT) <= cash, "the ceiling itself");
        vm.assertTrue(auction.floorOf(caseId, below / MICROS_PER_LOT) <= cash, "what is below it");
        vm.assertTrue(auction.floorOf(caseId, (ceiling + 1) / MICROS_PER_LOT) > cash, "a micro-USD more");
        vm.assertTrue(auction.floorOf(caseId, (ceiling + over) / MICROS_PER_LOT) > cash, "what is above it");
    }

    /// An award by the equity and one by its ceiling are open to the same equities: for every one of them a leader who pays
    /// the price by the equity has a ceiling over it, and with a lot less it has none.
    function testFuzz_BothWaysHaveOnePrice(uint256 lots, uint64 bidCash, uint256 rest) public view {
        lots = bound(lots, 1, 1 << 36);
        bidCash = uint64(bound(bidCash, 0, auction.CASH_LIMIT() - 1));
        uint256 equity = lots * MICROS_PER_LOT + bound(rest, 0, MICROS_PER_LOT - 1);
        uint256 floor = auction.floorOf(caseId, lots);
        uint64 price = floor > bidCash ? uint64(floor) : bidCash;
        vm.assertTrue(equity <= auction.ceilingOf(caseId, price), "enough");
        if (floor <= bidCash || floor == 0) return;
        vm.assertTrue(equity > auction.ceilingOf(caseId, price - 1), "too little");
    }

    // --- an award ---

    /// Everything ends as in an award by the equity, and no equity is in any event or in what was sent.
    function test_TheLeaderTakesItAndNobodyLearnsTheEquity() public {
        bid(0, CASH);
        uint256 fee = (uint256(CASH) * UNITS * FEE_RATE + 999_999) / 1_000_000;
        TransferClaim memory claim = taking(0, CASH);
        CeilingClaim memory ceiling = ceilingClaim(auction.ceilingOf(caseId, CASH));
        vm.expectEmit();
        emit ISealedAuction.Settled(caseId, liquidator(0), accountOf(0), CASH, fee);
        vm.prank(liquidator(0));
        auction.settleUnshown(caseId, claim, ceiling);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        vm.assertTrue(auction.auctionOf(caseId).settled, "settled");
        vm.assertEq(ledger.commitmentOf(ALICE), claim.newA, "ALICE has the cash");
        vm.assertEq(ledger.commitmentOf(accountOf(0)), claim.newB, "the leader the rest");
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND - fee, "its bond less the fee");
        assertBooks();
    }

    /// A leader may pay more than it bid: where the price has risen, an amount that says nothing of it.
    function test_TheLeaderMayPayMoreThanItBidAndNeverLess() public {
        bid(0, CASH);
        uint256 ceiling = auction.ceilingOf(caseId, CASH - 1);
        uint64 most = auction.CASH_LIMIT() - 1;
        TransferClaim memory less = taking(0, CASH - 1);
        _expectRevert(
            less,
            ceilingClaim(ceiling),
            abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(CASH - 1), uint256(CASH), uint256(most))
        );
        less.cash = int64(most + 1);
        _expectRevert(
            less,
            ceilingClaim(ceiling),
            abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(most + 1), uint256(CASH), uint256(most))
        );
        settleUnshown(0, CASH + 5_000, auction.ceilingOf(caseId, CASH + 5_000));
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// A proof for a higher ceiling proves less: nothing but the cash's own ceiling is taken.
    function testFuzz_NoOtherCeilingIsTaken(uint256 other) public {
        bid(0, CASH);
        uint256 ceiling = auction.ceilingOf(caseId, CASH);
        other = bound(other, 0, CeilingProof.LIMIT);
        vm.assume(other != ceiling);
        TransferClaim memory claim = taking(0, CASH);
        _expectRevert(claim, ceilingClaim(other), _noProof());
        // That of what the claim pays, not of what was bid.
        TransferClaim memory more = taking(0, CASH + 1);
        _expectRevert(more, ceilingClaim(ceiling), _noProof());
    }

    function test_TheProofIsOfThisPortfolioAndThisStatement() public {
        bid(0, CASH);
        uint256 ceiling = auction.ceilingOf(caseId, CASH);
        TransferClaim memory claim = taking(0, CASH);
        _expectRevert(claim, ceilingClaim(snapshotId, BOB, commitmentOf(BOB, 0), ceiling), _noProof());
        _expectRevert(claim, ceilingClaim(snapshotId, ALICE, next(ALICE), ceiling), _noProof());
        CeilingClaim memory wrong = ceilingClaim(ceiling);
        wrong.circuitId = equityCircuit;
        _expectRevert(
            claim,
            wrong,
            abi.encodeWithSelector(
                IVerifierRegistry.WrongCircuitKind.selector,
                equityCircuit,
                bytes8("equity"),
                bytes8("ceiling")
            )
        );
        wrong = ceilingClaim(ceiling);
        wrong.deadline += 1;
        _expectRevert(claim, wrong, _noProof());
        wrong.deadline = uint64(block.timestamp) - 1;
        _expectRevert(claim, wrong, abi.encodeWithSelector(IFactProofs.FactExpired.selector, wrong.deadline));
    }

    /// By the newest prices, as with the equity.
    function test_TheCeilingIsByTheNewestPrices() public {
        bid(0, CASH);
        uint256 ceiling = auction.ceilingOf(caseId, CASH);
        CeilingClaim memory old = ceilingClaim(ceiling);
        uint256 before = snapshotId;
        advance(1);
        advance(clock.parameters().grace + 1);
        TransferClaim memory claim = taking(0, CASH);
        _expectRevert(claim, old, abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        settleUnshown(0, CASH, ceiling);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// In one's own turn, with an account of one's own that is healthy.
    function test_WhoTakesItIsTheLeaderAndHealthy() public {
        bids([CASH, CASH + 1_000, 0], [true, true, false]);
        TransferClaim memory claim = taking(0, CASH);
        CeilingClaim memory ceiling = ceilingClaim(auction.ceilingOf(caseId, CASH));
        _expectRevert(claim, ceiling, abi.encodeWithSelector(ISealedAuction.NotLeader.selector, liquidator(1)));
        serve(SETTLE);
        ceiling = ceilingClaim(auction.ceilingOf(caseId, CASH));
        claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), int64(CASH), true);
        attest(accountOf(0), claim.newB, 2);
        _expectRevert(
            claim,
            ceiling,
            abi.encodeWithSelector(IPortfolioAward.NotHealthy.selector, accountOf(0), claim.newB)
        );
        claim.accountB = accountOf(1);
        _expectRevert(claim, ceiling, abi.encodeWithSelector(IPortfolioAward.NotYourAccount.selector, accountOf(1)));
        advance(1);
        settleUnshown(0, CASH, auction.ceilingOf(caseId, CASH));
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// Whoever has a bid below the floor has no ceiling over the equity: it pays more, shows it and leaves, or loses its turn.
    function test_ABidBelowTheFloorSettlesNothing() public {
        bid(0, 1);
        uint256 lots = 100_000;
        vm.assertTrue(lots * MICROS_PER_LOT > auction.ceilingOf(caseId, 1), "no honest proof");
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(lots));
        vm.prank(liquidator(0));
        auction.withdrawBid(caseId, equity);
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "it left with its bond");
    }
}
