// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ClearingHouse} from "contracts/clearing/ClearingHouse.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {CoverageRegistry} from "contracts/coverage/CoverageRegistry.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IFactProofs} from "contracts/liquidation/facts/IFactProofs.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {SnapshotOracle} from "contracts/snapshot/SnapshotOracle.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {VerifierRegistry} from "contracts/verify/VerifierRegistry.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";
import {Trapdoor} from "../helpers/Trapdoor.sol";

/// The house's account: the waterfall, the lock, takeovers, releases, trades.
contract ClearingHouseTest is ClearingHouseFixture {
    int256 private constant LOT = int256(MICROS_PER_LOT);

    // --- construction ---

    function test_KnowsItsParts() public view {
        vm.assertEq(house.vault(), address(vault), "vault");
        vm.assertEq(house.ledger(), address(ledger), "ledger");
        vm.assertEq(house.engine(), address(engine), "engine");
        vm.assertEq(house.registry(), address(registry), "registry");
        vm.assertEq(house.houseAccount(), HOUSE, "house");
        vm.assertEq(house.microsPerLot(), MICROS_PER_LOT, "lot");
        vm.assertEq(house.operator(), OPERATOR, "operator");
        vm.assertEq(house.owner(), OWNER, "owner");
        vm.assertEq(rounds.clearingHouse(), address(house), "rounds");
        vm.assertEq(keccak256(abi.encode(house.parameters())), keccak256(abi.encode(firstParameters())), "parameters");
        vm.assertTrue(!house.locked() && house.residual() == 0, "nothing is unsettled");
    }

    function _expectMismatch(IClearingHouse.Parts memory p) private {
        vm.expectRevert(encoded(IClearingHouse.PartsMismatch.selector));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
    }

    function test_RefusesPartsThatDoNotBelongTogether() public {
        // The fixture's own parts name the fixture's own house.
        _expectMismatch(parts());
        // From here on, `next` is where the next attempt lands: a failed creation uses a nonce too.
        IClearingHouse.Parts memory p = parts();
        address next = predicted(2);
        p.vault = new CollateralVault(VENUE, next);
        p.ledger = new PortfolioLedger(VENUE, address(engine), address(this), verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, next);
        p.ledger = new PortfolioLedger(VENUE, address(this), next, verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(3);
        p.vault = new CollateralVault(VENUE, next);
        p.ledger = new PortfolioLedger(
            VENUE,
            address(engine),
            next,
            new VerifierRegistry(address(this)),
            SETTLEMENT
        );
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(OWNER, next);
        p.ledger = new PortfolioLedger(VENUE, address(engine), next, verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, address(0));
        p.ledger = new PortfolioLedger(VENUE, address(engine), next, verifiers, SETTLEMENT);
        _expectMismatch(p);
        next = predicted(2);
        p.vault = new CollateralVault(VENUE, next);
        p.ledger = new PortfolioLedger(VENUE, address(engine), next, verifiers, SETTLEMENT);
        ClearingHouse built = new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        vm.assertEq(address(built), next, "and takes those that do");
    }

    function test_BoundsWhatItIsMadeOf() public {
        IClearingHouse.Parts memory p = parts();
        p.microsPerLot = 0;
        vm.expectRevert(invalidParameter("microsPerLot", 0));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.microsPerLot = 1 << 64;
        vm.expectRevert(invalidParameter("microsPerLot", 1 << 64));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.microsPerLot = MICROS_PER_LOT;
        p.houseAccount = 0;
        vm.expectRevert(invalidParameter("houseAccount", 0));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.houseAccount = Trapdoor.R;
        vm.expectRevert(invalidParameter("houseAccount", Trapdoor.R));
        new ClearingHouse(OWNER, OPERATOR, p, firstParameters());
        p.houseAccount = HOUSE;
        address next = predicted(2);
        p.vault = new CollateralVault(VENUE, next);
        p.ledger = new PortfolioLedger(VENUE, address(engine), next, verifiers, SETTLEMENT);
        vm.expectRevert(invalidParameter("operator", 0));
        new ClearingHouse(OWNER, address(0), p, firstParameters());
    }

    function test_WithoutAnAssetThereAreNoFunds() public {
        bytes memory question = abi.encodeCall(ICollateralVault.asset, (SETTLEMENT));
        vm.mockCall(address(vault), question, abi.encode(address(0), uint96(0)));
        (uint256 insurance, uint256 gamma) = house.funds();
        vm.assertTrue(insurance == 0 && gamma == 0, "none");
        vm.expectRevert(abi.encodeWithSelector(ILossPools.NoSettlementAsset.selector, SETTLEMENT));
        house.collectForfeit(1);
    }

    // --- who acts for the house ---

    function test_OnlyTheOperatorActs() public {
        TransferClaim memory claim;
        ReductionClaim memory reduction;
        bytes memory refused = abi.encodeWithSelector(IClearingHouse.OnlyOperator.selector, OWNER);
        expectFrom(OWNER, refused);
        house.takeOver(1, claim);
        expectFrom(OWNER, refused);
        house.release(1, claim);
        expectFrom(OWNER, refused);
        house.trade(claim, reduction);
    }

    function test_AnotherOperatorWaits() public {
        expectFrom(OWNER, abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, OWNER));
        house.setOperator(DAVE);
        bytes memory call = abi.encodeCall(house.setOperator, (DAVE));
        expectFrom(OPERATOR, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OPERATOR));
        house.schedule(call);
        vm.prank(OWNER);
        house.schedule(call);
        vm.warp(NOW + 2 days);
        vm.expectEmit();
        emit IClearingHouse.OperatorChanged(DAVE);
        house.execute(call);
        vm.assertEq(house.operator(), DAVE, "now");
        vm.prank(address(house));
        vm.expectRevert(invalidParameter("operator", 0));
        house.setOperator(address(0));
    }

    // --- the waterfall ---

    function test_TheInsuranceFundComesFirst() public {
        fill(30 * UNITS, 50 * UNITS);
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 20, 20, 0, 0);
        absorb(-20 * LOT, 20);
        vm.assertTrue(assetsOf(INSURANCE) == 10 * UNITS && assetsOf(GAMMA) == 50 * UNITS, "the first alone");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 20, "the vault has it");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "and so has the house");
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 25, 10, 15, 0);
        absorb(-25 * LOT, 25);
        vm.assertTrue(assetsOf(INSURANCE) == 0 && assetsOf(GAMMA) == 35 * UNITS, "then the second");
        vm.assertTrue(!house.locked(), "nothing is left");
        vm.expectEmit();
        emit IClearingHouse.Absorbed(snapshotId, 100, 0, 35, 65);
        absorb(-100 * LOT, 35);
        vm.assertEq(house.residual(), 65, "the residual");
        vm.assertEq(uint256(house.residualSince()), block.timestamp, "since now");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 80, "all in the vault");
        assertConserved();
    }

    function testFuzz_TheWaterfallTakesWholeLotsInOrder(uint48 insurance, uint48 gamma, uint48 loss) public {
        fill(insurance, gamma);
        loss = uint48(bound(loss, 1, type(uint48).max));
        uint256 lots = (uint256(loss) + MICROS_PER_LOT - 1) / MICROS_PER_LOT;
        (uint256 first, uint256 second) = (uint256(insurance) / UNITS, uint256(gamma) / UNITS);
        uint256 fromInsurance = lots < first ? lots : first;
        uint256 rest = lots - fromInsurance;
        uint256 fromGamma = rest < second ? rest : second;
        absorb(-int256(uint256(loss)), int64(uint64(fromInsurance + fromGamma)));
        vm.assertEq(assetsOf(INSURANCE), insurance - fromInsurance * UNITS, "insurance fund");
        vm.assertEq(assetsOf(GAMMA), gamma - fromGamma * UNITS, "Gamma Reserve");
        vm.assertTrue(fromGamma == 0 || assetsOf(INSURANCE) < UNITS, "not a lot is left in the first");
        vm.assertEq(house.residual(), lots - fromInsurance - fromGamma, "residual");
        vm.assertTrue(house.residual() == 0 || assetsOf(GAMMA) < UNITS, "not a lot is left in the second");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), fromInsurance + fromGamma, "the vault");
        vm.assertEq(token.balanceOf(address(vault)), (fromInsurance + fromGamma) * UNITS, "its tokens");
        assertConserved();
    }

    function test_RoundsTheLossUpToALot() public {
        int256[3] memory equities = [int256(-1), -LOT, -LOT - 1];
        uint256[3] memory lots = [uint256(1), 1, 2];
        for (uint256 i = 0; i < 3; ++i) {
            absorb(equities[i], 0);
            vm.assertEq(house.residual(), lots[i], "rounded up");
        }
    }

    function test_DrawsNothingWithoutALoss() public {
        fill(30 * UNITS, 50 * UNITS);
        expectAbsorbRevert(0, 1, abi.encodeWithSelector(IClearingHouse.HouseNotShort.selector, int256(0)));
        expectAbsorbRevert(5, 1, abi.encodeWithSelector(IClearingHouse.HouseNotShort.selector, int256(5)));
        _untouched();
    }

    function _expectShownRevert(EquityClaim memory shown, bytes memory data) private {
        TransferClaim memory funding = transferClaim(fundingTerms(1));
        vm.expectRevert(data);
        house.absorb(shown, funding);
        _untouched();
    }

    function _untouched() private view {
        vm.assertTrue(assetsOf(INSURANCE) == 30 * UNITS && assetsOf(GAMMA) == 50 * UNITS, "untouched");
        vm.assertTrue(house.residual() == 0 && vault.lotsHeld(SETTLEMENT) == 0, "nothing moved");
        assertConserved();
    }

    function test_DrawsNothingWithoutAProofInTheNewestSnapshot() public {
        uint256 old = snapshotId;
        fill(30 * UNITS, 50 * UNITS);
        uint256 current = ledger.commitmentOf(HOUSE);
        bytes memory notLatest = abi.encodeWithSelector(IFactProofs.SnapshotNotLatest.selector, old, snapshotId);
        _expectShownRevert(equityClaim(old, HOUSE, current, 4, -LOT), notLatest);
        bytes memory invalid = encoded(IFactProofs.InvalidEquityProof.selector);
        _expectShownRevert(equityClaim(snapshotId, HOUSE, commitmentOf(HOUSE, 1), 4, -LOT), invalid);
        EquityClaim memory shown = houseEquity(-LOT);
        shown.equity = -2 * LOT;
        _expectShownRevert(shown, invalid);
        bytes memory other = abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE);
        _expectShownRevert(equityClaim(ALICE, 4, -LOT), other);
        shown = houseEquity(-LOT);
        shown.accountId = ALICE;
        _expectShownRevert(shown, other);
        shown = houseEquity(-LOT);
        vm.warp(block.timestamp + MAX_AGE + 1);
        bytes4 stale = IFactProofs.FactSnapshotStale.selector;
        _expectShownRevert(shown, abi.encodeWithSelector(stale, NOW + 20 minutes, NOW + 20 minutes + 1));
    }

    function test_TheHouseMustBeGuarded() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-LOT);
        IPortfolioLedger.Account memory account = ledger.account(HOUSE);
        account.guarded = false;
        TransferClaim memory funding = transferClaim(fundingTerms(1));
        vm.mockCall(address(ledger), abi.encodeCall(ledger.account, (HOUSE)), abi.encode(account));
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseNotGuarded.selector, HOUSE));
        house.absorb(shown, funding);
    }

    function _wrongFunding(int64 lots, uint256 least, uint256 most) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, lots, least, most);
    }

    function test_TheFundsBearAllTheyCanAndNoMore() public {
        fill(30 * UNITS, 50 * UNITS);
        expectAbsorbRevert(-40 * LOT, 39, _wrongFunding(39, 40, 40));
        expectAbsorbRevert(-40 * LOT, 41, _wrongFunding(41, 40, 40));
        expectAbsorbRevert(-90 * LOT, 79, _wrongFunding(79, 80, 80));
        expectAbsorbRevert(-90 * LOT, 81, _wrongFunding(81, 80, 80));
        expectAbsorbRevert(-90 * LOT, 0, _wrongFunding(0, 80, 80));
        expectAbsorbRevert(-90 * LOT, -80, _wrongFunding(-80, 80, 80));
        _untouched();
        absorb(-90 * LOT, 80);
    }

    function _expectFundingRevert(TransferTerms memory terms, bytes memory data) private {
        EquityClaim memory shown = houseEquity(-40 * LOT);
        TransferClaim memory funding = transferClaim(terms);
        vm.expectRevert(data);
        house.absorb(shown, funding);
        _untouched();
    }

    function test_TheLotsGoToTheHouseAndNowhereElse() public {
        fill(30 * UNITS, 50 * UNITS);
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        TransferTerms memory terms = fundingTerms(40);
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectFundingRevert(terms, wrong);
        terms = fundingTerms(40);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        _expectFundingRevert(terms, wrong);
        bytes memory invalid = encoded(IPortfolioLedger.InvalidTransferProof.selector);
        terms = fundingTerms(40);
        terms.whole = true;
        _expectFundingRevert(terms, invalid);
        terms = fundingTerms(40);
        terms.purpose = purpose("absorb", snapshotId + 1);
        _expectFundingRevert(terms, invalid);
        terms.purpose = purpose("release", 0);
        _expectFundingRevert(terms, invalid);
    }

    function test_AnAbsorptionServesOnce() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-10 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(10));
        house.absorb(shown, funding);
        vm.expectRevert(encoded(IFactProofs.InvalidEquityProof.selector));
        house.absorb(shown, funding);
        shown = houseEquity(-10 * LOT);
        vm.expectRevert(encoded(IPortfolioLedger.InvalidTransferProof.selector));
        house.absorb(shown, funding);
        vm.assertEq(assetsOf(INSURANCE), 20 * UNITS, "once");
    }

    /// Somebody pays a lot in ahead of the transaction: the proof about the amount still serves.
    function test_NobodyVoidsAProofByPayingIn() public {
        fill(30 * UNITS, 50 * UNITS);
        EquityClaim memory shown = houseEquity(-90 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(80));
        give(DAVE, 6 * UNITS);
        vm.prank(DAVE);
        house.deposit(INSURANCE, 2 * UNITS);
        vm.prank(DAVE);
        house.collectTax(4 * UNITS);
        vm.assertEq(house.poolOf(INSURANCE).settled, 30 * UNITS, "settled");
        uint256 state = vm.snapshotState();
        house.absorb(shown, funding);
        vm.assertEq(assetsOf(INSURANCE), 0, "what is new is drawn as the rest is");
        vm.assertEq(assetsOf(GAMMA), 6 * UNITS, "and as much is left");
        vm.assertEq(house.residual(), 10, "residual");
        // The same with all of it.
        vm.revertToState(state);
        absorb(-90 * LOT, 86);
        vm.assertTrue(assetsOf(INSURANCE) + assetsOf(GAMMA) == 0 && house.residual() == 4, "or all is drawn");
        // Once the ten minutes by the clock after these are over it must be.
        vm.revertToState(state);
        advance(20 minutes - uint64(block.timestamp % 10 minutes) - 1);
        uint256 before = vm.snapshotState();
        absorb(-90 * LOT, 80);
        vm.revertToState(before);
        advance(1);
        expectAbsorbRevert(-90 * LOT, 80, _wrongFunding(80, 86, 86));
        absorb(-90 * LOT, 86);
    }

    function _payIn(uint256 how, uint256 amount) private {
        give(DAVE, amount);
        vm.prank(DAVE);
        if (how % 4 == 0) house.deposit(INSURANCE, amount);
        else if (how % 4 == 1) house.deposit(GAMMA, amount);
        else if (how % 4 == 2) house.collectFee(amount);
        else house.collectForfeit(amount);
    }

    /// What came in just before the proof was made does not settle together with a lot paid in after it.
    function test_APaymentAtTheEndOfTenMinutesVoidsNoProof() public {
        fill(30 * UNITS, 0);
        _payIn(0, UNITS);
        vm.warp(block.timestamp + 10 minutes - 2);
        EquityClaim memory shown = houseEquity(-90 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(31));
        uint256 made = block.timestamp;
        vm.warp(made + 1);
        _payIn(0, UNITS);
        uint256 state = vm.snapshotState();
        for (uint256 wait = 1; wait <= 10 minutes; wait += 599) {
            vm.revertToState(state);
            vm.warp(made + wait);
            house.absorb(shown, funding);
            vm.assertEq(assetsOf(INSURANCE), UNITS, "the newest lot is left");
        }
    }

    /// Ten minutes for a proof that names all there is, whoever pays in what before and after.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_AProofOfAllLotsServesForTenMinutes(uint256[12] memory seeds, uint16 wait) public {
        for (uint256 i = 0; i < 6; ++i) {
            _payIn(seeds[i], 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            vm.warp(block.timestamp + ((seeds[i] >> 128) % 15 minutes));
        }
        advance(1 + ((uint64(seeds[0]) >> 8) % 10 minutes));
        uint256 lots = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
        uint256 end = block.timestamp + bound(wait, 0, 10 minutes);
        EquityClaim memory shown = houseEquity(-1000 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(int64(uint64(lots))));
        for (uint256 i = 6; i < 12; ++i) {
            _payIn(seeds[i], 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            vm.warp(block.timestamp + ((seeds[i] >> 128) % (end - block.timestamp + 1)));
        }
        vm.warp(end);
        ILossPools.PoolState memory insurance = house.poolOf(INSURANCE);
        ILossPools.PoolState memory gamma = house.poolOf(GAMMA);
        vm.assertLe(insurance.settled / UNITS + gamma.settled / UNITS, lots, "what came after is not settled");
        house.absorb(shown, funding);
        vm.assertEq(house.residual(), 1000 - lots, "borne");
        assertConserved();
    }

    /// Nothing stays unsettled for longer than twenty minutes, whatever comes in and goes out.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_WhatCameInTwentyMinutesAgoIsSettled(uint256[12] memory seeds) public {
        uint256[13] memory times;
        uint256[13] memory assets;
        (times[0], assets[0]) = (block.timestamp, 0);
        uint256 drawn = 0;
        for (uint256 i = 0; i < 12; ++i) {
            _payIn(3, 1 + ((seeds[i] >> 8) % (9 * UNITS)));
            times[i + 1] = block.timestamp;
            uint256 there = assetsOf(INSURANCE) / UNITS;
            if (seeds[i] % 3 == 0 && there != 0) {
                uint256 lots = 1 + ((seeds[i] >> 64) % there);
                advance(1);
                uint256 least = house.poolOf(INSURANCE).settled / UNITS;
                if (lots < least) lots = least;
                absorb(-int256(lots) * LOT, int64(uint64(lots)));
                drawn += lots * UNITS;
            }
            assets[i + 1] = assetsOf(INSURANCE) + drawn;
            vm.warp(block.timestamp + 1 + ((seeds[i] >> 128) % 15 minutes));
            _checkSettled(times, assets, i + 1, drawn);
        }
    }

    /// Between what came in 20 minutes ago and 10 minutes ago, less what was drawn; never more than there is.
    function _checkSettled(
        uint256[13] memory times,
        uint256[13] memory assets,
        uint256 last,
        uint256 drawn
    ) private view {
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        vm.assertLe(pool.settled, pool.assets, "no more than there is");
        uint256 least = 0;
        uint256 most = 0;
        for (uint256 i = 0; i <= last; ++i) {
            if (times[i] + 20 minutes <= block.timestamp) least = assets[i];
            if (times[i] + 10 minutes < block.timestamp) most = assets[i];
        }
        vm.assertLe(least > drawn ? least - drawn : 0, pool.settled, "settled after twenty minutes");
        vm.assertLe(pool.settled, most > drawn ? most - drawn : 0, "and not within ten");
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_AbsorbingInPartsConservesTokens(uint40[6] memory comes, uint40[3] memory losses) public {
        uint256 all = 0;
        for (uint256 i = 0; i < 3; ++i) {
            (uint256 fee, uint256 paid) = (comes[2 * i], comes[2 * i + 1] + uint256(UNITS));
            give(address(this), fee);
            house.collectFee(fee);
            deposit(CAROL, i % 2 == 0 ? GAMMA : INSURANCE, paid);
            all += fee + paid;
            advance(10 minutes);
            uint256 lots = uint256(losses[i]) + 1;
            uint256 there = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
            uint256 drawn = lots < there ? lots : there;
            absorb(-int256(lots) * LOT, int64(uint64(drawn)));
            vm.assertEq(house.residual(), lots - drawn, "residual");
            assertConserved();
            vm.assertEq(token.balanceOf(address(house)) + token.balanceOf(address(vault)), all, "all is somewhere");
            vm.assertEq(vault.lotsHeld(SETTLEMENT) * UNITS, token.balanceOf(address(vault)), "in lots");
        }
    }

    /// Whatever happens in whatever order: tokens are in the pools, in the vault or with who was paid.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_TokensAreConservedInEveryPath(uint256[8] memory seeds) public {
        for (uint256 i = 0; i < 8; ++i) {
            (uint256 action, uint256 amount) = (seeds[i] % 7, 1 + ((seeds[i] >> 8) % (1000 * UNITS)));
            ILossPools.Pool pool = (seeds[i] >> 128) % 2 == 0 ? INSURANCE : GAMMA;
            if (action == 0) deposit(CAROL, pool, amount);
            if (action == 1) _requestAndWithdraw(pool, amount);
            if (action == 2) _absorbWhatIsThere(amount / UNITS + 1);
            if (action == 3) _releaseWhatIsThere(amount / UNITS + 1);
            if (action > 3) _collect(action, amount);
            assertConserved();
            vm.assertEq(vault.lotsHeld(SETTLEMENT) * UNITS, token.balanceOf(address(vault)), "the vault's");
            uint256 outside = token.balanceOf(CAROL) + token.balanceOf(DAVE);
            uint256 inside = token.balanceOf(address(house)) + token.balanceOf(address(vault));
            vm.assertEq(outside + inside, token.totalSupply(), "all of it is somewhere");
        }
    }

    function _collect(uint256 action, uint256 amount) private {
        give(DAVE, amount);
        vm.prank(DAVE);
        if (action == 4) house.collectFee(amount);
        else if (action == 5) house.collectTax(amount);
        else house.collectForfeit(amount);
    }

    function _requestAndWithdraw(ILossPools.Pool pool, uint256 shares) private {
        uint256 held = house.sharesOf(pool, CAROL);
        if (held == 0) return;
        uint256 id = request(CAROL, pool, 1 + (shares * 1e9) % held);
        vm.warp(block.timestamp + DELAY);
        uint256 before = token.balanceOf(CAROL);
        vm.prank(CAROL);
        try house.withdraw(id) returns (uint256 paid) {
            vm.assertEq(token.balanceOf(CAROL), before + paid, "paid");
        } catch (bytes memory reason) {
            bool isExpected = bytes4(reason) == ILossPools.NothingToPay.selector ||
                (bytes4(reason) == ILossPools.FundsLocked.selector && house.residual() != 0);
            vm.assertTrue(isExpected, "only what is worth nothing, or locked");
        }
    }

    function _absorbWhatIsThere(uint256 lots) private {
        advance(10 minutes);
        uint256 there = assetsOf(INSURANCE) / UNITS + assetsOf(GAMMA) / UNITS;
        absorb(-int256(lots) * LOT, int64(uint64(lots < there ? lots : there)));
    }

    function _releaseWhatIsThere(uint256 lots) private {
        uint256 held = vault.lotsHeld(SETTLEMENT);
        if (held == 0) return;
        lots = lots < held ? lots : held;
        advance(1);
        house.clearResidual(houseEquity(0));
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = transferClaim(_releaseTerms(int64(uint64(lots))));
        vm.prank(OPERATOR);
        house.release(uint64(lots), claim);
    }

    // --- the lock ---

    /// A request that is due.
    function _due() private returns (uint256 id) {
        id = request(CAROL, GAMMA, deposit(CAROL, GAMMA, 100));
        advance(DELAY);
    }

    function _expectLocked(uint256 id) private {
        vm.assertTrue(house.locked(), "locked");
        expectFrom(CAROL, encoded(ILossPools.FundsLocked.selector));
        house.withdraw(id);
    }

    function test_NobodyLeavesWhileACaseWaitsForATakeover() public {
        uint256 id = _due();
        engine.setPendingTakeovers(1);
        _expectLocked(id);
        engine.setPendingTakeovers(0);
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_NobodyLeavesWhileThereIsAResidual() public {
        uint256 id = _due();
        makeResidual(1);
        _expectLocked(id);
        // Requests can be made, and money paid in.
        deposit(DAVE, GAMMA, 7);
        request(DAVE, GAMMA, 1);
        advance(1);
        house.clearResidual(houseEquity(0));
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_AFullAbsorptionUnlocks() public {
        uint256 id = _due();
        absorb(-2 * LOT, 0);
        _expectLocked(id);
        fill(2 * UNITS, 0);
        absorb(-2 * LOT, 2);
        vm.assertTrue(house.residual() == 0 && house.residualSince() == 0, "borne");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    /// Between a takeover and the proof of what it costs nobody slips out.
    function test_NobodyLeavesBeforeATakeoverIsProven() public {
        uint256 id = _due();
        _takeOver(ALICE);
        vm.assertEq(engine.pendingTakeovers(), 0, "no case waits");
        vm.assertEq(uint256(house.unprovenSince()), block.timestamp, "but the house is unproven");
        _expectLocked(id);
        house.clearResidual(houseEquity(0));
        vm.assertEq(uint256(house.unprovenSince()), 0, "proven");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_AnUnprovenHouseLocksForThirtyDaysAtMost() public {
        uint256 start = block.timestamp;
        _takeOver(ALICE);
        uint256 id = _due();
        vm.warp(start + 10 days);
        _takeOver(BOB);
        vm.assertEq(uint256(house.unprovenSince()), start + 10 days, "each takeover has its thirty days");
        vm.warp(start + 40 days - 1);
        _expectLocked(id);
        vm.warp(start + 40 days);
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
    }

    function test_ATakeoverAfterThatLocksAgain() public {
        _takeOver(ALICE);
        vm.warp(NOW + 30 days);
        vm.assertTrue(!house.locked(), "lapsed");
        advance(0);
        absorb(-LOT, 0);
        vm.assertTrue(house.locked() && house.unprovenSince() == 0, "a late proof counts");
        _takeOver(BOB);
        vm.assertTrue(house.locked() && house.unprovenSince() == NOW + 30 days, "anew");
    }

    // --- what no lock keeps for ever ---

    /// Worthless cases, abandoned and opened again, and a takeover in the second in which the last one's 30 days end.
    function test_NoSequenceOfLocksKeepsARequestForEver() public {
        uint256 id = request(CAROL, GAMMA, deposit(CAROL, GAMMA, 100));
        uint256 readyAt = house.withdrawalOf(id).readyAt;
        _takeOver(ALICE);
        vm.warp(NOW + 30 days - 1);
        _expectLocked(id);
        vm.warp(NOW + 30 days);
        _takeOver(BOB);
        vm.warp(NOW + 60 days - 1);
        _expectLocked(id);
        vm.warp(NOW + 60 days);
        engine.setPendingTakeovers(1);
        vm.warp(readyAt + 60 days - 1);
        _expectLocked(id);
        vm.warp(readyAt + 60 days);
        vm.assertTrue(house.locked(), "as ever");
        vm.assertEq(withdraw(CAROL, id), 100, "and paid");
        assertConserved();
    }

    function test_ALapsedRequestIsCancelledOnly() public {
        uint256 shares = deposit(CAROL, GAMMA, 100);
        uint256 id = request(CAROL, GAMMA, shares);
        uint256 readyAt = house.withdrawalOf(id).readyAt;
        engine.setPendingTakeovers(1);
        vm.warp(readyAt + 67 days - 1);
        uint256 state = vm.snapshotState();
        vm.assertEq(withdraw(CAROL, id), 100, "in the last second");
        vm.revertToState(state);
        vm.warp(readyAt + 67 days);
        bytes memory lapsed = abi.encodeWithSelector(ILossPools.WithdrawalLapsed.selector, id);
        expectFrom(CAROL, lapsed);
        house.withdraw(id);
        // Locked or not.
        engine.setPendingTakeovers(0);
        expectFrom(CAROL, lapsed);
        house.withdraw(id);
        engine.setPendingTakeovers(1);
        vm.prank(CAROL);
        vm.assertEq(house.cancelWithdrawal(id), shares, "hers again");
        id = request(CAROL, GAMMA, shares);
        vm.warp(block.timestamp + DELAY);
        _expectLocked(id);
    }

    /// Whatever is locked: a share is outside of the lock in 7 of 67 days at most, however its requests follow.
    function testFuzz_AShareIsOutsideOfTheLockForATenthOfTheTime(uint32[6] memory waits) public {
        uint256 shares = deposit(CAROL, GAMMA, 100);
        engine.setPendingTakeovers(1);
        uint256 start = block.timestamp;
        uint256 outside = 0;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 id = request(CAROL, GAMMA, shares);
            ILossPools.Withdrawal memory waiting = house.withdrawalOf(id);
            uint256 until = block.timestamp + bound(waits[i], 0, 80 days);
            uint256 end = until < waiting.lapsesAt ? until : waiting.lapsesAt;
            if (end > waiting.payableAt) outside += end - waiting.payableAt;
            vm.warp(until);
            bool isPaid = until >= waiting.payableAt && until < waiting.lapsesAt;
            uint256 state = vm.snapshotState();
            vm.prank(CAROL);
            try house.withdraw(id) returns (uint256) {
                vm.assertTrue(isPaid, "paid in its window only");
            } catch {
                vm.assertTrue(!isPaid, "and always there");
            }
            vm.revertToState(state);
            vm.prank(CAROL);
            house.cancelWithdrawal(id);
        }
        vm.assertLe(outside * 67, (block.timestamp - start) * 7, "7 days of 67");
    }

    /// Outside of the lock a request bears what losses are proven, and gains nothing.
    function test_ARequestOutsideOfTheLockBearsLossesAndGainsNothing() public {
        uint256 id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 100 * UNITS));
        deposit(DAVE, INSURANCE, 300 * UNITS);
        engine.setPendingTakeovers(1);
        advance(DELAY);
        uint256 state = vm.snapshotState();
        fill(400 * UNITS, 0);
        vm.warp(NOW + DELAY + 60 days);
        vm.assertEq(withdraw(CAROL, id), 100 * UNITS, "what it was worth");
        vm.revertToState(state);
        absorb(-100 * LOT, 100);
        vm.warp(NOW + DELAY + 60 days);
        vm.assertEq(withdraw(CAROL, id), 75 * UNITS, "or its part of what is left");
        assertConserved();
    }

    function test_WritesAResidualOffAfterThirtyDays() public {
        vm.expectRevert(encoded(IClearingHouse.NoResidual.selector));
        house.writeOff();
        uint64 start = uint64(block.timestamp);
        makeResidual(5);
        uint256 id = _due();
        advance(20 days);
        makeResidual(9);
        vm.assertEq(uint256(house.residualSince()), start, "since the first");
        bytes memory early = abi.encodeWithSelector(IClearingHouse.TooEarlyToWriteOff.selector, start + 30 days);
        vm.warp(start + 30 days - 1);
        _expectLocked(id);
        vm.expectRevert(early);
        house.writeOff();
        vm.warp(start + 30 days);
        _expectLocked(id);
        vm.expectEmit();
        emit IClearingHouse.WrittenOff(9);
        vm.prank(DAVE);
        house.writeOff();
        vm.assertTrue(house.residual() == 0 && house.residualSince() == 0, "written off");
        vm.assertEq(withdraw(CAROL, id), 100, "unlocked");
        advance(0);
        makeResidual(9);
        vm.assertEq(uint256(house.residualSince()), start + 30 days, "a new proof is a new residual");
    }

    function test_OnlySoundEquityClearsAResidual() public {
        uint256 old = snapshotId;
        makeResidual(3);
        EquityClaim memory shown = houseEquity(-1);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.HouseShort.selector, int256(-1)));
        house.clearResidual(shown);
        shown = equityClaim(ALICE, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IClearingHouse.WrongAccount.selector, ALICE));
        house.clearResidual(shown);
        shown = houseEquity(0);
        advance(1);
        vm.expectRevert(abi.encodeWithSelector(IFactProofs.SnapshotNotLatest.selector, old, snapshotId));
        house.clearResidual(shown);
        shown = houseEquity(0);
        shown.equity = 1;
        vm.expectRevert(encoded(IFactProofs.InvalidEquityProof.selector));
        house.clearResidual(shown);
        shown = houseEquity(7);
        vm.expectEmit();
        emit IClearingHouse.Settled(snapshotId);
        vm.prank(DAVE);
        house.clearResidual(shown);
        vm.assertTrue(house.residual() == 0 && !house.locked(), "settled");
    }

    // --- takeovers ---

    function _takeOverTerms(uint256 accountId) private view returns (TransferTerms memory) {
        return
            TransferTerms(
                accountId,
                commitmentOf(accountId, 9),
                HOUSE,
                nextHouse(),
                0,
                0,
                true,
                casePurpose("takeover", 1, 1, address(house))
            );
    }

    function _takeOver(uint256 accountId) private {
        engine.setPendingTakeovers(1);
        // The engine moves accounts: the ledger's is at the stub's place.
        TransferClaim memory claim = transferClaim(_takeOverTerms(accountId));
        vm.prank(OPERATOR);
        house.takeOver(1, claim);
    }

    function test_TakesAPortfolioOver() public {
        _takeOver(ALICE);
        vm.assertEq(ledger.commitmentOf(ALICE), commitmentOf(ALICE, 9), "Alice's");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "the house's");
    }

    function test_TakesOverIntoTheHouseOnly() public {
        engine.setPendingTakeovers(1);
        TransferTerms memory terms = _takeOverTerms(ALICE);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        TransferClaim memory claim = transferClaim(terms);
        expectFrom(OPERATOR, encoded(IClearingHouse.WrongTransfer.selector));
        house.takeOver(1, claim);
    }

    // --- releases ---

    function _releaseTerms(int64 lots) private view returns (TransferTerms memory) {
        return TransferTerms(HOUSE, nextHouse(), 0, 0, 0, -lots, false, purpose("release", 0));
    }

    function _expectReleaseRevert(uint64 lots, TransferTerms memory terms, bytes memory data) private {
        TransferClaim memory claim = transferClaim(terms);
        expectFrom(OPERATOR, data);
        house.release(lots, claim);
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 100, "the vault keeps it");
        assertConserved();
    }

    function test_ReleasesToTheInsuranceFund() public {
        depositLots(100);
        attest(HOUSE, nextHouse(), 0);
        TransferClaim memory claim = transferClaim(_releaseTerms(30));
        vm.expectEmit();
        emit IClearingHouse.Released(30);
        vm.prank(OPERATOR);
        house.release(30, claim);
        vm.assertTrue(assetsOf(INSURANCE) == 30 * UNITS && assetsOf(GAMMA) == 0, "the fund has it");
        vm.assertEq(vault.lotsHeld(SETTLEMENT), 70, "the vault not");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "nor the house");
        assertConserved();
    }

    function test_OnlyAHealthyHouseReleases() public {
        depositLots(100);
        bytes memory ill = abi.encodeWithSelector(IClearingHouse.HouseNotHealthy.selector, nextHouse());
        _expectReleaseRevert(30, _releaseTerms(30), ill);
        attest(HOUSE, nextHouse(), 1);
        _expectReleaseRevert(30, _releaseTerms(30), ill);
        attest(HOUSE, 0);
        _expectReleaseRevert(30, _releaseTerms(30), ill);
        advance(1);
        attest(HOUSE, nextHouse(), 0);
        uint256 state = vm.snapshotState();
        vm.warp(block.timestamp + MAX_AGE + 1);
        _expectReleaseRevert(30, _releaseTerms(30), ill);
        vm.revertToState(state);
        makeResidual(1);
        _expectReleaseRevert(30, _releaseTerms(30), abi.encodeWithSelector(IClearingHouse.ResidualOpen.selector, 1));
    }

    function test_ReleasesWhatTheHouseGivesUp() public {
        depositLots(100);
        attest(HOUSE, nextHouse(), 0);
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        _expectReleaseRevert(31, _releaseTerms(30), wrong);
        _expectReleaseRevert(29, _releaseTerms(30), wrong);
        _expectReleaseRevert(30, _releaseTerms(-30), wrong);
        _expectReleaseRevert(type(uint64).max, _releaseTerms(1), wrong);
        _expectReleaseRevert(0, _releaseTerms(0), encoded(ILossPools.NoAmount.selector));
        TransferTerms memory terms = _releaseTerms(30);
        (terms.accountB, terms.newB) = (BOB, commitmentOf(BOB, 1));
        _expectReleaseRevert(30, terms, wrong);
        terms = _releaseTerms(30);
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectReleaseRevert(30, terms, wrong);
        terms = _releaseTerms(30);
        terms.purpose = purpose("absorb", snapshotId);
        _expectReleaseRevert(30, terms, encoded(IPortfolioLedger.InvalidTransferProof.selector));
        bytes4 short = ICollateralVault.NotEnoughLots.selector;
        _expectReleaseRevert(101, _releaseTerms(101), abi.encodeWithSelector(short, SETTLEMENT, 101, 100));
    }

    // --- trades ---

    function _tradeTerms() private view returns (TransferTerms memory) {
        return TransferTerms(HOUSE, nextHouse(), BOB, commitmentOf(BOB, 1), -250, 0, false, purpose("house", 0));
    }

    function _expectTradeRevert(
        TransferTerms memory terms,
        ReductionClaim memory reduction,
        bytes memory data
    ) private {
        TransferClaim memory claim = transferClaim(terms);
        expectFrom(OPERATOR, data);
        house.trade(claim, reduction);
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "nothing moved");
    }

    function _reduction() private view returns (ReductionClaim memory) {
        return reductionClaim(HOUSE, nextHouse(), MAX_PENALTY);
    }

    function test_TradesRiskAway() public {
        ReductionClaim memory reduction = _reduction();
        TransferClaim memory claim = transferClaim(_tradeTerms());
        vm.expectEmit();
        emit IClearingHouse.HouseTraded(BOB);
        vm.prank(OPERATOR);
        house.trade(claim, reduction);
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 1), "the house's");
        vm.assertEq(ledger.commitmentOf(BOB), commitmentOf(BOB, 1), "Bob's");
    }

    function test_TradesWithOrdinaryAccountsOnly() public {
        ReductionClaim memory reduction = _reduction();
        bytes4 refused = IClearingHouse.AccountNotOrdinary.selector;
        vm.prank(address(engine));
        ledger.setFrozen(BOB, true);
        _expectTradeRevert(_tradeTerms(), reduction, abi.encodeWithSelector(refused, BOB));
        TransferTerms memory terms = _tradeTerms();
        registerHouse(1009, DAVE);
        (terms.accountB, terms.newB) = (1009, commitmentOf(1009, 1));
        _expectTradeRevert(terms, reduction, abi.encodeWithSelector(refused, 1009));
        (terms.accountB, terms.newB, terms.cash) = (0, 0, 0);
        _expectTradeRevert(terms, reduction, abi.encodeWithSelector(IPortfolioLedger.UnknownAccount.selector, 0));
    }

    /// Else the house would be the venue's way around the lock. A closing goes on: it is no choice of the venue's.
    function test_ALockKeepsTheHouseFromTradingToo() public {
        vm.prank(BOB_OWNER);
        ledger.lock(BOB, NOW + 1 hours);
        bytes4 refused = IPortfolioLedger.AccountIsLocked.selector;
        _expectTradeRevert(_tradeTerms(), _reduction(), abi.encodeWithSelector(refused, BOB, NOW + 1 hours));
        vm.warp(NOW + 1 hours);
        advance(0);
        ReductionClaim memory reduction = _reduction();
        TransferClaim memory claim = transferClaim(_tradeTerms());
        vm.prank(OPERATOR);
        house.trade(claim, reduction);
    }

    function test_TradesAwayFromTheHouseOnly() public {
        bytes memory wrong = encoded(IClearingHouse.WrongTransfer.selector);
        TransferTerms memory terms = _tradeTerms();
        (terms.accountA, terms.newA) = (ALICE, commitmentOf(ALICE, 1));
        _expectTradeRevert(terms, _reduction(), wrong);
        terms = _tradeTerms();
        terms.funding = 1;
        _expectTradeRevert(terms, _reduction(), wrong);
        terms.funding = -1;
        _expectTradeRevert(terms, _reduction(), wrong);
        terms = _tradeTerms();
        terms.purpose = purpose("release", 0);
        _expectTradeRevert(terms, _reduction(), encoded(IPortfolioLedger.InvalidTransferProof.selector));
    }

    function test_ATradeMakesTheHouseNoWorse() public {
        bytes memory invalid = encoded(IFactProofs.InvalidReductionProof.selector);
        _expectTradeRevert(_tradeTerms(), reductionClaim(HOUSE, nextHouse(), MAX_PENALTY + 1), invalid);
        _expectTradeRevert(_tradeTerms(), reductionClaim(HOUSE, commitmentOf(HOUSE, 2), MAX_PENALTY), invalid);
        _expectTradeRevert(_tradeTerms(), reductionClaim(BOB, nextHouse(), MAX_PENALTY), invalid);
        uint256 old = snapshotId;
        ReductionClaim memory reduction = _reduction();
        advance(1);
        bytes memory notLatest = abi.encodeWithSelector(IFactProofs.SnapshotNotLatest.selector, old, snapshotId);
        _expectTradeRevert(_tradeTerms(), reduction, notLatest);
    }

    // --- tokens that don't behave ---

    function _become(address other) private {
        vm.etch(address(token), other.code);
    }

    /// With 30 lots in the vault, 10 in the funds: neither an absorption nor a release moves anything.
    function _expectNoMoves(bytes memory into, bytes memory out) private {
        expectAbsorbRevert(-10 * LOT, 10, into);
        vm.assertTrue(assetsOf(INSURANCE) == 10 * UNITS && house.residual() == 0, "nothing drawn");
        TransferClaim memory claim = transferClaim(_releaseTerms(5));
        expectFrom(OPERATOR, out);
        house.release(5, claim);
        vm.assertEq(assetsOf(INSURANCE), 10 * UNITS, "nothing released");
        vm.assertEq(ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 0), "the house is as it was");
    }

    function _prepare() private {
        depositLots(30);
        fill(10 * UNITS, 0);
        attest(HOUSE, nextHouse(), 0);
    }

    function test_RefusesATokenThatTakesAFee() public {
        _prepare();
        _become(address(new FeeToken()));
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        bytes memory into = abi.encodeWithSelector(selector, 10 * UNITS - 1, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 5 * UNITS - 1, 5 * UNITS));
        FeeToken(address(token)).setChargesSender(true);
        token.mint(address(house), 1);
        token.mint(address(vault), 1);
        into = abi.encodeWithSelector(selector, 10 * UNITS + 1, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 5 * UNITS + 1, 5 * UNITS));
    }

    function test_RefusesATokenThatReturnsFalse() public {
        _prepare();
        _become(address(new FalseToken()));
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token));
        _expectNoMoves(failed, failed);
    }

    function test_RefusesATokenThatMovesNothing() public {
        _prepare();
        _become(address(new LyingToken()));
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        bytes memory into = abi.encodeWithSelector(selector, 0, 10 * UNITS);
        _expectNoMoves(into, abi.encodeWithSelector(selector, 0, 5 * UNITS));
    }

    function test_RefusesATokenThatCallsBack() public {
        _prepare();
        _become(address(new ReentrantToken()));
        bytes memory guarded = encoded(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        EquityClaim memory shown = houseEquity(-10 * LOT);
        TransferClaim memory funding = transferClaim(fundingTerms(10));
        bytes[3] memory calls = [
            abi.encodeCall(house.collectForfeit, (1)),
            abi.encodeCall(house.absorb, (shown, funding)),
            abi.encodeCall(house.deposit, (GAMMA, 1))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            ReentrantToken(address(token)).attack(address(house), calls[i]);
            _expectNoMoves(guarded, guarded);
        }
    }
}
