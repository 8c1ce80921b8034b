// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CoverageGate} from "contracts/consumers/CoverageGate.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {EngineStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";

/// Counts who passes.
contract Counter is CoverageGate {
    uint256 public passed;

    constructor(IPortfolioLedger ledger_, ICoverageRegistry coverage_) CoverageGate(ledger_, coverage_) {}

    function pass(uint256 accountId, uint8 maxTier, uint64 maxAge) external onlyCovered(accountId, maxTier, maxAge) {
        ++passed;
    }

    function passSolvent(
        ISolvencyRegistry registry,
        uint256 minCoverage,
        uint64 maxAge
    ) external onlySolventVenue(registry, minCoverage, maxAge) {
        ++passed;
    }
}

contract CoverageGateTest is LiquidationFixture {
    uint64 private constant AGE = 10 minutes;
    Counter private counter;

    function setUp() public override {
        super.setUp();
        vm.assertEq(address(new EngineStandIn()), engineAt, "the engine's place");
        counter = new Counter(ledger, registry);
    }

    function _shut(uint256 accountId, uint8 maxTier, uint64 maxAge) private {
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotCovered.selector, accountId, maxTier, maxAge));
        counter.pass(accountId, maxTier, maxAge);
    }

    function test_LetsACoveredAccountThrough() public {
        _shut(ALICE, 0, AGE);
        attest(ALICE, 0);
        counter.pass(ALICE, 0, AGE);
        vm.assertEq(counter.passed(), 1, "passed");
        _shut(BOB, 4, AGE);
    }

    function testFuzz_LetsTiersThroughUpToTheGiven(uint8 tier, uint8 maxTier) public {
        (tier, maxTier) = (tier % 5, maxTier % 5);
        attest(ALICE, tier);
        vm.assertTrue(counter.isCovered(ALICE, maxTier, AGE) == (tier <= maxTier), "covered");
    }

    function test_IsShutOnceTheMarketIsTooOld() public {
        attest(ALICE, 0);
        vm.warp(NOW + AGE);
        counter.pass(ALICE, 0, AGE);
        vm.warp(NOW + AGE + 1);
        _shut(ALICE, 0, AGE);
        // The caller's age does not stretch the registry's.
        vm.warp(NOW + MAX_AGE + 1);
        _shut(ALICE, 0, type(uint64).max);
    }

    function test_IsShutOnceTheAccountHasTraded() public {
        attest(ALICE, 0);
        update(ALICE, commitmentOf(ALICE, 1));
        _shut(ALICE, 0, AGE);
        attest(ALICE, 0);
        counter.pass(ALICE, 0, AGE);
    }

    function test_IsShutToAPortfolioThatIsNotTheAccounts() public {
        attest(ALICE, commitmentOf(ALICE, 7), 0);
        _shut(ALICE, 0, AGE);
    }

    function test_IsShutWhileACaseHasTheAccount() public {
        attest(ALICE, 0);
        vm.prank(engineAt);
        ledger.setFrozen(ALICE, true);
        _shut(ALICE, 4, AGE);
    }

    function test_IsShutOnceTheTablePointIsProvenWrong() public {
        attest(ALICE, 0);
        refute(snapshotId, circuitId);
        _shut(ALICE, 0, AGE);
    }

    function test_SaysOfAnUnknownAccountThatItIs() public {
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 5));
        counter.pass(5, 0, AGE);
    }

    function test_IsNotBuiltOnNothing() public {
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotAContract.selector, address(1)));
        new Counter(IPortfolioLedger(address(1)), registry);
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotAContract.selector, address(1)));
        new Counter(ledger, ICoverageRegistry(address(1)));
    }
}

contract SolventVenueGateTest is SolvencyFixture {
    uint64 private constant AGE = 10 minutes;
    /// Of the honest report: funds of 2.5 million against a worst shortfall of 2 million.
    uint256 private constant RATIO = 1_250_000;
    Counter private counter;

    function setUp() public override {
        super.setUp();
        counter = new Counter(IPortfolioLedger(address(solvency)), registry);
    }

    function _shut(uint256 minCoverage, uint64 maxAge) private {
        bytes4 selector = CoverageGate.NotSolvent.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, address(solvency), minCoverage, maxAge));
        counter.passSolvent(solvency, minCoverage, maxAge);
    }

    function test_LetsACoveredVenueThrough() public {
        _shut(0, AGE);
        bytes32 runId = runWith(2);
        _shut(0, AGE);
        closeRun(runId);
        counter.passSolvent(solvency, RATIO, AGE);
        vm.assertEq(counter.passed(), 1, "passed");
        _shut(RATIO + 1, AGE);
    }

    function test_IsShutOnceTheRunIsTooOld() public {
        closeRun(runWith(1));
        vm.warp(NOW + AGE);
        counter.passSolvent(solvency, RATIO, AGE);
        vm.warp(NOW + AGE + 1);
        _shut(RATIO, AGE);
        vm.warp(NOW + MAX_AGE + 1);
        _shut(RATIO, type(uint64).max);
    }
}
