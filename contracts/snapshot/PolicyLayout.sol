// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Layout of a policy's elements
/// @author Ballast
/// @notice How many elements a policy has, where its own numbers stand, and how many bits each element has.
/// @dev GENERATED from circuits/margin/policy.json by scripts/policy-layout.ts: change that, not this.
library PolicyLayout {
    /// @notice How many elements a policy has.
    /// @param underlyings K.
    /// @return the number.
    function width(uint256 underlyings) internal pure returns (uint256) {
        return 6 * underlyings + 4;
    }

    /// @notice Bits of an element: it is below 2 to that power.
    /// @param index where it stands, below `width`.
    /// @param underlyings K.
    /// @return the bits.
    function bitsAt(uint256 index, uint256 underlyings) internal pure returns (uint256) {
        if (index < 3 * underlyings) return 32;
        if (index < 3 * underlyings + 1) return 24;
        if (index < 6 * underlyings + 1) {
            if ((index - (3 * underlyings + 1)) % 3 == 0) return 32;
            return 80;
        }
        return 32;
    }

    /// @notice Where `stressWeight` stands.
    /// @param underlyings K.
    /// @return the index.
    function stressWeightAt(uint256 underlyings) internal pure returns (uint256) {
        return 3 * underlyings;
    }

    /// @notice Where `initial` stands.
    /// @param underlyings K.
    /// @return the index.
    function initialAt(uint256 underlyings) internal pure returns (uint256) {
        return 6 * underlyings + 1;
    }

    /// @notice Where `soft` stands.
    /// @param underlyings K.
    /// @return the index.
    function softAt(uint256 underlyings) internal pure returns (uint256) {
        return 6 * underlyings + 2;
    }

    /// @notice Where `maintenance` stands.
    /// @param underlyings K.
    /// @return the index.
    function maintenanceAt(uint256 underlyings) internal pure returns (uint256) {
        return 6 * underlyings + 3;
    }
}
