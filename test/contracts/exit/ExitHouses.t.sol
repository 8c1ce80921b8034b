// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {EmptyClaim, EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ExitFixture} from "../helpers/ExitFixture.sol";

/// A venue stops whose house has two accounts: one of the deployment's, and one that its operator opened and that took a
/// customer's portfolio over.
contract ExitHousesTest is ExitFixture {
    uint256 private constant EMPTY = 0xe3;
    uint256 private second;

    function setUp() public override {
        super.setUp();
        EmptyClaim memory proven = emptyClaim(openedId(address(accounts), 1), EMPTY);
        vm.prank(OPERATOR);
        second = accounts.openAccount(EMPTY, proven);
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory claim = caseTransfer("takeover", caseId, address(house), second, 0, true);
        EquityClaim memory shown = equityClaim(ALICE, 4, 0);
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, shown);
        fundInsurance(100);
    }

    function _leave() private {
        stopVenue();
        fixNext();
        readMarks();
    }

    function _claimHouse(uint256 accountId, int256 equity) private {
        EquityClaim memory shown = exitEquity(accountId, equity);
        vm.prank(STRANGER); // whoever can prove it
        exits.claim(shown, STRANGER);
    }

    /// Lots that the fund is paid for an account.
    function _paid(uint256 accountId) private returns (uint256 lots) {
        uint256 before = insurance();
        lots = take(accountId, SETTLEMENT);
        vm.assertEq(insurance() - before, lots * UNITS, "in the fund");
    }

    /// Each claims by itself and once; what both get goes to the fund, and is the part that one account with their sum has.
    function test_EachOfTheHousesAccountsClaimsForTheFund() public {
        depositLots(1_000);
        depositCoins(200);
        _leave();
        claimExit(BOB, 36_000_000, BOBS_PAYEE);
        _claimHouse(HOUSE, 9_000_000);
        _claimHouse(second, 3_000_000);
        EquityClaim memory again = exitEquity(second, 3_000_000);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.AlreadyClaimed.selector, second));
        exits.claim(again, STRANGER);
        vm.assertEq(exits.claimOf(second).to, address(house), "the clearing house's");
        vm.assertTrue(exits.claimOf(second).isHouse && exits.claimOf(second).isAnchored, "as the first one's");
        vm.assertEq(exits.totals().house, 12_000_000, "together");
        endClaims();
        // A quarter of 24 USD is 6: 600 lots, three quarters of them the first one's.
        vm.assertEq(_paid(HOUSE), 450, "the first one's");
        vm.assertEq(_paid(second), 150, "the second one's");
        vm.assertEq(take(BOB, SETTLEMENT), 400, "the customer's");
        vm.assertEq(take(BOB, COIN), 200, "and all coins");
        expectNothingToTake(second, COIN);
        expectNothingToTake(second, SETTLEMENT);
        assertBooks();
        vm.assertEq(token.balanceOf(address(exits)), 0, "the desk holds nothing");
    }

    /// However the house's equity lies in its accounts: together they get what one would, but for a lot that rounding takes.
    function testFuzz_TheSplitMovesNothing(uint64 all, uint64 part, uint32 lots, uint64 customer) public {
        uint256 whole = bound(all, 2, 1e12);
        uint256 first = bound(part, 1, whole - 1);
        depositLots(uint256(lots) + 1_000);
        _leave();
        claimExit(BOB, int256(bound(customer, 1e12, 2e12)), BOBS_PAYEE);
        uint256 state = vm.snapshotState();
        _claimHouse(HOUSE, int256(whole));
        endClaims();
        exits.take(BOB, SETTLEMENT);
        (uint256 ofOne, uint256 ofBob) = (exits.partOf(HOUSE, SETTLEMENT), exits.partOf(BOB, SETTLEMENT));
        vm.revertToState(state);
        _claimHouse(HOUSE, int256(first));
        _claimHouse(second, int256(whole - first));
        endClaims();
        exits.take(BOB, SETTLEMENT);
        uint256 ofTwo = exits.partOf(HOUSE, SETTLEMENT) + exits.partOf(second, SETTLEMENT);
        vm.assertEq(exits.partOf(BOB, SETTLEMENT), ofBob, "the customer's part");
        vm.assertTrue(ofTwo <= ofOne && ofTwo + 1 >= ofOne, "the house's");
    }

    /// Claims are accounts': one of the house's that owes claims nothing and lowers no other's, as two of one customer.
    function test_Known_AnAccountThatOwesLowersNoOtherOfTheHouses() public {
        depositLots(1_000);
        _leave();
        _claimHouse(second, 5_000_000);
        EquityClaim memory owes = exitEquity(HOUSE, -4_000_000);
        vm.expectRevert(abi.encodeWithSelector(IExitDesk.NothingToClaim.selector, int256(-4_000_000)));
        exits.claim(owes, STRANGER);
        claimExit(BOB, 5_000_000, BOBS_PAYEE);
        endClaims();
        vm.assertEq(_paid(second), 500, "in full");
        vm.assertEq(take(BOB, SETTLEMENT), 500, "the customer's");
    }

    /// Neither takes the other's portfolio over once one has claimed: each position is claimed for once.
    function test_NothingMovesBetweenThemAfterAClaim() public {
        depositLots(1_000);
        _leave();
        _claimHouse(HOUSE, 1_000_000);
        vm.expectRevert(abi.encodeWithSelector(IVenueStop.AccountLeft.selector, HOUSE));
        exits.requireMovable(second, HOUSE, true);
    }
}
