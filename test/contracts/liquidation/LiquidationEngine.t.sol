// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IBounded} from "contracts/shared/IBounded.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// How cases open, advance, are cured and abandoned.
contract LiquidationEngineTest is GateFixture {
    function _expect(bytes4 selector) private {
        vm.expectRevert(abi.encodeWithSelector(selector));
    }

    // --- opening ---

    function testFuzz_OpensByTierAndFreezes(uint8 tier) public {
        tier = uint8(bound(tier, 2, 4));
        uint256 caseId = openCase(tier);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(caseId, 1, "number");
        vm.assertEq(found.accountId, ALICE, "account");
        vm.assertEq(uint256(found.status), uint256(tier) == 2 ? 1 : uint256(tier) == 3 ? 2 : 4, "status");
        vm.assertEq(found.tier, tier, "tier");
        vm.assertEq(found.version, 1, "version");
        vm.assertEq(found.snapshotTime, block.timestamp, "snapshot");
        uint256 window = tier == 2 ? SOFT : tier == 3 ? 0 : NOTICE;
        vm.assertEq(found.until, window == 0 ? 0 : block.timestamp + window, "deadline");
        vm.assertEq(engine.openCaseOf(ALICE), caseId, "open");
        vm.assertEq(engine.pendingTakeovers(), tier == 4 ? 1 : 0, "takeovers");
        vm.assertTrue(ledger.account(ALICE).frozen, "frozen");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.CaseIsOpen.selector, caseId));
        engine.open(ALICE);
    }

    function testFuzz_NoCaseOfAHealthyAccount(uint8 tier) public {
        tier = uint8(bound(tier, 0, 1));
        attest(ALICE, tier);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, tier));
        engine.open(ALICE);
    }

    function test_NoCaseWithoutACurrentAttestationOfThePresentPortfolio() public {
        uint256 old = ledger.commitmentOf(ALICE);
        bytes4 selector = ILiquidationEngine.NoCurrentAttestation.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, ALICE, old));
        engine.open(ALICE);
        attest(ALICE, 3);
        update(ALICE, commitmentOf(ALICE, 1));
        vm.expectRevert(abi.encodeWithSelector(selector, ALICE, commitmentOf(ALICE, 1)));
        engine.open(ALICE);
        advance(1);
        attest(ALICE, 3);
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(selector, ALICE, commitmentOf(ALICE, 1)));
        engine.open(ALICE);
    }

    function testFuzz_NoCaseByPricesOlderThanThePortfolio(uint64 wait) public {
        wait = uint64(bound(wait, 1, MAX_AGE - 1));
        uint64 time = uint64(block.timestamp);
        vm.warp(time + wait);
        update(ALICE, commitmentOf(ALICE, 1));
        attest(ALICE, 4);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time, time + wait));
        engine.open(ALICE);
        advance(1);
        vm.assertEq(openCase(4), 1, "a snapshot as new as the portfolio opens");
    }

    /// Whatever the order of snapshots and attestations: while the newest attestation says healthy, nothing opens.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_AHealthyFreshAttestationShields(uint8[6] memory tiers, uint8[6] memory waits) public {
        for (uint256 i = 0; i < 6; ++i) {
            uint8 tier = uint8(bound(tiers[i], 0, 4));
            advance(uint64(bound(waits[i], 1, 255)));
            attest(ALICE, tier);
            ICoverageRegistry.Attestation memory newest = registry.attestation(ALICE, ledger.commitmentOf(ALICE));
            vm.assertEq(newest.tier, tier, "newest counts");
            if (tier < 2) {
                vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, tier));
                engine.open(ALICE);
            } else {
                uint256 caseId = engine.open(ALICE);
                advance(1);
                attest(ALICE, 1);
                engine.cure(caseId);
            }
        }
    }

    function test_TheHouseAndUnknownAccountsHaveNoCases() public {
        attest(HOUSE, 4);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseAccount.selector, HOUSE));
        engine.open(HOUSE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.UnknownCase.selector, 1));
        engine.caseOf(1);
    }

    // --- pause ---

    function test_PauseStopsOpeningAndNothingElse() public {
        uint256 caseId = openCase(2);
        attest(BOB, 3);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.OnlyGuardian.selector, OWNER));
        vm.prank(OWNER);
        engine.setPaused(true);
        vm.prank(GUARDIAN);
        engine.setPaused(true);
        _expect(ILiquidationEngine.Paused.selector);
        engine.open(BOB);
        _expect(ILiquidationEngine.Paused.selector);
        engine.open(BOB);
        vm.warp(block.timestamp + SOFT + 1);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.prank(GUARDIAN);
        engine.setPaused(false);
        advance(1);
        attest(BOB, 3);
        engine.open(BOB);
    }

    function _pause(address guardian, bool paused) private {
        vm.prank(guardian);
        engine.setPaused(paused);
    }

    /// A guardian that is lost or bought stops liquidations for three days, not for ever.
    function test_APauseLapses() public {
        uint64 until = uint64(block.timestamp) + 3 days;
        vm.expectEmit();
        emit ILiquidationEngine.PausedChanged(true, until);
        _pause(GUARDIAN, true);
        vm.assertEq(engine.pausedUntil(), until, "until");
        advance(3 days - 1);
        attest(ALICE, 4);
        _expect(ILiquidationEngine.Paused.selector);
        engine.open(ALICE);
        vm.warp(until);
        vm.assertTrue(!engine.paused(), "lapsed");
        engine.open(ALICE);
    }

    function testFuzz_APauseComesOnceInThirtyDays(uint64 wait, uint64 resume) public {
        uint64 next = uint64(block.timestamp) + 30 days;
        (wait, resume) = (uint64(bound(wait, 0, 30 days - 1)), uint64(bound(resume, 0, 4 days)));
        _pause(GUARDIAN, true);
        vm.assertEq(engine.nextPauseAt(), next, "next");
        uint64 start = uint64(block.timestamp);
        if (resume <= wait) {
            // Ended sooner, or lapsed: neither brings the next one nearer.
            vm.warp(start + resume);
            _pause(GUARDIAN, false);
            vm.assertTrue(!engine.paused(), "resumed");
        }
        vm.warp(start + wait);
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.PausedTooOften.selector, next));
        engine.setPaused(true);
        vm.warp(next);
        _pause(GUARDIAN, true);
        vm.assertTrue(engine.paused(), "paused again");
    }

    function test_TheGuardianIsReplacedBySchedule() public {
        address successor = address(0x9a4e);
        _pause(GUARDIAN, true);
        bytes memory call_ = abi.encodeCall(ILiquidationEngine.setGuardian, (successor));
        address[3] memory others = [GUARDIAN, OWNER, STRANGER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, others[i]));
            engine.setGuardian(successor);
        }
        vm.prank(OWNER);
        engine.schedule(call_);
        vm.warp(block.timestamp + 2 days);
        vm.expectEmit();
        emit ILiquidationEngine.GuardianChanged(successor);
        engine.execute(call_);
        vm.assertEq(engine.guardian(), successor, "replaced");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.OnlyGuardian.selector, GUARDIAN));
        _pause(GUARDIAN, true);
        _pause(successor, false);
        vm.assertTrue(!engine.paused(), "the successor ends what the other began");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.PausedTooOften.selector, engine.nextPauseAt()));
        _pause(successor, true);
    }

    function test_NobodyIsNoGuardian() public {
        bytes memory call_ = abi.encodeCall(ILiquidationEngine.setGuardian, (address(0)));
        vm.prank(OWNER);
        engine.schedule(call_);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(abi.encodeWithSelector(IBounded.InvalidParameter.selector, bytes32("guardian"), 0));
        engine.execute(call_);
    }

    // --- cure ---

    function testFuzz_CuresInEveryStatusByAnybody(uint8 tier, address caller) public {
        uint256 caseId = openCase(uint8(bound(tier, 2, 4)));
        advance(1);
        attest(ALICE, 1);
        vm.prank(caller);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(engine.pendingTakeovers(), 0, "takeovers");
        bytes memory closed = abi.encodeWithSelector(
            ILiquidationEngine.WrongStatus.selector,
            caseId,
            ILiquidationEngine.Status.Closed
        );
        vm.expectRevert(closed);
        engine.cure(caseId);
        vm.expectRevert(closed);
        engine.escalate(caseId);
    }

    function test_NothingButHealthCures() public {
        uint256 caseId = openCase(3);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 3));
        engine.cure(caseId);
        advance(1);
        attest(ALICE, 2);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 2));
        engine.cure(caseId);
        advance(1);
        attest(ALICE, 0);
        vm.warp(block.timestamp + MAX_AGE + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.NoCurrentAttestation.selector, ALICE, commitment)
        );
        engine.cure(caseId);
    }

    // --- escalation ---

    function test_EscalatesAtTheSecondTheWindowHasPassed() public {
        uint256 caseId = openCase(2);
        uint64 deadline = engine.caseOf(caseId).until;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, deadline));
        engine.escalate(caseId);
        vm.warp(deadline + 1);
        engine.escalate(caseId);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Sealed), "sealed");
        vm.assertEq(found.version, 2, "version");
        vm.assertEq(found.phaseAt, deadline + 1, "since");
        vm.assertEq(auction.auctionOf(caseId).commitUntil, deadline + 1 + COMMIT, "the auction keeps time");
    }

    function testFuzz_EscalatesByAWorseTierAtOnce(uint8 tier) public {
        tier = uint8(bound(tier, 3, 4));
        uint256 caseId = openCase(2);
        advance(1);
        attest(ALICE, tier);
        engine.escalate(caseId);
        vm.assertEq(uint256(statusOf(caseId)), tier == 3 ? 2 : 4, "status");
        vm.assertEq(engine.caseOf(caseId).tier, tier, "tier");
        vm.assertEq(engine.caseOf(caseId).snapshotTime, block.timestamp, "snapshot");
    }

    function test_AHealthyAccountIsNotEscalated() public {
        uint256 caseId = openCase(2);
        vm.warp(block.timestamp + SOFT);
        advance(1);
        attest(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 1));
        engine.escalate(caseId);
    }

    function test_OnlySoftCasesEscalate() public {
        uint256 caseId = openCase(3);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidationEngine.WrongStatus.selector,
                caseId,
                ILiquidationEngine.Status.Sealed
            )
        );
        engine.escalate(caseId);
    }

    // --- abandoned ---

    function test_ACaseThatNobodyTakesOverEnds() public {
        uint256 caseId = openCase(4);
        uint64 deadline = engine.caseOf(caseId).until;
        vm.warp(deadline);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, deadline));
        engine.abandon(caseId);
        vm.assertTrue(house.locked(), "nobody leaves the funds");
        vm.warp(deadline + 1);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        vm.assertTrue(!house.locked(), "free again");
        uint256 other = openCaseOf(BOB, 2);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.WrongStatus.selector, other, ILiquidationEngine.Status.Soft)
        );
        engine.abandon(other);
    }

    function openCaseOf(uint256 accountId, uint8 tier) private returns (uint256) {
        advance(1);
        attest(accountId, tier);
        return engine.open(accountId);
    }

    // --- who may ---

    function testFuzz_OnlyAuctionAndClearingHouseAdvanceAndAward(address caller) public {
        vm.assume(caller != address(auction) && caller != address(house));
        uint256 caseId = openCase(3);
        vm.startPrank(caller);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.OnlyAuction.selector, caller));
        engine.move(caseId, ILiquidationEngine.Status.Takeover, 0, 0);
        vm.stopPrank();
    }

    function testFuzz_CasesNeverGoBack(uint8 from, uint8 to) public {
        from = uint8(bound(from, 1, 4));
        to = uint8(bound(to, 0, 5));
        uint256 caseId = openCase(from == 1 ? 2 : from == 4 ? 4 : 3);
        if (from == 3) {
            vm.prank(address(auction));
            engine.move(caseId, ILiquidationEngine.Status.Sale, 0, 0);
        }
        bool isAllowed = (from == 2 && (to == 3 || to == 4)) || (from == 3 && to == 4);
        vm.prank(address(auction));
        if (!isAllowed) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    ILiquidationEngine.WrongStatus.selector,
                    caseId,
                    ILiquidationEngine.Status(from)
                )
            );
        }
        engine.move(caseId, ILiquidationEngine.Status(to), 0, 0);
        vm.assertEq(uint256(statusOf(caseId)), isAllowed ? to : from, "status");
    }

    // --- parameters ---

    function test_ParametersWaitTwoDaysAndLeaveRunningWindows() public {
        uint256 caseId = openCase(2);
        uint64 deadline = engine.caseOf(caseId).until;
        ILiquidationEngine.Parameters memory changed = engineParameters();
        changed.softWindow = 3 days;
        bytes memory call = abi.encodeCall(engine.setParameters, (changed));
        vm.expectRevert(abi.encodeWithSignature("OnlyScheduled(address)", OWNER));
        vm.prank(OWNER);
        engine.setParameters(changed);
        vm.prank(OWNER);
        engine.schedule(call);
        vm.warp(block.timestamp + 2 days - 1);
        vm.expectRevert(abi.encodeWithSignature("NotReady(uint64)", uint64(block.timestamp + 1)));
        engine.execute(call);
        vm.warp(block.timestamp + 1);
        engine.execute(call);
        vm.assertEq(engine.parameters().softWindow, 3 days, "set");
        vm.assertEq(engine.caseOf(caseId).until, deadline, "a running window keeps its end");
        vm.expectRevert(abi.encodeWithSignature("NotScheduled(bytes32)", keccak256(call)));
        engine.execute(call);
    }

    function testFuzz_BoundsParameters(uint8 which, bool isHigh) public {
        which = uint8(bound(which, 0, 5));
        ILiquidationEngine.Parameters memory p = engineParameters();
        bytes32 name;
        uint256 bad;
        if (which == 0) (name, bad) = ("softWindow", p.softWindow = isHigh ? 3 days + 1 : 10 minutes - 1);
        if (which == 1) (name, bad) = ("takeoverNotice", p.takeoverNotice = isHigh ? 1 days + 1 : 10 minutes - 1);
        if (which == 2) (name, bad) = ("caseLength", p.caseLength = isHigh ? 30 days + 1 : 1 days - 1);
        if (which == 3) (name, bad) = ("openAge", p.openAge = isHigh ? 30 minutes + 1 : 1 minutes - 1);
        if (which == 4) (name, bad) = ("unservedLimit", p.unservedLimit = isHigh ? 14 days + 1 : 1 days - 1);
        if (which == 5) (name, bad) = ("maxPenalty", p.maxPenalty = 100_001);
        bytes memory call = abi.encodeCall(engine.setParameters, (p));
        vm.prank(OWNER);
        engine.schedule(call);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(invalidParameter(name, bad));
        engine.execute(call);
    }
}
