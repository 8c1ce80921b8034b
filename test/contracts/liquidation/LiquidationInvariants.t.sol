// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {LiquidationHandler} from "../helpers/LiquidationHandler.sol";
import {Base} from "../helpers/Vm.sol";

/// Everybody acts in any order: what holds of money and cases in every state, and that nothing is ever trapped.
/// How often and how long: foundry.toml, and more by `npm run test:deep`.
contract LiquidationInvariantsTest is Base {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant WALKS = 40;
    uint256 private constant STEPS = 100;

    LiquidationHandler private handler;

    function setUp() public {
        handler = new LiquidationHandler();
        handler.setUp();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), handler.actions());
    }

    function invariant_MoneyIsConservedAndCasesGoForward() public {
        vm.assertEq(handler.violation(), "", "violation");
        handler.checkMoney();
        handler.checkCases();
    }

    /// What holds of actions that never succeed says nothing: these walks, the same each time, do every one of them.
    function test_EveryActionSucceeds() public {
        string[57] memory actions = handler.outcomes();
        bytes4[] memory selectors = handler.actions();
        uint256[57] memory times;
        vm.pauseGasMetering(); // all walks together are one transaction
        uint256 start = vm.snapshotState();
        for (uint256 walk = 0; walk < WALKS; ++walk) {
            for (uint256 step = 0; step < STEPS; ++step) _step(selectors, walk, step);
            vm.assertEq(handler.violation(), "", "violation");
            for (uint256 i = 0; i < actions.length; ++i) times[i] += handler.done(actions[i]);
            vm.revertToState(start);
        }
        string memory never;
        for (uint256 i = 0; i < actions.length; ++i) {
            emit log_named_uint(actions[i], times[i]);
            if (times[i] == 0) never = string.concat(never, actions[i], "; ");
        }
        vm.assertEq(never, "", "never done");
    }

    /// Calls any action with any arguments; many can't be done where they come.
    function _step(bytes4[] memory selectors, uint256 walk, uint256 step) private {
        uint256 random = uint256(keccak256(abi.encode(walk, step)));
        bytes memory data = abi.encodeWithSelector(
            selectors[random % selectors.length],
            _argument(random >> 32),
            _argument(random >> 96),
            _argument(random >> 160)
        );
        (bool isDone, ) = address(handler).call(data);
        isDone; // not asked: fail_on_revert is off for the fuzzer as well
    }

    /// Of 1, 8 or 40 bits, so that it is often a valid argument of a narrow type.
    function _argument(uint256 random) private pure returns (uint256) {
        uint256[4] memory masks = [uint256(1), 1, 0xff, 0xffffffffff];
        return (random >> 2) & masks[random % 4];
    }

    function afterInvariant() public {
        handler.checkRequestsArePaidOrTakenBack();
        handler.checkEverythingCanBeFetched();
    }
}
