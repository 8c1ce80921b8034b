// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {CaseBook} from "./CaseBook.sol";

/// @title Evidence
/// @author Ballast
/// @notice What attestations prove in a case, and by prices of when: a snapshot in the market clock's line, at most
/// `openAge` old.
abstract contract Evidence is CaseBook {
    /// @notice Reverts unless a commitment of the case's account is attested healthy, by prices as new as the case.
    /// @param found the case.
    /// @param commitment the commitment.
    function _requireHealthy(Case storage found, uint256 commitment) internal view {
        uint8 tier = _requireAttested(found.accountId, commitment, found.snapshotTime, 0).tier;
        if (tier > 1) revert WrongTier(tier);
    }

    /// @notice Reverts unless a commitment is attested by a snapshot in the line that is at most `openAge` old.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @param leastTime the oldest time that its snapshot may have.
    /// @param leastEntered the earliest that it may have entered the line.
    /// @return shown the attestation.
    function _requireAttested(
        uint256 accountId,
        uint256 commitment,
        uint64 leastTime,
        uint64 leastEntered
    ) internal view returns (ICoverageRegistry.Attestation memory shown) {
        shown = _currentAttestation(accountId, commitment);
        (uint64 time, uint64 oldest) = _agesOf(shown, leastTime, leastEntered);
        if (time == 0) revert SnapshotNotEntered(shown.snapshotId);
        _requireNoOlder(time, oldest);
    }

    /// @notice A commitment's attestation, or a revert.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @return found the attestation, which is current.
    function _currentAttestation(
        uint256 accountId,
        uint256 commitment
    ) internal view returns (ICoverageRegistry.Attestation memory found) {
        found = REGISTRY.attestation(accountId, commitment);
        if (!found.isCurrent) revert NoCurrentAttestation(accountId, commitment);
    }

    /// @notice A time of an attestation's snapshot, and the least that it must be: of the two that matter the one that
    /// fails, if one does.
    /// @param given the attestation.
    /// @param leastTime the oldest time that its snapshot may have; `openAge` from now on it is too old anyway.
    /// @param leastEntered the earliest that it may have entered the line.
    /// @return time the snapshot's, or when it entered; 0 of one that isn't in the line.
    /// @return oldest what it must be at least; not 0.
    function _agesOf(
        ICoverageRegistry.Attestation memory given,
        uint64 leastTime,
        uint64 leastEntered
    ) internal view returns (uint64 time, uint64 oldest) {
        IMarketClock.Entry memory entry = clock.entryOf(given.snapshotId);
        if (entry.enteredAt < leastEntered) return (entry.enteredAt, leastEntered);
        return (entry.time, _later(leastTime, uint64(block.timestamp) - _parameters.openAge));
    }

    /// @notice Reverts if a time is before another.
    /// @param time the time, Unix seconds.
    /// @param oldest what it must be at least.
    function _requireNoOlder(uint64 time, uint64 oldest) internal pure {
        if (time < oldest) revert SnapshotTooOld(time, oldest);
    }

    /// @notice The later of two times.
    /// @param a the one.
    /// @param b the other.
    /// @return the later.
    function _later(uint64 a, uint64 b) internal pure returns (uint64) {
        return a > b ? a : b;
    }
}
