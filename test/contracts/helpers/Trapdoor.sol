// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {CoverageVerifier} from "contracts/verify/statements/CoverageVerifier.sol";

/// A key whose discrete logs are known: it proves any signals, so real pairing checks can be fuzzed without a prover.
/// beta, gamma, delta are 2, 3 and 5 times the generator of G2; A B = alpha beta + v gamma + c delta is solved for c.
library Trapdoor {
    using Bn254 for Bn254.G1;

    uint256 internal constant R = Bn254.SCALAR_FIELD;
    uint256 internal constant BETA = 2;
    uint256 internal constant GAMMA = 3;
    uint256 internal constant INVERSE_OF_DELTA =
        8755297148735710088898562298102910035419345760166413737479281674630323398247;

    function log(string memory name, uint256 index) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(name, index))) % R;
    }

    function alphaLog(uint256 seed) internal pure returns (uint256) {
        return log("alpha", seed);
    }

    /// Discrete log of the IC point of cached input `index` (0 is IC_0).
    function cachedLog(uint256 seed, uint256 index) internal pure returns (uint256) {
        return log("cached", seed * 1_000_000 + index);
    }

    function signalLog(uint256 seed, uint256 index) internal pure returns (uint256) {
        return log("signal", seed * 1_000_000 + index);
    }

    function g1(uint256 scalar) internal view returns (Bn254.G1 memory point) {
        require(point.addScaled(1, 2, scalar), "g1");
    }

    /// `multiple` times the generator of G2, for 1, 2, 3, 5 and 7.
    function g2(uint256 multiple) internal pure returns (Bn254.G2 memory) {
        if (multiple == 1)
            return
                Bn254.G2(
                    11559732032986387107991004021392285783925812861821192530917403151452391805634,
                    10857046999023057135944570762232829481370756359578518086990519993285655852781,
                    4082367875863433681332203403145435568316851327593401208105741076214120093531,
                    8495653923123431417604973247489272438418190587263600148770280649306958101930
                );
        if (multiple == 2)
            return
                Bn254.G2(
                    14583779054894525174450323658765874724019480979794335525732096752006891875705,
                    18029695676650738226693292988307914797657423701064905010927197838374790804409,
                    11474861747383700316476719153975578001603231366361248090558603872215261634898,
                    2140229616977736810657479771656733941598412651537078903776637920509952744750
                );
        if (multiple == 3)
            return
                Bn254.G2(
                    7273165102799931111715871471550377909735733521218303035754523677688038059653,
                    2725019753478801796453339367788033689375851816420509565303521482350756874229,
                    957874124722006818841961785324909313781880061366718538693995380805373202866,
                    2512659008974376214222774206987427162027254181373325676825515531566330959255
                );
        if (multiple == 5)
            return
                Bn254.G2(
                    4540444681147253467785307942530223364530218361853237193970751657229138047649,
                    20954117799226682825035885491234530437475518021362091509513177301640194298072,
                    11631839690097995216017572651900167465857396346217730511548857041925508482915,
                    21508930868448350162258892668132814424284302804699005394342512102884055673846
                );
        require(multiple == 7, "g2");
        return
            Bn254.G2(
                18551411094430470096460536606940536822990217226529861227533666875800903099477,
                15512671280233143720612069991584289591749188907863576513414377951116606878472,
                1711576522631428957817575436337311654689480489843856945284031697403898093784,
                13376798835316611669264291046140500151806347092962367781523498857425536295743
            );
    }

    function key(uint256 seed, bytes32 icHash) internal view returns (CoverageVerifier.VerifyingKey memory vk) {
        vk.alpha = g1(alphaLog(seed));
        vk.beta = g2(BETA);
        vk.gamma = g2(GAMMA);
        vk.delta = g2(5);
        for (uint256 j = 0; j < 4; ++j) vk.ic[j] = g1(signalLog(seed, j));
        vk.icHash = icHash;
    }

    /// Points of the first `count` signals.
    function signalPoints(uint256 seed, uint256 count) internal view returns (Bn254.G1[] memory points) {
        points = new Bn254.G1[](count);
        for (uint256 j = 0; j < count; ++j) points[j] = g1(signalLog(seed, j));
    }

    /// A proof that verifies for `signals` over the table point `tableLog * G`.
    function prove(
        uint256 seed,
        uint256 tableLog,
        uint256[4] memory signals,
        uint256 randomness
    ) internal view returns (Groth16.Proof memory) {
        uint256[] memory list = new uint256[](4);
        for (uint256 j = 0; j < 4; ++j) list[j] = signals[j];
        return prove(seed, tableLog, list, randomness);
    }

    /// The same for any number of signals.
    function prove(
        uint256 seed,
        uint256 tableLog,
        uint256[] memory signals,
        uint256 randomness
    ) internal view returns (Groth16.Proof memory) {
        uint256 v = tableLog;
        for (uint256 j = 0; j < signals.length; ++j) v = addmod(v, mulmod(signals[j], signalLog(seed, j), R), R);
        uint256 a = uint256(keccak256(abi.encode("a", randomness))) % R;
        uint256 b = randomness % 2 == 0 ? 1 : 7;
        uint256 right = addmod(mulmod(alphaLog(seed), BETA, R), mulmod(v, GAMMA, R), R);
        uint256 c = mulmod(addmod(mulmod(a, b, R), R - right, R), INVERSE_OF_DELTA, R);
        Bn254.G1 memory pointA = g1(a);
        Bn254.G2 memory pointB = g2(b);
        Bn254.G1 memory pointC = g1(c);
        return
            Groth16.Proof(pointA.x, pointA.y, pointB.x1, pointB.x0, pointB.y1, pointB.y0, pointC.x, pointC.y);
    }
}
