// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @notice An attestation of the Ethereum Attestation Service, as its contracts lay it out.
/// @dev https://github.com/ethereum-attestation-service/eas-contracts, Common.sol.
struct EasAttestation {
    bytes32 uid;
    bytes32 schema;
    uint64 time;
    uint64 expirationTime;
    uint64 revocationTime;
    bytes32 refUID;
    address recipient;
    address attester;
    bool revocable;
    bytes data;
}

/// @title What the Ethereum Attestation Service asks of a schema's resolver
/// @author Ballast
/// @notice The service calls the resolver as an attestation is made or revoked, and reverts where it says no.
interface IEasResolver {
    /// @notice Whether the resolver takes payments.
    /// @return whether it does.
    function isPayable() external pure returns (bool);

    /// @notice Whether an attestation may be made.
    /// @param attestation the attestation.
    /// @return whether it may.
    function attest(EasAttestation calldata attestation) external payable returns (bool);

    /// @notice Whether attestations may be made.
    /// @param attestations the attestations.
    /// @param values the payments.
    /// @return whether all of them may.
    function multiAttest(
        EasAttestation[] calldata attestations,
        uint256[] calldata values
    ) external payable returns (bool);

    /// @notice Whether an attestation may be revoked.
    /// @param attestation the attestation.
    /// @return whether it may.
    function revoke(EasAttestation calldata attestation) external payable returns (bool);

    /// @notice Whether attestations may be revoked.
    /// @param attestations the attestations.
    /// @param values the payments.
    /// @return whether all of them may.
    function multiRevoke(
        EasAttestation[] calldata attestations,
        uint256[] calldata values
    ) external payable returns (bool);
}
