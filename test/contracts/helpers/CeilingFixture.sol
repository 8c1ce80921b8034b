// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CeilingClaim} from "contracts/liquidation/facts/Claims.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {CeilingVerifier} from "contracts/verify/statements/CeilingVerifier.sol";
import {GateFixture} from "./GateFixture.sol";
import {Trapdoor} from "./Trapdoor.sol";

/// A venue that has the statement `ceiling`, whose point every later snapshot has too.
abstract contract CeilingFixture is GateFixture {
    uint256 internal constant CEILING_KEY = 17;
    bytes32 internal ceilingCircuit;

    function setUp() public virtual override {
        super.setUp();
        CeilingVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(CEILING_KEY)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(CEILING_KEY, 4);
        for (uint256 j = 0; j < 4; ++j) vk.ic[j] = points[j];
        vk.icHash = icHash(CEILING_KEY);
        CeilingVerifier.Instance memory size = CeilingVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS);
        ceilingCircuit = verifiers.register(address(new CeilingVerifier(size, vk, false)));
    }

    function allPoints(uint256 id) internal view virtual override returns (ISnapshotOracle.TablePoint[] memory points) {
        ISnapshotOracle.TablePoint[] memory others = super.allPoints(id);
        if (ceilingCircuit == 0) return others;
        points = new ISnapshotOracle.TablePoint[](others.length + 1);
        for (uint256 i = 0; i < others.length; ++i) points[i] = others[i];
        Bn254.G1 memory point = Trapdoor.g1(tableLog(CEILING_KEY, id));
        points[others.length] = ISnapshotOracle.TablePoint(ceilingCircuit, point.x, point.y);
    }

    /// That a commitment in a snapshot is in breach, and worth a ceiling at most.
    function ceilingClaim(
        uint256 snapshot,
        uint256 accountId,
        uint256 commitment,
        uint256 ceiling
    ) internal view returns (CeilingClaim memory) {
        uint256[] memory signals = new uint256[](4);
        (signals[0], signals[1], signals[2]) = (accountId, commitment, ceiling);
        signals[3] = factContext(address(ledger), "ceiling", DEADLINE);
        uint256 seed = uint256(keccak256(abi.encode(signals)));
        Groth16.Proof memory proof = Trapdoor.prove(CEILING_KEY, tableLog(CEILING_KEY, snapshot), signals, seed);
        return CeilingClaim(ceilingCircuit, snapshot, DEADLINE, proof);
    }

    /// The same of an account's present portfolio in the newest snapshot.
    function ceilingClaim(uint256 accountId, uint256 ceiling) internal view returns (CeilingClaim memory) {
        return ceilingClaim(snapshotId, accountId, ledger.commitmentOf(accountId), ceiling);
    }
}
