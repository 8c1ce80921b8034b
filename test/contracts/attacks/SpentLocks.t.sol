// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {BidsFixture} from "../helpers/BidsFixture.sol";

/// The attack fails by the rule's own error, with the honest path beside.
contract SpentLocksTest is BidsFixture {
    /// A lock is one a day. Who locked its account for another case a few hours ago can't for this one, and a rival's
    /// deposit of one cent into it voided its proof in the last second of its turn: the bond was lost, and the rival next.
    function test_ARivalsCentCostsNoLeaderItsBond() public {
        vm.prank(liquidator(0));
        ledger.lock(accountOf(0), uint64(block.timestamp) + 1 minutes); // for another case
        bids([uint64(90_000), 68_000, 0], [true, true, false]);
        uint64 until = uint64(block.timestamp) + 1 hours;
        vm.prank(liquidator(0));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidLock.selector, until));
        ledger.lock(accountOf(0), until);

        serve(SETTLE - 5);
        (TransferClaim memory claim, EquityClaim memory equity) = settling(0, 90_000, 100_000);
        fund(liquidator(1), address(desk), UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), liquidator(1)));
        uint256 account = accountOf(0);
        TransferClaim memory cent = keptClaim(TransferTerms(account, next(account), 0, 0, 0, 1, false, purpose));
        vm.prank(liquidator(1));
        vm.expectRevert(abi.encodeWithSelector(IAccountDesk.NotAllowed.selector, liquidator(1)));
        desk.deposit(cent);
        uint256 id = caseId;
        vm.prank(liquidator(0));
        auction.settle(id, claim, equity);
        vm.assertTrue(statusOfBid(0) == ISealedAuction.BidStatus.Settled, "the portfolio is the leader's");
    }
}
