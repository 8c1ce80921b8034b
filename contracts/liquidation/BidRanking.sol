// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISealedAuction} from "./ISealedAuction.sol";

/// @title The order of bids
/// @author Ballast
/// @notice More cash first, then the bid that was committed earlier. Only bids that are revealed and still wait are
/// ranked. A list has at most 16 bids, which bounds every loop.
library BidRanking {
    /// @notice The bid of a rank.
    /// @param list a case's bids.
    /// @param rank 0 for the best.
    /// @return exists whether there are so many.
    /// @return index its place in the list.
    function ranked(
        ISealedAuction.Bid[] storage list,
        uint256 rank
    ) internal view returns (bool exists, uint256 index) {
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) {
            if (_waits(list[i]) && _rankOf(list, i) == rank) return (true, i);
        }
        return (false, 0);
    }

    /// @notice How many bids are ranked.
    /// @param list a case's bids.
    /// @return waiting 0 to 16.
    function count(ISealedAuction.Bid[] storage list) internal view returns (uint256 waiting) {
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) if (_waits(list[i])) ++waiting;
    }

    /// @notice Somebody's bid.
    /// @param list a case's bids.
    /// @param bidder who bids.
    /// @return the bid. Reverts with WrongBidStatus when there is none.
    function find(
        ISealedAuction.Bid[] storage list,
        address bidder
    ) internal view returns (ISealedAuction.Bid storage) {
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) if (list[i].bidder == bidder) return list[i];
        revert ISealedAuction.WrongBidStatus(bidder, ISealedAuction.BidStatus.None);
    }

    /// @notice How many ranked bids come before one.
    /// @param list a case's bids.
    /// @param index the place of that one in the list.
    /// @return rank 0 for the best.
    function _rankOf(ISealedAuction.Bid[] storage list, uint256 index) private view returns (uint256 rank) {
        uint64 cash = list[index].cash;
        uint256 length = list.length;
        for (uint256 i = 0; i < length; ++i) {
            if (i == index || !_waits(list[i])) continue;
            if (list[i].cash > cash || (list[i].cash == cash && i < index)) ++rank;
        }
    }

    /// @notice Whether a bid is ranked.
    /// @param bid the bid.
    /// @return true for one that is revealed and still waits.
    function _waits(ISealedAuction.Bid storage bid) private view returns (bool) {
        return bid.status == ISealedAuction.BidStatus.Revealed;
    }
}
