// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Groth16} from "contracts/verify/Groth16.sol";
import {DeleverageSignals} from "contracts/verify/statements/DeleverageSignals.sol";
import {DeleverageVerifier} from "contracts/verify/statements/DeleverageVerifier.sol";
import {TablelessVerifierSuite} from "../../helpers/TablelessVerifierSuite.sol";

contract DeleverageVerifierTest is TablelessVerifierSuite(DeleverageSignals.COUNT) {
    function newVerifier(bytes memory vk, bool isDevKey) internal override returns (address) {
        DeleverageVerifier.VerifyingKey memory key = abi.decode(vk, (DeleverageVerifier.VerifyingKey));
        return address(new DeleverageVerifier(DeleverageVerifier.Instance(4), key, isDevKey));
    }

    function verify(Groth16.Proof memory proof, bytes memory signals) internal view override returns (bool) {
        return DeleverageVerifier(verifier).verify(proof, abi.decode(signals, (uint256[11])));
    }

    function test_DeleverageAcceptsAValidProofAndNoOtherSignal() public {
        checkSignals();
    }

    /// forge-config: default.fuzz.runs = 64
    function testFuzz_DeleverageAcceptsAnySignalsOfTheField(uint256 seed, uint256 which, uint256 other) public view {
        checkAnySignals(seed, which, other);
    }

    function test_DeleverageRejectsAnyChangedCoordinate() public view {
        checkCoordinates();
    }

    function test_DeleverageHoldsTheConstantsPoint() public view {
        checkConstant();
    }

    function test_DeleverageComputesNameKeyHashAndCircuitId() public view {
        checkIdentity("deleverage_4", "delever");
        vm.assertEq(uint256(DeleverageVerifier(verifier).slots()), 4, "slots");
    }

    function test_DeleverageRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_DeleverageRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_DeleverageNamesItsSignals() public view {
        uint256[11] memory signals = abi.decode(numbered(), (uint256[11]));
        vm.assertEq(DeleverageSignals.accountId(signals), 100, "accountId");
        vm.assertEq(DeleverageSignals.oldCommitment(signals), 101, "oldCommitment");
        vm.assertEq(DeleverageSignals.newCommitment(signals), 102, "newCommitment");
        vm.assertEq(DeleverageSignals.settlementId(signals), 103, "settlementId");
        vm.assertEq(DeleverageSignals.instrumentId(signals), 104, "instrumentId");
        vm.assertEq(DeleverageSignals.isShort(signals), 105, "isShort");
        vm.assertEq(DeleverageSignals.closing(signals), 106, "closing");
        vm.assertEq(DeleverageSignals.open(signals), 107, "open");
        vm.assertEq(DeleverageSignals.price(signals), 108, "price");
        vm.assertEq(DeleverageSignals.closed(signals), 109, "closed");
        vm.assertEq(DeleverageSignals.context(signals), 110, "context");
        vm.assertEq(DeleverageSignals.COUNT, 11, "count");
        vm.assertEq(signals[DeleverageSignals.PRICE], 108, "index of price");
    }
}
