// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {CaseBook} from "./CaseBook.sol";
import {IAccountOpening} from "./IAccountOpening.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title Evidence
/// @author Ballast
/// @notice What must be true of accounts in a case: what attestations prove of them, and by prices of when (the newest
/// for a cure; a snapshot in the market clock's line, at most `openAge` old, for a breach), and who may be a
/// counterparty.
abstract contract Evidence is CaseBook {
    /// @inheritdoc ILiquidationEngine
    function requireOpenable(
        uint256 accountId
    ) public view returns (IPortfolioLedger.Account memory account) {
        account = _account(accountId);
        if (account.guarded) revert HouseAccount(accountId);
        if (LEDGER.isEmpty(accountId)) revert IAccountOpening.AccountEmpty(accountId);
        uint256 caseId = openCaseOf[accountId];
        if (caseId != 0) revert CaseIsOpen(caseId);
    }

    /// @notice Reverts unless a commitment of the case's account is attested healthy by the newest prices, which are no
    /// older than the case's.
    /// @param found the case.
    /// @param commitment the commitment.
    function _requireHealthy(Case storage found, uint256 commitment) internal view {
        ICoverageRegistry.Attestation memory shown = _currentAttestation(found.accountId, commitment);
        _requireNoOlder(clock.requireNewest(shown.snapshotId), found.snapshotTime);
        if (shown.tier > 1) revert WrongTier(shown.tier);
    }

    /// @notice Reverts unless a commitment is attested by a snapshot in the line that is at most `openAge` old.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @param leastTime the oldest time that the snapshot may have, Unix seconds.
    /// @return shown the attestation.
    function _requireAttested(
        uint256 accountId,
        uint256 commitment,
        uint64 leastTime
    ) internal view returns (ICoverageRegistry.Attestation memory shown) {
        shown = _currentAttestation(accountId, commitment);
        uint64 time = clock.entryOf(shown.snapshotId).time;
        if (time == 0) revert SnapshotNotEntered(shown.snapshotId);
        _requireNoOlder(time, _oldest(leastTime));
    }

    /// @notice Whether an attestation counts now: current, in the line, and young enough.
    /// @param given the attestation.
    /// @param leastTime the oldest time that its snapshot may have, Unix seconds.
    /// @return whether `_requireAttested` would let it pass.
    function _counts(
        ICoverageRegistry.Attestation memory given,
        uint64 leastTime
    ) internal view returns (bool) {
        return given.isCurrent && clock.entryOf(given.snapshotId).time >= _oldest(leastTime);
    }

    /// @notice A commitment's attestation, or a revert.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @return found the attestation, which is current.
    function _currentAttestation(
        uint256 accountId,
        uint256 commitment
    ) internal view returns (ICoverageRegistry.Attestation memory found) {
        found = _attestation(accountId, commitment);
        if (!found.isCurrent) revert NoCurrentAttestation(accountId, commitment);
    }

    /// @notice The oldest that a snapshot may be. The line takes none before its time, so one that is no older than a
    /// portfolio has come in after it too.
    /// @param leastTime the oldest time that it may have anyway, Unix seconds.
    /// @return that, or `openAge` ago where it is later; never 0.
    function _oldest(uint64 leastTime) internal view returns (uint64) {
        uint64 youngest = uint64(block.timestamp) - _parameters.openAge;
        return leastTime > youngest ? leastTime : youngest;
    }

    /// @notice Reverts if a time is before another.
    /// @param time the time, Unix seconds.
    /// @param oldest what it must be at least.
    function _requireNoOlder(uint64 time, uint64 oldest) internal pure {
        if (time < oldest) revert SnapshotTooOld(time, oldest);
    }

    /// @notice Reverts unless an account may be a counterparty: neither frozen nor guarded.
    /// @param accountId the account.
    function _requireOrdinary(uint256 accountId) internal view {
        IPortfolioLedger.Account memory account = _account(accountId);
        if (account.frozen || account.guarded) revert WrongTransfer();
    }

    /// @notice Reverts unless the venue may trade a slice or a cure into an account: an ordinary one that its owner has
    /// not locked. An award needs no such rule: whoever takes it owns the account.
    /// @param accountId the account.
    function _requireCounterparty(uint256 accountId) internal view {
        _requireOrdinary(accountId);
        uint64 until = LEDGER.lockedUntil(accountId);
        if (block.timestamp < until) revert IPortfolioLedger.AccountIsLocked(accountId, until);
    }

    /// @notice A commitment's attestation.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @return what the registry has of it.
    function _attestation(
        uint256 accountId,
        uint256 commitment
    ) internal view returns (ICoverageRegistry.Attestation memory) {
        return REGISTRY.attestation(accountId, commitment);
    }

    /// @notice An account's present portfolio.
    /// @param accountId the account.
    /// @return its commitment.
    function _commitmentOf(uint256 accountId) internal view returns (uint256) {
        return LEDGER.commitmentOf(accountId);
    }

    /// @notice An account, or a revert.
    /// @param accountId the account.
    /// @return what the ledger has.
    function _account(uint256 accountId) internal view returns (IPortfolioLedger.Account memory) {
        return LEDGER.account(accountId);
    }
}
