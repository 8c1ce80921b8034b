// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationAuction} from "contracts/liquidation/ILiquidationAuction.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {GateFixture} from "../helpers/GateFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";

/// A clearing house that takes nothing.
contract RefusingHouse {
    error Refused();

    fallback() external {
        revert Refused();
    }
}

/// The edges of sealed bids: seconds, units, proofs used again, tokens and a clearing house that misbehave.
contract LiquidationAuctionBidsTest is GateFixture {
    bytes32 private constant SALT = "salt";
    uint256 private caseId;
    uint64 private settleFrom;

    function setUp() public override {
        super.setUp();
        caseId = openCase(3);
        settleFrom = uint64(block.timestamp) + COMMIT + REVEAL;
    }

    function _commit(uint256 i, uint64 cash) private {
        bytes32 bidHash = auction.bidHashOf(caseId, 1, liquidator(i), cash, SALT);
        vm.prank(liquidator(i));
        auction.commitBid(caseId, bidHash);
    }

    /// Liquidator i bids, alone; the sealed phase is at its first turn's beginning.
    function _bid(uint256 i, uint64 cash) private {
        _commit(i, cash);
        vm.warp(settleFrom - REVEAL);
        vm.prank(liquidator(i));
        auction.revealBid(caseId, cash, SALT);
        advance(REVEAL);
    }

    function _claim(uint256 i, uint64 cash) private view returns (TransferClaim memory) {
        return caseTransfer("award", caseId, liquidator(i), accountOf(i), int64(cash), true);
    }

    function _insurance() private view returns (uint256) {
        return house.poolOf(ILossPools.Pool.InsuranceFund).assets;
    }

    function test_ALeaderSettlesUntilTheLastSecondOfItsTurn() public {
        _bid(0, 900);
        TransferClaim memory claim = _claim(0, 900);
        attest(accountOf(0), claim.newB, 1);
        uint256 start = vm.snapshotState();
        vm.warp(settleFrom - 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.TooEarly.selector, settleFrom));
        auction.settle(caseId, claim);
        vm.warp(settleFrom + SETTLE);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotLeader.selector, address(0)));
        auction.settle(caseId, claim);
        vm.revertToState(start);
        vm.warp(settleFrom + SETTLE - 1);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        assertBooks();
    }

    /// The fee is rounded up to a unit; its share of the Gamma Reserve down.
    function testFuzz_TheFeeIsExact(uint64 cash) public {
        cash = uint64(bound(cash, 0, (1 << 36) - 1));
        _bid(0, cash);
        TransferClaim memory claim = _claim(0, cash);
        attest(accountOf(0), claim.newB, 1);
        uint256 product = uint256(cash) * UNITS * FEE_RATE;
        uint256 fee = product / 1_000_000 + (product % 1_000_000 == 0 ? 0 : 1);
        fund(liquidator(0), address(auction), fee);
        uint256 before = token.balanceOf(liquidator(0));
        vm.prank(liquidator(0));
        auction.settle(caseId, claim);
        vm.assertEq(before - token.balanceOf(liquidator(0)), fee, "fee");
        uint256 gamma = house.poolOf(ILossPools.Pool.GammaReserve).assets;
        vm.assertEq(gamma, (fee * 300_000) / 1_000_000, "the Gamma Reserve's");
        vm.assertEq(_insurance(), fee - gamma, "the insurance fund's");
        assertBooks();
    }

    /// Health that was attested in older prices than those that opened the case doesn't count.
    function test_ATakersHealthIsAsNewAsTheCase() public {
        uint256 commitment = next(accountOf(0));
        advance(1);
        attest(BOB, 3);
        attest(accountOf(0), commitment, 0);
        advance(1);
        attest(BOB, 3);
        uint256 first = caseId;
        caseId = engine.open(BOB);
        settleFrom = uint64(block.timestamp) + COMMIT + REVEAL;
        vm.assertTrue(caseId != first, "another case");
        _commit(0, 900);
        vm.warp(settleFrom - REVEAL);
        vm.prank(liquidator(0));
        auction.revealBid(caseId, 900, SALT);
        vm.warp(settleFrom);
        TransferClaim memory claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), 900, true);
        claim.accountA = BOB;
        vm.prank(liquidator(0));
        vm.expectRevert(
            abi.encodeWithSelector(ILiquidationAuction.NotHealthy.selector, accountOf(0), commitment)
        );
        auction.settle(caseId, claim);
    }

    /// The award's proof neither serves a stranger nor a second case of the same account.
    function test_AnAwardsProofServesOnce() public {
        _bid(0, 900);
        TransferClaim memory claim = _claim(0, 900);
        attest(accountOf(0), claim.newB, 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationAuction.NotLeader.selector, liquidator(0)));
        auction.settle(caseId, claim);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim);
        advance(1);
        attest(ALICE, 3);
        caseId = engine.open(ALICE);
        settleFrom = uint64(block.timestamp) + COMMIT + REVEAL;
        _bid(0, 900);
        attest(accountOf(0), claim.newB, 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        auction.settle(caseId, claim);
    }

    /// A clearing house that refuses stops no case: what it is owed waits for `remit`.
    function test_ARefusedForfeitWaits() public {
        _commit(0, 900);
        bytes memory code = address(house).code;
        vm.etch(address(house), type(RefusingHouse).runtimeCode);
        advance(COMMIT + REVEAL);
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
        vm.assertEq(_insurance(), BID_BOND, "paid later");
        vm.assertEq(auction.accounted(), 0, "nothing is left");
        assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IPayments.NothingToRemit.selector));
        auction.remit();
        vm.expectRevert(abi.encodeWithSelector(IPayments.OnlySelf.selector, address(this)));
        auction.remitWithin();
    }

    /// Nor does it stop an award, or cost the winner its bond.
    function test_ARefusedFeeStopsNoAward() public {
        _bid(0, 900);
        TransferClaim memory claim = _claim(0, 900);
        attest(accountOf(0), claim.newB, 1);
        bytes memory code = address(house).code;
        vm.etch(address(house), type(RefusingHouse).runtimeCode);
        vm.prank(liquidator(0));
        auction.settle(caseId, claim);
        vm.etch(address(house), code);
        assertClosed(caseId, ILiquidationEngine.Outcome.Awarded);
        uint256 fee = (900 * UNITS * FEE_RATE + 999_999) / 1_000_000;
        (, , uint256 fees) = auction.owed();
        vm.assertEq(fees, fee, "owed");
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "the winner's bond");
        vm.assertEq(auction.accounted(), BID_BOND + fee, "held");
        vm.expectEmit();
        emit IPayments.Remitted(0, 0, fee);
        auction.remit();
        vm.assertEq(_insurance(), fee - (fee * 300_000) / 1_000_000, "paid and divided later");
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
        _bid(0, 900);
        _cure();
        auction.reclaim(caseId, liquidator(0));
        vm.etch(address(token), type(FeeToken).runtimeCode);
        FeeToken(address(token)).setChargesSender(true);
        token.mint(address(auction), 1);
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, BID_BOND + 1, BID_BOND));
        auction.withdrawCredit();
        vm.assertEq(auction.creditOf(liquidator(0)), BID_BOND, "still owed");
    }

    function test_ATokenThatCallsBackGetsNowhere() public {
        vm.etch(address(token), type(ReentrantToken).runtimeCode);
        bytes[4] memory calls = [
            abi.encodeCall(auction.commitBid, (caseId, SALT)),
            abi.encodeCall(auction.withdrawCredit, ()),
            abi.encodeCall(auction.reclaim, (caseId, liquidator(0))),
            abi.encodeCall(auction.lapse, (caseId))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            ReentrantToken(address(token)).attack(address(auction), calls[i]);
            vm.prank(liquidator(0));
            vm.expectRevert(abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
            auction.commitBid(caseId, SALT);
        }
    }

    function _cure() private {
        attest(ALICE, 0);
        engine.cure(caseId);
    }
}
