// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim} from "./Claims.sol";
import {ReductionProof} from "./ReductionProof.sol";

/// @title Checks facts about portfolios of one venue
/// @author Ballast
/// @notice Engine and auction share it, so that neither carries the code of the checks. It holds nothing and decides
/// nothing. Errors are those of `IFactProofs`.
interface IFactChecker {
    /// @notice Reverts unless the account behind a commitment has the claimed equity by the newest prices.
    /// @param claim the claim.
    /// @param commitment the account's commitment.
    /// @return time the snapshot's time.
    function requireNewestEquity(EquityClaim calldata claim, uint256 commitment) external view returns (uint64 time);

    /// @notice Reverts unless a portfolio is no riskier than another by the newest prices.
    /// @param claim the claim.
    /// @param subject account, commitments and largest penalty.
    /// @return time the snapshot's time.
    function requireNewestReduction(
        ReductionClaim calldata claim,
        ReductionProof.Subject calldata subject
    ) external view returns (uint64 time);

    /// @notice Whether a portfolio is attested at tier 0 in the newest snapshot itself, without the grace of the one
    /// before, and none later is published that is not proven wrong, whether or not it has entered the line.
    /// @param accountId the account.
    /// @param commitment its portfolio.
    /// @return whether the attestation is there and current.
    function isInTierZeroNow(uint256 accountId, uint256 commitment) external view returns (bool);

    /// @notice Which prices are the newest.
    /// @return the market clock.
    function clock() external view returns (address);
}
