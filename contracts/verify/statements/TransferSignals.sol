// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Transfer circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library TransferSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 11;
    /// @notice Index of `accountA`.
    uint256 internal constant ACCOUNT_A = 0;
    /// @notice Index of `oldA`.
    uint256 internal constant OLD_A = 1;
    /// @notice Index of `newA`.
    uint256 internal constant NEW_A = 2;
    /// @notice Index of `accountB`.
    uint256 internal constant ACCOUNT_B = 3;
    /// @notice Index of `oldB`.
    uint256 internal constant OLD_B = 4;
    /// @notice Index of `newB`.
    uint256 internal constant NEW_B = 5;
    /// @notice Index of `settlementId`.
    uint256 internal constant SETTLEMENT_ID = 6;
    /// @notice Index of `cash`.
    uint256 internal constant CASH = 7;
    /// @notice Index of `funding`.
    uint256 internal constant FUNDING = 8;
    /// @notice Index of `rest`.
    uint256 internal constant REST = 9;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 10;

    /// @notice The signal `accountA`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountA(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `oldA`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function oldA(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `newA`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function newA(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `accountB`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountB(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[3];
    }

    /// @notice The signal `oldB`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function oldB(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[4];
    }

    /// @notice The signal `newB`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function newB(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[5];
    }

    /// @notice The signal `settlementId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function settlementId(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[6];
    }

    /// @notice The signal `cash`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function cash(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[7];
    }

    /// @notice The signal `funding`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function funding(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[8];
    }

    /// @notice The signal `rest`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function rest(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[9];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[11] memory signals) internal pure returns (uint256) {
        return signals[10];
    }
}
