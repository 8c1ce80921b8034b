// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";

/// Attacks on bonds by time: they were lost in cases in which nobody could act any more.
contract LateBondAttacks is BidsFixture {
    /// A case that reaches Sealed so long before its hard end.
    function _lateCase(uint64 left) private {
        advance(10);
        attest(ALICE, 0);
        engine.cure(caseId);
        advance(10);
        caseId = openCase(2);
        serve(CASE_LENGTH - left);
        engine.escalate(caseId);
        version = engine.caseOf(caseId).version;
    }

    /// The case is over in the leader's turn: nothing settles, and nothing is lost.
    function _assertOverForNothing() private {
        vm.assertTrue(engine.isOver(caseId), "over");
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 90_000, 100_000);
        uint256 id = caseId;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, id));
        auction.settle(id, claim, equity);
        serve(SETTLE);
        uint256 before = insurance();
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NothingToPassOver.selector));
        auction.passOver(id);
        vm.assertEq(insurance(), before, "the fund has nothing of it");
    }

    /// Nobody escalated until shortly before the hard end: the leader couldn't settle any more, and lost its bond.
    function test_ALeaderLosesNothingByTheCasesEnd() public {
        _lateCase(20 minutes);
        bid(0, 90_000);
        serve(4 minutes);
        _assertOverForNothing();
        assertBond(0, true);
        engine.abandon(caseId);
    }

    /// Beside it: whose turn passed before the end has lost its bond, and the case's end gives it to nobody.
    function test_WhoDefaultedBeforeTheEndHasDefaulted() public {
        _lateCase(30 minutes);
        bid(0, 90_000);
        serve(SETTLE);
        auction.passOver(caseId);
        vm.assertTrue(statusOfBid(0) == ISealedAuction.BidStatus.Defaulted, "defaulted");
        vm.assertEq(insurance(), BID_BOND, "the fund's");
        serve(7 minutes);
        engine.abandon(caseId);
        assertBond(0, false);
    }

    /// The same by an outage longer than `unservedLimit`, and after the case was abandoned.
    function test_ALeaderLosesNothingByALongOutage() public {
        bid(0, 90_000);
        advance(UNSERVED + 1 hours);
        _assertOverForNothing();
        engine.abandon(caseId);
        assertBond(0, true);
    }

    /// The same when the case is cured in the end, and not abandoned.
    function test_ALeaderLosesNothingByALongOutageThatEndsInACure() public {
        bid(0, 90_000);
        advance(UNSERVED + 1 hours);
        serve(2 * SETTLE);
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NothingToPassOver.selector));
        auction.passOver(caseId);
        assertBond(0, true);
    }

    /// Bids that nobody could have any use for: committed before the end, which came before they could be revealed.
    function test_AnUnrevealedBondComesBackAfterTheCasesEnd() public {
        commit(0, 90_000);
        serve(COMMIT + REVEAL);
        auction.sweepUnrevealed(caseId, liquidator(0)); // beside it: with time to reveal it is lost
        vm.assertTrue(statusOfBid(0) == ISealedAuction.BidStatus.Forfeited, "forfeited");
        _lateCase(8 minutes);
        commit(0, 90_000);
        serve(COMMIT + REVEAL);
        address bidder = liquidator(0);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.BondNotFree.selector, bidder));
        auction.sweepUnrevealed(caseId, bidder);
        assertBond(0, true);
    }

    /// The only transfer circuit was retired in the leader's turn, which ran on: nobody could settle.
    function test_RetiringTheTransferCircuitTakesNoBond() public {
        bid(0, 90_000);
        verifiers.retire(transferCircuit);
        vm.warp(block.timestamp + SETTLE);
        (address leader, , ) = auction.leaderOf(caseId);
        vm.assertEq(leader, liquidator(0), "its turn waits");
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NothingToPassOver.selector));
        auction.passOver(caseId);
        vm.warp(block.timestamp + UNSERVED);
        assertBond(0, true);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
    }

    /// Known: locks are of the wall and a day at most, one a day. In an outage of a day in the leader's turn its lock
    /// ends, and a venue that then sets its account anew in each block voids its proofs, and its bond is lost.
    function test_Known_ADaysOutageOutlastsALock() public {
        bid(0, 90_000);
        vm.prank(liquidator(0));
        ledger.lock(accountOf(0), uint64(block.timestamp) + 1 days);
        advance(1 days);
        uint64 until = uint64(block.timestamp) + 1 hours;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidLock.selector, until));
        ledger.lock(accountOf(0), until);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 90_000, 100_000);
        update(accountOf(0), ledger.commitmentOf(accountOf(0))); // the same portfolio: only the nonce moves
        uint256 id = caseId;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        auction.settle(id, claim, equity);
        serve(SETTLE);
        auction.passOver(caseId);
        vm.assertTrue(statusOfBid(0) == ISealedAuction.BidStatus.Defaulted, "defaulted");
    }
}
