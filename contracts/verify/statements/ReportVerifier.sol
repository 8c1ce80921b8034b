// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Bn254} from "../Bn254.sol";
import {Groth16} from "../Groth16.sol";
import {IVerifier} from "../IVerifier.sol";
import {KeyCheck} from "../KeyCheck.sol";
import {LocalChain} from "../LocalChain.sol";
import {IReportVerifier} from "./IReportVerifier.sol";

/// @title ReportVerifier
/// @author Ballast
/// @notice Verifies report proofs of one instance under one key, both fixed at construction.
/// @dev GENERATED from circuits/ by scripts/generate-verifiers.ts: change that, not this.
contract ReportVerifier is IReportVerifier {
    /// @notice The parameters that make the instance's name.
    struct Instance {
        uint32 scenarios;
        uint32 underlyings;
    }

    /// @notice The verifying key; `ic0` is the point of the constant, `ic` has those of the signals in their order,
    /// `icHash` is keccak256 of `ic0`.
    struct VerifyingKey {
        Bn254.G1 alpha;
        Bn254.G2 beta;
        Bn254.G2 gamma;
        Bn254.G2 delta;
        Bn254.G1 ic0;
        Bn254.G1[23] ic;
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
    uint256 private immutable IC_BATCHES_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_BATCHES_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_STATE_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_STATE_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER0_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER0_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER1_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER1_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER2_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER2_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER3_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER3_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER4_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_TIER4_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CURRENT_SHORTFALL_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CURRENT_SHORTFALL_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_WORST_SCENARIO_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_WORST_SCENARIO_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_WORST_SHORTFALL_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_WORST_SHORTFALL_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER1_SCENARIO_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER1_SCENARIO_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER1_SHORTFALL_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER1_SHORTFALL_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER2_SCENARIO_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER2_SCENARIO_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER2_SHORTFALL_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_COVER2_SHORTFALL_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND0_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND0_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND1_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND1_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND2_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND2_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND3_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND3_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND4_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND4_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND5_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_DEMAND5_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_NETTING_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_NETTING_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_ZETA_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_ZETA_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CONTEXT_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC_CONTEXT_Y;
    /// @notice A coordinate of the key.
    uint256 private immutable IC0_X;
    /// @notice A coordinate of the key.
    uint256 private immutable IC0_Y;

    /// @notice Checks and keeps the key; name, key hash and circuit id follow from it.
    /// @param instance the parameters.
    /// @param key the verifying key.
    /// @param isDevKey_ whether it comes from `setup --dev`: then the chain must be a local one.
    constructor(Instance memory instance, VerifyingKey memory key, bool isDevKey_) {
        LocalChain.requireAllowed(isDevKey_);
        // The number of signals is that of K = 2.
        if (instance.underlyings != 2) revert UnsupportedUnderlyings(instance.underlyings);
        _checkKey(key);
        keyHash = keccak256(abi.encode(key.alpha, key.beta, key.gamma, key.delta, key.ic, key.icHash));
        circuitId = keccak256(abi.encode(_nameOf(instance), keyHash));
        icHash = key.icHash;
        isDevKey = isDevKey_;
        (SCENARIOS, UNDERLYINGS) = (instance.scenarios, instance.underlyings);
        (ALPHA_X, ALPHA_Y) = (key.alpha.x, key.alpha.y);
        (BETA_X1, BETA_X0, BETA_Y1, BETA_Y0) = (key.beta.x1, key.beta.x0, key.beta.y1, key.beta.y0);
        (GAMMA_X1, GAMMA_X0, GAMMA_Y1, GAMMA_Y0) = (key.gamma.x1, key.gamma.x0, key.gamma.y1, key.gamma.y0);
        (DELTA_X1, DELTA_X0, DELTA_Y1, DELTA_Y0) = (key.delta.x1, key.delta.x0, key.delta.y1, key.delta.y0);
        (IC0_X, IC0_Y) = (key.ic0.x, key.ic0.y);
        (IC_BATCHES_X, IC_BATCHES_Y) = (key.ic[0].x, key.ic[0].y);
        (IC_STATE_X, IC_STATE_Y) = (key.ic[1].x, key.ic[1].y);
        (IC_TIER0_X, IC_TIER0_Y) = (key.ic[2].x, key.ic[2].y);
        (IC_TIER1_X, IC_TIER1_Y) = (key.ic[3].x, key.ic[3].y);
        (IC_TIER2_X, IC_TIER2_Y) = (key.ic[4].x, key.ic[4].y);
        (IC_TIER3_X, IC_TIER3_Y) = (key.ic[5].x, key.ic[5].y);
        (IC_TIER4_X, IC_TIER4_Y) = (key.ic[6].x, key.ic[6].y);
        (IC_CURRENT_SHORTFALL_X, IC_CURRENT_SHORTFALL_Y) = (key.ic[7].x, key.ic[7].y);
        (IC_WORST_SCENARIO_X, IC_WORST_SCENARIO_Y) = (key.ic[8].x, key.ic[8].y);
        (IC_WORST_SHORTFALL_X, IC_WORST_SHORTFALL_Y) = (key.ic[9].x, key.ic[9].y);
        (IC_COVER1_SCENARIO_X, IC_COVER1_SCENARIO_Y) = (key.ic[10].x, key.ic[10].y);
        (IC_COVER1_SHORTFALL_X, IC_COVER1_SHORTFALL_Y) = (key.ic[11].x, key.ic[11].y);
        (IC_COVER2_SCENARIO_X, IC_COVER2_SCENARIO_Y) = (key.ic[12].x, key.ic[12].y);
        (IC_COVER2_SHORTFALL_X, IC_COVER2_SHORTFALL_Y) = (key.ic[13].x, key.ic[13].y);
        (IC_DEMAND0_X, IC_DEMAND0_Y) = (key.ic[14].x, key.ic[14].y);
        (IC_DEMAND1_X, IC_DEMAND1_Y) = (key.ic[15].x, key.ic[15].y);
        (IC_DEMAND2_X, IC_DEMAND2_Y) = (key.ic[16].x, key.ic[16].y);
        (IC_DEMAND3_X, IC_DEMAND3_Y) = (key.ic[17].x, key.ic[17].y);
        (IC_DEMAND4_X, IC_DEMAND4_Y) = (key.ic[18].x, key.ic[18].y);
        (IC_DEMAND5_X, IC_DEMAND5_Y) = (key.ic[19].x, key.ic[19].y);
        (IC_NETTING_X, IC_NETTING_Y) = (key.ic[20].x, key.ic[20].y);
        (IC_ZETA_X, IC_ZETA_Y) = (key.ic[21].x, key.ic[21].y);
        (IC_CONTEXT_X, IC_CONTEXT_Y) = (key.ic[22].x, key.ic[22].y);
    }

    /// @inheritdoc IReportVerifier
    function verify(Groth16.Proof calldata proof, uint256[23] calldata signals) external view returns (bool) {
        uint256[] calldata flat;
        assembly ("memory-safe") {
            flat.offset := signals
            flat.length := 23
        }
        return Groth16.check(_key(), Bn254.G1(IC0_X, IC0_Y), proof, flat);
    }

    /// @inheritdoc IVerifier
    function name() external view returns (string memory) {
        return _nameOf(Instance(SCENARIOS, UNDERLYINGS));
    }

    /// @inheritdoc IVerifier
    function table() external view returns (uint32 rows, uint32 scenarios, uint32 underlyings) {
        return (0, SCENARIOS, UNDERLYINGS);
    }

    /// @inheritdoc IVerifier
    function slots() external pure returns (uint32) {
        return 0;
    }

    /// @inheritdoc IVerifier
    function kind() external pure returns (bytes8) {
        return "report";
    }

    /// @notice The key in memory, as `Groth16` takes it.
    /// @return place where it is.
    function _key() private view returns (uint256 place) {
        place = Groth16.newKey(23);
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
            (uint256 a, uint256 b, uint256 c, uint256 d) = (DELTA_Y1, DELTA_Y0, IC_BATCHES_X, IC_BATCHES_Y);
            assembly ("memory-safe") {
                mstore(add(place, 384), a)
                mstore(add(place, 416), b)
                mstore(add(place, 448), c)
                mstore(add(place, 480), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_STATE_X, IC_STATE_Y, IC_TIER0_X, IC_TIER0_Y);
            assembly ("memory-safe") {
                mstore(add(place, 512), a)
                mstore(add(place, 544), b)
                mstore(add(place, 576), c)
                mstore(add(place, 608), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_TIER1_X, IC_TIER1_Y, IC_TIER2_X, IC_TIER2_Y);
            assembly ("memory-safe") {
                mstore(add(place, 640), a)
                mstore(add(place, 672), b)
                mstore(add(place, 704), c)
                mstore(add(place, 736), d)
            }
        }
        _writeKey1(place);
        _writeKey2(place);
    }

    /// @notice Writes more of the key.
    /// @param place where the key begins.
    function _writeKey1(uint256 place) private view {
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_TIER3_X, IC_TIER3_Y, IC_TIER4_X, IC_TIER4_Y);
            assembly ("memory-safe") {
                mstore(add(place, 768), a)
                mstore(add(place, 800), b)
                mstore(add(place, 832), c)
                mstore(add(place, 864), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (
                IC_CURRENT_SHORTFALL_X,
                IC_CURRENT_SHORTFALL_Y,
                IC_WORST_SCENARIO_X,
                IC_WORST_SCENARIO_Y
            );
            assembly ("memory-safe") {
                mstore(add(place, 896), a)
                mstore(add(place, 928), b)
                mstore(add(place, 960), c)
                mstore(add(place, 992), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (
                IC_WORST_SHORTFALL_X,
                IC_WORST_SHORTFALL_Y,
                IC_COVER1_SCENARIO_X,
                IC_COVER1_SCENARIO_Y
            );
            assembly ("memory-safe") {
                mstore(add(place, 1024), a)
                mstore(add(place, 1056), b)
                mstore(add(place, 1088), c)
                mstore(add(place, 1120), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (
                IC_COVER1_SHORTFALL_X,
                IC_COVER1_SHORTFALL_Y,
                IC_COVER2_SCENARIO_X,
                IC_COVER2_SCENARIO_Y
            );
            assembly ("memory-safe") {
                mstore(add(place, 1152), a)
                mstore(add(place, 1184), b)
                mstore(add(place, 1216), c)
                mstore(add(place, 1248), d)
            }
        }
    }

    /// @notice Writes more of the key.
    /// @param place where the key begins.
    function _writeKey2(uint256 place) private view {
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (
                IC_COVER2_SHORTFALL_X,
                IC_COVER2_SHORTFALL_Y,
                IC_DEMAND0_X,
                IC_DEMAND0_Y
            );
            assembly ("memory-safe") {
                mstore(add(place, 1280), a)
                mstore(add(place, 1312), b)
                mstore(add(place, 1344), c)
                mstore(add(place, 1376), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_DEMAND1_X, IC_DEMAND1_Y, IC_DEMAND2_X, IC_DEMAND2_Y);
            assembly ("memory-safe") {
                mstore(add(place, 1408), a)
                mstore(add(place, 1440), b)
                mstore(add(place, 1472), c)
                mstore(add(place, 1504), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_DEMAND3_X, IC_DEMAND3_Y, IC_DEMAND4_X, IC_DEMAND4_Y);
            assembly ("memory-safe") {
                mstore(add(place, 1536), a)
                mstore(add(place, 1568), b)
                mstore(add(place, 1600), c)
                mstore(add(place, 1632), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_DEMAND5_X, IC_DEMAND5_Y, IC_NETTING_X, IC_NETTING_Y);
            assembly ("memory-safe") {
                mstore(add(place, 1664), a)
                mstore(add(place, 1696), b)
                mstore(add(place, 1728), c)
                mstore(add(place, 1760), d)
            }
        }
        {
            (uint256 a, uint256 b, uint256 c, uint256 d) = (IC_ZETA_X, IC_ZETA_Y, IC_CONTEXT_X, IC_CONTEXT_Y);
            assembly ("memory-safe") {
                mstore(add(place, 1792), a)
                mstore(add(place, 1824), b)
                mstore(add(place, 1856), c)
                mstore(add(place, 1888), d)
            }
        }
    }

    /// @notice Reverts for a key that breaks a rule of `KeyCheck`, or whose `icHash` is another constant's.
    /// @param key the key.
    function _checkKey(VerifyingKey memory key) private view {
        if (keccak256(abi.encode(key.ic0)) != key.icHash) revert InvalidKey();
        Bn254.G1[] memory ic = new Bn254.G1[](24);
        for (uint256 j = 0; j < 23; ++j) ic[j] = key.ic[j];
        ic[23] = key.ic0;
        if (!KeyCheck.isSound(key.alpha, key.beta, key.gamma, key.delta, ic)) revert InvalidKey();
    }

    /// @notice The name that the parameters make.
    /// @param instance the parameters.
    /// @return the name.
    function _nameOf(Instance memory instance) private pure returns (string memory) {
        return
            string.concat(
                "report_s",
                Strings.toString(instance.scenarios),
                "k",
                Strings.toString(instance.underlyings)
            );
    }
}
