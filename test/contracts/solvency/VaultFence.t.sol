// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {StubRuns} from "../helpers/StubRuns.sol";
import {Token} from "../helpers/Tokens.sol";
import {Base} from "../helpers/Vm.sol";

/// What the clearing house deposits stays out of the venue's reach, until a later run is shown and a week has passed.
contract VaultFenceTest is Base {
    address private constant VENUE = address(0x5e77e);
    address private constant HOUSE = address(0xc1ea);
    address private constant DESK = address(0xde5c);
    address private constant CUSTOMER = address(0xc057);
    uint64 private constant NOW = 1_790_000_000;
    uint32 private constant ID = 1;
    uint96 private constant UNITS = 1000;
    bytes32 private constant RUN = "run";
    uint256 private constant ACCOUNT = 7;

    CollateralVault private vault;
    Token private token;
    StubRuns private runs;

    function setUp() public {
        vm.warp(NOW);
        runs = new StubRuns();
        vault = new CollateralVault(VENUE, ICollateralVault.Parts(HOUSE, DESK, runs, IVenueStop(address(0))));
        token = new Token();
        vm.prank(VENUE);
        vault.addAsset(ID, address(token), UNITS);
    }

    function _deposit(address from, uint256 lots) private {
        token.mint(from, lots * UNITS);
        vm.startPrank(from);
        token.approve(address(vault), lots * UNITS);
        vault.deposit(ID, lots);
        vm.stopPrank();
    }

    function _request(uint256 lots) private returns (uint256) {
        vm.prank(VENUE);
        return vault.requestWithdrawal(ID, lots, VENUE);
    }

    function _proven(uint256 lots, bool isAnchored) private returns (uint256) {
        vm.prank(DESK);
        return vault.requestProven(ID, lots, CUSTOMER, ACCOUNT, isAnchored);
    }

    function _release(uint256 lots) private {
        vm.prank(HOUSE);
        vault.release(ID, lots, true);
    }

    /// Shows a run of now, a second from now.
    function _unlock() private {
        runs.close(RUN, 1, uint64(block.timestamp) + 1);
        vm.warp(block.timestamp + 1);
        vault.unlock(ID, RUN);
    }

    function _notEnough(uint256 lots, uint256 free) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, ID, lots, free);
    }

    function _expectVenueRefused(uint256 lots, uint256 free) private {
        vm.prank(VENUE);
        vm.expectRevert(_notEnough(lots, free));
        vault.requestWithdrawal(ID, lots, VENUE);
    }

    function test_KnowsItsParts() public view {
        vm.assertEq(vault.desk(), DESK, "desk");
        vm.assertEq(address(vault.runs()), address(runs), "runs");
    }

    function test_TheVenueReachesNothingThatTheHouseDeposited() public {
        _deposit(CUSTOMER, 40);
        token.mint(HOUSE, 100 * uint256(UNITS));
        vm.startPrank(HOUSE);
        token.approve(address(vault), type(uint256).max);
        vm.expectEmit(address(vault));
        emit ICollateralVault.FenceChanged(ID, 100, 0);
        vault.deposit(ID, 100);
        vm.stopPrank();
        vm.assertEq(vault.lotsFenced(ID), 100, "fenced");
        vm.assertEq(vault.lotsHeld(ID), 140, "and a reserve all the same");
        _expectVenueRefused(41, 40);
        vm.warp(NOW + 3650 days);
        _expectVenueRefused(41, 40);
        _request(40);
        _expectVenueRefused(1, 0);
    }

    function test_AWeekAfterALaterRunItIsAllTheVenues() public {
        _deposit(HOUSE, 100);
        (uint64 depositedAt, uint64 unlockedAt) = vault.fenceOf(ID);
        vm.assertTrue(depositedAt == NOW && unlockedAt == 0, "waits for a run");
        runs.close("same", 1, NOW);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.RunTooOld.selector, NOW, NOW));
        vault.unlock(ID, "same");
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunNotClosed.selector, bytes32("none")));
        vault.unlock(ID, "none");
        vm.warp(NOW + 90 days - 1);
        _unlock();
        vm.assertEq(vault.lotsFenced(ID), 100, "from the call on");
        vm.warp(NOW + 90 days + 1);
        vm.assertEq(vault.lotsFenced(ID), 100, "rounded up");
        vm.warp(NOW + 90 days + 7 days / 4);
        vm.assertEq(vault.lotsFenced(ID), 75, "a quarter");
        _request(25);
        _expectVenueRefused(1, 0);
        vm.warp(NOW + 97 days - 1);
        vm.assertEq(vault.lotsFenced(ID), 1, "the last lot");
        vm.warp(NOW + 97 days);
        vm.assertEq(vault.lotsFenced(ID), 0, "nothing");
        _request(75);
    }

    function test_AFenceUnlocksOnceAndNotWithoutOne() public {
        bytes memory nothing = abi.encodeWithSelector(ICollateralVault.NothingToUnlock.selector, ID);
        runs.close(RUN, 1, NOW + 1);
        vm.expectRevert(nothing);
        vault.unlock(ID, RUN);
        _deposit(HOUSE, 100);
        _unlock();
        vm.expectRevert(nothing);
        vault.unlock(ID, RUN);
    }

    /// What unlocked stays unlocked; what didn't waits with the new lots for a run that shows them.
    function test_AFurtherDepositWaitsForARunOfItsOwn() public {
        _deposit(HOUSE, 100);
        _unlock();
        vm.warp(block.timestamp + 7 days / 2);
        _deposit(HOUSE, 10);
        vm.assertEq(vault.lotsFenced(ID), 60, "half of the first, and the second");
        vm.warp(block.timestamp + 30 days);
        _expectVenueRefused(51, 50);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.RunTooOld.selector, NOW + 1, NOW + 1 + 7 days / 2)
        );
        vault.unlock(ID, RUN);
        _unlock();
        vm.warp(block.timestamp + 7 days);
        _request(110);
    }

    function test_ReleaseTakesFencedLotsFirst() public {
        _deposit(CUSTOMER, 40);
        _deposit(HOUSE, 100);
        _release(30);
        vm.assertEq(vault.lotsFenced(ID), 70, "of the fenced ones");
        _expectVenueRefused(41, 40);
        _release(90);
        vm.assertEq(vault.lotsFenced(ID), 0, "all of them");
        _request(20);
    }

    function test_AnUnanchoredAccountReachesNothingFenced() public {
        _deposit(CUSTOMER, 40);
        _deposit(HOUSE, 100);
        vm.prank(DESK);
        vm.expectRevert(_notEnough(41, 40));
        vault.requestProven(ID, 41, CUSTOMER, ACCOUNT, false);
        _proven(40, false);
        vm.assertEq(vault.lotsFenced(ID), 100, "none of these");
    }

    function test_AnAnchoredAccountTakesFencedLotsLast() public {
        _deposit(CUSTOMER, 40);
        _deposit(HOUSE, 100);
        _proven(30, true);
        vm.assertEq(vault.lotsFenced(ID), 100, "the free ones first");
        uint256 id = _proven(50, true);
        vm.assertEq(vault.lotsFenced(ID), 60, "then these");
        vm.prank(DESK);
        vm.expectRevert(_notEnough(61, 60));
        vault.requestProven(ID, 61, CUSTOMER, ACCOUNT, true);
        vm.warp(NOW + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(CUSTOMER), 50 * uint256(UNITS), "paid after an hour");
    }

    function test_TheVenueTakesNoProvenWithdrawalBack() public {
        _deposit(CUSTOMER, 40);
        uint256 id = _proven(30, false);
        vm.assertTrue(vault.withdrawal(id).proven, "proven");
        vm.assertEq(vault.lotsHeld(ID), 10, "counts no more, at once");
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.WithdrawalProven.selector, id));
        vault.cancelWithdrawal(id);
        uint256 own = _request(10);
        vm.prank(VENUE);
        vault.cancelWithdrawal(own);
    }

    function test_OnlyTheDeskRequestsByProof() public {
        _deposit(CUSTOMER, 40);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.OnlyDesk.selector, VENUE));
        vault.requestProven(ID, 1, VENUE, ACCOUNT, true);
        vm.prank(DESK);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.InvalidRecipient.selector, address(vault)));
        vault.requestProven(ID, 1, address(vault), ACCOUNT, true);
    }

    /// Whatever is done in whatever order: what is fenced is there, and the venue's requests leave it there.
    function testFuzz_FencedLotsAreThere(uint256 seed) public {
        uint256 byVenue;
        for (uint256 i = 0; i < 24; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 lots = 1 + (seed >> 16) % 50;
            uint256 act = seed % 7;
            if (act == 0) _deposit(HOUSE, lots);
            if (act == 1) _deposit(CUSTOMER, lots);
            (uint256 fenced, uint256 free) = (vault.lotsFenced(ID), _free());
            if (act == 2 && lots <= free) _release(lots);
            if (act == 3 && lots <= free) _proven(lots, true);
            if (act == 4 && lots + fenced <= free) {
                byVenue += lots;
                _request(lots);
            }
            if (act == 5) vm.warp(block.timestamp + lots * 3 hours);
            if (act == 6 && _isLocked()) _unlock();
            vm.assertLe(vault.lotsFenced(ID), _free(), "what is fenced is there");
            if (act == 1 || act == 4) vm.assertEq(vault.lotsFenced(ID), fenced, "deposits and requests change no fence");
        }
        uint256 left = _free() - vault.lotsFenced(ID);
        if (left != 0) _request(left);
        _expectVenueRefused(1, 0);
        vm.assertLe(vault.lotsFenced(ID), vault.lotsHeld(ID), "and stays");
    }

    function _free() private view returns (uint256) {
        return vault.lotsRecorded(ID) - vault.lotsRequested(ID);
    }

    function _isLocked() private view returns (bool) {
        (, uint64 unlockedAt) = vault.fenceOf(ID);
        return unlockedAt == 0 && vault.lotsFenced(ID) != 0;
    }

    // --- what settles ---

    function _payIn(uint256 accountId, uint256 lots) private {
        token.mint(CUSTOMER, lots * UNITS);
        vm.startPrank(CUSTOMER);
        token.approve(address(vault), lots * UNITS);
        vault.depositByProof(ID, lots, accountId);
        vm.stopPrank();
    }

    /// A week at least, and ten days and a half at most, whenever in a half week they were paid in.
    function testFuzz_LotsSettleForAWeekAtLeast(uint32 at) public {
        vm.warp(NOW + (at % 7 days));
        uint256 paidAt = block.timestamp;
        _payIn(ACCOUNT, 10);
        vm.warp(paidAt + 7 days);
        vm.assertEq(vault.lotsSettling(ID), 10, "a week later");
        _expectVenueRefused(1, 0);
        vm.warp(paidAt + 7 days + 84 hours);
        vm.assertEq(vault.lotsSettling(ID), 0, "half a week after that");
        _request(10);
    }

    /// What each account paid in of late adds up, and the oldest goes first.
    function test_TheOldestLotsGoFirst() public {
        uint256 start = (uint256(NOW) / 84 hours) * 84 hours;
        vm.warp(start);
        _payIn(ACCOUNT, 10);
        _payIn(8, 1);
        vm.warp(start + 84 hours);
        _payIn(ACCOUNT, 5);
        _proven(7, false);
        vm.assertEq(vault.lotsSettlingOf(ID, ACCOUNT), 8, "of fifteen");
        vm.assertEq(vault.lotsSettling(ID), 9, "with the other's");
        vm.warp(start + 3 * 84 hours);
        vm.assertEq(vault.lotsSettlingOf(ID, ACCOUNT), 5, "the later ones");
        vm.assertEq(vault.lotsSettlingOf(ID, 8), 0, "the other's are as old");
        vm.assertEq(vault.lotsSettling(ID), 5, "in all");
    }
}
