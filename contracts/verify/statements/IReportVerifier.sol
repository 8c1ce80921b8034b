// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";

/// @title Verifier of a solvency run's report
/// @author Ballast
/// @notice The report takes no table: all its public signals are per proof, see `ReportSignals`. Their number, 23, is
/// that of two underlyings.
interface IReportVerifier is IVerifier {
    /// @notice Another number of underlyings needs another number of signals: generate a verifier for it.
    error UnsupportedUnderlyings(uint32 underlyings);

    /// @notice Checks one report.
    /// @param proof the proof.
    /// @param signals its signals, in the order of `ReportSignals`.
    /// @return whether the proof verifies. Reverts with SignalNotInField for a signal that is too large. `false` is no
    /// evidence against a proof: a caller that gives too little gas gets it for a valid one too.
    function verify(Groth16.Proof calldata proof, uint256[23] calldata signals) external view returns (bool);
}
