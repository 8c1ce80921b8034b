// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {
    DeleverageClaim,
    EmptyClaim,
    EquityClaim,
    ReductionClaim,
    TransferClaim
} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {AuctionHandler} from "./AuctionHandler.sol";

/// The clearing house and its depositors: takeovers, losses, rounds, and the funds.
abstract contract FundsHandler is AuctionHandler {
    address internal constant LP = address(0x11b);
    uint32 private constant INSTRUMENT = 10;

    uint256[] internal _withdrawals;
    uint256 private _roundId;
    /// The account that the operator opened for the house, and what it is worth wherever it isn't empty.
    uint256 internal _second;
    int256 private constant OF_SECOND = -777;

    function setUp() public virtual override {
        super.setUp();
        fund(LP, address(house), 1e18);
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 1), 0xe3);
        vm.prank(OPERATOR);
        _second = accounts.openAccount(0xe3, proven);
    }

    // --- the house ---

    /// Into either of the house's accounts, counted by a run or not.
    function takeOver(uint256 which, uint256 how) external {
        uint256 caseId = how % 2 == 0 ? _bankrupt(which) : _caseIn(which, ILiquidationEngine.Status.Takeover);
        uint256 accountId = engine.caseOf(caseId).accountId;
        uint256 taker = how % 4 < 2 ? HOUSE : _second;
        if (how % 3 != 1) _serveTo(engine.caseOf(caseId).phaseServed + NOTICE);
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory claim = transferClaim(
            TransferTerms(accountId, next(accountId), taker, next(taker), 0, 0, true, purpose)
        );
        EquityClaim memory equity = equityClaim(accountId, 4, -int256((which % 1_000_000) * MICROS_PER_LOT));
        if (how % 5 != 4) _count(accountId);
        bool isCounted = anchors.isAnchored(accountId) || _isOpened(caseId);
        uint256 insured = house.insuredLoss();
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, equity);
        if (!isCounted) violation = "taken over without an anchor";
        if (house.insuredLoss() > insured + which % 1_000_000) violation = "insured for more than it lacked";
        ++awards[caseId];
        ++done["take over"];
    }

    /// A case in Takeover of an account that has none, if there is one.
    function _bankrupt(uint256 which) private returns (uint256) {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 accountId = _customer((which % CUSTOMERS) + i);
            if (engine.openCaseOf(accountId) != 0) continue;
            _attestNewest(accountId, ledger.commitmentOf(accountId), 4);
            return engine.open(accountId);
        }
        return _caseIn(which, ILiquidationEngine.Status.Takeover);
    }

    /// What the house is worth: both of its accounts, the second of which is shown.
    function _houseEquity(uint8 tier, int256 equity) private returns (EquityClaim memory) {
        if (ledger.isEmpty(_second)) return equityClaim(HOUSE, tier, equity);
        accounts.show(equityClaim(_second, 4, OF_SECOND));
        return equityClaim(HOUSE, tier, equity - OF_SECOND);
    }

    /// Runs count the account's present portfolio: now, and so long ago that its loss is all the funds'.
    function _count(uint256 accountId) private {
        anchor(accountId, ledger.commitmentOf(accountId), closeRun(uint64(block.timestamp) - FULL_AGE));
        anchorNow(accountId);
    }

    /// Whether a run of late counted the portfolio that a case opened with.
    function _isOpened(uint256 caseId) private view returns (bool) {
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        (, uint64 time) = anchors.anchorOf(found.accountId, found.commitment);
        (, uint64 rootAt) = ledger.rootOf(found.accountId);
        return time > rootAt && block.timestamp <= time + ANCHOR_AGE;
    }

    function absorb(uint24 loss) external {
        uint256 lots = bound(loss, 1, 1_000_000);
        uint256 insurance = house.poolOf(ILossPools.Pool.InsuranceFund).assets / UNITS;
        uint256 gamma = house.poolOf(ILossPools.Pool.GammaReserve).assets / UNITS;
        uint256 insured = house.insuredLoss();
        uint256 borne = lots < insured ? lots : insured;
        uint256 ofInsurance = borne < insurance ? borne : insurance;
        uint256 ofGamma = borne - ofInsurance < gamma ? borne - ofInsurance : gamma;
        uint256 residual = lots - ofInsurance - ofGamma;
        uint256 drawn = _drawable(ofInsurance, ofGamma);
        // The same loss, shown again without a draw, changes nothing.
        bool isSame = drawn == 0 && lots == _reservedLots() + house.residual();
        if (isSame) residual = house.residual();
        EquityClaim memory shown = _houseEquity(4, -int256(lots * MICROS_PER_LOT));
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        TransferClaim memory claim = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(drawn)), false, purpose)
        );
        house.absorb(shown, claim);
        fundedLots += drawn;
        if (house.insuredLoss() != (isSame ? insured : borne - drawn)) violation = "drawn or made good, and still insured";
        if (drawn != 0 && ofGamma != 0 && _freeLots() != 0) violation = "the Gamma Reserve bears before the insurance fund";
        if (house.residual() != residual) violation = "the residual is not what the funds lacked";
        if (_drawable(insurance, gamma) + drawn > insurance + gamma) violation = "a day draws more than there was";
        ++done["absorb"];
    }

    /// Lots that may be drawn today of what each fund is to bear.
    function _drawable(uint256 ofInsurance, uint256 ofGamma) private view returns (uint256) {
        (uint256 insurance, uint256 gamma) = house.drawableToday();
        if (ofInsurance < insurance) insurance = ofInsurance;
        return insurance + (ofGamma < gamma ? ofGamma : gamma);
    }

    /// Lots that are reserved of both funds.
    function _reservedLots() private view returns (uint256) {
        uint256 insurance = house.poolOf(ILossPools.Pool.InsuranceFund).reserved;
        return (insurance + house.poolOf(ILossPools.Pool.GammaReserve).reserved) / UNITS;
    }

    /// Lots of the insurance fund that no loss is to take.
    function _freeLots() private view returns (uint256) {
        ILossPools.PoolState memory pool = house.poolOf(ILossPools.Pool.InsuranceFund);
        return (pool.assets - pool.reserved) / UNITS;
    }

    function clearResidual(uint32 equity) external {
        house.clearResidual(_houseEquity(0, int256(uint256(equity))));
        ++done["clear"];
    }

    /// Lots that neither a proof nor the funds bring in.
    function _bringFree(uint64 lots) internal {
        depositLots(lots);
        fundedLots += lots;
    }

    /// Whether runs have counted what the house has.
    function _isCounted() private view returns (bool) {
        return anchors.isAnchored(HOUSE) && (ledger.isEmpty(_second) || anchors.isAnchored(_second));
    }

    /// The house gives lots back that it has too many of.
    function release(uint8 lots) external {
        uint64 given = uint64(bound(lots, 1, 255));
        bytes32 purpose = keccak256(abi.encode(bytes32("release")));
        TransferClaim memory claim = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -int64(given), false, purpose)
        );
        _attestNewest(HOUSE, claim.newA, 0);
        if (lots % 2 == 0) _bringFree(given);
        uint256 held = vault.lotsHeld(SETTLEMENT);
        uint256 settling = vault.lotsSettling(SETTLEMENT);
        uint256 kept = settling + (_isCounted() ? 0 : vault.lotsFenced(SETTLEMENT));
        if (!ledger.isEmpty(_second)) attest(_second, 0);
        vm.prank(OPERATOR);
        house.release(given, claim);
        if (held < given + kept) violation = "the house gave back what customers paid in, or what no run counted";
        fundedLots -= given;
        ++done["give back"];
    }

    /// Cash between the house's accounts: as much comes as leaves.
    function shift(uint8 lots, uint8 more) external {
        if (ledger.isEmpty(_second)) return;
        int64 moved = int64(uint64(bound(lots, 1, 255)));
        int64 come = more % 4 == 0 ? moved + 1 : moved;
        bytes32 purpose = keccak256(abi.encode(bytes32("shift")));
        TransferClaim memory from = keptClaim(TransferTerms(_second, next(_second), 0, 0, 0, -moved, false, purpose));
        TransferClaim memory to = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, come, false, purpose));
        vm.prank(OPERATOR);
        accounts.shift(from, to);
        if (come != moved) violation = "the house made cash between its accounts";
        ++done["shift"];
    }

    function tradeOfTheHouse(uint256 whom) external {
        uint256 taker = _customer(whom);
        bytes32 purpose = keccak256(abi.encode(bytes32("house")));
        TransferClaim memory claim = transferClaim(
            TransferTerms(HOUSE, next(HOUSE), taker, next(taker), 3, 0, false, purpose)
        );
        ReductionClaim memory reduction = reductionClaim(HOUSE, claim.newA, MAX_PENALTY);
        bool isFrozen = engine.openCaseOf(taker) != 0;
        vm.prank(OPERATOR);
        accounts.trade(claim, reduction);
        if (isFrozen) violation = "the house traded with a frozen account";
        ++done["house trade"];
    }

    /// A round over what the funds can't bear: the house lacks so many lots more than they have.
    function openRound(uint16 beyond) external {
        uint256 gamma = house.poolOf(ILossPools.Pool.GammaReserve).assets / UNITS;
        uint256 lots = house.poolOf(ILossPools.Pool.InsuranceFund).assets / UNITS + gamma + bound(beyond, 2, 10_000);
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(INSTRUMENT, false, 40, 100, -123);
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), 10, true, 1, 1, 0, 40)
        );
        EquityClaim memory shown = _houseEquity(4, -lotsOf(lots));
        vm.prank(OPERATOR);
        _roundId = house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
        ++done["round"];
    }

    /// A holder's part of the present round, in Soft or without a case.
    function deleverage(uint256 who) external {
        uint256 holder = _customer(who);
        IDeleveraging.Round memory round = IDeleveraging(house.deleveraging()).roundOf(_roundId);
        ILiquidationEngine.Status status = engine.statusOf(holder);
        bytes32 purpose = keccak256(abi.encode(bytes32("deleverage"), _roundId));
        TransferClaim memory claim = transferClaim(
            TransferTerms(holder, next(holder), HOUSE, next(HOUSE), 17, 0, false, purpose)
        );
        DeleverageClaim memory part = deleverageClaim(
            DeleverageTerms(holder, ledger.commitmentOf(holder), next(holder), INSTRUMENT, false, 40, 100, -123, 4)
        );
        EquityClaim memory shown = equityClaim(
            round.snapshotId,
            HOUSE,
            next(HOUSE),
            4,
            round.lastEquity + 1 - accounts.restOf(HOUSE, round.snapshotId, equityCircuit)
        );
        EquityClaim memory left = equityClaim(snapshotId, holder, next(holder), 2, 0);
        vm.prank(OPERATOR);
        house.deleverage(_roundId, claim, part, shown, left);
        bool isOpen = status == ILiquidationEngine.Status.None || status == ILiquidationEngine.Status.Soft;
        if (!isOpen) violation = "closed against an account that somebody may win";
        ++done["deleverage"];
    }

    function writeOff(uint256 which) external {
        uint64 since = house.residualSince();
        if (which % 2 == 0 && since != 0) {
            if (block.timestamp < since + 30 days) vm.warp(since + 30 days);
            advance(1);
        }
        house.writeOff();
        ++done["write off"];
    }

    // --- the funds ---

    function depositFunds(bool isGamma, uint40 amount) external {
        uint256 paid = bound(amount, UNITS, 1e12);
        vm.prank(LP);
        house.deposit(isGamma ? ILossPools.Pool.GammaReserve : ILossPools.Pool.InsuranceFund, paid);
        ++done["fund"];
    }

    function requestWithdrawal(bool isGamma, uint8 part) external {
        ILossPools.Pool pool = isGamma ? ILossPools.Pool.GammaReserve : ILossPools.Pool.InsuranceFund;
        vm.startPrank(LP);
        if (house.sharesOf(pool, LP) == 0) house.deposit(pool, 1_000 * UNITS);
        uint256 shares = house.sharesOf(pool, LP) / bound(part, 1, 4);
        vm.stopPrank();
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

    /// The clearing house takes no money for a while, or takes it again: what it is owed waits.
    function refuseMoney(bool isRefused) external {
        bytes4[3] memory doors = [
            ILossPools.collectFee.selector,
            ILossPools.collectForfeit.selector,
            ILossPools.collectTax.selector
        ];
        if (!isRefused) vm.clearMockedCalls();
        for (uint256 i = 0; isRefused && i < 3; ++i) {
            vm.mockCallRevert(address(house), abi.encodePacked(doors[i]), "no");
        }
        ++done["refuse"];
    }

    function remit(uint8 which) external {
        vm.clearMockedCalls();
        address[3] memory parts = [address(challenges), address(auction), address(sale)];
        for (uint256 i = 0; i < 3; ++i) {
            address from = parts[(which % 3 + i) % 3];
            (uint256 forfeits, uint256 taxes, uint256 fees) = IPayments(from).owed();
            if (forfeits + taxes + fees == 0) continue;
            IPayments(from).remit();
            ++done["remit"];
        }
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
}
