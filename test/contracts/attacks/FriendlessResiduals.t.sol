// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Losses that the venue makes up, and who pays them where the funds don't: the holders across from them. Each way to
/// it, and the rule that stops or bounds it, with the honest path beside.
contract FriendlessResidualsAttack is GateFixture {
    address private constant LP = address(0x11b);
    uint256 private constant FAKE = 7_777;
    uint256 private constant CUSTOMER = 6_006;
    uint256 private constant LOSS = 500_000;
    uint256 private constant FUND = 20_000;
    uint32 private constant INSTRUMENT = 50;

    function setUp() public override {
        super.setUp();
        fund(LP, address(house), FUND * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, FUND * UNITS);
        vm.prank(address(house)); // a tenth of the fund a day
        house.setParameters(ILossPools.Parameters(2 days, 300_000, MAX_PENALTY, 7 days, 100_000));
        register(FAKE, VENUE, false); // no deposit, no counterparty in the ledger, no proof
        advance(1);
    }

    function _case(uint256 accountId) private returns (uint256 caseId) {
        attest(accountId, 4);
        caseId = engine.open(accountId);
        serve(NOTICE);
    }

    function _takingOver(
        uint256 caseId,
        uint256 loss
    ) private view returns (TransferClaim memory taken, EquityClaim memory shown) {
        uint256 accountId = engine.caseOf(caseId).accountId;
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        taken = transferClaim(TransferTerms(accountId, next(accountId), HOUSE, next(HOUSE), 0, 0, true, purpose));
        shown = equityClaim(accountId, 4, -lotsOf(loss));
    }

    function _takeOver(uint256 accountId, uint256 loss) private {
        uint256 caseId = _case(accountId);
        (TransferClaim memory taken, EquityClaim memory shown) = _takingOver(caseId, loss);
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
    }

    function _expectTooYoung(uint256 caseId, uint64 age) private {
        (TransferClaim memory taken, EquityClaim memory shown) = _takingOver(caseId, LOSS);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IAnchorBook.AccountTooYoung.selector, FAKE, age));
        house.takeOver(caseId, taken, shown);
    }

    // --- a loss of no age was the holders', without a bound ---

    /// The venue registered an account that owes 500,000 lots, and closed one run that counts it and a ghost across from
    /// it, which the ledger hasn't. An hour later an honest holder of one lot paid all of it.
    function test_ALossOfNoAgeIsNobodys() public {
        anchor(FAKE, ledger.commitmentOf(FAKE), closeRun(uint64(block.timestamp)));
        uint256 caseId = _case(FAKE);
        _expectTooYoung(caseId, 0);
        vm.assertTrue(house.residual() == 0 && house.insuredLoss() == 0, "no holder's, and not the funds'");
        serve(CASE_LENGTH);
        engine.abandon(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Abandoned);
        _takeOver(ALICE, 5_000); // beside it: a customer's, of whom runs have known for long
        vm.assertTrue(house.insuredLoss() == 5_000 && house.residual() == 0, "is the funds'");
    }

    /// Waiting with one run makes no age, and a day less than a week is too young.
    function test_ALossOfLessThanTheLeastAgeIsNobodys() public {
        anchor(FAKE, ledger.commitmentOf(FAKE), closeRun(uint64(block.timestamp) - LEAST_AGE + 1 days));
        anchorNow(FAKE);
        _expectTooYoung(_case(FAKE), LEAST_AGE - 1 days);
    }

    // --- what is a holder's to pay is bounded by what it has ---

    function _openRound() private returns (uint256) {
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(INSTRUMENT, false, 1, 1, -int64(uint64(LOSS * 1e6)));
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), INSTRUMENT, true, 1, 1, 0, 1)
        );
        EquityClaim memory shown = equityClaim(HOUSE, 4, -lotsOf(LOSS));
        vm.prank(OPERATOR);
        return house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
    }

    function _part(
        uint256 round
    ) private view returns (TransferClaim memory claim_, DeleverageClaim memory part, EquityClaim memory after_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("deleverage"), round));
        int64 price = -int64(uint64(LOSS * 1e6));
        claim_ = transferClaim(
            TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), -int64(uint64(LOSS)), 0, false, purpose)
        );
        part = deleverageClaim(
            DeleverageTerms(BOB, ledger.commitmentOf(BOB), claim_.newA, INSTRUMENT, false, 1, 1, price, 1)
        );
        after_ = equityClaim(snapshotId, HOUSE, claim_.newB, 0, -lotsOf(FUND / 100));
    }

    /// BOB, who is in no case, holds a lot of what the house lacks 500,000 lots for: its part is worth far more than its
    /// lot. It pays it where it has as much, and not a micro-USD that it doesn't have.
    function test_AHolderThatNoCaseFrozePaysNoMoreThanItHas() public {
        anchor(FAKE, ledger.commitmentOf(FAKE), closeRun(uint64(block.timestamp) - LEAST_AGE));
        anchorNow(FAKE);
        _takeOver(FAKE, LOSS);
        vm.assertEq(house.insuredLoss(), FUND / 100, "a tenth of a day's draw");
        uint256 round = _openRound();
        (TransferClaim memory claim_, DeleverageClaim memory part, EquityClaim memory after_) = _part(round);
        EquityClaim memory holder = equityClaim(snapshotId, BOB, claim_.newA, 4, -1);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IDeleveraging.HolderWouldLack.selector, BOB, int256(-1)));
        house.deleverage(round, claim_, part, after_, holder);
        holder = equityClaim(snapshotId, BOB, claim_.newA, 4, 0);
        vm.prank(OPERATOR);
        house.deleverage(round, claim_, part, after_, holder);
        vm.assertEq(house.residual(), 0, "paid");
    }

    // --- whose age ---

    /// Known: an old customer's age is that of whatever the venue says it has. One run later all that it lacks is the
    /// funds', and the whole fund is reserved at once. A day draws `dailyCap` of it, no more.
    function test_Known_AnOldCustomersAgeIsTheMadeUpLosss() public {
        register(CUSTOMER, address(0), false);
        advance(1);
        anchor(CUSTOMER, ledger.commitmentOf(CUSTOMER), closeRun(uint64(block.timestamp) - FULL_AGE));
        update(CUSTOMER, commitmentOf(CUSTOMER, 50)); // an honest month, and then the venue's word
        advance(1);
        anchorNow(CUSTOMER);
        _takeOver(CUSTOMER, LOSS);
        vm.assertEq(house.insuredLoss(), LOSS, "of the full age: all of it");
        (uint256 drawable, ) = house.drawableToday();
        vm.assertEq(drawable, FUND / 10, "a tenth of the fund a day");
    }

    // --- one loss's insurance paid another's ---

    function _absorbing(
        int256 equity,
        uint256 lots
    ) private view returns (EquityClaim memory shown, TransferClaim memory funding) {
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        shown = equityClaim(HOUSE, 4, equity);
        funding = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(lots)), false, purpose));
    }

    /// ALICE's loss was insured, and the market made it good but for a lot. What a younger account lacks afterwards was
    /// drawn by ALICE's insurance.
    function test_WhatTheMarketMadeGoodInsuresNoOtherLoss() public {
        vm.prank(address(house)); // all at once
        house.setParameters(ILossPools.Parameters(2 days, 300_000, MAX_PENALTY, 7 days, 1_000_000));
        anchor(FAKE, ledger.commitmentOf(FAKE), closeRun(uint64(block.timestamp) - LEAST_AGE));
        _takeOver(ALICE, 5_000);
        advance(10 minutes);
        (EquityClaim memory shown, TransferClaim memory funding) = _absorbing(-1, 0);
        house.absorb(shown, funding);
        vm.assertEq(house.insuredLoss(), 1, "a lot is lacking");
        anchorNow(FAKE);
        _takeOver(FAKE, 5_000);
        vm.assertEq(house.insuredLoss(), 1 + FUND / 10, "and a tenth of the fund of FAKE's");
        advance(10 minutes);
        (shown, funding) = _absorbing(-lotsOf(5_000) - 1, FUND / 10 + 2);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, int64(uint64(FUND / 10 + 2)), FUND / 10 + 1)
        );
        house.absorb(shown, funding);
        (shown, funding) = _absorbing(-lotsOf(5_000) - 1, FUND / 10 + 1);
        house.absorb(shown, funding);
        vm.assertEq(house.residual(), 5_000 - FUND / 10, "the rest is the holders'");
    }
}
