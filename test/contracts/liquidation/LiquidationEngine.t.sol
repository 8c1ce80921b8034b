// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
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
        vm.assertTrue(found.proven, "proven");
        vm.assertEq(found.challenger, address(0), "nobody asked");
        (uint64 served, uint64 end) = (clock.served(), clock.served() + CASE_LENGTH);
        vm.assertTrue(found.openedAt == block.timestamp && found.phaseAt == block.timestamp, "on the wall");
        vm.assertTrue(found.openedServed == served && found.phaseServed == served, "served");
        uint64 window = tier == 2 ? SOFT : tier == 4 ? NOTICE : 0;
        vm.assertEq(found.until, window == 0 ? 0 : served + window, "the soft window, or the notice");
        vm.assertEq(found.endsAt, end, "the end");
        (uint64 soft, uint64 total) = engine.timeLeft(caseId);
        vm.assertTrue(soft == window && total == CASE_LENGTH, "all is left");
        vm.assertEq(uint256(engine.statusOf(ALICE)), uint256(found.status), "of the account");
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

    /// Prices of some minutes ago are no breach of now.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_NoCaseByPricesOlderThanTheyMayBe(uint64 wait) public {
        wait = uint64(bound(wait, 1, 2 * OPEN_AGE));
        attest(ALICE, 4);
        uint64 time = uint64(block.timestamp);
        vm.warp(time + wait);
        vm.assertTrue(engine.isBreachProven(ALICE) == (wait <= OPEN_AGE), "as open says");
        if (wait > OPEN_AGE) {
            bytes4 selector = ILiquidationEngine.SnapshotTooOld.selector;
            vm.expectRevert(abi.encodeWithSelector(selector, time, time + wait - OPEN_AGE));
        }
        engine.open(ALICE);
        if (wait <= OPEN_AGE) return;
        advance(1);
        openCase(4);
    }

    /// A snapshot that never was the newest decides nothing, however young it is.
    function test_NoCaseByASnapshotThatIsNotInTheLine() public {
        vm.warp(block.timestamp + 1);
        snapshotId = publishAll(uint64(block.timestamp));
        attest(ALICE, 3);
        vm.assertTrue(!engine.isBreachProven(ALICE), "proves nothing");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotNotEntered.selector, snapshotId));
        engine.open(ALICE);
        clock.enter(snapshotId);
        engine.open(ALICE);
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
        _pause(GUARDIAN, true);
        _expect(ILiquidationEngine.Paused.selector);
        engine.open(BOB);
        _expect(ILiquidationEngine.Paused.selector);
        vm.prank(address(challenges));
        engine.openByChallenge(BOB, STRANGER, 1);
        serve(SOFT);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        _pause(GUARDIAN, false);
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
        uint64 time = uint64(block.timestamp);
        vm.warp(time + SERVE_GAP + 1); // healthy by prices that serve no more
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotServing.selector, snapshotId, time + SERVE_GAP));
        engine.cure(caseId);
        vm.warp(time + MAX_AGE + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.NoCurrentAttestation.selector, ALICE, commitment)
        );
        engine.cure(caseId);
    }

    /// Health by prices from before the case is no cure of it, however young: nobody picks the better of two snapshots.
    function test_HealthBeforeTheCaseCuresNothing() public {
        uint256 before = snapshotId;
        uint64 time = uint64(block.timestamp);
        advance(1);
        uint256 caseId = openCase(2);
        TransferClaim memory trade = caseTransfer("cure", caseId, VENUE, BOB, 0, false);
        registry.attest(claim(before, DEADLINE, ALICE, trade.newA, 0));
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time, time + 1));
        engine.cureByTransfer(caseId, trade);
        attest(ALICE, trade.newA, 0);
        vm.prank(VENUE);
        engine.cureByTransfer(caseId, trade);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    // --- escalation ---

    function test_EscalatesAtTheSecondTheWindowIsServed() public {
        uint256 caseId = openCase(2);
        uint64 until = engine.caseOf(caseId).until;
        serve(SOFT - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        engine.escalate(caseId);
        serve(1);
        engine.escalate(caseId);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Sealed), "sealed");
        vm.assertEq(found.version, 2, "version");
        vm.assertTrue(found.phaseAt == block.timestamp && found.phaseServed == until && found.until == 0, "since");
        vm.assertEq(auction.auctionOf(caseId).version, 2, "the auction keeps time");
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
        serve(SOFT);
        attest(ALICE, 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 1));
        engine.escalate(caseId);
        vm.warp(block.timestamp + OPEN_AGE + 1); // and by old prices neither cured nor kept from the auction
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
    }

    /// What was attested of tier 4 minutes ago escalates nothing: only the window does.
    function test_AnOldBreachEscalatesNothing() public {
        uint256 caseId = openCase(2);
        advance(1);
        attest(ALICE, 4);
        vm.warp(block.timestamp + OPEN_AGE + 1);
        uint64 until = engine.caseOf(caseId).until;
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        engine.escalate(caseId);
        serve(SOFT);
        engine.escalate(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Sealed);
        vm.assertEq(engine.caseOf(caseId).tier, 2, "as it opened");
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

    // --- the end ---

    /// Served to its last second every case can be closed by anybody, wherever it is; until then nobody can.
    /// forge-config: default.fuzz.runs = 8
    function testFuzz_ACaseEnds(uint8 tier) public {
        uint256 caseId = openCase(uint8(bound(tier, 2, 4)));
        serve(CASE_LENGTH - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.CaseNotOver.selector, caseId));
        engine.abandon(caseId);
        vm.assertTrue(!engine.isOver(caseId), "not yet");
        serve(1);
        vm.assertTrue(engine.isOver(caseId), "over");
        bytes memory over = abi.encodeWithSelector(ILiquidationEngine.CaseOver.selector, caseId);
        vm.expectRevert(over);
        engine.escalate(caseId);
        vm.prank(address(sale));
        vm.expectRevert(over);
        engine.move(caseId, ILiquidationEngine.Status.Sale, 3, uint64(block.timestamp));
        serve(1 hours);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(found.closedServed, found.endsAt, "that somebody called late moved nothing");
        vm.assertEq(engine.pendingTakeovers(), 0, "nothing waits");
        vm.assertTrue(!house.locked(), "nor do the funds");
    }

    function test_AfterItsEndACaseCanBeCuredAllTheSame() public {
        uint256 caseId = openCase(4);
        serve(CASE_LENGTH);
        attest(ALICE, 1);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// Prices are missing for ever: nothing freezes for ever.
    /// forge-config: default.fuzz.runs = 16
    function testFuzz_ACaseWithoutPricesEnds(uint64 before, uint8 tier) public {
        uint256 caseId = openCase(uint8(bound(tier, 2, 4)));
        serve(uint64(bound(before, 1, 2 hours)));
        uint64 last = clock.servesUntil();
        vm.warp(last + UNSERVED);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.CaseNotOver.selector, caseId));
        engine.abandon(caseId);
        vm.warp(last + UNSERVED + 1);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        ILiquidationEngine.Case memory closed = engine.caseOf(caseId);
        vm.assertEq(closed.closedServed, closed.openedServed, "nothing had passed for anybody");
    }

    function openCaseOf(uint256 accountId, uint8 tier) private returns (uint256) {
        advance(1);
        attest(accountId, tier);
        return engine.open(accountId);
    }

    // --- who may ---

    function testFuzz_OnlyThePartsMoveCloseAndAward(address caller) public {
        vm.assume(caller != address(auction) && caller != address(sale));
        vm.assume(caller != address(house) && caller != address(challenges));
        uint256 caseId = openCase(3);
        TransferClaim memory transfer;
        EquityClaim memory equity;
        bytes memory onlyAuction = abi.encodeWithSelector(ILiquidationEngine.OnlyAuction.selector, caller);
        vm.startPrank(caller);
        vm.expectRevert(onlyAuction);
        engine.move(caseId, ILiquidationEngine.Status.Takeover, 3, 1);
        vm.expectRevert(onlyAuction);
        engine.close(caseId, ILiquidationEngine.Outcome.Abandoned, 0, 0);
        vm.expectRevert(onlyAuction);
        engine.award(caseId, transfer, caller);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.OnlyClearingHouse.selector, caller));
        engine.takeOver(caseId, transfer, equity);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.OnlyChallenges.selector, caller));
        engine.openByChallenge(BOB, caller, 1);
        vm.stopPrank();
    }

    /// From everywhere to everywhere: between Sale and Takeover both ways, from Sealed to these, and nothing else.
    function testFuzz_OnlyWhatLeadsSomewhereDoes(uint8 from, uint8 to) public {
        from = uint8(bound(from, 1, 4));
        to = uint8(bound(to, 0, 5));
        uint256 caseId = openCase(from == 1 ? 2 : from == 4 ? 4 : 3);
        uint64 time = uint64(block.timestamp);
        vm.startPrank(address(sale));
        if (from == 3) engine.move(caseId, ILiquidationEngine.Status.Sale, 3, time);
        uint256 waiting = engine.pendingTakeovers();
        bool isAllowed = from != 1 && from != to && (to == 3 || to == 4);
        if (!isAllowed) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    ILiquidationEngine.WrongStatus.selector,
                    caseId,
                    ILiquidationEngine.Status(from)
                )
            );
        }
        engine.move(caseId, ILiquidationEngine.Status(to), 3, time);
        vm.stopPrank();
        vm.assertEq(uint256(statusOf(caseId)), isAllowed ? to : from, "status");
        bool comes = isAllowed && to == 4;
        bool leaves = isAllowed && from == 4;
        vm.assertEq(engine.pendingTakeovers() + (leaves ? 1 : 0), waiting + (comes ? 1 : 0), "takeovers");
    }

    /// A move is by a proof of a breach, after which the case is a proven one and as new as that proof.
    function test_AMoveIsByAProofOfABreach() public {
        uint256 caseId = _silentInSealed();
        uint64 time = uint64(block.timestamp);
        vm.startPrank(address(sale));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 1));
        engine.move(caseId, ILiquidationEngine.Status.Sale, 1, time);
        engine.move(caseId, ILiquidationEngine.Status.Sale, 3, time);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertTrue(found.proven && found.tier == 3 && found.snapshotTime == time, "by this proof");
        engine.move(caseId, ILiquidationEngine.Status.Takeover, 4, time - 1);
        vm.assertEq(engine.caseOf(caseId).snapshotTime, time, "never older");
        vm.stopPrank();
    }

    function test_AuctionAndSaleCloseWhatWasCuredOrNeverProven() public {
        uint256 caseId = openCase(2);
        ILiquidationEngine.Outcome cured = ILiquidationEngine.Outcome.Cured;
        ILiquidationEngine.Outcome abandoned = ILiquidationEngine.Outcome.Abandoned;
        uint64 time = uint64(block.timestamp);
        bytes4 wrong = ILiquidationEngine.WrongStatus.selector;
        vm.startPrank(address(auction));
        vm.expectRevert(abi.encodeWithSelector(wrong, caseId, ILiquidationEngine.Status.Soft));
        engine.close(caseId, cured, 1, time);
        vm.stopPrank();
        serve(SOFT);
        engine.escalate(caseId);
        vm.startPrank(address(auction));
        vm.expectRevert(abi.encodeWithSelector(wrong, caseId, ILiquidationEngine.Status.Sealed));
        engine.close(caseId, ILiquidationEngine.Outcome.Sold, 1, time);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 2));
        engine.close(caseId, cured, 2, time);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time - 1, time));
        engine.close(caseId, cured, 1, time - 1);
        uint256 state = vm.snapshotState();
        engine.close(caseId, cured, 1, time);
        assertClosed(caseId, cured);
        vm.revertToState(state);
        engine.close(caseId, abandoned, 0, 0);
        assertClosed(caseId, abandoned);
        vm.stopPrank();
    }

    function _silentInSealed() private returns (uint256 caseId) {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        caseId = openBySilence();
        serve(SOFT);
        engine.escalate(caseId);
    }

    // --- parameters ---

    function test_ParametersWaitTwoDaysAndLeaveRunningWindows() public {
        uint256 caseId = openCase(2);
        uint64 deadline = engine.caseOf(caseId).until;
        ILiquidationEngine.Parameters memory changed = engineParameters();
        (changed.softWindow, changed.caseLength) = (3 days, 4 days);
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
