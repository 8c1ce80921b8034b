// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../../helpers/GateFixture.sol";

/// HIGH. A slice keeps root and rootAt, and bounds only what the sliced account LOSES. A made-up account pays CAROL, an
/// old customer in Soft, as much cash as is fenced: the venue's word of this minute reaches fenced lots.
contract FencedSlicesOpenTest is GateFixture {
    address private constant LP = address(0x11b);
    address private constant CAROL_OWNER = address(0xca401);
    uint256 private constant CAROL = 4_004;
    uint256 private constant FAKE = 7_777;
    uint256 private constant LOSS = 5_000;
    uint256 private constant FUND = 20_000;

    function setUp() public override {
        super.setUp();
        register(CAROL, CAROL_OWNER, false); // an accomplice, long ago, with a small real portfolio
        advance(1);
        anchorNow(CAROL);
        advance(7 days + 1);
        anchorNow(ALICE);
        anchorNow(CAROL); // an ordinary run of the day counts what it has
        fund(LP, address(house), FUND * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, FUND * UNITS);
        // ALICE's loss is honest; it is somebody else's gain, not CAROL's.
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory taken = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory shown = equityClaim(ALICE, 4, -lotsOf(LOSS));
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
        advance(10 minutes);
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        shown = equityClaim(HOUSE, 4, -lotsOf(LOSS));
        house.absorb(shown, keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, int64(uint64(LOSS)), false, purpose)));
        vm.assertEq(vault.lotsFenced(SETTLEMENT), LOSS, "fenced");
    }

    function test_ASliceCarriesTheVenuesWordOverTheFence() public {
        register(FAKE, VENUE, false); // made up now, rich by the venue's word
        uint64 start = uint64(block.timestamp);
        attest(CAROL, 2); // its own small breach
        uint256 caseId = engine.open(CAROL);
        // FAKE takes a lot of a position off CAROL and pays 5,000 lots for it.
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        TransferTerms memory terms = TransferTerms(
            CAROL,
            next(CAROL),
            FAKE,
            next(FAKE),
            int64(uint64(LOSS)),
            0,
            false,
            purpose
        );
        attest(CAROL, terms.newA, 0);
        TransferClaim memory slice = keptClaim(terms);
        ReductionClaim memory reduction = reductionClaim(CAROL, terms.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, slice, reduction, new EquityClaim[](0));
        engine.cure(caseId);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertTrue(anchors.reachesFence(CAROL), "though the venue's made-up lots came a second ago");
        // It takes the fenced lots out.
        purpose = keccak256(abi.encode(bytes32("withdraw"), CAROL_OWNER));
        TransferClaim memory out = keptClaim(
            TransferTerms(CAROL, next(CAROL), 0, 0, 0, -int64(uint64(LOSS)), false, purpose)
        );
        attest(CAROL, out.newA, 0);
        vm.prank(CAROL_OWNER);
        uint256 id = desk.withdraw(out, CAROL_OWNER);
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(CAROL_OWNER), LOSS * UNITS, "paid of what the funds paid in");
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "nothing is left of it");
        vm.assertEq(block.timestamp, start + 1 hours, "an hour after FAKE was made up");
    }
}
