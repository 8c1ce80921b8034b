// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {SnapshotOracle} from "contracts/snapshot/SnapshotOracle.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {CoverageVerifier} from "contracts/verify/statements/CoverageVerifier.sol";
import {Fixture} from "../helpers/Fixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

contract SnapshotOracleTest is Fixture {
    function _noPoints() private pure returns (ISnapshotOracle.TablePoint[] memory) {
        return new ISnapshotOracle.TablePoint[](0);
    }

    function _expectPublishRevert(
        ISnapshotOracle.Header memory h,
        uint256[] memory policy,
        ISnapshotOracle.TablePoint[] memory points,
        bytes memory revertData
    ) private {
        IOracleSigners.OracleSignature[] memory list = signatures(oracle.publishDigest(h, policy, points, publishBy(h.time)), 2);
        vm.expectRevert(revertData);
        oracle.publish(h, policy, points, publishBy(h.time), list);
    }

    function test_PublishesASnapshotWithItsPoint() public {
        uint256 expected = snapshotIdOf(header(NOW));
        ISnapshotOracle.TablePoint[] memory points = truePoint(expected);
        ISnapshotOracle.Header memory h = header(NOW);
        IOracleSigners.OracleSignature[] memory list = signatures(
            oracle.publishDigest(h, policyElements(), points, publishBy(h.time)),
            2
        );
        vm.expectEmit();
        emit ISnapshotOracle.SnapshotPublished(
            expected,
            1,
            NOW,
            h.tableHash,
            keccak256(abi.encodePacked(policyElements())),
            h.inputHash,
            0
        );
        vm.expectEmit();
        emit ISnapshotOracle.TablePointPosted(expected, circuitId, points[0].x, points[0].y);
        vm.prank(address(0x1234)); // anyone may submit
        uint256 snapshotId = oracle.publish(h, policyElements(), points, publishBy(h.time), list);

        vm.assertEq(snapshotId, expected, "id");
        vm.assertTrue(snapshotId < 1 << 253, "253 bits");
        ISnapshotOracle.Snapshot memory found = oracle.snapshot(snapshotId);
        vm.assertEq(found.time, NOW, "time");
        vm.assertEq(found.sequence, 1, "sequence");
        vm.assertEq(found.rowCount, REAL_ROWS, "rows");
        vm.assertEq(oracle.snapshotIdAt(1), snapshotId, "by sequence");
        vm.assertEq(oracle.snapshotTime(snapshotId), NOW, "snapshotTime");
        (uint256 x, uint256 y, uint64 time, uint32 sequence, bool proven) = oracle.usablePoint(snapshotId, circuitId);
        vm.assertTrue(x == points[0].x && y == points[0].y && time == NOW && sequence == 1 && !proven, "usable");
        (, , ISnapshotOracle.PointState state) = oracle.tablePoint(snapshotId, circuitId);
        vm.assertTrue(state == ISnapshotOracle.PointState.Signed, "signed");
        vm.assertTrue(oracle.isFresh(snapshotId) && oracle.isUsable(snapshotId, circuitId), "fresh");
    }

    function test_DigestIsStandardEip712() public view {
        ISnapshotOracle.Header memory h = header(NOW);
        ISnapshotOracle.TablePoint[] memory points = truePoint(5);
        bytes memory pointType = "TablePoint(bytes32 circuitId,uint256 x,uint256 y)";
        bytes32 pointHash = keccak256(abi.encode(keccak256(pointType), points[0].circuitId, points[0].x, points[0].y));
        bytes memory snapshotType = abi.encodePacked(
            "Snapshot(uint64 time,bytes32 tableHash,uint32 rowCount,uint32 scenarios,uint32 underlyings,",
            "bytes32 policyHash,bytes32 inputHash,uint32 oracleRound,uint64 publishBy,TablePoint[] tablePoints)",
            pointType
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(snapshotType),
                h.time,
                h.tableHash,
                h.rowCount,
                h.scenarios,
                h.underlyings,
                keccak256(abi.encodePacked(policyElements())),
                h.inputHash,
                h.oracleRound,
                publishBy(NOW),
                keccak256(abi.encodePacked(pointHash))
            )
        );
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Ballast SnapshotOracle"),
                keccak256("1"),
                block.chainid,
                address(oracle)
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        vm.assertEq(oracle.publishDigest(h, policyElements(), points, publishBy(h.time)), digest, "publish");

        bytes32 addHash = keccak256(
            abi.encode(
                keccak256(abi.encodePacked("TablePoints(uint256 snapshotId,uint64 publishBy,TablePoint[] tablePoints)", pointType)),
                uint256(5),
                publishBy(NOW),
                keccak256(abi.encodePacked(pointHash))
            )
        );
        digest = keccak256(abi.encodePacked(hex"1901", domain, addHash));
        vm.assertEq(oracle.addTablePointsDigest(5, points, publishBy(NOW)), digest, "add");
    }

    function test_NeverOverwritesASnapshot() public {
        uint256 id = publishTrue(NOW);
        bytes memory taken = abi.encodeWithSelector(ISnapshotOracle.SnapshotAlreadyPublished.selector, id);
        _expectPublishRevert(header(NOW), policyElements(), truePoint(id), taken);
        _expectPublishRevert(header(NOW), policyElements(), _noPoints(), taken);
    }

    function test_NeverOverwritesAPoint() public {
        uint256 id = publishTrue(NOW);
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        Bn254.G1 memory other = Trapdoor.g1(99);
        (points[0].x, points[0].y) = (other.x, other.y);
        IOracleSigners.OracleSignature[] memory list = signatures(oracle.addTablePointsDigest(id, points, publishBy(NOW)), 2);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.TablePointAlreadyPosted.selector, id, circuitId));
        oracle.addTablePoints(id, points, publishBy(NOW), list);
    }

    function test_RefusesTwoPointsForACircuitInOneMessage() public {
        uint256 id = snapshotIdOf(header(NOW));
        ISnapshotOracle.TablePoint[] memory points = new ISnapshotOracle.TablePoint[](2);
        points[0] = truePoint(id)[0];
        Bn254.G1 memory other = Trapdoor.g1(99);
        points[1] = ISnapshotOracle.TablePoint(circuitId, other.x, other.y);
        bytes4 selector = ISnapshotOracle.TablePointAlreadyPosted.selector;
        _expectPublishRevert(header(NOW), policyElements(), points, abi.encodeWithSelector(selector, id, circuitId));
    }

    /// Somebody faster, or the builder, must not void the other points of a signed list.
    function test_SkipsAPointThatIsAlreadyThere() public {
        uint256 id = publishTrue(NOW);
        CoverageVerifier second = newVerifier(2, false);
        bytes32 other = verifiers.register(address(second));
        ISnapshotOracle.TablePoint[] memory points = new ISnapshotOracle.TablePoint[](2);
        points[0] = truePoint(id)[0];
        Bn254.G1 memory point = Trapdoor.g1(99);
        points[1] = ISnapshotOracle.TablePoint(other, point.x, point.y);
        oracle.addTablePoints(id, points, publishBy(NOW), signatures(oracle.addTablePointsDigest(id, points, publishBy(NOW)), 2));
        (uint256 x, , , , ) = oracle.usablePoint(id, other);
        vm.assertEq(x, point.x, "the new one is there");
    }

    function test_ProvesNoPointAtInfinityAndNoDisabledOne() public {
        uint256 id = publishTrue(NOW);
        vm.prank(oracle.builder());
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.InvalidPoint.selector, circuitId));
        oracle.recordProvenPoint(id, circuitId, 0, 0);
        Bn254.G1 memory point = Trapdoor.g1(99);
        vm.prank(oracle.builder());
        oracle.recordProvenPoint(id, circuitId, point.x, point.y);
        vm.prank(oracle.builder());
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.TablePointDisabled.selector, id, circuitId));
        oracle.recordProvenPoint(id, circuitId, point.x, point.y);
    }

    function test_AddsPointsForLaterInstances() public {
        uint256 id = publish(NOW, _noPoints());
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.NoTablePoint.selector, id, circuitId));
        oracle.usablePoint(id, circuitId);
        vm.assertTrue(!oracle.isUsable(id, circuitId), "not yet");
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        oracle.addTablePoints(id, points, publishBy(NOW), signatures(oracle.addTablePointsDigest(id, points, publishBy(NOW)), 2));
        (uint256 x, , , , ) = oracle.usablePoint(id, circuitId);
        vm.assertEq(x, points[0].x, "point");
    }

    function test_AddedPointsNeedSignaturesAndASnapshot() public {
        uint256 id = publish(NOW, _noPoints());
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        bytes32 digest = oracle.addTablePointsDigest(id, points, publishBy(NOW));
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 1);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.NotEnoughSignatures.selector, 1, 2));
        oracle.addTablePoints(id, points, publishBy(NOW), list);
        list = signatures(digest, 2);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, id + 1));
        oracle.addTablePoints(id + 1, points, publishBy(NOW), list);
    }

    function test_RefusesPointsOffTheCurve() public {
        uint256 id = snapshotIdOf(header(NOW));
        for (uint256 i = 0; i < 4; ++i) {
            ISnapshotOracle.TablePoint[] memory points = truePoint(id);
            if (i == 0) points[0].x ^= 1;
            else if (i == 1) (points[0].x, points[0].y) = (0, 0);
            else if (i == 2) points[0].x += Bn254.BASE_FIELD;
            else points[0].y += Bn254.BASE_FIELD;
            bytes4 selector = ISnapshotOracle.InvalidPoint.selector;
            _expectPublishRevert(header(NOW), policyElements(), points, abi.encodeWithSelector(selector, circuitId));
        }
    }

    function test_RefusesUnknownCircuits() public {
        ISnapshotOracle.TablePoint[] memory points = truePoint(snapshotIdOf(header(NOW)));
        points[0].circuitId = "none";
        bytes4 selector = IVerifierRegistry.UnknownCircuit.selector;
        _expectPublishRevert(
            header(NOW),
            policyElements(),
            points,
            abi.encodeWithSelector(selector, bytes32("none"))
        );
    }

    function test_RefusesCircuitsThatDoNotFit() public {
        CoverageVerifier.VerifyingKey memory vk = Trapdoor.key(3, bytes32(0));
        CoverageVerifier.Instance[3] memory misfits = [
            CoverageVerifier.Instance(4, REAL_ROWS - 1, SCENARIOS, UNDERLYINGS),
            CoverageVerifier.Instance(4, ROWS, SCENARIOS + 1, UNDERLYINGS),
            CoverageVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS + 1)
        ];
        uint256 id = snapshotIdOf(header(NOW));
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 misfit = verifiers.register(address(new CoverageVerifier(misfits[i], vk, false)));
            ISnapshotOracle.TablePoint[] memory points = truePoint(id);
            points[0].circuitId = misfit;
            bytes4 selector = ISnapshotOracle.CircuitDoesNotFit.selector;
            _expectPublishRevert(header(NOW), policyElements(), points, abi.encodeWithSelector(selector, id, misfit));
        }
    }

    function test_BoundsTheTime() public {
        _expectPublishRevert(
            header(NOW + 61),
            policyElements(),
            _noPoints(),
            abi.encodeWithSelector(ISnapshotOracle.SnapshotInFuture.selector, NOW + 61, NOW + 60)
        );
        _expectPublishRevert(
            header(NOW - MAX_AGE - 1),
            policyElements(),
            _noPoints(),
            abi.encodeWithSelector(ISnapshotOracle.SnapshotTooOld.selector, NOW - MAX_AGE - 1, NOW - MAX_AGE)
        );
        _expectPublishRevert(
            header(0),
            policyElements(),
            _noPoints(),
            abi.encodeWithSelector(ISnapshotOracle.SnapshotTooOld.selector, 0, NOW - MAX_AGE)
        );
        uint256 newest = publish(NOW + 60, _noPoints());
        uint256 oldest = publish(NOW - MAX_AGE, _noPoints());
        vm.assertEq(oracle.snapshot(newest).sequence, 1, "first");
        vm.assertEq(oracle.snapshot(oldest).sequence, 2, "order of publication, not of time");
    }

    function test_KnowsWhatIsFresh() public {
        uint256 id = publishTrue(NOW);
        vm.warp(NOW + MAX_AGE);
        vm.assertTrue(oracle.isFresh(id), "at the limit");
        vm.warp(NOW + MAX_AGE + 1);
        vm.assertTrue(!oracle.isFresh(id), "past it");
        vm.assertTrue(!oracle.isFresh(id + 1), "unknown");
    }

    function test_RevertsForUnknownSnapshots() public {
        bytes memory unknown = abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, 7);
        vm.expectRevert(unknown);
        oracle.usablePoint(7, circuitId);
        vm.expectRevert(unknown);
        oracle.snapshot(7);
        vm.expectRevert(unknown);
        oracle.snapshotTime(7);
    }

    function test_RefusesBadShapes() public {
        for (uint256 i = 0; i < 6; ++i) {
            ISnapshotOracle.Header memory h = header(NOW);
            if (i == 0) h.rowCount = 0;
            else if (i == 1) h.rowCount = 65_537;
            else if (i == 2) h.scenarios = 0;
            else if (i == 3) h.scenarios = 65;
            else if (i == 4) h.underlyings = 0;
            else h.underlyings = 9;
            bytes4 selector = ISnapshotOracle.InvalidShape.selector;
            bytes memory refused = abi.encodeWithSelector(selector, h.rowCount, h.scenarios, h.underlyings);
            _expectPublishRevert(h, policyElements(), _noPoints(), refused);
        }
    }

    /// Bits of each policy element for K = 2 (docs/protocol/encodings.md, section 3).
    function _bits(uint256 i) private pure returns (uint256) {
        uint8[13] memory bits = [32, 32, 32, 32, 32, 32, 24, 32, 80, 80, 32, 80, 80];
        return i < 13 ? bits[i] : 32;
    }

    function testFuzz_BoundsPolicyElements(uint256 index, uint256 excess) public {
        index = bound(index, 0, 12);
        uint256[] memory policy = policyElements();
        policy[index] = (1 << _bits(index)) - 1;
        ISnapshotOracle.Header memory h = header(NOW);
        uint256 state = vm.snapshotState();
        oracle.publish(h, policy, _noPoints(), publishBy(h.time), signatures(oracle.publishDigest(h, policy, _noPoints(), publishBy(h.time)), 2));
        vm.revertToState(state);
        policy[index] = bound(excess, 1 << _bits(index), type(uint256).max);
        bytes4 selector = ISnapshotOracle.InvalidPolicy.selector;
        _expectPublishRevert(h, policy, _noPoints(), abi.encodeWithSelector(selector, index));
    }

    function test_ThresholdsDescendToOne() public {
        uint256[3][6] memory refused = [
            [uint256(1_300_000), 1_100_000, 999_999],
            [uint256(1_300_000), 1_000_000, 1_000_000],
            [uint256(1_100_000), 1_100_000, 1_000_000],
            [uint256(1_000_000), 1_100_000, 1_000_000],
            [uint256(1_300_000), 1_100_000, 1_000_001],
            [uint256(1 << 32), 1_100_000, 1_000_000]
        ];
        uint256[6] memory culprit = [uint256(15), 14, 13, 13, 15, 13];
        for (uint256 i = 0; i < 6; ++i) {
            uint256[] memory policy = policyElements();
            for (uint256 j = 0; j < 3; ++j) policy[13 + j] = refused[i][j];
            bytes4 selector = ISnapshotOracle.InvalidPolicy.selector;
            _expectPublishRevert(header(NOW), policy, _noPoints(), abi.encodeWithSelector(selector, culprit[i]));
        }
    }

    function test_RefusesAPolicyOfTheWrongLength() public {
        bytes4 selector = ISnapshotOracle.InvalidPolicy.selector;
        bytes memory refused = abi.encodeWithSelector(selector, 15);
        _expectPublishRevert(header(NOW), new uint256[](15), _noPoints(), refused);
    }

    function test_OnlyTheBuilderRecords() public {
        uint256 id = publishTrue(NOW);
        bytes memory denied = abi.encodeWithSelector(ISnapshotOracle.OnlyBuilder.selector, address(this));
        vm.expectRevert(denied);
        oracle.recordProvenPoint(id, circuitId, 1, 2);
        vm.expectRevert(denied);
        oracle.recordMalformedTable(id);
    }

    function test_BoundsItsMaxAge() public {
        address[] memory signers = signerAddresses();
        uint64[2] memory refused = [uint64(59), 7 days + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.InvalidMaxAge.selector, refused[i]));
            new SnapshotOracle(address(this), signers, 2, verifiers, volatilityOracle(), refused[i]);
        }
    }
}

/// Knows round 7 alone.
contract OneRound {
    uint64 private immutable TIME;

    constructor(uint64 time) {
        TIME = time;
    }

    function roundTime(uint32 number) external view returns (uint64) {
        if (number != 7) revert IVolatilityOracle.RoundNotFinal(number);
        return TIME;
    }
}

/// Snapshots of an oracle that knows a volatility oracle name its round.
contract SnapshotRoundTest is Fixture {
    uint64 private constant ROUND_TIME = NOW - 600;

    function volatilityOracle() internal override returns (IVolatilityOracle) {
        return IVolatilityOracle(address(new OneRound(ROUND_TIME)));
    }

    function _publish(uint64 time, uint32 number, bytes memory refused) private returns (uint256) {
        ISnapshotOracle.Header memory h = header(time);
        h.oracleRound = number;
        ISnapshotOracle.TablePoint[] memory none = new ISnapshotOracle.TablePoint[](0);
        IOracleSigners.OracleSignature[] memory list = signatures(oracle.publishDigest(h, policyElements(), none, publishBy(h.time)), 2);
        if (refused.length != 0) vm.expectRevert(refused);
        return oracle.publish(h, policyElements(), none, publishBy(h.time), list);
    }

    function test_NamesAFinalRoundOfItsTime() public {
        vm.assertTrue(address(oracle.volatilityOracle()) != address(0), "known");
        uint256 snapshotId = _publish(NOW, 7, "");
        ISnapshotOracle.Header memory h = header(NOW);
        h.oracleRound = 7;
        vm.assertEq(snapshotId, snapshotIdOf(h), "the id has the round");
        vm.assertEq(oracle.snapshot(snapshotId).oracleRound, 7, "recorded");
        _publish(NOW, 0, abi.encodeWithSelector(ISnapshotOracle.OracleRoundMissing.selector));
        _publish(NOW, 8, abi.encodeWithSelector(IVolatilityOracle.RoundNotFinal.selector, 8));
    }

    function test_TheRoundIsNotOlderThanTheMaximumAge() public {
        vm.warp(ROUND_TIME + MAX_AGE + 1);
        _publish(ROUND_TIME + MAX_AGE, 7, "");
        uint64 time = ROUND_TIME + MAX_AGE + 1;
        _publish(time, 7, _outOfTime(time));
    }

    function test_TheRoundIsNotMuchLaterThanTheSnapshot() public {
        _publish(ROUND_TIME - 60, 7, "");
        _publish(ROUND_TIME - 61, 7, _outOfTime(ROUND_TIME - 61));
    }

    function _outOfTime(uint64 time) private pure returns (bytes memory) {
        bytes4 selector = ISnapshotOracle.OracleRoundOutOfTime.selector;
        return abi.encodeWithSelector(selector, 7, ROUND_TIME, time - MAX_AGE, time + 60);
    }

    function test_WithoutAVolatilityOracleNoRoundIsNamed() public {
        oracle = new SnapshotOracle(
            address(this),
            signerAddresses(),
            2,
            verifiers,
            IVolatilityOracle(address(0)),
            MAX_AGE
        );
        _publish(NOW, 7, abi.encodeWithSelector(ISnapshotOracle.NoVolatilityOracle.selector, 7));
        _publish(NOW, 0, "");
    }

    function test_TheRoundIsSigned() public view {
        ISnapshotOracle.Header memory h = header(NOW);
        h.oracleRound = 7;
        ISnapshotOracle.TablePoint[] memory none = new ISnapshotOracle.TablePoint[](0);
        bytes32 digest = oracle.publishDigest(h, policyElements(), none, publishBy(h.time));
        h.oracleRound = 0;
        vm.assertTrue(digest != oracle.publishDigest(h, policyElements(), none, publishBy(h.time)), "another digest");
    }
}
