// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// A volatility oracle with a price a round, which can go stale. Storage as StubVolatilityOracle's.
contract StallingOracle {
    uint32 public latestRound;
    bool public isFresh;
    mapping(uint32 round => uint256 price) private _price;

    function setFresh(bool isFresh_) external {
        isFresh = isFresh_;
    }

    function push(uint256 price) external {
        _price[++latestRound] = price;
        isFresh = true;
    }

    function largestMove(uint32 from, uint64) external view returns (uint256 ppm, uint32 rounds) {
        for (uint32 n = from + 1; n <= latestRound; ++n) {
            (uint256 a, uint256 b) = (_price[from], _price[n]);
            uint256 move = (a > b ? a - b : b - a) * 1_000_000 / a;
            if (move > ppm) ppm = move;
            ++rounds;
        }
    }
}

/// A purchase while the volatility oracle is stale is taxed from the round that its snapshot names.
contract StalledOracleTest is SaleFixture {
    function test_AStalledOracleDodgesNoTax() public {
        vm.etch(address(volatility), address(new StallingOracle()).code);
        StallingOracle rounds = StallingOracle(address(volatility));
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
