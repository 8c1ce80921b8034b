// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// The venue's slice or cure under a salt of its own took the account from its owner: it fails by the rule's own error,
/// with the honest path beside.
contract SecretSlicesTest is GateFixture {
    uint256 private constant FRIEND = 7_777;

    function setUp() public override {
        super.setUp();
        register(FRIEND, VENUE, false);
        fund(ALICE_OWNER, address(engine), 50_000 * uint256(UNITS));
        vm.prank(ALICE_OWNER);
        ledger.lock(ALICE, uint64(block.timestamp) + 1 days);
    }

    function _terms(uint256 caseId, bytes32 action, uint256 newA) private view returns (TransferTerms memory) {
        bytes32 purpose = casePurpose(action, caseId, engine.caseOf(caseId).version, VENUE);
        return TransferTerms(ALICE, newA, FRIEND, next(FRIEND), 0, 0, false, purpose);
    }

    function _slice(uint256 caseId, TransferClaim memory slice, bytes memory refused) private {
        attest(ALICE, slice.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, slice.newA, MAX_PENALTY);
        EquityClaim[] memory none = new EquityClaim[](0);
        vm.prank(VENUE);
        if (refused.length != 0) vm.expectRevert(refused);
        engine.reduce(caseId, slice, reduction, none);
    }

    function _cure(uint256 caseId) private {
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, ALICE_OWNER);
        TransferClaim memory cure = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, 50_000, false, purpose));
        attest(ALICE, cure.newA, 0);
        vm.prank(ALICE_OWNER);
        engine.cureByTransfer(caseId, cure);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }

    /// "A customer can cure by itself, with the opening it has", and locked its account. An empty slice by the venue put
    /// the account under a salt that the customer didn't know: it could neither attest nor pay in from then on.
    function test_AnEmptySliceTakesNoCureAway() public {
        uint256 caseId = openCase(2);
        TransferTerms memory terms = _terms(caseId, "reduce", commitmentOf(ALICE, 666)); // under a salt of its own
        bytes memory invalid = abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector);
        _slice(caseId, transferClaim(terms), invalid);
        // Honest: what is left follows from the opening that the owner has, and what moved; and it cures.
        advance(1);
        _slice(caseId, keptClaim(terms), "");
        _cure(caseId);
    }

    /// The same by a cure of the venue's, with a trade of nothing: the lock held it off, and the case let it in.
    function test_ATradeThatCuresTakesNoAccountAway() public {
        uint256 caseId = openCase(2);
        TransferTerms memory terms = _terms(caseId, "cure", commitmentOf(ALICE, 666));
        attest(ALICE, terms.newA, 0);
        TransferClaim memory secret = transferClaim(terms);
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        engine.cureByTransfer(caseId, secret);
        TransferClaim memory kept = keptClaim(terms);
        vm.prank(VENUE);
        engine.cureByTransfer(caseId, kept);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
    }
}
