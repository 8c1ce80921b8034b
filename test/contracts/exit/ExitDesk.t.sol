// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {EquityClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {ExitFixture} from "../helpers/ExitFixture.sol";

/// What an account may claim, and what each gets.
contract ExitDeskTest is ExitFixture {
    uint256 private constant STRANGER_ACCOUNT = 99;

    function _leave() private {
        stopVenue();
        fixNext();
        readMarks();
    }

    // --- claims ---

    function test_NobodyClaimsBeforeThereIsASnapshot() public {
        EquityClaim memory shown = equityClaim(ALICE, 0, 5);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NoExitSnapshot.selector));
        exits.claim(shown, PAYEE);
        stopVenue();
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NoExitSnapshot.selector));
        exits.claim(shown, PAYEE);
        fixNext();
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NotTheExitSnapshot.selector, shown.snapshotId));
        exits.claim(shown, PAYEE);
    }

    function test_AClaimIsKept() public {
        _leave();
        EquityClaim memory shown = exitEquity(ALICE, 123);
        vm.expectEmit(address(exits));
        emit IExitDesk.Claimed(ALICE, PAYEE, 123, true);
        vm.prank(ALICE_OWNER);
        exits.claim(shown, PAYEE);
        IExitDesk.Claim memory kept = exits.claimOf(ALICE);
        vm.assertTrue(kept.to == PAYEE && kept.equity == 123 && kept.isAnchored && !kept.isHouse, "kept");
        IExitDesk.Totals memory sums = exits.totals();
        vm.assertTrue(sums.all == 123 && sums.anchored == 123 && sums.house == 0, "counted");
    }

    function test_OnlyTheOwnerClaimsAndOnce() public {
        _leave();
        EquityClaim memory shown = exitEquity(ALICE, 5);
        vm.prank(STRANGER); // who copied the proof
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NotOwner.selector, STRANGER));
        exits.claim(shown, STRANGER);
        claimExit(ALICE, 5, PAYEE);
        expectNoClaim(ALICE, 6, abi.encodeWithSelector(IExitDesk.AlreadyClaimed.selector, ALICE));
        vm.prank(ALICE_OWNER);
        ledger.setOwner(ALICE, BOB_OWNER);
        expectNoClaim(ALICE, 5, abi.encodeWithSelector(IExitDesk.AlreadyClaimed.selector, ALICE));
    }

    function test_OnlyWhatIsAboveNothing() public {
        _leave();
        expectNoClaim(ALICE, 0, abi.encodeWithSelector(IExitDesk.NothingToClaim.selector, int256(0)));
        expectNoClaim(ALICE, -5, abi.encodeWithSelector(IExitDesk.NothingToClaim.selector, int256(-5)));
    }

    function test_OfTheLedgersPresentPortfolio() public {
        update(ALICE, next(ALICE));
        _leave();
        uint256 id = exits.exitSnapshot();
        EquityClaim memory old = equityClaim(id, ALICE, commitmentOf(ALICE, 0), 0, 5);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        exits.claim(old, PAYEE);
        claimExit(ALICE, 5, PAYEE);
        // No account of a run's that the ledger lacks: nobody owns it on chain.
        EquityClaim memory offLedger = equityClaim(id, 424242, 17, 0, 5);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 424242));
        exits.claim(offLedger, PAYEE);
    }

    function test_ToSomebody() public {
        _leave();
        EquityClaim memory shown = exitEquity(ALICE, 5);
        address[3] memory nobody = [address(0), address(vault), address(exits)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(ALICE_OWNER);
            vm.expectRevert(abi.encodeWithSelector(IExitDesk.InvalidRecipient.selector, nobody[i]));
            exits.claim(shown, nobody[i]);
        }
    }

    function test_UntilTheClaimsAreOver() public {
        _leave();
        vm.warp(exits.claimsUntil());
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.ClaimsRun.selector, exits.claimsUntil()));
        exits.take(ALICE, SETTLEMENT);
        endClaims();
        expectNoClaim(ALICE, 5, abi.encodeWithSelector(IVenueStop.ClaimsOver.selector, exits.claimsUntil()));
    }

    function test_WhatARunCountedSinceIsAnchored() public {
        update(BOB, next(BOB)); // after the fixture's run
        _leave();
        claimExit(ALICE, 5, PAYEE);
        claimExit(BOB, 5, PAYEE);
        vm.assertTrue(exits.claimOf(ALICE).isAnchored, "counted as it is");
        vm.assertTrue(!exits.claimOf(BOB).isAnchored, "counted as it was");
        vm.assertEq(exits.totals().anchored, 5, "the one");
    }

    /// Younger than the least age a claim has no part in what the funds paid in.
    function test_AYoungAccountIsNotAnchored() public {
        register(7001, STRANGER, false);
        advance(1);
        anchorNow(7001);
        _leave();
        claimExit(7001, 5, PAYEE);
        vm.assertTrue(!exits.claimOf(7001).isAnchored, "too young");
    }

    // --- what each gets ---

    function test_AllAreSatisfiedWhereThereIsEnough() public {
        depositLots(1_000);
        depositCoins(100);
        _leave();
        // 1,000 lots of 10,000 and 100 of 70,000: 17 USD. Alice claims 3.4, Bob 1.7: three tenths of it.
        claimExit(ALICE, 3_400_000, PAYEE);
        claimExit(BOB, 1_700_000, BOBS_PAYEE);
        endClaims();
        vm.assertEq(exits.partOf(ALICE, SETTLEMENT), 0, "not yet fixed");
        vm.expectEmit(address(exits));
        emit IExitDesk.Shared(5_100_000, 17_000_000);
        vm.assertEq(take(ALICE, SETTLEMENT), 200, "a fifth of the lots");
        vm.assertEq(take(ALICE, COIN), 20, "and of the coins");
        vm.assertEq(take(BOB, SETTLEMENT), 100, "a tenth");
        vm.assertEq(take(BOB, COIN), 10, "and of the coins");
        vm.assertEq(token.balanceOf(PAYEE), 200 * uint256(UNITS), "paid");
        vm.assertEq(coin.balanceOf(BOBS_PAYEE), 10 * uint256(COIN_UNITS), "paid");
        expectNothingToTake(ALICE, SETTLEMENT);
        expectNothingToTake(ALICE, COIN);
        expectNothingToTake(ALICE, 3);
        expectNothingToTake(STRANGER_ACCOUNT, SETTLEMENT);
        vm.assertEq(vault.lotsRecorded(SETTLEMENT), 700, "the rest stays");
    }

    function test_AllLoseTheSamePartWhereThereIsNot() public {
        depositLots(1_000);
        depositCoins(100);
        _leave();
        claimExit(ALICE, 25_500_000, PAYEE);
        claimExit(BOB, 8_500_000, BOBS_PAYEE); // 34 USD of 17
        endClaims();
        vm.assertEq(take(ALICE, SETTLEMENT), 750, "three quarters");
        vm.assertEq(take(ALICE, COIN), 75, "of each");
        vm.assertEq(take(BOB, COIN), 25, "a quarter");
        vm.assertEq(take(BOB, SETTLEMENT), 250, "of each");
        vm.assertEq(vault.lotsRecorded(SETTLEMENT) + vault.lotsRecorded(COIN), 0, "all of it");
    }

    function test_NothingIsTakenBeforeMarksAreRead() public {
        depositLots(10);
        stopVenue();
        fixNext();
        claimExit(ALICE, 50_000, PAYEE);
        endClaims();
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.MarksMissing.selector, exits.exitSnapshot()));
        exits.take(ALICE, SETTLEMENT);
        readMarks();
        vm.assertEq(take(ALICE, SETTLEMENT), 5, "then it is");
    }

    /// What the clearing house paid in is for anchored claims first.
    function test_FencedLotsAreForAnchoredClaims() public {
        update(BOB, next(BOB));
        depositLots(100);
        depositFenced(60);
        _leave();
        claimExit(ALICE, 1_000_000, PAYEE);
        claimExit(BOB, 600_000, BOBS_PAYEE);
        endClaims();
        // Of Alice's 100 lots 60 are the fenced ones; her 40 and Bob's 60 share the 100 others.
        vm.assertEq(take(ALICE, SETTLEMENT), 100, "all");
        vm.assertEq(take(BOB, SETTLEMENT), 60, "all");
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "nothing left");
    }

    function test_WithoutAnchoredClaimsFencedLotsStay() public {
        update(BOB, next(BOB));
        depositLots(100);
        depositFenced(60);
        _leave();
        claimExit(BOB, 5_000_000, BOBS_PAYEE);
        endClaims();
        vm.assertEq(take(BOB, SETTLEMENT), 100, "what isn't fenced");
        vm.assertEq(vault.lotsRecorded(SETTLEMENT), 60, "the rest stays");
    }

    /// The house has the same part as customers have, in lots of the settlement asset; it goes to the insurance fund.
    function test_TheHouseIsPaidIntoTheInsuranceFund() public {
        fundInsurance(100);
        depositLots(1_000);
        depositCoins(100);
        _leave();
        claimExit(ALICE, 25_500_000, PAYEE);
        EquityClaim memory shown = exitEquity(HOUSE, 8_500_000);
        vm.prank(STRANGER); // whoever can prove it
        exits.claim(shown, STRANGER);
        vm.assertEq(exits.claimOf(HOUSE).to, address(house), "the clearing house's");
        endClaims();
        uint256 before = insurance();
        // A quarter of 17 USD is 4.25: 425 lots. Alice has the other 575, and all coins: 12.75 USD.
        vm.assertEq(take(HOUSE, SETTLEMENT), 425, "its part");
        vm.assertEq(insurance() - before, 425 * uint256(UNITS), "in the fund");
        vm.assertEq(take(ALICE, SETTLEMENT), 575, "the others");
        vm.assertEq(take(ALICE, COIN), 100, "and the coins");
        expectNothingToTake(HOUSE, COIN);
        expectNothingToTake(HOUSE, SETTLEMENT);
        assertBooks();
        vm.assertEq(token.balanceOf(address(exits)), 0, "the desk holds nothing");
    }

    /// What an account gave up by proof before the stop is paid in full: it is in nobody's equity any more.
    function test_ProvenWithdrawalsComeFirst() public {
        depositLots(100);
        vm.prank(address(desk));
        uint256 proven = vault.requestProven(SETTLEMENT, 30, STRANGER, ALICE, true);
        _leave();
        vault.completeWithdrawal(proven);
        claimExit(ALICE, 5_000_000, PAYEE);
        endClaims();
        vm.assertEq(take(ALICE, SETTLEMENT), 70, "the others");
    }

    /// The same, when the withdrawal is completed last.
    function test_ProvenWithdrawalsKeepTheirLots() public {
        depositLots(100);
        vm.prank(address(desk));
        uint256 proven = vault.requestProven(SETTLEMENT, 30, STRANGER, ALICE, true);
        _leave();
        claimExit(ALICE, 5_000_000, PAYEE);
        endClaims();
        vm.assertEq(take(ALICE, SETTLEMENT), 70, "the others");
        vault.completeWithdrawal(proven);
        vm.assertEq(token.balanceOf(STRANGER), 30 * uint256(UNITS), "its own");
    }

    function test_OnlyTheExitDeskPaysOut() public {
        depositLots(10);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.OnlyExitDesk.selector, VENUE));
        vault.payExit(SETTLEMENT, 1, VENUE);
        vm.prank(address(exits));
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, uint256(11), uint256(10))
        );
        vault.payExit(SETTLEMENT, 11, PAYEE);
    }

    function test_NothingComesInOnceClaimsAreOver() public {
        _leave();
        depositLots(5);
        endClaims();
        mintLots(address(this), 5);
        token.approve(address(vault), 5 * UNITS);
        vm.expectRevert(abi.encodeWithSelector(IVenueStop.ClaimsOver.selector, exits.claimsUntil()));
        vault.deposit(SETTLEMENT, 5);
    }

    /// A fund of nobody's gets what the house is paid, and its next depositor nothing of it.
    function test_TheFundMayBeEmpty() public {
        depositLots(10);
        _leave();
        exits.claim(exitEquity(HOUSE, 100_000), PAYEE);
        endClaims();
        take(HOUSE, SETTLEMENT);
        vm.assertEq(house.poolOf(ILossPools.Pool.InsuranceFund).assets, 10 * uint256(UNITS), "in the fund");
    }
}
