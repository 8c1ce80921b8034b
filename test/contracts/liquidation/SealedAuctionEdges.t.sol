// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {IPortfolioAward} from "contracts/liquidation/IPortfolioAward.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";

/// A clearing house that takes nothing.
contract RefusingHouse {
    error Refused();

    fallback() external {
        revert Refused();
    }
}

/// The edges of sealed bids: seconds, prices, units, proofs used again, tokens and a clearing house that misbehave.
contract SealedAuctionEdgesTest is BidsFixture {
    uint64 private settleFrom;

    function setUp() public override {
        super.setUp();
        settleFrom = start + COMMIT + REVEAL;
    }

    // --- seconds ---

    function test_ALeaderSettlesUntilTheLastSecondOfItsTurn() public {
        commit(0, 900);
        serve(COMMIT);
        reveal(0, 900);
        serve(REVEAL - 1);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 900, 900);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.TooEarly.selector, settleFrom));
        auction.settle(caseId, claim, equity);
        serve(SETTLE);
        uint256 last = vm.snapshotState();
        serve(1);
        (claim, equity) = settling(0, 900, 900);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotLeader.selector, address(0)));
        auction.settle(caseId, claim, equity);
        vm.revertToState(last);
        settle(0, 900, 900);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        assertBooks();
    }

    /// An outage uses up no window, whenever it begins and however long it is: nobody is late, no bond is lost.
    function testFuzz_AnOutageUsesUpNoWindow(uint8 phase, uint64 outage) public {
        phase = uint8(bound(phase, 0, 2));
        outage = uint64(bound(outage, SERVE_GAP + 1, 1 days - 1 hours));
        commit(0, 900);
        if (phase > 0) {
            serve(COMMIT);
            if (phase == 2) {
                reveal(0, 900);
                serve(REVEAL);
            }
        }
        (uint64 toCommit, uint64 toReveal, uint64 turn) = auction.timeLeft(caseId);
        vm.warp(block.timestamp + outage); // not one snapshot in between
        (uint64 commitLeft, uint64 revealLeft, uint64 turnLeft) = auction.timeLeft(caseId);
        vm.assertEq(commitLeft, phase == 0 ? toCommit - SERVE_GAP : 0, "to commit");
        vm.assertEq(revealLeft, phase < 2 ? toReveal - SERVE_GAP : 0, "to reveal");
        vm.assertEq(turnLeft, phase == 2 ? turn - SERVE_GAP : 0, "to settle");
        advance(1);
        vm.expectRevert();
        auction.sweepUnrevealed(caseId, liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NothingToPassOver.selector));
        auction.passOver(caseId);
        if (phase == 0) commit(1, 5);
        if (phase == 1) reveal(0, 900);
        if (phase == 2) settle(0, 900, 900);
    }

    // --- prices ---

    /// The leader pays its bid, or the equity less the largest discount where that is more.
    function testFuzz_TheLeaderPaysAFairPriceAtLeast(uint32 offer, uint32 lots) public {
        fund(liquidator(0), address(auction), 1e30);
        bid(0, offer);
        uint256 exact = uint256(lots) * 680_000; // at most 32 % less
        uint256 floor = exact / 1_000_000 + (exact % 1_000_000 == 0 ? 0 : 1);
        vm.assertEq(auction.floorOf(caseId, lots), floor, "floor");
        uint64 price = uint64(offer > floor ? offer : floor);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, price, lots);
        if (price != 0) {
            (TransferClaim memory less, ) = settling(0, price - 1, lots);
            vm.prank(liquidator(0));
            vm.expectRevert(
                abi.encodeWithSelector(IPortfolioAward.WrongCash.selector, int64(price) - 1, price, price)
            );
            auction.settle(caseId, less, equity);
        }
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// A price that rose since the bid is not the leader's fault: it leaves with its bond, and the next has its turn.
    function test_ALeaderLeavesWhenThePriceRose() public {
        bids([uint64(700), 900, 800], [true, true, true]);
        serve(1 minutes);
        EquityClaim memory fair = equityClaim(ALICE, 3, lotsOf(1323)); // 68 % of it is 899.64
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.BidIsEnough.selector, 900, 900));
        auction.withdrawBid(caseId, fair);
        EquityClaim memory risen = equityClaim(ALICE, 3, lotsOf(1324)); // 900.32
        vm.prank(liquidator(2));
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotLeader.selector, liquidator(1)));
        auction.withdrawBid(caseId, risen);
        vm.prank(liquidator(1));
        auction.withdrawBid(caseId, risen);
        vm.assertEq(auction.creditOf(liquidator(1)), BID_BOND, "its bond");
        vm.assertEq(insurance(), 0, "nothing is lost");
        (address leader, uint64 cash, uint64 until) = auction.leaderOf(caseId);
        vm.assertEq(leader, liquidator(2), "the next");
        vm.assertEq(cash, 800, "its bid");
        vm.assertEq(until, clock.served() + SETTLE, "a whole turn");
        settle(2, 901, 1324); // who stays pays the fair price
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        assertBond(0, true);
        withdrawAll();
    }

    /// Those who leave use turns up too: bids that are worth nothing buy no days.
    function test_ThreeWhoLeaveEndTheSealedPhase() public {
        bids([uint64(1), 2, 3], [true, true, true]);
        EquityClaim memory risen = equityClaim(ALICE, 3, lotsOf(1_000_000));
        for (uint256 i = 3; i > 0; --i) {
            vm.prank(liquidator(i - 1));
            auction.withdrawBid(caseId, risen);
        }
        vm.assertEq(auction.auctionOf(caseId).failedAt, settleFrom, "failed at once");
        sale.showEquity(caseId, risen);
        assertStatus(caseId, ILiquidationEngine.Status.Sale);
        withdrawAll();
    }

    /// A healthy account keeps everything, whoever shows it and how: the leader has its bond back.
    function testFuzz_AHealthyAccountIsCured(bool leaves, uint8 tier) public {
        tier = uint8(bound(tier, 0, 1));
        bids([uint64(700), 900, 800], [true, true, false]);
        serve(SETTLE);
        (TransferClaim memory claim, ) = settling(0, 700, 700);
        EquityClaim memory healthy = equityClaim(ALICE, tier, lotsOf(700));
        uint256 commitment = ledger.commitmentOf(ALICE);
        vm.prank(liquidator(0));
        if (leaves) auction.withdrawBid(caseId, healthy);
        else auction.settle(caseId, claim, healthy);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), commitment, "nothing moved");
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "its bond");
        assertBond(1, false); // its turn had passed before
        auction.sweepUnrevealed(caseId, liquidator(2));
        vm.assertEq(insurance(), 2 * uint256(BID_BOND), "what was due");
        withdrawAll();
    }

    /// Prices are the newest, or those before while a proof may still take that long, never older than the case's.
    function test_EquityIsByTheNewestPrices() public {
        bid(0, 900);
        uint256 old = snapshotId;
        advance(30);
        EquityClaim memory equity = equityClaim(old, ALICE, ledger.commitmentOf(ALICE), 3, lotsOf(900));
        (TransferClaim memory claim, ) = settling(0, 900, 900);
        uint256 newest = snapshotId;
        vm.warp(block.timestamp + GRACE);
        uint256 at = vm.snapshotState();
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        vm.revertToState(at);
        vm.warp(block.timestamp + 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, newest));
        auction.settle(caseId, claim, equity);
        equity = equityClaim(BOB, 3, lotsOf(900));
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioAward.WrongAccount.selector, BOB));
        auction.settle(caseId, claim, equity);
    }

    /// The taker is healthy by the newest prices too.
    function test_ATakersHealthIsByTheNewestPrices() public {
        bid(0, 900);
        (TransferClaim memory claim, ) = settling(0, 900, 900);
        uint256 old = snapshotId;
        advance(30);
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(900));
        vm.warp(block.timestamp + GRACE + 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, old, snapshotId));
        auction.settle(caseId, claim, equity);
        attest(accountOf(0), claim.newB, 1);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
    }

    /// The award's proof neither serves a stranger nor a second case of the same account.
    function test_AnAwardsProofServesOnce() public {
        bid(0, 900);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 900, 900);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ISealedAuction.NotLeader.selector, liquidator(0)));
        auction.settle(caseId, claim, equity);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        advance(1);
        attest(ALICE, 3);
        caseId = engine.open(ALICE);
        bid(0, 900);
        attest(accountOf(0), claim.newB, 1);
        equity = equityClaim(ALICE, 3, lotsOf(900));
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        auction.settle(caseId, claim, equity);
    }

    // --- fees ---

    /// The fee is rounded up to a unit, and its share of the Gamma Reserve down. It is paid from the bond.
    function testFuzz_TheFeeIsExact(uint64 cash) public {
        cash = uint64(bound(cash, 0, (1 << 36) - 1));
        fund(liquidator(0), address(auction), 1e30);
        bid(0, cash);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, cash, 0);
        uint256 product = uint256(cash) * UNITS * FEE_RATE;
        uint256 fee = product / 1_000_000 + (product % 1_000_000 == 0 ? 0 : 1);
        uint256 bond = auction.bidsOf(caseId)[0].bond;
        uint256 before = token.balanceOf(liquidator(0));
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        vm.assertEq(token.balanceOf(liquidator(0)), before, "nothing is pulled");
        vm.assertEq(auction.creditOf(liquidator(0)), bond - fee, "the bond less the fee");
        uint256 gamma = gammaReserve();
        vm.assertEq(gamma, (fee * 300_000) / 1_000_000, "the Gamma Reserve's");
        vm.assertEq(insurance(), fee - gamma, "the insurance fund's");
        assertBooks();
    }

    /// What the bond doesn't cover, because the price rose far above the bid, comes from the winner's tokens.
    function test_AFeeBeyondTheBondIsPulled() public {
        bid(0, 900);
        uint64 price = 200_000_000; // two million tokens, a fee of 5,000
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, price, uint256(price) * 1_000 / 680);
        uint256 fee = uint256(price) * UNITS * FEE_RATE / 1_000_000;
        uint256 before = token.balanceOf(liquidator(0));
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        vm.assertEq(before - token.balanceOf(liquidator(0)), fee - BID_BOND, "the rest");
        vm.assertEq(auction.creditOf(liquidator(0)), 0, "the bond is spent");
        assertBooks();
    }

    /// Who challenged the account, and was right, is paid from the fee of the case: from nowhere else, and less than it.
    function testFuzz_ARightChallengerHasAShareOfTheFee(uint32 cash, bool isSold) public {
        _cureAndOpenBySilence();
        fund(liquidator(0), address(auction), 1e30);
        fund(liquidator(0), address(sale), 1e30);
        if (isSold) {
            serve(COMMIT + REVEAL);
            sale.showEquity(caseId, equityClaim(ALICE, 3, lotsOf(uint256(cash) + 1)));
            version = engine.caseOf(caseId).version;
            (TransferClaim memory claim, EquityClaim memory equity) = settling(0, uint64(cash) + 1, uint256(cash) + 1);
            vm.prank(liquidator(0));
            sale.buy(caseId, version, claim, equity);
        } else {
            bid(0, uint64(cash) + 1);
            settle(0, uint64(cash) + 1, 0);
        }
        uint256 fee = ((uint256(cash) + 1) * UNITS * FEE_RATE + 999_999) / 1_000_000;
        uint256 share = fee * CHALLENGER_SHARE / 1_000_000;
        IPayments payer = isSold ? IPayments(sale) : IPayments(auction);
        vm.assertEq(payer.creditOf(STRANGER), share, "the challenger's");
        vm.assertEq(insurance() + gammaReserve(), fee - share, "the funds'");
        assertBooks();
    }

    /// A clearing house that refuses stops no case: what it is owed waits for `remit`.
    function test_ARefusedForfeitWaits() public {
        commit(0, 900);
        bytes memory code = address(house).code;
        vm.etch(address(house), type(RefusingHouse).runtimeCode);
        serve(COMMIT + REVEAL);
        auction.sweepUnrevealed(caseId, liquidator(0));
        auction.passOver(caseId);
        (uint256 forfeits, uint256 taxes, ) = auction.owed();
        vm.assertEq(forfeits, BID_BOND, "owed");
        vm.assertEq(taxes, 0, "no tax");
        vm.assertEq(auction.accounted(), BID_BOND, "still held");
        vm.expectRevert(abi.encodeWithSelector(RefusingHouse.Refused.selector));
        auction.remit();
        vm.etch(address(house), code);
        auction.remit();
        vm.assertEq(insurance(), BID_BOND, "paid later");
        vm.assertEq(auction.accounted(), 0, "nothing is left");
        assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IPayments.NothingToRemit.selector));
        auction.remit();
        vm.expectRevert(abi.encodeWithSelector(IPayments.OnlySelf.selector, address(this)));
        auction.remitWithin();
    }

    /// Nor does it stop an award, or cost the winner its bond.
    function test_ARefusedFeeStopsNoAward() public {
        bid(0, 900);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 900, 900);
        bytes memory code = address(house).code;
        vm.etch(address(house), type(RefusingHouse).runtimeCode);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
        vm.etch(address(house), code);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = (900 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        (, , uint256 fees) = auction.owed();
        vm.assertEq(fees, fee, "owed");
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND - fee, "the rest of the winner's bond");
        vm.assertEq(auction.accounted(), BID_BOND, "held");
        vm.expectEmit();
        emit IPayments.Remitted(0, 0, fee);
        auction.remit();
        vm.assertEq(insurance(), fee - (fee * 300_000) / 1_000_000, "paid and divided later");
        assertBooks();
    }

    // --- tokens ---

    function test_TokensThatMoveAnotherAmountBringNoBond() public {
        vm.etch(address(token), type(FeeToken).runtimeCode);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, BID_BOND - 1, BID_BOND));
        auction.commitBid(caseId, SALT);
        vm.etch(address(token), type(FalseToken).runtimeCode);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", address(token)));
        auction.commitBid(caseId, SALT);
        vm.etch(address(token), type(LyingToken).runtimeCode);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 0, BID_BOND));
        auction.commitBid(caseId, SALT);
        vm.assertEq(auction.bidsOf(caseId).length, 0, "no bid");
        vm.assertEq(auction.accounted(), 0, "no bond");
    }

    /// What cannot be paid exactly stays a credit.
    function test_ACreditStaysOwedWhenTheTokenCharges() public {
        bid(0, 900);
        _cure();
        auction.reclaim(caseId, liquidator(0));
        vm.etch(address(token), type(FeeToken).runtimeCode);
        FeeToken(address(token)).setChargesSender(true);
        token.mint(address(auction), 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, BID_BOND + 1, BID_BOND));
        auction.withdrawCredit(liquidator(0));
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "still owed");
    }

    function test_ATokenThatCallsBackGetsNowhere() public {
        vm.etch(address(token), type(ReentrantToken).runtimeCode);
        bytes[6] memory calls = [
            abi.encodeCall(auction.commitBid, (caseId, SALT)),
            abi.encodeCall(auction.revealBid, (caseId, 1, SALT)),
            abi.encodeCall(auction.withdrawCredit, (address(this))),
            abi.encodeCall(auction.addCredit, (1)),
            abi.encodeCall(auction.reclaim, (caseId, liquidator(0))),
            abi.encodeCall(auction.passOver, (caseId))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            ReentrantToken(address(token)).attack(address(auction), calls[i]);
            vm.prank(liquidator(0));
            vm.expectRevert(abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
            auction.commitBid(caseId, SALT);
        }
    }

    // --- parameters ---

    function _execute(ISealedAuction.Parameters memory changed, bytes memory refusal) private {
        bytes memory call = abi.encodeCall(auction.setParameters, (changed));
        vm.prank(OWNER);
        auction.schedule(call);
        vm.warp(block.timestamp + 2 days);
        if (refusal.length != 0) vm.expectRevert(refusal);
        auction.execute(call);
    }

    /// The largest and the smallest values that are allowed.
    function test_ParametersReachTheirBounds() public {
        ISealedAuction.Parameters memory most = ISealedAuction.Parameters({
            commitWindow: 1 days,
            revealWindow: 1 days,
            settleWindow: 1 days,
            bidBond: 1 << 100,
            bondRate: 500_000,
            maxDiscount: 500_000,
            feeRate: 50_000,
            challengerShare: 500_000
        });
        _execute(most, "");
        vm.assertEq(keccak256(abi.encode(auction.parameters())), keccak256(abi.encode(most)), "most");
        uint64 least = SERVE_GAP + 1;
        ISealedAuction.Parameters memory smallest = ISealedAuction.Parameters(least, least, least, 1, 0, 0, 0, 0);
        _execute(smallest, "");
        vm.assertEq(keccak256(abi.encode(auction.parameters())), keccak256(abi.encode(smallest)), "least");
        vm.assertEq(auction.parametersOf(caseId).commitWindow, COMMIT, "an open case keeps its own");
    }

    /// Beyond them nothing is. No window is so short that a snapshot that serves alone could use it up.
    function testFuzz_BoundsParameters(uint8 which) public {
        which = uint8(bound(which, 0, 12));
        ISealedAuction.Parameters memory p = auctionParameters();
        bytes32 name;
        uint256 bad;
        if (which == 0) (name, bad) = ("commitWindow", p.commitWindow = SERVE_GAP);
        if (which == 1) (name, bad) = ("commitWindow", p.commitWindow = 1 days + 1);
        if (which == 2) (name, bad) = ("revealWindow", p.revealWindow = SERVE_GAP);
        if (which == 3) (name, bad) = ("revealWindow", p.revealWindow = 1 days + 1);
        if (which == 4) (name, bad) = ("settleWindow", p.settleWindow = SERVE_GAP);
        if (which == 5) (name, bad) = ("settleWindow", p.settleWindow = 1 days + 1);
        if (which == 6) (name, bad) = ("bidBond", p.bidBond = 0);
        if (which == 7) (name, bad) = ("bidBond", p.bidBond = (1 << 100) + 1);
        if (which == 8) (name, bad) = ("bondRate", p.bondRate = p.feeRate - 1);
        if (which == 9) (name, bad) = ("bondRate", p.bondRate = 500_001);
        if (which == 10) (name, bad) = ("maxDiscount", p.maxDiscount = 500_001);
        if (which == 11) (name, bad) = ("feeRate", p.feeRate = 50_001);
        if (which == 12) (name, bad) = ("challengerShare", p.challengerShare = 500_001);
        _execute(p, invalidParameter(name, bad));
    }

    /// A bond comes back as it was paid, whatever bonds are by then.
    function test_ABondIsReturnedAsItWasPaid() public {
        advance(1);
        attest(BOB, 3);
        uint256 other = engine.open(BOB);
        vm.prank(liquidator(0));
        auction.commitBid(other, "bid");
        advance(1);
        attest(BOB, 0);
        engine.cure(other);
        ISealedAuction.Parameters memory changed = auctionParameters();
        changed.bidBond = 1;
        _execute(changed, "");
        auction.reclaim(other, liquidator(0));
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "as paid");
        withdrawAll();
    }

    function _cure() private {
        attest(ALICE, 0);
        engine.cure(caseId);
    }

    /// The case is one that silence opened after the STRANGER's challenge, in Sealed.
    function _cureAndOpenBySilence() private {
        advance(1);
        _cure();
        advance(MAX_AGE + 1); // nobody attests any more
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        caseId = openBySilence();
        serve(SOFT);
        engine.escalate(caseId);
        version = engine.caseOf(caseId).version;
    }
}
