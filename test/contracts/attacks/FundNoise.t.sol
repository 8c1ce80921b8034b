// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Attacks on the funds by losses that come and go: what was booked and undone counted as income once more each time.
contract FundNoiseAttacks is ClearingHouseFixture {
    uint256 private constant EACH = 500 * uint256(UNITS);

    /// One book and its undoing.
    function _swing(uint256 lots) private {
        absorb(-int256(lots * MICROS_PER_LOT), 0);
        advance(5 minutes);
        EquityClaim memory even = houseEquity(0);
        house.clearResidual(even);
        insure(address(house), INSURED); // as if the next loss were a takeover's again
        advance(5 minutes);
    }

    /// The house's equity swings between 0 and -50 lots for three hours, and nothing is lost: half of the fund left
    /// with a twentieth of its part, and who stayed had the rest.
    function test_NoiseMakesAFundUnvestedOnce() public {
        uint256 shares = deposit(CAROL, INSURANCE, EACH);
        uint256 daves = deposit(DAVE, INSURANCE, EACH);
        advance(1 hours);
        uint256 id = request(CAROL, INSURANCE, shares);
        advance(DELAY);
        // At the start of a period, for plain numbers.
        advance(uint64(VESTING - block.timestamp % VESTING));
        for (uint256 i = 0; i < 19; ++i) _swing(50);
        ILossPools.PoolState memory state = house.poolOf(INSURANCE);
        vm.assertEq(state.assets, 2 * EACH, "nothing was lost");
        vm.assertEq(state.reserved, 0, "nothing is booked");
        vm.assertEq(state.unvested, 50 * uint256(UNITS), "one income of 50 lots, once");
        uint256 paid = withdraw(CAROL, id);
        vm.assertLe(EACH * 94 / 100, paid, "all but half of the 50 lots");
        advance(2 * VESTING);
        vm.assertLe(house.worthOf(INSURANCE, daves), EACH * 106 / 100, "which the other one has in the end");
    }

    /// Two swings a day of a tenth of the fund kept all of it from who wanted to leave, without end.
    function test_NoiseOfATenthADayFreezesATenth() public {
        uint256 shares = deposit(CAROL, INSURANCE, 2 * EACH);
        advance(1 hours);
        advance(DELAY);
        for (uint256 i = 0; i < 21; ++i) {
            _swing(100);
            _swing(100);
            advance(1 days - 20 minutes);
        }
        vm.assertLe(2 * EACH * 89 / 100, house.worthOf(INSURANCE, shares), "nine tenths are left of it");
    }

    function _cap(uint32 cap) private {
        vm.prank(address(house));
        house.setParameters(ILossPools.Parameters(DELAY, GAMMA_SHARE, MAX_PENALTY, VESTING, cap));
    }

    function _drawableOfInsurance() private view returns (uint256 lots) {
        (lots, ) = house.drawableToday();
    }

    /// The cap was a part of what both funds held: a stranger's money in the Gamma Reserve, which bore nothing, let a
    /// made-up loss take all of the insurance fund in a day.
    function test_MoneyInTheOtherFundRaisesNoCap() public {
        fill(300 * uint256(UNITS), 0);
        _cap(100_000);
        uint256 before = vm.snapshotState();
        uint256 shares = deposit(DAVE, GAMMA, 3_000 * uint256(UNITS));
        vm.assertEq(_drawableOfInsurance(), 30, "a tenth of the insurance fund's own");
        expectAbsorbRevert(-300 * int256(MICROS_PER_LOT), 300, wrongFunding(300, 30));
        expectAbsorbRevert(-300 * int256(MICROS_PER_LOT), 31, wrongFunding(31, 30));
        absorb(-300 * int256(MICROS_PER_LOT), 30);
        vm.assertEq(house.worthOf(GAMMA, shares), 3_000 * uint256(UNITS), "who paid in there bears nothing");
        vm.revertToState(before);
        absorb(-300 * int256(MICROS_PER_LOT), 30); // beside it: without that money it is as much
    }

    /// Money into the same fund, between two draws of a day, raised what the second could take of those who had been
    /// there before.
    function test_MoneyPaidInAfterADrawRaisesNoCap() public {
        uint256 carols = deposit(CAROL, INSURANCE, 300 * uint256(UNITS));
        _cap(100_000);
        advance(1);
        absorb(-300 * int256(MICROS_PER_LOT), 30);
        deposit(DAVE, INSURANCE, 9_000 * uint256(UNITS));
        vm.assertEq(_drawableOfInsurance(), 0, "today's is drawn");
        expectAbsorbRevert(-270 * int256(MICROS_PER_LOT), 1, wrongFunding(1, 0));
        vm.assertEq(house.worthOf(INSURANCE, carols), 0, "all of hers is booked");
        advance(1 days);
        vm.assertEq(_drawableOfInsurance(), 927, "on the next day it counts, and bears its part");
        absorb(-270 * int256(MICROS_PER_LOT), 270);
    }

    /// ... and so did money that was there at the day's first draw, of a lot, and had left before the second.
    function test_MoneyThatLeftRaisesNoCap() public {
        fill(300 * uint256(UNITS), 0);
        _cap(100_000);
        uint256 id = request(DAVE, INSURANCE, deposit(DAVE, INSURANCE, 2_700 * uint256(UNITS)));
        advance(DELAY);
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        advance(1);
        absorb(-1 * int256(MICROS_PER_LOT), 1);
        vm.assertEq(_drawableOfInsurance(), 299, "a tenth of 3,000 less one");
        uint256 paid = withdraw(DAVE, id);
        uint256 held = assetsOf(INSURANCE) / UNITS;
        vm.assertLe(held, 300 + (2_700 * uint256(UNITS) - paid) / UNITS + 1, "his money is gone");
        vm.assertEq(_drawableOfInsurance(), (held + 1) / 10 - 1, "a tenth of what was there without it");
        advance(1);
        uint256 most = (held + 1) / 10 - 1;
        bytes memory refused = wrongFunding(int64(uint64(most + 1)), most);
        expectAbsorbRevert(-int256(held * MICROS_PER_LOT), int64(uint64(most + 1)), refused);
        absorb(-int256(held * MICROS_PER_LOT), int64(uint64(most)));
    }

    /// Known: days begin at midnight UTC, so two days' caps are drawn within minutes around it.
    function test_Known_TwoCapsAreDrawnAroundMidnight() public {
        fill(300 * uint256(UNITS), 100 * uint256(UNITS));
        _cap(250_000);
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        advance(uint64(midnight - 1 - block.timestamp));
        absorb(-360 * int256(MICROS_PER_LOT), 100);
        expectAbsorbRevert(-260 * int256(MICROS_PER_LOT), 1, wrongFunding(1, 0));
        advance(1);
        absorb(-260 * int256(MICROS_PER_LOT), 74);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 174, "75 and 25, and 56 and 18 of what is left, within a second");
        expectAbsorbRevert(-186 * int256(MICROS_PER_LOT), 1, wrongFunding(1, 0));
    }
}
