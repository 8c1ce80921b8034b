// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {IBounded} from "contracts/shared/IBounded.sol";
import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";

/// The cheatcodes of forge that these tests use.
interface Vm {
    /// What the last call cost; in isolation all that its transaction cost.
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function warp(uint256 timestamp) external;
    function chainId(uint256 id) external;
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert() external;
    function expectRevert(bytes calldata data) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function assume(bool condition) external pure;
    function addr(uint256 privateKey) external pure returns (address);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function getNonce(address account) external view returns (uint64);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function mockCall(address target, bytes calldata data, bytes calldata result) external;
    function mockCallRevert(address target, bytes calldata data, bytes calldata revertData) external;
    function clearMockedCalls() external;
    function etch(address target, bytes calldata code) external;
    function store(address target, bytes32 slot, bytes32 value) external;
    function load(address target, bytes32 slot) external view returns (bytes32);
    function snapshotState() external returns (uint256);
    function pauseGasMetering() external;
    function revertToState(uint256 id) external returns (bool);
    function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256);
    function lastCallGas() external view returns (Gas memory gas);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
    function cool(address target) external;
    function record() external;
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function assertTrue(bool value, string calldata message) external pure;
    function assertEq(uint256 left, uint256 right, string calldata message) external pure;
    function assertEq(int256 left, int256 right, string calldata message) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata message) external pure;
    function assertEq(address left, address right, string calldata message) external pure;
    function assertEq(string calldata left, string calldata right, string calldata message) external pure;
    function assertLe(uint256 left, uint256 right, string calldata message) external pure;
}

/// Base of every test: the cheatcodes, at the address that forge gives them.
abstract contract Base {
    /// Shown by `forge test -vv`.
    event log_named_uint(string key, uint256 value);

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// The revert of a parameter that is out of its bounds.
    function invalidParameter(bytes32 name, uint256 value) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IBounded.InvalidParameter.selector, name, value);
    }

    /// A vault with a clearing house, and without a desk and runs.
    function vaultParts(address clearingHouse) internal pure returns (ICollateralVault.Parts memory) {
        return ICollateralVault.Parts(clearingHouse, address(0), IClosedRuns(address(0)), IVenueStop(address(0)));
    }

    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + (value % (high - low + 1));
    }
}
