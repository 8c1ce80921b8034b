// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EmptyClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// What customers paid in by proof stays for them, less than a fortnight: an account that the venue made up this minute
/// took it within the hour, and the house within a block. Each by the rule's own error, with the honest path beside.
contract SettlingLotsAttack is GateFixture {
    uint256 private constant FAKE = 7_777;
    int64 private constant LOTS = 5_000;
    uint256 private constant PAID = uint256(uint64(LOTS));

    /// BOB pays in by proof.
    function setUp() public override {
        super.setUp();
        fund(BOB_OWNER, address(desk), PAID * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), BOB_OWNER));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, LOTS, false, purpose));
        vm.prank(BOB_OWNER);
        desk.deposit(claim_);
        register(FAKE, VENUE, false); // 10,000 lots, by the venue's word
        advance(1);
    }

    function _withdrawing(uint256 accountId, address owner) private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), owner));
        claim_ = keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, -LOTS, false, purpose));
        attest(accountId, claim_.newA, 0);
    }

    function _notEnough(uint256 lots, uint256 free) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, lots, free);
    }

    function _bobLeaves() private {
        TransferClaim memory claim_ = _withdrawing(BOB, BOB_OWNER);
        vm.prank(BOB_OWNER);
        uint256 id = desk.withdraw(claim_, BOB_OWNER);
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(BOB_OWNER), PAID * UNITS, "what he paid in");
    }

    function test_AMadeUpAccountTakesNoProvenPayment() public {
        vm.prank(VENUE);
        vm.expectRevert(_notEnough(1, 0));
        vault.requestWithdrawal(SETTLEMENT, 1, VENUE);
        TransferClaim memory claim_ = _withdrawing(FAKE, VENUE);
        vm.prank(VENUE);
        vm.expectRevert(_notEnough(PAID, 0));
        desk.withdraw(claim_, VENUE);
        _bobLeaves();
    }

    /// A made-up account takes what anybody could: lots that neither a proof nor the funds brought in.
    function test_AMadeUpAccountTakesTheVenuesOwn() public {
        depositLots(PAID);
        TransferClaim memory claim_ = _withdrawing(FAKE, VENUE);
        vm.prank(VENUE);
        desk.withdraw(claim_, VENUE);
        _bobLeaves();
    }

    /// FAKE pays the house 5,000 made-up lots in a trade, for nothing: only what the house LOSES is bounded.
    function _paidByFake(uint256 room) private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("house")));
        claim_ = transferClaim(TransferTerms(room, next(room), FAKE, next(FAKE), LOTS, 0, false, purpose));
        ReductionClaim memory reduction = reductionClaim(room, claim_.newA, MAX_PENALTY);
        vm.prank(OPERATOR);
        accounts.trade(claim_, reduction);
    }

    function _releasing() private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("release")));
        claim_ = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -LOTS, false, purpose));
        attest(HOUSE, claim_.newA, 0);
        vm.prank(OPERATOR);
    }

    /// Venue, operator and a depositor of the fund: the house gave FAKE's lots back to the fund, BOB's payment, in a block.
    function test_TheHouseReleasesNoProvenPayment() public {
        _paidByFake(HOUSE);
        TransferClaim memory claim_ = _releasing();
        vm.expectRevert(_notEnough(PAID, 0));
        house.release(uint64(LOTS), claim_);
        advance(1);
        anchorNow(HOUSE); // not even by a run that counts the house
        claim_ = _releasing();
        vm.expectRevert(_notEnough(PAID, 0));
        house.release(uint64(LOTS), claim_);
        _bobLeaves();
    }

    /// Nor what the funds paid in, until a run has counted what the house has: a run nets, and FAKE's lots are in none.
    function test_TheHouseReleasesFencedLotsOnceARunHasCountedIt() public {
        _fence();
        vm.assertEq(vault.lotsFenced(SETTLEMENT), PAID, "what the funds paid in");
        _paidByFake(HOUSE);
        TransferClaim memory claim_ = _releasing();
        vm.expectRevert(_notEnough(PAID, 0));
        house.release(uint64(LOTS), claim_);
        advance(1);
        anchorNow(HOUSE);
        claim_ = _releasing();
        house.release(uint64(LOTS), claim_);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "back with the funds");
        _bobLeaves();
    }

    function _fence() private {
        mintLots(address(house), PAID);
        vm.startPrank(address(house));
        token.approve(address(vault), PAID * UNITS);
        vault.deposit(SETTLEMENT, PAID);
        vm.stopPrank();
    }

    /// Nor by another of its accounts, which no run has counted, and from which the cash moves on to one that runs have.
    function test_TheHousesOtherAccountSpeaksForItToo() public {
        _fence();
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 1), 0xe1);
        vm.prank(OPERATOR);
        uint256 second = accounts.openAccount(0xe1, proven);
        _paidByFake(second);
        bytes32 purpose = keccak256(abi.encode(bytes32("shift")));
        TransferClaim memory from = keptClaim(TransferTerms(second, next(second), 0, 0, 0, -LOTS, false, purpose));
        TransferClaim memory to = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, LOTS, false, purpose));
        vm.prank(OPERATOR);
        accounts.shift(from, to);
        anchorNow(HOUSE);
        vm.assertTrue(anchors.isAnchored(HOUSE), "what the one had before has been counted");
        attest(second, 0);
        TransferClaim memory claim_ = _releasing();
        vm.expectRevert(_notEnough(PAID, 0));
        house.release(uint64(LOTS), claim_);
        advance(1);
        anchor(second, ledger.commitmentOf(second), closeRun(uint64(block.timestamp)));
        vm.assertTrue(anchors.isAnchored(second), "the other one");
        vm.assertTrue(anchors.isAnchored(HOUSE), "and the one still");
        attest(second, 0);
        claim_ = _releasing();
        house.release(uint64(LOTS), claim_);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "once a run has counted both");
    }
}
