// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title An attestation in one storage slot
/// @author Ballast
/// @notice From the low bits: tier (8), circuit index (32), snapshot number (32), attested at (64), snapshot time (64).
library AttestationSlot {
    /// @notice A slot with tier 0; or a tier into it.
    /// @param time the snapshot's time.
    /// @param attestedAt_ the time of the attestation.
    /// @param sequence the snapshot's number.
    /// @param circuit the circuit's index.
    /// @return the slot.
    function pack(uint64 time, uint64 attestedAt_, uint32 sequence, uint32 circuit) internal pure returns (uint256) {
        return
            (uint256(time) << 136) | (uint256(attestedAt_) << 72) | (uint256(sequence) << 40) | (uint256(circuit) << 8);
    }

    /// @notice When the attestation was made.
    /// @param slot the slot.
    /// @return Unix seconds.
    function attestedAt(uint256 slot) internal pure returns (uint64) {
        return uint64(slot >> 72);
    }

    /// @notice The snapshot's number.
    /// @param slot the slot.
    /// @return from 1.
    function snapshotSequence(uint256 slot) internal pure returns (uint32) {
        return uint32(slot >> 40);
    }

    /// @notice The circuit's index.
    /// @param slot the slot.
    /// @return from 0.
    function circuitIndex(uint256 slot) internal pure returns (uint32) {
        return uint32(slot >> 8);
    }

    /// @notice The snapshot time in a slot: 0 when nothing is attested.
    /// @param slot the slot.
    /// @return Unix seconds.
    function snapshotTime(uint256 slot) internal pure returns (uint64) {
        return uint64(slot >> 136);
    }

    /// @notice The tier in a slot.
    /// @param slot the slot.
    /// @return 0 to 4.
    function tier(uint256 slot) internal pure returns (uint8) {
        return uint8(slot);
    }
}
