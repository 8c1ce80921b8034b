// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "../clearing/ILossPools.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {Bounds} from "../shared/Bounds.sol";
import {Governed} from "../shared/Governed.sol";
import {FactChecker} from "./facts/FactChecker.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {ILiquidationAuction} from "./ILiquidationAuction.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {Payments} from "./Payments.sol";

/// @title CaseBook
/// @author Ballast
/// @notice The cases of the liquidation engine: how they open, advance, are cured and close.
abstract contract CaseBook is ILiquidationEngine, Governed, Payments {
    /// @notice `snapshotTime` of a case that silence opened, while no proof has moved it on.
    uint64 internal constant NO_PROOF = 0;

    /// @notice How long new cases stay paused, unless the guardian allows them sooner.
    uint64 public constant PAUSE_LENGTH = 3 days;
    /// @notice From the beginning of one pause to that of the next, whoever is guardian.
    uint64 public constant PAUSE_SPACING = 30 days;

    /// @notice Parameters when a case moves on act on the phase it enters; a running phase keeps its end.
    Parameters internal _parameters;

    /// @notice The accounts.
    IPortfolioLedger internal immutable LEDGER;
    /// @notice Whose attestations count.
    ICoverageRegistry internal immutable REGISTRY;
    /// @notice Which prices are the newest, and how long they have served.
    IMarketClock internal immutable CLOCK;
    /// @inheritdoc ILiquidationEngine
    address public immutable override auction;
    /// @inheritdoc ILiquidationEngine
    address public immutable override clearingHouse;
    /// @inheritdoc ILiquidationEngine
    IFactChecker public immutable override facts;

    /// @inheritdoc ILiquidationEngine
    uint256 public override caseCount;
    /// @inheritdoc ILiquidationEngine
    uint256 public override pendingTakeovers;
    /// @inheritdoc ILiquidationEngine
    mapping(uint256 accountId => uint256 caseId) public override openCaseOf;
    /// @inheritdoc ILiquidationEngine
    address public override guardian;
    /// @inheritdoc ILiquidationEngine
    uint64 public override pausedUntil;
    /// @inheritdoc ILiquidationEngine
    uint64 public override nextPauseAt;
    /// @notice The cases.
    mapping(uint256 caseId => Case found) private _cases;

    /// @notice Only the auction may call.
    modifier onlyAuction() {
        if (msg.sender != auction) revert OnlyAuction(msg.sender);
        _;
    }

    /// @notice Checks that the parts belong together.
    /// @param parts what it works with.
    /// @param parameters_ the first parameters.
    constructor(
        Parts memory parts,
        Parameters memory parameters_
    ) Payments(parts.vault, parts.ledger.settlementId()) {
        bool ofLedger = parts.ledger.engine() == address(this) &&
            parts.ledger.clearingHouse() == parts.clearingHouse &&
            parts.ledger.verifiers() == parts.registry.verifiers();
        bool ofClock = parts.clock.registry() == address(parts.registry);
        bool ofVault = parts.ledger.vault() == address(parts.vault) && parts.auction != address(0);
        if (!ofLedger || !ofClock || !ofVault || parts.guardian == address(0)) revert PartsMismatch();
        (LEDGER, REGISTRY, CLOCK) = (parts.ledger, parts.registry, parts.clock);
        (auction, clearingHouse) = (parts.auction, parts.clearingHouse);
        _setGuardian(parts.guardian);
        facts = new FactChecker(parts.registry, parts.clock, address(parts.ledger));
        _setParameters(parameters_);
    }

    /// @inheritdoc ILiquidationEngine
    function cure(uint256 caseId) external nonReentrant {
        Case storage found = _openCase(caseId);
        _requireHealthy(found, LEDGER.commitmentOf(found.accountId));
        _close(caseId, found, Outcome.Cured);
    }

    /// @inheritdoc ILiquidationEngine
    function escalate(uint256 caseId) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (found.status != Status.Soft) revert WrongStatus(caseId, found.status);
        ICoverageRegistry.Attestation memory latest = _attestationOf(found.accountId);
        // A breach by older prices than the portfolio is none, as in `open`.
        uint64 least = latest.tier < 2 ? 0 : LEDGER.account(found.accountId).updatedAt;
        bool counts = latest.isCurrent && latest.snapshotTime >= found.snapshotTime && latest.snapshotTime >= least;
        if (counts && latest.tier < 2) revert WrongTier(latest.tier); // a healthy account is cured instead
        bool isWorse = counts && latest.tier > 2;
        if (!isWorse && block.timestamp <= found.deadline) revert TooEarly(found.deadline);
        if (counts) (found.tier, found.snapshotTime) = (latest.tier, latest.snapshotTime);
        _enter(caseId, found, counts && latest.tier == 4 ? Status.Takeover : Status.Sealed);
    }

    /// @inheritdoc ILiquidationEngine
    function abandon(uint256 caseId) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (found.status != Status.Takeover) revert WrongStatus(caseId, found.status);
        if (block.timestamp <= found.deadline) revert TooEarly(found.deadline);
        _close(caseId, found, Outcome.Abandoned);
    }

    /// @inheritdoc ILiquidationEngine
    function advance(
        uint256 caseId,
        Status status,
        uint8 tier,
        uint64 snapshotTime
    ) external onlyAuction {
        Case storage found = _openCase(caseId);
        bool toSale = status == Status.Sale && found.status == Status.Sealed;
        bool toTakeover = status == Status.Takeover && (found.status == Status.Sealed || found.status == Status.Sale);
        if (!toSale && !toTakeover) revert WrongStatus(caseId, found.status);
        if (snapshotTime > found.snapshotTime) (found.tier, found.snapshotTime) = (tier, snapshotTime);
        // Nobody loses a whole portfolio for nothing because it could not attest.
        if (toTakeover && found.snapshotTime == NO_PROOF) _close(caseId, found, Outcome.Abandoned);
        else _enter(caseId, found, status);
    }

    /// @inheritdoc ILiquidationEngine
    function setPaused(bool paused_) external {
        if (msg.sender != guardian) revert OnlyGuardian(msg.sender);
        uint64 now_ = uint64(block.timestamp);
        uint64 until = now_;
        if (paused_) {
            if (now_ < nextPauseAt) revert PausedTooOften(nextPauseAt);
            (until, nextPauseAt) = (now_ + PAUSE_LENGTH, now_ + PAUSE_SPACING);
        }
        pausedUntil = until;
        emit PausedChanged(paused_, until);
    }

    /// @inheritdoc ILiquidationEngine
    function setGuardian(address guardian_) external onlyScheduled {
        _setGuardian(guardian_);
    }

    /// @inheritdoc ILiquidationEngine
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _setParameters(parameters_);
    }

    /// @inheritdoc ILiquidationEngine
    function caseOf(uint256 caseId) external view returns (Case memory found) {
        found = _cases[caseId];
        if (found.status == Status.None) revert UnknownCase(caseId);
    }

    /// @inheritdoc ILiquidationEngine
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc ILiquidationEngine
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc ILiquidationEngine
    function vault() external view returns (address) {
        return address(VAULT);
    }

    /// @inheritdoc ILiquidationEngine
    function registry() external view returns (address) {
        return address(REGISTRY);
    }

    /// @inheritdoc ILiquidationEngine
    function clock() external view returns (address) {
        return address(CLOCK);
    }

    /// @inheritdoc ILiquidationEngine
    function paused() public view returns (bool) {
        return block.timestamp < pausedUntil;
    }

    /// @notice Opens a case of an account for which `_requireOpenable` passed, and freezes it.
    /// @param accountId the account.
    /// @param tier 2, 3 or 4.
    /// @param snapshotTime that of the proof, or NO_PROOF.
    /// @param snapshotId that of the proof, or 0.
    /// @return caseId the case.
    function _openBy(
        uint256 accountId,
        uint8 tier,
        uint64 snapshotTime,
        uint256 snapshotId
    ) internal returns (uint256 caseId) {
        caseId = ++caseCount;
        Case storage found = _cases[caseId];
        (found.accountId, found.tier, found.snapshotTime) = (accountId, tier, snapshotTime);
        found.openedAt = uint64(block.timestamp);
        openCaseOf[accountId] = caseId;
        Status status = tier == 2 ? Status.Soft : tier == 3 ? Status.Sealed : Status.Takeover;
        emit CaseOpened(caseId, accountId, snapshotId, status);
        LEDGER.setFrozen(accountId, true);
        _enter(caseId, found, status);
    }

    /// @notice Closes a case; its account is free again.
    /// @param caseId the case.
    /// @param found the stored case of that number.
    /// @param outcome how it ended.
    function _close(uint256 caseId, Case storage found, Outcome outcome) internal {
        if (found.status == Status.Takeover) --pendingTakeovers;
        (found.status, found.outcome) = (Status.Closed, outcome);
        (found.closedAt, found.deadline) = (uint64(block.timestamp), 0);
        ++found.version;
        delete openCaseOf[found.accountId];
        emit CaseClosed(caseId, found.accountId, outcome);
        LEDGER.setFrozen(found.accountId, false);
    }

    /// @notice A case that is not closed, or a revert.
    /// @param caseId the case, from 1.
    /// @return found the case.
    function _openCase(uint256 caseId) internal view returns (Case storage found) {
        found = _cases[caseId];
        if (found.status == Status.None) revert UnknownCase(caseId);
        if (found.status == Status.Closed) revert WrongStatus(caseId, Status.Closed);
    }

    /// @notice Reverts unless a case of the account could be opened.
    /// @param accountId the account.
    /// @return updatedAt when its portfolio last changed.
    function _requireOpenable(uint256 accountId) internal view returns (uint64 updatedAt) {
        IPortfolioLedger.Account memory account = LEDGER.account(accountId);
        if (account.guarded) revert HouseAccount(accountId);
        uint256 caseId = openCaseOf[accountId];
        if (caseId != 0) revert CaseIsOpen(caseId);
        return account.updatedAt;
    }

    /// @notice Reverts unless an account may be a counterparty: neither frozen nor guarded.
    /// @param accountId the account.
    function _requireOrdinary(uint256 accountId) internal view {
        IPortfolioLedger.Account memory account = LEDGER.account(accountId);
        if (account.frozen || account.guarded) revert WrongTransfer();
    }

    /// @notice Reverts unless the venue may trade a slice or a cure into an account: an ordinary one that its owner has
    /// not locked. An award needs no such rule: whoever takes it owns the account.
    /// @param accountId the account.
    function _requireCounterparty(uint256 accountId) internal view {
        _requireOrdinary(accountId);
        uint64 until = LEDGER.lockedUntil(accountId);
        if (block.timestamp < until) revert IPortfolioLedger.AccountIsLocked(accountId, until);
    }

    /// @notice Reverts unless a commitment of the case's account is attested healthy, no earlier than the case's proof.
    /// @param found the case.
    /// @param commitment the commitment.
    function _requireHealthy(Case storage found, uint256 commitment) internal view {
        uint8 tier = _requireAttested(found, commitment);
        if (tier > 1) revert WrongTier(tier);
    }

    /// @notice Reverts unless a commitment of the case's account is attested, no earlier than the case's proof.
    /// @param found the case.
    /// @param commitment the commitment.
    /// @return its tier.
    function _requireAttested(Case storage found, uint256 commitment) internal view returns (uint8) {
        ICoverageRegistry.Attestation memory latest = REGISTRY.attestation(found.accountId, commitment);
        if (!latest.isCurrent) revert NoCurrentAttestation(found.accountId, commitment);
        if (latest.snapshotTime < found.snapshotTime) {
            revert SnapshotTooOld(latest.snapshotTime, found.snapshotTime);
        }
        return latest.tier;
    }

    /// @notice The attestation of an account's present portfolio.
    /// @param accountId the account.
    /// @return the attestation; `isCurrent` is false when there is none.
    function _attestationOf(uint256 accountId) internal view returns (ICoverageRegistry.Attestation memory) {
        return REGISTRY.attestation(accountId, LEDGER.commitmentOf(accountId));
    }

    /// @notice The clearing house.
    /// @return whom forfeits and taxes are owed to.
    function _collector() internal view override returns (ILossPools) {
        return ILossPools(clearingHouse);
    }

    /// @notice Moves a case on.
    /// @param caseId the case.
    /// @param found the stored case of that number.
    /// @param status where it goes.
    function _enter(uint256 caseId, Case storage found, Status status) private {
        uint64 now_ = uint64(block.timestamp);
        (found.status, found.phaseAt, found.deadline) = (status, now_, 0);
        ++found.version;
        if (status == Status.Soft) found.deadline = now_ + _parameters.softWindow;
        if (status == Status.Takeover) {
            found.deadline = now_ + _parameters.takeoverWindow;
            ++pendingTakeovers;
        }
        emit CaseAdvanced(caseId, status, found.version, found.deadline);
        if (status == Status.Sealed) ILiquidationAuction(auction).open(caseId);
    }

    /// @notice Checks and sets the guardian.
    /// @param guardian_ the new one.
    function _setGuardian(address guardian_) private {
        if (guardian_ == address(0)) revert InvalidParameter("guardian", 0);
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    /// @notice Checks and sets the parameters.
    /// @param parameters_ the new ones.
    function _setParameters(Parameters memory parameters_) private {
        Bounds.requireWithin("softWindow", parameters_.softWindow, 10 minutes, 3 days);
        Bounds.requireWithin("challengeWindow", parameters_.challengeWindow, 10 minutes, 7 days);
        Bounds.requireWithin("takeoverWindow", parameters_.takeoverWindow, 1 days, 30 days);
        Bounds.requireWithin("challengeBond", parameters_.challengeBond, 1, 1 << 100);
        Bounds.requireWithin("maxPenalty", parameters_.maxPenalty, 0, 100_000);
        _parameters = parameters_;
        emit ParametersChanged(parameters_);
    }
}
