// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {CoverageGate} from "./CoverageGate.sol";
import {EasResolver} from "./EasResolver.sol";
import {EasAttestation} from "./IEas.sol";

/// @title An account's margin tier, as an attestation of the Ethereum Attestation Service
/// @author Ballast
/// @notice The schema is `uint256 accountId, uint8 tier, uint64 snapshotTime`; the recipient is the account's owner.
/// @dev It says what held when it was made: the account may have traded since. Whoever needs to know what holds now
/// asks the registry, or CoverageGate.
contract CoverageResolver is EasResolver, CoverageGate {
    constructor(
        address eas_,
        IPortfolioLedger ledger_,
        ICoverageRegistry coverage_
    ) EasResolver(eas_) CoverageGate(ledger_, coverage_) {}

    function _holds(EasAttestation calldata attestation) internal view override returns (bool) {
        (uint256 accountId, uint8 tier, uint64 snapshotTime) = abi.decode(attestation.data, (uint256, uint8, uint64));
        IPortfolioLedger.Account memory account = ledger.account(accountId);
        ICoverageRegistry.Attestation memory found = coverage.attestation(accountId, account.commitment);
        return
            found.isCurrent &&
            !account.frozen &&
            found.tier == tier &&
            found.snapshotTime == snapshotTime &&
            account.owner != address(0) &&
            attestation.recipient == account.owner &&
            _endsWithProof(attestation, found.expiresAt);
    }
}
