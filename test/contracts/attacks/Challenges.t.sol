// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks around who may ask, who asked first, and whose answer counts.
contract ChallengeAttacks is GateFixture {
    address private constant LATER = address(0x1a7e);

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 10 * uint256(CHALLENGE_BOND));
        fund(LATER, address(challenges), CHALLENGE_BOND);
    }

    function _assertVerdict(uint256 index, IChallengeBook.Verdict expected) private view {
        (IChallengeBook.Verdict verdict, , ) = challenges.verdictOf(ALICE, index);
        vm.assertEq(uint256(verdict), uint256(expected), "verdict");
    }

    function _challengeLater(uint256 asked) private returns (uint256) {
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(LATER);
        return challenges.challenge(ALICE, commitment, asked);
    }

    /// One healthy attestation an hour kept every challenge away, by prices six times as old as any that open or cure.
    function test_AnOldAttestationShieldsAgainstOlderPricesOnly() public {
        attest(ALICE, 1);
        uint256 own = snapshotId;
        advance(1);
        uint256 newer = snapshotId;
        serve(50 minutes);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IChallengeBook.AttestationIsCurrent.selector, ALICE));
        challenges.challenge(ALICE, commitment, own); // by those prices it has answered
        vm.prank(STRANGER);
        uint256 index = challenges.challenge(ALICE, commitment, newer);
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        attest(ALICE, 1); // beside it: who is healthy now answers
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
    }

    /// A later challenger settled its own place, and had the share of who had asked first.
    function test_TheFirstChallengerHasTheCase() public {
        challenge(ALICE);
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 index = _challengeLater(asked);
        serve(CHALLENGE);
        vm.prank(LATER);
        uint256 id = challenges.settleChallenge(ALICE, index);
        vm.assertEq(engine.caseOf(id).challenger, STRANGER, "the first one");
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "its bond is back");
        vm.assertEq(challenges.creditOf(LATER), CHALLENGE_BOND, "and the later one's");
    }

    /// Beside it: who was answered has no case, so the next has it.
    function test_AnAnsweredChallengerHasNoCase() public {
        challenge(ALICE);
        attest(ALICE, 1); // answers the first
        advance(1);
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 index = _challengeLater(asked);
        serve(CHALLENGE);
        vm.prank(LATER);
        uint256 id = challenges.settleChallenge(ALICE, index);
        vm.assertEq(engine.caseOf(id).challenger, LATER, "the one who was right");
    }

    /// Known: who can open the commitment attests it, healthy too, in a snapshot that is published and not in the line.
    /// The answer is gone, and can't be repeated by its prices; if nobody answers by newer ones, silence opens a case.
    function test_Known_AnAnswerIsOverwrittenByASnapshotOutOfTheLine() public {
        uint256 index = challenge(ALICE);
        serve(CHALLENGE - 2 minutes);
        attest(ALICE, 0);
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
        uint256 before = vm.snapshotState();
        challenges.settleChallenge(ALICE, index); // what to do about it: settle in the block of the answer
        vm.revertToState(before);
        vm.warp(block.timestamp + 10);
        uint64 time = uint64(block.timestamp);
        uint256 commitment = ledger.commitmentOf(ALICE);
        registry.attest(claim(publishAll(time), DEADLINE, ALICE, commitment, 0));
        _assertVerdict(index, IChallengeBook.Verdict.Pending);
        ICoverageRegistry.CoverageProof memory again = claim(snapshotId, DEADLINE, ALICE, commitment, 0);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.NotNewer.selector, ALICE, commitment, time));
        registry.attest(again);
        advance(1); // a newer one enters: the other never will
        vm.warp(block.timestamp + 2 minutes);
        before = vm.snapshotState();
        assertStatus(challenges.settleChallenge(ALICE, index), ILiquidationEngine.Status.Soft);
        vm.revertToState(before);
        attest(ALICE, 0); // or answer again, by the newest prices
        _assertVerdict(index, IChallengeBook.Verdict.Answered);
    }

    /// Known: the reward that is to pay for the answer is whoever's who settles, the challenger's too.
    function test_Known_TheChallengerSettlesItsOwnAnsweredChallenge() public {
        uint256 index = challenge(ALICE);
        attest(ALICE, 0);
        vm.prank(STRANGER);
        challenges.settleChallenge(ALICE, index);
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND / 10, "a tenth is back");
        vm.assertEq(challenges.creditOf(ALICE_OWNER), 0, "nothing for the account");
        vm.assertEq(insurance(), CHALLENGE_BOND - CHALLENGE_BOND / 10, "the rest is lost to it");
    }
}
