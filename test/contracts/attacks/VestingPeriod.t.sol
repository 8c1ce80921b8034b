// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// A change of the funds' parameters that leaves the period as it is has nothing vest anew.
contract VestingPeriodTest is ClearingHouseFixture {
    function test_AnUnchangedPeriodVestsOn() public {
        uint256 shares = deposit(CAROL, INSURANCE, 500 * uint256(UNITS));
        give(address(this), 500 * uint256(UNITS));
        house.collectForfeit(500 * uint256(UNITS));
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp((block.timestamp / VESTING + 1) * VESTING); // scheduled two days before, executed by anybody
            _setParameters(firstParameters());
        }
        vm.assertEq(house.poolOf(INSURANCE).unvested, 0, "vested after two periods at most");
        vm.assertTrue(house.worthOf(INSURANCE, shares) >= 999 * uint256(UNITS), "and worth that to who stays");
    }

    /// Another period has the unvested part vest anew, in periods of the new length.
    function test_AnotherPeriodVestsAnew() public {
        give(address(this), 500 * uint256(UNITS));
        deposit(CAROL, INSURANCE, 500 * uint256(UNITS));
        house.collectForfeit(500 * uint256(UNITS));
        vm.warp((block.timestamp / VESTING + 1) * VESTING);
        ILossPools.Parameters memory changed = firstParameters();
        changed.vestingPeriod = uint32(VESTING + 1 days);
        _setParameters(changed);
        vm.assertEq(house.poolOf(INSURANCE).unvested, 500 * uint256(UNITS), "all of it, from then on");
    }

    function _setParameters(ILossPools.Parameters memory parameters) private {
        vm.prank(address(house)); // as `execute` does
        house.setParameters(parameters);
    }
}
