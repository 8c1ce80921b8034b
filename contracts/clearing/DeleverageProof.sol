// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {DeleverageClaim} from "../liquidation/facts/Claims.sol";
import {FactContext} from "../liquidation/facts/FactContext.sol";
import {IFactProofs} from "../liquidation/facts/IFactProofs.sol";
import {SignedSignal} from "../liquidation/facts/SignedSignal.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {DeleverageSignals} from "../verify/statements/DeleverageSignals.sol";
import {IDeleverageVerifier} from "../verify/statements/IDeleverageVerifier.sol";

/// @title Checks a holder's part of a pro-rata closing
/// @author Ballast
/// @notice A deleverage proof says of two commitments of one account that they differ by exactly the account's part of
/// the closing, and by what is paid for it.
library DeleverageProof {
    /// @notice The statement.
    bytes8 internal constant KIND = "delever";

    /// @notice What the claim must be about: the account, its two commitments, and the closing's terms.
    struct Subject {
        uint256 accountId;
        uint256 oldCommitment;
        uint256 newCommitment;
        uint32 settlementId;
        uint32 instrumentId;
        bool isShort;
        uint64 closing;
        uint64 open;
        int64 price;
    }

    /// @notice Checks a claim, or reverts.
    /// @param coverage the coverage registry whose verifiers count.
    /// @param ledger the ledger that the proof names.
    /// @param claim the claim.
    /// @param subject what it must be about.
    function check(
        ICoverageRegistry coverage,
        address ledger,
        DeleverageClaim calldata claim,
        Subject memory subject
    ) internal view {
        if (block.timestamp > claim.deadline) revert IFactProofs.FactExpired(claim.deadline);
        (address verifier, ) = IVerifierRegistry(coverage.verifiers()).verifierFor(claim.circuitId, KIND);
        uint256[11] memory signals;
        signals[DeleverageSignals.ACCOUNT_ID] = subject.accountId;
        signals[DeleverageSignals.OLD_COMMITMENT] = subject.oldCommitment;
        signals[DeleverageSignals.NEW_COMMITMENT] = subject.newCommitment;
        signals[DeleverageSignals.SETTLEMENT_ID] = subject.settlementId;
        signals[DeleverageSignals.INSTRUMENT_ID] = subject.instrumentId;
        signals[DeleverageSignals.IS_SHORT] = subject.isShort ? 1 : 0;
        signals[DeleverageSignals.CLOSING] = subject.closing;
        signals[DeleverageSignals.OPEN] = subject.open;
        signals[DeleverageSignals.PRICE] = SignedSignal.encode(subject.price);
        signals[DeleverageSignals.CLOSED] = claim.closed;
        signals[DeleverageSignals.CONTEXT] = FactContext.compute(ledger, KIND, claim.deadline);
        if (!IDeleverageVerifier(verifier).verify(claim.proof, signals)) revert IFactProofs.InvalidDeleverageProof();
    }
}
