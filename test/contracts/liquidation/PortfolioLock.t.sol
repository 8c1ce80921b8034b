// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {EngineStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";

/// An owner who has made a proof for its account can keep the venue from voiding it, and no longer than that takes.
contract PortfolioLockTest is LiquidationFixture {
    uint64 private constant DAY = 1 days;

    function setUp() public override {
        super.setUp();
        vm.etch(engineAt, address(new EngineStandIn()).code);
    }

    function _lock(uint256 accountId, address owner, uint64 until) private {
        vm.prank(owner);
        ledger.lock(accountId, until);
    }

    function _expectUpdateSkipped(uint256 accountId) private {
        uint256 commitment = ledger.commitmentOf(accountId);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(accountId, 0, IPortfolioLedger.Refusal.Locked);
        update(accountId, commitmentOf(accountId, 9));
        vm.assertEq(ledger.commitmentOf(accountId), commitment, "as it was");
    }

    function testFuzz_TheVenueCannotChangeALockedAccount(uint64 duration, uint64 wait) public {
        duration = uint64(bound(duration, 1, DAY));
        wait = uint64(bound(wait, 0, duration - 1));
        uint64 until = NOW + duration;
        _lock(ALICE, ALICE_OWNER, until);
        vm.assertEq(ledger.lockedUntil(ALICE), until, "until");

        vm.warp(NOW + wait);
        _expectUpdateSkipped(ALICE);
        TransferTerms memory terms = TransferTerms({
            accountA: BOB,
            newA: commitmentOf(BOB, 1),
            accountB: ALICE,
            newB: commitmentOf(ALICE, 1),
            cash: 5,
            funding: 0,
            whole: false,
            purpose: ledger.TRADE()
        });
        TransferClaim memory trade = transferClaim(terms);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.AccountIsLocked.selector, ALICE, until));
        ledger.trade(trade);
        update(BOB, commitmentOf(BOB, 2)); // others go on

        vm.warp(until);
        update(ALICE, commitmentOf(ALICE, 2));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 2), "free again");
    }

    function test_ALockDoesNotStopLiquidation() public {
        _lock(ALICE, ALICE_OWNER, NOW + DAY);
        vm.prank(engineAt);
        ledger.setFrozen(ALICE, true);
        TransferTerms memory terms = TransferTerms({
            accountA: ALICE,
            newA: commitmentOf(ALICE, 1),
            accountB: BOB,
            newB: commitmentOf(BOB, 1),
            cash: 5,
            funding: 0,
            whole: true,
            purpose: "award"
        });
        TransferClaim memory award = transferClaim(terms);
        vm.prank(engineAt);
        ledger.move(award, Rest.Whole, "award");
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 1), "moved");
    }

    function test_OnlyTheOwnerLocks() public {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, VENUE));
        ledger.lock(ALICE, NOW + 1);
        // nobody owns the house's account: not even the zero address speaks for it
        vm.prank(BOB_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, BOB_OWNER));
        ledger.lock(HOUSE, NOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 77));
        ledger.lock(77, NOW + 1);
    }

    function testFuzz_NoLockLastsBeyondADayOrFollowsWithinOne(uint64 first, uint64 wait, uint64 second) public {
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidLock.selector, NOW));
        ledger.lock(ALICE, NOW);
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidLock.selector, NOW + DAY + 1));
        ledger.lock(ALICE, NOW + DAY + 1);

        uint64 until = NOW + uint64(bound(first, 1, DAY));
        _lock(ALICE, ALICE_OWNER, until);
        uint64 soon = NOW + uint64(bound(wait, 0, until + DAY - 1 - NOW));
        vm.warp(soon);
        uint64 next = soon + uint64(bound(second, 1, DAY));
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidLock.selector, next));
        ledger.lock(ALICE, next);

        vm.warp(until + DAY);
        _lock(ALICE, ALICE_OWNER, until + DAY + 1);
        vm.assertEq(ledger.lockedUntil(ALICE), until + DAY + 1, "a day later");
    }
}
