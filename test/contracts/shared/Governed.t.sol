// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Governed} from "contracts/shared/Governed.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {Base} from "../helpers/Vm.sol";

/// A contract with one parameter.
contract GovernedThing is Governed {
    uint256 public value;

    error TooLarge(uint256 value);

    constructor(address owner) Governed(owner) {}

    function setValue(uint256 value_) external onlyScheduled {
        if (value_ > 100) revert TooLarge(value_);
        value = value_;
    }
}

contract GovernedTest is Base {
    uint64 private constant NOW = 1_790_000_000;
    address private constant OWNER = address(0x0e4);

    GovernedThing private thing;

    function setUp() public {
        vm.warp(NOW);
        thing = new GovernedThing(OWNER);
    }

    function _call(uint256 value) private view returns (bytes memory) {
        return abi.encodeCall(thing.setValue, (value));
    }

    function _schedule(bytes memory call) private returns (bytes32) {
        vm.prank(OWNER);
        return thing.schedule(call);
    }

    function _expectExecuteRevert(bytes memory call, bytes memory data) private {
        uint256 before = thing.value();
        vm.expectRevert(data);
        thing.execute(call);
        vm.assertEq(thing.value(), before, "unchanged");
    }

    function _notScheduled(bytes memory call) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGoverned.NotScheduled.selector, keccak256(call));
    }

    function testFuzz_MakesACallInItsWindowOnly(uint64 wait) public {
        wait = uint64(bound(wait, 0, 30 days));
        bytes memory call = _call(7);
        vm.expectEmit();
        emit IGoverned.CallScheduled(keccak256(call), NOW + 2 days, call);
        bytes32 id = _schedule(call);
        vm.assertEq(id, keccak256(call), "id");
        vm.assertEq(thing.readyAtOf(id), NOW + 2 days, "ready");
        vm.warp(NOW + wait);
        if (wait < 2 days) {
            return _expectExecuteRevert(call, abi.encodeWithSelector(IGoverned.NotReady.selector, NOW + 2 days));
        }
        if (wait > 16 days) return _expectExecuteRevert(call, _notScheduled(call));
        vm.expectEmit();
        emit IGoverned.CallExecuted(id);
        thing.execute(call); // by anyone
        vm.assertEq(thing.value(), 7, "made");
        _expectExecuteRevert(call, _notScheduled(call));
    }

    function test_TheWindowIncludesBothEnds() public {
        bytes memory call = _call(7);
        _schedule(call);
        vm.warp(NOW + 2 days);
        uint256 state = vm.snapshotState();
        thing.execute(call);
        require(vm.revertToState(state), "state");
        vm.warp(NOW + 16 days);
        thing.execute(call);
        vm.assertEq(thing.value(), 7, "at the last second");
    }

    function test_NobodyReachesASetterOtherwise() public {
        address[2] memory callers = [OWNER, address(this)];
        for (uint256 i = 0; i < 2; ++i) {
            vm.prank(callers[i]);
            vm.expectRevert(abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, callers[i]));
            thing.setValue(1);
        }
        _schedule(_call(7));
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(_call(8), _notScheduled(_call(8))); // these very bytes, or none
        vm.assertEq(thing.value(), 0, "unchanged");
    }

    function test_OnlyTheOwnerSchedulesAndCancels() public {
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this));
        bytes memory call = _call(7);
        vm.expectRevert(refused);
        thing.schedule(call);
        _schedule(call);
        vm.expectRevert(refused);
        thing.cancel(keccak256(call));
    }

    function test_ACancelledCallIsNeverMade() public {
        bytes memory call = _call(7);
        bytes32 id = _schedule(call);
        vm.expectEmit();
        emit IGoverned.CallCancelled(id);
        vm.prank(OWNER);
        thing.cancel(id);
        vm.assertEq(thing.readyAtOf(id), 0, "gone");
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(call, _notScheduled(call));
        vm.prank(OWNER);
        vm.expectRevert(_notScheduled(call));
        thing.cancel(id);
    }

    /// Scheduling again would put off a call that waits, or renew one quietly before it lapses.
    function test_SchedulesAgainAfterALapseOnly() public {
        bytes memory call = _call(7);
        bytes32 id = _schedule(call);
        bytes memory again = abi.encodeWithSelector(IGoverned.AlreadyScheduled.selector, id);
        uint64[3] memory waits = [uint64(0), 2 days, 16 days];
        for (uint256 i = 0; i < 3; ++i) {
            vm.warp(NOW + waits[i]);
            vm.prank(OWNER);
            vm.expectRevert(again);
            thing.schedule(call);
        }
        vm.warp(NOW + 16 days + 1);
        _schedule(call);
        vm.assertEq(thing.readyAtOf(id), NOW + 18 days + 1, "anew");
    }

    /// What the call itself says is passed on, and the call stays scheduled.
    function test_ACallThatRevertsStaysScheduled() public {
        bytes memory call = _call(101);
        bytes32 id = _schedule(call);
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(call, abi.encodeWithSelector(GovernedThing.TooLarge.selector, 101));
        vm.assertEq(thing.readyAtOf(id), NOW + 2 days, "as before");
    }

    function _hand(address from, address to) private {
        vm.prank(from);
        thing.transferOwnership(to);
        vm.prank(to);
        thing.acceptOwnership();
    }

    function test_AScheduledCallEndsWithTheOwnership() public {
        bytes memory call = _call(7);
        bytes32 id = _schedule(call);
        _hand(OWNER, address(0xcafe));
        vm.assertEq(thing.readyAtOf(id), 0, "ended");
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(call, _notScheduled(call));
        vm.prank(address(0xcafe));
        vm.expectRevert(_notScheduled(call));
        thing.cancel(id);
        // The new owner announces the same call itself, and it waits anew.
        vm.prank(address(0xcafe));
        thing.schedule(call);
        _expectExecuteRevert(call, abi.encodeWithSelector(IGoverned.NotReady.selector, NOW + 4 days));
        vm.warp(NOW + 4 days);
        thing.execute(call);
        vm.assertEq(thing.value(), 7, "made");
    }

    /// What an owner scheduled doesn't come back with it: everybody has taken it for ended.
    function test_AScheduledCallDoesNotComeBackWithItsOwner() public {
        bytes memory call = _call(7);
        _schedule(call);
        _hand(OWNER, address(0xcafe));
        _hand(address(0xcafe), OWNER);
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(call, _notScheduled(call));
    }

    function test_AScheduledCallEndsWithTheLastOwner() public {
        bytes memory call = _call(7);
        _schedule(call);
        vm.prank(OWNER);
        thing.renounceOwnership();
        vm.warp(NOW + 2 days);
        _expectExecuteRevert(call, _notScheduled(call));
    }

    /// An offer alone ends nothing: else an owner could drop what it has announced and keep the ownership.
    function test_AnOfferOfOwnershipEndsNothing() public {
        bytes memory call = _call(7);
        _schedule(call);
        vm.prank(OWNER);
        thing.transferOwnership(address(0xcafe));
        vm.warp(NOW + 2 days);
        thing.execute(call);
        vm.assertEq(thing.value(), 7, "made");
    }
}
