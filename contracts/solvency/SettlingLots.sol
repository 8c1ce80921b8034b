// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Lots that accounts paid in of late
/// @author Ballast
/// @notice Counts lots by account and half week of their payment, and forgets what was paid in two half weeks before
/// the one that runs: each lot counts for 7 days at least, and 10.5 at most.
library SettlingLots {
    /// @notice Lots by half week, counted from the Unix epoch: of all accounts together, and of each.
    struct Book {
        mapping(uint256 halfWeek => uint256 lots) all;
        mapping(uint256 accountId => mapping(uint256 halfWeek => uint256 lots)) paidBy;
    }

    uint256 private constant HALF_WEEK = 3.5 days;
    /// @notice How many half weeks count: the one that runs, and those before.
    uint256 private constant COUNTED = 3;

    /// @notice Counts lots that an account paid in.
    /// @param book the book.
    /// @param accountId the account.
    /// @param time of the payment, Unix seconds.
    /// @param lots how many lots.
    function add(Book storage book, uint256 accountId, uint256 time, uint256 lots) internal {
        book.all[time / HALF_WEEK] += lots;
        book.paidBy[accountId][time / HALF_WEEK] += lots;
    }

    /// @notice Counts lots out that an account paid in, the oldest first.
    /// @param book the book.
    /// @param accountId the account.
    /// @param time now, Unix seconds.
    /// @param lots the most that go.
    function take(Book storage book, uint256 accountId, uint256 time, uint256 lots) internal {
        uint256 halfWeek = _first(time);
        for (uint256 i = 0; i < COUNTED && lots != 0; ++i) {
            uint256 taken = Math.min(lots, book.paidBy[accountId][halfWeek + i]);
            if (taken == 0) continue;
            book.paidBy[accountId][halfWeek + i] -= taken;
            book.all[halfWeek + i] -= taken;
            lots -= taken;
        }
    }

    /// @notice What all accounts paid in of late.
    /// @param book the book.
    /// @param time now, Unix seconds.
    /// @return lots that count.
    function left(Book storage book, uint256 time) internal view returns (uint256 lots) {
        uint256 halfWeek = _first(time);
        for (uint256 i = 0; i < COUNTED; ++i) lots += book.all[halfWeek + i];
    }

    /// @notice What one account paid in of late.
    /// @param book the book.
    /// @param accountId the account.
    /// @param time now, Unix seconds.
    /// @return lots that count.
    function leftOf(Book storage book, uint256 accountId, uint256 time) internal view returns (uint256 lots) {
        uint256 halfWeek = _first(time);
        for (uint256 i = 0; i < COUNTED; ++i) lots += book.paidBy[accountId][halfWeek + i];
    }

    /// @notice The first half week that counts.
    /// @param time now, Unix seconds.
    /// @return halfWeek its number.
    function _first(uint256 time) private pure returns (uint256 halfWeek) {
        return time / HALF_WEEK + 1 - COUNTED;
    }
}
