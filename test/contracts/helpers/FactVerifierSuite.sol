// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {EquityVerifier} from "contracts/verify/statements/EquityVerifier.sol";
import {IEquityVerifier} from "contracts/verify/statements/IEquityVerifier.sol";
import {Trapdoor} from "./Trapdoor.sol";
import {Base} from "./Vm.sol";

/// What the verifiers of equity and of reductions are tested for: both take five signals and a table point, so their keys
/// and calls are the same words.
abstract contract FactVerifierSuite is Base {
    uint256 internal constant COUNT = 5;
    uint256 internal constant KEY = 23;
    uint256 internal constant TABLE_LOG = 515_151;
    uint32 internal constant SLOTS = 4;
    uint32 internal constant ROWS = 8;
    uint32 internal constant SCENARIOS = 5;
    uint32 internal constant UNDERLYINGS = 2;
    IEquityVerifier internal verifier;

    function setUp() public {
        verifier = IEquityVerifier(newVerifier(keyOf(KEY), false));
    }

    /// Deploys the verifier of the instance 4x8_s5k2 with this key.
    function newVerifier(EquityVerifier.VerifyingKey memory vk, bool isDevKey) internal virtual returns (address);

    function keyOf(uint256 seed) internal view returns (EquityVerifier.VerifyingKey memory vk) {
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(seed)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, COUNT);
        for (uint256 j = 0; j < COUNT; ++j) vk.ic[j] = points[j];
        vk.icHash = keccak256(abi.encode("ic of the cached part", seed));
    }

    function proofOf(uint256[5] memory signals) internal view returns (Groth16.Proof memory) {
        uint256[] memory list = new uint256[](COUNT);
        for (uint256 j = 0; j < COUNT; ++j) list[j] = signals[j];
        return Trapdoor.prove(KEY, TABLE_LOG, list, signals[0]);
    }

    function someSignals(uint256 seed) internal pure returns (uint256[5] memory signals) {
        for (uint256 j = 0; j < COUNT; ++j) signals[j] = Trapdoor.log("value", seed * COUNT + j);
    }

    function someBatch(
        uint256 seed,
        uint256 k
    ) internal view returns (Groth16.Proof[] memory proofs, uint256[5][] memory signals) {
        (proofs, signals) = (new Groth16.Proof[](k), new uint256[5][](k));
        for (uint256 i = 0; i < k; ++i) {
            signals[i] = someSignals(seed + i);
            proofs[i] = proofOf(signals[i]);
        }
    }

    function tablePoint() internal view returns (Bn254.G1 memory) {
        return Trapdoor.g1(TABLE_LOG);
    }

    function checkSignals() internal {
        uint256[5] memory signals = someSignals(1);
        Groth16.Proof memory proof = proofOf(signals);
        Bn254.G1 memory point = tablePoint();
        vm.assertTrue(verifier.verify(point, proof, signals), "valid");
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG + 1), proof, signals), "another table point");
        for (uint256 j = 0; j < COUNT; ++j) {
            uint256 value = signals[j];
            signals[j] = addmod(value, 1, Trapdoor.R);
            vm.assertTrue(!verifier.verify(point, proof, signals), "changed signal");
            signals[j] = value + Trapdoor.R; // the same to the curve
            vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, j));
            verifier.verify(point, proof, signals);
            signals[j] = value;
        }
    }

    function checkAnySignals(uint256 seed, uint256 which, uint256 other) internal view {
        uint256[5] memory signals = someSignals(seed >> 8);
        (signals[which % COUNT], signals[(which >> 8) % COUNT]) = (0, Trapdoor.R - 1);
        Groth16.Proof memory proof = proofOf(signals);
        vm.assertTrue(verifier.verify(tablePoint(), proof, signals), "valid");
        (which, other) = ((which >> 16) % COUNT, other % Trapdoor.R);
        vm.assume(other != signals[which]);
        signals[which] = other;
        vm.assertTrue(!verifier.verify(tablePoint(), proof, signals), "changed signal");
    }

    function checkBatch(uint256 seed, uint256 k, uint256 which, uint256 index) internal view {
        k = bound(k, 1, 4);
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = someBatch(bound(seed, 0, 1 << 200), k);
        vm.assertTrue(verifier.verifyBatch(tablePoint(), proofs, signals), "valid");
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG + 1), proofs, signals), "table point");
        uint256[5] memory changed = signals[which % k];
        changed[index % COUNT] = addmod(changed[index % COUNT], 1, Trapdoor.R);
        vm.assertTrue(!verifier.verifyBatch(tablePoint(), proofs, signals), "one bad signal");
    }

    /// Two wrong proofs whose errors cancel in a plain sum.
    function checkErrorsThatCancel(uint256 shift) internal view {
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = someBatch(9, 2);
        shift = bound(shift, 1, Trapdoor.R - 1);
        for (uint256 i = 0; i < 2; ++i) {
            Bn254.G1 memory c = Bn254.G1(proofs[i].cx, proofs[i].cy);
            require(Bn254.addScaled(c, 1, 2, i == 0 ? shift : Trapdoor.R - shift), "shift");
            (proofs[i].cx, proofs[i].cy) = (c.x, c.y);
        }
        vm.assertTrue(!verifier.verifyBatch(tablePoint(), proofs, signals), "errors cancel");
    }

    function checkBadBatches() internal {
        (Groth16.Proof[] memory proofs, uint256[5][] memory signals) = someBatch(7, 3);
        Bn254.G1 memory point = tablePoint();
        bytes memory invalid = abi.encodeWithSelector(IVerifier.InvalidBatch.selector);
        vm.expectRevert(invalid);
        verifier.verifyBatch(point, new Groth16.Proof[](0), new uint256[5][](0));
        vm.expectRevert(invalid);
        verifier.verifyBatch(point, proofs, new uint256[5][](2));
        signals[2][3] += Trapdoor.R;
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, COUNT * 2 + 3));
        verifier.verifyBatch(point, proofs, signals);
    }

    function checkCoordinates() internal view {
        uint256[5] memory signals = someSignals(2);
        uint256[8] memory valid = abi.decode(abi.encode(proofOf(signals)), (uint256[8]));
        for (uint256 i = 0; i < 8; ++i) {
            uint256[8] memory words = abi.decode(abi.encode(valid), (uint256[8]));
            words[i] += Bn254.BASE_FIELD;
            Groth16.Proof memory proof = abi.decode(abi.encode(words), (Groth16.Proof));
            vm.assertTrue(!verifier.verify(tablePoint(), proof, signals), "x + p");
            words[i] = addmod(valid[i], 1, Bn254.BASE_FIELD);
            proof = abi.decode(abi.encode(words), (Groth16.Proof));
            vm.assertTrue(!verifier.verify(tablePoint(), proof, signals), "x + 1");
        }
    }

    function checkIdentity(string memory statement, bytes8 kind) internal view {
        EquityVerifier.VerifyingKey memory vk = keyOf(KEY);
        bytes32 hash = keccak256(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic, vk.icHash));
        string memory name = string.concat(statement, "_4x8_s5k2");
        vm.assertEq(verifier.name(), name, "name");
        vm.assertEq(verifier.keyHash(), hash, "key hash");
        vm.assertEq(verifier.circuitId(), keccak256(abi.encode(name, hash)), "circuit id");
        vm.assertEq(verifier.icHash(), vk.icHash, "ic hash");
        vm.assertEq(bytes32(verifier.kind()), bytes32(kind), "kind");
        vm.assertTrue(!verifier.isDevKey(), "no dev key");
        (uint32 rows, uint32 scenarios, uint32 underlyings) = verifier.table();
        vm.assertTrue(rows == ROWS && scenarios == SCENARIOS && underlyings == UNDERLYINGS, "table");
        vm.assertEq(EquityVerifier(address(verifier)).slots(), SLOTS, "slots");
    }

    function checkBrokenKeys() internal {
        for (uint256 i = 0; i < 10; ++i) {
            EquityVerifier.VerifyingKey memory vk = keyOf(KEY);
            if (i < 5) vk.ic[i] = Bn254.G1(0, 0);
            else if (i == 5) vk.alpha.x += 1;
            else if (i == 6) vk.delta = vk.gamma;
            else if (i == 7) vk.alpha = Bn254.G1(1, 2);
            else if (i == 8) vk.ic[COUNT - 1] = vk.ic[0];
            else vk.gamma.y1 += 1;
            vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
            newVerifier(vk, false);
        }
    }

    function checkDevKeys() internal {
        EquityVerifier.VerifyingKey memory good = keyOf(KEY);
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        newVerifier(good, true);
        newVerifier(good, false);
    }
}
