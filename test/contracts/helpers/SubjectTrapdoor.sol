// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EmptyClaim, MembershipClaim} from "contracts/liquidation/facts/Claims.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {EmptySignals} from "contracts/verify/statements/EmptySignals.sol";
import {EmptyVerifier} from "contracts/verify/statements/EmptyVerifier.sol";
import {MembershipSignals} from "contracts/verify/statements/MembershipSignals.sol";
import {MembershipVerifier} from "contracts/verify/statements/MembershipVerifier.sol";
import {Trapdoor} from "./Trapdoor.sol";

/// Verifiers of memberships and of empty portfolios under keys whose secrets are known, and proofs for them.
library SubjectTrapdoor {
    uint256 internal constant MEMBERSHIP_KEY = 31;
    uint256 internal constant EMPTY_KEY = 32;

    function newMembershipVerifier(uint32 depth) internal returns (MembershipVerifier) {
        MembershipVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(MEMBERSHIP_KEY)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(MEMBERSHIP_KEY, 4);
        for (uint256 j = 0; j < 4; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(MEMBERSHIP_KEY, 0));
        vk.icHash = keccak256(abi.encode(vk.ic0));
        return new MembershipVerifier(MembershipVerifier.Instance(depth), vk, false);
    }

    function newEmptyVerifier(uint32 slots) internal returns (EmptyVerifier) {
        EmptyVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta) = (Trapdoor.g1(Trapdoor.alphaLog(EMPTY_KEY)), Trapdoor.g2(Trapdoor.BETA));
        (vk.gamma, vk.delta) = (Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
        Bn254.G1[] memory points = Trapdoor.signalPoints(EMPTY_KEY, 3);
        for (uint256 j = 0; j < 3; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(EMPTY_KEY, 0));
        vk.icHash = keccak256(abi.encode(vk.ic0));
        return new EmptyVerifier(EmptyVerifier.Instance(slots), vk, false);
    }

    /// @param signals of `MembershipSignals`.
    function membership(
        bytes32 circuitId,
        uint64 deadline,
        uint256[4] memory signals
    ) internal view returns (MembershipClaim memory) {
        uint256[] memory list = new uint256[](MembershipSignals.COUNT);
        for (uint256 j = 0; j < list.length; ++j) list[j] = signals[j];
        return MembershipClaim(circuitId, deadline, _prove(MEMBERSHIP_KEY, list));
    }

    /// @param signals of `EmptySignals`.
    function empty(
        bytes32 circuitId,
        uint64 deadline,
        uint256[3] memory signals
    ) internal view returns (EmptyClaim memory) {
        uint256[] memory list = new uint256[](EmptySignals.COUNT);
        for (uint256 j = 0; j < list.length; ++j) list[j] = signals[j];
        return EmptyClaim(circuitId, deadline, _prove(EMPTY_KEY, list));
    }

    function _prove(uint256 seed, uint256[] memory signals) private view returns (Groth16.Proof memory) {
        uint256 randomness = uint256(keccak256(abi.encode(signals)));
        return Trapdoor.prove(seed, Trapdoor.cachedLog(seed, 0), signals, randomness);
    }
}
