// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReportSignals} from "../verify/statements/ReportSignals.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title What the proofs of a solvency run are bound to
/// @author Ballast
/// @notice docs/protocol/encodings.md, section 7.
library SolvencyRun {
    /// @notice Domain of a run's id.
    bytes32 internal constant RUN_DOMAIN = keccak256("ballast.solvency.run.v1");
    /// @notice Domain of its context.
    bytes32 internal constant CONTEXT_DOMAIN = keccak256("ballast.solvency.context.v1");
    /// @notice Domain of its netting challenge.
    bytes32 internal constant NETTING_DOMAIN = keccak256("ballast.solvency.netting.v1");
    /// @notice EIP-712 type of the header that the venue signs.
    bytes32 private constant HEADER_TYPE =
        keccak256(
            // solhint-disable-next-line max-line-length
            "RunHeader(address venue,bytes32 batchCircuit,bytes32 reportCircuit,uint256 snapshotId,uint256 accountsRoot,bytes32 reservesHash,uint256 initialState,uint64 deadline)"
        );

    /// @notice A run's id.
    /// @param chainId the chain.
    /// @param registry the solvency registry.
    /// @param header what fixes the run.
    /// @return the id.
    function idOf(
        uint256 chainId,
        address registry,
        ISolvencyRegistry.RunHeader calldata header
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(RUN_DOMAIN, chainId, registry, header));
    }

    /// @notice The public signal `context` of a run's proofs: 253 bits, so it is always a field element.
    /// @param runId the run.
    /// @return the context.
    function contextOf(bytes32 runId) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(CONTEXT_DOMAIN, runId))) >> 3;
    }

    /// @notice A run's netting challenge: 253 bits, so it is always a field element.
    /// @dev SOUNDNESS: made of the accounts' root and of the reserves, so both sides of the netting equation are fixed
    /// before it. Reserves chosen after it could be solved for any sum.
    /// @param run the run.
    /// @return the public signal `zeta`.
    function zetaOf(ISolvencyRegistry.Run memory run) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(NETTING_DOMAIN, run.accountsRoot, run.snapshotId, run.reservesHash))) >> 3;
    }

    /// @notice EIP-712 struct hash of a header.
    /// @param header what fixes the run.
    /// @return the hash.
    function hashHeader(ISolvencyRegistry.RunHeader calldata header) internal pure returns (bytes32) {
        return keccak256(abi.encode(HEADER_TYPE, header));
    }

    /// @notice The public signals of a run's report, in the circuit's order.
    /// @param run the run: where it stands is what the report is about.
    /// @param report the opened numbers.
    /// @param netting the reserves' netting sum.
    /// @param context the run's context.
    /// @return signals the signals.
    function reportSignals(
        ISolvencyRegistry.Run memory run,
        ISolvencyRegistry.Report calldata report,
        uint256 netting,
        uint256 context
    ) internal pure returns (uint256[23] memory signals) {
        signals[ReportSignals.BATCHES] = run.batches;
        signals[ReportSignals.STATE] = run.state;
        for (uint256 i = 0; i < 5; ++i) signals[ReportSignals.TIER0 + i] = report.tiers[i];
        signals[ReportSignals.CURRENT_SHORTFALL] = report.currentShortfall;
        signals[ReportSignals.WORST_SCENARIO] = report.worstScenario;
        signals[ReportSignals.WORST_SHORTFALL] = report.worstShortfall;
        signals[ReportSignals.COVER1_SCENARIO] = report.cover1Scenario;
        signals[ReportSignals.COVER1_SHORTFALL] = report.cover1Shortfall;
        signals[ReportSignals.COVER2_SCENARIO] = report.cover2Scenario;
        signals[ReportSignals.COVER2_SHORTFALL] = report.cover2Shortfall;
        for (uint256 i = 0; i < 6; ++i) signals[ReportSignals.DEMAND0 + i] = report.demand[i];
        signals[ReportSignals.NETTING] = netting;
        signals[ReportSignals.ZETA] = zetaOf(run);
        signals[ReportSignals.CONTEXT] = context;
    }
}
