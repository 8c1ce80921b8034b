// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "./Bn254.sol";
import {IVerifier} from "./IVerifier.sol";

/// @title Groth16 with a cached table point
/// @author Ballast
/// @notice A proof verifies when `e(A, B) = e(alpha, beta) * e(V, gamma) * e(C, delta)`, where
/// `V = tablePoint + sum_j signal_j * ic_j`: the table point carries the cached public inputs.
/// @dev A key is a place in memory with alpha (2 words), beta, gamma, delta (4 words each) and two words for the point
/// of each per-proof signal. Verifiers fill it from their immutables.
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

    /// @notice Bytes of a pair of points in the pairing precompile's input.
    uint256 private constant PAIR = 0xc0;
    /// @notice Offset of the signals' points in a key.
    uint256 private constant IC = 0x1c0;

    /// @notice Checks one proof with four pairings.
    /// @param key where the verifying key is in memory.
    /// @param point the table point; it is changed in place.
    /// @param proof the proof.
    /// @param signals one value for each signal's point of the key.
    /// @return whether the proof verifies; false for any point that is not in its group.
    function check(
        uint256 key,
        Bn254.G1 memory point,
        Proof calldata proof,
        uint256[] calldata signals
    ) internal view returns (bool) {
        requireInField(signals);
        uint256 ic;
        uint256 scalars;
        assembly ("memory-safe") {
            let size := mul(signals.length, 0x20)
            ic := add(key, IC)
            scalars := mload(0x40)
            mstore(0x40, add(scalars, size))
            calldatacopy(scalars, signals.offset, size)
        }
        if (!point.addScaledAll(ic, scalars, signals.length)) return false;
        // The pairing gets -C and -V: only here are their y seen as they were sent (V's when all signals are zero).
        if (proof.cy >= Bn254.BASE_FIELD || point.y >= Bn254.BASE_FIELD) return false;
        uint256 input = _allocate(4 * PAIR);
        assembly ("memory-safe") {
            calldatacopy(input, proof, PAIR) // A and B
        }
        Bn254.G1 memory c = Bn254.G1(proof.cx, proof.cy);
        unchecked {
            _writeTail(input + PAIR, key, _alpha(key), point, c);
        }
        return Bn254.pairing(input, 4);
    }

    /// @notice Checks k proofs with k + 3 pairings, by a random linear combination of their equations.
    /// @dev SOUNDNESS: the weights are fixed by `seed`, a hash of the key, the table point, all signals and all
    /// proofs, so nothing they multiply can be chosen after them. For a batch with a false equation in it the
    /// combination is one for at most one in 2^128 - 1 values of that proof's weight (the target group has
    /// prime order; B is checked to be in it by the precompile). The first weight is 1: scaling all weights by a
    /// constant changes nothing, so only k - 1 of them need to be random.
    /// @param key where the verifying key is in memory.
    /// @param keyHash its hash, for the seed.
    /// @param tablePoint the point of the cached public inputs, the same for all.
    /// @param proofs the proofs, at least one.
    /// @param signals the signals of all proofs, one proof after another.
    /// @return whether all proofs verify.
    function checkBatch(
        uint256 key,
        bytes32 keyHash,
        Bn254.G1 memory tablePoint,
        Proof[] calldata proofs,
        uint256[] calldata signals
    ) internal view returns (bool) {
        requireInField(signals);
        bytes32 seed = batchSeed(keyHash, tablePoint, proofs, signals);
        uint256 input = _allocate(PAIR * (proofs.length + 3));
        // sums[j] = sum_i r_i * signal_ij, then the sum of the weights themselves.
        uint256[] memory sums = new uint256[](signals.length / proofs.length + 1);
        Bn254.G1 memory c;
        for (uint256 i = 0; i < proofs.length; ++i) {
            uint256 r = i == 0 ? 1 : batchWeight(seed, i);
            if (!_addProof(input + PAIR * i, proofs[i], r, c)) return false;
            _addWeighted(sums, signals, i, r);
        }
        return _finishBatch(key, tablePoint, input, proofs.length, sums, c);
    }

    /// @notice Reserves memory for a key.
    /// @param signals how many per-proof signals it has.
    /// @return key where it is.
    function newKey(uint256 signals) internal pure returns (uint256 key) {
        return _allocate(IC + 0x40 * signals);
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
        uint256 order = Bn254.SCALAR_FIELD;
        uint256 index;
        assembly ("memory-safe") {
            for {} lt(index, signals.length) { index := add(index, 1) } {
                if iszero(lt(calldataload(add(signals.offset, mul(index, 0x20))), order)) { break }
            }
        }
        if (index != signals.length) revert IVerifier.SignalNotInField(index);
    }

    /// @notice The last three pairings of a batch.
    /// @param key where the verifying key is in memory.
    /// @param tablePoint the table point.
    /// @param input the pairing input, its first pairs filled.
    /// @param count how many pairs those are.
    /// @param sums the weighted signals and the sum of the weights.
    /// @param c the weighted sum of the proofs' C.
    /// @return whether the product of pairings is one.
    function _finishBatch(
        uint256 key,
        Bn254.G1 memory tablePoint,
        uint256 input,
        uint256 count,
        uint256[] memory sums,
        Bn254.G1 memory c
    ) private view returns (bool) {
        uint256 signalCount = sums.length - 1;
        Bn254.G1 memory point;
        Bn254.G1 memory alpha;
        bool ok = point.addScaled(tablePoint.x, tablePoint.y, sums[signalCount]);
        ok = alpha.addScaled(_alpha(key).x, _alpha(key).y, sums[signalCount]) && ok;
        uint256 scalars;
        assembly ("memory-safe") {
            scalars := add(sums, 0x20)
        }
        if (!ok || !point.addScaledAll(key + IC, scalars, signalCount)) return false;
        _writeTail(input + PAIR * count, key, alpha, point, c);
        return Bn254.pairing(input, count + 3);
    }

    /// @notice Writes the pair (r A, B) and adds r C to `c`.
    /// @param pair where the pair goes.
    /// @param proof the proof.
    /// @param r its weight.
    /// @param c the weighted sum of the proofs' C, changed in place.
    /// @return ok whether A and C are points of G1.
    function _addProof(
        uint256 pair,
        Proof calldata proof,
        uint256 r,
        Bn254.G1 memory c
    ) private view returns (bool ok) {
        uint256 source;
        assembly ("memory-safe") {
            source := proof
            calldatacopy(add(pair, 0x40), add(proof, 0x40), 0x80)
        }
        ok = Bn254.scaleFromCalldata(pair, source, r) && c.addScaled(proof.cx, proof.cy, r);
    }

    /// @notice Adds `r * signal` of proof `i` to the running sums.
    /// @param sums the sums, the weights' own sum last.
    /// @param signals all signals, `sums.length - 1` for each proof.
    /// @param i the proof's index.
    /// @param r its weight.
    function _addWeighted(uint256[] memory sums, uint256[] calldata signals, uint256 i, uint256 r) private pure {
        uint256 order = Bn254.SCALAR_FIELD;
        assembly ("memory-safe") {
            let width := mul(sub(mload(sums), 1), 0x20)
            let source := add(signals.offset, mul(i, width))
            let target := add(sums, 0x20)
            let end := add(target, width)
            for {} lt(target, end) { target := add(target, 0x20) source := add(source, 0x20) } {
                mstore(target, addmod(mload(target), mulmod(r, calldataload(source), order), order))
            }
            mstore(end, addmod(mload(end), r, order))
        }
    }

    /// @notice Writes the pairs (-alpha, beta), (-point, gamma), (-c, delta).
    /// @param target where they go.
    /// @param key where the verifying key is in memory.
    /// @param alpha alpha, weighted in a batch.
    /// @param point the public inputs' point.
    /// @param c the proofs' C.
    function _writeTail(
        uint256 target,
        uint256 key,
        Bn254.G1 memory alpha,
        Bn254.G1 memory point,
        Bn254.G1 memory c
    ) private pure {
        uint256 p = Bn254.BASE_FIELD;
        assembly ("memory-safe") {
            mcopy(target, alpha, 0x40)
            mcopy(add(target, 0x40), add(key, 0x40), 0x80)
            mcopy(add(target, 0xc0), point, 0x40)
            mcopy(add(target, 0x100), add(key, 0xc0), 0x80)
            mcopy(add(target, 0x180), c, 0x40)
            mcopy(add(target, 0x1c0), add(key, 0x140), 0x80)
            // y becomes p - y; 0, of the point at infinity, stays 0
            target := add(target, 0x20)
            mstore(target, mod(sub(p, mload(target)), p))
            target := add(target, PAIR)
            mstore(target, mod(sub(p, mload(target)), p))
            target := add(target, PAIR)
            mstore(target, mod(sub(p, mload(target)), p))
        }
    }

    /// @notice The first point of a key.
    /// @param key where the verifying key is in memory.
    /// @return alpha the point, in place.
    function _alpha(uint256 key) private pure returns (Bn254.G1 memory alpha) {
        assembly ("memory-safe") {
            alpha := key
        }
    }

    /// @notice Reserves memory.
    /// @param size bytes.
    /// @return start where it begins; its content is undefined.
    function _allocate(uint256 size) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := mload(0x40)
            mstore(0x40, add(start, size))
        }
    }
}
