// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";

/// Rounds of auto-deleveraging. The house is short 40 lots of instrument 10 that holders are long, 100 in all.
contract ClearingHouseDeleveragingTest is ClearingHouseFixture {
    /// A holder's part with everything that is shown for it.
    struct Part {
        TransferClaim transfer;
        DeleverageClaim holding;
        EquityClaim equity;
        EquityClaim holder;
    }

    uint32 private constant INSTRUMENT = 10;
    /// Micro-USD, and no whole number of lots.
    int256 private constant START = -1_000_001;

    // --- helpers ---

    function _terms() private pure returns (IDeleveraging.Terms memory) {
        return IDeleveraging.Terms(INSTRUMENT, false, 40, 100, -123);
    }

    /// A proof that the house holds `held` lots on the other side.
    function _holding(IDeleveraging.Terms memory terms, uint64 held) private view returns (DeleverageClaim memory) {
        uint256 current = ledger.commitmentOf(HOUSE);
        return
            deleverageClaim(
                DeleverageTerms(
                    HOUSE,
                    current,
                    commitmentOf(HOUSE, 99),
                    terms.instrumentId,
                    !terms.holdersShort,
                    1,
                    1,
                    0,
                    held
                )
            );
    }

    function _open(IDeleveraging.Terms memory terms, uint64 held, int256 equity) private returns (uint256) {
        DeleverageClaim memory holding = _holding(terms, held);
        EquityClaim memory shown = houseEquity(equity);
        vm.prank(OPERATOR);
        return house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
    }

    /// The round that most tests are about.
    function _open() private returns (uint256) {
        makeResidual(200);
        return _open(_terms(), 40, START);
    }

    function _expectOpenRevert(
        IDeleveraging.Terms memory terms,
        DeleverageClaim memory holding,
        EquityClaim memory shown,
        bytes memory data
    ) private {
        uint256 count = rounds.roundCount();
        expectFrom(OPERATOR, data);
        house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
        vm.assertEq(rounds.roundCount(), count, "no round");
    }

    function _transferTerms(uint256 roundId, uint256 holder) private view returns (TransferTerms memory) {
        uint256 next = ledger.account(holder).nonce + 1;
        return
            TransferTerms(
                holder,
                commitmentOf(holder, next),
                HOUSE,
                nextHouse(),
                17,
                0,
                false,
                purpose("deleverage", roundId)
            );
    }

    function _partTerms(uint256 roundId, uint256 holder, uint64 closed) private view returns (DeleverageTerms memory) {
        IDeleveraging.Terms memory terms = rounds.roundOf(roundId).terms;
        uint256 next = ledger.account(holder).nonce + 1;
        return
            DeleverageTerms(
                holder,
                ledger.commitmentOf(holder),
                commitmentOf(holder, next),
                terms.instrumentId,
                terms.holdersShort,
                terms.closing,
                terms.open,
                terms.price,
                closed
            );
    }

    function _part(
        uint256 roundId,
        uint256 holder,
        uint64 closed,
        int256 equity
    ) private view returns (Part memory part) {
        part.transfer = transferClaim(_transferTerms(roundId, holder));
        part.holding = deleverageClaim(_partTerms(roundId, holder, closed));
        uint256 snapshot = rounds.roundOf(roundId).snapshotId;
        part.equity = equityClaim(snapshot, HOUSE, nextHouse(), 4, equity);
        part.holder = equityClaim(snapshotId, holder, part.transfer.newA, 0, 7);
    }

    function _close(uint256 roundId, Part memory part) private {
        vm.prank(OPERATOR);
        house.deleverage(roundId, part.transfer, part.holding, part.equity, part.holder);
    }

    function _close(uint256 roundId, uint256 holder, uint64 closed, int256 equity) private {
        _close(roundId, _part(roundId, holder, closed, equity));
    }

    function _expectCloseRevert(uint256 roundId, Part memory part, bytes memory data) private {
        (uint256 residual, uint256 commitment) = (house.residual(), ledger.commitmentOf(HOUSE));
        expectFrom(OPERATOR, data);
        house.deleverage(roundId, part.transfer, part.holding, part.equity, part.holder);
        vm.assertEq(house.residual(), residual, "residual as before");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitment, "house as before");
    }

    function _above(uint256 gain) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDeleveraging.AbovePart.selector, gain, uint256(-START));
    }

    // --- opening ---

    function test_OpensARound() public {
        makeResidual(200);
        DeleverageClaim memory holding = _holding(_terms(), 55);
        EquityClaim memory shown = houseEquity(START);
        vm.expectEmit();
        emit IClearingHouse.RoundOpened(1, INSTRUMENT, snapshotId, 101);
        vm.prank(OPERATOR);
        uint256 roundId = house.openRound(_terms(), commitmentOf(HOUSE, 99), holding, shown);
        vm.assertTrue(roundId == 1 && rounds.roundCount() == 1, "the first");
        vm.assertEq(house.residual(), 101, "what it lacks now, rounded up");
        IDeleveraging.Round memory round = rounds.roundOf(1);
        vm.assertEq(keccak256(abi.encode(round.terms)), keccak256(abi.encode(_terms())), "terms");
        vm.assertTrue(round.startEquity == START && round.lastEquity == START, "equities");
        vm.assertTrue(round.snapshotId == snapshotId && round.closedTotal == 0, "snapshot");
        vm.assertTrue(round.lossEpoch == house.lossEpoch() && round.lossEpoch == 2, "the second proof of what it lacks");
        vm.assertEq(round.commitment, commitmentOf(HOUSE, 0), "the house is as it was");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "in the ledger too");
        vm.expectRevert(abi.encodeWithSelector(IDeleveraging.UnknownRound.selector, 2));
        rounds.roundOf(2);
        vm.expectRevert(abi.encodeWithSelector(IDeleveraging.UnknownRound.selector, 0));
        rounds.isDeleveraged(0, ALICE);
    }

    function test_OnlyTheOperatorOpensAndCloses() public {
        uint256 roundId = _open();
        Part memory part = _part(roundId, ALICE, 4, START);
        IDeleveraging.Terms memory terms = _terms();
        bytes memory refused = abi.encodeWithSelector(IClearingHouse.OnlyOperator.selector, OWNER);
        expectFrom(OWNER, refused);
        house.openRound(terms, 1, part.holding, part.equity);
        expectFrom(OWNER, refused);
        house.deleverage(roundId, part.transfer, part.holding, part.equity, part.holder);
        refused = abi.encodeWithSelector(IDeleveraging.OnlyClearingHouse.selector, OPERATOR);
        expectFrom(OPERATOR, refused);
        rounds.open(1, 0, terms, 1, part.holding, part.equity, START);
        expectFrom(OPERATOR, refused);
        rounds.close(roundId, 1, part.transfer, part.holding, part.equity, part.holder);
    }

    /// The funds bear what they can before any holder does, drawn or not.
    function test_NoRoundWhileTheFundsCanBearTheLoss() public {
        fill(70 * UNITS, 31 * UNITS);
        bytes memory none = encoded(IClearingHouse.NoResidual.selector);
        _expectOpenRevert(_terms(), _holding(_terms(), 40), houseEquity(START), none);
        absorb(START, 0);
        _expectOpenRevert(_terms(), _holding(_terms(), 40), houseEquity(START), none);
        // A lot more than they have: 10 micro-USD are the holders'.
        _open(_terms(), 40, START - 10_009);
        vm.assertEq(house.residual(), 1, "the residual");
    }

    /// Holders pay what exceeds the funds, though not a lot of these was drawn yet.
    function test_ARoundBringsInTheResidualAlone() public {
        fill(60 * UNITS, UNITS - 1);
        uint256 roundId = _open(_terms(), 40, START);
        vm.assertEq(house.residual(), 41, "101 lots, less 60");
        vm.assertEq(rounds.roundOf(roundId).reserved, 600_000, "micro-USD of the funds");
        // 400,001 * 16 / 40 = 160,000.4
        bytes memory above = abi.encodeWithSelector(IDeleveraging.AbovePart.selector, 160_001, 400_001);
        _expectCloseRevert(roundId, _part(roundId, ALICE, 16, START + 160_001), above);
        _close(roundId, ALICE, 16, START + 160_000);
        vm.assertEq(house.residual(), 25, "240,001 micro-USD are left");
        above = abi.encodeWithSelector(IDeleveraging.AboveResidual.selector, int256(-599_999));
        _expectCloseRevert(roundId, _part(roundId, BOB, 24, -599_999), above);
        // Nor does what is paid in meanwhile void a holder's part.
        deposit(CAROL, INSURANCE, 5 * UNITS);
        _close(roundId, BOB, 24, START + 400_000);
        vm.assertEq(house.residual(), 1, "a lot for a micro");
        vm.assertEq(house.poolOf(INSURANCE).reserved, 60 * UNITS, "the funds' part is as it was");
    }

    function test_NoRoundWithoutNegativeEquityInTheNewestSnapshot() public {
        makeResidual(200);
        DeleverageClaim memory holding = _holding(_terms(), 40);
        bytes memory none = encoded(IClearingHouse.NoResidual.selector);
        _expectOpenRevert(_terms(), holding, houseEquity(0), none);
        _expectOpenRevert(_terms(), holding, houseEquity(9), none);
        EquityClaim memory shown = equityClaim(ALICE, 4, START);
        bytes memory wrong = abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE);
        _expectOpenRevert(_terms(), holding, shown, wrong);
        shown = houseEquity(START);
        shown.equity = START - 1;
        _expectOpenRevert(_terms(), holding, shown, encoded(IFactProofs.InvalidEquityProof.selector));
        uint256 old = snapshotId;
        shown = houseEquity(START);
        advance(1);
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory notLatest = abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId);
        _expectOpenRevert(_terms(), holding, shown, notLatest);
    }

    function test_TheHouseHoldsWhatIsClosed() public {
        makeResidual(200);
        bytes memory less = abi.encodeWithSelector(IDeleveraging.HouseHoldsLess.selector, 39, 40);
        _expectOpenRevert(_terms(), _holding(_terms(), 39), houseEquity(START), less);
        bytes memory invalid = encoded(IFactProofs.InvalidDeleverageProof.selector);
        DeleverageClaim memory holding = _holding(_terms(), 39);
        holding.closed = 40;
        _expectOpenRevert(_terms(), holding, houseEquity(START), invalid);
        // On the holders' own side, of another instrument, of another account or portfolio.
        IDeleveraging.Terms memory other = _terms();
        other.holdersShort = true;
        _expectOpenRevert(_terms(), _holding(other, 40), houseEquity(START), invalid);
        other = _terms();
        other.instrumentId = 11;
        _expectOpenRevert(_terms(), _holding(other, 40), houseEquity(START), invalid);
        DeleverageTerms memory terms = DeleverageTerms(
            ALICE,
            commitmentOf(ALICE, 0),
            commitmentOf(HOUSE, 99),
            INSTRUMENT,
            true,
            1,
            1,
            0,
            40
        );
        _expectOpenRevert(_terms(), deleverageClaim(terms), houseEquity(START), invalid);
        (terms.accountId, terms.oldCommitment) = (HOUSE, commitmentOf(HOUSE, 1));
        _expectOpenRevert(_terms(), deleverageClaim(terms), houseEquity(START), invalid);
        // A part of the holding shows no holding.
        (terms.oldCommitment, terms.open) = (commitmentOf(HOUSE, 0), 2);
        _expectOpenRevert(_terms(), deleverageClaim(terms), houseEquity(START), invalid);
        holding = _holding(_terms(), 40);
        holding.deadline = uint64(block.timestamp) - 1;
        bytes memory expired = abi.encodeWithSelector(IFactProofs.FactExpired.selector, holding.deadline);
        _expectOpenRevert(_terms(), holding, houseEquity(START), expired);
    }

    function _expectTermsRevert(IDeleveraging.Terms memory terms) private {
        bytes memory invalid = encoded(IDeleveraging.InvalidTerms.selector);
        _expectOpenRevert(terms, _holding(terms, 1000), houseEquity(START), invalid);
    }

    function test_BoundsTheTerms() public {
        makeResidual(200);
        IDeleveraging.Terms memory terms = _terms();
        terms.instrumentId = 7;
        _expectTermsRevert(terms);
        terms.instrumentId = 1 << 20;
        _expectTermsRevert(terms);
        terms = _terms();
        terms.closing = 0;
        _expectTermsRevert(terms);
        terms.closing = 101;
        _expectTermsRevert(terms);
        terms = _terms();
        terms.price = 1 << 62;
        _expectTermsRevert(terms);
        terms.price = -(1 << 62);
        _expectTermsRevert(terms);
        terms.price = type(int64).min;
        _expectTermsRevert(terms);
        _open(IDeleveraging.Terms(8, true, 1, 1, (1 << 62) - 1), 1, START);
        _open(IDeleveraging.Terms((1 << 20) - 1, true, 100, 100, 1 - (1 << 62)), 100, START);
    }

    // --- a holder's part ---

    function test_ClosesAPart() public {
        uint256 roundId = _open();
        Part memory part = _part(roundId, ALICE, 16, START + 400_000);
        vm.assertTrue(!rounds.isDeleveraged(roundId, ALICE), "not yet");
        vm.expectEmit();
        emit IClearingHouse.Deleveraged(roundId, ALICE, 61);
        _close(roundId, part);
        vm.assertEq(house.residual(), 61, "600,001 micro-USD are left");
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 1), "Alice's");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "the house's");
        IDeleveraging.Round memory round = rounds.roundOf(roundId);
        vm.assertTrue(round.closedTotal == 16 && round.lastEquity == START + 400_000, "moved on");
        vm.assertTrue(round.startEquity == START && round.commitment == commitmentOf(HOUSE, 1), "from the start's");
        vm.assertTrue(rounds.isDeleveraged(roundId, ALICE) && !rounds.isDeleveraged(roundId, BOB), "Alice's part");
        _close(roundId, BOB, 24, -1);
        vm.assertEq(house.residual(), 1, "a lot for a micro");
        vm.assertTrue(house.locked(), "still locked");
    }

    function test_ARoundThatBringsAllInUnlocks() public {
        makeResidual(1);
        uint256 roundId = _open(_terms(), 40, -40);
        _close(roundId, ALICE, 16, -24);
        _close(roundId, BOB, 24, 0);
        vm.assertTrue(house.residual() == 0 && house.residualSince() == 0 && !house.locked(), "nothing is left");
        register(1009, DAVE, false);
        bytes memory none = encoded(IClearingHouse.NoResidual.selector);
        _expectCloseRevert(roundId, _part(roundId, 1009, 1, 0), none);
    }

    /// 1,000,001 * 16 / 40 = 400,000.4: that much, and not a micro more.
    function test_PaysUpToItsPartAndNotAMicroMore() public {
        uint256 roundId = _open();
        _expectCloseRevert(roundId, _part(roundId, ALICE, 16, START + 400_001), _above(400_001));
        _close(roundId, ALICE, 16, START + 400_000);
        // What Alice left is not for Bob to pay: 1,000,001 * 24 / 40 = 600,000.6.
        _expectCloseRevert(roundId, _part(roundId, BOB, 24, START + 1_000_001), _above(600_001));
        _close(roundId, BOB, 24, START + 1_000_000);
        vm.assertEq(house.residual(), 1, "a micro is left");
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_NoHolderAboveItsPartAndNeverAboveTheResidual(
        uint80 startResidual,
        uint64 closing,
        uint64[4] memory parts_,
        uint128[4] memory gains
    ) public {
        int256 start = -int256(bound(startResidual, 1, type(uint80).max));
        closing = uint64(bound(closing, 4, type(uint64).max));
        makeResidual(1);
        uint256 roundId = _open(IDeleveraging.Terms(INSTRUMENT, true, closing, closing, 5), closing, start);
        uint256 left = closing;
        int256 last = start;
        for (uint256 i = 0; i < 4 && last < 0; ++i) {
            register(2000 + i, DAVE, false);
            uint64 closed = uint64(i == 3 ? left : bound(parts_[i], 1, left - (3 - i)));
            left -= closed;
            uint256 most = (uint256(-start) * closed) / closing;
            uint256 gain = bound(gains[i], 0, most);
            int256 tooMuch = last + int256(most) + 1;
            if (tooMuch <= 0) {
                bytes memory above = abi.encodeWithSelector(
                    IDeleveraging.AbovePart.selector,
                    most + 1,
                    uint256(-start)
                );
                _expectCloseRevert(roundId, _part(roundId, 2000 + i, closed, tooMuch), above);
            }
            last += int256(gain);
            vm.assertTrue(last <= 0, "never above the residual");
            _close(roundId, 2000 + i, closed, last);
            vm.assertEq(house.residual(), (uint256(-last) + MICROS_PER_LOT - 1) / MICROS_PER_LOT, "residual");
        }
    }

    function test_TheHouseGetsNoWorseAndNeverAboveNothing() public {
        uint256 roundId = _open();
        bytes memory loses = encoded(IDeleveraging.HouseWouldLose.selector);
        _expectCloseRevert(roundId, _part(roundId, ALICE, 16, START - 1), loses);
        bytes memory above = abi.encodeWithSelector(IDeleveraging.AboveResidual.selector, int256(1));
        _expectCloseRevert(roundId, _part(roundId, ALICE, 40, 1), above);
        _close(roundId, ALICE, 16, START);
        vm.assertEq(house.residual(), 101, "a closing at the mark brings nothing");
        _expectCloseRevert(roundId, _part(roundId, BOB, 24, START - 1), loses);
    }

    function test_ClosesNoMoreThanTheRoundSays() public {
        uint256 roundId = _open();
        bytes4 tooMuch = IDeleveraging.ClosesTooMuch.selector;
        _expectCloseRevert(roundId, _part(roundId, ALICE, 41, START), abi.encodeWithSelector(tooMuch, 41, 40));
        _close(roundId, ALICE, 16, START);
        _expectCloseRevert(roundId, _part(roundId, BOB, 25, START), abi.encodeWithSelector(tooMuch, 41, 40));
        bytes memory most = abi.encodeWithSelector(tooMuch, uint256(type(uint64).max) + 16, 40);
        _expectCloseRevert(roundId, _part(roundId, BOB, type(uint64).max, START), most);
        bytes memory nothing = encoded(IDeleveraging.NothingClosed.selector);
        _expectCloseRevert(roundId, _part(roundId, BOB, 0, START), nothing);
        _close(roundId, BOB, 24, START);
    }

    function test_AHolderPaysOnceInASnapshot() public {
        uint256 roundId = _open();
        _close(roundId, ALICE, 16, START + 100);
        bytes memory twice = abi.encodeWithSelector(IDeleveraging.AlreadyDeleveraged.selector, ALICE);
        _expectCloseRevert(roundId, _part(roundId, ALICE, 1, START + 100), twice);
        // Nor in another round about the same, whatever its terms.
        uint256 second = _open(IDeleveraging.Terms(INSTRUMENT, false, 24, 84, 0), 24, START + 100);
        vm.assertTrue(rounds.isDeleveraged(second, ALICE), "known");
        _expectCloseRevert(second, _part(second, ALICE, 1, START + 100), twice);
        _close(second, BOB, 24, START + 200);
        // Another instrument is another part, and a newer snapshot another loss.
        uint256 third = _open(IDeleveraging.Terms(11, false, 24, 84, 0), 24, START + 200);
        _close(third, ALICE, 1, START + 300);
        advance(1);
        uint256 fourth = _open(IDeleveraging.Terms(INSTRUMENT, false, 24, 84, 0), 24, START + 300);
        _close(fourth, ALICE, 1, START + 400);
    }

    function _paysWhenItsEquityStaysAtLeastNothing(uint256 roundId) private {
        Part memory part = _part(roundId, ALICE, 16, START + 5);
        part.holder = equityClaim(snapshotId, BOB, part.transfer.newA, 4, 7);
        _expectCloseRevert(roundId, part, abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, BOB));
        part.holder = equityClaim(snapshotId, ALICE, part.transfer.newA, 4, -1);
        bytes4 lacks = IDeleveraging.HolderWouldLack.selector;
        _expectCloseRevert(roundId, part, abi.encodeWithSelector(lacks, ALICE, int256(-1)));
        // The portfolio before its part says nothing.
        part.holder = equityClaim(snapshotId, ALICE, commitmentOf(ALICE, 0), 4, 7);
        _expectCloseRevert(roundId, part, encoded(IFactProofs.InvalidEquityProof.selector));
        part.holder = equityClaim(snapshotId, ALICE, part.transfer.newA, 4, 0);
        _close(roundId, part);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 1), "closed");
    }

    function test_AHolderPaysWhenItsEquityStaysAtLeastNothing() public {
        _paysWhenItsEquityStaysAtLeastNothing(_open());
    }

    /// A case in its first phase, which a friend can open, keeps no round out.
    function test_AHolderInSoftPaysAsAnyOther() public {
        uint256 roundId = _open();
        engine.freeze(ledger, ALICE, ILiquidationEngine.Status.Soft);
        _paysWhenItsEquityStaysAtLeastNothing(roundId);
        vm.assertTrue(ledger.account(ALICE).frozen, "and its case goes on");
    }

    function test_AHoldersEquityIsByTheNewestPrices() public {
        uint256 roundId = _open();
        engine.freeze(ledger, ALICE, ILiquidationEngine.Status.Soft);
        Part memory part = _part(roundId, ALICE, 16, START + 5);
        vm.warp(NOW + 1);
        uint256 late = publishAll(NOW + 1);
        part.holder = equityClaim(late, ALICE, part.transfer.newA, 0, 7);
        bytes memory old = abi.encodeWithSelector(IMarketClock.NotNewest.selector, late, snapshotId);
        _expectCloseRevert(roundId, part, old);
        clock.enter(late);
        _close(roundId, part);
    }

    /// Others are about to pay for the portfolio as it is.
    function test_AHolderBeyondSoftIsLeftToItsCase() public {
        uint256 roundId = _open();
        bytes memory refused = abi.encodeWithSelector(IClearingHouse.AccountNotOrdinary.selector, ALICE);
        for (uint256 i = 0; i < 4; ++i) {
            engine.freeze(ledger, ALICE, ILiquidationEngine.Status(uint256(ILiquidationEngine.Status.Sealed) + i));
            Part memory part = _part(roundId, ALICE, 16, START);
            _expectCloseRevert(roundId, part, refused);
        }
    }

    function test_OnlyOrdinaryHoldersPay() public {
        uint256 roundId = _open();
        bytes4 refused = IClearingHouse.AccountNotOrdinary.selector;
        registerHouse(1009, DAVE);
        _expectCloseRevert(roundId, _part(roundId, 1009, 16, START), abi.encodeWithSelector(refused, 1009));
        Part memory part = _part(roundId, BOB, 16, START);
        part.transfer.accountA = 1010;
        bytes memory unknown = abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 1010);
        _expectCloseRevert(roundId, part, unknown);
        part.transfer.accountA = HOUSE;
        _expectCloseRevert(roundId, part, abi.encodeWithSelector(refused, HOUSE));
    }

    // --- what must fit together ---

    function test_APartIsOfTheRoundsTerms() public {
        uint256 roundId = _open();
        bytes memory invalid = encoded(IFactProofs.InvalidDeleverageProof.selector);
        for (uint256 i = 0; i < 9; ++i) {
            DeleverageTerms memory terms = _partTerms(roundId, ALICE, 16);
            if (i == 0) terms.accountId = BOB;
            if (i == 1) terms.oldCommitment = commitmentOf(ALICE, 5);
            if (i == 2) terms.newCommitment = commitmentOf(ALICE, 5);
            if (i == 3) terms.instrumentId = 11;
            // A holder of the wrong side has no such proof: the circuit takes holdings of the stated side only.
            if (i == 4) terms.isShort = true;
            if (i == 5) terms.closing = 41;
            if (i == 6) terms.open = 99;
            if (i == 7) terms.price = 123;
            if (i == 8) terms.closed = 17;
            Part memory part = _part(roundId, ALICE, 16, START);
            part.holding.proof = deleverageClaim(terms).proof;
            _expectCloseRevert(roundId, part, invalid);
        }
        Part memory wrongCircuit = _part(roundId, ALICE, 16, START);
        wrongCircuit.holding.circuitId = transferCircuit;
        expectFrom(
            OPERATOR,
            abi.encodeWithSignature(
                "WrongCircuitKind(bytes32,bytes8,bytes8)",
                transferCircuit,
                bytes8("transfer"),
                bytes8("delever")
            )
        );
        house.deleverage(roundId, wrongCircuit.transfer, wrongCircuit.holding, wrongCircuit.equity, wrongCircuit.holder);
    }

    function _expectTransferRevert(uint256 roundId, TransferTerms memory terms, bytes memory data) private {
        Part memory part = _part(roundId, ALICE, 16, START);
        part.transfer = transferClaim(terms);
        part.holder = equityClaim(snapshotId, ALICE, terms.newA, 0, 7);
        _expectCloseRevert(roundId, part, data);
    }

    function test_ThePartGoesToTheHouse() public {
        uint256 roundId = _open();
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        TransferTerms memory terms = _transferTerms(roundId, ALICE);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        _expectTransferRevert(roundId, terms, wrong);
        terms = _transferTerms(roundId, ALICE);
        terms.funding = 1;
        _expectTransferRevert(roundId, terms, wrong);
        terms.funding = -1;
        _expectTransferRevert(roundId, terms, wrong);
        bytes memory invalid = encoded(IPortfolioLedger.InvalidTransferProof.selector);
        terms = _transferTerms(roundId, ALICE);
        terms.whole = true;
        _expectTransferRevert(roundId, terms, invalid);
        terms = _transferTerms(roundId, ALICE);
        terms.purpose = purpose("deleverage", roundId + 1);
        _expectTransferRevert(roundId, terms, invalid);
        terms.purpose = purpose("house", 0);
        _expectTransferRevert(roundId, terms, invalid);
        // The holder's new portfolio in the transfer is that of its part.
        terms = _transferTerms(roundId, ALICE);
        terms.newA = commitmentOf(ALICE, 5);
        _expectTransferRevert(roundId, terms, encoded(IFactProofs.InvalidDeleverageProof.selector));
        // And the house's new one that of its equity.
        terms = _transferTerms(roundId, ALICE);
        terms.newB = commitmentOf(HOUSE, 5);
        _expectTransferRevert(roundId, terms, encoded(IFactProofs.InvalidEquityProof.selector));
    }

    function test_AllEquitiesAreOfTheRoundsSnapshot() public {
        uint256 roundId = _open();
        uint256 old = snapshotId;
        advance(10);
        Part memory part = _part(roundId, ALICE, 16, START + 5);
        part.equity = equityClaim(snapshotId, HOUSE, nextHouse(), 4, START + 5);
        bytes memory wrong = abi.encodeWithSelector(IDeleveraging.WrongSnapshot.selector, snapshotId);
        _expectCloseRevert(roundId, part, wrong);
        part.equity = equityClaim(old, ALICE, nextHouse(), 4, START + 5);
        _expectCloseRevert(roundId, part, abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE));
        part = _part(roundId, ALICE, 16, START + 5);
        part.equity.equity = START + 6;
        _expectCloseRevert(roundId, part, encoded(IFactProofs.InvalidEquityProof.selector));
        // A newer snapshot ends the round, once its own is good for money no more.
        part = _part(roundId, ALICE, 16, START + 5);
        vm.warp(NOW + 10 + GRACE);
        uint256 state = vm.snapshotState();
        _close(roundId, part);
        vm.revertToState(state);
        vm.warp(NOW + 11 + GRACE);
        _expectCloseRevert(roundId, part, abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
    }

    /// The gain is the holder's only while nothing else moves the house.
    function test_AnyOtherChangeOfTheHouseEndsARound() public {
        uint256 roundId = _open();
        _close(roundId, ALICE, 16, START + 5);
        fill(UNITS, 0);
        absorb(START + 5, 1);
        bytes memory over = abi.encodeWithSelector(IDeleveraging.RoundOver.selector, roundId);
        _expectCloseRevert(roundId, _part(roundId, BOB, 24, START + 5 + 10_000), over);
        uint256 next = _open(IDeleveraging.Terms(INSTRUMENT, false, 24, 84, 0), 24, START + 5 + 10_000);
        _expectCloseRevert(roundId, _part(roundId, BOB, 24, START + 10_006), over);
        _close(next, BOB, 24, START + 10_006);
        bytes memory unknown = abi.encodeWithSelector(IDeleveraging.UnknownRound.selector, 9);
        Part memory part = _part(next, ALICE, 1, START + 10_006);
        _expectCloseRevert(9, part, unknown);
    }

    function test_ARoundEndsWithTheResidual() public {
        uint256 roundId = _open();
        advance(10);
        house.clearResidual(houseEquity(3));
        bytes memory none = encoded(IClearingHouse.NoResidual.selector);
        _expectCloseRevert(roundId, _part(roundId, ALICE, 16, START + 5), none);
    }

    function _expectOver(uint256 roundId, int256 equity) private {
        bytes memory over = abi.encodeWithSelector(IDeleveraging.RoundOver.selector, roundId);
        _expectCloseRevert(roundId, _part(roundId, ALICE, 16, equity), over);
    }

    /// A residual that was cleared is nobody's to pay, though a small one follows and the house's portfolio is the same.
    function test_AClearedResidualEndsItsRounds() public {
        uint256 roundId = _open();
        advance(10);
        house.clearResidual(houseEquity(3));
        advance(10);
        makeResidual(1);
        vm.assertEq(ledger.commitmentOf(HOUSE), rounds.roundOf(roundId).commitment, "the same portfolio");
        _expectOver(roundId, START + 400_000);
        vm.assertEq(house.residual(), 1, "and the small one is as it was");
        uint256 next = _open(_terms(), 40, -40);
        _close(next, ALICE, 16, -24);
    }

    function test_AnAbsorptionEndsRounds() public {
        uint256 roundId = _open();
        advance(10);
        makeResidual(1);
        vm.assertEq(ledger.commitmentOf(HOUSE), rounds.roundOf(roundId).commitment, "the same portfolio");
        _expectOver(roundId, START + 400_000);
    }

    /// Equity proofs are in the calldata of every round and part: a stranger who shows one again ends nothing by it.
    function test_TheSameLossShownAgainEndsNoRound() public {
        uint256 roundId = _open();
        EquityClaim memory shown = houseEquity(START);
        TransferClaim memory none;
        uint256 before = house.residual();
        uint64 epoch = house.lossEpoch();
        vm.prank(address(0xbad));
        house.absorb(shown, none);
        vm.assertEq(house.residual(), before, "the residual");
        vm.assertEq(house.lossEpoch(), epoch, "the loss is the same one");
        _close(roundId, ALICE, 16, START + 400_000);
        EquityClaim memory part = houseEquity(START + 400_000);
        vm.prank(address(0xbad));
        house.absorb(part, none);
        _close(roundId, BOB, 24, START + 800_000);
    }

    function test_AWriteOffEndsRounds() public {
        makeResidual(200);
        advance(30 days - 1);
        uint256 roundId = _open(_terms(), 40, START);
        vm.warp(NOW + 30 days);
        uint64 epoch = house.lossEpoch();
        house.writeOff();
        vm.assertEq(uint256(house.lossEpoch()), epoch + 1, "another epoch");
        makeResidual(1);
        _expectOver(roundId, START + 400_000);
    }

    /// Two rounds at once would each bring in what was lacking at its own opening.
    function test_ANewRoundEndsTheOneBefore() public {
        uint256 roundId = _open();
        advance(10);
        uint256 next = _open(_terms(), 40, -40);
        _expectOver(roundId, START + 400_000);
        _close(next, ALICE, 16, -24);
        vm.assertEq(house.residual(), 1, "of the later one");
    }

    function test_APartServesOnce() public {
        uint256 roundId = _open();
        Part memory part = _part(roundId, ALICE, 16, START + 5);
        vm.prank(ALICE_OWNER);
        // An owner's lock is against the venue's changes, not against this.
        ledger.lock(ALICE, NOW + 1 hours);
        _close(roundId, part);
        bytes memory twice = abi.encodeWithSelector(IDeleveraging.AlreadyDeleveraged.selector, ALICE);
        _expectCloseRevert(roundId, part, twice);
        // Another's part may not be closed with it either.
        Part memory bobs = _part(roundId, BOB, 24, START + 6);
        bobs.holding = part.holding;
        _expectCloseRevert(roundId, bobs, encoded(IFactProofs.InvalidDeleverageProof.selector));
    }
}
