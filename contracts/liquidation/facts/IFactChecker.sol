// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CeilingClaim, EquityClaim, ReductionClaim} from "./Claims.sol";
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

    /// @notice Reverts, by an error of `IPortfolioAward` too, unless an account's present portfolio has the claimed
    /// equity by the newest prices.
    /// @param claim the claim, about the account.
    /// @param accountId the account.
    /// @param oldest the prices' time, at least.
    /// @return time the snapshot's time.
    function requirePresentEquity(
        EquityClaim calldata claim,
        uint256 accountId,
        uint64 oldest
    ) external view returns (uint64 time);

    /// @notice Reverts, by an error of `IPortfolioAward` too, unless an account's present portfolio is in tier 2, 3 or
    /// 4 and worth a ceiling at most by the newest prices.
    /// @param claim the claim.
    /// @param accountId the account.
    /// @param oldest the prices' time, at least.
    /// @param ceiling micro-USD.
    function requirePresentCeiling(
        CeilingClaim calldata claim,
        uint256 accountId,
        uint64 oldest,
        uint256 ceiling
    ) external view;

    /// @notice Reverts unless a portfolio is no riskier than another by the newest prices.
    /// @param claim the claim.
    /// @param subject account, commitments and largest penalty.
    /// @return time the snapshot's time.
    function requireNewestReduction(
        ReductionClaim calldata claim,
        ReductionProof.Subject calldata subject
    ) external view returns (uint64 time);

    /// @notice Reverts, by an error of `IPortfolioAward`, unless an account is somebody's and attested at tier 0 or 1
    /// with a portfolio by the newest prices.
    /// @param taker who must own it.
    /// @param accountId the account.
    /// @param commitment the portfolio that it will have.
    function requireHealthyTaker(address taker, uint256 accountId, uint256 commitment) external view;

    /// @notice Whether a portfolio is attested at tier 0 in the newest snapshot itself, without the grace of the one
    /// before, and none later is published, sound or void, whether or not it has entered the line.
    /// @param accountId the account.
    /// @param commitment its portfolio.
    /// @return whether the attestation is there and current.
    function isInTierZeroNow(uint256 accountId, uint256 commitment) external view returns (bool);

    /// @notice Which prices are the newest.
    /// @return the market clock.
    function clock() external view returns (address);
}
