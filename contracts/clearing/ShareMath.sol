// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Arithmetic of a pool's shares
/// @author Ballast
/// @notice Two prices of a share: who pays in pays for all that the pool has, who leaves is paid of what is neither
/// reserved for a loss nor unvested. So nobody gains by income that came in before, or by a loss that turns out
/// smaller than it was booked. Amounts are token units below 2^96, shares below 2^156.
/// @dev Pure, and without anything that solc's SMTChecker can't follow: it proves each `assert`.
library ShareMath {
    /// @notice Shares that nobody owns; a unit of the token buys as many in a new pool.
    uint256 internal constant VIRTUAL_SHARES = 1e9;

    /// @notice What a deposit buys.
    /// @param amount token units.
    /// @param assets all that the pool has.
    /// @param shares all shares.
    /// @return bought shares, rounded down.
    function sharesFor(uint256 amount, uint256 assets, uint256 shares) internal pure returns (uint256 bought) {
        bought = (amount * (shares + VIRTUAL_SHARES)) / (assets + 1);
        assert(bought * (assets + 1) <= amount * (shares + VIRTUAL_SHARES));
    }

    /// @notice What shares are worth. The lesser of two prices: the virtual shares have their part of what was gained,
    /// and none of what was lost.
    /// @param part shares, at most all.
    /// @param assets what counts of the pool's assets.
    /// @param shares all shares.
    /// @return amount token units, rounded down.
    function worth(uint256 part, uint256 assets, uint256 shares) internal pure returns (uint256 amount) {
        if (part == 0) return 0;
        amount = (part * assets) / shares;
        assert(amount * shares <= part * assets);
        uint256 other = (part * (assets + 1)) / (shares + VIRTUAL_SHARES);
        assert(other * (shares + VIRTUAL_SHARES) <= part * (assets + 1));
        if (other < amount) amount = other;
    }

    /// @notice What of a pool's income is unvested: all of the present period's, and of the last period's as much as
    /// is left of the present one.
    /// @param recent income of the present period.
    /// @param earlier income of the period before.
    /// @param elapsed seconds of the present period that have passed.
    /// @param period seconds of a period, more than that.
    /// @return amount token units, rounded up.
    function unvested(
        uint256 recent,
        uint256 earlier,
        uint256 elapsed,
        uint256 period
    ) internal pure returns (uint256 amount) {
        uint256 vested = (earlier * elapsed) / period;
        amount = recent + (earlier - vested);
        assert(amount >= recent && amount <= recent + earlier);
    }

    /// @notice What is left of unvested income when a loss consumes some: the latest first. A loss that is booked, found
    /// smaller and booked again leaves as much unvested as before.
    /// @param amount token units to consume.
    /// @param recent income of the present period.
    /// @param earlier income of the period before.
    /// @param left seconds of the present period that are left, at most the period.
    /// @param period seconds of a period.
    /// @return recentLeft token units.
    /// @return earlierLeft token units.
    function consume(
        uint256 amount,
        uint256 recent,
        uint256 earlier,
        uint256 left,
        uint256 period
    ) internal pure returns (uint256 recentLeft, uint256 earlierLeft) {
        uint256 fromRecent = amount < recent ? amount : recent;
        recentLeft = recent - fromRecent;
        // As much of the earlier income as has this much unvested, rounded down.
        uint256 fromEarlier = ((amount - fromRecent) * period) / left;
        earlierLeft = fromEarlier < earlier ? earlier - fromEarlier : 0;
        assert(recentLeft <= recent && earlierLeft <= earlier);
    }

    /// @notice What leavers can be paid of.
    /// @param assets all that the pool has.
    /// @param unvestedPart what of it is unvested income.
    /// @param reserved what of it is reserved for a loss.
    /// @return amount token units.
    function free(uint256 assets, uint256 unvestedPart, uint256 reserved) internal pure returns (uint256 amount) {
        uint256 kept = unvestedPart + reserved;
        amount = assets > kept ? assets - kept : 0;
        assert(amount + reserved <= assets || amount == 0);
    }
}
