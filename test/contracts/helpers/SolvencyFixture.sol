// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILossFunds} from "contracts/clearing/ILossFunds.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {SolvencyRegistry} from "contracts/solvency/SolvencyRegistry.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {ReportVerifier} from "contracts/verify/statements/ReportVerifier.sol";
import {SolvencyVerifier} from "contracts/verify/statements/SolvencyVerifier.sol";
import {Fixture} from "./Fixture.sol";
import {Token} from "./Tokens.sol";
import {Trapdoor} from "./Trapdoor.sol";

/// Funds that a test sets.
contract MockClearingHouse is ILossFunds {
    uint256 private _insuranceFund;
    uint256 private _gammaReserve;

    function set(uint256 insuranceFund, uint256 gammaReserve) external {
        (_insuranceFund, _gammaReserve) = (insuranceFund, gammaReserve);
    }

    function funds() external view returns (uint256 insuranceFund, uint256 gammaReserve) {
        return (_insuranceFund, _gammaReserve);
    }
}

/// A venue with a registry, a vault of two assets, and trapdoor keys of a batch and a report circuit.
abstract contract SolvencyFixture is Fixture {
    uint256 internal constant BATCH_KEY = 3;
    uint256 internal constant REPORT_KEY = 4;
    uint256 internal constant VENUE_KEY = 0x5e77e;
    uint256 internal constant ROOT = 4242;
    uint64 internal constant RUN_DEADLINE = NOW + 30 minutes;
    uint32 internal constant CASH = 1;
    uint32 internal constant COIN = 2;
    uint96 internal constant UNITS = 1000;

    SolvencyVerifier internal batchVerifier;
    ReportVerifier internal reportVerifier;
    bytes32 internal batchCircuit;
    bytes32 internal reportCircuit;
    address internal venue;
    CollateralVault internal vault;
    Token internal cash;
    Token internal coin;
    MockClearingHouse internal clearingHouse;
    SolvencyRegistry internal solvency;
    uint256 internal snapshotId;

    function setUp() public virtual override {
        super.setUp();
        batchVerifier = newBatchVerifier(BATCH_KEY);
        reportVerifier = newReportVerifier(REPORT_KEY, SCENARIOS);
        batchCircuit = verifiers.register(address(batchVerifier));
        reportCircuit = verifiers.register(address(reportVerifier));
        venue = vm.addr(VENUE_KEY);
        vault = new CollateralVault(venue, vaultParts(vaultsHouse()));
        (cash, coin) = (new Token(), new Token());
        addAsset(CASH, address(cash));
        addAsset(COIN, address(coin));
        deposit(CASH, cash, 5_000_000);
        deposit(COIN, coin, 300);
        clearingHouse = new MockClearingHouse();
        clearingHouse.set(2_000_000e6, 500_000e6);
        solvency = newRegistry(false);
        snapshotId = publishFor(NOW);
    }

    /// The vault's clearing house: none, unless a test says otherwise.
    function vaultsHouse() internal pure virtual returns (address) {
        return address(0);
    }

    function newBatchVerifier(uint256 seed) internal returns (SolvencyVerifier) {
        SolvencyVerifier.Instance memory instance = SolvencyVerifier.Instance(2, 4, ROWS, SCENARIOS, UNDERLYINGS, 4);
        return new SolvencyVerifier(instance, batchKey(seed), false);
    }

    function batchKey(uint256 seed) internal view returns (SolvencyVerifier.VerifyingKey memory vk) {
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(seed)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 5);
        for (uint256 j = 0; j < 5; ++j) vk.ic[j] = points[j];
        vk.icHash = icHash(seed);
    }

    function newReportVerifier(uint256 seed, uint32 scenarios) internal returns (ReportVerifier) {
        return new ReportVerifier(ReportVerifier.Instance(scenarios, UNDERLYINGS), reportKey(seed), false);
    }

    function reportKey(uint256 seed) internal view returns (ReportVerifier.VerifyingKey memory vk) {
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(seed)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 23);
        for (uint256 j = 0; j < 23; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(seed, 0));
        vk.icHash = keccak256(abi.encodePacked(vk.ic0.x, vk.ic0.y));
    }

    function newRegistry(bool requireProven) internal returns (SolvencyRegistry) {
        return new SolvencyRegistry(oracle, verifiers, vault, clearingHouse, MAX_AGE, requireProven);
    }

    function addAsset(uint32 id, address token) internal {
        vm.prank(venue);
        vault.addAsset(id, token, UNITS);
    }

    function deposit(uint32 id, Token token, uint256 lots) internal {
        token.mint(address(this), lots * UNITS);
        token.approve(address(vault), lots * UNITS);
        vault.deposit(id, lots);
    }

    /// Publishes the table for `time` with the true points of the coverage and the batch circuit.
    function publishFor(uint64 time) internal returns (uint256) {
        uint256 id = snapshotIdOf(header(time));
        ISnapshotOracle.TablePoint[] memory points = new ISnapshotOracle.TablePoint[](2);
        points[0] = truePoint(id)[0];
        Bn254.G1 memory point = Trapdoor.g1(tableLog(BATCH_KEY, id));
        points[1] = ISnapshotOracle.TablePoint(batchCircuit, point.x, point.y);
        return publish(time, points);
    }

    /// Publishes a wrong table point for the batch circuit, under valid signatures.
    function publishWrong(uint64 time) internal returns (uint256) {
        ISnapshotOracle.TablePoint[] memory points = new ISnapshotOracle.TablePoint[](1);
        Bn254.G1 memory wrong = Trapdoor.g1(31_337);
        points[0] = ISnapshotOracle.TablePoint(batchCircuit, wrong.x, wrong.y);
        return publish(time, points);
    }

    /// Has the batch circuit's table point computed on chain.
    function proveTable(uint256 id, uint64 time) internal {
        builder.open(header(time), policyElements(), batchCircuit, icHead(BATCH_KEY));
        for (uint256 n = 0; n < ROWS; ++n)
            builder.append(id, batchCircuit, n < REAL_ROWS ? tableRow(n) : new uint256[](0), icRow(BATCH_KEY, n));
    }

    // --- runs ---

    function reserveList(uint256 cashLots, uint256 coinLots) internal pure returns (ISolvencyRegistry.Reserve[] memory r) {
        r = new ISolvencyRegistry.Reserve[](2);
        r[0] = ISolvencyRegistry.Reserve(CASH, cashLots);
        r[1] = ISolvencyRegistry.Reserve(COIN, coinLots);
    }

    /// What the accounts of the honest run hold: a lot of cash less than the vault, all of its coins.
    function honestReserves() internal pure returns (ISolvencyRegistry.Reserve[] memory) {
        return reserveList(4_999_999, 300);
    }

    function runHeader() internal view returns (ISolvencyRegistry.RunHeader memory) {
        return runHeader(snapshotId, ROOT, honestReserves());
    }

    function runHeader(
        uint256 id,
        uint256 root,
        ISolvencyRegistry.Reserve[] memory reserves
    ) internal view returns (ISolvencyRegistry.RunHeader memory) {
        return
            ISolvencyRegistry.RunHeader({
                venue: venue,
                batchCircuit: batchCircuit,
                reportCircuit: reportCircuit,
                snapshotId: id,
                accountsRoot: root,
                reservesHash: keccak256(abi.encode(reserves)),
                initialState: stateOf(root, 0),
                deadline: oracle.snapshotTime(id) + 30 minutes
            });
    }

    function signHeader(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function openRun(ISolvencyRegistry.RunHeader memory h) internal returns (bytes32) {
        return solvency.open(h, signHeader(VENUE_KEY, solvency.openDigest(h)));
    }

    /// Opens a run and submits `batches` of it.
    function runWith(ISolvencyRegistry.RunHeader memory h, uint256 batches) internal returns (bytes32 runId) {
        runId = openRun(h);
        solvency.submit(runId, 0, steps(runId, 0, batches));
    }

    function runWith(uint256 batches) internal returns (bytes32) {
        return runWith(runHeader(), batches);
    }

    /// The hidden state of a run over `root` after `batches`.
    function stateOf(uint256 root, uint256 batches) internal pure returns (uint256) {
        return Trapdoor.log("state", uint256(keccak256(abi.encode(root, batches))));
    }

    function contextFor(bytes32 runId) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(keccak256("ballast.solvency.context.v1"), runId))) >> 3;
    }

    function batchSignals(bytes32 runId, uint256 root, uint256 index) internal pure returns (uint256[5] memory) {
        return [root, index, stateOf(root, index), stateOf(root, index + 1), contextFor(runId)];
    }

    /// A step over the tests' snapshot whose proof is of exactly these signals.
    function provenStep(uint256[5] memory signals) internal view returns (ISolvencyRegistry.Step memory) {
        return provenStep(snapshotId, signals);
    }

    function provenStep(uint256 id, uint256[5] memory signals) internal view returns (ISolvencyRegistry.Step memory) {
        uint256[] memory list = new uint256[](5);
        for (uint256 j = 0; j < 5; ++j) list[j] = signals[j];
        uint256 randomness = uint256(keccak256(abi.encode(signals)));
        return ISolvencyRegistry.Step(signals[3], Trapdoor.prove(BATCH_KEY, tableLog(BATCH_KEY, id), list, randomness));
    }

    /// Valid steps of an open run, whatever its root and snapshot.
    function steps(
        bytes32 runId,
        uint256 first,
        uint256 count
    ) internal view returns (ISolvencyRegistry.Step[] memory list) {
        ISolvencyRegistry.Run memory run = solvency.run(runId);
        list = new ISolvencyRegistry.Step[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = provenStep(run.snapshotId, batchSignals(runId, run.accountsRoot, first + i));
        }
    }

    // --- reports ---

    function zetaFor(ISolvencyRegistry.Run memory run) internal pure returns (uint256) {
        bytes32 domain = keccak256("ballast.solvency.netting.v1");
        return uint256(keccak256(abi.encode(domain, run.accountsRoot, run.snapshotId, run.reservesHash))) >> 3;
    }

    /// The netting sum by another algorithm than the registry's.
    function nettingOf(uint256 zeta, ISolvencyRegistry.Reserve[] memory reserves) internal pure returns (uint256 sum) {
        uint256 r = Trapdoor.R;
        for (uint256 i = 0; i < reserves.length; ++i) {
            uint256 inverse = Math.invMod(addmod(zeta, r - reserves[i].instrumentId, r), r);
            sum = addmod(sum, mulmod(reserves[i].lots, inverse, r), r);
        }
    }

    function honestReport() internal pure returns (ISolvencyRegistry.Report memory report) {
        report.tiers = [uint256(700), 60, 30, 8, 2];
        report.currentShortfall = 1_000e6;
        (report.worstScenario, report.worstShortfall) = (3, 2_000_000e6);
        (report.cover1Scenario, report.cover1Shortfall) = (2, 900_000e6);
        (report.cover2Scenario, report.cover2Shortfall) = (4, 1_500_000e6);
        report.demand = [uint256(11e6), 12e6, 13e6, 21e6, 22e6, 23e6];
    }

    /// The public signals of a report, in the order of the circuit's main component, about accounts that hold
    /// `reserves`.
    function reportSignals(
        bytes32 runId,
        ISolvencyRegistry.Report memory report,
        ISolvencyRegistry.Reserve[] memory reserves
    ) internal view returns (uint256[] memory list) {
        ISolvencyRegistry.Run memory run = solvency.run(runId);
        list = new uint256[](23);
        (list[0], list[1]) = (run.batches, run.state);
        for (uint256 i = 0; i < 5; ++i) list[2 + i] = report.tiers[i];
        (list[7], list[8], list[9]) = (report.currentShortfall, report.worstScenario, report.worstShortfall);
        (list[10], list[11]) = (report.cover1Scenario, report.cover1Shortfall);
        (list[12], list[13]) = (report.cover2Scenario, report.cover2Shortfall);
        for (uint256 i = 0; i < 6; ++i) list[14 + i] = report.demand[i];
        list[20] = nettingOf(zetaFor(run), reserves);
        (list[21], list[22]) = (zetaFor(run), contextFor(runId));
    }

    function proveReport(uint256[] memory signals) internal view returns (Groth16.Proof memory) {
        return Trapdoor.prove(REPORT_KEY, Trapdoor.cachedLog(REPORT_KEY, 0), signals, 5);
    }

    /// Closes a run with a report about where it stands, over accounts that hold exactly these reserves.
    function closeRun(
        bytes32 runId,
        ISolvencyRegistry.Report memory report,
        ISolvencyRegistry.Reserve[] memory reserves
    ) internal {
        solvency.close(runId, report, proveReport(reportSignals(runId, report, reserves)), reserves);
    }

    function closeRun(bytes32 runId) internal {
        closeRun(runId, honestReport(), honestReserves());
    }
}
