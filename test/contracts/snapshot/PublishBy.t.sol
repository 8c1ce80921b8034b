// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {Fixture} from "../helpers/Fixture.sol";

/// What signers sign is good for minutes: nobody keeps it and picks the moment.
contract PublishByTest is Fixture {
    function _none() private pure returns (ISnapshotOracle.TablePoint[] memory) {
        return new ISnapshotOracle.TablePoint[](0);
    }

    /// Signs a snapshot of `time` until `until`, and publishes it as if it were good until `claimed`.
    function _publish(uint64 time, uint64 until, uint64 claimed, bytes memory refused) private returns (uint256) {
        ISnapshotOracle.Header memory h = header(time);
        bytes32 digest = oracle.publishDigest(h, policyElements(), _none(), until);
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        if (refused.length != 0) vm.expectRevert(refused);
        return oracle.publish(h, policyElements(), _none(), claimed, list);
    }

    function _add(uint256 id, uint64 until, uint64 claimed, bytes memory refused) private {
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        IOracleSigners.OracleSignature[] memory list = signatures(oracle.addTablePointsDigest(id, points, until), 2);
        if (refused.length != 0) vm.expectRevert(refused);
        oracle.addTablePoints(id, points, claimed, list);
    }

    function _lapsed(uint64 until) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISnapshotOracle.PublicationLapsed.selector, until);
    }

    function _tooLate(uint64 until, uint64 time) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISnapshotOracle.PublishByTooLate.selector, until, uint256(time) + 1 hours);
    }

    function _unsigned() private view returns (bytes memory) {
        return abi.encodeWithSelector(IOracleSigners.InvalidSignature.selector, vm.addr(signerKeys[0]));
    }

    function test_AStrangerPublishesInTimeAndNotASecondLater() public {
        uint64 until = NOW + 10 minutes;
        vm.warp(until + 1);
        _publish(NOW, until, until, _lapsed(until));
        vm.warp(until);
        _publish(NOW, until, until, "");
        vm.assertEq(oracle.snapshotCount(), 1, "at its last second");
    }

    function test_NobodyButTheSignersSaysUntilWhen() public {
        uint64 until = NOW + 10 minutes;
        vm.warp(until + 1);
        _publish(NOW, until, until + 10 minutes, _unsigned());
    }

    function test_SignersSignForAnHourAtMost() public {
        _publish(NOW, NOW + 1 hours + 1, NOW + 1 hours + 1, _tooLate(NOW + 1 hours + 1, NOW));
        _publish(NOW, type(uint64).max, type(uint64).max, _tooLate(type(uint64).max, NOW));
        _publish(NOW, NOW + 1 hours, NOW + 1 hours, "");
    }

    function test_PointsAreAddedInTimeAndNotASecondLater() public {
        uint256 id = publish(NOW, _none());
        uint64 until = NOW + 10 minutes;
        vm.warp(until + 1);
        _add(id, until, until, _lapsed(until));
        _add(id, until, until + 1, _unsigned());
        vm.warp(until);
        _add(id, until, until, "");
        vm.assertTrue(oracle.isUsable(id, circuitId), "at its last second");
    }

    function test_PointsAreSignedForAnHourOfTheSnapshotsTimeAtMost() public {
        uint256 id = publish(NOW, _none());
        vm.warp(NOW + 30 minutes);
        _add(id, NOW + 1 hours + 1, NOW + 1 hours + 1, _tooLate(NOW + 1 hours + 1, NOW));
        _add(id, NOW + 1 hours, NOW + 1 hours, "");
    }

    /// The digests of the two messages differ whenever publish-by does: no field is left out of what is signed.
    function testFuzz_BothDigestsNameThePublishBy(uint64 one, uint64 other) public view {
        vm.assume(one != other);
        ISnapshotOracle.Header memory h = header(NOW);
        bytes32 digest = oracle.publishDigest(h, policyElements(), _none(), one);
        vm.assertTrue(digest != oracle.publishDigest(h, policyElements(), _none(), other), "publish");
        digest = oracle.addTablePointsDigest(5, _none(), one);
        vm.assertTrue(digest != oracle.addTablePointsDigest(5, _none(), other), "add");
    }
}
