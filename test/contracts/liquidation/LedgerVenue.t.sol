// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {EngineStandIn, HouseStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";

/// The ledger has no venue of its own: it asks the vault.
contract LedgerVenueTest is LiquidationFixture {
    address private constant NEXT = address(0x4e87);

    function _onlyVenue(address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPortfolioLedger.OnlyVenue.selector, caller);
    }

    function _handOver() private {
        vm.prank(VENUE);
        vault.proposeVenue(NEXT);
        vm.prank(NEXT);
        vault.acceptVenue();
    }

    function test_AProposedVenueKeepsNoAccounts() public {
        vm.prank(VENUE);
        vault.proposeVenue(NEXT);
        IPortfolioLedger.Change[][] memory groups = groupOf(ALICE, commitmentOf(ALICE, 1));
        vm.prank(NEXT);
        vm.expectRevert(_onlyVenue(NEXT));
        ledger.update(groups);
    }

    function test_TheNewVenueKeepsTheAccountsAndTheFormerOneNoMore() public {
        vm.etch(engineAt, address(new EngineStandIn()).code);
        _handOver();
        vm.assertEq(ledger.venue(), NEXT, "asked of the vault");
        IPortfolioLedger.Change[][] memory groups = groupOf(ALICE, commitmentOf(ALICE, 1));
        vm.prank(VENUE);
        vm.expectRevert(_onlyVenue(VENUE));
        ledger.update(groups);
        vm.prank(NEXT);
        ledger.update(groups);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 1), "updated");
    }

    /// An account without an owner is the venue's, whoever that is; one that names the former venue stays its own.
    function test_AccountsWithoutAnOwnerFollowTheVenue() public {
        vm.etch(clearingHouseAt, address(new HouseStandIn(HOUSE)).code);
        vm.prank(VENUE);
        ledger.register(7, commitmentOf(7, 0), address(0), false);
        vm.prank(VENUE);
        ledger.register(8, commitmentOf(8, 0), VENUE, false);
        vm.warp(block.timestamp + ledger.OWNER_PERIOD());
        _handOver();
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, VENUE));
        ledger.setOwner(7, VENUE);
        vm.prank(NEXT);
        ledger.setOwner(7, NEXT);
        vm.prank(NEXT);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, NEXT));
        ledger.setOwner(8, NEXT);
    }
}
