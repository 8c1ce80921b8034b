// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// What the funds bear of what came in when, and that tokens are conserved.
contract ClearingHouseAmountsTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    function test_NobodyVoidsAProofByPayingIn() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-90 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(80));
        give(DAVE, 6 * UNITS);
        vm.prank(DAVE);
        house.deposit(INSURANCE, 2 * UNITS);
        vm.prank(DAVE);
        house.collectTax(4 * UNITS);
        vm.assertEq(house.poolOf(INSURANCE).settled, 30 * UNITS, "settled");
        uint256 state = vm.snapshotState();
        house.absorb(shown, funding);
        vm.assertEq(assetsOf(INSURANCE), 0, "what is new is drawn as the rest is");
        vm.assertEq(assetsOf(GAMMA), 6 * UNITS, "and as much is left");
        vm.assertEq(house.residual(), 10, "residual");
        // The same with all of it.
        vm.revertToState(state);
        absorb(-90 * LOT, 86);
        vm.assertTrue(assetsOf(INSURANCE) + assetsOf(GAMMA) == 0 && house.residual() == 4, "or all is drawn");
        // Once the ten minutes by the clock after these are over it must be.
        vm.revertToState(state);
        advance(20 minutes - uint64(block.timestamp % 10 minutes) - 1);
        uint256 before = vm.snapshotState();
        absorb(-90 * LOT, 80);
        vm.revertToState(before);
        advance(1);
        expectAbsorbRevert(-90 * LOT, 80, wrongFunding(80, 86, 86));
        absorb(-90 * LOT, 86);
    }

    function _payIn(uint256 how, uint256 amount) private {
        give(DAVE, amount);
        vm.prank(DAVE);
        if (how % 4 == 0) house.deposit(INSURANCE, amount);
        else if (how % 4 == 1) house.deposit(GAMMA, amount);
        else if (how % 4 == 2) house.collectFee(amount);
        else house.collectForfeit(amount);
    }

    /// What came in just before the proof was made does not settle together with a lot paid in after it.
    function test_APaymentAtTheEndOfTenMinutesVoidsNoProof() public {
        fill(30 * UNITS, 0);
        _payIn(0, UNITS);
        vm.warp(block.timestamp + 10 minutes - 2);
        EquityClaim memory shown = houseEquity(-90 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(31));
        uint256 made = block.timestamp;
        vm.warp(made + 1);
        _payIn(0, UNITS);
        uint256 state = vm.snapshotState();
        for (uint256 wait = 1; wait <= 10 minutes; wait += 599) {
            vm.revertToState(state);
            vm.warp(made + wait);
            house.absorb(shown, funding);
            vm.assertEq(assetsOf(INSURANCE), UNITS, "the newest lot is left");
        }
    }

    /// Ten minutes for a proof that names all there is, whoever pays in what before and after.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_AProofOfAllLotsServesForTenMinutes(uint256[12] memory seeds, uint16 wait) public {
        for (uint256 i = 0; i < 6; ++i) {
            _payIn(seeds[i], 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            vm.warp(block.timestamp + ((seeds[i] >> 128) % 15 minutes));
        }
        advance(1 + ((uint64(seeds[0]) >> 8) % 10 minutes));
        uint256 lots = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
        uint256 end = block.timestamp + bound(wait, 0, 10 minutes);
        EquityClaim memory shown = houseEquity(-1000 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(int64(uint64(lots))));
        for (uint256 i = 6; i < 12; ++i) {
            _payIn(seeds[i], 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            vm.warp(block.timestamp + ((seeds[i] >> 128) % (end - block.timestamp + 1)));
        }
        vm.warp(end);
        ILossPools.PoolState memory insurance = house.poolOf(INSURANCE);
        ILossPools.PoolState memory gamma = house.poolOf(GAMMA);
        vm.assertLe(insurance.settled / UNITS + gamma.settled / UNITS, lots, "what came after is not settled");
        house.absorb(shown, funding);
        vm.assertEq(house.residual(), 1000 - lots, "borne");
        assertConserved();
    }

    /// Nothing stays unsettled for longer than twenty minutes, whatever comes in and goes out.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_WhatCameInTwentyMinutesAgoIsSettled(uint256[12] memory seeds) public {
        uint256[13] memory times;
        uint256[13] memory assets;
        (times[0], assets[0]) = (block.timestamp, 0);
        uint256 drawn = 0;
        for (uint256 i = 0; i < 12; ++i) {
            _payIn(3, 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            times[i + 1] = block.timestamp;
            uint256 there = assetsOf(INSURANCE) / UNITS;
            if (seeds[i] % 3 == 0 && there != 0) {
                uint256 lots = 1 + ((seeds[i] >> 64) % there);
                advance(1);
                uint256 least = house.poolOf(INSURANCE).settled / UNITS;
                if (lots < least) lots = least;
                absorb(-int256(lots) * LOT, int64(uint64(lots)));
                drawn += lots * UNITS;
            }
            assets[i + 1] = assetsOf(INSURANCE) + drawn;
            vm.warp(block.timestamp + 1 + ((seeds[i] >> 128) % 15 minutes));
            _checkSettled(times, assets, i + 1, drawn);
        }
    }

    /// Between what came in 20 minutes ago and 10 minutes ago, less what was drawn; never more than there is.
    function _checkSettled(
        uint256[13] memory times,
        uint256[13] memory assets,
        uint256 last,
        uint256 drawn
    ) private view {
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        vm.assertLe(pool.settled, pool.assets, "no more than there is");
        uint256 least = 0;
        uint256 most = 0;
        for (uint256 i = 0; i <= last; ++i) {
            if (times[i] + 20 minutes <= block.timestamp) least = assets[i];
            if (times[i] + 10 minutes < block.timestamp) most = assets[i];
        }
        vm.assertLe(least > drawn ? least - drawn : 0, pool.settled, "settled after twenty minutes");
        vm.assertLe(pool.settled, most > drawn ? most - drawn : 0, "and not within ten");
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_AbsorbingInPartsConservesTokens(uint40[6] memory comes, uint40[3] memory losses) public {
        uint256 all = 0;
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 fee, uint256 paid) = (comes[2 * i], comes[2 * i + 1] + uint256(UNITS));
            give(address(this), fee);
            house.collectFee(fee);
            deposit(CAROL, i % 2 == 0 ? GAMMA : INSURANCE, paid);
            all += fee + paid;
            advance(10 minutes);
            uint256 lots = uint256(losses[i]) + 1;
            uint256 there = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
            uint256 drawn = lots < there ? lots : there;
            absorb(-int256(lots) * LOT, int64(uint64(drawn)));
            vm.assertEq(house.residual(), lots - drawn, "residual");
            assertConserved();
            vm.assertEq(token.balanceOf(address(house)) + token.balanceOf(address(vault)), all, "all is somewhere");
            vm.assertEq(vault.lotsHeld(SETTLEMENT) * UNITS, token.balanceOf(address(vault)), "in lots");
        }
    }

    /// Whatever happens in whatever order: tokens are in the pools, in the vault or with who was paid.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_TokensAreConservedInEveryPath(uint256[8] memory seeds) public {
        for (uint256 i = 0; i < 8; ++i) {
            (uint256 action, uint256 amount) = (seeds[i] % 7, 1 + ((seeds[i] >> 8) % (1000 * UNITS)));
            ILossPools.Pool pool = (seeds[i] >> 128) % 2 == 0 ? INSURANCE : GAMMA;
            if (action == 0) deposit(CAROL, pool, amount);
            if (action == 1) _requestAndWithdraw(pool, amount);
            if (action == 2) _absorbWhatIsThere(amount / UNITS + 1);
            if (action == 3) _releaseWhatIsThere(amount / UNITS + 1);
            if (action > 3) _collect(action, amount);
            assertConserved();
            vm.assertEq(vault.lotsHeld(SETTLEMENT) * UNITS, token.balanceOf(address(vault)), "the vault's");
            uint256 outside = token.balanceOf(CAROL) + token.balanceOf(DAVE);
            uint256 inside = token.balanceOf(address(house)) + token.balanceOf(address(vault));
            vm.assertEq(outside + inside, token.totalSupply(), "all of it is somewhere");
        }
    }

    function _collect(uint256 action, uint256 amount) private {
        give(DAVE, amount);
        vm.prank(DAVE);
        if (action == 4) house.collectFee(amount);
        else if (action == 5) house.collectTax(amount);
        else house.collectForfeit(amount);
    }

    function _requestAndWithdraw(ILossPools.Pool pool, uint256 shares) private {
        uint256 held = house.sharesOf(pool, CAROL);
        if (held == 0) return;
        uint256 id = request(CAROL, pool, 1 + (shares * 1e9) % held);
        vm.warp(block.timestamp + DELAY);
        uint256 before = token.balanceOf(CAROL);
        vm.prank(CAROL);
        try house.withdraw(id, CAROL) returns (uint256 paid) {
            vm.assertEq(token.balanceOf(CAROL), before + paid, "paid");
        } catch (bytes memory reason) {
            bool isExpected = bytes4(reason) == ILossPools.NothingToPay.selector ||
                (bytes4(reason) == ILossPools.FundsLocked.selector && house.residual() != 0);
            vm.assertTrue(isExpected, "only what is worth nothing, or locked");
        }
    }

    function _absorbWhatIsThere(uint256 lots) private {
        advance(10 minutes);
        uint256 there = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
        absorb(-int256(lots) * LOT, int64(uint64(lots < there ? lots : there)));
    }

    function _releaseWhatIsThere(uint256 lots) private {
        uint256 held = vault.lotsHeld(SETTLEMENT);
        if (held == 0) return;
        lots = lots < held ? lots : held;
        advance(1);
        house.clearResidual(houseEquity(0));
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = transferClaim(releaseTerms(int64(uint64(lots))));
        vm.prank(OPERATOR);
        house.release(uint64(lots), claim);
    }
}
