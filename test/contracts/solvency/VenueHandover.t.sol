// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";

/// Vault and solvency registry, whose venue hands over to another; each role tries what it shouldn't.
contract VenueHandoverTest is SolvencyFixture {
    uint256 private constant NEXT_KEY = 0x4e87;
    address private constant STRANGER = address(0xbad);

    address private former;
    address private next;

    function setUp() public override {
        super.setUp();
        (former, next) = (venue, vm.addr(NEXT_KEY));
    }

    function _propose(address to) private {
        vm.prank(former);
        vault.proposeVenue(to);
    }

    function _handOver() private {
        _propose(next);
        vm.prank(next);
        vault.acceptVenue();
    }

    function _onlyVenue(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICollateralVault.OnlyVenue.selector, caller);
    }

    function _notPending(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICollateralVault.OnlyPendingVenue.selector, caller);
    }

    // --- the two steps ---

    function test_TheVenueProposesAndItsSuccessorAccepts() public {
        vm.expectEmit();
        emit ICollateralVault.VenueProposed(former, next);
        _propose(next);
        vm.assertEq(vault.pendingVenue(), next, "proposed");
        vm.assertEq(vault.venue(), former, "nothing changes yet");
        vm.expectEmit();
        emit ICollateralVault.VenueChanged(former, next);
        vm.prank(next);
        vault.acceptVenue();
        vm.assertEq(vault.venue(), next, "the vault's");
        vm.assertEq(solvency.venue(), next, "the registry's");
        vm.assertEq(vault.pendingVenue(), address(0), "nobody waits");
        vm.assertEq(vault.handovers(), 1, "counted");
    }

    function test_AStrangerNeitherProposesNorAccepts() public {
        vm.prank(STRANGER);
        vm.expectRevert(_onlyVenue(STRANGER));
        vault.proposeVenue(STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(_notPending(STRANGER));
        vault.acceptVenue();
        _propose(next);
        vm.prank(STRANGER);
        vm.expectRevert(_notPending(STRANGER));
        vault.acceptVenue();
        vm.prank(former);
        vm.expectRevert(_notPending(former));
        vault.acceptVenue();
        vm.assertEq(vault.venue(), former, "as before");
    }

    /// An address that can't act never becomes the venue: nothing is lost by a wrong one.
    function test_TheVenueTakesAProposalBackOrReplacesIt() public {
        _propose(address(0xdead));
        _propose(next);
        _propose(address(0));
        vm.prank(next);
        vm.expectRevert(_notPending(next));
        vault.acceptVenue();
        _handOver();
        vm.prank(next);
        vm.expectRevert(_notPending(next));
        vault.acceptVenue(); // once
        vm.assertEq(vault.handovers(), 1, "counted once");
    }

    // --- the former venue ---

    function test_TheFormerVenueHasNoPowerLeft() public {
        _handOver();
        vm.prank(former);
        vm.expectRevert(_onlyVenue(former));
        vault.requestWithdrawal(CASH, 1, former);
        vm.prank(former);
        vm.expectRevert(_onlyVenue(former));
        vault.addAsset(3, address(cash), 1);
        vm.prank(former);
        vm.expectRevert(_onlyVenue(former));
        vault.proposeVenue(former);
        vm.prank(former);
        vm.expectRevert(_onlyVenue(former));
        vault.cancelWithdrawal(1);
    }

    /// What the former venue asked for in the block before is seen, and can be cancelled for an hour.
    function test_TheNewVenueCancelsWhatTheFormerOneWantedToTake() public {
        _propose(next);
        vm.prank(former);
        uint256 id = vault.requestWithdrawal(CASH, 1_000, former);
        vm.prank(next);
        vault.acceptVenue();
        vm.warp(NOW + 1 hours - 1);
        vm.prank(former);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotReady.selector, NOW + 1 hours));
        vault.completeWithdrawal(id);
        vm.prank(next);
        vault.cancelWithdrawal(id);
        vm.assertEq(vault.lotsHeld(CASH), 5_000_000, "all of it is there");
    }

    /// A customer's withdrawal that the former venue announced is paid as it was: a handover takes it from nobody.
    function test_ACustomersWithdrawalIsPaidAfterAHandover() public {
        vm.prank(former);
        uint256 id = vault.requestWithdrawal(CASH, 1_000, address(0xa11ce));
        _handOver();
        vm.warp(NOW + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(cash.balanceOf(address(0xa11ce)), 1_000 * UNITS, "paid");
    }

    // --- runs ---

    function test_RunsAreSignedByTheVenueThatIs() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        _handOver();
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.WrongVenue.selector, former, next));
        solvency.open(h, signature);
        h.venue = next;
        signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.InvalidSignature.selector, next));
        solvency.open(h, signature);
        bytes32 runId = solvency.open(h, signHeader(NEXT_KEY, solvency.openDigest(h)));
        solvency.submit(runId, 0, steps(runId, 0, 2));
        closeRun(runId);
        vm.assertTrue(solvency.latest().isCurrent, "and attested");
    }

    /// A key that leaked opened a run of accounts that it made up: the handover ends it.
    function test_ARunOfTheFormerVenueIsNotClosed() public {
        bytes32 runId = runWith(2);
        _handOver();
        _expectFormer(runId);
        // Nor after the place has come back to it.
        vm.prank(next);
        vault.proposeVenue(former);
        vm.prank(former);
        vault.acceptVenue();
        _expectFormer(runId);
        vm.assertTrue(!solvency.latest().exists, "no attestation");
    }

    function _expectFormer(bytes32 runId) private {
        ISolvencyRegistry.Report memory report = honestReport();
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, report, reserves));
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.RunOfFormerVenue.selector, runId));
        solvency.close(runId, report, proof, reserves);
    }

    function test_AnAttestationOfBeforeStandsUntilItExpires() public {
        closeRun(runWith(2));
        _handOver();
        vm.assertTrue(solvency.latest().isCurrent, "the tokens are where they were");
    }
}
