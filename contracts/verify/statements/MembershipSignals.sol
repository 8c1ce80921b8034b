// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Per-proof signals of Membership circuits, by name
/// @author Ballast
/// @notice In the order of the circuit's public inputs.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
library MembershipSignals {
    /// @notice How many there are.
    uint256 internal constant COUNT = 4;
    /// @notice Index of `accountsRoot`.
    uint256 internal constant ACCOUNTS_ROOT = 0;
    /// @notice Index of `accountId`.
    uint256 internal constant ACCOUNT_ID = 1;
    /// @notice Index of `commitment`.
    uint256 internal constant COMMITMENT = 2;
    /// @notice Index of `context`.
    uint256 internal constant CONTEXT = 3;

    /// @notice Puts the signals in their order.
    /// @param accountsRoot_ the signal `accountsRoot`.
    /// @param accountId_ the signal `accountId`.
    /// @param commitment_ the signal `commitment`.
    /// @param context_ the signal `context`.
    /// @return signals all of them, in the circuit's order.
    function encode(
        uint256 accountsRoot_,
        uint256 accountId_,
        uint256 commitment_,
        uint256 context_
    ) internal pure returns (uint256[4] memory signals) {
        signals[0] = accountsRoot_;
        signals[1] = accountId_;
        signals[2] = commitment_;
        signals[3] = context_;
    }

    /// @notice The signal `accountsRoot`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountsRoot(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[0];
    }

    /// @notice The signal `accountId`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function accountId(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[1];
    }

    /// @notice The signal `commitment`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function commitment(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[2];
    }

    /// @notice The signal `context`.
    /// @param signals all of them, in the circuit's order.
    /// @return a field element; one that the verifier took is below the scalar field.
    function context(uint256[4] memory signals) internal pure returns (uint256) {
        return signals[3];
    }
}
