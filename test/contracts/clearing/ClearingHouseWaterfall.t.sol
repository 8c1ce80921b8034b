// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Who bears a loss: what is drawn from which fund, by which proof, and where it goes.
contract ClearingHouseWaterfallTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    function test_TheInsuranceFundComesFirst() public {
        fill(30 * UNITS, 50 * UNITS);
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 20, 20, 0, 0);
        absorb(-20 * LOT, 20);
        vm.assertTrue(assetsOf(INSURANCE) == 10 * UNITS && assetsOf(GAMMA) == 50 * UNITS, "the first alone");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 20, "the vault has it");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "and so has the house");
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 25, 10, 15, 0);
        absorb(-25 * LOT, 25);
        vm.assertTrue(assetsOf(INSURANCE) == 0 && assetsOf(GAMMA) == 35 * UNITS, "then the second");
        vm.assertTrue(!house.locked(), "nothing is left");
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 100, 0, 35, 65);
        absorb(-100 * LOT, 35);
        vm.assertEq(house.residual(), 65, "the residual");
        vm.assertEq(uint256(house.residualSince()), block.timestamp, "since now");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 80, "all in the vault");
        assertConserved();
    }

    function testFuzz_TheWaterfallTakesWholeLotsInOrder(uint48 insurance, uint48 gamma, uint48 loss) public {
        fill(insurance, gamma);
        loss = uint48(bound(loss, 1, type(uint48).max));
        uint256 lots = (uint256(loss) + MICROS_PER_LOT - 1) / MICROS_PER_LOT;
        (uint256 first, uint256 second) = (uint256(insurance) / UNITS, uint256(gamma) / UNITS);
        uint256 fromInsurance = lots < first ? lots : first;
        uint256 rest = lots - fromInsurance;
        uint256 fromGamma = rest < second ? rest : second;
        absorb(-int256(uint256(loss)), int64(uint64(fromInsurance + fromGamma)));
        vm.assertEq(assetsOf(INSURANCE), insurance - fromInsurance * UNITS, "insurance fund");
        vm.assertEq(assetsOf(GAMMA), gamma - fromGamma * UNITS, "Gamma Reserve");
        vm.assertTrue(fromGamma == 0 || assetsOf(INSURANCE) < UNITS, "not a lot is left in the first");
        vm.assertEq(house.residual(), lots - fromInsurance - fromGamma, "residual");
        vm.assertTrue(house.residual() == 0 || assetsOf(GAMMA) < UNITS, "not a lot is left in the second");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), fromInsurance + fromGamma, "the vault");
        vm.assertEq(token.balanceOf(address(vault)), (fromInsurance + fromGamma) * UNITS, "its tokens");
        assertConserved();
    }

    function test_RoundsTheLossUpToALot() public {
        int256[3] memory equities = [int256(-1), -LOT, -LOT - 1];
        uint256[3] memory lots = [uint256(1), 1, 2];
        for (uint256 i = 0; i < 3; ++i) {
            absorb(equities[i], 0);
            vm.assertEq(house.residual(), lots[i], "rounded up");
        }
    }

    function test_DrawsNothingWithoutALoss() public {
        fill(30 * UNITS, 50 * UNITS);
        expectAbsorbRevert(0, 1, abi.encodeWithSelector(IClearingHouse.HouseNotShort.selector, int256(0)));
        expectAbsorbRevert(5, 1, abi.encodeWithSelector(IClearingHouse.HouseNotShort.selector, int256(5)));
        _untouched();
    }

    function _expectShownRevert(EquityClaim memory shown, bytes memory data) private {
        TransferClaim memory funding = keptClaim(fundingTerms(1));
        vm.expectRevert(data);
        house.absorb(shown, funding);
        _untouched();
    }

    function _untouched() private view {
        vm.assertTrue(assetsOf(INSURANCE) == 30 * UNITS && assetsOf(GAMMA) == 50 * UNITS, "untouched");
        vm.assertTrue(house.residual() == 0 && vault.lotsHeld(SETTLEMENT) == 0, "nothing moved");
        assertConserved();
    }

    function test_DrawsNothingWithoutAProofInTheNewestSnapshot() public {
        uint256 old = snapshotId;
        fill(30 * UNITS, 50 * UNITS);
        vm.warp(block.timestamp + GRACE + 1);
        uint256 current = ledger.commitmentOf(HOUSE);
        bytes memory notLatest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        _expectShownRevert(equityClaim(old, HOUSE, current, 4, -LOT), notLatest);
        bytes memory invalid = encoded(IFactProofs.InvalidEquityProof.selector);
        _expectShownRevert(equityClaim(snapshotId, HOUSE, commitmentOf(HOUSE, 1), 4, -LOT), invalid);
        EquityClaim memory shown = houseEquity(-LOT);
        shown.equity = -2 * LOT;
        _expectShownRevert(shown, invalid);
        bytes memory other = abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE);
        _expectShownRevert(equityClaim(ALICE, 4, -LOT), other);
        shown = houseEquity(-LOT);
        shown.accountId = ALICE;
        _expectShownRevert(shown, other);
        shown = houseEquity(-LOT);
        // The newest prices there are decide nothing once they serve no more.
        vm.warp(NOW + 20 minutes + SERVE_GAP + 1);
        bytes4 over = IMarketClock.NotServing.selector;
        _expectShownRevert(shown, abi.encodeWithSelector(over, shown.snapshotId, NOW + 20 minutes + SERVE_GAP));
    }

    function test_TheHouseMustBeGuarded() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-LOT);
        IPortfolioLedger.Account memory account = ledger.account(HOUSE);
        account.guarded = false;
        TransferClaim memory funding = keptClaim(fundingTerms(1));
        vm.mockCall(address(ledger), abi.encodeCall(ledger.account, (HOUSE)), abi.encode(account));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseNotGuarded.selector, HOUSE));
        house.absorb(shown, funding);
    }

    function test_TheFundsBearAllTheyCanAndNoMore() public {
        fill(30 * UNITS, 50 * UNITS);
        expectAbsorbRevert(-40 * LOT, 41, wrongFunding(41, 40));
        expectAbsorbRevert(-90 * LOT, 81, wrongFunding(81, 80));
        expectAbsorbRevert(-90 * LOT, -80, wrongFunding(-80, 80));
        _untouched();
        absorb(-90 * LOT, 80);
        vm.assertEq(house.residual(), 10, "residual");
    }

    /// What is not drawn is reserved: a proof of fewer lots takes nothing off anybody's part.
    function test_WhatIsNotDrawnIsReserved() public {
        fill(30 * UNITS, 50 * UNITS);
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 90, 12, 0, 10);
        absorb(-90 * LOT, 12);
        vm.assertEq(house.poolOf(INSURANCE).reserved, 18 * UNITS, "the insurance fund's");
        vm.assertEq(house.poolOf(GAMMA).reserved, 50 * UNITS, "the Gamma Reserve's");
        absorb(-78 * LOT, 68);
        vm.assertTrue(house.poolOf(INSURANCE).reserved == 0 && house.poolOf(GAMMA).reserved == 0, "all is drawn");
        vm.assertEq(house.residual(), 10, "the same residual");
    }

    /// Somebody pays lots in ahead of the transaction: the proof about the amount still serves.
    function test_NobodyVoidsAProofByPayingIn() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-90 * LOT);
        TransferClaim memory funding = keptClaim(fundingTerms(80));
        deposit(DAVE, INSURANCE, 2 * UNITS);
        give(DAVE, 4 * UNITS);
        vm.prank(DAVE);
        house.collectTax(4 * UNITS);
        house.absorb(shown, funding);
        vm.assertTrue(assetsOf(INSURANCE) == 0 && assetsOf(GAMMA) == 6 * UNITS, "in order");
        vm.assertEq(house.poolOf(GAMMA).reserved, 6 * UNITS, "what came in is reserved for the rest");
        vm.assertEq(house.residual(), 4, "residual");
    }

    function _expectFundingRevert(TransferTerms memory terms, bytes memory data) private {
        EquityClaim memory shown = houseEquity(-40 * LOT);
        TransferClaim memory funding = terms.whole ? transferClaim(terms) : keptClaim(terms);
        vm.expectRevert(data);
        house.absorb(shown, funding);
        _untouched();
    }

    function test_TheLotsGoToTheHouseAndNowhereElse() public {
        fill(30 * UNITS, 50 * UNITS);
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        TransferTerms memory terms = fundingTerms(40);
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectFundingRevert(terms, wrong);
        terms = fundingTerms(40);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        _expectFundingRevert(terms, wrong);
        bytes memory invalid = encoded(IPortfolioLedger.InvalidTransferProof.selector);
        terms = fundingTerms(40);
        terms.whole = true;
        _expectFundingRevert(terms, invalid);
        terms = fundingTerms(40);
        terms.purpose = purpose("absorb", snapshotId + 1);
        _expectFundingRevert(terms, invalid);
        terms.purpose = purpose("release", 0);
        _expectFundingRevert(terms, invalid);
    }

    function test_AnAbsorptionServesOnce() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-10 * LOT);
        TransferClaim memory funding = keptClaim(fundingTerms(10));
        house.absorb(shown, funding);
        insure(address(house), INSURED);
        vm.expectRevert(encoded(IFactProofs.InvalidEquityProof.selector));
        house.absorb(shown, funding);
        shown = houseEquity(-10 * LOT);
        vm.expectRevert(encoded(IPortfolioLedger.InvalidTransferProof.selector));
        house.absorb(shown, funding);
        vm.assertEq(assetsOf(INSURANCE), 20 * UNITS, "once");
    }
}
