// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {CoverageRegistry} from "contracts/coverage/CoverageRegistry.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {EquityClaim, ReductionClaim} from "contracts/liquidation/facts/Claims.sol";
import {FactChecker} from "contracts/liquidation/facts/FactChecker.sol";
import {EquityProof} from "contracts/liquidation/facts/EquityProof.sol";
import {FactContext} from "contracts/liquidation/facts/FactContext.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ReductionProof} from "contracts/liquidation/facts/ReductionProof.sol";
import {SignedSignal} from "contracts/liquidation/facts/SignedSignal.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {LiquidationFixture} from "../../helpers/LiquidationFixture.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";

/// Opens the libraries to the tests.
contract FactHarness {
    function equity(
        ICoverageRegistry coverage,
        address ledger,
        EquityClaim calldata claim,
        uint256 commitment
    ) external view returns (uint64) {
        return EquityProof.check(coverage, ledger, claim, commitment);
    }

    function reduction(
        ICoverageRegistry coverage,
        address ledger,
        ReductionClaim calldata claim,
        ReductionProof.Subject calldata subject
    ) external view returns (uint64) {
        return ReductionProof.check(coverage, ledger, claim, subject);
    }

    function context(address ledger, bytes32 kind, uint64 deadline) external view returns (uint256) {
        return FactContext.compute(ledger, kind, deadline);
    }

    function encode(int256 value) external pure returns (uint256) {
        return SignedSignal.encode(value);
    }
}

/// The checks that engine, auction and clearing house share.
contract FactProofsTest is LiquidationFixture {
    FactHarness private harness;

    function setUp() public override {
        super.setUp();
        harness = new FactHarness();
    }

    function _equity(EquityClaim memory c) private view returns (uint64) {
        return harness.equity(registry, address(ledger), c, commitmentOf(c.accountId, 0));
    }

    function _expectEquityRevert(EquityClaim memory c, bytes memory data) private {
        uint256 commitment = commitmentOf(ALICE, 0);
        vm.expectRevert(data);
        harness.equity(registry, address(ledger), c, commitment);
    }

    function _subject() private pure returns (ReductionProof.Subject memory) {
        return ReductionProof.Subject(ALICE, commitmentOf(ALICE, 0), commitmentOf(ALICE, 1), 20_000);
    }

    function _reduction() private view returns (ReductionClaim memory) {
        return reductionClaim(ALICE, commitmentOf(ALICE, 1), 20_000);
    }

    function _expectReductionRevert(
        ReductionClaim memory c,
        ReductionProof.Subject memory subject,
        bytes memory data
    ) private {
        vm.expectRevert(data);
        harness.reduction(registry, address(ledger), c, subject);
    }

    function _noEquity() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IFactProofs.InvalidEquityProof.selector);
    }

    function _noReduction() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IFactProofs.InvalidReductionProof.selector);
    }

    // --- equity ---

    function testFuzz_TakesTheEquityThatWasProven(int88 equity, uint8 tier, int88 other) public {
        vm.assume(other != equity);
        tier %= 5;
        EquityClaim memory c = equityClaim(ALICE, tier, equity);
        vm.assertEq(uint256(_equity(c)), NOW, "the snapshot's time");
        c.equity = other;
        _expectEquityRevert(c, _noEquity());
        (c.equity, c.tier) = (equity, (tier + 1) % 5);
        _expectEquityRevert(c, _noEquity());
        (c.tier, c.accountId) = (tier, BOB);
        _expectEquityRevert(c, _noEquity());
        c = equityClaim(snapshotId, ALICE, commitmentOf(ALICE, 1), tier, equity);
        _expectEquityRevert(c, _noEquity());
    }

    /// A loss is not a fortune: p - 5 is the field element of -5, and may not be given as a number.
    function test_ALossHasOneFieldElement() public {
        vm.assertEq(harness.encode(-5), Trapdoor.R - 5, "negative");
        vm.assertEq(harness.encode(0), 0, "zero");
        vm.assertEq(harness.encode(2 ** 128), 2 ** 128, "largest");
        vm.assertEq(harness.encode(-(2 ** 128)), Trapdoor.R - 2 ** 128, "smallest");
        EquityClaim memory c = equityClaim(ALICE, 4, -5);
        vm.assertEq(uint256(_equity(c)), NOW, "the loss");
        int256[5] memory tooLarge = [
            int256(Trapdoor.R - 5),
            2 ** 128 + 1,
            -(2 ** 128) - 1,
            type(int256).max,
            type(int256).min
        ];
        for (uint256 i = 0; i < 5; ++i) {
            c.equity = tooLarge[i];
            _expectEquityRevert(c, abi.encodeWithSelector(IFactProofs.ValueOutOfRange.selector, tooLarge[i]));
        }
    }

    // --- reduction ---

    function test_TakesTheReductionThatWasProven() public view {
        uint64 time = harness.reduction(registry, address(ledger), _reduction(), _subject());
        vm.assertEq(uint256(time), NOW, "the snapshot's time");
    }

    function testFuzz_AReductionIsAboutItsSubject(uint8 index, uint256 value) public {
        ReductionProof.Subject memory subject = _subject();
        value %= Trapdoor.R;
        uint256[4] memory fields = [
            subject.accountId,
            subject.oldCommitment,
            subject.newCommitment,
            subject.maxPenalty
        ];
        index = uint8(bound(index, 0, 3));
        vm.assume(value != fields[index]);
        fields[index] = value;
        subject = ReductionProof.Subject(fields[0], fields[1], fields[2], fields[3]);
        _expectReductionRevert(_reduction(), subject, _noReduction());
    }

    // --- what both are bound to ---

    function test_ContextsAreThoseOfTheProtocol() public view {
        bytes32[3] memory kinds = [bytes32("equity"), bytes32("reduce"), bytes32("delever")];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 expected = factContext(address(ledger), kinds[i], DEADLINE);
            vm.assertEq(harness.context(address(ledger), kinds[i], DEADLINE), expected, "context");
        }
    }

    function test_AFactIsOfOneLedgerChainAndDeadline() public {
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        ReductionClaim memory r = _reduction();
        ReductionProof.Subject memory subject = _subject();
        uint256 commitment = commitmentOf(ALICE, 0);
        vm.expectRevert(_noEquity());
        harness.equity(registry, address(0xbad), c, commitment);
        vm.expectRevert(_noReduction());
        harness.reduction(registry, address(0xbad), r, subject);
        vm.chainId(10);
        _expectEquityRevert(c, _noEquity());
        vm.chainId(31_337);
        c.deadline += 1;
        _expectEquityRevert(c, _noEquity());
        r = _reduction();
        r.deadline -= 1;
        _expectReductionRevert(r, _subject(), _noReduction());
        c = equityClaim(ALICE, 1, 5);
        r = _reduction();
        vm.warp(uint256(DEADLINE) + 1);
        bytes memory expired = abi.encodeWithSelector(IFactProofs.FactExpired.selector, DEADLINE);
        _expectEquityRevert(c, expired);
        _expectReductionRevert(r, _subject(), expired);
    }

    function test_AFactIsOfOneSnapshot() public {
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        ReductionClaim memory r = _reduction();
        advance(60);
        (c.snapshotId, r.snapshotId) = (snapshotId, snapshotId);
        _expectEquityRevert(c, _noEquity());
        _expectReductionRevert(r, _subject(), _noReduction());
        c = equityClaim(ALICE, 1, 5);
        vm.assertEq(uint256(_equity(c)), NOW + 60, "the newer one");
    }

    function test_ASnapshotIsTooOldAfterTheRegistrysAge() public {
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        vm.warp(NOW + MAX_AGE);
        vm.assertEq(uint256(_equity(c)), NOW, "at the limit");
        vm.warp(NOW + MAX_AGE + 1);
        bytes memory stale = abi.encodeWithSelector(IFactProofs.FactSnapshotStale.selector, NOW, NOW + 1);
        _expectEquityRevert(c, stale);
        _expectReductionRevert(_reduction(), _subject(), stale);
    }

    function test_CircuitsAreOfTheirKindAndPointsUsable() public {
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        c.circuitId = reductionCircuit;
        bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
        _expectEquityRevert(
            c,
            abi.encodeWithSelector(wrong, reductionCircuit, bytes8("reduce"), bytes8("equity"))
        );
        ReductionClaim memory r = _reduction();
        r.circuitId = equityCircuit;
        _expectReductionRevert(
            r,
            _subject(),
            abi.encodeWithSelector(wrong, equityCircuit, bytes8("equity"), bytes8("reduce"))
        );
        c.circuitId = verifiers.register(address(newEquityVerifier(99)));
        _expectEquityRevert(
            c,
            abi.encodeWithSelector(ISnapshotOracle.NoTablePoint.selector, snapshotId, c.circuitId)
        );
        c = equityClaim(ALICE, 1, 5);
        c.snapshotId = 7;
        _expectEquityRevert(c, abi.encodeWithSelector(ISnapshotOracle.UnknownSnapshot.selector, 7));
        verifiers.retire(equityCircuit);
        c = equityClaim(ALICE, 1, 5);
        _expectEquityRevert(
            c,
            abi.encodeWithSelector(wrong, equityCircuit, bytes8("retired"), bytes8("equity"))
        );
    }

    /// Where the registry takes points computed on chain only, so do these.
    function test_CanRequireComputedPoints() public {
        registry = new CoverageRegistry(oracle, verifiers, MAX_AGE, true);
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        bytes4 selector = IFactProofs.TablePointNotComputed.selector;
        _expectEquityRevert(c, abi.encodeWithSelector(selector, snapshotId, equityCircuit));
        _expectReductionRevert(
            _reduction(),
            _subject(),
            abi.encodeWithSelector(selector, snapshotId, reductionCircuit)
        );
        builder.open(header(NOW), policyElements(), equityCircuit, icHead(EQUITY_KEY));
        for (uint256 n = 0; n < ROWS; ++n) {
            uint256[] memory row = n < REAL_ROWS ? tableRow(n) : new uint256[](0);
            builder.append(snapshotId, equityCircuit, row, icRow(EQUITY_KEY, n));
        }
        vm.assertEq(uint256(_equity(c)), NOW, "computed");
    }

    /// Where money follows, the newest prices decide; the ones before for as long as a proof takes.
    function test_MoneyFollowsFromTheNewestPricesOnly() public {
        FactChecker checker = new FactChecker(registry, clock, address(ledger));
        vm.assertEq(checker.clock(), address(clock), "its clock");
        uint256 commitment = commitmentOf(ALICE, 0);
        EquityClaim memory old = equityClaim(ALICE, 1, 5);
        vm.assertEq(uint256(checker.requireNewestEquity(old, commitment)), NOW, "the only one");
        (uint256 first, ReductionClaim memory oldReduction) = (snapshotId, _reduction());
        advance(30);
        vm.assertEq(uint256(checker.requireNewestEquity(old, commitment)), NOW, "in grace");
        vm.assertEq(uint256(checker.requireNewestReduction(oldReduction, _subject())), NOW, "in grace too");
        vm.warp(block.timestamp + GRACE + 1);
        bytes memory isOld = abi.encodeWithSelector(IMarketClock.NotNewest.selector, first, snapshotId);
        vm.expectRevert(isOld);
        checker.requireNewestEquity(old, commitment);
        vm.expectRevert(isOld);
        checker.requireNewestReduction(oldReduction, _subject());
        vm.assertEq(uint256(_equity(old)), NOW, "a fact of its snapshot still");
        EquityClaim memory c = equityClaim(ALICE, 2, 4);
        vm.assertEq(uint256(checker.requireNewestEquity(c, commitment)), NOW + 30, "the newest");
        vm.assertEq(uint256(checker.requireNewestReduction(_reduction(), _subject())), NOW + 30, "of slices too");
        c.equity = 5;
        vm.expectRevert(_noEquity());
        checker.requireNewestEquity(c, commitment);
    }

    /// A congruent commitment is not the commitment.
    function test_RefusesCongruentSignals() public {
        EquityClaim memory c = equityClaim(ALICE, 1, 5);
        uint256 commitment = commitmentOf(ALICE, 0) + Bn254.SCALAR_FIELD;
        vm.expectRevert(abi.encodeWithSignature("SignalNotInField(uint256)", 1));
        harness.equity(registry, address(ledger), c, commitment);
    }
}
