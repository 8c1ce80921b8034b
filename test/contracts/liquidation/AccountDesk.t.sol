// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AccountDesk} from "contracts/liquidation/AccountDesk.sol";
import {Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// A customer's cash, in and out by proof.
contract AccountDeskTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);

    function setUp() public override {
        super.setUp();
        fund(ALICE_OWNER, address(desk), 1_000 * UNITS);
        fund(VENUE, address(desk), 1_000 * UNITS);
    }

    function _terms(int64 funding, bytes32 action, address party) private view returns (TransferTerms memory) {
        bytes32 purpose = keccak256(abi.encode(action, party));
        return TransferTerms(ALICE, next(ALICE), 0, 0, 0, funding, false, purpose);
    }

    function _deposit(address payer, int64 lots) private {
        TransferClaim memory claim_ = keptClaim(_terms(lots, "deposit", payer));
        vm.prank(payer);
        desk.deposit(claim_);
    }

    function _expectDepositRefused(address payer, TransferClaim memory claim_, bytes memory data) private {
        vm.prank(payer);
        vm.expectRevert(data);
        desk.deposit(claim_);
    }

    /// A withdrawal to PAYEE whose new portfolio is attested in this tier.
    function _withdrawal(int64 lots, uint8 tier) private returns (TransferClaim memory claim_) {
        claim_ = keptClaim(_terms(-lots, "withdraw", PAYEE));
        attest(ALICE, claim_.newA, tier);
    }

    function _withdraw(int64 lots) private returns (uint256) {
        TransferClaim memory claim_ = _withdrawal(lots, 0);
        vm.prank(ALICE_OWNER);
        return desk.withdraw(claim_, PAYEE);
    }

    function _expectRefused(TransferClaim memory claim_, bytes memory data) private {
        vm.prank(ALICE_OWNER);
        vm.expectRevert(data);
        desk.withdraw(claim_, PAYEE);
    }

    // --- deposits ---

    function test_ADepositIsInTheVaultAndInTheAccount() public {
        uint64 before = ledger.account(ALICE).updatedAt;
        advance(1);
        TransferClaim memory claim_ = keptClaim(_terms(40, "deposit", ALICE_OWNER));
        vm.expectEmit();
        emit IAccountDesk.AccountDeposited(ALICE, ALICE_OWNER, 40);
        vm.prank(ALICE_OWNER);
        desk.deposit(claim_);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 40, "tokens");
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "nobody's fence");
        vm.assertEq(token.balanceOf(ALICE_OWNER), 960 * uint256(UNITS), "hers");
        IPortfolioLedger.Account memory found = ledger.account(ALICE);
        vm.assertEq(found.commitment, claim_.newA, "portfolio");
        vm.assertEq(found.updatedAt, before, "no younger for it");
        vm.assertEq(rootOf(ALICE), commitmentOf(ALICE, 0), "and of the same root");
        _deposit(VENUE, 10);
        vm.assertEq(rootOf(ALICE), commitmentOf(ALICE, 0), "however many");
    }

    /// Owner and venue pay in, and leave what the owner derives: a salt of the venue's choice would take the account away.
    function test_ADepositLeavesWhatIsKept() public {
        TransferTerms memory terms = _terms(40, "deposit", VENUE);
        bytes memory invalid = abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector);
        _expectDepositRefused(VENUE, transferClaim(terms), invalid);
        uint256[11] memory signals = transferSignals(terms, DEADLINE);
        signals[9] = uint256(Rest.Kept);
        TransferClaim memory claim_ = unprovenTransfer(terms);
        claim_.proof = proveTransfer(signals);
        vm.prank(VENUE);
        desk.deposit(claim_);
        vm.assertEq(ledger.commitmentOf(ALICE), claim_.newA, "paid in");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 40, "by the venue");
    }

    function test_StrangersPayNothingIn() public {
        fund(STRANGER, address(desk), 40 * UNITS);
        TransferClaim memory claim_ = keptClaim(_terms(40, "deposit", STRANGER));
        _expectDepositRefused(STRANGER, claim_, abi.encodeWithSelector(IAccountDesk.NotAllowed.selector, STRANGER));
    }

    function test_OfALockedAccountTheOwnerAlone() public {
        uint64 until = uint64(block.timestamp) + 1 days;
        vm.prank(ALICE_OWNER);
        ledger.lock(ALICE, until);
        bytes memory isLocked = abi.encodeWithSelector(IPortfolioLedger.AccountIsLocked.selector, ALICE, until);
        _expectDepositRefused(VENUE, keptClaim(_terms(40, "deposit", VENUE)), isLocked);
        _deposit(ALICE_OWNER, 40);
    }

    function test_ADepositIsOfOneAccountAndBringsSomething() public {
        bytes memory wrong = abi.encodeWithSelector(IAccountDesk.WrongTransfer.selector);
        TransferTerms memory terms = _terms(40, "deposit", ALICE_OWNER);
        (terms.accountB, terms.newB) = (BOB, next(BOB));
        _expectDepositRefused(ALICE_OWNER, keptClaim(terms), wrong);
        terms = _terms(0, "deposit", ALICE_OWNER);
        _expectDepositRefused(ALICE_OWNER, keptClaim(terms), wrong);
        terms.funding = -1;
        _expectDepositRefused(ALICE_OWNER, keptClaim(terms), wrong);
        (terms.funding, terms.cash) = (40, 1);
        _expectDepositRefused(ALICE_OWNER, unprovenTransfer(terms), wrong);
    }

    function test_AnothersProofDepositsNothing() public {
        TransferClaim memory claim_ = keptClaim(_terms(40, "deposit", ALICE_OWNER));
        bytes memory invalid = abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector);
        _expectDepositRefused(VENUE, claim_, invalid);
        _deposit(ALICE_OWNER, 40);
        vm.warp(block.timestamp + desk.SPACING());
        _expectDepositRefused(ALICE_OWNER, claim_, invalid);
    }

    function test_AFrozenAccountAndTheHousesTakeNone() public {
        openCase(2);
        bytes memory proven = abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE);
        _expectDepositRefused(ALICE_OWNER, keptClaim(_terms(40, "deposit", ALICE_OWNER)), proven);
        bytes memory frozen = abi.encodeWithSelector(IPortfolioLedger.AccountFrozen.selector, ALICE);
        _expectDepositRefused(VENUE, keptClaim(_terms(40, "deposit", VENUE)), frozen);
        TransferTerms memory terms = _terms(40, "deposit", VENUE);
        (terms.accountA, terms.newA) = (HOUSE, next(HOUSE));
        bytes memory guarded = abi.encodeWithSelector(IPortfolioLedger.AccountGuarded.selector, HOUSE);
        _expectDepositRefused(VENUE, keptClaim(terms), guarded);
    }

    // --- withdrawals ---

    function test_AWithdrawalIsPaidAfterAnHour() public {
        _deposit(ALICE_OWNER, 100);
        advance(1);
        TransferClaim memory claim_ = _withdrawal(30, 0);
        vm.expectEmit();
        emit IAccountDesk.AccountWithdrawn(ALICE, 1, 30);
        vm.prank(ALICE_OWNER);
        uint256 id = desk.withdraw(claim_, PAYEE);
        vm.assertEq(ledger.commitmentOf(ALICE), claim_.newA, "portfolio");
        vm.assertEq(ledger.account(ALICE).updatedAt, block.timestamp, "younger for it");
        vm.assertEq(rootOf(ALICE), commitmentOf(ALICE, 0), "of the same root");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 70, "reserved no more");
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(PAYEE), 30 * uint256(UNITS), "paid");
    }

    function test_OnlyTheOwnerWithdraws() public {
        _deposit(ALICE_OWNER, 100);
        TransferClaim memory claim_ = _withdrawal(30, 0);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IAccountDesk.NotAllowed.selector, VENUE));
        desk.withdraw(claim_, PAYEE);
    }

    function test_WhatIsLeftIsInTierZeroByTheNewestPrices() public {
        _deposit(ALICE_OWNER, 100);
        TransferClaim memory claim_ = keptClaim(_terms(-30, "withdraw", PAYEE));
        bytes memory refused = abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA);
        _expectRefused(claim_, refused);
        attest(ALICE, claim_.newA, 1);
        _expectRefused(claim_, refused);
        advance(1);
        attest(ALICE, claim_.newA, 0);
        advance(SERVE_GAP);
        _expectRefused(claim_, refused);
        _withdraw(30);
    }

    function test_NoneWhileAChallengeWaits() public {
        _deposit(ALICE_OWNER, 100);
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 index = challenge(ALICE);
        TransferClaim memory claim_ = _withdrawal(30, 0);
        _expectRefused(claim_, abi.encodeWithSelector(IAccountDesk.AccountChallenged.selector, ALICE));
        advance(1);
        attest(ALICE, 0);
        challenges.settleChallenge(ALICE, index);
        advance(1);
        _withdraw(30);
    }

    function test_NoneInACase() public {
        _deposit(ALICE_OWNER, 100);
        openCase(2);
        _expectRefused(_withdrawal(30, 0), abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE));
        advance(1 hours); // its breach is no current one: the case still is
        attest(ALICE, 1);
        _expectRefused(_withdrawal(30, 0), abi.encodeWithSelector(IPortfolioLedger.AccountFrozen.selector, ALICE));
    }

    function test_AnOwnersLockIsNotAgainstItself() public {
        _deposit(ALICE_OWNER, 100);
        vm.prank(ALICE_OWNER);
        ledger.lock(ALICE, uint64(block.timestamp) + 1 days);
        _withdraw(30);
    }

    function test_ItIsPaidToWhomTheProofNames() public {
        _deposit(ALICE_OWNER, 100);
        TransferClaim memory claim_ = _withdrawal(30, 0);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        desk.withdraw(claim_, STRANGER);
    }

    function test_AWithdrawalIsOfOneAccountAndTakesSomething() public {
        bytes memory wrong = abi.encodeWithSelector(IAccountDesk.WrongTransfer.selector);
        TransferTerms memory terms = _terms(1, "withdraw", PAYEE);
        _expectRefused(unprovenTransfer(terms), wrong);
        terms.funding = 0;
        _expectRefused(unprovenTransfer(terms), wrong);
        (terms.funding, terms.accountB, terms.newB) = (-1, BOB, next(BOB));
        _expectRefused(unprovenTransfer(terms), wrong);
    }

    function test_FencedLotsArePaidToAnchoredAccountsAlone() public {
        update(ALICE, next(ALICE)); // the venue's word
        _deposit(ALICE_OWNER, 100);
        advance(11 days); // then it is the venue's to withdraw, and its word is old
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 100, VENUE);
        fund(clearingHouseAt, address(vault), 50 * UNITS);
        vm.prank(clearingHouseAt);
        vault.deposit(SETTLEMENT, 50);
        bytes4 selector = ICollateralVault.NotEnoughLots.selector;
        TransferClaim memory claim_ = _withdrawal(30, 0);
        _expectRefused(claim_, abi.encodeWithSelector(selector, SETTLEMENT, 30, 0));
        vm.warp(block.timestamp + 1);
        anchor(ALICE, rootOf(ALICE), closeRun(uint64(block.timestamp)));
        vm.prank(ALICE_OWNER);
        desk.withdraw(claim_, PAYEE);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 20, "of the fenced ones");
    }

    // --- roots ---

    /// Whatever a counterparty has a hand in has another root: it could be of the venue's making.
    function test_ATradeAndAnUpdateMakeAnotherRoot() public {
        _deposit(ALICE_OWNER, 100);
        bytes32 trade = keccak256(abi.encode(bytes32("trade")));
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(ALICE, next(ALICE), BOB, next(BOB), 5, 0, false, trade)
        );
        vm.prank(VENUE);
        ledger.trade(claim_);
        vm.assertEq(rootOf(ALICE), claim_.newA, "of who gives");
        vm.assertEq(rootOf(BOB), claim_.newB, "of who takes");
        _deposit(VENUE, 100);
        update(ALICE, next(ALICE));
        vm.assertEq(rootOf(ALICE), ledger.commitmentOf(ALICE), "by the venue's word");
    }

    /// What a case moves off an account is bounded: it keeps its root, and whoever takes it does not.
    function test_ASliceKeepsTheRootOfTheAccountInTheCase() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim_ = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        vm.prank(engineAt);
        ledger.move(claim_, Rest.Kept, purpose);
        vm.assertEq(rootOf(ALICE), commitmentOf(ALICE, 0), "hers");
        vm.assertEq(rootOf(BOB), claim_.newB, "his");
    }

    function test_KnowsItsParts() public {
        vm.assertEq(desk.ledger(), address(ledger), "ledger");
        vm.assertEq(ledger.desk(), address(desk), "and is the ledger's");
        vm.assertEq(desk.anchors(), address(anchors), "anchors");
        vm.mockCall(address(anchors), abi.encodeCall(anchors.engine, ()), abi.encode(address(this)));
        vm.expectRevert(abi.encodeWithSelector(IAccountDesk.PartsMismatch.selector));
        new AccountDesk(engine, anchors);
    }
}
