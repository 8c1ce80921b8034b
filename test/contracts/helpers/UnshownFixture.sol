// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CeilingClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {BidsFixture} from "./BidsFixture.sol";
import {CeilingFixture} from "./CeilingFixture.sol";
import {LiquidationFixture} from "./LiquidationFixture.sol";

/// Sealed bids at a venue that has the statement `ceiling`.
abstract contract UnshownFixture is BidsFixture, CeilingFixture {
    function setUp() public virtual override(BidsFixture, CeilingFixture) {
        super.setUp();
    }

    function allPoints(
        uint256 id
    ) internal view override(LiquidationFixture, CeilingFixture) returns (ISnapshotOracle.TablePoint[] memory) {
        return super.allPoints(id);
    }

    /// That ALICE is in breach, and worth a ceiling at most.
    function ceilingClaim(uint256 ceiling) internal view returns (CeilingClaim memory) {
        return ceilingClaim(ALICE, ceiling);
    }

    /// What liquidator i settles with, its account healthy: a transfer for some cash.
    function taking(uint256 i, uint64 cash) internal returns (TransferClaim memory claim) {
        claim = caseTransfer("award", caseId, liquidator(i), accountOf(i), int64(cash), true);
        if (registry.attestation(accountOf(i), claim.newB).snapshotId == snapshotId) return claim;
        attest(accountOf(i), claim.newB, 1);
    }

    /// Liquidator i settles for some cash, by the proof that an honest prover has for this ceiling.
    function settleUnshown(uint256 i, uint64 cash, uint256 ceiling) internal {
        TransferClaim memory claim = taking(i, cash);
        CeilingClaim memory shown = ceilingClaim(ceiling);
        vm.prank(liquidator(i));
        auction.settleUnshown(caseId, claim, shown);
    }
}
