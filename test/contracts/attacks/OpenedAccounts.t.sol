// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {EmptyClaim, EquityClaim, MembershipClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountOpening} from "contracts/liquidation/IAccountOpening.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// Accounts that anyone opens, as ways around challenges, cases and ages. Each is closed by the rule's own error, and the
/// honest path is beside it.
contract OpenedAccountsAttack is SaleFixture {
    address private constant OPENER = address(0x09e4);
    uint256 private constant EMPTY = 0xe3;
    uint256 private opened;

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 10 * uint256(CHALLENGE_BOND));
        fund(OPENER, address(ledger), 10 * uint256(CHALLENGE_BOND));
        opened = _open(OPENER);
    }

    // --- acts ---

    function _open(address who) private returns (uint256) {
        EmptyClaim memory proven = emptyClaim(openedId(who, 0), EMPTY);
        vm.prank(who);
        return ledger.openAccount(0, EMPTY, proven);
    }

    function _empty() private view returns (bytes memory) {
        return abi.encodeWithSelector(IAccountOpening.AccountEmpty.selector, opened);
    }

    function _expectAnchorRefused(uint256 commitment, bytes32 runId, bytes memory data) private {
        MembershipClaim memory counted = membershipClaim(opened, commitment);
        vm.expectRevert(data);
        anchors.anchor(opened, commitment, runId, counted);
    }

    function _insured(uint256 lots) private returns (uint256) {
        attest(opened, 4);
        uint256 ofOpened = engine.open(opened);
        vm.prank(address(house));
        return anchors.insure(ofOpened, lots, 1_000);
    }

    // --- challenges and cases ---

    /// There is nothing to ask about: silence of an owner who holds nothing opens no case, whatever is attested.
    function test_NobodyAsksAboutAnEmptyAccount() public {
        uint256 asked = snapshotId;
        serve(ANSWER);
        vm.prank(STRANGER);
        vm.expectRevert(_empty());
        challenges.challenge(opened, EMPTY, asked);
        attest(opened, 4);
        vm.expectRevert(_empty());
        engine.open(opened);
        vm.prank(address(challenges));
        vm.expectRevert(_empty());
        engine.openByChallenge(opened, STRANGER, uint64(block.timestamp));
    }

    /// It shelters nothing: from when positions come in it is asked about as any other, by prices since.
    function test_AFilledOneIsAskedAboutByPricesSince() public {
        uint256 before = snapshotId;
        serve(ANSWER);
        trade(BOB, opened);
        uint256 commitment = ledger.commitmentOf(opened);
        uint64 updatedAt = ledger.account(opened).updatedAt;
        uint64 asked = oracle.snapshotTime(before);
        bytes4 tooOld = IChallengeBook.SnapshotTooOld.selector;
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(tooOld, asked, updatedAt));
        challenges.challenge(opened, commitment, before);
        advance(1);
        uint256 index = challenge(opened);
        serve(CHALLENGE);
        uint256 ofSilence = challenges.settleChallenge(opened, index);
        vm.assertEq(engine.caseOf(ofSilence).accountId, opened, "its silence opens a case");
        vm.assertTrue(ledger.account(opened).frozen, "which freezes it");
    }

    /// Who is asked answers for what it had, though the venue moves that into an account that nobody may ask about.
    function test_NobodyMovesAwayFromAChallenge() public {
        uint256 index = challenge(BOB);
        trade(BOB, opened);
        vm.assertTrue(challenges.isChallenged(BOB), "the question stays");
        serve(CHALLENGE);
        vm.assertEq(engine.caseOf(challenges.settleChallenge(BOB, index)).accountId, BOB, "and its end");
        attest(opened, 2);
        vm.assertEq(engine.caseOf(engine.open(opened)).accountId, opened, "and what was moved has its own");
    }

    /// A filled account is closed by nobody: its case, its debts and its nonce stay.
    function test_NobodyClosesAFilledAccount() public {
        trade(BOB, opened);
        vm.prank(OPENER);
        vm.expectRevert(abi.encodeWithSelector(IAccountOpening.AccountFilled.selector, opened));
        ledger.closeAccount(0, OPENER);
        attest(opened, 3);
        engine.open(opened);
        vm.prank(OPENER);
        ledger.reclaimBond(0, OPENER); // beside it: the bond is the opener's, as nothing depends on it any more
        vm.assertTrue(ledger.account(opened).frozen, "the case goes on");
    }

    // --- runs and ages ---

    /// An id can be counted in runs for a year before anybody opens it, or while it is empty: that is the venue's word.
    function test_RunsOfBeforeItWasFilledMakeItNoOlder() public {
        uint64 time = uint64(block.timestamp);
        bytes32 old = closeRun(time - FULL_AGE);
        bytes32 fresh = closeRun(time);
        _expectAnchorRefused(EMPTY, old, _empty());
        _expectAnchorRefused(EMPTY, fresh, _empty());
        trade(BOB, opened);
        uint256 commitment = ledger.commitmentOf(opened);
        bytes4 before = IAnchorBook.RunBeforeFilled.selector;
        _expectAnchorRefused(EMPTY, old, abi.encodeWithSelector(before, old, time));
        _expectAnchorRefused(commitment, old, abi.encodeWithSelector(before, old, time));
        _expectAnchorRefused(commitment, fresh, abi.encodeWithSelector(before, fresh, time));
        advance(1);
        anchorNow(opened);
        attest(opened, 4);
        uint256 ofOpened = engine.open(opened);
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.AccountTooYoung.selector, opened, 0));
        anchors.insure(ofOpened, 100, 1_000);
    }

    /// Beside it: runs of since then count, as any account's.
    function test_RunsSinceItWasFilledMakeItOlder() public {
        trade(BOB, opened);
        advance(1);
        anchorNow(opened);
        vm.warp(block.timestamp + LEAST_AGE);
        advance(1);
        anchorNow(opened);
        vm.assertEq(_insured(250), 100, "old enough for a young account's part");
    }

    function test_AnIdThatNobodyOpenedIsNotAnchored() public {
        uint256 unknown = openedId(OPENER, 1);
        bytes32 runId = closeRun(uint64(block.timestamp));
        MembershipClaim memory counted = membershipClaim(unknown, EMPTY);
        vm.expectRevert(abi.encodeWithSelector(IAccountOpening.AccountEmpty.selector, unknown));
        anchors.anchor(unknown, EMPTY, runId, counted);
    }

    // --- what they are for ---

    /// A buyer has an account of its own for what it buys, whatever the venue has registered for it.
    function test_ABuyerTakesAPortfolioIntoAnAccountItOpened() public {
        fund(liquidator(0), address(ledger), CHALLENGE_BOND);
        uint256 fresh = _open(liquidator(0));
        toSale();
        uint256 least = sale.priceOf(caseId, LOTS);
        TransferClaim memory claim = caseTransfer(
            "award",
            caseId,
            liquidator(0),
            fresh,
            int64(uint64(least)),
            true
        );
        attest(fresh, claim.newB, 1);
        uint32 version = engine.caseOf(caseId).version;
        EquityClaim memory equity = shown(LOTS);
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
        vm.assertEq(ledger.commitmentOf(fresh), claim.newB, "it has what was ALICE's");
        vm.assertTrue(!ledger.isEmpty(fresh), "and is empty no more");
        vm.prank(liquidator(0));
        ledger.reclaimBond(0, liquidator(0));
    }

    /// Not into somebody else's: the owner takes.
    function test_NobodyBuysIntoAnothersEmptyAccount() public {
        toSale();
        uint256 least = sale.priceOf(caseId, LOTS);
        TransferClaim memory claim = caseTransfer(
            "award",
            caseId,
            liquidator(0),
            opened,
            int64(uint64(least)),
            true
        );
        attest(opened, claim.newB, 1);
        uint32 version = engine.caseOf(caseId).version;
        EquityClaim memory equity = shown(LOTS);
        bytes4 notYours = IPortfolioAward.NotYourAccount.selector;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(notYours, opened));
        sale.buy(caseId, version, claim, equity);
        vm.assertTrue(ledger.isEmpty(opened), "as it was");
        vm.assertEq(ledger.ownerOf(opened), OPENER, "hers");
    }

    /// The desk takes nothing out of an account that has nothing, and a deposit fills it as its owner wants.
    function test_ADepositFillsIt() public {
        fund(OPENER, address(desk), 40 * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), OPENER));
        TransferClaim memory claim = keptClaim(TransferTerms(opened, next(opened), 0, 0, 0, 40, false, purpose));
        vm.prank(OPENER);
        desk.deposit(claim);
        vm.assertTrue(!ledger.isEmpty(opened) && ledger.filledAt(opened) == block.timestamp, "filled");
        IPortfolioLedger.Account memory found = ledger.account(opened);
        vm.assertEq(uint256(found.updatedAt), block.timestamp, "as young as its cash");
    }
}
