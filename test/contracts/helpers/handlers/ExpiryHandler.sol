// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {IExpiryDesk} from "contracts/liquidation/IExpiryDesk.sol";
import {CeilingFixture} from "../CeilingFixture.sol";
import {DeliveryFixture} from "../DeliveryFixture.sol";
import {LiquidationFixture} from "../LiquidationFixture.sol";
import {OpeningHandler} from "./OpeningHandler.sol";

/// Whoever has openings closes what has expired, in accounts of customers and of the house.
abstract contract ExpiryHandler is OpeningHandler, DeliveryFixture {
    /// The other side of all closings.
    int256 private _lots;
    int256 private _cash;
    mapping(uint256 accountId => uint64 time) private _closedAt;

    function setUp() public virtual override(OpeningHandler, DeliveryFixture) {
        super.setUp();
        deliver();
        advance(1);
    }

    function allPoints(
        uint256 id
    ) internal view virtual override(LiquidationFixture, CeilingFixture) returns (ISnapshotOracle.TablePoint[] memory) {
        return super.allPoints(id);
    }

    function closeExpired(uint256 who, uint16 lots, bool isShort) external {
        uint256 accountId = who % 8 == 0 ? HOUSE : _customer(who);
        uint64 held = uint64(bound(lots, 1, 1_000));
        if (who % 2 == 0 && block.timestamp < _closedAt[accountId] + desk.CLOSE_SPACING()) serve(10 minutes);
        (uint256 root, uint64 rootAt) = ledger.rootOf(accountId);
        bytes32 before = _caseState(accountId);
        bool isHidden = accountId != HOUSE && before == 0 && engine.isBreachProven(accountId);
        IExpiryDesk.Closing[] memory list = closing(accountId, isShort, held);
        bool isTooSoon = block.timestamp < _closedAt[accountId] + desk.CLOSE_SPACING();
        bool isLocked = block.timestamp < ledger.lockedUntil(accountId);
        vm.prank(STRANGER);
        desk.closeExpired(accountId, list);
        if (isHidden) violation = "a closing hid a breach that was proven";
        if (isTooSoon || isLocked) violation = "a closing took a proof away too soon, or a locked account's";
        (uint256 rootAfter, uint64 rootAtAfter) = ledger.rootOf(accountId);
        if (rootAfter != root || rootAtAfter != rootAt) violation = "a closing made another root";
        if (_caseState(accountId) != before) violation = "a closing changed a case";
        _closedAt[accountId] = uint64(block.timestamp);
        int256 sign = isShort ? -int256(1) : int256(1);
        _lots += sign * int256(uint256(held));
        _cash -= (sign * int256(uint256(held)) * PRICE) / 1_000_000;
        ++done["close expired"];
    }

    /// An account's open case; 0 when there is none.
    function _caseState(uint256 accountId) private view returns (bytes32) {
        uint256 caseId = engine.openCaseOf(accountId);
        return caseId == 0 ? bytes32(0) : keccak256(abi.encode(engine.caseOf(caseId)));
    }

    /// The delivery account is the other side of all that was closed, to the lot.
    function _requireDelivered() internal view {
        vm.assertEq(desk.deliveredLots(CALL), _lots, "delivered lots");
        vm.assertEq(desk.deliveredCash(), _cash, "and what was paid for them");
    }
}
