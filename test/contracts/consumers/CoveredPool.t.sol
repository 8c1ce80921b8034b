// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {CoverageGate} from "contracts/consumers/CoverageGate.sol";
import {CoveredPool} from "contracts/consumers/CoveredPool.sol";
import {EngineStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";

contract CoveredPoolTest is LiquidationFixture {
    uint64 private constant AGE = 20 minutes;
    uint64 private constant CURE = 1 days;
    /// Ten percent a year.
    uint256 private constant RATE = 100_000;
    uint256 private constant DOLLAR = 1e6;
    address private constant DEPOSITOR = address(0xdad);
    CoveredPool private pool;

    function setUp() public override {
        super.setUp();
        vm.assertEq(address(new EngineStandIn()), engineAt, "the engine's place");
        pool = new CoveredPool(token, ledger, registry, AGE, CURE, RATE);
        _deposit(DEPOSITOR, 1_000_000 * DOLLAR);
        pool.setLine(ALICE, uint128(600_000 * DOLLAR));
        attest(ALICE, 0);
    }

    function _deposit(address from, uint256 amount) private {
        token.mint(from, amount);
        vm.startPrank(from);
        token.approve(address(pool), amount);
        pool.deposit(amount, from);
        vm.stopPrank();
    }

    function _draw(uint256 amount) private {
        vm.prank(ALICE_OWNER);
        pool.draw(ALICE, amount, ALICE_OWNER);
    }

    function _repay(uint256 amount) private returns (uint256 paid) {
        token.mint(address(this), amount);
        token.approve(address(pool), amount);
        return pool.repay(ALICE, amount);
    }

    function _state() private view returns (CoveredPool.State state) {
        (, state, , ) = pool.lineOf(ALICE);
    }

    /// Half a million drawn, and the attestation grown too old.
    function _lapsed() private {
        _draw(500_000 * DOLLAR);
        vm.warp(NOW + AGE + 1);
        pool.lapse(ALICE);
    }

    function test_LendsToAProvenAccountsOwner() public {
        _draw(500_000 * DOLLAR);
        vm.assertEq(token.balanceOf(ALICE_OWNER), 500_000 * DOLLAR, "drawn");
        vm.assertEq(pool.debtOf(ALICE), 500_000 * DOLLAR, "debt");
        vm.assertEq(pool.totalAssets(), 1_000_000 * DOLLAR, "assets");
    }

    function test_LendsToNobodyElse() public {
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NotYourAccount.selector, ALICE));
        vm.prank(BOB_OWNER);
        pool.draw(ALICE, 1, BOB_OWNER);
        pool.setLine(BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotCovered.selector, BOB, 0, AGE));
        vm.prank(BOB_OWNER);
        pool.draw(BOB, 1, BOB_OWNER);
    }

    function test_LendsNoMoreThanTheLine() public {
        uint256 limit = 600_000 * DOLLAR;
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.BeyondLimit.selector, ALICE, limit + 1, limit));
        _draw(limit + 1);
        _draw(limit);
    }

    function test_LendsNothingToATierBelowTheInitialRequirement() public {
        attest(BOB, 1);
        pool.setLine(BOB, 1);
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotCovered.selector, BOB, 0, AGE));
        vm.prank(BOB_OWNER);
        pool.draw(BOB, 1, BOB_OWNER);
    }

    function test_OnlyTheOwnerGrantsLines() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ALICE_OWNER));
        vm.prank(ALICE_OWNER);
        pool.setLine(ALICE, type(uint128).max);
    }

    function test_InterestIsTheDepositors() public {
        _draw(500_000 * DOLLAR);
        vm.warp(NOW + 365 days);
        vm.assertEq(pool.debtOf(ALICE), 550_000 * DOLLAR, "debt");
        vm.assertEq(pool.totalAssets(), 1_050_000 * DOLLAR, "assets");
        vm.assertEq(_repay(600_000 * DOLLAR), 550_000 * DOLLAR, "no more than the debt");
        vm.assertEq(pool.debtOf(ALICE), 0, "paid");
        vm.assertEq(pool.totalAssets(), 1_050_000 * DOLLAR, "earned");
    }

    function test_ALapsedLoanCountsForNothing() public {
        _lapsed();
        vm.assertEq(pool.totalAssets(), 500_000 * DOLLAR, "assets");
        vm.assertEq(pool.maxDeposit(DEPOSITOR), 0, "no deposits");
        vm.assertEq(pool.maxMint(DEPOSITOR), 0, "no mints");
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotCovered.selector, ALICE, 0, AGE));
        _draw(1);
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxDeposit.selector, BOB_OWNER, DOLLAR, 0));
        vm.prank(BOB_OWNER);
        pool.deposit(DOLLAR, BOB_OWNER);
    }

    function test_NobodyMarksAProvenLoan() public {
        _draw(DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NothingToMark.selector, ALICE));
        pool.lapse(ALICE);
        _repay(DOLLAR);
        vm.warp(NOW + AGE + 1);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NothingToMark.selector, ALICE));
        pool.lapse(ALICE);
    }

    function test_ACaseMarksALoan() public {
        _draw(DOLLAR);
        vm.prank(engineAt);
        ledger.setFrozen(ALICE, true);
        pool.lapse(ALICE);
        vm.assertTrue(_state() == CoveredPool.State.Lapsed, "lapsed");
    }

    function test_AProofRestoresALoan() public {
        _lapsed();
        vm.expectRevert(abi.encodeWithSelector(CoverageGate.NotCovered.selector, ALICE, 0, AGE));
        pool.restore(ALICE);
        advance(1);
        attest(ALICE, 0);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.LoanLapsed.selector, ALICE));
        _draw(1);
        pool.restore(ALICE);
        vm.assertTrue(pool.totalAssets() > 1_000_000 * DOLLAR, "counts again, with interest");
        vm.assertEq(pool.maxDeposit(DEPOSITOR), type(uint256).max, "deposits");
        _draw(DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NothingToMark.selector, ALICE));
        pool.restore(ALICE);
    }

    function test_ALapsedLoanIsPaidBack() public {
        _lapsed();
        _repay(100_000 * DOLLAR);
        vm.assertEq(pool.totalAssets(), 600_000 * DOLLAR, "what is paid counts");
        _repay(500_000 * DOLLAR);
        vm.assertTrue(_state() == CoveredPool.State.Counts, "done");
        vm.assertEq(pool.maxDeposit(DEPOSITOR), type(uint256).max, "deposits");
        vm.assertTrue(pool.totalAssets() > 1_000_000 * DOLLAR, "all of it, with interest");
    }

    function test_AnOldLapseIsWrittenOff() public {
        _lapsed();
        uint256 from = block.timestamp + CURE;
        vm.warp(from - 1);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NotYet.selector, ALICE, from));
        pool.writeOff(ALICE);
        vm.warp(from);
        pool.writeOff(ALICE);
        vm.assertEq(pool.totalAssets(), 500_000 * DOLLAR, "lost");
        vm.assertEq(pool.maxDeposit(DEPOSITOR), type(uint256).max, "deposits");
        advance(1);
        attest(ALICE, 0);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NothingToMark.selector, ALICE));
        pool.restore(ALICE);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.LoanLapsed.selector, ALICE));
        _draw(1);
        _repay(100_000 * DOLLAR);
        vm.assertEq(pool.totalAssets(), 600_000 * DOLLAR, "a late payment is a gain");
    }

    function test_OnlyALapsedLoanIsWrittenOff() public {
        _draw(DOLLAR);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.NothingToMark.selector, ALICE));
        pool.writeOff(ALICE);
    }

    function test_WhatIsLentIsNotWithdrawn() public {
        _draw(600_000 * DOLLAR);
        vm.assertEq(pool.maxWithdraw(DEPOSITOR), 400_000 * DOLLAR, "here");
        uint256 shares = pool.maxRedeem(DEPOSITOR);
        vm.prank(DEPOSITOR);
        pool.redeem(shares, DEPOSITOR, DEPOSITOR);
        vm.assertEq(token.balanceOf(DEPOSITOR), 400_000 * DOLLAR, "redeemed");
    }

    /// Whatever a share is worth by then: what may be redeemed is here.
    function testFuzz_WhatMayBeRedeemedIsHere(uint256 drawn, uint32 wait) public {
        _draw(1 + (drawn % (600_000 * DOLLAR)));
        vm.warp(block.timestamp + (wait % 3650 days));
        uint256 shares = pool.maxRedeem(DEPOSITOR);
        vm.prank(DEPOSITOR);
        pool.redeem(shares, DEPOSITOR, DEPOSITOR);
        vm.assertLe(token.balanceOf(address(pool)), 3, "all but what shares round off");
    }

    /// Nobody gains by drawing and paying in parts, whatever the amounts and times.
    function testFuzz_DepositorsLoseNothingByRounding(uint256 first, uint256 second, uint32 wait) public {
        first = 1 + (first % (300_000 * DOLLAR));
        second = 1 + (second % (300_000 * DOLLAR));
        _draw(first);
        vm.warp(block.timestamp + (wait % AGE));
        _draw(second);
        vm.assertTrue(pool.totalAssets() >= 1_000_000 * DOLLAR, "drawn");
        _repay(first);
        vm.assertTrue(pool.totalAssets() + 1 >= 1_000_000 * DOLLAR, "paid in part");
        _repay(2 * (first + second));
        vm.assertEq(pool.debtOf(ALICE), 0, "debt");
        vm.assertTrue(pool.totalAssets() >= 1_000_000 * DOLLAR, "paid");
        vm.assertEq(token.balanceOf(address(pool)), pool.totalAssets(), "all of it is here");
    }

    function test_TermsAreBounded() public {
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.InvalidTerms.selector, 1_000_001, CURE));
        new CoveredPool(token, ledger, registry, AGE, CURE, 1_000_001);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.InvalidTerms.selector, RATE, 1 hours - 1));
        new CoveredPool(token, ledger, registry, AGE, 1 hours - 1, RATE);
        vm.expectRevert(abi.encodeWithSelector(CoveredPool.InvalidTerms.selector, RATE, 90 days + 1));
        new CoveredPool(token, ledger, registry, AGE, 90 days + 1, RATE);
    }
}
