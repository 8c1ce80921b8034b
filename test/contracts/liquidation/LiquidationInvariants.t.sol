// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {LiquidationHandler} from "../helpers/LiquidationHandler.sol";
import {Base} from "../helpers/Vm.sol";

/// Everybody acts in any order: what holds of money and cases in every state, and that nothing is ever trapped.
/// 256 runs of 100 calls (foundry.toml).
contract LiquidationInvariantsTest is Base {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint256 private constant WALKS = 42;
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

    /// The actions; four stand twice, so that there is more to act on.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[29] memory list = [
            handler.passTime.selector,
            handler.passTimeInSilence.selector,
            handler.attestTier.selector,
            handler.openAny.selector,
            handler.breach.selector,
            handler.breach.selector,
            handler.attestTier.selector,
            handler.openAny.selector,
            handler.cure.selector,
            handler.cureByDeposit.selector,
            handler.escalate.selector,
            handler.abandon.selector,
            handler.bid.selector,
            handler.bid.selector,
            handler.reveal.selector,
            handler.settle.selector,
            handler.passOver.selector,
            handler.sweep.selector,
            handler.reclaim.selector,
            handler.showEquity.selector,
            handler.buy.selector,
            handler.lapse.selector,
            handler.releaseHold.selector,
            handler.takeOver.selector,
            handler.absorb.selector,
            handler.depositFunds.selector,
            handler.requestWithdrawal.selector,
            handler.withdrawFunds.selector,
            handler.withdrawCredits.selector
        ];
        bytes4[] memory selectors = new bytes4[](36);
        for (uint256 i = 0; i < 29; ++i) selectors[i] = list[i];
        (selectors[29], selectors[30]) = (handler.clearResidual.selector, handler.setPaused.selector);
        selectors[31] = handler.cancelWithdrawal.selector;
        (selectors[32], selectors[33]) = (handler.buy.selector, handler.releaseHold.selector);
        (selectors[34], selectors[35]) = (handler.withdrawBid.selector, handler.recordMove.selector);
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_MoneyIsConservedAndCasesGoForward() public {
        vm.assertEq(handler.violation(), "", "violation");
        handler.checkMoney();
        handler.checkCases();
    }

    /// What holds of actions that never succeed says nothing: these walks, the same each time, do every one of them.
    function test_EveryActionSucceeds() public {
        string[32] memory actions = [
            "time",
            "silence",
            "attest",
            "open",
            "breach",
            "challenge",
            "answer",
            "cure",
            "deposit",
            "escalate",
            "abandon",
            "bid",
            "reveal",
            "settle",
            "pass over",
            "sweep",
            "reclaim",
            "sale",
            "buy",
            "lapse",
            "release",
            "take over",
            "absorb",
            "fund",
            "request",
            "withdraw",
            "credit",
            "clear",
            "pause",
            "cancel",
            "leave",
            "record"
        ];
        bytes4[] memory selectors = targetSelectors()[0].selectors;
        vm.assertEq(actions.length + 4, selectors.length, "four actions stand twice among the selectors");
        uint256[32] memory times;
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
