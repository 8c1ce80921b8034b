// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CoverageRegistry} from "contracts/coverage/CoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {MarketClock} from "contracts/coverage/MarketClock.sol";
import {IBounded} from "contracts/shared/IBounded.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {LiquidationFixture} from "../helpers/LiquidationFixture.sol";

/// The line of newest snapshots, and served time.
contract MarketClockTest is LiquidationFixture {
    function _assertNewest(uint256 expected) private view {
        (uint256 id, uint64 time) = clock.newest();
        vm.assertEq(id, expected, "newest");
        vm.assertEq(time, oracle.snapshotTime(expected), "its time");
    }

    /// Proves a snapshot wrong, as the builder would.
    function _void(uint256 id) private {
        vm.prank(address(builder));
        oracle.recordMalformedTable(id);
    }

    // --- which is the newest ---

    function test_TheNewestIsTheLastThatEntered() public {
        _assertNewest(snapshotId);
        advance(1 minutes);
        _assertNewest(snapshotId);
        vm.assertEq(clock.length(), 2, "length");
        vm.assertEq(clock.snapshotAt(2), snapshotId, "its place");
        IMarketClock.Entry memory entry = clock.entryOf(snapshotId);
        vm.assertEq(entry.time, NOW + 60, "time");
        vm.assertEq(entry.enteredAt, NOW + 60, "entered at");
        vm.assertEq(entry.place, 2, "place");
    }

    /// A signed snapshot that nobody sent: a stranger sends it late, and it decides nothing.
    function test_AnOlderSnapshotNeverBecomesNewest() public {
        advance(10 minutes);
        uint256 late = publishAll(NOW + 9 minutes);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketClock.NotNewer.selector, NOW + 9 minutes, NOW + 10 minutes)
        );
        clock.enter(late);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, late, snapshotId));
        clock.requireNewest(late);
        _assertNewest(snapshotId);
    }

    function test_ASnapshotOfTheFutureEntersWhenItsTimeHasCome() public {
        vm.warp(NOW + 10);
        uint256 ahead = publishAll(NOW + 60);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooSoon.selector, NOW + 60));
        clock.enter(ahead);
        vm.warp(NOW + 60);
        clock.enter(ahead);
        _assertNewest(ahead);
    }

    function test_EntriesAreSpaced() public {
        MarketClock slow = new MarketClock(registry, IMarketClock.Parameters(30, GRACE, SERVE_GAP));
        slow.enter(snapshotId);
        advance(29);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooSoon.selector, NOW + 30));
        slow.enter(snapshotId);
        vm.warp(NOW + 30);
        slow.enter(snapshotId);
        vm.assertEq(slow.length(), 2, "entered");
    }

    function test_AnIncompleteSnapshotDoesNotEnter() public {
        vm.warp(NOW + 10);
        uint256 bare = publish(NOW + 10, new ISnapshotOracle.TablePoint[](0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, bare, circuitId));
        clock.enter(bare);
        vm.warp(NOW + 11);
        uint256 partly = publishTrue(NOW + 11); // coverage alone
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, partly, equityCircuit));
        clock.enter(partly);
        _assertNewest(snapshotId);
    }

    function test_ARetiredCircuitNeedsNoPointButSomeCircuitMustBeLeft() public {
        verifiers.retire(reductionCircuit);
        vm.warp(NOW + 10);
        advance(1);
        _assertNewest(snapshotId);
        verifiers.retire(equityCircuit);
        vm.warp(NOW + 20);
        uint256 last = publishAll(NOW + 20);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, last, bytes32(0)));
        clock.enter(last);
    }

    function test_WhereComputedPointsAreAskedForSignedOnesDoNotDo() public {
        CoverageRegistry strict = new CoverageRegistry(oracle, verifiers, MAX_AGE, true);
        MarketClock other = new MarketClock(strict, IMarketClock.Parameters(SPACING, GRACE, SERVE_GAP));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, snapshotId, circuitId));
        other.enter(snapshotId);
        bytes32[3] memory circuits = [circuitId, equityCircuit, reductionCircuit];
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 x, uint256 y, ) = oracle.tablePoint(snapshotId, circuits[i]);
            vm.prank(address(builder));
            oracle.recordProvenPoint(snapshotId, circuits[i], x, y);
        }
        other.enter(snapshotId);
        vm.assertEq(other.length(), 1, "entered");
    }

    function test_AnUnknownOrAnOldSnapshotDoesNotEnter() public {
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, 7));
        clock.enter(7);
        MarketClock empty = new MarketClock(registry, IMarketClock.Parameters(SPACING, GRACE, SERVE_GAP));
        vm.warp(NOW + MAX_AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooOld.selector, NOW, NOW + 1));
        empty.enter(snapshotId);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NoPrices.selector));
        empty.newest();
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NoPrices.selector));
        empty.drop();
        vm.assertEq(empty.served(), 0, "nothing served");
        vm.assertEq(empty.servesUntil(), 0, "never");
    }

    function test_ASnapshotEntersOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewer.selector, NOW, NOW));
        clock.enter(snapshotId);
    }

    // --- grace ---

    function test_TheOneBeforeStaysGoodForTheGraceOfItsSuccessor() public {
        uint256 first = snapshotId;
        advance(4 minutes);
        uint256 second = snapshotId;
        vm.assertEq(clock.requireNewest(first), NOW, "in grace");
        vm.warp(block.timestamp + GRACE);
        vm.assertEq(clock.requireNewest(first), NOW, "to its last second");
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, first, second));
        clock.requireNewest(first);
        vm.assertEq(clock.requireNewest(second), NOW + 4 minutes, "the newest has no end");
    }

    /// Many entries within the grace extend nothing: each counts from its own successor.
    function test_GraceDoesNotAddUp() public {
        uint256 first = snapshotId;
        for (uint256 i = 0; i < 6; ++i) advance(GRACE / 4);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, first, snapshotId));
        clock.requireNewest(first);
    }

    /// The first second after an outage: the prices of before are not good for money again.
    function test_WhatServedNoMoreHasNoGrace() public {
        uint256 before = snapshotId;
        advance(SERVE_GAP);
        vm.assertEq(clock.requireNewest(before), NOW, "one that served to the end has");
        before = snapshotId;
        advance(SERVE_GAP + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        clock.requireNewest(before);
        before = snapshotId;
        vm.warp(block.timestamp + 10);
        verifiers.retire(reductionCircuit);
        advance(10);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        clock.requireNewest(before);
        before = snapshotId;
        advance(10);
        vm.assertEq(clock.requireNewest(before), block.timestamp - 10, "as ever");
        _void(before);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, before, snapshotId));
        clock.requireNewest(before);
    }

    // --- the strictly newest ---

    function test_NewestIsTheLastWhileItServes() public {
        vm.assertTrue(!new MarketClock(registry, clock.parameters()).isNewest(0), "none without a line");
        uint256 before = snapshotId;
        vm.assertTrue(clock.isNewest(before), "the last");
        advance(10);
        clock.requireNewest(before);
        vm.assertTrue(!clock.isNewest(before), "good for money within grace, and not the newest");
        vm.assertTrue(!clock.isNewest(1), "nor one that never was");
        uint256 state = vm.snapshotState();
        refute(snapshotId, equityCircuit);
        vm.assertTrue(!clock.isNewest(snapshotId), "nor one that was proven wrong");
        clock.drop();
        vm.assertTrue(clock.isNewest(before), "the one before is again");
        vm.revertToState(state);
        vm.warp(block.timestamp + SERVE_GAP);
        vm.assertTrue(clock.isNewest(snapshotId), "to the last second that it serves");
        vm.warp(block.timestamp + 1);
        vm.assertTrue(!clock.isNewest(snapshotId), "and no longer");
    }

    /// A wrong point of any circuit: nothing follows from the snapshot any more, and it stays at its place in the line.
    function test_ASnapshotThatWasProvenWrongHasNoEntry() public {
        uint256 wrong = snapshotId;
        advance(10);
        vm.assertEq(clock.entryOf(wrong).place, 1, "the first");
        refute(wrong, reductionCircuit);
        IMarketClock.Entry memory entry = clock.entryOf(wrong);
        vm.assertEq(entry.time + entry.enteredAt + entry.servedAt + entry.place + entry.retired, 0, "nothing");
        vm.assertEq(clock.snapshotAt(1), wrong, "in the line");
        vm.assertEq(clock.entryOf(snapshotId).place, 2, "its successor is sound");
    }

    // --- the way back ---

    function test_AVoidSnapshotIsDroppedAndTheOneBeforeIsBack() public {
        uint256 first = snapshotId;
        advance(1 minutes);
        uint256 wrong = snapshotId;
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NewestSound.selector, wrong));
        clock.drop();
        _void(wrong);
        bytes memory isVoid = abi.encodeWithSelector(IMarketClock.NewestVoid.selector, wrong);
        vm.expectRevert(isVoid);
        clock.newest();
        vm.expectRevert(isVoid);
        clock.requireNewest(first);
        clock.drop();
        _assertNewest(first);
        vm.assertEq(clock.requireNewest(first), NOW, "good for money");
        vm.assertEq(clock.entryOf(wrong).place, 0, "forgotten");
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.SnapshotVoid.selector, wrong));
        clock.enter(wrong);
        // One older than the void one, and newer than the last sound one, has its place again.
        uint256 between = publishAll(NOW + 30);
        clock.enter(between);
        _assertNewest(between);
    }

    function test_ASoundSnapshotTakesTheVoidOnesPlaceByItself() public {
        advance(1 minutes);
        uint256 wrong = snapshotId;
        refute(wrong, equityCircuit);
        advance(1 minutes);
        _assertNewest(snapshotId);
        vm.assertEq(clock.length(), 2, "without the void one");
        vm.assertEq(clock.entryOf(wrong).place, 0, "gone");
    }

    // --- served time ---

    function test_TimeIsServedWhileSnapshotsComeAndNoLonger() public {
        vm.assertEq(clock.served(), 0, "at the first entry");
        serve(20 minutes);
        vm.assertEq(clock.served(), 20 minutes, "all of it");
        vm.warp(block.timestamp + SERVE_GAP);
        vm.assertEq(clock.served(), 20 minutes + SERVE_GAP, "to the gap");
        vm.warp(block.timestamp + 3 days);
        vm.assertEq(clock.served(), 20 minutes + SERVE_GAP, "no longer");
        advance(0);
        vm.assertEq(clock.served(), 20 minutes + SERVE_GAP, "an entry adds nothing");
        serve(1 minutes);
        vm.assertEq(clock.served(), 21 minutes + SERVE_GAP, "and on");
    }

    /// A snapshot serves from its entry on, and by its market's age: one that comes late serves less.
    function test_ALateSnapshotServesLess() public {
        vm.warp(NOW + 20 minutes);
        uint256 late = publishAll(NOW + 18 minutes);
        clock.enter(late);
        vm.assertEq(clock.servesUntil(), NOW + 18 minutes + SERVE_GAP, "by its market's time");
        uint64 before = clock.served();
        vm.warp(NOW + 1 hours);
        vm.assertEq(clock.served(), before + SERVE_GAP - 2 minutes, "what is left of the gap");
    }

    function test_ARetiredCircuitStopsTheClockUntilTheNextSnapshot() public {
        vm.warp(NOW + 1 minutes);
        verifiers.retire(reductionCircuit);
        vm.warp(NOW + 4 minutes);
        vm.assertEq(clock.served(), 1 minutes, "to the retirement");
        advance(0);
        vm.assertEq(clock.served(), 1 minutes, "what passed unserved does not come back");
        vm.warp(block.timestamp + 1 minutes);
        vm.assertEq(clock.served(), 2 minutes, "on with the next");
    }

    function test_AVoidSnapshotServedUntilItWasFoundOut() public {
        advance(2 minutes);
        vm.warp(block.timestamp + 30);
        _void(snapshotId);
        vm.warp(block.timestamp + 1 hours);
        vm.assertEq(clock.served(), 2 minutes + 30, "to the proof");
        clock.drop();
        vm.assertEq(clock.served(), 2 minutes + 30, "the one before has ended long ago");
    }

    /// Served time never runs back, never faster than time, and not at all without a young snapshot.
    function testFuzz_ServedTimeIsMonotoneAndAtMostTime(uint256 seed) public {
        uint64 served = clock.served();
        uint256 last = block.timestamp;
        for (uint256 i = 0; i < 24; ++i) {
            uint256 roll = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(block.timestamp + (roll % 8 minutes));
            uint256 kind = (roll >> 64) % 4;
            if (kind < 2 && block.timestamp > oracle.snapshotTime(snapshotId)) advance(1);
            bool isLast = clock.snapshotAt(clock.length()) == snapshotId;
            if (kind == 2 && isLast && clock.length() > 1 && oracle.voidSince(snapshotId) == 0) _void(snapshotId);
            if (kind == 3 && oracle.voidSince(clock.snapshotAt(clock.length())) != 0) clock.drop();
            uint64 now_ = clock.served();
            vm.assertTrue(now_ >= served, "never back");
            vm.assertTrue(now_ - served <= block.timestamp - last, "never faster");
            (served, last) = (now_, block.timestamp);
        }
    }

    // --- parameters ---

    function test_ParametersAreBounded() public {
        IMarketClock.Parameters memory given = clock.parameters();
        vm.assertEq(given.spacing, SPACING, "spacing");
        vm.assertEq(given.grace, GRACE, "grace");
        vm.assertEq(given.serveGap, SERVE_GAP, "gap");
        vm.assertEq(clock.registry(), address(registry), "registry");
        _refuse(IMarketClock.Parameters(0, GRACE, SERVE_GAP), "spacing", 0);
        _refuse(IMarketClock.Parameters(SERVE_GAP, GRACE, SERVE_GAP), "spacing", SERVE_GAP);
        _refuse(IMarketClock.Parameters(1, 59, SERVE_GAP), "grace", 59);
        _refuse(IMarketClock.Parameters(1, 601, SERVE_GAP), "grace", 601);
        _refuse(IMarketClock.Parameters(1, GRACE, 119), "serveGap", 119);
        _refuse(IMarketClock.Parameters(1, GRACE, 1 hours + 1), "serveGap", 1 hours + 1);
    }

    function _refuse(IMarketClock.Parameters memory given, bytes32 name, uint256 value) private {
        vm.expectRevert(abi.encodeWithSelector(IBounded.InvalidParameter.selector, name, value));
        new MarketClock(registry, given);
    }
}
