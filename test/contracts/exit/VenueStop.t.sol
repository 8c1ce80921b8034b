// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ExitDesk} from "contracts/exit/ExitDesk.sol";
import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";
import {ExitFixture} from "../helpers/ExitFixture.sol";

/// What is a sign of life, when a venue can be stopped, what that ends, and what ends it.
contract VenueStopTest is ExitFixture {
    address private constant NEXT_VENUE = address(0x4e87);

    function _stopped() private view returns (bytes memory) {
        return abi.encodeWithSelector(IVenueStop.VenueStopped.selector, exits.stoppedAt());
    }

    function _expectAlive(uint64 until) private {
        vm.assertEq(exits.aliveUntil(), until, "alive until");
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.VenueAlive.selector, until));
        exits.stop();
    }

    function _expectVenueRefused(bytes memory call) private {
        vm.prank(VENUE);
        (bool ok, bytes memory answer) = address(ledger).call(call);
        vm.assertTrue(!ok, "refused");
        vm.assertEq(keccak256(answer), keccak256(_stopped()), "by the stop");
    }

    function test_KnowsItsPartsAndParameters() public view {
        IExitDesk.Parameters memory found = exits.parameters();
        vm.assertEq(found.silence, EXIT_SILENCE, "silence");
        vm.assertEq(found.priceWait, PRICE_WAIT, "price wait");
        vm.assertEq(found.claimPeriod, CLAIM_PERIOD, "claim period");
        vm.assertTrue(
            exits.ledger() == address(ledger) && exits.vault() == address(vault) && exits.anchors() == address(anchors),
            "parts"
        );
        vm.assertTrue(address(vault.exits()) == address(exits) && !vault.isStopped(), "the vault's");
    }

    function test_RefusesAnothersVault() public {
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.PartsMismatch.selector));
        new ExitDesk(engine, anchors, exitParameters());
    }

    function test_BoundsParameters() public {
        IExitDesk.Parameters memory wrong = exitParameters();
        wrong.silence = 3 days - 1;
        _expectOutOfBounds("silence", wrong, wrong.silence);
        wrong.silence = 30 days + 1;
        _expectOutOfBounds("silence", wrong, wrong.silence);
        wrong = exitParameters();
        wrong.priceWait = 1 days - 1;
        _expectOutOfBounds("priceWait", wrong, wrong.priceWait);
        wrong.priceWait = 14 days + 1;
        _expectOutOfBounds("priceWait", wrong, wrong.priceWait);
        wrong = exitParameters();
        wrong.claimPeriod = 45 days - 1;
        _expectOutOfBounds("claimPeriod", wrong, wrong.claimPeriod);
        wrong.claimPeriod = 180 days + 1;
        _expectOutOfBounds("claimPeriod", wrong, wrong.claimPeriod);
    }

    function _expectOutOfBounds(bytes32 name, IExitDesk.Parameters memory wrong, uint256 value) private {
        vm.expectRevert(invalidParameter(name, value));
        new ExitDesk(engine, anchors, wrong);
    }

    // --- signs of life ---

    function test_EachSignOfLifeCounts() public {
        uint64 last = uint64(block.timestamp);
        _expectAlive(last + EXIT_SILENCE); // the run of the fixture
        vm.expectEmit(address(exits));
        emit IExitDesk.Heartbeat(VENUE);
        vm.prank(VENUE);
        exits.heartbeat();
        last = uint64(block.timestamp);
        _expectAlive(last + EXIT_SILENCE);
        closeRun(last + 5 days); // of a snapshot of five days ago
        _expectAlive(last + 5 days + EXIT_SILENCE);
        vm.prank(VENUE);
        vault.proposeVenue(NEXT_VENUE);
        vm.prank(NEXT_VENUE);
        vault.acceptVenue();
        last = uint64(block.timestamp);
        _expectAlive(last + EXIT_SILENCE);
        vm.warp(block.timestamp + 1);
        vm.expectEmit(address(exits));
        emit IExitDesk.Stopped(last + EXIT_SILENCE);
        exits.stop();
        vm.assertEq(exits.stoppedAt(), last + EXIT_SILENCE + 1, "stopped");
        vm.assertTrue(vault.isStopped(), "for the vault too");
    }

    function test_OnlyTheVenueGivesSignsOfLife() public {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.OnlyVenue.selector, STRANGER));
        exits.heartbeat();
    }

    /// A circuit that is retired, or a point that is proven wrong, stops no venue.
    function test_ARunThatIsVoidSinceWasASignOfLife() public {
        (bytes32 runId, uint64 time) = runs.latestRun();
        runs.setVoid(runId, true);
        _expectAlive(time + EXIT_SILENCE);
    }

    function test_AVenueStopsOnceAndForAll() public {
        stopVenue();
        vm.expectRevert(_stopped());
        exits.stop();
        bytes memory stopped = _stopped();
        vm.prank(VENUE);
        vm.expectRevert(stopped);
        exits.heartbeat();
    }

    // --- what the stop ends ---

    function test_TheVenueMovesNothingAnyMore() public {
        depositLots(100);
        register(7001, address(0), false);
        stopVenue();
        _expectVenueRefused(abi.encodeCall(ledger.register, (7002, 1, VENUE, false)));
        _expectVenueRefused(abi.encodeCall(ledger.update, (groupOf(ALICE, next(ALICE)))));
        _expectVenueRefused(
            abi.encodeCall(
                ledger.trade,
                (transferClaim(TransferTerms(ALICE, next(ALICE), BOB, next(BOB), 5, 0, false, ledger.TRADE())))
            )
        );
        _expectVenueRefused(abi.encodeCall(ledger.setOwner, (7001, VENUE)));
        bytes memory stopped = _stopped();
        vm.startPrank(VENUE);
        vm.expectRevert(stopped);
        vault.requestWithdrawal(SETTLEMENT, 1, VENUE);
        vm.expectRevert(stopped);
        vault.addAsset(3, address(coin), 1);
        vault.proposeVenue(NEXT_VENUE);
        vm.stopPrank();
        vm.prank(NEXT_VENUE);
        vm.expectRevert(stopped);
        vault.acceptVenue();
        vm.expectRevert(stopped);
        vault.unlock(SETTLEMENT, "run");
    }

    function test_ACustomersOwnerStillHandsItsAccountOn() public {
        stopVenue();
        vm.prank(ALICE_OWNER);
        ledger.setOwner(ALICE, BOB_OWNER);
        vm.assertEq(ledger.ownerOf(ALICE), BOB_OWNER, "handed on");
    }

    function test_NoCaseOpensAndNobodyIsChallenged() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 index = challenge(ALICE);
        stopVenue();
        advance(1);
        attest(BOB, 4);
        vm.assertTrue(engine.paused(), "paused");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.Paused.selector));
        engine.open(BOB);
        // The bond comes back: there is no case to open any more.
        serve(CHALLENGE);
        vm.assertEq(challenges.settleChallenge(ALICE, index), 0, "no case");
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "all of it");
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.Paused.selector));
        challenges.challenge(ALICE, commitment, snapshotId);
    }

    function test_ACaseThatWasOpenEndsByItsOwnEnd() public {
        uint256 caseId = openCase(2);
        stopVenue();
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
        fixNext();
        expectNoClaim(ALICE, 5, abi.encodeWithSelector(IExitDesk.AccountInCase.selector, ALICE));
        vm.warp(block.timestamp + CASE_LENGTH);
        engine.abandon(caseId);
        claimExit(ALICE, 5, PAYEE);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
    }

    // --- and what ends the stop ---

    function test_AClosedRunOfAfterTheStopEndsIt() public {
        stopVenue();
        fixNext();
        uint64 since = exits.stoppedAt();
        bytes32 old = closeRun(since);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.RunTooOld.selector, since, since));
        exits.resume(old);
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunNotClosed.selector, bytes32("none")));
        exits.resume("none");
        bytes32 run = closeRun(since + 1);
        runs.setVoid(run, true);
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunVoid.selector, run));
        exits.resume(run);
        runs.setVoid(run, false);
        vm.expectEmit(address(exits));
        emit IExitDesk.Resumed(run);
        vm.prank(STRANGER);
        exits.resume(run);
        vm.assertTrue(!vault.isStopped() && exits.exitSnapshot() == 0 && exits.claimsUntil() == 0, "as before");
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NotStopped.selector));
        exits.resume(run);
        update(ALICE, next(ALICE));
        _expectAlive(since + 1 + EXIT_SILENCE);
        stopVenue();
        fixNext();
        claimExit(BOB, 5, PAYEE);
    }

    /// A run of after the stop and a first claim: whichever is first.
    function test_NobodyLeavesAVenueThatIsBack() public {
        stopVenue();
        fixNext();
        bytes32 run = closeRun(uint64(block.timestamp));
        expectNoClaim(ALICE, 5, abi.encodeWithSelector(IExitDesk.VenueIsBack.selector, run));
        runs.setVoid(run, true);
        claimExit(ALICE, 5, PAYEE);
    }

    function test_AfterTheFirstClaimTheVenueNeverComesBack() public {
        stopVenue();
        fixNext();
        claimExit(ALICE, 1, PAYEE);
        bytes32 run = closeRun(uint64(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(IVenueStop.VenueLeft.selector));
        exits.resume(run);
        vm.expectRevert(abi.encodeWithSelector(IVenueStop.VenueLeft.selector));
        exits.requireNotLeft();
    }
}
