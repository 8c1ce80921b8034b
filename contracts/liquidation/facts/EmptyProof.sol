// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifierRegistry} from "../../verify/IVerifierRegistry.sol";
import {EmptySignals} from "../../verify/statements/EmptySignals.sol";
import {IEmptyVerifier} from "../../verify/statements/IEmptyVerifier.sol";
import {EmptyClaim} from "./Claims.sol";
import {FactContext} from "./FactContext.sol";
import {IFactProofs} from "./IFactProofs.sol";

/// @title Checks that a commitment opens to no positions
/// @author Ballast
/// @notice An empty proof says it of one account's commitment, in portfolios of the verifier's number of slots.
library EmptyProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "empty";

    /// @notice Checks a claim, or reverts.
    /// @param verifiers the verifiers that count.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim.
    /// @param accountId the account it must be about.
    /// @param commitment the commitment it must be about.
    function check(
        IVerifierRegistry verifiers,
        address ledger,
        EmptyClaim calldata claim,
        uint256 accountId,
        uint256 commitment
    ) internal view {
        if (block.timestamp > claim.deadline) revert IFactProofs.FactExpired(claim.deadline);
        (address verifier, ) = verifiers.verifierFor(claim.circuitId, KIND);
        uint256[3] memory signals = EmptySignals.encode(
            accountId,
            commitment,
            FactContext.compute(ledger, KIND, claim.deadline)
        );
        if (!IEmptyVerifier(verifier).verify(claim.proof, signals)) revert IFactProofs.InvalidEmptyProof();
    }
}
