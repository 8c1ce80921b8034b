// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title A closed run in storage
/// @author Ballast
/// @notice Seven slots and one for each reserve. The windows are those that the report's circuit proves.
library SolvencyRecord {
    using SafeCast for uint256;

    /// @notice What is stored of a report, with the times and funds of its closing.
    struct Record {
        uint64 attestedAt;
        uint64 snapshotTime;
        uint8 worstScenario;
        uint8 cover1Scenario;
        uint8 cover2Scenario;
        uint96 currentShortfall;
        uint96 worstShortfall;
        uint64 cover1Shortfall;
        uint64 cover2Shortfall;
        uint32[5] tiers;
        uint96[6] demand;
        uint128 insuranceFund;
        uint128 gammaReserve;
    }

    /// @notice Parts of a whole in a ratio.
    uint256 private constant PPM = 1_000_000;

    /// @notice Puts a report into its windows.
    /// @param report the opened numbers.
    /// @return record the record, still without times and funds.
    function fromReport(ISolvencyRegistry.Report calldata report) internal pure returns (Record memory record) {
        record.worstScenario = report.worstScenario.toUint8();
        record.cover1Scenario = report.cover1Scenario.toUint8();
        record.cover2Scenario = report.cover2Scenario.toUint8();
        record.currentShortfall = report.currentShortfall.toUint96();
        record.worstShortfall = report.worstShortfall.toUint96();
        record.cover1Shortfall = report.cover1Shortfall.toUint64();
        record.cover2Shortfall = report.cover2Shortfall.toUint64();
        for (uint256 i = 0; i < 5; ++i) record.tiers[i] = report.tiers[i].toUint32();
        for (uint256 i = 0; i < 6; ++i) record.demand[i] = report.demand[i].toUint96();
    }

    /// @notice Writes a record's part of an attestation.
    /// @param record the record.
    /// @param found the attestation, changed in place.
    function fill(Record memory record, ISolvencyRegistry.Attestation memory found) internal pure {
        found.snapshotTime = record.snapshotTime;
        found.attestedAt = record.attestedAt;
        for (uint256 i = 0; i < 5; ++i) found.accounts += record.tiers[i];
        found.accountsByTier = record.tiers;
        found.currentShortfall = record.currentShortfall;
        found.worstScenario = record.worstScenario;
        found.worstShortfall = record.worstShortfall;
        found.cover1Scenario = record.cover1Scenario;
        found.cover1Shortfall = record.cover1Shortfall;
        found.cover2Scenario = record.cover2Scenario;
        found.cover2Shortfall = record.cover2Shortfall;
        found.demand = record.demand;
        found.insuranceFund = record.insuranceFund;
        found.gammaReserve = record.gammaReserve;
        found.coverageRatio = _ratioDown(
            uint256(record.insuranceFund) + record.gammaReserve,
            record.worstShortfall
        );
    }

    /// @notice A reserve as it is stored.
    /// @param reserve what the accounts hold, below 2^64 lots.
    /// @param lotsHeld what the vault holds.
    /// @return the reserve.
    function heldReserve(
        ISolvencyRegistry.Reserve calldata reserve,
        uint256 lotsHeld
    ) internal pure returns (ISolvencyRegistry.HeldReserve memory) {
        // Anybody may send a token of any supply: more than fits must not stop a run.
        uint160 held = uint160(Math.min(lotsHeld, type(uint160).max));
        return ISolvencyRegistry.HeldReserve(reserve.instrumentId, reserve.lots.toUint64(), held);
    }

    /// @notice Funds over a shortfall.
    /// @param funds micro-USD.
    /// @param shortfall micro-USD.
    /// @return ppm, rounded down; type(uint256).max for no shortfall at all.
    function _ratioDown(uint256 funds, uint256 shortfall) private pure returns (uint256) {
        return shortfall == 0 ? type(uint256).max : (funds * PPM) / shortfall;
    }
}
