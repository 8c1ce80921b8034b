// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";

/// @title Ranges of policy elements
/// @author Ballast
/// @notice docs/protocol/encodings.md, section 3. The circuit checks the same ranges; here a policy that no proof could
/// ever be made for is refused before it is published.
library PolicyRanges {
    /// @notice Parts per million in one.
    uint256 private constant ONE = 1_000_000;

    /// @notice Reverts with InvalidPolicy at the first element that is out of range.
    /// @param policy the elements: (deltaMove, gammaMove, vegaMove) for each underlying, stressWeight, (concRate,
    /// freeDelta, freeGamma) for each underlying, and three strictly descending thresholds, the last one 1,000,000.
    /// @param underlyings K.
    function check(uint256[] calldata policy, uint256 underlyings) internal pure {
        uint256 length = 6 * underlyings + 4;
        if (policy.length != length) revert ISnapshotOracle.InvalidPolicy(policy.length);
        uint256 weight = 3 * underlyings;
        for (uint256 i = 0; i < length; ++i) {
            uint256 bits = 32;
            if (i == weight) bits = 24;
            else if (i > weight && i < length - 3 && (i - weight) % 3 != 1) bits = 80;
            if (policy[i] >> bits != 0) revert ISnapshotOracle.InvalidPolicy(i);
        }
        if (policy[length - 1] != ONE) revert ISnapshotOracle.InvalidPolicy(length - 1);
        if (policy[length - 2] <= ONE) revert ISnapshotOracle.InvalidPolicy(length - 2);
        if (policy[length - 3] <= policy[length - 2]) revert ISnapshotOracle.InvalidPolicy(length - 3);
    }
}
