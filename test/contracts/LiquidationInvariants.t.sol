// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Base} from "./helpers/Vm.sol";
import {LiquidationHandler} from "./helpers/LiquidationHandler.sol";

/// Everybody acts in any order: what holds of money and cases in every state, and that nothing is ever trapped.
/// 256 runs of 100 calls (foundry.toml).
contract LiquidationInvariantsTest is Base {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    LiquidationHandler private handler;

    function setUp() public {
        handler = new LiquidationHandler();
        handler.setUp();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// The actions; two stand twice, so that there is more to act on.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[29] memory list = [
            handler.passTime.selector,
            handler.passTimeInSilence.selector,
            handler.attestTier.selector,
            handler.openAny.selector,
            handler.breach.selector,
            handler.breach.selector,
            handler.challenge.selector,
            handler.settleChallenge.selector,
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
            handler.openSale.selector,
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
        bytes4[] memory selectors = new bytes4[](32);
        for (uint256 i = 0; i < 29; ++i) selectors[i] = list[i];
        (selectors[29], selectors[30]) = (handler.clearResidual.selector, handler.setPaused.selector);
        selectors[31] = handler.cancelWithdrawal.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), selectors);
    }

    function invariant_MoneyIsConservedAndCasesGoForward() public {
        vm.assertEq(handler.violation(), "", "violation");
        handler.checkMoney();
        handler.checkCases();
    }

    function afterInvariant() public {
        handler.checkRequestsArePaidOrTakenBack();
        handler.checkEverythingCanBeFetched();
    }
}
