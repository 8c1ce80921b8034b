// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";
import {Rest, TransferClaim} from "./facts/Claims.sol";
import {IAccountOpening} from "./IAccountOpening.sol";

/// @title Which portfolio is an account's current one
/// @author Ballast
/// @notice One venue's accounts: a commitment and a nonce each. The venue keeps ordinary accounts; a frozen or guarded
/// account changes by a transfer proof alone, and only through the liquidation engine or the clearing house.
interface IPortfolioLedger is IAccountOpening, IBounded {
    /// @notice An account. `updatedAt` is when its commitment last changed, `nonce` how often it has. A deposit by
    /// proof leaves `updatedAt` as it was: the account was worth less before. `root` is the portfolio that the present
    /// one came from by proven deposits and withdrawals alone, and by what a case moved off it; 0: that is the present
    /// one; `rootAt` is since when. A `guarded` account is changed by proofs only, for good. `saidAt` is when the venue
    /// last said what the account has, or traded with it; `namedAt` when it last named the owner; 0: never. `saidBy`
    /// and `namedBy` are how many handovers there had been then: which venue it was.
    struct Account {
        uint256 commitment;
        uint256 root;
        address owner;
        uint64 updatedAt;
        uint32 nonce;
        uint64 rootAt;
        bool frozen;
        bool guarded;
        uint40 saidAt;
        uint32 saidBy;
        uint40 namedAt;
        uint32 namedBy;
    }

    /// @notice What the venue says that an account has from now on, while its nonce is the one that the venue knows.
    struct Change {
        uint256 accountId;
        uint256 commitment;
        uint32 nonce;
    }

    /// @notice Why an update leaves an account as it is, the first that holds: it has changed since; a case has it;
    /// proofs alone change it; it is empty as it was opened; its owner has locked it; somebody asks about it.
    enum Refusal {
        None,
        Changed,
        Frozen,
        Guarded,
        Empty,
        Locked,
        Challenged
    }

    /// @notice The venue added an account, or somebody opened one.
    /// @param accountId the account.
    /// @param commitment its first portfolio; of an opened one an empty one.
    /// @param owner who acts for it on chain; zero: nobody.
    /// @param guarded whether only proofs change it.
    event AccountRegistered(
        uint256 indexed accountId,
        uint256 indexed commitment,
        address indexed owner,
        bool guarded
    );

    /// @notice An account's portfolio changed.
    /// @param accountId the account.
    /// @param commitment the new commitment.
    /// @param nonce how many changes there were.
    event CommitmentChanged(uint256 indexed accountId, uint256 indexed commitment, uint32 nonce);

    /// @notice An update left a group of accounts as they were, because of one of them.
    /// @param accountId the one.
    /// @param group which group of the update, from 0.
    /// @param refusal why.
    event UpdateSkipped(uint256 indexed accountId, uint256 group, Refusal refusal);

    /// @notice Two accounts changed by a transfer proof.
    /// @param accountA the one.
    /// @param accountB the other, or 0.
    /// @param purpose what the proof was made for.
    event Transferred(uint256 indexed accountA, uint256 indexed accountB, bytes32 indexed purpose);

    /// @notice An account was frozen or set free.
    /// @param accountId the account.
    /// @param frozen which of the two.
    event FrozenChanged(uint256 indexed accountId, bool frozen);

    /// @notice An account's owner changed.
    /// @param accountId the account.
    /// @param owner the new one.
    event OwnerChanged(uint256 indexed accountId, address indexed owner);

    /// @notice An owner keeps the venue from changing its account for a while.
    /// @param accountId the account.
    /// @param until Unix seconds.
    event AccountLocked(uint256 indexed accountId, uint64 until);

    /// @notice Only the venue may do this.
    error OnlyVenue(address caller);

    /// @notice Only the liquidation engine, the clearing house or the account desk may do this.
    error OnlyLiquidation(address caller);

    /// @notice Only the account's owner may do this; where it has none, the venue.
    error OnlyOwner(address caller);

    /// @notice The owner was named, or the account changed, by a venue's word shortly before that venue handed over:
    /// the venue of now must have a word first.
    error OwnerUnsettled(uint256 accountId);

    /// @notice The clearing house is not deployed yet: accounts come after it.
    error HouseMissing();

    /// @notice The account exists already.
    error AccountExists(uint256 accountId);

    /// @notice The clearing house's own account is guarded, and no other: no customer is out of reach of cases.
    error OnlyHouseGuarded(uint256 accountId);

    /// @notice The account is not registered.
    error UnknownAccount(uint256 accountId);

    /// @notice The account is frozen: it changes by its liquidation case alone.
    error AccountFrozen(uint256 accountId);

    /// @notice The account is guarded: it changes through the clearing house alone.
    error AccountGuarded(uint256 accountId);

    /// @notice The account's owner has locked it: the venue can change it from `until` on.
    error AccountIsLocked(uint256 accountId, uint64 until);

    /// @notice A lock ends within a day, and the next begins a day after that at the earliest.
    error InvalidLock(uint64 until);

    /// @notice An update or a group of it is empty.
    error NothingToUpdate();

    /// @notice A group of an update has the account twice.
    error AccountTwice(uint256 accountId);

    /// @notice A transfer needs two different accounts.
    error SameAccount(uint256 accountId);

    /// @notice Without a counterparty its new commitment is 0 and no cash is paid; a trade has one.
    error InvalidCounterparty();

    /// @notice A trade moves no tokens: its funding is 0.
    error FundingNotAllowed(int64 funding);

    /// @notice The proof's deadline has passed.
    error TransferExpired(uint64 deadline);

    /// @notice The proof does not verify for these accounts, their current commitments and nonces, and this purpose.
    error InvalidTransferProof();

    /// @notice Adds an account; only the venue may.
    /// @param accountId the account, a field element below 2^253, not 0.
    /// @param commitment its portfolio, a field element, not 0.
    /// @param owner who acts for it on chain; zero: nobody.
    /// @param guarded whether only proofs change it, for good.
    function register(uint256 accountId, uint256 commitment, address owner, bool guarded) external;

    /// @notice Sets accounts' portfolios; only the venue may. A group goes wholly or not at all: accounts that traded
    /// with each other belong into one, so that nobody's loss stays out while another's gain is written. One with an
    /// account that has changed since, or is frozen, challenged, guarded, locked by its owner or still empty, is
    /// skipped, and the others go on: nobody holds a batch up. A challenge is about what the account had: whoever has
    /// answered it ends it (`IChallengeBook.settleChallenge`), and the venue's word counts.
    /// @param groups accounts with their portfolios, field elements, not 0.
    function update(Change[][] calldata groups) external;

    /// @notice Changes an account's owner; only the owner may, or the venue where there is none.
    /// @param accountId the account.
    /// @param owner the new one.
    function setOwner(uint256 accountId, address owner) external;

    /// @notice Whether an account's owner may lock it and take cash out. Not so where a venue named the owner, said
    /// what the account has, or traded with it, and handed over less than three days later: until the venue of now has
    /// a word of its own, `setOwner` or `update`, or was silent for 30 days from then.
    /// @param accountId the account.
    /// @return whether it is so.
    function isOwnerSettled(uint256 accountId) external view returns (bool);

    /// @notice Keeps the venue from changing an account, so that a proof that its owner has made for it (to settle an
    /// award, say) stays good; only the owner may. Cases, proofs and deadlines of the account itself go on.
    /// @param accountId the account.
    /// @param until Unix seconds, at most a day from now; no second lock begins within a day of it.
    function lock(uint256 accountId, uint64 until) external;

    /// @notice Moves positions between two ordinary accounts that aren't frozen, by a proof; only the venue may.
    /// `funding` must be 0, A is left whatever (`Free`), the purpose is `TRADE`, which is
    /// keccak256(abi.encode(bytes32("trade"))).
    /// @param claim the transfer.
    function trade(TransferClaim calldata claim) external;

    /// @notice Moves positions by a proof; only the engine, the clearing house and the account desk may. Who may move
    /// what is theirs to say, but for this: B is never frozen, only the clearing house moves a guarded A, and only the
    /// engine a frozen one, but that the clearing house may too while the account's case is in Soft. The desk deals
    /// with one account at a time. What `funding` brings or takes away in tokens is theirs to move.
    /// @param claim the transfer.
    /// @param rest what A is left.
    /// @param purpose what the proof was made for.
    function move(TransferClaim calldata claim, Rest rest, bytes32 purpose) external;

    /// @notice Keeps what is left of an account without an expired instrument; only the account desk may, which checks
    /// the proof. Any account: frozen, locked, the house's. Its root stays; so does `updatedAt`, but for being no
    /// earlier than `since`.
    /// @param accountId the account.
    /// @param commitment what is left.
    /// @param since from which prices on it is worth what the account was, Unix seconds.
    function closeExpired(uint256 accountId, uint256 commitment, uint64 since) external;

    /// @notice Freezes an ordinary account or sets it free; only the engine may.
    /// @param accountId the account.
    /// @param frozen which of the two.
    function setFrozen(uint256 accountId, bool frozen) external;

    /// @notice An account.
    /// @param accountId its id.
    /// @return the account. Reverts with UnknownAccount when there is none.
    function account(uint256 accountId) external view returns (Account memory);

    /// @notice An account's current commitment.
    /// @param accountId its id.
    /// @return the commitment. Reverts with UnknownAccount when there is none.
    function commitmentOf(uint256 accountId) external view returns (uint256);

    /// @notice The portfolio by which an account can be anchored: what came after it moved tokens in and out by proof,
    /// or what a case took off it.
    /// @param accountId its id.
    /// @return root the account's `root`, or its commitment. Reverts with UnknownAccount when there is none.
    /// @return rootAt when it was set, Unix seconds: what an earlier run counted was another time's portfolio.
    function rootOf(uint256 accountId) external view returns (uint256 root, uint64 rootAt);

    /// @notice Who acts for an account on chain.
    /// @param accountId its id.
    /// @return the owner, or zero.
    function ownerOf(uint256 accountId) external view returns (address);

    /// @notice Until when an account's owner keeps the venue from changing it.
    /// @param accountId its id.
    /// @return until Unix seconds, 0 when it never was locked.
    function lockedUntil(uint256 accountId) external view returns (uint64 until);

    /// @notice The public signal `context` of a transfer:
    /// `uint256(keccak256(abi.encode(keccak256("ballast.transfer.context.v1"), chainid, ledger, purpose, nonceA,
    /// nonceB, deadline))) >> 3`; nonceB is 0 without a counterparty.
    /// @param accountA the one account.
    /// @param accountB the other, or 0.
    /// @param purpose what the proof is made for.
    /// @param deadline Unix seconds.
    /// @return the context.
    function contextOf(
        uint256 accountA,
        uint256 accountB,
        bytes32 purpose,
        uint64 deadline
    ) external view returns (uint256);

    /// @notice Whose accounts these are: the vault's venue, whoever that is now.
    /// @return the venue.
    function venue() external view returns (address);

    /// @notice The venue's tokens.
    /// @return the vault.
    function vault() external view returns (address);

    /// @notice What may freeze and move.
    /// @return the liquidation engine.
    function engine() external view returns (address);

    /// @notice What may move, for its own account.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);

    /// @notice What may move a single account's cash.
    /// @return the account desk, as the vault has it.
    function desk() external view returns (address);

    /// @notice The list of verifiers.
    /// @return its address.
    function verifiers() external view returns (address);

    /// @notice The instrument in which cash is paid: a collateral asset of the vault.
    /// @return its id.
    function settlementId() external view returns (uint32);
}
