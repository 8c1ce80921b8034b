// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IClearingHouse} from "../clearing/IClearingHouse.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {VaultDeposits} from "../solvency/VaultDeposits.sol";
import {CaseBook} from "./CaseBook.sol";
import {Evidence} from "./Evidence.sol";
import {EquityClaim, ReductionClaim, Rest, TransferClaim} from "./facts/Claims.sol";
import {ReductionProof} from "./facts/ReductionProof.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title LiquidationEngine
/// @author Ballast
/// @notice No proof, no liquidation.
/// @dev Where a case is is in CaseBook; here is what moves it. Auction and sale are trusted to call `move`, `close` and
/// `award` only when their own rules say so; what those calls may do to an account is still bounded here: a whole
/// portfolio by a transfer proof made for this case, version and actor. The engine holds no tokens.
contract LiquidationEngine is Evidence, ReentrancyGuardTransient {
    using VaultDeposits for ICollateralVault;

    /// @notice Purpose of a transfer that cures.
    bytes32 public constant CURE = "cure";
    /// @notice Purpose of a slice.
    bytes32 public constant REDUCE = "reduce";
    /// @notice Purpose of an award or a sale.
    bytes32 public constant AWARD = "award";
    /// @notice Purpose of a takeover.
    bytes32 public constant TAKE_OVER = "takeover";

    /// @notice The asset in which tokens come in.
    uint32 private immutable SETTLEMENT_ID;

    /// @notice Only auction and sale may call.
    modifier onlyAuction() {
        if (msg.sender != auction && msg.sender != sale) revert OnlyAuction(msg.sender);
        _;
    }

    /// @notice Starts without cases.
    /// @param owner who may schedule new parameters.
    /// @param parts what it works with.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        Parts memory parts,
        Parameters memory parameters_
    ) Governed(owner) CaseBook(parts, parameters_) {
        SETTLEMENT_ID = parts.ledger.settlementId();
    }

    /// @inheritdoc ILiquidationEngine
    function open(uint256 accountId) external nonReentrant returns (uint256 caseId) {
        if (paused()) revert Paused();
        IPortfolioLedger.Account memory account = requireOpenable(accountId);
        ICoverageRegistry.Attestation memory shown = _requireAttested(
            accountId,
            account.commitment,
            account.updatedAt
        );
        if (shown.tier < 2) revert WrongTier(shown.tier);
        Case storage found;
        (caseId, found) = _open(accountId, shown.tier, true, shown.snapshotTime, shown.snapshotId);
        found.challenger = IChallengeBook(challenges).caseOpened(accountId, caseId);
    }

    /// @inheritdoc ILiquidationEngine
    function openByChallenge(
        uint256 accountId,
        address challenger,
        uint64 askedTime
    ) external nonReentrant returns (uint256 caseId) {
        if (msg.sender != challenges) revert OnlyChallenges(msg.sender);
        if (paused()) revert Paused();
        requireOpenable(accountId);
        Case storage found;
        (caseId, found) = _open(accountId, 2, false, askedTime, 0);
        found.challenger = challenger;
    }

    /// @inheritdoc ILiquidationEngine
    function cure(uint256 caseId) external nonReentrant {
        Case storage found = _openCase(caseId);
        _requireHealthy(found, _commitmentOf(found.accountId));
        _close(caseId, found, Outcome.Cured);
    }

    /// @inheritdoc ILiquidationEngine
    function cureByTransfer(uint256 caseId, TransferClaim calldata claim) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (claim.accountA != found.accountId || claim.funding < 0) revert WrongTransfer();
        if (claim.accountB == 0) {
            if (claim.funding == 0) revert WrongTransfer();
        } else {
            if (msg.sender != LEDGER.venue()) revert NotAllowed(msg.sender);
            _requireCounterparty(claim.accountB);
        }
        _requireHealthy(found, claim.newA);
        bytes32 purpose = purposeOf(CURE, caseId, found.version, msg.sender);
        _close(caseId, found, Outcome.Cured);
        // SOUNDNESS: kept, whoever moves it. A salt of the venue's, or of a stranger's, would take the account from who
        // opens it, and one of the owner's would hide it.
        LEDGER.move(claim, Rest.Kept, purpose);
        if (claim.funding > 0) VAULT.depositFor(SETTLEMENT_ID, uint64(claim.funding), claim.accountA);
    }

    /// @inheritdoc ILiquidationEngine
    function reduce(
        uint256 caseId,
        TransferClaim calldata claim,
        ReductionClaim calldata reduction,
        EquityClaim[] calldata house
    ) external nonReentrant {
        (Case storage found, ) = _runningCase(caseId);
        if (found.status != Status.Soft) revert WrongStatus(caseId, found.status);
        if (claim.accountA != found.accountId || claim.accountB == 0 || claim.funding != 0) revert WrongTransfer();
        _requireTaker(claim, house);
        _proveLatest(found);
        if (!found.proven) revert BreachUnproven(caseId);
        ICoverageRegistry.Attestation memory shown = _currentAttestation(found.accountId, claim.newA);
        _requireNoOlder(clock.requireNewest(shown.snapshotId), found.snapshotTime);
        ReductionProof.Subject memory subject = ReductionProof.Subject({
            accountId: claim.accountA,
            oldCommitment: _commitmentOf(claim.accountA),
            newCommitment: claim.newA,
            maxPenalty: _parameters.maxPenalty
        });
        _requireNoOlder(facts.requireNewestReduction(reduction, subject), found.snapshotTime);
        bytes32 purpose = purposeOf(REDUCE, caseId, found.version, msg.sender);
        emit CaseReduced(caseId, claim.accountB, ++found.version);
        LEDGER.move(claim, Rest.Kept, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function escalate(uint256 caseId) external nonReentrant {
        (Case storage found, uint64 served) = _runningCase(caseId);
        if (found.status != Status.Soft) revert WrongStatus(caseId, found.status);
        (bool counts, uint256 snapshotId) = _proveLatest(found);
        bool isWorse = counts && found.tier > 2;
        if (!isWorse && served < found.until) revert TooEarly(found.until);
        _move(caseId, found, counts ? _placeBy(found.tier, snapshotId) : Status.Sealed);
    }

    /// @inheritdoc ILiquidationEngine
    function abandon(uint256 caseId) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (!_isOver(found, _served())) revert CaseNotOver(caseId);
        _close(caseId, found, Outcome.Abandoned);
    }

    /// @inheritdoc ILiquidationEngine
    function move(
        uint256 caseId,
        Status status,
        uint8 tier,
        uint64 snapshotTime
    ) external onlyAuction nonReentrant {
        (Case storage found, ) = _runningCase(caseId);
        bool isThere = found.status != Status.Soft && (status == Status.Sale || status == Status.Takeover);
        if (!isThere) revert WrongStatus(caseId, found.status);
        if (tier < 2) revert WrongTier(tier);
        _prove(found, tier, snapshotTime);
        _move(caseId, found, status);
    }

    /// @inheritdoc ILiquidationEngine
    function close(
        uint256 caseId,
        Outcome outcome,
        uint8 tier,
        uint64 snapshotTime
    ) external onlyAuction nonReentrant {
        Case storage found = _openCase(caseId);
        bool isCure = outcome == Outcome.Cured;
        if (found.status == Status.Soft || (!isCure && outcome != Outcome.Abandoned)) {
            revert WrongStatus(caseId, found.status);
        }
        if (isCure) {
            if (tier > 1) revert WrongTier(tier);
            _requireNoOlder(snapshotTime, found.snapshotTime);
        }
        _close(caseId, found, outcome);
    }

    /// @inheritdoc ILiquidationEngine
    function award(
        uint256 caseId,
        TransferClaim calldata claim,
        address buyer
    ) external onlyAuction nonReentrant {
        (Case storage found, ) = _runningCase(caseId);
        bool isSealed = msg.sender == auction;
        if (found.status != (isSealed ? Status.Sealed : Status.Sale)) revert WrongStatus(caseId, found.status);
        bool isAllowed = claim.accountA == found.accountId && claim.funding == 0 && claim.cash >= 0;
        if (!isAllowed || claim.accountB == 0) revert WrongTransfer();
        _requireOrdinary(claim.accountB);
        bytes32 purpose = purposeOf(AWARD, caseId, found.version, buyer);
        _close(caseId, found, isSealed ? Outcome.Awarded : Outcome.Sold);
        LEDGER.move(claim, Rest.Whole, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function takeOver(
        uint256 caseId,
        TransferClaim calldata claim,
        EquityClaim calldata equity
    ) external nonReentrant {
        if (msg.sender != clearingHouse) revert OnlyClearingHouse(msg.sender);
        (Case storage found, uint64 served) = _runningCase(caseId);
        if (found.status != Status.Takeover) revert WrongStatus(caseId, found.status);
        IClearingHouse house = IClearingHouse(clearingHouse);
        bool isAllowed = claim.accountA == found.accountId && claim.funding == 0 && claim.cash == 0;
        if (!isAllowed || !_account(claim.accountB).guarded) revert WrongTransfer();
        if (served < found.until) revert TooEarly(found.until);
        if (equity.accountId != found.accountId) revert WrongAccount(equity.accountId);
        facts.requireNewestEquity(equity, _commitmentOf(found.accountId));
        _requireNoOlder(clock.entryOf(equity.snapshotId).enteredAt, found.phaseAt + 1);
        if (equity.tier < 2) revert WrongTier(equity.tier);
        if (equity.equity >= int256(house.microsPerLot())) revert EquityLeft(equity.equity);
        bytes32 purpose = purposeOf(TAKE_OVER, caseId, found.version, msg.sender);
        _close(caseId, found, Outcome.TakenOver);
        LEDGER.move(claim, Rest.Whole, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function isBreachProven(uint256 accountId) external view returns (bool) {
        IPortfolioLedger.Account memory account = _account(accountId);
        ICoverageRegistry.Attestation memory found = _attestation(accountId, account.commitment);
        return found.tier > 1 && _counts(found, account.updatedAt);
    }

    /// @inheritdoc ILiquidationEngine
    function purposeOf(
        bytes32 action,
        uint256 caseId,
        uint32 version,
        address actor
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(action, caseId, version, actor));
    }

    /// @notice Takes over what the latest attestation of the present portfolio shows of a case, if it counts. Reverts
    /// where the account is healthy: it is cured instead.
    /// @param found the case.
    /// @return counts whether there is one.
    /// @return snapshotId its snapshot.
    function _proveLatest(Case storage found) private returns (bool counts, uint256 snapshotId) {
        IPortfolioLedger.Account memory account = _account(found.accountId);
        ICoverageRegistry.Attestation memory latest = _attestation(found.accountId, account.commitment);
        // A breach by older prices than the portfolio is none, as in `open`.
        bool isTimely = latest.tier < 2 || latest.snapshotTime >= account.updatedAt;
        if (!isTimely || !_counts(latest, found.snapshotTime)) return (false, 0);
        if (latest.tier < 2) revert WrongTier(latest.tier);
        _prove(found, latest.tier, latest.snapshotTime);
        return (true, latest.snapshotId);
    }

    /// @notice Reverts unless the caller may have account B take a slice.
    /// @param claim the slice.
    /// @param house B's equity before and after it where that is one of the house's accounts, else nothing.
    function _requireTaker(TransferClaim calldata claim, EquityClaim[] calldata house) private view {
        if (!_account(claim.accountB).guarded) {
            if (msg.sender != LEDGER.venue()) revert NotAllowed(msg.sender);
            if (house.length != 0) revert WrongTransfer();
            _requireCounterparty(claim.accountB);
            return;
        }
        if (msg.sender != IClearingHouse(clearingHouse).operator()) revert NotAllowed(msg.sender);
        if (house.length != 2) revert WrongTransfer();
        EquityClaim calldata before = house[0];
        EquityClaim calldata afterwards = house[1];
        bool ofTaker = before.accountId == claim.accountB && afterwards.accountId == claim.accountB;
        if (!ofTaker) revert WrongTransfer();
        // Two snapshots are good for money while one gives way to the next: a comparison is by one of them.
        if (before.snapshotId != afterwards.snapshotId) revert WrongTransfer();
        facts.requireNewestEquity(before, _commitmentOf(claim.accountB));
        facts.requireNewestEquity(afterwards, claim.newB);
        if (afterwards.equity < before.equity) revert HouseWouldLose();
    }
}
