// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AccountIds} from "../liquidation/AccountIds.sol";
import {MembershipClaim} from "../liquidation/facts/Claims.sol";
import {MembershipProof} from "../liquidation/facts/MembershipProof.sol";
import {IAccountOpening} from "../liquidation/IAccountOpening.sol";
import {ILiquidationEngine} from "../liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IClosedRuns} from "../solvency/IClosedRuns.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {IAnchorBook} from "./IAnchorBook.sol";
import {IClearingHouse} from "./IClearingHouse.sol";

/// @title AnchorBook
/// @author Ballast
/// @notice No run, no takeover: a loss that the venue made up alone has no place in a run that nets.
/// @dev Runs are asked for again wherever they count: one whose circuit was retired since anchors nothing any more.
contract AnchorBook is IAnchorBook {
    /// @notice How long the venue's word reaches no fenced lots.
    uint64 private constant WORD_PERIOD = 7 days;
    /// @notice A younger account has this part of what losses may take a day.
    uint256 private constant YOUNG_PART = 10;

    /// @notice The venue's closed runs.
    IClosedRuns private immutable RUNS;
    /// @notice Its ledger.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Its liquidation engine.
    ILiquidationEngine private immutable ENGINE;
    /// @notice The list of verifiers.
    IVerifierRegistry private immutable VERIFIERS;
    /// @notice What books losses.
    address private immutable CLEARING_HOUSE;

    /// @notice The parameters.
    Parameters private _parameters;
    /// @notice The newest run that counted a portfolio.
    mapping(uint256 accountId => mapping(uint256 commitment => bytes32 runId)) private _newest;
    /// @notice The oldest run that counted any portfolio of an account.
    mapping(uint256 accountId => bytes32 runId) private _first;
    /// @notice Lots of younger accounts that count for a day, in UTC.
    mapping(uint256 day => uint256 lots) private _young;

    /// @notice Checks that the parts belong together, and fixes them.
    /// @param runs_ the venue's solvency registry.
    /// @param engine_ the venue's liquidation engine, which knows the other parts.
    /// @param parameters_ the parameters.
    constructor(IClosedRuns runs_, ILiquidationEngine engine_, Parameters memory parameters_) {
        Bounds.requireWithin("anchorAge", parameters_.anchorAge, 1 days, 14 days);
        Bounds.requireWithin("leastAge", parameters_.leastAge, 0, 90 days);
        Bounds.requireWithin("fullAge", parameters_.fullAge, parameters_.leastAge, 365 days);
        _parameters = parameters_;
        (RUNS, ENGINE, CLEARING_HOUSE) = (runs_, engine_, engine_.clearingHouse());
        LEDGER = IPortfolioLedger(engine_.ledger());
        VERIFIERS = IVerifierRegistry(LEDGER.verifiers());
        bool ofVault = address(ICollateralVault(engine_.vault()).runs()) == address(runs_);
        bool ofHouse = IClearingHouse(CLEARING_HOUSE).anchors() == address(this);
        if (!ofVault || !ofHouse) revert PartsMismatch();
    }

    /// @inheritdoc IAnchorBook
    function anchor(uint256 accountId, uint256 commitment, bytes32 runId, MembershipClaim calldata claim) external {
        (uint256 accountsRoot, uint64 time) = RUNS.closedRun(runId);
        if (AccountIds.isOpened(accountId)) _requireFilled(accountId, runId, time);
        MembershipProof.Subject memory subject = MembershipProof.Subject(accountsRoot, accountId, commitment);
        MembershipProof.check(VERIFIERS, address(LEDGER), claim, subject);
        bool isNewer = time > _timeOf(_newest[accountId][commitment]);
        uint64 first = _timeOf(_first[accountId]);
        bool isOlder = first == 0 || time < first;
        if (!isNewer && !isOlder) revert NothingNewToAnchor(runId);
        if (isNewer) _newest[accountId][commitment] = runId;
        if (isOlder) _first[accountId] = runId;
        emit Anchored(accountId, commitment, runId, time);
    }

    /// @inheritdoc IAnchorBook
    function insure(uint256 caseId, uint256 lots, uint256 daily) external returns (uint256 insured) {
        if (msg.sender != CLEARING_HOUSE) revert OnlyClearingHouse(msg.sender);
        ILiquidationEngine.Case memory found = ENGINE.caseOf(caseId);
        uint256 accountId = found.accountId;
        uint64 time = _anchorOf(accountId, found.commitment);
        if (!_isYoung(time)) revert NotAnchored(accountId);
        uint64 age = _ageOf(accountId, time);
        // SOUNDNESS: what the funds don't bear is the holders' across from it. Of no age nothing would bound it.
        if (age < _parameters.leastAge) revert AccountTooYoung(accountId, age);
        if (age >= _parameters.fullAge) return lots;
        uint256 today = block.timestamp / 1 days;
        insured = Math.min(lots, Math.saturatingSub(daily / YOUNG_PART, _young[today]));
        _young[today] += insured;
    }

    /// @inheritdoc IAnchorBook
    function isAnchored(uint256 accountId) external view returns (bool) {
        return _isYoung(_anchorOf(accountId, 0));
    }

    /// @inheritdoc IAnchorBook
    function reachesFence(uint256 accountId) external view returns (bool) {
        uint64 time = _anchorOf(accountId, 0);
        (, uint64 rootAt) = LEDGER.rootOf(accountId);
        bool isProven = block.timestamp >= rootAt + WORD_PERIOD;
        return isProven && _isYoung(time) && _ageOf(accountId, time) >= _parameters.leastAge;
    }

    /// @inheritdoc IAnchorBook
    function anchorOf(
        uint256 accountId,
        uint256 commitment
    ) external view returns (bytes32 runId, uint64 snapshotTime) {
        runId = _newest[accountId][commitment];
        return (runId, _timeOf(runId));
    }

    /// @inheritdoc IAnchorBook
    function firstOf(uint256 accountId) external view returns (bytes32 runId, uint64 snapshotTime) {
        runId = _first[accountId];
        return (runId, _timeOf(runId));
    }

    /// @inheritdoc IAnchorBook
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IAnchorBook
    function runs() external view returns (address) {
        return address(RUNS);
    }

    /// @inheritdoc IAnchorBook
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc IAnchorBook
    function engine() external view returns (address) {
        return address(ENGINE);
    }

    /// @notice The newest anchor of an account's present portfolio, of its root, or of the one a case opened with.
    /// @dev SOUNDNESS: a run of before the root was set, or of that second, counted what the account had then. It may
    /// have that again by the venue's word, at prices that it never had to bear.
    /// @param accountId the account.
    /// @param opened the portfolio that its case opened with; 0: none.
    /// @return time of the run's snapshot, Unix seconds; 0: none.
    function _anchorOf(uint256 accountId, uint256 opened) private view returns (uint64 time) {
        mapping(uint256 => bytes32) storage newest = _newest[accountId];
        (uint256 root, uint64 rootAt) = LEDGER.rootOf(accountId);
        uint256 present = LEDGER.commitmentOf(accountId);
        time = uint64(Math.max(_timeOf(newest[present]), Math.max(_timeOf(newest[root]), _timeOf(newest[opened]))));
        return time > rootAt ? time : 0;
    }

    /// @notice How far apart the oldest run that counted an account and another one are.
    /// @param accountId the account.
    /// @param time of the other one's snapshot, Unix seconds.
    /// @return age seconds; a first run that is void, or none at all beside a void newest one, makes none.
    function _ageOf(uint256 accountId, uint64 time) private view returns (uint64 age) {
        uint64 first = _timeOf(_first[accountId]);
        return first == 0 || first > time ? 0 : time - first;
    }

    /// @notice Reverts where a run is of before an opened account had anything: what it counted under the id is the
    /// venue's word alone, and makes the account no older.
    /// @param accountId the account.
    /// @param runId the run.
    /// @param time of its snapshot, Unix seconds.
    function _requireFilled(uint256 accountId, bytes32 runId, uint64 time) private view {
        uint64 filledAt = LEDGER.filledAt(accountId);
        if (filledAt == 0) revert IAccountOpening.AccountEmpty(accountId);
        if (time <= filledAt) revert RunBeforeFilled(runId, filledAt);
    }

    /// @notice A run's time.
    /// @param runId the run, closed once; 0: none.
    /// @return time of its snapshot, Unix seconds; 0 without a run, or where what it was proven with is void.
    function _timeOf(bytes32 runId) private view returns (uint64 time) {
        return runId == 0 ? 0 : RUNS.timeOf(runId);
    }

    /// @notice Whether a run anchors a portfolio now.
    /// @param time of its snapshot, Unix seconds; 0: there is none.
    /// @return whether it is at most `anchorAge` ago.
    function _isYoung(uint64 time) private view returns (bool) {
        return time != 0 && block.timestamp <= uint256(time) + _parameters.anchorAge;
    }
}
