// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// What was tried on the funds and the house, and the rule that stops each, with the honest path beside it.
contract FundsAttack is GateFixture {
    int256 private constant FORTUNE = 1_000_000 * 1e6;
    address private constant LP = address(0x11b);
    address private constant WHALE = address(0x3a1e);
    ILossPools.Pool private constant INSURANCE = ILossPools.Pool.InsuranceFund;

    function setUp() public override {
        super.setUp();
        fund(STRANGER, address(challenges), 10 * uint256(CHALLENGE_BOND));
    }

    function _deposit(address account, uint256 amount) private returns (uint256 shares) {
        fund(account, address(house), amount);
        vm.prank(account);
        return house.deposit(INSURANCE, amount);
    }

    function _request(address account, uint256 shares) private returns (uint256) {
        vm.prank(account);
        return house.requestWithdrawal(INSURANCE, shares);
    }

    function _takeOver(int256 equity) private {
        uint256 caseId = openCase(4);
        serve(NOTICE);
        bytes32 purpose_ = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory taken = transferClaim(
            TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 0, 0, true, purpose_)
        );
        EquityClaim memory shown = equityClaim(ALICE, 4, equity);
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
    }

    // --- M3: the house gave lots back by old prices, though the newest ones showed that it was short ---

    function test_M3_TheHouseReleasesByTheNewestPricesOnly() public {
        mintLots(address(this), 30);
        token.approve(address(vault), 30 * UNITS);
        vault.deposit(SETTLEMENT, 30);
        uint256 old = snapshotId;
        TransferClaim memory claim_ = keptClaim(
            TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -30, false, keccak256(abi.encode(bytes32("release"))))
        );
        registry.attest(claim(old, DEADLINE, HOUSE, claim_.newA, 0));
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory notNewest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        vm.prank(OPERATOR);
        vm.expectRevert(notNewest);
        house.release(30, claim_);
        attest(HOUSE, claim_.newA, 0);
        vm.prank(OPERATOR);
        house.release(30, claim_);
        vm.assertEq(house.poolOf(INSURANCE).assets, 30 * UNITS, "healthy by the newest ones");
    }

    // --- M8: who paid in for a block took 99.8 % of a forfeit that depositors of years had earned ---

    function test_M8_AWhaleTakesNothingOfWhatComesIn() public {
        uint256 lps = _deposit(LP, 1_000 * 1e6);
        advance(20 days);
        uint256 stake = 1_000_000 * 1e6;
        uint256 shares = _deposit(WHALE, stake);
        fund(STRANGER, address(house), 1_000 * 1e6);
        vm.prank(STRANGER);
        house.collectForfeit(1_000 * 1e6);
        uint256 id = _request(WHALE, shares);
        vm.warp(block.timestamp + 2 days);
        vm.prank(WHALE);
        vm.assertLe(house.withdraw(id, WHALE), stake, "no more than it brought");
        vm.warp(block.timestamp + 2 * houseParameters().vestingPeriod);
        vm.assertTrue(house.worthOf(INSURANCE, lps) + 2 >= 2_000 * 1e6, "it is the depositor's");
    }

    // --- M9: an operator that is a depositor too said nothing for 30 days, and left whole ---

    function test_M9_SilenceOfTheOperatorSparesNobodyTheLoss() public {
        uint256 id = _request(OPERATOR, _deposit(OPERATOR, 1_000 * 1e6));
        uint256 lps = _request(LP, _deposit(LP, 3_000 * 1e6));
        advance(1);
        _takeOver(-2_000 * 1e6);
        uint256 takenAt = block.timestamp;
        vm.warp(takenAt + 30 days - 1);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILossPools.FundsLocked.selector));
        house.withdraw(id, OPERATOR);
        vm.warp(takenAt + 30 days);
        vm.prank(OPERATOR);
        vm.assertEq(house.withdraw(id, OPERATOR), 500 * 1e6, "half of it is the loss");
        vm.prank(LP);
        vm.assertEq(house.withdraw(lps, LP), 1_500 * 1e6, "as it is for others");
    }

    function test_M9_ALossAsLargeAsTheFundLeavesNothingToPay() public {
        uint256 id = _request(OPERATOR, _deposit(OPERATOR, 1_000 * 1e6));
        advance(1);
        _takeOver(-FORTUNE);
        vm.warp(block.timestamp + 60 days);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILossPools.FundsLocked.selector)); // a residual besides
        house.withdraw(id, OPERATOR);
        house.writeOff();
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILossPools.NothingToPay.selector, id));
        house.withdraw(id, OPERATOR);
    }

    // --- M10: a holder that would be deleveraged had a friend challenge it, and no round reached it ---

    function test_M10_ACaseOfItsOwnKeepsNoRoundOut() public {
        uint256 index = challenge(BOB);
        serve(CHALLENGE);
        EquityClaim memory shown = equityClaim(HOUSE, 4, -int256(200 * MICROS_PER_LOT));
        uint256 round = _open(shown);
        (TransferClaim memory claim_, DeleverageClaim memory part, EquityClaim memory after_) = _part(round);
        challenges.settleChallenge(BOB, index);
        vm.assertTrue(ledger.account(BOB).frozen, "frozen in the block before");

        EquityClaim memory holder = equityClaim(snapshotId, BOB, claim_.newA, 1, -1);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IDeleveraging.HolderWouldLack.selector, BOB, int256(-1)));
        house.deleverage(round, claim_, part, after_, holder);
        holder = equityClaim(snapshotId, BOB, claim_.newA, 1, FORTUNE);
        vm.prank(OPERATOR);
        house.deleverage(round, claim_, part, after_, holder);
        vm.assertEq(ledger.commitmentOf(BOB), claim_.newA, "its part is closed");
        vm.assertEq(uint256(engine.statusOf(BOB)), uint256(ILiquidationEngine.Status.Soft), "and the case goes on");
    }

    /// Once others are about to pay for its portfolio as it is, nothing of it is closed.
    function test_M10_ARoundVoidsNoSale() public {
        advance(1);
        attest(BOB, 3);
        engine.open(BOB);
        EquityClaim memory shown = equityClaim(HOUSE, 4, -int256(200 * MICROS_PER_LOT));
        uint256 round = _open(shown);
        (TransferClaim memory claim_, DeleverageClaim memory part, EquityClaim memory after_) = _part(round);
        EquityClaim memory holder = equityClaim(snapshotId, BOB, claim_.newA, 3, FORTUNE);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.AccountNotOrdinary.selector, BOB));
        house.deleverage(round, claim_, part, after_, holder);
    }

    function _open(EquityClaim memory shown) private returns (uint256) {
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(50, false, 40, 100, -123);
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), 50, true, 1, 1, 0, 40)
        );
        vm.prank(OPERATOR);
        return house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
    }

    function _part(
        uint256 round
    ) private view returns (TransferClaim memory claim_, DeleverageClaim memory part, EquityClaim memory after_) {
        claim_ = transferClaim(
            TransferTerms(
                BOB,
                next(BOB),
                HOUSE,
                next(HOUSE),
                17,
                0,
                false,
                keccak256(abi.encode(bytes32("deleverage"), round))
            )
        );
        part = deleverageClaim(
            DeleverageTerms(BOB, ledger.commitmentOf(BOB), claim_.newA, 50, false, 40, 100, -123, 20)
        );
        after_ = equityClaim(snapshotId, HOUSE, claim_.newB, 4, -int256(150 * MICROS_PER_LOT));
    }
}
