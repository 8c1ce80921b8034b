// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IAccountDesk} from "contracts/liquidation/IAccountDesk.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks through the account desk: each fails by the rule's own error, with the honest path beside.
contract DeskAbuseTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);
    address private constant NEXT_VENUE = address(0x4e87);
    address private constant PUPPET_OWNER = address(0x9099e7);
    uint256 private constant PUPPET = 5005;
    uint256 private constant CUSTOMER = 6006;

    function setUp() public override {
        super.setUp();
        fund(ALICE_OWNER, address(desk), 1_000 * uint256(UNITS));
        fund(STRANGER, address(desk), 1_000 * uint256(UNITS));
        fund(VENUE, address(desk), 1_000 * uint256(UNITS));
    }

    function _paying(address payer, int64 lots) private view returns (TransferTerms memory) {
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), payer));
        return TransferTerms(ALICE, next(ALICE), 0, 0, 0, lots, false, purpose);
    }

    function _leaving(uint256 accountId, int64 lots) private view returns (TransferClaim memory) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        return keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, -lots, false, purpose));
    }

    function _deposit(address payer, TransferClaim memory claim_, bytes memory refused) private {
        vm.prank(payer);
        if (refused.length != 0) vm.expectRevert(refused);
        desk.deposit(claim_);
    }

    function _withdraw(address owner, TransferClaim memory claim_, bytes memory refused) private returns (uint256) {
        vm.prank(owner);
        if (refused.length != 0) vm.expectRevert(refused);
        return desk.withdraw(claim_, PAYEE);
    }

    // --- a breach hidden by a salt ---

    /// A lot under a salt of the owner's own would leave a portfolio that nobody can prove anything of.
    function test_ALotUnderASecretSaltHidesNothing() public {
        bytes memory invalid = abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector);
        _deposit(ALICE_OWNER, transferClaim(_paying(ALICE_OWNER, 1)), invalid);
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 1)), "");
        TransferClaim memory claim_ = _leaving(ALICE, 1);
        claim_.proof = transferClaim(
            TransferTerms(ALICE, claim_.newA, 0, 0, 0, -1, false, keccak256(abi.encode(bytes32("withdraw"), PAYEE)))
        ).proof;
        attest(ALICE, claim_.newA, 0);
        _withdraw(ALICE_OWNER, claim_, invalid);
        _withdraw(ALICE_OWNER, _leaving(ALICE, 1), "");
    }

    /// In the block before `open` a deposit would take the proven breach away: the case is opened, and cured there.
    function test_ALotTakesNoProvenBreachAway() public {
        attest(ALICE, 4);
        bytes memory proven = abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE);
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 1)), proven);
        engine.open(ALICE);
    }

    /// Lot after lot would outrun whoever proves: the owner pays once in ten minutes, strangers never, the venue always.
    function test_LotsInARowOutrunNoProver() public {
        uint64 until = uint64(block.timestamp) + desk.SPACING();
        bytes memory tooSoon = abi.encodeWithSelector(IAccountDesk.TooSoon.selector, until);
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 1)), "");
        bytes memory notAllowed = abi.encodeWithSelector(IAccountDesk.NotAllowed.selector, STRANGER);
        _deposit(STRANGER, keptClaim(_paying(STRANGER, 1)), notAllowed);
        vm.warp(until - 1);
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 1)), tooSoon);
        _deposit(VENUE, keptClaim(_paying(VENUE, 1)), "");
        _deposit(VENUE, keptClaim(_paying(VENUE, 1)), "");
        vm.warp(until);
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 1)), "");
    }

    // --- cash by the prices of before a crash ---

    function test_CashLeavesByTheNewestPricesAlone() public {
        _deposit(ALICE_OWNER, keptClaim(_paying(ALICE_OWNER, 100)), "");
        advance(1);
        uint256 old = snapshotId;
        advance(SERVE_GAP);
        TransferClaim memory claim_ = _leaving(ALICE, 80);
        registry.attest(claim(old, DEADLINE, ALICE, claim_.newA, 0));
        bytes memory older = abi.encodeWithSelector(IAccountDesk.NotInTierZero.selector, claim_.newA);
        _withdraw(ALICE_OWNER, claim_, older);
        uint256 before = vm.snapshotState();

        attest(ALICE, 4); // and once its breach is proven by them, by no prices at all
        bytes memory proven = abi.encodeWithSelector(IAccountDesk.BreachProven.selector, ALICE);
        _withdraw(ALICE_OWNER, claim_, proven);
        vm.revertToState(before);

        attest(ALICE, claim_.newA, 0);
        _withdraw(ALICE_OWNER, claim_, "");
    }

    // --- a former venue's key ---

    function _handOver() private {
        vm.prank(VENUE);
        vault.proposeVenue(NEXT_VENUE);
        vm.prank(NEXT_VENUE);
        vault.acceptVenue();
        depositLots(10_000); // the successor's customers pay in
        advance(1 days);
    }

    /// Neither an account that it registered last, nor a customer's that it gave itself: not until its successor says so.
    function test_AFormerVenuesOwnersWaitForItsSuccessor() public {
        register(CUSTOMER, address(0), false);
        vm.warp(block.timestamp + 4 days);
        advance(1);
        vm.prank(VENUE);
        ledger.register(PUPPET, commitmentOf(PUPPET, 0), PUPPET_OWNER, false);
        vm.prank(VENUE);
        ledger.setOwner(CUSTOMER, PUPPET_OWNER);
        _handOver();
        for (uint256 i = 0; i < 2; ++i) {
            uint256 account = i == 0 ? PUPPET : CUSTOMER;
            bytes memory unsettled = abi.encodeWithSelector(IPortfolioLedger.OwnerUnsettled.selector, account);
            vm.prank(PUPPET_OWNER);
            vm.expectRevert(unsettled);
            ledger.lock(account, uint64(block.timestamp) + 1 days);
            TransferClaim memory claim_ = _leaving(account, 10_000);
            attest(account, claim_.newA, 0);
            _withdraw(PUPPET_OWNER, claim_, unsettled);
            vm.prank(PUPPET_OWNER); // nor by passing it on
            ledger.setOwner(account, STRANGER);
            _withdraw(STRANGER, claim_, unsettled);
            vm.prank(NEXT_VENUE);
            ledger.setOwner(account, PAYEE); // its successor knows the customer
            _withdraw(PUPPET_OWNER, claim_, abi.encodeWithSelector(IAccountDesk.NotAllowed.selector, PUPPET_OWNER));
        }
        _withdraw(PAYEE, _leaving(CUSTOMER, 10_000), "");
    }

    /// Customers of long ago need no word of the new venue's, and it can't take their accounts.
    function test_OwnersOfLongAgoStayOwners() public {
        vm.warp(block.timestamp + ledger.OWNER_PERIOD());
        advance(1);
        _handOver();
        vm.prank(NEXT_VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, NEXT_VENUE));
        ledger.setOwner(ALICE, NEXT_VENUE);
        TransferClaim memory claim_ = _leaving(ALICE, 10);
        attest(ALICE, claim_.newA, 0);
        _withdraw(ALICE_OWNER, claim_, "");
    }

    // --- the fence ---

    /// Known and open: a run that closed up to a minute before the deposit unlocks it, by a snapshot's time ahead.
    function test_Known_ARunOfAMinuteBeforeTheDepositUnlocksTheFence() public {
        runs.close("early", 1, uint64(block.timestamp) + 60);
        vm.warp(block.timestamp + 59);
        fund(clearingHouseAt, address(vault), 50 * uint256(UNITS));
        vm.prank(clearingHouseAt);
        vault.deposit(SETTLEMENT, 50);
        vault.unlock(SETTLEMENT, "early");
        vm.warp(block.timestamp + 7 days);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 50, VENUE);
    }

    /// Known and open: a run that is proven wrong after it began to unlock goes on unlocking.
    function test_Known_ARunThatIsProvenWrongGoesOnUnlocking() public {
        fund(clearingHouseAt, address(vault), 50 * uint256(UNITS));
        vm.prank(clearingHouseAt);
        vault.deposit(SETTLEMENT, 50);
        runs.close("wrong", 1, uint64(block.timestamp) + 1);
        vault.unlock(SETTLEMENT, "wrong");
        runs.setVoid("wrong", true);
        vm.warp(block.timestamp + 7 days);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, 50, VENUE);
    }
}
