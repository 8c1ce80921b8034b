// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {SolvencySignals} from "contracts/verify/statements/SolvencySignals.sol";
import {SolvencyVerifier} from "contracts/verify/statements/SolvencyVerifier.sol";
import {SolvencyFixture} from "../../helpers/SolvencyFixture.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";

/// What `CoverageVerifier.t.sol` shows of the shared code is not repeated: only what depends on five signals.
contract SolvencyVerifierTest is SolvencyFixture {
    using Bn254 for Bn254.G1;

    uint256 private constant TABLE_LOG = 515_151;

    function _signals(uint256 seed) private pure returns (uint256[5] memory signals) {
        for (uint256 j = 0; j < 5; ++j) signals[j] = Trapdoor.log("value", seed * 5 + j);
        signals[1] = seed % 700; // a batch index is small
    }

    function _prove(uint256[5] memory signals, uint256 randomness) private view returns (Groth16.Proof memory) {
        uint256[] memory list = new uint256[](5);
        for (uint256 j = 0; j < 5; ++j) list[j] = signals[j];
        return Trapdoor.prove(BATCH_KEY, TABLE_LOG, list, randomness);
    }

    function _batch(
        uint256 seed,
        uint256 k
    ) private view returns (Groth16.Proof[] memory proofs, uint256[5][] memory signals) {
        (proofs, signals) = (new Groth16.Proof[](k), new uint256[5][](k));
        for (uint256 i = 0; i < k; ++i) {
            signals[i] = _signals(seed + i);
            proofs[i] = _prove(signals[i], seed + i);
        }
    }

    function testFuzz_AcceptsAValidProofAndNoOtherSignal(uint256[5] memory signals, uint256 index, uint256 other) public {
        for (uint256 j = 0; j < 5; ++j) signals[j] %= Trapdoor.R;
        Groth16.Proof memory proof = _prove(signals, other);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        vm.assertTrue(batchVerifier.verify(point, proof, signals), "valid");
        vm.assertTrue(!batchVerifier.verify(Trapdoor.g1(TABLE_LOG + 1), proof, signals), "another table point");
        (index, other) = (index % 5, other % Trapdoor.R);
        uint256 value = signals[index];
        vm.assume(other != value);
        signals[index] = other;
        vm.assertTrue(!batchVerifier.verify(point, proof, signals), "changed signal");
        signals[index] = value + Trapdoor.R; // the same to the curve
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, index));
        batchVerifier.verify(point, proof, signals);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_ABatchVerifiesExactlyIfAllDo(uint256 seed, uint256 k, uint256 which, uint256 index) public view {
        k = bound(k, 1, 6);
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = _batch(bound(seed, 0, 1 << 200), k);
        vm.assertTrue(batchVerifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "valid");
        vm.assertTrue(!batchVerifier.verifyBatch(Trapdoor.g1(TABLE_LOG + 1), proofs, signals), "table point");
        uint256[5] memory changed = signals[which % k];
        changed[index % 5] = addmod(changed[index % 5], 1, Trapdoor.R);
        vm.assertTrue(!batchVerifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "one bad signal");
    }

    /// Two wrong proofs whose errors cancel in a plain sum.
    function testFuzz_RejectsErrorsThatCancel(uint256 shift) public view {
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = _batch(9, 2);
        shift = bound(shift, 1, Trapdoor.R - 1);
        for (uint256 i = 0; i < 2; ++i) {
            Bn254.G1 memory c = Bn254.G1(proofs[i].cx, proofs[i].cy);
            require(c.addScaled(1, 2, i == 0 ? shift : Trapdoor.R - shift), "shift");
            (proofs[i].cx, proofs[i].cy) = (c.x, c.y);
        }
        vm.assertTrue(!batchVerifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "errors cancel");
    }

    function test_RevertsForABadBatch() public {
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = _batch(7, 3);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        bytes memory invalid = abi.encodeWithSelector(IVerifier.InvalidBatch.selector);
        vm.expectRevert(invalid);
        batchVerifier.verifyBatch(point, new Groth16.Proof[](0), new uint256[5][](0));
        vm.expectRevert(invalid);
        batchVerifier.verifyBatch(point, proofs, new uint256[5][](2));
        signals[2][3] += Trapdoor.R;
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 5 * 2 + 3));
        batchVerifier.verifyBatch(point, proofs, signals);
    }

    function test_ComputesNameKeyHashAndCircuitId() public view {
        SolvencyVerifier.VerifyingKey memory vk = batchKey(BATCH_KEY);
        bytes32 hash = keccak256(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic, vk.icHash));
        string memory name = "solvency_2x4x8_s5k2_d4";
        vm.assertEq(batchVerifier.name(), name, "name");
        vm.assertEq(batchVerifier.keyHash(), hash, "key hash");
        vm.assertEq(batchVerifier.circuitId(), keccak256(abi.encode(name, hash)), "circuit id");
        vm.assertEq(batchVerifier.icHash(), vk.icHash, "ic hash");
        vm.assertEq(bytes32(batchVerifier.kind()), bytes32(bytes8("solvency")), "kind");
        vm.assertTrue(!batchVerifier.isDevKey(), "no dev key");
        (uint32 rows, uint32 scenarios, uint32 underlyings) = batchVerifier.table();
        vm.assertTrue(rows == ROWS && scenarios == SCENARIOS && underlyings == UNDERLYINGS, "table");
        (uint32 accounts, uint32 slots) = (batchVerifier.accounts(), batchVerifier.slots());
        vm.assertTrue(accounts == 2 && slots == 4 && batchVerifier.depth() == 4, "parameters");
    }

    function test_RefusesBrokenKeysAndDevKeysElsewhere() public {
        SolvencyVerifier.Instance memory instance = SolvencyVerifier.Instance(2, 4, ROWS, SCENARIOS, UNDERLYINGS, 4);
        for (uint256 i = 0; i < 10; ++i) {
            SolvencyVerifier.VerifyingKey memory vk = batchKey(BATCH_KEY);
            if (i < 5) vk.ic[i] = Bn254.G1(0, 0);
            else if (i == 5) vk.alpha.x += 1;
            else if (i == 6) vk.delta = vk.gamma;
            else if (i == 7) vk.alpha = Bn254.G1(1, 2);
            else if (i == 8) vk.ic[4] = vk.ic[0];
            else vk.gamma.y1 += 1;
            vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
            new SolvencyVerifier(instance, vk, false);
        }
        SolvencyVerifier.VerifyingKey memory good = batchKey(BATCH_KEY);
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        new SolvencyVerifier(instance, good, true);
    }

    function test_NamesItsSignals() public pure {
        uint256[5] memory signals = SolvencySignals.encode(11, 2, 33, 44, 55);
        vm.assertEq(SolvencySignals.accountsRoot(signals), 11, "accountsRoot");
        vm.assertEq(SolvencySignals.batchIndex(signals), 2, "batchIndex");
        vm.assertEq(SolvencySignals.stateIn(signals), 33, "stateIn");
        vm.assertEq(SolvencySignals.stateOut(signals), 44, "stateOut");
        vm.assertEq(SolvencySignals.context(signals), 55, "context");
    }
}
