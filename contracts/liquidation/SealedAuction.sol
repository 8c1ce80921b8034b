// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Bounds} from "../shared/Bounds.sol";
import {BidBook} from "./BidBook.sol";
import {CeilingClaim, EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {ISealedAuction} from "./ISealedAuction.sol";
import {PortfolioAward} from "./PortfolioAward.sol";

/// @title SealedAuction
/// @author Ballast
/// @notice Hands a portfolio to the best sealed bid, for a fair price at least. Its owner's lists and parameters act on
/// cases that open later.
contract SealedAuction is BidBook {
    using Checkpoints for Checkpoints.Trace208;
    using Math for uint256;

    /// @notice Whether an account is listed (1) or not (0), by the first case for which that counts.
    mapping(address account => Checkpoints.Trace208 listed) private _listings;
    /// @notice All parameters there were.
    Parameters[] private _parameterSets;
    /// @notice Which of them count, by the first case for which they do.
    Checkpoints.Trace208 private _setsByCase;

    /// @notice Starts without auctions.
    /// @param owner who lists liquidators and may schedule new parameters.
    /// @param engine_ whose cases these are; it names this contract as its auction.
    /// @param microsPerLot_ what a lot of the settlement asset is worth, micro-USD.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        ILiquidationEngine engine_,
        uint64 microsPerLot_,
        Parameters memory parameters_
    ) PortfolioAward(owner, engine_, microsPerLot_) {
        if (engine_.auction() != address(this)) revert PartsMismatch();
        _addParameters(parameters_);
    }

    /// @inheritdoc ISealedAuction
    function settle(
        uint256 caseId,
        TransferClaim calldata claim,
        EquityClaim calldata equity
    ) external nonReentrant {
        (Auction storage found, ILiquidationEngine.Case memory current) = _inSealed(caseId);
        Bid storage bid = _bookedLeader(caseId, found);
        (uint64 time, uint256 lots) = _requireEquity(current, equity);
        if (equity.tier < 2) return _cure(caseId, bid, equity.tier, time);
        uint256 price = floorOf(caseId, lots).max(bid.cash);
        _award(caseId, claim, bid, found, current.challenger, _requireCash(claim.cash, price, price));
    }

    /// @inheritdoc ISealedAuction
    function settleUnshown(
        uint256 caseId,
        TransferClaim calldata claim,
        CeilingClaim calldata ceiling
    ) external nonReentrant {
        (Auction storage found, ILiquidationEngine.Case memory current) = _inSealed(caseId);
        Bid storage bid = _bookedLeader(caseId, found);
        uint64 cash = _requireCash(claim.cash, bid.cash, CASH_LIMIT - 1);
        FACTS.requirePresentCeiling(ceiling, current.accountId, current.snapshotTime, ceilingOf(caseId, cash));
        _award(caseId, claim, bid, found, current.challenger, cash);
    }

    /// @inheritdoc ISealedAuction
    function withdrawBid(uint256 caseId, EquityClaim calldata equity) external nonReentrant {
        (Auction storage found, ILiquidationEngine.Case memory current) = _inSealed(caseId);
        Bid storage bid = _bookedLeader(caseId, found);
        (uint64 time, uint256 lots) = _requireEquity(current, equity);
        if (equity.tier < 2) return _cure(caseId, bid, equity.tier, time);
        uint256 floor = floorOf(caseId, lots);
        if (floor <= bid.cash) revert BidIsEnough(bid.cash, floor);
        uint64 served = CLOCK.served();
        emit BidWithdrawn(caseId, msg.sender, floor, served);
        _returnBond(caseId, bid);
        found.windowAt = served;
        ++found.turns;
        _book(caseId, found);
        _tryRemit();
    }

    /// @inheritdoc ISealedAuction
    function setLiquidator(address liquidator, bool listed) external onlyOwner {
        uint48 fromCase = _nextCase();
        _listings[liquidator].push(fromCase, listed ? 1 : 0);
        emit LiquidatorSet(liquidator, listed, fromCase);
    }

    /// @inheritdoc ISealedAuction
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _addParameters(parameters_);
    }

    /// @inheritdoc ISealedAuction
    function isLiquidator(address account) external view returns (bool) {
        return _listings[account].latest() != 0;
    }

    /// @inheritdoc ISealedAuction
    function parameters() external view returns (Parameters memory) {
        return _parameterSets[_parameterSets.length - 1];
    }

    /// @inheritdoc ISealedAuction
    function floorOf(uint256 caseId, uint256 equityLots) public view returns (uint256) {
        return _less(equityLots, parametersOf(caseId).maxDiscount);
    }

    /// @inheritdoc ISealedAuction
    function ceilingOf(uint256 caseId, uint64 cash) public view returns (uint256) {
        // cash >= ceil(lots * keep / M) exactly if lots <= floor(cash * M / keep); lots = floor(equity / microsPerLot).
        uint256 most = (uint256(cash) * MILLION) / (MILLION - parametersOf(caseId).maxDiscount);
        return (most + 1) * microsPerLot - 1;
    }

    /// @inheritdoc ISealedAuction
    function mayBid(uint256 caseId, address account) public view override returns (bool) {
        return _listings[account].upperLookup(uint48(caseId)) != 0;
    }

    /// @inheritdoc ISealedAuction
    function parametersOf(uint256 caseId) public view override returns (Parameters memory) {
        return _parameterSets[_setsByCase.upperLookup(uint48(caseId))];
    }

    /// @notice Hands the portfolio to the leader.
    /// @param caseId the case.
    /// @param claim the transfer.
    /// @param bid the leader's.
    /// @param found the auction.
    /// @param challenger who challenged the account; zero: nobody.
    /// @param cash what the transfer pays, which is enough.
    function _award(
        uint256 caseId,
        TransferClaim calldata claim,
        Bid storage bid,
        Auction storage found,
        address challenger,
        uint64 cash
    ) private {
        _requireHealthyTaker(claim);
        Parameters memory chosen = parametersOf(caseId);
        uint256 fee = _rateOf(cash, chosen.feeRate);
        (bid.status, found.settled) = (BidStatus.Settled, true);
        emit Settled(caseId, msg.sender, claim.accountB, cash, fee);
        _credit(msg.sender, bid.bond);
        ENGINE.award(caseId, claim, msg.sender);
        _chargeFee(challenger, fee, chosen.challengerShare);
        _tryRemit();
    }

    /// @notice Closes a case whose account is healthy; the leader who showed it has its bond back.
    /// @param caseId the case.
    /// @param bid the leader's.
    /// @param tier what was shown.
    /// @param time of the snapshot that shows it.
    function _cure(uint256 caseId, Bid storage bid, uint8 tier, uint64 time) private {
        _returnBond(caseId, bid);
        _closeAsCured(caseId, tier, time);
        _tryRemit();
    }

    /// @notice Checks parameters and makes them those of cases to come.
    /// @param next the parameters.
    function _addParameters(Parameters memory next) private {
        uint256 least = _leastWindow();
        Bounds.requireWithin("commitWindow", next.commitWindow, least, 1 days);
        Bounds.requireWithin("revealWindow", next.revealWindow, least, 1 days);
        Bounds.requireWithin("settleWindow", next.settleWindow, least, 1 days);
        Bounds.requireWithin("bidBond", next.bidBond, 1, 1 << 100);
        Bounds.requireWithin("maxDiscount", next.maxDiscount, 0, 500_000);
        Bounds.requireWithin("feeRate", next.feeRate, 0, 50_000);
        // The bond pays the fee, and outweighs what a bidder gains who defaults on a high bid to settle by a low one.
        Bounds.requireWithin("bondRate", next.bondRate, Math.max(next.feeRate, next.maxDiscount), 500_000);
        Bounds.requireWithin("challengerShare", next.challengerShare, 0, 500_000);
        uint48 fromCase = _nextCase();
        _setsByCase.push(fromCase, uint208(_parameterSets.length));
        _parameterSets.push(next);
        emit ParametersChanged(next, fromCase);
    }
}
