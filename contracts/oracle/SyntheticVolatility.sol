// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// @title Synthetic volatility
/// @author Ballast
/// @notice docs/protocol/volatility-oracle.md, section 3. Volatilities are ppm a year of 365 days, rounded down.
library SyntheticVolatility {
    /// @notice A year, in seconds.
    uint256 internal constant YEAR = 365 days;
    /// @notice 365 days a year times the square of 1 %, in ppm: 365 * 10,000^2.
    uint256 private constant DEPTH_SCALE = 36_500_000_000;
    /// @notice One, in the logarithm's fixed point.
    uint256 private constant WAD = 1e18;
    /// @notice From that to ppm.
    uint256 private constant WAD_PER_PPM = 1e12;

    /// @notice The volatility at which the square-root law of impact gives the depth: a trade of Q moves the price by
    /// sigma_day * sqrt(Q / volume), so 1 % = sigma_day * sqrt(depth / volume).
    /// @param depth micro-USD that move the price by 1 %, 1 to 2^96 - 1.
    /// @param volume micro-USD traded in a day, 1 to 2^96 - 1.
    /// @return 1 % / sqrt(depth / volume) * sqrt(365), exactly rounded down.
    function depthImplied(uint256 depth, uint256 volume) internal pure returns (uint256) {
        return FixedPointMathLib.sqrt((DEPTH_SCALE * volume) / depth);
    }

    /// @notice Annualised standard deviation, around zero, of log returns: sqrt(sum r^2 / sum dt * year).
    /// @dev |r| is the logarithm of the larger price over the smaller one: both rounded down, by 2 * 10^-18 at most.
    /// @param prices at least two, each 1 to 10^18, at most 64.
    /// @param times theirs, ascending, in seconds.
    /// @return the deviation; below the exact one by less than 1 ppm and 10^-9 of it.
    function realised(uint256[] memory prices, uint256[] memory times) internal pure returns (uint256) {
        uint256 last = prices.length - 1;
        uint256 sum = 0;
        for (uint256 i = 0; i < last; ++i) {
            (uint256 low, uint256 high) = (prices[i], prices[i + 1]);
            if (low > high) (low, high) = (high, low);
            // At most ln(10^18), 42 in 10^18s: 64 squares have less than 140 bits.
            uint256 r = uint256(FixedPointMathLib.lnWad(int256((high * WAD) / low)));
            sum += r * r;
        }
        return FixedPointMathLib.sqrt((sum * YEAR) / (times[last] - times[0])) / WAD_PER_PPM;
    }

    /// @notice The median of the three, but never less than the implied volatility: above it only as far as both of the
    /// others are.
    /// @param implied of options.
    /// @param realised_ of past prices.
    /// @param depthImplied_ of the order book.
    /// @return the synthetic volatility.
    function combine(uint256 implied, uint256 realised_, uint256 depthImplied_) internal pure returns (uint256) {
        return FixedPointMathLib.max(implied, FixedPointMathLib.min(realised_, depthImplied_));
    }
}
