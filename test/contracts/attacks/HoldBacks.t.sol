// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {VolatilityOracle} from "contracts/oracle/VolatilityOracle.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// Stands where the sale expects its oracle, and asks the real one.
contract Forwarder {
    address private immutable REAL;

    constructor(address real) {
        REAL = real;
    }

    fallback() external {
        (bool ok, bytes memory answer) = REAL.staticcall(msg.data);
        assembly ("memory-safe") {
            if iszero(ok) {
                revert(add(answer, 32), mload(answer))
            }
            return(add(answer, 32), mload(answer))
        }
    }
}

/// Attacks on hold-backs, over the real volatility oracle: nothing was ever taxed.
contract HoldBackAttacks is SaleFixture {
    uint64 private constant INTERVAL = 300;
    VolatilityOracle private real;

    function setUp() public override {
        super.setUp();
        address[] memory feeders = new address[](3);
        for (uint256 i = 0; i < 3; ++i) feeders[i] = address(uint160(0xfeed00 + i));
        bytes32[] memory underlyings = new bytes32[](1);
        underlyings[0] = "BTC";
        real = new VolatilityOracle(
            OWNER,
            IERC20(address(token)),
            underlyings,
            feeders,
            IVolatilityOracle.Parameters({
                interval: INTERVAL,
                reportWindow: 120,
                maxAge: 3_600,
                maxMove: 50_000,
                tolerance: 5_000,
                slashDeviation: 100_000,
                minFeeders: 3,
                realisedRounds: 24,
                feederBond: 1_000_000_000,
                slashAmount: 100_000_000
            })
        );
        for (uint256 i = 0; i < 3; ++i) {
            fund(feeders[i], address(real), 1_000_000_000);
            vm.prank(feeders[i]);
            real.bond(1_000_000_000);
        }
        vm.etch(address(volatility), address(new Forwarder(address(real))).code);
    }

    function _round(uint128 price) private {
        real.finalize(_reported(price));
    }

    /// A round that everybody has reported in, not final yet.
    function _reported(uint128 price) private returns (uint32 number) {
        IVolatilityOracle.Reading[] memory readings = new IVolatilityOracle.Reading[](1);
        readings[0] = IVolatilityOracle.Reading(price, 500_000, 1e12, 1e15);
        number = real.nextRound();
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(address(uint160(0xfeed00 + i)));
            real.report(number, readings);
        }
    }

    /// The buyer has pushed the price down and buys; the hold lasts a day, as the venue ships it.
    function _bought() private returns (IPortfolioSale.Hold memory) {
        IPortfolioSale.Parameters memory standard = saleParameters();
        standard.holdPeriod = 1 days;
        bytes memory call_ = abi.encodeCall(IPortfolioSale.setParameters, (standard));
        vm.prank(OWNER);
        sale.schedule(call_);
        vm.warp(block.timestamp + 2 days);
        sale.execute(call_);
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        advance(1);
        attest(ALICE, 3); // a case that opens now has these parameters
        caseId = engine.open(ALICE);
        serve(COMMIT + REVEAL);
        toSale();
        serve(SALE / 2);
        _round(60_000e6);
        buy(uint64(sale.priceOf(caseId, LOTS)), LOTS);
        return sale.holdOf(caseId);
    }

    /// Rounds every `gap` seconds until the hold is over; the price comes back by 25 % in the first ones, and then goes
    /// down again. Somebody records the move once.
    function _until(uint64 time, uint64 gap, uint256 recordAfter) private {
        uint128 price = 60_000e6;
        for (uint256 n = 1; block.timestamp + gap < time; ++n) {
            vm.warp(block.timestamp + gap);
            if (price < 75_000e6) price += price / 25;
            _round(price);
            if (n == recordAfter) {
                vm.prank(STRANGER);
                sale.recordMove(caseId);
            }
        }
        vm.warp(time);
    }

    /// M11. With 300 s, one day and 256 rounds the first round was forgotten before the hold ended, and nothing was
    /// ever taxed.
    function test_M11_WhatWasRecordedIsTaxedThoughTheOracleForgets() public {
        IPortfolioSale.Hold memory held = _bought();
        vm.assertTrue(held.amount > 0, "held back");
        _until(held.releaseAt, 312, 20); // every 5 minutes and a block
        (bool isKnown, ) = address(real).staticcall(
            abi.encodeCall(real.largestMove, (held.fromRound, held.releaseAt))
        );
        vm.assertTrue(!isKnown, "forgotten");
        uint256 gamma = gammaReserve();
        sale.releaseHold(caseId); // at its first second, by anybody
        vm.assertEq(gammaReserve() - gamma, held.amount, "all of it is taxed");
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "none of it is the buyer's");
    }

    /// The control: with rounds just rare enough nobody needs to record anything.
    function test_Control_WithRarerRoundsAllOfItIsTaxed() public {
        IPortfolioSale.Hold memory held = _bought();
        _until(held.releaseAt, 400, 0);
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "none of it is the buyer's");
    }

    /// And a price that stays is taxed by nobody, recorded or not.
    function test_Control_APriceThatStaysIsNotTaxed() public {
        IPortfolioSale.Hold memory held = _bought();
        vm.warp(block.timestamp + INTERVAL + 12);
        _round(60_000e6);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NoLargerMove.selector, 0));
        sale.recordMove(caseId);
        vm.warp(held.releaseAt);
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), held.amount, "all of it is the buyer's");
    }

    /// M12. The hold-back was a part of the discount on the equity at the sale's start: who paid all of that small
    /// equity, once the price had come back, had no discount, and nothing to hold back.
    function test_M12_ASandwichPaysThePriceOfTheMoment() public {
        sale.showEquity(caseId, shown(10_000)); // pushed down: 100 dollars are left of a million
        serve(SALE - 1);
        uint256 million = 100_000_000;
        uint256 price = sale.priceOf(caseId, million); // and it has come back, in tier 3 still
        TransferClaim memory claim = buying(10_000);
        EquityClaim memory now_ = shown(million);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(10_000), price, million));
        sale.buy(caseId, version, claim, now_);
        token.mint(liquidator(0), 1e15);
        buy(uint64(price), million); // beside it: who pays that has its discount held back
        assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
        vm.assertEq(
            sale.holdOf(caseId).amount,
            (million - price) * UNITS * HOLD_BACK_RATE / 1_000_000,
            "of the true discount"
        );
    }

    /// Known: a round of the hold that isn't final when the hold is released, at its first second, isn't taxed by.
    function test_Known_AHoldReleasedAtOnceMissesARoundThatIsNotFinal() public {
        IPortfolioSale.Hold memory held = _bought();
        vm.warp(held.releaseAt - 10);
        uint32 number = _reported(62_400e6); // 4 % up
        vm.warp(held.releaseAt);
        uint256 before = vm.snapshotState();
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), held.amount, "nothing is taxed");
        vm.revertToState(before);
        real.finalize(number); // what to do about it: finalize, and record the move
        sale.recordMove(caseId);
        sale.releaseHold(caseId);
        uint256 tax = uint256(held.amount) * (40_000 - 10_000) / (60_000 - 10_000);
        vm.assertEq(sale.creditOf(liquidator(0)), held.amount - tax, "three fifths are taxed");
    }
}
