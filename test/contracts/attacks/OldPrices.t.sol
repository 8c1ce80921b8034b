// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks by prices that somebody picked among old ones: each is refused by the rule's own error, and the honest path
/// beside it goes on.
contract OldPricesAttack is GateFixture {
    int256 private constant FORTUNE = 1_000_000 * 1e6; // a million dollars in micro-USD

    function _none() private pure returns (EquityClaim[] memory) {
        return new EquityClaim[](0);
    }

    /// H1. A wick of one snapshot within the last hour took a healthy account whole, for nothing, in one transaction.
    function test_H1_AWickTakesNothing() public {
        advance(5 minutes);
        uint256 wick = snapshotId;
        uint64 time = uint64(block.timestamp);
        serve(50 minutes);
        registry.attest(claim(wick, DEADLINE, ALICE, commitmentOf(ALICE, 0), 4));
        uint64 oldest = time + 50 minutes - OPEN_AGE;
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time, oldest));
        engine.open(ALICE);
    }

    /// The same by a wick that is the newest: half an hour and the newest equity stand before a takeover.
    function test_H1_AWickOfNowTakesNothingEither() public {
        uint256 wick = snapshotId;
        registry.attest(claim(wick, DEADLINE, ALICE, commitmentOf(ALICE, 0), 4));
        uint256 caseId = engine.open(ALICE);
        TransferClaim memory whole = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        uint64 from = engine.caseOf(caseId).phaseServed + NOTICE;
        EquityClaim memory rich = equityClaim(ALICE, 0, FORTUNE);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, from));
        house.takeOver(caseId, whole, rich);
        serve(NOTICE);
        rich = equityClaim(ALICE, 2, FORTUNE);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.EquityLeft.selector, FORTUNE));
        house.takeOver(caseId, whole, rich);
        EquityClaim memory poor = equityClaim(wick, ALICE, commitmentOf(ALICE, 0), 4, -1);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, wick, snapshotId));
        house.takeOver(caseId, whole, poor);
        // the honest path: the owner attests by the newest prices, in the half hour that it has
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// A wick that has passed, and is young enough to open a case: who was in breach by it skipped soft window and
    /// sealed bids, and was for sale as soon as somebody showed the equity of now.
    function test_AWickThatHasPassedOpensNoTakeover() public {
        uint256 wick = snapshotId;
        advance(1 minutes);
        registry.attest(claim(wick, DEADLINE, ALICE, commitmentOf(ALICE, 0), 4));
        uint256 state = vm.snapshotState();
        uint256 caseId = engine.open(ALICE);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        vm.assertEq(engine.pendingTakeovers(), 0, "no funds are locked");
        EquityClaim memory rich = equityClaim(ALICE, 2, FORTUNE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotFailed.selector, caseId));
        sale.showEquity(caseId, rich);
        vm.revertToState(state);
        attest(ALICE, 4); // beside it: by the prices of now
        assertStatus(engine.open(ALICE), ILiquidationEngine.Status.Takeover);
    }

    /// ... nor does it move a case on to one.
    function test_AWickThatHasPassedMovesNoCaseToTheTakeover() public {
        uint256 caseId = openCase(2);
        advance(1);
        attest(ALICE, 4);
        uint256 state = vm.snapshotState();
        advance(1 minutes);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        vm.revertToState(state);
        vm.warp(block.timestamp + SERVE_GAP + 1); // nor prices that serve no more
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        vm.revertToState(state);
        engine.escalate(caseId); // beside it: the newest do
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
    }

    /// ... and whoever is bankrupt by the newest prices is taken over.
    function test_H1_ABankruptIsTakenOver() public {
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory whole = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory bankrupt = equityClaim(ALICE, 4, -FORTUNE);
        vm.prank(OPERATOR);
        house.takeOver(caseId, whole, bankrupt);
        assertClosed(caseId, ILiquidationEngine.Outcome.TakenOver);
    }

    /// M2. A slice at prices of an hour ago: the venue picked the snapshot, so the price, of what it moved.
    function test_M2_ASliceIsByTheNewestPrices() public {
        uint256 caseId = openCase(2);
        uint256 old = snapshotId;
        TransferClaim memory slice = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        ReductionClaim memory reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        serve(SOFT - 5 minutes);
        vm.warp(block.timestamp + GRACE + 1);
        registry.attest(claim(old, DEADLINE, ALICE, slice.newA, 2));
        bytes memory notNewest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        vm.prank(VENUE);
        vm.expectRevert(notNewest);
        engine.reduce(caseId, slice, reduction, _none());
        attest(ALICE, slice.newA, 2); // what it leaves is attested now, what it costs is proven by then
        vm.prank(VENUE);
        vm.expectRevert(notNewest);
        engine.reduce(caseId, slice, reduction, _none());
        reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, slice, reduction, _none());
        vm.assertEq(ledger.commitmentOf(ALICE), slice.newA, "by the newest prices it moves");
    }

    /// L. A snapshot may be dated 60 s ahead: a portfolio of after its publication counted as older than its prices.
    function test_L_PricesOfTheFutureOpenNothing() public {
        uint64 time = uint64(block.timestamp);
        snapshotId = publishAll(time + 60);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooSoon.selector, time + 60));
        clock.enter(snapshotId);
        vm.warp(time + 59);
        update(ALICE, commitmentOf(ALICE, 1)); // after the prices were published
        attest(ALICE, 3);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotNotEntered.selector, snapshotId));
        engine.open(ALICE);
        // honest: prices that came in after the portfolio
        advance(61);
        attest(ALICE, 3);
        engine.open(ALICE);
    }
}
