// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {FundsHandler} from "./FundsHandler.sol";

/// Tokens of the vault: customers' cash in and out by proof, the venue's withdrawals, and what is fenced.
abstract contract CashHandler is FundsHandler {
    function setUp() public virtual override {
        super.setUp();
        fund(VENUE, address(desk), 1e15);
    }

    /// The venue pays in: the account need not be of an owner's.
    function payIn(uint256 who, uint8 lots) external {
        uint256 accountId = _customer(who);
        TransferClaim memory claim = _cash(accountId, int64(uint64(bound(lots, 1, 255))), "deposit", VENUE);
        uint256 root = rootOf(accountId);
        vm.prank(VENUE);
        desk.deposit(claim);
        fundedLots += uint64(claim.funding);
        if (rootOf(accountId) != root) violation = "a deposit made another root";
        ++done["pay in"];
    }

    function payOut(uint256 who, uint8 lots) external {
        uint256 accountId = _customer(who);
        uint64 taken = uint64(bound(lots, 1, 255));
        TransferClaim memory claim = _cash(accountId, -int64(taken), "withdraw", address(this));
        if (lots % 2 == 0) _bringFree(taken);
        uint256 fenced = vault.lotsFenced(SETTLEMENT);
        bool reachesFence = anchors.reachesFence(accountId);
        uint256 others = vault.lotsSettling(SETTLEMENT) - vault.lotsSettlingOf(SETTLEMENT, accountId);
        uint256 held = vault.lotsHeld(SETTLEMENT);
        bool isFree = held >= taken + fenced + others;
        _attestNewest(accountId, claim.newA, 0);
        address owner = ledger.ownerOf(accountId);
        vm.prank(owner);
        desk.withdraw(claim, address(this));
        fundedLots -= taken;
        if (!reachesFence && !isFree) violation = "an account that doesn't reach the fence was paid of fenced lots";
        if (held < taken + others) violation = "an account was paid of what others paid in of late";
        ++done["pay out"];
    }

    /// The venue takes whatever it can reach.
    function venueWithdraws(uint40 lots) external {
        uint256 fenced = vault.lotsFenced(SETTLEMENT);
        uint256 kept = fenced + vault.lotsSettling(SETTLEMENT);
        uint256 held = vault.lotsHeld(SETTLEMENT);
        uint256 free = held > kept ? held - kept : 0;
        uint256 wanted = bound(lots, 1, free + 1);
        vm.prank(VENUE);
        vault.requestWithdrawal(SETTLEMENT, wanted, address(this));
        fundedLots -= wanted;
        if (wanted > free) violation = "the venue reached what is fenced, or came in of late";
        ++done["venue"];
    }

    function completeWithdrawal(uint256 which) external {
        uint256 id = 1 + (which % vault.withdrawalCount());
        uint64 readyAt = vault.withdrawal(id).readyAt;
        if (block.timestamp < readyAt) advance(readyAt - uint64(block.timestamp));
        vault.completeWithdrawal(id);
        ++done["paid"];
    }

    function unlock(bool isLater) external {
        if (vault.lotsFenced(SETTLEMENT) == 0) _fence();
        (uint64 depositedAt, ) = vault.fenceOf(SETTLEMENT);
        if (isLater) advance(1);
        bytes32 runId = closeRun(uint64(block.timestamp));
        vault.unlock(SETTLEMENT, runId);
        if (block.timestamp <= depositedAt) violation = "a run of before the deposit unlocked it";
        ++done["unlock"];
    }

    /// As if the house had drawn five lots: takeovers with a loss that is drawn are rare here.
    function _fence() private {
        mintLots(address(house), 5);
        vm.prank(address(house));
        token.approve(address(vault), 5 * UNITS);
        vm.prank(address(house));
        vault.deposit(SETTLEMENT, 5);
        fundedLots += 5;
    }

    function _cash(
        uint256 accountId,
        int64 funding,
        bytes32 action,
        address party
    ) private view returns (TransferClaim memory) {
        bytes32 purpose = keccak256(abi.encode(action, party));
        return keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, funding, false, purpose));
    }
}
