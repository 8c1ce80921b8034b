// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Solvency circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs, after the cached ones.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library SolvencySignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 5;
    /// @notice Index of `accountsRoot`.
    uint256 internal constant ACCOUNTS_ROOT = 0;
    /// @notice Index of `batchIndex`.
    uint256 internal constant BATCH_INDEX = 1;
    /// @notice Index of `stateIn`.
    uint256 internal constant STATE_IN = 2;
    /// @notice Index of `stateOut`.
    uint256 internal constant STATE_OUT = 3;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 4;

    /// @notice Puts the signals in their order.
    /// @param accountsRoot_ the signal `accountsRoot`.
    /// @param batchIndex_ the signal `batchIndex`.
    /// @param stateIn_ the signal `stateIn`.
    /// @param stateOut_ the signal `stateOut`.
    /// @param context_ the signal `context`.
    /// @return signals all of them, in the circuit's order.
    function encode(
        uint256 accountsRoot_,
        uint256 batchIndex_,
        uint256 stateIn_,
        uint256 stateOut_,
        uint256 context_
    ) internal pure returns (uint256[5] memory signals) {
        signals[0] = accountsRoot_;
        signals[1] = batchIndex_;
        signals[2] = stateIn_;
        signals[3] = stateOut_;
        signals[4] = context_;
    }

    /// @notice The signal `accountsRoot`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountsRoot(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `batchIndex`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function batchIndex(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `stateIn`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function stateIn(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `stateOut`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function stateOut(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[3];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[5] memory signals) internal pure returns (uint256) {
        return signals[4];
    }
}
