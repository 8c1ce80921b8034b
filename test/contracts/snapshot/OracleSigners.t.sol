// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {SnapshotOracle} from "contracts/snapshot/SnapshotOracle.sol";
import {Fixture} from "../helpers/Fixture.sol";

/// A contract signer (ERC-1271) that accepts one digest.
contract ContractSigner {
    bytes32 private immutable DIGEST;

    constructor(bytes32 digest) {
        DIGEST = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == DIGEST ? bytes4(0x1626ba7e) : bytes4(0);
    }
}

contract OracleSignersTest is Fixture {
    function _message()
        private
        view
        returns (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, bytes32 digest)
    {
        h = header(NOW);
        points = new ISnapshotOracle.TablePoint[](0);
        digest = oracle.publishDigest(h, policyElements(), points, publishBy(h.time));
    }

    function _expectRefused(IOracleSigners.OracleSignature[] memory list, bytes memory revertData) private {
        (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, ) = _message();
        vm.expectRevert(revertData);
        oracle.publish(h, policyElements(), points, publishBy(h.time), list);
        vm.assertEq(oracle.snapshotCount(), 0, "nothing published");
    }

    function test_AcceptsTheThresholdAndMore() public {
        (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, bytes32 digest) = _message();
        uint256 state = vm.snapshotState();
        oracle.publish(h, policyElements(), points, publishBy(h.time), signatures(digest, 2));
        vm.revertToState(state);
        oracle.publish(h, policyElements(), points, publishBy(h.time), signatures(digest, 3));
        vm.assertEq(oracle.snapshotCount(), 1, "published");
    }

    function test_RefusesTooFew() public {
        (, , bytes32 digest) = _message();
        bytes4 selector = IOracleSigners.NotEnoughSignatures.selector;
        _expectRefused(signatures(digest, 1), abi.encodeWithSelector(selector, 1, 2));
        _expectRefused(signatures(digest, 0), abi.encodeWithSelector(selector, 0, 2));
    }

    function test_RefusesADuplicate() public {
        (, , bytes32 digest) = _message();
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        list[1] = list[0];
        address signer = list[0].signer;
        _expectRefused(list, abi.encodeWithSelector(IOracleSigners.SignersNotAscending.selector, signer, signer));
    }

    function test_RefusesTheWrongOrder() public {
        (, , bytes32 digest) = _message();
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        (list[0], list[1]) = (list[1], list[0]);
        bytes4 selector = IOracleSigners.SignersNotAscending.selector;
        _expectRefused(list, abi.encodeWithSelector(selector, list[0].signer, list[1].signer));
    }

    function test_RefusesAnUnknownSigner() public {
        (, , bytes32 digest) = _message();
        IOracleSigners.OracleSignature[] memory list = new IOracleSigners.OracleSignature[](2);
        list[0] = signed(0xdead, digest);
        list[1] = signed(signerKeys[2], digest);
        if (list[0].signer > list[1].signer) (list[0], list[1]) = (list[1], list[0]);
        bytes4 selector = IOracleSigners.UnknownSigner.selector;
        _expectRefused(list, abi.encodeWithSelector(selector, vm.addr(0xdead)));
    }

    function test_RefusesAnotherSignersSignature() public {
        (, , bytes32 digest) = _message();
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        list[1].signature = list[0].signature;
        bytes4 selector = IOracleSigners.InvalidSignature.selector;
        _expectRefused(list, abi.encodeWithSelector(selector, list[1].signer));
    }

    function test_RefusesAMalformedSignature() public {
        (, , bytes32 digest) = _message();
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        list[1].signature = hex"1234";
        bytes4 selector = IOracleSigners.InvalidSignature.selector;
        _expectRefused(list, abi.encodeWithSelector(selector, list[1].signer));
    }

    function test_RefusesAnotherContractsDomain() public {
        SnapshotOracle other = new SnapshotOracle(address(this), signerAddresses(), 2, verifiers, volatilityOracle(), MAX_AGE);
        (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, ) = _message();
        bytes32 digest = other.publishDigest(h, policyElements(), points, publishBy(h.time));
        bytes4 selector = IOracleSigners.InvalidSignature.selector;
        _expectRefused(signatures(digest, 2), abi.encodeWithSelector(selector, vm.addr(signerKeys[0])));
    }

    function test_RefusesAnotherChainsDomain() public {
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        (, , bytes32 digest) = _message();
        vm.chainId(here);
        bytes4 selector = IOracleSigners.InvalidSignature.selector;
        _expectRefused(signatures(digest, 2), abi.encodeWithSelector(selector, vm.addr(signerKeys[0])));
    }

    function testFuzz_RefusesSignaturesOfAnotherMessage(uint256 which, uint64 change) public {
        (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, ) = _message();
        uint256[] memory policy = policyElements();
        which = bound(which, 0, 4);
        change = uint64(bound(change, 1, 60));
        if (which == 0) h.time -= change;
        else if (which == 1) h.tableHash = bytes32(uint256(h.tableHash) ^ change);
        else if (which == 2) h.inputHash = bytes32(uint256(h.inputHash) ^ change);
        else if (which == 3) h.rowCount += uint32(change);
        else policy[0] += change;
        bytes32 digest = oracle.publishDigest(h, policy, points, publishBy(h.time));
        bytes4 selector = IOracleSigners.InvalidSignature.selector;
        _expectRefused(signatures(digest, 2), abi.encodeWithSelector(selector, vm.addr(signerKeys[0])));
    }

    function test_AcceptsContractSigners() public {
        (ISnapshotOracle.Header memory h, ISnapshotOracle.TablePoint[] memory points, ) = _message();
        address[] memory set = new address[](1);
        set[0] = address(0x1271);
        SnapshotOracle other = new SnapshotOracle(address(this), set, 1, verifiers, volatilityOracle(), MAX_AGE);
        bytes32 digest = other.publishDigest(h, policyElements(), points, publishBy(h.time));
        IOracleSigners.OracleSignature[] memory list = new IOracleSigners.OracleSignature[](1);
        list[0] = IOracleSigners.OracleSignature(address(0x1271), "");
        vm.etch(address(0x1271), address(new ContractSigner(bytes32("another"))).code);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.InvalidSignature.selector, address(0x1271)));
        other.publish(h, policyElements(), points, publishBy(h.time), list);
        vm.etch(address(0x1271), address(new ContractSigner(digest)).code);
        other.publish(h, policyElements(), points, publishBy(h.time), list);
    }

    // --- the set ---

    function _set(uint256 count) private pure returns (address[] memory list) {
        list = new address[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = address(uint160(0x1000 + i));
    }

    function test_ChangesOnlyAfterTheDelay() public {
        address[] memory next = _set(5);
        oracle.proposeSigners(next, 3);
        uint64 activeAt = NOW + oracle.SIGNER_CHANGE_DELAY();
        (address[] memory pending, uint256 threshold, uint64 at_) = oracle.pendingSigners();
        vm.assertEq(pending.length, 5, "pending");
        vm.assertEq(threshold, 3, "pending threshold");
        vm.assertEq(at_, activeAt, "active at");
        vm.warp(activeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.SignersNotReady.selector, activeAt));
        oracle.activateSigners();
        vm.warp(activeAt);
        oracle.activateSigners();
        (address[] memory current, uint256 now_) = oracle.signerSet();
        vm.assertEq(current.length, 5, "current");
        vm.assertEq(now_, 3, "threshold");
        vm.assertEq(current[4], next[4], "last");
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.NoPendingSigners.selector));
        oracle.activateSigners();
    }

    function test_OldSignersCountNoMoreAfterAChange() public {
        oracle.proposeSigners(_set(3), 2);
        vm.warp(NOW + oracle.SIGNER_CHANGE_DELAY());
        oracle.activateSigners();
        ISnapshotOracle.Header memory h = header(uint64(block.timestamp));
        ISnapshotOracle.TablePoint[] memory points = new ISnapshotOracle.TablePoint[](0);
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, publishBy(h.time));
        bytes4 selector = IOracleSigners.UnknownSigner.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, vm.addr(signerKeys[0])));
        oracle.publish(h, policyElements(), points, publishBy(h.time), signatures(digest, 2));
    }

    function test_AProposedSetLapses() public {
        oracle.proposeSigners(_set(3), 2);
        uint64 until = NOW + oracle.SIGNER_CHANGE_DELAY() + oracle.SIGNER_CHANGE_WINDOW();
        vm.warp(until + 1);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.SignersLapsed.selector, until));
        oracle.activateSigners();
        // Proposed anew it waits anew.
        oracle.proposeSigners(_set(3), 2);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.SignersNotReady.selector, until + 1 + 2 days));
        oracle.activateSigners();
        vm.warp(until + 1 + 16 days); // the last second
        oracle.activateSigners();
        (address[] memory current, ) = oracle.signerSet();
        vm.assertEq(current.length, 3, "in force");
    }

    function test_AProposedSetEndsWithTheOwnership() public {
        oracle.proposeSigners(_set(3), 2);
        oracle.transferOwnership(address(0xcafe));
        vm.expectEmit();
        emit IOracleSigners.SignersCancelled();
        vm.prank(address(0xcafe));
        oracle.acceptOwnership();
        vm.warp(NOW + oracle.SIGNER_CHANGE_DELAY());
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.NoPendingSigners.selector));
        oracle.activateSigners();
        vm.prank(address(0xcafe));
        oracle.proposeSigners(_set(4), 3);
        vm.warp(NOW + 2 * oracle.SIGNER_CHANGE_DELAY());
        oracle.activateSigners();
        (address[] memory current, ) = oracle.signerSet();
        vm.assertEq(current.length, 4, "the new owner's");
    }

    function test_CanBeCancelled() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.NoPendingSigners.selector));
        oracle.cancelSigners();
        oracle.proposeSigners(_set(3), 2);
        oracle.cancelSigners();
        vm.warp(NOW + 30 days);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.NoPendingSigners.selector));
        oracle.activateSigners();
    }

    function test_RestartsTheDelayOfANewProposal() public {
        oracle.proposeSigners(_set(3), 2);
        vm.warp(NOW + 1 days);
        oracle.proposeSigners(_set(4), 3);
        vm.warp(NOW + 2 days);
        vm.expectRevert(abi.encodeWithSelector(IOracleSigners.SignersNotReady.selector, NOW + 3 days));
        oracle.activateSigners();
    }

    function test_OnlyTheOwnerProposesAndCancels() public {
        bytes memory denied = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad));
        vm.prank(address(0xbad));
        vm.expectRevert(denied);
        oracle.proposeSigners(_set(3), 2);
        oracle.proposeSigners(_set(3), 2);
        vm.prank(address(0xbad));
        vm.expectRevert(denied);
        oracle.cancelSigners();
    }

    function testFuzz_BoundsSetAndThreshold(uint256 count, uint256 threshold) public {
        count = bound(count, 0, 20);
        threshold = bound(threshold, 0, 21);
        if (count == 0 || count > 16) vm.expectRevert(abi.encodeWithSelector(IOracleSigners.InvalidSignerSet.selector));
        else if (threshold > count || 2 * threshold <= count)
            vm.expectRevert(abi.encodeWithSelector(IOracleSigners.InvalidThreshold.selector, threshold, count));
        oracle.proposeSigners(_set(count), threshold);
    }

    function test_RefusesUnorderedZeroAndDoubleSigners() public {
        bytes memory refused = abi.encodeWithSelector(IOracleSigners.InvalidSignerSet.selector);
        address[] memory list = _set(3);
        (list[0], list[1]) = (list[1], list[0]);
        vm.expectRevert(refused);
        oracle.proposeSigners(list, 2);
        list = _set(3);
        list[0] = address(0);
        vm.expectRevert(refused);
        oracle.proposeSigners(list, 2);
        list = _set(3);
        list[2] = list[1];
        vm.expectRevert(refused);
        new SnapshotOracle(address(this), list, 2, verifiers, volatilityOracle(), MAX_AGE);
    }
}
