// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Report circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library ReportSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 23;
    /// @notice Index of `batches`.
    uint256 internal constant BATCHES = 0;
    /// @notice Index of `state`.
    uint256 internal constant STATE = 1;
    /// @notice Index of `tier0`.
    uint256 internal constant TIER0 = 2;
    /// @notice Index of `tier1`.
    uint256 internal constant TIER1 = 3;
    /// @notice Index of `tier2`.
    uint256 internal constant TIER2 = 4;
    /// @notice Index of `tier3`.
    uint256 internal constant TIER3 = 5;
    /// @notice Index of `tier4`.
    uint256 internal constant TIER4 = 6;
    /// @notice Index of `currentShortfall`.
    uint256 internal constant CURRENT_SHORTFALL = 7;
    /// @notice Index of `worstScenario`.
    uint256 internal constant WORST_SCENARIO = 8;
    /// @notice Index of `worstShortfall`.
    uint256 internal constant WORST_SHORTFALL = 9;
    /// @notice Index of `cover1Scenario`.
    uint256 internal constant COVER1_SCENARIO = 10;
    /// @notice Index of `cover1Shortfall`.
    uint256 internal constant COVER1_SHORTFALL = 11;
    /// @notice Index of `cover2Scenario`.
    uint256 internal constant COVER2_SCENARIO = 12;
    /// @notice Index of `cover2Shortfall`.
    uint256 internal constant COVER2_SHORTFALL = 13;
    /// @notice Index of `demand0`.
    uint256 internal constant DEMAND0 = 14;
    /// @notice Index of `demand1`.
    uint256 internal constant DEMAND1 = 15;
    /// @notice Index of `demand2`.
    uint256 internal constant DEMAND2 = 16;
    /// @notice Index of `demand3`.
    uint256 internal constant DEMAND3 = 17;
    /// @notice Index of `demand4`.
    uint256 internal constant DEMAND4 = 18;
    /// @notice Index of `demand5`.
    uint256 internal constant DEMAND5 = 19;
    /// @notice Index of `netting`.
    uint256 internal constant NETTING = 20;
    /// @notice Index of `zeta`.
    uint256 internal constant ZETA = 21;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 22;

    /// @notice The signal `batches`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function batches(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `state`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function state(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `tier0`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function tier0(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `tier1`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function tier1(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[3];
    }

    /// @notice The signal `tier2`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function tier2(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[4];
    }

    /// @notice The signal `tier3`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function tier3(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[5];
    }

    /// @notice The signal `tier4`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function tier4(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[6];
    }

    /// @notice The signal `currentShortfall`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function currentShortfall(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[7];
    }

    /// @notice The signal `worstScenario`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function worstScenario(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[8];
    }

    /// @notice The signal `worstShortfall`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function worstShortfall(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[9];
    }

    /// @notice The signal `cover1Scenario`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function cover1Scenario(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[10];
    }

    /// @notice The signal `cover1Shortfall`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function cover1Shortfall(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[11];
    }

    /// @notice The signal `cover2Scenario`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function cover2Scenario(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[12];
    }

    /// @notice The signal `cover2Shortfall`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function cover2Shortfall(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[13];
    }

    /// @notice The signal `demand0`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand0(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[14];
    }

    /// @notice The signal `demand1`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand1(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[15];
    }

    /// @notice The signal `demand2`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand2(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[16];
    }

    /// @notice The signal `demand3`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand3(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[17];
    }

    /// @notice The signal `demand4`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand4(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[18];
    }

    /// @notice The signal `demand5`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function demand5(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[19];
    }

    /// @notice The signal `netting`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function netting(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[20];
    }

    /// @notice The signal `zeta`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function zeta(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[21];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[23] memory signals) internal pure returns (uint256) {
        return signals[22];
    }
}
