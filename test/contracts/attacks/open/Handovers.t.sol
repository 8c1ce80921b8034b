// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../../helpers/GateFixture.sol";

/// HIGH. Two ways past OwnerUnsettled: lots that the former venue gave in its last minute by a slice are no "word" of
/// its; and a purchase after the handover counts as the word of the venue of now.
contract HandoversOpenTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);
    address private constant SECOND = address(0x4e87);
    address private constant PUPPET_OWNER = address(0x9099e7);
    uint256 private constant PUPPET = 5005;
    uint256 private constant BAIT = 5006;
    uint256 private constant RICH = 5007;

    function setUp() public override {
        super.setUp();
        register(PUPPET, PUPPET_OWNER, false);
        register(BAIT, PUPPET_OWNER, false);
        vm.warp(block.timestamp + 4 days);
        advance(1);
    }

    function _handOver() private {
        vm.prank(VENUE);
        vault.proposeVenue(SECOND);
        vm.prank(SECOND);
        vault.acceptVenue();
    }

    function _emptiesTheVault() private {
        depositLots(10_000); // the successor's customers pay in
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory out = keptClaim(TransferTerms(PUPPET, next(PUPPET), 0, 0, 0, -10_000, false, purpose));
        attest(PUPPET, out.newA, 0);
        vm.prank(PUPPET_OWNER);
        uint256 id = desk.withdraw(out, PAYEE);
        vm.prank(SECOND);
        (bool cancelled, ) = address(vault).call(abi.encodeCall(vault.cancelWithdrawal, (id)));
        vm.assertTrue(!cancelled, "the successor can't cancel it");
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(PAYEE), 10_000 * uint256(UNITS), "gone");
    }

    /// In its last block the former venue slices PUPPET, which is in Soft, against RICH, which it has just made up.
    function test_LotsGivenByASliceAreNoWord() public {
        register(RICH, VENUE, false);
        attest(PUPPET, 2);
        uint256 caseId = engine.open(PUPPET);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        TransferTerms memory terms = TransferTerms(PUPPET, next(PUPPET), RICH, next(RICH), 10_000, 0, false, purpose);
        attest(PUPPET, terms.newA, 0);
        TransferClaim memory slice = keptClaim(terms);
        ReductionClaim memory reduction = reductionClaim(PUPPET, terms.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, slice, reduction, new EquityClaim[](0));
        engine.cure(caseId);
        _handOver();
        vm.assertTrue(ledger.isOwnerSettled(PUPPET), "by nobody's word of now");
        vm.prank(PUPPET_OWNER);
        ledger.lock(PUPPET, uint64(block.timestamp) + 1 days); // and the successor corrects nothing for a day
        IPortfolioLedger.Change[][] memory groups = groupOf(PUPPET, commitmentOf(PUPPET, 51));
        vm.prank(SECOND);
        ledger.update(groups);
        vm.assertTrue(ledger.commitmentOf(PUPPET) != commitmentOf(PUPPET, 51), "skipped");
        _emptiesTheVault();
    }

    /// BAIT, of the same people, stands in the sale. PUPPET is given 10,000 lots in the last block, and is unsettled; it
    /// buys BAIT after the handover, and is settled, without a word of the successor's.
    function test_APurchaseIsNoWordOfTheSuccessors() public {
        fund(PUPPET_OWNER, address(sale), 1e12);
        attest(BAIT, 3);
        uint256 caseId = engine.open(BAIT);
        serve(COMMIT + REVEAL);
        sale.showEquity(caseId, equityClaim(BAIT, 3, lotsOf(10)));
        assertSale(caseId);
        update(PUPPET, commitmentOf(PUPPET, 50)); // 10,000 lots, by the former venue's last word
        _handOver();
        vm.assertTrue(!ledger.isOwnerSettled(PUPPET), "unsettled, as it should be");
        bytes32 purpose = casePurpose("award", caseId, engine.caseOf(caseId).version, PUPPET_OWNER);
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(BAIT, next(BAIT), PUPPET, next(PUPPET), 10, 0, true, purpose)
        );
        attest(PUPPET, claim_.newB, 0);
        EquityClaim memory equity = equityClaim(BAIT, 3, lotsOf(10));
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(PUPPET_OWNER);
        sale.buy(caseId, version, claim_, equity);
        vm.assertTrue(ledger.isOwnerSettled(PUPPET), "SECOND has said nothing");
        vm.prank(PUPPET_OWNER);
        ledger.lock(PUPPET, uint64(block.timestamp) + 1 days);
        _emptiesTheVault();
    }

    function assertSale(uint256 caseId) private view {
        vm.assertEq(uint256(statusOf(caseId)), uint256(ILiquidationEngine.Status.Sale), "in the sale");
    }

    /// MEDIUM. The 30 days after which a silent successor has agreed run while its word is refused: PUPPET challenges
    /// itself, lets it pass, and challenges again in the transaction that ends the case. Its bond comes back each time.
    function test_ASuccessorThatIsNotHeardIsTakenForSilent() public {
        update(PUPPET, commitmentOf(PUPPET, 50)); // 10,000 lots under a secret salt, by the last word
        fund(PUPPET_OWNER, address(challenges), CHALLENGE_BOND);
        _handOver();
        uint256 end = block.timestamp + 30 days;
        advance(1);
        uint256 before = snapshotId;
        serve(ANSWER);
        _challenge(before);
        while (block.timestamp < end) {
            _refused(IPortfolioLedger.Refusal.Challenged);
            serve(CHALLENGE);
            uint256 caseId = challenges.settleChallenge(PUPPET, _index());
            // Most of it unserved, so that the test is short: the states are the same.
            for (uint256 i = 0; i < 2; ++i) {
                _refused(IPortfolioLedger.Refusal.Frozen);
                if (i == 0) before = snapshotId;
                advance(3 days + 13 hours);
            }
            _refused(IPortfolioLedger.Refusal.Frozen);
            engine.abandon(caseId); // and in the same transaction:
            _challenge(before);
        }
        vm.assertEq(challenges.creditOf(PUPPET_OWNER), 0, "one bond, again and again");
        serve(CHALLENGE);
        challenges.settleChallenge(PUPPET, _index());
        vm.assertEq(challenges.creditOf(PUPPET_OWNER), CHALLENGE_BOND, "which comes back");
        vm.assertTrue(ledger.isOwnerSettled(PUPPET), "SECOND has tried all the while");
        vm.prank(PUPPET_OWNER);
        ledger.lock(PUPPET, uint64(block.timestamp) + 1 days);
    }

    function _index() private view returns (uint256 index) {
        while (challenges.challengesOf(PUPPET)[index].challenger == address(0)) ++index;
    }

    function _challenge(uint256 asked) private {
        uint256 commitment = ledger.commitmentOf(PUPPET);
        vm.prank(PUPPET_OWNER);
        challenges.challenge(PUPPET, commitment, asked);
    }

    function _refused(IPortfolioLedger.Refusal refusal) private {
        IPortfolioLedger.Change[][] memory groups = groupOf(PUPPET, commitmentOf(PUPPET, 51));
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(PUPPET, 0, refusal);
        vm.prank(SECOND);
        ledger.update(groups);
    }

    /// HIGH. A venue that hands over to another key of its own, right after a word about everybody (the same portfolio
    /// will do), keeps every customer's cash and lock away for 30 days, and once more before they end: for ever.
    function test_AVenueThatHandsOverToItselfPaysNobodyForEver() public {
        bytes memory unsettled = abi.encodeWithSelector(IPortfolioLedger.OwnerUnsettled.selector, ALICE);
        (address from, address to) = (VENUE, SECOND);
        for (uint256 month = 0; month < 12; ++month) {
            // One transaction, where the keys are one contract's.
            IPortfolioLedger.Change[][] memory groups = groupOf(ALICE, ledger.commitmentOf(ALICE));
            vm.prank(from);
            ledger.update(groups);
            vm.prank(from);
            vault.proposeVenue(to);
            vm.prank(to);
            vault.acceptVenue();
            (from, to) = (to, from);
            for (uint256 day = 0; day < 29; ++day) {
                bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
                TransferClaim memory out = unprovenTransfer(
                    TransferTerms(ALICE, next(ALICE), 0, 0, 0, -1, false, purpose)
                );
                vm.prank(ALICE_OWNER);
                vm.expectRevert(unsettled);
                desk.withdraw(out, PAYEE);
                vm.prank(ALICE_OWNER);
                vm.expectRevert(unsettled);
                ledger.lock(ALICE, uint64(block.timestamp) + 1 days);
                vm.warp(block.timestamp + 1 days);
            }
        }
        // Meanwhile the venue's own withdrawals go on.
        depositLots(100);
        vm.prank(from);
        uint256 id = vault.requestWithdrawal(SETTLEMENT, 100, PAYEE);
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
    }

    /// The same, without a second key: a venue hands over to itself. Then it names another owner for a customer whom it
    /// registered in the last three days, and takes out what that one has paid in by proof.
    function test_AVenueThatHandsOverToItselfTakesANewCustomersAccount() public {
        address customer = address(0xc057);
        register(RICH, customer, false);
        fund(customer, address(desk), 1_000 * uint256(UNITS));
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), customer));
        TransferClaim memory in_ = keptClaim(TransferTerms(RICH, next(RICH), 0, 0, 0, 1_000, false, purpose));
        vm.prank(customer);
        desk.deposit(in_);
        vm.prank(VENUE);
        (bool taken, ) = address(ledger).call(abi.encodeCall(ledger.setOwner, (RICH, VENUE)));
        vm.assertTrue(!taken, "the customer's own");
        vm.prank(VENUE);
        vault.proposeVenue(VENUE);
        vm.prank(VENUE);
        vault.acceptVenue();
        vm.prank(VENUE);
        ledger.setOwner(RICH, VENUE);
        update(RICH, commitmentOf(RICH, 77)); // the same portfolio
        advance(1);
        purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory out = keptClaim(TransferTerms(RICH, next(RICH), 0, 0, 0, -1_000, false, purpose));
        attest(RICH, out.newA, 0);
        vm.prank(VENUE);
        uint256 id = desk.withdraw(out, PAYEE);
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(PAYEE), 1_000 * uint256(UNITS), "paid in by the customer");
    }

    /// MEDIUM. "A handover leaves an hour to cancel": not what a made-up account of the former venue's asked for by proof
    /// in the block of the acceptance, in front of it.
    function test_AMadeUpAccountsWithdrawalOutlivesTheHandover() public {
        depositLots(10_000); // customers'
        vm.prank(VENUE);
        vault.proposeVenue(SECOND);
        advance(1);
        vm.prank(VENUE);
        ledger.register(RICH, commitmentOf(RICH, 0), PUPPET_OWNER, false); // 10,000 lots, by its word
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        TransferClaim memory out = keptClaim(TransferTerms(RICH, next(RICH), 0, 0, 0, -10_000, false, purpose));
        attest(RICH, out.newA, 0);
        vm.prank(PUPPET_OWNER);
        uint256 id = desk.withdraw(out, PAYEE);
        vm.prank(SECOND);
        vault.acceptVenue(); // the same block
        vm.prank(SECOND);
        (bool cancelled, ) = address(vault).call(abi.encodeCall(vault.cancelWithdrawal, (id)));
        vm.assertTrue(!cancelled, "WithdrawalProven");
        vm.warp(block.timestamp + 1 hours);
        vault.completeWithdrawal(id);
        vm.assertEq(token.balanceOf(PAYEE), 10_000 * uint256(UNITS), "all that there was");
    }
}
