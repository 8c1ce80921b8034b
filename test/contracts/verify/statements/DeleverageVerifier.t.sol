// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DeleverageSignals} from "contracts/verify/statements/DeleverageSignals.sol";
import {DeleverageVerifier} from "contracts/verify/statements/DeleverageVerifier.sol";
import {TransferVerifier} from "contracts/verify/statements/TransferVerifier.sol";
import {SlotsVerifierSuite} from "../../helpers/SlotsVerifierSuite.sol";

contract DeleverageVerifierTest is SlotsVerifierSuite {
    function newVerifier(
        TransferVerifier.VerifyingKey memory vk,
        bool isDevKey
    ) internal override returns (address) {
        DeleverageVerifier.VerifyingKey memory same = abi.decode(abi.encode(vk), (DeleverageVerifier.VerifyingKey));
        return address(new DeleverageVerifier(DeleverageVerifier.Instance(4), same, isDevKey));
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
    }

    function test_DeleverageRefusesBrokenKeys() public {
        checkBrokenKeys();
    }

    function test_DeleverageRefusesDevKeysOutsideLocalChains() public {
        checkDevKeys();
    }

    function test_DeleverageNamesItsSignals() public pure {
        uint256[11] memory signals = numbered();
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
        vm.assertEq(DeleverageSignals.COUNT, COUNT, "count");
        vm.assertEq(signals[DeleverageSignals.PRICE], 108, "index of price");
    }
}
