// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";

/// @title Verifier of portfolios without positions
/// @author Ballast
/// @notice It takes no table: all its public signals are per proof, see `EmptySignals`. A commitment to no positions is
/// one of the verifier's number of slots: the caller checks that it is the venue's.
interface IEmptyVerifier is IVerifier {
    /// @notice Checks one proof.
    /// @param proof the proof.
    /// @param signals its signals, in the order of `EmptySignals`.
    /// @return whether the proof verifies. Reverts with SignalNotInField for a signal that is too large. `false` is no
    /// evidence against a proof: a caller that gives too little gas gets it for a valid one too.
    function verify(Groth16.Proof calldata proof, uint256[3] calldata signals) external view returns (bool);
}
