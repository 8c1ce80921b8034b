// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../../coverage/IMarketClock.sol";
import {ISnapshotOracle} from "../../snapshot/ISnapshotOracle.sol";
import {IPortfolioAward} from "../IPortfolioAward.sol";
import {IPortfolioLedger} from "../IPortfolioLedger.sol";
import {CeilingProof} from "./CeilingProof.sol";
import {CeilingClaim, EquityClaim, ReductionClaim} from "./Claims.sol";
import {EquityProof} from "./EquityProof.sol";
import {IFactChecker} from "./IFactChecker.sol";
import {ReductionProof} from "./ReductionProof.sol";

/// @title FactChecker
/// @author Ballast
/// @notice Checks equity, ceiling and reduction proofs, who takes a portfolio, and tier 0, for the engine that makes
/// it, its auction, and others.
contract FactChecker is IFactChecker {
    /// @notice Where snapshots, verifiers and their ages come from.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice The ledger that facts are bound to.
    address private immutable LEDGER;

    /// @notice Which prices are the newest.
    IMarketClock private immutable CLOCK;

    /// @notice Fixed for good.
    /// @param registry where snapshots and verifiers come from.
    /// @param clock_ which of its prices are the newest.
    /// @param ledger the ledger.
    constructor(ICoverageRegistry registry, IMarketClock clock_, address ledger) {
        (REGISTRY, CLOCK, LEDGER) = (registry, clock_, ledger);
    }

    /// @inheritdoc IFactChecker
    function requireNewestEquity(EquityClaim calldata claim, uint256 commitment) external view returns (uint64 time) {
        CLOCK.requireNewest(claim.snapshotId);
        return EquityProof.check(REGISTRY, LEDGER, claim, commitment);
    }

    /// @inheritdoc IFactChecker
    function requirePresentEquity(
        EquityClaim calldata claim,
        uint256 accountId,
        uint64 oldest
    ) external view returns (uint64 time) {
        if (claim.accountId != accountId) revert IPortfolioAward.WrongAccount(claim.accountId);
        CLOCK.requireNewest(claim.snapshotId);
        time = EquityProof.check(REGISTRY, LEDGER, claim, IPortfolioLedger(LEDGER).commitmentOf(accountId));
        _requireNoOlder(time, oldest);
    }

    /// @inheritdoc IFactChecker
    function requirePresentCeiling(
        CeilingClaim calldata claim,
        uint256 accountId,
        uint64 oldest,
        uint256 ceiling
    ) external view {
        CLOCK.requireNewest(claim.snapshotId);
        uint256 commitment = IPortfolioLedger(LEDGER).commitmentOf(accountId);
        CeilingProof.Subject memory subject = CeilingProof.Subject(accountId, commitment, ceiling);
        _requireNoOlder(CeilingProof.check(REGISTRY, LEDGER, claim, subject), oldest);
    }

    /// @inheritdoc IFactChecker
    function requireNewestReduction(
        ReductionClaim calldata claim,
        ReductionProof.Subject calldata subject
    ) external view returns (uint64 time) {
        CLOCK.requireNewest(claim.snapshotId);
        return ReductionProof.check(REGISTRY, LEDGER, claim, subject);
    }

    /// @inheritdoc IFactChecker
    function requireHealthyTaker(address taker, uint256 accountId, uint256 commitment) external view {
        if (IPortfolioLedger(LEDGER).ownerOf(accountId) != taker) revert IPortfolioAward.NotYourAccount(accountId);
        ICoverageRegistry.Attestation memory found = REGISTRY.attestation(accountId, commitment);
        if (!found.isCurrent || found.tier > 1) revert IPortfolioAward.NotHealthy(accountId, commitment);
        CLOCK.requireNewest(found.snapshotId);
    }

    /// @inheritdoc IFactChecker
    function isInTierZeroNow(uint256 accountId, uint256 commitment) external view returns (bool) {
        ICoverageRegistry.Attestation memory found = REGISTRY.attestation(accountId, commitment);
        if (!found.isCurrent || found.tier != 0 || !CLOCK.isNewest(found.snapshotId)) return false;
        // Later prices may be known and still wait for the clock's spacing.
        // One that is void counts too: what it hides below may be sound, and the next sound one is minutes away.
        (, uint64 latest) = ISnapshotOracle(REGISTRY.oracle()).latestSnapshot();
        return latest <= found.snapshotTime;
    }

    /// @inheritdoc IFactChecker
    function clock() external view returns (address) {
        return address(CLOCK);
    }

    /// @notice Reverts unless prices are no older than those that moved a case.
    /// @param time of their snapshot.
    /// @param oldest of the case's.
    function _requireNoOlder(uint64 time, uint64 oldest) private pure {
        if (time < oldest) revert IPortfolioAward.ProofTooOld(time, oldest);
    }
}
