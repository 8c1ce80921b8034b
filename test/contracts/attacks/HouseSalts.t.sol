// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {EquityClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Anyone with the house's opening draws what is reserved. A former operator drew a single lot, left the house under a
/// salt of its own, and nobody opened the house again: what was reserved stayed so for ever.
contract HouseSaltsAttack is GateFixture {
    address private constant LP = address(0x11b);
    address private constant SUCCESSOR = address(0x5ccc);
    uint256 private constant LOSS = 20_000;
    /// Under the former operator's salt.
    uint256 private _secret;

    function setUp() public override {
        super.setUp();
        _secret = commitmentOf(HOUSE, 666);
        fund(LP, address(house), LOSS * UNITS);
        vm.prank(LP);
        house.deposit(ILossPools.Pool.InsuranceFund, LOSS * UNITS);
        uint256 caseId = openCase(4);
        serve(NOTICE);
        TransferClaim memory taken = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory shown = equityClaim(ALICE, 4, -lotsOf(LOSS));
        vm.prank(OPERATOR);
        house.takeOver(caseId, taken, shown);
        vm.prank(OWNER);
        house.schedule(abi.encodeCall(IClearingHouse.setOperator, (SUCCESSOR)));
        advance(2 days);
        house.execute(abi.encodeCall(IClearingHouse.setOperator, (SUCCESSOR)));
    }

    function test_WhoeverDrawsLeavesTheHouseToWhoKnewIt() public {
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        EquityClaim memory shown = equityClaim(HOUSE, 4, -lotsOf(LOSS));
        TransferClaim memory free = transferClaim(TransferTerms(HOUSE, _secret, 0, 0, 0, 1, false, purpose));
        vm.prank(OPERATOR);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        house.absorb(shown, free);
        TransferClaim memory kept = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, 1, false, purpose));
        vm.prank(OPERATOR); // beside it: a lot drawn, by the old opening and what moved
        house.absorb(shown, kept);
        vm.assertEq(house.poolOf(ILossPools.Pool.InsuranceFund).reserved, (LOSS - 1) * UNITS, "drawn");
    }

    /// Nor does an operator by giving lots back.
    function test_WhoeverReleasesLeavesTheHouseToWhoKnewIt() public {
        house.clearResidual(equityClaim(HOUSE, 0, 0));
        bytes32 purpose = keccak256(abi.encode(bytes32("release")));
        mintLots(address(this), 5);
        token.approve(address(vault), 5 * UNITS);
        vault.deposit(SETTLEMENT, 5);
        TransferClaim memory free = transferClaim(TransferTerms(HOUSE, _secret, 0, 0, 0, -5, false, purpose));
        attest(HOUSE, _secret, 0);
        vm.prank(SUCCESSOR);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        house.release(5, free);
        TransferClaim memory kept = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, -5, false, purpose));
        attest(HOUSE, kept.newA, 0);
        vm.prank(SUCCESSOR);
        house.release(5, kept);
        vm.assertEq(ledger.commitmentOf(HOUSE), kept.newA, "given back");
    }
}
