// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Known and open, of low severity: each test passes while the attack works.
contract KnownLimitsTest is GateFixture {
    /// The largest penalty of a slice is read live: a case that opened at 2 % is reduced at 10 %.
    function test_Known_ARunningCaseHasAnotherPenalty() public {
        ILiquidationEngine.Parameters memory next_ = engineParameters();
        next_.maxPenalty = 100_000;
        bytes memory call_ = abi.encodeCall(ILiquidationEngine.setParameters, (next_));
        vm.prank(OWNER);
        engine.schedule(call_);
        advance(2 days);
        uint256 id = openCase(2);
        engine.execute(call_);
        TransferClaim memory claim_ = caseTransfer("reduce", id, VENUE, BOB, -9, false);
        attest(ALICE, claim_.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim_.newA, 100_000);
        EquityClaim[] memory none = new EquityClaim[](0);
        vm.prank(VENUE);
        engine.reduce(id, claim_, reduction, none);
        vm.assertEq(ledger.commitmentOf(ALICE), claim_.newA, "five times as dear as when the case opened");
    }

    /// What was attested by a snapshot that was proven wrong keeps the account from attesting by the right one of
    /// the same time, or by the one before, while that serves.
    function test_Known_AVoidAttestationKeepsTheRightOneAway() public {
        uint256 id = openCase(2);
        uint256 sound = snapshotId;
        advance(60);
        uint64 time = uint64(block.timestamp);
        attest(ALICE, 2); // anybody with the opening
        refute(snapshotId, equityCircuit);
        clock.drop();
        (uint256 newest, ) = clock.newest();
        vm.assertEq(newest, sound, "the one before serves again");
        uint256 corrected = _publishCorrected(time);
        clock.enter(corrected);
        vm.assertTrue(clock.isNewest(corrected), "and then the right one");
        ICoverageRegistry.CoverageProof memory proof = claim(
            corrected,
            DEADLINE,
            ALICE,
            ledger.commitmentOf(ALICE),
            0
        );
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectRevert(
            abi.encodeWithSelector(ICoverageRegistry.NotNewer.selector, ALICE, commitment, time)
        );
        registry.attest(proof);
        vm.expectRevert();
        engine.cure(id);
        uint64 served = clock.served();
        vm.warp(time + SERVE_GAP);
        vm.assertEq(clock.served() - served, SERVE_GAP, "meanwhile its time runs");
    }

    /// The same table with other inputs: another id.
    function _publishCorrected(uint64 time) private returns (uint256) {
        ISnapshotOracle.Header memory h = header(time);
        h.inputHash = keccak256("corrected");
        ISnapshotOracle.TablePoint[] memory points = allPoints(snapshotIdOf(h));
        uint64 until = publishBy(time);
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, until);
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        return oracle.publish(h, policyElements(), points, until, list);
    }
}
