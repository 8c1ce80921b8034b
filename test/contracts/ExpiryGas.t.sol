// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExpiryDesk} from "contracts/liquidation/IExpiryDesk.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {DeliveryFixture} from "./helpers/DeliveryFixture.sol";
import {GasMeter} from "./helpers/GasMeter.sol";

/// What it costs to fix an expired instrument's value, and to close it.
contract ExpiryGasTest is DeliveryFixture, GasMeter {
    function _measure(string memory name, address target, bytes memory data) private {
        measure("liquidation", name, STRANGER, target, data, 1);
    }

    /// forge-config: default.isolate = true
    function test_GasOfAnExpiry() public {
        uint64 time = uint64(block.timestamp);
        uint256[][] memory rows = twoMarks(MARK, 0);
        publishTable(time, rows);
        ISnapshotOracle.Header memory h = headerOf(time, rows);
        bytes memory data = abi.encodeCall(
            book.record,
            (h, policyHash(), h.tableHash, hashBefore(rows, 1), flat(rows, 1))
        );
        _measure("31 show two settled rows to the delivery book", address(book), data);
        vm.warp(time + 1 hours);
        IExpiryDesk.Closing[] memory list = closing(ALICE, false, 40);
        data = abi.encodeCall(desk.closeExpired, (ALICE, list));
        _measure("32 close an expired instrument of an account, one proof", address(desk), data);
    }
}
