// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AnchorBook} from "contracts/clearing/AnchorBook.sol";
import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {MembershipClaim, Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Which portfolios a run has counted, and how much of their loss the funds bear.
contract AnchorBookTest is GateFixture {
    uint256 private constant DAILY = 1_000;
    /// A customer whom no run has counted yet.
    uint256 private constant NEWCOMER = 7_777;

    function setUp() public override {
        super.setUp();
        register(NEWCOMER, ALICE_OWNER, false);
        advance(1);
    }

    function _now() private view returns (uint64) {
        return uint64(block.timestamp);
    }

    function _case(uint256 accountId) private returns (uint256) {
        attest(accountId, 4);
        return engine.open(accountId);
    }

    function _insure(uint256 caseId, uint256 lots) private returns (uint256) {
        vm.prank(address(house));
        return anchors.insure(caseId, lots, DAILY);
    }

    function _expectNotAnchored(uint256 caseId, uint256 accountId) private {
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.NotAnchored.selector, accountId));
        anchors.insure(caseId, 1, DAILY);
    }

    function _expectTooYoung(uint256 caseId, uint64 age) private {
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.AccountTooYoung.selector, NEWCOMER, age));
        anchors.insure(caseId, 0, DAILY);
    }

    /// Two runs this far apart count the newcomer's portfolio, the later one now.
    function _age(uint64 age) private {
        anchor(NEWCOMER, commitmentOf(NEWCOMER, 0), closeRun(_now() - age));
        anchorNow(NEWCOMER);
    }

    // --- anchors ---

    function test_KeepsTheNewestRunOfAPortfolioAndTheFirstOfAnAccount() public {
        uint256 commitment = commitmentOf(NEWCOMER, 0);
        bytes32[3] memory ids = [closeRun(_now() - 2 days), closeRun(_now() - 1 days), closeRun(_now() - 3 days)];
        vm.expectEmit();
        emit IAnchorBook.Anchored(NEWCOMER, commitment, ids[0], _now() - 2 days);
        anchor(NEWCOMER, commitment, ids[0]);
        anchor(NEWCOMER, commitment, ids[1]);
        anchor(NEWCOMER, commitment, ids[2]);
        (bytes32 id, uint64 time) = anchors.anchorOf(NEWCOMER, commitment);
        vm.assertTrue(id == ids[1] && time == _now() - 1 days, "the newest");
        (id, time) = anchors.firstOf(NEWCOMER);
        vm.assertTrue(id == ids[2] && time == _now() - 3 days, "the first");
        MembershipClaim memory claim_ = membershipClaim(NEWCOMER, commitment);
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.NothingNewToAnchor.selector, ids[0]));
        anchors.anchor(NEWCOMER, commitment, ids[0], claim_);
        (id, time) = anchors.anchorOf(NEWCOMER, commitmentOf(NEWCOMER, 1));
        vm.assertTrue(id == 0 && time == 0, "of that portfolio alone");
    }

    function test_OnlyAClosedRunAnchorsAndOnlyWhatItCounted() public {
        uint256 commitment = commitmentOf(NEWCOMER, 0);
        MembershipClaim memory claim_ = membershipClaim(NEWCOMER, commitment);
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunNotClosed.selector, bytes32("none")));
        anchors.anchor(NEWCOMER, commitment, "none", claim_);
        bytes32 runId = closeRun(_now());
        bytes memory invalid = abi.encodeWithSelector(IFactProofs.InvalidMembershipProof.selector);
        vm.expectRevert(invalid);
        anchors.anchor(NEWCOMER, commitment + 1, runId, claim_);
        vm.expectRevert(invalid);
        anchors.anchor(ALICE, commitment, runId, claim_);
        runs.close("other", ACCOUNTS_ROOT + 1, _now());
        vm.expectRevert(invalid);
        anchors.anchor(NEWCOMER, commitment, "other", claim_);
        anchors.anchor(NEWCOMER, commitment, runId, claim_);
    }

    function test_AVoidRunAnchorsNothingAnyMore() public {
        bytes32 runId = closeRun(_now());
        anchor(NEWCOMER, commitmentOf(NEWCOMER, 0), runId);
        vm.assertTrue(anchors.isAnchored(NEWCOMER), "before");
        uint256 caseId = _case(NEWCOMER);
        runs.setVoid(runId, true);
        vm.assertTrue(!anchors.isAnchored(NEWCOMER), "void");
        _expectNotAnchored(caseId, NEWCOMER);
        vm.warp(block.timestamp + 1);
        anchorNow(NEWCOMER);
        vm.assertTrue(anchors.isAnchored(NEWCOMER), "another one takes its place");
        (bytes32 id, ) = anchors.firstOf(NEWCOMER);
        vm.assertEq(id, closeRun(_now()), "as the first as well");
    }

    function test_ARunAnchorsForAsLongAsItIsNew() public {
        anchorNow(NEWCOMER);
        vm.warp(block.timestamp + ANCHOR_AGE);
        vm.assertTrue(anchors.isAnchored(NEWCOMER), "still");
        vm.warp(block.timestamp + 1);
        vm.assertTrue(!anchors.isAnchored(NEWCOMER), "no more");
    }

    // --- which portfolio counts ---

    function test_WithoutAnAnchorNothingIsInsured() public {
        uint256 caseId = _case(NEWCOMER);
        _expectNotAnchored(caseId, NEWCOMER);
        anchor(NEWCOMER, commitmentOf(NEWCOMER, 1), closeRun(_now()));
        _expectNotAnchored(caseId, NEWCOMER);
        anchorNow(NEWCOMER);
        _expectTooYoung(caseId, 0); // anchored after the opening, and young
    }

    /// The venue's word and every trade make a portfolio that no run has counted.
    function test_AnUpdateAndATradeLeaveNoAnchor() public {
        vm.assertTrue(anchors.isAnchored(ALICE) && anchors.isAnchored(BOB), "at first");
        uint256 before = vm.snapshotState();
        update(ALICE, next(ALICE));
        vm.assertTrue(!anchors.isAnchored(ALICE), "updated");
        _expectNotAnchored(_case(ALICE), ALICE);
        vm.revertToState(before);
        bytes32 trade = keccak256(abi.encode(bytes32("trade")));
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(ALICE, next(ALICE), BOB, next(BOB), 5, 0, false, trade)
        );
        vm.prank(VENUE);
        ledger.trade(claim_);
        vm.assertTrue(!anchors.isAnchored(ALICE) && !anchors.isAnchored(BOB), "traded");
        _expectNotAnchored(_case(BOB), BOB);
    }

    /// A run of before an account had its portfolio counted it for another time.
    function test_ARunOfBeforeThePortfolioAnchorsNothing() public {
        uint256 counted = ledger.commitmentOf(ALICE);
        update(ALICE, next(ALICE));
        advance(1);
        update(ALICE, counted);
        vm.assertTrue(!anchors.isAnchored(ALICE), "set again");
        advance(1);
        uint256 caseId = _case(ALICE);
        anchor(ALICE, counted, closeRun(_now() - 1));
        _expectNotAnchored(caseId, ALICE);
        anchor(ALICE, counted, closeRun(_now()));
        vm.assertTrue(anchors.isAnchored(ALICE), "counted again");
    }

    /// What was counted may have paid in since, and been sliced in its case.
    function test_WhatCameFromAnAnchorByProofsAloneCounts() public {
        _deposit(ALICE, ALICE_OWNER);
        vm.assertTrue(anchors.isAnchored(ALICE), "a deposit");
        attest(ALICE, 2);
        uint256 caseId = engine.open(ALICE);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        TransferClaim memory claim_ = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        vm.prank(address(engine));
        ledger.move(claim_, Rest.Kept, purpose);
        vm.assertEq(_insure(caseId, 5), 5, "and a slice");
    }

    /// A run that counted the portfolio that the case opened with anchors what the case made of it.
    function test_TheCasesFirstPortfolioCounts() public {
        _deposit(NEWCOMER, ALICE_OWNER);
        uint256 opened = ledger.commitmentOf(NEWCOMER);
        attest(NEWCOMER, 2);
        uint256 caseId = engine.open(NEWCOMER);
        vm.assertEq(engine.caseOf(caseId).commitment, opened, "kept");
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(NEWCOMER, next(NEWCOMER), BOB, next(BOB), -9, 0, false, purpose)
        );
        vm.prank(address(engine));
        ledger.move(claim_, Rest.Free, purpose);
        _expectNotAnchored(caseId, NEWCOMER);
        anchor(NEWCOMER, opened, closeRun(_now()));
        _expectTooYoung(caseId, 0); // anchored, but of no age
    }

    // --- ages ---

    function test_AnAccountOfLessThanTheLeastAgeIsNotTakenOver() public {
        _age(LEAST_AGE - 1);
        _expectTooYoung(_case(NEWCOMER), LEAST_AGE - 1);
    }

    function test_ATenthOfADaysLossesIsForYoungAccounts() public {
        _age(LEAST_AGE);
        uint256 caseId = _case(NEWCOMER);
        vm.assertEq(_insure(caseId, 60), 60, "as much as that");
        vm.assertEq(_insure(caseId, 60), 40, "together");
        vm.assertEq(_insure(caseId, 60), 0, "that day");
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        vm.assertEq(_insure(caseId, 160), 100, "and the next one again");
    }

    function test_AnAccountOfTheFullAgeIsInsuredInFull() public {
        _age(FULL_AGE - 1);
        uint256 caseId = _case(NEWCOMER);
        vm.assertEq(_insure(caseId, 10 * DAILY), DAILY / 10, "not yet");
        anchor(NEWCOMER, commitmentOf(NEWCOMER, 0), closeRun(_now() - FULL_AGE));
        vm.assertEq(_insure(caseId, 10 * DAILY), 10 * DAILY, "all of it");
    }

    /// Age is between two runs: one run, however old, makes none, nor does waiting.
    function test_OneRunMakesNoAge() public {
        anchorNow(NEWCOMER);
        vm.warp(block.timestamp + ANCHOR_AGE - 1 hours);
        advance(1);
        _expectTooYoung(_case(NEWCOMER), 0); // two weeks of nothing
    }

    function test_OnlyTheClearingHouseInsures() public {
        uint256 caseId = _case(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.OnlyClearingHouse.selector, address(this)));
        anchors.insure(caseId, 1, DAILY);
    }

    // --- the deployment ---

    function test_KnowsItsPartsAndParameters() public view {
        vm.assertEq(anchors.runs(), address(runs), "runs");
        vm.assertEq(anchors.ledger(), address(ledger), "ledger");
        vm.assertEq(anchors.engine(), address(engine), "engine");
        IAnchorBook.Parameters memory p = anchors.parameters();
        vm.assertTrue(p.anchorAge == ANCHOR_AGE && p.leastAge == LEAST_AGE && p.fullAge == FULL_AGE, "fixed");
    }

    function test_RefusesOtherRunsAndParametersOutOfBounds() public {
        ILiquidationEngine gate = ILiquidationEngine(address(engine));
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.PartsMismatch.selector));
        new AnchorBook(IClosedRuns(address(this)), gate, anchorParameters());
        // A second book beside the clearing house's own.
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.PartsMismatch.selector));
        new AnchorBook(runs, gate, anchorParameters());
        _expectInvalid("anchorAge", IAnchorBook.Parameters(1 days - 1, 0, 0), 1 days - 1);
        _expectInvalid("anchorAge", IAnchorBook.Parameters(14 days + 1, 0, 0), 14 days + 1);
        _expectInvalid("leastAge", IAnchorBook.Parameters(1 days, 90 days + 1, 365 days), 90 days + 1);
        _expectInvalid("fullAge", IAnchorBook.Parameters(1 days, 2 days, 2 days - 1), 2 days - 1);
        _expectInvalid("fullAge", IAnchorBook.Parameters(1 days, 2 days, 365 days + 1), 365 days + 1);
    }

    function _expectInvalid(bytes32 name, IAnchorBook.Parameters memory p, uint256 value) private {
        vm.expectRevert(invalidParameter(name, value));
        new AnchorBook(runs, ILiquidationEngine(address(engine)), p);
    }

    function _deposit(uint256 accountId, address owner) private {
        fund(owner, address(desk), 40 * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), owner));
        TransferClaim memory claim_ = keptClaim(
            TransferTerms(accountId, next(accountId), 0, 0, 0, 40, false, purpose)
        );
        vm.prank(owner);
        desk.deposit(claim_);
    }
}
