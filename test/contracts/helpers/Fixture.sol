// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CoverageRegistry} from "contracts/coverage/CoverageRegistry.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {MarketClock} from "contracts/coverage/MarketClock.sol";
import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {SnapshotOracle} from "contracts/snapshot/SnapshotOracle.sol";
import {TablePointBuilder} from "contracts/snapshot/TablePointBuilder.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {CoverageVerifier} from "contracts/verify/statements/CoverageVerifier.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {Trapdoor} from "./Trapdoor.sol";
import {Base} from "./Vm.sol";

/// The whole system with a trapdoor key of the instance 4x8, S=5, K=2, and a table of 5 rows.
abstract contract Fixture is Base {
    uint256 internal constant KEY = 1;
    uint32 internal constant ROWS = 8;
    uint32 internal constant REAL_ROWS = 5;
    uint32 internal constant SCENARIOS = 5;
    uint32 internal constant UNDERLYINGS = 2;
    uint256 internal constant LANES = 12;
    uint256 internal constant WIDTH = 7;
    uint256 internal constant POLICY = 16;
    uint64 internal constant MAX_AGE = 1 hours;
    uint64 internal constant SPACING = 1;
    uint64 internal constant GRACE = 2 minutes;
    uint64 internal constant SERVE_GAP = 5 minutes;
    uint64 internal constant NOW = 1_790_000_000;
    uint256 internal constant FIRST_SIGNER_KEY = 0xa11ce;

    VerifierRegistry internal verifiers;
    SnapshotOracle internal oracle;
    TablePointBuilder internal builder;
    CoverageRegistry internal registry;
    MarketClock internal clock;
    CoverageVerifier internal verifier;
    bytes32 internal circuitId;
    uint256[] internal signerKeys;

    function setUp() public virtual {
        vm.warp(NOW);
        verifiers = new VerifierRegistry(address(this), 4);
        verifier = newVerifier(KEY, false);
        circuitId = verifiers.register(address(verifier));
        _makeSigners(3);
        oracle = new SnapshotOracle(address(this), signerAddresses(), 2, verifiers, volatilityOracle(), MAX_AGE);
        builder = TablePointBuilder(oracle.builder());
        registry = new CoverageRegistry(oracle, verifiers, MAX_AGE, false);
        clock = new MarketClock(registry, IMarketClock.Parameters(SPACING, GRACE, SERVE_GAP));
    }

    /// Whose rounds the snapshots name: none, unless a test overrides it.
    function volatilityOracle() internal virtual returns (IVolatilityOracle) {
        return IVolatilityOracle(address(0));
    }

    function newVerifier(uint256 seed, bool isDev) internal returns (CoverageVerifier) {
        CoverageVerifier.Instance memory instance = CoverageVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS);
        return new CoverageVerifier(instance, Trapdoor.key(seed, icHash(seed)), isDev);
    }

    // --- table, policy, header ---

    function lane(uint256 row, uint256 index) internal pure returns (int256) {
        return int256(uint256(keccak256(abi.encode("lane", row, index))) % ((1 << 40) - 1)) - int256((1 << 39) - 1);
    }

    function packed(int256 v0, int256 v1, int256 v2) internal pure returns (uint256) {
        int256 sum = v0 + v1 * int256(1 << 84) + v2 * int256(1 << 168);
        return sum >= 0 ? uint256(sum) : Bn254.SCALAR_FIELD - uint256(-sum);
    }

    /// Row n of the table: ids 10, 20, ...
    function tableRow(uint256 n) internal pure virtual returns (uint256[] memory row) {
        row = new uint256[](WIDTH);
        for (uint256 e = 0; e < 4; ++e) row[e] = packed(lane(n, 3 * e), lane(n, 3 * e + 1), lane(n, 3 * e + 2));
        row[4] = uint256(keccak256(abi.encode("long", n))) >> 217;
        row[5] = uint256(keccak256(abi.encode("short", n))) >> 217;
        row[6] = 10 * (n + 1);
    }

    function policyElements() internal pure returns (uint256[] memory policy) {
        policy = new uint256[](POLICY);
        for (uint256 i = 0; i < POLICY - 3; ++i) policy[i] = 1_000_000 + i;
        policy[13] = 1_300_000;
        policy[14] = 1_100_000;
        policy[15] = 1_000_000;
    }

    function header(uint64 time) internal pure returns (ISnapshotOracle.Header memory) {
        bytes32 tableHash;
        for (uint256 n = 0; n < REAL_ROWS; ++n) tableHash = keccak256(abi.encodePacked(tableHash, tableRow(n)));
        return ISnapshotOracle.Header(time, tableHash, REAL_ROWS, SCENARIOS, UNDERLYINGS, keccak256("inputs"), 0);
    }

    function snapshotIdOf(ISnapshotOracle.Header memory h) internal pure returns (uint256) {
        bytes32 policyHash = keccak256(abi.encodePacked(policyElements()));
        bytes memory encoded = abi.encode(
            keccak256("ballast.snapshot.v2"),
            h.time,
            h.tableHash,
            h.rowCount,
            h.scenarios,
            h.underlyings,
            policyHash,
            h.inputHash,
            h.oracleRound
        );
        return uint256(keccak256(encoded)) >> 3;
    }

    // --- IC points of the cached inputs: rows first, then the snapshot id, then the policy ---

    function icRow(uint256 seed, uint256 n) internal view returns (uint256[] memory points) {
        points = new uint256[](2 * WIDTH);
        for (uint256 e = 0; e < WIDTH; ++e) {
            Bn254.G1 memory point = Trapdoor.g1(Trapdoor.cachedLog(seed, 1 + n * WIDTH + e));
            (points[2 * e], points[2 * e + 1]) = (point.x, point.y);
        }
    }

    function icHead(uint256 seed) internal view returns (uint256[] memory points) {
        points = new uint256[](2 * (POLICY + 2));
        for (uint256 i = 0; i < POLICY + 2; ++i) {
            Bn254.G1 memory point = Trapdoor.g1(Trapdoor.cachedLog(seed, i == 0 ? 0 : ROWS * WIDTH + i));
            (points[2 * i], points[2 * i + 1]) = (point.x, point.y);
        }
    }

    function icHash(uint256 seed) internal view returns (bytes32 hash) {
        hash = keccak256(abi.encodePacked(icHead(seed)));
        for (uint256 n = 0; n < ROWS; ++n) hash = keccak256(abi.encodePacked(hash, icRow(seed, n)));
    }

    /// Discrete log of the true table point.
    function tableLog(uint256 seed, uint256 snapshotId) internal pure returns (uint256 sum) {
        uint256 r = Trapdoor.R;
        sum = Trapdoor.cachedLog(seed, 0);
        for (uint256 n = 0; n < REAL_ROWS; ++n) {
            uint256[] memory row = tableRow(n);
            for (uint256 e = 0; e < WIDTH; ++e)
                sum = addmod(sum, mulmod(row[e], Trapdoor.cachedLog(seed, 1 + n * WIDTH + e), r), r);
        }
        uint256 first = ROWS * WIDTH + 1;
        sum = addmod(sum, mulmod(snapshotId, Trapdoor.cachedLog(seed, first), r), r);
        uint256[] memory policy = policyElements();
        for (uint256 i = 0; i < POLICY; ++i)
            sum = addmod(sum, mulmod(policy[i], Trapdoor.cachedLog(seed, first + 1 + i), r), r);
    }

    function truePoint(uint256 snapshotId) internal view returns (ISnapshotOracle.TablePoint[] memory points) {
        points = new ISnapshotOracle.TablePoint[](1);
        Bn254.G1 memory point = Trapdoor.g1(tableLog(KEY, snapshotId));
        points[0] = ISnapshotOracle.TablePoint(circuitId, point.x, point.y);
    }

    // --- oracle signatures ---

    function _makeSigners(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) signerKeys.push(FIRST_SIGNER_KEY + i);
        for (uint256 i = 1; i < count; ++i)
            for (uint256 j = i; j > 0 && vm.addr(signerKeys[j]) < vm.addr(signerKeys[j - 1]); --j)
                (signerKeys[j], signerKeys[j - 1]) = (signerKeys[j - 1], signerKeys[j]);
    }

    function signerAddresses() internal view returns (address[] memory list) {
        list = new address[](signerKeys.length);
        for (uint256 i = 0; i < list.length; ++i) list[i] = vm.addr(signerKeys[i]);
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (IOracleSigners.OracleSignature memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return IOracleSigners.OracleSignature(vm.addr(key), abi.encodePacked(r, s, v));
    }

    /// Signatures of the first `count` signers.
    function signatures(
        bytes32 digest,
        uint256 count
    ) internal view returns (IOracleSigners.OracleSignature[] memory list) {
        list = new IOracleSigners.OracleSignature[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = signed(signerKeys[i], digest);
    }

    function publish(
        uint64 time,
        ISnapshotOracle.TablePoint[] memory points
    ) internal returns (uint256 snapshotId) {
        ISnapshotOracle.Header memory h = header(time);
        uint64 until = publishBy(time);
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, until);
        return oracle.publish(h, policyElements(), points, until, signatures(digest, 2));
    }

    /// Until when the signers let a snapshot of `time` be published: as long as they may.
    function publishBy(uint64 time) internal pure returns (uint64) {
        return time + 1 hours;
    }

    /// Publishes the table for `time` with its true point.
    function publishTrue(uint64 time) internal returns (uint256 snapshotId) {
        return publish(time, truePoint(snapshotIdOf(header(time))));
    }

    // --- claims ---

    function signalsOf(
        uint256 accountId,
        uint256 commitment,
        uint8 tier,
        uint256 context
    ) internal pure returns (uint256[4] memory) {
        return [accountId, commitment, uint256(tier), context];
    }

    /// A valid claim for this chain and registry.
    function claim(
        uint256 snapshotId,
        uint64 deadline,
        uint256 accountId,
        uint256 commitment,
        uint8 tier
    ) internal view returns (ICoverageRegistry.CoverageProof memory) {
        uint256[4] memory signals = signalsOf(accountId, commitment, tier, contextFor(registry, deadline));
        return
            ICoverageRegistry.CoverageProof(
                circuitId,
                snapshotId,
                deadline,
                accountId,
                commitment,
                tier,
                Trapdoor.prove(KEY, tableLog(KEY, snapshotId), signals, accountId)
            );
    }

    function contextFor(CoverageRegistry target, uint64 deadline) internal view returns (uint256) {
        bytes32 domain = keccak256("ballast.coverage.context.v1");
        return uint256(keccak256(abi.encode(domain, block.chainid, address(target), deadline))) >> 3;
    }
}
