// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {RoundsOracle} from "../helpers/RoundsOracle.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// Attacks by prices that nobody else could act by any more: the clock stood, and money went on.
contract StalePriceAttacks is SaleFixture {
    uint64 private constant SILENCE = 55 minutes;

    function _takingOver(uint256 id) private view returns (TransferClaim memory) {
        bytes32 purpose_ = casePurpose("takeover", id, engine.caseOf(id).version, address(house));
        return transferClaim(TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 0, 0, true, purpose_));
    }

    function _bankrupt() private returns (uint256 id) {
        attest(BOB, 4);
        id = engine.open(BOB);
        serve(NOTICE);
    }

    function _expectTakeoverRevert(uint256 id, bytes memory data) private {
        TransferClaim memory claim_ = _takingOver(id);
        EquityClaim memory poor = equityClaim(BOB, 4, 0);
        vm.prank(OPERATOR);
        vm.expectRevert(data);
        house.takeOver(id, claim_, poor);
    }

    function _takeOver(uint256 id) private {
        TransferClaim memory claim_ = _takingOver(id);
        EquityClaim memory poor = equityClaim(BOB, 4, 0);
        vm.prank(OPERATOR);
        house.takeOver(id, claim_, poor);
        assertClosed(id, ILiquidationEngine.Outcome.TakenOver);
    }

    /// 55 minutes after the last snapshot a buyer bought by its prices, by which the owner couldn't cure any more.
    function test_NobodyBuysWhileNothingServes() public {
        toSale();
        serve(SALE);
        uint64 until = clock.servesUntil();
        vm.warp(block.timestamp + SILENCE);
        uint64 price = uint64(sale.priceOf(caseId, LOTS));
        TransferClaim memory claim_ = buying(price);
        EquityClaim memory equity = shown(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotServing.selector, snapshotId, until));
        sale.buy(caseId, version, claim_, equity);
        advance(1); // beside it: by prices that everybody can act by it is sold
        buy(uint64(sale.priceOf(caseId, LOTS)), LOTS);
        assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
    }

    /// The operator took over by prices of 55 minutes ago.
    function test_NobodyIsTakenOverWhileNothingServes() public {
        uint256 id = _bankrupt();
        uint64 until = clock.servesUntil();
        vm.warp(block.timestamp + SILENCE);
        _expectTakeoverRevert(id, abi.encodeWithSelector(IMarketClock.NotServing.selector, snapshotId, until));
        advance(1);
        _takeOver(id);
    }

    /// ... or once the coverage circuit was retired, when nobody could attest and so nobody could cure.
    function test_NobodyIsTakenOverWhileNobodyCanAttest() public {
        uint256 id = _bankrupt();
        uint256 before = vm.snapshotState();
        uint64 until = uint64(block.timestamp);
        verifiers.retire(circuitId);
        vm.warp(block.timestamp + 1);
        _expectTakeoverRevert(id, abi.encodeWithSelector(IMarketClock.NotServing.selector, snapshotId, until));
        vm.revertToState(before);
        vm.warp(block.timestamp + 1);
        _takeOver(id);
    }

    /// Prices were pushed down for a round and a snapshot. Once both were back, a buyer bought by the pushed snapshot
    /// within grace: moves counted from the round that was back already, and nothing was taxed.
    function test_GraceDodgesNoTax() public {
        vm.etch(address(volatility), address(new RoundsOracle()).code);
        RoundsOracle rounds = RoundsOracle(address(volatility));
        rounds.push(75_000);
        toSale();
        serve(SALE / 2);
        rounds.push(60_000); // pushed
        advance(30);
        uint32 low = rounds.latestRound();
        uint256 pushed = _naming(low);
        rounds.push(75_000); // and back, in the oracle and
        advance(30); // in the newest snapshot
        _naming(low + 1);
        uint256 before = vm.snapshotState();
        IPortfolioSale.Hold memory held = _buyBy(pushed);
        vm.assertEq(held.fromRound, low, "the round of the prices that were paid");
        _release(held);
        vm.assertEq(sale.creditOf(liquidator(0)), 0, "all of it is taxed");
        vm.revertToState(before);
        held = _buyBy(snapshotId); // beside it: who pays the prices of now
        _release(held);
        vm.assertEq(sale.creditOf(liquidator(0)), held.amount, "has all of it back");
    }

    /// The newest snapshot names a round, as those of a venue with an oracle do.
    function _naming(uint32 number) private returns (uint256) {
        ISnapshotOracle.Snapshot memory found = oracle.snapshot(snapshotId);
        found.oracleRound = number;
        vm.mockCall(address(oracle), abi.encodeCall(oracle.snapshot, (snapshotId)), abi.encode(found));
        return snapshotId;
    }

    function _buyBy(uint256 snapshot) private returns (IPortfolioSale.Hold memory held) {
        TransferClaim memory claim_ = buying(uint64(sale.priceOf(caseId, LOTS)));
        EquityClaim memory equity = equityClaim(snapshot, ALICE, ledger.commitmentOf(ALICE), 3, lotsOf(LOTS));
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim_, equity);
        held = sale.holdOf(caseId);
        vm.assertTrue(held.amount > 0, "held");
    }

    function _release(IPortfolioSale.Hold memory held) private {
        vm.warp(held.releaseAt);
        RoundsOracle(address(volatility)).push(75_000);
        sale.releaseHold(caseId);
    }

    /// A cure took prices that were up to `openAge` old, whatever newer ones said that nobody attested by.
    function test_NobodyIsCuredByPricesThatHavePassed() public {
        toSale();
        attest(ALICE, 0);
        uint256 healthy = snapshotId;
        serve(1); // the newest prices have fallen again
        uint256 before = vm.snapshotState();
        vm.warp(block.timestamp + GRACE);
        engine.cure(caseId); // proofs take time: within the clock's grace, as for money
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.revertToState(before);
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory refused = abi.encodeWithSelector(IMarketClock.NotNewest.selector, healthy, snapshotId);
        vm.expectRevert(refused);
        engine.cure(caseId);
        TransferClaim memory trade = caseTransfer("cure", caseId, VENUE, BOB, 0, false);
        registry.attest(claim(healthy, DEADLINE, ALICE, trade.newA, 0));
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, trade);
        attest(ALICE, 0); // beside it: who is healthy by them is cured
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }
}
