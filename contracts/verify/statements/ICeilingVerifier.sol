// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "../Bn254.sol";
import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";

/// @title Verifier of ceiling proofs
/// @author Ballast
/// @notice Takes the cached table point and the four per-proof signals, see `CeilingSignals`. The ceiling is not
/// signed.
interface ICeilingVerifier is IVerifier {
    /// @notice Checks one proof.
    /// @param tablePoint the point of the cached public inputs, from an oracle that the caller trusts.
    /// @param proof the proof.
    /// @param signals accountId, commitment, ceiling, context.
    /// @return whether the proof verifies. Reverts with SignalNotInField for a signal that is too large. `false` is no
    /// evidence against a proof: a caller that gives too little gas gets it for a valid one too.
    function verify(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof calldata proof,
        uint256[4] calldata signals
    ) external view returns (bool);

    /// @notice Checks k proofs about the same table with k + 3 pairings.
    /// @param tablePoint the point of the cached public inputs, the same for all.
    /// @param proofs the proofs, at least one.
    /// @param signals the signals of each proof.
    /// @return whether all proofs verify.
    function verifyBatch(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof[] calldata proofs,
        uint256[4][] calldata signals
    ) external view returns (bool);
}
