// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "contracts/verify/Groth16.sol";
import {EmptySignals} from "contracts/verify/statements/EmptySignals.sol";
import {EmptyVerifier} from "contracts/verify/statements/EmptyVerifier.sol";
import {TablelessVerifierSuite} from "../../helpers/TablelessVerifierSuite.sol";

contract EmptyVerifierTest is TablelessVerifierSuite(EmptySignals.COUNT) {
    function newVerifier(bytes memory vk, bool isDevKey) internal override returns (address) {
        EmptyVerifier.VerifyingKey memory key = abi.decode(vk, (EmptyVerifier.VerifyingKey));
        return address(new EmptyVerifier(EmptyVerifier.Instance(4), key, isDevKey));
    }

    function verify(Groth16.Proof memory proof, bytes memory signals) internal view override returns (bool) {
        return EmptyVerifier(verifier).verify(proof, abi.decode(signals, (uint256[3])));
    }

    function test_EmptyAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_EmptyAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    function test_EmptyRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_EmptyHoldsTheConstantsPoint() public view {
        checkConstant();
    }

    function test_EmptyComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("empty_4", "empty");
        vm.assertEq(uint256(EmptyVerifier(verifier).slots()), 4, "slots");
    }

    function test_EmptyRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_EmptyRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_EmptyNamesItsSignals() public view {
        uint256[3] memory signals = abi.decode(numbered(), (uint256[3]));
        vm.assertEq(EmptySignals.accountId(signals), 100, "accountId");
        vm.assertEq(EmptySignals.commitment(signals), 101, "commitment");
        vm.assertEq(EmptySignals.context(signals), 102, "context");
        vm.assertEq(keccak256(abi.encode(EmptySignals.encode(100, 101, 102))), keccak256(numbered()), "encoder");
        vm.assertEq(EmptySignals.COUNT, 3, "count");
        vm.assertEq(signals[EmptySignals.COMMITMENT], 101, "index of commitment");
    }
}
