// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityVerifier} from "contracts/verify/statements/EquityVerifier.sol";
import {ReductionSignals} from "contracts/verify/statements/ReductionSignals.sol";
import {ReductionVerifier} from "contracts/verify/statements/ReductionVerifier.sol";
import {FactVerifierSuite} from "../../helpers/FactVerifierSuite.sol";

contract ReductionVerifierTest is FactVerifierSuite {
    function newVerifier(EquityVerifier.VerifyingKey memory vk, bool isDevKey) internal override returns (address) {
        ReductionVerifier.VerifyingKey memory same = abi.decode(abi.encode(vk), (ReductionVerifier.VerifyingKey));
        ReductionVerifier.Instance memory instance = ReductionVerifier.Instance(SLOTS, ROWS, SCENARIOS, UNDERLYINGS);
        return address(new ReductionVerifier(instance, same, isDevKey));
    }

    function test_ReductionAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_ReductionAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_ReductionBatchVerifiesExactlyIfAllDo(uint256 seed, uint256 k, uint256 which, uint256 index) public view {
        checkBatch(seed, k, which, index);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_ReductionRejectsErrorsThatCancel(uint256 shift) public view {
        checkErrorsThatCancel(shift);
    }

    function test_ReductionRevertsForABadBatch() public {
        checkBadBatches();
    }

    function test_ReductionRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_ReductionComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("reduction", "reduce");
    }

    function test_ReductionRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_ReductionRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_ReductionNamesItsSignals() public pure {
        uint256[5] memory signals = ReductionSignals.encode(11, 22, 33, 44, 55);
        vm.assertEq(ReductionSignals.accountId(signals), 11, "accountId");
        vm.assertEq(ReductionSignals.oldCommitment(signals), 22, "oldCommitment");
        vm.assertEq(ReductionSignals.newCommitment(signals), 33, "newCommitment");
        vm.assertEq(ReductionSignals.maxPenalty(signals), 44, "maxPenalty");
        vm.assertEq(ReductionSignals.context(signals), 55, "context");
        vm.assertEq(ReductionSignals.COUNT, COUNT, "count");
    }
}
