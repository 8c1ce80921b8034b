// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {Bounds} from "../shared/Bounds.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {FactChecker} from "./facts/FactChecker.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {ISealedAuction} from "./ISealedAuction.sol";

/// @title CaseBook
/// @author Ballast
/// @notice The cases of the liquidation engine: where each is, how long it may be there, and how it closes.
abstract contract CaseBook is ILiquidationEngine, Governed {
    using Math for uint256;

    /// @notice How long new cases stay paused, unless the guardian allows them sooner.
    uint64 public constant PAUSE_LENGTH = 3 days;
    /// @notice From the beginning of one pause to that of the next, whoever is guardian.
    uint64 public constant PAUSE_SPACING = 30 days;

    /// @notice Parameters when a case opens or moves on act on what begins then; a running window keeps its end.
    Parameters internal _parameters;

    /// @notice The accounts.
    IPortfolioLedger internal immutable LEDGER;
    /// @notice The venue's tokens.
    ICollateralVault internal immutable VAULT;
    /// @notice Whose attestations count.
    ICoverageRegistry internal immutable REGISTRY;
    /// @inheritdoc ILiquidationEngine
    IMarketClock public immutable override clock;
    /// @inheritdoc ILiquidationEngine
    address public immutable override challenges;
    /// @inheritdoc ILiquidationEngine
    address public immutable override auction;
    /// @inheritdoc ILiquidationEngine
    address public immutable override sale;
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

    /// @notice Checks that the parts belong together.
    /// @param parts what it works with.
    /// @param parameters_ the first parameters.
    constructor(Parts memory parts, Parameters memory parameters_) {
        bool ofLedger = parts.ledger.engine() == address(this) &&
            parts.ledger.clearingHouse() == parts.clearingHouse &&
            parts.ledger.verifiers() == parts.registry.verifiers();
        bool ofVault = parts.ledger.vault() == address(parts.vault);
        bool ofClock = parts.clock.registry() == address(parts.registry);
        bool isWhole = parts.challenges != address(0) && parts.auction != address(0) && parts.sale != address(0);
        if (!ofLedger || !ofVault || !ofClock || !isWhole || parts.guardian == address(0)) revert PartsMismatch();
        (LEDGER, VAULT, REGISTRY, clock) = (parts.ledger, parts.vault, parts.registry, parts.clock);
        (challenges, auction) = (parts.challenges, parts.auction);
        (sale, clearingHouse) = (parts.sale, parts.clearingHouse);
        _setGuardian(parts.guardian);
        facts = new FactChecker(parts.registry, parts.clock, address(parts.ledger));
        _setParameters(parameters_);
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
    function caseOf(uint256 caseId) external view returns (Case memory) {
        return _existing(caseId);
    }

    /// @inheritdoc ILiquidationEngine
    function statusOf(uint256 accountId) external view returns (Status) {
        return _cases[openCaseOf[accountId]].status;
    }

    /// @inheritdoc ILiquidationEngine
    function timeLeft(uint256 caseId) external view returns (uint64 soft, uint64 total) {
        Case storage found = _existing(caseId);
        if (found.status == Status.Closed) return (0, 0);
        uint64 served = _served();
        (soft, total) = (_left(found.until, served), _left(found.endsAt, served));
    }

    /// @inheritdoc ILiquidationEngine
    function isOver(uint256 caseId) external view returns (bool) {
        Case storage found = _existing(caseId);
        return found.status != Status.Closed && _isOver(found, _served());
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
    function paused() public view returns (bool) {
        return block.timestamp < pausedUntil || VAULT.isStopped();
    }

    /// @notice Opens a case of an account for which `requireOpenable` passed, and freezes it.
    /// @param accountId the account.
    /// @param tier 2, 3 or 4.
    /// @param proven whether somebody has proven the breach.
    /// @param snapshotTime that of the proof, or of the prices that were asked about.
    /// @param snapshotId that of the proof, or 0.
    /// @return caseId the case.
    /// @return found the stored case of that number.
    function _open(
        uint256 accountId,
        uint8 tier,
        bool proven,
        uint64 snapshotTime,
        uint256 snapshotId
    ) internal returns (uint256 caseId, Case storage found) {
        caseId = ++caseCount;
        found = _cases[caseId];
        (found.accountId, found.tier, found.proven, found.snapshotTime) = (accountId, tier, proven, snapshotTime);
        found.commitment = LEDGER.commitmentOf(accountId);
        (found.openedAt, found.openedServed) = (uint64(block.timestamp), _served());
        found.endsAt = found.openedServed + _parameters.caseLength;
        found.unservedLimit = _parameters.unservedLimit;
        openCaseOf[accountId] = caseId;
        Status status = tier == 2 ? Status.Soft : _placeBy(tier, snapshotId);
        emit CaseOpened(caseId, accountId, snapshotId, status);
        LEDGER.setFrozen(accountId, true);
        _move(caseId, found, status);
    }

    /// @notice Moves a case, by the one list of what leads where; into Closed by `_close` alone.
    /// @param caseId the case.
    /// @param found the stored case of that number.
    /// @param to where it goes.
    function _move(uint256 caseId, Case storage found, Status to) internal {
        Status from = found.status;
        bool isAllowed = (to == Status.Soft && from == Status.None) ||
            (to == Status.Sealed && (from == Status.None || from == Status.Soft)) ||
            (to == Status.Sale && (from == Status.Sealed || from == Status.Takeover)) ||
            (to == Status.Takeover && from != Status.Takeover && from != Status.Closed) ||
            (to == Status.Closed && from != Status.None && from != Status.Closed);
        if (!isAllowed) revert WrongStatus(caseId, from);
        if (from == Status.Takeover) --pendingTakeovers;
        if (to == Status.Takeover) ++pendingTakeovers;
        uint64 served = _served();
        (found.status, found.phaseAt, found.phaseServed) = (to, uint64(block.timestamp), served);
        if (to == Status.Soft) found.until = served + _parameters.softWindow;
        else found.until = to == Status.Takeover ? served + _parameters.takeoverNotice : 0;
        uint32 version = ++found.version;
        if (to == Status.Closed) return;
        emit CaseAdvanced(caseId, to, version, found.until);
        if (to == Status.Sealed) ISealedAuction(auction).open(caseId);
    }

    /// @notice Closes a case; its account is free again.
    /// @param caseId the case.
    /// @param found the stored case of that number.
    /// @param outcome how it ended.
    function _close(uint256 caseId, Case storage found, Outcome outcome) internal {
        bool isLapsed = _isLapsed(found, _served());
        _move(caseId, found, Status.Closed);
        found.outcome = outcome;
        // Whatever had passed by its end: that somebody calls late moves nothing.
        found.closedServed = found.phaseServed < found.endsAt ? found.phaseServed : found.endsAt;
        // Where prices were missing for too long nothing had passed for anybody, however the case ends.
        if (isLapsed) found.closedServed = found.openedServed;
        delete openCaseOf[found.accountId];
        emit CaseClosed(caseId, found.accountId, outcome);
        LEDGER.setFrozen(found.accountId, false);
    }

    /// @notice Takes over what a proof has shown of a case.
    /// @param found the case.
    /// @param tier what it showed, 2 or more.
    /// @param snapshotTime that of the proof; the case's never falls.
    function _prove(Case storage found, uint8 tier, uint64 snapshotTime) internal {
        (found.tier, found.proven) = (tier, true);
        if (snapshotTime > found.snapshotTime) found.snapshotTime = snapshotTime;
    }

    /// @notice Where a breach of tier 3 or 4 leads: to the takeover by the newest prices alone. By older ones, which
    /// the market may have left, an account would skip soft window and sealed bids.
    /// @param tier what was shown.
    /// @param snapshotId in which snapshot.
    /// @return Sealed or Takeover.
    function _placeBy(uint8 tier, uint256 snapshotId) internal view returns (Status) {
        return tier == 4 && clock.isNewest(snapshotId) ? Status.Takeover : Status.Sealed;
    }

    /// @notice A case that is not closed, or a revert.
    /// @param caseId the case, from 1.
    /// @return found the case.
    function _openCase(uint256 caseId) internal view returns (Case storage found) {
        found = _existing(caseId);
        if (found.status == Status.Closed) revert WrongStatus(caseId, Status.Closed);
    }

    /// @notice An open case that has not come to its end, or a revert.
    /// @param caseId the case, from 1.
    /// @return found the case.
    /// @return served the served seconds up to now.
    function _runningCase(uint256 caseId) internal view returns (Case storage found, uint64 served) {
        (found, served) = (_openCase(caseId), _served());
        if (_isOver(found, served)) revert CaseOver(caseId);
    }

    /// @notice Whether a case can be abandoned: once it can, it can for good.
    /// @param found the case, not closed.
    /// @param served the served seconds up to now.
    /// @return whether its time is served, or prices were missing for too long.
    function _isOver(Case storage found, uint64 served) internal view returns (bool) {
        return served >= found.endsAt || _isLapsed(found, served);
    }

    /// @notice Whether prices were missing for too long.
    /// @param found the case, not closed.
    /// @param served the served seconds up to now.
    /// @return whether its unserved time is beyond its limit.
    function _isLapsed(Case storage found, uint64 served) private view returns (bool) {
        uint256 unserved = (block.timestamp - found.openedAt).saturatingSub(served - found.openedServed);
        return unserved > found.unservedLimit;
    }

    /// @notice What the clock says.
    /// @return seconds that were served up to now.
    function _served() internal view returns (uint64) {
        return clock.served();
    }

    /// @notice A case, or a revert.
    /// @param caseId the case, from 1.
    /// @return found the case.
    function _existing(uint256 caseId) private view returns (Case storage found) {
        found = _cases[caseId];
        if (found.status == Status.None) revert UnknownCase(caseId);
    }

    /// @notice Checks and sets the guardian.
    /// @param guardian_ the new one.
    function _setGuardian(address guardian_) private {
        if (guardian_ == address(0)) revert InvalidParameter("guardian", 0);
        guardian = guardian_;
        emit GuardianChanged(guardian_);
    }

    /// @notice Checks and sets the parameters.
    /// @param next the new ones.
    function _setParameters(Parameters memory next) private {
        uint64 gap = clock.parameters().serveGap;
        Bounds.requireWithin("softWindow", next.softWindow, Bounds.window(10 minutes, gap), 3 days);
        Bounds.requireWithin("takeoverNotice", next.takeoverNotice, Bounds.window(10 minutes, gap), 1 days);
        // A case that nothing moved but time comes to its auction, and has half a day for it.
        Bounds.requireWithin("caseLength", next.caseLength, Math.max(1 days, next.softWindow + 12 hours), 30 days);
        Bounds.requireWithin("openAge", next.openAge, 1 minutes, 30 minutes);
        Bounds.requireWithin("unservedLimit", next.unservedLimit, 1 days, 14 days);
        Bounds.requireWithin("maxPenalty", next.maxPenalty, 0, 100_000);
        _parameters = next;
        emit ParametersChanged(next);
    }

    /// @notice What is left of a window.
    /// @param end its end in served seconds.
    /// @param served the served seconds up to now.
    /// @return served seconds, 0 when it has passed.
    function _left(uint64 end, uint64 served) private pure returns (uint64) {
        return end > served ? end - served : 0;
    }
}
