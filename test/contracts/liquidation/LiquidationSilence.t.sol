// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// What silence may cost: nothing where nobody can speak, and no whole portfolio where nobody ever proved a breach.
/// Every outage is walked through every window of the engine and of challenges: none of it counts.
contract LiquidationSilenceTest is GateFixture {
    /// What can keep everybody from attesting.
    enum Outage {
        SilentOracle,
        RetiredCircuit,
        StoppedChain,
        RefutedTable
    }

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 9 * uint256(CHALLENGE_BOND));
    }

    /// Whatever it is, it lasts for `duration`, and ends with prices that somebody can attest by. `known`: the seconds
    /// that the last snapshot serves all the same.
    function _outage(Outage kind, uint64 duration) private {
        uint64 before = clock.served();
        uint64 servable = clock.servesUntil() - uint64(block.timestamp);
        if (kind == Outage.RetiredCircuit) {
            verifiers.retire(circuitId);
            vm.assertEq(clock.servesUntil(), block.timestamp, "at once");
        }
        if (kind == Outage.RefutedTable) {
            vm.prank(oracle.builder());
            oracle.recordMalformedTable(snapshotId);
        }
        vm.warp(block.timestamp + duration);
        bool isKnown = kind == Outage.RetiredCircuit || kind == Outage.RefutedTable;
        uint64 counted = isKnown ? 0 : duration < servable ? duration : servable;
        vm.assertEq(clock.served() - before, counted, "what the last snapshot served");
    }

    function _kindOf(uint8 kind) private pure returns (Outage) {
        return Outage(kind % 4);
    }

    // --- an outage in every window ---

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_AnOutageStopsTheChallengesWindow(uint8 kind, uint64 duration) public {
        duration = uint64(bound(duration, 1, UNSERVED));
        uint256 index = challenge(ALICE);
        uint64 left = challenges.timeLeft(ALICE, index);
        _outage(_kindOf(kind), duration);
        uint64 counted = left - challenges.timeLeft(ALICE, index);
        vm.assertTrue(counted <= SERVE_GAP, "at most what one snapshot serves");
        (IChallengeBook.Verdict verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(IChallengeBook.Verdict.Pending), "silence is none in an outage");
        vm.expectRevert(
            abi.encodeWithSelector(
                IChallengeBook.TooEarly.selector,
                challenges.challengesOf(ALICE)[index].deadline
            )
        );
        challenges.settleChallenge(ALICE, index);
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_AnOutageStopsTheSoftWindowAndTheCase(uint8 kind, uint64 duration) public {
        duration = uint64(bound(duration, 1, UNSERVED));
        uint256 caseId = openCase(2);
        (uint64 soft, uint64 total) = engine.timeLeft(caseId);
        _outage(_kindOf(kind), duration);
        (uint64 softNow, uint64 totalNow) = engine.timeLeft(caseId);
        vm.assertTrue(soft - softNow <= SERVE_GAP && total - totalNow <= SERVE_GAP, "at most one snapshot's time");
        uint64 until = engine.caseOf(caseId).until;
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        engine.escalate(caseId);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.CaseNotOver.selector, caseId));
        engine.abandon(caseId);
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_AnOutageStopsTheNoticeOfATakeover(uint8 kind, uint64 duration) public {
        duration = uint64(bound(duration, 1, UNSERVED));
        uint256 caseId = openCase(4);
        serve(NOTICE - SERVE_GAP - 1);
        uint64 from = engine.caseOf(caseId).phaseServed + NOTICE;
        _outage(_kindOf(kind), duration);
        TransferClaim memory claim = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory equity = equityClaim(ALICE, 4, -1);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, from));
        house.takeOver(caseId, claim, equity);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AnOutageStopsTheTimeToAttestUnasked(uint8 kind, uint64 duration) public {
        duration = uint64(bound(duration, SERVE_GAP, UNSERVED));
        uint256 asked = snapshotId;
        uint64 from = clock.served() + ANSWER;
        if (_kindOf(kind) == Outage.RefutedTable) return; // then it is not in the line any more
        _outage(_kindOf(kind), duration);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.TooEarly.selector, from));
        challenges.challenge(ALICE, commitment, asked);
    }

    /// A pause of the chain is seen by nobody while it lasts: the first transaction after it finds no window passed.
    function test_AfterAnOutageEverybodyHasTheirTimeLeft() public {
        uint256 index = challenge(ALICE);
        vm.warp(block.timestamp + UNSERVED);
        advance(1);
        vm.assertTrue(challenges.timeLeft(ALICE, index) >= CHALLENGE - SERVE_GAP, "time to answer");
        attest(ALICE, 0);
        challenges.settleChallenge(ALICE, index);
        vm.assertTrue(!ledger.account(ALICE).frozen, "free");
    }

    // --- for how long ---

    /// Nothing waits for ever: after the limit without prices a challenge is dismissed, its bond back.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AForgottenChallengeIsDismissed(uint64 before) public {
        uint256 index = challenge(ALICE);
        serve(uint64(bound(before, 1, CHALLENGE - SERVE_GAP - 1)));
        uint64 last = clock.servesUntil();
        vm.warp(last + UNSERVED);
        vm.expectRevert();
        challenges.settleChallenge(ALICE, index);
        vm.warp(last + UNSERVED + 1);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertTrue(!ledger.account(ALICE).frozen, "free");
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "the bond is back");
        assertBooks();
    }

    function test_WithoutAnyPricesNobodyIsChallenged() public {
        uint256 asked = snapshotId;
        serve(ANSWER);
        vm.prank(oracle.builder());
        oracle.recordMalformedTable(snapshotId);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NewestVoid.selector, snapshotId));
        challenges.challenge(ALICE, commitment, asked);
        clock.drop();
        vm.prank(STRANGER);
        challenges.challenge(ALICE, commitment, asked);
    }

    /// A table that lacks a circuit's point never enters: nobody is asked about prices that they can't attest by.
    function test_PricesThatNobodyCanAttestByAskNothing() public {
        vm.warp(block.timestamp + 1);
        uint256 bare = publish(uint64(block.timestamp), new ISnapshotOracle.TablePoint[](0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, bare, circuitId));
        clock.enter(bare);
    }

    // --- a case that nobody proved ---

    /// Health that is older than the question cures no case by silence; the honest answer, late as it is, does.
    function test_ACaseBySilenceIsCuredByPricesNoOlderThanAsked() public {
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 before = snapshotId;
        advance(1);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        uint256 index = challenges.challenge(ALICE, commitment, asked);
        uint64 time = uint64(block.timestamp);
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        registry.attest(claim(before, DEADLINE, ALICE, commitment, 0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        engine.cure(caseId);
        vm.assertEq(engine.caseOf(caseId).snapshotTime, time, "asked about these");
        attest(ALICE, 1);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// An equity proof is a proof: from then on the case may end with the house.
    function test_ACaseThatNobodyProvedCanStillBeProven() public {
        uint256 caseId = openBySilence();
        advance(1);
        attest(ALICE, 4);
        vm.assertTrue(!engine.caseOf(caseId).proven, "not yet");
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        vm.assertTrue(engine.caseOf(caseId).proven, "by this attestation");
    }

    /// A breach by older prices than the portfolio opens nothing and escalates nothing.
    function test_ABreachByOldPricesShieldsNobodyAndTakesNothingOver() public {
        uint256 index = challenge(ALICE);
        vm.warp(block.timestamp + 10);
        trade(ALICE, BOB);
        attest(ALICE, 4);
        vm.assertTrue(!engine.isBreachProven(ALICE), "older than the portfolio");
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
        uint64 until = engine.caseOf(caseId).until;
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        engine.escalate(caseId);
        attest(ALICE, 4);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
    }
}
