// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Tokens are conserved, whatever comes in, is drawn, released and paid out.
contract ClearingHouseAmountsTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

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
            (uint256 ofInsurance, uint256 ofGamma) = drawable(lots);
            absorb(-int256(lots) * LOT, int64(uint64(ofInsurance + ofGamma)));
            vm.assertEq(house.residual(), lots < there ? 0 : lots - there, "residual");
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
        (uint256 ofInsurance, uint256 ofGamma) = drawable(lots);
        absorb(-int256(lots) * LOT, int64(uint64(ofInsurance + ofGamma)));
    }

    function _releaseWhatIsThere(uint256 lots) private {
        uint256 held = vault.lotsHeld(SETTLEMENT);
        if (held == 0) return;
        lots = lots < held ? lots : held;
        advance(1);
        house.clearResidual(houseEquity(0));
        insure(address(house), INSURED);
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = keptClaim(releaseTerms(int64(uint64(lots))));
        vm.prank(OPERATOR);
        house.release(uint64(lots), claim);
    }
}
