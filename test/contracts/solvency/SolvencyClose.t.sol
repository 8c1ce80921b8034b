// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ILossFunds} from "contracts/clearing/ILossFunds.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {IClosedRuns} from "contracts/solvency/IClosedRuns.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {NettingSum} from "contracts/solvency/NettingSum.sol";
import {SolvencyRegistry} from "contracts/solvency/SolvencyRegistry.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";
import {Token} from "../helpers/Tokens.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

/// Opens the library's sum to the tests.
contract NettingHarness {
    function add(uint256 sum, uint256 zeta, uint32 id, uint256 lots) external view returns (uint256) {
        return NettingSum.add(sum, zeta, id, lots);
    }
}

/// Lends tokens for the length of a call.
contract Lender {
    Token private immutable TOKEN;

    constructor(Token token) {
        TOKEN = token;
    }

    function lend(uint256 amount, bytes calldata data) external {
        uint256 before = TOKEN.balanceOf(address(this));
        TOKEN.transfer(msg.sender, amount);
        (bool ok, bytes memory reason) = msg.sender.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
        require(TOKEN.balanceOf(address(this)) >= before, "not given back");
    }
}

/// Closing a run, and what its attestation says; opening and batches are in `SolvencyRegistry.t.sol`.
/// An exit desk by which customers leave, or don't yet.
contract StubExits {
    bool private _isLeft;

    function leave() external {
        _isLeft = true;
    }

    function requireNotLeft() external view {
        if (_isLeft) revert IVenueStop.VenueLeft();
    }

    function requireRunning() external pure {}

    function requireReceiving() external pure {}
}

contract SolvencyCloseTest is SolvencyFixture {
    bytes32 private runId;

    function setUp() public override {
        super.setUp();
        runId = runWith(3);
    }

    function _expectCloseRevert(
        bytes32 id,
        ISolvencyRegistry.Report memory report,
        Groth16.Proof memory proof,
        ISolvencyRegistry.Reserve[] memory reserves,
        bytes memory data
    ) private {
        bytes32 before = solvency.latest().runId;
        vm.expectRevert(data);
        solvency.close(id, report, proof, reserves);
        vm.assertTrue(!solvency.attestation(id).exists && !solvency.isCurrent(id), "not attested");
        vm.assertEq(solvency.latest().runId, before, "latest stands");
    }

    /// The honest closing of a run is refused.
    function _expectCloseRevert(bytes32 id, bytes memory data) private {
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(id, honestReport(), reserves));
        _expectCloseRevert(id, honestReport(), proof, reserves, data);
    }

    function _invalid() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.InvalidReport.selector);
    }

    // --- what is attested ---

    function test_AttestsARun() public {
        vm.warp(NOW + 100);
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), reserves));
        vm.expectEmit();
        emit ISolvencyRegistry.SolvencyAttested(runId, snapshotId, ROOT);
        vm.prank(address(0x4e1a)); // anyone may relay
        solvency.close(runId, honestReport(), proof, reserves);
        ISolvencyRegistry.Attestation memory a = solvency.attestation(runId);
        vm.assertTrue(a.exists && a.isCurrent && solvency.isCurrent(runId), "current");
        vm.assertTrue(a.runId == runId && a.snapshotId == snapshotId && a.accountsRoot == ROOT, "ids");
        vm.assertTrue(a.batchCircuit == batchCircuit && a.reportCircuit == reportCircuit, "circuits");
        vm.assertTrue(a.snapshotTime == NOW && a.attestedAt == NOW + 100 && a.expiresAt == NOW + MAX_AGE, "times");
        vm.assertTrue(a.batches == 3 && a.accounts == 800, "batches, accounts");
        uint256[5] memory tiers = honestReport().tiers;
        for (uint256 i = 0; i < 5; ++i) vm.assertEq(a.accountsByTier[i], tiers[i], "tier");
        vm.assertEq(a.currentShortfall, 1_000e6, "current shortfall");
        vm.assertTrue(a.worstScenario == 3 && a.worstShortfall == 2_000_000e6, "worst");
        vm.assertTrue(a.cover1Scenario == 2 && a.cover1Shortfall == 900_000e6, "cover-1");
        vm.assertTrue(a.cover2Scenario == 4 && a.cover2Shortfall == 1_500_000e6, "cover-2");
        uint256[6] memory demand = honestReport().demand;
        for (uint256 i = 0; i < 6; ++i) vm.assertEq(a.demand[i], demand[i], "demand");
        vm.assertTrue(a.insuranceFund == 2_000_000e6 && a.gammaReserve == 500_000e6, "funds");
        vm.assertEq(a.coverageRatio, 1_250_000, "2.5 over 2 million");
        vm.assertTrue(a.reserves.length == 2 && a.reserves[0].instrumentId == CASH, "reserves");
        vm.assertTrue(a.reserves[0].lots == 4_999_999 && a.reserves[0].held == 5_000_000, "cash");
        vm.assertTrue(a.reserves[1].instrumentId == COIN && a.reserves[1].lots == 300, "coins");
        vm.assertEq(a.reserves[1].held, 300, "held coins");
        vm.assertEq(keccak256(abi.encode(solvency.latest())), keccak256(abi.encode(a)), "latest");
        vm.assertTrue(solvency.run(runId).closed, "closed");
    }

    /// Within the circuit's windows every number comes back as it was proven; beyond them nothing is cut off.
    function testFuzz_KeepsEveryNumberOrRefusesIt(uint256[18] memory numbers, uint256 which, bool fits) public {
        uint8[18] memory bits = [32, 32, 32, 32, 32, 96, 8, 96, 8, 64, 8, 64, 96, 96, 96, 96, 96, 96];
        for (uint256 i = 0; i < 18; ++i) numbers[i] &= (1 << bits[i]) - 1;
        which %= 18;
        if (!fits) numbers[which] = (1 << bits[which]) + (numbers[which] & 1);
        ISolvencyRegistry.Report memory report = abi.decode(abi.encode(numbers), (ISolvencyRegistry.Report));
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, report, reserves));
        if (!fits) {
            bytes4 overflow = SafeCast.SafeCastOverflowedUintDowncast.selector;
            bytes memory data = abi.encodeWithSelector(overflow, bits[which], numbers[which]);
            _expectCloseRevert(runId, report, proof, reserves, data);
            return;
        }
        solvency.close(runId, report, proof, reserves);
        ISolvencyRegistry.Attestation memory a = solvency.attestation(runId);
        for (uint256 i = 0; i < 5; ++i) vm.assertEq(a.accountsByTier[i], numbers[i], "tier");
        vm.assertEq(a.currentShortfall, numbers[5], "current");
        vm.assertTrue(a.worstScenario == numbers[6] && a.worstShortfall == numbers[7], "worst");
        vm.assertTrue(a.cover1Scenario == numbers[8] && a.cover1Shortfall == numbers[9], "cover-1");
        vm.assertTrue(a.cover2Scenario == numbers[10] && a.cover2Shortfall == numbers[11], "cover-2");
        for (uint256 i = 0; i < 6; ++i) vm.assertEq(a.demand[i], numbers[12 + i], "demand");
    }

    function testFuzz_RoundsTheCoverageRatioDown(uint128 insurance, uint128 gamma, uint96 worst) public {
        clearingHouse.set(insurance, gamma);
        ISolvencyRegistry.Report memory report = honestReport();
        report.worstShortfall = worst;
        closeRun(runId, report, honestReserves());
        ISolvencyRegistry.Attestation memory a = solvency.attestation(runId);
        vm.assertTrue(a.insuranceFund == insurance && a.gammaReserve == gamma, "funds");
        if (worst == 0) {
            vm.assertEq(a.coverageRatio, type(uint256).max, "nothing to cover");
            return;
        }
        uint256 scaled = (uint256(insurance) + gamma) * 1_000_000;
        vm.assertTrue(a.coverageRatio * worst <= scaled && scaled - a.coverageRatio * worst < worst, "rounded down");
    }

    function test_WithoutAClearingHouseNothingCovers() public {
        solvency = new SolvencyRegistry(oracle, verifiers, vault, ILossFunds(address(0)), MAX_AGE, false);
        closeRun(runWith(1));
        ISolvencyRegistry.Attestation memory a = solvency.latest();
        vm.assertTrue(a.insuranceFund == 0 && a.gammaReserve == 0 && a.coverageRatio == 0, "none");
        vm.assertEq(solvency.clearingHouse(), address(0), "no clearing house");
    }

    function test_RefusesFundsBeyondMeasure() public {
        clearingHouse.set(1 << 128, 0);
        bytes4 overflow = SafeCast.SafeCastOverflowedUintDowncast.selector;
        _expectCloseRevert(runId, abi.encodeWithSelector(overflow, 128, 1 << 128));
    }

    function test_NothingIsAttestedAtFirst() public {
        ISolvencyRegistry.Attestation memory a = solvency.latest();
        vm.assertTrue(!a.exists && !a.isCurrent && a.expiresAt == 0 && a.reserves.length == 0, "nothing");
        vm.assertTrue(solvency.run("none").deadline == 0, "no run");
        vm.warp(1); // so early that no time at all would be fresh
        vm.assertTrue(!solvency.isCurrent(runId) && !solvency.attestation(runId).isCurrent, "an open run is none");
    }

    // --- the report ---

    /// Each of its 23 signals is bound.
    function testFuzz_AReportIsBoundToItsRun(uint256 which, uint256 other) public {
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        uint256[] memory signals = reportSignals(runId, honestReport(), reserves);
        (which, other) = (which % 23, other % Trapdoor.R);
        vm.assume(signals[which] != other);
        signals[which] = other;
        _expectCloseRevert(runId, honestReport(), proveReport(signals), reserves, _invalid());
    }

    function test_RefusesAReportOfAnotherStateOrNumberOfBatches() public {
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory early = proveReport(reportSignals(runId, honestReport(), reserves));
        solvency.submit(runId, 3, steps(runId, 3, 1));
        _expectCloseRevert(runId, honestReport(), early, reserves, _invalid());
        uint256[] memory signals = reportSignals(runId, honestReport(), reserves);
        signals[0] = 3;
        _expectCloseRevert(runId, honestReport(), proveReport(signals), reserves, _invalid());
        closeRun(runId);
    }

    function test_RefusesTheReportOfAnotherRun() public {
        bytes32 other = runWith(runHeader(snapshotId, 77, honestReserves()), 3);
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(other, honestReport(), reserves));
        _expectCloseRevert(runId, honestReport(), proof, reserves, _invalid());
    }

    function test_RefusesCongruentSignals() public {
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), reserves));
        for (uint256 i = 0; i < 18; ++i) {
            uint256[18] memory words = abi.decode(abi.encode(honestReport()), (uint256[18]));
            words[i] += Trapdoor.R; // the same to the curve
            ISolvencyRegistry.Report memory report = abi.decode(abi.encode(words), (ISolvencyRegistry.Report));
            bytes memory data = abi.encodeWithSelector(IVerifier.SignalNotInField.selector, 2 + i);
            _expectCloseRevert(runId, report, proof, reserves, data);
        }
    }

    /// The venue chose the first state, which may hide any sums: only a batch shows that they were zero.
    function test_RefusesARunWithoutBatches() public {
        bytes32 empty = openRun(runHeader(snapshotId, 77, honestReserves()));
        _expectCloseRevert(empty, abi.encodeWithSelector(ISolvencyRegistry.NoBatches.selector, empty));
    }

    // --- once, in time, and newer ---

    function test_ClosesOnce() public {
        closeRun(runId);
        bytes32 attested = keccak256(abi.encode(solvency.attestation(runId)));
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), reserves));
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.RunClosed.selector, runId));
        solvency.close(runId, honestReport(), proof, reserves);
        vm.assertEq(keccak256(abi.encode(solvency.attestation(runId))), attested, "stands");
    }

    function test_ClosesOpenRunsOnlyAndBeforeTheirDeadline() public {
        bytes memory unknown = abi.encodeWithSelector(ISolvencyRegistry.UnknownRun.selector, bytes32("none"));
        _expectCloseRevert("none", unknown);
        vm.warp(RUN_DEADLINE + 1);
        bytes4 passed = ISolvencyRegistry.DeadlinePassed.selector;
        _expectCloseRevert(runId, abi.encodeWithSelector(passed, RUN_DEADLINE, RUN_DEADLINE + 1));
        vm.warp(RUN_DEADLINE);
        closeRun(runId);
    }

    /// No deadline lies after the snapshot's expiry, so a stale snapshot closes nothing.
    function testFuzz_NoRunClosesOnAStaleSnapshot(uint64 age) public {
        ISolvencyRegistry.RunHeader memory h = runHeader(snapshotId, 77, honestReserves());
        h.deadline = NOW + MAX_AGE;
        bytes32 last = runWith(h, 2);
        vm.warp(bound(age, uint256(NOW) + MAX_AGE + 1, type(uint64).max));
        bytes4 passed = ISolvencyRegistry.DeadlinePassed.selector;
        _expectCloseRevert(last, abi.encodeWithSelector(passed, h.deadline, block.timestamp));
        vm.warp(NOW + MAX_AGE);
        closeRun(last);
        vm.assertTrue(solvency.isCurrent(last), "current in its last second");
        vm.warp(NOW + MAX_AGE + 1);
        ISolvencyRegistry.Attestation memory a = solvency.attestation(last);
        vm.assertTrue(a.exists && !a.isCurrent && !solvency.isCurrent(last), "expired");
    }

    function test_MovesToNewerSnapshotsOnly() public {
        bytes32 same = runWith(runHeader(snapshotId, 77, honestReserves()), 1);
        bytes32 older = runWith(runHeader(publishFor(NOW - 1), 78, honestReserves()), 1);
        bytes32 newer = runWith(runHeader(publishFor(NOW + 1), 79, honestReserves()), 1);
        closeRun(runId);
        bytes4 notNewer = ISolvencyRegistry.SnapshotNotNewer.selector;
        _expectCloseRevert(same, abi.encodeWithSelector(notNewer, NOW, NOW));
        _expectCloseRevert(older, abi.encodeWithSelector(notNewer, NOW - 1, NOW));
        closeRun(newer);
        vm.assertEq(solvency.latest().runId, newer, "newer");
        _expectCloseRevert(same, abi.encodeWithSelector(notNewer, NOW, NOW + 1));
        vm.assertTrue(solvency.attestation(runId).exists, "the older one can still be read");
    }

    // --- reserves ---

    function testFuzz_TakesTheReservesThatNet(uint64 cashLots, uint64 coinLots, uint256 root) public {
        deposit(CASH, cash, type(uint64).max - uint256(5_000_000));
        deposit(COIN, coin, type(uint64).max - uint256(300));
        ISolvencyRegistry.Reserve[] memory reserves = reserveList(cashLots, coinLots);
        bytes32 id = runWith(runHeader(snapshotId, root % Trapdoor.R, reserves), 1);
        closeRun(id, honestReport(), reserves);
        ISolvencyRegistry.Attestation memory a = solvency.attestation(id);
        vm.assertTrue(a.reserves[0].lots == cashLots && a.reserves[1].lots == coinLots, "lots");
    }

    /// Accounts hold one thing, the run was opened with another: the netting sums differ.
    function testFuzz_RefusesAccountsThatHoldOtherAmounts(uint64 cashLots, uint64 coinLots) public {
        vm.assume(cashLots != 4_999_999 || coinLots != 300);
        ISolvencyRegistry.Reserve[] memory accounts = reserveList(cashLots, coinLots);
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), accounts));
        _expectCloseRevert(runId, honestReport(), proof, honestReserves(), _invalid());
    }

    /// A derivative that does not net to zero leaves a pole that no reserve has.
    function testFuzz_RefusesADerivativeThatDoesNotNet(uint64 lots, uint32 id) public {
        lots = uint64(bound(lots, 1, type(uint64).max));
        ISolvencyRegistry.Reserve[] memory accounts = new ISolvencyRegistry.Reserve[](3);
        (accounts[0], accounts[1]) = (honestReserves()[0], honestReserves()[1]);
        accounts[2] = ISolvencyRegistry.Reserve(uint32(bound(id, 21, (1 << 20) - 1)), lots);
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), accounts));
        _expectCloseRevert(runId, honestReport(), proof, honestReserves(), _invalid());
    }

    /// Five reserves that lattice reduction finds for the netting sum of five million lots of asset 1 and seven of a
    /// derivative that does not net, once zeta is known.
    function _latticeReserves() private returns (ISolvencyRegistry.Reserve[] memory found) {
        uint256 zeta = 0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef;
        uint64[5] memory lots = [
            uint64(9224173025694616882),
            9224141896276009327,
            9223753547155801808,
            9223691393049049727,
            9224160671090420328
        ];
        NettingHarness harness = new NettingHarness();
        found = new ISolvencyRegistry.Reserve[](5);
        uint256 sum = 0;
        for (uint32 i = 0; i < 5; ++i) {
            found[i] = ISolvencyRegistry.Reserve(2 + i, lots[i]);
            sum = harness.add(sum, zeta, 2 + i, lots[i]);
        }
        uint256 accounts = harness.add(harness.add(0, zeta, 1, 5_000_000), zeta, 900, 7);
        vm.assertEq(sum, accounts, "they match, for this challenge");
    }

    /// Were reserves taken that are chosen after the challenge, customers' cash could be worthless tokens.
    function test_RefusesReservesChosenAfterTheChallenge() public {
        ISolvencyRegistry.Reserve[] memory found = _latticeReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), found));
        bytes4 selector = ISolvencyRegistry.ReservesMismatch.selector;
        bytes32 expected = runHeader().reservesHash;
        bytes memory data = abi.encodeWithSelector(selector, keccak256(abi.encode(found)), expected);
        _expectCloseRevert(runId, honestReport(), proof, found, data);
        // Other reserves in the header make another challenge: the search never ends.
        bytes32 other = openRun(runHeader(snapshotId, ROOT, found));
        vm.assertTrue(zetaFor(solvency.run(other)) != zetaFor(solvency.run(runId)), "another challenge");
    }

    /// Opens a run with these reserves and expects that it can't be closed.
    function _expectReservesRevert(ISolvencyRegistry.Reserve[] memory reserves, bytes memory data) private {
        bytes32 id = runWith(runHeader(snapshotId, 77, reserves), 1);
        Groth16.Proof memory proof = proveReport(reportSignals(id, honestReport(), reserves));
        _expectCloseRevert(id, honestReport(), proof, reserves, data);
    }

    function test_RefusesReservesShortByOneLot() public {
        bytes4 short = ISolvencyRegistry.ReservesShort.selector;
        _expectReservesRevert(reserveList(5_000_001, 300), abi.encodeWithSelector(short, CASH, 5_000_001, 5_000_000));
        vm.prank(venue);
        vault.requestWithdrawal(COIN, 1, venue);
        _expectCloseRevert(runId, abi.encodeWithSelector(short, COIN, 300, 299));
        coin.mint(address(vault), UNITS); // sent, not deposited
        _expectCloseRevert(runId, abi.encodeWithSelector(short, COIN, 300, 299));
        deposit(COIN, coin, 1);
        closeRun(runId);
    }

    /// Tokens borrowed for one transaction can't be shown and given back.
    function test_BorrowedReservesStay() public {
        Lender lender = new Lender(coin);
        coin.mint(address(lender), 300 * uint256(UNITS));
        vm.prank(venue);
        vault.requestWithdrawal(COIN, 300, address(this));
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), honestReserves()));
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotReady.selector, NOW + 1 hours));
        lender.lend(300 * uint256(UNITS), abi.encodeCall(this.showBorrowed, (proof)));
        vm.assertTrue(!solvency.latest().exists, "nothing attested");
        _expectCloseRevert(runId, abi.encodeWithSelector(ISolvencyRegistry.ReservesShort.selector, COIN, 300, 0));
    }

    /// What a borrower does with the loan: it passes for the reserve, but no way leads out of the vault.
    function showBorrowed(Groth16.Proof calldata proof) external {
        coin.approve(address(vault), 300 * uint256(UNITS));
        vault.deposit(COIN, 300);
        solvency.close(runId, honestReport(), proof, honestReserves());
        vm.prank(venue);
        uint256 id = vault.requestWithdrawal(COIN, 300, msg.sender);
        vault.completeWithdrawal(id);
    }

    function test_RefusesAReserveTwiceOrOutOfOrder() public {
        ISolvencyRegistry.Reserve[] memory reserves = reserveList(10, 20);
        (reserves[0], reserves[1]) = (reserves[1], reserves[0]);
        bytes4 selector = ISolvencyRegistry.ReservesNotAscending.selector;
        _expectReservesRevert(reserves, abi.encodeWithSelector(selector, COIN, CASH));
        reserves = reserveList(10, 20);
        reserves[1].instrumentId = CASH;
        _expectReservesRevert(reserves, abi.encodeWithSelector(selector, CASH, CASH));
        reserves[0].instrumentId = 0;
        _expectReservesRevert(reserves, abi.encodeWithSelector(selector, 0, 0));
    }

    function test_RefusesAnUnknownAsset() public {
        ISolvencyRegistry.Reserve[] memory reserves = reserveList(10, 20);
        reserves[1].instrumentId = 21;
        _expectReservesRevert(reserves, abi.encodeWithSelector(ICollateralVault.UnknownAsset.selector, 21));
    }

    function test_RefusesLotsBeyondTheirWindow() public {
        deposit(CASH, cash, type(uint128).max);
        bytes4 overflow = SafeCast.SafeCastOverflowedUintDowncast.selector;
        _expectReservesRevert(reserveList(1 << 64, 300), abi.encodeWithSelector(overflow, 64, 1 << 64));
    }

    /// Sent tokens, of any amount, stop nobody and add nothing to what is attested.
    function testFuzz_ADonationDoesNotBlockClosing(uint256 amount) public {
        amount = bound(amount, 1, type(uint256).max - 5_000_000 * uint256(UNITS));
        cash.mint(address(vault), amount);
        closeRun(runId);
        ISolvencyRegistry.HeldReserve memory reserve = solvency.latest().reserves[0];
        vm.assertEq(reserve.lots, 4_999_999, "the accounts'");
        vm.assertEq(reserve.held, 5_000_000, "the vault's");
    }

    function test_KeepsWhatTheVaultHoldsWithinItsSlot() public {
        deposit(CASH, cash, uint256(type(uint160).max) - 5_000_000 + 1);
        closeRun(runId);
        vm.assertEq(solvency.latest().reserves[0].held, type(uint160).max, "at most");
    }

    function test_ClosesWithoutAnyAsset() public {
        ISolvencyRegistry.Reserve[] memory none = new ISolvencyRegistry.Reserve[](0);
        bytes32 id = runWith(runHeader(snapshotId, 77, none), 1);
        closeRun(id, honestReport(), none);
        vm.assertEq(solvency.attestation(id).reserves.length, 0, "none");
    }

    function testFuzz_TheNettingSumIsTheOneOfTheProtocol(uint256 zeta, uint32 id, uint64 lots, uint256 sum) public {
        (zeta, sum) = (zeta % Trapdoor.R, sum % Trapdoor.R);
        vm.assume(zeta != id);
        ISolvencyRegistry.Reserve[] memory one = new ISolvencyRegistry.Reserve[](1);
        one[0] = ISolvencyRegistry.Reserve(id, lots);
        uint256 expected = addmod(sum, nettingOf(zeta, one), Trapdoor.R);
        vm.assertEq(new NettingHarness().add(sum, zeta, id, lots), expected, "sum");
    }

    function test_RefusesAChallengeThatIsAnId() public {
        NettingHarness harness = new NettingHarness();
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.NoInverse.selector, 7));
        harness.add(0, 7, 7, 1);
    }

    /// A precompile that answers with zero must not make a reserve count as nothing.
    function test_RefusesAChainWithoutModularExponentiation() public {
        NettingHarness harness = new NettingHarness();
        vm.mockCall(address(5), "", abi.encode(0));
        vm.expectRevert(abi.encodeWithSelector(ISolvencyRegistry.NoInverse.selector, 7));
        harness.add(0, 1234, 7, 1);
    }

    // --- what an attestation does not survive ---

    /// A void run was closed all the same: it was a sign of life.
    function test_TellsTheRunThatWasClosedLast() public {
        (bytes32 none, uint64 never) = solvency.latestRun();
        vm.assertTrue(none == 0 && never == 0, "none");
        closeRun(runId);
        verifiers.retire(batchCircuit);
        (bytes32 latest, uint64 time) = solvency.latestRun();
        vm.assertTrue(latest == runId && time == NOW, "this one");
    }

    /// Runs of after the first claim show nothing: accounts were paid by what came before.
    function test_ALeftVenueClosesNoRun() public {
        StubExits exits = new StubExits();
        ICollateralVault.Parts memory parts = vaultParts(address(0));
        parts.exits = IVenueStop(address(exits));
        vault = new CollateralVault(venue, parts);
        addAsset(CASH, address(cash));
        addAsset(COIN, address(coin));
        deposit(CASH, cash, 5_000_000);
        deposit(COIN, coin, 300);
        solvency = newRegistry(false);
        bytes32 id = runWith(3);
        exits.leave();
        _expectCloseRevert(id, abi.encodeWithSelector(IVenueStop.VenueLeft.selector));
    }

    /// Of a run it stays to be seen that it was closed, and over whom, when its numbers are of use no more.
    function test_AClosedRunIsToldHoweverOld() public {
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunNotClosed.selector, runId));
        solvency.closedRun(runId);
        vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunNotClosed.selector, bytes32("none")));
        solvency.closedRun("none");
        vm.assertEq(solvency.timeOf(runId), 0, "of no time yet");
        closeRun(runId);
        vm.warp(NOW + 3650 days);
        vm.assertEq(solvency.timeOf(runId), NOW, "of when");
        vm.assertTrue(!solvency.isCurrent(runId), "current no more");
        (uint256 root, uint64 time) = solvency.closedRun(runId);
        vm.assertTrue(root == ROOT && time == NOW, "its accounts, and of when");
    }

    function test_ARetiredCircuitVoidsAndClosesNothing() public {
        bytes32 id = runWith(runHeader(publishFor(NOW + 1), 77, honestReserves()), 1);
        closeRun(runId);
        bytes32[2] memory circuits = [batchCircuit, reportCircuit];
        bytes8[2] memory kinds = [bytes8("solvency"), bytes8("report")];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 before = vm.snapshotState();
            vm.assertTrue(solvency.isCurrent(runId), "before");
            verifiers.retire(circuits[i]);
            ISolvencyRegistry.Attestation memory a = solvency.attestation(runId);
            vm.assertTrue(a.exists && !a.isCurrent && !solvency.isCurrent(runId), "void");
            vm.expectRevert(abi.encodeWithSelector(IClosedRuns.RunVoid.selector, runId));
            solvency.closedRun(runId);
            vm.assertEq(solvency.timeOf(runId), 0, "of no time");
            bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
            _expectCloseRevert(id, abi.encodeWithSelector(wrong, circuits[i], bytes8("retired"), kinds[i]));
            vm.revertToState(before);
        }
    }

    function test_ADisabledPointVoidsAndClosesNothing() public {
        uint256 wrong = publishWrong(NOW - 3);
        bytes32[2] memory ids;
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 id = openRun(runHeader(wrong, 80 + i, honestReserves()));
            uint256[] memory list = new uint256[](5);
            uint256[5] memory signals = batchSignals(id, 80 + i, 0);
            for (uint256 j = 0; j < 5; ++j) list[j] = signals[j];
            ISolvencyRegistry.Step[] memory one = new ISolvencyRegistry.Step[](1);
            one[0] = ISolvencyRegistry.Step(signals[3], Trapdoor.prove(BATCH_KEY, 31_337, list, 1));
            solvency.submit(id, 0, one);
            ids[i] = id;
        }
        closeRun(ids[0]);
        vm.assertTrue(solvency.isCurrent(ids[0]), "taken for good");
        proveTable(wrong, NOW - 3);
        vm.assertTrue(!solvency.isCurrent(ids[0]) && !solvency.latest().isCurrent, "void after the dispute");
        bytes4 disabled = ISnapshotOracle.TablePointDisabled.selector;
        _expectCloseRevert(ids[1], abi.encodeWithSelector(disabled, wrong, batchCircuit));
        closeRun(runId); // and an honest snapshot attests again
        vm.assertTrue(solvency.latest().isCurrent, "honest");
    }

    function test_AMalformedTableVoidsAndClosesNothing() public {
        bytes32 id = runWith(runHeader(publishFor(NOW + 1), 77, honestReserves()), 1);
        closeRun(runId);
        // Only the builder may say so; how it finds out is its own test.
        vm.prank(address(builder));
        oracle.recordMalformedTable(snapshotId);
        vm.assertTrue(!solvency.isCurrent(runId), "void");
        uint256 newer = solvency.run(id).snapshotId;
        vm.prank(address(builder));
        oracle.recordMalformedTable(newer);
        _expectCloseRevert(id, abi.encodeWithSelector(ISnapshotOracle.SnapshotMalformed.selector, newer));
    }

    // --- gas ---

    /// The call; `--isolate` adds what its transaction costs, which the bound allows for.
    function test_BoundsTheGasOfClosing() public {
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        Groth16.Proof memory proof = proveReport(reportSignals(runId, honestReport(), reserves));
        uint256 left = gasleft();
        solvency.close(runId, honestReport(), proof, reserves);
        uint256 used = left - gasleft();
        emit log_named_uint("close", used);
        vm.assertLe(used, 700_000, "close");
    }
}
