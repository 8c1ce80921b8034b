// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Reduction circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs, after the cached ones.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library ReductionSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 5;
    /// @notice Index of `accountId`.
    uint256 internal constant ACCOUNT_ID = 0;
    /// @notice Index of `oldCommitment`.
    uint256 internal constant OLD_COMMITMENT = 1;
    /// @notice Index of `newCommitment`.
    uint256 internal constant NEW_COMMITMENT = 2;
    /// @notice Index of `maxPenalty`.
    uint256 internal constant MAX_PENALTY = 3;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 4;

    /// @notice Puts the signals in their order.
    /// @param accountId_ the signal `accountId`.
    /// @param oldCommitment_ the signal `oldCommitment`.
    /// @param newCommitment_ the signal `newCommitment`.
    /// @param maxPenalty_ the signal `maxPenalty`.
    /// @param context_ the signal `context`.
    /// @return signals all of them, in the circuit's order.
    function encode(
        uint256 accountId_,
        uint256 oldCommitment_,
        uint256 newCommitment_,
        uint256 maxPenalty_,
        uint256 context_
    ) internal pure returns (uint256[5] memory signals) {
        signals[0] = accountId_;
        signals[1] = oldCommitment_;
        signals[2] = newCommitment_;
        signals[3] = maxPenalty_;
        signals[4] = context_;
    }

    /// @notice The signal `accountId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountId(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `oldCommitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function oldCommitment(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `newCommitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function newCommitment(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `maxPenalty`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function maxPenalty(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[3];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[4];
    }
}
