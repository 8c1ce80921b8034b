// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";
import {PolicyLayout} from "./PolicyLayout.sol";

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
        uint256 length = PolicyLayout.width(underlyings);
        if (policy.length != length) revert ISnapshotOracle.InvalidPolicy(policy.length);
        for (uint256 i = 0; i < length; ++i) {
            if (policy[i] >> PolicyLayout.bitsAt(i, underlyings) != 0) revert ISnapshotOracle.InvalidPolicy(i);
        }
        uint256 initial = PolicyLayout.initialAt(underlyings);
        uint256 soft = PolicyLayout.softAt(underlyings);
        uint256 maintenance = PolicyLayout.maintenanceAt(underlyings);
        if (policy[maintenance] != ONE) revert ISnapshotOracle.InvalidPolicy(maintenance);
        if (policy[soft] <= ONE) revert ISnapshotOracle.InvalidPolicy(soft);
        if (policy[initial] <= policy[soft]) revert ISnapshotOracle.InvalidPolicy(initial);
    }
}
