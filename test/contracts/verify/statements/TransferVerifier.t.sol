// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferSignals} from "contracts/verify/statements/TransferSignals.sol";
import {TransferVerifier} from "contracts/verify/statements/TransferVerifier.sol";
import {SlotsVerifierSuite} from "../../helpers/SlotsVerifierSuite.sol";

contract TransferVerifierTest is SlotsVerifierSuite {
    function newVerifier(
        TransferVerifier.VerifyingKey memory vk,
        bool isDevKey
    ) internal override returns (address) {
        return address(new TransferVerifier(TransferVerifier.Instance(4), vk, isDevKey));
    }

    function test_TransferAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_TransferAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    function test_TransferRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_TransferHoldsTheConstantsPoint() public view {
        checkConstant();
    }

    function test_TransferComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("transfer_4", "transfer");
    }

    function test_TransferRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_TransferRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_TransferNamesItsSignals() public pure {
        uint256[11] memory signals = numbered();
        vm.assertEq(TransferSignals.accountA(signals), 100, "accountA");
        vm.assertEq(TransferSignals.oldA(signals), 101, "oldA");
        vm.assertEq(TransferSignals.newA(signals), 102, "newA");
        vm.assertEq(TransferSignals.accountB(signals), 103, "accountB");
        vm.assertEq(TransferSignals.oldB(signals), 104, "oldB");
        vm.assertEq(TransferSignals.newB(signals), 105, "newB");
        vm.assertEq(TransferSignals.settlementId(signals), 106, "settlementId");
        vm.assertEq(TransferSignals.cash(signals), 107, "cash");
        vm.assertEq(TransferSignals.funding(signals), 108, "funding");
        vm.assertEq(TransferSignals.whole(signals), 109, "whole");
        vm.assertEq(TransferSignals.context(signals), 110, "context");
        vm.assertEq(TransferSignals.COUNT, COUNT, "count");
        vm.assertEq(signals[TransferSignals.FUNDING], 108, "index of funding");
    }
}
