// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVolatilityOracle} from "contracts/interfaces/IVolatilityOracle.sol";
import {VolatilityOracle} from "contracts/VolatilityOracle.sol";
import {FalseToken, FeeToken, Token} from "./helpers/Tokens.sol";
import {Base} from "./helpers/Vm.sol";

/// Bonded feeders, rounds of medians, and volatilities that come out of them.
contract VolatilityOracleTest is Base {
    address private constant OWNER = address(0x0ff1ce);
    address private constant FUND = address(0xf0d);
    uint64 private constant NOW = 1_790_000_000;
    uint64 private constant INTERVAL = 5 minutes;
    uint64 private constant WINDOW = 1 minutes;
    uint64 private constant MAX_AGE = 30 minutes;
    uint128 private constant BOND = 1_000_000;
    uint128 private constant SLASH = 300_000;
    uint256 private constant FEEDERS = 5;
    uint128 private constant PRICE = 60_000_000_000;

    Token private token;
    VolatilityOracle private feed;

    function setUp() public {
        vm.warp(NOW);
        token = new Token();
        bytes32[] memory symbols = new bytes32[](2);
        (symbols[0], symbols[1]) = ("BTC", "ETH");
        address[] memory list = new address[](FEEDERS);
        for (uint256 i = 0; i < FEEDERS; ++i) list[i] = _feeder(i);
        feed = new VolatilityOracle(OWNER, IERC20(address(token)), symbols, list, _parameters());
        for (uint256 i = 0; i < FEEDERS; ++i) _bond(i, BOND);
    }

    function _parameters() private pure returns (IVolatilityOracle.Parameters memory) {
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

    function _feeder(uint256 i) private pure returns (address) {
        return address(uint160(0xfeed00 + i));
    }

    function _bond(uint256 i, uint128 amount) private {
        token.mint(_feeder(i), amount);
        vm.startPrank(_feeder(i));
        token.approve(address(feed), amount);
        feed.bond(amount);
        vm.stopPrank();
    }

    function _reading(uint128 price) private pure returns (IVolatilityOracle.Reading[] memory list) {
        list = new IVolatilityOracle.Reading[](2);
        list[0] = IVolatilityOracle.Reading(price, 500_000, 5_000_000e6, 12_000_000_000e6);
        list[1] = IVolatilityOracle.Reading(3_000_000_000, 650_000, 2_000_000e6, 6_000_000_000e6);
    }

    function _report(uint256 i, uint128 price) private {
        IVolatilityOracle.Reading[] memory list = _reading(price);
        uint32 number = feed.nextRound();
        vm.prank(_feeder(i));
        feed.report(number, list);
    }

    /// A round in which all feeders say the same.
    function _round(uint128 price) private returns (uint32 number) {
        number = feed.nextRound();
        for (uint256 i = 0; i < FEEDERS; ++i) _report(i, price);
        feed.finalize(number);
    }

    function _assertBooks() private view {
        vm.assertEq(token.balanceOf(address(feed)), feed.totalBonds() + feed.slashed(), "bonds and slashed tokens");
    }

    // --- rounds ---

    function test_ARoundIsTheMedianOfItsReports() public {
        uint128[5] memory prices = [PRICE, PRICE + 5, PRICE - 9, PRICE + 2, PRICE - 1];
        for (uint256 i = 0; i < FEEDERS; ++i) _report(i, prices[i]);
        feed.finalize(1);
        vm.assertEq(feed.latestRound(), 1, "round");
        vm.assertEq(feed.reading(0, 1).price, PRICE, "median");
        vm.assertEq(feed.price(0), PRICE, "fresh");
        vm.assertEq(feed.roundTime(1), NOW, "time");
        vm.assertTrue(feed.isFresh(), "is fresh");
    }

    /// Two of five say anything at all: every median stays between what the three honest ones said.
    function testFuzz_AMinorityMovesNothingOutOfTheHonestRange(
        uint128[2] memory lies,
        uint64[2] memory vols,
        uint16[3] memory honest,
        uint8 first
    ) public {
        _round(PRICE);
        vm.warp(NOW + INTERVAL);
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        for (uint256 i = 0; i < FEEDERS; ++i) {
            uint256 feeder = (i + first) % FEEDERS;
            IVolatilityOracle.Reading[] memory list;
            if (i < 2) {
                list = _reading(uint128(bound(lies[i], 1, 1e18)));
                list[0].impliedVol = uint64(bound(vols[i], 1_000, 20_000_000));
            } else {
                uint128 price = PRICE + honest[i - 2];
                list = _reading(price);
                if (price < low) low = price;
                if (price > high) high = price;
            }
            vm.prank(_feeder(feeder));
            feed.report(2, list);
        }
        feed.finalize(2);
        uint256 median = feed.reading(0, 2).price;
        vm.assertTrue(median >= low && median <= high, "price");
        vm.assertEq(feed.reading(0, 2).impliedVol, 500_000, "implied volatility");
        _assertBooks();
    }

    function test_NoRoundWithTooFewReports() public {
        _report(0, PRICE);
        _report(1, PRICE);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WindowOpen.selector, NOW + WINDOW));
        feed.finalize(1);
        vm.warp(NOW + WINDOW + 1);
        feed.finalize(1);
        vm.assertEq(uint256(feed.round(1).state), uint256(IVolatilityOracle.RoundState.Void), "void");
        vm.assertEq(feed.latestRound(), 0, "none");
        vm.assertEq(feed.nextRound(), 2, "its number is gone");
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 1));
        feed.roundTime(1);
    }

    function test_ReportsAreOnceInTimeAndOfFeeders() public {
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NotFeeder.selector, address(this)));
        feed.report(1, _reading(PRICE));
        _report(0, PRICE);
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.AlreadyReported.selector, 1, _feeder(0)));
        feed.report(1, _reading(PRICE));
        vm.prank(_feeder(1));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WrongRound.selector, 2, 1));
        feed.report(2, _reading(PRICE));
        vm.warp(NOW + WINDOW + 1);
        vm.prank(_feeder(1));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WindowClosed.selector, NOW + WINDOW));
        feed.report(1, _reading(PRICE));
    }

    function test_ReadingsAreBounded() public {
        IVolatilityOracle.Reading[] memory list = _reading(0);
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidReading.selector, 0));
        feed.report(1, list);
        list = _reading(PRICE);
        list[1].impliedVol = 999;
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidReading.selector, 1));
        feed.report(1, list);
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WrongReadings.selector, 1, 2));
        feed.report(1, new IVolatilityOracle.Reading[](1));
    }

    function test_RoundsKeepTheirInterval() public {
        _round(PRICE);
        vm.warp(NOW + INTERVAL - 1);
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.TooEarly.selector, NOW + INTERVAL));
        feed.report(2, _reading(PRICE));
        vm.warp(NOW + INTERVAL);
        _round(PRICE);
    }

    // --- deviation ---

    /// Beyond 5 % a price needs two thirds of the feeders within half a percent of it.
    function test_LargeMovesNeedASupermajority() public {
        _round(PRICE);
        vm.warp(NOW + INTERVAL);
        uint128 fallen = (PRICE * 80) / 100;
        for (uint256 i = 0; i < 3; ++i) _report(i, fallen);
        for (uint256 i = 3; i < 5; ++i) _report(i, PRICE);
        feed.finalize(2);
        vm.assertEq(uint256(feed.round(2).state), uint256(IVolatilityOracle.RoundState.Void), "three of five: void");
        vm.assertEq(feed.price(0), PRICE, "the last one stands");
        for (uint256 i = 0; i < 4; ++i) _report(i, fallen);
        _report(4, PRICE);
        feed.finalize(3);
        vm.assertEq(feed.price(0), fallen, "four of five");
    }

    function testFuzz_SmallMovesNeedAMajority(uint32 move) public {
        move = uint32(bound(move, 0, 50_000));
        _round(PRICE);
        vm.warp(NOW + INTERVAL);
        uint128 moved = PRICE - (PRICE * move) / 1_000_000;
        for (uint256 i = 0; i < 3; ++i) _report(i, moved);
        vm.warp(NOW + INTERVAL + WINDOW + 1);
        feed.finalize(2);
        vm.assertEq(feed.price(0), moved, "median");
    }

    function test_StaleReadingsAreRefused() public {
        _round(PRICE);
        vm.warp(NOW + MAX_AGE);
        vm.assertEq(feed.price(0), PRICE, "the last second");
        vm.warp(NOW + MAX_AGE + 1);
        vm.assertTrue(!feed.isFresh(), "stale");
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Stale.selector, 1, NOW));
        feed.price(0);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Stale.selector, 1, NOW));
        feed.syntheticVol(0);
        vm.assertEq(feed.reading(0, 1).price, PRICE, "history stays");
    }

    // --- bonds ---

    function test_StraysAreSlashedAndTheFundGetsIt() public {
        for (uint256 i = 0; i < 4; ++i) _report(i, PRICE);
        _report(4, PRICE * 2);
        feed.finalize(1);
        vm.assertEq(feed.slashed(), SLASH, "slashed");
        vm.assertEq(feed.feeder(_feeder(4)).bond, BOND - SLASH, "its bond");
        vm.assertTrue(!feed.isActive(_feeder(4)), "must bond again");
        _assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NoSlashRecipient.selector));
        feed.sweepSlashed();
        bytes memory call = abi.encodeCall(feed.setSlashRecipient, (FUND, false));
        vm.prank(OWNER);
        feed.schedule(call);
        vm.warp(NOW + 2 days);
        feed.execute(call);
        feed.sweepSlashed();
        vm.assertEq(token.balanceOf(FUND), SLASH, "swept");
        _assertBooks();
    }

    function test_WithoutItsBondNobodyReports() public {
        vm.prank(_feeder(0));
        feed.requestExit();
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Exiting.selector, NOW + 7 days));
        feed.report(1, _reading(PRICE));
    }

    /// A bond is reached after the delay: of one who leaves, and of one who was removed.
    function testFuzz_BondsAreReachable(bool removed, uint64 wait) public {
        wait = uint64(bound(wait, 0, 7 days - 1));
        if (removed) {
            bytes memory call = abi.encodeCall(feed.removeFeeder, (_feeder(0)));
            vm.prank(OWNER);
            feed.schedule(call);
            vm.warp(NOW + 2 days);
            feed.execute(call);
        }
        uint64 exitAt = feed.feeder(_feeder(0)).exitAt;
        if (exitAt == 0) {
            vm.prank(_feeder(0));
            feed.requestExit();
            exitAt = uint64(block.timestamp) + 7 days;
        }
        vm.warp(exitAt - 7 days + wait);
        vm.prank(_feeder(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.ExitNotReady.selector, exitAt));
        feed.withdrawBond();
        vm.warp(exitAt);
        vm.prank(_feeder(0));
        feed.withdrawBond();
        vm.assertEq(token.balanceOf(_feeder(0)), BOND, "back");
        _assertBooks();
    }

    function test_RefusesTokensThatMisbehave() public {
        token.mint(_feeder(0), 100);
        vm.prank(_feeder(0));
        token.approve(address(feed), 100);
        vm.etch(address(token), address(new FeeToken()).code);
        vm.prank(_feeder(0));
        vm.expectRevert();
        feed.bond(100);
        vm.etch(address(token), address(new FalseToken()).code);
        vm.prank(_feeder(0));
        vm.expectRevert();
        feed.bond(100);
        vm.assertEq(feed.totalBonds(), FEEDERS * BOND, "unchanged");
    }

    // --- volatility ---

    /// Against an independent double-precision computation, to one part in a million and one ppm.
    function test_RealisedVolatilityIsThatOfItsDefinition() public {
        uint128[6] memory prices = [uint128(60_000), 61_800, 58_000, 58_000, 66_000, 52_800];
        uint64[6] memory times = [uint64(0), 300, 600, 1200, 1500, 2100];
        for (uint256 i = 0; i < 6; ++i) {
            vm.warp(NOW + times[i]);
            _round(prices[i] * 1e6);
        }
        uint256 expected = 32_742_459; // 3,274 % a year
        uint256 found = feed.realisedVol(0);
        vm.assertTrue(found <= expected + 1 && found + expected / 1_000_000 + 2 >= expected, "realised");
    }

    function test_DepthVolatilityIsThatOfTheSquareRootLaw() public {
        _round(PRICE);
        // 1 % / sqrt(5e6 / 1.2e10) * sqrt(365)
        vm.assertEq(feed.depthVol(0), 9_359_487, "depth-implied");
    }

    /// Never below the implied volatility; above it only as far as both others are.
    function test_SyntheticVolatilityIsTheMedianButNotBelowImplied() public {
        _round(PRICE);
        (IVolatilityOracle.Volatility memory quiet, bool fresh) = feed.volatility(0);
        vm.assertTrue(fresh, "fresh");
        vm.assertEq(quiet.realised, quiet.implied, "one round has no moves");
        vm.assertEq(quiet.synthetic, quiet.implied, "implied");
        vm.warp(NOW + INTERVAL);
        _round((PRICE * 96) / 100);
        (IVolatilityOracle.Volatility memory wild, ) = feed.volatility(0);
        vm.assertTrue(wild.realised > wild.depthImplied && wild.depthImplied > wild.implied, "a crash");
        vm.assertEq(wild.synthetic, wild.depthImplied, "the smaller of the two");
    }

    // --- what the auction asks ---

    function test_TheLargestMoveIsThatOfTheRoundsInTime() public {
        uint32 from = _round(PRICE);
        uint128[3] memory prices = [(PRICE * 97) / 100, (PRICE * 103) / 100, (PRICE * 99) / 100];
        for (uint64 i = 0; i < 3; ++i) {
            vm.warp(NOW + (i + 1) * INTERVAL);
            _round(prices[i]);
        }
        (uint256 move, uint32 rounds) = feed.largestMove(from, NOW);
        vm.assertEq(move, 0, "none yet");
        vm.assertEq(rounds, 0, "no rounds");
        (move, rounds) = feed.largestMove(from, NOW + INTERVAL);
        vm.assertEq(move, 30_000, "down 3 %");
        (move, rounds) = feed.largestMove(from, NOW + 3 * INTERVAL);
        vm.assertEq(move, 30_000, "and up 3 %");
        vm.assertEq(rounds, 3, "rounds");
        (move, ) = feed.largestMove(from + 1, NOW + 3 * INTERVAL);
        vm.assertTrue(move > 61_800 && move < 61_900, "from 97 to 103");
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 9));
        feed.largestMove(9, NOW);
    }

    // --- parameters ---

    function testFuzz_BoundsParameters(uint8 which) public {
        which = uint8(bound(which, 0, 9));
        IVolatilityOracle.Parameters memory p = _parameters();
        bytes32[10] memory names = [
            bytes32("interval"),
            "reportWindow",
            "maxAge",
            "maxMove",
            "tolerance",
            "slashDeviation",
            "minFeeders",
            "realisedRounds",
            "feederBond",
            "slashAmount"
        ];
        uint256 bad;
        if (which == 0) bad = p.interval = 59;
        if (which == 1) bad = p.reportWindow = INTERVAL + 1;
        if (which == 2) bad = p.maxAge = INTERVAL + WINDOW - 1;
        if (which == 3) bad = p.maxMove = 500_001;
        if (which == 4) bad = p.tolerance = 99;
        if (which == 5) bad = p.slashDeviation = 4_999;
        if (which == 6) bad = p.minFeeders = 6;
        if (which == 7) bad = p.realisedRounds = 65;
        if (which == 8) bad = p.feederBond = (1 << 100) + 1;
        if (which == 9) bad = p.slashAmount = BOND + 1;
        bytes memory call = abi.encodeCall(feed.setParameters, (p));
        vm.prank(OWNER);
        feed.schedule(call);
        vm.warp(NOW + 2 days);
        bytes4 selector = IVolatilityOracle.InvalidParameter.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, names[which], bad));
        feed.execute(call);
    }
}
