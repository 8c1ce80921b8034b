// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "contracts/verify/Groth16.sol";
import {TransferSignals} from "contracts/verify/statements/TransferSignals.sol";
import {TransferVerifier} from "contracts/verify/statements/TransferVerifier.sol";
import {TablelessVerifierSuite} from "../../helpers/TablelessVerifierSuite.sol";

contract TransferVerifierTest is TablelessVerifierSuite(TransferSignals.COUNT) {
    function newVerifier(bytes memory vk, bool isDevKey) internal override returns (address) {
        TransferVerifier.VerifyingKey memory key = abi.decode(vk, (TransferVerifier.VerifyingKey));
        return address(new TransferVerifier(TransferVerifier.Instance(4), key, isDevKey));
    }

    function verify(Groth16.Proof memory proof, bytes memory signals) internal view override returns (bool) {
        return TransferVerifier(verifier).verify(proof, abi.decode(signals, (uint256[11])));
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
        vm.assertEq(uint256(TransferVerifier(verifier).slots()), 4, "slots");
    }

    function test_TransferRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_TransferRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_TransferNamesItsSignals() public view {
        uint256[11] memory signals = abi.decode(numbered(), (uint256[11]));
        vm.assertEq(TransferSignals.accountA(signals), 100, "accountA");
        vm.assertEq(TransferSignals.oldA(signals), 101, "oldA");
        vm.assertEq(TransferSignals.newA(signals), 102, "newA");
        vm.assertEq(TransferSignals.accountB(signals), 103, "accountB");
        vm.assertEq(TransferSignals.oldB(signals), 104, "oldB");
        vm.assertEq(TransferSignals.newB(signals), 105, "newB");
        vm.assertEq(TransferSignals.settlementId(signals), 106, "settlementId");
        vm.assertEq(TransferSignals.cash(signals), 107, "cash");
        vm.assertEq(TransferSignals.funding(signals), 108, "funding");
        vm.assertEq(TransferSignals.rest(signals), 109, "rest");
        vm.assertEq(TransferSignals.context(signals), 110, "context");
        vm.assertEq(TransferSignals.COUNT, 11, "count");
        vm.assertEq(signals[TransferSignals.FUNDING], 108, "index of funding");
    }
}
