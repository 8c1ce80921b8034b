// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.24;

import {ICoverage, ILedger, MarginGate} from "./MarginGate.sol";

/// @title An action behind the gate: a lender keeps a line of credit for owners of accounts that are proven healthy
/// @notice Moves no money: it only counts.
contract Lender is MarginGate {
    /// @notice The sender doesn't act for this account.
    error NotYourAccount(uint256 accountId);

    mapping(uint256 accountId => uint256) public drawn;

    constructor(ILedger ledger_, ICoverage coverage_, uint64 maxAge_) MarginGate(ledger_, coverage_, maxAge_) {}

    /// @notice Draws on an account's line; only its owner may, and only while it is proven healthy.
    /// @param accountId the account.
    /// @param amount how much more.
    function draw(uint256 accountId, uint256 amount) external onlyProvenHealthy(accountId) {
        // Ids are public: without this line anybody could use another's proof.
        if (ledger.ownerOf(accountId) != msg.sender) revert NotYourAccount(accountId);
        drawn[accountId] += amount;
    }
}
