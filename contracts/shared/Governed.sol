// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title Governed
/// @author Ballast
/// @notice An owner whose changes wait for two days, lapse after two weeks, and end with the ownership.
abstract contract Governed is IGoverned, Ownable2Step {
    /// @notice How long a scheduled call waits.
    uint64 public constant CHANGE_DELAY = 2 days;
    /// @notice How long it can be made after that.
    uint64 public constant CHANGE_WINDOW = 14 days;

    /// @notice How often the ownership has changed: what was scheduled in an earlier one counts no more, even if the
    /// same owner comes back.
    uint256 private _epoch;
    /// @notice When the calls that were scheduled in an ownership may be made.
    mapping(uint256 epoch => mapping(bytes32 callId => uint64 readyAt)) private _readyAt;

    /// @notice Only a call that was scheduled.
    modifier onlyScheduled() {
        if (msg.sender != address(this)) revert OnlyScheduled(msg.sender);
        _;
    }

    /// @notice Starts with nothing scheduled.
    /// @param owner who may schedule changes.
    constructor(address owner) Ownable(owner) {}

    /// @inheritdoc IGoverned
    function schedule(bytes calldata call) external onlyOwner returns (bytes32 callId) {
        callId = keccak256(call);
        if (readyAtOf(callId) != 0) revert AlreadyScheduled(callId);
        uint64 readyAt = uint64(block.timestamp) + CHANGE_DELAY;
        _readyAt[_epoch][callId] = readyAt;
        emit CallScheduled(callId, readyAt, call);
    }

    /// @inheritdoc IGoverned
    function cancel(bytes32 callId) external onlyOwner {
        _unschedule(callId);
        emit CallCancelled(callId);
    }

    /// @inheritdoc IGoverned
    function execute(bytes calldata call) external {
        bytes32 callId = keccak256(call);
        uint64 readyAt = _unschedule(callId);
        if (block.timestamp < readyAt) revert NotReady(readyAt);
        emit CallExecuted(callId);
        Address.functionCall(address(this), call);
    }

    /// @inheritdoc IGoverned
    function readyAtOf(bytes32 callId) public view returns (uint64 readyAt) {
        readyAt = _readyAt[_epoch][callId];
        if (block.timestamp > readyAt + CHANGE_WINDOW) readyAt = 0;
    }

    /// @notice Ends what the former owner had scheduled.
    /// @param newOwner the new one, or nobody.
    function _transferOwnership(address newOwner) internal override {
        ++_epoch;
        super._transferOwnership(newOwner);
    }

    /// @notice Forgets a call, or reverts unless it is scheduled.
    /// @param callId keccak256 of its bytes.
    /// @return readyAt from when on it can be made.
    function _unschedule(bytes32 callId) private returns (uint64 readyAt) {
        readyAt = readyAtOf(callId);
        if (readyAt == 0) revert NotScheduled(callId);
        delete _readyAt[_epoch][callId];
    }
}
