// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {ChallengeBook} from "contracts/liquidation/ChallengeBook.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {GateFixture} from "../helpers/GateFixture.sol";
import {FalseToken, FeeToken, ReentrantToken} from "../helpers/Tokens.sol";

/// A venue that stops answering: accounts without a current attestation can be challenged, for a bond.
contract LiquidationChallengesTest is GateFixture {
    /// A snapshot that ALICE had the time to attest by.
    uint256 private asked;

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 9 * uint256(CHALLENGE_BOND));
        asked = snapshotId;
        serve(ANSWER);
    }

    function _challenge() private returns (uint256) {
        return _challenge(STRANGER);
    }

    function _challenge(address challenger) private returns (uint256) {
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(challenger);
        return challenges.challenge(ALICE, commitment, asked);
    }

    function _expectChallengeRevert(bytes memory data) private {
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert(data);
        challenges.challenge(ALICE, commitment, asked);
    }

    function _insurance() private view returns (uint256) {
        return house.poolOf(ILossPools.Pool.InsuranceFund).assets;
    }

    function _isWaiting(uint256 index) private view returns (bool) {
        return challenges.challengesOf(ALICE)[index].challenger != address(0);
    }

    function _assertVerdict(uint256 index, IChallengeBook.Verdict expected) private view {
        (IChallengeBook.Verdict verdict, uint256 reward, uint256 returned) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(expected), "verdict");
        bool isAnswer = verdict == IChallengeBook.Verdict.Answered;
        bool isNothing = isAnswer || verdict == IChallengeBook.Verdict.Pending;
        vm.assertEq(reward, isAnswer ? CHALLENGE_BOND / 10 : 0, "what the caller would get");
        vm.assertEq(returned, isNothing ? 0 : CHALLENGE_BOND, "what comes back");
    }

    /// Everything that was posted has come back, and nothing is left.
    function _assertBondsBack(uint256 times) private {
        vm.assertEq(challenges.creditOf(STRANGER), times * CHALLENGE_BOND, "the bonds are back");
        uint256 before = token.balanceOf(BOB_OWNER);
        vm.prank(STRANGER);
        challenges.withdrawCredit(STRANGER);
        vm.assertEq(challenges.accounted(), 0, "nothing is left");
        vm.assertEq(token.balanceOf(BOB_OWNER), before, "nobody else got any");
        assertBooks();
    }

    // --- asking ---

    function test_AChallengeCostsItsBond() public {
        uint64 deadline = clock.served() + CHALLENGE;
        vm.expectEmit();
        emit IChallengeBook.Challenged(ALICE, STRANGER, 3, uint64(block.timestamp), deadline);
        uint256 index = _challenge();
        IChallengeBook.Challenge memory found = challenges.challengesOf(ALICE)[index];
        vm.assertEq(found.challenger, STRANGER, "challenger");
        vm.assertEq(found.bond, CHALLENGE_BOND, "bond");
        vm.assertEq(found.challengedAt, block.timestamp, "when");
        vm.assertTrue(found.servedAt == clock.served() && found.deadline == deadline, "until when");
        vm.assertEq(found.askedTime, block.timestamp, "about the newest prices");
        vm.assertEq(found.commitment, ledger.commitmentOf(ALICE), "about which portfolio");
        vm.assertEq(challenges.accounted(), CHALLENGE_BOND, "held");
        vm.assertEq(challenges.timeLeft(ALICE, index), CHALLENGE, "all is left");
        assertBooks();
    }

    function testFuzz_ACurrentAttestationIsNotChallenged(uint8 tier) public {
        tier = uint8(bound(tier, 0, 4));
        attest(ALICE, tier);
        bytes memory current = abi.encodeWithSelector(IChallengeBook.AttestationIsCurrent.selector, ALICE);
        _expectChallengeRevert(current);
        vm.warp(block.timestamp + OPEN_AGE + 1);
        // healthy until it expires; a breach by which no case can be opened any more keeps nobody away
        if (tier < 2) _expectChallengeRevert(current);
        else _challenge();
        advance(MAX_AGE + 1);
        _challenge();
    }

    /// Health by prices that never were the newest shields nobody.
    function test_AnAttestationByOtherPricesIsNoShield() public {
        vm.warp(block.timestamp + 1);
        snapshotId = publishAll(uint64(block.timestamp));
        attest(ALICE, 0);
        _challenge();
    }

    /// Whoever has just changed has `answerTime` to attest unasked: a trading account is not challenged at each trade.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AnAccountHasTheTimeToAttestUnasked(uint64 wait) public {
        wait = uint64(bound(wait, 1, 2 * ANSWER));
        vm.warp(block.timestamp + 1);
        update(ALICE, commitmentOf(ALICE, 1));
        uint64 updatedAt = uint64(block.timestamp);
        bytes4 tooOld = IChallengeBook.SnapshotTooOld.selector;
        _expectChallengeRevert(abi.encodeWithSelector(tooOld, oracle.snapshotTime(asked), updatedAt));
        advance(1);
        asked = snapshotId;
        uint64 from = clock.served() + ANSWER;
        serve(wait);
        if (wait < ANSWER) _expectChallengeRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, from));
        else _challenge();
    }

    function test_AChallengeNamesASnapshotInTheLine() public {
        vm.warp(block.timestamp + 1);
        asked = publishAll(uint64(block.timestamp));
        _expectChallengeRevert(abi.encodeWithSelector(IChallengeBook.SnapshotNotEntered.selector, asked));
    }

    /// Else an update in the block before would take the bond.
    function test_AChallengeNamesThePortfolio() public {
        uint256 old = ledger.commitmentOf(ALICE);
        update(ALICE, commitmentOf(ALICE, 1));
        vm.prank(STRANGER);
        bytes4 changed = IChallengeBook.CommitmentChanged.selector;
        vm.expectRevert(abi.encodeWithSelector(changed, commitmentOf(ALICE, 1)));
        challenges.challenge(ALICE, old, asked);
        vm.assertEq(challenges.accounted(), 0, "nothing was paid");
    }

    function test_AccountsWithACaseAndTheHouseAreNotChallenged() public {
        uint256 caseId = openCase(2);
        _expectChallengeRevert(abi.encodeWithSelector(ILiquidationEngine.CaseIsOpen.selector, caseId));
        uint256 commitment = ledger.commitmentOf(HOUSE);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseAccount.selector, HOUSE));
        challenges.challenge(HOUSE, commitment, asked);
    }

    /// A friend's challenge keeps nobody away: the next asks about newer prices, with its own bond.
    function test_FourChallengesWaitEachAboutNewerPrices() public {
        uint64 time = uint64(block.timestamp);
        _challenge();
        _expectChallengeRevert(abi.encodeWithSelector(IChallengeBook.NothingNewToAsk.selector, time));
        for (uint256 i = 1; i < 4; ++i) {
            advance(1);
            _challenge();
        }
        advance(1);
        _expectChallengeRevert(abi.encodeWithSelector(IChallengeBook.TooManyChallenges.selector, ALICE));
        attest(ALICE, 0); // answers all of them
        for (uint256 i = 0; i < 4; ++i) challenges.settleChallenge(ALICE, i);
        vm.assertEq(challenges.creditOf(STRANGER), 0, "all are lost");
        advance(MAX_AGE + 1);
        _challenge();
    }

    /// An answer to the first is none to the second, which asked about newer prices.
    function test_AnAnswerIsToWhatWasAskedAboutItsPrices() public {
        uint256 first = _challenge();
        uint256 old = snapshotId;
        advance(1);
        uint256 second = _challenge();
        registry.attest(claim(old, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 0));
        _assertVerdict(first, IChallengeBook.Verdict.Answered);
        _assertVerdict(second, IChallengeBook.Verdict.Pending);
        challenges.settleChallenge(ALICE, first);
        vm.assertTrue(_isWaiting(second), "waits all the same");
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, second);
        vm.assertEq(engine.caseOf(caseId).challenger, STRANGER, "who asked");
    }

    // --- answers ---

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AHealthyAnswerCostsTheChallenger(uint8 tier, bool isLate) public {
        uint256 index = _challenge();
        if (isLate) serve(CHALLENGE + 5);
        else advance(1);
        attest(ALICE, uint8(bound(tier, 0, 1)));
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        uint256 before = _insurance();
        uint256 reward = CHALLENGE_BOND / 10;
        vm.prank(BOB_OWNER);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(_insurance() - before, CHALLENGE_BOND - reward, "the insurance fund has the bond");
        vm.assertEq(challenges.creditOf(BOB_OWNER), reward, "but for a tenth, which is the caller's");
        vm.assertEq(engine.openCaseOf(ALICE), 0, "still no case");
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.NotChallenged.selector, ALICE, index));
        challenges.settleChallenge(ALICE, index);
        assertBooks();
    }

    /// The prices that were the newest when it was asked answer it, those of before do not.
    function testFuzz_AnAnswerIsByPricesNoOlderThanAsked(bool isOlder) public {
        uint256 before = snapshotId;
        advance(1);
        uint256 index = _challenge();
        registry.attest(claim(isOlder ? before : snapshotId, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 0));
        _assertVerdict(index, isOlder ? IChallengeBook.Verdict.Pending : IChallengeBook.Verdict.Answered);
    }

    function testFuzz_AnAnswerThatShowsABreachOpensACase(uint8 tier) public {
        tier = uint8(bound(tier, 2, 4));
        uint256 index = _challenge();
        advance(1);
        attest(ALICE, tier);
        _assertVerdict(index, IChallengeBook.Verdict.Breach);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertTrue(found.tier == tier && found.proven, "by its tier");
        vm.assertEq(found.snapshotTime, block.timestamp, "by its proof");
        vm.assertEq(found.challenger, STRANGER, "who asked");
        _assertBondsBack(1);
    }

    function test_WithoutAnAnswerACaseOfTierTwoOpens() public {
        uint256 index = _challenge();
        uint64 time = uint64(block.timestamp);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        serve(CHALLENGE - 1);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        serve(1);
        _assertVerdict(index, IChallengeBook.Verdict.Silence);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Soft), "soft");
        vm.assertTrue(!found.proven, "nobody proved anything");
        vm.assertEq(found.snapshotTime, time, "about these prices");
        vm.assertEq(found.challenger, STRANGER, "who asked");
        _assertBondsBack(1);
        attest(ALICE, 1);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// Every bond that waits comes back when a case opens; whoever asked first without an answer is its challenger.
    function test_OpeningByProofReturnsTheBonds() public {
        fund(BOB_OWNER, address(challenges), CHALLENGE_BOND);
        uint256 first = _challenge(BOB_OWNER);
        uint256 old = snapshotId;
        advance(1);
        uint256 second = _challenge();
        registry.attest(claim(old, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 0)); // answers the first
        advance(1);
        uint256 state = vm.snapshotState();
        uint256 caseId = openCase(3);
        vm.assertTrue(!_isWaiting(first) && !_isWaiting(second), "settled");
        vm.assertEq(challenges.creditOf(BOB_OWNER), CHALLENGE_BOND, "also of the one that a newer proof answers");
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "and of the other");
        vm.revertToState(state);
        serve(CHALLENGE);
        caseId = challenges.settleChallenge(ALICE, second);
        vm.assertEq(engine.caseOf(caseId).challenger, STRANGER, "not the first, who had an answer");
        assertBooks();
    }

    function test_OnlyTheEngineSaysThatACaseOpened() public {
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.OnlyEngine.selector, address(this)));
        challenges.caseOpened(ALICE, 1);
    }

    // --- which portfolio ---

    /// While a challenge waits, whatever its place, the venue's word counts for nothing; when the last one is settled it
    /// counts again.
    function testFuzz_TheVenueDoesNotChangeAChallengedAccount(uint8 count, uint8 first) public {
        count = uint8(bound(count, 1, 4));
        first = uint8(bound(first, 0, count - 1));
        vm.assertTrue(!challenges.isChallenged(ALICE), "at first");
        uint256[] memory places = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            places[i] = _challenge();
            advance(1);
        }
        expectUpdateSkipped(ALICE, commitmentOf(ALICE, 77), IPortfolioLedger.Refusal.Challenged);
        update(BOB, commitmentOf(BOB, 77));
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 77), "others go on");
        attest(ALICE, 0);
        for (uint256 i = 0; i < count; ++i) {
            vm.assertTrue(challenges.isChallenged(ALICE), "asked");
            // though it is answered: whoever cares settles it
            expectUpdateSkipped(ALICE, commitmentOf(ALICE, 78), IPortfolioLedger.Refusal.Challenged);
            challenges.settleChallenge(ALICE, places[(first + i) % count]);
        }
        vm.assertTrue(!challenges.isChallenged(ALICE), "answered and settled");
        update(ALICE, commitmentOf(ALICE, 77));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 77), "the venue's again");
    }

    /// A case ends all challenges, however it opened: when it is over the account is the venue's again.
    function testFuzz_ACaseEndsAllChallenges(uint8 count, bool bySilence) public {
        count = uint8(bound(count, 1, 4));
        uint256 index;
        for (uint256 i = 0; i < count; ++i) {
            index = _challenge();
            advance(1);
        }
        uint256 caseId;
        if (bySilence) {
            serve(CHALLENGE);
            caseId = challenges.settleChallenge(ALICE, index);
        } else {
            caseId = openCase(2);
        }
        vm.assertTrue(!challenges.isChallenged(ALICE), "nobody waits");
        expectUpdateSkipped(ALICE, commitmentOf(ALICE, 77), IPortfolioLedger.Refusal.Frozen); // it is in a case
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        update(ALICE, commitmentOf(ALICE, 77));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 77), "the venue's again");
    }

    /// The old portfolio's opening answers, whatever the account has become since.
    function test_TheChallengedPortfolioAnswersThoughItIsGone() public {
        uint256 index = _challenge();
        uint256 old = ledger.commitmentOf(ALICE);
        trade(ALICE, BOB);
        attest(ALICE, old, 1);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
    }

    /// What its own cash made of it answers as well: nothing can get lost in that. A trade's counterparty may be made up.
    function test_AProvenSuccessorAnswers() public {
        fund(ALICE_OWNER, address(desk), UNITS);
        uint256 index = _challenge();
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), ALICE_OWNER));
        TransferClaim memory cash = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, 1, false, purpose));
        vm.prank(ALICE_OWNER);
        desk.deposit(cash);
        advance(1);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        trade(BOB, ALICE);
        advance(1);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
    }

    function test_ABreachOlderThanThePortfolioIsNoAnswer() public {
        uint256 index = _challenge();
        vm.warp(block.timestamp + 5);
        trade(ALICE, BOB);
        attest(ALICE, 4); // the snapshot is older than the portfolio
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        vm.assertTrue(engine.caseOf(caseId).tier == 2 && !engine.caseOf(caseId).proven, "as if unanswered");
    }

    /// An answer is one for good, though it expires; one by a circuit that was retired since is none.
    function testFuzz_AnExpiredAnswerIsOneARetiredCircuitsIsNone(bool isRetired) public {
        uint256 index = _challenge();
        advance(1);
        attest(ALICE, 0);
        advance(MAX_AGE + 1);
        if (isRetired) verifiers.retire(circuitId);
        _assertVerdict(index, isRetired ? IChallengeBook.Verdict.Pending : IChallengeBook.Verdict.Answered);
    }

    /// An answer by a table point that was proven wrong is void.
    function test_ARefutedAnswerIsNone() public {
        uint256 index = _challenge();
        advance(1);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        refute(snapshotId, circuitId);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
    }

    // --- pause ---

    function test_NobodyIsChallengedInAPause() public {
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        _expectChallengeRevert(abi.encodeWithSelector(IChallengeBook.Paused.selector));
    }

    function testFuzz_WhilePausedABondComesBackWithoutACase(bool isBreach) public {
        uint256 index = _challenge();
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        serve(CHALLENGE);
        if (isBreach) attest(ALICE, 3);
        _assertVerdict(index, IChallengeBook.Verdict.Dismissed);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertTrue(!ledger.account(ALICE).frozen, "not frozen");
        _assertBondsBack(1);
    }

    /// A pause stops no clock: silence is silence, once it has ended.
    function test_APauseStopsNoChallengesClock() public {
        uint256 index = _challenge();
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        serve(CHALLENGE);
        vm.prank(GUARDIAN);
        engine.setPaused(false);
        assertStatus(challenges.settleChallenge(ALICE, index), ILiquidationEngine.Status.Soft);
        _assertBondsBack(1);
    }

    function test_AChallengeIsAnsweredInAPause() public {
        uint256 index = _challenge();
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        advance(1);
        attest(ALICE, 0);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(challenges.creditOf(address(this)), CHALLENGE_BOND / 10, "answered, as always");
    }

    // --- money ---

    /// Dust can't challenge: every challenge of every account costs a whole bond, which a healthy venue keeps.
    function test_ChallengesAreNotFree() public {
        address poor = address(0xd057);
        fund(poor, address(challenges), CHALLENGE_BOND - 1);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(poor);
        vm.expectRevert();
        challenges.challenge(ALICE, commitment, asked);
        vm.assertTrue(!_isWaiting(3), "nothing happened");
    }

    function test_RefusesTokensThatTakeFeesOrReturnFalse() public {
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.etch(address(token), address(new FeeToken()).code);
        vm.prank(STRANGER);
        vm.expectRevert();
        challenges.challenge(ALICE, commitment, asked);
        vm.etch(address(token), address(new FalseToken()).code);
        vm.prank(STRANGER);
        vm.expectRevert();
        challenges.challenge(ALICE, commitment, asked);
        vm.assertEq(challenges.accounted(), 0, "nothing happened");
    }

    function test_ATokenThatCallsBackGetsNowhere() public {
        vm.etch(address(token), address(new ReentrantToken()).code);
        bytes memory again = abi.encodeCall(challenges.challenge, (BOB, ledger.commitmentOf(BOB), asked));
        ReentrantToken(address(token)).attack(address(challenges), again);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert();
        challenges.challenge(ALICE, commitment, asked);
        vm.assertTrue(!_isWaiting(3), "not challenged");
        vm.assertEq(challenges.challengesOf(BOB)[3].challenger, address(0), "nor the other");
    }

    /// A clearing house that refuses money stops nothing: what it is owed waits.
    function test_WhatCannotBeRemittedWaits() public {
        uint256 index = _challenge();
        attest(ALICE, 0);
        uint256 forfeit = CHALLENGE_BOND - uint256(CHALLENGE_BOND) / 10;
        vm.mockCallRevert(address(house), abi.encodeCall(ILossPools.collectForfeit, (forfeit)), "no");
        challenges.settleChallenge(ALICE, index);
        (uint256 forfeits, uint256 taxes, uint256 fees) = challenges.owed();
        vm.assertTrue(forfeits == forfeit && taxes == 0 && fees == 0, "owed");
        assertBooks();
        vm.clearMockedCalls();
        uint256 before = _insurance();
        challenges.remit();
        vm.assertEq(_insurance() - before, forfeit, "paid");
        vm.expectRevert(abi.encodeWithSelector(IPayments.NothingToRemit.selector));
        challenges.remit();
        vm.expectRevert(abi.encodeWithSelector(IPayments.OnlySelf.selector, address(this)));
        challenges.remitWithin();
        assertBooks();
    }

    // --- deployment and parameters ---

    function test_BelongsToItsEngine() public {
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.PartsMismatch.selector));
        new ChallengeBook(OWNER, engine, challengeParameters());
        vm.assertEq(challenges.engine(), address(engine), "engine");
        IMarketClock.Parameters memory own = clock.parameters();
        vm.assertTrue(challenges.parameters().answerTime > own.serveGap, "no window is below the gap");
    }

    function testFuzz_BoundsParameters(uint8 which, bool isHigh) public {
        which = uint8(bound(which, 0, 4));
        IChallengeBook.Parameters memory p = challengeParameters();
        bytes32 name;
        uint256 bad;
        if (which == 0) (name, bad) = ("challengeWindow", p.challengeWindow = isHigh ? 7 days + 1 : 10 minutes - 1);
        if (which == 1) (name, bad) = ("answerTime", p.answerTime = isHigh ? 1 days + 1 : SERVE_GAP);
        if (which == 2) (name, bad) = ("unservedLimit", p.unservedLimit = isHigh ? 14 days + 1 : 1 days - 1);
        if (which == 3) (name, bad) = ("answerCost", p.answerCost = isHigh ? (1 << 96) + 1 : 0);
        // a tenth of it would not pay the answer
        if (which == 4) (name, bad) = ("bond", p.bond = isHigh ? (1 << 100) + 1 : 10 * ANSWER_COST - 1);
        bytes memory call_ = abi.encodeCall(challenges.setParameters, (p));
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, OWNER));
        challenges.setParameters(p);
        vm.prank(OWNER);
        challenges.schedule(call_);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(invalidParameter(name, bad));
        challenges.execute(call_);
    }

    /// A challenge that waits keeps its bond and its deadline.
    function test_NewParametersAreForTheNextChallenge() public {
        uint256 index = _challenge();
        IChallengeBook.Challenge memory found = challenges.challengesOf(ALICE)[index];
        IChallengeBook.Parameters memory p = challengeParameters();
        (p.bond, p.challengeWindow) = (2 * CHALLENGE_BOND, 7 days);
        bytes memory call_ = abi.encodeCall(challenges.setParameters, (p));
        vm.prank(OWNER);
        challenges.schedule(call_);
        vm.warp(block.timestamp + 2 days);
        challenges.execute(call_);
        vm.assertEq(challenges.parameters().bond, p.bond, "set");
        IChallengeBook.Challenge memory same = challenges.challengesOf(ALICE)[index];
        vm.assertEq(keccak256(abi.encode(found)), keccak256(abi.encode(same)), "as it was");
    }
}
