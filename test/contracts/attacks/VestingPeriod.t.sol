// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Known and open, of low severity: each change of the funds' parameters has unvested income vest anew, whatever changed.
contract VestingPeriodTest is ClearingHouseFixture {
    function test_Known_AnyChangeOfParametersVestsAnew() public {
        deposit(CAROL, INSURANCE, 500 * uint256(UNITS));
        give(address(this), 500 * uint256(UNITS));
        house.collectForfeit(500 * uint256(UNITS));
        for (uint256 i = 0; i < 52; ++i) {
            vm.warp((block.timestamp / VESTING + 1) * VESTING); // scheduled two days before, executed by anybody
            vm.prank(address(house)); // as `execute` does
            house.setParameters(firstParameters());
        }
        vm.assertEq(house.poolOf(INSURANCE).unvested, 500 * uint256(UNITS), "all of it a year later");
    }
}
