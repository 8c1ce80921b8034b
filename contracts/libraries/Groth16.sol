// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifier} from "../interfaces/IVerifier.sol";
import {Bn254} from "./Bn254.sol";

/// @title Groth16 with a cached table point
/// @author Ballast
/// @notice A proof verifies when `e(A, B) = e(alpha, beta) * e(V, gamma) * e(C, delta)`, where
/// `V = tablePoint + sum_j signal_j * ic_j`: the table point carries the cached public inputs.
library Groth16 {
    using Bn254 for Bn254.G1;

    /// @notice A proof: A in G1, B in G2 (imaginary part first), C in G1.
    struct Proof {
        uint256 ax;
        uint256 ay;
        uint256 bx1;
        uint256 bx0;
        uint256 by1;
        uint256 by0;
        uint256 cx;
        uint256 cy;
    }

    /// @notice The part of a verifying key that a check needs: `ic` holds the points of the per-proof signals.
    struct Key {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1[] ic;
    }

    /// @notice Checks one proof with four pairings.
    /// @param key the verifying key.
    /// @param tablePoint the point of the cached public inputs.
    /// @param proof the proof.
    /// @param signals one value for each point of `key.ic`.
    /// @return whether the proof verifies; false for any point that is not in its group.
    function check(
        Key memory key,
        Bn254.G1 memory tablePoint,
        Proof calldata proof,
        uint256[] calldata signals
    ) internal view returns (bool) {
        requireInField(signals);
        Bn254.G1 memory point = Bn254.G1(tablePoint.x, tablePoint.y);
        for (uint256 j = 0; j < signals.length; ++j) {
            // A zero signal (tier 0 is the common case) adds nothing.
            if (signals[j] != 0 && !point.addScaled(key.ic[j].x, key.ic[j].y, signals[j])) return false;
        }
        if (proof.cy >= Bn254.BASE_FIELD) return false;
        uint256[] memory input = new uint256[](24);
        _copyProof(input, 0, proof);
        (input[0], input[1]) = (proof.ax, proof.ay);
        _writeTail(input, 6, key, key.alpha, point, Bn254.G1(proof.cx, proof.cy));
        return Bn254.pairing(input);
    }

    /// @notice Checks k proofs with k + 3 pairings, by a random linear combination of their equations.
    /// @dev SOUNDNESS: the weights are fixed by `seed`, a hash of the key, the table point, all signals and all
    /// proofs, so nothing they multiply can be chosen after them. For a batch with a false equation in it the
    /// combination is one for at most one in 2^128 - 1 values of that proof's weight (the target group has
    /// prime order; B is checked to be in it by the precompile). The first weight is 1: scaling all weights by a
    /// constant changes nothing, so only k - 1 of them need to be random.
    /// @param key the verifying key.
    /// @param keyHash its hash, for the seed.
    /// @param tablePoint the point of the cached public inputs, the same for all.
    /// @param proofs the proofs, at least one.
    /// @param signals the signals of all proofs, one proof after another.
    /// @return whether all proofs verify.
    function checkBatch(
        Key memory key,
        bytes32 keyHash,
        Bn254.G1 memory tablePoint,
        Proof[] calldata proofs,
        uint256[] calldata signals
    ) internal view returns (bool) {
        requireInField(signals);
        bytes32 seed = batchSeed(keyHash, tablePoint, proofs, signals);
        uint256[] memory input = new uint256[](6 * (proofs.length + 3));
        // sums[j] = sum_i r_i * signal_ij, then the sum of the weights themselves.
        uint256[] memory sums = new uint256[](key.ic.length + 1);
        Bn254.G1 memory c;
        Bn254.G1 memory a;
        for (uint256 i = 0; i < proofs.length; ++i) {
            uint256 r = i == 0 ? 1 : batchWeight(seed, i);
            Proof calldata proof = proofs[i];
            (a.x, a.y) = (0, 0);
            if (!a.addScaled(proof.ax, proof.ay, r) || !c.addScaled(proof.cx, proof.cy, r)) return false;
            _copyProof(input, 6 * i, proof);
            (input[6 * i], input[6 * i + 1]) = (a.x, a.y);
            _addWeighted(sums, signals, i, r);
        }
        return _finishBatch(key, tablePoint, input, sums, c);
    }

    /// @notice The hash that fixes a batch's weights.
    /// @param keyHash the key's hash.
    /// @param tablePoint the table point.
    /// @param proofs the proofs.
    /// @param signals the signals; their number is fixed by the number of proofs, so the encoding is injective.
    /// @return seed keccak256 of all of it.
    function batchSeed(
        bytes32 keyHash,
        Bn254.G1 memory tablePoint,
        Proof[] calldata proofs,
        uint256[] calldata signals
    ) internal pure returns (bytes32 seed) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, keyHash)
            mcopy(add(buffer, 0x20), tablePoint, 0x40)
            mstore(add(buffer, 0x60), proofs.length)
            let end := add(buffer, 0x80)
            calldatacopy(end, proofs.offset, mul(proofs.length, 0x100))
            end := add(end, mul(proofs.length, 0x100))
            calldatacopy(end, signals.offset, mul(signals.length, 0x20))
            end := add(end, mul(signals.length, 0x20))
            seed := keccak256(buffer, sub(end, buffer))
        }
    }

    /// @notice The weight of proof `i` of a batch: 128 bits, never zero.
    /// @param seed the batch's seed.
    /// @param i the proof's index.
    /// @return r the weight.
    function batchWeight(bytes32 seed, uint256 i) internal pure returns (uint256 r) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, i)
            r := shr(128, keccak256(0x00, 0x40))
            r := add(r, iszero(r))
        }
    }

    /// @notice Reverts unless every signal is below the scalar field: s and s + r would be the same to the curve.
    /// @param signals the signals.
    function requireInField(uint256[] calldata signals) internal pure {
        for (uint256 j = 0; j < signals.length; ++j) {
            if (signals[j] >= Bn254.SCALAR_FIELD) revert IVerifier.SignalNotInField(j);
        }
    }

    /// @notice The last three pairings of a batch.
    /// @param key the verifying key.
    /// @param tablePoint the table point.
    /// @param input the pairing input, its first pairs filled.
    /// @param sums the weighted signals and the sum of the weights.
    /// @param c the weighted sum of the proofs' C.
    /// @return whether the product of pairings is one.
    function _finishBatch(
        Key memory key,
        Bn254.G1 memory tablePoint,
        uint256[] memory input,
        uint256[] memory sums,
        Bn254.G1 memory c
    ) private view returns (bool) {
        uint256 weight = sums[key.ic.length];
        Bn254.G1 memory point;
        Bn254.G1 memory alpha;
        bool ok = point.addScaled(tablePoint.x, tablePoint.y, weight);
        ok = alpha.addScaled(key.alpha.x, key.alpha.y, weight) && ok;
        for (uint256 j = 0; j < key.ic.length; ++j) {
            if (sums[j] != 0) ok = point.addScaled(key.ic[j].x, key.ic[j].y, sums[j]) && ok;
        }
        if (!ok) return false;
        _writeTail(input, input.length - 18, key, alpha, point, c);
        return Bn254.pairing(input);
    }

    /// @notice Adds `r * signal` of proof `i` to the running sums.
    /// @param sums the sums, the weights' own sum last.
    /// @param signals all signals.
    /// @param i the proof's index.
    /// @param r its weight.
    function _addWeighted(uint256[] memory sums, uint256[] calldata signals, uint256 i, uint256 r) private pure {
        uint256 width = sums.length - 1;
        for (uint256 j = 0; j < width; ++j) {
            uint256 term = mulmod(r, signals[i * width + j], Bn254.SCALAR_FIELD);
            sums[j] = addmod(sums[j], term, Bn254.SCALAR_FIELD);
        }
        sums[width] = addmod(sums[width], r, Bn254.SCALAR_FIELD);
    }

    /// @notice Copies a proof's B into the G2 half of the pair at `offset`.
    /// @param input the pairing input.
    /// @param offset index of the pair's first word.
    /// @param proof the proof.
    function _copyProof(uint256[] memory input, uint256 offset, Proof calldata proof) private pure {
        (input[offset + 2], input[offset + 3]) = (proof.bx1, proof.bx0);
        (input[offset + 4], input[offset + 5]) = (proof.by1, proof.by0);
    }

    /// @notice Writes the pairs (-alpha, beta), (-point, gamma), (-c, delta).
    /// @param input the pairing input.
    /// @param offset index of the first word.
    /// @param key the verifying key.
    /// @param alpha alpha, weighted in a batch.
    /// @param point the public inputs' point.
    /// @param c the proofs' C.
    function _writeTail(
        uint256[] memory input,
        uint256 offset,
        Key memory key,
        Bn254.G1 memory alpha,
        Bn254.G1 memory point,
        Bn254.G1 memory c
    ) private pure {
        _writePair(input, offset, alpha, key.beta);
        _writePair(input, offset + 6, point, key.gamma);
        _writePair(input, offset + 12, c, key.delta);
    }

    /// @notice Writes the pair (-p, q).
    /// @param input the pairing input.
    /// @param offset index of the pair's first word.
    /// @param p the point of G1, to be negated.
    /// @param q the point of G2.
    function _writePair(uint256[] memory input, uint256 offset, Bn254.G1 memory p, Bn254.G2 memory q) private pure {
        (input[offset], input[offset + 1]) = (p.x, Bn254.negate(p.y));
        (input[offset + 2], input[offset + 3]) = (q.x1, q.x0);
        (input[offset + 4], input[offset + 5]) = (q.y1, q.y0);
    }
}
