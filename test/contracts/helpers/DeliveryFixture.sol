// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DeleverageClaim} from "contracts/liquidation/facts/Claims.sol";
import {IExpiryDesk} from "contracts/liquidation/IExpiryDesk.sol";
import {IDeliveryBook} from "contracts/snapshot/IDeliveryBook.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {GateFixture} from "./GateFixture.sol";

/// The whole liquidation, with tables that have settled rows, and proofs that close them.
abstract contract DeliveryFixture is GateFixture {
    /// What expired, and what one lot of it is worth: 31.03 USD.
    uint32 internal constant CALL = 100;
    uint32 internal constant PUT = 101;
    uint64 internal constant MARK = 31_030_000;
    /// Settlement lots of a cent, in millionths.
    int64 internal constant PRICE = 3_103_000_000;

    IDeliveryBook internal book;

    function setUp() public virtual override {
        super.setUp();
        book = oracle.deliveries();
    }

    // --- tables ---

    /// A mark and nothing else.
    function settledRow(uint32 instrumentId, uint64 mark) internal pure returns (uint256[] memory row) {
        row = new uint256[](WIDTH);
        (row[0], row[WIDTH - 1]) = (mark, instrumentId);
    }

    /// The fixture's first row, then settled ones of these marks, from `CALL` on.
    function rowsOf(uint64[] memory marks) internal pure returns (uint256[][] memory rows) {
        rows = new uint256[][](marks.length + 1);
        rows[0] = tableRow(0);
        for (uint256 i = 0; i < marks.length; ++i) rows[i + 1] = settledRow(CALL + uint32(i), marks[i]);
    }

    function oneMark(uint64 mark) internal pure returns (uint256[][] memory) {
        uint64[] memory marks = new uint64[](1);
        marks[0] = mark;
        return rowsOf(marks);
    }

    function twoMarks(uint64 call, uint64 put) internal pure returns (uint256[][] memory) {
        uint64[] memory marks = new uint64[](2);
        (marks[0], marks[1]) = (call, put);
        return rowsOf(marks);
    }

    function flat(uint256[][] memory rows, uint256 from) internal pure returns (uint256[] memory elements) {
        elements = new uint256[]((rows.length - from) * WIDTH);
        for (uint256 n = from; n < rows.length; ++n) {
            for (uint256 e = 0; e < WIDTH; ++e) elements[(n - from) * WIDTH + e] = rows[n][e];
        }
    }

    /// The table's hash before row n.
    function hashBefore(uint256[][] memory rows, uint256 n) internal pure returns (bytes32 hash) {
        for (uint256 i = 0; i < n; ++i) hash = keccak256(abi.encodePacked(hash, rows[i]));
    }

    function headerOf(uint64 time, uint256[][] memory rows) internal pure returns (ISnapshotOracle.Header memory h) {
        h = header(time);
        (h.tableHash, h.rowCount) = (hashBefore(rows, rows.length), uint32(rows.length));
    }

    /// Publishes a table, without points: no proof is made of it.
    function publishTable(uint64 time, uint256[][] memory rows) internal returns (uint256) {
        ISnapshotOracle.Header memory h = headerOf(time, rows);
        ISnapshotOracle.TablePoint[] memory none = new ISnapshotOracle.TablePoint[](0);
        uint64 until = publishBy(time);
        bytes32 digest = oracle.publishDigest(h, policyElements(), none, until);
        return oracle.publish(h, policyElements(), none, until, signatures(digest, 2));
    }

    function policyHash() internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(policyElements()));
    }

    /// Shows a published table's rows from `from` on.
    function show(uint64 time, uint256[][] memory rows, uint256 from) internal {
        ISnapshotOracle.Header memory h = headerOf(time, rows);
        book.record(h, policyHash(), h.tableHash, hashBefore(rows, from), flat(rows, from));
    }

    /// A call of which a lot is worth `MARK`, for good.
    function deliver() internal {
        uint64 time = uint64(block.timestamp);
        publishTable(time, oneMark(MARK));
        show(time, oneMark(MARK), 1);
        vm.warp(time + 1 hours);
    }

    // --- closings ---

    /// From an account's present portfolio.
    function closing(
        uint256 accountId,
        bool isShort,
        uint64 lots
    ) internal view returns (IExpiryDesk.Closing[] memory list) {
        list = new IExpiryDesk.Closing[](1);
        list[0] = closingOf(accountId, ledger.commitmentOf(accountId), next(accountId), CALL, isShort, lots, PRICE);
    }

    function closingOf(
        uint256 accountId,
        uint256 from,
        uint256 to,
        uint32 instrumentId,
        bool isShort,
        uint64 lots,
        int64 price
    ) internal view returns (IExpiryDesk.Closing memory) {
        DeleverageClaim memory claim_ = deleverageClaim(
            DeleverageTerms(accountId, from, to, instrumentId, isShort, 1, 1, price, lots)
        );
        return IExpiryDesk.Closing(instrumentId, isShort, to, claim_);
    }
}
