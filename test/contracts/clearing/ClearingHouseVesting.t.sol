// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Income: it bears losses at once, and raises what shares are worth as it vests.
contract ClearingHouseVestingTest is ClearingHouseFixture {
    /// The first second of a vesting period.
    uint256 private constant START = ((NOW + VESTING - 1) / VESTING) * VESTING;
    uint256 private constant PAR = 1e9;

    function _collect(uint256 amount) private {
        give(DAVE, amount);
        vm.prank(DAVE);
        house.collectForfeit(amount);
    }

    function _unvested() private view returns (uint256) {
        return house.poolOf(INSURANCE).unvested;
    }

    function test_IncomeVestsOverThePeriodAfterItsOwn() public {
        vm.warp(START);
        uint256 shares = deposit(CAROL, INSURANCE, 700 * UNITS);
        _collect(700 * UNITS);
        vm.assertEq(_unvested(), 700 * UNITS, "none at first");
        vm.assertEq(house.worthOf(INSURANCE, shares), 700 * UNITS, "as before");
        vm.warp(START + VESTING - 1);
        vm.assertEq(_unvested(), 700 * UNITS, "none in its own period");
        for (uint256 day = 0; day < 7; ++day) {
            vm.warp(START + VESTING + day * 1 days);
            vm.assertEq(_unvested(), (7 - day) * 100 * UNITS, "a seventh a day");
            uint256 worth = house.worthOf(INSURANCE, shares);
            vm.assertTrue(worth + 1 >= (7 + day) * 100 * UNITS && worth <= (7 + day) * 100 * UNITS, "to a unit");
        }
        vm.warp(START + 2 * VESTING);
        vm.assertEq(_unvested(), 0, "all");
        vm.warp(START + 9 * VESTING);
        vm.assertEq(_unvested(), 0, "for good");
    }

    /// Whatever comes in when, and whoever touches the pool meanwhile: each part vests as if it were alone.
    function testFuzz_EachPartVestsOnItsOwn(uint32[5] memory waits, uint64[5] memory amounts) public {
        uint256[5] memory times;
        for (uint256 i = 0; i < 5; ++i) {
            vm.warp(block.timestamp + bound(waits[i], 0, 3 * VESTING));
            _collect(amounts[i]);
            times[i] = block.timestamp;
            uint256 sum = 0;
            for (uint256 j = 0; j <= i; ++j) {
                uint256 from = (times[j] / VESTING + 1) * VESTING;
                uint256 elapsed = block.timestamp < from ? 0 : block.timestamp - from;
                if (elapsed < VESTING) sum += amounts[j] - (uint256(amounts[j]) * elapsed) / VESTING;
            }
            vm.assertTrue(_unvested() <= sum && _unvested() + 5 >= sum, "to a unit for each");
        }
    }

    /// A unit a block from a stranger would stretch a period that began anew with each.
    function test_NobodyKeepsIncomeFromVesting() public {
        vm.warp(START - 1);
        _collect(700 * UNITS);
        for (uint256 i = 0; i < 14; ++i) {
            vm.warp(START + (i + 1) * 12 hours);
            _collect(1);
        }
        vm.assertEq(_unvested(), 14, "what came in since is all that is unvested");
    }

    /// It counts for losses at once: all that a pool has is drawn before the next one bears anything.
    function test_IncomeBearsLossesAtOnce() public {
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        _collect(300 * UNITS);
        advance(1);
        absorb(-int256(350 * MICROS_PER_LOT), 350);
        vm.assertEq(assetsOf(INSURANCE), 50 * UNITS, "drawn");
        vm.assertEq(_unvested(), 0, "all of the income, and a part of what was paid in");
        vm.assertTrue(house.worthOf(INSURANCE, shares) + 1 >= 50 * UNITS, "the rest is who paid in's");
    }

    function test_AnotherPeriodLetsWhatIsUnvestedVestAnew() public {
        vm.warp(START);
        _collect(700 * UNITS);
        bytes memory call = abi.encodeCall(
            house.setParameters,
            (ILossPools.Parameters(DELAY, GAMMA_SHARE, MAX_PENALTY, 1 days, DAILY_CAP))
        );
        vm.warp(START + VESTING + 1 days);
        vm.prank(OWNER);
        house.schedule(call);
        vm.warp(START + VESTING + 3 days);
        vm.assertEq(_unvested(), 400 * UNITS, "four sevenths");
        house.execute(call);
        vm.assertEq(_unvested(), 400 * UNITS, "as before");
        vm.warp(START + VESTING + 4 days + 12 hours);
        vm.assertEq(_unvested(), 200 * UNITS, "half a day of one");
        vm.warp(START + VESTING + 5 days);
        vm.assertEq(_unvested(), 0, "all");
    }

    /// Who pays in pays for income that is unvested, and for what is reserved: that is nobody's to leave with at once.
    function test_NobodyLeavesWithWhatALaterDepositPaysFor() public {
        deposit(CAROL, INSURANCE, 100 * UNITS);
        uint256 eves = deposit(BOB_OWNER, INSURANCE, 100 * UNITS);
        _collect(100 * UNITS);
        uint256 state = vm.snapshotState();
        deposit(DAVE, INSURANCE, 10_000 * UNITS);
        vm.assertLe(house.worthOf(INSURANCE, eves), 100 * UNITS, "no more than she paid");
        vm.revertToState(state);
        advance(1);
        absorb(-int256(150 * MICROS_PER_LOT), 0);
        uint256 worth = house.worthOf(INSURANCE, eves);
        uint256 daves = deposit(DAVE, INSURANCE, 10_000 * UNITS);
        vm.assertLe(house.worthOf(INSURANCE, eves), worth, "her part of the loss is hers");
        house.clearResidual(houseEquity(0));
        vm.warp(block.timestamp + 2 * VESTING);
        vm.assertTrue(house.worthOf(INSURANCE, daves) + 2 >= 10_000 * UNITS, "and Dave has his back");
    }

    /// What a request gained is the others' when it is paid; it vests as any income does.
    function test_WhatARequestLeavesBehindVests() public {
        vm.warp(START - 1);
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        uint256 id = request(CAROL, INSURANCE, shares);
        _collect(100 * UNITS);
        vm.warp(START + VESTING);
        vm.assertEq(_unvested(), 0, "all is vested");
        uint256 eves = deposit(BOB_OWNER, INSURANCE, 1_000_000 * UNITS);
        vm.assertEq(withdraw(CAROL, id), 100 * UNITS, "what it was worth");
        vm.assertLe(house.worthOf(INSURANCE, eves), 1_000_000 * UNITS, "nothing of it for who came just before");
        vm.assertTrue(_unvested() + PAR >= 50 * UNITS && _unvested() > 49 * UNITS, "the rest vests");
    }

    /// The same for one that is cancelled.
    function test_WhatACancelledRequestLeavesBehindVests() public {
        vm.warp(START - 1);
        deposit(DAVE, INSURANCE, 1);
        uint256 id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 100 * UNITS));
        _collect(100 * UNITS);
        vm.warp(START + VESTING);
        uint256 eves = deposit(BOB_OWNER, INSURANCE, 1_000_000 * UNITS);
        vm.prank(CAROL);
        house.cancelWithdrawal(id);
        vm.assertLe(house.worthOf(INSURANCE, eves), 1_000_000 * UNITS, "nothing of it for who came just before");
        vm.assertTrue(_unvested() > 99 * UNITS, "her gain vests");
    }
}
