// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {CeilingSignals} from "contracts/verify/statements/CeilingSignals.sol";
import {CeilingVerifier} from "contracts/verify/statements/CeilingVerifier.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";
import {Base} from "../../helpers/Vm.sol";

/// Four signals and a table point, as a coverage verifier, whose suite attacks the code that both are generated from.
contract CeilingVerifierTest is Base {
    uint256 private constant KEY = 29;
    uint256 private constant TABLE_LOG = 717_171;
    CeilingVerifier private verifier;

    function setUp() public {
        verifier = _deploy(_key(), false);
    }

    function _key() private view returns (CeilingVerifier.VerifyingKey memory vk) {
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(KEY)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(KEY, 4);
        for (uint256 j = 0; j < 4; ++j) vk.ic[j] = points[j];
        vk.icHash = keccak256("ic of the cached part");
    }

    function _deploy(CeilingVerifier.VerifyingKey memory vk, bool isDevKey) private returns (CeilingVerifier) {
        return new CeilingVerifier(CeilingVerifier.Instance(4, 8, 5, 2), vk, isDevKey);
    }

    function testFuzz_CeilingAcceptsAValidProofAndNoOtherSignal(
        uint256[4] memory signals,
        uint256 index,
        uint256 other
    ) public {
        for (uint256 j = 0; j < 4; ++j) signals[j] %= Trapdoor.R;
        (index, other) = (index % 4, other % Trapdoor.R);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, other);
        vm.assertTrue(verifier.verify(point, proof, signals), "valid");
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG + 1), proof, signals), "another table point");
        (Groth16.Proof[] memory proofs, uint256[4][] memory all) = (new Groth16.Proof[](1), new uint256[4][](1));
        (proofs[0], all[0]) = (proof, signals);
        vm.assertTrue(verifier.verifyBatch(point, proofs, all), "a batch of it");
        uint256 value = signals[index];
        vm.assume(other != value);
        signals[index] = other;
        vm.assertTrue(!verifier.verify(point, proof, signals), "changed signal");
        signals[index] = value + Trapdoor.R; // the same to the curve
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, index));
        verifier.verify(point, proof, signals);
    }

    function test_CeilingComputesNameKeyHashAndCircuitId() public view {
        CeilingVerifier.VerifyingKey memory vk = _key();
        bytes32 hash = keccak256(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic, vk.icHash));
        vm.assertEq(verifier.name(), "ceiling_4x8_s5k2", "name");
        vm.assertEq(verifier.circuitId(), keccak256(abi.encode("ceiling_4x8_s5k2", hash)), "circuit id");
        vm.assertEq(bytes32(verifier.kind()), bytes32("ceiling"), "kind");
    }

    function test_CeilingRefusesBrokenKeysAndDevKeysOutsideLocalChains() public {
        CeilingVerifier.VerifyingKey memory vk = _key();
        vk.ic[3] = vk.ic[0];
        vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
        _deploy(vk, false);
        vk = _key();
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        _deploy(vk, true);
        _deploy(vk, false);
    }

    function test_CeilingNamesItsSignals() public pure {
        uint256[4] memory signals = CeilingSignals.encode(11, 22, 33, 44);
        vm.assertEq(CeilingSignals.accountId(signals), 11, "accountId");
        vm.assertEq(CeilingSignals.commitment(signals), 22, "commitment");
        vm.assertEq(CeilingSignals.ceiling(signals), 33, "ceiling");
        vm.assertEq(CeilingSignals.context(signals), 44, "context");
        vm.assertEq(CeilingSignals.COUNT, 4, "count");
    }
}
