// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// The fence: what the funds paid for an honest loss left the vault within the hour, to the venue. Each way, and the
/// rule that stops it, with the honest path beside.
contract FencedLotsAttack is GateFixture {
    address private constant LP = address(0x11b);
    uint256 private constant FAKE = 7_777;
    uint256 private constant LOSS = 5_000;
    uint256 private constant FUND = 20_000;

    /// ALICE's loss is honest, the funds have paid it in, and it is BOB's gain.
    function setUp() public override {
        super.setUp();
        register(FAKE, VENUE, false); // by the venue's word
        advance(7 days);
        anchorNow(ALICE);
        anchorNow(BOB);
        fund(LP, address(house), FUND * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, FUND * UNITS);
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory taken = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory shown = equityClaim(ALICE, 4, -lotsOf(LOSS));
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
        advance(10 minutes);
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        shown = equityClaim(HOUSE, 4, -lotsOf(LOSS));
        int64 lots = int64(uint64(LOSS));
        house.absorb(shown, keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, lots, false, purpose)));
    }

    function _withdrawing(uint256 accountId, address owner) private returns (TransferClaim memory claim_) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), owner));
        int64 lots = -int64(uint64(LOSS));
        claim_ = keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, lots, false, purpose));
        attest(accountId, claim_.newA, 0);
    }

    function _withdraw(uint256 accountId, address owner) private returns (uint256) {
        TransferClaim memory claim_ = _withdrawing(accountId, owner);
        vm.prank(owner);
        return desk.withdraw(claim_, owner);
    }

    function _expectRefused(uint256 accountId, address owner) private {
        TransferClaim memory claim_ = _withdrawing(accountId, owner);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, LOSS, 0));
        desk.withdraw(claim_, owner);
    }

    function _expectVenueRefused(uint256 lots, uint256 free) private {
        vm.prank(VENUE);
        vm.expectRevert(
            abi.encodeWithSelector(ICollateralVault.NotEnoughLots.selector, SETTLEMENT, lots, free)
        );
        vault.requestWithdrawal(SETTLEMENT, lots, VENUE);
    }

    /// A run isn't tied to the ledger: the venue closed one that counts FAKE alone, with all that the vault holds, so it
    /// nets. A minute old or a week, an account that runs have known for no longer reaches nothing.
    function test_AnAccountWithoutAnAgeReachesNoFencedLots() public {
        anchorNow(FAKE);
        vm.assertTrue(anchors.isAnchored(FAKE) && !anchors.reachesFence(FAKE), "anchored, and of no age");
        uint256 before = vm.snapshotState();
        _expectRefused(FAKE, VENUE);
        vm.revertToState(before);
        anchor(FAKE, ledger.commitmentOf(FAKE), closeRun(uint64(block.timestamp) - LEAST_AGE + 1));
        _expectRefused(FAKE, VENUE);
        vm.revertToState(before);
        uint256 id = _withdraw(BOB, BOB_OWNER); // beside it: who gained, by proofs alone, and runs have known it for long
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(BOB_OWNER), LOSS * UNITS, "paid of the fenced lots");
    }

    /// Nor does an old customer of whom the venue says now that it has them, though a run counts that at once: the
    /// venue's word reaches them a week later, as its withdrawals do.
    function test_TheVenuesWordOfTheLastWeekReachesNoFencedLots() public {
        update(BOB, commitmentOf(BOB, 50));
        advance(1);
        anchorNow(BOB);
        _expectRefused(BOB, BOB_OWNER);
        advance(7 days - 2);
        _expectRefused(BOB, BOB_OWNER);
        advance(1);
        _withdraw(BOB, BOB_OWNER);
    }

    // --- a loan of an hour ---

    function _payIn(uint256 lots) private {
        fund(BOB_OWNER, address(desk), lots * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), BOB_OWNER));
        int64 funding = int64(uint64(lots));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, funding, false, purpose));
        vm.prank(BOB_OWNER);
        desk.deposit(claim_);
    }

    /// BOB lent 5,000 lots for an hour: he paid them in by proof, the venue withdrew them, for they were unfenced, and he
    /// withdrew as many of the fenced ones.
    function test_WhatIsPaidInByProofIsKeptFromTheVenueForAWeek() public {
        _payIn(LOSS);
        vm.assertEq(vault.lotsSettling(SETTLEMENT), LOSS, "of late");
        _expectVenueRefused(1, 0);
        uint256 before = vm.snapshotState();
        _withdraw(BOB, BOB_OWNER);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), LOSS, "his own, not the fenced ones");
        vm.assertEq(vault.lotsSettling(SETTLEMENT), 0, "nothing settles any more");
        _expectVenueRefused(1, 0);
        vm.revertToState(before);
        vm.warp(block.timestamp + 7 days);
        _expectVenueRefused(1, 0);
        vm.warp(block.timestamp + 7 days / 2);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, LOSS, VENUE);
    }

    /// The same by a cure of a case.
    function test_WhatCuresACaseIsKeptFromTheVenueTheSame() public {
        attest(BOB, 2);
        uint256 caseId = engine.open(BOB);
        fund(BOB_OWNER, address(engine), LOSS * UNITS);
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, BOB_OWNER);
        int64 lots = int64(uint64(LOSS));
        TransferClaim memory claim_ = keptClaim(TransferTerms(BOB, next(BOB), 0, 0, 0, lots, false, purpose));
        attest(BOB, claim_.newA, 0);
        vm.prank(BOB_OWNER);
        engine.cureByTransfer(caseId, claim_);
        _expectVenueRefused(1, 0);
    }

    /// Somebody who pays in and out again and again keeps nothing else from the venue than what it left there.
    function test_PayingInAndOutKeepsNothingElseFromTheVenue() public {
        depositLots(100);
        for (uint256 i = 0; i < 3; ++i) {
            _payIn(LOSS);
            _withdraw(BOB, BOB_OWNER);
            advance(10 minutes);
        }
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 100, VENUE);
        _expectVenueRefused(1, 0);
    }

    /// Once taken over by an account that the venue had made up: it took what BOB had lent, for that went first whoever
    /// withdrew, and he took fenced lots in its place. Lent once, paid twice, in an hour.
    function test_WhatIsPaidInByProofIsKeptFromOtherAccountsToo() public {
        _payIn(LOSS);
        vm.assertTrue(!anchors.reachesFence(FAKE), "it reaches no fence");
        _expectRefused(FAKE, VENUE);
        vm.assertEq(vault.lotsSettlingOf(SETTLEMENT, BOB), LOSS, "for who paid it in");
        _withdraw(BOB, BOB_OWNER);
        vm.assertEq(vault.lotsSettlingOf(SETTLEMENT, BOB), 0, "his own went first");
        vm.assertEq(vault.lotsFenced(SETTLEMENT), LOSS, "and nothing of the fence");
    }

    /// Nor does an account that reaches the fence take what others paid in of late: fenced lots at most.
    function test_WhoReachesTheFenceTakesNothingThatOthersPaidIn() public {
        fund(ALICE_OWNER, address(desk), LOSS * UNITS);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), ALICE_OWNER));
        vm.prank(VENUE);
        ledger.register(4_444, commitmentOf(4_444, 0), ALICE_OWNER, false);
        int64 lots = int64(uint64(LOSS));
        TransferClaim memory in_ = keptClaim(TransferTerms(4_444, next(4_444), 0, 0, 0, lots, false, purpose));
        vm.prank(ALICE_OWNER);
        desk.deposit(in_);
        vm.assertTrue(anchors.reachesFence(BOB), "by proofs alone, and for long");
        _withdraw(BOB, BOB_OWNER);
        vm.assertEq(vault.lotsFenced(SETTLEMENT), 0, "the fenced ones");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), LOSS, "not those of the other");
        advance(10 minutes);
        _expectRefused(BOB, BOB_OWNER);
        _withdraw(4_444, ALICE_OWNER);
    }
}
