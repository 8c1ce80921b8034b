// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Challenges, silence and pauses: each attack fails by the rule's own error, with the honest path beside.
contract QuietCasesTest is GateFixture {
    uint256 private constant RICH = 7_777;

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 10 * uint256(CHALLENGE_BOND));
    }

    function _assertVerdict(uint256 index, IChallengeBook.Verdict expected) private view {
        (IChallengeBook.Verdict verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(expected), "verdict");
    }

    /// M7 by another way. The venue's word about the challenged account is skipped, but its word about another one is
    /// not: RICH, of a million lots, by `register`; a proven trade lent them to ALICE, whose present portfolio answered;
    /// the challenger's bond was gone, and the next trade took the lots back. Again for each challenge.
    function test_ALoanOfAMadeUpAccountAnswersNothing() public {
        uint256 index = challenge(ALICE); // bankrupt, and silent
        register(RICH, VENUE, false);
        trade(RICH, ALICE);
        advance(1);
        attest(ALICE, 0); // with the loan
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index);
        trade(ALICE, RICH); // the hole is back
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "the challenger was right");
        attest(ALICE, 4);
        engine.escalate(caseId);
    }

    /// Honest: after a trade the portfolio that was asked about answers still, and so does what its own cash made of it.
    function test_TheRealPortfolioAnswersAcrossATrade() public {
        uint256 asked = ledger.commitmentOf(ALICE);
        uint256 index = challenge(ALICE);
        uint256 before = vm.snapshotState();
        trade(BOB, ALICE);
        advance(1);
        attest(ALICE, asked, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        vm.revertToState(before);
        fund(ALICE_OWNER, address(desk), 1_000 * uint256(UNITS));
        _deposit("");
        advance(1);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
    }

    /// "A case that silence opened moves no portfolio without a proof of breach." A slice did: the operator, whom somebody
    /// showed the opening, cut positions off a customer that was in tier 0 by the newest prices, at up to `maxPenalty`
    /// of the margin that this frees, because it was offline for half an hour.
    function test_ASliceOfAHealthyAccountNeedsAProofOfBreach() public {
        uint256 caseId = openBySilence();
        _slice(caseId, abi.encodeWithSelector(ILiquidationEngine.BreachUnproven.selector, caseId));
        advance(1);
        attest(ALICE, 0); // it is healthy, for all to see
        _slice(caseId, abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 0));
        engine.cure(caseId);
    }

    /// Honest: once its breach is shown it is sliced, in a case by silence too, and no more once its health is.
    function test_ASliceOfABreachedAccountIsTaken() public {
        uint256 caseId = openBySilence();
        attest(ALICE, 2);
        _slice(caseId, "");
        vm.assertTrue(engine.caseOf(caseId).proven, "shown by then");
        advance(1);
        attest(ALICE, 1);
        _slice(caseId, abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 1));
    }

    function _slice(uint256 caseId, bytes memory refused) private {
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, OPERATOR);
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 3, 0, false, purpose);
        attest(ALICE, terms.newA, 0);
        ReductionClaim memory reduction = reductionClaim(ALICE, terms.newA, MAX_PENALTY);
        EquityClaim[] memory equities = new EquityClaim[](2);
        equities[0] = equityClaim(snapshotId, HOUSE, ledger.commitmentOf(HOUSE), 0, 0);
        equities[1] = equityClaim(snapshotId, HOUSE, terms.newB, 0, 100_000_000);
        TransferClaim memory kept = keptClaim(terms);
        vm.prank(OPERATOR);
        if (refused.length != 0) vm.expectRevert(refused);
        engine.reduce(caseId, kept, reduction, equities);
    }

    /// In a pause an account whose breach is proven took no deposit (`BreachProven`: "open its case, and cure it by a
    /// deposit there"), and no case can be opened: for three days its owner could add no margin.
    function test_InAPauseTheOwnerAddsMargin() public {
        fund(ALICE_OWNER, address(desk), 10_000 * uint256(UNITS));
        attest(ALICE, 2);
        _deposit(abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE)); // without a pause it is a case's
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        for (uint256 i = 0; i < 3; ++i) {
            advance(i == 0 ? OPEN_AGE - 1 : desk.SPACING());
            attest(ALICE, 2);
            vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.Paused.selector));
            engine.open(ALICE);
            _deposit("");
            uint64 until = uint64(block.timestamp) + desk.SPACING();
            _deposit(abi.encodeWithSelector(IAccountDesk.TooSoon.selector, until)); // a lot a block outruns nobody
        }
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 3_000, "paid in");
    }

    function _deposit(bytes memory refused) private {
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), ALICE_OWNER));
        TransferClaim memory claim_ = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, 1_000, false, purpose));
        vm.prank(ALICE_OWNER);
        if (refused.length != 0) vm.expectRevert(refused);
        desk.deposit(claim_);
    }
}
