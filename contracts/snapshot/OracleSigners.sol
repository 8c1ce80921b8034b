// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IOracleSigners} from "./IOracleSigners.sol";

/// @title OracleSigners
/// @author Ballast
/// @notice The m-of-n signer set of an oracle, replaced as a whole and only after a delay. A set that waits lapses
/// after two weeks, and ends with the ownership.
abstract contract OracleSigners is IOracleSigners, Ownable2Step {
    /// @notice Most signers a set may have: bounds the gas of a publication.
    uint256 public constant MAX_SIGNERS = 16;
    /// @notice How long a new set waits before it can be activated.
    uint64 public constant SIGNER_CHANGE_DELAY = 2 days;
    /// @notice How long it can be activated after that.
    uint64 public constant SIGNER_CHANGE_WINDOW = 14 days;

    /// @notice The set in force.
    address[] private _signers;
    /// @notice How many of it must sign.
    uint256 private _threshold;
    /// @notice Membership of the set in force.
    mapping(address signer => bool isSigner) private _isSigner;
    /// @notice The waiting set.
    address[] private _pending;
    /// @notice Its threshold.
    uint256 private _pendingThreshold;
    /// @notice When it may be activated; 0 when none waits.
    uint64 private _pendingActiveAt;

    /// @notice Brings the first set into force.
    /// @param owner who may propose sets.
    /// @param signers the first set, ascending.
    /// @param threshold how many must sign.
    constructor(address owner, address[] memory signers, uint256 threshold) Ownable(owner) {
        _checkSet(signers, threshold);
        _setSigners(signers, threshold);
    }

    /// @inheritdoc IOracleSigners
    function proposeSigners(address[] calldata signers, uint256 threshold) external onlyOwner {
        _checkSet(signers, threshold);
        _pending = signers;
        _pendingThreshold = threshold;
        _pendingActiveAt = uint64(block.timestamp) + SIGNER_CHANGE_DELAY;
        emit SignersProposed(_pendingActiveAt, signers, threshold);
    }

    /// @inheritdoc IOracleSigners
    function cancelSigners() external onlyOwner {
        if (_pendingActiveAt == 0) revert NoPendingSigners();
        _clearPending();
        emit SignersCancelled();
    }

    /// @inheritdoc IOracleSigners
    function activateSigners() external {
        if (_pendingActiveAt == 0) revert NoPendingSigners();
        if (block.timestamp < _pendingActiveAt) revert SignersNotReady(_pendingActiveAt);
        uint64 until = _pendingActiveAt + SIGNER_CHANGE_WINDOW;
        if (block.timestamp > until) revert SignersLapsed(until);
        (address[] memory signers, uint256 threshold) = (_pending, _pendingThreshold);
        _clearPending();
        _setSigners(signers, threshold);
    }

    /// @inheritdoc IOracleSigners
    function signerSet() external view returns (address[] memory signers, uint256 threshold) {
        return (_signers, _threshold);
    }

    /// @inheritdoc IOracleSigners
    function pendingSigners()
        external
        view
        returns (address[] memory signers, uint256 threshold, uint64 activeAt)
    {
        return (_pending, _pendingThreshold, _pendingActiveAt);
    }

    /// @notice Ends what the former owner had proposed.
    /// @param newOwner the new one, or nobody.
    function _transferOwnership(address newOwner) internal override {
        if (_pendingActiveAt != 0) {
            _clearPending();
            emit SignersCancelled();
        }
        super._transferOwnership(newOwner);
    }

    /// @notice Reverts unless enough distinct signers of the set in force signed `digest`.
    /// @param digest an EIP-712 digest: it binds chain and contract.
    /// @param signatures ascending by signer.
    function _requireSigned(bytes32 digest, OracleSignature[] calldata signatures) internal view {
        if (signatures.length < _threshold) revert NotEnoughSignatures(signatures.length, _threshold);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = signatures[i].signer;
            if (signer <= previous) revert SignersNotAscending(previous, signer);
            if (!_isSigner[signer]) revert UnknownSigner(signer);
            if (!SignatureChecker.isValidSignatureNowCalldata(signer, digest, signatures[i].signature)) {
                revert InvalidSignature(signer);
            }
            previous = signer;
        }
    }

    /// @notice Replaces the set in force.
    /// @param signers a checked set.
    /// @param threshold its threshold.
    function _setSigners(address[] memory signers, uint256 threshold) private {
        for (uint256 i = 0; i < _signers.length; ++i) _isSigner[_signers[i]] = false;
        for (uint256 i = 0; i < signers.length; ++i) _isSigner[signers[i]] = true;
        _signers = signers;
        _threshold = threshold;
        emit SignersChanged(signers, threshold);
    }

    /// @notice Forgets the waiting set.
    function _clearPending() private {
        delete _pending;
        delete _pendingThreshold;
        delete _pendingActiveAt;
    }

    /// @notice Reverts unless the set is ascending, bounded, and the threshold a majority of it.
    /// @param signers the set.
    /// @param threshold how many must sign.
    function _checkSet(address[] memory signers, uint256 threshold) private pure {
        if (signers.length == 0 || signers.length > MAX_SIGNERS) revert InvalidSignerSet();
        if (threshold > signers.length || 2 * threshold <= signers.length) {
            revert InvalidThreshold(threshold, signers.length);
        }
        address previous = address(0);
        for (uint256 i = 0; i < signers.length; ++i) {
            if (signers[i] <= previous) revert InvalidSignerSet();
            previous = signers[i];
        }
    }
}
