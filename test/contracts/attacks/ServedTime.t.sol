// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks on served time by the owner of the list of verifiers: it stood for ever, or grew backwards.
contract ServedTimeAttacks is GateFixture {
    /// One circuit that nobody uses, retired every few minutes, stopped all clocks for as long as its owner liked.
    function test_ADeadCircuitIsRetiredOnce() public {
        verifiers.retire(deleverageCircuit);
        advance(10);
        uint256 id = openCase(2);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.AlreadyRetired.selector, deleverageCircuit));
            verifiers.retire(deleverageCircuit);
            serve(SOFT / 3);
        }
        engine.escalate(id); // beside it: all of the window was served
        assertStatus(id, ILiquidationEngine.Status.Sealed);
    }

    /// What was stopped by the first retirement counted after the second: 200 seconds were served within one block.
    function test_ASecondRetirementCountsNoStoppedTime() public {
        advance(10);
        verifiers.retire(deleverageCircuit);
        uint64 served = clock.served();
        vm.warp(block.timestamp + 200);
        vm.assertEq(clock.served(), served, "stopped");
        verifiers.retire(reductionCircuit);
        vm.assertEq(clock.served(), served, "and what was stopped stays so");
        advance(50);
        vm.assertEq(clock.served(), served, "up to the next snapshot");
        vm.warp(block.timestamp + 20);
        vm.assertEq(clock.served(), served + 20, "which serves");
    }

    /// A case and a challenge from between two retirements had seen more served time than time: nothing moved any more,
    /// nobody could abandon, and bonds stayed.
    function test_TwoRetirementsFreezeNothing() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 asked = snapshotId;
        serve(ANSWER);
        advance(10);
        vm.warp(block.timestamp + 1);
        verifiers.retire(deleverageCircuit);
        vm.warp(block.timestamp + 200);
        uint256 id = openCase(2);
        uint256 commitment = ledger.commitmentOf(BOB);
        vm.prank(STRANGER);
        uint256 index = challenges.challenge(BOB, commitment, asked);
        vm.warp(block.timestamp + 1);
        verifiers.retire(reductionCircuit);
        vm.warp(block.timestamp + 20);
        advance(0);
        vm.assertEq(clock.served(), engine.caseOf(id).openedServed, "nothing was served since");
        serve(SOFT);
        engine.escalate(id);
        assertStatus(id, ILiquidationEngine.Status.Sealed);
        assertStatus(challenges.settleChallenge(BOB, index), ILiquidationEngine.Status.Soft);
        vm.assertEq(challenges.creditOf(STRANGER), CHALLENGE_BOND, "the bond is back");
        serve(CASE_LENGTH);
        engine.abandon(id);
        assertClosed(id, ILiquidationEngine.Outcome.Abandoned);
    }

    /// Known: a circuit that no window needs stops time like any other, until the next snapshot enters.
    function test_Known_ARetirementOfAnyCircuitStopsTimeUntilTheNextSnapshot() public {
        uint64 served = clock.served();
        verifiers.retire(deleverageCircuit);
        vm.warp(block.timestamp + 4 minutes);
        vm.assertEq(clock.served(), served, "stopped by a circuit that nobody attests with");
        advance(1);
        vm.warp(block.timestamp + 1 minutes);
        vm.assertEq(clock.served(), served + 1 minutes, "goes on");
    }

    /// Without a circuit by which portfolios move, snapshots went on to serve, and windows passed that nobody could
    /// use.
    function test_WithoutATransferCircuitNothingServes() public {
        uint64 served = clock.served();
        verifiers.retire(transferCircuit);
        vm.warp(block.timestamp + 1 minutes);
        uint256 bare = publishAll(uint64(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, bare, bytes32(0)));
        clock.enter(bare);
        vm.assertEq(clock.served(), served, "stopped");
        verifiers.register(address(newTransferVerifier(TRANSFER_KEY + 100))); // beside it: with another it goes on
        clock.enter(bare);
        vm.warp(block.timestamp + 1 minutes);
        vm.assertEq(clock.served(), served + 1 minutes, "goes on");
    }
}
