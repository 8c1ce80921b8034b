// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../../coverage/ICoverageRegistry.sol";
import {Bn254} from "../../verify/Bn254.sol";
import {EquitySignals} from "../../verify/statements/EquitySignals.sol";
import {VerifierCall} from "../../verify/VerifierCall.sol";
import {EquityClaim} from "./Claims.sol";
import {FactContext} from "./FactContext.sol";
import {IFactProofs} from "./IFactProofs.sol";
import {SignedSignal} from "./SignedSignal.sol";
import {TableFact} from "./TableFact.sol";

/// @title Checks what a portfolio is worth
/// @author Ballast
/// @notice An equity proof opens tier and equity of one commitment in one snapshot.
library EquityProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "equity";

    /// @notice Checks a claim, or reverts.
    /// @param coverage the coverage registry whose rules apply.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim; whether its account is the right one is the caller's business.
    /// @param commitment the portfolio it must be about.
    /// @return time the snapshot's time.
    function check(
        ICoverageRegistry coverage,
        address ledger,
        EquityClaim calldata claim,
        uint256 commitment
    ) internal view returns (uint64 time) {
        address verifier;
        Bn254.G1 memory point;
        (verifier, point, time) = TableFact.target(
            coverage,
            KIND,
            claim.circuitId,
            claim.snapshotId,
            claim.deadline
        );
        _verify(verifier, point, ledger, claim, commitment);
    }

    /// @notice Checks a claim in a snapshot of whatever age, or reverts.
    /// @param coverage the coverage registry whose rules apply, but for the oldest age.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim; whether its account and its snapshot are the right ones is the caller's business.
    /// @param commitment the portfolio it must be about.
    function checkIn(
        ICoverageRegistry coverage,
        address ledger,
        EquityClaim calldata claim,
        uint256 commitment
    ) internal view {
        (address verifier, Bn254.G1 memory point, ) = TableFact.targetOfAnyAge(
            coverage,
            KIND,
            claim.circuitId,
            claim.snapshotId,
            claim.deadline
        );
        _verify(verifier, point, ledger, claim, commitment);
    }

    /// @notice Reverts unless the proof verifies.
    /// @param verifier the circuit's verifier.
    /// @param point the snapshot's table point.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim.
    /// @param commitment the portfolio it must be about.
    function _verify(
        address verifier,
        Bn254.G1 memory point,
        address ledger,
        EquityClaim calldata claim,
        uint256 commitment
    ) private view {
        uint256[5] memory signals = EquitySignals.encode(
            claim.accountId,
            commitment,
            claim.tier,
            SignedSignal.encode(claim.equity),
            FactContext.compute(ledger, KIND, claim.deadline)
        );
        if (!VerifierCall.verify(verifier, point, claim.proof, signals)) revert IFactProofs.InvalidEquityProof();
    }
}
