// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {Median} from "contracts/oracle/Median.sol";
import {SyntheticVolatility} from "contracts/oracle/SyntheticVolatility.sol";
import {VolatilityOracle} from "contracts/oracle/VolatilityOracle.sol";
import {OracleFixture} from "../helpers/OracleFixture.sol";

/// Finalises a round and makes a waiting change in one transaction, as anyone may.
contract Finisher {
    function finish(VolatilityOracle feed, uint32 number, bytes calldata call) external {
        feed.finalize(number);
        feed.execute(call);
    }
}

/// Rounds of medians, and the volatilities that come out of them.
contract VolatilityOracleTest is OracleFixture {
    // --- rounds ---

    function test_ARoundIsTheMedianOfItsReports() public {
        uint128[5] memory prices = [PRICE, PRICE + 5, PRICE - 9, PRICE + 2, PRICE - 1];
        vm.assertEq(feed.nextRound(), 1, "numbers start at 1");
        for (uint256 i = 0; i < FEEDERS; ++i) {
            IVolatilityOracle.Reading[] memory list = readingOf(prices[i]);
            list[1].impliedVol = uint64(600_000 + i);
            list[1].depth = uint128(9 - i);
            list[1].volume = uint128((3 * i) % 5 + 1);
            reportAs(i, list);
        }
        IVolatilityOracle.Reading[] memory expected = readingOf(PRICE);
        (expected[1].impliedVol, expected[1].depth, expected[1].volume) = (600_002, 7, 3);
        vm.expectEmit();
        emit IVolatilityOracle.RoundFinal(1, NOW, expected);
        feed.finalize(1);
        vm.assertEq(feed.latestRound(), 1, "round");
        vm.assertEq(keccak256(abi.encode(feed.reading(0, 1))), keccak256(abi.encode(expected[0])), "BTC");
        vm.assertEq(keccak256(abi.encode(feed.reading(1, 1))), keccak256(abi.encode(expected[1])), "ETH");
        vm.assertEq(feed.price(0), PRICE, "fresh");
        vm.assertEq(feed.roundTime(1), NOW, "time");
        (uint32 number, IVolatilityOracle.Reading memory own) = feed.reportOf(feederAt(1), 0);
        vm.assertTrue(number == 1 && own.price == PRICE + 5, "a report can be looked up");
        vm.assertEq(feed.underlyings()[1], bytes32("ETH"), "symbols");
    }

    function test_EvenNumbersTakeTheLowerMiddle() public {
        uint128[4] memory prices = [PRICE + 30, PRICE + 10, PRICE, PRICE + 20];
        for (uint256 i = 0; i < 4; ++i) reportAs(i, prices[i]);
        vm.warp(NOW + WINDOW + 1);
        feed.finalize(1);
        vm.assertEq(feed.reading(0, 1).price, PRICE + 10, "a reporter's own");
    }

    /// Fewer than half of any number of values may be anything.
    function testFuzz_NoMinorityMovesAMedian(uint256 seed, uint256 count, uint256 liars) public pure {
        count = bound(count, 1, 16);
        liars = bound(liars, 0, (count - 1) / 2);
        uint256[] memory values = new uint256[](count);
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        for (uint256 i = 0; i < count; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, i)));
            bool lies = i < liars;
            // A lie is anything, or an extreme; the truth is between 1,000,000 and 1,999,999.
            values[i] = !lies ? 1_000_000 + (drawn % 1_000_000) : drawn & 1 == 0
                ? drawn
                : (drawn & 2 == 0 ? type(uint256).max : 0);
            if (!lies && values[i] < low) low = values[i];
            if (!lies && values[i] > high) high = values[i];
        }
        for (uint256 i = count; i > 1; --i) {
            uint256 j = uint256(keccak256(abi.encode(seed, "order", i))) % i;
            (values[i - 1], values[j]) = (values[j], values[i - 1]);
        }
        uint256 median = Median.middle(values);
        vm.assertTrue(median >= low && median <= high, "within the true ones");
        for (uint256 i = 1; i < count; ++i) vm.assertLe(values[i - 1], values[i], "sorted");
    }

    /// Two of five say anything at all: every median stays between what the three honest ones said.
    function testFuzz_AMinorityMovesNothingOutOfTheHonestRange(
        uint128[2] memory lies,
        uint64[2] memory vols,
        uint96[2] memory depths,
        uint16[3] memory honest,
        uint8 first
    ) public {
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        (uint256 low, uint256 high) = (type(uint256).max, 0);
        for (uint256 i = 0; i < FEEDERS; ++i) {
            IVolatilityOracle.Reading[] memory list;
            if (i < 2) {
                list = readingOf(uint128(bound(lies[i], 1, 1e18)));
                list[0].impliedVol = uint64(bound(vols[i], 1_000, 20_000_000));
                list[0].depth = uint128(bound(depths[i], 1, type(uint96).max));
                list[0].volume = uint128(bound(depths[1 - i], 1, type(uint96).max));
            } else {
                uint128 price = PRICE + honest[i - 2];
                list = readingOf(price);
                if (price < low) low = price;
                if (price > high) high = price;
            }
            reportAs((i + uint256(first)) % FEEDERS, list);
        }
        feed.finalize(2);
        IVolatilityOracle.Reading memory median = feed.reading(0, 2);
        vm.assertTrue(median.price >= low && median.price <= high, "price");
        vm.assertEq(median.impliedVol, 500_000, "implied volatility");
        vm.assertEq(median.depth, 5_000_000e6, "depth");
        vm.assertEq(median.volume, 12_000_000_000e6, "volume");
        assertBooks();
    }

    function test_NoRoundWithTooFewReports() public {
        reportAs(0, PRICE);
        reportAs(1, PRICE * 2);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WindowOpen.selector, NOW + WINDOW));
        feed.finalize(1);
        vm.warp(NOW + WINDOW + 1);
        vm.expectEmit();
        emit IVolatilityOracle.RoundVoid(1, IVolatilityOracle.VoidReason.TooFewReports);
        feed.finalize(1);
        assertState(1, IVolatilityOracle.RoundState.Void, "void");
        vm.assertEq(feed.latestRound(), 0, "none");
        vm.assertEq(feed.nextRound(), 2, "its number is gone");
        vm.assertEq(feed.slashed(), 0, "nobody is slashed by a void round");
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 1));
        feed.roundTime(1);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotOpen.selector, 1));
        feed.finalize(1);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotOpen.selector, 7));
        feed.finalize(7);
        roundOf(PRICE); // at once
        vm.assertEq(feed.latestRound(), 2, "the next one");
    }

    /// With seven active feeders four reports are needed, whatever `minFeeders` says.
    function testFuzz_ARoundNeedsMoreThanHalfOfItsFeeders(uint256 reports) public {
        reports = bound(reports, 1, 7);
        feed = newOracle(feederList(7), parameterSet());
        for (uint256 i = 0; i < 7; ++i) bondAs(i, BOND);
        // The first price needs two thirds: five.
        for (uint256 i = 0; i < 5; ++i) reportAs(i, PRICE);
        vm.warp(NOW + WINDOW + 1);
        feed.finalize(1);
        vm.warp(NOW + INTERVAL);
        for (uint256 i = 0; i < reports; ++i) reportAs(i, PRICE);
        vm.warp(NOW + INTERVAL + WINDOW + 1);
        feed.finalize(2);
        vm.assertEq(feed.latestRound(), reports >= 4 ? 2 : 1, "four of seven");
    }

    function test_ReportsAreOnceInTimeAndOfFeeders() public {
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NotFeeder.selector, address(this)));
        feed.report(1, readingOf(PRICE));
        reportAs(0, PRICE);
        bytes4 selector = IVolatilityOracle.AlreadyReported.selector;
        expectReportRevert(0, 1, PRICE, abi.encodeWithSelector(selector, 1, feederAt(0)));
        expectReportRevert(1, 2, PRICE, abi.encodeWithSelector(IVolatilityOracle.WrongRound.selector, 2, 1));
        vm.warp(NOW + WINDOW); // the last second
        reportAs(1, PRICE);
        vm.warp(NOW + WINDOW + 1);
        bytes memory closed = abi.encodeWithSelector(IVolatilityOracle.WindowClosed.selector, NOW + WINDOW);
        expectReportRevert(2, 1, PRICE, closed);
    }

    /// Who bonds while a round is open waits for the next: who may report is settled when it opens.
    function test_WhoIsLateWaitsForTheNextRound() public {
        feed = newOracle(feederList(FEEDERS), parameterSet());
        for (uint256 i = 0; i < 4; ++i) bondAs(i, BOND);
        reportAs(0, PRICE);
        bondAs(4, BOND);
        bytes4 selector = IVolatilityOracle.NotActive.selector;
        expectReportRevert(4, 1, PRICE, abi.encodeWithSelector(selector, feederAt(4), BOND));
        for (uint256 i = 1; i < 4; ++i) reportAs(i, PRICE);
        vm.assertEq(feed.round(1).electorate, 15, "four of five");
        feed.finalize(1); // all that may have
        vm.assertEq(feed.latestRound(), 1, "final");
        vm.warp(NOW + INTERVAL);
        reportAs(4, PRICE);
        vm.assertEq(feed.round(2).electorate, 31, "and then five");
    }

    function test_TooFewActiveFeedersOpenNoRound() public {
        exitAs(3);
        exitAs(4);
        exitAs(2);
        bytes4 selector = IVolatilityOracle.TooFewActiveFeeders.selector;
        expectReportRevert(0, 1, PRICE, abi.encodeWithSelector(selector, 2, 3));
        vm.assertEq(feed.nextRound(), 1, "none opened");
    }

    function testFuzz_ReadingsAreBounded(uint256 which, uint256 index, uint128 far) public {
        index = bound(index, 0, 1);
        which = bound(which, 0, 7);
        IVolatilityOracle.Reading[] memory list = readingOf(PRICE);
        IVolatilityOracle.Reading memory given = list[index];
        if (which == 0) given.price = 0;
        if (which == 1) given.price = uint128(bound(far, 1e18 + 1, type(uint128).max));
        if (which == 2) given.impliedVol = uint64(bound(far, 0, 999));
        if (which == 3) given.impliedVol = uint64(bound(far, 20_000_001, type(uint64).max));
        if (which == 4) given.depth = 0;
        if (which == 5) given.depth = uint128(bound(far, 1 << 96, type(uint128).max));
        if (which == 6) given.volume = 0;
        if (which == 7) given.volume = uint128(bound(far, 1 << 96, type(uint128).max));
        vm.prank(feederAt(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidReading.selector, index));
        feed.report(1, list);
    }

    function test_ReadingsAreTakenAtTheirBounds() public {
        IVolatilityOracle.Reading[] memory list = readingOf(PRICE);
        list[0] = IVolatilityOracle.Reading(1, 1_000, 1, 1);
        list[1] = IVolatilityOracle.Reading(1e18, 20_000_000, type(uint96).max, type(uint96).max);
        for (uint256 i = 0; i < FEEDERS; ++i) reportAs(i, list);
        feed.finalize(1);
        vm.assertEq(keccak256(abi.encode(feed.reading(0, 1))), keccak256(abi.encode(list[0])), "smallest");
        vm.assertEq(keccak256(abi.encode(feed.reading(1, 1))), keccak256(abi.encode(list[1])), "largest");
        vm.warp(NOW + INTERVAL);
        vm.prank(feederAt(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.WrongReadings.selector, 1, 2));
        feed.report(2, new IVolatilityOracle.Reading[](1));
    }

    function test_RoundsKeepTheirInterval() public {
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL - 1);
        expectReportRevert(0, 2, PRICE, abi.encodeWithSelector(IVolatilityOracle.TooEarly.selector, NOW + INTERVAL));
        vm.warp(NOW + INTERVAL);
        roundOf(PRICE);
    }

    /// Feeders and parameters stay while a round is open; anyone can close it and make the change at once.
    function test_ARoundIsJudgedByTheRulesItOpenedWith() public {
        bytes[3] memory calls = [
            abi.encodeCall(feed.addFeeder, (feederAt(9))),
            abi.encodeCall(feed.removeFeeder, (feederAt(0))),
            abi.encodeCall(feed.setParameters, (parameterSet()))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(OWNER);
            feed.schedule(calls[i]);
        }
        vm.warp(NOW + 2 days);
        reportAs(0, PRICE);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundIsOpen.selector, 1));
            feed.execute(calls[i]);
        }
        for (uint256 i = 1; i < FEEDERS; ++i) reportAs(i, PRICE);
        new Finisher().finish(feed, 1, calls[1]);
        vm.assertEq(feed.latestRound(), 1, "final");
        vm.assertEq(feed.feeders().length, FEEDERS - 1, "removed");
        feed.execute(calls[0]);
        feed.execute(calls[2]);
    }

    // --- disagreement ---

    /// Beyond 5 % a price needs two thirds of the feeders within half a percent of it.
    function test_LargeMovesNeedASupermajority() public {
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        uint128 fallen = (PRICE * 80) / 100;
        for (uint256 i = 0; i < 3; ++i) reportAs(i, fallen);
        for (uint256 i = 3; i < 5; ++i) reportAs(i, PRICE);
        vm.expectEmit();
        emit IVolatilityOracle.RoundVoid(2, IVolatilityOracle.VoidReason.Disagreement);
        feed.finalize(2);
        assertState(2, IVolatilityOracle.RoundState.Void, "three of five: void");
        vm.assertEq(feed.price(0), PRICE, "the last one stands");
        vm.assertEq(feed.slashed(), 0, "nobody is slashed by a void round");
        for (uint256 i = 0; i < 4; ++i) reportAs(i, fallen);
        reportAs(4, PRICE);
        feed.finalize(3);
        vm.assertEq(feed.price(0), fallen, "four of five");
    }

    /// Two thirds are counted of the active feeders, not of the reports.
    function test_ASupermajorityIsOfAllThatAreActive() public {
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        for (uint256 i = 0; i < 3; ++i) reportAs(i, PRICE * 2);
        vm.warp(NOW + INTERVAL + WINDOW + 1);
        feed.finalize(2);
        assertState(2, IVolatilityOracle.RoundState.Void, "three reports of five, all the same");
    }

    function test_TheFirstPriceNeedsASupermajority() public {
        for (uint256 i = 0; i < 3; ++i) reportAs(i, PRICE);
        vm.warp(NOW + WINDOW + 1);
        feed.finalize(1);
        assertState(1, IVolatilityOracle.RoundState.Void, "three of five");
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        vm.warp(NOW + 2 * WINDOW + 2);
        feed.finalize(2);
        assertState(2, IVolatilityOracle.RoundState.Final, "four of five");
    }

    /// A move of exactly `maxMove` is small, a micro-USD more is large; so it is with `tolerance`.
    function testFuzz_MovesAndAgreementAreExact(bool up, bool beyond, bool apart) public {
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        uint128 move = PRICE / 20 + (beyond ? 1 : 0);
        uint128 moved = up ? PRICE + move : PRICE - move;
        // Three say it; the fourth is at the edge of half a percent of it, or a micro-USD beyond it.
        for (uint256 i = 0; i < 3; ++i) reportAs(i, moved);
        uint128 edge = moved - (uint256(moved) * 5_000 >= 1e6 ? uint128((uint256(moved) * 5_000) / 1e6) : 0);
        reportAs(3, apart ? edge - 1 : edge);
        reportAs(4, moved * 2);
        feed.finalize(2);
        vm.assertEq(feed.latestRound(), beyond && apart ? 1 : 2, "void only where both are beyond");
        if (feed.latestRound() == 2) vm.assertEq(feed.price(0), moved, "median");
    }

    function testFuzz_SmallMovesNeedAMajority(uint32 move) public {
        move = uint32(bound(move, 0, 50_000));
        roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        uint128 moved = PRICE - (PRICE * move) / 1_000_000;
        for (uint256 i = 0; i < 3; ++i) reportAs(i, moved);
        vm.warp(NOW + INTERVAL + WINDOW + 1);
        feed.finalize(2);
        vm.assertEq(feed.price(0), moved, "median");
    }

    // --- staleness ---

    function test_StaleReadingsAreRefused() public {
        roundOf(PRICE);
        vm.warp(NOW + MAX_AGE);
        vm.assertEq(feed.price(0), PRICE, "the last second");
        vm.warp(NOW + MAX_AGE + 1);
        _expectStale(1, NOW);
        (IVolatilityOracle.Volatility memory last, bool fresh) = feed.volatility(0);
        vm.assertTrue(last.implied == 500_000 && !fresh, "flagged");
        vm.assertEq(feed.reading(0, 1).price, PRICE, "history stays");
    }

    function test_NoRoundIsStale() public {
        _expectStale(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Stale.selector, 0, 0));
        feed.volatility(0);
        (uint256 move, uint32 rounds) = feed.largestMove(0, type(uint64).max);
        vm.assertTrue(move == 0 && rounds == 0, "no moves");
    }

    function _expectStale(uint32 number, uint64 time) private {
        vm.assertTrue(!feed.isFresh(), "stale");
        bytes memory stale = abi.encodeWithSelector(IVolatilityOracle.Stale.selector, number, time);
        vm.expectRevert(stale);
        feed.price(0);
        vm.expectRevert(stale);
        feed.syntheticVol(0);
        vm.expectRevert(stale);
        feed.realisedVol(0);
        vm.expectRevert(stale);
        feed.depthVol(0);
    }

    function test_KnowsItsUnderlyings() public {
        roundOf(PRICE);
        bytes memory unknown = abi.encodeWithSelector(IVolatilityOracle.UnknownUnderlying.selector, 2);
        vm.expectRevert(unknown);
        feed.price(2);
        vm.expectRevert(unknown);
        feed.syntheticVol(2);
        vm.expectRevert(unknown);
        feed.volatility(2);
        vm.expectRevert(unknown);
        feed.reading(2, 1);
        vm.expectRevert(unknown);
        feed.reportOf(feederAt(0), 2);
        bytes32[][4] memory lists = [new bytes32[](0), new bytes32[](9), new bytes32[](2), symbols()];
        for (uint256 i = 0; i < 9; ++i) lists[1][i] = bytes32(i + 1);
        lists[2][0] = "BTC";
        lists[3][1] = "BTC";
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidUnderlyings.selector));
            new VolatilityOracle(OWNER, IERC20(address(token)), lists[i], feederList(3), parameterSet());
        }
    }

    // --- volatility ---

    /// Against 60 digits of an independent computation: exactly its floor.
    function test_RealisedVolatilityIsThatOfItsDefinition() public {
        uint128[6] memory prices = [uint128(60_000), 61_800, 58_000, 58_000, 66_000, 52_800];
        uint64[6] memory times = [uint64(0), 300, 600, 1200, 1500, 2100];
        for (uint256 i = 0; i < 6; ++i) {
            vm.warp(NOW + times[i]);
            roundOf(prices[i] * 1e6);
        }
        vm.assertEq(feed.realisedVol(0), 32_742_459, "3,274 % a year");
        vm.assertEq(feed.realisedVol(1), 0, "ETH did not move");
    }

    /// The seventh round pushes the first out of six: what happened before doesn't count.
    function test_RealisedVolatilityForgets() public {
        roundOf(PRICE);
        for (uint64 i = 1; i <= 6; ++i) {
            vm.warp(NOW + i * INTERVAL);
            roundOf((PRICE * 103) / 100);
            vm.assertTrue((feed.realisedVol(0) == 0) == (i == 6), "the move leaves with its round");
        }
    }

    function test_RealisedVolatilityMatchesVectors() public pure {
        vm.assertEq(_walk(1, 64, 120_000_000), 279_771, "quiet: 279771.774");
        vm.assertEq(_walk(2, 64, 6_000_000_000), 8_518_118, "wild: 8518118.744");
        vm.assertEq(_walk(3, 17, 1_000), 1, "nearly still: 1.951");
        vm.assertEq(_walk(4, 2, 600_000_000), 107_907, "one return: 107907.285");
        uint256[] memory prices = new uint256[](64);
        uint256[] memory times = new uint256[](64);
        for (uint256 i = 0; i < 64; ++i) (prices[i], times[i]) = (i % 2 == 0 ? 1 : 1e18, 60 * i);
        vm.assertEq(SyntheticVolatility.realised(prices, times), 30_048_020_859, "the largest: 30048020859.701");
        for (uint256 i = 0; i < 64; ++i) prices[i] = 1e18 - (i % 2);
        vm.assertEq(SyntheticVolatility.realised(prices, times), 0, "the smallest: 7 * 10^-10");
    }

    /// Prices and times of a linear congruential generator, as the independent computation drew them.
    function _walk(uint64 x, uint256 count, uint256 spread) private pure returns (uint256) {
        uint256[] memory prices = new uint256[](count);
        uint256[] memory times = new uint256[](count);
        uint256 time = 0;
        for (uint256 i = 0; i < count; ++i) {
            unchecked {
                x = x * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407;
            }
            prices[i] = PRICE - spread / 2 + ((x >> 32) % spread);
            times[i] = time;
            time += 300 + ((x >> 20) % 60);
        }
        return SyntheticVolatility.realised(prices, times);
    }

    function test_DepthVolatilityIsThatOfTheSquareRootLaw() public {
        roundOf(PRICE);
        // 1 % / sqrt(5e6 / 1.2e10) * sqrt(365)
        vm.assertEq(feed.depthVol(0), 9_359_487, "depth-implied");
    }

    /// The exact floor of the square root: s^2 depth <= 365 * 10^8 volume < (s + 1)^2 depth.
    function testFuzz_DepthVolatilityIsRoundedDown(uint96 depth, uint96 volume) public pure {
        uint256 d = bound(depth, 1, type(uint96).max);
        uint256 v = bound(volume, 1, type(uint96).max);
        uint256 s = SyntheticVolatility.depthImplied(d, v);
        vm.assertTrue(s * s * d <= 36_500_000_000 * v && (s + 1) * (s + 1) * d > 36_500_000_000 * v, "floor");
    }

    /// Never below the implied volatility; above it only as far as both others are.
    function test_SyntheticVolatilityIsTheMedianButNotBelowImplied() public {
        roundOf(PRICE);
        (IVolatilityOracle.Volatility memory quiet, bool fresh) = feed.volatility(0);
        vm.assertTrue(fresh, "fresh");
        vm.assertEq(quiet.realised, quiet.implied, "one round has no moves");
        vm.assertEq(quiet.synthetic, quiet.implied, "implied");
        vm.warp(NOW + INTERVAL);
        roundOf((PRICE * 96) / 100);
        (IVolatilityOracle.Volatility memory wild, ) = feed.volatility(0);
        vm.assertTrue(wild.realised > wild.depthImplied && wild.depthImplied > wild.implied, "a crash");
        vm.assertEq(wild.synthetic, wild.depthImplied, "the smaller of the two");
        vm.assertEq(feed.syntheticVol(0), wild.synthetic, "by itself");
        (IVolatilityOracle.Volatility memory other, ) = feed.volatility(1);
        vm.assertEq(other.realised, 0, "ETH did not move");
        vm.assertEq(other.synthetic, other.implied, "one of the two alone moves nothing");
    }

    function testFuzz_SyntheticIsTheLargerOfImpliedAndMedian(uint64 a, uint64 b, uint64 c) public pure {
        uint256[] memory three = new uint256[](3);
        (three[0], three[1], three[2]) = (a, b, c);
        uint256 median = Median.middle(three);
        uint256 synthetic = SyntheticVolatility.combine(a, b, c);
        vm.assertEq(synthetic, median > a ? median : a, "max(implied, median)");
        vm.assertTrue(synthetic == a || (b > a && c > a), "above implied only where both are");
    }

    // --- what the auction asks ---

    function test_TheLargestMoveIsThatOfTheRoundsInTime() public {
        uint32 from = roundOf(PRICE);
        uint128[3] memory prices = [(PRICE * 97) / 100, (PRICE * 103) / 100, (PRICE * 99) / 100];
        for (uint64 i = 0; i < 3; ++i) {
            vm.warp(NOW + (i + 1) * INTERVAL);
            roundOf(prices[i]);
        }
        _expectMove(from, NOW, 0, 0);
        _expectMove(from, NOW + INTERVAL - 1, 0, 0);
        _expectMove(from, NOW + INTERVAL, 30_000, 1);
        _expectMove(from, NOW + 3 * INTERVAL, 30_000, 3);
        _expectMove(from, type(uint64).max, 30_000, 3);
        _expectMove(from + 1, NOW + 3 * INTERVAL, 61_855, 2); // from 97 to 103
        _expectMove(from + 3, type(uint64).max, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 9));
        feed.largestMove(9, NOW);
    }

    /// Any underlying's move counts, and a void round doesn't.
    function test_TheLargestMoveIsOfAnyUnderlying() public {
        uint32 from = roundOf(PRICE);
        vm.warp(NOW + INTERVAL);
        reportAs(0, PRICE * 3);
        vm.warp(NOW + INTERVAL + WINDOW + 1);
        feed.finalize(2);
        _expectMove(from, type(uint64).max, 0, 0);
        IVolatilityOracle.Reading[] memory list = readingOf(PRICE + 60_000);
        list[1].price = 2_910_000_000;
        for (uint256 i = 0; i < FEEDERS; ++i) reportAs(i, list);
        feed.finalize(3);
        _expectMove(from, type(uint64).max, 30_000, 1); // ETH's 3 %, not BTC's 1 ppm
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 2));
        feed.largestMove(2, NOW);
    }

    function _expectMove(uint32 from, uint64 until, uint256 ppm, uint32 count) private view {
        (uint256 move, uint32 rounds) = feed.largestMove(from, until);
        vm.assertEq(move, ppm, "move");
        vm.assertEq(rounds, count, "rounds");
    }

    /// 256 rounds are kept: with the 257th the first is forgotten. A walk over all of them, of eight underlyings,
    /// costs less than the gas that the auction gives.
    function test_ForgetsWhatIsOlderThan256Rounds() public {
        bytes32[] memory eight = new bytes32[](8);
        for (uint256 i = 0; i < 8; ++i) eight[i] = bytes32(i + 1);
        feed = new VolatilityOracle(OWNER, IERC20(address(token)), eight, feederList(3), parameterSet());
        for (uint256 i = 0; i < 3; ++i) bondAs(i, BOND);
        IVolatilityOracle.Reading[] memory list = new IVolatilityOracle.Reading[](8);
        for (uint32 n = 1; n <= 256; ++n) {
            for (uint256 k = 0; k < 8; ++k) {
                list[k] = IVolatilityOracle.Reading(PRICE + n * 1_000_000, 500_000, 1e12, 1e15);
            }
            vm.warp(NOW + n * INTERVAL);
            for (uint256 i = 0; i < 3; ++i) reportAs(i, list);
            feed.finalize(n);
        }
        vm.cool(address(feed));
        uint256 gas = gasleft();
        (uint256 move, uint32 rounds) = feed.largestMove(1, type(uint64).max);
        gas -= gasleft();
        vm.assertEq(rounds, 255, "rounds");
        vm.assertEq(move, 4_249, "255 USD of 60,001");
        vm.assertTrue(gas > 1_600_000 && gas < 2_600_000, "gas: cold, and below the auction's 3,000,000");
        vm.warp(NOW + 257 * INTERVAL);
        for (uint256 i = 0; i < 3; ++i) reportAs(i, list);
        feed.finalize(257);
        bytes memory forgotten = abi.encodeWithSelector(IVolatilityOracle.RoundForgotten.selector, 1);
        vm.expectRevert(forgotten);
        feed.largestMove(1, type(uint64).max);
        vm.expectRevert(forgotten);
        feed.reading(0, 1);
        vm.assertEq(feed.roundTime(1), NOW + INTERVAL, "its time stays");
        (, rounds) = feed.largestMove(2, type(uint64).max);
        vm.assertEq(rounds, 255, "from the second on");
    }
}
