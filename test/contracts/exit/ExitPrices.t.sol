// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {ExitFixture} from "../helpers/ExitFixture.sol";

/// Which snapshot the exit goes by, and what collateral is worth in it.
contract ExitPricesTest is ExitFixture {
    function _notIt(uint256 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IExitDesk.NotTheExitSnapshot.selector, id);
    }

    function _policyHash() private pure returns (bytes32) {
        return keccak256(abi.encodePacked(policyElements()));
    }

    function test_NoSnapshotIsFixedBeforeTheStop() public {
        uint32 place = clock.length();
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NotStopped.selector));
        exits.fix(place);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NoExitSnapshot.selector));
        exits.readRows(0, rows(0, 1));
    }

    /// Whoever waits for better prices finds the exit fixed by the first of after the stop.
    function test_TheFirstSnapshotOfAfterTheStopIsTheOne() public {
        stopVenue();
        (uint256 last, ) = clock.newest();
        uint32 before = clock.length();
        vm.expectRevert(
            abi.encodeWithSelector(IExitDesk.WaitsForPrices.selector, exits.stoppedAt() + PRICE_WAIT)
        );
        exits.fix(before);
        advance(1);
        uint256 first = snapshotId;
        advance(60);
        uint256 second = snapshotId;
        vm.expectRevert(_notIt(second));
        exits.fix(before + 2);
        vm.expectRevert(_notIt(last));
        exits.fix(before);
        vm.expectEmit(address(exits));
        emit IExitDesk.SnapshotFixed(first, uint64(block.timestamp) + CLAIM_PERIOD);
        exits.fix(before + 1);
        vm.assertEq(exits.exitSnapshot(), first, "the first");
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.SnapshotIsFixed.selector, first));
        exits.fix(before + 1);
    }

    function test_WhenTheOracleIsSilentTooTheLastSnapshotIsTheOne() public {
        stopVenue();
        uint32 place = clock.length();
        uint64 from = exits.stoppedAt() + PRICE_WAIT;
        vm.warp(from);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.WaitsForPrices.selector, from));
        exits.fix(place);
        vm.warp(from + 1);
        uint256 earlier = clock.snapshotAt(place - 1);
        vm.expectRevert(_notIt(earlier));
        exits.fix(place - 1);
        exits.fix(place);
        vm.assertEq(exits.exitSnapshot(), snapshotId, "the last of before");
        claimExit(ALICE, 5, PAYEE); // however old
        readMarks();
    }

    function test_ALateSnapshotStillComesFirst() public {
        stopVenue();
        vm.warp(exits.stoppedAt() + 2 * PRICE_WAIT);
        advance(1);
        uint32 place = clock.length();
        uint256 earlier = clock.snapshotAt(place - 1);
        vm.expectRevert(_notIt(earlier));
        exits.fix(place - 1);
        exits.fix(place);
        vm.assertEq(exits.exitSnapshot(), snapshotId, "the first of after the stop");
    }

    /// Of the snapshots after the stop the first is void: the next one is the first sound one.
    function test_AVoidSnapshotIsNotTheOne() public {
        stopVenue();
        uint32 before = clock.length();
        advance(1);
        uint256 first = snapshotId;
        advance(60);
        refute(first, circuitId);
        vm.expectRevert(_notIt(first));
        exits.fix(before + 1);
        exits.fix(before + 2);
        vm.assertEq(exits.exitSnapshot(), snapshotId, "the next");
    }

    /// The fixed snapshot is proven wrong while accounts claim: all claim anew, by the next one.
    function test_ClaimsByAWrongSnapshotCountForNothing() public {
        stopVenue();
        uint32 before = clock.length();
        fixNext();
        claimExit(ALICE, 5, PAYEE);
        advance(60);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.SnapshotIsFixed.selector, exits.exitSnapshot()));
        exits.fix(before + 2);
        refute(exits.exitSnapshot(), circuitId);
        exits.fix(before + 2);
        vm.assertEq(exits.totals().all, 0, "from nothing");
        vm.assertTrue(!exits.hasMarks(), "and no marks");
        claimExit(ALICE, 7, PAYEE);
        vm.assertEq(exits.totals().all, 7, "anew");
    }

    function test_OnceClaimsAreOverTheSnapshotStays() public {
        depositLots(100);
        stopVenue();
        uint32 before = clock.length();
        fixNext();
        claimExit(ALICE, 5, PAYEE);
        readMarks();
        advance(60);
        refute(exits.exitSnapshot(), circuitId);
        endClaims();
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.SnapshotIsFixed.selector, exits.exitSnapshot()));
        exits.fix(before + 2);
    }

    // --- marks ---

    function test_MarksAreReadFromTheRowsOfTheSnapshot() public {
        stopVenue();
        fixNext();
        vm.assertTrue(!exits.hasMarks() && exits.markOf(SETTLEMENT) == 0, "none");
        exits.readRows(0, rows(0, 2));
        exits.readRows(2, rows(2, REAL_ROWS));
        vm.assertEq(exits.rowsRead(address(this)), REAL_ROWS, "read");
        ISnapshotOracle.Header memory h = header(uint64(block.timestamp));
        vm.prank(STRANGER); // has read nothing
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.RowsMismatch.selector));
        exits.finishRows(h, _policyHash());
        vm.expectEmit(address(exits));
        emit IExitDesk.MarksRead(snapshotId, address(this));
        exits.finishRows(h, _policyHash());
        vm.assertTrue(exits.hasMarks(), "read");
        vm.assertEq(exits.markOf(SETTLEMENT), MICROS_PER_LOT, "settlement");
        vm.assertEq(exits.markOf(COIN), COIN_MARK, "the other");
        vm.assertEq(exits.markOf(3), 0, "no such asset");
    }

    function test_ReadsWholeRowsInTheirOrder() public {
        stopVenue();
        fixNext();
        bytes memory wrong = abi.encodeWithSelector(IExitDesk.WrongRows.selector, uint32(0), WIDTH);
        vm.expectRevert(wrong);
        exits.readRows(1, rows(1, 2));
        vm.expectRevert(wrong);
        exits.readRows(0, new uint256[](WIDTH + 1));
        exits.readRows(0, rows(0, 3));
        exits.readRows(0, rows(0, 1)); // begins anew
        vm.assertEq(exits.rowsRead(address(this)), 1, "anew");
    }

    function test_FewerRowsAndOthersAreNotTheSnapshots() public {
        stopVenue();
        fixNext();
        ISnapshotOracle.Header memory h = header(uint64(block.timestamp));
        bytes memory mismatch = abi.encodeWithSelector(IExitDesk.RowsMismatch.selector);
        exits.readRows(0, rows(0, REAL_ROWS - 1));
        vm.expectRevert(mismatch);
        exits.finishRows(h, _policyHash());
        uint256[] memory forged = rows(0, REAL_ROWS);
        forged[0] = packed(1 << 38, -3, 2);
        exits.readRows(0, forged);
        vm.expectRevert(mismatch);
        exits.finishRows(h, _policyHash());
        // Nor under a header of their own, which has another id.
        h.tableHash = 0;
        for (uint256 n = 0; n < REAL_ROWS; ++n) {
            uint256[] memory row = tableRow(n);
            if (n == 0) row[0] = forged[0];
            h.tableHash = keccak256(abi.encodePacked(h.tableHash, row));
        }
        vm.expectRevert(mismatch);
        exits.finishRows(h, _policyHash());
    }

    /// Rows of one's own leave no mark behind, neither before the true ones nor after.
    function test_ForgedRowsLeaveNoMarks() public {
        stopVenue();
        fixNext();
        uint256[] memory forged = rows(0, 1);
        forged[6] = 7;
        exits.readRows(0, forged);
        readMarks();
        vm.assertEq(exits.markOf(7), 0, "not before");
        exits.readRows(0, forged);
        vm.assertEq(exits.markOf(7), 0, "nor after");
        vm.assertEq(exits.markOf(SETTLEMENT), MICROS_PER_LOT, "the true one");
        vm.prank(STRANGER);
        exits.readRows(0, forged);
        vm.assertEq(exits.markOf(7), 0, "of nobody's");
    }

    function test_CollateralStandsOnceAndInOrder() public {
        stopVenue();
        fixNext();
        uint256[] memory twice = rows(0, 2);
        twice[WIDTH + 6] = SETTLEMENT;
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.MalformedRow.selector, SETTLEMENT));
        exits.readRows(0, twice);
        twice = rows(0, 1);
        twice[0] = 1 << 250;
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.MalformedRow.selector, SETTLEMENT));
        exits.readRows(0, twice);
    }

    function test_ANegativeMarkIsNone() public {
        stopVenue();
        fixNext();
        uint256[] memory row = rows(0, 1);
        row[0] = packed(-5, 1, 1);
        exits.readRows(0, row);
        vm.assertEq(exits.markOf(SETTLEMENT), 0, "none");
    }
}
