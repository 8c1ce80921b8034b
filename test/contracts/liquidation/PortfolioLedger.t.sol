// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {IVerifier} from "contracts/verify/IVerifier.sol";
import {IVerifierRegistry} from "contracts/verify/IVerifierRegistry.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {EngineStandIn, HouseStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

contract PortfolioLedgerTest is LiquidationFixture {
    function setUp() public override {
        super.setUp();
        vm.etch(clearingHouseAt, address(new HouseStandIn(HOUSE)).code);
        vm.etch(engineAt, address(new EngineStandIn()).code);
    }

    bytes32 private constant TRADE = keccak256(abi.encode(bytes32("trade")));
    bytes32 private constant CASE = keccak256("a case");

    // --- helpers ---

    /// Alice pays Bob, so to say: both portfolios change.
    function _terms(bytes32 purpose) private pure returns (TransferTerms memory) {
        return TransferTerms(ALICE, commitmentOf(ALICE, 1), BOB, commitmentOf(BOB, 1), 250, 0, false, purpose);
    }

    /// A deposit of 40 lots into Alice's account.
    function _alone(bytes32 purpose) private pure returns (TransferTerms memory) {
        return TransferTerms(ALICE, commitmentOf(ALICE, 1), 0, 0, 0, 40, false, purpose);
    }

    function _freeze(uint256 accountId, bool frozen) private {
        vm.prank(engineAt);
        ledger.setFrozen(accountId, frozen);
    }

    function _trade(TransferClaim memory t) private {
        vm.prank(VENUE);
        ledger.trade(t);
    }

    function _move(address caller, TransferClaim memory t, Rest rest, bytes32 purpose) private {
        vm.prank(caller);
        ledger.move(t, rest, purpose);
    }

    /// Nothing of the two accounts changes.
    modifier changesNothing() {
        IPortfolioLedger.Account memory a = ledger.account(ALICE);
        IPortfolioLedger.Account memory b = ledger.account(BOB);
        _;
        _assertSame(ledger.account(ALICE), a);
        _assertSame(ledger.account(BOB), b);
    }

    function _assertSame(
        IPortfolioLedger.Account memory left,
        IPortfolioLedger.Account memory right
    ) private pure {
        vm.assertEq(keccak256(abi.encode(left)), keccak256(abi.encode(right)), "unchanged");
    }

    function _expectTradeRevert(TransferClaim memory t, bytes memory data) private changesNothing {
        vm.prank(VENUE);
        vm.expectRevert(data);
        ledger.trade(t);
    }

    function _expectMoveRevert(
        address caller,
        TransferClaim memory t,
        Rest rest,
        bytes32 purpose,
        bytes memory data
    ) private changesNothing {
        vm.prank(caller);
        vm.expectRevert(data);
        ledger.move(t, rest, purpose);
    }

    function _expectUpdateRevert(uint256 accountId, uint256 commitment, bytes memory data) private {
        _expectUpdateRevert(groupOf(accountId, commitment), data);
    }

    function _expectUpdateRevert(IPortfolioLedger.Change[][] memory groups, bytes memory data) private {
        vm.prank(VENUE);
        vm.expectRevert(data);
        ledger.update(groups);
    }

    function _expectUpdateSkipped(
        uint256 accountId,
        uint256 commitment,
        IPortfolioLedger.Refusal refusal
    ) private changesNothing {
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(accountId, 0, refusal);
        update(accountId, commitment);
    }

    /// A group of two accounts, as the ledger has them now.
    function _pair(
        uint256 first,
        uint256 second,
        uint256 commitment
    ) private view returns (IPortfolioLedger.Change[] memory group) {
        group = new IPortfolioLedger.Change[](2);
        group[0] = IPortfolioLedger.Change(first, commitment, ledger.account(first).nonce);
        group[1] = IPortfolioLedger.Change(second, commitment + 1, ledger.account(second).nonce);
    }

    function _expectRegisterRevert(uint256 accountId, uint256 commitment, bytes memory data) private {
        vm.prank(VENUE);
        vm.expectRevert(data);
        ledger.register(accountId, commitment, address(0), false);
    }

    function _invalid() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPortfolioLedger.InvalidTransferProof.selector);
    }

    function _frozen(uint256 accountId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPortfolioLedger.AccountFrozen.selector, accountId);
    }

    function _guarded(uint256 accountId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPortfolioLedger.AccountGuarded.selector, accountId);
    }

    // --- the deployment ---

    function test_KnowsItsParts() public view {
        vm.assertEq(ledger.venue(), VENUE, "venue");
        vm.assertEq(ledger.vault(), address(vault), "vault");
        vm.assertEq(ledger.engine(), engineAt, "engine");
        vm.assertEq(ledger.clearingHouse(), clearingHouseAt, "clearing house");
        vm.assertEq(ledger.verifiers(), address(verifiers), "verifiers");
        vm.assertEq(uint256(ledger.settlementId()), SETTLEMENT, "settlement");
        vm.assertEq(ledger.TRADE(), TRADE, "purpose of a trade");
    }

    function test_RefusesMissingPartsAndOtherSettlementAssets() public {
        IVerifierRegistry none = IVerifierRegistry(address(0xdead));
        vm.etch(clearingHouseAt, ""); // a contract that is made here would stand in its place
        vm.expectRevert(invalidParameter("vault", 0xdead));
        new PortfolioLedger(ICollateralVault(address(0xdead)), engineAt, clearingHouseAt, verifiers, 1);
        vm.expectRevert(invalidParameter("engine", 0));
        new PortfolioLedger(vault, address(0), clearingHouseAt, verifiers, 1);
        vm.expectRevert(invalidParameter("clearingHouse", 0));
        new PortfolioLedger(vault, engineAt, address(0), verifiers, 1);
        vm.expectRevert(invalidParameter("verifiers", 0xdead));
        new PortfolioLedger(vault, engineAt, clearingHouseAt, none, 1);
        VerifierRegistry unsized = new VerifierRegistry(address(this), 0);
        vm.expectRevert(invalidParameter("slots", 0));
        new PortfolioLedger(vault, engineAt, clearingHouseAt, unsized, 1);
        vm.expectRevert(invalidParameter("settlementId", 0));
        new PortfolioLedger(vault, engineAt, clearingHouseAt, verifiers, 0);
        vm.expectRevert(invalidParameter("settlementId", 8));
        new PortfolioLedger(vault, engineAt, clearingHouseAt, verifiers, 8);
        vm.assertEq(new PortfolioLedger(vault, engineAt, clearingHouseAt, verifiers, 7).settlementId(), 7, "last");
    }

    // --- accounts ---

    function test_TheVenueRegistersAccountsOnce() public {
        vm.expectEmit();
        emit IPortfolioLedger.AccountRegistered(7, 8, address(0x9), false);
        vm.prank(VENUE);
        ledger.register(7, 8, address(0x9), false);
        IPortfolioLedger.Account memory found = ledger.account(7);
        vm.assertTrue(found.commitment == 8 && found.owner == address(0x9) && !found.guarded, "kept");
        vm.assertTrue(found.updatedAt == NOW && found.nonce == 0 && !found.frozen, "at first");
        vm.assertEq(ledger.commitmentOf(7), 8, "commitment");
        vm.assertEq(ledger.ownerOf(7), address(0x9), "owner");
        _expectRegisterRevert(7, 9, abi.encodeWithSelector(IPortfolioLedger.AccountExists.selector, 7));
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyVenue.selector, address(this)));
        ledger.register(10, 11, address(0), false);
    }

    /// The venue can put no customer out of reach of cases, nor keep the house's account in its own hands.
    function testFuzz_OnlyTheHouseIsGuarded(uint256 accountId, uint256 houseId) public {
        accountId = bound(accountId, 2000, 1 << 128);
        houseId = bound(houseId, 2000, 1 << 128);
        if (accountId == houseId) ++houseId;
        vm.etch(clearingHouseAt, "");
        _expectRegisterRevert(houseId, 8, abi.encodeWithSelector(IPortfolioLedger.HouseMissing.selector));
        vm.etch(clearingHouseAt, address(new HouseStandIn(houseId)).code);
        _expectGuardRefused(accountId, true);
        _expectGuardRefused(houseId, false);
        vm.startPrank(VENUE);
        ledger.register(accountId, 8, BOB_OWNER, false);
        ledger.register(houseId, 9, address(0), true);
        vm.stopPrank();
        vm.assertTrue(!ledger.account(accountId).guarded && ledger.account(houseId).guarded, "the house alone");
    }

    function _expectGuardRefused(uint256 accountId, bool guarded) private {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyHouseGuarded.selector, accountId));
        ledger.register(accountId, 8, address(0), guarded);
    }

    function test_AccountsAndCommitmentsAreFieldElements() public {
        _expectRegisterRevert(0, 1, invalidParameter("accountId", 0));
        _expectRegisterRevert(5, 0, invalidParameter("commitment", 0));
        _expectRegisterRevert(1 << 254, 1, invalidParameter("accountId", 1 << 254));
        _expectRegisterRevert(5, Trapdoor.R, invalidParameter("commitment", Trapdoor.R));
        _expectUpdateRevert(ALICE, 0, invalidParameter("commitment", 0));
        _expectUpdateRevert(ALICE, Trapdoor.R, invalidParameter("commitment", Trapdoor.R));
        vm.prank(VENUE);
        ledger.register((1 << 253) - 1, Trapdoor.R - 1, address(0), false);
        vm.assertEq(ledger.commitmentOf((1 << 253) - 1), Trapdoor.R - 1, "the largest");
    }

    function test_UnknownAccountsAreToldApart() public {
        bytes memory unknown = abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 7);
        vm.expectRevert(unknown);
        ledger.account(7);
        vm.expectRevert(unknown);
        ledger.commitmentOf(7);
        vm.expectRevert(unknown);
        ledger.setOwner(7, address(1));
        vm.expectRevert(unknown);
        ledger.contextOf(7, 0, TRADE, DEADLINE);
        vm.expectRevert(unknown);
        ledger.contextOf(ALICE, 7, TRADE, DEADLINE);
        vm.prank(engineAt);
        vm.expectRevert(unknown);
        ledger.setFrozen(7, true);
        IPortfolioLedger.Change[][] memory groups = groupOf(ALICE, 1);
        groups[0][0].accountId = 7;
        _expectUpdateRevert(groups, unknown);
        TransferClaim memory t = transferClaim(_terms(TRADE));
        t.accountA = 7;
        _expectTradeRevert(t, unknown);
        _expectMoveRevert(engineAt, t, Rest.Free, TRADE, unknown);
        (t.accountA, t.accountB) = (ALICE, 7);
        _expectTradeRevert(t, unknown);
        _expectMoveRevert(engineAt, t, Rest.Free, TRADE, unknown);
        vm.assertEq(ledger.ownerOf(7), address(0), "owned by nobody");
    }

    function testFuzz_TheVenueUpdatesOrdinaryAccounts(uint256 seed, uint8 times, uint32 wait) public {
        times = uint8(bound(times, 1, 8));
        IPortfolioLedger.Change[][] memory groups = new IPortfolioLedger.Change[][](times);
        for (uint256 i = 0; i < times; ++i) {
            groups[i] = new IPortfolioLedger.Change[](1);
            uint32 nonce = uint32(i / 2);
            groups[i][0] = IPortfolioLedger.Change(i % 2 == 0 ? ALICE : BOB, commitmentOf(seed, i), nonce);
        }
        vm.warp(NOW + wait);
        vm.expectEmit();
        emit IPortfolioLedger.CommitmentChanged(ALICE, groups[0][0].commitment, 1);
        vm.prank(VENUE);
        ledger.update(groups);
        IPortfolioLedger.Account memory found = ledger.account(ALICE);
        uint256 last = times % 2 == 0 ? times - 2 : times - 1;
        vm.assertEq(found.commitment, groups[last][0].commitment, "the last of hers");
        vm.assertEq(uint256(found.nonce), (uint256(times) + 1) / 2, "each change counts");
        vm.assertEq(uint256(found.updatedAt), NOW + wait, "when");
        vm.assertEq(found.owner, ALICE_OWNER, "owner");
        vm.assertEq(uint256(ledger.account(BOB).nonce), times / 2, "his");
    }

    function test_UpdatesAreTheVenues() public {
        IPortfolioLedger.Change[][] memory groups = groupOf(ALICE, 5);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyVenue.selector, address(this)));
        ledger.update(groups);
        bytes memory nothing = abi.encodeWithSelector(IPortfolioLedger.NothingToUpdate.selector);
        _expectUpdateRevert(new IPortfolioLedger.Change[][](0), nothing);
        _expectUpdateRevert(new IPortfolioLedger.Change[][](1), nothing);
        groups[0] = _pair(ALICE, BOB, 5);
        groups[0][1].accountId = 77;
        _expectUpdateRevert(groups, abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 77));
        groups[0] = _pair(ALICE, ALICE, 5);
        _expectUpdateRevert(groups, abi.encodeWithSelector(IPortfolioLedger.AccountTwice.selector, ALICE));
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "a mistake stops all of it");
    }

    /// Nobody holds a batch up: neither a case, which anybody may open in the block before, nor an owner's lock, nor
    /// cash that moved since. But the group goes wholly or not at all.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_AnUpdateSkipsGroupsThatTheVenueMayNotChange(uint8 which, uint8 why, bool isFirst) public {
        register(9, address(0), false);
        register(10, address(0), false);
        uint256 refused = bound(which, 0, 1);
        why = uint8(bound(why, 0, 2));
        IPortfolioLedger.Change[][] memory groups = new IPortfolioLedger.Change[][](2);
        groups[1 - refused] = _pair(9, 10, 200);
        groups[refused] = isFirst ? _pair(BOB, ALICE, 100) : _pair(ALICE, BOB, 100);
        IPortfolioLedger.Refusal refusal = IPortfolioLedger.Refusal.Changed;
        if (why == 0) {
            vm.prank(BOB_OWNER);
            ledger.lock(BOB, NOW + 1);
            refusal = IPortfolioLedger.Refusal.Locked;
        } else if (why == 1) {
            _freeze(BOB, true);
            refusal = IPortfolioLedger.Refusal.Frozen;
        } else {
            update(BOB, commitmentOf(BOB, 1));
        }
        uint256 before = ledger.commitmentOf(BOB);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(BOB, refused, refusal);
        vm.prank(VENUE);
        ledger.update(groups);
        vm.assertEq(ledger.commitmentOf(BOB), before, "as it was");
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "and so is who traded with it");
        vm.assertEq(ledger.commitmentOf(10), 201, "the others went on");
    }

    /// What two groups say of an account is said in their order, each of the account as the one before leaves it.
    function test_AGroupBehindASkippedOneIsSkippedToo() public {
        IPortfolioLedger.Change[][] memory groups = new IPortfolioLedger.Change[][](2);
        (groups[0], groups[1]) = (_pair(ALICE, BOB, 100), _pair(ALICE, BOB, 200));
        groups[1][0].nonce = 1;
        groups[1][1].nonce = 1;
        vm.prank(BOB_OWNER);
        ledger.lock(BOB, NOW + 1);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(BOB, 0, IPortfolioLedger.Refusal.Locked);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(ALICE, 1, IPortfolioLedger.Refusal.Changed);
        vm.prank(VENUE);
        ledger.update(groups);
        vm.warp(NOW + 1);
        vm.prank(VENUE);
        ledger.update(groups);
        vm.assertEq(ledger.commitmentOf(BOB), 201, "both");
    }

    function test_FrozenAndGuardedAccountsAreNotTheVenues() public {
        _freeze(ALICE, true);
        _expectUpdateSkipped(ALICE, 1, IPortfolioLedger.Refusal.Frozen);
        _expectUpdateSkipped(HOUSE, 1, IPortfolioLedger.Refusal.Guarded);
        TransferTerms memory terms = _terms(TRADE);
        _expectTradeRevert(transferClaim(terms), _frozen(ALICE));
        (terms.accountA, terms.accountB) = (BOB, ALICE);
        _expectTradeRevert(transferClaim(terms), _frozen(ALICE));
        (terms.accountA, terms.accountB) = (BOB, HOUSE);
        _expectTradeRevert(transferClaim(terms), _guarded(HOUSE));
        (terms.accountA, terms.accountB) = (HOUSE, BOB);
        _expectTradeRevert(transferClaim(terms), _guarded(HOUSE));
        _freeze(ALICE, false);
        update(ALICE, 1);
        vm.assertEq(ledger.commitmentOf(ALICE), 1, "free again");
    }

    function test_OnlyTheEngineFreezesOrdinaryAccounts() public {
        vm.expectEmit();
        emit IPortfolioLedger.FrozenChanged(ALICE, true);
        _freeze(ALICE, true);
        vm.assertTrue(ledger.account(ALICE).frozen, "frozen");
        vm.assertTrue(ledger.account(ALICE).nonce == 0, "no change of the portfolio");
        address[3] memory others = [VENUE, clearingHouseAt, ALICE_OWNER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyLiquidation.selector, others[i]));
            ledger.setFrozen(ALICE, false);
        }
        vm.expectEmit();
        emit IPortfolioLedger.FrozenChanged(ALICE, false);
        _freeze(ALICE, false);
        vm.assertTrue(!ledger.account(ALICE).frozen, "free");
        vm.prank(engineAt);
        vm.expectRevert(_guarded(HOUSE));
        ledger.setFrozen(HOUSE, true);
    }

    function test_OwnersChangeTheirOwnTheVenueWhereThereIsNone() public {
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, VENUE));
        ledger.setOwner(ALICE, VENUE);
        vm.expectEmit();
        emit IPortfolioLedger.OwnerChanged(ALICE, address(0));
        vm.prank(ALICE_OWNER);
        ledger.setOwner(ALICE, address(0));
        vm.assertEq(ledger.ownerOf(ALICE), address(0), "given up");
        vm.prank(ALICE_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, ALICE_OWNER));
        ledger.setOwner(ALICE, ALICE_OWNER);
        vm.prank(VENUE);
        ledger.setOwner(ALICE, address(0xcafe));
        vm.assertEq(ledger.ownerOf(ALICE), address(0xcafe), "the venue's choice");
        vm.prank(VENUE);
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyOwner.selector, VENUE));
        ledger.setOwner(ALICE, VENUE);
        vm.assertTrue(ledger.account(ALICE).nonce == 0, "no change of the portfolio");
    }

    // --- trades ---

    function testFuzz_ATradeMovesBothAccounts(uint256 seed, int64 cash, uint32 wait) public {
        TransferTerms memory terms = _terms(TRADE);
        (terms.newA, terms.newB) = (commitmentOf(seed, 1), commitmentOf(seed, 2));
        terms.cash = cash;
        TransferClaim memory t = transferClaim(terms);
        vm.warp(NOW + bound(wait, 0, 30 days));
        vm.expectEmit();
        emit IPortfolioLedger.CommitmentChanged(ALICE, terms.newA, 1);
        vm.expectEmit();
        emit IPortfolioLedger.CommitmentChanged(BOB, terms.newB, 1);
        vm.expectEmit();
        emit IPortfolioLedger.Transferred(ALICE, BOB, TRADE);
        _trade(t);
        IPortfolioLedger.Account memory a = ledger.account(ALICE);
        IPortfolioLedger.Account memory b = ledger.account(BOB);
        vm.assertTrue(a.commitment == terms.newA && b.commitment == terms.newB, "moved");
        vm.assertTrue(a.nonce == 1 && b.nonce == 1, "counted");
        vm.assertTrue(a.updatedAt == block.timestamp && b.updatedAt == block.timestamp, "when");
        vm.assertTrue(a.owner == ALICE_OWNER && b.owner == BOB_OWNER, "owners");
        _expectTradeRevert(t, _invalid());
    }

    function test_OnlyTheVenueTradesTwoAccountsWithoutTokens() public {
        TransferClaim memory t = transferClaim(_terms(TRADE));
        address[3] memory others = [engineAt, clearingHouseAt, ALICE_OWNER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.OnlyVenue.selector, others[i]));
            ledger.trade(t);
        }
        TransferTerms memory terms = _terms(TRADE);
        terms.funding = -1;
        _expectTradeRevert(
            transferClaim(terms),
            abi.encodeWithSelector(IPortfolioLedger.FundingNotAllowed.selector, int64(-1))
        );
        bytes memory counterparty = abi.encodeWithSelector(IPortfolioLedger.InvalidCounterparty.selector);
        _expectTradeRevert(transferClaim(_alone(TRADE)), counterparty);
        terms = _terms(TRADE);
        terms.whole = true;
        _expectTradeRevert(transferClaim(terms), _invalid());
        terms = _terms(CASE);
        _expectTradeRevert(transferClaim(terms), _invalid());
        _trade(t);
    }

    function test_RefusesTheSameAccountTwice() public {
        TransferTerms memory terms = _terms(TRADE);
        terms.accountB = ALICE;
        bytes memory same = abi.encodeWithSelector(IPortfolioLedger.SameAccount.selector, ALICE);
        _expectTradeRevert(transferClaim(terms), same);
        terms.purpose = CASE;
        _expectMoveRevert(engineAt, transferClaim(terms), Rest.Free, CASE, same);
    }

    // --- moves ---

    function test_OnlyEngineAndClearingHouseMove() public {
        TransferClaim memory t = transferClaim(_terms(CASE));
        address[3] memory others = [VENUE, ALICE_OWNER, auctionAt];
        for (uint256 i = 0; i < 3; ++i) {
            bytes4 selector = IPortfolioLedger.OnlyLiquidation.selector;
            _expectMoveRevert(others[i], t, Rest.Free, CASE, abi.encodeWithSelector(selector, others[i]));
        }
        _move(engineAt, t, Rest.Free, CASE);
        TransferTerms memory terms = _terms(CASE);
        (terms.newA, terms.newB) = (commitmentOf(ALICE, 2), commitmentOf(BOB, 2));
        _move(clearingHouseAt, transferClaim(terms), Rest.Free, CASE);
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 2), "moved");
    }

    /// The engine has a case of ALICE, in this phase.
    function _mockCase(ILiquidationEngine.Status status) private {
        vm.mockCall(engineAt, abi.encodeCall(ILiquidationEngine.statusOf, (ALICE)), abi.encode(status));
    }

    /// Who may move what: B is never frozen, a frozen A is the engine's and in Soft the clearing house's too, a guarded
    /// one the clearing house's.
    function testFuzz_NobodyMovesWhatIsNotTheirs(
        bool byEngine,
        bool freezeA,
        bool freezeB,
        uint8 house,
        uint8 phase
    ) public {
        ILiquidationEngine.Status status = ILiquidationEngine.Status(bound(phase, 0, 5));
        _mockCase(status);
        TransferTerms memory terms = _terms(CASE);
        house = uint8(bound(house, 0, 2)); // 0: not in it, 1: as A, 2: as B
        if (house == 1) (terms.accountA, freezeA) = (HOUSE, false);
        if (house == 2) (terms.accountB, freezeB) = (HOUSE, false);
        if (freezeA) _freeze(ALICE, true);
        if (freezeB) _freeze(BOB, true);
        TransferClaim memory t = transferClaim(terms);
        address caller = byEngine ? engineAt : clearingHouseAt;
        bool isSoft = status == ILiquidationEngine.Status.Soft;
        if (freezeA && !byEngine && !isSoft) return _expectMoveRevert(caller, t, Rest.Free, CASE, _frozen(ALICE));
        if (house == 1 && byEngine) return _expectMoveRevert(caller, t, Rest.Free, CASE, _guarded(HOUSE));
        if (freezeB) return _expectMoveRevert(caller, t, Rest.Free, CASE, _frozen(BOB));
        _move(caller, t, Rest.Free, CASE);
        vm.assertEq(ledger.commitmentOf(terms.accountA), terms.newA, "A");
        vm.assertEq(ledger.commitmentOf(terms.accountB), terms.newB, "B");
        vm.assertTrue(ledger.account(terms.accountA).frozen == freezeA, "as it was");
    }

    /// What A is left is in the proof: none is taken for another.
    function testFuzz_AProofLeavesWhatItSays(uint8 proven, uint8 asked) public {
        (proven, asked) = (uint8(bound(proven, 0, 2)), uint8(bound(asked, 0, 2)));
        TransferTerms memory terms = _terms(CASE);
        terms.whole = proven == 1;
        TransferClaim memory t = proven == 2 ? keptClaim(terms) : transferClaim(terms);
        if (proven != asked) return _expectMoveRevert(engineAt, t, Rest(asked), CASE, _invalid());
        _move(engineAt, t, Rest(asked), CASE);
        vm.assertEq(ledger.commitmentOf(ALICE), terms.newA, "moved");
    }

    function test_MovesAWholePortfolio() public {
        _freeze(ALICE, true);
        TransferTerms memory terms = _terms(CASE);
        terms.whole = true;
        TransferClaim memory t = transferClaim(terms);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        _move(engineAt, t, Rest.Whole, CASE);
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 1), "moved");
    }

    function testFuzz_MovesFundingOfOneAccount(int64 funding) public {
        TransferTerms memory terms = _alone(CASE);
        terms.funding = funding;
        TransferClaim memory t = transferClaim(terms);
        vm.expectEmit();
        emit IPortfolioLedger.Transferred(ALICE, 0, CASE);
        _move(engineAt, t, Rest.Free, CASE);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 1), "changed");
        vm.assertEq(ledger.ownerOf(0), address(0), "no account 0");
        vm.expectRevert(abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 0));
        ledger.account(0);
    }

    function test_AnAbsentCounterpartyHasAndPaysNothing() public {
        bytes memory refused = abi.encodeWithSelector(IPortfolioLedger.InvalidCounterparty.selector);
        TransferTerms memory terms = _alone(CASE);
        terms.newB = commitmentOf(BOB, 1);
        _expectMoveRevert(engineAt, transferClaim(terms), Rest.Free, CASE, refused);
        terms = _alone(CASE);
        terms.cash = 1;
        _expectMoveRevert(engineAt, transferClaim(terms), Rest.Free, CASE, refused);
    }

    function test_NewPortfoliosAreFieldElements() public {
        TransferTerms memory terms = _terms(CASE);
        terms.newB = 0;
        _expectMoveRevert(engineAt, transferClaim(terms), Rest.Free, CASE, invalidParameter("commitment", 0));
        terms = _terms(CASE);
        terms.newA = 0;
        _expectMoveRevert(engineAt, transferClaim(terms), Rest.Free, CASE, invalidParameter("commitment", 0));
        TransferClaim memory t = transferClaim(_terms(CASE));
        t.newA += Trapdoor.R; // the same to the curve
        bytes4 selector = IVerifier.SignalNotInField.selector;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, abi.encodeWithSelector(selector, 2));
    }

    // --- what a proof is bound to ---

    /// A proof of any other signals than those of this transfer, now, is refused.
    function testFuzz_RefusesAnythingElseThanWasProven(uint256 index, uint256 value) public {
        TransferTerms memory terms = _terms(CASE);
        uint256[11] memory signals = transferSignals(terms, DEADLINE);
        index = bound(index, 0, 10);
        value %= Trapdoor.R;
        vm.assume(value != signals[index]);
        TransferClaim memory t = unprovenTransfer(terms);
        signals[index] = value;
        t.proof = proveTransfer(signals);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
    }

    /// One proof, claimed for something else.
    function test_RefusesAnotherClaimThanTheProofs() public {
        TransferClaim memory t = transferClaim(_terms(CASE));
        _expectMoveRevert(engineAt, t, Rest.Free, TRADE, _invalid());
        _expectMoveRevert(engineAt, t, Rest.Whole, CASE, _invalid());
        t.deadline += 1;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        t = transferClaim(_terms(CASE));
        t.cash = -t.cash;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        t = transferClaim(_terms(CASE));
        t.funding = 1;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        t = transferClaim(_terms(CASE));
        t.newB = commitmentOf(BOB, 2);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        t = transferClaim(_terms(CASE));
        (t.accountB, t.newB, t.cash) = (0, 0, 0);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        t = transferClaim(_terms(CASE));
        (t.accountA, t.newA, t.accountB, t.newB) = (t.accountB, t.newB, t.accountA, t.newA);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
    }

    /// The context of another ledger, chain, purpose, deadline or state of the accounts.
    function test_RefusesForgedContexts() public {
        TransferTerms memory terms = _terms(CASE);
        uint256[11] memory signals = transferSignals(terms, DEADLINE);
        vm.assertEq(signals[10], ledger.contextOf(ALICE, BOB, CASE, DEADLINE), "the context");
        uint256[6] memory forged = [
            transferContext(address(0xbad), CASE, 0, 0, DEADLINE),
            transferContext(address(ledger), TRADE, 0, 0, DEADLINE),
            transferContext(address(ledger), CASE, 1, 0, DEADLINE),
            transferContext(address(ledger), CASE, 0, 1, DEADLINE),
            transferContext(address(ledger), CASE, 0, 0, DEADLINE + 1),
            0
        ];
        TransferClaim memory t = unprovenTransfer(terms);
        for (uint256 i = 0; i < 6; ++i) {
            signals[10] = forged[i];
            t.proof = proveTransfer(signals);
            _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        }
        t = transferClaim(terms);
        vm.chainId(10);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        vm.chainId(31_337);
        _move(engineAt, t, Rest.Free, CASE);
    }

    function test_WithoutACounterpartyItsNonceIsZero() public view {
        uint256 expected = transferContext(address(ledger), CASE, 0, 0, DEADLINE);
        vm.assertEq(ledger.contextOf(ALICE, 0, CASE, DEADLINE), expected, "alone");
    }

    function testFuzz_ContextsAreThoseOfTheProtocol(uint8 a, uint8 b, bytes32 purpose, uint64 deadline) public {
        (a, b) = (uint8(bound(a, 0, 6)), uint8(bound(b, 0, 6)));
        for (uint256 i = 0; i < a; ++i) update(ALICE, 1 + i);
        for (uint256 i = 0; i < b; ++i) update(BOB, 1 + i);
        uint256 expected = transferContext(address(ledger), purpose, a, b, deadline);
        vm.assertEq(ledger.contextOf(ALICE, BOB, purpose, deadline), expected, "two accounts");
        expected = transferContext(address(ledger), purpose, b, 0, deadline);
        vm.assertEq(ledger.contextOf(BOB, 0, purpose, deadline), expected, "one account");
    }

    function testFuzz_AProofExpires(uint64 late) public {
        TransferTerms memory terms = _terms(CASE);
        TransferClaim memory t = transferClaim(terms);
        vm.warp(uint256(DEADLINE) + bound(late, 1, 100 days));
        bytes4 selector = IPortfolioLedger.TransferExpired.selector;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, abi.encodeWithSelector(selector, DEADLINE));
        vm.warp(DEADLINE);
        _move(engineAt, t, Rest.Free, CASE);
    }

    /// The accounts come back to the commitments that the proof starts from: it still serves no second time.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_NoProofServesTwice(bool byTrade, bool onlyA, bool onlyB) public {
        TransferClaim memory t = transferClaim(_terms(TRADE));
        _trade(t);
        TransferTerms memory back = _terms(TRADE);
        (back.newA, back.newB) = (commitmentOf(ALICE, 0), commitmentOf(BOB, 0));
        if (byTrade) {
            _trade(transferClaim(back));
        } else {
            update(ALICE, commitmentOf(ALICE, 0));
            update(BOB, commitmentOf(BOB, 0));
        }
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 0), "as at the start");
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 0), "as at the start");
        _expectTradeRevert(t, _invalid());
        _expectMoveRevert(engineAt, t, Rest.Free, TRADE, _invalid());
        // Nor after further changes of either.
        if (onlyA) update(ALICE, commitmentOf(ALICE, 0));
        if (onlyB) update(BOB, commitmentOf(BOB, 0));
        _expectTradeRevert(t, _invalid());
    }

    /// One change of the counterparty, even to the same commitment, ends a proof that was made before.
    function test_AnyChangeOfEitherAccountEndsAProof() public {
        TransferClaim memory t = transferClaim(_terms(TRADE));
        uint256 state = vm.snapshotState();
        update(BOB, commitmentOf(BOB, 0));
        _expectTradeRevert(t, _invalid());
        require(vm.revertToState(state), "state");
        update(ALICE, commitmentOf(ALICE, 0));
        _expectTradeRevert(t, _invalid());
    }

    function test_RefusesOtherCircuits() public {
        TransferClaim memory t = transferClaim(_terms(CASE));
        t.circuitId = deleverageCircuit;
        bytes4 wrong = IVerifierRegistry.WrongCircuitKind.selector;
        bytes8 kind = "transfer";
        _expectMoveRevert(
            engineAt,
            t,
            Rest.Free,
            CASE,
            abi.encodeWithSelector(wrong, deleverageCircuit, bytes8("delever"), kind)
        );
        t.circuitId = "none";
        bytes4 unknown = IVerifierRegistry.UnknownCircuit.selector;
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, abi.encodeWithSelector(unknown, bytes32("none")));
        // A proof of the right signals under another key.
        t = transferClaim(_terms(CASE));
        t.circuitId = verifiers.register(address(newTransferVerifier(99)));
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, _invalid());
        verifiers.retire(transferCircuit);
        t.circuitId = transferCircuit;
        bytes memory retired = abi.encodeWithSelector(wrong, transferCircuit, bytes8("retired"), kind);
        _expectMoveRevert(engineAt, t, Rest.Free, CASE, retired);
    }
}
