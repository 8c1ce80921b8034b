// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {ITablePointBuilder} from "contracts/snapshot/ITablePointBuilder.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Fixture} from "../helpers/Fixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

contract TablePointBuilderTest is Fixture {
    uint256[][] internal rows;

    function setUp() public override {
        super.setUp();
        for (uint256 n = 0; n < REAL_ROWS; ++n) rows.push(tableRow(n));
    }

    /// The header of the rows as they are now.
    function _header() private view returns (ISnapshotOracle.Header memory h) {
        h = header(NOW);
        h.tableHash = 0;
        for (uint256 n = 0; n < REAL_ROWS; ++n) h.tableHash = keccak256(abi.encodePacked(h.tableHash, rows[n]));
    }

    function _publish(ISnapshotOracle.TablePoint[] memory points) private returns (uint256) {
        ISnapshotOracle.Header memory h = _header();
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, publishBy(h.time));
        return oracle.publish(h, policyElements(), points, publishBy(h.time), signatures(digest, 2));
    }

    function _none() private pure returns (ISnapshotOracle.TablePoint[] memory) {
        return new ISnapshotOracle.TablePoint[](0);
    }

    function _open() private {
        builder.open(_header(), policyElements(), circuitId, icHead(KEY));
    }

    function _chunk(
        uint256 from,
        uint256 to
    ) private view returns (uint256[] memory elements, uint256[] memory points) {
        uint256 real = to < REAL_ROWS ? to : REAL_ROWS;
        real = real > from ? real - from : 0;
        elements = new uint256[](real * WIDTH);
        points = new uint256[]((to - from) * 2 * WIDTH);
        for (uint256 n = from; n < to; ++n) {
            uint256[] memory ic = icRow(KEY, n);
            for (uint256 i = 0; i < 2 * WIDTH; ++i) points[(n - from) * 2 * WIDTH + i] = ic[i];
            if (n < REAL_ROWS) for (uint256 e = 0; e < WIDTH; ++e) elements[(n - from) * WIDTH + e] = rows[n][e];
        }
    }

    function _append(uint256 id, uint256 from, uint256 to) private {
        (uint256[] memory elements, uint256[] memory points) = _chunk(from, to);
        builder.append(id, circuitId, elements, points);
    }

    function _state(uint256 id) private view returns (ISnapshotOracle.PointState state) {
        (, , state) = oracle.tablePoint(id, circuitId);
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_ProvesTheTruePointInAnyChunks(uint256 cuts) public {
        uint256 id = publishTrue(NOW);
        ISnapshotOracle.TablePoint memory expected = truePoint(id)[0];
        vm.expectEmit();
        emit ITablePointBuilder.BuildOpened(address(this), id, circuitId);
        _open();
        uint256 done = 0;
        while (done < ROWS) {
            uint256 next = done + 1 + (cuts % (ROWS - done));
            cuts = uint256(keccak256(abi.encode(cuts)));
            _append(id, done, next);
            done = next;
        }
        (uint256 x, uint256 y, , , bool proven) = oracle.usablePoint(id, circuitId);
        vm.assertTrue(proven && x == expected.x && y == expected.y, "proven");
        vm.assertEq(builder.build(address(this), id, circuitId).circuitRows, 0, "build is cleared");
    }

    function test_RecordsAPointThatNobodySigned() public {
        uint256 id = _publish(_none());
        _open();
        vm.expectEmit();
        emit ITablePointBuilder.BuildFinished(address(this), id, circuitId);
        vm.expectEmit();
        ISnapshotOracle.TablePoint memory expected = truePoint(id)[0];
        emit ISnapshotOracle.TablePointProven(id, circuitId, expected.x, expected.y);
        _append(id, 0, ROWS);
        vm.assertTrue(_state(id) == ISnapshotOracle.PointState.Proven, "proven");
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_DisablesAWrongPoint(uint256 log) public {
        uint256 id = snapshotIdOf(_header());
        log = bound(log, 1, Trapdoor.R - 1);
        vm.assume(log != tableLog(KEY, id));
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        ISnapshotOracle.TablePoint memory truth = truePoint(id)[0];
        Bn254.G1 memory wrong = Trapdoor.g1(log);
        (points[0].x, points[0].y) = (wrong.x, wrong.y);
        _publish(points);
        vm.assertTrue(oracle.isUsable(id, circuitId), "usable until disputed");
        _open();
        vm.expectEmit();
        emit ISnapshotOracle.TablePointMismatch(id, circuitId, truth.x, truth.y);
        _append(id, 0, ROWS);
        vm.assertTrue(_state(id) == ISnapshotOracle.PointState.Disabled, "disabled");
        vm.assertTrue(!oracle.isUsable(id, circuitId), "not usable");
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.TablePointDisabled.selector, id, circuitId));
        oracle.usablePoint(id, circuitId);
        // for good: neither the oracles nor another build revive it
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.AlreadySettled.selector, id, circuitId));
        this.reopen();
    }

    function reopen() external {
        builder.open(_header(), policyElements(), circuitId, icHead(KEY));
    }

    function test_RefusesAWrongRow() public {
        uint256 id = _publish(_none());
        bytes32 expected = _header().tableHash;
        _open();
        rows[3][0] = packed(1, 2, 3);
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        bytes32 computed = _header().tableHash;
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.TableHashMismatch.selector, computed, expected));
        builder.append(id, circuitId, elements, points);
    }

    function test_RefusesAWrongIcPoint() public {
        uint256 id = _publish(_none());
        _open();
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        // a valid point of another position, among the zero rows: only the hash can tell
        (points[7 * 14], points[7 * 14 + 1]) = (points[0], points[1]);
        bytes32 hash = keccak256(abi.encodePacked(icHead(KEY)));
        for (uint256 n = 0; n < ROWS; ++n) {
            uint256[] memory row = icRow(KEY, n);
            if (n == 7) (row[0], row[1]) = (points[0], points[1]);
            hash = keccak256(abi.encodePacked(hash, row));
        }
        bytes memory refused = abi.encodeWithSelector(
            ITablePointBuilder.IcHashMismatch.selector,
            hash,
            verifier.icHash()
        );
        vm.expectRevert(refused);
        builder.append(id, circuitId, elements, points);
    }

    function test_RefusesAnotherKeysHead() public {
        uint256 id = _publish(_none());
        builder.open(_header(), policyElements(), circuitId, icHead(2));
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        bytes32 hash = keccak256(abi.encodePacked(icHead(2)));
        for (uint256 n = 0; n < ROWS; ++n) hash = keccak256(abi.encodePacked(hash, icRow(KEY, n)));
        bytes32 expected = verifier.icHash();
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.IcHashMismatch.selector, hash, expected));
        builder.append(id, circuitId, elements, points);
    }

    function test_RefusesPointsOffTheCurve() public {
        uint256 id = _publish(_none());
        uint256[] memory head = icHead(KEY);
        head[2] ^= 1;
        ISnapshotOracle.Header memory h = _header();
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.InvalidIcPoint.selector));
        builder.open(h, policyElements(), circuitId, head);
        _open();
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, 2);
        points[0] ^= 1;
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.InvalidIcPoint.selector));
        builder.append(id, circuitId, elements, points);
    }

    function test_RefusesWrongLengths() public {
        uint256 id = _publish(_none());
        _open();
        bytes4 selector = ITablePointBuilder.InvalidLength.selector;
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, 2);
        vm.expectRevert(abi.encodeWithSelector(selector, 1, 14));
        builder.append(id, circuitId, new uint256[](1), points);
        vm.expectRevert(abi.encodeWithSelector(selector, 0, 112));
        builder.append(id, circuitId, elements, new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(selector, 15, 112));
        builder.append(id, circuitId, elements, new uint256[](15));
        _append(id, 0, 7);
        vm.expectRevert(abi.encodeWithSelector(selector, 28, 14));
        builder.append(id, circuitId, new uint256[](0), new uint256[](28));
        ISnapshotOracle.Header memory h = _header();
        vm.expectRevert(abi.encodeWithSelector(selector, 35, 36));
        builder.open(h, policyElements(), circuitId, new uint256[](35));
    }

    function test_NeedsAnOpenBuild() public {
        uint256 id = _publish(_none());
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.NoBuild.selector, id, circuitId));
        builder.append(id, circuitId, elements, points);
    }

    function test_NeedsAPublishedSnapshotAndItsPolicy() public {
        _publish(_none());
        uint256[] memory policy = policyElements();
        policy[0] += 1;
        ISnapshotOracle.Header memory h = _header();
        uint256[] memory head = icHead(KEY);
        vm.expectRevert();
        builder.open(h, policy, circuitId, head);
        h.time -= 1;
        bytes4 selector = ISnapshotOracle.UnknownSnapshot.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, snapshotIdOf(h)));
        builder.open(h, policyElements(), circuitId, head);
    }

    function test_NobodyBlocksAnother() public {
        uint256 id = _publish(_none());
        _open();
        _append(id, 0, 3);
        ISnapshotOracle.Header memory h = _header();
        uint256[] memory head = icHead(KEY);
        vm.prank(address(0xbad));
        builder.open(h, policyElements(), circuitId, head);
        (uint256[] memory elements, uint256[] memory points) = _chunk(1, 2);
        vm.prank(address(0xbad));
        builder.append(id, circuitId, elements, points);
        vm.assertEq(builder.build(address(this), id, circuitId).rowsDone, 3, "mine is untouched");
        _append(id, 3, ROWS);
        vm.assertTrue(_state(id) == ISnapshotOracle.PointState.Proven, "proven");
    }

    function test_StartsAgain() public {
        uint256 id = _publish(_none());
        _open();
        _append(id, 1, 3); // the wrong rows
        _open();
        _append(id, 0, ROWS);
        vm.assertTrue(_state(id) == ISnapshotOracle.PointState.Proven, "proven");
    }

    function test_TheSecondOfTwoBuildsIsSettled() public {
        uint256 id = _publish(_none());
        _open();
        _append(id, 0, 7);
        ISnapshotOracle.Header memory h = _header();
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        uint256[] memory head = icHead(KEY);
        vm.prank(address(0x5ec));
        builder.open(h, policyElements(), circuitId, head);
        vm.prank(address(0x5ec));
        builder.append(id, circuitId, elements, points);
        (elements, points) = _chunk(7, ROWS);
        vm.expectRevert(abi.encodeWithSelector(ITablePointBuilder.AlreadySettled.selector, id, circuitId));
        builder.append(id, circuitId, elements, points);
    }

    // --- malformed tables ---

    function _expectMalformed() private {
        uint256 id = _publish(truePoint(snapshotIdOf(_header())));
        _open();
        (uint256[] memory elements, uint256[] memory points) = _chunk(0, ROWS);
        vm.expectEmit();
        emit ISnapshotOracle.TableMalformed(id);
        builder.append(id, circuitId, elements, points);
        vm.assertTrue(!oracle.isUsable(id, circuitId) && !oracle.isFresh(id), "disabled");
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.SnapshotMalformed.selector, id));
        oracle.usablePoint(id, circuitId);
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_DisablesATableWithALaneOutOfRange(uint256 n, uint256 index, bool negative, uint256 size) public {
        (n, index) = (bound(n, 0, REAL_ROWS - 1), bound(index, 0, LANES - 1));
        int256 value = int256(bound(size, 1 << 39, 1 << 83)) * (negative ? -1 : int256(1));
        int256[3] memory v;
        for (uint256 k = 0; k < 3; ++k) v[k] = index % 3 == k ? value : lane(n, 3 * (index / 3) + k);
        rows[n][index / 3] = packed(v[0], v[1], v[2]);
        _expectMalformed();
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_DisablesATableWithAChargeOutOfRange(uint256 n, uint256 which, uint256 charge) public {
        rows[n % REAL_ROWS][4 + (which % 2)] = bound(charge, 1 << 39, type(uint256).max);
        _expectMalformed();
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_DisablesATableWithAnIdOutOfRange(uint256 id) public {
        rows[REAL_ROWS - 1][6] = bound(id, 1 << 20, type(uint256).max);
        _expectMalformed();
    }

    function test_DisablesATableWithAnIdZero() public {
        rows[0][6] = 0;
        _expectMalformed();
    }

    function test_DisablesATableWithEqualIds() public {
        rows[2][6] = rows[1][6];
        _expectMalformed();
    }

    function test_DisablesATableWithDescendingIds() public {
        (rows[2][6], rows[1][6]) = (rows[1][6], rows[2][6]);
        _expectMalformed();
    }

    function test_DisablesATableWithACongruentElement() public {
        rows[1][0] += Bn254.SCALAR_FIELD; // the same to the curve, another table to the hash
        _expectMalformed();
    }
}
