// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Medians
/// @author Ballast
/// @notice Of short lists.
library Median {
    /// @notice The middle value; of an even number the lower of the two in the middle, so it is always somebody's own.
    /// With fewer than half of the values false, it lies between the smallest and the largest true one: at least one
    /// true value isn't above it, and one isn't below.
    /// @param values at least one; sorted in place.
    /// @return the median.
    function middle(uint256[] memory values) internal pure returns (uint256) {
        for (uint256 i = 1; i < values.length; ++i) {
            uint256 value = values[i];
            uint256 j = i;
            for (; j > 0 && values[j - 1] > value; --j) values[j] = values[j - 1];
            values[j] = value;
        }
        return values[(values.length - 1) / 2];
    }
}
