// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// A former venue's key, past the rule of three days: each attack fails by the rule's own error, with the honest path
/// beside.
contract FormerVenuesTest is GateFixture {
    address private constant PAYEE = address(0x9a1ee);
    address private constant SECOND = address(0x4e87);
    address private constant THIRD = address(0x4e88);
    address private constant PUPPET_OWNER = address(0x9099e7);
    uint256 private constant PUPPET = 5005;

    function _leaving(uint256 accountId, int64 lots) private view returns (TransferClaim memory) {
        bytes32 purpose = keccak256(abi.encode(bytes32("withdraw"), PAYEE));
        return keptClaim(TransferTerms(accountId, next(accountId), 0, 0, 0, -lots, false, purpose));
    }

    function _handOver(address from, address to) private {
        vm.prank(from);
        vault.proposeVenue(to);
        vm.prank(to);
        vault.acceptVenue();
    }

    function _withdraw(uint256 accountId, int64 lots, bytes memory refused) private returns (uint256) {
        TransferClaim memory claim_ = _leaving(accountId, lots);
        attest(accountId, claim_.newA, 0);
        vm.prank(PUPPET_OWNER);
        if (refused.length != 0) vm.expectRevert(refused);
        return desk.withdraw(claim_, PAYEE);
    }

    function _lock(uint256 accountId, bytes memory refused) private {
        uint64 until = uint64(block.timestamp) + 1 days;
        vm.prank(PUPPET_OWNER);
        if (refused.length != 0) vm.expectRevert(refused);
        ledger.lock(accountId, until);
    }

    function _unsettled(uint256 accountId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPortfolioLedger.OwnerUnsettled.selector, accountId);
    }

    /// The first venue names a puppet in its last second; that is unsettled, and waits. The second venue says nothing of
    /// it, and hands over in its turn: the puppet had been named more than three days before THE LAST handover, was
    /// settled by nobody's word, and took out what the customers of the third venue paid in.
    function test_ASecondHandoverSettlesNoPuppetOfTheFirst() public {
        vm.warp(block.timestamp + 4 days);
        vm.prank(VENUE);
        ledger.register(PUPPET, commitmentOf(PUPPET, 0), PUPPET_OWNER, false); // 10,000 lots, by its word
        vm.warp(block.timestamp + 1);
        _handOver(VENUE, SECOND);
        advance(4 days);
        _handOver(SECOND, THIRD);
        vm.assertTrue(!ledger.isOwnerSettled(PUPPET), "nobody's word has settled it");
        advance(1);
        depositLots(10_000); // the third venue's customers pay in
        _lock(PUPPET, _unsettled(PUPPET));
        _withdraw(PUPPET, 10_000, _unsettled(PUPPET));
        // Honest: the third venue finds it, and says what it has.
        IPortfolioLedger.Change[][] memory groups = groupOf(PUPPET, commitmentOf(PUPPET, 51));
        vm.prank(THIRD);
        ledger.update(groups);
        vm.prank(THIRD);
        ledger.setOwner(PUPPET, PUPPET_OWNER);
        vm.assertTrue(ledger.isOwnerSettled(PUPPET), "by the word of the venue of now");
        _lock(PUPPET, "");
    }

    /// Three days were asked of the owner's name, and nothing of what the account holds. An accomplice who had been a
    /// customer for long was given 10,000 lots by the former venue's word in its last block, and locked: the successor's
    /// word was skipped for a day, in which its customers paid in.
    function test_AnAccompliceOfLongAgoIsGivenNothingInTheLastBlock() public {
        register(PUPPET, PUPPET_OWNER, false);
        vm.warp(block.timestamp + 4 days);
        advance(1);
        uint256 before = vm.snapshotState();
        for (uint256 byTrade = 0; byTrade < 2; ++byTrade) {
            if (byTrade == 0) {
                update(PUPPET, commitmentOf(PUPPET, 50)); // VENUE's last word
            } else {
                register(PUPPET + 1, VENUE, false); // made up, and rich
                trade(PUPPET + 1, PUPPET);
            }
            _handOver(VENUE, SECOND);
            _lock(PUPPET, _unsettled(PUPPET));
            depositLots(10_000); // the successor's customers pay in
            advance(1);
            _withdraw(PUPPET, 10_000, _unsettled(PUPPET));
            IPortfolioLedger.Change[][] memory groups = groupOf(PUPPET, commitmentOf(PUPPET, 51));
            vm.prank(SECOND);
            ledger.update(groups); // the successor corrects it at once
            vm.assertEq(ledger.commitmentOf(PUPPET), commitmentOf(PUPPET, 51), "corrected");
            _withdraw(PUPPET, 1, "");
            vm.revertToState(before);
        }
    }

    /// An owner of long ago keeps its account, whatever the former venue said of it last: nobody else is named for it.
    function test_AnUnsettledPortfolioNamesNoOtherOwner() public {
        register(PUPPET, PUPPET_OWNER, false);
        vm.warp(block.timestamp + 4 days);
        advance(1);
        update(PUPPET, commitmentOf(PUPPET, 50));
        _handOver(VENUE, SECOND);
        vm.prank(SECOND);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, SECOND));
        ledger.setOwner(PUPPET, SECOND);
    }

    /// A customer of the last three days waited as long as the venue of now said nothing, and one that this venue named in
    /// the second of the handover did too.
    function test_CustomersOfTheLastDaysWaitForAMonth() public {
        vm.warp(block.timestamp + 4 days);
        advance(1);
        register(PUPPET, PUPPET_OWNER, false); // an honest customer
        depositLots(100);
        _handOver(VENUE, SECOND);
        uint64 handedOverAt = uint64(block.timestamp);
        vm.prank(SECOND);
        ledger.register(PUPPET + 1, commitmentOf(PUPPET + 1, 0), PUPPET_OWNER, false);
        advance(1);
        _withdraw(PUPPET + 1, 1, "");
        _withdraw(PUPPET, 1, _unsettled(PUPPET));
        vm.warp(handedOverAt + ledger.SILENCE_PERIOD() - 1);
        _lock(PUPPET, _unsettled(PUPPET));
        vm.warp(handedOverAt + ledger.SILENCE_PERIOD());
        _lock(PUPPET, "");
    }

    /// The former venue's word of the handover's own second is its word all the same.
    function test_TheSecondOfTheHandoverIsTheFormerVenues() public {
        vm.warp(block.timestamp + 4 days);
        advance(1);
        register(PUPPET, PUPPET_OWNER, false);
        _handOver(VENUE, SECOND);
        _lock(PUPPET, _unsettled(PUPPET));
    }
}
