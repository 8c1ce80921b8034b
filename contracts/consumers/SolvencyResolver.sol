// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ISolvencyRegistry} from "../solvency/ISolvencyRegistry.sol";
import {EasResolver} from "./EasResolver.sol";
import {EasAttestation} from "./IEas.sol";

/// @title A venue's solvency, as an attestation of the Ethereum Attestation Service
/// @author Ballast
/// @notice The schema is `bytes32 runId, uint256 coverageRatio, uint64 snapshotTime`; the recipient is the registry.
/// The ratio is in ppm; type(uint256).max where no scenario leaves a shortfall.
contract SolvencyResolver is EasResolver {
    /// @notice The venue's only registry.
    ISolvencyRegistry public immutable registry;

    constructor(address eas_, ISolvencyRegistry registry_) EasResolver(eas_) {
        registry = registry_;
    }

    function _holds(EasAttestation calldata attestation) internal view override returns (bool) {
        (bytes32 runId, uint256 coverageRatio, uint64 snapshotTime) = abi.decode(
            attestation.data,
            (bytes32, uint256, uint64)
        );
        ISolvencyRegistry.Attestation memory found = registry.attestation(runId);
        return
            found.isCurrent &&
            found.coverageRatio == coverageRatio &&
            found.snapshotTime == snapshotTime &&
            attestation.recipient == address(registry) &&
            _endsWithProof(attestation, found.expiresAt);
    }
}
