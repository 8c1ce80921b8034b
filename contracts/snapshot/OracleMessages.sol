// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISnapshotOracle} from "./ISnapshotOracle.sol";

/// @title What the oracles sign
/// @author Ballast
/// @notice EIP-712 struct hashes.
library OracleMessages {
    /// @notice Type of a table point.
    bytes32 private constant POINT_TYPE = keccak256("TablePoint(bytes32 circuitId,uint256 x,uint256 y)");
    /// @notice Type of a snapshot's publication.
    bytes32 private constant SNAPSHOT_TYPE =
        keccak256(
            // solhint-disable-next-line max-line-length
            "Snapshot(uint64 time,bytes32 tableHash,uint32 rowCount,uint32 scenarios,uint32 underlyings,bytes32 policyHash,bytes32 inputHash,uint32 oracleRound,uint64 publishBy,TablePoint[] tablePoints)TablePoint(bytes32 circuitId,uint256 x,uint256 y)"
        );
    /// @notice Type of points added later.
    bytes32 private constant POINTS_TYPE =
        keccak256(
            // solhint-disable-next-line max-line-length
            "TablePoints(uint256 snapshotId,uint64 publishBy,TablePoint[] tablePoints)TablePoint(bytes32 circuitId,uint256 x,uint256 y)"
        );

    /// @notice Struct hash of `Snapshot`.
    /// @param header the header.
    /// @param policyHash the policy's hash.
    /// @param points the table points.
    /// @param publishBy until when it may be published, Unix seconds.
    /// @return the hash.
    function hashSnapshot(
        ISnapshotOracle.Header calldata header,
        bytes32 policyHash,
        ISnapshotOracle.TablePoint[] calldata points,
        uint64 publishBy
    ) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    SNAPSHOT_TYPE,
                    header.time,
                    header.tableHash,
                    header.rowCount,
                    header.scenarios,
                    header.underlyings,
                    policyHash,
                    header.inputHash,
                    header.oracleRound,
                    publishBy,
                    _hashPoints(points)
                )
            );
    }

    /// @notice Struct hash of `TablePoints`.
    /// @param snapshotId the snapshot.
    /// @param points the table points.
    /// @param publishBy until when they may be added, Unix seconds.
    /// @return the hash.
    function hashTablePoints(
        uint256 snapshotId,
        ISnapshotOracle.TablePoint[] calldata points,
        uint64 publishBy
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(POINTS_TYPE, snapshotId, publishBy, _hashPoints(points)));
    }

    /// @notice EIP-712 hash of an array of points.
    /// @param points the points.
    /// @return the hash of the concatenated struct hashes.
    function _hashPoints(ISnapshotOracle.TablePoint[] calldata points) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](points.length);
        for (uint256 i = 0; i < points.length; ++i) {
            hashes[i] = keccak256(abi.encode(POINT_TYPE, points[i].circuitId, points[i].x, points[i].y));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
