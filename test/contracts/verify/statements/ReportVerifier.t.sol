// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IReportVerifier} from "contracts/verify/statements/IReportVerifier.sol";
import {ReportSignals} from "contracts/verify/statements/ReportSignals.sol";
import {ReportVerifier} from "contracts/verify/statements/ReportVerifier.sol";
import {SolvencyFixture} from "../../helpers/SolvencyFixture.sol";
import {Trapdoor} from "../../helpers/Trapdoor.sol";

contract ReportVerifierTest is SolvencyFixture {
    function _signals(uint256 seed) private pure returns (uint256[23] memory signals) {
        for (uint256 j = 0; j < 23; ++j) signals[j] = Trapdoor.log("value", seed * 23 + j);
        signals[8] = seed % 36; // a scenario is small
    }

    function _prove(uint256[23] memory signals) private view returns (Groth16.Proof memory) {
        uint256[] memory list = new uint256[](23);
        for (uint256 j = 0; j < 23; ++j) list[j] = signals[j];
        return proveReport(list);
    }

    function test_AcceptsAValidProofAndNoOtherSignal() public {
        uint256[23] memory signals = _signals(1);
        Groth16.Proof memory proof = _prove(signals);
        vm.assertTrue(reportVerifier.verify(proof, signals), "valid");
        for (uint256 j = 0; j < 23; ++j) {
            uint256 value = signals[j];
            signals[j] = addmod(value, 1, Trapdoor.R);
            vm.assertTrue(!reportVerifier.verify(proof, signals), "changed signal");
            signals[j] = value + Trapdoor.R; // the same to the curve
            vm.expectRevert(abi.encodeWithSelector(IVerifier.SignalNotInField.selector, j));
            reportVerifier.verify(proof, signals);
            signals[j] = value;
        }
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_AcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        uint256[23] memory signals = _signals(bound(seed, 0, 1 << 200));
        (signals[which % 23], signals[(which >> 8) % 23]) = (0, Trapdoor.R - 1);
        Groth16.Proof memory proof = _prove(signals);
        vm.assertTrue(reportVerifier.verify(proof, signals), "valid");
        (which, other) = ((which >> 16) % 23, other % Trapdoor.R);
        vm.assume(other != signals[which]);
        signals[which] = other;
        vm.assertTrue(!reportVerifier.verify(proof, signals), "changed signal");
    }

    function test_RejectsAnyChangedCoordinate() public view {
        uint256[23] memory signals = _signals(2);
        uint256[8] memory valid = abi.decode(abi.encode(_prove(signals)), (uint256[8]));
        for (uint256 i = 0; i < 8; ++i) {
            uint256[8] memory words = abi.decode(abi.encode(valid), (uint256[8]));
            words[i] += Bn254.BASE_FIELD;
            vm.assertTrue(!reportVerifier.verify(abi.decode(abi.encode(words), (Groth16.Proof)), signals), "x + p");
            words[i] = valid[i] ^ 1;
            vm.assertTrue(!reportVerifier.verify(abi.decode(abi.encode(words), (Groth16.Proof)), signals), "changed");
        }
    }

    /// The constant's point is in the equation: a proof for another one fails.
    function test_HoldsTheConstantsPoint() public view {
        uint256[] memory list = new uint256[](23);
        uint256[23] memory signals;
        Groth16.Proof memory other = Trapdoor.prove(REPORT_KEY, Trapdoor.cachedLog(REPORT_KEY, 1), list, 1);
        vm.assertTrue(!reportVerifier.verify(other, signals), "another constant");
        vm.assertTrue(reportVerifier.verify(proveReport(list), signals), "the key's");
    }

    function test_ComputesNameKeyHashAndCircuitId() public view {
        ReportVerifier.VerifyingKey memory vk = reportKey(REPORT_KEY);
        bytes32 hash = keccak256(abi.encode(vk.alpha, vk.beta, vk.gamma, vk.delta, vk.ic, vk.icHash));
        vm.assertEq(reportVerifier.name(), "report_s5k2", "name");
        vm.assertEq(reportVerifier.keyHash(), hash, "key hash");
        vm.assertEq(reportVerifier.circuitId(), keccak256(abi.encode("report_s5k2", hash)), "circuit id");
        vm.assertEq(reportVerifier.icHash(), vk.icHash, "ic hash");
        vm.assertEq(bytes32(reportVerifier.kind()), bytes32(bytes8("report")), "kind");
        (uint32 rows, uint32 scenarios, uint32 underlyings) = reportVerifier.table();
        vm.assertTrue(rows == 0 && scenarios == SCENARIOS && underlyings == UNDERLYINGS, "no table, its shape");
    }

    function test_RefusesBrokenKeys() public {
        ReportVerifier.Instance memory instance = ReportVerifier.Instance(SCENARIOS, UNDERLYINGS);
        for (uint256 i = 0; i < 32; ++i) {
            ReportVerifier.VerifyingKey memory vk = reportKey(REPORT_KEY);
            if (i < 23) vk.ic[i] = Bn254.G1(0, 0);
            else if (i == 23) vk.ic0 = vk.ic[0]; // on the curve, but not what icHash says
            else if (i == 24) vk.icHash = keccak256("another");
            else if (i == 25) (vk.ic0, vk.icHash) = (Bn254.G1(0, 0), keccak256(abi.encodePacked(uint256(0), uint256(0))));
            else if (i == 26) vk.alpha.x += 1;
            else if (i == 27) vk.delta = vk.gamma;
            else if (i == 28) vk.alpha = Bn254.G1(1, 2);
            else if (i == 29) vk.ic[22] = vk.ic[0];
            else if (i == 30) vk.ic[0] = vk.ic0;
            else vk.beta.y0 += 1;
            vm.expectRevert(abi.encodeWithSelector(IVerifier.InvalidKey.selector));
            new ReportVerifier(instance, vk, false);
        }
    }

    function test_RefusesOtherNumbersOfUnderlyingsAndDevKeysElsewhere() public {
        ReportVerifier.VerifyingKey memory vk = reportKey(REPORT_KEY);
        uint32[2] memory refused = [uint32(1), 3];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IReportVerifier.UnsupportedUnderlyings.selector, refused[i]));
            new ReportVerifier(ReportVerifier.Instance(SCENARIOS, refused[i]), vk, false);
        }
        vm.chainId(10);
        vm.expectRevert(abi.encodeWithSelector(IVerifier.DevKeyOutsideLocalChain.selector, 10));
        new ReportVerifier(ReportVerifier.Instance(SCENARIOS, UNDERLYINGS), vk, true);
    }

    function test_NamesItsSignals() public pure {
        uint256[23] memory signals;
        for (uint256 j = 0; j < 23; ++j) signals[j] = 100 + j;
        vm.assertEq(ReportSignals.batches(signals), 100, "batches");
        vm.assertEq(ReportSignals.state(signals), 101, "state");
        vm.assertEq(ReportSignals.tier0(signals), 102, "tier0");
        vm.assertEq(ReportSignals.tier4(signals), 106, "tier4");
        vm.assertEq(ReportSignals.cover2Shortfall(signals), 113, "cover2Shortfall");
        vm.assertEq(ReportSignals.demand0(signals), 114, "demand0");
        vm.assertEq(ReportSignals.demand5(signals), 119, "demand5");
        vm.assertEq(ReportSignals.netting(signals), 120, "netting");
        vm.assertEq(ReportSignals.context(signals), 122, "context");
        vm.assertEq(signals[ReportSignals.ZETA], 121, "index of zeta");
    }
}
