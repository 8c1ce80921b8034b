// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IHouseAccounts} from "contracts/clearing/IHouseAccounts.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EmptyClaim, EquityClaim, ReductionClaim, Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Two portfolios that have no instrument in common fit into no one account: the house takes each into one of its own,
/// and what they lose is one loss.
contract HouseRoomsAttack is GateFixture {
    address private constant LP = address(0x11b);
    uint256 private constant EMPTY = 0xe3;
    uint256 private constant FUND = 20_000;
    uint256 private second;

    function setUp() public override {
        super.setUp();
        fund(LP, address(house), FUND * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, FUND * UNITS);
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 1), EMPTY);
        vm.prank(OPERATOR);
        second = accounts.openAccount(EMPTY, proven);
    }

    function _takeOver(uint256 accountId, uint256 into, uint256 loss) private {
        attest(accountId, 4);
        uint256 caseId = engine.open(accountId);
        serve(NOTICE);
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory taken = transferClaim(
            TransferTerms(accountId, next(accountId), into, next(into), 0, 0, true, purpose)
        );
        EquityClaim memory shown = equityClaim(accountId, 4, -lotsOf(loss));
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
        assertClosed(caseId, ILiquidationEngine.Outcome.TakenOver);
    }

    function _funding(uint256 accountId, uint256 lots) private view returns (TransferClaim memory) {
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        return
            keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, int64(uint64(lots)), false, purpose));
    }

    function test_TwoAreTakenOverInTurnAndAbsorbedAsOne() public {
        _takeOver(ALICE, HOUSE, 5_000);
        _takeOver(BOB, second, 3_000);
        vm.assertEq(house.insuredLoss(), 8_000, "both are insured");
        advance(1);
        accounts.show(equityClaim(second, 4, -lotsOf(3_000)));
        EquityClaim memory shown = equityClaim(HOUSE, 4, -lotsOf(5_000));
        TransferClaim memory funding = _funding(HOUSE, 8_001);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, int64(8_001), 8_000));
        house.absorb(shown, funding);
        funding = _funding(HOUSE, 8_000);
        house.absorb(shown, funding);
        vm.assertEq(insurance(), (FUND - 8_000) * UNITS, "once");
        // The same loss is not shown again: the account that was funded is another one now.
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector));
        house.absorb(shown, funding);
    }

    /// The operator leaves the account with the gain out, so that the funds bear what the house doesn't lack.
    function test_TheAccountWithTheGainIsNotLeftOut() public {
        _takeOver(ALICE, HOUSE, 5_000);
        _takeOver(BOB, second, 0);
        advance(1);
        EquityClaim memory shown = equityClaim(HOUSE, 4, -lotsOf(5_000));
        TransferClaim memory funding = _funding(HOUSE, 5_000);
        vm.expectRevert(abi.encodeWithSelector(IHouseAccounts.EquityNotShown.selector, second));
        house.absorb(shown, funding);
        accounts.show(equityClaim(second, 0, lotsOf(4_000)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, int64(5_000), 1_000));
        house.absorb(shown, funding);
        funding = _funding(HOUSE, 1_000);
        house.absorb(shown, funding);
        vm.assertEq(insurance(), (FUND - 1_000) * UNITS, "what they lack together");
    }

    /// The operator takes the loss into a fresh account, and unlocks the funds by the one that lacks nothing.
    function test_TheAccountWithTheLossIsNotLeftOut() public {
        _takeOver(ALICE, second, 5_000);
        advance(1);
        EquityClaim memory shown = equityClaim(HOUSE, 0, lotsOf(1));
        vm.expectRevert(abi.encodeWithSelector(IHouseAccounts.EquityNotShown.selector, second));
        house.clearResidual(shown);
        accounts.show(equityClaim(second, 4, -lotsOf(5_000)));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseShort.selector, -lotsOf(4_999)));
        house.clearResidual(shown);
        vm.assertTrue(house.locked(), "the funds stay locked");
    }

    /// Nobody but the house's operator has one taken into an account of the house; and into no other than the house's.
    function test_NoOtherAccountTakesOver() public {
        attest(ALICE, 4);
        uint256 caseId = engine.open(ALICE);
        serve(NOTICE);
        bytes32 purpose = casePurpose("takeover", caseId, engine.caseOf(caseId).version, address(house));
        TransferClaim memory taken = transferClaim(
            TransferTerms(ALICE, next(ALICE), BOB, next(BOB), 0, 0, true, purpose)
        );
        EquityClaim memory shown = equityClaim(ALICE, 4, -lotsOf(1));
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongTransfer.selector));
        house.takeOver(caseId, taken, shown);
        vm.prank(address(house));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector));
        engine.takeOver(caseId, taken, shown);
    }

    /// A slice goes into the account of the house that gains by it, by that account's own equity before and after.
    function test_ASliceGoesIntoAnyOfThem() public {
        _takeOver(BOB, second, 0);
        advance(1);
        uint256 caseId = openCase(2);
        advance(1);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, OPERATOR);
        TransferClaim memory slice = keptClaim(
            TransferTerms(ALICE, next(ALICE), second, next(second), 5, 0, false, purpose)
        );
        attest(ALICE, slice.newA, 1);
        ReductionClaim memory reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        EquityClaim[] memory shown = new EquityClaim[](2);
        shown[0] = equityClaim(HOUSE, 0, lotsOf(10));
        shown[1] = equityClaim(snapshotId, HOUSE, ledger.commitmentOf(HOUSE), 0, lotsOf(10));
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector));
        engine.reduce(caseId, slice, reduction, shown); // another account's equity
        shown[0] = equityClaim(second, 0, lotsOf(10));
        shown[1] = equityClaim(snapshotId, second, slice.newB, 0, lotsOf(9));
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseWouldLose.selector));
        engine.reduce(caseId, slice, reduction, shown);
        shown[1] = equityClaim(snapshotId, second, slice.newB, 0, lotsOf(10));
        vm.prank(OPERATOR);
        engine.reduce(caseId, slice, reduction, shown);
        vm.assertEq(ledger.commitmentOf(second), slice.newB, "it has the slice");
    }

    function test_TheVenueHasNoWordAboutThem() public {
        expectUpdateSkipped(second, 5, IPortfolioLedger.Refusal.Guarded);
        _takeOver(BOB, second, 0);
        expectUpdateSkipped(second, 5, IPortfolioLedger.Refusal.Guarded); // nor once it holds something
        TransferClaim memory claim = transferClaim(
            TransferTerms(second, next(second), ALICE, next(ALICE), 5, 0, false, ledger.TRADE())
        );
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.AccountGuarded.selector, second));
        ledger.trade(claim);
        attest(second, 4);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseAccount.selector, second));
        engine.open(second);
    }

    /// What keeps the house's accounts moves nobody else's, and the ledger takes nobody else for it.
    function test_OnlyTheHousesContractsMoveItsAccounts() public {
        TransferClaim memory claim = _funding(HOUSE, 1);
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        address[3] memory others = [OPERATOR, VENUE, house.deleveraging()];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyLiquidation.selector, others[i]));
            ledger.move(claim, Rest.Free, purpose);
        }
        EmptyClaim memory proven = emptyClaim(openedId(OPERATOR, 1), EMPTY);
        fund(OPERATOR, address(ledger), CHALLENGE_BOND);
        vm.prank(OPERATOR);
        uint256 own = ledger.openAccount(1, EMPTY, proven);
        vm.assertTrue(!ledger.account(own).guarded && ledger.bondOf(own) != 0, "the operator's own is an ordinary one");
    }
}
