// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";

/// @title Verifier of accounts of an accounts tree
/// @author Ballast
/// @notice A membership takes no table: all its public signals are per proof, see `MembershipSignals`. It says that the
/// tree has the account with this commitment; that the tree is a closed run's is for the caller to check.
interface IMembershipVerifier is IVerifier {
    /// @notice Checks one proof.
    /// @param proof the proof.
    /// @param signals its signals, in the order of `MembershipSignals`.
    /// @return whether the proof verifies. Reverts with SignalNotInField for a signal that is too large. `false` is no
    /// evidence against a proof: a caller that gives too little gas gets it for a valid one too.
    function verify(Groth16.Proof calldata proof, uint256[4] calldata signals) external view returns (bool);
}
