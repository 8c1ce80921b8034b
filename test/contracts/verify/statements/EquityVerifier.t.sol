// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquitySignals} from "contracts/verify/statements/EquitySignals.sol";
import {EquityVerifier} from "contracts/verify/statements/EquityVerifier.sol";
import {FactVerifierSuite} from "../../helpers/FactVerifierSuite.sol";

contract EquityVerifierTest is FactVerifierSuite {
    function newVerifier(EquityVerifier.VerifyingKey memory vk, bool isDevKey) internal override returns (address) {
        return address(new EquityVerifier(EquityVerifier.Instance(SLOTS, ROWS, SCENARIOS, UNDERLYINGS), vk, isDevKey));
    }

    function test_EquityAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_EquityAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_EquityBatchVerifiesExactlyIfAllDo(uint256 seed, uint256 k, uint256 which, uint256 index) public view {
        checkBatch(seed, k, which, index);
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_EquityRejectsErrorsThatCancel(uint256 shift) public view {
        checkErrorsThatCancel(shift);
    }

    function test_EquityRevertsForABadBatch() public {
        checkBadBatches();
    }

    function test_EquityRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_EquityComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("equity", "equity");
    }

    function test_EquityRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_EquityRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_EquityNamesItsSignals() public pure {
        uint256[5] memory signals = EquitySignals.encode(11, 22, 33, 44, 55);
        vm.assertEq(EquitySignals.accountId(signals), 11, "accountId");
        vm.assertEq(EquitySignals.commitment(signals), 22, "commitment");
        vm.assertEq(EquitySignals.tier(signals), 33, "tier");
        vm.assertEq(EquitySignals.equity(signals), 44, "equity");
        vm.assertEq(EquitySignals.context(signals), 55, "context");
        vm.assertEq(EquitySignals.COUNT, COUNT, "count");
    }
}
