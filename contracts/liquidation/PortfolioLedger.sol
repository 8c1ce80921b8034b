// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "../clearing/IClearingHouse.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {ITransferVerifier} from "../verify/statements/ITransferVerifier.sol";
import {TransferSignals} from "../verify/statements/TransferSignals.sol";
import {AccountIds} from "./AccountIds.sol";
import {AccountOpening} from "./AccountOpening.sol";
import {Rest, TransferClaim} from "./facts/Claims.sol";
import {SignedSignal} from "./facts/SignedSignal.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {LedgerBook} from "./LedgerBook.sol";

/// @title PortfolioLedger
/// @author Ballast
/// @notice Which portfolio is an account's current one.
/// @dev A transfer proof serves once: its context names chain, ledger, purpose, deadline and both accounts' nonces, and
/// every change of an account raises its nonce. So it serves neither again after the accounts come back to the
/// commitments it started from, nor for anybody or anything but what it was made for.
contract PortfolioLedger is AccountOpening {
    /// @notice The statement whose proofs move positions.
    bytes8 public constant KIND = "transfer";
    /// @notice What a trade's proof is made for.
    bytes32 public constant TRADE = keccak256(abi.encode(bytes32("trade")));
    /// @notice How long an owner can keep the venue from changing its account, and how long it must let it then.
    uint64 public constant LONGEST_LOCK = 1 days;
    /// @notice Domain of the context.
    bytes32 private constant DOMAIN = keccak256("ballast.transfer.context.v1");

    /// @notice Only the venue may call, and only while it hasn't stopped.
    modifier onlyVenue() {
        if (msg.sender != venue()) revert OnlyVenue(msg.sender);
        _requireRunning();
        _;
    }

    /// @notice Starts without accounts. Engine and clearing house are deployed later, at addresses known already: they
    /// check that this ledger is theirs.
    /// @param vault_ the venue's tokens; its venue keeps ordinary accounts.
    /// @param engine_ what may freeze and move.
    /// @param clearingHouse_ what may move, for its own accounts.
    /// @param verifiers_ the list of verifiers.
    /// @param settlementId_ the collateral asset in which cash is paid.
    constructor(
        ICollateralVault vault_,
        address engine_,
        address clearingHouse_,
        IVerifierRegistry verifiers_,
        uint32 settlementId_
    ) LedgerBook(vault_, engine_, clearingHouse_, verifiers_, settlementId_) {}

    /// @inheritdoc IPortfolioLedger
    function register(
        uint256 accountId,
        uint256 commitment,
        address owner,
        bool guarded
    ) external onlyVenue {
        if (AccountIds.isOpened(accountId)) revert ReservedId(accountId);
        if (guarded != (accountId == _houseAccount())) revert OnlyHouseGuarded(accountId);
        _add(accountId, commitment, owner, guarded);
        Account storage added = _accounts[accountId];
        _setNamed(added);
        _setSaid(added);
    }

    /// @inheritdoc IPortfolioLedger
    function update(Change[][] calldata groups) external onlyVenue {
        if (groups.length == 0) revert NothingToUpdate();
        IChallengeBook challenges = IChallengeBook(ILiquidationEngine(engine).challenges());
        for (uint256 i = 0; i < groups.length; ++i) {
            Change[] calldata group = groups[i];
            if (group.length == 0) revert NothingToUpdate();
            (uint256 accountId, Refusal refusal) = _refusalOf(group, challenges);
            if (refusal != Refusal.None) {
                emit UpdateSkipped(accountId, i, refusal);
                continue;
            }
            for (uint256 j = 0; j < group.length; ++j) {
                Change calldata change = group[j];
                if (_accounts[change.accountId].nonce != change.nonce) revert AccountTwice(change.accountId);
                _setCommitment(change.accountId, change.commitment, 0);
            }
        }
    }

    /// @inheritdoc IPortfolioLedger
    function setOwner(uint256 accountId, address owner) external {
        Account storage found = _existing(accountId);
        address current = found.owner;
        bool isVenues = current == address(0) || !_isSettled(found.namedAt, found.namedBy);
        if (isVenues && msg.sender == venue()) {
            _requireRunning();
            _setNamed(found);
        } else if (msg.sender != current) {
            revert OnlyOwner(msg.sender);
        }
        found.owner = owner;
        emit OwnerChanged(accountId, owner);
    }

    /// @inheritdoc IPortfolioLedger
    function lock(uint256 accountId, uint64 until) external {
        if (msg.sender != _existing(accountId).owner) revert OnlyOwner(msg.sender);
        if (!isOwnerSettled(accountId)) revert OwnerUnsettled(accountId);
        uint64 last = lockedUntil[accountId];
        bool isTooSoon = last != 0 && block.timestamp < last + LONGEST_LOCK;
        if (until <= block.timestamp || until > block.timestamp + LONGEST_LOCK || isTooSoon) revert InvalidLock(until);
        lockedUntil[accountId] = until;
        emit AccountLocked(accountId, until);
    }

    /// @inheritdoc IPortfolioLedger
    function trade(TransferClaim calldata claim) external onlyVenue {
        if (claim.accountB == 0) revert InvalidCounterparty();
        if (claim.funding != 0) revert FundingNotAllowed(claim.funding);
        _requireOrdinary(claim.accountA);
        _requireOrdinary(claim.accountB);
        _transfer(claim, Rest.Free, TRADE);
    }

    /// @inheritdoc IPortfolioLedger
    function move(TransferClaim calldata claim, Rest rest, bytes32 purpose) external {
        bool byDesk = msg.sender == desk;
        bool byHouse = !byDesk && msg.sender != engine;
        if (byHouse && !_isHouse(msg.sender)) revert OnlyLiquidation(msg.sender);
        if (address(EXITS) != address(0)) EXITS.requireMovable(claim.accountA, claim.accountB, rest == Rest.Whole);
        Account storage a = _existing(claim.accountA);
        bool isKept = a.frozen && (byDesk || (byHouse && !_isSoft(claim.accountA)));
        if (isKept) revert AccountFrozen(claim.accountA);
        if (!byHouse && a.guarded) revert AccountGuarded(claim.accountA);
        if (byDesk && claim.accountB != 0) revert InvalidCounterparty();
        if (_accounts[claim.accountB].frozen) revert AccountFrozen(claim.accountB);
        (uint64 updatedAt, bool wasEmpty) = (a.updatedAt, _isEmpty(claim.accountA, a));
        _transfer(claim, rest, purpose);
        // Else whoever deposits a lot again and again could never be asked about prices since.
        if (byDesk && claim.funding > 0 && !wasEmpty) a.updatedAt = updatedAt;
    }

    /// @inheritdoc IPortfolioLedger
    function closeExpired(uint256 accountId, uint256 commitment, uint64 since) external {
        if (msg.sender != desk) revert OnlyLiquidation(msg.sender);
        Account storage found = _existing(accountId);
        uint64 updatedAt = found.updatedAt;
        // SOUNDNESS: no counterparty has a hand in it, and no price but the one that every snapshot has since.
        _setCommitment(accountId, commitment, _rootOf(found));
        found.updatedAt = updatedAt > since ? updatedAt : since;
    }

    /// @inheritdoc IPortfolioLedger
    function setFrozen(uint256 accountId, bool frozen) external {
        if (msg.sender != engine) revert OnlyLiquidation(msg.sender);
        Account storage found = _existing(accountId);
        if (found.guarded) revert AccountGuarded(accountId);
        found.frozen = frozen;
        emit FrozenChanged(accountId, frozen);
    }

    /// @inheritdoc IPortfolioLedger
    function contextOf(
        uint256 accountA,
        uint256 accountB,
        bytes32 purpose,
        uint64 deadline
    ) public view returns (uint256) {
        uint32 nonceA = _existing(accountA).nonce;
        uint32 nonceB = accountB == 0 ? 0 : _existing(accountB).nonce;
        bytes memory encoded = abi.encode(DOMAIN, block.chainid, address(this), purpose, nonceA, nonceB, deadline);
        return uint256(keccak256(encoded)) >> 3;
    }

    /// @notice Checks a transfer and makes it, or reverts.
    /// @param claim the transfer.
    /// @param rest what A is left.
    /// @param purpose what the proof was made for.
    function _transfer(TransferClaim calldata claim, Rest rest, bytes32 purpose) private {
        if (block.timestamp > claim.deadline) revert TransferExpired(claim.deadline);
        if (claim.accountA == claim.accountB) revert SameAccount(claim.accountA);
        bool alone = claim.accountB == 0;
        if (alone && (claim.newB != 0 || claim.cash != 0)) revert InvalidCounterparty();
        (address verifier, ) = VERIFIERS.verifierFor(claim.circuitId, KIND);
        uint256[11] memory signals = _signals(claim, rest, purpose);
        if (!ITransferVerifier(verifier).verify(claim.proof, signals)) revert InvalidTransferProof();
        Account storage a = _accounts[claim.accountA];
        // SOUNDNESS: a counterparty may be of the venue's making, and hand its losses on; a case bounds what it costs.
        _setCommitment(claim.accountA, claim.newA, alone || a.frozen ? _rootOf(a) : 0);
        if (!alone) _setCommitment(claim.accountB, claim.newB, 0);
        emit Transferred(claim.accountA, claim.accountB, purpose);
    }

    /// @notice Whether the venue's word counts for a group.
    /// @param group the accounts.
    /// @param challenges who is challenged.
    /// @return accountId the first for which it doesn't, or 0.
    /// @return refusal why.
    function _refusalOf(
        Change[] calldata group,
        IChallengeBook challenges
    ) private view returns (uint256 accountId, Refusal refusal) {
        for (uint256 i = 0; i < group.length; ++i) {
            accountId = group[i].accountId;
            Account storage found = _existing(accountId);
            if (found.nonce != group[i].nonce) return (accountId, Refusal.Changed);
            if (found.frozen) return (accountId, Refusal.Frozen);
            if (found.guarded) return (accountId, Refusal.Guarded);
            if (_isEmpty(accountId, found)) return (accountId, Refusal.Empty);
            if (block.timestamp < lockedUntil[accountId]) return (accountId, Refusal.Locked);
            if (challenges.isChallenged(accountId)) return (accountId, Refusal.Challenged);
        }
        return (0, Refusal.None);
    }

    /// @notice The clearing house's own account.
    /// @return its id. Reverts while the clearing house is not deployed: nobody takes the id before.
    function _houseAccount() private view returns (uint256) {
        if (clearingHouse.code.length == 0) revert HouseMissing();
        return IClearingHouse(clearingHouse).houseAccount();
    }

    /// @notice Whether an account's case is in Soft, where the account can still be deleveraged.
    /// @param accountId the account, which is frozen.
    /// @return whether nobody proves a transfer of the whole of it yet.
    function _isSoft(uint256 accountId) private view returns (bool) {
        return ILiquidationEngine(engine).statusOf(accountId) == ILiquidationEngine.Status.Soft;
    }

    /// @notice The public signals of a transfer between these accounts as they are now.
    /// @param claim the transfer.
    /// @param rest what A is left.
    /// @param purpose what the proof was made for.
    /// @return signals in the circuit's order.
    function _signals(
        TransferClaim calldata claim,
        Rest rest,
        bytes32 purpose
    ) private view returns (uint256[11] memory signals) {
        signals[TransferSignals.CONTEXT] = contextOf(claim.accountA, claim.accountB, purpose, claim.deadline);
        signals[TransferSignals.ACCOUNT_A] = claim.accountA;
        signals[TransferSignals.OLD_A] = _accounts[claim.accountA].commitment;
        signals[TransferSignals.NEW_A] = claim.newA;
        signals[TransferSignals.ACCOUNT_B] = claim.accountB;
        signals[TransferSignals.OLD_B] = _accounts[claim.accountB].commitment;
        signals[TransferSignals.NEW_B] = claim.newB;
        signals[TransferSignals.SETTLEMENT_ID] = settlementId;
        signals[TransferSignals.CASH] = SignedSignal.encode(claim.cash);
        signals[TransferSignals.FUNDING] = SignedSignal.encode(claim.funding);
        signals[TransferSignals.REST] = uint256(rest);
    }

    /// @notice Reverts unless the venue may change the account.
    /// @param accountId its id.
    function _requireOrdinary(uint256 accountId) private view {
        Account storage found = _existing(accountId);
        if (found.frozen) revert AccountFrozen(accountId);
        if (found.guarded) revert AccountGuarded(accountId);
        uint64 until = lockedUntil[accountId];
        if (block.timestamp < until) revert AccountIsLocked(accountId, until);
    }

}
