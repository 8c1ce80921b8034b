// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {TransferVerifier} from "contracts/verify/statements/TransferVerifier.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";
import {GateFixture} from "../helpers/GateFixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

/// The attack fails by the rule's own error, with the honest path beside.
contract WaitingPricesTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);

    /// The signers' prices of the crash are published, and by them ALICE is in tier 4; but a friend has just entered the
    /// snapshot before, so they wait for `spacing` (half a cadence, as the docs advise; a second here). Meanwhile the one
    /// before was "the newest itself", and cash left by it, though the breach was attested on chain.
    function test_NoCashLeavesWhileThePricesOfTheCrashWaitForSpacing() public {
        depositLots(1_000);
        vm.warp(block.timestamp + 2 * SPACING);
        uint256 crash = publishAll(uint64(block.timestamp));
        snapshotId = publishAll(uint64(block.timestamp) - SPACING);
        clock.enter(snapshotId); // the friend, in front of whoever enters the crash
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooSoon.selector, uint64(block.timestamp) + SPACING));
        clock.enter(crash);
        registry.attest(claim(crash, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 4));
        TransferClaim memory claim_ = _leaving();
        _withdraw(claim_, abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA));

        uint256 before = vm.snapshotState();
        vm.warp(block.timestamp + SPACING);
        clock.enter(crash);
        _withdraw(claim_, abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE));
        vm.revertToState(before);

        // It is no crash: its point was wrong. What it may hide waits too, and later prices end that.
        refute(crash, circuitId);
        _withdraw(claim_, abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA));
        advance(SPACING + 1);
        attest(ALICE, claim_.newA, 0);
        _withdraw(claim_, "");
    }

    /// A void snapshot above the sound one that waits hid it: "none later is published that is not proven wrong" looked at
    /// the latest alone.
    function test_AVoidSnapshotHidesNoPricesThatWait() public {
        depositLots(1_000);
        vm.warp(block.timestamp + 2 * SPACING);
        uint256 crash = publishAll(uint64(block.timestamp));
        snapshotId = publishAll(uint64(block.timestamp) - SPACING);
        clock.enter(snapshotId);
        registry.attest(claim(crash, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 4));
        uint256 later = publishAll(uint64(block.timestamp) + 1);
        refute(later, circuitId);
        vm.assertTrue(oracle.voidSince(crash) == 0 && oracle.voidSince(later) != 0, "the crash is sound");
        TransferClaim memory claim_ = _leaving();
        _withdraw(claim_, abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA));
    }

    /// Honest: whoever is in tier 0 by the prices that waited takes its cash once they have entered.
    function test_CashLeavesByThePricesThatWaited() public {
        depositLots(1_000);
        vm.warp(block.timestamp + 2 * SPACING);
        uint256 waiting = publishAll(uint64(block.timestamp));
        snapshotId = publishAll(uint64(block.timestamp) - SPACING);
        clock.enter(snapshotId);
        TransferClaim memory claim_ = _leaving();
        _withdraw(claim_, abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA));
        vm.warp(block.timestamp + SPACING);
        clock.enter(waiting);
        snapshotId = waiting;
        _withdraw(_leaving(), "");
    }

    function _leaving() private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        claim_ = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, -1_000, false, purpose));
        attest(ALICE, claim_.newA, 0);
    }

    function _withdraw(TransferClaim memory claim_, bytes memory refused) private {
        vm.prank(ALICE_OWNER);
        if (refused.length != 0) vm.expectRevert(refused);
        desk.withdraw(claim_, PAYEE);
    }
}

/// Known, and said in docs/security/roles.md.
contract SilentSignersTest is GateFixture {
    /// Known and open: while too few sign, or no coverage circuit is left, no customer
    /// takes its cash out by proof, one without any position neither, and there is no end to it: cases end after
    /// `unservedLimit`, and the funds pay after 60 days, but the desk asks for tier 0 in a snapshot that serves. The venue
    /// goes on withdrawing the same tokens.
    function test_Known_ADeskWithoutPricesPaysNobody() public {
        depositLots(1_000);
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), ALICE_OWNER));
        TransferClaim memory claim_ = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, -1_000, false, purpose));
        attest(ALICE, claim_.newA, 0);
        vm.warp(block.timestamp + 29 days);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA));
        desk.withdraw(claim_, ALICE_OWNER);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 1_000, VENUE);
    }
}

/// The attack fails by the rule's own error, with the honest path beside.
contract TwoSizesTest is BidsFixture {
    /// A list of verifiers without a size (`slots` 0: "where accounts are only attested") was taken by ledger and engine
    /// all the same. With transfer circuits of two sizes, the retirement of the accounts' own stopped no time beyond the
    /// next snapshot: nobody could settle, and the leader's bond was lost.
    function test_NoOtherSizeKeepsTimeRunning() public {
        bid(0, 90_000);
        address eight = address(_verifierOfEight());
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.WrongSlots.selector, 8, 4));
        verifiers.register(eight);
        VerifierRegistry unsized = new VerifierRegistry(address(this), 0);
        vm.expectRevert(invalidParameter("slots", 0));
        new PortfolioLedger(vault, engineAt, clearingHouseAt, unsized, SETTLEMENT);
        verifiers.retire(transferCircuit);
        vm.warp(block.timestamp + 1);
        uint256 id = publishAll(uint64(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotComplete.selector, id, bytes32(0)));
        clock.enter(id); // so time stands still, and the leader's turn with it
    }

    function _verifierOfEight() private returns (TransferVerifier) {
        uint256 seed = 77;
        TransferVerifier.VerifyingKey memory vk;
        vk.alpha = Trapdoor.g1(Trapdoor.alphaLog(seed));
        (vk.beta, vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.BETA), Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 11);
        for (uint256 j = 0; j < 11; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(seed, 0));
        vk.icHash = keccak256(abi.encodePacked(vk.ic0.x, vk.ic0.y));
        return new TransferVerifier(TransferVerifier.Instance(8), vk, false);
    }
}
