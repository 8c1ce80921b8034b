// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageVerifier} from "../interfaces/ICoverageVerifier.sol";
import {Bn254} from "./Bn254.sol";
import {Groth16} from "./Groth16.sol";

/// @title The calls of a coverage verifier, put together in place
/// @author Ballast
/// @notice The same bytes as Solidity's own encoding, without copying every proof twice: that saves about 1,500 gas a
/// proof. After the selector, `verify` takes the point (2 words), the proof (8) and the signals (4); `verifyBatch` the
/// point, two offsets, k, k proofs, k, k lists of signals.
library VerifierCall {
    /// @notice A call under construction.
    struct Call {
        uint256 data;
        uint256 proofs;
        uint256 signals;
        uint256 length;
    }

    /// @notice Bytes of a proof.
    uint256 private constant PROOF = 0x100;
    /// @notice Bytes of a list of signals.
    uint256 private constant SIGNALS = 0x80;
    /// @notice Bytes before the first proof.
    uint256 private constant HEAD = 4 + 0xa0;

    /// @notice Calls `verify`; what the verifier reverts with is passed on.
    /// @param verifier the verifier.
    /// @param point the table point.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    /// @return valid what it says.
    function verify(
        address verifier,
        Bn254.G1 memory point,
        Groth16.Proof calldata proof,
        uint256[4] memory signals
    ) internal view returns (bool valid) {
        bytes4 selector = ICoverageVerifier.verify.selector;
        uint256 data;
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(data, selector)
            mcopy(add(data, 0x04), point, 0x40)
            calldatacopy(add(data, 0x44), proof, PROOF)
            mcopy(add(data, 0x144), signals, SIGNALS)
        }
        return _staticcall(verifier, data, 0x44 + PROOF + SIGNALS);
    }

    /// @notice Reserves memory and writes everything but proofs and signals.
    /// @param point the table point.
    /// @param count how many proofs there will be.
    /// @return call the call.
    function start(Bn254.G1 memory point, uint256 count) internal pure returns (Call memory call) {
        bytes4 selector = ICoverageVerifier.verifyBatch.selector;
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
            mstore(0x40, add(data, add(0xe0, mul(count, add(PROOF, SIGNALS)))))
        }
        call.data = data;
        call.proofs = data + HEAD;
        call.signals = call.proofs + count * PROOF + 0x20;
        call.length = HEAD + 0x20 + count * (PROOF + SIGNALS);
    }

    /// @notice Writes proof `i` and its signals.
    /// @param call the call.
    /// @param i the index.
    /// @param proof the proof.
    /// @param signals its signals, in the circuit's order.
    function set(Call memory call, uint256 i, Groth16.Proof calldata proof, uint256[4] memory signals) internal pure {
        uint256 proofAt = call.proofs + PROOF * i;
        uint256 signalsAt = call.signals + SIGNALS * i;
        assembly ("memory-safe") {
            calldatacopy(proofAt, proof, PROOF)
            mcopy(signalsAt, signals, SIGNALS)
        }
    }

    /// @notice Makes the call of a batch; what the verifier reverts with is passed on.
    /// @param call the complete call.
    /// @param verifier the verifier.
    /// @return valid what it says.
    function execute(Call memory call, address verifier) internal view returns (bool valid) {
        return _staticcall(verifier, call.data, call.length);
    }

    /// @notice Calls a verifier, which is a contract: the registry of verifiers has read from it.
    /// @param verifier the verifier.
    /// @param data where the call's bytes are in memory.
    /// @param length how many they are.
    /// @return valid what it says.
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
