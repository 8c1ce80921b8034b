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

    /// Known: days begin at midnight UTC, so two days' caps are drawn within minutes around it.
    function test_Known_TwoCapsAreDrawnAroundMidnight() public {
        fill(300 * uint256(UNITS), 100 * uint256(UNITS));
        vm.prank(address(house));
        house.setParameters(ILossPools.Parameters(DELAY, GAMMA_SHARE, MAX_PENALTY, VESTING, 250_000));
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        advance(uint64(midnight - 1 - block.timestamp));
        absorb(-360 * int256(MICROS_PER_LOT), 100);
        expectAbsorbRevert(-260 * int256(MICROS_PER_LOT), 1, wrongFunding(1, 0));
        advance(1);
        absorb(-260 * int256(MICROS_PER_LOT), 75);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 175, "100 of 400, and 75 of 300, within a second");
        expectAbsorbRevert(-185 * int256(MICROS_PER_LOT), 1, wrongFunding(1, 0));
    }
}
