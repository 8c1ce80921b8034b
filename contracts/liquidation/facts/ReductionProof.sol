// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../../coverage/ICoverageRegistry.sol";
import {Bn254} from "../../verify/Bn254.sol";
import {ReductionSignals} from "../../verify/statements/ReductionSignals.sol";
import {VerifierCall} from "../../verify/VerifierCall.sol";
import {ReductionClaim} from "./Claims.sol";
import {FactContext} from "./FactContext.sol";
import {IFactProofs} from "./IFactProofs.sol";
import {TableFact} from "./TableFact.sol";

/// @title Checks that a portfolio is no riskier than another
/// @author Ballast
/// @notice A reduction proof says of two commitments of one account, in one snapshot, that requirement, short gamma and
/// tier do not grow, and what the change costs at most.
library ReductionProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "reduce";

    /// @notice What the claim must be about: the account, its two commitments, and the largest penalty in ppm.
    struct Subject {
        uint256 accountId;
        uint256 oldCommitment;
        uint256 newCommitment;
        uint256 maxPenalty;
    }

    /// @notice Checks a claim, or reverts.
    /// @param coverage the coverage registry whose rules apply.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim.
    /// @param subject what it must be about.
    /// @return time the snapshot's time.
    function check(
        ICoverageRegistry coverage,
        address ledger,
        ReductionClaim calldata claim,
        Subject memory subject
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
        uint256[5] memory signals = ReductionSignals.encode(
            subject.accountId,
            subject.oldCommitment,
            subject.newCommitment,
            subject.maxPenalty,
            FactContext.compute(ledger, KIND, claim.deadline)
        );
        if (!VerifierCall.verify(verifier, point, claim.proof, signals)) revert IFactProofs.InvalidReductionProof();
    }
}
