// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";

/// Attacks that took a solvent account for nothing: each is refused by the rule's own error, and the honest path beside
/// it goes on.
contract AwardAttacks is BidsFixture {
    int256 private constant FORTUNE = 1_000_000 * 1e6; // a million USD in micro-USD
    uint64 private constant FORTUNE_LOTS = uint64(uint256(FORTUNE) / MICROS_PER_LOT);

    function _fortune(uint8 tier) private view returns (EquityClaim memory) {
        return equityClaim(ALICE, tier, FORTUNE);
    }

    function _takingOver(uint256 id) private view returns (TransferClaim memory) {
        bytes32 purpose_ = casePurpose("takeover", id, engine.caseOf(id).version, address(house));
        return transferClaim(TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 0, 0, true, purpose_));
    }

    /// H2. Nobody opened the sale, which only who could open the commitment could: it lapsed to the house for nothing.
    function test_H2_ASaleThatNobodyOpensTakesNothing() public {
        serve(COMMIT + REVEAL + SALE_START);
        TransferClaim memory claim = _takingOver(caseId);
        EquityClaim memory rich = _fortune(3);
        uint256 id = caseId;
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.WrongStatus.selector, id, ILiquidationEngine.Status.Sealed)
        );
        house.takeOver(id, claim, rich);
        sale.lapse(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "nothing moved");
        // Beside it: the breach is still there, and a case that somebody proves for is sold.
        caseId = _again(3);
        serve(COMMIT + REVEAL);
        sale.showEquity(caseId, _fortune(3));
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
    }

    /// H2b. A recovered account couldn't be sold, so it lapsed to the house for nothing.
    function test_H2b_ARecoveredAccountIsCuredByItsEquity() public {
        serve(COMMIT + REVEAL);
        vm.prank(STRANGER);
        sale.showEquity(caseId, _fortune(0));
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "nothing moved");
    }

    /// H2c. Bankrupt for a moment: the operator waited until the account was rich.
    function test_H2c_ATakeoverIsByTheEquityOfNow() public {
        attest(BOB, 4);
        uint256 id = engine.open(BOB);
        serve(engine.parameters().takeoverNotice);
        bytes32 purpose_ = casePurpose("takeover", id, engine.caseOf(id).version, address(house));
        TransferClaim memory claim = transferClaim(
            TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 0, 0, true, purpose_)
        );
        EquityClaim memory rich = equityClaim(BOB, 2, FORTUNE);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.EquityLeft.selector, FORTUNE));
        house.takeOver(id, claim, rich);
        vm.prank(STRANGER);
        sale.showEquity(id, rich); // to everybody instead
        assertStatus(id, ILiquidationEngine.Status.Sale);
        // Beside it: without equity it goes back, and the house takes it over after its notice.
        sale.showEquity(id, equityClaim(BOB, 4, -1));
        serve(engine.parameters().takeoverNotice);
        purpose_ = casePurpose("takeover", id, engine.caseOf(id).version, address(house));
        claim = transferClaim(TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 0, 0, true, purpose_));
        EquityClaim memory bankrupt = equityClaim(BOB, 4, -1);
        vm.prank(OPERATOR);
        house.takeOver(id, claim, bankrupt);
        assertClosed(id, ILiquidationEngine.Outcome.TakenOver);
    }

    /// H4. The venue disclosed to its friend alone, who bid nothing and had the customer's million.
    function test_H4_TheOnlyBidderPaysAFairPrice() public {
        bid(0, 0);
        (TransferClaim memory claim, ) = settling(0, 0, 0);
        EquityClaim memory rich = _fortune(3);
        uint256 floor = uint256(FORTUNE_LOTS) * 680 / 1_000;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(0), floor, floor));
        auction.settle(caseId, claim, rich);
        fund(liquidator(0), address(auction), 1e15);
        settle(0, uint64(floor), FORTUNE_LOTS);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// H4b. The owner listed its friend, and delisted everybody else, in the block of the bid.
    function test_H4b_TheOwnerPicksNobodyForACaseThatIsOpen() public {
        address friend = address(0xf41e4d);
        fund(friend, address(auction), BID_BOND);
        vm.prank(OWNER);
        auction.setLiquidator(friend, true);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(OWNER);
            auction.setLiquidator(liquidator(i), false);
        }
        vm.prank(friend);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotALiquidator.selector, friend));
        auction.commitBid(caseId, SALT);
        commit(0, 5);
        vm.assertEq(auction.bidsOf(caseId).length, 1, "who was listed bids");
    }

    /// Known (d): a HEALTHY account, never proven in breach by anybody, was sold for nothing.
    function test_KnownD_SilenceSellsNothingWithoutAProofOfBreach() public {
        _bySilence();
        bid(0, 0);
        (TransferClaim memory claim, ) = settling(0, 0, 0);
        vm.assertTrue(!engine.caseOf(caseId).proven, "nobody ever proved anything");
        EquityClaim memory truth = equityClaim(ALICE, 0, FORTUNE);
        EquityClaim memory lie = equityClaim(ALICE, 3, 0);
        lie.proof = truth.proof;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        auction.settle(caseId, claim, lie);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, truth);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "nothing moved");
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "nor is a bond lost");
    }

    /// M14. The owner retired the circuit that cures, and the operator took the account over meanwhile.
    function test_M14_RetiringACircuitStopsTheTakeoverToo() public {
        attest(BOB, 4);
        uint256 id = engine.open(BOB);
        uint64 notice = engine.parameters().takeoverNotice;
        serve(notice - 1);
        EquityClaim memory bankrupt = equityClaim(BOB, 4, -1);
        bytes32 purpose_ = casePurpose("takeover", id, engine.caseOf(id).version, address(house));
        TransferClaim memory claim = transferClaim(
            TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 0, 0, true, purpose_)
        );
        uint256 before = vm.snapshotState();
        verifiers.retire(circuitId);
        vm.warp(block.timestamp + 1);
        uint64 until = engine.caseOf(id).phaseServed + notice;
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        house.takeOver(id, claim, bankrupt);
        vm.revertToState(before);
        vm.warp(block.timestamp + 1); // beside it: with the circuit, time goes on
        vm.prank(OPERATOR);
        house.takeOver(id, claim, bankrupt);
        assertClosed(id, ILiquidationEngine.Outcome.TakenOver);
    }

    function _again(uint8 tier) private returns (uint256) {
        advance(1);
        attest(ALICE, tier);
        return engine.open(ALICE);
    }

    /// The case is one that silence opened, in Sealed.
    function _bySilence() private {
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        advance(MAX_AGE + 1); // nobody attests any more
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        caseId = openBySilence();
        serve(SOFT);
        engine.escalate(caseId);
        version = engine.caseOf(caseId).version;
    }
}
