// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {RoundsOracle} from "../helpers/RoundsOracle.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// A purchase while the volatility oracle is stale is taxed from the round that its snapshot names.
contract StalledOracleTest is SaleFixture {
    function test_AStalledOracleDodgesNoTax() public {
        vm.etch(address(volatility), address(new RoundsOracle()).code);
        RoundsOracle rounds = RoundsOracle(address(volatility));
        rounds.push(75_000);
        toSale();
        serve(SALE / 2);
        rounds.push(60_000); // pushed, and final
        advance(30);
        uint32 low = rounds.latestRound();
        ISnapshotOracle.Snapshot memory found = oracle.snapshot(snapshotId);
        found.oracleRound = low;
        vm.mockCall(address(oracle), abi.encodeCall(oracle.snapshot, (snapshotId)), abi.encode(found));
        uint256 before = vm.snapshotState();

        rounds.setFresh(false); // half of the feeders stay away until the oracle's maxAge has passed
        IPortfolioSale.Hold memory held = _buy();
        vm.assertEq(held.fromRound, low, "the round that the snapshot names");
        rounds.push(75_000); // back
        vm.warp(held.releaseAt);
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "all of it is taxed");

        vm.revertToState(before);
        held = _buy(); // beside it: while the oracle is fresh
        rounds.push(75_000);
        vm.warp(held.releaseAt);
        sale.releaseHold(caseId);
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "as while it is fresh");
    }

    function _buy() private returns (IPortfolioSale.Hold memory held) {
        TransferClaim memory claim_ = buying(uint64(sale.priceOf(caseId, LOTS)));
        EquityClaim memory equity = shown(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim_, equity);
        held = sale.holdOf(caseId);
        vm.assertTrue(held.amount > 0, "held");
    }
}
