// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The context of a coverage proof
/// @author Ballast
/// @notice Binds a proof to a chain, a registry and a deadline (docs/protocol/encodings.md, section 5).
library CoverageContext {
    /// @notice Domain of the context.
    bytes32 internal constant DOMAIN = keccak256("ballast.coverage.context.v1");

    /// @notice The public signal `context`: 253 bits, so it is always a field element.
    /// @param chainId the chain.
    /// @param registry the coverage registry.
    /// @param deadline Unix seconds.
    /// @return the context.
    function compute(uint256 chainId, address registry, uint64 deadline) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN, chainId, registry, deadline))) >> 3;
    }
}
