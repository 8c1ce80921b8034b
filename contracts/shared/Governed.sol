// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IGoverned} from "./IGoverned.sol";

/// @title Governed
/// @author Ballast
/// @notice An owner whose changes wait for two days, and lapse after two weeks.
abstract contract Governed is IGoverned, Ownable2Step {
    /// @notice How long a scheduled call waits.
    uint64 public constant CHANGE_DELAY = 2 days;
    /// @notice How long it can be made after that.
    uint64 public constant CHANGE_WINDOW = 14 days;

    /// @notice When scheduled calls may be made.
    mapping(bytes32 callId => uint64 readyAt) public override readyAtOf;

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
        uint64 waiting = readyAtOf[callId];
        if (waiting != 0 && block.timestamp <= waiting + CHANGE_WINDOW) revert AlreadyScheduled(callId);
        uint64 readyAt = uint64(block.timestamp) + CHANGE_DELAY;
        readyAtOf[callId] = readyAt;
        emit CallScheduled(callId, readyAt, call);
    }

    /// @inheritdoc IGoverned
    function cancel(bytes32 callId) external onlyOwner {
        if (readyAtOf[callId] == 0) revert NotScheduled(callId);
        delete readyAtOf[callId];
        emit CallCancelled(callId);
    }

    /// @inheritdoc IGoverned
    function execute(bytes calldata call) external {
        bytes32 callId = keccak256(call);
        uint64 readyAt = readyAtOf[callId];
        if (readyAt == 0 || block.timestamp > readyAt + CHANGE_WINDOW) revert NotScheduled(callId);
        if (block.timestamp < readyAt) revert NotReady(readyAt);
        delete readyAtOf[callId];
        emit CallExecuted(callId);
        Address.functionCall(address(this), call);
    }
}
