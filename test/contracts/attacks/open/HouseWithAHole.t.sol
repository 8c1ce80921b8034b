// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {GateFixture} from "../../helpers/GateFixture.sol";

/// The house's first account is registered by the venue's word, under any commitment: nobody proves it empty, and no age
/// and no run is asked of what it lacks. Venue and operator make it owe a fortune from the first day; whenever there are
/// customers a round takes all that a holder across from it has, within one block.
contract HouseWithAHoleOpenTest is GateFixture {
    uint256 private constant LOSS = 500_000;
    uint32 private constant INSTRUMENT = 50;

    function test_AHouseThatWasBornBankruptIsPaidByHolders() public {
        vm.assertEq(engine.caseCount(), 0, "no case, no takeover, nothing anchored of the house");
        // HOUSE was registered by VENUE with this commitment: short of INSTRUMENT, and 500,000 lots in debt.
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "by its word");
        int64 price = -int64(uint64(LOSS * 1e6));
        DeleverageClaim memory part = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), INSTRUMENT, true, 1, 1, 0, 1)
        );
        EquityClaim memory shown = equityClaim(HOUSE, 4, -lotsOf(LOSS));
        vm.prank(OPERATOR);
        uint256 round = house.openRound(
            IDeleveraging.Terms(INSTRUMENT, false, 1, 1, price),
            commitmentOf(HOUSE, 99),
            part,
            shown
        );
        vm.assertEq(house.residual(), LOSS, "the funds are locked");
        bytes32 purpose = keccak256(abi.encode(bytes32("deleverage"), round));
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(BOB, next(BOB), HOUSE, next(HOUSE), -int64(uint64(LOSS)), 0, false, purpose)
        );
        part = deleverageClaim(
            DeleverageTerms(BOB, ledger.commitmentOf(BOB), claim_.newA, INSTRUMENT, false, 1, 1, price, 1)
        );
        shown = equityClaim(snapshotId, HOUSE, claim_.newB, 0, 0);
        EquityClaim memory holder = equityClaim(snapshotId, BOB, claim_.newA, 4, 0);
        vm.prank(OPERATOR);
        house.deleverage(round, claim_, part, shown, holder);
        vm.assertEq(ledger.commitmentOf(BOB), claim_.newA, "BOB has nothing left");
        vm.assertEq(house.residual(), 0, "paid");
    }
}
