// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {SaleFixture} from "../helpers/SaleFixture.sol";

/// The public sale: proofs of equity that move a case, a discount that never falls, a limit that is the buyer's own.
contract PortfolioSaleTest is SaleFixture {
    // --- where a proof leads ---

    function test_ASaleNeedsAFailedSealedPhase() public {
        attest(BOB, 3);
        uint256 other = engine.open(BOB);
        EquityClaim memory claim = equityClaim(BOB, 3, 1e12);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotFailed.selector, other));
        sale.showEquity(other, claim);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotFailed.selector, other));
        sale.lapse(other);
        vm.expectEmit();
        emit IPortfolioSale.EquityShown(caseId, 3, LOTS);
        toSale();
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
        vm.assertEq(sale.elapsedOf(caseId), 0, "from now on");
    }

    function test_TheEquityIsTheAccountsInTheNewestSnapshot() public {
        EquityClaim memory claim = equityClaim(BOB, 3, 1e12);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongAccount.selector, BOB));
        sale.showEquity(caseId, claim);
        claim = shown(LOTS);
        claim.equity -= 1;
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        sale.showEquity(caseId, claim);
        claim = shown(LOTS);
        uint256 old = snapshotId;
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
        sale.showEquity(caseId, claim);
    }

    /// Nobody undoes what newer prices have shown by older ones that are still good for money.
    function test_NoOlderPricesMoveACaseBack() public {
        EquityClaim memory older = shown(LOTS);
        uint64 then = uint64(block.timestamp);
        advance(30);
        EquityClaim memory nothing = shown(0);
        sale.showEquity(caseId, nothing);
        assertStatus(caseId, ILiquidationEngine.Status.Takeover);
        vm.expectRevert(
            abi.encodeWithSelector(IPortfolioAward.ProofTooOld.selector, then, uint64(block.timestamp))
        );
        sale.showEquity(caseId, older);
    }

    function testFuzz_WithoutAWholeLotOfEquityTheHouseMayTakeOver(uint64 seed) public {
        int256 micros = int256(bound(seed, 0, 4 * MICROS_PER_LOT)) - int256(2 * MICROS_PER_LOT);
        sale.showEquity(caseId, equityClaim(ALICE, 3, micros));
        bool isSale = micros >= int256(MICROS_PER_LOT);
        assertStatus(caseId, isSale ? ILiquidationEngine.Status.Sale : ILiquidationEngine.Status.Takeover);
    }

    /// Wherever the case is: a proof of health closes it, and nothing moves.
    function testFuzz_AHealthyAccountIsCured(uint8 where, uint8 tier) public {
        where = uint8(bound(where, 0, 2));
        tier = uint8(bound(tier, 0, 1));
        if (where == 1) sale.showEquity(caseId, shown(LOTS));
        if (where == 2) sale.showEquity(caseId, shown(0));
        sale.showEquity(caseId, equityClaim(ALICE, tier, lotsOf(LOTS)));
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "nothing moved");
    }

    /// Nobody waits for ever for a proof, and nobody is taken over without one.
    function test_ShownAndLapsedAtTheSecond() public {
        uint64 until = failed + SALE_START;
        serve(SALE_START - 1);
        vm.assertEq(sale.startsUntil(caseId), until, "until");
        vm.assertEq(sale.timeLeft(caseId), 1, "a second is left");
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooEarly.selector, until));
        sale.lapse(caseId);
        uint256 last = vm.snapshotState();
        toSale();
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
        vm.revertToState(last);
        serve(1);
        vm.assertEq(sale.timeLeft(caseId), 0, "none is");
        EquityClaim memory claim = shown(LOTS);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooLate.selector, until));
        sale.showEquity(caseId, claim);
        sale.lapse(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, caseId));
        sale.lapse(caseId);
    }

    /// An outage uses up no time to show equity, and no time of the sale.
    function testFuzz_AnOutageUsesUpNoWindow(bool isSale, uint64 outage) public {
        outage = uint64(bound(outage, SERVE_GAP + 1, 1 days - 1 hours));
        if (isSale) toSale();
        vm.warp(block.timestamp + outage);
        advance(1);
        if (isSale) {
            vm.assertEq(sale.elapsedOf(caseId), SERVE_GAP, "no more than a snapshot serves");
        } else {
            vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooEarly.selector, failed + SALE_START));
            sale.lapse(caseId);
            toSale();
        }
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
    }

    function test_AProofThatSaysNothingNewMovesNothing() public {
        toSale();
        EquityClaim memory claim = shown(LOTS + 1);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NothingChanges.selector, caseId));
        sale.showEquity(caseId, claim);
        sale.showEquity(caseId, shown(0));
        claim = equityClaim(ALICE, 4, -1);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.NothingChanges.selector, caseId));
        sale.showEquity(caseId, claim);
        attest(BOB, 2);
        uint256 soft = engine.open(BOB);
        claim = equityClaim(BOB, 2, 1e12);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, soft));
        sale.showEquity(soft, claim);
    }

    /// Back in Sale the discount goes on where it left off; in between it stands still.
    function testFuzz_TheDiscountGoesOnWhereItLeftOff(uint64 first, uint64 between, uint64 second) public {
        (first, between) = (uint64(bound(first, 1, SALE)), uint64(bound(between, 1, 20 minutes)));
        second = uint64(bound(second, 1, SALE));
        toSale();
        serve(first);
        uint256 discount = sale.discountOf(caseId);
        sale.showEquity(caseId, shown(0));
        vm.assertEq(sale.discountOf(caseId), discount, "as it left off");
        serve(between);
        vm.assertEq(sale.discountOf(caseId), discount, "still");
        toSale();
        vm.assertEq(sale.discountOf(caseId), discount, "goes on from there");
        serve(second);
        vm.assertEq(sale.elapsedOf(caseId), first + second, "both together");
        vm.assertTrue(sale.discountOf(caseId) >= discount, "it never falls");
    }

    /// A case that began in Takeover is sold when the account has equity after all.
    function test_ATakeoverGoesToSaleWhenThereIsEquity() public {
        attest(BOB, 4);
        uint256 other = engine.open(BOB);
        assertStatus(other, ILiquidationEngine.Status.Takeover);
        sale.showEquity(other, equityClaim(BOB, 3, lotsOf(LOTS)));
        assertStatus(other, ILiquidationEngine.Status.Sale);
        vm.assertEq(sale.discountOf(other), 20_000, "from the start");
        vm.assertEq(engine.pendingTakeovers(), 0, "no takeover waits");
    }

    // --- price ---

    /// 2 % to 32 % over twelve minutes and on to 62 %, the discount rounded down to a millionth, the price up to a lot.
    function testFuzz_ThePriceFallsInAStraightLine(uint64 elapsed, uint40 lots) public {
        elapsed = uint64(bound(elapsed, 1, 3 * SALE));
        uint256 equity = bound(lots, 1, 1 << 35);
        toSale();
        serve(elapsed);
        uint256 discount = 20_000 + (300_000 * uint256(elapsed)) / SALE;
        if (discount > 620_000) discount = 620_000;
        uint256 exact = equity * (1_000_000 - discount);
        vm.assertEq(sale.discountOf(caseId), discount, "discount");
        vm.assertEq(sale.priceOf(caseId, equity), exact / 1_000_000 + (exact % 1_000_000 == 0 ? 0 : 1), "price");
    }

    /// The price follows the equity of the moment, not that of the sale's beginning.
    function testFuzz_TheCashIsBetweenPriceAndEquity(uint64 elapsed, uint64 cash, uint64 equity) public {
        toSale();
        serve(uint64(bound(elapsed, 1, SALE - 1)));
        equity = uint64(bound(equity, 1, 2 * LOTS));
        cash = uint64(bound(cash, 0, 2 * LOTS));
        uint256 price = sale.priceOf(caseId, equity);
        TransferClaim memory claim = buying(cash);
        EquityClaim memory proof = shown(equity);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        bool isAllowed = cash >= price && cash <= equity;
        if (!isAllowed) {
            bytes4 selector = IPortfolioAward.WrongCash.selector;
            vm.expectRevert(abi.encodeWithSelector(selector, int64(cash), price, equity));
        }
        sale.buy(caseId, version, claim, proof);
        if (isAllowed) assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
    }

    function test_BuyersNameTheVersionAndOwnHealthyAccounts() public {
        EquityClaim memory proof = shown(LOTS);
        TransferClaim memory claim = buying(LOTS);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, caseId));
        sale.buy(caseId, 1, claim, proof);
        toSale();
        claim = buying(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioSale.VersionChanged.selector, version));
        sale.buy(caseId, version - 1, claim, proof);
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotYourAccount.selector, accountOf(0)));
        sale.buy(caseId, version, claim, proof);
        claim.newB = commitmentOf(accountOf(0), 9);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.NotHealthy.selector, accountOf(0), claim.newB));
        sale.buy(caseId, version, claim, proof);
    }

    /// A buyer that proves the account healthy gets nothing: the case is cured.
    function test_AHealthyAccountIsNotBought() public {
        toSale();
        TransferClaim memory claim = buying(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        uint256 before = token.balanceOf(liquidator(0));
        EquityClaim memory healthy = equityClaim(ALICE, 1, lotsOf(LOTS));
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim, healthy);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "nothing moved");
        vm.assertEq(token.balanceOf(liquidator(0)), before, "and cost nothing");
        vm.assertEq(sale.holdOf(caseId).amount, 0, "no hold");
    }

    /// A buyer pays what it proved, its fee and its hold-back, and not a unit more, however late it is included.
    function test_ABuyerPaysItsOwnLimit() public {
        toSale();
        serve(SALE / 2); // the discount has passed 10 %
        TransferClaim memory claim = buying(90_000);
        EquityClaim memory proof = shown(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.warp(block.timestamp + 4 minutes);
        uint256 before = token.balanceOf(liquidator(0));
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim, proof);
        uint256 fee = (90_000 * UNITS * uint256(FEE_RATE)) / 1_000_000;
        uint256 heldBack = (10_000 * UNITS * uint256(HOLD_BACK_RATE)) / 1_000_000;
        vm.assertEq(before - token.balanceOf(liquidator(0)), fee + heldBack, "fee and hold-back");
        vm.assertEq(sale.holdOf(caseId).amount, heldBack, "held");
        vm.assertEq(sale.holdOf(caseId).releaseAt, block.timestamp + HOLD, "until");
        vm.assertEq(sale.accounted(), heldBack, "on the books");
        assertBooks();
    }

    function test_NobodyBuysTwice() public {
        toSale();
        buy(LOTS, LOTS);
        vm.assertEq(sale.holdOf(caseId).amount, 0, "no discount, nothing to hold");
        advance(1);
        TransferClaim memory claim = buying(LOTS);
        EquityClaim memory proof = shown(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.CaseNotThere.selector, caseId));
        sale.buy(caseId, version, claim, proof);
    }

    /// The sale goes on until the case's hard end, then the account is free: nobody has it for nothing.
    function test_AnUnsoldPortfolioGoesFreeAtTheEnd() public {
        toSale();
        uint64 end = engine.caseOf(caseId).endsAt;
        // A day of snapshots every five minutes is too many for one test.
        vm.warp(block.timestamp + (end - 2 - clock.served()));
        advance(1);
        bytes memory question = abi.encodeCall(clock.served, ());
        vm.mockCall(address(clock), question, abi.encode(end - 1));
        uint256 last = vm.snapshotState();
        vm.assertEq(sale.priceOf(caseId, LOTS), LOTS * 380 / 1_000, "the last price");
        buy(uint64(sale.priceOf(caseId, LOTS)), LOTS);
        assertClosed(caseId, ILiquidationEngine.Outcome.Sold);
        vm.revertToState(last);
        vm.mockCall(address(clock), question, abi.encode(end));
        TransferClaim memory claim = buying(LOTS);
        EquityClaim memory proof = shown(LOTS);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooLate.selector, end));
        sale.buy(caseId, version, claim, proof);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
    }

    // --- parameters ---

    function _execute(IPortfolioSale.Parameters memory changed, bytes memory refusal) private {
        bytes memory call = abi.encodeCall(sale.setParameters, (changed));
        vm.prank(OWNER);
        sale.schedule(call);
        vm.warp(block.timestamp + 2 days);
        if (refusal.length != 0) vm.expectRevert(refusal);
        sale.execute(call);
    }

    function test_ACaseKeepsItsParameters() public {
        IPortfolioSale.Parameters memory changed = saleParameters();
        (changed.duration, changed.maxDiscount) = (1 days, 500_000);
        _execute(changed, "");
        vm.assertEq(sale.parameters().duration, 1 days, "new cases");
        vm.assertEq(sale.parametersOf(caseId).duration, SALE, "this one");
        vm.assertEq(sale.parametersOf(caseId + 1).duration, 1 days, "the next one");
    }

    function test_ParametersReachTheirBounds() public {
        IPortfolioSale.Parameters memory most = IPortfolioSale.Parameters({
            startWindow: 1 days,
            duration: 1 days,
            holdPeriod: 7 days,
            startDiscount: 499_999,
            maxDiscount: 500_000,
            finalDiscount: 900_000,
            feeRate: 50_000,
            challengerShare: 500_000,
            holdBackRate: 1_000_000,
            slippageBound: 999_999,
            slippageCap: 1_000_000
        });
        _execute(most, "");
        vm.assertEq(keccak256(abi.encode(sale.parameters())), keccak256(abi.encode(most)), "most");
        IPortfolioSale.Parameters memory least = IPortfolioSale.Parameters({
            startWindow: 10 minutes,
            duration: 10 minutes,
            holdPeriod: 10 minutes,
            startDiscount: 0,
            maxDiscount: 1,
            finalDiscount: 1,
            feeRate: 0,
            challengerShare: 0,
            holdBackRate: 0,
            slippageBound: 0,
            slippageCap: 1
        });
        _execute(least, "");
        vm.assertEq(keccak256(abi.encode(sale.parameters())), keccak256(abi.encode(least)), "least");
    }

    function testFuzz_BoundsParameters(uint8 which) public {
        which = uint8(bound(which, 0, 15));
        IPortfolioSale.Parameters memory p = saleParameters();
        bytes32 name;
        uint256 bad;
        if (which == 0) (name, bad) = ("startWindow", p.startWindow = 10 minutes - 1);
        if (which == 1) (name, bad) = ("startWindow", p.startWindow = 1 days + 1);
        if (which == 2) (name, bad) = ("duration", p.duration = 10 minutes - 1);
        if (which == 3) (name, bad) = ("duration", p.duration = 1 days + 1);
        if (which == 4) (name, bad) = ("holdPeriod", p.holdPeriod = 10 minutes - 1);
        if (which == 5) (name, bad) = ("holdPeriod", p.holdPeriod = 7 days + 1);
        if (which == 6) (name, bad) = ("startDiscount", p.startDiscount = p.maxDiscount);
        if (which == 7) (name, bad) = ("maxDiscount", p.maxDiscount = 0);
        if (which == 8) (name, bad) = ("maxDiscount", p.maxDiscount = 500_001);
        if (which == 9) (name, bad) = ("finalDiscount", p.finalDiscount = p.maxDiscount - 1);
        if (which == 10) (name, bad) = ("finalDiscount", p.finalDiscount = 900_001);
        if (which == 11) (name, bad) = ("feeRate", p.feeRate = 50_001);
        if (which == 12) (name, bad) = ("challengerShare", p.challengerShare = 500_001);
        if (which == 13) (name, bad) = ("holdBackRate", p.holdBackRate = 1_000_001);
        if (which == 14) (name, bad) = ("slippageBound", p.slippageBound = p.slippageCap);
        if (which == 15) (name, bad) = ("slippageCap", p.slippageCap = 1_000_001);
        _execute(p, invalidParameter(name, bad));
    }
}
