// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Attacks on who can open an account: whoever was shown an opening chose the next salt. Each is refused by the rule's own
/// error, and the honest path beside it goes on.
contract SaltsAttack is GateFixture {
    /// A deposit of a lot by somebody who was shown the opening.
    function _deposit(uint256 caseId, address payer, uint256 newA) private returns (TransferTerms memory) {
        mintLots(payer, 1);
        vm.prank(payer);
        token.approve(address(engine), UNITS);
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, payer);
        attest(ALICE, newA, 0);
        return TransferTerms(ALICE, newA, 0, 0, 0, 1, false, purpose);
    }

    function _expectRefused() private {
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
    }

    /// M13. A liquidator who was shown the opening paid a cent into the account, and chose its new salt: neither customer
    /// nor venue could open it any more. Its proof now says that the salt follows from the old one.
    function test_M13_NobodyRotatesAStrangersSaltForACent() public {
        uint256 caseId = openCase(3);
        advance(1 minutes); // the account has recovered
        uint256 ofTheAttacker = commitmentOf(ALICE, 666);
        TransferTerms memory terms = _deposit(caseId, liquidator(2), ofTheAttacker);
        TransferClaim memory free = transferClaim(terms);
        vm.prank(liquidator(2));
        _expectRefused();
        engine.cureByTransfer(caseId, free);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "its owner opens it");
    }

    /// Honest: anybody may still pay in, and leaves what the owner derives.
    function test_M13_AnybodyPaysInWhatTheOwnerDerives() public {
        uint256 caseId = openCase(3);
        advance(1 minutes);
        uint256 derived = next(ALICE);
        TransferClaim memory kept = keptClaim(_deposit(caseId, liquidator(2), derived));
        vm.prank(liquidator(2));
        engine.cureByTransfer(caseId, kept);
        assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
        vm.assertEq(ledger.commitmentOf(ALICE), derived, "the derived one");
    }

    /// Neither owner nor venue chooses one in a case: the owner's own would hide its account from everybody, the venue's
    /// would take it from the owner. Whoever was shown the old opening knows the new one, until the venue's next update.
    function test_M13_NobodyChoosesTheSalt() public {
        address[2] memory keepers = [ALICE_OWNER, VENUE];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 before = vm.snapshotState();
            uint256 caseId = openCase(3);
            advance(1 minutes);
            TransferTerms memory terms = _deposit(caseId, keepers[i], next(ALICE));
            (TransferClaim memory kept, TransferClaim memory free) = (keptClaim(terms), transferClaim(terms));
            vm.prank(keepers[i]);
            _expectRefused();
            engine.cureByTransfer(caseId, free);
            vm.prank(keepers[i]);
            engine.cureByTransfer(caseId, kept);
            assertClosed(caseId, ILiquidationEngine.Outcome.Cured);
            vm.revertToState(before);
        }
    }

    /// A former owner is a stranger.
    function test_M13_WhoWasTheOwnerLeavesWhatTheNextOneDerives() public {
        vm.prank(ALICE_OWNER);
        ledger.setOwner(ALICE, BOB_OWNER);
        uint256 caseId = openCase(3);
        advance(1 minutes);
        TransferClaim memory free = transferClaim(_deposit(caseId, ALICE_OWNER, next(ALICE)));
        vm.prank(ALICE_OWNER);
        _expectRefused();
        engine.cureByTransfer(caseId, free);
    }

    /// The operator's slice is of an account that isn't its own: the owner needs the lots, and no salt.
    function test_M13_TheOperatorsSliceHasNoSaltOfItsOwn() public {
        uint256 caseId = openCase(2);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, OPERATOR);
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 3, 0, false, purpose);
        attest(ALICE, terms.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, terms.newA, MAX_PENALTY);
        EquityClaim[] memory equities = new EquityClaim[](2);
        equities[0] = equityClaim(snapshotId, HOUSE, ledger.commitmentOf(HOUSE), 0, 5);
        equities[1] = equityClaim(snapshotId, HOUSE, terms.newB, 0, 5);
        (TransferClaim memory free, TransferClaim memory kept) = (transferClaim(terms), keptClaim(terms));
        vm.prank(OPERATOR);
        _expectRefused();
        engine.reduce(caseId, free, reduction, equities);
        vm.prank(OPERATOR);
        engine.reduce(caseId, kept, reduction, equities);
        vm.assertEq(ledger.commitmentOf(ALICE), terms.newA, "sliced");
    }
}
