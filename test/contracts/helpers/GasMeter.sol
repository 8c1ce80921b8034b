// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Base} from "./Vm.sol";

/// Takes down what transactions cost. Its callers' tests run isolated (`isolate = true`): only then is a call a
/// transaction of its own, with everything cold, and its gas that of a whole one.
abstract contract GasMeter is Base {
    /// Makes a call as a transaction, and takes down its gas over `parts`.
    function measure(
        string memory group,
        string memory name,
        address caller,
        address target,
        bytes memory data,
        uint256 parts
    ) internal returns (bytes memory) {
        vm.prank(caller);
        (bool success, bytes memory result) = target.call(data);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        vm.assertTrue(success, name);
        vm.snapshotValue(group, name, used / parts);
        return result;
    }
}
