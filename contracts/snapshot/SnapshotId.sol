// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";

/// @title Snapshot ids
/// @author Ballast
/// @notice docs/protocol/encodings.md, sections 3 and 4.
library SnapshotId {
    /// @notice Domain of the id.
    bytes32 internal constant DOMAIN = keccak256("ballast.snapshot.v2");

    /// @notice The id of a snapshot: 253 bits, so it is always a field element.
    /// @param header the header.
    /// @param policyHash the hash of the policy.
    /// @return the id.
    function compute(ISnapshotOracle.Header calldata header, bytes32 policyHash) internal pure returns (uint256) {
        bytes memory encoded = abi.encode(
            DOMAIN,
            header.time,
            header.tableHash,
            header.rowCount,
            header.scenarios,
            header.underlyings,
            policyHash,
            header.inputHash,
            header.oracleRound
        );
        return uint256(keccak256(encoded)) >> 3;
    }

    /// @notice The hash of a policy's elements.
    /// @param policy the elements.
    /// @return keccak256 of the elements as 32-byte words.
    function hashPolicy(uint256[] calldata policy) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(policy));
    }
}
