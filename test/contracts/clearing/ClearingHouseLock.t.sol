// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Who leaves the funds while a loss is unsettled, and when.
contract ClearingHouseLockTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    // --- the lock ---

    /// A request that is due.
    function _due() private returns (uint256 id) {
        id = request(CAROL, GAMMA, deposit(CAROL, GAMMA, 100));
        advance(DELAY);
    }

    function _expectLocked(uint256 id) private {
        vm.assertTrue(house.locked(), "locked");
        expectFrom(CAROL, encoded(ILossPools.FundsLocked.selector));
        house.withdraw(id, CAROL);
    }

    function test_NobodyLeavesWhileACaseWaitsForATakeover() public {
        uint256 id = _due();
        engine.setPendingTakeovers(1);
        _expectLocked(id);
        engine.setPendingTakeovers(0);
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_NobodyLeavesWhileThereIsAResidual() public {
        uint256 id = _due();
        makeResidual(1);
        _expectLocked(id);
        // Requests can be made, and money paid in.
        deposit(DAVE, GAMMA, 7);
        request(DAVE, GAMMA, 1);
        advance(1);
        house.clearResidual(houseEquity(0));
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_AFullAbsorptionUnlocks() public {
        uint256 id = _due();
        absorb(-2 * LOT, 0);
        _expectLocked(id);
        fill(2 * UNITS, 0);
        absorb(-2 * LOT, 2);
        vm.assertTrue(house.residual() == 0 && house.residualSince() == 0, "borne");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    /// Between a takeover and the proof of what it costs nobody slips out.
    function test_NobodyLeavesBeforeATakeoverIsProven() public {
        uint256 id = _due();
        takeOver(ALICE);
        vm.assertEq(engine.pendingTakeovers(), 0, "no case waits");
        vm.assertEq(uint256(house.unprovenSince()), block.timestamp, "but the house is unproven");
        _expectLocked(id);
        house.clearResidual(houseEquity(0));
        vm.assertEq(uint256(house.unprovenSince()), 0, "proven");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_AnUnprovenHouseLocksForThirtyDaysAtMost() public {
        uint256 start = block.timestamp;
        takeOver(ALICE);
        uint256 id = _due();
        vm.warp(start + 10 days);
        takeOver(BOB);
        vm.assertEq(uint256(house.unprovenSince()), start + 10 days, "each takeover has its thirty days");
        vm.warp(start + 40 days - 1);
        _expectLocked(id);
        vm.warp(start + 40 days);
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_ATakeoverAfterThatLocksAgain() public {
        takeOver(ALICE);
        vm.warp(NOW + 30 days);
        vm.assertTrue(!house.locked(), "lapsed");
        advance(0);
        absorb(-LOT, 0);
        vm.assertTrue(house.locked() && house.unprovenSince() == 0, "a late proof counts");
        takeOver(BOB);
        vm.assertTrue(house.locked() && house.unprovenSince() == NOW + 30 days, "anew");
    }

    // --- what no lock keeps for ever ---

    /// Worthless cases, abandoned and opened again, and a takeover in the second in which the last one's 30 days end.
    function test_NoSequenceOfLocksKeepsARequestForEver() public {
        uint256 id = request(CAROL, GAMMA, deposit(CAROL, GAMMA, 100));
        uint256 readyAt = house.withdrawalOf(id).readyAt;
        takeOver(ALICE);
        vm.warp(NOW + 30 days - 1);
        _expectLocked(id);
        vm.warp(NOW + 30 days);
        takeOver(BOB);
        vm.warp(NOW + 60 days - 1);
        _expectLocked(id);
        vm.warp(NOW + 60 days);
        engine.setPendingTakeovers(1);
        vm.warp(readyAt + 60 days - 1);
        _expectLocked(id);
        vm.warp(readyAt + 60 days);
        vm.assertTrue(house.locked(), "as ever");
        vm.assertEq(withdraw(CAROL, id), 100, "and paid");
        assertConserved();
    }

    function test_ALapsedRequestIsCancelledOnly() public {
        uint256 shares = deposit(CAROL, GAMMA, 100);
        uint256 id = request(CAROL, GAMMA, shares);
        uint256 readyAt = house.withdrawalOf(id).readyAt;
        engine.setPendingTakeovers(1);
        vm.warp(readyAt + 67 days - 1);
        uint256 state = vm.snapshotState();
        vm.assertEq(withdraw(CAROL, id), 100, "in the last second");
        vm.revertToState(state);
        vm.warp(readyAt + 67 days);
        bytes memory lapsed = abi.encodeWithSelector(ILossPools.WithdrawalLapsed.selector, id);
        expectFrom(CAROL, lapsed);
        house.withdraw(id, CAROL);
        // Locked or not.
        engine.setPendingTakeovers(0);
        expectFrom(CAROL, lapsed);
        house.withdraw(id, CAROL);
        engine.setPendingTakeovers(1);
        vm.prank(CAROL);
        vm.assertEq(house.cancelWithdrawal(id), shares, "hers again");
        id = request(CAROL, GAMMA, shares);
        vm.warp(block.timestamp + DELAY);
        _expectLocked(id);
    }

    /// Whatever is locked: a share is outside of the lock in 7 of 67 days at most, however its requests follow.
    function testFuzz_AShareIsOutsideOfTheLockForATenthOfTheTime(uint32[6] memory waits) public {
        uint256 shares = deposit(CAROL, GAMMA, 100);
        engine.setPendingTakeovers(1);
        uint256 start = block.timestamp;
        uint256 outside = 0;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 id = request(CAROL, GAMMA, shares);
            ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
            uint256 until = block.timestamp + bound(waits[i], 0, 80 days);
            uint256 end = until < waiting.lapsesAt ? until : waiting.lapsesAt;
            if (end > waiting.payableAt) outside += end - waiting.payableAt;
            vm.warp(until);
            bool isPaid = until >= waiting.payableAt && until < waiting.lapsesAt;
            uint256 state = vm.snapshotState();
            vm.prank(CAROL);
            try house.withdraw(id, CAROL) returns (uint256) {
                vm.assertTrue(isPaid, "paid in its window only");
            } catch {
                vm.assertTrue(!isPaid, "and always there");
            }
            vm.revertToState(state);
            vm.prank(CAROL);
            house.cancelWithdrawal(id);
        }
        vm.assertLe(outside * 67, (block.timestamp - start) * 7, "7 days of 67");
    }

    /// Outside of the lock a request bears what losses are proven, and gains nothing.
    function test_ARequestOutsideOfTheLockBearsLossesAndGainsNothing() public {
        uint256 id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 100 * UNITS));
        deposit(DAVE, INSURANCE, 300 * UNITS);
        engine.setPendingTakeovers(1);
        advance(DELAY);
        uint256 state = vm.snapshotState();
        fill(400 * UNITS, 0);
        vm.warp(NOW + DELAY + 60 days);
        vm.assertEq(withdraw(CAROL, id), 100 * UNITS, "what it was worth");
        vm.revertToState(state);
        absorb(-100 * LOT, 100);
        vm.warp(NOW + DELAY + 60 days);
        vm.assertEq(withdraw(CAROL, id), 75 * UNITS, "or its part of what is left");
        assertConserved();
    }

    function test_WritesAResidualOffAfterThirtyDays() public {
        vm.expectRevert(encoded(IClearingHouse.NoResidual.selector));
        house.writeOff();
        uint64 start = uint64(block.timestamp);
        makeResidual(5);
        uint256 id = _due();
        advance(20 days);
        makeResidual(9);
        vm.assertEq(uint256(house.residualSince()), start, "since the first");
        bytes memory early = abi.encodeWithSelector(IClearingHouse.TooEarlyToWriteOff.selector, start + 30 days);
        vm.warp(start + 30 days - 1);
        _expectLocked(id);
        vm.expectRevert(early);
        house.writeOff();
        vm.warp(start + 30 days);
        _expectLocked(id);
        vm.expectEmit();
        emit IClearingHouse.WrittenOff(9);
        vm.prank(DAVE);
        house.writeOff();
        vm.assertTrue(house.residual() == 0 && house.residualSince() == 0, "written off");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
        advance(0);
        makeResidual(9);
        vm.assertEq(uint256(house.residualSince()), start + 30 days, "a new proof is a new residual");
    }

    function test_OnlySoundEquityClearsAResidual() public {
        uint256 old = snapshotId;
        makeResidual(3);
        EquityClaim memory shown = houseEquity(-1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseShort.selector, int256(-1)));
        house.clearResidual(shown);
        shown = equityClaim(ALICE, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE));
        house.clearResidual(shown);
        shown = houseEquity(0);
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
        house.clearResidual(shown);
        shown = houseEquity(0);
        shown.equity = 1;
        vm.expectRevert(encoded(IFactProofs.InvalidEquityProof.selector));
        house.clearResidual(shown);
        shown = houseEquity(7);
        vm.expectEmit();
        emit IClearingHouse.Settled(snapshotId);
        vm.prank(DAVE);
        house.clearResidual(shown);
        vm.assertTrue(house.residual() == 0 && !house.locked(), "settled");
    }
}
