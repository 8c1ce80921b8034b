// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DemoDollar} from "contracts/demo/DemoDollar.sol";
import {Base} from "../helpers/Vm.sol";

contract DemoDollarTest is Base {
    address[] private _holders = [address(0xa11ce), address(0xb0b)];
    uint256[] private _amounts = [uint256(7_000_000), 1];

    function test_IsMadeOnceWithSixDecimals() external {
        DemoDollar token = new DemoDollar(_holders, _amounts);
        require(token.decimals() == 6, "decimals");
        require(token.totalSupply() == 7_000_001, "supply");
        require(token.balanceOf(address(0xa11ce)) == 7_000_000 && token.balanceOf(address(0xb0b)) == 1, "balances");
    }

    function test_IsRefusedOnOtherChainsAndForUnevenLists() external {
        vm.chainId(1);
        vm.expectRevert(abi.encodeWithSelector(DemoDollar.LocalChainsOnly.selector, 1));
        new DemoDollar(_holders, _amounts);
        vm.chainId(1337);
        new DemoDollar(_holders, _amounts);
        _amounts.pop();
        vm.expectRevert(abi.encodeWithSelector(DemoDollar.InvalidLists.selector));
        new DemoDollar(_holders, _amounts);
    }
}
