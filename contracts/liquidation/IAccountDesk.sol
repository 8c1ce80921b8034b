// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "./facts/Claims.sol";
import {IExpiryDesk} from "./IExpiryDesk.sol";

/// @title Cash of an account, in and out by proof
/// @author Ballast
/// @notice Tokens go into the venue's vault, or out of it, together with the lots in the account's portfolio: a
/// transfer proof without a counterparty, whose `funding` is how many. Nobody owns the desk, and it holds no tokens.
interface IAccountDesk is IExpiryDesk {
    /// @notice Lots came into an account, and their tokens into the vault.
    /// @param accountId the account.
    /// @param payer whose tokens they were.
    /// @param lots of the settlement asset.
    event AccountDeposited(uint256 indexed accountId, address indexed payer, uint256 lots);

    /// @notice Lots left an account; the vault pays their tokens when the withdrawal's time has come.
    /// @param accountId the account.
    /// @param withdrawalId the vault's number for it.
    /// @param lots of the settlement asset.
    event AccountWithdrawn(uint256 indexed accountId, uint256 indexed withdrawalId, uint256 lots);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice The transfer has a counterparty or cash, or its funding is not what this moves.
    error WrongTransfer();

    /// @notice Only the account's owner may do this; the venue may pay in, too.
    error NotAllowed(address caller);

    /// @notice The account is challenged: attest, and settle the challenge first.
    error AccountChallenged(uint256 accountId);

    /// @notice The portfolio that is left has no current attestation of tier 0.
    error NotInTierZero(uint256 commitment);

    /// @notice The account's breach is proven: open its case, and cure it by a deposit there.
    error BreachProven(uint256 accountId);

    /// @notice The owner moved cash the same way a moment ago: wait until then.
    error TooSoon(uint64 until);

    /// @notice Pays lots into an account from the caller's tokens, which it must have approved; the account's owner
    /// may, once in ten minutes, and the venue at any time, but not while the owner has locked the account. What is
    /// left is kept, so who knew the opening knows the new one. The owner of an account whose breach is proven pays in
    /// by a case, and here in a pause alone, when none can be opened. Purpose: `purposeOf("deposit", caller)`.
    /// @param claim its A is the account, without a counterparty; its funding is the lots, at least one.
    function deposit(TransferClaim calldata claim) external;

    /// @notice Takes lots out of an account that is neither in a case nor challenged; its owner may, once in ten
    /// minutes. The vault pays them an hour later, and the venue can't stop it. What is left is kept. Purpose:
    /// `purposeOf("withdraw", to)`.
    /// @param claim its A is the account, without a counterparty; its funding is -lots; the new portfolio is attested
    /// at tier 0 in the newest snapshot, and in no other; none later is published, though it may wait to be entered.
    /// @param to who is paid.
    /// @return withdrawalId the vault's number for the payment.
    function withdraw(TransferClaim calldata claim, address to) external returns (uint256 withdrawalId);

    /// @notice What a transfer here is proven for.
    /// @param action "deposit" or "withdraw", as bytes32.
    /// @param party who pays, or who is paid.
    /// @return keccak256(abi.encode(action, party)).
    function purposeOf(bytes32 action, address party) external pure returns (bytes32);

    /// @notice The venue's ledger.
    /// @return the ledger's address, fixed at deployment.
    function ledger() external view returns (address);

    /// @notice Which accounts may have fenced lots.
    /// @return the anchor book's address, fixed at deployment.
    function anchors() external view returns (address);
}
