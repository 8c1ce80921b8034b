// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoverageRegistry} from "../../coverage/ICoverageRegistry.sol";
import {Bn254} from "../../verify/Bn254.sol";
import {CeilingSignals} from "../../verify/statements/CeilingSignals.sol";
import {VerifierCall} from "../../verify/VerifierCall.sol";
import {CeilingClaim} from "./Claims.sol";
import {FactContext} from "./FactContext.sol";
import {IFactProofs} from "./IFactProofs.sol";
import {TableFact} from "./TableFact.sol";

/// @title Checks that a portfolio is in breach, and what it is worth at most
/// @author Ballast
/// @notice A ceiling proof says of one commitment in one snapshot that its tier is 2, 3 or 4, and that its equity is no
/// more than the ceiling; it opens neither.
library CeilingProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "ceiling";
    /// @notice The largest ceiling: no equity that can be proven exceeds it, and no proof takes a larger one.
    uint256 internal constant LIMIT = 2 ** 83 - 1;

    /// @notice What the claim must be about: the account, its commitment, and the most that it is worth, micro-USD; one
    /// above `LIMIT` stands for that.
    struct Subject {
        uint256 accountId;
        uint256 commitment;
        uint256 ceiling;
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
        CeilingClaim calldata claim,
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
        uint256[4] memory signals = CeilingSignals.encode(
            subject.accountId,
            subject.commitment,
            Math.min(subject.ceiling, LIMIT),
            FactContext.compute(ledger, KIND, claim.deadline)
        );
        if (!VerifierCall.verify(verifier, point, claim.proof, signals)) revert IFactProofs.InvalidCeilingProof();
    }
}
