// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IExpiryDesk} from "contracts/liquidation/IExpiryDesk.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {IDeliveryBook} from "contracts/snapshot/IDeliveryBook.sol";
import {DeliveryFixture} from "../helpers/DeliveryFixture.sol";

/// What has expired, closed by whoever has the opening, whatever state the account is in.
contract ExpiryDeskTest is DeliveryFixture {
    uint64 private delivered;

    function setUp() public override {
        super.setUp();
        advance(1);
        delivered = uint64(block.timestamp);
        deliver();
        advance(1);
    }

    function _close(address by, uint256 accountId, bool isShort, uint64 lots) private {
        IExpiryDesk.Closing[] memory list = closing(accountId, isShort, lots);
        vm.prank(by);
        desk.closeExpired(accountId, list);
    }

    function _expectRefused(address by, uint256 accountId, IExpiryDesk.Closing[] memory list, bytes memory data) private {
        vm.prank(by);
        vm.expectRevert(data);
        desk.closeExpired(accountId, list);
    }

    // --- what it does ---

    function test_AClosingLeavesWhatTheProofSaysAndPaysTheOtherSide() public {
        IPortfolioLedger.Account memory before = ledger.account(ALICE);
        IExpiryDesk.Closing[] memory list = closing(ALICE, false, 40);
        vm.expectEmit();
        emit IExpiryDesk.ExpiredClosed(ALICE, CALL, 40, 124_120, DEADLINE);
        vm.prank(STRANGER);
        desk.closeExpired(ALICE, list);
        IPortfolioLedger.Account memory found = ledger.account(ALICE);
        vm.assertEq(found.commitment, list[0].newCommitment, "portfolio");
        vm.assertEq(found.nonce, before.nonce + 1, "a change");
        vm.assertEq(rootOf(ALICE), before.commitment, "of the same root");
        vm.assertEq(found.rootAt, before.rootAt, "as old");
        vm.assertTrue(anchors.isAnchored(ALICE), "and of the same anchor");
        vm.assertEq(desk.deliveredLots(CALL), 40, "the delivery account's lots");
        vm.assertEq(desk.deliveredCash(), -124_120, "and what was paid for them");
    }

    /// Whoever closes first waits for nobody, and once all are closed nothing is left between them.
    function test_BothSidesLeaveNothingBetweenThem() public {
        _close(STRANGER, ALICE, false, 40);
        _close(VENUE, BOB, true, 25);
        vm.assertEq(desk.deliveredLots(CALL), 15, "half");
        vm.assertEq(desk.deliveredCash(), -46_545, "and its price");
        _close(STRANGER, accountOf(0), true, 15);
        vm.assertEq(desk.deliveredLots(CALL), 0, "all lots");
        vm.assertEq(desk.deliveredCash(), 0, "and all cash");
    }

    function test_SeveralAreClosedAtOnce() public {
        uint64 time = uint64(block.timestamp);
        publishTable(time, twoMarks(MARK, 0));
        show(time, twoMarks(MARK, 0), 1);
        vm.warp(time + 1 hours);
        (uint256 from, uint256 middle, uint256 to) = (ledger.commitmentOf(ALICE), 777, 888);
        IExpiryDesk.Closing[] memory list = new IExpiryDesk.Closing[](2);
        list[0] = closingOf(ALICE, from, middle, PUT, true, 3, 0);
        list[1] = closingOf(ALICE, middle, to, CALL, false, 40, PRICE);
        desk.closeExpired(ALICE, list);
        vm.assertEq(ledger.commitmentOf(ALICE), to, "both");
        vm.assertEq(desk.deliveredLots(PUT), -3, "a worthless put");
        vm.assertEq(desk.deliveredCash(), -124_120, "for nothing");
        (list[0], list[1]) = (list[1], list[0]);
        vm.warp(block.timestamp + 10 minutes);
        bytes memory invalid = abi.encodeWithSelector(IFactProofs.InvalidDeleverageProof.selector);
        _expectRefused(VENUE, ALICE, list, invalid);
    }

    /// The portfolio is worth in each snapshot since the delivery what it was: by older ones it never was.
    function test_ItIsAsOldAsTheDelivery() public {
        uint64 updatedAt = ledger.account(ALICE).updatedAt;
        vm.assertTrue(updatedAt < delivered, "older");
        _close(VENUE, ALICE, false, 40);
        vm.assertEq(ledger.account(ALICE).updatedAt, delivered, "since the delivery");
        update(BOB, next(BOB));
        updatedAt = ledger.account(BOB).updatedAt;
        _close(VENUE, BOB, true, 40);
        vm.assertEq(ledger.account(BOB).updatedAt, updatedAt, "or since a later change");
    }

    /// Beyond a cent a lot: each side is rounded for itself, by less than a lot of the settlement asset.
    function testFuzz_TheSumsAreThoseOfTheProofs(uint32 lots, bool isShort) public {
        uint64 held = uint64(lots) + 1;
        _close(VENUE, ALICE, isShort, held);
        int256 sign = isShort ? -int256(1) : int256(1);
        vm.assertEq(desk.deliveredLots(CALL), sign * int256(uint256(held)), "lots");
        vm.assertEq(desk.deliveredCash(), -sign * int256(uint256(held) * 3_103), "cash: whole cents, so no rounding");
    }

    // --- whatever state the account is in ---

    function test_InACaseOfAnyPhase() public {
        uint256 caseId = openCase(3);
        ILiquidationEngine.Case memory before = engine.caseOf(caseId);
        _close(STRANGER, ALICE, false, 40);
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(found.version, before.version, "bids stay bids");
        vm.assertEq(found.endsAt, before.endsAt, "and deadlines deadlines");
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Sealed), "of its phase");
        vm.assertTrue(ledger.account(ALICE).frozen, "frozen");
        vm.assertEq(rootOf(ALICE), before.commitment, "by the portfolio it opened with");
        advance(1);
        attest(ALICE, 0);
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    function test_TheHouses() public {
        _close(OPERATOR, HOUSE, true, 7);
        vm.assertEq(desk.deliveredLots(CALL), -7, "short");
        vm.assertEq(desk.deliveredCash(), 21_721, "and paid");
    }

    function test_ALockedOneByItsOwnerAlone() public {
        uint64 until = uint64(block.timestamp) + 1 days;
        vm.prank(ALICE_OWNER);
        ledger.lock(ALICE, until);
        bytes memory isLocked = abi.encodeWithSelector(IPortfolioLedger.AccountIsLocked.selector, ALICE, until);
        _expectRefused(VENUE, ALICE, closing(ALICE, false, 40), isLocked);
        _close(ALICE_OWNER, ALICE, false, 40);
    }

    function test_AChallengedOneAnswersAsItDid() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 index = challenge(ALICE);
        _close(VENUE, ALICE, false, 40);
        vm.assertTrue(challenges.isChallenged(ALICE), "challenged still");
        advance(1);
        attest(ALICE, 1);
        challenges.settleChallenge(ALICE, index);
        vm.assertEq(engine.openCaseOf(ALICE), 0, "answered");
    }

    // --- who would have more ---

    function test_NothingThatLivesIsClosed() public {
        IExpiryDesk.Closing[] memory list = closing(ALICE, false, 40);
        list[0] = closingOf(ALICE, ledger.commitmentOf(ALICE), next(ALICE), PUT, false, 40, PRICE);
        _expectRefused(VENUE, ALICE, list, abi.encodeWithSelector(IDeliveryBook.NotDelivered.selector, PUT, 0));
        uint64 time = uint64(block.timestamp);
        publishTable(time, twoMarks(MARK, MARK));
        show(time, twoMarks(MARK, MARK), 1);
        bytes memory isEarly = abi.encodeWithSelector(IDeliveryBook.NotDelivered.selector, PUT, time + 1 hours);
        _expectRefused(VENUE, ALICE, list, isEarly);
    }

    function test_AtNoOtherPriceAndNoOtherPart() public {
        (uint256 from, uint256 to) = (ledger.commitmentOf(ALICE), next(ALICE));
        bytes memory invalid = abi.encodeWithSelector(IFactProofs.InvalidDeleverageProof.selector);
        IExpiryDesk.Closing[] memory list = closing(ALICE, false, 40);
        list[0] = closingOf(ALICE, from, to, CALL, false, 40, PRICE + 1);
        _expectRefused(ALICE_OWNER, ALICE, list, invalid);
        list[0].claim = deleverageClaim(DeleverageTerms(ALICE, from, to, CALL, false, 1, 2, PRICE, 20));
        _expectRefused(ALICE_OWNER, ALICE, list, invalid);
        list[0] = closingOf(ALICE, from, to, CALL, false, 40, PRICE);
        list[0].claim.closed = 41;
        _expectRefused(ALICE_OWNER, ALICE, list, invalid);
        list[0].claim.closed = 40;
        list[0].isShort = true;
        _expectRefused(ALICE_OWNER, ALICE, list, invalid);
        list[0].isShort = false;
        list[0].newCommitment = to + 1;
        _expectRefused(ALICE_OWNER, ALICE, list, invalid);
    }

    function test_NothingTwice() public {
        IExpiryDesk.Closing[] memory list = closing(ALICE, false, 40);
        desk.closeExpired(ALICE, list);
        vm.warp(block.timestamp + 10 minutes);
        _expectRefused(ALICE_OWNER, ALICE, list, abi.encodeWithSelector(IFactProofs.InvalidDeleverageProof.selector));
        list = closing(ALICE, false, 0);
        _expectRefused(ALICE_OWNER, ALICE, list, abi.encodeWithSelector(IExpiryDesk.NothingHeld.selector, CALL));
        list = new IExpiryDesk.Closing[](0);
        _expectRefused(ALICE_OWNER, ALICE, list, abi.encodeWithSelector(IExpiryDesk.NoClosings.selector));
    }

    /// A breach is opened first: as another portfolio it would have to be proven again.
    function test_NoneFromUnderAProvenBreach() public {
        attest(ALICE, 3);
        bytes memory proven = abi.encodeWithSelector(IExpiryDesk.BreachToOpen.selector, ALICE);
        _expectRefused(ALICE_OWNER, ALICE, closing(ALICE, false, 40), proven);
        engine.open(ALICE);
        _close(ALICE_OWNER, ALICE, false, 40);
    }

    function test_OnceInTenMinutes() public {
        _close(VENUE, ALICE, false, 40);
        uint64 until = uint64(block.timestamp) + desk.CLOSE_SPACING();
        bytes memory tooSoon = abi.encodeWithSelector(IExpiryDesk.ClosedTooSoon.selector, until);
        _expectRefused(ALICE_OWNER, ALICE, closing(ALICE, true, 1), tooSoon);
        vm.warp(until);
        _close(ALICE_OWNER, ALICE, true, 1);
    }

    function test_TheLedgerListensToTheDeskAlone() public {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyLiquidation.selector, VENUE));
        ledger.closeExpired(ALICE, 5, delivered);
        vm.assertEq(desk.deliveries(), address(book), "its book");
    }
}
