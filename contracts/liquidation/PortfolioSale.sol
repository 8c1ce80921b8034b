// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioSale} from "./IPortfolioSale.sol";
import {ISealedAuction} from "./ISealedAuction.sol";
import {MoveProbe} from "./MoveProbe.sol";
import {PortfolioAward} from "./PortfolioAward.sol";

/// @title PortfolioSale
/// @author Ballast
/// @notice Sells a portfolio to the first buyer of a falling price. What a case is about is disclosed here, to bidders
/// too.
contract PortfolioSale is IPortfolioSale, PortfolioAward {
    using Checkpoints for Checkpoints.Trace208;
    using Math for uint256;
    using SafeCast for uint256;

    /// @notice Where sealed bids are.
    ISealedAuction private immutable AUCTION;
    /// @inheritdoc IPortfolioSale
    address public immutable override volatilityOracle;

    /// @inheritdoc IPortfolioSale
    mapping(address account => bytes32 key) public override disclosureKeyOf;
    /// @notice Served seconds of a case's earlier sales.
    mapping(uint256 caseId => uint64 elapsed) private _elapsed;
    /// @notice What is held back.
    mapping(uint256 caseId => Hold held) private _holds;
    /// @notice All parameters there were.
    Parameters[] private _parameterSets;
    /// @notice Which of them count, by the first case for which they do.
    Checkpoints.Trace208 private _setsByCase;

    /// @notice Starts without sales.
    /// @param owner who may schedule new parameters.
    /// @param engine_ whose cases these are; it names this contract as its sale.
    /// @param auction_ where the engine's sealed bids are.
    /// @param volatilityOracle_ what hold-backs are taxed by; zero: they are not.
    /// @param microsPerLot_ what a lot of the settlement asset is worth, micro-USD; the auction's.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        ILiquidationEngine engine_,
        ISealedAuction auction_,
        address volatilityOracle_,
        uint64 microsPerLot_,
        Parameters memory parameters_
    ) PortfolioAward(owner, engine_, microsPerLot_) {
        bool isOfEngine = engine_.sale() == address(this) && engine_.auction() == address(auction_);
        if (!isOfEngine || auction_.microsPerLot() != microsPerLot_) revert PartsMismatch();
        (AUCTION, volatilityOracle) = (auction_, volatilityOracle_);
        _addParameters(parameters_);
    }

    /// @inheritdoc IPortfolioSale
    function showEquity(uint256 caseId, EquityClaim calldata equity) external nonReentrant {
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        bool isSealed = current.status == ILiquidationEngine.Status.Sealed;
        bool isSale = current.status == ILiquidationEngine.Status.Sale;
        bool isTakeover = current.status == ILiquidationEngine.Status.Takeover;
        if (!isSealed && !isSale && !isTakeover) revert CaseNotThere(caseId);
        if (isSealed) _requireStartable(caseId);
        (uint64 time, uint256 lots) = _requireEquity(current, equity);
        emit EquityShown(caseId, equity.tier, lots);
        if (equity.tier < 2) return _closeAsCured(caseId, equity.tier, time);
        if (lots == 0 ? isTakeover : isSale) revert NothingChanges(caseId);
        if (isSale) _elapsed[caseId] += CLOCK.served() - current.phaseServed;
        ILiquidationEngine.Status to = lots == 0 ? ILiquidationEngine.Status.Takeover : ILiquidationEngine.Status.Sale;
        ENGINE.move(caseId, to, equity.tier, time);
    }

    /// @inheritdoc IPortfolioSale
    function lapse(uint256 caseId) external nonReentrant {
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (current.status != ILiquidationEngine.Status.Sealed) revert CaseNotThere(caseId);
        uint64 from = startsUntil(caseId);
        if (from == 0) revert NotFailed(caseId);
        if (CLOCK.served() < from) revert TooEarly(from);
        AUCTION.conclude(caseId);
        emit Lapsed(caseId);
        ENGINE.close(caseId, ILiquidationEngine.Outcome.Abandoned, 0, 0);
    }

    /// @inheritdoc IPortfolioSale
    function buy(
        uint256 caseId,
        uint32 version,
        TransferClaim calldata claim,
        EquityClaim calldata equity
    ) external nonReentrant {
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (current.status != ILiquidationEngine.Status.Sale) revert CaseNotThere(caseId);
        if (current.version != version) revert VersionChanged(current.version);
        if (CLOCK.served() >= current.endsAt) revert TooLate(current.endsAt);
        (uint64 time, uint256 lots) = _requireEquity(current, equity);
        emit EquityShown(caseId, equity.tier, lots);
        if (equity.tier < 2) return _closeAsCured(caseId, equity.tier, time);
        uint64 cash = _requireCash(claim.cash, priceOf(caseId, lots), lots);
        _requireHealthyTaker(claim);
        Parameters memory chosen = parametersOf(caseId);
        uint256 fee = _rateOf(cash, chosen.feeRate);
        uint256 heldBack = _tokens(lots - cash) * chosen.holdBackRate / MILLION;
        if (heldBack != 0) _hold(caseId, heldBack, chosen.holdPeriod, equity.snapshotId);
        emit Bought(caseId, msg.sender, claim.accountB, cash, fee, heldBack);
        ENGINE.award(caseId, claim, msg.sender);
        _chargeFee(current.challenger, fee, chosen.challengerShare);
        _charge(heldBack);
        _tryRemit();
    }

    /// @inheritdoc IPortfolioSale
    function recordMove(uint256 caseId) external {
        Hold storage held = _existingHold(caseId);
        uint256 move = MoveProbe.largestMove(volatilityOracle, held.fromRound, held.releaseAt);
        if (move <= held.move) revert NoLargerMove(held.move);
        held.move = move.toUint128();
        emit MoveRecorded(caseId, move);
    }

    /// @inheritdoc IPortfolioSale
    function releaseHold(uint256 caseId) external nonReentrant {
        Hold memory held = _existingHold(caseId);
        if (block.timestamp < held.releaseAt) revert HoldRuns(held.releaseAt);
        delete _holds[caseId];
        uint256 move = MoveProbe.largestMove(volatilityOracle, held.fromRound, held.releaseAt).max(held.move);
        Parameters memory chosen = parametersOf(caseId);
        uint256 range = chosen.slippageCap - chosen.slippageBound;
        uint256 tax = uint256(held.amount) * move.saturatingSub(chosen.slippageBound).min(range) / range;
        emit HoldReleased(caseId, held.buyer, move, tax, held.amount - tax);
        _oweTax(tax);
        _credit(held.buyer, held.amount - tax);
        _tryRemit();
    }

    /// @inheritdoc IPortfolioSale
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _addParameters(parameters_);
    }

    /// @inheritdoc IPortfolioSale
    function setDisclosureKey(bytes32 key) external {
        disclosureKeyOf[msg.sender] = key;
        emit DisclosureKeySet(msg.sender, key);
    }

    /// @inheritdoc IPortfolioSale
    function disclose(uint256 caseId, address to, bytes calldata ciphertext) external {
        if (msg.sender != LEDGER.venue()) revert OnlyVenue(msg.sender);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (current.status == ILiquidationEngine.Status.Closed) revert CaseNotThere(caseId);
        if (disclosureKeyOf[to] == bytes32(0)) revert NoDisclosureKey(to);
        emit Disclosed(caseId, current.version, to, ciphertext);
    }

    /// @inheritdoc IPortfolioSale
    function holdOf(uint256 caseId) external view returns (Hold memory) {
        return _holds[caseId];
    }

    /// @inheritdoc IPortfolioSale
    function timeLeft(uint256 caseId) external view returns (uint64) {
        return uint64(uint256(startsUntil(caseId)).saturatingSub(CLOCK.served()));
    }

    /// @inheritdoc IPortfolioSale
    function parameters() external view returns (Parameters memory) {
        return _parameterSets[_parameterSets.length - 1];
    }

    /// @inheritdoc IPortfolioSale
    function auction() external view returns (address) {
        return address(AUCTION);
    }

    /// @inheritdoc IPortfolioSale
    function discountOf(uint256 caseId) public view returns (uint256) {
        Parameters memory chosen = parametersOf(caseId);
        uint256 range = chosen.maxDiscount - chosen.startDiscount;
        uint256 discount = chosen.startDiscount + (range * elapsedOf(caseId)) / chosen.duration;
        return discount.min(chosen.finalDiscount);
    }

    /// @inheritdoc IPortfolioSale
    function priceOf(uint256 caseId, uint256 equityLots) public view returns (uint256) {
        return _less(equityLots, discountOf(caseId));
    }

    /// @inheritdoc IPortfolioSale
    function elapsedOf(uint256 caseId) public view returns (uint64) {
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        bool isSale = current.status == ILiquidationEngine.Status.Sale;
        return _elapsed[caseId] + (isSale ? CLOCK.served() - current.phaseServed : 0);
    }

    /// @inheritdoc IPortfolioSale
    function startsUntil(uint256 caseId) public view returns (uint64 until) {
        uint64 failed = AUCTION.failsAt(caseId);
        if (failed == 0 || CLOCK.served() < failed) return 0;
        return failed + parametersOf(caseId).startWindow;
    }

    /// @inheritdoc IPortfolioSale
    function parametersOf(uint256 caseId) public view returns (Parameters memory) {
        return _parameterSets[_setsByCase.upperLookup(uint48(caseId))];
    }

    /// @notice Remembers what is held back of the caller's discount.
    /// @param caseId the case.
    /// @param amount token units.
    /// @param period seconds.
    /// @param snapshotId by whose prices the caller buys: moves count from its round, where it names one.
    function _hold(uint256 caseId, uint256 amount, uint64 period, uint256 snapshotId) private {
        uint32 fromRound = MoveProbe.latestRound(volatilityOracle);
        uint32 named = ISnapshotOracle(REGISTRY.oracle()).snapshot(snapshotId).oracleRound;
        // A stale oracle tells no round, and the snapshot still does.
        if (named != 0 && (fromRound == 0 || named < fromRound)) fromRound = named;
        _holds[caseId] = Hold(msg.sender, fromRound, uint64(block.timestamp) + period, amount.toUint128(), 0);
    }

    /// @notice Checks parameters and makes them those of cases to come.
    /// @param next the parameters.
    function _addParameters(Parameters memory next) private {
        uint256 least = _leastWindow().max(10 minutes);
        Bounds.requireWithin("startWindow", next.startWindow, least, 1 days);
        Bounds.requireWithin("duration", next.duration, least, 1 days);
        Bounds.requireWithin("holdPeriod", next.holdPeriod, 10 minutes, 7 days);
        Bounds.requireWithin("maxDiscount", next.maxDiscount, 1, 500_000);
        Bounds.requireWithin("startDiscount", next.startDiscount, 0, next.maxDiscount - 1);
        Bounds.requireWithin("finalDiscount", next.finalDiscount, next.maxDiscount, 900_000);
        Bounds.requireWithin("feeRate", next.feeRate, 0, 50_000);
        Bounds.requireWithin("challengerShare", next.challengerShare, 0, 500_000);
        Bounds.requireWithin("holdBackRate", next.holdBackRate, 0, 1_000_000);
        Bounds.requireWithin("slippageCap", next.slippageCap, 1, 1_000_000);
        Bounds.requireWithin("slippageBound", next.slippageBound, 0, next.slippageCap - 1);
        uint48 fromCase = _nextCase();
        _setsByCase.push(fromCase, uint208(_parameterSets.length));
        _parameterSets.push(next);
        emit ParametersChanged(next, fromCase);
    }

    /// @notice Reverts unless a case's sealed phase failed, less than `startWindow` ago.
    /// @param caseId the case, in Sealed.
    function _requireStartable(uint256 caseId) private view {
        uint64 until = startsUntil(caseId);
        if (until == 0) revert NotFailed(caseId);
        if (CLOCK.served() >= until) revert TooLate(until);
    }

    /// @notice A hold, or a revert.
    /// @param caseId its case.
    /// @return held the hold.
    function _existingHold(uint256 caseId) private view returns (Hold storage held) {
        held = _holds[caseId];
        if (held.amount == 0) revert NoHold(caseId);
    }
}
