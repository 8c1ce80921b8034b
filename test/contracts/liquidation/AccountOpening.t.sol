// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {EmptyClaim, Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {IAccountOpening} from "contracts/liquidation/IAccountOpening.sol";
import {IPayments} from "contracts/liquidation/IPayments.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {EngineStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";
import {SubjectTrapdoor} from "../helpers/SubjectTrapdoor.sol";
import {FeeToken} from "../helpers/Tokens.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

/// Accounts that anyone opens: their ids, proofs and bonds.
contract AccountOpeningTest is LiquidationFixture {
    address private constant CAROL = address(0xca401);
    address private constant MALLORY = address(0x3a110);
    address private constant PAYEE = address(0x9a1ee);
    uint256 private constant BOND = 25_000_000;
    uint256 private constant EMPTY = 0xe3;

    function setUp() public override {
        super.setUp();
        vm.etch(engineAt, address(new EngineStandIn()).code);
        _fund(CAROL);
        _fund(MALLORY);
    }

    // --- acts ---

    function _fund(address who) private {
        token.mint(who, 10 * BOND);
        vm.prank(who);
        token.approve(address(ledger), 10 * BOND);
    }

    function _open(address who, uint256 n) private returns (uint256 accountId) {
        EmptyClaim memory proven = emptyClaim(openedId(who, n), EMPTY);
        vm.prank(who);
        return ledger.openAccount(n, EMPTY, proven);
    }

    function _expectOpenRevert(uint256 n, uint256 commitment, EmptyClaim memory given, bytes memory data) private {
        vm.prank(CAROL);
        vm.expectRevert(data);
        ledger.openAccount(n, commitment, given);
    }

    /// The venue moves positions of ALICE into an account: it is filled.
    function _fill(uint256 accountId) private {
        TransferClaim memory filling = _filling(accountId);
        vm.prank(VENUE);
        ledger.trade(filling);
    }

    function _filling(uint256 accountId) private view returns (TransferClaim memory) {
        uint32 n = ledger.account(ALICE).nonce + 1;
        return
            transferClaim(
                TransferTerms(ALICE, commitmentOf(ALICE, n), accountId, 0xf111, 0, 0, false, ledger.TRADE())
            );
    }

    function _expectCloseRevert(address who, uint256 n, bytes memory data) private {
        vm.prank(who);
        vm.expectRevert(data);
        ledger.closeAccount(n, PAYEE);
    }

    function _expectReclaimRevert(address who, uint256 n, bytes memory data) private {
        vm.prank(who);
        vm.expectRevert(data);
        ledger.reclaimBond(n, PAYEE);
    }

    function _error(bytes4 selector, uint256 accountId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, accountId);
    }

    // --- opening ---

    function test_AnyoneOpensAnEmptyAccountOfItsOwn() public {
        uint256 accountId = openedId(CAROL, 7);
        EmptyClaim memory proven = emptyClaim(accountId, EMPTY);
        vm.expectEmit();
        emit IPortfolioLedger.AccountRegistered(accountId, EMPTY, CAROL, false);
        vm.expectEmit();
        emit IAccountOpening.BondPaid(accountId, CAROL, BOND);
        vm.prank(CAROL);
        vm.assertEq(ledger.openAccount(7, EMPTY, proven), accountId, "id");
        vm.assertEq(ledger.accountIdOf(CAROL, 7), accountId, "as foreseen");
        IPortfolioLedger.Account memory found = ledger.account(accountId);
        vm.assertTrue(found.commitment == EMPTY && found.owner == CAROL && !found.guarded, "hers");
        vm.assertTrue(found.nonce == 0 && found.updatedAt == NOW && !found.frozen, "new");
        vm.assertTrue(ledger.isEmpty(accountId) && ledger.filledAt(accountId) == 0, "empty");
        vm.assertTrue(ledger.isOwnerSettled(accountId), "no venue named her");
        vm.assertEq(ledger.bondOf(accountId), BOND, "her bond");
        vm.assertEq(token.balanceOf(address(ledger)), BOND, "is held");
        vm.assertEq(ledger.openingBond(), BOND, "as much as a challenge");
    }

    /// In a range of its own, in the field: no name, no house and no other opener comes to the same.
    function testFuzz_IdsAreTheOpeners(address one, address other, uint256 n, uint256 m) public view {
        uint256 id = ledger.accountIdOf(one, n);
        vm.assertEq(id, openedId(one, n), "as written down");
        vm.assertTrue(id >> 253 == 1 && id < (3 << 252) && id < Trapdoor.R, "a field element of the range");
        if (one != other || n != m) vm.assertTrue(id != ledger.accountIdOf(other, m), "another's is another");
    }

    function test_AnotherLedgerHasOtherIds() public {
        vm.etch(clearingHouseAt, "");
        PortfolioLedger another = new PortfolioLedger(vault, engineAt, clearingHouseAt, verifiers, SETTLEMENT);
        vm.assertTrue(another.accountIdOf(CAROL, 0) != ledger.accountIdOf(CAROL, 0), "a proof is of one ledger");
    }

    /// Who sees an opening in flight can't take its id: it follows from who sends.
    function test_NobodyOpensAnothersFirst() public {
        EmptyClaim memory hers = emptyClaim(openedId(CAROL, 0), EMPTY);
        vm.prank(MALLORY);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.InvalidEmptyProof.selector));
        ledger.openAccount(0, EMPTY, hers);
        vm.assertEq(_open(MALLORY, 0), openedId(MALLORY, 0), "only its own");
        vm.assertEq(_open(CAROL, 0), openedId(CAROL, 0), "and hers is free");
    }

    function test_TheVenueRegistersNoneOfThem() public {
        uint256[3] memory reserved = [openedId(CAROL, 0), 1 << 253, Trapdoor.R - 1];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 guarded = 0; guarded < 2; ++guarded) {
                vm.prank(VENUE);
                vm.expectRevert(_error(IAccountOpening.ReservedId.selector, reserved[i]));
                ledger.register(reserved[i], 8, VENUE, guarded == 1);
            }
        }
    }

    function test_OneOpensOnce() public {
        uint256 accountId = _open(CAROL, 0);
        EmptyClaim memory again = emptyClaim(accountId, EMPTY);
        bytes memory exists = _error(IPortfolioLedger.AccountExists.selector, accountId);
        _expectOpenRevert(0, EMPTY, again, exists);
        _fill(accountId);
        _expectOpenRevert(0, EMPTY, again, exists); // nor empties it by opening it again
        vm.assertEq(_open(CAROL, 1), openedId(CAROL, 1), "beside it: another");
    }

    // --- proofs ---

    function test_ForgedAndForeignProofsOpenNothing() public {
        uint256 accountId = openedId(CAROL, 0);
        bytes memory invalid = abi.encodeWithSelector(IFactProofs.InvalidEmptyProof.selector);
        EmptyClaim memory given = emptyClaim(accountId, EMPTY);
        _expectOpenRevert(0, EMPTY + 1, given, invalid); // of another portfolio
        _expectOpenRevert(1, EMPTY, given, invalid); // of another account
        (given.proof.cx, given.proof.cy) = (given.proof.ax, given.proof.ay); // made by who knows no key
        _expectOpenRevert(0, EMPTY, given, invalid);
        given = emptyClaim(accountId, EMPTY);
        given.deadline += 1; // another context
        _expectOpenRevert(0, EMPTY, given, invalid);
        uint256 foreign = factContext(address(0x1ed6e4), "empty", DEADLINE);
        given = SubjectTrapdoor.empty(emptyCircuit, DEADLINE, [accountId, EMPTY, foreign]);
        _expectOpenRevert(0, EMPTY, given, invalid); // made for another ledger
        uint256 other = factContext(address(ledger), "member", DEADLINE);
        given = SubjectTrapdoor.empty(emptyCircuit, DEADLINE, [accountId, EMPTY, other]);
        _expectOpenRevert(0, EMPTY, given, invalid); // or for another statement
        _open(CAROL, 0);
    }

    function test_AProofOfAnotherStatementOpensNothing() public {
        EmptyClaim memory given = emptyClaim(openedId(CAROL, 0), EMPTY);
        given.circuitId = transferCircuit;
        bytes4 selector = IVerifierRegistry.WrongCircuitKind.selector;
        _expectOpenRevert(
            0,
            EMPTY,
            given,
            abi.encodeWithSelector(selector, transferCircuit, bytes8("transfer"), bytes8("empty"))
        );
    }

    function test_ProofsExpire() public {
        EmptyClaim memory given = emptyClaim(openedId(CAROL, 0), EMPTY);
        vm.warp(uint256(DEADLINE) + 1);
        _expectOpenRevert(0, EMPTY, given, abi.encodeWithSelector(IFactProofs.FactExpired.selector, DEADLINE));
    }

    function test_CommitmentsAreFieldElements() public {
        EmptyClaim memory given = emptyClaim(openedId(CAROL, 0), EMPTY);
        _expectOpenRevert(0, 0, given, invalidParameter("commitment", 0));
        _expectOpenRevert(0, Trapdoor.R, given, invalidParameter("commitment", Trapdoor.R));
    }

    // --- while it is empty ---

    function test_TheVenuesWordChangesNoEmptyAccount() public {
        uint256 accountId = _open(CAROL, 0);
        IPortfolioLedger.Change[][] memory groups = new IPortfolioLedger.Change[][](2);
        (groups[0], groups[1]) = (groupOf(accountId, 5)[0], groupOf(ALICE, 6)[0]);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(accountId, 0, IPortfolioLedger.Refusal.Empty);
        vm.prank(VENUE);
        ledger.update(groups);
        vm.assertEq(ledger.commitmentOf(accountId), EMPTY, "as it was opened");
        vm.assertEq(ledger.commitmentOf(ALICE), 6, "and the others go on");
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, VENUE));
        ledger.setOwner(accountId, VENUE);
        _fill(accountId);
        update(accountId, 5);
        vm.assertEq(ledger.commitmentOf(accountId), 5, "an ordinary account since it was filled");
    }

    function test_ATransferFillsItOnce() public {
        uint256 accountId = _open(CAROL, 0);
        vm.warp(NOW + 50);
        _fill(accountId);
        vm.assertTrue(!ledger.isEmpty(accountId), "filled");
        vm.assertEq(ledger.filledAt(accountId), NOW + 50, "when");
        vm.warp(NOW + 90);
        update(accountId, EMPTY);
        vm.assertTrue(!ledger.isEmpty(accountId), "the same portfolio by the venue's word is not as by proof");
        vm.assertEq(ledger.filledAt(accountId), NOW + 50, "nor filled anew");
        vm.assertTrue(!ledger.isEmpty(ALICE) && ledger.filledAt(ALICE) == 0, "none of the venue's is empty so");
    }

    /// A deposit of one's own is asked about by prices since, not by those of its empty days.
    function test_ItsFirstDepositMakesItAsYoungAsItIs() public {
        uint256 accountId = _open(CAROL, 0);
        vm.warp(NOW + 50);
        for (uint64 i = 1; i < 3; ++i) {
            TransferTerms memory terms = TransferTerms(accountId, 0xf111 + i, 0, 0, 0, 40, false, "cash");
            TransferClaim memory given = keptClaim(terms);
            vm.prank(deskAt);
            ledger.move(given, Rest.Kept, "cash");
            vm.assertEq(uint256(ledger.account(accountId).updatedAt), NOW + 50, "the first alone");
            (uint256 root, uint64 rootAt) = ledger.rootOf(accountId);
            vm.assertTrue(root == 0xf112 && rootAt == NOW + 50, "and nothing anchors it that was empty");
            vm.warp(NOW + 90);
        }
    }

    // --- the bond ---

    function test_ClosingPaysTheBondBack() public {
        uint256 accountId = _open(CAROL, 0);
        vm.expectEmit();
        emit IAccountOpening.AccountClosed(accountId);
        vm.expectEmit();
        emit IAccountOpening.BondReturned(accountId, PAYEE, BOND);
        vm.prank(CAROL);
        ledger.closeAccount(0, PAYEE);
        vm.assertEq(token.balanceOf(PAYEE), BOND, "all of it");
        vm.assertTrue(token.balanceOf(address(ledger)) == 0 && ledger.bondOf(accountId) == 0, "nothing is kept");
        bytes memory unknown = _error(IPortfolioLedger.UnknownAccount.selector, accountId);
        vm.expectRevert(unknown);
        ledger.account(accountId);
        _expectCloseRevert(CAROL, 0, unknown);
        _expectReclaimRevert(CAROL, 0, unknown);
        vm.assertTrue(!ledger.isEmpty(accountId), "none is no empty one");
        _open(CAROL, 0); // and opens again, as it was
    }

    function test_FillingFreesTheBond() public {
        uint256 accountId = _open(CAROL, 0);
        _expectReclaimRevert(CAROL, 0, _error(IAccountOpening.AccountEmpty.selector, accountId));
        _fill(accountId);
        _expectCloseRevert(CAROL, 0, _error(IAccountOpening.AccountFilled.selector, accountId));
        vm.prank(CAROL);
        ledger.reclaimBond(0, PAYEE);
        vm.assertEq(token.balanceOf(PAYEE), BOND, "all of it");
        _expectReclaimRevert(CAROL, 0, _error(IAccountOpening.NoBond.selector, accountId));
        vm.assertEq(ledger.ownerOf(accountId), CAROL, "the account stays");
    }

    /// Nobody reaches another's: both calls are about accounts of the caller's own.
    function test_AnothersBondIsOutOfReach() public {
        uint256 accountId = _open(CAROL, 0);
        bytes memory unknown = _error(IPortfolioLedger.UnknownAccount.selector, openedId(MALLORY, 0));
        _expectCloseRevert(MALLORY, 0, unknown);
        _fill(accountId);
        _expectReclaimRevert(MALLORY, 0, unknown);
        vm.assertEq(ledger.bondOf(accountId), BOND, "hers");
    }

    /// Who gave the account away closes it no more, and has its bond back once the new owner fills it.
    function test_WhoGaveItAwayClosesItNot() public {
        uint256 accountId = _open(CAROL, 0);
        vm.prank(CAROL);
        ledger.setOwner(accountId, MALLORY);
        _expectCloseRevert(CAROL, 0, abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, CAROL));
        _expectCloseRevert(MALLORY, 0, _error(IPortfolioLedger.UnknownAccount.selector, openedId(MALLORY, 0)));
        _fill(accountId);
        vm.prank(CAROL);
        ledger.reclaimBond(0, CAROL);
        vm.assertEq(token.balanceOf(CAROL), 10 * BOND, "what she paid");
    }

    /// Nothing is left behind by which a proof serves twice: an account that was filled stays.
    function test_AProofServesOnceWhateverIsOpenedAgain() public {
        uint256 accountId = _open(CAROL, 0);
        TransferClaim memory filling = _filling(accountId);
        vm.prank(CAROL);
        ledger.closeAccount(0, CAROL);
        vm.prank(VENUE);
        vm.expectRevert(_error(IPortfolioLedger.UnknownAccount.selector, accountId));
        ledger.trade(filling);
        _open(CAROL, 0);
        vm.prank(VENUE);
        ledger.trade(filling); // it was made for this portfolio and nonce, and never served
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector));
        ledger.trade(filling);
        _expectCloseRevert(CAROL, 0, _error(IAccountOpening.AccountFilled.selector, accountId));
    }

    function test_ATokenThatPaysLessOpensNothing() public {
        vm.etch(address(token), address(new FeeToken()).code);
        EmptyClaim memory given = emptyClaim(openedId(CAROL, 0), EMPTY);
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        _expectOpenRevert(0, EMPTY, given, abi.encodeWithSelector(selector, BOND - 1, BOND));
    }

    function test_WithoutASettlementAssetNobodyOpens() public {
        vm.etch(clearingHouseAt, "");
        IVenueStop none;
        CollateralVault bare = new CollateralVault(
            VENUE,
            ICollateralVault.Parts(clearingHouseAt, deskAt, runs, none)
        );
        PortfolioLedger another = new PortfolioLedger(bare, engineAt, clearingHouseAt, verifiers, SETTLEMENT);
        uint256 accountId = another.accountIdOf(CAROL, 0);
        uint256 context = factContext(address(another), "empty", DEADLINE);
        EmptyClaim memory given = SubjectTrapdoor.empty(emptyCircuit, DEADLINE, [accountId, EMPTY, context]);
        vm.prank(CAROL);
        vm.expectRevert(abi.encodeWithSelector(IPayments.NoSettlementAsset.selector, SETTLEMENT));
        another.openAccount(0, EMPTY, given);
    }
}
