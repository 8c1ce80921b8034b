// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {GateFixture} from "./GateFixture.sol";

/// Plays everybody at once: the fuzzer calls these actions in any order. Each makes the proofs that it needs and calls the
/// contracts as anyone could; what must never happen and is seen to happen is kept in `violation`.
contract LiquidationHandler is GateFixture {
    uint256 internal constant CUSTOMERS = 5;
    uint256 internal constant FIRST_CUSTOMER = 3001;
    address internal constant LP = address(0x11b);

    /// What went wrong, if anything did.
    string public violation;
    /// Successful calls by action: `test_EveryActionSucceeds` reads them, as invariants over calls that fail say nothing.
    mapping(string action => uint256 times) public done;
    /// Whole portfolios moved away, by case.
    mapping(uint256 caseId => uint256 times) public awards;
    /// Lots that came into the vault by proofs.
    uint256 public fundedLots;
    /// What a closed case looked like; the latest of open ones.
    mapping(uint256 caseId => bytes32 state) private _closed;
    mapping(uint256 caseId => ILiquidationEngine.Case found) private _last;
    mapping(bytes32 bid => bytes32 salt) private _salts;
    mapping(bytes32 bid => uint64 cash) private _cash;
    uint256[] private _withdrawals;
    uint256 private _salt;

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < CUSTOMERS; ++i) register(FIRST_CUSTOMER + i, owner(i), false);
        for (uint256 i = 0; i < 3; ++i) {
            fund(liquidator(i), address(auction), 1e18);
            fund(liquidator(i), address(sale), 1e18);
        }
        fund(STRANGER, address(engine), 1e18);
        fund(STRANGER, address(challenges), 1e18);
        fund(LP, address(house), 1e18);
        advance(1);
    }

    function owner(uint256 i) internal pure returns (address) {
        return address(uint160(0x0e000 + i));
    }

    // --- actions ---

    function passTime(uint16 seconds_) external {
        advance(uint64(bound(seconds_, 1, 25 minutes)));
        ++done["time"];
    }

    /// Time in which the oracle publishes nothing.
    function passTimeInSilence(uint16 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 2 hours));
        ++done["silence"];
    }

    function attestTier(uint256 who, uint8 tier) external {
        uint256 accountId = _customer(who);
        uint256 commitment = ledger.commitmentOf(accountId);
        if (registry.attestation(accountId, commitment).snapshotTime >= block.timestamp) advance(1);
        attest(accountId, uint8(bound(tier, 0, 4)));
        ++done["attest"];
    }

    /// A case from nothing, or a worse proof about one that is open.
    function breach(uint256 who, uint8 tier) external {
        uint256 accountId = _customer(who);
        advance(1);
        attest(accountId, uint8(bound(tier, 2, 4)));
        uint256 caseId = engine.openCaseOf(accountId);
        if (caseId == 0) engine.open(accountId);
        else engine.escalate(caseId);
        ++done["breach"];
    }

    function openAny(uint256 who) external {
        uint256 accountId = _customer(who);
        uint256 commitment = ledger.commitmentOf(accountId);
        ICoverageRegistry.Attestation memory found = registry.attestation(accountId, commitment);
        bool isBreach = found.isCurrent &&
            found.tier >= 2 &&
            found.snapshotTime >= ledger.account(accountId).updatedAt;
        bool mayOpen = isBreach && !engine.paused() && engine.openCaseOf(accountId) == 0;
        try engine.open(accountId) {
            if (!mayOpen) violation = "a case opened without a proof, or of an account that has one";
            ++done["open"];
        } catch {
            if (mayOpen) violation = "a proof of a breach did not open a case";
        }
    }

    function cure(uint256 which) external {
        uint256 caseId = _case(which);
        uint256 accountId = engine.caseOf(caseId).accountId;
        ICoverageRegistry.Attestation memory found = registry.attestation(
            accountId,
            ledger.commitmentOf(accountId)
        );
        engine.cure(caseId);
        if (!found.isCurrent || found.tier > 1) violation = "cured without a proof";
        ++done["cure"];
    }

    function cureByDeposit(uint256 which, uint16 lots) external {
        uint256 caseId = _case(which);
        uint256 accountId = engine.caseOf(caseId).accountId;
        int64 funding = int64(uint64(bound(lots, 1, 1000)));
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, STRANGER);
        TransferClaim memory claim = transferClaim(
            TransferTerms(accountId, next(accountId), 0, 0, 0, funding, false, purpose)
        );
        _attestNew(accountId, claim.newA, 1);
        vm.prank(STRANGER);
        engine.cureByTransfer(caseId, claim);
        fundedLots += uint64(funding);
        ++done["deposit"];
    }

    function escalate(uint256 which) external {
        engine.escalate(_case(which));
        ++done["escalate"];
    }

    function abandon(uint256 which) external {
        engine.abandon(_case(which));
        ++done["abandon"];
    }

    function bid(uint256 which, uint256 who, uint32 cash) external {
        uint256 caseId = _caseToBidOn(which);
        address bidder = liquidator(who % 3);
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
        address bidder = _bidderOf(caseId, who);
        bytes32 key = keccak256(abi.encode(caseId, bidder));
        if (!_toReveal(caseId)) return;
        vm.prank(bidder);
        auction.revealBid(caseId, _cash[key], _salts[key]);
        ++done["reveal"];
    }

    function settle(uint256 which, uint32 lots) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sealed);
        _serveTo(auction.auctionOf(caseId).revealUntil);
        (address leader, uint64 cash, ) = auction.leaderOf(caseId);
        if (leader == address(0)) return;
        uint64 floor = uint64(auction.floorOf(caseId, lots));
        EquityClaim memory equity = equityClaim(engine.caseOf(caseId).accountId, 3, lotsOf(lots));
        TransferClaim memory claim = _award(caseId, leader, floor > cash ? floor : cash);
        vm.prank(leader);
        auction.settle(caseId, claim, equity);
        ++awards[caseId];
        ++done["settle"];
    }

    /// The leader leaves, or shows that the account is healthy.
    function withdrawBid(uint256 which, uint32 lots, uint8 tier) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sealed);
        _serveTo(auction.auctionOf(caseId).revealUntil);
        (address leader, , ) = auction.leaderOf(caseId);
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
        auction.sweepUnrevealed(_anyCase(which), liquidator(who % 3));
        ++done["sweep"];
    }

    function reclaim(uint256 which, uint256 who) external {
        auction.reclaim(_anyCase(which), liquidator(who % 3));
        ++done["reclaim"];
    }

    function showEquity(uint256 which, int64 equity, uint8 tier) external {
        uint256 caseId = _case(which);
        if (statusOf(caseId) == ILiquidationEngine.Status.Sealed) _serveTo(auction.failsAt(caseId));
        EquityClaim memory claim = equityClaim(engine.caseOf(caseId).accountId, 2 + (tier % 3), equity);
        uint256 discount = sale.discountOf(caseId);
        sale.showEquity(caseId, claim);
        if (sale.discountOf(caseId) < discount) violation = "a discount fell";
        ++done["sale"];
    }

    function buy(uint256 which, uint256 who, uint32 lots) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sale);
        if (statusOf(caseId) != ILiquidationEngine.Status.Sale) return;
        address buyer = liquidator(who % 3);
        EquityClaim memory equity = equityClaim(engine.caseOf(caseId).accountId, 3, lotsOf(lots));
        TransferClaim memory claim = _award(caseId, buyer, uint64(sale.priceOf(caseId, lots)));
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(buyer);
        sale.buy(caseId, version, claim, equity);
        ++awards[caseId];
        ++done["buy"];
    }

    function lapse(uint256 which) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Sealed);
        if (which % 2 == 0) _serveTo(auction.failsAt(caseId) + SALE_START);
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

    function takeOver(uint256 which) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Takeover);
        uint256 accountId = engine.caseOf(caseId).accountId;
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory claim = transferClaim(
            TransferTerms(accountId, next(accountId), HOUSE, next(HOUSE), 0, 0, true, purpose)
        );
        EquityClaim memory equity = equityClaim(accountId, 4, -int256(which % 1_000_000));
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, equity);
        ++awards[caseId];
        ++done["take over"];
    }

    function absorb(uint24 loss) external {
        uint256 lots = bound(loss, 1, 1_000_000);
        uint256 insurance = house.poolOf(ILossPools.Pool.InsuranceFund).assets / UNITS;
        uint256 gamma = house.poolOf(ILossPools.Pool.GammaReserve).assets;
        uint256 most = insurance + gamma / UNITS;
        uint256 drawn = lots < most ? lots : most;
        EquityClaim memory shown = equityClaim(HOUSE, 4, -int256(lots * MICROS_PER_LOT));
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        TransferClaim memory claim = transferClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(drawn)), false, purpose)
        );
        house.absorb(shown, claim);
        fundedLots += drawn;
        bool gammaPaid = house.poolOf(ILossPools.Pool.GammaReserve).assets < gamma;
        bool insuranceLeft = house.poolOf(ILossPools.Pool.InsuranceFund).assets >= UNITS;
        if (gammaPaid && insuranceLeft) violation = "the Gamma Reserve paid before the insurance fund";
        if (house.residual() != lots - drawn) violation = "the residual is not what the funds lacked";
        ++done["absorb"];
    }

    function clearResidual(uint32 equity) external {
        house.clearResidual(equityClaim(HOUSE, 0, int256(uint256(equity))));
        ++done["clear"];
    }

    function depositFunds(bool isGamma, uint40 amount) external {
        uint256 paid = bound(amount, UNITS, 1e12);
        vm.prank(LP);
        house.deposit(isGamma ? ILossPools.Pool.GammaReserve : ILossPools.Pool.InsuranceFund, paid);
        ++done["fund"];
    }

    function requestWithdrawal(bool isGamma, uint8 part) external {
        ILossPools.Pool pool = isGamma ? ILossPools.Pool.GammaReserve : ILossPools.Pool.InsuranceFund;
        uint256 shares = house.sharesOf(pool, LP) / bound(part, 1, 4);
        vm.prank(LP);
        _withdrawals.push(house.requestWithdrawal(pool, shares));
        ++done["request"];
    }

    function withdrawFunds(uint256 which) external {
        if (_withdrawals.length == 0) return;
        uint256 id = _withdrawals[which % _withdrawals.length];
        ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
        bool isLocked = house.residual() != 0 || engine.pendingTakeovers() != 0;
        uint64 payableAt = isLocked ? waiting.payableAt : waiting.readyAt;
        if (which % 3 != 0 && block.timestamp < payableAt) advance(payableAt - uint64(block.timestamp));
        vm.prank(LP);
        house.withdraw(id, LP);
        if (isLocked && block.timestamp < waiting.payableAt) {
            violation = "somebody left the funds while losses were open";
        }
        ++done["withdraw"];
    }

    function cancelWithdrawal(uint256 which) external {
        if (_withdrawals.length == 0) return;
        uint256 id = _withdrawals[which % _withdrawals.length];
        ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
        uint256 held = house.sharesOf(waiting.pool, LP);
        vm.prank(LP);
        uint256 returned = house.cancelWithdrawal(id);
        if (returned > waiting.shares) violation = "a request that was taken back brought more shares";
        if (house.sharesOf(waiting.pool, LP) != held + returned) violation = "shares that came back are not there";
        ++done["cancel"];
    }

    function withdrawCredits(uint256 who, bool ofSale) external {
        address account = who % 4 == 3 ? STRANGER : liquidator(who % 4);
        vm.prank(account);
        if (who % 4 == 3) challenges.withdrawCredit(account);
        else if (ofSale) sale.withdrawCredit(account);
        else auction.withdrawCredit(account);
        ++done["credit"];
    }

    function setPaused(bool paused) external {
        vm.prank(GUARDIAN);
        engine.setPaused(paused);
        ++done["pause"];
    }

    // --- what must hold in every state ---

    /// Money: all there is stands with somebody, and every contract holds what it says.
    function checkMoney() external view {
        assertBooks();
        uint256 held = token.balanceOf(address(challenges)) +
            token.balanceOf(address(auction)) +
            token.balanceOf(address(sale)) +
            token.balanceOf(address(house)) +
            token.balanceOf(address(vault)) +
            token.balanceOf(address(this)) +
            token.balanceOf(STRANGER) +
            token.balanceOf(LP);
        for (uint256 i = 0; i < 3; ++i) held += token.balanceOf(liquidator(i));
        vm.assertEq(held, token.totalSupply(), "money is conserved");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), fundedLots, "the vault has what proofs brought in");
    }

    /// Cases only go forward, deadlines of a phase stay, closed ones never change, accounts are frozen exactly while open.
    function checkCases() external {
        uint256 count = engine.caseCount();
        uint256 takeovers;
        for (uint256 caseId = 1; caseId <= count; ++caseId) {
            ILiquidationEngine.Case memory found = engine.caseOf(caseId);
            ILiquidationEngine.Case memory last = _last[caseId];
            vm.assertTrue(uint256(found.status) >= uint256(last.status), "forward");
            vm.assertTrue(found.version >= last.version && found.phaseAt >= last.phaseAt, "monotone");
            if (found.status == last.status) {
                vm.assertEq(found.until, last.until, "a phase keeps its deadline");
            }
            bool isClosed = found.status == ILiquidationEngine.Status.Closed;
            bytes32 state = keccak256(abi.encode(found));
            if (isClosed && _closed[caseId] != bytes32(0)) {
                vm.assertEq(state, _closed[caseId], "closed for good");
            }
            if (isClosed) _closed[caseId] = state;
            else vm.assertEq(engine.openCaseOf(found.accountId), caseId, "one open case");
            if (found.status == ILiquidationEngine.Status.Takeover) ++takeovers;
            bool isAtStake = found.status == ILiquidationEngine.Status.Sale ||
                found.status == ILiquidationEngine.Status.Takeover;
            if (isAtStake) vm.assertTrue(found.snapshotTime != 0 && found.tier >= 2, "sold or taken over by a proof");
            vm.assertTrue(awards[caseId] <= 1, "one award");
            vm.assertEq(awards[caseId], _isAward(found.outcome) ? 1 : 0, "awarded as it says");
            _last[caseId] = found;
        }
        vm.assertEq(takeovers, engine.pendingTakeovers(), "takeovers that wait");
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 accountId = FIRST_CUSTOMER + i;
            bool isOpen = engine.openCaseOf(accountId) != 0;
            vm.assertTrue(ledger.account(accountId).frozen == isOpen, "frozen exactly while a case is open");
        }
    }

    /// Whatever happened, paused or not: time alone ends every case, and every bond is fetched.
    function checkEverythingCanBeFetched() external {
        uint256 count = engine.caseCount();
        for (uint256 caseId = 1; caseId <= count; ++caseId) _endByTime(caseId);
        vm.warp(block.timestamp + 8 days);
        for (uint256 caseId = 1; caseId <= count; ++caseId) _fetchBonds(caseId);
        vm.warp(block.timestamp + 3 days);
        for (uint256 i = 0; i < 4; ++i) {
            address account = i == 3 ? STRANGER : liquidator(i);
            vm.startPrank(account);
            if (auction.creditOf(account) != 0) auction.withdrawCredit(account);
            if (sale.creditOf(account) != 0) sale.withdrawCredit(account);
            if (challenges.creditOf(account) != 0) challenges.withdrawCredit(account);
            vm.stopPrank();
        }
        vm.assertEq(auction.accounted(), 0, "every bond and credit is out of the auction");
        vm.assertEq(sale.accounted(), 0, "every hold and credit is out of the sale");
        vm.assertEq(challenges.accounted(), 0, "every challenge's bond is out of the engine");
        vm.assertEq(engine.pendingTakeovers(), 0, "no case holds the funds");
        assertBooks();
    }

    /// Whatever locks the funds: every request that waits is paid in its window or, when it is worth nothing, taken back.
    function checkRequestsArePaidOrTakenBack() external {
        for (uint256 i = 0; i < _withdrawals.length; ++i) {
            uint256 id = _withdrawals[i];
            ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
            if (waiting.owner == address(0)) continue;
            uint256 state = vm.snapshotState();
            if (block.timestamp < waiting.payableAt) vm.warp(waiting.payableAt);
            bool isOver = block.timestamp >= waiting.lapsesAt;
            uint256 before = token.balanceOf(LP);
            vm.prank(LP);
            try house.withdraw(id, LP) returns (uint256 amount) {
                vm.assertTrue(!isOver && amount <= waiting.most, "paid at most what it was worth, and in time");
                vm.assertEq(token.balanceOf(LP), before + amount, "paid");
            } catch (bytes memory reason) {
                bytes4 allowed = isOver ? ILossPools.WithdrawalLapsed.selector : ILossPools.NothingToPay.selector;
                vm.assertEq(bytes32(bytes4(reason)), bytes32(allowed), "nothing else is in the way");
            }
            vm.revertToState(state);
            vm.prank(LP);
            house.cancelWithdrawal(id);
            vm.revertToState(state);
        }
    }

    /// Prices are missing for so long that any case can be abandoned.
    function _endByTime(uint256 caseId) private {
        if (statusOf(caseId) == ILiquidationEngine.Status.Closed) return;
        vm.warp(block.timestamp + UNSERVED + 1 hours);
        engine.abandon(caseId);
    }

    function _fetchBonds(uint256 caseId) private {
        if (sale.holdOf(caseId).amount != 0) sale.releaseHold(caseId);
        ISealedAuction.Bid[] memory bids = auction.bidsOf(caseId);
        for (uint256 i = 0; i < bids.length; ++i) {
            // one of the two is right for every bid whose bond is still there
            try auction.reclaim(caseId, bids[i].bidder) {} catch {}
            try auction.sweepUnrevealed(caseId, bids[i].bidder) {} catch {}
        }
        try auction.passOver(caseId) {} catch {}
    }

    // --- parts of actions ---

    function _customer(uint256 who) private pure returns (uint256) {
        return FIRST_CUSTOMER + (who % CUSTOMERS);
    }

    /// An open case where there is one, so that most calls do something.
    function _case(uint256 which) private view returns (uint256) {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 caseId = engine.openCaseOf(_customer((which % CUSTOMERS) + i));
            if (caseId != 0) return caseId;
        }
        revert("no open case");
    }

    /// An open case in this status, where there is one.
    function _caseIn(uint256 which, ILiquidationEngine.Status status) private view returns (uint256) {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 caseId = engine.openCaseOf(_customer((which % CUSTOMERS) + i));
            if (caseId != 0 && statusOf(caseId) == status) return caseId;
        }
        return _case(which);
    }

    function _anyCase(uint256 which) private view returns (uint256) {
        return 1 + (which % engine.caseCount());
    }

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

    function _isAward(ILiquidationEngine.Outcome outcome) private pure returns (bool) {
        return
            outcome == ILiquidationEngine.Outcome.Awarded ||
            outcome == ILiquidationEngine.Outcome.Sold ||
            outcome == ILiquidationEngine.Outcome.TakenOver;
    }

    function _toReveal(uint256 caseId) private returns (bool) {
        ISealedAuction.Auction memory found = auction.auctionOf(caseId);
        if (clock.served() >= found.revealUntil) return false;
        _serveTo(found.commitUntil);
        return true;
    }

    /// Serves until so many seconds were.
    function _serveTo(uint64 served) private {
        if (served > clock.served()) serve(served - clock.served());
    }

    function _attestNew(uint256 accountId, uint256 commitment, uint8 tier) private {
        uint64 stored = registry.attestation(accountId, commitment).snapshotTime;
        if (stored < engine.caseOf(engine.openCaseOf(accountId)).snapshotTime || stored == 0) {
            if (oracleTime() < block.timestamp) advance(1);
            attest(accountId, commitment, tier);
        }
    }

    function oracleTime() private view returns (uint64) {
        return oracle.snapshotTime(snapshotId);
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
