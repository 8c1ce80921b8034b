// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {GateFixture} from "./GateFixture.sol";

/// A case of ALICE without bids, whose sealed phase has just failed, and a buyer, liquidator 0.
abstract contract SaleFixture is GateFixture {
    uint64 internal constant LOTS = 100_000;
    uint256 internal caseId;
    /// When it did, in served seconds.
    uint64 internal failed;

    function setUp() public virtual override {
        super.setUp();
        caseId = openCase(3);
        serve(COMMIT + REVEAL);
        failed = clock.served();
        vm.prank(liquidator(0));
        token.approve(address(sale), type(uint256).max);
    }

    /// ALICE has so many lots of equity, in tier 3 or, without any, 4.
    function shown(uint256 lots) internal view returns (EquityClaim memory) {
        return equityClaim(ALICE, lots == 0 ? 4 : 3, lotsOf(lots));
    }

    /// `LOTS` are shown, and the case is in Sale.
    function toSale() internal {
        sale.showEquity(caseId, shown(LOTS));
    }

    /// A transfer to the buyer, whose account is healthy with it.
    function buying(uint64 cash) internal returns (TransferClaim memory claim) {
        claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), int64(cash), true);
        if (registry.attestation(accountOf(0), claim.newB).snapshotId != snapshotId) {
            attest(accountOf(0), claim.newB, 1);
        }
    }

    function buy(uint64 cash, uint256 lots) internal {
        TransferClaim memory claim = buying(cash);
        EquityClaim memory equity = shown(lots);
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(0));
        sale.buy(caseId, version, claim, equity);
    }
}
