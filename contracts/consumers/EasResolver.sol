// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EasAttestation, IEasResolver} from "./IEas.sol";

/// @title A resolver that lets through what Ballast's registries say
/// @author Ballast
/// @notice Anybody may attest, since only what is proven passes; only the service calls; no payments.
abstract contract EasResolver is IEasResolver {
    /// @notice The Ethereum Attestation Service's contract on this chain.
    address public immutable eas;

    /// @notice Only the service calls a resolver.
    error NotTheService(address caller);

    /// @notice A resolver of Ballast takes no payments.
    error NotPayable();

    constructor(address eas_) {
        eas = eas_;
    }

    modifier onlyService() {
        if (msg.sender != eas) revert NotTheService(msg.sender);
        if (msg.value != 0) revert NotPayable();
        _;
    }

    /// @inheritdoc IEasResolver
    function attest(EasAttestation calldata attestation) external payable onlyService returns (bool) {
        return _holds(attestation);
    }

    /// @inheritdoc IEasResolver
    function multiAttest(
        EasAttestation[] calldata attestations,
        uint256[] calldata
    ) external payable onlyService returns (bool) {
        for (uint256 i = 0; i < attestations.length; ++i) {
            if (!_holds(attestations[i])) return false;
        }
        return true;
    }

    /// @inheritdoc IEasResolver
    /// @dev Who attested may say that it no longer does.
    function revoke(EasAttestation calldata) external payable onlyService returns (bool) {
        return true;
    }

    /// @inheritdoc IEasResolver
    function multiRevoke(
        EasAttestation[] calldata,
        uint256[] calldata
    ) external payable onlyService returns (bool) {
        return true;
    }

    /// @inheritdoc IEasResolver
    function isPayable() external pure returns (bool) {
        return false;
    }

    /// @dev An attestation that ends after the proof, or never, would say more than was proven.
    function _endsWithProof(EasAttestation calldata attestation, uint64 expiresAt) internal pure returns (bool) {
        return attestation.expirationTime != 0 && attestation.expirationTime <= expiresAt;
    }

    /// @dev Whether the registries say what the attestation says. Data of another length reverts.
    function _holds(EasAttestation calldata attestation) internal view virtual returns (bool);
}
