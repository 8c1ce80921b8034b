// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {IExpiryDesk} from "contracts/liquidation/IExpiryDesk.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {DeliveryFixture} from "../helpers/DeliveryFixture.sol";

/// Closings against everybody else's proofs and money.
contract ExpiryAttacks is DeliveryFixture {
    uint256 private before;

    function setUp() public override {
        super.setUp();
        advance(1);
        before = snapshotId;
        vm.warp(block.timestamp + 1);
        deliver();
        advance(1);
    }

    function _close(uint256 accountId, bool isShort, uint64 lots) private {
        desk.closeExpired(accountId, closing(accountId, isShort, lots));
    }

    function _takeOver(uint256 caseId, EquityClaim memory equity, TransferClaim memory claim_) private {
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim_, equity);
    }

    /// A friend of the account closes a row whenever the operator is about to take it over: once, and then it is.
    function test_AFriendsClosingsCostOneProofEach() public {
        uint256 caseId = openCase(4);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        serve(NOTICE);
        EquityClaim memory equity = equityClaim(ALICE, 4, -lotsOf(5));
        TransferClaim memory claim_ = caseTransfer("takeover", caseId, clearingHouseAt, HOUSE, 0, true);
        _close(ALICE, false, 40);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        house.takeOver(caseId, claim_, equity);
        IExpiryDesk.Closing[] memory another = closing(ALICE, true, 1);
        uint64 until = uint64(block.timestamp) + 10 minutes;
        vm.expectRevert(abi.encodeWithSelector(IExpiryDesk.ClosedTooSoon.selector, until));
        desk.closeExpired(ALICE, another);
        // The operator derives the opening from the event. The anchor of the portfolio that the case opened with counts.
        equity = equityClaim(ALICE, 4, -lotsOf(5));
        _takeOver(caseId, equity, caseTransfer("takeover", caseId, clearingHouseAt, HOUSE, 0, true));
        assertClosed(caseId, ILiquidationEngine.Outcome.TakenOver);
        vm.assertEq(house.insuredLoss(), 5, "insured as it was");
    }

    /// What the house took over doesn't stay with it for good.
    function test_TheHouseClosesWhatItTookOver() public {
        uint256 caseId = openCase(4);
        serve(NOTICE);
        EquityClaim memory equity = equityClaim(ALICE, 4, -lotsOf(5));
        _takeOver(caseId, equity, caseTransfer("takeover", caseId, clearingHouseAt, HOUSE, 0, true));
        _close(HOUSE, true, 40);
        vm.assertEq(desk.deliveredLots(CALL), -40, "paid for");
        house.clearResidual(equityClaim(HOUSE, 0, 0));
        vm.assertEq(house.residual(), 0, "and proven");
    }

    /// No challenge asks the new portfolio about prices of before it was worth what the old one is.
    function test_NobodyIsAskedByPricesOfBeforeTheDelivery() public {
        _close(ALICE, false, 40);
        uint64 delivered = ledger.account(ALICE).updatedAt;
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.SnapshotTooOld.selector, delivered - 1, delivered));
        vm.prank(STRANGER);
        challenges.challenge(ALICE, commitment, before);
    }

    /// Silence stays silence, however often the account becomes another portfolio.
    function test_ClosingsTakeNoChallengeAway() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 index = challenge(ALICE);
        _close(ALICE, false, 40);
        expectUpdateSkipped(ALICE, next(ALICE), IPortfolioLedger.Refusal.Challenged);
        serve(CHALLENGE);
        uint256 caseId = challenges.settleChallenge(ALICE, index);
        vm.assertEq(engine.openCaseOf(ALICE), caseId, "a case");
    }

    /// The venue writes itself an account with what expired in the money: by its word, no run counts it, and its cash is
    /// no more than the venue's own.
    function test_AMadeUpWinnerReachesNothingThatIsFenced() public {
        update(ALICE, next(ALICE));
        vm.assertTrue(!anchors.isAnchored(ALICE), "made up");
        _close(ALICE, false, 1_000_000);
        vm.assertTrue(!anchors.isAnchored(ALICE), "and no better for it");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 0, "no token moved");
    }
}
