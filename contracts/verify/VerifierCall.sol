// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "./Bn254.sol";
import {Groth16} from "./Groth16.sol";
import {ICoverageVerifier} from "./statements/ICoverageVerifier.sol";
import {ISolvencyVerifier} from "./statements/ISolvencyVerifier.sol";

/// @title The calls of a verifier with a table point, put together in place
/// @author Ballast
/// @notice The same bytes as Solidity's own encoding, without copying every proof twice: that saves about 1,500 gas a
/// proof. After the selector, `verify` takes the point (2 words), the proof (8) and the n signals (n); `verifyBatch`
/// the point, two offsets, k, k proofs, k, k lists of n signals.
library VerifierCall {
    /// @notice A call of `verifyBatch` under construction.
    struct Call {
        uint256 data;
        uint256 proofs;
        uint256 signals;
        uint256 width;
        uint256 length;
    }

    /// @notice Bytes of a proof.
    uint256 private constant PROOF = 0x100;
    /// @notice Bytes before the first proof.
    uint256 private constant HEAD = 4 + 0xa0;

    /// @notice Calls `verify` of a coverage verifier; what the verifier reverts with is passed on.
    /// @param verifier the verifier.
    /// @param point the table point.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    /// @return valid what the verifier says: false for a proof that does not hold.
    function verify(
        address verifier,
        Bn254.G1 memory point,
        Groth16.Proof calldata proof,
        uint256[4] memory signals
    ) internal view returns (bool valid) {
        uint256 list;
        assembly ("memory-safe") {
            list := signals
        }
        return _verify(verifier, ICoverageVerifier.verify.selector, point, proof, list, 0x80);
    }

    /// @notice Calls `verify` of a solvency, equity or reduction verifier: five signals each, so one selector for all.
    /// What the verifier reverts with is passed on.
    /// @param verifier the verifier.
    /// @param point the table point.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    /// @return valid what the verifier says: false for a proof that does not hold.
    function verify(
        address verifier,
        Bn254.G1 memory point,
        Groth16.Proof calldata proof,
        uint256[5] memory signals
    ) internal view returns (bool valid) {
        uint256 list;
        assembly ("memory-safe") {
            list := signals
        }
        return _verify(verifier, ISolvencyVerifier.verify.selector, point, proof, list, 0xa0);
    }

    /// @notice Begins `verifyBatch` of a coverage verifier: reserves memory and writes all but proofs and signals.
    /// @param point the table point.
    /// @param count how many proofs there will be.
    /// @return call the call.
    function startCoverage(Bn254.G1 memory point, uint256 count) internal pure returns (Call memory call) {
        return _start(ICoverageVerifier.verifyBatch.selector, point, count, 0x80);
    }

    /// @notice Begins `verifyBatch` of a verifier with five signals (solvency, equity, reduction): reserves memory and
    /// writes all but proofs and signals.
    /// @param point the table point.
    /// @param count how many proofs there will be.
    /// @return call the call.
    function startSolvency(Bn254.G1 memory point, uint256 count) internal pure returns (Call memory call) {
        return _start(ISolvencyVerifier.verifyBatch.selector, point, count, 0xa0);
    }

    /// @notice Writes proof `i` and its signals into a call that `startCoverage` began.
    /// @param call the call.
    /// @param i the index.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    function set(Call memory call, uint256 i, Groth16.Proof calldata proof, uint256[4] memory signals) internal pure {
        uint256 list;
        assembly ("memory-safe") {
            list := signals
        }
        _set(call, i, proof, list);
    }

    /// @notice Writes proof `i` and its signals into a call that `startSolvency` began.
    /// @param call the call.
    /// @param i the index.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    function set(Call memory call, uint256 i, Groth16.Proof calldata proof, uint256[5] memory signals) internal pure {
        uint256 list;
        assembly ("memory-safe") {
            list := signals
        }
        _set(call, i, proof, list);
    }

    /// @notice Makes the call of a batch; what the verifier reverts with is passed on.
    /// @param call the complete call.
    /// @param verifier the verifier.
    /// @return valid what the verifier says: false for a proof that does not hold.
    function execute(Call memory call, address verifier) internal view returns (bool valid) {
        return _staticcall(verifier, call.data, call.length);
    }

    /// @notice Calls `verify`.
    /// @param verifier the verifier.
    /// @param selector of its `verify`.
    /// @param point the table point.
    /// @param proof the proof.
    /// @param signals where its signals are in memory.
    /// @param width how many bytes they are.
    /// @return valid what the verifier says: false for a proof that does not hold.
    function _verify(
        address verifier,
        bytes4 selector,
        Bn254.G1 memory point,
        Groth16.Proof calldata proof,
        uint256 signals,
        uint256 width
    ) private view returns (bool valid) {
        uint256 data;
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(data, selector)
            mcopy(add(data, 0x04), point, 0x40)
            calldatacopy(add(data, 0x44), proof, PROOF)
            mcopy(add(data, 0x144), signals, width)
        }
        return _staticcall(verifier, data, 0x44 + PROOF + width);
    }

    /// @notice Reserves memory and writes everything but proofs and signals.
    /// @param selector of the verifier's `verifyBatch`.
    /// @param point the table point.
    /// @param count how many proofs there will be.
    /// @param width bytes of a list of signals.
    /// @return call the call.
    function _start(
        bytes4 selector,
        Bn254.G1 memory point,
        uint256 count,
        uint256 width
    ) private pure returns (Call memory call) {
        uint256 data;
        assembly ("memory-safe") {
            data := mload(0x40)
            let body := add(data, 4)
            mstore(data, selector)
            mcopy(body, point, 0x40)
            mstore(add(body, 0x40), 0x80)
            mstore(add(body, 0x60), add(0xa0, mul(count, PROOF)))
            mstore(add(body, 0x80), count)
            mstore(add(body, add(0xa0, mul(count, PROOF))), count)
            // the end, rounded up to whole words
            mstore(0x40, add(data, add(0xe0, mul(count, add(PROOF, width)))))
        }
        call.data = data;
        call.proofs = data + HEAD;
        call.signals = call.proofs + count * PROOF + 0x20;
        call.width = width;
        call.length = HEAD + 0x20 + count * (PROOF + width);
    }

    /// @notice Writes proof `i` and its signals.
    /// @param call the call.
    /// @param i the index.
    /// @param proof the proof.
    /// @param signals where its signals are in memory.
    function _set(Call memory call, uint256 i, Groth16.Proof calldata proof, uint256 signals) private pure {
        uint256 proofAt = call.proofs + PROOF * i;
        uint256 width = call.width;
        uint256 signalsAt = call.signals + width * i;
        assembly ("memory-safe") {
            calldatacopy(proofAt, proof, PROOF)
            mcopy(signalsAt, signals, width)
        }
    }

    /// @notice Calls a verifier, which is a contract: the registry of verifiers has read from it.
    /// @param verifier the verifier.
    /// @param data where the call's bytes are in memory.
    /// @param length how many they are.
    /// @return valid what the verifier says: false for a proof that does not hold.
    function _staticcall(address verifier, uint256 data, uint256 length) private view returns (bool valid) {
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), verifier, data, length, 0x00, 0x20)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
            valid := and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1))
        }
    }
}
