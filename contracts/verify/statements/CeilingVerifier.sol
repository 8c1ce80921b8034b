// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Bn254} from "../Bn254.sol";
import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";
import {KeyCheck} from "../KeyCheck.sol";
import {LocalChain} from "../LocalChain.sol";
import {ICeilingVerifier} from "./ICeilingVerifier.sol";

/// @title CeilingVerifier
/// @author Ballast
/// @notice Verifies ceiling proofs of one instance under one key, both fixed at construction.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
contract CeilingVerifier is ICeilingVerifier {
    /// @notice The parameters that make the instance's name.
    struct Instance {
        uint32 slots;
        uint32 rows;
        uint32 scenarios;
        uint32 underlyings;
    }

    /// @notice The verifying key; `ic` has the points of accountId, commitment, ceiling, context.
    struct VerifyingKey {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1[4] ic;
        bytes32 icHash;
    }

    /// @inheritdoc IVerifier
    bytes32 public immutable override keyHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override icHash;
    /// @inheritdoc IVerifier
    bytes32 public immutable override circuitId;
    /// @inheritdoc IVerifier
    bool public immutable override isDevKey;
    /// @inheritdoc IVerifier
    uint32 public immutable override slots;
    /// @notice Rows of the instance's table.
    uint32 private immutable ROWS;
    /// @notice Scenarios of its shape.
    uint32 private immutable SCENARIOS;
    /// @notice Underlyings of its shape.
    uint32 private immutable UNDERLYINGS;
    /// @notice A coordinate of the key.
    uint256 private immutable ALPHA_X;
    /// @notice A coordinate of the key.
    uint256 private immutable ALPHA_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable BETA_X1;
    /// @notice A coordinate of the key.
    uint256 private immutable BETA_X0;
    /// @notice A coordinate of the key.
    uint256 private immutable BETA_Y1;
    /// @notice A coordinate of the key.
    uint256 private immutable BETA_Y0;
    /// @notice A coordinate of the key.
    uint256 private immutable GAMMA_X1;
    /// @notice A coordinate of the key.
    uint256 private immutable GAMMA_X0;
    /// @notice A coordinate of the key.
    uint256 private immutable GAMMA_Y1;
    /// @notice A coordinate of the key.
    uint256 private immutable GAMMA_Y0;
    /// @notice A coordinate of the key.
    uint256 private immutable DELTA_X1;
    /// @notice A coordinate of the key.
    uint256 private immutable DELTA_X0;
    /// @notice A coordinate of the key.
    uint256 private immutable DELTA_Y1;
    /// @notice A coordinate of the key.
    uint256 private immutable DELTA_Y0;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_ACCOUNT_ID_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_ACCOUNT_ID_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COMMITMENT_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COMMITMENT_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CEILING_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CEILING_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CONTEXT_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CONTEXT_Y;

    /// @notice Checks and keeps the key; name, key hash and circuit id follow from it.
    /// @param instance the parameters.
    /// @param key the verifying key.
    /// @param isDevKey_ whether it comes from `setup --dev`: then the chain must be a local one.
    constructor(Instance memory instance, VerifyingKey memory key, bool isDevKey_) {
        LocalChain.requireAllowed(isDevKey_);
        _checkKey(key);
        keyHash = keccak256(abi.encode(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.icHash));
        circuitId = keccak256(abi.encode(_nameOf(instance), keyHash));
        icHash = key.icHash;
        isDevKey = isDevKey_;
        slots = instance.slots;
        (ROWS, SCENARIOS, UNDERLYINGS) = (instance.rows, instance.scenarios, instance.underlyings);
        (ALPHA_X, ALPHA_Y) = (key.alpha.x, key.alpha.y);
        (BETA_X1, BETA_X0, BETA_Y1, BETA_Y0) = (key.beta.x1, key.beta.x0, key.beta.y1, key.beta.y0);
        (GAMMA_X1, GAMMA_X0, GAMMA_Y1, GAMMA_Y0) = (key.gamma.x1, key.gamma.x0, key.gamma.y1, key.gamma.y0);
        (DELTA_X1, DELTA_X0, DELTA_Y1, DELTA_Y0) = (key.delta.x1, key.delta.x0, key.delta.y1, key.delta.y0);
        (IC_ACCOUNT_ID_X, IC_ACCOUNT_ID_Y) = (key.ic[0].x, key.ic[0].y);
        (IC_COMMITMENT_X, IC_COMMITMENT_Y) = (key.ic[1].x, key.ic[1].y);
        (IC_CEILING_X, IC_CEILING_Y) = (key.ic[2].x, key.ic[2].y);
        (IC_CONTEXT_X, IC_CONTEXT_Y) = (key.ic[3].x, key.ic[3].y);
    }

    /// @inheritdoc ICeilingVerifier
    function verify(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof calldata proof,
        uint256[4] calldata signals
    ) external view returns (bool) {
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals
            flat.length := 4
        }
        return Groth16.check(_key(), tablePoint, proof, flat);
    }

    /// @inheritdoc ICeilingVerifier
    function verifyBatch(
        Bn254.G1 calldata tablePoint,
        Groth16.Proof[] calldata proofs,
        uint256[4][] calldata signals
    ) external view returns (bool) {
        if (proofs.length == 0 || proofs.length != signals.length) revert InvalidBatch();
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals.offset
            flat.length := mul(signals.length, 4)
        }
        return Groth16.checkBatch(_key(), keyHash, tablePoint, proofs, flat);
    }

    /// @inheritdoc IVerifier
    function name() external view returns (string memory) {
        return _nameOf(Instance(slots, ROWS, SCENARIOS, UNDERLYINGS));
    }

    /// @inheritdoc IVerifier
    function table() external view returns (uint32 rows, uint32 scenarios, uint32 underlyings) {
        return (ROWS, SCENARIOS, UNDERLYINGS);
    }

    /// @inheritdoc IVerifier
    function kind() external pure returns (bytes8) {
        return "ceiling";
    }

    /// @notice The key in memory, as `Groth16` takes it.
    /// @return place where it is.
    function _key() private view returns (uint256 place) {
        place = Groth16.newKey(4);
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (ALPHA_X, ALPHA_Y, BETA_X1, BETA_X0);
            assembly ("memory-safe") {
                mstore(add(place, 0), a)
                mstore(add(place, 32), b)
                mstore(add(place, 64), c)
                mstore(add(place, 96), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (BETA_Y1, BETA_Y0, GAMMA_X1, GAMMA_X0);
            assembly ("memory-safe") {
                mstore(add(place, 128), a)
                mstore(add(place, 160), b)
                mstore(add(place, 192), c)
                mstore(add(place, 224), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (GAMMA_Y1, GAMMA_Y0, DELTA_X1, DELTA_X0);
            assembly ("memory-safe") {
                mstore(add(place, 256), a)
                mstore(add(place, 288), b)
                mstore(add(place, 320), c)
                mstore(add(place, 352), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (DELTA_Y1, DELTA_Y0, IC_ACCOUNT_ID_X, IC_ACCOUNT_ID_Y);
            assembly ("memory-safe") {
                mstore(add(place, 384), a)
                mstore(add(place, 416), b)
                mstore(add(place, 448), c)
                mstore(add(place, 480), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (
                IC_COMMITMENT_X,
                IC_COMMITMENT_Y,
                IC_CEILING_X,
                IC_CEILING_Y
            );
            assembly ("memory-safe") {
                mstore(add(place, 512), a)
                mstore(add(place, 544), b)
                mstore(add(place, 576), c)
                mstore(add(place, 608), d)
            }
        }
        _writeKey1(place);
    }

    /// @notice Writes more of the key.
    /// @param place where the key begins.
    function _writeKey1(uint256 place) private view {
        {
            (uint256 a, uint256 b) = (IC_CONTEXT_X, IC_CONTEXT_Y);
            assembly ("memory-safe") {
                mstore(add(place, 640), a)
                mstore(add(place, 672), b)
            }
        }
    }

    /// @notice Reverts for a key that breaks a rule of `KeyCheck`.
    /// @param key the key.
    function _checkKey(VerifyingKey memory key) private view {
        Bn254.G1[] memory ic = new Bn254.G1[](4);
        for (uint256 j = 0; j < 4; ++j) ic[j] = key.ic[j];
        if (!KeyCheck.isSound(key.alpha, key.beta, key.gamma, key.delta, ic)) revert InvalidKey();
    }

    /// @notice The name that the parameters make.
    /// @param instance the parameters.
    /// @return the name.
    function _nameOf(Instance memory instance) private pure returns (string memory) {
        return
            string.concat(
                "ceiling_",
                Strings.toString(instance.slots),
                "x",
                Strings.toString(instance.rows),
                "_s",
                Strings.toString(instance.scenarios),
                "k",
                Strings.toString(instance.underlyings)
            );
    }
}
