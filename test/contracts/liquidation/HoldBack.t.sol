// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// What is held back of a buyer's discount: taxed by what prices did, whoever records it and when, and by nothing else.
contract HoldBackTest is SaleFixture {
    uint256 private constant NEEDED = 3_000_000 + 3_000_000 / 32 + 400_000;

    /// Buys at the price of half the duration; the hold-back is due when it returns.
    function _bought() private returns (uint256 amount) {
        toSale();
        serve(SALE / 2);
        uint64 cash = uint64(sale.priceOf(caseId, LOTS));
        buy(cash, LOTS);
        amount = sale.holdOf(caseId).amount;
        vm.assertEq(amount, (uint256(LOTS - cash) * UNITS * HOLD_BACK_RATE) / 1_000_000, "held back");
        vm.warp(sale.holdOf(caseId).releaseAt);
    }

    function _isAllReturned(uint256 amount) private {
        uint256 before = gammaReserve();
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), amount, "all of it");
        vm.assertEq(gammaReserve(), before, "no tax");
        vm.prank(liquidator(0));
        sale.withdrawCredit(liquidator(0));
        vm.assertEq(sale.accounted(), 0, "nothing is left");
        assertBooks();
    }

    /// Nothing up to 1 %, all from 6 %, in a straight line between; not a second too early, and once.
    function testFuzz_TheHoldBackIsTaxedByTheMove(uint32 move) public {
        move = uint32(bound(move, 0, 100_000));
        uint256 amount = _bought();
        uint64 releaseAt = sale.holdOf(caseId).releaseAt;
        volatility.set(5, move, false);
        vm.warp(releaseAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.HoldRuns.selector, releaseAt));
        sale.releaseHold(caseId);
        vm.warp(releaseAt);
        uint256 taxed = move <= 10_000 ? 0 : move >= 60_000 ? 50_000 : move - 10_000;
        uint256 tax = (amount * taxed) / 50_000;
        uint256 before = gammaReserve();
        sale.releaseHold(caseId);
        vm.assertEq(gammaReserve() - before, tax, "the Gamma Reserve's");
        vm.assertEq(sale.creditOf(liquidator(0)), amount - tax, "the buyer's");
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NoHold.selector, caseId));
        sale.releaseHold(caseId);
        assertBooks();
    }

    /// What anybody has recorded counts, though the oracle forgets it, or is silent when the hold ends.
    function testFuzz_ARecordedMoveIsNeverLost(uint32 first, uint32 second, bool isSilent) public {
        (first, second) = (uint32(bound(first, 1, 100_000)), uint32(bound(second, 0, 100_000)));
        uint256 amount = _bought();
        volatility.set(3, first, false);
        vm.prank(STRANGER);
        sale.recordMove(caseId);
        volatility.set(4, second, false);
        if (second > first) {
            sale.recordMove(caseId);
        } else {
            vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NoLargerMove.selector, uint256(first)));
            sale.recordMove(caseId);
        }
        uint256 largest = first > second ? first : second;
        vm.assertEq(sale.holdOf(caseId).move, largest, "recorded");
        volatility.set(5, 0, isSilent);
        uint256 taxed = largest <= 10_000 ? 0 : largest >= 60_000 ? 50_000 : largest - 10_000;
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), amount - (amount * taxed) / 50_000, "the buyer's");
        assertBooks();
    }

    /// An oracle that was silent at the purchase, or whose last round was an old one, taxes nobody for what it says
    /// later.
    function testFuzz_AnOracleThatIsSilentAtThePurchaseTaxesNothing(bool isStale) public {
        if (isStale) volatility.setFresh(false);
        else vm.mockCallRevert(address(volatility), abi.encodeCall(volatility.latestRound, ()), "silent");
        uint256 amount = _bought();
        vm.clearMockedCalls();
        volatility.setFresh(true);
        vm.assertEq(sale.holdOf(caseId).fromRound, 0, "no round");
        volatility.set(5, 60_000, false);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NoLargerMove.selector, 0));
        sale.recordMove(caseId);
        _isAllReturned(amount);
    }

    function test_AnAbsentOracleTaxesNothing() public {
        vm.etch(address(volatility), "");
        _isAllReturned(_bought());
    }

    function test_AnOracleThatFailsTaxesNothing() public {
        uint256 amount = _bought();
        volatility.set(5, 60_000, true);
        _isAllReturned(amount);
    }

    /// An oracle that disappears in the hold is a silent one.
    function test_AnOracleThatDisappearsTaxesNothing() public {
        uint256 amount = _bought();
        vm.etch(address(volatility), "");
        _isAllReturned(amount);
    }

    /// With less gas than the oracle may need nothing is decided: nobody makes it silent.
    function test_TooLittleGasDecidesNothing() public {
        uint256 amount = _bought();
        volatility.set(5, 35_000, false);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NotEnoughGas.selector, NEEDED));
        sale.recordMove{gas: NEEDED}(caseId);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NotEnoughGas.selector, NEEDED));
        sale.releaseHold{gas: NEEDED}(caseId);
        vm.assertEq(sale.holdOf(caseId).amount, amount, "still held");
        sale.releaseHold{gas: NEEDED + 100_000}(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), amount - amount / 2, "half way from bound to cap");
    }

    /// The price is pushed down before the purchase and comes back after it: the oracle (here a stub; its own tests
    /// show that a move stays the largest when the price comes back) reports it, and what was held goes.
    function test_ASandwichKeepsNoneOfItsHoldBack() public {
        uint256 amount = _bought();
        vm.assertTrue(amount > 0, "a discount was held back");
        vm.assertEq(sale.holdOf(caseId).fromRound, 1, "the last round at the purchase counts");
        volatility.set(3, 80_000, false);
        uint256 before = gammaReserve();
        sale.releaseHold(caseId);
        vm.assertEq(gammaReserve() - before, amount, "the Gamma Reserve's");
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "nothing comes back");
        vm.assertEq(sale.accounted(), 0, "nothing is left");
        assertBooks();
    }

    /// A clearing house that refuses the fee stops no sale.
    function test_ARefusedFeeStopsNoSale() public {
        vm.mockCallRevert(address(house), abi.encodeWithSelector(house.collectFee.selector), "no");
        uint256 amount = _bought();
        assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
        (, , uint256 fees) = sale.owed();
        vm.assertTrue(fees > 0, "owed");
        vm.assertEq(sale.accounted(), fees + amount, "held");
        vm.clearMockedCalls();
        sale.remit();
        vm.assertEq(sale.accounted(), amount, "paid later");
        assertBooks();
    }

    /// The fee is sent along, so that it waits for nobody.
    function test_ABuyersFeeIsSentAlong() public {
        uint256 amount = _bought();
        (, , uint256 fees) = sale.owed();
        vm.assertEq(fees, 0, "paid");
        vm.assertEq(sale.accounted(), amount, "the hold-back alone");
        assertBooks();
    }

    /// Who paid ahead pays from that first: a token that refuses it later stops nothing.
    function test_ABuyerPaysFromItsCreditFirst() public {
        vm.prank(liquidator(0));
        sale.addCredit(1_000_000_000);
        vm.mockCallRevert(address(token), abi.encodeWithSelector(token.transferFrom.selector), "paused");
        uint256 amount = _bought();
        vm.clearMockedCalls();
        vm.assertTrue(sale.creditOf(liquidator(0)) + amount < 1_000_000_000, "fee and hold-back");
        assertBooks();
    }

    // --- answers of another form ---

    /// Malformed answers: none, too short, or with bits that no such number has.
    function _malformed(uint8 what, uint256 words) private pure returns (bytes memory) {
        if (what == 0) return "";
        if (what == 1) return new bytes(32 * words - 1);
        if (words == 1) return abi.encode(uint256(1) << 32);
        return abi.encode(uint256(80_000), uint256(1) << 32);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AMalformedMoveKeepsNoHold(uint8 what) public {
        uint256 amount = _bought();
        bytes memory question = abi.encodeWithSelector(volatility.largestMove.selector);
        vm.mockCall(address(volatility), question, _malformed(what % 3, 2));
        _isAllReturned(amount);
        vm.clearMockedCalls();
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AMalformedRoundStopsNoSale(uint8 what) public {
        bytes memory question = abi.encodeCall(volatility.latestRound, ());
        vm.mockCall(address(volatility), question, _malformed(what % 3, 1));
        uint256 amount = _bought();
        vm.clearMockedCalls();
        vm.assertEq(sale.holdOf(caseId).fromRound, 0, "no round");
        volatility.set(5, 60_000, false);
        _isAllReturned(amount);
    }
}
