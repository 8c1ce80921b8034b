// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {CoverageVerifier} from "contracts/verify/statements/CoverageVerifier.sol";
import {Fixture} from "../helpers/Fixture.sol";
import {SubjectTrapdoor} from "../helpers/SubjectTrapdoor.sol";

/// A verifier that claims what it is told to.
contract FakeVerifier {
    string public name;
    bytes32 public keyHash;
    bytes32 public circuitId;
    bool public isDevKey;
    bytes8 public kind;
    uint32 public slots;

    constructor(string memory name_, bytes32 keyHash_, bytes32 circuitId_, bool isDevKey_, bytes8 kind_) {
        (name, keyHash, circuitId, isDevKey, kind) = (name_, keyHash_, circuitId_, isDevKey_, kind_);
    }
}

contract VerifierRegistryTest is Fixture {
    function _registering(address verifier_) private view returns (bytes memory) {
        return abi.encodeCall(verifiers.register, (verifier_));
    }

    function _onlyScheduled() private view returns (bytes memory) {
        return abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, address(this));
    }

    function test_RegistersByTheComputedId() public {
        CoverageVerifier other = newVerifier(2, false);
        vm.expectEmit();
        emit IVerifierRegistry.VerifierRegistered(other.circuitId(), 1, address(other));
        bytes32 id = verifiers.register(address(other));
        vm.assertEq(id, keccak256(abi.encode(other.name(), other.keyHash())), "id");
        vm.assertEq(verifiers.verifierOf(id), address(other), "verifier");
        vm.assertEq(verifiers.circuitAt(1), id, "index");
        vm.assertEq(verifiers.circuitCount(), 2, "count");
        (address found, uint32 index) = verifiers.verifierFor(id, "coverage");
        vm.assertEq(found, address(other), "verifierFor");
        vm.assertEq(index, 1, "index for");
    }

    /// One size a venue: what is attested in it can be moved, reduced, run and closed in it.
    function testFuzz_TakesVerifiersOfItsSizeOnly(uint32 size) public {
        vm.assume(size != 0);
        VerifierRegistry sized = new VerifierRegistry(address(this), size);
        vm.assertEq(uint256(sized.slots()), size, "its size");
        CoverageVerifier other = newVerifier(2, false);
        if (size != 4) vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.WrongSlots.selector, 4, size));
        sized.register(address(other));
        vm.assertEq(sized.circuitCount(), size == 4 ? 1 : 0, "taken or not");
        sized.register(address(SubjectTrapdoor.newMembershipVerifier(20))); // about no portfolio
        vm.assertEq(sized.circuitCount(), size == 4 ? 2 : 1, "of any tree");
    }

    function test_TakesAnySizeWhereAccountsAreOnlyAttested() public {
        VerifierRegistry unsized = new VerifierRegistry(address(this), 0);
        vm.assertEq(uint256(unsized.slots()), 0, "any");
        unsized.register(address(SubjectTrapdoor.newEmptyVerifier(4)));
        unsized.register(address(SubjectTrapdoor.newEmptyVerifier(64)));
    }

    function test_RevertsForAnybodyButTheOwner() public {
        CoverageVerifier other = newVerifier(2, false);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad)));
        verifiers.register(address(other));
    }

    function test_RevertsForATakenId() public {
        CoverageVerifier twin = newVerifier(KEY, false);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.CircuitAlreadyRegistered.selector, circuitId));
        verifiers.register(address(twin));
        vm.assertEq(verifiers.verifierOf(circuitId), address(verifier), "unchanged");
    }

    function test_RevertsForAnIdThatIsNotComputed() public {
        FakeVerifier fake = new FakeVerifier("coverage_1x1_s1k1", "key", circuitId, false, "coverage");
        bytes32 computed = keccak256(abi.encode("coverage_1x1_s1k1", bytes32("key")));
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.CircuitIdMismatch.selector, computed, circuitId)
        );
        verifiers.register(address(fake));
    }

    function test_RevertsForDevKeysOutsideLocalChains() public {
        bytes32 id = keccak256(abi.encode("coverage_1x1_s1k1", bytes32("key")));
        FakeVerifier dev = new FakeVerifier("coverage_1x1_s1k1", "key", id, true, "coverage");
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        verifiers.register(address(dev));
        vm.chainId(31_337);
        vm.assertEq(verifiers.register(address(dev)), id, "local chain");
    }

    function test_RevertsForAnUnknownCircuit() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
        verifiers.verifierOf("none");
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
        verifiers.verifierFor("none", "coverage");
    }

    function test_RevertsForAnotherKind() public {
        bytes32 id = keccak256(abi.encode("solvency_1", bytes32("key")));
        verifiers.register(address(new FakeVerifier("solvency_1", "key", id, false, "solvency")));
        vm.expectRevert(
            abi.encodeWithSelector(
                IVerifierRegistry.WrongCircuitKind.selector,
                id,
                bytes8("solvency"),
                bytes8("coverage")
            )
        );
        verifiers.verifierFor(id, "coverage");
    }

    function test_RetiresACircuitForGood() public {
        vm.assertEq(bytes32(verifiers.kindOf(circuitId)), bytes32(bytes8("coverage")), "before");
        vm.expectEmit();
        emit IVerifierRegistry.CircuitRetired(circuitId);
        verifiers.retire(circuitId);
        vm.assertEq(bytes32(verifiers.kindOf(circuitId)), bytes32(bytes8("retired")), "after");
        vm.expectRevert(
            abi.encodeWithSelector(
                IVerifierRegistry.WrongCircuitKind.selector,
                circuitId,
                bytes8("retired"),
                bytes8("coverage")
            )
        );
        verifiers.verifierFor(circuitId, "coverage");
        CoverageVerifier twin = newVerifier(KEY, false);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.CircuitAlreadyRegistered.selector, circuitId));
        verifiers.register(address(twin));
    }

    function test_RetiresOnlyForTheOwnerAndOnlyWhatIsThere() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
        verifiers.retire("none");
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad)));
        verifiers.retire(circuitId);
    }

    // --- sealing ---

    function test_TheOwnerSealsOnceForGood() public {
        vm.assertTrue(!verifiers.isSealed(), "open at first");
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad)));
        verifiers.seal();
        vm.expectEmit();
        emit IVerifierRegistry.ListSealed();
        verifiers.seal();
        vm.assertTrue(verifiers.isSealed(), "sealed");
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.AlreadySealed.selector));
        verifiers.seal();
    }

    function testFuzz_ASealedListTakesNothingThatHasNotWaited(uint64 wait) public {
        verifiers.seal();
        address other = address(newVerifier(2, false));
        bytes32 id = CoverageVerifier(other).circuitId();
        vm.expectRevert(_onlyScheduled());
        verifiers.register(other);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, address(0xbad)));
        verifiers.register(other);
        bytes memory call = _registering(other);
        vm.prank(address(0xbad));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad)));
        verifiers.schedule(call);
        vm.expectRevert(abi.encodeWithSelector(IGoverned.NotScheduled.selector, keccak256(call)));
        verifiers.execute(call);
        verifiers.schedule(call);
        vm.warp(NOW + bound(wait, 0, 2 days - 1));
        vm.expectRevert(abi.encodeWithSelector(IGoverned.NotReady.selector, NOW + 2 days));
        verifiers.execute(call);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, id));
        verifiers.verifierOf(id);
        vm.warp(NOW + 2 days);
        vm.expectEmit();
        emit IVerifierRegistry.VerifierRegistered(id, 1, other);
        vm.prank(address(0xa11)); // anyone carries it out
        verifiers.execute(call);
        vm.assertEq(verifiers.verifierOf(id), other, "registered");
        vm.expectRevert(abi.encodeWithSelector(IGoverned.NotScheduled.selector, keccak256(call)));
        verifiers.execute(call);
    }

    /// What a scheduled call may add is checked as ever.
    function test_AScheduledVerifierIsCheckedToo() public {
        verifiers.seal();
        bytes memory call = _registering(address(newVerifier(KEY, false)));
        verifiers.schedule(call);
        vm.warp(NOW + 2 days);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.CircuitAlreadyRegistered.selector, circuitId));
        verifiers.execute(call);
        verifiers.cancel(keccak256(call));
        vm.expectRevert(abi.encodeWithSelector(IGoverned.NotScheduled.selector, keccak256(call)));
        verifiers.execute(call);
    }

    function test_ACallOfBeforeTheSealStillWaits() public {
        address other = address(newVerifier(2, false));
        bytes memory call = _registering(other);
        verifiers.schedule(call);
        verifiers.seal();
        vm.warp(NOW + 1 days);
        vm.expectRevert(abi.encodeWithSelector(IGoverned.NotReady.selector, NOW + 2 days));
        verifiers.execute(call);
    }

    /// Retiring only stops: it never waits.
    function test_RetiresAtOnceFromASealedList() public {
        verifiers.seal();
        verifiers.retire(circuitId);
        vm.assertEq(bytes32(verifiers.kindOf(circuitId)), bytes32(bytes8("retired")), "at once");
    }
}
