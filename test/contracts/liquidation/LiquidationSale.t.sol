// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationAuction} from "contracts/liquidation/ILiquidationAuction.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// The public sale: a falling price, a limit that is the buyer's own, and a hold-back taxed by what prices did.
contract LiquidationSaleTest is GateFixture {
    uint64 private constant LOTS = 100_000;
    uint256 private caseId;
    uint64 private failed;

    function setUp() public override {
        super.setUp();
        caseId = openCase(3);
        advance(COMMIT + REVEAL);
        failed = uint64(block.timestamp);
    }

    function _equity(int256 micros) private view returns (EquityClaim memory) {
        return equityClaim(ALICE, 3, micros);
    }

    function _open() private {
        auction.openSale(caseId, _equity(int256(uint256(LOTS) * MICROS_PER_LOT)));
    }

    function _claim(uint64 cash) private returns (TransferClaim memory claim) {
        claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), int64(cash), true);
        attest(accountOf(0), claim.newB, 1);
    }

    function _buy(uint64 cash) private {
        TransferClaim memory claim = _claim(cash);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        auction.buy(caseId, version, claim);
    }

    function _gamma() private view returns (uint256) {
        return house.poolOf(ILossPools.Pool.GammaReserve).assets;
    }

    // --- opening ---

    function test_ASaleNeedsAFailedSealedPhase() public {
        attest(BOB, 3);
        uint256 other = engine.open(BOB);
        EquityClaim memory claim = equityClaim(BOB, 3, 1e12);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotFailed.selector));
        auction.openSale(other, claim);
        _open();
        ILiquidationAuction.Auction memory found = auction.auctionOf(caseId);
        vm.assertEq(found.equityLots, LOTS, "equity");
        vm.assertEq(found.saleUntil, failed + SALE, "until");
        vm.assertEq(found.fromRound, 1, "round");
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
    }

    function test_TheEquityIsTheAccountsInTheNewestSnapshot() public {
        EquityClaim memory claim = equityClaim(BOB, 3, 1e12);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.WrongAccount.selector, BOB));
        auction.openSale(caseId, claim);
        claim = _equity(1e12);
        claim.equity -= 1;
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        auction.openSale(caseId, claim);
        claim = _equity(1e12);
        uint256 old = snapshotId;
        advance(1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
        auction.openSale(caseId, claim);
    }

    function testFuzz_WithoutAWholeLotOfEquityTheHouseTakesOver(uint64 seed) public {
        int256 micros = int256(bound(seed, 0, 4 * MICROS_PER_LOT)) - int256(2 * MICROS_PER_LOT);
        auction.openSale(caseId, _equity(micros));
        bool isSale = micros >= int256(MICROS_PER_LOT);
        assertStatus(caseId, isSale ? ILiquidationEngine.Status.Sale : ILiquidationEngine.Status.Takeover);
    }

    function test_OpensAndLapsesAtTheSecond() public {
        uint64 until = failed + SALE_START;
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooEarly.selector, until));
        auction.lapse(caseId);
        vm.warp(until - 1);
        advance(1);
        EquityClaim memory claim = _equity(1e12);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooLate.selector, until));
        auction.openSale(caseId, claim);
        auction.lapse(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.CaseNotThere.selector, caseId));
        auction.lapse(caseId);
    }

    function test_AnUnsoldPortfolioIsTakenOver() public {
        _open();
        vm.warp(failed + SALE - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooEarly.selector, failed + SALE));
        auction.lapse(caseId);
        advance(1);
        TransferClaim memory claim = _claim(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooLate.selector, failed + SALE));
        auction.buy(caseId, version, claim);
        auction.lapse(caseId);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
    }

    // --- price ---

    /// 2 % to 32 % over twelve minutes, the discount rounded down to a millionth, the price up to a lot.
    function testFuzz_ThePriceFallsInAStraightLine(uint64 elapsed, uint40 lots) public {
        elapsed = uint64(bound(elapsed, 0, 2 * SALE));
        uint256 equity = bound(lots, 1, 1 << 35);
        auction.openSale(caseId, _equity(int256(equity * MICROS_PER_LOT)));
        vm.warp(failed + elapsed);
        uint256 capped = elapsed < SALE ? elapsed : SALE;
        uint256 discount = 20_000 + (300_000 * capped) / SALE;
        uint256 exact = equity * (1_000_000 - discount);
        vm.assertEq(auction.priceOf(caseId), exact / 1_000_000 + (exact % 1_000_000 == 0 ? 0 : 1), "price");
    }

    function testFuzz_TheCashIsBetweenPriceAndEquity(uint64 elapsed, uint64 cash) public {
        _open();
        elapsed = uint64(bound(elapsed, 0, SALE - 1));
        cash = uint64(bound(cash, 0, 2 * LOTS));
        advance(elapsed == 0 ? 1 : elapsed);
        uint64 price = auction.priceOf(caseId);
        TransferClaim memory claim = _claim(cash);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        bool isAllowed = cash >= price && cash <= LOTS;
        if (!isAllowed) {
            bytes4 selector = ILiquidationAuction.WrongCash.selector;
            vm.expectRevert(abi.encodeWithSelector(selector, int64(cash), price, LOTS));
        }
        auction.buy(caseId, version, claim);
        if (isAllowed) assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
    }

    function test_BuyersNameTheVersionAndOwnHealthyAccounts() public {
        _open();
        TransferClaim memory claim = _claim(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.VersionChanged.selector, version));
        auction.buy(caseId, version - 1, claim);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotYourAccount.selector, accountOf(0)));
        auction.buy(caseId, version, claim);
        claim.newB = commitmentOf(accountOf(0), 9);
        vm.prank(liquidator(0));
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationAuction.NotHealthy.selector, accountOf(0), claim.newB)
        );
        auction.buy(caseId, version, claim);
    }

    /// A buyer pays what it proved, its fee and its hold-back, and not a unit more, however late it is included.
    function test_ABuyerPaysItsOwnLimit() public {
        _open();
        TransferClaim memory claim = _claim(90_000);
        uint32 version = engine.caseOf(caseId).version;
        vm.warp(failed + SALE / 2); // the discount has passed 10 %
        uint256 before = token.balanceOf(liquidator(0));
        vm.prank(liquidator(0));
        auction.buy(caseId, version, claim);
        uint256 fee = (90_000 * UNITS * uint256(FEE_RATE)) / 1_000_000;
        uint256 heldBack = (10_000 * UNITS * uint256(HOLD_BACK_RATE)) / 1_000_000;
        vm.assertEq(before - token.balanceOf(liquidator(0)), fee + heldBack, "fee and hold-back");
        vm.assertEq(auction.holdOf(caseId).amount, heldBack, "held");
        vm.assertEq(auction.holdOf(caseId).releaseAt, block.timestamp + HOLD, "until");
        vm.assertEq(auction.accounted(), heldBack, "on the books");
        assertBooks();
    }

    function test_NobodyBuysTwice() public {
        _open();
        _buy(LOTS);
        vm.assertEq(auction.holdOf(caseId).amount, 0, "no discount, nothing to hold");
        advance(1);
        attest(accountOf(0), 1);
        TransferClaim memory claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), int64(LOTS), true);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.CaseNotThere.selector, caseId));
        auction.buy(caseId, version, claim);
    }

    // --- hold-back ---

    function _boughtWithHold() private returns (uint256 amount, uint64 releaseAt) {
        _open();
        advance(SALE / 2);
        _buy(auction.priceOf(caseId));
        ILiquidationAuction.Hold memory held = auction.holdOf(caseId);
        return (held.amount, held.releaseAt);
    }

    /// Nothing up to 1 %, all from 6 %, in a straight line between.
    function testFuzz_TheHoldBackIsTaxedByTheMove(uint32 move) public {
        move = uint32(bound(move, 0, 100_000));
        (uint256 amount, uint64 releaseAt) = _boughtWithHold();
        volatility.set(5, move, false);
        vm.warp(releaseAt - 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooEarly.selector, releaseAt));
        auction.releaseHold(caseId);
        vm.warp(releaseAt);
        uint256 taxed = move <= 10_000 ? 0 : move >= 60_000 ? 50_000 : move - 10_000;
        uint256 tax = (amount * taxed) / 50_000;
        uint256 before = _gamma();
        auction.releaseHold(caseId);
        vm.assertEq(_gamma() - before, tax, "the Gamma Reserve's");
        vm.assertEq(auction.creditOf(liquidator(0)), amount - tax, "the buyer's");
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NoHold.selector, caseId));
        auction.releaseHold(caseId);
        assertBooks();
    }

    function test_AnOracleThatFailsTaxesNothing() public {
        (uint256 amount, uint64 releaseAt) = _boughtWithHold();
        volatility.set(5, 60_000, true);
        vm.warp(releaseAt);
        auction.releaseHold(caseId);
        vm.assertEq(auction.creditOf(liquidator(0)), amount, "all of it");
    }

    /// Too little gas can't make the oracle silent.
    function test_NobodyMakesTheOracleSilent() public {
        (, uint64 releaseAt) = _boughtWithHold();
        volatility.set(5, 60_000, false);
        vm.warp(releaseAt);
        vm.expectRevert();
        auction.releaseHold{gas: 3_300_000}(caseId);
        auction.releaseHold(caseId);
        vm.assertEq(auction.creditOf(liquidator(0)), 0, "taxed");
    }

    /// A liquidator that pushes the price down, buys at a discount and lets it come back: the tax takes what was held.
    function test_ASandwichLeavesItsHoldBack() public {
        (uint256 amount, uint64 releaseAt) = _boughtWithHold();
        vm.assertTrue(amount > 0, "a discount was held back");
        volatility.set(9, 80_000, false); // the price came back by 8 %
        vm.warp(releaseAt);
        auction.releaseHold(caseId);
        vm.assertEq(auction.creditOf(liquidator(0)), 0, "nothing comes back");
        vm.assertTrue(_gamma() >= amount, "it is in the Gamma Reserve");
    }

    // --- parameters ---

    function test_ACaseKeepsItsParameters() public {
        ILiquidationAuction.Parameters memory changed = auctionParameters();
        (changed.saleDuration, changed.maxDiscount, changed.bidBond) = (1 days, 500_000, 1);
        bytes memory call = abi.encodeCall(auction.setParameters, (changed));
        vm.prank(OWNER);
        auction.schedule(call);
        _open();
        vm.warp(block.timestamp + 2 days);
        auction.execute(call);
        vm.assertEq(auction.parameters().saleDuration, 1 days, "new cases");
        vm.assertEq(auction.parametersOf(caseId).saleDuration, SALE, "this one");
        vm.assertEq(auction.auctionOf(caseId).saleUntil, failed + SALE, "until");
    }

    function testFuzz_BoundsParameters(uint8 which) public {
        which = uint8(bound(which, 0, 12));
        ILiquidationAuction.Parameters memory p = auctionParameters();
        bytes32 name;
        uint256 bad;
        if (which == 0) (name, bad) = ("commitWindow", p.commitWindow = 1 days + 1);
        if (which == 1) (name, bad) = ("revealWindow", p.revealWindow = 5 minutes - 1);
        if (which == 2) (name, bad) = ("settleWindow", p.settleWindow = 5 minutes - 1);
        if (which == 3) (name, bad) = ("saleStartWindow", p.saleStartWindow = 10 minutes - 1);
        if (which == 4) (name, bad) = ("saleDuration", p.saleDuration = 1 days + 1);
        if (which == 5) (name, bad) = ("holdPeriod", p.holdPeriod = 7 days + 1);
        if (which == 6) (name, bad) = ("bidBond", p.bidBond = 0);
        if (which == 7) (name, bad) = ("startDiscount", p.startDiscount = p.maxDiscount);
        if (which == 8) (name, bad) = ("maxDiscount", p.maxDiscount = 500_001);
        if (which == 9) (name, bad) = ("feeRate", p.feeRate = 50_001);
        if (which == 10) (name, bad) = ("holdBackRate", p.holdBackRate = 1_000_001);
        if (which == 11) (name, bad) = ("slippageBound", p.slippageBound = p.slippageCap);
        if (which == 12) (name, bad) = ("slippageCap", p.slippageCap = 1_000_001);
        bytes memory call = abi.encodeCall(auction.setParameters, (p));
        vm.prank(OWNER);
        auction.schedule(call);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(invalidParameter(name, bad));
        auction.execute(call);
    }
}
