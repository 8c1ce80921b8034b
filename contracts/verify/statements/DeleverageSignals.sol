// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Deleverage circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library DeleverageSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 11;
    /// @notice Index of `accountId`.
    uint256 internal constant ACCOUNT_ID = 0;
    /// @notice Index of `oldCommitment`.
    uint256 internal constant OLD_COMMITMENT = 1;
    /// @notice Index of `newCommitment`.
    uint256 internal constant NEW_COMMITMENT = 2;
    /// @notice Index of `settlementId`.
    uint256 internal constant SETTLEMENT_ID = 3;
    /// @notice Index of `instrumentId`.
    uint256 internal constant INSTRUMENT_ID = 4;
    /// @notice Index of `isShort`.
    uint256 internal constant IS_SHORT = 5;
    /// @notice Index of `closing`.
    uint256 internal constant CLOSING = 6;
    /// @notice Index of `open`.
    uint256 internal constant OPEN = 7;
    /// @notice Index of `price`.
    uint256 internal constant PRICE = 8;
    /// @notice Index of `closed`.
    uint256 internal constant CLOSED = 9;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 10;

    /// @notice The signal `accountId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountId(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `oldCommitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function oldCommitment(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `newCommitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function newCommitment(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `settlementId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function settlementId(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[3];
    }

    /// @notice The signal `instrumentId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function instrumentId(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[4];
    }

    /// @notice The signal `isShort`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function isShort(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[5];
    }

    /// @notice The signal `closing`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function closing(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[6];
    }

    /// @notice The signal `open`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function open(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[7];
    }

    /// @notice The signal `price`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function price(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[8];
    }

    /// @notice The signal `closed`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function closed(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[9];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[10];
    }
}
