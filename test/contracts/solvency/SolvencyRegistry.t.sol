// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ILossFunds} from "contracts/clearing/ILossFunds.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {SolvencyRegistry} from "contracts/solvency/SolvencyRegistry.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

/// A venue that is a contract: it signs by saying so.
contract ContractVenue is IERC1271 {
    bytes32 private _signed;

    function approve(bytes32 digest) external {
        _signed = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == _signed ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// Deploying, opening a run and submitting its batches; closing is in `SolvencyClose.t.sol`.
contract SolvencyRegistryTest is SolvencyFixture {
    function _expectOpenRevert(ISolvencyRegistry.RunHeader memory h, bytes memory data) private {
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        vm.expectRevert(data);
        solvency.open(h, signature);
        vm.assertEq(solvency.run(solvency.runIdOf(h)).deadline, 0, "not opened");
    }

    function _expectSubmitRevert(
        bytes32 runId,
        uint256 from,
        ISolvencyRegistry.Step[] memory list,
        bytes memory data
    ) private {
        ISolvencyRegistry.Run memory before = solvency.run(runId);
        vm.expectRevert(data);
        solvency.submit(runId, from, list);
        ISolvencyRegistry.Run memory afterwards = solvency.run(runId);
        vm.assertEq(afterwards.batches, before.batches, "no batch more");
        vm.assertEq(afterwards.state, before.state, "same state");
    }

    function _invalid() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.InvalidProof.selector);
    }

    function _invalidBatch() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.InvalidBatchProof.selector);
    }

    function _one(ISolvencyRegistry.Step memory step) private pure returns (ISolvencyRegistry.Step[] memory list) {
        list = new ISolvencyRegistry.Step[](1);
        list[0] = step;
    }

    // --- deploying ---

    function test_NamesItsParts() public view {
        vm.assertEq(solvency.oracle(), address(oracle), "oracle");
        vm.assertEq(solvency.verifiers(), address(verifiers), "verifiers");
        vm.assertEq(solvency.vault(), address(vault), "vault");
        vm.assertEq(solvency.clearingHouse(), address(clearingHouse), "clearing house");
        vm.assertEq(solvency.venue(), venue, "venue");
        vm.assertEq(solvency.maxAge(), MAX_AGE, "max age");
        vm.assertTrue(!solvency.requireProven(), "signed points will do");
    }

    function test_RefusesPartsThatDoNotBelongTogether() public {
        VerifierRegistry otherList = new VerifierRegistry(address(this), 0);
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.VerifierListMismatch.selector));
        new SolvencyRegistry(oracle, otherList, vault, clearingHouse, MAX_AGE, false);
        vm.expectRevert(); // a vault that does not answer
        new SolvencyRegistry(oracle, verifiers, ICollateralVault(address(0xbad)), clearingHouse, MAX_AGE, false);
        vm.expectRevert(); // a clearing house that does not
        new SolvencyRegistry(oracle, verifiers, vault, ILossFunds(address(0xbad)), MAX_AGE, false);
        uint64[2] memory refused = [uint64(59), 7 days + 1];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.InvalidMaxAge.selector, refused[i]));
            new SolvencyRegistry(oracle, verifiers, vault, clearingHouse, refused[i], false);
        }
    }

    // --- opening ---

    function test_OpensARunUnderTheVenuesSignature() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory encoded = abi.encode(keccak256("ballast.solvency.run.v1"), block.chainid, address(solvency), h);
        bytes32 expected = keccak256(encoded);
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        vm.expectEmit();
        emit ISolvencyRegistry.RunOpened(expected, snapshotId, ROOT);
        vm.prank(address(0x4e1a)); // anyone may relay
        bytes32 runId = solvency.open(h, signature);
        vm.assertEq(runId, expected, "run id");
        vm.assertEq(solvency.runIdOf(h), expected, "view");
        vm.assertEq(solvency.contextOf(runId), contextFor(runId), "context");
        vm.assertTrue(contextFor(runId) < 1 << 253, "253 bits");
        ISolvencyRegistry.Run memory run = solvency.run(runId);
        vm.assertTrue(run.accountsRoot == ROOT && run.state == stateOf(ROOT, 0), "root and state");
        vm.assertTrue(run.snapshotId == snapshotId && run.reservesHash == h.reservesHash, "snapshot and reserves");
        vm.assertTrue(run.batchCircuit == batchCircuit && run.reportCircuit == reportCircuit, "circuits");
        vm.assertTrue(run.deadline == RUN_DEADLINE && run.batches == 0 && !run.closed, "the rest");
        vm.assertTrue(!solvency.attestation(runId).exists && !solvency.isCurrent(runId), "attests nothing yet");
    }

    function test_ARunIdOpensOnce() public {
        bytes32 runId = runWith(2);
        bytes32 state = bytes32(solvency.run(runId).state);
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        bytes memory opened = abi.encodeWithSelector(ISolvencyRegistry.RunAlreadyOpened.selector, runId);
        vm.expectRevert(opened);
        solvency.open(h, signature);
        vm.assertEq(bytes32(solvency.run(runId).state), state, "its state stands");
        closeRun(runId);
        vm.expectRevert(opened);
        solvency.open(h, signature);
    }

    function test_DigestIsEip712() public view {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Ballast SolvencyRegistry"),
                keccak256("1"),
                block.chainid,
                address(solvency)
            )
        );
        bytes memory typeName = abi.encodePacked(
            "RunHeader(address venue,bytes32 batchCircuit,bytes32 reportCircuit,uint256 snapshotId,",
            "uint256 accountsRoot,bytes32 reservesHash,uint256 initialState,uint64 deadline)"
        );
        bytes32 structHash = keccak256(abi.encodePacked(keccak256(typeName), abi.encode(h)));
        bytes32 expected = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        vm.assertEq(solvency.openDigest(h), expected, "digest");
    }

    function testFuzz_EveryFieldOfTheHeaderIsSigned(uint256 which, uint256 change) public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        bytes32 runId = solvency.runIdOf(h);
        uint256[8] memory words = abi.decode(abi.encode(h), (uint256[8]));
        which = bound(which, 1, 7);
        uint256 limit = which == 7 ? type(uint64).max : type(uint256).max;
        words[which] = addmod(words[which], bound(change, 1, limit - 1), limit);
        h = abi.decode(abi.encode(words), (ISolvencyRegistry.RunHeader));
        vm.assertTrue(solvency.runIdOf(h) != runId, "another run");
        vm.expectRevert();
        solvency.open(h, signature);
        // Where nothing else is wrong with it, it is the signature.
        if (which == 4 || which == 6) words[which] %= Trapdoor.R;
        if (which < 4) return;
        if (which == 7) words[7] = NOW + 1;
        h = abi.decode(abi.encode(words), (ISolvencyRegistry.RunHeader));
        vm.assume(solvency.runIdOf(h) != runId);
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.InvalidSignature.selector, venue));
        solvency.open(h, signature);
    }

    function test_RefusesSignaturesOfOthersChainsAndRegistries() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory refused = abi.encodeWithSelector(ISolvencyRegistry.InvalidSignature.selector, venue);
        bytes memory signature = signHeader(0xbad, solvency.openDigest(h));
        vm.expectRevert(refused);
        solvency.open(h, signature);
        signature = signHeader(VENUE_KEY, newRegistry(false).openDigest(h));
        vm.expectRevert(refused);
        solvency.open(h, signature);
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        vm.chainId(here);
        vm.expectRevert(refused);
        solvency.open(h, signature);
        vm.expectRevert(refused);
        solvency.open(h, "");
    }

    function test_AContractCanBeTheVenue() public {
        ContractVenue contractVenue = new ContractVenue();
        venue = address(contractVenue);
        vault = new CollateralVault(venue, vaultParts(address(0)));
        solvency = newRegistry(false);
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes32 digest = solvency.openDigest(h);
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.InvalidSignature.selector, venue));
        solvency.open(h, "any");
        contractVenue.approve(digest);
        solvency.open(h, "any");
    }

    function test_RefusesAnotherVenue() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        h.venue = vm.addr(0xbad);
        bytes4 selector = ISolvencyRegistry.WrongVenue.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(selector, h.venue, venue));
    }

    function testFuzz_RefusesValuesOutsideTheField(uint256 value, bool isRoot) public {
        value = bound(value, Trapdoor.R, type(uint256).max);
        ISolvencyRegistry.RunHeader memory h = runHeader();
        if (isRoot) h.accountsRoot = value;
        else h.initialState = value;
        _expectOpenRevert(h, abi.encodeWithSelector(ISolvencyRegistry.ValueNotInField.selector, value));
    }

    function test_BoundsTheDeadline() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        h.deadline = NOW - 1;
        _expectOpenRevert(h, abi.encodeWithSelector(ISolvencyRegistry.DeadlinePassed.selector, NOW - 1, NOW));
        h.deadline = NOW + MAX_AGE + 1;
        bytes4 late = ISolvencyRegistry.DeadlineTooLate.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(late, h.deadline, NOW + MAX_AGE));
        h.deadline = NOW;
        openRun(h);
        h.deadline = NOW + MAX_AGE;
        openRun(h);
    }

    function test_RefusesAStaleSnapshot() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        h.deadline = NOW + MAX_AGE + 1;
        vm.warp(NOW + MAX_AGE + 1);
        bytes4 stale = ISolvencyRegistry.SnapshotStale.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(stale, NOW, NOW + 1));
    }

    function test_RefusesWrongKindsOfCircuit() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
        h.batchCircuit = circuitId;
        _expectOpenRevert(h, abi.encodeWithSelector(wrong, circuitId, bytes8("coverage"), bytes8("solvency")));
        h.batchCircuit = reportCircuit;
        _expectOpenRevert(h, abi.encodeWithSelector(wrong, reportCircuit, bytes8("report"), bytes8("solvency")));
        (h.batchCircuit, h.reportCircuit) = (batchCircuit, batchCircuit);
        _expectOpenRevert(h, abi.encodeWithSelector(wrong, batchCircuit, bytes8("solvency"), bytes8("report")));
        h.reportCircuit = "none";
        _expectOpenRevert(h, abi.encodeWithSelector(IVerifierRegistry.UnknownCircuit.selector, bytes32("none")));
    }

    function test_RefusesAReportOfAnotherShape() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        h.reportCircuit = verifiers.register(address(newReportVerifier(REPORT_KEY, SCENARIOS + 1)));
        bytes4 selector = ISnapshotOracle.CircuitDoesNotFit.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(selector, snapshotId, h.reportCircuit));
    }

    function test_RefusesSnapshotsWithoutATablePoint() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        h.snapshotId += 1;
        _expectOpenRevert(h, abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, h.snapshotId));
        h.snapshotId = publishTrue(NOW - 1); // with the coverage circuit's point alone
        bytes4 none = ISnapshotOracle.NoTablePoint.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(none, h.snapshotId, batchCircuit));
    }

    function test_CanRequireProvenPoints() public {
        solvency = newRegistry(true);
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes4 selector = ISolvencyRegistry.TablePointNotProven.selector;
        _expectOpenRevert(h, abi.encodeWithSelector(selector, snapshotId, batchCircuit));
        proveTable(snapshotId, NOW);
        closeRun(runWith(2));
        vm.assertTrue(solvency.latest().isCurrent, "attested");
    }

    // --- batches ---

    function testFuzz_TakesBatchesInAnyPortions(uint256 total, uint256 seed) public {
        total = bound(total, 1, 12);
        bytes32 runId = openRun(runHeader());
        uint256 done = 0;
        while (done < total) {
            uint256 count = bound(uint256(keccak256(abi.encode(seed, done))), 1, total - done);
            ISolvencyRegistry.Step[] memory list = steps(runId, done, count);
            vm.expectEmit();
            emit ISolvencyRegistry.BatchesAccepted(runId, uint32(done + count));
            vm.prank(address(0x4e1a)); // anyone may relay
            solvency.submit(runId, done, list);
            done += count;
            vm.assertEq(solvency.run(runId).batches, done, "batches");
            vm.assertEq(solvency.run(runId).state, stateOf(ROOT, done), "state");
        }
    }

    /// Each signal of a step, wrong: alone, and among others.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_ABatchIsBoundToItsPlace(uint256 which, uint256 other) public {
        bytes32 runId = runWith(3);
        uint256[5] memory signals = batchSignals(runId, ROOT, 3);
        (which, other) = (which % 5, other % Trapdoor.R);
        vm.assume(signals[which] != other);
        signals[which] = other;
        ISolvencyRegistry.Step memory wrong = provenStep(signals);
        wrong.stateOut = stateOf(ROOT, 4);
        _expectSubmitRevert(runId, 3, _one(wrong), _invalid());
        ISolvencyRegistry.Step[] memory list = steps(runId, 3, 3);
        list[0] = wrong;
        _expectSubmitRevert(runId, 3, list, _invalidBatch());
        solvency.submit(runId, 3, steps(runId, 3, 3));
    }

    function test_RefusesReorderedBatches() public {
        bytes32 runId = runWith(1);
        ISolvencyRegistry.Step[] memory list = steps(runId, 1, 3);
        (list[0], list[1]) = (list[1], list[0]);
        _expectSubmitRevert(runId, 1, list, _invalidBatch());
        _expectSubmitRevert(runId, 1, _one(list[0]), _invalid());
    }

    function test_RefusesALeftOutBatch() public {
        bytes32 runId = runWith(1);
        ISolvencyRegistry.Step[] memory list = steps(runId, 1, 3);
        list[1] = list[2];
        _expectSubmitRevert(runId, 1, list, _invalidBatch());
        bytes4 unexpected = ISolvencyRegistry.UnexpectedBatch.selector;
        _expectSubmitRevert(runId, 2, steps(runId, 2, 1), abi.encodeWithSelector(unexpected, 2, 1));
    }

    /// Somebody copies batches out of a pending submission and is faster.
    function test_SkipsKnownBatches() public {
        bytes32 runId = runWith(1);
        ISolvencyRegistry.Step[] memory list = steps(runId, 1, 3);
        solvency.submit(runId, 1, _one(list[0]));
        solvency.submit(runId, 1, list);
        vm.assertEq(solvency.run(runId).batches, 4, "batches");
        vm.assertEq(solvency.run(runId).state, list[2].stateOut, "state");
        bytes4 unexpected = ISolvencyRegistry.UnexpectedBatch.selector;
        _expectSubmitRevert(runId, 1, list, abi.encodeWithSelector(unexpected, 1, 4));
    }

    /// What is skipped isn't verified, and decides nothing.
    function test_SkippedBatchesDecideNothing() public {
        bytes32 runId = runWith(2);
        ISolvencyRegistry.Step[] memory list = steps(runId, 1, 2);
        list[0].stateOut = 12_345;
        solvency.submit(runId, 1, list);
        vm.assertEq(solvency.run(runId).state, list[1].stateOut, "state");
    }

    function test_RefusesAReplayedBatch() public {
        bytes32 runId = runWith(2);
        bytes4 unexpected = ISolvencyRegistry.UnexpectedBatch.selector;
        _expectSubmitRevert(runId, 1, steps(runId, 1, 1), abi.encodeWithSelector(unexpected, 1, 2));
        _expectSubmitRevert(runId, 2, steps(runId, 1, 1), _invalid());
        ISolvencyRegistry.Step[] memory twice = steps(runId, 2, 2);
        twice[1] = twice[0];
        _expectSubmitRevert(runId, 2, twice, _invalidBatch());
    }

    /// Runs over one snapshot and root, that differ in their reserves alone.
    function test_RefusesBatchesOfAnotherRun() public {
        bytes32 runId = runWith(1);
        bytes32 other = openRun(runHeader(snapshotId, ROOT, reserveList(1, 2)));
        _expectSubmitRevert(runId, 1, steps(other, 1, 1), _invalid());
        ISolvencyRegistry.Step[] memory mixed = steps(runId, 1, 2);
        mixed[1] = steps(other, 2, 1)[0];
        _expectSubmitRevert(runId, 1, mixed, _invalidBatch());
        _expectSubmitRevert(other, 0, steps(runId, 0, 1), _invalid());
        solvency.submit(other, 0, steps(other, 0, 2));
        vm.assertEq(solvency.run(runId).batches, 1, "runs go on apart");
    }

    function test_RefusesBatchesOverAnotherTableOrKey() public {
        bytes32 runId = openRun(runHeader());
        uint256 other = publishFor(NOW - 1);
        uint256[5] memory signals = batchSignals(runId, ROOT, 0);
        _expectSubmitRevert(runId, 0, _one(provenStep(other, signals)), _invalid());
        ISolvencyRegistry.Step memory step = provenStep(signals);
        uint256[] memory list = new uint256[](5);
        for (uint256 j = 0; j < 5; ++j) list[j] = signals[j];
        step.proof = Trapdoor.prove(KEY, tableLog(KEY, snapshotId), list, 1);
        _expectSubmitRevert(runId, 0, _one(step), _invalid());
    }

    function test_RefusesTheCongruentState() public {
        bytes32 runId = openRun(runHeader());
        ISolvencyRegistry.Step[] memory list = steps(runId, 0, 2);
        list[0].stateOut += Trapdoor.R;
        bytes4 outside = IVerifier.SignalNotInField.selector;
        _expectSubmitRevert(runId, 0, _one(list[0]), abi.encodeWithSelector(outside, 3));
        _expectSubmitRevert(runId, 0, list, abi.encodeWithSelector(outside, 3));
        list = steps(runId, 0, 2);
        list[1].stateOut += Trapdoor.R;
        _expectSubmitRevert(runId, 0, list, abi.encodeWithSelector(outside, 5 + 3));
    }

    function test_BoundsASubmission() public {
        bytes32 runId = openRun(runHeader());
        bytes4 size = ISolvencyRegistry.InvalidBatchSize.selector;
        _expectSubmitRevert(runId, 0, new ISolvencyRegistry.Step[](0), abi.encodeWithSelector(size, 0));
        _expectSubmitRevert(runId, 0, new ISolvencyRegistry.Step[](65), abi.encodeWithSelector(size, 65));
        solvency.submit(runId, 0, steps(runId, 0, 64));
        vm.assertEq(solvency.run(runId).batches, 64, "sixty-four");
    }

    function test_TakesBatchesOfOpenRunsOnly() public {
        ISolvencyRegistry.Step[] memory none = new ISolvencyRegistry.Step[](1);
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.UnknownRun.selector, bytes32("none")));
        solvency.submit("none", 0, none);
        bytes32 runId = runWith(2);
        ISolvencyRegistry.Step[] memory next = steps(runId, 2, 1);
        uint256 before = vm.snapshotState();
        vm.warp(RUN_DEADLINE);
        solvency.submit(runId, 2, next);
        vm.warp(RUN_DEADLINE + 1);
        bytes4 passed = ISolvencyRegistry.DeadlinePassed.selector;
        _expectSubmitRevert(runId, 3, next, abi.encodeWithSelector(passed, RUN_DEADLINE, RUN_DEADLINE + 1));
        vm.revertToState(before);
        closeRun(runId);
        _expectSubmitRevert(runId, 2, next, abi.encodeWithSelector(ISolvencyRegistry.RunClosed.selector, runId));
    }

    function test_TakesNoBatchesOfARetiredCircuit() public {
        bytes32 runId = runWith(1);
        verifiers.retire(batchCircuit);
        bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
        bytes memory data = abi.encodeWithSelector(wrong, batchCircuit, bytes8("retired"), bytes8("solvency"));
        _expectSubmitRevert(runId, 1, steps(runId, 1, 1), data);
        bytes memory signature = signHeader(VENUE_KEY, "any");
        ISolvencyRegistry.RunHeader memory h = runHeader(snapshotId, 7, honestReserves());
        vm.expectRevert(data);
        solvency.open(h, signature);
    }

    function test_TakesNoBatchesOverADisabledPoint() public {
        uint256 id = publishWrong(NOW - 3);
        bytes32 runId = openRun(runHeader(id, ROOT, honestReserves()));
        proveTable(id, NOW - 3);
        bytes4 disabled = ISnapshotOracle.TablePointDisabled.selector;
        _expectSubmitRevert(runId, 0, steps(runId, 0, 1), abi.encodeWithSelector(disabled, id, batchCircuit));
    }

    // --- gas ---

    /// The calls; `--isolate` adds what their transactions cost, which the bounds allow for.
    function test_BoundsTheGasOfARun() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        uint256 left = gasleft();
        bytes32 runId = solvency.open(h, signature);
        uint256 used = left - gasleft();
        emit log_named_uint("open", used);
        vm.assertLe(used, 290_000, "open");
        uint256 done = 0;
        for (uint256 count = 1; count <= 64; count *= 4) {
            ISolvencyRegistry.Step[] memory list = steps(runId, done, count);
            left = gasleft();
            solvency.submit(runId, done, list);
            used = left - gasleft();
            emit log_named_uint("batches", count);
            emit log_named_uint("gas", used);
            vm.assertLe(used, 295_000 + 68_000 * (count - 1), "submit");
            done += count;
        }
    }
}
