// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {CoverageSignals} from "contracts/verify/statements/CoverageSignals.sol";
import {CoverageVerifier} from "contracts/verify/statements/CoverageVerifier.sol";
import {Fixture} from "../../helpers/Fixture.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";

/// Opens the library's seed and weights to the tests.
contract BatchHarness {
    function seed(
        bytes32 keyHash,
        Bn254.G1 memory tablePoint,
        Groth16.Proof[] calldata proofs,
        uint256[] calldata signals
    ) external pure returns (bytes32) {
        return Groth16.batchSeed(keyHash, tablePoint, proofs, signals);
    }

    function weight(bytes32 value, uint256 i) external pure returns (uint256) {
        return Groth16.batchWeight(value, i);
    }
}

contract CoverageVerifierTest is Fixture {
    using Bn254 for Bn254.G1;

    uint256 private constant TABLE_LOG = 424_242;

    function _signals(uint256 seed) private pure returns (uint256[4] memory signals) {
        for (uint256 j = 0; j < 4; ++j) signals[j] = Trapdoor.log("value", seed * 4 + j);
        signals[2] = seed % 5;
    }

    function _words(Groth16.Proof memory proof) private pure returns (uint256[8] memory words) {
        return abi.decode(abi.encode(proof), (uint256[8]));
    }

    function _proof(uint256[8] memory words) private pure returns (Groth16.Proof memory) {
        return abi.decode(abi.encode(words), (Groth16.Proof));
    }

    function testFuzz_AcceptsAValidProof(uint256[4] memory signals, uint256 table, uint256 randomness) public view {
        for (uint256 j = 0; j < 4; ++j) signals[j] %= Trapdoor.R;
        table = bound(table, 1, Trapdoor.R - 1);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, table, signals, randomness);
        vm.assertTrue(verifier.verify(Trapdoor.g1(table), proof, signals), "valid proof");
    }

    function test_AcceptsTheBoundsOfTheField() public view {
        uint256[4] memory signals = [uint256(0), Trapdoor.R - 1, 0, Trapdoor.R - 1];
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 1);
        vm.assertTrue(verifier.verify(Trapdoor.g1(TABLE_LOG), proof, signals), "0 and r - 1");
    }

    function testFuzz_RejectsAnyChangedSignal(uint256 seed, uint256 index, uint256 other) public view {
        seed = bound(seed, 0, 1 << 200);
        index = bound(index, 0, 3);
        uint256[4] memory signals = _signals(seed);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, seed);
        other %= Trapdoor.R;
        vm.assume(other != signals[index]);
        signals[index] = other;
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), proof, signals), "changed signal");
    }

    function testFuzz_RejectsAnotherTablePoint(uint256 table) public view {
        table = bound(table, 1, Trapdoor.R - 1);
        vm.assume(table != TABLE_LOG);
        uint256[4] memory signals = _signals(1);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 1);
        vm.assertTrue(!verifier.verify(Trapdoor.g1(table), proof, signals), "wrong table point");
    }

    function testFuzz_RejectsAnyChangedCoordinate(uint256 seed, uint256 index, uint256 other) public view {
        seed = bound(seed, 0, 1 << 200);
        index = bound(index, 0, 7);
        uint256[4] memory signals = _signals(seed);
        uint256[8] memory words = _words(Trapdoor.prove(KEY, TABLE_LOG, signals, seed));
        vm.assume(words[index] != other);
        words[index] = other;
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), _proof(words), signals), "changed proof");
    }

    function testFuzz_RejectsOtherPointsOfTheCurve(uint256 a, uint256 c) public view {
        uint256[4] memory signals = _signals(2);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 2);
        Bn254.G1 memory pointA = Trapdoor.g1(a);
        Bn254.G1 memory pointC = Trapdoor.g1(c);
        vm.assume(pointA.x != proof.ax || pointC.x != proof.cx);
        (proof.ax, proof.ay, proof.cx, proof.cy) = (pointA.x, pointA.y, pointC.x, pointC.y);
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), proof, signals), "other points");
    }

    function test_RejectsNonCanonicalCoordinates() public view {
        uint256[4] memory signals = _signals(3);
        uint256[8] memory valid = _words(Trapdoor.prove(KEY, TABLE_LOG, signals, 3));
        for (uint256 i = 0; i < 8; ++i) {
            uint256[8] memory words = abi.decode(abi.encode(valid), (uint256[8]));
            words[i] += Bn254.BASE_FIELD;
            vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), _proof(words), signals), "x + p, single");
            (Groth16.Proof[] memory proofs, uint256[4][] memory all) = (new Groth16.Proof[](1), new uint256[4][](1));
            (proofs[0], all[0]) = (_proof(words), signals);
            vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, all), "x + p, batch");
        }
    }

    /// C is negated before the pairing sees it: a y beyond the field must not become a valid one on the way.
    function testFuzz_RejectsAnyOtherEncodingOfC(uint256 multiple, bool wrapped) public view {
        uint256[4] memory signals = _signals(3);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 3);
        uint256 p = Bn254.BASE_FIELD;
        // congruent to y, or to y + 2^256, which the EVM's subtraction takes for y
        uint256 y = wrapped ? addmod(proof.cy, addmod(type(uint256).max, 1, p), p) : proof.cy;
        proof.cy = y + p * bound(multiple, 1, (type(uint256).max - y) / p);
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), proof, signals), "single");
        (Groth16.Proof[] memory proofs, uint256[4][] memory all) = (new Groth16.Proof[](1), new uint256[4][](1));
        (proofs[0], all[0]) = (proof, signals);
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, all), "batch");
    }

    function test_RejectsInfinity() public view {
        uint256[4] memory signals = _signals(3);
        Groth16.Proof memory proof;
        vm.assertTrue(!verifier.verify(Trapdoor.g1(TABLE_LOG), proof, signals), "all zero");
    }

    function testFuzz_RevertsForASignalOutsideTheField(uint256 index, uint256 value) public {
        index = bound(index, 0, 3);
        uint256[4] memory signals = _signals(4);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 4);
        signals[index] = index == 2 ? signals[index] + Trapdoor.R : bound(value, Trapdoor.R, type(uint256).max);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, index));
        verifier.verify(point, proof, signals);
    }

    function test_RevertsForTheCongruentSignal() public {
        uint256[4] memory signals = _signals(4);
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 4);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        signals[0] += Trapdoor.R; // the same to the curve: without the check this would verify
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 0));
        verifier.verify(point, proof, signals);
    }

    // --- batches ---

    function _batch(
        uint256 seed,
        uint256 k
    ) private view returns (Groth16.Proof[] memory proofs, uint256[4][] memory signals) {
        proofs = new Groth16.Proof[](k);
        signals = new uint256[4][](k);
        for (uint256 i = 0; i < k; ++i) {
            signals[i] = _signals(seed + i);
            proofs[i] = Trapdoor.prove(KEY, TABLE_LOG, signals[i], seed + i);
        }
    }

    function _shiftC(Groth16.Proof memory proof, uint256 shift) private view {
        Bn254.G1 memory c = Bn254.G1(proof.cx, proof.cy);
        vm.assertTrue(c.addScaled(1, 2, shift), "shift");
        (proof.cx, proof.cy) = (c.x, c.y);
    }

    /// forge-config: default.fuzz.runs = 96
    function testFuzz_AcceptsAValidBatch(uint256 seed, uint256 k) public view {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(bound(seed, 0, 1 << 200), bound(k, 1, 9));
        vm.assertTrue(verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "valid batch");
    }

    /// forge-config: default.fuzz.runs = 96
    function testFuzz_RejectsABatchWithOneBadSignal(uint256 seed, uint256 k, uint256 which, uint256 index) public view {
        k = bound(k, 1, 6);
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(bound(seed, 0, 1 << 200), k);
        uint256[4] memory changed = signals[which % k];
        changed[index % 4] = addmod(changed[index % 4], 1, Trapdoor.R);
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "one bad signal");
    }

    /// forge-config: default.fuzz.runs = 96
    function testFuzz_RejectsABatchWithOneBadProof(uint256 seed, uint256 k, uint256 which, uint256 shift) public view {
        k = bound(k, 1, 6);
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(bound(seed, 0, 1 << 200), k);
        _shiftC(proofs[which % k], bound(shift, 1, Trapdoor.R - 1));
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "one bad proof");
    }

    function test_RejectsSwappedSignals() public view {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(7, 2);
        (signals[0], signals[1]) = (signals[1], signals[0]);
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "swapped");
    }

    /// Two wrong proofs whose errors cancel in a plain sum: only the random weights tell.
    /// forge-config: default.fuzz.runs = 96
    function testFuzz_RejectsErrorsThatCancel(uint256 seed, uint256 shift) public view {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(bound(seed, 0, 1 << 200), 3);
        shift = bound(shift, 1, Trapdoor.R - 1);
        _shiftC(proofs[0], shift);
        _shiftC(proofs[1], Trapdoor.R - shift);
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG), proofs, signals), "errors cancel");
    }

    function test_RejectsABatchOverAnotherTablePoint() public view {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(7, 2);
        vm.assertTrue(!verifier.verifyBatch(Trapdoor.g1(TABLE_LOG + 1), proofs, signals), "wrong table point");
    }

    function test_RevertsForEmptyOrUnequalBatches() public {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(7, 2);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidBatch.selector));
        verifier.verifyBatch(point, new Groth16.Proof[](0), new uint256[4][](0));
        vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidBatch.selector));
        verifier.verifyBatch(point, proofs, new uint256[4][](1));
        vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidBatch.selector));
        verifier.verifyBatch(point, new Groth16.Proof[](1), signals);
    }

    function testFuzz_RevertsForABatchSignalOutsideTheField(uint256 which, uint256 index) public {
        (Groth16.Proof[] memory proofs, uint256[4][] memory signals) = _batch(7, 4);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        (which, index) = (which % 4, index % 4);
        signals[which][index] += Trapdoor.R;
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 4 * which + index));
        verifier.verifyBatch(point, proofs, signals);
    }

    function testFuzz_SeedBindsEverything(uint256 which, uint256 change) public {
        BatchHarness harness = new BatchHarness();
        (Groth16.Proof[] memory proofs, uint256[4][] memory lists) = _batch(11, 3);
        uint256[] memory signals = new uint256[](12);
        for (uint256 i = 0; i < 12; ++i) signals[i] = lists[i / 4][i % 4];
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        bytes32 key = verifier.keyHash();
        bytes32 before = harness.seed(key, point, proofs, signals);
        change = bound(change, 1, type(uint256).max);
        // 1 key hash, 2 of the point, 24 proof words, 12 signals
        which = bound(which, 0, 38);
        unchecked {
            if (which == 0) key = bytes32(uint256(key) + change);
            else if (which == 1) point.x += change;
            else if (which == 2) point.y += change;
            else if (which < 27) {
                uint256[8] memory words = _words(proofs[(which - 3) / 8]);
                words[(which - 3) % 8] += change;
                proofs[(which - 3) / 8] = _proof(words);
            } else signals[which - 27] += change;
        }
        vm.assertTrue(harness.seed(key, point, proofs, signals) != before, "not bound");
    }

    function testFuzz_WeightsAreNonZeroAndShort(bytes32 seed, uint256 i) public {
        uint256 weight = new BatchHarness().weight(seed, i);
        vm.assertTrue(weight != 0 && weight < 1 << 128, "weight");
    }

    // --- identity and keys ---

    function test_ComputesNameKeyHashAndCircuitId() public view {
        CoverageVerifier.VerifyingKey memory vk = Trapdoor.key(KEY, icHash(KEY));
        bytes32 keyHash = keccak256(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic, vk.icHash));
        vm.assertEq(verifier.name(), "coverage_4x8_s5k2", "name");
        vm.assertEq(verifier.keyHash(), keyHash, "key hash");
        vm.assertEq(verifier.circuitId(), keccak256(abi.encode("coverage_4x8_s5k2", keyHash)), "circuit id");
        vm.assertEq(verifier.icHash(), vk.icHash, "ic hash");
        vm.assertEq(bytes32(verifier.kind()), bytes32(bytes8("coverage")), "kind");
        vm.assertEq(verifier.slots(), 4, "slots");
    }

    function test_NamesItsSignals() public pure {
        uint256[4] memory signals = CoverageSignals.encode(11, 22, 3, 44);
        vm.assertEq(CoverageSignals.accountId(signals), 11, "accountId");
        vm.assertEq(CoverageSignals.commitment(signals), 22, "commitment");
        vm.assertEq(CoverageSignals.tier(signals), 3, "tier");
        vm.assertEq(CoverageSignals.context(signals), 44, "context");
        vm.assertEq(signals[CoverageSignals.TIER], 3, "index of tier");
    }

    function test_RefusesDevKeysOutsideLocalChains() public {
        CoverageVerifier.Instance memory instance = CoverageVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS);
        CoverageVerifier.VerifyingKey memory vk = Trapdoor.key(KEY, bytes32(0));
        vm.chainId(31_337);
        vm.assertTrue(new CoverageVerifier(instance, vk, true).isDevKey(), "31337");
        vm.chainId(1337);
        vm.assertTrue(new CoverageVerifier(instance, vk, true).isDevKey(), "1337");
        vm.chainId(1);
        vm.assertTrue(!new CoverageVerifier(instance, vk, false).isDevKey(), "a real key may");
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 1));
        new CoverageVerifier(instance, vk, true);
    }

    function test_RefusesBrokenKeys() public {
        CoverageVerifier.Instance memory instance = CoverageVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS);
        for (uint256 i = 0; i < 19; ++i) {
            CoverageVerifier.VerifyingKey memory vk = Trapdoor.key(KEY, bytes32(0));
            Bn254.G2 memory zero;
            if (i == 0) vk.alpha.x += 1;
            else if (i == 1) vk.beta = zero;
            else if (i == 2) vk.gamma = zero;
            else if (i == 3) vk.delta = zero;
            else if (i == 4) vk.gamma.y1 += 1;
            else if (i == 5) vk.alpha = Bn254.G1(0, 0);
            else if (i == 6) vk.alpha.x += Bn254.BASE_FIELD;
            // Two equal points of G2: anybody could make proofs, as with a ceremony's first key.
            else if (i == 7) vk.delta = vk.gamma;
            else if (i == 8) vk.gamma = vk.beta;
            else if (i == 9) vk.beta = vk.delta;
            else if (i == 10) {
                (uint256 y1, uint256 y0) = (vk.gamma.y1, vk.gamma.y0);
                vk.delta = Bn254.G2(vk.gamma.x1, vk.gamma.x0, Bn254.BASE_FIELD - y1, Bn254.BASE_FIELD - y0);
            }
            else if (i == 11) vk.alpha = Bn254.G1(1, 2);
            else if (i == 12) vk.beta = Trapdoor.g2(1);
            else if (i == 13) vk.delta = Trapdoor.g2(1);
            else if (i == 14) vk.ic[3] = vk.ic[0];
            else vk.ic[i - 15] = Bn254.G1(0, 0);
            vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
            new CoverageVerifier(instance, vk, false);
        }
    }

    /// With all signals zero no precompile sees the table point before it is negated.
    function test_RejectsATablePointThatIsNotCanonical() public view {
        uint256[4] memory signals;
        Groth16.Proof memory proof = Trapdoor.prove(KEY, TABLE_LOG, signals, 1);
        Bn254.G1 memory point = Trapdoor.g1(TABLE_LOG);
        vm.assertTrue(verifier.verify(point, proof, signals), "canonical");
        uint256 p = Bn254.BASE_FIELD;
        uint256 y = addmod(point.y, addmod(type(uint256).max, 1, p), p) + p;
        vm.assertTrue(!verifier.verify(Bn254.G1(point.x, y), proof, signals), "not canonical");
    }
}
