// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Ids of accounts
/// @author Ballast
/// @notice Ids from 2^253 on are for accounts that anyone opens: they follow from who opens which account of its own,
/// so nobody takes another's. All others are the venue's to give away.
library AccountIds {
    /// @notice Domain of an opened account's id.
    bytes32 internal constant DOMAIN = keccak256("ballast.account.id.v1");
    /// @notice The lowest id of an opened account.
    uint256 internal constant FIRST_OPENED = 1 << 253;

    /// @notice Whether an id is one of an account that anyone opens.
    /// @param accountId the id.
    /// @return whether it lies in their range.
    function isOpened(uint256 accountId) internal pure returns (bool) {
        return accountId >> 253 == 1;
    }

    /// @notice The id of an account that somebody opens: below 2^253 + 2^252, so always a field element.
    /// @param ledger the venue's ledger.
    /// @param opener who opens it.
    /// @param n which of its own it is, of its choice.
    /// @return the id.
    function compute(address ledger, address opener, uint256 n) internal view returns (uint256) {
        bytes memory encoded = abi.encode(DOMAIN, block.chainid, ledger, opener, n);
        return FIRST_OPENED + (uint256(keccak256(encoded)) >> 4);
    }
}
