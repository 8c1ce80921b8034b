// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "contracts/verify/Groth16.sol";
import {MembershipSignals} from "contracts/verify/statements/MembershipSignals.sol";
import {MembershipVerifier} from "contracts/verify/statements/MembershipVerifier.sol";
import {TablelessVerifierSuite} from "../../helpers/TablelessVerifierSuite.sol";

contract MembershipVerifierTest is TablelessVerifierSuite(MembershipSignals.COUNT) {
    function newVerifier(bytes memory vk, bool isDevKey) internal override returns (address) {
        MembershipVerifier.VerifyingKey memory key = abi.decode(vk, (MembershipVerifier.VerifyingKey));
        return address(new MembershipVerifier(MembershipVerifier.Instance(4), key, isDevKey));
    }

    function verify(Groth16.Proof memory proof, bytes memory signals) internal view override returns (bool) {
        return MembershipVerifier(verifier).verify(proof, abi.decode(signals, (uint256[4])));
    }

    function test_MembershipAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_MembershipAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    function test_MembershipRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_MembershipHoldsTheConstantsPoint() public view {
        checkConstant();
    }

    function test_MembershipComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("membership_d4", "member");
        vm.assertEq(uint256(MembershipVerifier(verifier).depth()), 4, "depth");
    }

    function test_MembershipRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_MembershipRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_MembershipNamesItsSignals() public view {
        uint256[4] memory signals = abi.decode(numbered(), (uint256[4]));
        vm.assertEq(MembershipSignals.accountsRoot(signals), 100, "accountsRoot");
        vm.assertEq(MembershipSignals.accountId(signals), 101, "accountId");
        vm.assertEq(MembershipSignals.commitment(signals), 102, "commitment");
        vm.assertEq(MembershipSignals.context(signals), 103, "context");
        vm.assertEq(keccak256(abi.encode(MembershipSignals.encode(100, 101, 102, 103))), keccak256(numbered()), "encoder");
        vm.assertEq(MembershipSignals.COUNT, 4, "count");
        vm.assertEq(signals[MembershipSignals.COMMITMENT], 102, "index of commitment");
    }
}
