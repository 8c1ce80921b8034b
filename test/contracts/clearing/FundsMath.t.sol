// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ShareMath} from "contracts/clearing/ShareMath.sol";
import {WaterfallMath} from "contracts/clearing/WaterfallMath.sol";
import {Base} from "../helpers/Vm.sol";

/// The pure arithmetic of the funds, with numbers as large as they get.
contract FundsMathTest is Base {
    function testFuzz_ALossIsSplitInOrderAndWhole(uint256 loss, uint128 insurance, uint128 gamma) public pure {
        (uint256 i, uint256 g, uint256 r) = WaterfallMath.split(loss, insurance, gamma);
        vm.assertEq(i + g + r, loss, "all of it");
        vm.assertTrue(i <= insurance && g <= gamma, "no more than there is");
        vm.assertTrue(g == 0 || i == insurance, "the first is empty before the second pays");
        vm.assertTrue(r == 0 || g == gamma, "and the second before there is a residual");
    }

    function testFuzz_ADayDrawsAPartOfWhatThereWas(uint96 first, uint96 held, uint96 drawn, uint32 cap) public pure {
        cap = uint32(bound(cap, 10_000, 1_000_000));
        uint256 left = WaterfallMath.leftToday(first, held, drawn, cap);
        uint256 now_ = uint256(held) + drawn;
        bool isUncapped = cap == 1_000_000;
        uint256 most = ((isUncapped || now_ < first ? now_ : first) * cap) / 1_000_000;
        if (most == 0) most = 1;
        vm.assertEq(left, most > drawn ? most - drawn : 0, "what is left of it");
        if (isUncapped && now_ > 0) vm.assertEq(left, held, "all of it");
        // What came in or left since the first draw raises nothing.
        if (isUncapped || drawn > first) return;
        vm.assertLe(left, WaterfallMath.leftToday(first, first - drawn, drawn, cap), "as if nobody had come or gone");
    }

    function testFuzz_AShortfallIsRoundedUp(uint200 micros, uint64 perLot) public pure {
        perLot = uint64(bound(perLot, 1, type(uint64).max));
        uint256 lots = WaterfallMath.shortfall(-int256(uint256(micros)), perLot);
        vm.assertTrue(lots * perLot >= micros && lots * perLot < uint256(micros) + perLot, "to a lot");
        vm.assertEq(WaterfallMath.shortfall(int256(uint256(micros)), perLot), 0, "none");
    }

    /// Out at most what went in, whatever the pool has and holds back.
    function testFuzz_ADepositBuysNoMoreThanItBrings(
        uint96 amount,
        uint96 assets,
        uint256 shares,
        uint96 unvested,
        uint96 reserved
    ) public pure {
        vm.assume(uint256(assets) + amount <= type(uint96).max);
        shares = bound(shares, 0, uint256(assets) * 1e18);
        uint256 bought = ShareMath.sharesFor(amount, assets, shares);
        uint256 all = shares + bought;
        uint256 there = uint256(assets) + amount;
        uint256 free = ShareMath.free(there, unvested, reserved);
        vm.assertLe(ShareMath.worth(bought, there, all), amount, "of all that there is");
        vm.assertLe(ShareMath.worth(bought, free, all), ShareMath.worth(bought, there, all), "and of what is free");
        // Who was there before loses nothing by it.
        if (shares == 0) return;
        uint256 before = ShareMath.worth(shares, ShareMath.free(assets, unvested, reserved), shares);
        vm.assertLe(before, ShareMath.worth(shares, free, all) + 1, "not at the others' cost");
    }

    /// What a loss consumes is unvested no more, to a unit, and never more than that.
    function testFuzz_ALossConsumesTheLatestIncomeFirst(
        uint96 amount,
        uint96 recent,
        uint96 earlier,
        uint32 elapsed,
        uint32 period
    ) public pure {
        period = uint32(bound(period, 1 days, 30 days));
        elapsed = uint32(bound(elapsed, 0, period - 1));
        uint256 before = ShareMath.unvested(recent, earlier, elapsed, period);
        (uint256 r, uint256 e) = ShareMath.consume(amount, recent, earlier, period - elapsed, period);
        vm.assertTrue(e == earlier || r == 0, "the latest first");
        uint256 left = ShareMath.unvested(r, e, elapsed, period);
        uint256 expected = before > amount ? before - amount : 0;
        vm.assertLe(left, expected + 1, "as much less");
        vm.assertLe(expected, left + 1, "and no more");
    }

    function testFuzz_AllSharesAreWorthNoMoreThanWhatIsFree(uint96 assets, uint152 one, uint152 other) public pure {
        uint256 all = uint256(one) + other;
        uint256 sum = ShareMath.worth(one, assets, all) + ShareMath.worth(other, assets, all);
        vm.assertLe(sum, assets, "together");
    }

    function testFuzz_IncomeVestsFromAllToNothing(
        uint96 recent,
        uint96 earlier,
        uint32 elapsed,
        uint32 period
    ) public pure {
        period = uint32(bound(period, 1 days, 30 days));
        elapsed = uint32(bound(elapsed, 0, period - 1));
        uint256 now_ = ShareMath.unvested(recent, earlier, elapsed, period);
        vm.assertLe(now_, uint256(recent) + earlier, "at most all");
        vm.assertLe(recent, now_, "at least what is of this period");
        if (elapsed == 0) vm.assertEq(now_, uint256(recent) + earlier, "all at first");
        uint256 later = ShareMath.unvested(recent, earlier, elapsed + 1 < period ? elapsed + 1 : elapsed, period);
        vm.assertLe(later, now_, "less and less");
    }
}
