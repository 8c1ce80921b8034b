// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {GateFixture} from "../../helpers/GateFixture.sol";

/// LOW. `isInTierZeroNow` looks at the latest published snapshot alone: where that one is void, a sound one that is
/// later than the newest and waits for spacing is overlooked ("none later is published that is not proven wrong").
contract VoidAboveOpenTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);

    function test_CashLeavesThoughTheSoundPricesOfTheCrashWait() public {
        depositLots(1_000);
        vm.warp(block.timestamp + 2 * SPACING);
        uint256 crash = publishAll(uint64(block.timestamp));
        snapshotId = publishAll(uint64(block.timestamp) - SPACING);
        clock.enter(snapshotId);
        registry.attest(claim(crash, DEADLINE, ALICE, ledger.commitmentOf(ALICE), 4));
        uint256 later = publishAll(uint64(block.timestamp) + 1);
        refute(later, circuitId);
        vm.assertTrue(oracle.voidSince(crash) == 0 && oracle.voidSince(later) != 0, "the crash is sound");
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory out = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, -1_000, false, purpose));
        attest(ALICE, out.newA, 0);
        vm.prank(ALICE_OWNER);
        desk.withdraw(out, PAYEE);
    }
}
