// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {EmptyClaim, EquityClaim, ReductionClaim, Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ExitFixture} from "../helpers/ExitFixture.sol";

/// What a venue, its friends, an operator and customers may try around an exit: each fails by the rule's own error, with
/// the honest path beside.
contract ExitAbuseAttack is ExitFixture {
    address private constant FRIEND = address(0xf41e4d);
    address private constant NEXT_VENUE = address(0x4e87);
    uint256 private constant PUPPET = 7777;

    function _leave() private {
        stopVenue();
        fixNext();
        readMarks();
    }

    function _stopped() private view returns (bytes memory) {
        return abi.encodeWithSelector(IVenueStop.VenueStopped.selector, exits.stoppedAt());
    }

    // --- the venue ---

    /// A run that the venue signed and left, closed by a friend days later, is of its snapshot's day.
    function test_ADeadRunKeepsNoVenueAlive() public {
        uint64 since = exits.aliveUntil() - EXIT_SILENCE;
        vm.warp(since + 6 days);
        closeRun(since + 1);
        vm.assertEq(exits.aliveUntil(), since + 1 + EXIT_SILENCE, "a second, not six days");
        vm.warp(since + 1 + EXIT_SILENCE + 1);
        exits.stop();
    }

    function test_AWithdrawalOfTheBlockBeforeIsNotPaid() public {
        depositLots(100);
        vm.warp(exits.aliveUntil() + 1);
        vm.prank(VENUE);
        uint256 id = vault.requestWithdrawal(SETTLEMENT, 100, VENUE);
        exits.stop();
        vm.warp(block.timestamp + 1 hours);
        bytes memory stopped = _stopped();
        vm.expectRevert(stopped);
        vault.completeWithdrawal(id);
        fixNext();
        readMarks();
        claimExit(ALICE, 1_000_000, PAYEE);
        endClaims();
        vm.expectRevert(stopped);
        vault.completeWithdrawal(id);
        vm.assertEq(take(ALICE, SETTLEMENT), 100, "the customer's");
    }

    function test_AnAccountThatNoRunCountedDilutesNobody() public {
        depositLots(100);
        register(PUPPET, FRIEND, false);
        vm.warp(exits.aliveUntil() + 1);
        register(PUPPET + 1, FRIEND, false);
        exits.stop();
        fixNext();
        readMarks();
        for (uint256 i = 0; i < 2; ++i) {
            expectNoClaim(PUPPET + i, 1 << 100, abi.encodeWithSelector(IExitDesk.NotCounted.selector, PUPPET + i));
        }
        // Nor one that a run of after the stop would have counted: then the venue is back.
        anchorNow(PUPPET);
        (bytes32 run, ) = runs.latestRun();
        runs.setVoid(run, true);
        expectNoClaim(PUPPET, 1 << 100, abi.encodeWithSelector(IExitDesk.NotCounted.selector, PUPPET));
        claimExit(ALICE, 1_000_000, PAYEE);
        endClaims();
        vm.assertEq(take(ALICE, SETTLEMENT), 100, "all that there is");
    }

    /// Anyone opens accounts, and whoever fills one after the last run has no claim: its lots are others' to share.
    function test_AFreshlyOpenedAccountClaimsNothing() public {
        uint256 accountId = ledger.accountIdOf(FRIEND, 1);
        uint256 commitment = commitmentOf(accountId, 0);
        fund(FRIEND, address(ledger), ledger.openingBond());
        EmptyClaim memory empty = emptyClaim(accountId, commitment);
        vm.prank(FRIEND);
        ledger.openAccount(1, commitment, empty);
        stopVenue();
        fixNext();
        expectNoClaim(accountId, 1 << 100, abi.encodeWithSelector(IExitDesk.NotCounted.selector, accountId));
    }

    /// An old friend's account, made rich by the venue's word: it shares what the venue might have withdrawn, and
    /// nothing of what the funds paid in.
    function test_AnAccountMadeRichSharesNothingFenced() public {
        depositLots(100);
        depositFenced(100);
        update(BOB, next(BOB));
        _leave();
        claimExit(ALICE, 2_000_000, PAYEE);
        claimExit(BOB, 1_000_000_000_000, FRIEND);
        endClaims();
        vm.assertTrue(take(ALICE, SETTLEMENT) >= 100, "the fenced ones");
        vm.assertLe(take(BOB, SETTLEMENT), 100, "the others at most");
    }

    /// It names itself the owner of who has none: not once it has stopped.
    function test_AStoppedVenueNamesNoOwners() public {
        register(PUPPET, address(0), false);
        advance(1);
        anchorNow(PUPPET);
        stopVenue();
        bytes memory stopped = _stopped();
        vm.prank(VENUE);
        vm.expectRevert(stopped);
        ledger.setOwner(PUPPET, VENUE);
        fixNext();
        EquityClaim memory shown = exitEquity(PUPPET, 5);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NotOwner.selector, VENUE));
        exits.claim(shown, VENUE);
    }

    /// Owners whom a venue named in its last three days before it handed over claim nothing without the next one's word.
    function test_OwnersOfAVenueThatHandedOverAreUnsettled() public {
        vm.warp(block.timestamp + 3 days);
        register(PUPPET, FRIEND, false);
        advance(1);
        anchorNow(PUPPET);
        vm.prank(VENUE);
        vault.proposeVenue(NEXT_VENUE);
        vm.prank(NEXT_VENUE);
        vault.acceptVenue();
        _leave();
        expectNoClaim(PUPPET, 5, abi.encodeWithSelector(IPortfolioLedger.OwnerUnsettled.selector, PUPPET));
        claimExit(ALICE, 5, PAYEE);
    }

    // --- those who want to be first ---

    function test_NobodyGetsAheadOfTheClaims() public {
        depositLots(100);
        attest(ALICE, next(ALICE), 0);
        stopVenue();
        advance(1);
        attest(ALICE, next(ALICE), 0);
        bytes memory stopped = _stopped();
        TransferClaim memory leaving = keptClaim(
            TransferTerms(ALICE, next(ALICE), 0, 0, 0, -5, false, desk.purposeOf("withdraw", ALICE_OWNER))
        );
        vm.prank(ALICE_OWNER);
        vm.expectRevert(stopped);
        desk.withdraw(leaving, ALICE_OWNER);
        attest(HOUSE, next(HOUSE), 0);
        TransferClaim memory released = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -5, false, house.purposeOf("release", 0))
        );
        vm.prank(OPERATOR);
        vm.expectRevert(stopped);
        house.release(5, released);
    }

    /// What is left of trades, slices and closings: nothing. Their prices are somebody's choice, once the exit's are known.
    function test_NothingIsTradedBetweenAccounts() public {
        uint256 caseId = openCase(2);
        stopVenue();
        advance(1);
        bytes memory stopped = _stopped();
        TransferClaim memory traded = transferClaim(
            TransferTerms(HOUSE, next(HOUSE), BOB, next(BOB), 5, 0, false, house.purposeOf("house", 0))
        );
        ReductionClaim memory reduced = reductionClaim(HOUSE, next(HOUSE), MAX_PENALTY);
        vm.prank(OPERATOR);
        vm.expectRevert(stopped);
        accounts.trade(traded, reduced);
        attest(ALICE, next(ALICE), 2);
        TransferClaim memory slice = caseTransfer("reduce", caseId, VENUE, BOB, 5, false);
        reduced = reductionClaim(ALICE, next(ALICE), MAX_PENALTY);
        vm.prank(VENUE);
        vm.expectRevert(stopped);
        engine.reduce(caseId, slice, reduced, new EquityClaim[](0));
        bytes32 purpose = house.purposeOf("deleverage", 1);
        TransferClaim memory closing = transferClaim(
            TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 5, 0, false, purpose)
        );
        vm.prank(address(house));
        vm.expectRevert(stopped);
        ledger.move(closing, Rest.Free, purpose);
    }

    /// A portfolio that was claimed for is handed to nobody, and who has claimed takes none.
    function test_NoPositionIsClaimedTwice() public {
        _leave();
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), BOB, next(BOB), 5, 0, true, "award");
        uint256 before = vm.snapshotState();
        claimExit(ALICE, 5, PAYEE);
        _expectLeft(terms, ALICE);
        vm.revertToState(before);
        claimExit(BOB, 5, PAYEE);
        _expectLeft(terms, BOB);
        vm.revertToState(before);
        // What was open ends: the portfolio changes hands, and is claimed for by who has it.
        TransferClaim memory claim_ = transferClaim(terms);
        vm.prank(address(engine));
        ledger.move(claim_, Rest.Whole, "award");
        claimExit(BOB, 5, PAYEE);
    }

    function _expectLeft(TransferTerms memory terms, uint256 accountId) private {
        TransferClaim memory claim_ = transferClaim(terms);
        vm.prank(address(engine));
        vm.expectRevert(abi.encodeWithSelector(IVenueStop.AccountLeft.selector, accountId));
        ledger.move(claim_, Rest.Whole, "award");
    }

    // --- the funds ---

    /// What the funds owe for takeovers of before is drawn after the stop too: fenced, for anchored claims.
    function test_WhatTheFundsOweIsDrawnAfterTheStop() public {
        fundInsurance(1_000);
        depositLots(100);
        stopVenue();
        advance(1);
        exits.fix(clock.length());
        readMarks();
        absorb(50);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 50, "fenced");
        claimExit(ALICE, 1_500_000, PAYEE);
        endClaims();
        vm.assertEq(take(ALICE, SETTLEMENT), 150, "with them");
    }

    /// Nothing is drawn into a vault that is shared out already: it would be nobody's.
    function test_NothingIsDrawnOnceClaimsAreOver() public {
        _leave();
        endClaims();
        mintLots(address(house), 50);
        vm.prank(address(house));
        token.approve(address(vault), 50 * UNITS);
        bytes memory over = abi.encodeWithSelector(IVenueStop.ClaimsOver.selector, exits.claimsUntil());
        vm.prank(address(house));
        vm.expectRevert(over);
        vault.deposit(SETTLEMENT, 50);
    }

    /// Fenced lots unlock for nobody while the venue has stopped.
    function test_FencesStandWhileTheVenueHasStopped() public {
        depositFenced(70);
        vm.warp(block.timestamp + 1);
        bytes32 run = closeRun(uint64(block.timestamp));
        vm.warp(block.timestamp + 84 hours);
        vault.unlock(SETTLEMENT, run);
        stopVenue(); // half a week and a second later
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 35, "half of it");
        vm.warp(block.timestamp + 30 days);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 35, "stands");
        depositFenced(5);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 40, "with what comes in");
        exits.resume(closeRun(uint64(block.timestamp)));
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 40, "waits for a run of its own");
    }

    // --- sequences ---

    /// Accounts that hold lots and owe one another, whole portfolios that change hands, deposits and claims in any
    /// order: what is paid is at most what is there and what is claimed, and where nobody lacks anything each is paid
    /// all of it, to the lot.
    function testFuzz_ClaimsAreMetByWhatIsThere(uint256 seed) public {
        uint256[3] memory ids = [ALICE, BOB, accountOf(0)];
        int256[3] memory worth = [int256(400), 300, 200];
        bool[3] memory left;
        depositLots(900);
        anchor(ids[2], ledger.commitmentOf(ids[2]), closeRun(uint64(block.timestamp) - LEAST_AGE));
        if (seed & 1 == 1) (worth[0], worth[1]) = (-100, 800); // one owes another
        _leave();
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            (uint256 from, uint256 to, uint256 act) = ((seed >> 8) % 3, (seed >> 16) % 3, seed % 3);
            if (act == 0 && !left[from] && worth[from] > 0) {
                claimExit(ids[from], lotsOf(uint256(worth[from])), address(uint160(0x9a1d00 + from)));
                left[from] = true;
            } else if (act == 1 && from != to && !left[from] && !left[to]) {
                _handOver(ids[from], ids[to]);
                (worth[to], worth[from]) = (worth[to] + worth[from] - 5, 5);
            } else if (act == 2 && !left[from]) {
                depositLots(7);
                worth[from] += 7;
            }
        }
        endClaims();
        _expectMet(ids, worth, left);
    }

    function _handOver(uint256 from, uint256 to) private {
        TransferClaim memory claim_ = transferClaim(TransferTerms(from, next(from), to, next(to), 5, 0, true, "award"));
        vm.prank(address(engine));
        ledger.move(claim_, Rest.Whole, "award");
    }

    function _expectMet(uint256[3] memory ids, int256[3] memory worth, bool[3] memory left) private {
        uint256 reserves = vault.lotsRecorded(SETTLEMENT);
        uint256 claimed;
        for (uint256 i = 0; i < 3; ++i) if (left[i]) claimed += uint256(worth[i]);
        uint256 paid;
        for (uint256 i = 0; i < 3; ++i) {
            if (!left[i]) {
                expectNothingToTake(ids[i], SETTLEMENT);
                continue;
            }
            uint256 lots = take(ids[i], SETTLEMENT);
            vm.assertLe(lots, uint256(worth[i]), "no more than it claims");
            if (claimed <= reserves) vm.assertEq(lots, uint256(worth[i]), "all of it");
            vm.assertEq(token.balanceOf(address(uint160(0x9a1d00 + i))), lots * UNITS, "paid");
            paid += lots;
        }
        vm.assertLe(paid, reserves, "no more than there is");
        vm.assertEq(vault.lotsRecorded(SETTLEMENT), reserves - paid, "conserved");
        vm.assertEq(token.balanceOf(address(vault)), (reserves - paid) * UNITS, "in tokens too");
    }
}
