// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {CollateralVault} from "contracts/CollateralVault.sol";
import {ICollateralVault} from "contracts/interfaces/ICollateralVault.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken, SilentToken, Token} from "./helpers/Tokens.sol";
import {Base} from "./helpers/Vm.sol";

contract CollateralVaultTest is Base {
    address private constant VENUE = address(0x5e77e);
    uint32 private constant ID = 7;
    uint96 private constant UNITS = 1000;

    CollateralVault private vault;
    Token private token;

    function setUp() public {
        vault = new CollateralVault(VENUE);
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
        _fund(token, UNITS);
        vault.deposit(ID, 1);
        bytes memory refused = abi.encodeWithSelector(ICollateralVault.OnlyVenue.selector, address(this));
        address fresh = address(new Token());
        vm.expectRevert(refused);
        vault.addAsset(9, fresh, 1);
        vm.expectRevert(refused);
        vault.withdraw(ID, 1, address(this));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.InvalidVenue.selector));
        new CollateralVault(address(0));
        vm.assertEq(vault.venue(), VENUE, "venue");
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
        vm.assertEq(other.balanceOf(address(this)), 0, "paid");
        vm.expectEmit();
        emit ICollateralVault.Withdrawn(1, back);
        vm.prank(VENUE);
        vault.withdraw(1, back, address(0xbeef));
        vm.assertEq(vault.lotsHeld(1), lots - back, "held after");
        vm.assertEq(other.balanceOf(address(0xbeef)), uint256(back) * units, "received");
        vm.assertEq(vault.lotsHeld(ID), 0, "no other asset");
    }

    function testFuzz_RoundsLotsDown(uint128 balance, uint96 units) public {
        units = uint96(bound(units, 1, type(uint96).max));
        Token other = new Token();
        _add(1, address(other), units);
        other.mint(address(vault), balance);
        uint256 held = vault.lotsHeld(1);
        vm.assertTrue(held * units <= balance && balance - held * units < units, "whole lots, sent by anyone");
    }

    function test_RefusesUnknownAssetsAndNoLots() public {
        bytes memory unknown = abi.encodeWithSelector(ICollateralVault.UnknownAsset.selector, 8);
        vm.expectRevert(unknown);
        vault.lotsHeld(8);
        vm.expectRevert(unknown);
        vault.deposit(8, 1);
        vm.prank(VENUE);
        vm.expectRevert(unknown);
        vault.withdraw(8, 1, VENUE);
        bytes memory none = abi.encodeWithSelector(ICollateralVault.NoLots.selector);
        vm.expectRevert(none);
        vault.deposit(ID, 0);
        vm.prank(VENUE);
        vm.expectRevert(none);
        vault.withdraw(ID, 0, VENUE);
        (address found, uint96 units) = vault.asset(8);
        vm.assertTrue(found == address(0) && units == 0, "none");
    }

    function test_CannotPayOutMoreThanItHolds() public {
        _fund(token, UNITS);
        vault.deposit(ID, 1);
        vm.prank(VENUE);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, address(vault), UNITS, 2 * UNITS)
        );
        vault.withdraw(ID, 2, VENUE);
    }

    function test_CannotPayItself() public {
        _fund(token, UNITS);
        vault.deposit(ID, 1);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WrongAmountMoved.selector, 0, UNITS));
        vault.withdraw(ID, 1, address(vault));
    }

    function test_LotsBeyondTheWordRevert() public {
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vault.deposit(ID, type(uint256).max);
    }

    // --- tokens that don't behave ---

    function test_RefusesATokenThatTakesAFee() public {
        FeeToken fee = new FeeToken();
        _add(1, address(fee), 10);
        _fund(fee, 100);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WrongAmountMoved.selector, 19, 20));
        vault.deposit(1, 2);
        fee.mint(address(vault), 100);
        fee.setChargesSender(true);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WrongAmountMoved.selector, 21, 20));
        vault.withdraw(1, 2, VENUE);
    }

    function test_RefusesATokenThatReturnsFalse() public {
        FalseToken no = new FalseToken();
        _add(1, address(no), 10);
        _fund(no, 100);
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(no));
        vm.expectRevert(failed);
        vault.deposit(1, 1);
        no.mint(address(vault), 100);
        vm.prank(VENUE);
        vm.expectRevert(failed);
        vault.withdraw(1, 1, VENUE);
    }

    function test_RefusesATokenThatMovesNothing() public {
        LyingToken liar = new LyingToken();
        _add(1, address(liar), 10);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WrongAmountMoved.selector, 0, 10));
        vault.deposit(1, 1);
        liar.mint(address(vault), 10);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WrongAmountMoved.selector, 0, 10));
        vault.withdraw(1, 1, VENUE);
    }

    function test_TakesATokenThatReturnsNothing() public {
        SilentToken silent = new SilentToken();
        _add(1, address(silent), 10);
        silent.mint(address(this), 10);
        vault.deposit(1, 1);
        vm.assertEq(vault.lotsHeld(1), 1, "held");
        vm.prank(VENUE);
        vault.withdraw(1, 1, VENUE);
        vm.assertEq(silent.balanceOf(VENUE), 10, "paid");
    }

    /// Neither the same asset nor, as here, another can be moved in the middle of a transfer.
    function test_RefusesATokenThatCallsBack() public {
        ReentrantToken evil = new ReentrantToken();
        _add(1, address(evil), 10);
        _fund(evil, 100);
        vault.deposit(1, 1);
        bytes memory guarded = abi.encodeWithSelector(
            ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector
        );
        evil.attack(vault, abi.encodeCall(vault.deposit, (ID, 1)));
        vm.expectRevert(guarded);
        vault.deposit(1, 1);
        vm.prank(VENUE);
        vm.expectRevert(guarded);
        vault.withdraw(1, 1, VENUE);
    }
}
