// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bounds} from "../shared/Bounds.sol";
import {Governed} from "../shared/Governed.sol";
import {ILiquidationAuction} from "./ILiquidationAuction.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {Payments} from "./Payments.sol";

/// @title BidBook
/// @author Ballast
/// @notice Sealed bids: who bid, whose turn it is, and what became of every bond.
/// @dev Turns follow from times alone: the best revealed bid has the first, from `revealUntil`, and each next one
/// begins when the one before it ended. `_book` writes down what has passed by then; when it is called changes nothing.
abstract contract BidBook is ILiquidationAuction, Governed, Payments {
    /// @notice Most bids of a case: bounds every loop.
    uint256 public constant MAX_BIDS = 16;
    /// @notice Cash is below this, as in transfers of whole portfolios.
    uint64 public constant CASH_LIMIT = 1 << 36;
    /// @notice Domain of a bid's hash.
    bytes32 private constant BID_DOMAIN = keccak256("ballast.bid.v1");

    /// @notice Whose cases these are.
    ILiquidationEngine internal immutable ENGINE;

    /// @inheritdoc ILiquidationAuction
    mapping(address account => bool listed) public override isLiquidator;
    /// @notice The auctions.
    mapping(uint256 caseId => Auction found) internal _auctions;
    /// @notice All parameters there were: a case keeps those it started with.
    Parameters[] private _parameterSets;
    /// @notice The bids, in the order in which they were committed.
    mapping(uint256 caseId => Bid[] list) private _bids;
    /// @notice The bids' hashes.
    mapping(uint256 caseId => mapping(address bidder => bytes32 bidHash)) private _hashes;

    /// @notice Starts without auctions.
    /// @param engine_ whose cases these are.
    /// @param parameters_ the first parameters.
    constructor(ILiquidationEngine engine_, Parameters memory parameters_) {
        ENGINE = engine_;
        _addParameters(parameters_);
    }

    /// @inheritdoc ILiquidationAuction
    function open(uint256 caseId) external {
        if (msg.sender != address(ENGINE)) revert OnlyEngine(msg.sender);
        Auction storage found = _auctions[caseId];
        if (found.version != 0) revert AlreadyOpened(caseId);
        found.version = _caseOf(caseId).version;
        found.parameterSet = uint32(_parameterSets.length - 1);
        Parameters storage chosen = _parameterSets[found.parameterSet];
        found.commitUntil = uint64(block.timestamp) + chosen.commitWindow;
        found.revealUntil = found.commitUntil + chosen.revealWindow;
        found.windowAt = found.revealUntil;
        emit SealedOpened(caseId, found.version, found.commitUntil, found.revealUntil);
    }

    /// @inheritdoc ILiquidationAuction
    function commitBid(uint256 caseId, bytes32 bidHash) external nonReentrant {
        if (!isLiquidator[msg.sender]) revert NotALiquidator(msg.sender);
        Auction storage found = _auctionInSealed(caseId);
        if (block.timestamp >= found.commitUntil) revert TooLate(found.commitUntil);
        if (_hashes[caseId][msg.sender] != bytes32(0)) revert AlreadyBid(msg.sender);
        if (bidHash == bytes32(0)) revert WrongOpening();
        if (_bids[caseId].length == MAX_BIDS) revert TooManyBids();
        _hashes[caseId][msg.sender] = bidHash;
        _bids[caseId].push(Bid(msg.sender, 0, BidStatus.Committed));
        emit BidCommitted(caseId, msg.sender, bidHash);
        _take(_parametersOf(found).bidBond);
    }

    /// @inheritdoc ILiquidationAuction
    function revealBid(uint256 caseId, uint64 cash, bytes32 salt) external {
        Auction storage found = _auctionInSealed(caseId);
        if (block.timestamp < found.commitUntil) revert TooEarly(found.commitUntil);
        if (block.timestamp >= found.revealUntil) revert TooLate(found.revealUntil);
        Bid storage bid = _bidOf(caseId, msg.sender);
        if (bid.status != BidStatus.Committed) revert WrongBidStatus(msg.sender, bid.status);
        if (cash >= CASH_LIMIT) revert CashTooLarge(cash);
        bytes32 opened = bidHashOf(caseId, found.version, msg.sender, cash, salt);
        if (opened != _hashes[caseId][msg.sender]) revert WrongOpening();
        (bid.cash, bid.status) = (cash, BidStatus.Revealed);
        emit BidRevealed(caseId, msg.sender, cash);
    }

    /// @inheritdoc ILiquidationAuction
    function passOver(uint256 caseId) external nonReentrant {
        _existing(caseId);
        if (!_book(caseId)) revert NothingToPassOver();
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function sweepUnrevealed(uint256 caseId, address bidder) external nonReentrant {
        Auction storage found = _existing(caseId);
        Bid storage bid = _bidOf(caseId, bidder);
        if (bid.status != BidStatus.Committed) revert WrongBidStatus(bidder, bid.status);
        if (block.timestamp < found.revealUntil) revert TooEarly(found.revealUntil);
        if (_closedBefore(caseId, found.revealUntil)) revert BondNotFree(bidder);
        bid.status = BidStatus.Forfeited;
        emit BondForfeited(caseId, bidder);
        _oweForfeit(_parametersOf(found).bidBond);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function reclaim(uint256 caseId, address bidder) external nonReentrant {
        Auction storage found = _existing(caseId);
        _book(caseId);
        Bid storage bid = _bidOf(caseId, bidder);
        bool isFree;
        if (bid.status == BidStatus.Revealed) {
            isFree = _caseOf(caseId).status == ILiquidationEngine.Status.Closed;
        } else if (bid.status == BidStatus.Committed) {
            isFree = _closedBefore(caseId, found.revealUntil);
        } else {
            revert WrongBidStatus(bidder, bid.status);
        }
        if (!isFree) revert BondNotFree(bidder);
        bid.status = BidStatus.Returned;
        emit BondReturned(caseId, bidder);
        _credit(bidder, _parametersOf(found).bidBond);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function setLiquidator(address liquidator, bool listed) external onlyOwner {
        isLiquidator[liquidator] = listed;
        emit LiquidatorSet(liquidator, listed);
    }

    /// @inheritdoc ILiquidationAuction
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _addParameters(parameters_);
    }

    /// @inheritdoc ILiquidationAuction
    function auctionOf(uint256 caseId) external view returns (Auction memory) {
        return _existing(caseId);
    }

    /// @inheritdoc ILiquidationAuction
    function bidsOf(uint256 caseId) external view returns (Bid[] memory) {
        return _bids[caseId];
    }

    /// @inheritdoc ILiquidationAuction
    function bidHashAt(uint256 caseId, address bidder) external view returns (bytes32) {
        return _hashes[caseId][bidder];
    }

    /// @inheritdoc ILiquidationAuction
    function leaderOf(uint256 caseId) external view returns (address bidder, uint64 cash, uint64 until) {
        Auction storage found = _existing(caseId);
        bool isSealed = _caseOf(caseId).status == ILiquidationEngine.Status.Sealed;
        if (!isSealed || found.failedAt != 0 || block.timestamp < found.revealUntil) return (address(0), 0, 0);
        uint64 window = _parametersOf(found).settleWindow;
        uint256 turn = (block.timestamp - found.windowAt) / window;
        (bool exists, uint256 index) = _revealedAt(caseId, turn);
        if (!exists) return (address(0), 0, 0);
        Bid storage bid = _bids[caseId][index];
        return (bid.bidder, bid.cash, found.windowAt + uint64(turn + 1) * window);
    }

    /// @inheritdoc ILiquidationAuction
    function failsAt(uint256 caseId) external view returns (uint64 time) {
        Auction storage found = _existing(caseId);
        if (found.settled) return 0;
        if (found.failedAt != 0) return found.failedAt;
        if (block.timestamp < found.revealUntil) return 0;
        return found.windowAt + uint64(_revealedCount(caseId)) * _parametersOf(found).settleWindow;
    }

    /// @inheritdoc ILiquidationAuction
    function parameters() external view returns (Parameters memory) {
        return _parameterSets[_parameterSets.length - 1];
    }

    /// @inheritdoc ILiquidationAuction
    function parametersOf(uint256 caseId) external view returns (Parameters memory) {
        return _parametersOf(_existing(caseId));
    }

    /// @inheritdoc ILiquidationAuction
    function bidHashOf(
        uint256 caseId,
        uint32 version,
        address bidder,
        uint64 cash,
        bytes32 salt
    ) public view returns (bytes32) {
        return
            keccak256(abi.encode(BID_DOMAIN, block.chainid, address(this), caseId, version, bidder, cash, salt));
    }

    /// @notice Writes down what time has decided.
    /// @param caseId the case.
    /// @return changed whether it was anything new.
    function _book(uint256 caseId) internal returns (bool changed) {
        Auction storage found = _auctions[caseId];
        if (found.settled || found.failedAt != 0) return false;
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        bool isClosed = current.status == ILiquidationEngine.Status.Closed;
        uint64 until = isClosed ? uint64(block.timestamp) : uint64(block.timestamp);
        if (until >= found.revealUntil) changed = _passOver(caseId, found, until);
        // A case that was cured has no next winner.
        if (isClosed && found.failedAt == 0 && found.pot != 0) {
            _forfeitPot(found);
            changed = true;
        }
    }

    /// @notice Books the leader's settlement: its own bond and the pot are its credit.
    /// @param caseId the case, booked.
    /// @param found its auction.
    /// @return cash what was bid. Reverts with NotLeader when it is not the caller's turn.
    function _settleBid(uint256 caseId, Auction storage found) internal returns (uint64 cash) {
        if (block.timestamp < found.revealUntil) revert TooEarly(found.revealUntil);
        (bool exists, uint256 index) = _revealedAt(caseId, 0);
        address leader = exists && found.failedAt == 0 ? _bids[caseId][index].bidder : address(0);
        if (msg.sender != leader) revert NotLeader(leader);
        Bid storage bid = _bids[caseId][index];
        bid.status = BidStatus.Settled;
        found.settled = true;
        uint256 pot = found.pot;
        found.pot = 0;
        if (pot != 0) emit PotPaid(caseId, leader, pot);
        _credit(leader, _parametersOf(found).bidBond + pot);
        return bid.cash;
    }

    /// @notice An auction, or a revert.
    /// @param caseId its case.
    /// @return found the auction.
    function _existing(uint256 caseId) internal view returns (Auction storage found) {
        found = _auctions[caseId];
        if (found.version == 0) revert UnknownAuction(caseId);
    }

    /// @notice The auction of a case in Sealed, or a revert.
    /// @param caseId the case.
    /// @return found its auction.
    function _auctionInSealed(uint256 caseId) internal view returns (Auction storage found) {
        found = _existing(caseId);
        if (_caseOf(caseId).status != ILiquidationEngine.Status.Sealed) revert CaseNotThere(caseId);
    }

    /// @notice The engine's case.
    /// @param caseId the case.
    /// @return the case. Reverts with UnknownCase when there is none.
    function _caseOf(uint256 caseId) internal view returns (ILiquidationEngine.Case memory) {
        return ENGINE.caseOf(caseId);
    }

    /// @notice The parameters that an auction keeps.
    /// @param found the auction.
    /// @return the parameters.
    function _parametersOf(Auction storage found) internal view returns (Parameters storage) {
        return _parameterSets[found.parameterSet];
    }

    /// @notice Passes over all leaders whose time ended by `until`; without one left the sealed phase failed.
    /// @param caseId the case.
    /// @param found its auction.
    /// @param until up to when.
    /// @return changed whether anything had passed.
    function _passOver(uint256 caseId, Auction storage found, uint64 until) private returns (bool changed) {
        Parameters storage chosen = _parametersOf(found);
        (bool exists, uint256 index) = _revealedAt(caseId, 0);
        while (exists) {
            uint64 end = found.windowAt + chosen.settleWindow;
            if (until < end) return changed;
            Bid storage bid = _bids[caseId][index];
            bid.status = BidStatus.Defaulted;
            found.pot += chosen.bidBond;
            found.windowAt = end;
            emit PassedOver(caseId, bid.bidder, end);
            changed = true;
            (exists, index) = _revealedAt(caseId, 0);
        }
        found.failedAt = found.windowAt;
        emit SealedFailed(caseId, found.windowAt);
        _forfeitPot(found);
        return true;
    }

    /// @notice The pot is the insurance fund's.
    /// @param found its auction.
    function _forfeitPot(Auction storage found) private {
        _oweForfeit(found.pot);
        found.pot = 0;
    }

    /// @notice Checks parameters and makes them those of cases to come.
    /// @param next the parameters.
    function _addParameters(Parameters memory next) private {
        Bounds.requireWithin("commitWindow", next.commitWindow, 5 minutes, 1 days);
        Bounds.requireWithin("revealWindow", next.revealWindow, 5 minutes, 1 days);
        Bounds.requireWithin("settleWindow", next.settleWindow, 5 minutes, 1 days);
        Bounds.requireWithin("saleStartWindow", next.saleStartWindow, 10 minutes, 1 days);
        Bounds.requireWithin("saleDuration", next.saleDuration, 10 minutes, 1 days);
        Bounds.requireWithin("holdPeriod", next.holdPeriod, 10 minutes, 7 days);
        Bounds.requireWithin("bidBond", next.bidBond, 1, 1 << 100);
        Bounds.requireWithin("maxDiscount", next.maxDiscount, 1, 500_000);
        Bounds.requireWithin("startDiscount", next.startDiscount, 0, next.maxDiscount - 1);
        Bounds.requireWithin("feeRate", next.feeRate, 0, 50_000);
        Bounds.requireWithin("holdBackRate", next.holdBackRate, 0, 1_000_000);
        Bounds.requireWithin("slippageCap", next.slippageCap, 1, 1_000_000);
        Bounds.requireWithin("slippageBound", next.slippageBound, 0, next.slippageCap - 1);
        _parameterSets.push(next);
        emit ParametersChanged(next);
    }

    /// @notice A bidder's bid, or a revert.
    /// @param caseId the case.
    /// @param bidder the bidder.
    /// @return the bid.
    function _bidOf(uint256 caseId, address bidder) private view returns (Bid storage) {
        Bid[] storage list = _bids[caseId];
        for (uint256 i = 0; i < list.length; ++i) if (list[i].bidder == bidder) return list[i];
        revert WrongBidStatus(bidder, BidStatus.None);
    }

    /// @notice The revealed bid of a rank: more cash first, then the earlier one.
    /// @param caseId the case.
    /// @param rank 0 for the best.
    /// @return exists whether there are so many.
    /// @return index its place in the list.
    function _revealedAt(uint256 caseId, uint256 rank) private view returns (bool exists, uint256 index) {
        Bid[] storage list = _bids[caseId];
        uint256 count = list.length;
        for (uint256 i = 0; i < count; ++i) {
            if (list[i].status == BidStatus.Revealed && _better(list, i) == rank) return (true, i);
        }
        return (false, 0);
    }

    /// @notice How many revealed bids come before one.
    /// @param list the bids.
    /// @param index the place of that one in the list.
    /// @return count its rank, 0 for the best.
    function _better(Bid[] storage list, uint256 index) private view returns (uint256 count) {
        uint64 cash = list[index].cash;
        for (uint256 i = 0; i < list.length; ++i) {
            if (i == index || list[i].status != BidStatus.Revealed) continue;
            if (list[i].cash > cash || (list[i].cash == cash && i < index)) ++count;
        }
    }

    /// @notice How many bids are revealed and not passed over.
    /// @param caseId the case.
    /// @return count 0 to MAX_BIDS.
    function _revealedCount(uint256 caseId) private view returns (uint256 count) {
        Bid[] storage list = _bids[caseId];
        for (uint256 i = 0; i < list.length; ++i) if (list[i].status == BidStatus.Revealed) ++count;
    }

    /// @notice Whether a case closed before a time.
    /// @param caseId the case.
    /// @param time Unix seconds.
    /// @return true for a closed case alone.
    function _closedBefore(uint256 caseId, uint64 time) private view returns (bool) {
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        return current.status == ILiquidationEngine.Status.Closed && uint64(block.timestamp) < time;
    }
}
