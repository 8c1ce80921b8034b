// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeliveryBook} from "contracts/snapshot/IDeliveryBook.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {DeliveryFixture} from "../helpers/DeliveryFixture.sol";

/// What expired instruments are worth: the first snapshot's word, for good.
contract DeliveryBookTest is DeliveryFixture {
    uint64 private start;

    function setUp() public override {
        super.setUp();
        start = uint64(block.timestamp);
    }

    function _expect(bytes memory data) private {
        vm.expectRevert(data);
    }

    function _notDelivered(uint32 instrumentId, uint64 finalAt) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDeliveryBook.NotDelivered.selector, instrumentId, finalAt);
    }

    function _assertMark(uint32 instrumentId, uint64 mark, uint64 time) private view {
        (uint64 found, uint64 since) = book.markOf(instrumentId);
        vm.assertEq(found, mark, "mark");
        vm.assertEq(since, time, "time");
    }

    // --- rows ---

    function test_SettledRowsAreKeptAndNoOthers() public {
        uint256[][] memory rows = twoMarks(MARK, 0);
        uint256 id = publishTable(start, rows);
        vm.expectEmit();
        emit IDeliveryBook.DeliveryRecorded(CALL, id, MARK, start + 1 hours);
        vm.expectEmit();
        emit IDeliveryBook.DeliveryRecorded(PUT, id, 0, start + 1 hours);
        show(start, rows, 0);
        vm.assertEq(book.deliveryOf(10).finalAt, 0, "a row that lives");
        _expect(_notDelivered(CALL, start + 1 hours));
        book.markOf(CALL);
        vm.warp(start + 1 hours);
        _assertMark(CALL, MARK, start);
        _assertMark(PUT, 0, start);
        _expect(_notDelivered(10, 0));
        book.markOf(10);
    }

    /// One element besides mark and id that isn't 0, and the row lives: a Greek, a charge, a lane beside the mark.
    function testFuzz_ARowWithAnyRiskLives(uint256 element, uint256 value) public {
        element %= WIDTH - 1;
        value = (value >> 4) + 1;
        if (element == 0) value |= 1 << 39;
        uint256[][] memory rows = oneMark(MARK);
        rows[1][element] = value;
        publishTable(start, rows);
        show(start, rows, 1);
        vm.assertEq(book.deliveryOf(CALL).finalAt, 0, "lives");
    }

    function test_CollateralNeverExpires() public {
        uint256[][] memory rows = new uint256[][](1);
        rows[0] = settledRow(1, 10_000);
        publishTable(start, rows);
        show(start, rows, 0);
        vm.assertEq(book.deliveryOf(1).finalAt, 0, "a dollar");
    }

    function test_ALongTableIsShownFromItsEndInPieces() public {
        uint256[][] memory rows = twoMarks(MARK, 7);
        publishTable(start, rows);
        ISnapshotOracle.Header memory h = headerOf(start, rows);
        bytes32 middle = hashBefore(rows, 2);
        uint256[] memory first = settledRow(CALL, MARK);
        _expect(abi.encodeWithSelector(IDeliveryBook.UnknownEnd.selector, middle));
        book.record(h, policyHash(), middle, hashBefore(rows, 1), first);
        show(start, rows, 2);
        book.record(h, policyHash(), middle, hashBefore(rows, 1), first);
        vm.assertEq(book.deliveryOf(CALL).mark, MARK, "the one before");
        vm.assertEq(book.deliveryOf(PUT).mark, 7, "the last");
    }

    function test_RowsAreThoseOfThePublishedTable() public {
        uint256[][] memory rows = oneMark(MARK);
        ISnapshotOracle.Header memory h = headerOf(start, rows);
        uint256[] memory last = flat(rows, 1);
        bytes32 from = hashBefore(rows, 1);
        _expect(abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, snapshotIdOf(h)));
        book.record(h, policyHash(), h.tableHash, from, last);
        publishTable(start, rows);
        last[0] = MARK + 1;
        bytes32 other = keccak256(abi.encodePacked(from, last));
        _expect(abi.encodeWithSelector(IDeliveryBook.RowsMismatch.selector, other, h.tableHash));
        book.record(h, policyHash(), h.tableHash, from, last);
        uint256[] memory none = new uint256[](0);
        _expect(abi.encodeWithSelector(IDeliveryBook.PartialRows.selector, 0, WIDTH));
        book.record(h, policyHash(), h.tableHash, h.tableHash, none);
        none = new uint256[](WIDTH + 1);
        _expect(abi.encodeWithSelector(IDeliveryBook.PartialRows.selector, WIDTH + 1, WIDTH));
        book.record(h, policyHash(), h.tableHash, from, none);
    }

    /// A row that straddles two, or one of another table's width, is none.
    function test_RowsBeginWhereTheTablesDo() public {
        uint256[][] memory rows = twoMarks(MARK, 0);
        publishTable(start, rows);
        ISnapshotOracle.Header memory h = headerOf(start, rows);
        uint256[] memory straddling = new uint256[](WIDTH);
        for (uint256 e = 0; e < WIDTH; ++e) straddling[e] = flat(rows, 0)[2 * WIDTH - 1 + e];
        bytes32 from = hashBefore(rows, 1);
        bytes32 other = keccak256(abi.encodePacked(from, straddling));
        _expect(abi.encodeWithSelector(IDeliveryBook.RowsMismatch.selector, other, h.tableHash));
        book.record(h, policyHash(), h.tableHash, from, straddling);
    }

    // --- which word counts ---

    function test_AnEarlierSnapshotTakesItsPlaceWithinTheHour() public {
        publishTable(start, oneMark(MARK + 1));
        publishTable(start + 1, oneMark(MARK));
        vm.warp(start + 2);
        show(start + 1, oneMark(MARK), 1);
        vm.warp(start + 1 hours + 1);
        show(start, oneMark(MARK + 1), 1);
        vm.assertEq(book.deliveryOf(CALL).finalAt, start + 2 + 1 hours, "and no later for it");
        show(start + 1, oneMark(MARK), 1);
        vm.warp(start + 2 + 1 hours);
        _assertMark(CALL, MARK + 1, start);
    }

    function test_AnotherMarkVoidsTheSnapshotOnceItIsFinal() public {
        deliver();
        uint64 time = uint64(block.timestamp);
        uint256 id = publishTable(time, twoMarks(MARK - 1, 9));
        vm.expectEmit();
        emit IDeliveryBook.DeliveryContradicted(CALL, id);
        show(time, twoMarks(MARK - 1, 9), 1);
        vm.assertEq(oracle.voidSince(id), time, "void");
        vm.assertTrue(oracle.snapshot(id).malformed, "for every circuit");
        vm.assertEq(book.deliveryOf(PUT).finalAt, 0, "and nothing is taken from it");
        _assertMark(CALL, MARK, start);
        _expect(abi.encodeWithSelector(IDeliveryBook.DeliverySnapshotVoid.selector, id));
        show(time, twoMarks(MARK - 1, 9), 1);
    }

    /// The earlier one, too, when nobody showed it in time.
    function test_WhatIsFinalStaysSo() public {
        publishTable(start, oneMark(MARK + 1));
        publishTable(start + 1, oneMark(MARK));
        show(start + 1, oneMark(MARK), 1);
        vm.warp(start + 1 hours);
        show(start, oneMark(MARK + 1), 1);
        _assertMark(CALL, MARK, start + 1);
        vm.assertTrue(oracle.voidSince(snapshotIdOf(headerOf(start, oneMark(MARK + 1)))) != 0, "void");
    }

    function test_TheSameMarkIsTheSameWord() public {
        deliver();
        uint64 time = uint64(block.timestamp);
        uint256 id = publishTable(time, twoMarks(MARK, 9));
        show(time, twoMarks(MARK, 9), 1);
        vm.assertEq(oracle.voidSince(id), 0, "sound");
        vm.assertEq(book.deliveryOf(PUT).mark, 9, "and what is new is taken");
        _assertMark(CALL, MARK, start);
    }

    /// The newest snapshot with another mark: nobody's money follows from it any more.
    function test_NoMoneyFollowsFromAContradiction() public {
        deliver();
        advance(1);
        uint64 time = uint64(block.timestamp) + 1;
        vm.warp(time);
        uint256[][] memory rows = oneMark(MARK - 1);
        ISnapshotOracle.Header memory h = headerOf(time, rows);
        uint256 id = snapshotIdOf(h);
        ISnapshotOracle.TablePoint[] memory points = allPoints(id);
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, publishBy(time));
        oracle.publish(h, policyElements(), points, publishBy(time), signatures(digest, 2));
        clock.enter(id);
        (uint256 newest, ) = clock.newest();
        vm.assertEq(newest, id, "it was");
        show(time, rows, 1);
        vm.assertEq(clock.entryOf(id).time, 0, "it is in the line no more");
        vm.assertTrue(!clock.isNewest(id), "nor the newest");
    }

    function test_AVoidSnapshotsMarkIsLostBeforeItIsFinal() public {
        uint256 id = publishTable(start, oneMark(MARK + 1));
        show(start, oneMark(MARK + 1), 1);
        vm.prank(address(builder));
        oracle.recordMalformedTable(id);
        vm.warp(start + 1 hours);
        _expect(_notDelivered(CALL, start + 1 hours));
        book.markOf(CALL);
        publishTable(start + 1 hours, oneMark(MARK));
        show(start + 1 hours, oneMark(MARK), 1);
        vm.warp(start + 2 hours);
        _assertMark(CALL, MARK, start + 1 hours);
    }

    function test_AndStandsAfterwards() public {
        deliver();
        vm.prank(address(builder));
        oracle.recordMalformedTable(snapshotIdOf(headerOf(start, oneMark(MARK))));
        _assertMark(CALL, MARK, start);
    }

    function test_TheOracleListensToBookAndBuilderAlone() public {
        _expect(abi.encodeWithSelector(ISnapshotOracle.OnlyBuilder.selector, address(this)));
        oracle.recordMalformedTable(snapshotId);
        vm.assertEq(book.oracle(), address(oracle), "its oracle");
    }
}
