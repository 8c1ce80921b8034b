// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVolatilityOracle} from "../interfaces/IVolatilityOracle.sol";

/// @title Readings in storage
/// @author Ballast
/// @notice Prices lie together, four in a slot, so that a walk over many rounds' prices reads little.
library ReadingStore {
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
        uint64[MAX_UNDERLYINGS] prices;
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
    /// @param self where.
    /// @param index the underlying.
    /// @param given the reading.
    function write(Readings storage self, uint256 index, IVolatilityOracle.Reading memory given) internal {
        // Valid: every value fits its part.
        self.prices[index] = uint64(given.price);
        self.rest[index] = Rest(given.impliedVol, uint96(given.depth), uint96(given.volume));
    }

    /// @notice Reads a reading.
    /// @param self where.
    /// @param index the underlying.
    /// @return the reading.
    function read(
        Readings storage self,
        uint256 index
    ) internal view returns (IVolatilityOracle.Reading memory) {
        Rest memory rest = self.rest[index];
        return IVolatilityOracle.Reading(self.prices[index], rest.impliedVol, rest.depth, rest.volume);
    }
}
