// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title The m-of-n signers of an oracle
/// @author Ballast
/// @notice The owner can replace the set, but only after a public delay in which users can leave.
interface IOracleSigners {
    /// @notice One signer's signature: ECDSA for an account, ERC-1271 for a contract.
    struct OracleSignature {
        address signer;
        bytes signature;
    }

    /// @notice A new set waits for its delay.
    /// @param activeAt Unix time from which anyone may activate it.
    /// @param signers the set.
    /// @param threshold how many of them must sign.
    event SignersProposed(uint64 indexed activeAt, address[] signers, uint256 threshold);

    /// @notice The waiting set was withdrawn, or ended with the ownership of whoever proposed it.
    event SignersCancelled();

    /// @notice A set came into force.
    /// @param signers the set.
    /// @param threshold how many of them must sign.
    event SignersChanged(address[] signers, uint256 threshold);

    /// @notice Signers must be 1 to 16 distinct, non-zero addresses in ascending order.
    error InvalidSignerSet();

    /// @notice The threshold must be a majority of the set, and at most all of it.
    error InvalidThreshold(uint256 threshold, uint256 signers);

    /// @notice No set is waiting.
    error NoPendingSigners();

    /// @notice The waiting set may be activated later.
    error SignersNotReady(uint64 activeAt);

    /// @notice The waiting set could be activated until `until`: propose it anew.
    error SignersLapsed(uint64 until);

    /// @notice Fewer signatures than the threshold.
    error NotEnoughSignatures(uint256 given, uint256 needed);

    /// @notice Signatures must be in strictly ascending order of their signers: no signer counts twice.
    error SignersNotAscending(address previous, address current);

    /// @notice The address is not in the set in force.
    error UnknownSigner(address signer);

    /// @notice The signature does not belong to the signer for this message, chain and contract.
    error InvalidSignature(address signer);

    /// @notice Announces a new set; replaces one that is already waiting and starts its delay again.
    /// @param signers ascending addresses.
    /// @param threshold how many must sign.
    function proposeSigners(address[] calldata signers, uint256 threshold) external;

    /// @notice Withdraws the waiting set.
    function cancelSigners() external;

    /// @notice Brings the waiting set into force once its delay is over, and for 14 days; anyone may.
    function activateSigners() external;

    /// @notice The set in force.
    /// @return signers ascending addresses.
    /// @return threshold how many must sign.
    function signerSet() external view returns (address[] memory signers, uint256 threshold);

    /// @notice The waiting set, lapsed or not.
    /// @return signers ascending addresses, empty when none waits.
    /// @return threshold how many must sign.
    /// @return activeAt when it may be activated.
    function pendingSigners()
        external
        view
        returns (address[] memory signers, uint256 threshold, uint64 activeAt);
}
