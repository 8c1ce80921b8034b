// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "contracts/verify/Groth16.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";

/// A run shows what accounts held when it was opened; its proofs take minutes to hours. A customer that was paid by
/// proof in the block before `close` stopped it, and all that was proven for it was lost; without runs nobody is taken
/// over.
contract StoppedRunsAttack is SolvencyFixture {
    address private constant HOUSE = address(0xc1ea);

    function vaultsHouse() internal pure override returns (address) {
        return HOUSE;
    }

    function _payByProof(uint256 lots) private returns (uint256 id) {
        vm.prank(vault.desk()); // what the desk does with a customer's proof
        return vault.requestProven(CASH, lots, address(0xa11ce), 1, false);
    }

    function _close(bytes32 runId) private {
        ISolvencyRegistry.Report memory report = honestReport();
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, report, reserves));
        solvency.close(runId, report, proof, reserves);
    }

    function _expectShort(bytes32 runId, uint256 held) private {
        ISolvencyRegistry.Report memory report = honestReport();
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, report, reserves));
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.ReservesShort.selector, CASH, 4_999_999, held));
        solvency.close(runId, report, proof, reserves);
    }

    function test_WhoIsPaidByProofStopsNoRun() public {
        bytes32 runId = runWith(2);
        _payByProof(2); // of five million lots, a lot more than the venue has of its own
        vm.assertEq(vault.lotsHeld(CASH), 4_999_998, "two fewer");
        _close(runId);
        vm.assertTrue(solvency.latest().exists, "closed: its accounts had them");
    }

    /// What left before the run was opened is in none of its accounts.
    function test_WhatLeftBeforeTheOpeningDoesNotCount() public {
        _payByProof(2);
        _expectShort(runWith(2), 4_999_998);
    }

    /// What the venue takes out meanwhile counts for nothing, as ever.
    function test_TheVenuesOwnWithdrawalsStopItsRun() public {
        bytes32 runId = runWith(2);
        vm.prank(venue);
        vault.requestWithdrawal(CASH, 2, venue);
        _expectShort(runId, 4_999_998);
    }

    /// Nor what the house gave back to the insurance fund: it would count as a reserve and as the fund's.
    function test_WhatTheHouseReleasedIsNoReserve() public {
        bytes32 runId = runWith(2);
        vm.prank(HOUSE);
        vault.release(CASH, 2, true);
        vm.assertEq(cash.balanceOf(HOUSE), 2 * UNITS, "the fund's");
        _expectShort(runId, 4_999_998);
        deposit(CASH, cash, 2); // whoever replaces them closes it
        _close(runId);
    }

    /// Nor can it be hidden behind lots that come in and leave by proof, in whatever order.
    function test_LotsThatCameAndWentReplaceNoneOfTheVenues() public {
        bytes32 runId = runWith(2);
        vm.prank(venue);
        vault.requestWithdrawal(CASH, 1_000, venue);
        deposit(CASH, cash, 1_000);
        _payByProof(1_000);
        _expectShort(runId, 4_999_000);
        _payByProof(500);
        deposit(CASH, cash, 500);
        _expectShort(runId, 4_999_000);
    }
}
