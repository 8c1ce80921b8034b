// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Changes that wait
/// @author Ballast
/// @notice What could hurt a user is never done at once: the owner schedules the exact call, everybody sees it, and
/// after a fixed delay anyone may carry it out. Setters of parameters take calls from the contract itself only, so
/// there is no other way to reach them. A call that nobody made within 14 days of its time has lapsed, and one that a
/// former owner scheduled ends with the ownership: the new owner announces what it wants itself.
interface IGoverned {
    /// @notice A call was scheduled.
    /// @param callId keccak256 of its bytes.
    /// @param readyAt from when on it can be executed, Unix seconds.
    /// @param call selector and arguments, to this contract.
    event CallScheduled(bytes32 indexed callId, uint64 indexed readyAt, bytes call);

    /// @notice A scheduled call was taken back.
    /// @param callId keccak256 of its bytes.
    event CallCancelled(bytes32 indexed callId);

    /// @notice A scheduled call was made.
    /// @param callId keccak256 of its bytes.
    event CallExecuted(bytes32 indexed callId);

    /// @notice This is reached through `schedule` and `execute` only.
    error OnlyScheduled(address caller);

    /// @notice No such call is scheduled, or it has lapsed, or a former owner scheduled it: schedule it first.
    error NotScheduled(bytes32 callId);

    /// @notice The call is scheduled already: wait for it, or cancel it.
    error AlreadyScheduled(bytes32 callId);

    /// @notice The call waits until `readyAt`.
    error NotReady(uint64 readyAt);

    /// @notice Schedules a call to this contract; only the owner may.
    /// @param call selector and arguments.
    /// @return callId keccak256 of its bytes.
    function schedule(bytes calldata call) external returns (bytes32 callId);

    /// @notice Takes a scheduled call back; only the owner may.
    /// @param callId keccak256 of its bytes.
    function cancel(bytes32 callId) external;

    /// @notice Makes a call that has waited long enough and has not lapsed; anyone may.
    /// @param call the bytes that were scheduled.
    function execute(bytes calldata call) external;

    /// @notice When a scheduled call may be made.
    /// @param callId keccak256 of its bytes.
    /// @return readyAt Unix seconds; 0 when it is not scheduled, has lapsed, or was scheduled by a former owner.
    function readyAtOf(bytes32 callId) external view returns (uint64 readyAt);
}
