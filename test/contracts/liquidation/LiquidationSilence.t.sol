// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationAuction} from "contracts/liquidation/ILiquidationAuction.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// What silence may cost: nothing where nobody can speak, and no whole portfolio where nobody ever proved a breach.
contract LiquidationSilenceTest is GateFixture {
    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(engine), 3 * uint256(CHALLENGE_BOND));
    }

    function _challenge() private {
        vm.prank(STRANGER);
        engine.challenge(ALICE);
    }

    /// A case of ALICE by a challenge that nobody answered, in Sealed.
    function _unprovenInSealed() private returns (uint256 caseId) {
        _challenge();
        vm.warp(block.timestamp + CHALLENGE + 1);
        caseId = engine.settleChallenge(ALICE);
        vm.warp(block.timestamp + SOFT + 1);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
    }

    function _assertNoCaseAndBondBack() private {
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
        vm.assertEq(engine.challengeOf(ALICE).challenger, address(0), "over");
        vm.assertTrue(!ledger.account(ALICE).frozen, "free");
        vm.assertEq(engine.creditOf(STRANGER), CHALLENGE_BOND, "the bond is back");
        assertBooks();
    }

    // --- an oracle that is silent ---

    function testFuzz_NobodyIsChallengedWhoCannotAttest(uint32 age) public {
        age = uint32(bound(age, MAX_AGE - 10, MAX_AGE + 10));
        vm.warp(block.timestamp + age);
        vm.prank(STRANGER);
        bool isTooOld = age > MAX_AGE;
        if (isTooOld) vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NobodyCanAttest.selector));
        engine.challenge(ALICE);
        if (!isTooOld) return;
        advance(1);
        _challenge();
    }

    function test_WithoutAnySnapshotNobodyIsChallenged() public {
        vm.mockCall(address(oracle), abi.encodeCall(oracle.snapshotCount, ()), abi.encode(uint32(0)));
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NobodyCanAttest.selector));
        engine.challenge(ALICE);
    }

    /// The oracle falls silent after the challenge: it is dismissed, before its deadline or after.
    function testFuzz_SilenceIsNoAnswerWhereNobodyCanAttest(bool isLate) public {
        vm.warp(block.timestamp + MAX_AGE - (isLate ? 1 : CHALLENGE));
        _challenge();
        uint64 deadline = engine.challengeOf(ALICE).deadline;
        vm.warp(isLate ? deadline + 1 : deadline - 1);
        if (!isLate) {
            vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, deadline));
            engine.settleChallenge(ALICE);
            vm.mockCall(address(oracle), abi.encodeCall(oracle.snapshotCount, ()), abi.encode(uint32(0)));
        }
        _assertNoCaseAndBondBack();
    }

    /// What somebody did attest before the oracle fell silent still counts.
    function test_ABreachCountsAlsoWhenTheOracleIsSilent() public {
        _challenge();
        advance(1);
        attest(ALICE, 3);
        vm.mockCall(address(oracle), abi.encodeCall(oracle.snapshotCount, ()), abi.encode(uint32(0)));
        uint256 caseId = engine.settleChallenge(ALICE);
        vm.assertEq(engine.caseOf(caseId).tier, 3, "by its proof");
        vm.clearMockedCalls();
    }

    // --- a case that nobody proved ---

    /// The coverage circuit is retired, so that nobody can answer, and the case runs to its end: the account is free
    /// again, no takeover holds the funds, and all bonds find their owners.
    function test_ACaseThatNobodyProvedEndsInNoTakeover() public {
        _challenge();
        verifiers.retire(circuitId);
        vm.warp(block.timestamp + CHALLENGE + 1);
        uint256 caseId = engine.settleChallenge(ALICE);
        vm.warp(block.timestamp + SOFT + 1);
        engine.escalate(caseId);
        uint32 version = engine.caseOf(caseId).version;
        bytes32 bidHash = auction.bidHashOf(caseId, version, liquidator(0), 5, "salt");
        vm.prank(liquidator(0));
        auction.commitBid(caseId, bidHash);
        vm.prank(liquidator(1));
        auction.commitBid(caseId, "never revealed");
        vm.warp(block.timestamp + COMMIT);
        vm.prank(liquidator(0));
        auction.revealBid(caseId, 5, "salt");
        vm.warp(block.timestamp + REVEAL + SETTLE + SALE_START);
        vm.expectEmit();
        emit ILiquidationAuction.Lapsed(caseId);
        auction.lapse(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        vm.assertEq(engine.pendingTakeovers(), 0, "nothing waits");
        auction.sweepUnrevealed(caseId, liquidator(1));
        vm.assertEq(auction.accounted(), 0, "every bond is out");
        uint256 forfeits = house.poolOf(ILossPools.Pool.InsuranceFund).assets;
        vm.assertEq(forfeits, 2 * uint256(BID_BOND), "a bid that was not settled, one that was not revealed");
        assertBooks();
    }

    /// An equity proof is a proof: from then on the case may end with the house.
    function test_ACaseThatNobodyProvedCanStillBeProven() public {
        uint256 caseId = _unprovenInSealed();
        advance(COMMIT + REVEAL);
        auction.openSale(caseId, equityClaim(ALICE, 3, 1e12));
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(found.snapshotTime, block.timestamp, "by the equity proof");
        vm.assertEq(found.tier, 3, "its tier");
        vm.warp(block.timestamp + SALE);
        auction.lapse(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        vm.assertEq(engine.pendingTakeovers(), 1, "the house's");
    }

    function test_WithoutEquityAnUnprovenCaseIsTakenOverByThatProof() public {
        uint256 caseId = _unprovenInSealed();
        advance(COMMIT + REVEAL);
        auction.openSale(caseId, equityClaim(ALICE, 4, -1));
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        vm.assertEq(engine.caseOf(caseId).tier, 4, "by the equity proof");
    }

    function testFuzz_OnlyABreachIsSold(uint8 tier, int64 equity) public {
        tier = uint8(bound(tier, 0, 4));
        uint256 caseId = _unprovenInSealed();
        advance(COMMIT + REVEAL);
        EquityClaim memory claim = equityClaim(ALICE, tier, equity);
        if (tier < 2) vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotInBreach.selector, tier));
        auction.openSale(caseId, claim);
        bool isSealed = statusOf(caseId) == ILiquidationEngine.Status.Sealed;
        vm.assertTrue(isSealed == (tier < 2), "sold or not");
    }

    /// A sale's case is as new as its equity proof: health before that cures no more.
    function test_HealthBeforeASaleDoesNotCureIt() public {
        uint256 caseId = openCase(3);
        advance(COMMIT + REVEAL - 1);
        attest(ALICE, 1);
        uint64 old = uint64(block.timestamp);
        advance(1);
        auction.openSale(caseId, equityClaim(ALICE, 2, 1e12));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, old, old + 1));
        engine.cure(caseId);
        advance(1);
        attest(ALICE, 1);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    // --- an answer that nobody settled ---

    /// An answered challenge does not stay armed until its answer expires.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AnExpiredAnswerIsOne(bool isUpdated, uint8 tier) public {
        _challenge();
        advance(1);
        attest(ALICE, uint8(bound(tier, 0, 1)));
        if (isUpdated) update(ALICE, commitmentOf(ALICE, 5));
        advance(MAX_AGE + 1);
        uint256 before = house.poolOf(ILossPools.Pool.InsuranceFund).assets;
        vm.prank(BOB_OWNER);
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
        vm.assertTrue(!ledger.account(ALICE).frozen, "free");
        vm.assertEq(engine.creditOf(BOB_OWNER), CHALLENGE_BOND / 10, "a tenth for who settles");
        uint256 forfeit = house.poolOf(ILossPools.Pool.InsuranceFund).assets - before;
        vm.assertEq(forfeit, CHALLENGE_BOND - CHALLENGE_BOND / 10, "the rest for the fund");
        assertBooks();
    }

    /// The challenged portfolio is gone, and its successor was attested: an answer too.
    function test_AnAnswerAboutThePresentPortfolioIsOne() public {
        _challenge();
        update(ALICE, commitmentOf(ALICE, 5));
        advance(1);
        attest(ALICE, 0);
        advance(MAX_AGE + 1);
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
    }

    function test_WhatWasAttestedBeforeIsNoAnswer() public {
        attest(ALICE, 0);
        advance(MAX_AGE + 1);
        _challenge();
        advance(CHALLENGE + 1);
        vm.assertTrue(engine.settleChallenge(ALICE) != 0, "a case");
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_ABreachThatExpiredIsNoAnswer(uint8 tier) public {
        _challenge();
        advance(1);
        attest(ALICE, uint8(bound(tier, 2, 4)));
        advance(MAX_AGE + 1);
        uint256 caseId = engine.settleChallenge(ALICE);
        vm.assertEq(engine.caseOf(caseId).snapshotTime, 0, "as if unanswered");
    }

    /// An answer by a table point that was proven wrong is void.
    function test_ARefutedAnswerIsNone() public {
        _challenge();
        advance(1);
        attest(ALICE, 0);
        bytes memory question = abi.encodeCall(oracle.isUsable, (snapshotId, circuitId));
        advance(MAX_AGE + 1);
        vm.mockCall(address(oracle), question, abi.encode(false));
        vm.assertTrue(engine.settleChallenge(ALICE) != 0, "a case");
        vm.clearMockedCalls();
    }

    /// A breach proven while an answered challenge waits is none of its business: `open` works, the bond is back.
    function test_ABreachAfterAnAnswerOpensACase() public {
        _challenge();
        advance(1);
        attest(ALICE, 0);
        advance(1);
        uint256 caseId = openCase(3);
        vm.assertEq(engine.caseOf(caseId).tier, 3, "by its proof");
        vm.assertEq(engine.creditOf(STRANGER), CHALLENGE_BOND, "the bond is back");
    }

    // --- a portfolio that is younger than the prices ---

    /// Neither a shield nor a takeover: such a breach opens nothing, so it must not keep a challenge away, and no case
    /// moves on by it.
    function test_ABreachByOldPricesShieldsNobodyAndTakesNothingOver() public {
        vm.warp(block.timestamp + 10);
        update(ALICE, commitmentOf(ALICE, 5));
        uint64 updatedAt = ledger.account(ALICE).updatedAt;
        attest(ALICE, 4);
        bytes memory tooOld = abi.encodeWithSelector(
            ILiquidationEngine.SnapshotTooOld.selector,
            oracle.snapshotTime(snapshotId),
            updatedAt
        );
        vm.expectRevert(tooOld);
        engine.open(ALICE);
        _challenge();
        advance(CHALLENGE + 1);
        uint256 caseId = engine.settleChallenge(ALICE);
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
        uint64 deadline = engine.caseOf(caseId).deadline;
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, deadline));
        engine.escalate(caseId);
        attest(ALICE, 4);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
    }

    /// A healthy portfolio that came after the challenge, by older prices, ends it; the challenger was right to ask.
    function test_APortfolioOfOneBlockCostsNoChallengerItsBond() public {
        uint256 breached = ledger.commitmentOf(ALICE);
        _challenge();
        uint256 healthy = commitmentOf(ALICE, 77);
        vm.warp(block.timestamp + 1);
        attest(ALICE, healthy, 0);
        update(ALICE, healthy);
        vm.prank(VENUE);
        _assertNoCaseAndBondBack();
        update(ALICE, breached);
        vm.assertEq(engine.creditOf(VENUE), 0, "nobody is paid for it");
        _challenge();
    }

    /// The newest snapshot is known to be malformed: nobody can attest by it.
    function test_AMalformedSnapshotServesNobody() public {
        _challenge();
        advance(MAX_AGE + 1);
        vm.prank(oracle.builder());
        oracle.recordMalformedTable(snapshotId);
        _assertNoCaseAndBondBack();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NobodyCanAttest.selector));
        engine.challenge(ALICE);
    }
}
