// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, MembershipClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// H3. The venue registered a portfolio of nothing but liabilities, an honest operator took it over, the funds paid into
/// the vault, and the venue withdrew that. Each way to it, and the rule that stops it, with the honest path beside.
contract MadeUpLossesAttack is GateFixture {
    address private constant LP = address(0x11b);
    uint256 private constant FAKE = 7_777;
    uint256 private constant LOSS = 5_000;
    uint256 private constant FUND = 20_000;

    function setUp() public override {
        super.setUp();
        fund(LP, address(house), FUND * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, FUND * UNITS);
        register(FAKE, VENUE, false); // no deposit, no counterparty, no proof
        advance(1);
    }

    // --- acts ---

    /// A case of an account in Takeover, whose notice is over.
    function _case(uint256 accountId) private returns (uint256 caseId) {
        attest(accountId, 4);
        caseId = engine.open(accountId);
        serve(NOTICE);
    }

    function _takingOver(uint256 caseId) private view returns (TransferClaim memory, EquityClaim memory) {
        uint256 accountId = engine.caseOf(caseId).accountId;
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory taken = transferClaim(
            TransferTerms(accountId, next(accountId), HOUSE, next(HOUSE), 0, 0, true, purpose)
        );
        return (taken, equityClaim(accountId, 4, -lotsOf(LOSS)));
    }

    function _takeOver(uint256 caseId) private {
        (TransferClaim memory taken, EquityClaim memory shown) = _takingOver(caseId);
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
    }

    function _expectNotTakenOver(uint256 caseId, bytes memory data) private {
        (TransferClaim memory taken, EquityClaim memory shown) = _takingOver(caseId);
        vm.prank(OPERATOR);
        vm.expectRevert(data);
        house.takeOver(caseId, taken, shown);
    }

    function _expectNotAnchored(uint256 caseId) private {
        uint256 accountId = engine.caseOf(caseId).accountId;
        _expectNotTakenOver(caseId, abi.encodeWithSelector(IAnchorBook.NotAnchored.selector, accountId));
    }

    function _absorbing(uint256 lacks, uint256 lots) private view returns (EquityClaim memory, TransferClaim memory) {
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        TransferClaim memory funding = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(lots)), false, purpose)
        );
        return (equityClaim(HOUSE, 4, -lotsOf(lacks)), funding);
    }

    function _absorb(uint256 lacks, uint256 lots) private {
        (EquityClaim memory shown, TransferClaim memory funding) = _absorbing(lacks, lots);
        house.absorb(shown, funding);
    }

    function _expectDrawsNoMore(uint256 lacks, uint256 most) private {
        (EquityClaim memory shown, TransferClaim memory funding) = _absorbing(lacks, most + 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, int64(uint64(most + 1)), most));
        house.absorb(shown, funding);
        _absorb(lacks, most);
    }

    function _expectVenueRefused(uint256 lots, uint256 free) private {
        vm.prank(VENUE);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, lots, free)
        );
        vault.requestWithdrawal(SETTLEMENT, lots, VENUE);
    }

    // --- the takeover ---

    /// The attack as it was: no run has counted the portfolio, and none can that nets.
    function test_H3_NobodyTakesAMadeUpPortfolioOver() public {
        uint256 caseId = _case(FAKE);
        _expectNotAnchored(caseId);
        serve(CASE_LENGTH);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        vm.assertTrue(!house.locked() && insurance() == FUND * UNITS, "nothing of the funds was asked for");
        _takeOver(_case(ALICE)); // beside it: an account that runs have counted
        vm.assertEq(house.insuredLoss(), LOSS, "whose loss the funds bear");
    }

    /// A proof of another tree than the run's, or about another account or portfolio.
    function test_H3_AnotherTreesProofAnchorsNothing() public {
        uint256 commitment = ledger.commitmentOf(FAKE);
        MembershipClaim memory own = membershipClaim(FAKE, commitment);
        runs.close("true run", ACCOUNTS_ROOT + 1, uint64(block.timestamp));
        bytes memory invalid = abi.encodeWithSelector(IFactProofs.InvalidMembershipProof.selector);
        vm.expectRevert(invalid);
        anchors.anchor(FAKE, commitment, "true run", own);
        MembershipClaim memory others = membershipClaim(ALICE, ledger.commitmentOf(ALICE));
        bytes32 runId = closeRun(uint64(block.timestamp));
        vm.expectRevert(invalid);
        anchors.anchor(FAKE, commitment, runId, others);
        _expectNotAnchored(_case(FAKE));
    }

    /// The venue makes the portfolio up after the run that counted an honest one.
    function test_H3_AnUpdateAfterTheRunLeavesNoAnchor() public {
        update(ALICE, commitmentOf(ALICE, 50));
        advance(1);
        uint256 caseId = _case(ALICE);
        _expectNotAnchored(caseId);
        anchor(ALICE, commitmentOf(ALICE, 50), closeRun(uint64(block.timestamp))); // beside it: one that counts this
        _takeOver(caseId);
    }

    /// A portfolio that a run counted once is set again, at prices by which it is bankrupt, or after it was taken over.
    function test_H3_APortfolioOfOldSetAgainLeavesNoAnchor() public {
        uint256 counted = ledger.commitmentOf(ALICE);
        update(ALICE, commitmentOf(ALICE, 50));
        advance(1);
        update(ALICE, counted);
        advance(1);
        uint256 caseId = _case(ALICE);
        _expectNotAnchored(caseId);
        anchorNow(ALICE); // beside it: a run of since then
        _takeOver(caseId);
        update(ALICE, counted);
        advance(1);
        _expectNotAnchored(_case(ALICE));
    }

    /// A made-up account hands its losses to one that was counted, by a proven trade at whatever price.
    function test_H3_ATradeWithAMadeUpAccountLeavesNoAnchor() public {
        bytes32 trade = keccak256(abi.encode(bytes32("trade")));
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(FAKE, next(FAKE), ALICE, next(ALICE), 0, 0, false, trade)
        );
        vm.prank(VENUE);
        ledger.trade(claim_);
        advance(1);
        _expectNotAnchored(_case(ALICE));
    }

    /// A circuit whose key leaked closes runs of anything: once it is retired they anchor nothing.
    function test_H3_AVoidRunAnchorsNothing() public {
        bytes32 runId = closeRun(uint64(block.timestamp));
        anchor(FAKE, ledger.commitmentOf(FAKE), runId);
        uint256 caseId = _case(FAKE);
        runs.setVoid(runId, true);
        _expectNotAnchored(caseId);
    }

    /// A venue that closes no runs in a crash is not paid for it.
    function test_H3_AnOldRunAnchorsNothing() public {
        vm.warp(block.timestamp + ANCHOR_AGE);
        advance(1);
        uint256 caseId = _case(ALICE);
        _expectNotAnchored(caseId);
        anchorNow(ALICE);
        _takeOver(caseId);
    }

    // --- the draw ---

    /// What the house loses beyond what takeovers lacked is nobody's to draw: it is residual.
    function test_H3_NoMoreIsDrawnThanTakeoversLacked() public {
        _takeOver(_case(ALICE));
        advance(10 minutes);
        _expectDrawsNoMore(3 * LOSS, LOSS);
        vm.assertEq(house.residual(), 2 * LOSS, "the rest");
        vm.assertEq(house.insuredLoss(), 0, "nothing more");
        advance(10 minutes);
        (EquityClaim memory shown, TransferClaim memory funding) = _absorbing(2 * LOSS, 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, int64(1), 0));
        house.absorb(shown, funding);
    }

    /// Once the house lacks nothing, what a takeover lacked is made good: later losses are its own.
    function test_H3_WhatWasMadeGoodIsNotDrawnLater() public {
        _takeOver(_case(ALICE));
        advance(10 minutes);
        house.clearResidual(equityClaim(HOUSE, 0, 0));
        advance(10 minutes);
        _expectDrawsNoMore(LOSS, 0);
        vm.assertEq(house.residual(), LOSS, "of a market that turned");
    }

    // --- the vault ---

    /// What the funds paid in stays, until a later run is shown and a week has passed.
    function test_H3_TheVenueWithdrawsNothingThatTheFundsPaid() public {
        _takeOver(_case(ALICE));
        advance(10 minutes);
        _absorb(LOSS, LOSS);
        _expectVenueRefused(1, 0);
        depositLots(30); // beside it: what anybody else pays in
        _expectVenueRefused(31, 30);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 30, VENUE);
        bytes32 before = closeRun(uint64(block.timestamp) - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICollateralVault.RunTooOld.selector,
                uint64(block.timestamp) - 1,
                uint64(block.timestamp)
            )
        );
        vault.unlock(SETTLEMENT, before);
        advance(1);
        vault.unlock(SETTLEMENT, closeRun(uint64(block.timestamp)));
        advance(7 days / 2);
        _expectVenueRefused(LOSS / 2 + 1, LOSS / 2);
        advance(7 days / 2);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, LOSS, VENUE);
    }

    /// An account of the venue's making that has lots by its word takes none of the fenced ones out.
    function test_H3_AMadeUpAccountIsPaidNothingFenced() public {
        advance(7 days); // BOB, whom runs have known for long, has had his portfolio for a week
        anchorNow(ALICE);
        anchorNow(BOB);
        _takeOver(_case(ALICE));
        advance(10 minutes);
        _absorb(LOSS, LOSS);
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), VENUE));
        TransferClaim memory claim_ = keptClaim(TransferTerms(FAKE, next(FAKE), 0, 0, 0, -1, false, purpose));
        attest(FAKE, claim_.newA, 0);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, 1, 0));
        desk.withdraw(claim_, VENUE);
        purpose = keccak256(abi.encode(bytes32("withdraw"), BOB_OWNER)); // beside it: one that a run has counted
        claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, -1, false, purpose));
        attest(BOB, claim_.newA, 0);
        vm.prank(BOB_OWNER);
        desk.withdraw(claim_, BOB_OWNER);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), LOSS - 1, "of the fenced lots");
    }

    // --- a loss between friends: it nets, and runs count it ---

    /// Two accounts of the venue's: one owes, the other gains, and a run counts both. The first defaults.
    function _friends(uint64 age) private returns (uint256 caseId) {
        uint256 commitment = ledger.commitmentOf(FAKE);
        anchor(FAKE, commitment, closeRun(uint64(block.timestamp) - age));
        anchorNow(FAKE);
        vm.prank(address(house));
        house.setParameters(ILossPools.Parameters(2 days, 300_000, MAX_PENALTY, 7 days, 100_000));
        caseId = _case(FAKE);
    }

    function test_Friends_OfLessThanTheLeastAgeAreNotTakenOver() public {
        uint256 caseId = _friends(LEAST_AGE - 1);
        bytes memory young = abi.encodeWithSelector(IAnchorBook.AccountTooYoung.selector, FAKE, LEAST_AGE - 1);
        _expectNotTakenOver(caseId, young);
        vm.assertTrue(house.insuredLoss() == 0 && house.residual() == 0, "neither the funds' nor the holders'");
    }

    function test_Friends_OfTheLeastAgeGetATenthOfADaysDraw() public {
        _takeOver(_friends(LEAST_AGE));
        vm.assertEq(house.insuredLoss(), FUND / 10 / 10, "a tenth of a tenth");
        advance(10 minutes);
        _expectDrawsNoMore(LOSS, FUND / 100);
        vm.assertEq(house.residual(), LOSS - FUND / 100, "and no more, however long");
    }

    /// Known: friends whom runs have counted for long get a day's draw each day, and the partner may have it out by
    /// proof. What bounds them is `dailyCap`, and the notice that each takeover gives.
    function test_Known_OldFriendsGetADaysDrawEachDay() public {
        _takeOver(_friends(FULL_AGE));
        vm.assertEq(house.insuredLoss(), LOSS, "all of it");
        advance(10 minutes);
        _expectDrawsNoMore(LOSS, FUND / 10);
        _expectVenueRefused(1, 0);
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        advance(1);
        _expectDrawsNoMore(LOSS - FUND / 10, (FUND - FUND / 10) / 10);
    }
}
