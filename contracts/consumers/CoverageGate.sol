// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {ISolvencyRegistry} from "../solvency/ISolvencyRegistry.sol";

/// @title A gate for what only proven accounts and venues may do
/// @author Ballast
/// @notice A lender, a vault or a clearing member inherits from it and puts a modifier before an action. What is not
/// proven is refused: a gate that is shut says "not proven", never "unhealthy".
/// @dev The modifiers say nothing of who calls: ids of accounts are public. An action for an account asks
/// `ledger.ownerOf(accountId)` besides.
abstract contract CoverageGate {
    /// @notice The venue's accounts: it says which portfolio is an account's own.
    IPortfolioLedger public immutable ledger;

    /// @notice The attestations of accounts.
    ICoverageRegistry public immutable coverage;

    /// @notice The account is in a case, or its present portfolio has no current attestation of the tier and the age.
    error NotCovered(uint256 accountId, uint8 maxTier, uint64 maxAge);

    /// @notice The venue's last run is not current, too old, or its funds cover less of the worst scenario.
    error NotSolvent(address registry, uint256 minCoverage, uint64 maxAge);

    /// @notice Ledger and registry must be contracts.
    error NotAContract(address given);

    constructor(IPortfolioLedger ledger_, ICoverageRegistry coverage_) {
        if (address(ledger_).code.length == 0) revert NotAContract(address(ledger_));
        if (address(coverage_).code.length == 0) revert NotAContract(address(coverage_));
        ledger = ledger_;
        coverage = coverage_;
    }

    /// @notice Lets through what concerns a covered account.
    /// @param accountId the account.
    /// @param maxTier the worst tier that will do, 0 to 4: 0 holds the initial requirement, 1 is in the soft band.
    /// @param maxAge how old the attested market may be, in seconds; the registry's own limit holds besides.
    modifier onlyCovered(
        uint256 accountId,
        uint8 maxTier,
        uint64 maxAge
    ) {
        if (!isCovered(accountId, maxTier, maxAge)) revert NotCovered(accountId, maxTier, maxAge);
        _;
    }

    /// @notice Lets through what rests on a venue's solvency.
    /// @param registry the venue's only registry: yours to know, never the caller's to name.
    /// @param minCoverage the least part of the worst scenario's shortfall that the funds hold, in ppm.
    /// @param maxAge how old the run's market may be, in seconds; the registry's own limit holds besides.
    modifier onlySolventVenue(
        ISolvencyRegistry registry,
        uint256 minCoverage,
        uint64 maxAge
    ) {
        if (!isSolvent(registry, minCoverage, maxAge)) revert NotSolvent(address(registry), minCoverage, maxAge);
        _;
    }

    /// @notice Whether the account's present portfolio is attested, and no case has it.
    /// @param accountId the account. Reverts with the ledger's UnknownAccount where there is none.
    /// @param maxTier the worst tier that will do.
    /// @param maxAge how old the attested market may be, in seconds.
    /// @return whether it is covered now.
    function isCovered(uint256 accountId, uint8 maxTier, uint64 maxAge) public view returns (bool) {
        // Anybody can attest a portfolio under any id: the ledger says which commitment is the account's own.
        IPortfolioLedger.Account memory account = ledger.account(accountId);
        ICoverageRegistry.Attestation memory found = coverage.attestation(accountId, account.commitment);
        return
            found.isCurrent &&
            !account.frozen &&
            found.tier <= maxTier &&
            block.timestamp <= uint256(found.snapshotTime) + maxAge;
    }

    /// @notice Whether the venue's last run is current, young enough, and covered.
    /// @param registry the venue's only registry.
    /// @param minCoverage the least part of the worst shortfall that the funds hold, in ppm.
    /// @param maxAge how old the run's market may be, in seconds.
    /// @return whether the venue is proven solvent now.
    function isSolvent(ISolvencyRegistry registry, uint256 minCoverage, uint64 maxAge) public view returns (bool) {
        ISolvencyRegistry.Attestation memory last = registry.latest();
        return
            last.isCurrent &&
            last.coverageRatio >= minCoverage &&
            block.timestamp <= uint256(last.snapshotTime) + maxAge;
    }
}
