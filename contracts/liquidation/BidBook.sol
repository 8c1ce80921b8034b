// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {BidRanking} from "./BidRanking.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {ISealedAuction} from "./ISealedAuction.sol";
import {PortfolioAward} from "./PortfolioAward.sol";

/// @title BidBook
/// @author Ballast
/// @notice Sealed bids: who bid, whose turn it is, and what became of every bond.
/// @dev Turns follow from served times alone: the best revealed bid has the first, from `revealUntil`, and each next
/// one begins when the one before it ended, or its bidder left. `_book` writes down what has passed by then; when it is
/// called changes nothing.
abstract contract BidBook is ISealedAuction, PortfolioAward {
    using BidRanking for Bid[];
    using Math for uint256;
    using SafeCast for uint256;

    /// @notice Most bids of a case.
    uint256 public constant MAX_BIDS = 16;
    /// @notice Leaders who may have their time in vain: after them the portfolio is for sale to everybody.
    uint256 public constant MAX_TURNS = 3;
    /// @notice Cash is below this, as in transfers of whole portfolios.
    uint64 public constant CASH_LIMIT = 1 << 36;
    /// @notice Domain of a bid's hash.
    bytes32 private constant BID_DOMAIN = keccak256("ballast.bid.v1");

    /// @notice The auctions.
    mapping(uint256 caseId => Auction found) private _auctions;
    /// @notice The bids, in the order in which they were committed.
    mapping(uint256 caseId => Bid[] list) private _bids;
    /// @notice The bids' hashes.
    mapping(uint256 caseId => mapping(address bidder => bytes32 bidHash)) private _hashes;

    /// @inheritdoc ISealedAuction
    function open(uint256 caseId) external {
        if (msg.sender != address(ENGINE)) revert OnlyEngine(msg.sender);
        Auction storage found = _auctions[caseId];
        if (found.version != 0) revert AlreadyOpened(caseId);
        found.version = _caseOf(caseId).version;
        Parameters memory chosen = parametersOf(caseId);
        found.commitUntil = CLOCK.served() + chosen.commitWindow;
        found.revealUntil = found.commitUntil + chosen.revealWindow;
        found.windowAt = found.revealUntil;
        emit SealedOpened(caseId, found.version, found.commitUntil, found.revealUntil);
    }

    /// @inheritdoc ISealedAuction
    function commitBid(uint256 caseId, bytes32 bidHash) external nonReentrant {
        if (!mayBid(caseId, msg.sender)) revert NotALiquidator(msg.sender);
        (Auction storage found, ) = _inSealed(caseId);
        if (CLOCK.served() >= found.commitUntil) revert TooLate(found.commitUntil);
        if (_hashes[caseId][msg.sender] != bytes32(0)) revert AlreadyBid(msg.sender);
        if (bidHash == bytes32(0)) revert WrongOpening();
        if (_bids[caseId].length == MAX_BIDS) revert TooManyBids();
        uint128 bond = parametersOf(caseId).bidBond;
        _hashes[caseId][msg.sender] = bidHash;
        _bids[caseId].push(Bid(msg.sender, 0, BidStatus.Committed, bond));
        emit BidCommitted(caseId, msg.sender, bidHash);
        _charge(bond);
    }

    /// @inheritdoc ISealedAuction
    function revealBid(uint256 caseId, uint64 cash, bytes32 salt) external nonReentrant {
        (Auction storage found, ) = _inSealed(caseId);
        uint64 served = CLOCK.served();
        if (served < found.commitUntil) revert TooEarly(found.commitUntil);
        if (served >= found.revealUntil) revert TooLate(found.revealUntil);
        Bid storage bid = _bids[caseId].find(msg.sender);
        if (bid.status != BidStatus.Committed) revert WrongBidStatus(msg.sender, bid.status);
        if (cash >= CASH_LIMIT) revert CashTooLarge(cash);
        bytes32 opened = bidHashOf(caseId, found.version, msg.sender, cash, salt);
        if (opened != _hashes[caseId][msg.sender]) revert WrongOpening();
        uint128 paid = bid.bond;
        uint128 bond = _rateOf(cash, parametersOf(caseId).bondRate).max(paid).toUint128();
        (bid.cash, bid.status, bid.bond) = (cash, BidStatus.Revealed, bond);
        emit BidRevealed(caseId, msg.sender, cash, bond);
        _charge(bond - paid);
    }

    /// @inheritdoc ISealedAuction
    function passOver(uint256 caseId) external nonReentrant {
        if (!_book(caseId, _existing(caseId))) revert NothingToPassOver();
        _tryRemit();
    }

    /// @inheritdoc ISealedAuction
    function conclude(uint256 caseId) external nonReentrant {
        Auction storage found = _existing(caseId);
        _book(caseId, found);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (CLOCK.served() < found.revealUntil || _closedBefore(current, found.revealUntil)) return;
        if (_isAbandoned(caseId, current)) return;
        Bid[] storage list = _bids[caseId];
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i].status == BidStatus.Committed) _forfeit(caseId, list[i]);
        }
        _tryRemit();
    }

    /// @inheritdoc ISealedAuction
    function sweepUnrevealed(uint256 caseId, address bidder) external nonReentrant {
        Auction storage found = _existing(caseId);
        Bid storage bid = _bids[caseId].find(bidder);
        if (bid.status != BidStatus.Committed) revert WrongBidStatus(bidder, bid.status);
        if (CLOCK.served() < found.revealUntil) revert TooEarly(found.revealUntil);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        bool isFree = _closedBefore(current, found.revealUntil) || _isAbandoned(caseId, current);
        if (isFree) revert BondNotFree(bidder);
        _forfeit(caseId, bid);
        _tryRemit();
    }

    /// @inheritdoc ISealedAuction
    function reclaim(uint256 caseId, address bidder) external nonReentrant {
        Auction storage found = _existing(caseId);
        _book(caseId, found);
        Bid storage bid = _bids[caseId].find(bidder);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        bool isFree = _isAbandoned(caseId, current);
        if (bid.status == BidStatus.Revealed) {
            isFree = isFree || found.failedAt != 0 || current.status == ILiquidationEngine.Status.Closed;
        } else if (bid.status == BidStatus.Committed) {
            isFree = isFree || _closedBefore(current, found.revealUntil);
        } else {
            revert WrongBidStatus(bidder, bid.status);
        }
        if (!isFree) revert BondNotFree(bidder);
        _returnBond(caseId, bid);
        _tryRemit();
    }

    /// @inheritdoc ISealedAuction
    function auctionOf(uint256 caseId) external view returns (Auction memory) {
        return _existing(caseId);
    }

    /// @inheritdoc ISealedAuction
    function bidsOf(uint256 caseId) external view returns (Bid[] memory) {
        return _bids[caseId];
    }

    /// @inheritdoc ISealedAuction
    function bidHashAt(uint256 caseId, address bidder) external view returns (bytes32) {
        return _hashes[caseId][bidder];
    }

    /// @inheritdoc ISealedAuction
    function failsAt(uint256 caseId) external view returns (uint64 time) {
        Auction storage found = _existing(caseId);
        if (found.settled) return 0;
        if (found.failedAt != 0) return found.failedAt;
        if (CLOCK.served() < found.revealUntil) return 0;
        uint256 turns = _bids[caseId].count().min(MAX_TURNS - found.turns);
        return found.windowAt + uint64(turns) * parametersOf(caseId).settleWindow;
    }

    /// @inheritdoc ISealedAuction
    function timeLeft(uint256 caseId) external view returns (uint64 commit, uint64 reveal, uint64 turn) {
        Auction storage found = _existing(caseId);
        uint256 served = CLOCK.served();
        (, , uint64 until) = leaderOf(caseId);
        commit = uint64(uint256(found.commitUntil).saturatingSub(served));
        reveal = uint64(uint256(found.revealUntil).saturatingSub(served));
        turn = uint64(uint256(until).saturatingSub(served));
    }

    /// @inheritdoc ISealedAuction
    function leaderOf(uint256 caseId) public view returns (address bidder, uint64 cash, uint64 until) {
        Auction storage found = _existing(caseId);
        bool isSealed = _caseOf(caseId).status == ILiquidationEngine.Status.Sealed;
        uint64 served = CLOCK.served();
        if (!isSealed || found.failedAt != 0 || served < found.revealUntil) return (address(0), 0, 0);
        uint64 window = parametersOf(caseId).settleWindow;
        uint256 passed = (served - found.windowAt) / window;
        (bool exists, uint256 index) = _bids[caseId].ranked(passed);
        if (!exists || found.turns + passed >= MAX_TURNS) return (address(0), 0, 0);
        Bid storage bid = _bids[caseId][index];
        return (bid.bidder, bid.cash, found.windowAt + uint64(passed + 1) * window);
    }

    /// @inheritdoc ISealedAuction
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

    /// @inheritdoc ISealedAuction
    function mayBid(uint256 caseId, address account) public view virtual returns (bool);

    /// @inheritdoc ISealedAuction
    function parametersOf(uint256 caseId) public view virtual returns (Parameters memory);

    /// @notice Writes down what time has decided.
    /// @param caseId the case.
    /// @param found its auction.
    /// @return changed whether it was anything new.
    function _book(uint256 caseId, Auction storage found) internal returns (bool changed) {
        if (found.settled || found.failedAt != 0) return false;
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        // In a case that is over nobody can settle: nobody's turn passes.
        if (_isAbandoned(caseId, current)) return false;
        bool isClosed = current.status == ILiquidationEngine.Status.Closed;
        uint64 until = isClosed ? current.closedServed : CLOCK.served();
        if (until < found.revealUntil) return false;
        uint64 window = parametersOf(caseId).settleWindow;
        Bid[] storage list = _bids[caseId];
        (bool exists, uint256 index) = list.ranked(0);
        while (exists && found.turns < MAX_TURNS) {
            uint64 end = found.windowAt + window;
            if (until < end) return changed;
            list[index].status = BidStatus.Defaulted;
            (found.windowAt, changed) = (end, true);
            ++found.turns;
            emit PassedOver(caseId, list[index].bidder, end);
            _oweForfeit(list[index].bond);
            (exists, index) = list.ranked(0);
        }
        found.failedAt = found.windowAt;
        emit SealedFailed(caseId, found.windowAt);
        return true;
    }

    /// @notice The bid of the leader, which the caller must be, after all that time has decided was booked.
    /// @param caseId the case, in Sealed.
    /// @param found its auction.
    /// @return the bid.
    function _bookedLeader(uint256 caseId, Auction storage found) internal returns (Bid storage) {
        if (CLOCK.served() < found.revealUntil) revert TooEarly(found.revealUntil);
        _book(caseId, found);
        Bid[] storage list = _bids[caseId];
        (bool exists, uint256 index) = list.ranked(0);
        address leader = exists && found.failedAt == 0 ? list[index].bidder : address(0);
        if (msg.sender != leader) revert NotLeader(leader);
        return list[index];
    }

    /// @notice Gives a bond back, as credit.
    /// @param caseId the case.
    /// @param bid whose.
    function _returnBond(uint256 caseId, Bid storage bid) internal {
        bid.status = BidStatus.Returned;
        emit BondReturned(caseId, bid.bidder);
        _credit(bid.bidder, bid.bond);
    }

    /// @notice The case in Sealed and its auction, or a revert.
    /// @param caseId the case.
    /// @return found its auction.
    /// @return current the case.
    function _inSealed(
        uint256 caseId
    ) internal view returns (Auction storage found, ILiquidationEngine.Case memory current) {
        (found, current) = (_existing(caseId), _caseOf(caseId));
        if (current.status != ILiquidationEngine.Status.Sealed || ENGINE.isOver(caseId)) revert CaseNotThere(caseId);
    }

    /// @notice An auction, or a revert.
    /// @param caseId its case.
    /// @return found the auction.
    function _existing(uint256 caseId) private view returns (Auction storage found) {
        found = _auctions[caseId];
        if (found.version == 0) revert UnknownAuction(caseId);
    }

    /// @notice Sends the bond of a bid that was not revealed to the insurance fund.
    /// @param caseId the case.
    /// @param bid whose.
    function _forfeit(uint256 caseId, Bid storage bid) private {
        bid.status = BidStatus.Forfeited;
        emit BondForfeited(caseId, bid.bidder);
        _oweForfeit(bid.bond);
    }

    /// @notice Whether a case is over, or ended as one that was: bonds that were not lost before come back.
    /// @param caseId the case.
    /// @param current the same.
    /// @return whether it is so.
    function _isAbandoned(uint256 caseId, ILiquidationEngine.Case memory current) private view returns (bool) {
        if (current.status == ILiquidationEngine.Status.Closed) {
            return current.outcome == ILiquidationEngine.Outcome.Abandoned;
        }
        return ENGINE.isOver(caseId);
    }

    /// @notice Whether a case closed before a time.
    /// @param current the case.
    /// @param time served seconds.
    /// @return true for a closed case alone.
    function _closedBefore(ILiquidationEngine.Case memory current, uint64 time) private pure returns (bool) {
        return current.status == ILiquidationEngine.Status.Closed && current.closedServed < time;
    }
}
