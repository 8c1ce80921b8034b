// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {IHouseAccounts} from "contracts/clearing/IHouseAccounts.sol";
import {DeleverageClaim, EmptyClaim, EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IAccountOpening} from "contracts/liquidation/IAccountOpening.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// The house's accounts: how they come about, what they are worth together, and what moves between them.
contract HouseAccountsTest is ClearingHouseFixture {
    uint256 private constant EMPTY = 0xe3;
    int256 private constant LOT = int256(MICROS_PER_LOT);
    /// The account that the operator opens for the house.
    uint256 private second;

    function setUp() public override {
        super.setUp();
        second = _open(1);
    }

    // --- acts ---

    function _open(uint256 n) private returns (uint256) {
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), n), EMPTY);
        vm.prank(OPERATOR);
        return accounts.openAccount(EMPTY, proven);
    }

    function _next(uint256 accountId) private view returns (uint256) {
        return commitmentOf(accountId, ledger.account(accountId).nonce + 1);
    }

    /// The second account takes a portfolio over.
    function _fillSecond() private {
        engine.setPendingTakeovers(1);
        TransferTerms memory terms = takeOverTerms(ALICE);
        (terms.accountB, terms.newB) = (second, _next(second));
        TransferClaim memory claim = transferClaim(terms);
        EquityClaim memory shown = equityClaim(ALICE, 4, 0);
        vm.prank(OPERATOR);
        house.takeOver(1, claim, shown);
        advance(1);
    }

    function _equity(uint256 accountId, int256 equity) private view returns (EquityClaim memory) {
        return equityClaim(accountId, equity < 0 ? 4 : 0, equity);
    }

    function _show(uint256 accountId, int256 equity) private {
        accounts.show(_equity(accountId, equity));
    }

    function _expectAbsorbs(EquityClaim memory shown, uint256 loss) private {
        TransferClaim memory funding = keptClaim(fundingTerms(0));
        house.absorb(shown, funding);
        vm.assertEq(house.residual(), loss, "what they lack together");
    }

    function _expectRefused(EquityClaim memory shown, bytes memory data) private {
        TransferClaim memory funding = keptClaim(fundingTerms(0));
        vm.expectRevert(data);
        house.absorb(shown, funding);
        vm.expectRevert(data);
        house.clearResidual(shown);
    }

    function _notShown() private view returns (bytes memory) {
        return abi.encodeWithSelector(IHouseAccounts.EquityNotShown.selector, second);
    }

    // --- opening ---

    function test_TheOperatorOpensThreeMoreAndNoFourth() public {
        vm.assertTrue(second == openedId(address(accounts), 1) && ledger.isEmpty(second), "empty by proof");
        IPortfolioLedger.Account memory found = ledger.account(second);
        vm.assertTrue(found.guarded && found.owner == address(accounts), "guarded, and nobody's");
        vm.assertTrue(ledger.bondOf(second) == 0, "for nothing");
        _open(2);
        vm.expectEmit();
        emit IHouseAccounts.HouseAccountOpened(openedId(address(accounts), 3));
        _open(3);
        uint256[] memory ids = accounts.accountIds();
        vm.assertTrue(ids.length == 4 && ids[0] == HOUSE && ids[1] == second, "all of them");
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 4), EMPTY);
        expectFrom(OPERATOR, encoded(IHouseAccounts.TooManyAccounts.selector));
        accounts.openAccount(EMPTY, proven);
    }

    /// A stranger would give the house's account a salt that nobody else knows, and the house no room.
    function test_NobodyElseOpensOne() public {
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 2), EMPTY);
        expectFrom(CAROL, abi.encodeWithSelector(IClearingHouse.OnlyOperator.selector, CAROL));
        accounts.openAccount(EMPTY, proven);
        // An account that is not empty is none of the house's: what is in it would be the operator's word.
        expectFrom(OPERATOR, encoded(IFactProofs.InvalidEmptyProof.selector));
        accounts.openAccount(EMPTY + 1, proven);
        expectFrom(VENUE, abi.encodeWithSelector(IAccountOpening.ReservedId.selector, second));
        ledger.register(second, 5, VENUE, true);
        vm.assertEq(accounts.accountIds().length, 2, "as before");
    }

    // --- what they are worth together ---

    function test_GainsOfOneBearLossesOfAnother() public {
        _fillSecond();
        _show(second, 50 * LOT);
        _expectAbsorbs(houseEquity(-90 * LOT), 40);
        _show(HOUSE, -90 * LOT);
        _expectAbsorbs(_equity(second, 50 * LOT), 40); // whichever is claimed
        _show(second, 90 * LOT);
        house.clearResidual(houseEquity(-90 * LOT));
        vm.assertEq(house.residual(), 0, "they lack nothing together");
    }

    /// A gain in the account that is shown hides no loss of another's.
    function test_NoGainHidesALoss() public {
        _fillSecond();
        _show(second, -50 * LOT);
        EquityClaim memory shown = houseEquity(10 * LOT);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseShort.selector, -40 * LOT));
        house.clearResidual(shown);
        _expectAbsorbs(shown, 40);
    }

    /// Nor does a loss make the funds pay what a gain bears.
    function test_NoLossHidesAGain() public {
        fill(30 * UNITS, 50 * UNITS);
        _fillSecond();
        _show(second, 90 * LOT);
        EquityClaim memory shown = houseEquity(-80 * LOT);
        TransferClaim memory funding = keptClaim(fundingTerms(80));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseNotShort.selector, 10 * LOT));
        house.absorb(shown, funding);
        advance(1);
        _show(second, 60 * LOT);
        shown = houseEquity(-80 * LOT);
        funding = keptClaim(fundingTerms(21));
        vm.expectRevert(wrongFunding(21, 20));
        house.absorb(shown, funding);
        funding = keptClaim(fundingTerms(20));
        house.absorb(shown, funding);
    }

    function test_NoAccountIsLeftOut() public {
        _expectAbsorbs(houseEquity(-LOT), 1); // an empty one is worth nothing, and needs no proof
        advance(1);
        _fillSecond();
        _expectRefused(houseEquity(-LOT), _notShown());
        DeleverageClaim memory none;
        IDeleveraging.Terms memory terms;
        EquityClaim memory shown = houseEquity(-LOT);
        expectFrom(OPERATOR, _notShown());
        house.openRound(terms, 1, none, shown);
        _show(second, 0);
        _expectAbsorbs(shown, 1);
    }

    /// In one snapshot: by the prices before and those after, each the better, both accounts could look well.
    function test_OtherPricesDoNotCount() public {
        _fillSecond();
        _show(second, 50 * LOT);
        uint256 before = snapshotId;
        EquityClaim memory older = houseEquity(-LOT);
        advance(1);
        _expectRefused(houseEquity(-LOT), _notShown());
        vm.assertTrue(accounts.restOf(HOUSE, before, equityCircuit) == 50 * LOT, "what was shown stays, of its time");
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseShort.selector, 49 * LOT));
        this.negate(older);
        _show(second, 0);
        _expectAbsorbs(houseEquity(-LOT), 1);
    }

    /// Shows that the older pair still counts for its grace, whole or not at all.
    function negate(EquityClaim calldata older) external view {
        (, int256 equity) = accounts.equityWith(older);
        revert IClearingHouse.HouseShort(equity);
    }

    function test_AnotherPortfolioOrCircuitDoesNotCount() public {
        _fillSecond();
        _show(second, 50 * LOT);
        vm.expectRevert(_notShown());
        accounts.restOf(HOUSE, snapshotId, bytes32("another"));
        _trade(second); // the operator changes what was shown
        _expectRefused(houseEquity(-LOT), _notShown());
    }

    function test_OnlyProofsOfTheHousesAccountsAreShown() public {
        EquityClaim memory shown = _equity(ALICE, LOT);
        bytes memory wrong = abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE);
        vm.expectRevert(wrong);
        accounts.show(shown);
        _expectRefused(shown, wrong);
        _fillSecond();
        shown = _equity(second, LOT);
        shown.equity += 1;
        vm.expectRevert(encoded(IFactProofs.InvalidEquityProof.selector));
        accounts.show(shown);
        shown.equity = type(int256).max; // more than a circuit shows, and than is kept
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.ValueOutOfRange.selector, type(int256).max));
        accounts.show(shown);
    }

    // --- giving back ---

    function _release(uint256 accountId) private returns (TransferClaim memory claim) {
        TransferTerms memory terms = releaseTerms(30);
        (terms.accountA, terms.newA) = (accountId, _next(accountId));
        claim = keptClaim(terms);
        if (registry.attestation(accountId, terms.newA).snapshotId != snapshotId) attest(accountId, terms.newA, 0);
    }

    function _expectReleaseRefused(TransferClaim memory claim, uint256 commitment) private {
        expectFrom(OPERATOR, abi.encodeWithSelector(IClearingHouse.HouseNotHealthy.selector, commitment));
        house.release(30, claim);
    }

    /// The operator gives nothing back out of one account that another is going to lack.
    function test_ReleaseTakesAllOfThemHealthyInOneSnapshot() public {
        depositLots(100);
        _fillSecond();
        house.clearResidual(_settled());
        advance(1);
        uint256 commitment = ledger.commitmentOf(second);
        _expectReleaseRefused(_release(HOUSE), commitment);
        attest(second, 1);
        _expectReleaseRefused(_release(HOUSE), commitment);
        advance(1);
        attest(second, 0);
        advance(1); // the one before is good for money still
        _expectReleaseRefused(_release(HOUSE), commitment);
        attest(second, 0);
        TransferClaim memory claim = _release(HOUSE);
        vm.prank(OPERATOR);
        house.release(30, claim);
        claim = _release(second);
        vm.prank(OPERATOR);
        house.release(30, claim);
        vm.assertEq(assetsOf(INSURANCE), 60 * uint256(UNITS), "of both");
    }

    /// Both are worth something: nothing is unproven.
    function _settled() private returns (EquityClaim memory) {
        _show(second, LOT);
        return houseEquity(LOT);
    }

    // --- trades and shifts ---

    function _trade(uint256 accountId) private {
        ReductionClaim memory reduction = reductionClaim(accountId, _next(accountId), MAX_PENALTY);
        TransferClaim memory claim = transferClaim(
            TransferTerms(accountId, _next(accountId), BOB, _next(BOB), 5, 0, false, purpose("house", 0))
        );
        vm.prank(OPERATOR);
        accounts.trade(claim, reduction);
    }

    function test_EachTradesRiskAway() public {
        _fillSecond();
        uint256 commitment = _next(second);
        _trade(second);
        vm.assertEq(ledger.commitmentOf(second), commitment, "the second");
        _trade(HOUSE);
    }

    function _cash(uint256 accountId, int64 lots) private view returns (TransferTerms memory) {
        return TransferTerms(accountId, _next(accountId), 0, 0, 0, lots, false, purpose("shift", 0));
    }

    function _expectShiftRefused(TransferTerms memory from, TransferTerms memory to) private {
        (TransferClaim memory one, TransferClaim memory other) = (keptClaim(from), keptClaim(to));
        expectFrom(OPERATOR, encoded(IClearingHouse.WrongTransfer.selector));
        accounts.shift(one, other);
    }

    function test_CashShiftsFromOneToAnother() public {
        _fillSecond();
        TransferClaim memory from = keptClaim(_cash(HOUSE, -40));
        TransferClaim memory to = keptClaim(_cash(second, 40));
        expectFrom(CAROL, abi.encodeWithSelector(IClearingHouse.OnlyOperator.selector, CAROL));
        accounts.shift(from, to);
        vm.expectEmit();
        emit IHouseAccounts.CashShifted(HOUSE, second, 40);
        vm.prank(OPERATOR);
        accounts.shift(from, to);
        vm.assertTrue(ledger.commitmentOf(HOUSE) == from.newA && ledger.commitmentOf(second) == to.newA, "both");
        vm.assertEq(token.balanceOf(address(accounts)), 0, "and no token");
    }

    function test_NoCashLeavesTheHouseOrComesFromNowhere() public {
        _fillSecond();
        _expectShiftRefused(_cash(HOUSE, -40), _cash(second, 41));
        _expectShiftRefused(_cash(HOUSE, -40), _cash(second, 39));
        _expectShiftRefused(_cash(HOUSE, 40), _cash(second, -40));
        _expectShiftRefused(_cash(HOUSE, 0), _cash(second, 0));
        _expectShiftRefused(_cash(HOUSE, -40), _cash(BOB, 40));
        _expectShiftRefused(_cash(BOB, -40), _cash(second, 40));
        TransferTerms memory terms = _cash(HOUSE, -40);
        (terms.accountB, terms.newB) = (BOB, _next(BOB));
        _expectShiftRefused(terms, _cash(second, 40)); // no position goes along
    }

    // --- rounds ---

    function _round(uint256 accountId, int256 equity, int256 others) private returns (uint256) {
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(10, false, 40, 100, -123);
        uint256 current = ledger.commitmentOf(accountId);
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(accountId, current, commitmentOf(accountId, 99), 10, true, 1, 1, 0, 40)
        );
        _show(accountId == HOUSE ? second : HOUSE, others);
        EquityClaim memory shown = _equity(accountId, equity);
        vm.prank(OPERATOR);
        return house.openRound(terms, commitmentOf(accountId, 99), holding, shown);
    }

    function _closing(
        uint256 roundId,
        uint256 accountId,
        int256 equity
    ) private view returns (TransferClaim memory claim, DeleverageClaim memory part, EquityClaim memory shown) {
        bytes32 aim = purpose("deleverage", roundId);
        claim = transferClaim(TransferTerms(BOB, _next(BOB), accountId, _next(accountId), 17, 0, false, aim));
        part = deleverageClaim(
            DeleverageTerms(BOB, ledger.commitmentOf(BOB), claim.newA, 10, false, 40, 100, -123, 4)
        );
        shown = equityClaim(snapshotId, accountId, claim.newB, 4, equity);
    }

    /// The holder keeps something.
    function _holder(TransferClaim memory claim) private view returns (EquityClaim memory) {
        return equityClaim(snapshotId, BOB, claim.newA, 0, 7);
    }

    /// The residual is what all of them lack together, whichever holds the instrument.
    function test_ARoundBringsInWhatAllLackTogether() public {
        _fillSecond();
        uint256 roundId = _round(second, -150 * LOT, 50 * LOT);
        vm.assertEq(house.residual(), 100, "the gain of one bears what the other lacks");
        IDeleveraging.Round memory round = rounds.roundOf(roundId);
        vm.assertTrue(round.accountId == second && round.rest == 50 * LOT, "the account, and the rest");
        vm.assertTrue(round.startEquity == -100 * LOT && round.lastEquity == -100 * LOT, "together");
        EquityClaim memory holder;
        // A tenth of the closing: of 100 lots, not of 150.
        (TransferClaim memory claim, DeleverageClaim memory part, EquityClaim memory shown) = _closing(
            roundId,
            second,
            -140 * LOT + 1
        );
        bytes4 above = IDeleveraging.AbovePart.selector;
        holder = _holder(claim);
        expectFrom(OPERATOR, abi.encodeWithSelector(above, uint256(10 * LOT + 1), uint256(100 * LOT)));
        house.deleverage(roundId, claim, part, shown, holder);
        (claim, part, shown) = _closing(roundId, second, -140 * LOT);
        holder = _holder(claim);
        vm.prank(OPERATOR);
        house.deleverage(roundId, claim, part, shown, holder);
        vm.assertEq(house.residual(), 90, "less the holder's part");
    }

    /// What the operator loses out of another account meanwhile is no holder's to make good.
    function test_ARoundEndsWithTheOtherAccounts() public {
        _fillSecond();
        uint256 roundId = _round(second, -150 * LOT, 50 * LOT);
        _trade(HOUSE);
        EquityClaim memory holder;
        (TransferClaim memory claim, DeleverageClaim memory part, EquityClaim memory shown) = _closing(
            roundId,
            second,
            -140 * LOT
        );
        holder = _holder(claim);
        expectFrom(OPERATOR, abi.encodeWithSelector(IHouseAccounts.EquityNotShown.selector, HOUSE));
        house.deleverage(roundId, claim, part, shown, holder);
        _show(HOUSE, 45 * LOT);
        holder = _holder(claim);
        expectFrom(OPERATOR, abi.encodeWithSelector(IDeleveraging.RoundOver.selector, roundId));
        house.deleverage(roundId, claim, part, shown, holder);
    }

    function test_ARoundIsOfItsOwnAccount() public {
        _fillSecond();
        uint256 roundId = _round(second, -150 * LOT, 50 * LOT);
        EquityClaim memory holder;
        (TransferClaim memory claim, DeleverageClaim memory part, EquityClaim memory shown) = _closing(
            roundId,
            HOUSE,
            60 * LOT
        );
        holder = _holder(claim);
        expectFrom(OPERATOR, encoded(IClearingHouse.WrongTransfer.selector));
        house.deleverage(roundId, claim, part, shown, holder);
    }
}
