// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ExitMath} from "contracts/exit/ExitMath.sol";
import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {Base} from "../helpers/Vm.sol";

/// Whatever is claimed and whatever is there: no more is paid than there is, nor more to anyone than it claims.
contract ExitMathTest is Base {
    using ExitMath for ExitMath.Shares;

    uint256 private constant CLAIMS = 6;

    /// A venue with two assets, of which the second may be worth nothing.
    struct Venue {
        uint256 fencedLots;
        uint256 settlementLots;
        uint256 settlementMark;
        uint256 coins;
        uint256 coinMark;
    }

    function _draw(uint256 seed, uint256 n, uint256 bits) private pure returns (uint256 value) {
        uint256 drawn = uint256(keccak256(abi.encode(seed, n)));
        // Small ones, large ones, and nothing at all.
        uint256 width = (drawn >> 248) % (bits + 1);
        return drawn & ((1 << width) - 1);
    }

    function _venue(uint256 seed) private pure returns (Venue memory venue) {
        venue.fencedLots = _draw(seed, 1, 90);
        venue.settlementLots = _draw(seed, 2, 90);
        venue.settlementMark = _draw(seed, 3, 39);
        venue.coins = _draw(seed, 4, 90);
        venue.coinMark = _draw(seed, 5, 39);
    }

    function _claims(
        uint256 seed
    ) private pure returns (IExitDesk.Claim[] memory claims, IExitDesk.Totals memory totals) {
        claims = new IExitDesk.Claim[](CLAIMS);
        for (uint256 i = 0; i < CLAIMS; ++i) {
            claims[i].equity = uint128(_draw(seed, 10 + i, 127) + 1);
            claims[i].isHouse = i < 2;
            claims[i].isAnchored = i < 4;
            totals.all += claims[i].equity;
            if (i < 4) totals.anchored += claims[i].equity;
            if (i < 2) totals.house += claims[i].equity;
        }
    }

    function testFuzz_NoMoreThanThereIsNorThanIsClaimed(uint256 seed) public pure {
        Venue memory venue = _venue(seed);
        (IExitDesk.Claim[] memory claims, IExitDesk.Totals memory totals) = _claims(seed);
        uint256 value = venue.settlementLots * venue.settlementMark + venue.coins * venue.coinMark;
        ExitMath.Shares memory shares = ExitMath.share(
            totals,
            ExitMath.Reserves(venue.fencedLots, venue.settlementLots, venue.settlementMark, value)
        );
        uint256 settlementOpen = venue.settlementLots - shares.houseLots;
        (uint256 fenced, uint256 open, uint256 coins) = (0, 0, 0);
        for (uint256 i = 0; i < CLAIMS; ++i) {
            uint256 ofFence = shares.fencedPart(totals, claims[i]);
            uint256 ofOpen = claims[i].isHouse
                ? shares.housePart(totals, claims[i])
                : shares.openPart(totals, claims[i], settlementOpen);
            uint256 ofCoins = claims[i].isHouse ? 0 : shares.openPart(totals, claims[i], venue.coins);
            vm.assertLe(
                (ofFence + ofOpen) * venue.settlementMark + ofCoins * venue.coinMark,
                claims[i].equity,
                "no more than the claim"
            );
            if (!claims[i].isAnchored) vm.assertEq(ofFence, 0, "nothing fenced");
            (fenced, open, coins) = (fenced + ofFence, open + ofOpen, coins + ofCoins);
        }
        vm.assertLe(fenced, venue.fencedLots, "of the fenced lots");
        vm.assertLe(open, venue.settlementLots, "of the open lots");
        vm.assertLe(coins, venue.coins, "of the coins");
    }

    /// Two customers with one claim each, and the house with the same: none is worse off than another, to a lot and the
    /// rounding of its value.
    function testFuzz_TheHouseHasACustomersPart(uint256 seed) public pure {
        Venue memory venue = _venue(seed);
        (venue.settlementMark, venue.coins) = (1 + venue.settlementMark % 1000, 0);
        uint128 equity = uint128(_draw(seed, 20, 100) + 1);
        IExitDesk.Totals memory totals = IExitDesk.Totals(3 * uint256(equity), 3 * uint256(equity), equity);
        ExitMath.Shares memory shares = ExitMath.share(
            totals,
            ExitMath.Reserves(
                venue.fencedLots,
                venue.settlementLots,
                venue.settlementMark,
                venue.settlementLots * venue.settlementMark
            )
        );
        IExitDesk.Claim memory customer;
        (customer.equity, customer.isAnchored) = (equity, true);
        uint256 ofHouse = shares.housePart(totals, customer);
        uint256 ofCustomer = shares.openPart(totals, customer, venue.settlementLots - shares.houseLots);
        vm.assertLe(ofHouse, ofCustomer + 2, "no better off");
        vm.assertLe(ofCustomer, ofHouse + 2, "no worse off");
    }

    function test_NothingIsSharedOfNothing() public pure {
        IExitDesk.Totals memory none;
        ExitMath.Reserves memory nothing;
        ExitMath.Shares memory shares = ExitMath.share(none, nothing);
        IExitDesk.Claim memory claim;
        vm.assertEq(shares.fencedPart(none, claim) + shares.openPart(none, claim, 5), 0, "nothing");
        vm.assertEq(shares.housePart(none, claim), 0, "nothing");
    }
}
