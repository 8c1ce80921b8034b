// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CeilingClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {CaseHandler} from "./CaseHandler.sol";

/// Liquidators and buyers: sealed bids and the public sale.
abstract contract AuctionHandler is CaseHandler {
    mapping(bytes32 bid => bytes32 salt) internal _salts;
    mapping(bytes32 bid => uint64 cash) private _cash;
    uint256 private _salt;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < 3; ++i) {
            fund(liquidator(i), address(auction), 1e18);
            fund(liquidator(i), address(sale), 1e18);
        }
    }

    function bid(uint256 which, uint256 who, uint32 cash) external {
        _bid(_caseToBidOn(which), liquidator(who % 3), cash);
    }

    function _bid(uint256 caseId, address bidder, uint64 cash) private {
        bytes32 key = keccak256(abi.encode(caseId, bidder));
        bytes32 salt = bytes32(++_salt);
        uint32 version = engine.caseOf(caseId).version;
        bytes32 bidHash = auction.bidHashOf(caseId, version, bidder, cash, salt);
        vm.prank(bidder);
        auction.commitBid(caseId, bidHash);
        (_salts[key], _cash[key]) = (salt, cash);
        ++done["bid"];
    }

    function reveal(uint256 which, uint256 who) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sealed);
        _reveal(caseId, _bidderOf(caseId, who));
    }

    function _reveal(uint256 caseId, address bidder) private {
        bytes32 key = keccak256(abi.encode(caseId, bidder));
        if (!_toReveal(caseId)) return;
        vm.prank(bidder);
        auction.revealBid(caseId, _cash[key], _salts[key]);
        ++done["reveal"];
    }

    /// By the account's equity, or by a ceiling of it: that of what is paid, or another.
    function settle(uint256 which, uint32 lots, uint8 how) external {
        uint256 caseId = _caseInTurn(which, lots / 2);
        (address leader, uint64 cash, ) = auction.leaderOf(caseId);
        if (leader == address(0)) return;
        if (how % 2 == 0) return _settleUnshown(caseId, leader, cash + lots, how % 4 == 0);
        uint64 floor = uint64(auction.floorOf(caseId, lots));
        EquityClaim memory equity = equityClaim(engine.caseOf(caseId).accountId, 3, lotsOf(lots));
        TransferClaim memory claim = _award(caseId, leader, floor > cash ? floor : cash);
        vm.prank(leader);
        auction.settle(caseId, claim, equity);
        ++awards[caseId];
        ++done["settle"];
    }

    /// A case whose bids are revealed, after one of its own now and then.
    function _caseInTurn(uint256 which, uint64 cash) private returns (uint256 caseId) {
        bool hasBid = which % 4 == 0;
        caseId = hasBid ? _caseToBidOn(which) : _caseIn(which, ILiquidationEngine.Status.Sealed);
        if (hasBid) {
            _bid(caseId, liquidator(which % 3), cash);
            _reveal(caseId, liquidator(which % 3));
        }
        _serveTo(auction.auctionOf(caseId).revealUntil);
    }

    function _settleUnshown(uint256 caseId, address leader, uint64 cash, bool isRight) private {
        TransferClaim memory claim = _award(caseId, leader, cash);
        uint256 ceiling = auction.ceilingOf(caseId, cash) + (isRight ? 0 : 1);
        CeilingClaim memory shown = ceilingClaim(engine.caseOf(caseId).accountId, ceiling);
        vm.prank(leader);
        auction.settleUnshown(caseId, claim, shown);
        if (!isRight) violation = "an award under another ceiling than its price's";
        ++awards[caseId];
        ++done["settle unshown"];
    }

    /// The leader leaves, or shows that the account is healthy.
    function withdrawBid(uint256 which, uint32 lots, uint8 tier) external {
        uint256 caseId = _caseInTurn(which, lots / 2);
        (address leader, , ) = auction.leaderOf(caseId);
        if (leader == address(0)) return;
        EquityClaim memory equity = equityClaim(engine.caseOf(caseId).accountId, tier % 5, lotsOf(lots));
        vm.prank(leader);
        auction.withdrawBid(caseId, equity);
        ++done["leave"];
    }

    function passOver(uint256 which) external {
        auction.passOver(_caseIn(which, ILiquidationEngine.Status.Sealed));
        ++done["pass over"];
    }

    function sweep(uint256 which, uint256 who) external {
        (uint256 caseId, address bidder) = _bondIn(which, who, ISealedAuction.BidStatus.Committed);
        if (statusOf(caseId) == ILiquidationEngine.Status.Sealed) _serveTo(auction.auctionOf(caseId).revealUntil);
        auction.sweepUnrevealed(caseId, bidder);
        ++done["sweep"];
    }

    function reclaim(uint256 which, uint256 who) external {
        (uint256 caseId, address bidder) = _bondIn(which, who, ISealedAuction.BidStatus.Revealed);
        if (who % 2 == 0 && statusOf(caseId) != ILiquidationEngine.Status.Closed) {
            uint256 accountId = engine.caseOf(caseId).accountId;
            _attestNewest(accountId, ledger.commitmentOf(accountId), 1);
            engine.cure(caseId);
        }
        auction.reclaim(caseId, bidder);
        ++done["reclaim"];
    }

    function showEquity(uint256 which, int64 equity, uint8 tier) external {
        uint256 caseId = _case(which);
        if (statusOf(caseId) == ILiquidationEngine.Status.Sealed) _serveToFailure(caseId);
        EquityClaim memory claim = equityClaim(engine.caseOf(caseId).accountId, 2 + (tier % 3), equity);
        uint256 discount = sale.discountOf(caseId);
        sale.showEquity(caseId, claim);
        if (sale.discountOf(caseId) < discount) violation = "a discount fell";
        ++done["sale"];
    }

    function buy(uint256 which, uint256 who, uint32 lots) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sale);
        ILiquidationEngine.Status status = statusOf(caseId);
        if (status == ILiquidationEngine.Status.Sealed) _serveToFailure(caseId);
        if (status != ILiquidationEngine.Status.Sale) {
            sale.showEquity(caseId, equityClaim(engine.caseOf(caseId).accountId, 3, lotsOf(10_000 + uint256(lots))));
        }
        address buyer = liquidator(who % 3);
        uint256 worth = 10_000 + uint256(lots);
        EquityClaim memory equity = equityClaim(engine.caseOf(caseId).accountId, 3, lotsOf(worth));
        TransferClaim memory claim = _award(caseId, buyer, uint64(sale.priceOf(caseId, worth)));
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(buyer);
        sale.buy(caseId, version, claim, equity);
        ++awards[caseId];
        ++done["buy"];
    }

    function lapse(uint256 which) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sealed);
        if (which % 2 == 0) {
            _serveToFailure(caseId);
            serve(SALE_START);
        }
        sale.lapse(caseId);
        ++done["lapse"];
    }

    function recordMove(uint256 which, uint32 move) external {
        volatility.set(1, bound(move, 0, 200_000), false);
        sale.recordMove(_heldCase(which));
        ++done["record"];
    }

    function releaseHold(uint256 which, uint32 move, bool isSilent) external {
        volatility.set(1, bound(move, 0, 200_000), isSilent);
        uint256 caseId = _heldCase(which);
        uint64 releaseAt = sale.holdOf(caseId).releaseAt;
        if (which % 2 == 0 && block.timestamp < releaseAt) advance(releaseAt - uint64(block.timestamp));
        sale.releaseHold(caseId);
        ++done["release"];
    }

    function withdrawCredits(uint256 who) external {
        address[3] memory parts = [address(challenges), address(auction), address(sale)];
        for (uint256 i = 0; i < 12; ++i) {
            IPayments part = IPayments(parts[(who % 3 + i) % 3]);
            address account = i / 3 == 3 ? STRANGER : liquidator(i / 3);
            if (part.creditOf(account) == 0) continue;
            vm.prank(account);
            part.withdrawCredit(account);
            ++done["credit"];
            return;
        }
    }

    // --- parts of actions ---

    /// A case that still takes bids; a new one where there is none, so that there is something to reveal, sell and give back.
    function _caseToBidOn(uint256 which) private returns (uint256) {
        uint256 free;
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 accountId = _customer((which % CUSTOMERS) + i);
            uint256 caseId = engine.openCaseOf(accountId);
            if (caseId == 0) free = accountId;
            else if (
                statusOf(caseId) == ILiquidationEngine.Status.Sealed &&
                clock.served() < auction.auctionOf(caseId).commitUntil
            ) return caseId;
        }
        if (free == 0) revert("no case takes bids");
        advance(1);
        attest(free, 3);
        return engine.open(free);
    }

    /// A case of whose sale something is held back, where there is one.
    function _heldCase(uint256 which) private view returns (uint256) {
        uint256 count = engine.caseCount();
        for (uint256 i = 0; i < count; ++i) {
            uint256 caseId = 1 + (which % count + i) % count;
            if (sale.holdOf(caseId).amount != 0) return caseId;
        }
        return _anyCase(which);
    }

    /// A liquidator whose bid in this case can still be opened, where there is one.
    function _bidderOf(uint256 caseId, uint256 who) private view returns (address) {
        for (uint256 i = 0; i < 3; ++i) {
            address bidder = liquidator((who % 3 + i) % 3);
            if (_salts[keccak256(abi.encode(caseId, bidder))] != bytes32(0)) return bidder;
        }
        return liquidator(who % 3);
    }

    /// A bid in this status, in a closed case if there is one; else any.
    function _bondIn(
        uint256 which,
        uint256 who,
        ISealedAuction.BidStatus status
    ) private view returns (uint256 caseId, address bidder) {
        uint256 count = engine.caseCount();
        (caseId, bidder) = (_anyCase(which), liquidator(who % 3));
        for (uint256 i = 0; i < count; ++i) {
            uint256 candidate = 1 + (which % count + i) % count;
            ISealedAuction.Bid[] memory bids = auction.bidsOf(candidate);
            for (uint256 j = 0; j < bids.length; ++j) {
                if (bids[j].status != status) continue;
                (caseId, bidder) = (candidate, bids[j].bidder);
                if (statusOf(candidate) == ILiquidationEngine.Status.Closed) return (caseId, bidder);
            }
        }
    }

    /// Serves until the sealed phase of a case has failed, where nobody settles.
    function _serveToFailure(uint256 caseId) private {
        _serveTo(auction.auctionOf(caseId).revealUntil);
        _serveTo(auction.failsAt(caseId));
    }

    function _toReveal(uint256 caseId) private returns (bool) {
        ISealedAuction.Auction memory found = auction.auctionOf(caseId);
        if (clock.served() >= found.revealUntil) return false;
        _serveTo(found.commitUntil);
        return true;
    }

    function _award(uint256 caseId, address buyer, uint64 cash) private returns (TransferClaim memory claim) {
        uint256 accountId = engine.caseOf(caseId).accountId;
        uint256 accountB = accountOf(uint160(buyer) - uint160(liquidator(0)));
        uint256 newB = next(accountB);
        if (registry.attestation(accountB, newB).snapshotTime < oracleTime()) attest(accountB, newB, 1);
        bytes32 purpose = casePurpose("award", caseId, engine.caseOf(caseId).version, buyer);
        claim = transferClaim(
            TransferTerms(accountId, next(accountId), accountB, newB, int64(cash), 0, true, purpose)
        );
    }
}
