// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExitDesk} from "./IExitDesk.sol";

/// @title What each gets of what is there
/// @author Ballast
/// @notice docs/protocol/exit.md. All parts are rounded down, so their sum is at most what is shared, asset by asset,
/// and none is worth more than its claim.
library ExitMath {
    using Math for uint256;

    /// @notice What there is: lots of the settlement asset that are fenced, and those that aren't; what a lot of it is
    /// worth, and what all open lots of all assets are, micro-USD.
    struct Reserves {
        uint256 fencedLots;
        uint256 settlementLots;
        uint256 settlementMark;
        uint256 openValue;
    }

    /// @notice What is paid: fenced lots to anchored claims; lots of the settlement asset to the house, in place of its
    /// part of every asset; of what is then open, `paid` of `value` to the customers' claims that are left.
    struct Shares {
        uint256 fencedLots;
        uint256 houseLots;
        uint256 paid;
        uint256 value;
        uint256 claims;
        uint256 anchoredLeft;
    }

    /// @notice Shares what is there: fenced lots among anchored claims; then open ones among all that is left of
    /// claims.
    /// @param totals what is claimed, micro-USD.
    /// @param reserves what there is.
    /// @return shares what is paid.
    function share(
        IExitDesk.Totals memory totals,
        Reserves memory reserves
    ) internal pure returns (Shares memory shares) {
        uint256 mark = reserves.settlementMark;
        uint256 fenced = (reserves.fencedLots * mark).min(totals.anchored);
        shares.anchoredLeft = totals.anchored - fenced;
        uint256 left = totals.all - fenced;
        shares.value = reserves.openValue;
        shares.claims = left;
        if (mark != 0) {
            shares.fencedLots = fenced / mark;
            uint256 ofHouse = _part(totals.house, shares.anchoredLeft, totals.anchored);
            uint256 paid = _part(reserves.openValue.min(left), ofHouse, left);
            shares.houseLots = (paid / mark).min(reserves.settlementLots);
            shares.claims = left - ofHouse;
            shares.value -= shares.houseLots * mark;
        }
        shares.paid = shares.value.min(shares.claims);
    }

    /// @notice An account's part of what is fenced.
    /// @param shares what is paid.
    /// @param totals what is claimed.
    /// @param claim the account's.
    /// @return lots of the settlement asset.
    function fencedPart(
        Shares memory shares,
        IExitDesk.Totals memory totals,
        IExitDesk.Claim memory claim
    ) internal pure returns (uint256 lots) {
        return claim.isAnchored ? _part(shares.fencedLots, claim.equity, totals.anchored) : 0;
    }

    /// @notice One of the house's accounts' part of what isn't fenced.
    /// @param shares what is paid.
    /// @param totals what is claimed.
    /// @param claim the account's.
    /// @return lots of the settlement asset.
    function housePart(
        Shares memory shares,
        IExitDesk.Totals memory totals,
        IExitDesk.Claim memory claim
    ) internal pure returns (uint256 lots) {
        return _part(shares.houseLots, claim.equity, totals.house);
    }

    /// @notice A customer's part of what isn't fenced.
    /// @param shares what is paid.
    /// @param totals what is claimed.
    /// @param claim the account's.
    /// @param openLots of an asset, less the house's.
    /// @return lots of that asset.
    function openPart(
        Shares memory shares,
        IExitDesk.Totals memory totals,
        IExitDesk.Claim memory claim,
        uint256 openLots
    ) internal pure returns (uint256 lots) {
        uint256 left = claim.isAnchored ? _part(claim.equity, shares.anchoredLeft, totals.anchored) : claim.equity;
        return _part(_part(openLots, shares.paid, shares.value), left, shares.claims);
    }

    /// @notice Part of a whole, rounded down.
    /// @param amount what is parted.
    /// @param part at most the whole.
    /// @param whole 0: there is no part.
    /// @return amount * part / whole.
    function _part(uint256 amount, uint256 part, uint256 whole) private pure returns (uint256) {
        return whole == 0 ? 0 : amount.mulDiv(part, whole);
    }
}
