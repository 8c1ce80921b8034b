// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {VolatilityOracle} from "contracts/oracle/VolatilityOracle.sol";
import {Token} from "./Tokens.sol";
import {Base} from "./Vm.sol";

/// A volatility oracle of BTC and ETH with five bonded feeders.
abstract contract OracleFixture is Base {
    address internal constant OWNER = address(0x0ff1ce);
    address internal constant FUND = address(0xf0d);
    uint64 internal constant NOW = 1_790_000_000;
    uint64 internal constant INTERVAL = 5 minutes;
    uint64 internal constant WINDOW = 1 minutes;
    uint64 internal constant MAX_AGE = 30 minutes;
    uint128 internal constant BOND = 1_000_000;
    uint128 internal constant SLASH = 300_000;
    uint256 internal constant FEEDERS = 5;
    uint128 internal constant PRICE = 60_000_000_000;

    Token internal token;
    VolatilityOracle internal feed;

    function setUp() public virtual {
        vm.warp(NOW);
        token = newToken();
        feed = newOracle(feederList(FEEDERS), parameterSet());
        for (uint256 i = 0; i < FEEDERS; ++i) bondAs(i, BOND);
    }

    /// The token of the bonds; tests override it.
    function newToken() internal virtual returns (Token) {
        return new Token();
    }

    function newOracle(
        address[] memory list,
        IVolatilityOracle.Parameters memory given
    ) internal returns (VolatilityOracle) {
        return new VolatilityOracle(OWNER, IERC20(address(token)), symbols(), list, given);
    }

    function symbols() internal pure returns (bytes32[] memory list) {
        list = new bytes32[](2);
        (list[0], list[1]) = ("BTC", "ETH");
    }

    function feederList(uint256 count) internal pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = feederAt(i);
    }

    function parameterSet() internal pure returns (IVolatilityOracle.Parameters memory) {
        return
            IVolatilityOracle.Parameters({
                interval: INTERVAL,
                reportWindow: WINDOW,
                maxAge: MAX_AGE,
                maxMove: 50_000,
                tolerance: 5_000,
                slashDeviation: 100_000,
                minFeeders: 3,
                realisedRounds: 6,
                feederBond: BOND,
                slashAmount: SLASH
            });
    }

    function feederAt(uint256 i) internal pure returns (address) {
        return address(uint160(0xfeed00 + i));
    }

    function bondAs(uint256 i, uint128 amount) internal {
        token.mint(feederAt(i), amount);
        vm.startPrank(feederAt(i));
        token.approve(address(feed), amount);
        feed.bond(amount);
        vm.stopPrank();
    }

    function readingOf(uint128 price) internal pure returns (IVolatilityOracle.Reading[] memory list) {
        list = new IVolatilityOracle.Reading[](2);
        list[0] = IVolatilityOracle.Reading(price, 500_000, 5_000_000e6, 12_000_000_000e6);
        list[1] = IVolatilityOracle.Reading(3_000_000_000, 650_000, 2_000_000e6, 6_000_000_000e6);
    }

    function reportAs(uint256 i, IVolatilityOracle.Reading[] memory list) internal {
        uint32 number = feed.nextRound();
        vm.prank(feederAt(i));
        feed.report(number, list);
    }

    function reportAs(uint256 i, uint128 price) internal {
        reportAs(i, readingOf(price));
    }

    function expectReportRevert(uint256 i, uint32 number, uint128 price, bytes memory data) internal {
        vm.prank(feederAt(i));
        vm.expectRevert(data);
        feed.report(number, readingOf(price));
    }

    /// A round in which all feeders say the same.
    function roundOf(uint128 price) internal returns (uint32 number) {
        number = feed.nextRound();
        for (uint256 i = 0; i < FEEDERS; ++i) reportAs(i, price);
        feed.finalize(number);
    }

    /// The owner's call, two days later.
    function change(bytes memory call) internal {
        vm.prank(OWNER);
        feed.schedule(call);
        vm.warp(block.timestamp + 2 days);
        feed.execute(call);
    }

    function expectChangeRevert(bytes memory call, bytes memory data) internal {
        vm.prank(OWNER);
        feed.schedule(call);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(data);
        feed.execute(call);
    }

    function exitAs(uint256 i) internal {
        vm.prank(feederAt(i));
        feed.requestExit();
    }

    function withdrawAs(uint256 i) internal {
        vm.prank(feederAt(i));
        feed.withdrawBond();
    }

    function assertState(uint32 number, IVolatilityOracle.RoundState state, string memory what) internal view {
        vm.assertEq(uint256(feed.round(number).state), uint256(state), what);
    }

    /// No token is lost, and none is promised twice.
    function assertBooks() internal view {
        uint256 bonds = 0;
        for (uint256 i = 0; i < FEEDERS + 3; ++i) bonds += feed.feeder(feederAt(i)).bond;
        vm.assertEq(feed.totalBonds(), bonds, "sum of the bonds");
        vm.assertEq(token.balanceOf(address(feed)), feed.totalBonds() + feed.slashed(), "bonds and slashed tokens");
    }
}
