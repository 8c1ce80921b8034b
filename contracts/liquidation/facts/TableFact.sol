// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../../coverage/ICoverageRegistry.sol";
import {ISnapshotOracle} from "../../snapshot/ISnapshotOracle.sol";
import {Bn254} from "../../verify/Bn254.sol";
import {IVerifierRegistry} from "../../verify/IVerifierRegistry.sol";
import {IFactProofs} from "./IFactProofs.sol";

/// @title What a fact about a snapshot is checked against
/// @author Ballast
/// @notice The verifier and the table point, by the rules of the venue's coverage registry: its oracle, its list of
/// verifiers, its oldest snapshot, and whether table points must have been computed on chain.
library TableFact {
    /// @notice Checks deadline, circuit and table point, and that the snapshot is young enough.
    /// @param coverage the coverage registry whose rules apply.
    /// @param kind the statement that the circuit must prove.
    /// @param circuitId the instance and key.
    /// @param snapshotId the snapshot.
    /// @param deadline the proof's deadline.
    /// @return verifier the circuit's verifier.
    /// @return point the snapshot's table point.
    /// @return time the snapshot's time.
    function target(
        ICoverageRegistry coverage,
        bytes8 kind,
        bytes32 circuitId,
        uint256 snapshotId,
        uint64 deadline
    ) internal view returns (address verifier, Bn254.G1 memory point, uint64 time) {
        (verifier, point, time) = targetOfAnyAge(coverage, kind, circuitId, snapshotId, deadline);
        uint256 maxAge = coverage.maxAge();
        if (block.timestamp > time + maxAge) revert IFactProofs.FactSnapshotStale(time, block.timestamp - maxAge);
    }

    /// @notice Checks deadline, circuit and table point, for whoever has chosen the snapshot.
    /// @param coverage the coverage registry whose rules apply.
    /// @param kind the statement that the circuit must prove.
    /// @param circuitId the instance and key.
    /// @param snapshotId the snapshot.
    /// @param deadline the proof's deadline.
    /// @return verifier the circuit's verifier.
    /// @return point the snapshot's table point.
    /// @return time the snapshot's time.
    function targetOfAnyAge(
        ICoverageRegistry coverage,
        bytes8 kind,
        bytes32 circuitId,
        uint256 snapshotId,
        uint64 deadline
    ) internal view returns (address verifier, Bn254.G1 memory point, uint64 time) {
        if (block.timestamp > deadline) revert IFactProofs.FactExpired(deadline);
        (verifier, ) = IVerifierRegistry(coverage.verifiers()).verifierFor(circuitId, kind);
        ISnapshotOracle oracle = ISnapshotOracle(coverage.oracle());
        bool proven;
        (point.x, point.y, time, , proven) = oracle.usablePoint(snapshotId, circuitId);
        if (!proven && coverage.requireProven()) revert IFactProofs.TablePointNotComputed(snapshotId, circuitId);
    }
}
