// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.24;

/// @notice The part of Ballast's PortfolioLedger that a consumer reads.
interface ILedger {
    /// @dev Reverts with UnknownAccount where there is no such account.
    function commitmentOf(uint256 accountId) external view returns (uint256);

    /// @dev Zero where nobody acts for the account on chain.
    function ownerOf(uint256 accountId) external view returns (address);
}

/// @notice The part of Ballast's CoverageRegistry that a consumer reads.
interface ICoverage {
    struct Attestation {
        bool exists;
        bool isCurrent;
        uint8 tier;
        uint64 snapshotTime;
        uint64 attestedAt;
        uint64 expiresAt;
        uint256 snapshotId;
        bytes32 circuitId;
    }

    function attestation(uint256 accountId, uint256 commitment) external view returns (Attestation memory);
}

/// @title A gate for accounts that are proven healthy
/// @notice A lender, a vault or a clearing member lets an account do something while its present portfolio is attested
/// in tier 0 by a market that is young enough for the lender's own taste.
contract MarginGate {
    /// @notice The account's present portfolio has no current attestation in tier 0.
    error NotProvenHealthy(uint256 accountId);

    ILedger public immutable ledger;
    ICoverage public immutable coverage;
    /// @notice How old the attested market may be, in seconds; the registry's own limit holds besides.
    uint64 public immutable maxAge;

    constructor(ILedger ledger_, ICoverage coverage_, uint64 maxAge_) {
        ledger = ledger_;
        coverage = coverage_;
        maxAge = maxAge_;
    }

    /// @notice Whether the account is proven healthy now.
    /// @param accountId the account. Reverts with the ledger's UnknownAccount where there is none.
    function isProvenHealthy(uint256 accountId) public view returns (bool) {
        // The ledger says which portfolio is the account's own: an attestation alone could be of any.
        uint256 commitment = ledger.commitmentOf(accountId);
        ICoverage.Attestation memory found = coverage.attestation(accountId, commitment);
        return found.isCurrent && found.tier == 0 && block.timestamp <= uint256(found.snapshotTime) + maxAge;
    }

    /// @notice What only a healthy account may do.
    modifier onlyProvenHealthy(uint256 accountId) {
        if (!isProvenHealthy(accountId)) revert NotProvenHealthy(accountId);
        _;
    }
}
