// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// A frozen account's positions move by proofs made for its case, version and actor, and by nothing else.
contract LiquidationMovesTest is GateFixture {
    function _expectProofRefused() private {
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
    }

    function _deposit(
        uint256 caseId,
        address payer,
        int64 lots
    ) private view returns (TransferClaim memory) {
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, payer);
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), 0, 0, 0, lots, false, purpose);
        return keptClaim(terms);
    }

    /// A slice that the operator takes for the house.
    function _houseSlice(uint256 caseId) private view returns (TransferClaim memory) {
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, OPERATOR);
        return keptClaim(TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 3, 0, false, purpose));
    }

    function _none() private pure returns (EquityClaim[] memory) {
        return new EquityClaim[](0);
    }

    function _houseClaims(int256 before, int256 afterwards) private view returns (EquityClaim[] memory list) {
        list = new EquityClaim[](2);
        list[0] = equityClaim(snapshotId, HOUSE, ledger.commitmentOf(HOUSE), 0, before);
        list[1] = equityClaim(snapshotId, HOUSE, next(HOUSE), 0, afterwards);
    }

    // --- cure by transfer ---

    function testFuzz_ADepositThatHealsCuresInEveryStatus(uint8 tier, uint32 lots) public {
        lots = uint32(bound(lots, 1, 1e9));
        uint256 caseId = openCase(uint8(bound(tier, 2, 4)));
        fund(ALICE_OWNER, address(engine), uint256(lots) * UNITS);
        TransferClaim memory claim = _deposit(caseId, ALICE_OWNER, int64(uint64(lots)));
        uint256 held = vault.lotsHeld(SETTLEMENT);
        attest(ALICE, claim.newA, 1);
        vm.prank(ALICE_OWNER);
        engine.cureByTransfer(caseId, claim);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), claim.newA, "the new portfolio");
        vm.assertEq(vault.lotsHeld(SETTLEMENT) - held, lots, "the vault has the tokens");
        vm.assertEq(token.allowance(address(engine), address(vault)), 0, "nothing is approved");
        assertBooks();
    }

    function test_ADepositMustHeal() public {
        uint256 caseId = openCase(3);
        fund(ALICE_OWNER, address(engine), 50 * UNITS);
        TransferClaim memory claim = _deposit(caseId, ALICE_OWNER, 50);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.NoCurrentAttestation.selector, ALICE, claim.newA)
        );
        engine.cureByTransfer(caseId, claim);
        attest(ALICE, claim.newA, 2);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, 2));
        engine.cureByTransfer(caseId, claim);
        vm.assertEq(token.balanceOf(ALICE_OWNER), 50 * UNITS, "kept");
    }

    /// A proof in the mempool is of no use to anybody else, and none outlives its case's version.
    function test_NobodyElseCanUseACuringProof() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = _deposit(caseId, ALICE_OWNER, 50);
        attest(ALICE, claim.newA, 0);
        fund(STRANGER, address(engine), 50 * UNITS);
        vm.prank(STRANGER);
        _expectProofRefused();
        engine.cureByTransfer(caseId, claim);
        serve(SOFT);
        engine.escalate(caseId);
        fund(ALICE_OWNER, address(engine), 50 * UNITS);
        advance(1);
        attest(ALICE, claim.newA, 0);
        vm.prank(ALICE_OWNER);
        _expectProofRefused(); // the version is another
        engine.cureByTransfer(caseId, claim);
    }

    function test_ADepositWithoutTokensMovesNothing() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = _deposit(caseId, STRANGER, 50);
        attest(ALICE, claim.newA, 0);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(STRANGER);
        vm.expectRevert();
        engine.cureByTransfer(caseId, claim);
        vm.assertEq(ledger.commitmentOf(ALICE), commitment, "nothing moved");
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
    }

    function test_OnlyTheVenueTradesAnAccountHealthy() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("cure", caseId, STRANGER, BOB, -7, false);
        attest(ALICE, claim.newA, 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NotAllowed.selector, STRANGER));
        engine.cureByTransfer(caseId, claim);
        claim = caseTransfer("cure", caseId, VENUE, BOB, -7, false);
        vm.prank(VENUE);
        engine.cureByTransfer(caseId, claim);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(BOB), claim.newB, "the counterparty's too");
    }

    function test_CounterpartiesAreOrdinary() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("cure", caseId, VENUE, HOUSE, 0, false);
        attest(ALICE, claim.newA, 1);
        bytes memory refused = abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector);
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, claim);
        attest(BOB, 2);
        engine.open(BOB);
        claim = caseTransfer("cure", caseId, VENUE, BOB, 0, false);
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, claim);
        claim = caseTransfer("cure", caseId, VENUE, 0, 0, false); // neither funding nor counterparty
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, claim);
        claim.accountA = BOB; // another account than the case's
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, claim);
    }

    // --- slices ---

    function test_TheVenueMovesASliceThatReducesRisk() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        attest(ALICE, claim.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NotAllowed.selector, STRANGER));
        engine.reduce(caseId, claim, reduction, _none());
        vm.prank(VENUE);
        engine.reduce(caseId, claim, reduction, _none());
        vm.assertEq(engine.caseOf(caseId).version, 2, "version");
        assertStatus(caseId, ILiquidationEngine.Status.Soft);
        vm.assertEq(ledger.commitmentOf(ALICE), claim.newA, "moved");
        vm.assertTrue(ledger.account(ALICE).frozen, "still frozen");
        // the same proof serves no second time
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidReductionProof.selector));
        engine.reduce(caseId, claim, reduction, _none());
    }

    function testFuzz_ASliceIsBoundByItsPenaltyAndPortfolios(uint32 penalty, bool wrongNew) public {
        penalty = uint32(bound(penalty, 0, 1 << 19));
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        attest(ALICE, claim.newA, 2);
        uint256 shown = wrongNew ? commitmentOf(ALICE, 77) : claim.newA;
        ReductionClaim memory reduction = reductionClaim(ALICE, shown, penalty);
        vm.prank(VENUE);
        if (penalty != MAX_PENALTY || wrongNew) {
            vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidReductionProof.selector));
        }
        engine.reduce(caseId, claim, reduction, _none());
    }

    function test_SlicesAreForTheSoftWindow() public {
        uint256 caseId = openCase(3);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, 0, false);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.prank(VENUE);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidationEngine.WrongStatus.selector,
                caseId,
                ILiquidationEngine.Status.Sealed
            )
        );
        engine.reduce(caseId, claim, reduction, _none());
    }

    /// Else a slice could leave an encoding of the portfolio that nobody can attest or cure.
    function test_ASliceLeavesWhatIsAttested() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.prank(VENUE);
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationEngine.NoCurrentAttestation.selector, ALICE, claim.newA)
        );
        engine.reduce(caseId, claim, reduction, _none());
        attest(ALICE, claim.newA, 4); // of any tier
        vm.prank(VENUE);
        engine.reduce(caseId, claim, reduction, _none());
        vm.assertEq(ledger.commitmentOf(ALICE), claim.newA, "moved");
    }

    /// Neither the slice's price nor what it leaves is by prices that somebody picked: the newest, or within the grace
    /// of its successor the one before.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_ASliceIsByTheNewestPrices(uint64 wait, bool isAttestationOld) public {
        wait = uint64(bound(wait, 0, 2 * GRACE));
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        uint256 old = snapshotId;
        if (isAttestationOld) attest(ALICE, claim.newA, 2);
        advance(1);
        if (!isAttestationOld) attest(ALICE, claim.newA, 2);
        else reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.warp(block.timestamp + wait);
        vm.prank(VENUE);
        if (wait > GRACE) vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
        engine.reduce(caseId, claim, reduction, _none());
    }

    /// The grace of the snapshot before does not reach back before the case.
    function test_ASliceIsNoOlderThanItsCase() public {
        uint256 before = snapshotId;
        uint64 time = uint64(block.timestamp);
        advance(1);
        uint256 newest = snapshotId;
        uint256 caseId = openCase(2);
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        bytes memory tooOld = abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time, time + 1);
        snapshotId = before;
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        attest(ALICE, claim.newA, 2);
        vm.prank(VENUE);
        vm.expectRevert(tooOld);
        engine.reduce(caseId, claim, reduction, _none());
        snapshotId = newest;
        attest(ALICE, claim.newA, 2);
        vm.prank(VENUE);
        vm.expectRevert(tooOld);
        engine.reduce(caseId, claim, reduction, _none());
        reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, claim, reduction, _none());
    }

    /// An owner who is proving, e.g. as the winner of an auction, is not voided by what the venue moves to it.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_ALockKeepsSlicesAndCuresAway(uint64 wait) public {
        uint64 until = uint64(block.timestamp) + 1 hours;
        vm.prank(BOB_OWNER);
        ledger.lock(BOB, until);
        advance(uint64(bound(wait, 1, 1 hours - 1)));
        uint256 caseId = openCase(2);
        bytes memory refused = abi.encodeWithSelector(IPortfolioLedger.AccountIsLocked.selector, BOB, until);
        TransferClaim memory slice = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        TransferClaim memory trade = caseTransfer("cure", caseId, VENUE, BOB, -7, false);
        attest(ALICE, slice.newA, 1);
        ReductionClaim memory reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.reduce(caseId, slice, reduction, _none());
        vm.prank(VENUE);
        vm.expectRevert(refused);
        engine.cureByTransfer(caseId, trade);
        vm.warp(until - 1);
        advance(1);
        attest(ALICE, slice.newA, 1);
        reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, slice, reduction, _none());
        vm.assertEq(ledger.account(BOB).nonce, 1, "free again");
    }

    function test_ALockStopsNoAward() public {
        uint256 caseId = openCase(3);
        vm.prank(BOB_OWNER);
        ledger.lock(BOB, uint64(block.timestamp) + 1 hours);
        TransferClaim memory claim = caseTransfer("award", caseId, BOB_OWNER, BOB, 4, true);
        vm.prank(address(auction));
        engine.award(caseId, claim, BOB_OWNER);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_TheHouseTakesASliceThatCostsItNothing(int64 before, int64 gain) public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = _houseSlice(caseId);
        attest(ALICE, claim.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        EquityClaim[] memory claims = _houseClaims(before, int256(before) + gain);
        vm.prank(OPERATOR);
        if (gain < 0) vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.HouseWouldLose.selector));
        engine.reduce(caseId, claim, reduction, claims);
        vm.assertEq(ledger.account(HOUSE).nonce, gain < 0 ? 0 : 1, "moved or not");
    }

    function test_TheHouseShowsItsOwnEquityInTheNewestSnapshot() public {
        uint256 caseId = openCase(2);
        TransferClaim memory claim = _houseSlice(caseId);
        attest(ALICE, claim.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        EquityClaim[] memory claims = _houseClaims(5, 5);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.NotAllowed.selector, VENUE));
        engine.reduce(caseId, claim, reduction, claims);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector));
        engine.reduce(caseId, claim, reduction, _none());
        claims[1].accountId = BOB;
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector));
        engine.reduce(caseId, claim, reduction, claims);
        claims = _houseClaims(5, 5);
        uint256 old = snapshotId;
        advance(1);
        claims[1] = _houseClaims(5, 5)[1]; // both are newest enough, but prices moved in between
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTransfer.selector));
        engine.reduce(caseId, claim, reduction, claims);
        snapshotId = old;
        claims = _houseClaims(5, 5);
        vm.warp(block.timestamp + GRACE + 1);
        vm.prank(OPERATOR);
        vm.expectRevert();
        engine.reduce(caseId, claim, reduction, claims);
    }

    // --- takeover ---

    function _takeover(uint256 caseId) private view returns (TransferClaim memory) {
        return caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
    }

    function test_TheClearingHouseTakesOverByProof() public {
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory claim = _takeover(caseId);
        EquityClaim memory equity = equityClaim(ALICE, 4, -1);
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.TakenOver);
        vm.assertEq(ledger.commitmentOf(ALICE), claim.newA, "the account is left with nothing");
        vm.assertEq(ledger.commitmentOf(HOUSE), claim.newB, "the house has it");
        vm.assertEq(engine.pendingTakeovers(), 0, "done");
        vm.assertTrue(house.locked(), "until the house's equity is shown");
        vm.warp(block.timestamp + 1);
        anchorNow(ALICE);
        vm.prank(OPERATOR);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILiquidationEngine.WrongStatus.selector,
                caseId,
                ILiquidationEngine.Status.Closed
            )
        );
        house.takeOver(caseId, claim, equity);
    }

    /// Nobody with a lot of equity is taken over, and nobody healthy: whatever the case was opened by.
    function testFuzz_ATakeoverIsOfABankrupt(uint8 tier, uint32 equity) public {
        tier = uint8(bound(tier, 0, 4));
        int256 micros = int256(bound(equity, 0, 4 * MICROS_PER_LOT)) - 2 * int256(MICROS_PER_LOT);
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory claim = _takeover(caseId);
        EquityClaim memory shown = equityClaim(ALICE, tier, micros);
        if (tier < 2) vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongTier.selector, tier));
        else if (micros >= int256(MICROS_PER_LOT)) {
            vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.EquityLeft.selector, micros));
        }
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, shown);
        bool isTaken = tier > 1 && micros < int256(MICROS_PER_LOT);
        vm.assertEq(ledger.account(HOUSE).nonce, isTaken ? 1 : 0, "moved or not");
    }

    /// Half an hour of prices, one of which came in after the case came to Takeover.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_ATakeoverIsNoticedBefore(uint64 wait) public {
        wait = uint64(bound(wait, 1, 2 * NOTICE));
        uint256 caseId = openCase(4);
        uint64 from = engine.caseOf(caseId).phaseServed + NOTICE;
        serve(wait);
        TransferClaim memory claim = _takeover(caseId);
        EquityClaim memory equity = equityClaim(ALICE, 4, -1);
        vm.prank(OPERATOR);
        if (wait < NOTICE) vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, from));
        house.takeOver(caseId, claim, equity);
    }

    /// A case that comes to Takeover again has the notice again, and equity by prices of before it takes nothing.
    function test_APriceOfBeforeTakesNothingOver() public {
        uint256 caseId = openCase(4);
        serve(NOTICE - 5 minutes + 10);
        uint64 time = uint64(block.timestamp);
        vm.startPrank(address(sale));
        engine.move(caseId, ILiquidationEngine.Status.Sale, 3, time);
        engine.move(caseId, ILiquidationEngine.Status.Takeover, 4, time);
        vm.stopPrank();
        TransferClaim memory claim = _takeover(caseId);
        EquityClaim memory before = equityClaim(ALICE, 4, -1);
        uint256 old = snapshotId;
        serve(1);
        EquityClaim memory equity = equityClaim(ALICE, 4, -1);
        uint64 from = engine.caseOf(caseId).phaseServed + NOTICE;
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, from));
        house.takeOver(caseId, claim, equity);
        // Were the grace as long as the notice, the snapshot of before the move would still be no proof.
        vm.warp(block.timestamp + NOTICE);
        vm.mockCall(address(clock), abi.encodeCall(IMarketClock.served, ()), abi.encode(from));
        vm.mockCall(address(clock), abi.encodeCall(IMarketClock.requireNewest, (old)), abi.encode(time));
        bytes memory question = abi.encodeCall(IMarketClock.requireNewest, (snapshotId));
        vm.mockCall(address(clock), question, abi.encode(time + 1));
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.SnapshotTooOld.selector, time, time + 1));
        house.takeOver(caseId, claim, before);
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, equity);
        vm.clearMockedCalls();
    }

    function testFuzz_ATakeoverIsOfTheWholeForNothingToTheHouse(uint8 what) public {
        what = uint8(bound(what, 0, 5));
        uint256 caseId = openCase(what == 0 ? 3 : 4);
        serve(NOTICE);
        TransferClaim memory claim = caseTransfer("takeover", caseId, address(house), HOUSE, 0, what != 4);
        EquityClaim memory equity = equityClaim(what == 5 ? BOB : ALICE, 4, -1);
        if (what == 1) claim.cash = 1;
        if (what == 2) claim.funding = 1;
        if (what == 3) claim.accountA = BOB;
        vm.prank(OPERATOR);
        if (what == 5) vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.WrongAccount.selector, BOB));
        else if (what == 4) _expectProofRefused();
        else vm.expectRevert();
        house.takeOver(caseId, claim, equity);
        vm.assertEq(ledger.account(HOUSE).nonce, 0, "nothing moved");
    }

    function testFuzz_AnAwardIsOfTheWholeToAnOrdinaryAccount(uint8 what) public {
        what = uint8(bound(what, 0, 5));
        uint256 caseId = openCase(what == 0 ? 2 : 3);
        uint256 taker = what == 1 ? HOUSE : BOB;
        TransferClaim memory claim = caseTransfer("award", caseId, BOB_OWNER, taker, what == 2 ? -1 : int64(4), true);
        if (what == 3) claim.funding = 1;
        if (what == 4) claim.accountA = BOB;
        address buyer = what == 5 ? STRANGER : BOB_OWNER;
        vm.prank(address(auction));
        vm.expectRevert();
        engine.award(caseId, claim, buyer);
        vm.assertEq(ledger.account(ALICE).nonce, 0, "nothing moved");
    }

    function test_AFrozenAccountIsOutOfTheVenuesHands() public {
        openCase(2);
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(ALICE, 0, IPortfolioLedger.Refusal.Frozen);
        update(ALICE, commitmentOf(ALICE, 5));
        vm.assertEq(ledger.commitmentOf(ALICE), commitment, "as it was");
    }
}
