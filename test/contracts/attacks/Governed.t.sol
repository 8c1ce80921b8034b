// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks by owners who change what is governed while cases run.
contract GovernedAttacks is GateFixture {
    bytes private call_;

    /// Parameters that may be executed now.
    function _schedule(ILiquidationEngine.Parameters memory next_) private {
        call_ = abi.encodeCall(ILiquidationEngine.setParameters, (next_));
        vm.prank(OWNER);
        engine.schedule(call_);
        advance(2 days);
    }

    function _takingOver(uint256 id) private view returns (TransferClaim memory) {
        return caseTransfer("takeover", id, address(house), HOUSE, 0, true);
    }

    /// The notice of a takeover that was running was cut short.
    function test_ANoticeThatRunsKeepsItsEnd() public {
        ILiquidationEngine.Parameters memory next_ = engineParameters();
        next_.takeoverNotice = 10 minutes;
        _schedule(next_);
        uint256 id = openCase(4);
        uint64 until = engine.caseOf(id).until;
        serve(11 minutes);
        engine.execute(call_);
        TransferClaim memory claim_ = _takingOver(id);
        EquityClaim memory poor = equityClaim(ALICE, 4, 0);
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(ILiquidationEngine.TooEarly.selector, until));
        house.takeOver(id, claim_, poor);
        serve(NOTICE - 11 minutes);
        claim_ = _takingOver(id);
        poor = equityClaim(ALICE, 4, 0);
        vm.prank(OPERATOR);
        house.takeOver(id, claim_, poor);
        assertClosed(id, ILiquidationEngine.Outcome.TakenOver);
        attest(BOB, 4); // beside it: a case that opens now has the new notice
        id = engine.open(BOB);
        vm.assertEq(engine.caseOf(id).until, clock.served() + 10 minutes, "ten minutes");
    }

    /// By parameters within all bounds no case of tier 2 was ever sold: it ended before its soft window did.
    function test_ACaseIsLongerThanItsSoftWindow() public {
        ILiquidationEngine.Parameters memory next_ = engineParameters();
        (next_.softWindow, next_.caseLength) = (3 days, 3 days + 12 hours - 1);
        _schedule(next_);
        vm.expectRevert(invalidParameter("caseLength", next_.caseLength));
        engine.execute(call_);
        next_.caseLength += 1; // beside it: with half a day for its auction
        _schedule(next_);
        engine.execute(call_);
        vm.assertEq(engine.parameters().softWindow, 3 days, "set");
    }

    /// A case that could be abandoned couldn't be any more: `unservedLimit` was read live.
    function test_ACaseThatIsOverStaysSo() public {
        uint256 id = openCase(3);
        advance(UNSERVED + 1 hours);
        vm.assertTrue(engine.isOver(id), "over");
        ILiquidationEngine.Parameters memory next_ = engineParameters();
        next_.unservedLimit = 14 days;
        _schedule(next_);
        engine.execute(call_);
        vm.assertTrue(engine.isOver(id), "still over");
        engine.abandon(id);
        assertClosed(id, ILiquidationEngine.Outcome.Abandoned);
        id = openCase(3); // beside it: a case that opens now waits longer
        advance(UNSERVED + 1 hours);
        vm.assertTrue(!engine.isOver(id), "goes on");
    }

    /// Known: lists act on cases that open later, and have no other notice: an owner who lists its own puppets and
    /// delists everybody else in one block with a case's opening decides who bids in it. They pay the floor at least.
    function test_Known_PuppetsAreListedInTheBlockOfTheOpening() public {
        attest(BOB, 3);
        address puppet = address(0xbeef);
        vm.prank(OWNER);
        auction.setLiquidator(puppet, true);
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(OWNER);
            auction.setLiquidator(liquidator(i), false);
        }
        uint256 id = engine.open(BOB);
        vm.assertTrue(auction.mayBid(id, puppet), "in the same block");
        vm.assertTrue(!auction.mayBid(id, liquidator(0)), "nobody else");
        vm.assertEq(auction.floorOf(id, 1_000), 680, "for the floor");
    }
}
