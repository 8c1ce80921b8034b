// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {GateFixture} from "../helpers/GateFixture.sol";
import {FalseToken, FeeToken, ReentrantToken} from "../helpers/Tokens.sol";

/// A venue that stops answering: accounts without a current attestation can be challenged, for a bond.
contract LiquidationChallengesTest is GateFixture {
    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(engine), 3 * uint256(CHALLENGE_BOND));
    }

    function _challenge() private {
        vm.prank(STRANGER);
        engine.challenge(ALICE);
    }

    function _insurance() private view returns (uint256) {
        return house.poolOf(ILossPools.Pool.InsuranceFund).assets;
    }

    function _withdrawBond() private {
        uint256 before = token.balanceOf(STRANGER);
        vm.prank(STRANGER);
        engine.withdrawCredit();
        vm.assertEq(token.balanceOf(STRANGER) - before, CHALLENGE_BOND, "the bond is back");
        vm.assertEq(engine.accounted(), 0, "nothing is left");
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IPayments.NoCredit.selector, STRANGER));
        engine.withdrawCredit();
        assertBooks();
    }

    function test_AChallengeCostsItsBond() public {
        _challenge();
        ILiquidationEngine.Challenge memory found = engine.challengeOf(ALICE);
        vm.assertEq(found.challenger, STRANGER, "challenger");
        vm.assertEq(found.bond, CHALLENGE_BOND, "bond");
        vm.assertEq(found.challengedAt, block.timestamp, "when");
        vm.assertEq(found.deadline, block.timestamp + CHALLENGE, "deadline");
        vm.assertEq(found.commitment, ledger.commitmentOf(ALICE), "about which portfolio");
        vm.assertEq(engine.accounted(), CHALLENGE_BOND, "held");
        assertBooks();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.AlreadyChallenged.selector, ALICE));
        engine.challenge(ALICE);
    }

    function testFuzz_ACurrentAttestationIsNotChallenged(uint8 tier) public {
        attest(ALICE, uint8(bound(tier, 0, 4)));
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.AttestationIsCurrent.selector, ALICE));
        engine.challenge(ALICE);
        advance(MAX_AGE + 1);
        _challenge();
    }

    function testFuzz_AHealthyAnswerCostsTheChallenger(uint8 tier, bool isLate) public {
        _challenge();
        if (isLate) vm.warp(block.timestamp + CHALLENGE + 5);
        advance(1);
        attest(ALICE, uint8(bound(tier, 0, 1)));
        uint256 before = _insurance();
        uint256 reward = CHALLENGE_BOND / 10;
        vm.prank(BOB_OWNER);
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
        vm.assertEq(_insurance() - before, CHALLENGE_BOND - reward, "the insurance fund has the bond");
        vm.assertEq(engine.creditOf(BOB_OWNER), reward, "but for a tenth, which is the caller's");
        vm.assertEq(engine.openCaseOf(ALICE), 0, "still no case");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NotChallenged.selector, ALICE));
        engine.settleChallenge(ALICE);
        assertBooks();
    }

    function testFuzz_AnAnswerThatShowsABreachOpensACase(uint8 tier) public {
        tier = uint8(bound(tier, 2, 4));
        _challenge();
        advance(1);
        attest(ALICE, tier);
        uint256 caseId = engine.settleChallenge(ALICE);
        vm.assertEq(engine.caseOf(caseId).tier, tier, "by its tier");
        vm.assertEq(engine.caseOf(caseId).snapshotTime, block.timestamp, "by its proof");
        _withdrawBond();
    }

    function test_WithoutAnAnswerACaseOfTierTwoOpens() public {
        _challenge();
        uint64 deadline = engine.challengeOf(ALICE).deadline;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, deadline));
        engine.settleChallenge(ALICE);
        vm.warp(deadline + 1);
        uint256 caseId = engine.settleChallenge(ALICE);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Soft), "soft");
        vm.assertEq(found.snapshotTime, 0, "no proof");
        _withdrawBond();
        // and any healthy attestation cures it
        advance(1);
        attest(ALICE, 1);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    function test_ABreachOlderThanThePortfolioIsNoAnswer() public {
        _challenge();
        vm.warp(block.timestamp + 5);
        update(ALICE, commitmentOf(ALICE, 1));
        attest(ALICE, 4); // the snapshot is older than the portfolio
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, engine.challengeOf(ALICE).deadline)
        );
        engine.settleChallenge(ALICE);
        vm.warp(block.timestamp + CHALLENGE + 1);
        uint256 caseId = engine.settleChallenge(ALICE);
        vm.assertEq(engine.caseOf(caseId).tier, 2, "as if unanswered");
    }

    function test_OpeningByProofReturnsTheBond() public {
        _challenge();
        advance(1);
        openCase(3);
        vm.assertEq(engine.challengeOf(ALICE).challenger, address(0), "settled");
        _withdrawBond();
    }

    function test_WhilePausedABondComesBackWithoutACase() public {
        _challenge();
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        vm.warp(block.timestamp + CHALLENGE + 1);
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
        vm.assertTrue(!ledger.account(ALICE).frozen, "not frozen");
        _withdrawBond();
    }

    /// A pause stops no clock: silence is silence, once it has ended.
    function test_APauseStopsNoChallengesClock() public {
        _challenge();
        uint64 deadline = engine.challengeOf(ALICE).deadline;
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        vm.assertEq(engine.challengeOf(ALICE).deadline, deadline, "as before");
        uint64 until = engine.pausedUntil();
        vm.warp(until - 1);
        advance(1);
        vm.assertTrue(block.timestamp > deadline, "passed in the pause");
        assertStatus(engine.settleChallenge(ALICE), ILiquidationEngine.Status.Soft);
        _withdrawBond();
    }

    function test_AChallengeIsAnsweredInAPause() public {
        _challenge();
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        advance(1);
        attest(ALICE, 0);
        vm.assertEq(engine.settleChallenge(ALICE), 0, "no case");
        vm.assertEq(engine.creditOf(address(this)), CHALLENGE_BOND / 10, "answered, as always");
    }

    function test_AccountsWithACaseAndTheHouseAreNotChallenged() public {
        uint256 caseId = openCase(2);
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.CaseIsOpen.selector, caseId));
        engine.challenge(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseAccount.selector, HOUSE));
        engine.challenge(HOUSE);
    }

    /// Dust can't challenge: every challenge of every account costs a whole bond, which a healthy venue keeps.
    function test_ChallengesAreNotFree() public {
        address poor = address(0xd057);
        fund(poor, address(engine), CHALLENGE_BOND - 1);
        vm.prank(poor);
        vm.expectRevert();
        engine.challenge(ALICE);
        vm.assertEq(engine.challengeOf(ALICE).challenger, address(0), "nothing happened");
    }

    function test_RefusesTokensThatTakeFeesOrReturnFalse() public {
        vm.etch(address(token), address(new FeeToken()).code);
        vm.prank(STRANGER);
        vm.expectRevert();
        engine.challenge(ALICE);
        vm.etch(address(token), address(new FalseToken()).code);
        vm.prank(STRANGER);
        vm.expectRevert();
        engine.challenge(ALICE);
        vm.assertEq(engine.accounted(), 0, "nothing happened");
    }

    function test_ATokenThatCallsBackGetsNowhere() public {
        vm.etch(address(token), address(new ReentrantToken()).code);
        ReentrantToken(address(token)).attack(address(engine), abi.encodeCall(engine.challenge, (BOB)));
        vm.prank(STRANGER);
        vm.expectRevert();
        engine.challenge(ALICE);
        vm.assertEq(engine.challengeOf(ALICE).challenger, address(0), "not challenged");
        vm.assertEq(engine.challengeOf(BOB).challenger, address(0), "nor the other");
    }

    /// A clearing house that refuses money stops nothing: what it is owed waits.
    function test_WhatCannotBeRemittedWaits() public {
        _challenge();
        advance(1);
        attest(ALICE, 0);
        bytes memory call = abi.encodeCall(ILossPools.collectForfeit, (CHALLENGE_BOND - uint256(CHALLENGE_BOND) / 10));
        vm.mockCallRevert(address(house), call, "no");
        engine.settleChallenge(ALICE);
        (uint256 forfeits, uint256 taxes, ) = engine.owed();
        uint256 reward = CHALLENGE_BOND / 10;
        vm.assertEq(forfeits, CHALLENGE_BOND - reward, "owed");
        vm.assertEq(taxes, 0, "no taxes");
        assertBooks();
        vm.clearMockedCalls();
        uint256 before = _insurance();
        engine.remit();
        vm.assertEq(_insurance() - before, CHALLENGE_BOND - reward, "paid");
        vm.expectRevert(abi.encodeWithSelector(IPayments.NothingToRemit.selector));
        engine.remit();
        vm.expectRevert(abi.encodeWithSelector(IPayments.OnlySelf.selector, address(this)));
        engine.remitWithin();
        assertBooks();
    }
}
