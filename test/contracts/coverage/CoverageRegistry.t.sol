// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CoverageContext} from "contracts/coverage/CoverageContext.sol";
import {CoverageRegistry} from "contracts/coverage/CoverageRegistry.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {Fixture} from "../helpers/Fixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";
import {FakeVerifier} from "../verify/VerifierRegistry.t.sol";

contract CoverageRegistryTest is Fixture {
    uint64 private constant DEADLINE = NOW + 10 minutes;
    uint256 private snapshotId;

    function setUp() public override {
        super.setUp();
        snapshotId = publishTrue(NOW);
    }

    function _expectRevert(ICoverageRegistry.CoverageProof memory c, bytes memory revertData) private {
        vm.expectRevert(revertData);
        registry.attest(c);
        vm.assertTrue(!registry.attestation(c.accountId, c.commitment).exists, "nothing recorded");
    }

    function _invalid() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICoverageRegistry.InvalidProof.selector);
    }

    function testFuzz_AttestsAValidProof(uint256 accountId, uint256 commitment, uint8 tier) public {
        accountId %= Trapdoor.R;
        commitment %= Trapdoor.R;
        tier %= 5;
        vm.warp(NOW + 5);
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, accountId, commitment, tier);
        vm.expectEmit();
        emit ICoverageRegistry.Attested(accountId, commitment, snapshotId);
        vm.prank(address(0x4e1a)); // anyone may relay
        registry.attest(c);
        ICoverageRegistry.Attestation memory a = registry.attestation(accountId, commitment);
        vm.assertTrue(a.exists && a.isCurrent, "current");
        vm.assertEq(a.tier, tier, "tier");
        vm.assertEq(a.snapshotTime, NOW, "snapshot time");
        vm.assertEq(a.attestedAt, NOW + 5, "attested at");
        vm.assertEq(a.expiresAt, NOW + MAX_AGE, "expires at");
        vm.assertEq(a.snapshotId, snapshotId, "snapshot id");
        vm.assertEq(a.circuitId, circuitId, "circuit id");
        vm.assertTrue(!registry.attestation(commitment, accountId).exists || accountId == commitment, "the pair");
    }

    function test_WritesOneSlot() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        vm.record();
        registry.attest(c);
        (, bytes32[] memory writes) = vm.accesses(address(registry));
        vm.assertEq(writes.length, 1, "one storage write");
    }

    function test_ContextIsAsInTheProtocol() public view {
        uint256 expected = contextFor(registry, DEADLINE);
        vm.assertEq(registry.contextOf(DEADLINE), expected, "context");
        vm.assertEq(CoverageContext.compute(block.chainid, address(registry), DEADLINE), expected, "library");
        vm.assertTrue(expected < 1 << 253, "253 bits");
    }

    function test_WorksOnAnyChainWithItsOwnContext() public {
        ICoverageRegistry.CoverageProof memory elsewhere = claim(snapshotId, DEADLINE, 1, 2, 0);
        vm.chainId(10);
        vm.assertEq(registry.contextOf(DEADLINE), contextFor(registry, DEADLINE), "context of chain 10");
        _expectRevert(elsewhere, _invalid());
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 0));
        vm.assertTrue(registry.attestation(1, 2).exists, "attested");
    }

    // --- proofs for something else ---

    function test_RefusesAProofForAnotherChain() public {
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        vm.chainId(here);
        _expectRevert(c, _invalid());
    }

    function test_RefusesAProofForAnotherRegistry() public {
        CoverageRegistry other = new CoverageRegistry(oracle, verifiers, MAX_AGE, false);
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        vm.expectRevert(_invalid());
        other.attest(c);
        registry.attest(c);
    }

    function test_RefusesAnotherDeadline() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.deadline += 1;
        _expectRevert(c, _invalid());
    }

    function test_RefusesAPassedDeadline() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        vm.warp(DEADLINE + 1);
        _expectRevert(
            c,
            abi.encodeWithSelector(ICoverageRegistry.DeadlinePassed.selector, DEADLINE, DEADLINE + 1)
        );
        vm.warp(DEADLINE);
        registry.attest(c);
    }

    function testFuzz_RefusesAnythingElseThanWasProven(uint256 which, uint256 change) public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 1);
        which = bound(which, 0, 2);
        if (which == 0) c.accountId = bound(change, 2, Trapdoor.R - 1);
        else if (which == 1) c.commitment = bound(change, 3, Trapdoor.R - 1);
        else c.tier = uint8(bound(change, 2, 5)) % 5;
        _expectRevert(c, _invalid());
    }

    function test_RefusesTheLowerTierThatWasNotProven() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 3);
        c.tier = 0;
        _expectRevert(c, _invalid());
    }

    function test_RefusesAProofOverAnotherSnapshot() public {
        uint256 other = publishTrue(NOW - 1);
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.snapshotId = other;
        _expectRevert(c, _invalid());
    }

    function test_RefusesAProofOverAWrongTablePoint() public {
        ISnapshotOracle.Header memory h = header(NOW - 2);
        uint256 id = snapshotIdOf(h);
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        Bn254.G1 memory wrong = Trapdoor.g1(31_337);
        (points[0].x, points[0].y) = (wrong.x, wrong.y);
        publish(NOW - 2, points);
        _expectRevert(claim(id, DEADLINE, 1, 2, 0), _invalid());
    }

    function test_RefusesAProofOfAnotherKey() public {
        bytes32 other = verifiers.register(address(newVerifier(2, false)));
        ISnapshotOracle.TablePoint[] memory points = truePoint(snapshotId);
        points[0].circuitId = other;
        oracle.addTablePoints(snapshotId, points, publishBy(NOW), signatures(oracle.addTablePointsDigest(snapshotId, points, publishBy(NOW)), 2));
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.circuitId = other;
        _expectRevert(c, _invalid());
    }

    function test_RefusesAnUnregisteredCircuit() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.circuitId = "none";
        _expectRevert(c, abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
    }

    function test_RefusesAnotherKindOfCircuit() public {
        bytes32 id = keccak256(abi.encode("solvency_1", bytes32("key")));
        verifiers.register(address(new FakeVerifier("solvency_1", "key", id, false, "solvency")));
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.circuitId = id;
        bytes4 selector = IVerifierRegistry.WrongCircuitKind.selector;
        _expectRevert(c, abi.encodeWithSelector(selector, id, bytes8("solvency"), bytes8("coverage")));
    }

    function test_RefusesACircuitWithoutTablePoint() public {
        bytes32 other = verifiers.register(address(newVerifier(2, false)));
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.circuitId = other;
        _expectRevert(c, abi.encodeWithSelector(ISnapshotOracle.NoTablePoint.selector, snapshotId, other));
    }

    function test_RefusesAnUnknownSnapshot() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.snapshotId += 1;
        _expectRevert(c, abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, snapshotId + 1));
    }

    function testFuzz_RefusesSignalsOutsideTheField(uint256 value, bool account) public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        value = bound(value, Trapdoor.R, type(uint256).max);
        if (account) c.accountId = value;
        else c.commitment = value;
        _expectRevert(c, abi.encodeWithSelector(IVerifier.SignalNotInField.selector, account ? 0 : 1));
    }

    function test_RefusesTheCongruentAccount() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.accountId += Trapdoor.R;
        _expectRevert(c, abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 0));
    }

    function testFuzz_RefusesTiersThatDoNotExist(uint8 tier) public {
        tier = uint8(bound(tier, 5, 255));
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, tier);
        _expectRevert(c, abi.encodeWithSelector(ICoverageRegistry.InvalidTier.selector, tier));
    }

    // --- age ---

    function test_RefusesAStaleSnapshot() public {
        uint64 late = NOW + MAX_AGE + 1;
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, late + 1, 1, 2, 0);
        vm.warp(late);
        _expectRevert(c, abi.encodeWithSelector(ICoverageRegistry.SnapshotStale.selector, NOW, late - MAX_AGE));
        vm.warp(late - 1);
        registry.attest(c);
        vm.assertTrue(registry.attestation(1, 2).isCurrent, "current in its last second");
        vm.warp(late);
        ICoverageRegistry.Attestation memory a = registry.attestation(1, 2);
        vm.assertTrue(a.exists && !a.isCurrent, "expired");
    }

    function test_AcceptsASnapshotAheadOfTheClock() public {
        uint256 ahead = publishTrue(NOW + 60);
        registry.attest(claim(ahead, DEADLINE, 1, 2, 0));
        vm.assertEq(registry.attestation(1, 2).expiresAt, NOW + 60 + MAX_AGE, "expires");
    }

    function test_BoundsItsMaxAge() public {
        uint64[2] memory refused = [uint64(59), 7 days + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidMaxAge.selector, refused[i]));
            new CoverageRegistry(oracle, verifiers, refused[i], false);
        }
    }

    // --- replays and overwriting ---

    function test_RefusesAReplay() public {
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        registry.attest(c);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.NotNewer.selector, 1, 2, NOW));
        registry.attest(c);
    }

    function test_RefusesAnOlderSnapshot() public {
        uint256 older = publishTrue(NOW - 1);
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 3));
        ICoverageRegistry.CoverageProof memory c = claim(older, DEADLINE, 1, 2, 0);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.NotNewer.selector, 1, 2, NOW));
        registry.attest(c);
        vm.assertEq(registry.attestation(1, 2).tier, 3, "the newer tier stands");
    }

    function test_ANewerSnapshotReplaces() public {
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 0));
        vm.warp(NOW + 30);
        uint256 newer = publishTrue(NOW + 30);
        registry.attest(claim(newer, DEADLINE, 1, 2, 4));
        ICoverageRegistry.Attestation memory a = registry.attestation(1, 2);
        vm.assertEq(a.tier, 4, "tier");
        vm.assertEq(a.snapshotId, newer, "snapshot");
    }

    function testFuzz_NobodyTouchesAnotherPair(uint256 accountId, uint256 commitment) public {
        accountId %= Trapdoor.R;
        commitment %= Trapdoor.R;
        vm.assume(accountId != 1 || commitment != 2);
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 3));
        bytes32 before = keccak256(abi.encode(registry.attestation(1, 2)));
        registry.attest(claim(snapshotId, DEADLINE, accountId, commitment, 0));
        vm.assertEq(keccak256(abi.encode(registry.attestation(1, 2))), before, "untouched");
    }

    // --- batches ---

    function _items(uint256 k, uint64 deadline) private view returns (ICoverageRegistry.BatchItem[] memory items) {
        items = new ICoverageRegistry.BatchItem[](k);
        for (uint256 i = 0; i < k; ++i) {
            ICoverageRegistry.CoverageProof memory c = claim(
                snapshotId,
                deadline,
                100 + i,
                200 + i,
                uint8(i % 5)
            );
            items[i] = ICoverageRegistry.BatchItem(c.accountId, c.commitment, c.tier, c.proof);
        }
    }

    function testFuzz_AttestsABatch(uint256 k) public {
        k = bound(k, 1, 12);
        ICoverageRegistry.BatchItem[] memory items = _items(k, DEADLINE);
        vm.assertEq(registry.attestBatch(circuitId, snapshotId, DEADLINE, items), k, "recorded");
        for (uint256 i = 0; i < k; ++i) {
            ICoverageRegistry.Attestation memory a = registry.attestation(100 + i, 200 + i);
            vm.assertTrue(a.isCurrent && a.tier == i % 5 && a.snapshotId == snapshotId, "attested");
        }
    }

    function testFuzz_OneBadProofRefusesTheBatch(uint256 which, uint256 kind) public {
        ICoverageRegistry.BatchItem[] memory items = _items(4, DEADLINE);
        ICoverageRegistry.BatchItem memory bad = items[which % 4];
        if (kind % 3 == 0) bad.accountId += 1000;
        else if (kind % 3 == 1) bad.tier = (bad.tier + 1) % 5;
        else (bad.proof.cx, bad.proof.cy) = (1, 2);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidBatchProof.selector));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, items);
        for (uint256 i = 0; i < 4; ++i) {
            vm.assertTrue(!registry.attestation(items[i].accountId, items[i].commitment).exists, "nothing");
        }
    }

    function test_ABatchSkipsWhatIsStored() public {
        ICoverageRegistry.BatchItem[] memory items = _items(3, DEADLINE);
        registry.attest(claim(snapshotId, DEADLINE, 101, 201, 1)); // submitted ahead of the batch
        vm.assertEq(registry.attestBatch(circuitId, snapshotId, DEADLINE, items), 2, "two new");
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.NothingNew.selector));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, items);
    }

    function test_ADuplicateInABatchCountsOnce() public {
        ICoverageRegistry.BatchItem[] memory items = _items(2, DEADLINE);
        items[1] = items[0];
        vm.assertEq(registry.attestBatch(circuitId, snapshotId, DEADLINE, items), 1, "once");
    }

    function test_BatchesMeetTheSameChecks() public {
        ICoverageRegistry.BatchItem[] memory items = _items(2, DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidBatchProof.selector));
        registry.attestBatch(circuitId, snapshotId, DEADLINE + 1, items);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
        registry.attestBatch("none", snapshotId, DEADLINE, items);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidBatchSize.selector, 0));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, new ICoverageRegistry.BatchItem[](0));
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidBatchSize.selector, 65));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, new ICoverageRegistry.BatchItem[](65));
        items[1].tier = 5;
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.InvalidTier.selector, 5));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, items);
        items[1].tier = 1;
        items[1].commitment += Trapdoor.R;
        vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 5));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, items);
        vm.warp(DEADLINE + 1);
        bytes4 passed = ICoverageRegistry.DeadlinePassed.selector;
        vm.expectRevert(abi.encodeWithSelector(passed, DEADLINE, DEADLINE + 1));
        registry.attestBatch(circuitId, snapshotId, DEADLINE, items);
    }

    // --- trust in the table point ---

    function _prove(uint256 id, uint64 time) private {
        builder.open(header(time), policyElements(), circuitId, icHead(KEY));
        for (uint256 n = 0; n < ROWS; ++n)
            builder.append(id, circuitId, n < REAL_ROWS ? tableRow(n) : new uint256[](0), icRow(KEY, n));
    }

    function test_CanRequireProvenPoints() public {
        CoverageRegistry strict = new CoverageRegistry(oracle, verifiers, MAX_AGE, true);
        ICoverageRegistry.CoverageProof memory c = claim(snapshotId, DEADLINE, 1, 2, 0);
        c.proof = Trapdoor.prove(
            KEY,
            tableLog(KEY, snapshotId),
            signalsOf(1, 2, 0, contextFor(strict, DEADLINE)),
            1
        );
        bytes4 selector = ICoverageRegistry.TablePointNotProven.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, snapshotId, circuitId));
        strict.attest(c);
        _prove(snapshotId, NOW);
        strict.attest(c);
        vm.assertTrue(strict.attestation(1, 2).isCurrent, "attested");
    }

    function test_ARetiredCircuitAttestsNothingAndVoidsItsAttestations() public {
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 0));
        vm.assertTrue(registry.attestation(1, 2).isCurrent, "before");
        verifiers.retire(circuitId);
        vm.assertTrue(!registry.attestation(1, 2).isCurrent, "void");
        _expectRevert(
            claim(snapshotId, DEADLINE, 5, 6, 0),
            abi.encodeWithSelector(
                IVerifierRegistry.WrongCircuitKind.selector,
                circuitId,
                bytes8("retired"),
                bytes8("coverage")
            )
        );
    }

    function test_RefusesAnOracleWithAnotherListOfVerifiers() public {
        VerifierRegistry other = new VerifierRegistry(address(this), 0);
        vm.expectRevert(abi.encodeWithSelector(ICoverageRegistry.VerifierListMismatch.selector));
        new CoverageRegistry(oracle, other, MAX_AGE, false);
    }

    function test_AFraudulentPointVoidsItsAttestations() public {
        uint256 id = snapshotIdOf(header(NOW - 3));
        ISnapshotOracle.TablePoint[] memory points = truePoint(id);
        Bn254.G1 memory wrong = Trapdoor.g1(31_337);
        (points[0].x, points[0].y) = (wrong.x, wrong.y);
        publish(NOW - 3, points);
        ICoverageRegistry.CoverageProof memory c = claim(id, DEADLINE, 1, 2, 0);
        c.proof = Trapdoor.prove(KEY, 31_337, signalsOf(1, 2, 0, contextFor(registry, DEADLINE)), 1);
        registry.attest(c);
        vm.assertTrue(registry.attestation(1, 2).isCurrent, "taken for good");
        _prove(id, NOW - 3);
        vm.assertTrue(!registry.attestation(1, 2).isCurrent, "void after the dispute");
        c = claim(id, DEADLINE, 5, 6, 0);
        _expectRevert(c, abi.encodeWithSelector(ISnapshotOracle.TablePointDisabled.selector, id, circuitId));
        // and the pair can attest again, with an honest snapshot
        registry.attest(claim(snapshotId, DEADLINE, 1, 2, 2));
        vm.assertEq(registry.attestation(1, 2).tier, 2, "honest tier");
    }

    function test_NamesItsParts() public view {
        vm.assertEq(registry.oracle(), address(oracle), "oracle");
        vm.assertEq(registry.verifiers(), address(verifiers), "verifiers");
        vm.assertEq(builder.oracle(), address(oracle), "builder");
    }
}
