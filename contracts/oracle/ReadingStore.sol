// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVolatilityOracle} from "./IVolatilityOracle.sol";

/// @title Readings in storage
/// @author Ballast
/// @notice Prices lie together, four in a slot, so that a walk over many rounds' prices reads little.
library ReadingStore {
    /// @notice Prices in a slot.
    uint256 private constant LANES = 4;
    /// @notice Bits of a price's lane.
    uint256 private constant LANE_BITS = 64;
    /// @notice A lane's bits.
    uint256 private constant LANE_MASK = (1 << LANE_BITS) - 1;
    /// @notice Most underlyings.
    uint256 internal constant MAX_UNDERLYINGS = 8;
    /// @notice A price in micro-USD: with this, a ratio of two is at least 10^-18 and at most 10^18.
    uint256 private constant MAX_PRICE = 1e18;
    /// @notice Implied volatilities, ppm a year: 0.1 % to 2,000 %.
    uint256 private constant MIN_VOL = 1_000;
    /// @notice The same.
    uint256 private constant MAX_VOL = 20_000_000;

    /// @notice What isn't the price, in a slot.
    struct Rest {
        uint64 impliedVol;
        uint96 depth;
        uint96 volume;
    }

    /// @notice Readings of all underlyings, of one round.
    struct Readings {
        uint32 round;
        uint64 time;
        uint256[MAX_UNDERLYINGS / LANES] prices;
        Rest[MAX_UNDERLYINGS] rest;
    }

    /// @notice Whether a reading is within its bounds.
    /// @param given the reading.
    /// @return whether it can be stored.
    function isValid(IVolatilityOracle.Reading memory given) internal pure returns (bool) {
        bool priceFits = given.price != 0 && given.price <= MAX_PRICE;
        bool volFits = given.impliedVol >= MIN_VOL && given.impliedVol <= MAX_VOL;
        bool depthFits = given.depth != 0 && given.depth <= type(uint96).max;
        bool volumeFits = given.volume != 0 && given.volume <= type(uint96).max;
        return priceFits && volFits && depthFits && volumeFits;
    }

    /// @notice Stores a valid reading.
    /// @param self the store.
    /// @param index the underlying.
    /// @param given the reading.
    function write(Readings storage self, uint256 index, IVolatilityOracle.Reading memory given) internal {
        // Valid: every value fits its part.
        uint256 shift = (index % LANES) * LANE_BITS;
        uint256 others = self.prices[index / LANES] & ~(LANE_MASK << shift);
        self.prices[index / LANES] = others | (uint256(given.price) << shift);
        self.rest[index] = Rest(given.impliedVol, uint96(given.depth), uint96(given.volume));
    }

    /// @notice Reads a reading.
    /// @param self the store.
    /// @param index the underlying.
    /// @return the reading.
    function read(
        Readings storage self,
        uint256 index
    ) internal view returns (IVolatilityOracle.Reading memory) {
        Rest memory rest = self.rest[index];
        return IVolatilityOracle.Reading(uint128(priceOf(self, index)), rest.impliedVol, rest.depth, rest.volume);
    }
    /// @notice Widens a range of prices so that it holds these too.
    /// @param self the store.
    /// @param lows the smallest price of each underlying so far.
    /// @param highs the largest ones.
    function widen(Readings storage self, uint256[] memory lows, uint256[] memory highs) internal view {
        uint256 count = lows.length;
        uint256 lanes = 0;
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                lanes = i % LANES == 0 ? self.prices[i / LANES] : lanes >> LANE_BITS;
                uint256 price = lanes & LANE_MASK;
                if (price < lows[i]) lows[i] = price;
                else if (price > highs[i]) highs[i] = price;
            }
        }
    }

    /// @notice The prices.
    /// @param self the store.
    /// @param count of the first so many underlyings.
    /// @return prices micro-USD.
    function pricesOf(Readings storage self, uint256 count) internal view returns (uint256[] memory prices) {
        prices = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) prices[i] = priceOf(self, i);
    }

    /// @notice A price.
    /// @param self where it is.
    /// @param index the underlying.
    /// @return micro-USD.
    function priceOf(Readings storage self, uint256 index) internal view returns (uint256) {
        return (self.prices[index / LANES] >> ((index % LANES) * LANE_BITS)) & LANE_MASK;
    }
}
