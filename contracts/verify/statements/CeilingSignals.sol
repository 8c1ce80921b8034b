// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Ceiling circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs, after the cached ones.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library CeilingSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 4;
    /// @notice Index of `accountId`.
    uint256 internal constant ACCOUNT_ID = 0;
    /// @notice Index of `commitment`.
    uint256 internal constant COMMITMENT = 1;
    /// @notice Index of `ceiling`.
    uint256 internal constant CEILING = 2;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 3;

    /// @notice Puts the signals in their order.
    /// @param accountId_ the signal `accountId`.
    /// @param commitment_ the signal `commitment`.
    /// @param ceiling_ the signal `ceiling`.
    /// @param context_ the signal `context`.
    /// @return signals all of them, in the circuit's order.
    function encode(
        uint256 accountId_,
        uint256 commitment_,
        uint256 ceiling_,
        uint256 context_
    ) internal pure returns (uint256[4] memory signals) {
        signals[0] = accountId_;
        signals[1] = commitment_;
        signals[2] = ceiling_;
        signals[3] = context_;
    }

    /// @notice The signal `accountId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountId(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `commitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function commitment(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `ceiling`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function ceiling(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[3];
    }
}
