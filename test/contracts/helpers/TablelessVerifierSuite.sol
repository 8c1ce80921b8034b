// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {Trapdoor} from "./Trapdoor.sol";
import {Base} from "./Vm.sol";

/// What the verifiers of statements without a table are tested for: their keys and calls differ in the number of signals
/// alone.
abstract contract TablelessVerifierSuite is Base {
    /// A verifying key of any number of signals.
    struct Key {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1 ic0;
        Bn254.G1[] ic;
        bytes32 icHash;
    }

    uint256 internal constant KEY = 21;
    uint256 internal immutable COUNT;
    address internal verifier;

    constructor(uint256 count) {
        COUNT = count;
    }

    function setUp() public {
        verifier = newVerifier(_encoded(keyOf(KEY)), false);
    }

    /// Deploys the verifier of the smallest instance.
    /// @param vk the key, as the verifier's own struct is encoded.
    function newVerifier(bytes memory vk, bool isDevKey) internal virtual returns (address);

    /// Calls `verify`.
    /// @param signals as a fixed array of them is encoded.
    function verify(Groth16.Proof memory proof, bytes memory signals) internal view virtual returns (bool);

    function keyOf(uint256 seed) internal view returns (Key memory vk) {
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(seed)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        vk.ic = Trapdoor.signalPoints(seed, COUNT);
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(seed, 0));
        vk.icHash = keccak256(abi.encodePacked(vk.ic0.x, vk.ic0.y));
    }

    function proofOf(uint256[] memory signals, uint256 constantIndex) internal view returns (Groth16.Proof memory) {
        return Trapdoor.prove(KEY, Trapdoor.cachedLog(KEY, constantIndex), signals, signals[0]);
    }

    function someSignals(uint256 seed) internal view returns (uint256[] memory signals) {
        signals = new uint256[](COUNT);
        for (uint256 j = 0; j < COUNT; ++j) signals[j] = Trapdoor.log("value", seed * COUNT + j);
    }

    function checkSignals() internal {
        uint256[] memory signals = someSignals(1);
        Groth16.Proof memory proof = proofOf(signals, 0);
        vm.assertTrue(_verify(proof, signals), "valid");
        for (uint256 j = 0; j < COUNT; ++j) {
            uint256 value = signals[j];
            signals[j] = addmod(value, 1, Trapdoor.R);
            vm.assertTrue(!_verify(proof, signals), "changed signal");
            signals[j] = value + Trapdoor.R; // the same to the curve
            vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, j));
            _verify(proof, signals);
            signals[j] = value;
        }
    }

    function checkAnySignals(uint256 seed, uint256 which, uint256 other) internal view {
        uint256[] memory signals = someSignals(seed >> 8);
        (signals[which % COUNT], signals[(which >> 8) % COUNT]) = (0, Trapdoor.R - 1);
        Groth16.Proof memory proof = proofOf(signals, 0);
        vm.assertTrue(_verify(proof, signals), "valid");
        (which, other) = ((which >> 16) % COUNT, other % Trapdoor.R);
        vm.assume(other != signals[which]);
        signals[which] = other;
        vm.assertTrue(!_verify(proof, signals), "changed signal");
    }

    function checkCoordinates() internal view {
        uint256[] memory signals = someSignals(2);
        uint256[8] memory valid = abi.decode(abi.encode(proofOf(signals, 0)), (uint256[8]));
        for (uint256 i = 0; i < 8; ++i) {
            uint256[8] memory words = abi.decode(abi.encode(valid), (uint256[8]));
            words[i] += Bn254.BASE_FIELD;
            vm.assertTrue(!_verify(abi.decode(abi.encode(words), (Groth16.Proof)), signals), "x + p");
            words[i] = valid[i] ^ 1;
            vm.assertTrue(!_verify(abi.decode(abi.encode(words), (Groth16.Proof)), signals), "changed");
        }
    }

    /// A proof for another constant fails: the key's is in the equation.
    function checkConstant() internal view {
        uint256[] memory signals = someSignals(3);
        vm.assertTrue(!_verify(proofOf(signals, 1), signals), "another constant");
        vm.assertTrue(_verify(proofOf(signals, 0), signals), "the key's");
    }

    function checkIdentity(string memory name, bytes8 kind) internal view {
        IVerifier own = IVerifier(verifier);
        Key memory vk = keyOf(KEY);
        bytes memory points = abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta);
        bytes32 hash = keccak256(bytes.concat(points, _words(vk.ic), vk.icHash));
        vm.assertEq(own.name(), name, "name");
        vm.assertEq(own.keyHash(), hash, "key hash");
        vm.assertEq(own.circuitId(), keccak256(abi.encode(name, hash)), "circuit id");
        vm.assertEq(own.icHash(), vk.icHash, "ic hash");
        vm.assertEq(bytes32(own.kind()), bytes32(kind), "kind");
        vm.assertTrue(own.slots() == 4 || own.slots() == 0, "its slots, or none");
        (uint32 rows, uint32 scenarios, uint32 underlyings) = own.table();
        vm.assertTrue(rows == 0 && scenarios == 0 && underlyings == 0, "no table, no shape");
    }

    function checkBrokenKeys() internal {
        for (uint256 i = 0; i < COUNT + 9; ++i) {
            Key memory vk = keyOf(KEY);
            if (i < COUNT) vk.ic[i] = Bn254.G1(0, 0);
            else if (i == COUNT) vk.ic0 = vk.ic[0]; // on the curve, but not what icHash says
            else if (i == COUNT + 1) vk.icHash = keccak256("another");
            else if (i == COUNT + 2)
                (vk.ic0, vk.icHash) = (Bn254.G1(0, 0), keccak256(abi.encodePacked(uint256(0), uint256(0))));
            else if (i == COUNT + 3) vk.alpha.x += 1;
            else if (i == COUNT + 4) vk.delta = vk.gamma;
            else if (i == COUNT + 5) vk.alpha = Bn254.G1(1, 2);
            else if (i == COUNT + 6) vk.ic[COUNT - 1] = vk.ic[0];
            else if (i == COUNT + 7) vk.ic[0] = vk.ic0;
            else vk.beta.y0 += 1;
            bytes memory encodedKey = _encoded(vk);
            vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
            newVerifier(encodedKey, false);
        }
    }

    function checkDevKeys() internal {
        bytes memory vk = _encoded(keyOf(KEY));
        vm.assertTrue(IVerifier(newVerifier(vk, true)).isDevKey(), "a local chain's");
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        newVerifier(vk, true);
    }

    /// 100, 101, ... as a fixed array of them is encoded.
    function numbered() internal view returns (bytes memory) {
        uint256[] memory signals = new uint256[](COUNT);
        for (uint256 j = 0; j < COUNT; ++j) signals[j] = 100 + j;
        return abi.encodePacked(signals);
    }

    function _verify(Groth16.Proof memory proof, uint256[] memory signals) private view returns (bool) {
        return verify(proof, abi.encodePacked(signals));
    }

    function _encoded(Key memory vk) private pure returns (bytes memory) {
        return
            bytes.concat(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic0), _words(vk.ic), vk.icHash);
    }

    function _words(Bn254.G1[] memory points) private pure returns (bytes memory words) {
        for (uint256 j = 0; j < points.length; ++j) words = bytes.concat(words, abi.encode(points[j]));
    }
}
