// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Losses that are booked and not drawn yet: drawn + reserved + residual is what was booked.
contract ClearingHouseBookingTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    function _reserved(ILossPools.Pool pool) private view returns (uint256 lots) {
        lots = house.poolOf(pool).reserved / UNITS;
        vm.assertEq(house.poolOf(pool).reserved, lots * UNITS, "whole lots");
    }

    function _assertBooked(uint256 insurance, uint256 gamma, uint256 residual) private view {
        vm.assertEq(_reserved(INSURANCE), insurance, "reserved of the insurance fund");
        vm.assertEq(_reserved(GAMMA), gamma, "reserved of the Gamma Reserve");
        vm.assertEq(house.residual(), residual, "residual");
    }

    // --- the takeover's floor ---

    function _expectBooked(uint256 accountId, int256 equity, uint256 lots) private {
        engine.setPendingTakeovers(1);
        TransferClaim memory claim = transferClaim(takeOverTerms(accountId));
        EquityClaim memory shown = equityClaim(accountId, 4, equity);
        vm.expectEmit();
        emit IClearingHouse.LossBooked(1, lots, lots);
        vm.prank(OPERATOR);
        house.takeOver(1, claim, shown);
    }

    function test_ATakeoverBooksWhatTheAccountLacks() public {
        uint256 shares = deposit(CAROL, INSURANCE, 30 * UNITS);
        fill(0, 50 * UNITS);
        _expectBooked(ALICE, -20 * LOT + 1, 20);
        _assertBooked(20, 0, 0);
        vm.assertEq(house.worthOf(INSURANCE, shares), 10 * UNITS, "it left the share price at once");
        takeOver(BOB, -70 * LOT);
        _assertBooked(30, 50, 10);
        vm.assertEq(house.worthOf(INSURANCE, shares), 0, "all of it");
        vm.assertTrue(house.locked() && house.residualSince() == block.timestamp, "a residual");
        vm.assertEq(assetsOf(INSURANCE) + assetsOf(GAMMA), 80 * UNITS, "nothing is drawn");
        assertConserved();
    }

    function test_AnAccountThatLacksNothingBooksNothing() public {
        fill(30 * UNITS, 0);
        _expectBooked(ALICE, LOT - 1, 0);
        _assertBooked(0, 0, 0);
        vm.assertTrue(house.locked(), "but it is unproven");
    }

    /// It is a floor until the house's own equity is shown, which may be more or less.
    function test_AProofOfTheHousesEquityReplacesTheFloor() public {
        fill(30 * UNITS, 50 * UNITS);
        takeOver(ALICE, -60 * LOT);
        _assertBooked(30, 30, 0);
        uint256 state = vm.snapshotState();
        absorb(-90 * LOT, 0);
        _assertBooked(30, 50, 10);
        vm.revertToState(state);
        absorb(-35 * LOT, 10);
        _assertBooked(20, 5, 0);
        vm.revertToState(state);
        house.clearResidual(houseEquity(0));
        _assertBooked(0, 0, 0);
        vm.assertTrue(!house.locked(), "unlocked");
    }

    /// A friend of the operator's can't buy into what is going to come back.
    function test_NobodyBuysIntoABookingThatIsReleased() public {
        uint256 carols = deposit(CAROL, INSURANCE, 40 * UNITS);
        takeOver(ALICE, -40 * LOT);
        vm.assertEq(house.worthOf(INSURANCE, carols), 0, "all is booked");
        uint256 daves = deposit(DAVE, INSURANCE, 1_000 * UNITS);
        house.clearResidual(houseEquity(0));
        vm.warp(block.timestamp + 2 * VESTING);
        vm.assertLe(house.worthOf(INSURANCE, daves), 1_000 * UNITS, "nothing of it is Dave's");
        vm.assertLe(40 * UNITS - house.worthOf(INSURANCE, carols), 1, "Carol has it back");
    }

    /// What leavers left behind for a loss that turned out smaller vests, and is not who's came last.
    function test_AReleasedBookingVests() public {
        uint256 carols = deposit(CAROL, INSURANCE, 100 * UNITS);
        uint256 daves = deposit(DAVE, INSURANCE, 100 * UNITS);
        uint256 id = request(CAROL, INSURANCE, carols);
        advance(DELAY);
        absorb(-100 * LOT, 0);
        vm.assertTrue(!house.locked(), "proven, and the funds bear it");
        vm.assertEq(withdraw(CAROL, id), 50 * UNITS, "less her part of what is booked");
        house.clearResidual(houseEquity(0));
        vm.assertEq(house.worthOf(INSURANCE, daves), 50 * UNITS, "as before");
        vm.assertEq(house.poolOf(INSURANCE).unvested, 100 * UNITS, "it vests");
        vm.warp(block.timestamp + 2 * VESTING);
        vm.assertLe(150 * UNITS - house.worthOf(INSURANCE, daves), 1, "all in all");
    }

    /// A loss that is booked, found smaller and booked again takes as much as one: what it left over bears it first.
    function test_ALossThatIsBookedAgainCountsOnce() public {
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        for (uint256 i = 0; i < 4; ++i) {
            absorb(-50 * LOT, 0);
            vm.assertEq(house.worthOf(INSURANCE, shares), 50 * UNITS, "half, however often");
            house.clearResidual(houseEquity(0));
            vm.assertEq(house.worthOf(INSURANCE, shares), 50 * UNITS, "the other half vests");
            advance(1);
        }
        vm.warp(block.timestamp + 2 * VESTING);
        vm.assertLe(100 * UNITS - house.worthOf(INSURANCE, shares), 1, "and is back");
    }

    // --- the daily cap ---

    function _cap(uint32 cap) private {
        vm.prank(address(house));
        house.setParameters(ILossPools.Parameters(DELAY, GAMMA_SHARE, MAX_PENALTY, VESTING, cap));
    }

    function _assertDrawable(uint256 insurance, uint256 gamma, string memory what) private view {
        (uint256 ofInsurance, uint256 ofGamma) = house.drawableToday();
        vm.assertEq(ofInsurance, insurance, string.concat("insurance fund: ", what));
        vm.assertEq(ofGamma, gamma, string.concat("Gamma Reserve: ", what));
    }

    function test_ADayDrawsNoMoreThanTheCap() public {
        fill(300 * UNITS, 100 * UNITS);
        _cap(250_000);
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        advance(0);
        _assertDrawable(75, 25, "a quarter of each");
        expectAbsorbRevert(-360 * LOT, 101, wrongFunding(101, 100));
        absorb(-360 * LOT, 60);
        _assertDrawable(15, 25, "the rest of today's");
        _assertBooked(240, 60, 0);
        expectAbsorbRevert(-300 * LOT, 41, wrongFunding(41, 40));
        // Nor in another loss of the same day.
        absorb(-310 * LOT, 40);
        _assertDrawable(0, 0, "all of today's");
        expectAbsorbRevert(-270 * LOT, 1, wrongFunding(1, 0));
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        advance(uint64(midnight - 1 - block.timestamp));
        expectAbsorbRevert(-270 * LOT, 1, wrongFunding(1, 0));
        advance(1);
        _assertDrawable(56, 18, "a quarter of what is left");
        absorb(-270 * LOT, 74);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 174, "all that was drawn");
        _assertBooked(169, 27, 0);
        assertConserved();
    }

    function test_ALotADayCanAlwaysBeDrawn() public {
        fill(3 * UNITS, 0);
        _cap(10_000);
        _assertDrawable(1, 1, "one");
        absorb(-3 * LOT, 1);
        _assertDrawable(0, 1, "and no more");
    }

    /// Of each fund what is its own to bear: the Gamma Reserve gives nothing for what the insurance fund may not today.
    function test_NoFundDrawsForTheOther() public {
        fill(300 * UNITS, 100 * UNITS);
        _cap(250_000);
        expectAbsorbRevert(-200 * LOT, 76, wrongFunding(76, 75));
        absorb(-200 * LOT, 75);
        _assertDrawable(0, 25, "nothing of it was drawn");
        _assertBooked(125, 0, 0);
    }

    /// Whatever it is: what was booked is drawn, reserved or residual, and nothing else is in the way of any of them.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_WhatIsBookedIsDrawnReservedOrResidual(
        uint32 cap,
        uint40 insurance,
        uint40 gamma,
        uint64 loss
    ) public {
        cap = uint32(bound(cap, 10_000, 1_000_000));
        fill(insurance, gamma);
        _cap(cap);
        uint256 lots = bound(loss, 1, type(uint40).max);
        uint256 left = lots;
        for (uint256 day = 0; day < 4; ++day) {
            uint256 held = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
            (uint256 ofInsurance, uint256 ofGamma) = drawable(left);
            uint256 drawn = ofInsurance + ofGamma;
            int64 more = int64(uint64(drawn + 1));
            expectAbsorbRevert(-int256(left) * LOT, more, wrongFunding(more, drawn));
            absorb(-int256(left) * LOT, int64(uint64(drawn)));
            left -= drawn;
            vm.assertEq(left, _reserved(INSURANCE) + _reserved(GAMMA) + house.residual(), "all of it");
            vm.assertEq(vault.lotsHeld(SETTLEMENT), lots - left, "drawn");
            held -= drawn;
            vm.assertEq(house.residual(), left > held ? left - held : 0, "only what exceeds all funds");
            vm.assertTrue(_reserved(GAMMA) == 0 || assetsOf(INSURANCE) / UNITS == _reserved(INSURANCE), "in order");
            if (left == 0) return;
            advance(1 days);
        }
    }

    // --- what a booking stops, and what ends it ---

    function test_NothingIsReleasedWhileALossIsBooked() public {
        depositLots(100);
        fill(30 * UNITS, 0);
        takeOver(ALICE, -20 * LOT);
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = keptClaim(releaseTerms(5));
        expectFrom(OPERATOR, abi.encodeWithSelector(IClearingHouse.LossUnsettled.selector, 20));
        house.release(5, claim);
        house.clearResidual(houseEquity(0));
        vm.prank(OPERATOR);
        house.release(5, claim);
    }

    /// Silence ends the lock, and not the loss.
    function test_AfterThirtyDaysOfSilenceRequestsArePaidLessWhatIsBooked() public {
        uint256 id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 100 * UNITS));
        uint256 daves = request(DAVE, INSURANCE, deposit(DAVE, INSURANCE, 300 * UNITS));
        takeOver(ALICE, -100 * LOT);
        vm.warp(NOW + 30 days - 1);
        expectFrom(CAROL, encoded(ILossPools.FundsLocked.selector));
        house.withdraw(id, CAROL);
        vm.warp(NOW + 30 days);
        vm.assertEq(withdraw(CAROL, id), 75 * UNITS, "a quarter of it is hers to bear");
        vm.assertEq(withdraw(DAVE, daves), 225 * UNITS, "the rest his");
        vm.assertEq(assetsOf(INSURANCE), 100 * UNITS, "and it is still here");
        advance(0);
        absorb(-100 * LOT, 100);
        vm.assertEq(house.residual(), 0, "borne");
        assertConserved();
    }

    function test_AWriteOffLeavesWhatIsReserved() public {
        deposit(CAROL, INSURANCE, 30 * UNITS);
        absorb(-40 * LOT, 0);
        vm.warp(NOW + 30 days);
        house.writeOff();
        _assertBooked(30, 0, 0);
        vm.assertTrue(!house.locked(), "unlocked");
        advance(0);
        absorb(-40 * LOT, 30);
        _assertBooked(0, 0, 10);
    }

    /// Two snapshots are good for money for a while: who saw both proofs can't show the earlier one again.
    function test_OlderPricesUndoNoLaterProof() public {
        fill(30 * UNITS, 0);
        EquityClaim memory rich = houseEquity(5);
        EquityClaim memory poorer = houseEquity(-7 * LOT);
        uint64 time = uint64(block.timestamp);
        house.clearResidual(rich);
        insure(address(house), INSURED);
        advance(GRACE);
        absorb(-20 * LOT, 0);
        bytes memory older = abi.encodeWithSelector(IClearingHouse.ProvenByNewerPrices.selector, time + GRACE);
        expectFrom(DAVE, older);
        house.clearResidual(rich);
        TransferClaim memory none;
        expectFrom(DAVE, older);
        house.absorb(poorer, none);
        _assertBooked(20, 0, 0);
        // By the same prices, or later ones.
        house.clearResidual(houseEquity(5));
        _assertBooked(0, 0, 0);
    }

    function test_PaysToWhomTheOwnerSays() public {
        uint256 id = request(CAROL, GAMMA, deposit(CAROL, GAMMA, 5000));
        vm.warp(block.timestamp + DELAY);
        expectFrom(DAVE, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.withdraw(id, DAVE);
        vm.expectEmit();
        emit ILossPools.Withdrawn(id, DAVE, GAMMA, 5000);
        vm.prank(CAROL);
        house.withdraw(id, DAVE);
        vm.assertTrue(token.balanceOf(DAVE) == 5000 && token.balanceOf(CAROL) == 0, "his");
    }
}
