// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken, SilentToken, Token} from "../helpers/Tokens.sol";
import {Base} from "../helpers/Vm.sol";

/// Reads the vault while its token moves.
contract HeldReader {
    CollateralVault private immutable VAULT;
    uint256 public held;

    constructor(CollateralVault vault) {
        VAULT = vault;
    }

    function read() external {
        held = VAULT.lotsHeld(1);
    }
}

contract CollateralVaultTest is Base {
    address private constant VENUE = address(0x5e77e);
    address private constant HOUSE = address(0xc1ea);
    uint64 private constant NOW = 1_790_000_000;
    uint32 private constant ID = 7;
    uint96 private constant UNITS = 1000;

    CollateralVault private vault;
    Token private token;

    function setUp() public {
        vm.warp(NOW);
        vault = new CollateralVault(VENUE, vaultParts(HOUSE));
        token = new Token();
        _add(ID, address(token), UNITS);
    }

    function _add(uint32 id, address asset, uint96 units) private {
        vm.prank(VENUE);
        vault.addAsset(id, asset, units);
    }

    function _expectAddRevert(uint32 id, address asset, uint96 units, bytes memory data) private {
        vm.prank(VENUE);
        vm.expectRevert(data);
        vault.addAsset(id, asset, units);
    }

    function _fund(Token which, uint256 amount) private {
        which.mint(address(this), amount);
        which.approve(address(vault), amount);
    }

    /// Deposits lots of the first asset.
    function _deposit(uint256 lots) private {
        _fund(token, lots * UNITS);
        vault.deposit(ID, lots);
    }

    function _request(uint32 id, uint256 lots, address to) private returns (uint256) {
        vm.prank(VENUE);
        return vault.requestWithdrawal(id, lots, to);
    }

    /// Requests a withdrawal and lets its time pass.
    function _ready(uint32 id, uint256 lots, address to) private returns (uint256 withdrawal) {
        withdrawal = _request(id, lots, to);
        vm.warp(block.timestamp + 1 hours);
    }

    function _expectRequestRevert(uint32 id, uint256 lots, address to, bytes memory data) private {
        vm.prank(VENUE);
        vm.expectRevert(data);
        vault.requestWithdrawal(id, lots, to);
    }

    function _expectCompleteRevert(uint256 withdrawal, bytes memory data) private {
        vm.expectRevert(data);
        vault.completeWithdrawal(withdrawal);
    }

    function _unknown(uint256 withdrawal) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICollateralVault.UnknownWithdrawal.selector, withdrawal);
    }

    // --- assets ---

    function test_AddsAssetsForGood() public {
        Token other = new Token();
        vm.expectEmit();
        emit ICollateralVault.AssetAdded(3, address(other), 5);
        _add(3, address(other), 5);
        (address found, uint96 units) = vault.asset(3);
        vm.assertEq(found, address(other), "token");
        vm.assertEq(units, 5, "units");
        uint32[] memory ids = vault.assetIds();
        vm.assertTrue(ids.length == 2 && ids[0] == ID && ids[1] == 3, "in order of addition");
        bytes4 taken = ICollateralVault.AssetAlreadyAdded.selector;
        _expectAddRevert(3, address(new Token()), 5, abi.encodeWithSelector(taken, 3));
    }

    function test_RefusesATokenUnderTwoIds() public {
        bytes4 selector = ICollateralVault.TokenAlreadyAdded.selector;
        _expectAddRevert(6, address(token), 1, abi.encodeWithSelector(selector, address(token), ID));
    }

    function test_BoundsIdsLotsAndTokens() public {
        address fresh = address(new Token());
        bytes4 invalid = ICollateralVault.InvalidInstrument.selector;
        _expectAddRevert(0, fresh, 1, abi.encodeWithSelector(invalid, 0));
        _expectAddRevert(8, fresh, 1, abi.encodeWithSelector(invalid, 8));
        _expectAddRevert(1, fresh, 0, abi.encodeWithSelector(ICollateralVault.InvalidLotSize.selector));
        bytes4 noToken = ICollateralVault.InvalidToken.selector;
        _expectAddRevert(1, address(0xdead), 1, abi.encodeWithSelector(noToken, address(0xdead)));
        _add(5, fresh, type(uint96).max);
        _add(1, address(new Token()), 1);
    }

    function test_OnlyTheVenueAddsAndWithdraws() public {
        _deposit(1);
        uint256 id = _request(ID, 1, address(this));
        bytes memory refused = abi.encodeWithSelector(ICollateralVault.OnlyVenue.selector, address(this));
        address fresh = address(new Token());
        vm.expectRevert(refused);
        vault.addAsset(3, fresh, 1);
        vm.expectRevert(refused);
        vault.requestWithdrawal(ID, 1, address(this));
        vm.expectRevert(refused);
        vault.cancelWithdrawal(id);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.InvalidVenue.selector));
        new CollateralVault(address(0), vaultParts(HOUSE));
        vm.assertEq(vault.venue(), VENUE, "venue");
        vm.assertEq(vault.clearingHouse(), HOUSE, "clearing house");
    }

    // --- deposits and withdrawals ---

    function testFuzz_MovesExactlyTheLots(uint64 lots, uint64 back, uint96 units) public {
        lots = uint64(bound(lots, 1, type(uint64).max));
        back = uint64(bound(back, 1, lots));
        units = uint96(bound(units, 1, type(uint96).max));
        Token other = new Token();
        _add(1, address(other), units);
        _fund(other, uint256(lots) * units);
        vm.expectEmit();
        emit ICollateralVault.Deposited(1, lots);
        vault.deposit(1, lots);
        vm.assertEq(vault.lotsHeld(1), lots, "held");
        vm.assertEq(vault.lotsRecorded(1), lots, "recorded");
        vm.assertEq(other.balanceOf(address(this)), 0, "paid");
        uint256 id = _ready(1, back, address(0xbeef));
        vm.expectEmit();
        emit ICollateralVault.Withdrawn(id, 1, back);
        vault.completeWithdrawal(id);
        vm.assertEq(vault.lotsHeld(1), lots - back, "held after");
        vm.assertEq(vault.lotsRecorded(1), lots - back, "recorded after");
        vm.assertEq(vault.lotsRequested(1), 0, "none waits");
        vm.assertEq(other.balanceOf(address(0xbeef)), uint256(back) * units, "received");
        vm.assertEq(vault.lotsHeld(ID), 0, "no other asset");
    }

    function testFuzz_DonationsCountForNothing(uint64 lots, uint128 sent, uint96 units) public {
        lots = uint64(bound(lots, 1, type(uint64).max));
        units = uint96(bound(units, 1, type(uint96).max));
        Token other = new Token();
        _add(1, address(other), units);
        other.mint(address(vault), sent);
        vm.assertEq(vault.lotsHeld(1), 0, "nothing deposited");
        _fund(other, uint256(lots) * units);
        vault.deposit(1, lots);
        vm.assertEq(vault.lotsHeld(1), lots, "what was deposited");
        bytes4 selector = ICollateralVault.NotEnoughLots.selector;
        uint256 more = uint256(lots) + 1;
        _expectRequestRevert(1, more, VENUE, abi.encodeWithSelector(selector, 1, more, lots));
    }

    function test_RequestedLotsCountNoMoreAndAreNotAskedForTwice() public {
        _deposit(10);
        vm.expectEmit();
        emit ICollateralVault.WithdrawalRequested(1, ID, 4, address(0xbeef), NOW + 1 hours);
        uint256 first = _request(ID, 4, address(0xbeef));
        vm.assertEq(first, 1, "numbered from 1");
        vm.assertEq(vault.lotsHeld(ID), 6, "at once");
        ICollateralVault.Withdrawal memory waiting = vault.withdrawal(first);
        vm.assertTrue(waiting.to == address(0xbeef) && waiting.instrumentId == ID && waiting.lots == 4, "kept");
        vm.assertEq(waiting.readyAt, NOW + 1 hours, "ready");
        bytes4 selector = ICollateralVault.NotEnoughLots.selector;
        _expectRequestRevert(ID, 7, VENUE, abi.encodeWithSelector(selector, ID, 7, 6));
        uint256 second = _request(ID, 6, VENUE);
        vm.assertEq(vault.lotsHeld(ID), 0, "all requested");
        vm.assertEq(vault.lotsRequested(ID), 10, "requested");
        vm.assertEq(vault.withdrawalCount(), second, "two");
        vm.warp(NOW + 1 hours);
        vault.completeWithdrawal(second);
        vm.assertEq(token.balanceOf(VENUE), 6 * UNITS, "in any order");
        vm.assertEq(vault.lotsHeld(ID), 0, "the other still waits");
        vault.completeWithdrawal(first);
        vm.assertEq(token.balanceOf(address(vault)), 0, "all out");
    }

    function test_PaysAfterAnHourAndOnce() public {
        _deposit(2);
        uint256 id = _request(ID, 1, address(0xbeef));
        vm.warp(NOW + 1 hours - 1);
        bytes4 notReady = ICollateralVault.NotReady.selector;
        _expectCompleteRevert(id, abi.encodeWithSelector(notReady, NOW + 1 hours));
        vm.warp(NOW + 1 hours);
        vm.prank(address(0xa11));
        vault.completeWithdrawal(id); // by anyone
        vm.assertEq(token.balanceOf(address(0xbeef)), UNITS, "to whom the venue said");
        _expectCompleteRevert(id, _unknown(id));
        vm.prank(VENUE);
        vm.expectRevert(_unknown(id));
        vault.cancelWithdrawal(id);
        _expectCompleteRevert(0, _unknown(0));
        _expectCompleteRevert(2, _unknown(2));
        vm.assertEq(vault.withdrawal(id).lots, 0, "gone");
    }

    function test_ACancelledWithdrawalCountsAgainAndIsNeverPaid() public {
        _deposit(5);
        uint256 id = _ready(ID, 3, VENUE);
        vm.expectEmit();
        emit ICollateralVault.WithdrawalCancelled(id, ID, 3);
        vm.prank(VENUE);
        vault.cancelWithdrawal(id);
        vm.assertEq(vault.lotsHeld(ID), 5, "counts again");
        vm.assertEq(vault.lotsRequested(ID), 0, "none waits");
        _expectCompleteRevert(id, _unknown(id));
        uint256 next = _request(ID, 5, VENUE);
        vm.assertEq(next, id + 1, "a number is used once");
    }

    /// Whatever was requested before: as much as comes in within an hour of a reading, at least as much of it stays.
    function testFuzz_WhatWasShownWasThere(uint8 own, uint8 asked, uint8 borrowed) public {
        (own, borrowed) = (uint8(bound(own, 1, 255)), uint8(bound(borrowed, 1, 255)));
        asked = uint8(bound(asked, 1, own));
        _deposit(own);
        uint256 old = _ready(ID, asked, VENUE); // ready when the loan comes
        _deposit(borrowed);
        uint256 shown = vault.lotsHeld(ID);
        vault.completeWithdrawal(old);
        uint256 everything = _request(ID, shown, VENUE);
        vm.warp(block.timestamp + 1 hours - 1);
        bytes4 notReady = ICollateralVault.NotReady.selector;
        _expectCompleteRevert(everything, abi.encodeWithSelector(notReady, block.timestamp + 1));
        vm.assertEq(token.balanceOf(address(vault)), shown * UNITS, "all that was shown");
    }

    /// A balance that shrinks by itself shows at once, and first what is requested is taken from it.
    function test_LotsThatVanishDoNotCount() public {
        _deposit(10);
        _request(ID, 4, VENUE);
        token.burn(address(vault), 5 * UNITS + 1);
        vm.assertEq(vault.lotsHeld(ID), 0, "4 whole lots are left, and asked for");
        token.mint(address(vault), 3 * UNITS + 1);
        vm.assertEq(vault.lotsHeld(ID), 4, "8 are there, 4 asked for");
        token.burn(address(vault), 8 * UNITS);
        vm.assertEq(vault.lotsHeld(ID), 0, "not below nothing");
    }

    function test_RefusesUnknownAssetsAndNoLots() public {
        bytes memory unknown = abi.encodeWithSelector(ICollateralVault.UnknownAsset.selector, 8);
        vm.expectRevert(unknown);
        vault.lotsHeld(8);
        vm.expectRevert(unknown);
        vault.deposit(8, 1);
        _expectRequestRevert(8, 1, VENUE, unknown);
        vm.prank(HOUSE);
        vm.expectRevert(unknown);
        vault.release(8, 1, true);
        bytes memory none = abi.encodeWithSelector(ICollateralVault.NoLots.selector);
        vm.expectRevert(none);
        vault.deposit(ID, 0);
        _expectRequestRevert(ID, 0, VENUE, none);
        vm.prank(HOUSE);
        vm.expectRevert(none);
        vault.release(ID, 0, true);
        (address found, uint96 units) = vault.asset(8);
        vm.assertTrue(found == address(0) && units == 0, "none");
    }

    function test_CannotPayOutMoreThanItHolds() public {
        _deposit(2);
        uint256 id = _ready(ID, 2, VENUE);
        token.burn(address(vault), 1);
        bytes4 selector = IERC20Errors.ERC20InsufficientBalance.selector;
        _expectCompleteRevert(id, abi.encodeWithSelector(selector, address(vault), 2 * UNITS - 1, 2 * UNITS));
        vm.prank(VENUE);
        vault.cancelWithdrawal(id);
        vault.completeWithdrawal(_ready(ID, 1, VENUE));
        vm.assertEq(token.balanceOf(VENUE), UNITS, "what is there can go");
    }

    function test_PaysNeitherNobodyNorItself() public {
        _deposit(1);
        bytes4 invalid = ICollateralVault.InvalidRecipient.selector;
        _expectRequestRevert(ID, 1, address(0), abi.encodeWithSelector(invalid, address(0)));
        _expectRequestRevert(ID, 1, address(vault), abi.encodeWithSelector(invalid, address(vault)));
    }

    function test_LotsBeyondTheWordRevert() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vault.deposit(ID, type(uint256).max);
    }

    // --- the clearing house ---

    function test_ReleasesToTheClearingHouseAlone() public {
        _deposit(10);
        _request(ID, 3, VENUE);
        bytes4 only = ICollateralVault.OnlyClearingHouse.selector;
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(only, VENUE));
        vault.release(ID, 1, true);
        vm.prank(HOUSE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, ID, 8, 7));
        vault.release(ID, 8, true);
        vm.expectEmit();
        emit ICollateralVault.Released(ID, 7);
        vm.prank(HOUSE);
        vault.release(ID, 7, true);
        vm.assertEq(token.balanceOf(HOUSE), 7 * UNITS, "received");
        vm.assertEq(vault.lotsRecorded(ID), 3, "recorded");
        vm.assertEq(vault.lotsHeld(ID), 0, "the rest is asked for");
    }

    function test_WithoutAClearingHouseNothingIsReleased() public {
        vault = new CollateralVault(VENUE, vaultParts(address(0)));
        _add(ID, address(token), UNITS);
        _deposit(1);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.OnlyClearingHouse.selector, address(this)));
        vault.release(ID, 1, true);
    }

    // --- tokens that don't behave ---

    function test_RefusesATokenThatTakesAFee() public {
        FeeToken fee = new FeeToken();
        _add(1, address(fee), 10);
        _fund(fee, 100);
        vm.expectRevert(abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 19, 20));
        vault.deposit(1, 2);
        vm.assertEq(vault.lotsRecorded(1), 0, "not recorded");
        fee.setChargesSender(true);
        fee.mint(address(this), 1);
        vault.deposit(1, 2);
        fee.mint(address(vault), 1);
        uint256 id = _ready(1, 2, VENUE);
        _expectCompleteRevert(id, abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 21, 20));
        vm.prank(HOUSE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, 1, 2, 0));
        vault.release(1, 2, true);
    }

    function test_RefusesATokenThatReturnsFalse() public {
        FalseToken no = new FalseToken();
        _add(1, address(no), 10);
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(no));
        vm.expectRevert(failed);
        vault.deposit(1, 1);
        no.setHonest(true);
        _fund(no, 10);
        vault.deposit(1, 1);
        no.setHonest(false);
        uint256 id = _ready(1, 1, VENUE);
        _expectCompleteRevert(id, failed);
        vm.assertEq(vault.lotsRecorded(1), 1, "still recorded");
    }

    function test_RefusesATokenThatMovesNothing() public {
        LyingToken liar = new LyingToken();
        _add(1, address(liar), 10);
        bytes memory nothing = abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 0, 10);
        vm.expectRevert(nothing);
        vault.deposit(1, 1);
        liar.setHonest(true);
        _fund(liar, 10);
        vault.deposit(1, 1);
        liar.setHonest(false);
        uint256 id = _ready(1, 1, VENUE);
        _expectCompleteRevert(id, nothing);
    }

    function test_TakesATokenThatReturnsNothing() public {
        SilentToken silent = new SilentToken();
        _add(1, address(silent), 10);
        silent.mint(address(this), 10);
        vault.deposit(1, 1);
        vm.assertEq(vault.lotsHeld(1), 1, "held");
        vault.completeWithdrawal(_ready(1, 1, VENUE));
        vm.assertEq(silent.balanceOf(VENUE), 10, "paid");
    }

    /// Neither the same asset nor, as here, another can be moved in the middle of a transfer.
    function test_RefusesATokenThatCallsBack() public {
        ReentrantToken evil = new ReentrantToken();
        _add(1, address(evil), 10);
        _fund(evil, 100);
        vault.deposit(1, 2);
        uint256 id = _ready(1, 1, VENUE);
        bytes memory guarded = abi.encodeWithSelector(
            ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector
        );
        bytes[3] memory calls = [
            abi.encodeCall(vault.deposit, (ID, 1)),
            abi.encodeCall(vault.completeWithdrawal, (id)),
            abi.encodeCall(vault.cancelWithdrawal, (id))
        ];
        for (uint256 i = 0; i < 2; ++i) {
            evil.attack(address(vault), calls[i]);
            vm.expectRevert(guarded);
            vault.deposit(1, 1);
            _expectCompleteRevert(id, guarded);
            vm.prank(HOUSE);
            vm.expectRevert(guarded);
            vault.release(1, 1, true);
        }
        // Venue and clearing house are refused too: the token itself is neither.
        bytes4 onlyVenue = ICollateralVault.OnlyVenue.selector;
        evil.attack(address(vault), calls[2]);
        _expectCompleteRevert(id, abi.encodeWithSelector(onlyVenue, address(evil)));
        evil.attack(address(vault), abi.encodeCall(vault.release, (ID, 1, true)));
        _expectCompleteRevert(id, guarded);
    }

    /// In the middle of a payment a reader sees what will be left, not what was there.
    function test_ShowsNoMoreInTheMiddleOfAPayment() public {
        ReentrantToken evil = new ReentrantToken();
        _add(1, address(evil), 10);
        _fund(evil, 100);
        vault.deposit(1, 10);
        uint256 id = _ready(1, 4, VENUE);
        HeldReader reader = new HeldReader(vault);
        evil.attack(address(reader), abi.encodeCall(reader.read, ()));
        vault.completeWithdrawal(id);
        vm.assertEq(reader.held(), 6, "what is left");
        vm.prank(HOUSE);
        vault.release(1, 1, true);
        vm.assertEq(reader.held(), 5, "and after a release");
    }
}
