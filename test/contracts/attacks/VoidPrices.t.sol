// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// A snapshot of the line is proven wrong by a point of the equity circuit. The coverage circuit's own point stands, so
/// what was attested by it stays current in the registry, and counted: it opened, moved and cured cases, and answered.
contract VoidPriceAttacks is GateFixture {
    /// Attests by the newest snapshot, which is proven wrong once the next has come.
    function _attestByVoid(uint8 tier) private returns (uint256 wrong) {
        wrong = snapshotId;
        attest(ALICE, tier);
        advance(1);
        refute(wrong, equityCircuit);
        uint256 commitment = ledger.commitmentOf(ALICE);
        ICoverageRegistry.Attestation memory found = registry.attestation(ALICE, commitment);
        vm.assertTrue(found.isCurrent && found.snapshotId == wrong, "current by the point of its own circuit");
    }

    function test_PricesThatWereProvenWrongOpenNothing() public {
        uint256 state = vm.snapshotState();
        uint256 wrong = _attestByVoid(2);
        vm.assertTrue(!engine.isBreachProven(ALICE), "no breach");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotNotEntered.selector, wrong));
        engine.open(ALICE);
        attest(ALICE, 2); // beside it: sound ones do
        assertStatus(engine.open(ALICE), ILiquidationEngine.Status.Soft);
        vm.revertToState(state);
        attest(ALICE, 2);
        advance(1);
        assertStatus(engine.open(ALICE), ILiquidationEngine.Status.Soft);
    }

    function test_PricesThatWereProvenWrongMoveNothingOn() public {
        uint256 caseId = openCase(2);
        uint64 until = engine.caseOf(caseId).until;
        advance(1);
        uint256 state = vm.snapshotState();
        _attestByVoid(4);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        engine.escalate(caseId);
        vm.revertToState(state);
        attest(ALICE, 4);
        engine.escalate(caseId); // beside it
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
    }

    function test_PricesThatWereProvenWrongCureNothing() public {
        uint256 caseId = openCase(2);
        advance(1);
        uint256 state = vm.snapshotState();
        uint256 wrong = _attestByVoid(0);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, wrong, snapshotId));
        engine.cure(caseId);
        vm.revertToState(state);
        attest(ALICE, 0);
        refute(snapshotId, equityCircuit); // the newest
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NewestVoid.selector, snapshotId));
        engine.cure(caseId);
        advance(1);
        attest(ALICE, 0); // beside it
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    function test_PricesThatWereProvenWrongAnswerNothing() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 index = challenge(ALICE);
        uint256 wrong = _attestByVoid(0);
        (IChallengeBook.Verdict verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(IChallengeBook.Verdict.Pending), "no answer");
        // Nor do they keep anybody from asking, or is anybody asked about them.
        serve(ANSWER);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.SnapshotNotEntered.selector, wrong));
        challenges.challenge(ALICE, commitment, wrong);
        attest(ALICE, 0); // beside it
        (verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(IChallengeBook.Verdict.Answered), "by sound ones");
    }
}
