// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IHouseAccounts} from "contracts/clearing/IHouseAccounts.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// What moves the house's portfolio: takeovers, releases, trades.
contract ClearingHouseMovesTest is ClearingHouseFixture {
    // --- takeovers ---

    function test_TakesAPortfolioOver() public {
        takeOver(ALICE);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 9), "Alice's");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "the house's");
    }

    function test_TakesOverIntoTheHouseOnly() public {
        engine.setPendingTakeovers(1);
        TransferTerms memory terms = takeOverTerms(ALICE);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        TransferClaim memory claim = transferClaim(terms);
        EquityClaim memory equity = equityClaim(ALICE, 4, 0);
        expectFrom(OPERATOR, encoded(IClearingHouse.WrongTransfer.selector));
        house.takeOver(1, claim, equity);
    }

    // --- releases ---

    function _expectReleaseRevert(uint64 lots, TransferTerms memory terms, bytes memory data) private {
        TransferClaim memory claim = terms.whole ? transferClaim(terms) : keptClaim(terms);
        expectFrom(OPERATOR, data);
        house.release(lots, claim);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 100, "the vault keeps it");
        assertConserved();
    }

    function test_ReleasesToTheInsuranceFund() public {
        depositLots(100);
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = keptClaim(releaseTerms(30));
        vm.expectEmit();
        emit IClearingHouse.Released(30);
        vm.prank(OPERATOR);
        house.release(30, claim);
        vm.assertTrue(assetsOf(INSURANCE) == 30 * UNITS && assetsOf(GAMMA) == 0, "the fund has it");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 70, "the vault not");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "nor the house");
        assertConserved();
    }

    function test_OnlyAHealthyHouseReleases() public {
        depositLots(100);
        bytes memory ill = abi.encodeWithSelector(IClearingHouse.HouseNotHealthy.selector, nextHouse());
        _expectReleaseRevert(30, releaseTerms(30), ill);
        attest(HOUSE, nextHouse(), 1);
        _expectReleaseRevert(30, releaseTerms(30), ill);
        attest(HOUSE, 0);
        _expectReleaseRevert(30, releaseTerms(30), ill);
        advance(1);
        attest(HOUSE, nextHouse(), 0);
        uint256 state = vm.snapshotState();
        vm.warp(block.timestamp + MAX_AGE + 1);
        _expectReleaseRevert(30, releaseTerms(30), ill);
        vm.revertToState(state);
        // Healthy by older prices.
        uint256 old = snapshotId;
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory notNewest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        _expectReleaseRevert(30, releaseTerms(30), notNewest);
        vm.revertToState(state);
        makeResidual(1);
        _expectReleaseRevert(30, releaseTerms(30), abi.encodeWithSelector(IClearingHouse.LossUnsettled.selector, 1));
    }

    function test_ReleasesWhatTheHouseGivesUp() public {
        depositLots(100);
        attest(HOUSE, nextHouse(), 0);
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        _expectReleaseRevert(31, releaseTerms(30), wrong);
        _expectReleaseRevert(29, releaseTerms(30), wrong);
        _expectReleaseRevert(30, releaseTerms(-30), wrong);
        _expectReleaseRevert(type(uint64).max, releaseTerms(1), wrong);
        _expectReleaseRevert(0, releaseTerms(0), encoded(ILossPools.NoAmount.selector));
        TransferTerms memory terms = releaseTerms(30);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        _expectReleaseRevert(30, terms, wrong);
        terms = releaseTerms(30);
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectReleaseRevert(30, terms, wrong);
        terms = releaseTerms(30);
        terms.purpose = purpose("absorb", snapshotId);
        _expectReleaseRevert(30, terms, encoded(IPortfolioLedger.InvalidTransferProof.selector));
        bytes4 short = ICollateralVault.NotEnoughLots.selector;
        _expectReleaseRevert(101, releaseTerms(101), abi.encodeWithSelector(short, SETTLEMENT, 101, 100));
    }

    // --- trades ---

    function _tradeTerms() private view returns (TransferTerms memory) {
        return TransferTerms(HOUSE, nextHouse(), BOB, commitmentOf(BOB, 1), -250, 0, false, purpose("house", 0));
    }

    function _expectTradeRevert(
        TransferTerms memory terms,
        ReductionClaim memory reduction,
        bytes memory data
    ) private {
        TransferClaim memory claim = transferClaim(terms);
        expectFrom(OPERATOR, data);
        accounts.trade(claim, reduction);
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "nothing moved");
    }

    function _reduction() private view returns (ReductionClaim memory) {
        return reductionClaim(HOUSE, nextHouse(), MAX_PENALTY);
    }

    function test_TradesRiskAway() public {
        ReductionClaim memory reduction = _reduction();
        TransferClaim memory claim = transferClaim(_tradeTerms());
        vm.expectEmit();
        emit IHouseAccounts.HouseTraded(BOB);
        vm.prank(OPERATOR);
        accounts.trade(claim, reduction);
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "the house's");
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 1), "Bob's");
    }

    function test_TradesWithOrdinaryAccountsOnly() public {
        ReductionClaim memory reduction = _reduction();
        bytes4 refused = IClearingHouse.AccountNotOrdinary.selector;
        vm.prank(address(engine));
        ledger.setFrozen(BOB, true);
        _expectTradeRevert(_tradeTerms(), reduction, abi.encodeWithSelector(refused, BOB));
        TransferTerms memory terms = _tradeTerms();
        registerHouse(1009, DAVE);
        (terms.accountB, terms.newB) = (1009, commitmentOf(1009, 1));
        _expectTradeRevert(terms, reduction, abi.encodeWithSelector(refused, 1009));
        (terms.accountB, terms.newB, terms.cash) = (0, 0, 0);
        _expectTradeRevert(terms, reduction, abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 0));
    }

    /// Else the house would be the venue's way around the lock. A closing goes on: it is no choice of the venue's.
    function test_ALockKeepsTheHouseFromTradingToo() public {
        vm.prank(BOB_OWNER);
        ledger.lock(BOB, NOW + 1 hours);
        bytes4 refused = IPortfolioLedger.AccountIsLocked.selector;
        _expectTradeRevert(_tradeTerms(), _reduction(), abi.encodeWithSelector(refused, BOB, NOW + 1 hours));
        vm.warp(NOW + 1 hours);
        advance(0);
        ReductionClaim memory reduction = _reduction();
        TransferClaim memory claim = transferClaim(_tradeTerms());
        vm.prank(OPERATOR);
        accounts.trade(claim, reduction);
    }

    function test_TradesAwayFromTheHouseOnly() public {
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        TransferTerms memory terms = _tradeTerms();
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectTradeRevert(terms, _reduction(), wrong);
        terms = _tradeTerms();
        terms.funding = 1;
        _expectTradeRevert(terms, _reduction(), wrong);
        terms.funding = -1;
        _expectTradeRevert(terms, _reduction(), wrong);
        terms = _tradeTerms();
        terms.purpose = purpose("release", 0);
        _expectTradeRevert(terms, _reduction(), encoded(IPortfolioLedger.InvalidTransferProof.selector));
    }

    function test_ATradeMakesTheHouseNoWorse() public {
        bytes memory invalid = encoded(IFactProofs.InvalidReductionProof.selector);
        _expectTradeRevert(_tradeTerms(), reductionClaim(HOUSE, nextHouse(), MAX_PENALTY + 1), invalid);
        _expectTradeRevert(_tradeTerms(), reductionClaim(HOUSE, commitmentOf(HOUSE, 2), MAX_PENALTY), invalid);
        _expectTradeRevert(_tradeTerms(), reductionClaim(BOB, nextHouse(), MAX_PENALTY), invalid);
        uint256 old = snapshotId;
        ReductionClaim memory reduction = _reduction();
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory notLatest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        _expectTradeRevert(_tradeTerms(), reduction, notLatest);
    }
}
