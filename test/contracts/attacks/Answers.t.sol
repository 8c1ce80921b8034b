// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks on challenges: answers that were none, and silence that was none. Each is refused by the rule's own error, and
/// the honest path beside it goes on.
contract AnswersAttack is GateFixture {
    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 10 * uint256(CHALLENGE_BOND));
    }

    function _assertVerdict(uint256 index, IChallengeBook.Verdict expected) private view {
        (IChallengeBook.Verdict verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(expected), "verdict");
    }

    /// M1. A breached account answered a challenge with the prices of before the crash, and took the challenger's bond.
    function test_M1_PricesOfBeforeTheCrashAnswerNothing() public {
        uint256 before = snapshotId;
        uint256 index = challenge(ALICE); // the crash is in the snapshots since
        registry.attest(claim(before, DEADLINE, ALICE, commitmentOf(ALICE, 0), 0));
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index);
        serve(CHALLENGE);
        vm.prank(ALICE_OWNER);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "the challenger was right");
        vm.assertEq(challenges.creditOf(ALICE_OWNER), 0, "the bankrupt has none of it");
        vm.assertEq(engine.caseOf(caseId).challenger, STRANGER, "but a part of the case's fee is the challenger's");
    }

    /// Honest: by prices no older than asked the healthy account keeps the bond.
    function test_M1_PricesOfNowAnswer() public {
        uint256 index = challenge(ALICE);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        vm.prank(ALICE_OWNER);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(challenges.creditOf(ALICE_OWNER), CHALLENGE_BOND / 10, "a tenth of it");
    }

    /// M1b. The same prices cured a case that opened by silence.
    function test_M1b_PricesOfBeforeTheChallengeCureNothing() public {
        uint256 before = snapshotId;
        uint256 index = challenge(ALICE);
        uint64 asked = challenges.challengesOf(ALICE)[index].askedTime;
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        registry.attest(claim(before, DEADLINE, ALICE, commitmentOf(ALICE, 0), 0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        engine.cure(caseId);
        vm.assertEq(engine.caseOf(caseId).snapshotTime, asked, "nor would they if they were younger");
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// M7. The venue answered every challenge of an account that had failed by a portfolio that it made up for one
    /// snapshot, kept the bond, and put the hole back.
    function test_M7_AMadeUpPortfolioAnswersNothing() public {
        uint256 real = ledger.commitmentOf(ALICE);
        uint256 made = commitmentOf(ALICE, 77); // anything healthy: a dollar and no position
        uint256 index = challenge(ALICE);
        expectUpdateSkipped(ALICE, made, IPortfolioLedger.Refusal.Challenged);
        advance(1);
        attest(ALICE, made, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index);
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "the bond is back");
        // nor does it cure the case: the hole is still there
        expectUpdateSkipped(ALICE, made, IPortfolioLedger.Refusal.Frozen);
        vm.assertEq(ledger.commitmentOf(ALICE), real, "the portfolio that failed");
        attest(ALICE, made, 0);
        bytes4 none = ILiquidationEngine.NoCurrentAttestation.selector;
        vm.expectRevert(abi.encodeWithSelector(none, ALICE, real));
        engine.cure(caseId);
        attest(ALICE, real, 3);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
    }

    /// Honest: the portfolio that was asked about answers, and when that is settled the venue's word counts again.
    function test_M7_TheRealPortfolioAnswersAndTheVenueGoesOn() public {
        uint256 index = challenge(ALICE);
        attest(ALICE, 0);
        vm.prank(VENUE);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(challenges.creditOf(VENUE), CHALLENGE_BOND / 10, "a tenth of the bond for it");
        update(ALICE, commitmentOf(ALICE, 77));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 77), "updated");
    }

    /// M5. Nobody looked for a table point: nobody could attest, and everybody was challenged.
    function test_M5_SilenceIsNoneWhereNobodyCanAttest() public {
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 index = _challenge(asked);
        vm.warp(block.timestamp + MAX_AGE + 1);
        uint256 bare = publish(uint64(block.timestamp), new ISnapshotOracle.TablePoint[](0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, bare, circuitId));
        clock.enter(bare);
        vm.warp(block.timestamp + 2 * CHALLENGE);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        vm.assertTrue(challenges.timeLeft(ALICE, index) >= CHALLENGE - SERVE_GAP, "the window waits");
        vm.expectRevert();
        challenges.settleChallenge(ALICE, index);
        vm.assertTrue(!ledger.account(ALICE).frozen, "a healthy account is free");
        // honest: with prices that everybody can attest by the account answers
        advance(1);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
    }

    function _challenge(uint256 asked) private returns (uint256) {
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        return challenges.challenge(ALICE, commitment, asked);
    }

    /// L. An answer made with a key that leaked and was retired since took the challenger's bond all the same.
    function test_L_AnAnswerByARetiredCircuitIsNone() public {
        uint256 index = challenge(ALICE);
        attest(ALICE, 0); // forged: the key has leaked
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        verifiers.retire(circuitId);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index);
        vm.assertEq(challenges.accounted(), CHALLENGE_BOND, "the bond is there");
        // without another circuit nobody can answer, so nobody is silent; the bond comes back after the limit
        vm.warp(block.timestamp + UNSERVED + 1);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "back");
    }

    /// L. A sequencer that was down for a challenge's window was silence of the account.
    function test_L_ASequencerThatIsDownIsNotSilence() public {
        uint256 index = challenge(ALICE);
        uint64 deadline = challenges.challengesOf(ALICE)[index].deadline;
        vm.warp(block.timestamp + CHALLENGE + 1); // not one block in between
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, deadline));
        challenges.settleChallenge(ALICE, index); // the first transaction when it is back
        advance(1);
        attest(ALICE, 1);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "answered");
        index = challenge(BOB);
        serve(CHALLENGE); // honest: who is silent while prices come in has a case
        assertStatus(challenges.settleChallenge(BOB, index), ILiquidationEngine.Status.Soft);
    }

    /// Who challenges itself, is sold and buys itself never gains: what it is paid is a part of the fee that it pays.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_ALoopOfOnesOwnCasesNeverGains(uint32 lots, uint16 bond) public {
        uint256 worth = bound(lots, 1, 1e9);
        address one = liquidator(0);
        fund(one, address(challenges), CHALLENGE_BOND);
        uint256 before = token.balanceOf(one);
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(one);
        uint256 index = challenges.challenge(ALICE, commitment, asked);
        serve(CHALLENGE);
        vm.prank(one);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        serve(SOFT);
        engine.escalate(caseId);
        serve(COMMIT + REVEAL + 1 + (bond % 60));
        sale.showEquity(caseId, equityClaim(ALICE, 3, lotsOf(worth)));
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(worth));
        uint256 cash = sale.priceOf(caseId, worth);
        TransferClaim memory whole = caseTransfer("award", caseId, one, accountOf(0), int64(uint64(cash)), true);
        attest(accountOf(0), whole.newB, 1);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(one);
        sale.buy(caseId, version, whole, equity);
        vm.warp(block.timestamp + HOLD);
        if (sale.holdOf(caseId).amount != 0) sale.releaseHold(caseId);
        vm.startPrank(one);
        if (sale.creditOf(one) != 0) sale.withdrawCredit(one);
        challenges.withdrawCredit(one);
        vm.stopPrank();
        vm.assertTrue(token.balanceOf(one) <= before, "nothing is gained");
        vm.assertTrue(insurance() + gammaReserve() > 0, "the funds have the rest of the fee");
        assertBooks();
    }
}
