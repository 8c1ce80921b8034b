// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {GateFixture} from "./GateFixture.sol";

/// A case of ALICE that has just entered Sealed, and what three liquidators do in it.
abstract contract BidsFixture is GateFixture {
    bytes32 internal constant SALT = "salt";
    uint256 internal caseId;
    /// When it did, in served seconds, and its version, which bids name.
    uint64 internal start;
    uint32 internal version = 1;

    function setUp() public virtual override {
        super.setUp();
        caseId = openCase(3);
        start = clock.served();
    }

    function commit(uint256 i, uint64 cash) internal {
        bytes32 bidHash = auction.bidHashOf(caseId, version, liquidator(i), cash, SALT);
        vm.prank(liquidator(i));
        auction.commitBid(caseId, bidHash);
    }

    function reveal(uint256 i, uint64 cash) internal {
        vm.prank(liquidator(i));
        auction.revealBid(caseId, cash, SALT);
    }

    /// All three bid; those with true reveal. The first turn begins.
    function bids(uint64[3] memory cash, bool[3] memory reveals) internal {
        for (uint256 i = 0; i < 3; ++i) commit(i, cash[i]);
        serve(COMMIT);
        for (uint256 i = 0; i < 3; ++i) if (reveals[i]) reveal(i, cash[i]);
        serve(REVEAL);
    }

    /// Liquidator i bids, alone; its turn begins.
    function bid(uint256 i, uint64 cash) internal {
        commit(i, cash);
        serve(COMMIT);
        reveal(i, cash);
        serve(REVEAL);
    }

    /// What liquidator i settles with: its account is healthy, ALICE has so many lots of equity in tier 3.
    function settling(
        uint256 i,
        uint64 cash,
        uint256 lots
    ) internal returns (TransferClaim memory claim, EquityClaim memory equity) {
        claim = caseTransfer("award", caseId, liquidator(i), accountOf(i), int64(cash), true);
        if (registry.attestation(accountOf(i), claim.newB).snapshotId != snapshotId) {
            attest(accountOf(i), claim.newB, 1);
        }
        equity = equityClaim(ALICE, 3, lotsOf(lots));
    }

    function settle(uint256 i, uint64 cash, uint256 lots) internal {
        (TransferClaim memory claim, EquityClaim memory equity) = settling(i, cash, lots);
        vm.prank(liquidator(i));
        auction.settle(caseId, claim, equity);
    }

    function statusOfBid(uint256 i) internal view returns (ISealedAuction.BidStatus) {
        return auction.bidsOf(caseId)[i].status;
    }

    function assertBond(uint256 i, bool isBack) internal {
        uint256 before = auction.creditOf(liquidator(i));
        if (!isBack) {
            vm.expectRevert();
            auction.reclaim(caseId, liquidator(i));
            return;
        }
        auction.reclaim(caseId, liquidator(i));
        vm.assertEq(auction.creditOf(liquidator(i)) - before, BID_BOND, "the bond is back");
        vm.expectRevert();
        auction.reclaim(caseId, liquidator(i));
    }

    /// Everybody takes its credit: then nothing is left.
    function withdrawAll() internal {
        for (uint256 i = 0; i < 3; ++i) {
            if (auction.creditOf(liquidator(i)) == 0) continue;
            vm.prank(liquidator(i));
            auction.withdrawCredit(liquidator(i));
        }
        vm.assertEq(auction.accounted(), 0, "nothing is left");
        assertBooks();
    }
}
