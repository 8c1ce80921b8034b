// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The context of a proof that states a fact
/// @author Ballast
/// @notice Proofs of all statements but transfers say what is true of commitments, whoever asks: their context binds
/// the chain, the venue's ledger, the statement and a deadline, and is the same for all contracts of the venue
/// (docs/protocol/encodings.md, section 8). What may follow from the fact is up to the contract that is shown it.
library FactContext {
    /// @notice Domain of the context.
    bytes32 internal constant DOMAIN = keccak256("ballast.fact.context.v1");

    /// @notice The public signal `context`, on this chain: 253 bits, so it is always a field element.
    /// @param ledger the venue's ledger.
    /// @param kind the statement, as verifiers call it: "equity", "ceiling", "reduce", "delever", "member" or "empty".
    /// @param deadline Unix seconds.
    /// @return the context.
    function compute(address ledger, bytes32 kind, uint64 deadline) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN, block.chainid, ledger, kind, deadline))) >> 3;
    }
}
