// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifierRegistry} from "../../verify/IVerifierRegistry.sol";
import {IMembershipVerifier} from "../../verify/statements/IMembershipVerifier.sol";
import {MembershipSignals} from "../../verify/statements/MembershipSignals.sol";
import {MembershipClaim} from "./Claims.sol";
import {FactContext} from "./FactContext.sol";
import {IFactProofs} from "./IFactProofs.sol";

/// @title Checks that an accounts tree has an account
/// @author Ballast
/// @notice A membership proof says that the tree under a root has a leaf for an account with a commitment. Whether the
/// root is that of a closed run, and how old it may be, is up to the caller.
library MembershipProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "member";

    /// @notice What the claim must be about.
    struct Subject {
        uint256 accountsRoot;
        uint256 accountId;
        uint256 commitment;
    }

    /// @notice Checks a claim, or reverts.
    /// @param verifiers the verifiers that count.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim.
    /// @param subject what it must be about.
    function check(
        IVerifierRegistry verifiers,
        address ledger,
        MembershipClaim calldata claim,
        Subject memory subject
    ) internal view {
        if (block.timestamp > claim.deadline) revert IFactProofs.FactExpired(claim.deadline);
        (address verifier, ) = verifiers.verifierFor(claim.circuitId, KIND);
        uint256[4] memory signals = MembershipSignals.encode(
            subject.accountsRoot,
            subject.accountId,
            subject.commitment,
            FactContext.compute(ledger, KIND, claim.deadline)
        );
        if (!IMembershipVerifier(verifier).verify(claim.proof, signals)) revert IFactProofs.InvalidMembershipProof();
    }
}
