// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// A holder that is to be closed, and moves cash. The attack fails by the rule's own error, with the honest path beside.
contract DodgedRoundsTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);

    /// A holder took a lot out in each block of the round: each voided the proofs of its part, which take minutes. Its own
    /// were made ahead: salts are derived (`kept`), so the owner knows all the openings, nonces and contexts to come.
    function test_ALotABlockKeepsNoRoundOut() public {
        depositLots(1_000);
        EquityClaim memory shown = equityClaim(HOUSE, 4, -int256(200 * MICROS_PER_LOT));
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(50, false, 40, 100, -123);
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), 50, true, 1, 1, 0, 40)
        );
        vm.prank(OPERATOR);
        uint256 round = house.openRound(terms, commitmentOf(HOUSE, 99), holding, shown);
        (
            TransferClaim memory claim_,
            DeleverageClaim memory part,
            EquityClaim memory after_,
            EquityClaim memory holder
        ) = _part(round);
        _takeALotOut(""); // in the block in which the part is sent
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidDeleverageProof.selector));
        house.deleverage(round, claim_, part, after_, holder);

        // The operator proves the part of what is left, and until then nothing more leaves.
        uint64 until = uint64(block.timestamp) + desk.SPACING();
        vm.warp(block.timestamp + 60);
        (claim_, part, after_, holder) = _part(round);
        _takeALotOut(abi.encodeWithSelector(IAccountDesk.TooSoon.selector, until));
        vm.prank(OPERATOR);
        house.deleverage(round, claim_, part, after_, holder);
        vm.assertEq(house.residual(), 150, "the holder has paid its part");
        advance(uint64(until - block.timestamp));
        _takeALotOut("");
    }

    function _takeALotOut(bytes memory refused) private {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, -1, false, purpose));
        attest(BOB, claim_.newA, 0);
        vm.prank(BOB_OWNER);
        if (refused.length != 0) vm.expectRevert(refused);
        desk.withdraw(claim_, PAYEE);
    }

    function _part(
        uint256 round
    )
        private
        view
        returns (
            TransferClaim memory claim_,
            DeleverageClaim memory part,
            EquityClaim memory after_,
            EquityClaim memory holder
        )
    {
        bytes32 purpose = keccak256(abi.encode(bytes32("deleverage"), round));
        claim_ = transferClaim(TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), 17, 0, false, purpose));
        part = deleverageClaim(
            DeleverageTerms(BOB, ledger.commitmentOf(BOB), claim_.newA, 50, false, 40, 100, -123, 20)
        );
        after_ = equityClaim(snapshotId, HOUSE, claim_.newB, 4, -int256(150 * MICROS_PER_LOT));
        holder = equityClaim(snapshotId, BOB, claim_.newA, 0, 0);
    }
}
