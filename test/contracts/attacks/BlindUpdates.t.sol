// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// The honest venue's `update` is computed before it is sent, and a customer acts in the block before: each attack fails
/// by the rule's own refusal, with the honest path beside.
contract BlindUpdatesTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);
    int64 private constant LOTS = 10_000;

    function setUp() public override {
        super.setUp();
        fund(ALICE_OWNER, address(desk), uint64(LOTS) * uint256(UNITS));
        fund(BOB_OWNER, address(desk), uint64(LOTS) * uint256(UNITS));
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        fund(ALICE_OWNER, address(challenges), CHALLENGE_BOND);
        _deposit(ALICE, ALICE_OWNER);
        _deposit(BOB, BOB_OWNER);
        advance(10 minutes);
    }

    function _deposit(uint256 accountId, address owner) private {
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), owner));
        TransferClaim memory claim_ = keptClaim(
            TransferTerms(accountId, next(accountId), 0, 0, 0, LOTS, false, purpose)
        );
        if (owner == ALICE_OWNER) {
            vm.prank(owner);
            token.approve(address(desk), type(uint256).max);
        }
        vm.prank(owner);
        desk.deposit(claim_);
    }

    function _withdraw() private returns (uint256) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory claim_ = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, -LOTS, false, purpose));
        attest(ALICE, claim_.newA, 0); // healthy with what it is left
        vm.prank(ALICE_OWNER);
        return desk.withdraw(claim_, PAYEE);
    }

    function _send(IPortfolioLedger.Change[][] memory groups) private {
        vm.prank(VENUE);
        ledger.update(groups);
    }

    function _expectSkipped(IPortfolioLedger.Refusal refusal) private {
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(ALICE, 0, refusal);
    }

    /// ALICE has lost 10,000 lots to BOB in the venue's book: both in one group.
    function _trade() private view returns (IPortfolioLedger.Change[][] memory groups) {
        groups = new IPortfolioLedger.Change[][](1);
        groups[0] = new IPortfolioLedger.Change[](2);
        groups[0][0] = groupOf(ALICE, commitmentOf(ALICE, 50))[0][0]; // with nothing
        groups[0][1] = groupOf(BOB, commitmentOf(BOB, 50))[0][0]; // with 20,000 lots
    }

    /// ALICE and BOB have 10,000 lots each, and that is what the vault has. The venue, honest, computes ALICE's next
    /// portfolio (a trade of a lot, or a fresh salt) of what the ledger has, and sends it. ALICE withdraws in the block
    /// before, and the update wrote the 10,000 lots back, for her to withdraw again. They are BOB's.
    function test_ARoutineUpdatePaysNobodyTwice() public {
        IPortfolioLedger.Change[][] memory computed = groupOf(ALICE, commitmentOf(ALICE, 50)); // with her 10,000 lots
        uint256 first = _withdraw(); // front-runs it
        uint256 left = ledger.commitmentOf(ALICE);
        _expectSkipped(IPortfolioLedger.Refusal.Changed);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(ALICE), left, "her lots are gone");
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(first);
        vm.assertEq(token.balanceOf(PAYEE), uint64(LOTS) * uint256(UNITS), "paid once");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), uint64(LOTS), "BOB's are there");
        // Honest: the venue looks again, and sends what she has without them.
        update(ALICE, commitmentOf(ALICE, 51));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 51), "written");
    }

    /// ALICE is challenged (by herself) in the block before, and her loss alone was skipped: she answered by the prices of
    /// now with the portfolio of before, and had the lots out before the next update, which his gain says are his.
    function test_NoSideOfATradeIsSkippedAlone() public {
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 commitment = ledger.commitmentOf(ALICE);
        IPortfolioLedger.Change[][] memory computed = _trade();
        vm.prank(ALICE_OWNER);
        uint256 index = challenges.challenge(ALICE, commitment, asked);
        uint256 his = ledger.commitmentOf(BOB);
        _expectSkipped(IPortfolioLedger.Refusal.Challenged);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(ALICE), commitment, "her loss waits");
        vm.assertEq(ledger.commitmentOf(BOB), his, "and so does his gain");
        // Honest: once she has answered, both go.
        advance(1);
        attest(ALICE, 0);
        challenges.settleChallenge(ALICE, index);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 50), "hers");
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 50), "his");
    }

    /// The same by a lock, in the block before: a venue that matched an account without looking at its lock first has
    /// booked a trade that stays out, on both sides.
    function test_NoSideOfATradeIsLockedOutAlone() public {
        IPortfolioLedger.Change[][] memory computed = _trade();
        uint256 his = ledger.commitmentOf(BOB);
        vm.prank(ALICE_OWNER);
        ledger.lock(ALICE, uint64(block.timestamp) + 1 days);
        _expectSkipped(IPortfolioLedger.Refusal.Locked);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(BOB), his, "neither side");
        advance(1 days);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 50), "both");
    }

    /// The other way round: what a customer paid in was taken from it by an update that was computed before.
    function test_ARoutineUpdateWipesNoDepositOut() public {
        IPortfolioLedger.Change[][] memory computed = groupOf(ALICE, commitmentOf(ALICE, 50));
        mintLots(ALICE_OWNER, uint64(LOTS));
        _deposit(ALICE, ALICE_OWNER);
        uint256 with_ = ledger.commitmentOf(ALICE);
        _expectSkipped(IPortfolioLedger.Refusal.Changed);
        _send(computed);
        vm.assertEq(ledger.commitmentOf(ALICE), with_, "with the new lots");
    }
}
