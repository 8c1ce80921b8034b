// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ShareMath} from "contracts/clearing/ShareMath.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {ClearingHouseFixture} from "../helpers/ClearingHouseFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";

/// Pools, shares, the queue, and what comes in.
contract ClearingHousePoolsTest is ClearingHouseFixture {
    /// Shares of a unit in a new pool.
    uint256 private constant PAR = 1e9;

    // --- shares ---

    function test_AUnitBuysTheSameInANewPool() public {
        give(CAROL, 1_000_000);
        vm.expectEmit();
        emit ILossPools.Deposited(CAROL, INSURANCE, 1_000_000, 1_000_000 * PAR);
        vm.prank(CAROL);
        vm.assertEq(house.deposit(INSURANCE, 1_000_000), 1_000_000 * PAR, "shares");
        vm.assertEq(house.sharesOf(INSURANCE, CAROL), 1_000_000 * PAR, "hers");
        vm.assertEq(house.sharesOf(GAMMA, CAROL), 0, "of this pool");
        vm.assertEq(house.worthOf(INSURANCE, 1_000_000 * PAR), 1_000_000, "worth");
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        vm.assertEq(pool.assets, 1_000_000, "assets");
        vm.assertEq(pool.shares, 1_000_000 * PAR, "all shares");
        vm.assertEq(uint256(pool.epoch), 0, "epoch");
        assertConserved();
    }

    function test_RefusesNothingAndTooLittle() public {
        vm.expectRevert(encoded(ILossPools.NoAmount.selector));
        house.deposit(INSURANCE, 0);
        vm.expectRevert(encoded(ILossPools.NoShares.selector));
        house.requestWithdrawal(INSURANCE, 0);
        // Fees before anybody paid in make the virtual shares dear.
        fill(5 * PAR, 0);
        give(CAROL, 10);
        expectFrom(CAROL, encoded(ILossPools.NoShares.selector));
        house.deposit(INSURANCE, 5);
        vm.prank(CAROL);
        vm.assertEq(house.deposit(INSURANCE, 6), 1, "a share");
    }

    function testFuzz_NobodyGainsByRounding(uint96 before, uint64 fee, uint80 amount, uint64 drawn) public {
        uint256 first = bound(before, 1, 1 << 90);
        amount = uint80(bound(amount, UNITS, type(uint80).max));
        deposit(CAROL, INSURANCE, first);
        give(address(this), fee);
        house.collectForfeit(fee);
        advance(10 minutes);
        uint256 lots = bound(drawn, 0, (first + fee) / UNITS);
        lots = lots < (1 << 43) ? lots : (1 << 43);
        if (lots != 0) absorb(-int256(lots * MICROS_PER_LOT), int64(uint64(lots)));
        if (house.poolOf(INSURANCE).epoch != 0) return;
        uint256 carols = house.worthOf(INSURANCE, first * PAR);
        give(DAVE, amount);
        vm.prank(DAVE);
        try house.deposit(INSURANCE, amount) returns (uint256 shares) {
            vm.assertLe(house.worthOf(INSURANCE, shares), amount, "out at most what went in");
            vm.assertLe(carols, house.worthOf(INSURANCE, first * PAR) + 1, "not at the others' cost");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(reason), bytes32(ILossPools.NoShares.selector), "only what is too little");
        }
        uint256 sum = house.worthOf(INSURANCE, house.poolOf(INSURANCE).shares);
        vm.assertLe(sum, assetsOf(INSURANCE), "never more than there is");
        assertConserved();
    }

    /// Raising a share's worth to rob the next depositor by rounding costs a billion times what it takes.
    function testFuzz_InflatingSharesCostsMoreThanItTakes(uint64 donation, uint64 amount) public {
        amount = uint64(bound(amount, 1, type(uint64).max));
        uint256 mine = deposit(CAROL, INSURANCE, 1);
        give(CAROL, donation);
        vm.prank(CAROL);
        house.collectForfeit(donation);
        give(DAVE, amount);
        vm.prank(DAVE);
        try house.deposit(INSURANCE, amount) returns (uint256 shares) {
            vm.warp(block.timestamp + 2 * VESTING);
            uint256 lost = amount - house.worthOf(INSURANCE, shares);
            // 1 for rounding the worth, the rest for rounding the shares.
            vm.assertLe(lost, 1 + (uint256(donation) + amount) / PAR, "Dave loses next to nothing");
            uint256 gained = house.worthOf(INSURANCE, mine);
            vm.assertLe(gained, uint256(donation) / 2 + 2 + lost, "Carol loses half of what she gave away");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(reason), bytes32(ILossPools.NoShares.selector), "or he keeps his money");
        }
    }

    function test_DonationsCountForNothing() public {
        deposit(CAROL, INSURANCE, 50);
        token.mint(address(house), 1_000_000);
        vm.assertEq(assetsOf(INSURANCE) + assetsOf(GAMMA), 50, "assets");
        (uint256 insurance, uint256 gamma) = house.funds();
        vm.assertTrue(insurance == 50 && gamma == 0, "funds");
    }

    function testFuzz_FundsAreWholeMicros(uint64 insurance, uint64 gamma) public {
        fill(insurance, gamma);
        (uint256 shownInsurance, uint256 shownGamma) = house.funds();
        vm.assertEq(shownInsurance, (uint256(insurance) * MICROS_PER_LOT) / UNITS, "insurance fund");
        vm.assertEq(shownGamma, (uint256(gamma) * MICROS_PER_LOT) / UNITS, "Gamma Reserve");
    }

    // --- losses and epochs ---

    function test_AWipedOutPoolStartsAgain() public {
        deposit(CAROL, INSURANCE, 40 * UNITS);
        uint256 asked = request(CAROL, INSURANCE, 10 * UNITS * PAR);
        advance(DELAY);
        vm.expectEmit();
        emit ILossPools.WipedOut(INSURANCE, 1);
        absorb(-int256(50 * MICROS_PER_LOT), 40);
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        vm.assertTrue(pool.epoch == 1 && pool.shares == 0 && pool.assets == 0, "a new epoch");
        vm.assertEq(house.sharesOf(INSURANCE, CAROL), 0, "her shares ended");
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.NotEnoughShares.selector, 0));
        house.requestWithdrawal(INSURANCE, 1);

        vm.assertEq(deposit(DAVE, INSURANCE, 7), 7 * PAR, "at par");
        house.clearResidual(houseEquity(0));
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.NothingToPay.selector, asked));
        house.withdraw(asked, CAROL);
        vm.assertEq(house.worthOf(INSURANCE, 7 * PAR), 7, "Dave bears nothing of it");
        assertConserved();
    }

    /// What is left of a lot belongs to nobody.
    function test_AWipedOutPoolKeepsLessThanALot() public {
        deposit(CAROL, INSURANCE, 1e12 * uint256(UNITS) + 900);
        advance(10 minutes);
        absorb(-int256(1e12 * MICROS_PER_LOT), 1e12);
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        vm.assertTrue(pool.epoch == 1 && pool.shares == 0 && pool.assets == 900, "less than a billionth is left");
        uint256 shares = deposit(DAVE, INSURANCE, 1_000_000);
        vm.assertLe(1_000_000 - house.worthOf(INSURANCE, shares), 1, "and harms nobody");
    }

    /// A pool that is drawn down again and again can always be paid into.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_NoNumberOfLossesStopsAPool(uint256[5] memory amounts, uint256[5] memory left) public {
        for (uint256 i = 0; i < 5; ++i) {
            uint256 lots = bound(amounts[i], 2, 1 << 43);
            deposit(CAROL, INSURANCE, lots * UNITS);
            advance(1 days); // a day draws no more than the fund held at its first draw
            uint256 drawn = lots - bound(left[i], 0, 1);
            absorb(-int256(drawn * MICROS_PER_LOT), int64(uint64(drawn)));
            ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
            vm.assertLe(pool.shares, pool.assets * 1e18, "shares stay few");
        }
        assertConserved();
    }

    function testFuzz_LossesAreSharedInProportion(uint40 carols, uint40 daves, uint40 loss) public {
        (uint256 c, uint256 d) = (uint256(carols) + 1, uint256(daves) + 1);
        uint256 lots = bound(loss, 1, c + d - 1);
        uint256 carolShares = deposit(CAROL, INSURANCE, c * UNITS);
        uint256 daveShares = deposit(DAVE, INSURANCE, d * UNITS);
        advance(10 minutes);
        absorb(-int256(lots * MICROS_PER_LOT), int64(uint64(lots)));
        if (house.poolOf(INSURANCE).epoch != 0) return;
        uint256 left = (c + d - lots) * UNITS;
        uint256 carolHas = house.worthOf(INSURANCE, carolShares);
        uint256 daveHas = house.worthOf(INSURANCE, daveShares);
        vm.assertLe(carolHas, (left * c) / (c + d), "Carol, at most her part");
        vm.assertLe((left * c) / (c + d), carolHas + 1, "to a unit");
        vm.assertLe(daveHas, (left * d) / (c + d), "Dave, at most his part");
        vm.assertLe((left * d) / (c + d), daveHas + 1, "to a unit");
    }

    // --- the queue ---

    function test_LeavesAfterTheDelay() public {
        uint256 shares = deposit(CAROL, GAMMA, 5000);
        uint64 readyAt = NOW + DELAY;
        vm.expectEmit();
        emit ILossPools.WithdrawalRequested(1, CAROL, GAMMA, shares, readyAt);
        vm.assertEq(request(CAROL, GAMMA, shares), 1, "id");
        vm.assertEq(house.withdrawalCount(), 1, "count");
        vm.assertEq(house.sharesOf(GAMMA, CAROL), 0, "no longer hers to ask for");
        ILossPools.Withdrawal memory waiting = house.withdrawalOf(1);
        vm.assertTrue(waiting.owner == CAROL && waiting.pool == GAMMA && waiting.readyAt == readyAt, "waits");
        vm.assertTrue(waiting.shares == shares && waiting.most == 5000 && waiting.epoch == 0, "at most its worth");
        vm.assertEq(uint256(waiting.payableAt), readyAt + 60 days, "payable, locked or not");
        vm.assertEq(uint256(waiting.lapsesAt), readyAt + 67 days, "until then");

        vm.warp(readyAt - 1);
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.WithdrawalNotReady.selector, readyAt));
        house.withdraw(1, CAROL);
        vm.warp(readyAt);
        expectFrom(DAVE, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, 1));
        house.withdraw(1, CAROL);
        vm.expectEmit();
        emit ILossPools.Withdrawn(1, CAROL, GAMMA, 5000);
        vm.assertEq(withdraw(CAROL, 1), 5000, "paid");
        vm.assertEq(token.balanceOf(CAROL), 5000, "hers");
        vm.assertEq(house.poolOf(GAMMA).shares, 0, "burnt");
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, 1));
        house.withdraw(1, CAROL);
        vm.prank(address(0));
        vm.expectRevert(abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, 1));
        house.withdraw(1, CAROL);
        assertConserved();
    }

    function test_AsksForNoMoreThanItHas() public {
        uint256 shares = deposit(CAROL, GAMMA, 5000);
        deposit(DAVE, GAMMA, 5000);
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.NotEnoughShares.selector, shares));
        house.requestWithdrawal(GAMMA, shares + 1);
        request(CAROL, GAMMA, shares - 1);
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.NotEnoughShares.selector, 1));
        house.requestWithdrawal(GAMMA, 2);
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.NotEnoughShares.selector, 0));
        house.requestWithdrawal(INSURANCE, 1);
    }

    function test_QueuedSharesBearLosses() public {
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        deposit(DAVE, INSURANCE, 300 * UNITS);
        uint256 id = request(CAROL, INSURANCE, shares);
        advance(DELAY);
        absorb(-int256(100 * MICROS_PER_LOT), 100);
        vm.assertEq(withdraw(CAROL, id), 75 * UNITS, "her part of the loss is borne");
        assertConserved();
    }

    /// A standing request would be an exit without a delay: so it earns nothing.
    function test_QueuedSharesGainNothing() public {
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        uint256 daves = deposit(DAVE, INSURANCE, 100 * UNITS);
        uint256 id = request(CAROL, INSURANCE, shares);
        fill(100 * UNITS, 0);
        vm.warp(block.timestamp + DELAY);
        vm.assertEq(withdraw(CAROL, id), 100 * UNITS, "what it was worth");
        vm.warp(block.timestamp + 2 * VESTING);
        vm.assertLe(200 * UNITS - house.worthOf(INSURANCE, daves), 1, "the others have the rest");
    }

    // --- requests taken back ---

    function test_CancelsARequest() public {
        uint256 shares = deposit(CAROL, GAMMA, 5000);
        uint256 id = request(CAROL, GAMMA, shares);
        expectFrom(DAVE, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.cancelWithdrawal(id);
        vm.expectEmit();
        emit ILossPools.WithdrawalCancelled(id, CAROL, GAMMA, shares);
        vm.prank(CAROL);
        vm.assertEq(house.cancelWithdrawal(id), shares, "all of them");
        vm.assertEq(house.sharesOf(GAMMA, CAROL), shares, "hers again");
        vm.assertEq(house.poolOf(GAMMA).shares, shares, "none burnt");
        vm.assertEq(house.withdrawalOf(id).owner, address(0), "gone");
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.cancelWithdrawal(id);
        vm.warp(block.timestamp + DELAY);
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.withdraw(id, CAROL);
        expectFrom(address(0), abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.cancelWithdrawal(id);
        uint256 again = request(CAROL, GAMMA, shares);
        vm.warp(block.timestamp + DELAY);
        vm.assertEq(withdraw(CAROL, again), 5000, "paid by another request");
        assertConserved();
    }

    /// Else a standing request would have the gains, and a way out before a loss besides.
    function test_ACancelledRequestLeavesItsGainsToTheOthers() public {
        uint256 shares = deposit(CAROL, INSURANCE, 100 * UNITS);
        uint256 daves = deposit(DAVE, INSURANCE, 100 * UNITS);
        uint256 id = request(CAROL, INSURANCE, shares);
        fill(100 * UNITS, 0);
        vm.prank(CAROL);
        uint256 returned = house.cancelWithdrawal(id);
        vm.assertLe(returned, (shares * 6) / 10, "fewer shares");
        vm.warp(block.timestamp + 2 * VESTING);
        uint256 worth = house.worthOf(INSURANCE, returned);
        vm.assertTrue(worth <= 100 * UNITS && worth + 1 >= 100 * UNITS, "worth what they were");
        vm.assertLe(200 * UNITS - house.worthOf(INSURANCE, daves), 1, "the others have the rest");
    }

    /// Whatever the pool gains and loses meanwhile.
    function testFuzz_CancellingIsLeavingAndComingBack(
        uint64[2] memory amounts,
        uint64 fee,
        uint64 loss,
        uint64 part
    ) public {
        uint256 carols = deposit(CAROL, INSURANCE, bound(amounts[0], 1, type(uint64).max));
        uint256 daves = deposit(DAVE, INSURANCE, bound(amounts[1], 1, type(uint64).max));
        uint256 asked = bound(part, 1, carols);
        uint256 id = request(CAROL, INSURANCE, asked);
        give(address(this), fee);
        house.collectForfeit(fee);
        advance(DELAY);
        uint256 lots = bound(loss, 0, assetsOf(INSURANCE) / UNITS / 2);
        if (lots != 0) absorb(-int256(lots * MICROS_PER_LOT), int64(uint64(lots)));
        uint256 others = house.worthOf(INSURANCE, daves);
        uint256 whole = house.withdrawalOf(id).whole;
        uint256 part_ = _partOf(asked);
        uint256 state = vm.snapshotState();
        vm.prank(CAROL);
        uint256 returned = house.cancelWithdrawal(id);
        vm.assertLe(returned, asked, "no more shares");
        vm.assertTrue(part_ > whole || returned == asked, "all of them where there was no gain");
        vm.assertLe(_partOf(returned), part_ < whole ? part_ : whole, "no larger part");
        vm.assertLe(others, house.worthOf(INSURANCE, daves) + 1, "not at the others' cost");
        vm.assertLe(house.worthOf(INSURANCE, daves), others + 2, "nor to their gain at once");
        vm.assertLe(house.worthOf(INSURANCE, house.poolOf(INSURANCE).shares), assetsOf(INSURANCE), "all of it is there");
        uint256 most = house.withdrawalOf(id).most;
        if (part_ <= whole || most < whole || most == 0) return;
        vm.revertToState(state);
        vm.warp(block.timestamp + 2 * VESTING);
        uint256 paid = withdraw(CAROL, id);
        vm.prank(CAROL);
        token.approve(address(house), paid);
        vm.prank(CAROL);
        try house.deposit(INSURANCE, paid) returns (uint256 bought) {
            vm.assertEq(bought, returned, "as many as its payment buys");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(reason), bytes32(ILossPools.NoShares.selector), "too little for one");
            vm.assertEq(returned, 0, "and none came back");
        }
    }

    /// What shares are of all that the pool has, unvested income included.
    function _partOf(uint256 shares) private view returns (uint256) {
        ILossPools.PoolState memory pool = house.poolOf(INSURANCE);
        return ShareMath.worth(shares, pool.assets, pool.shares);
    }

    function test_ARequestOfAWipedOutPoolIsCancelledForNothing() public {
        uint256 id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 40 * UNITS));
        advance(DELAY);
        absorb(-int256(40 * MICROS_PER_LOT), 40);
        uint256 daves = deposit(DAVE, INSURANCE, 7);
        vm.expectEmit();
        emit ILossPools.WithdrawalCancelled(id, CAROL, INSURANCE, 0);
        vm.prank(CAROL);
        vm.assertEq(house.cancelWithdrawal(id), 0, "nothing comes back");
        vm.assertTrue(house.sharesOf(INSURANCE, CAROL) == 0 && house.poolOf(INSURANCE).shares == daves, "Dave's alone");
        expectFrom(CAROL, abi.encodeWithSelector(ILossPools.UnknownWithdrawal.selector, id));
        house.withdraw(id, CAROL);
    }

    function testFuzz_EverybodyGetsOutNoMoreThanCameIn(uint64[4] memory amounts, uint64 fee, uint32 loss) public {
        address[4] memory accounts = [CAROL, DAVE, ALICE_OWNER, BOB_OWNER];
        uint256 paidIn = fee;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 amount = bound(amounts[i], 1, type(uint64).max);
            deposit(accounts[i], INSURANCE, amount);
            paidIn += amount;
        }
        give(address(this), fee);
        house.collectForfeit(fee);
        advance(10 minutes);
        uint256 lots = bound(loss, 0, paidIn / UNITS);
        if (lots != 0) absorb(-int256(lots * MICROS_PER_LOT), int64(uint64(lots)));
        if (house.poolOf(INSURANCE).epoch != 0) return;
        uint256 paidOut = 0;
        for (uint256 i = 0; i < 4; ++i) {
            uint256 shares = house.sharesOf(INSURANCE, accounts[i]);
            if (shares != 0) request(accounts[i], INSURANCE, shares);
        }
        vm.warp(block.timestamp + DELAY);
        for (uint256 i = 0; i < 4; ++i) {
            vm.prank(accounts[i]);
            try house.withdraw(i + 1, accounts[i]) returns (uint256 amount) {
                paidOut += amount;
            } catch (bytes memory reason) {
                vm.assertEq(bytes32(bytes4(reason)), bytes32(ILossPools.NothingToPay.selector), "worth nothing");
            }
        }
        vm.assertLe(paidOut, paidIn - lots * UNITS, "no more than there was");
        vm.assertEq(assetsOf(INSURANCE), paidIn - lots * UNITS - paidOut, "the rest is here");
        assertConserved();
    }

    // --- what comes in ---

    function testFuzz_SplitsFeesToTheUnit(uint88 fee, uint32 share) public {
        share = uint32(bound(share, 0, 1_000_000));
        _setParameters(ILossPools.Parameters(DELAY, share, 0, VESTING, DAILY_CAP));
        give(CAROL, fee);
        vm.prank(CAROL);
        house.collectFee(fee);
        vm.assertEq(assetsOf(GAMMA), (uint256(fee) * share) / 1e6, "the Gamma Reserve's part, rounded down");
        vm.assertEq(assetsOf(INSURANCE) + assetsOf(GAMMA), fee, "nothing is lost");
        assertConserved();
    }

    function test_SaysWhatCameIn() public {
        give(CAROL, 10 + 7 + 5);
        vm.expectEmit();
        emit ILossPools.Collected(CAROL, GAMMA, 3);
        vm.expectEmit();
        emit ILossPools.Collected(CAROL, INSURANCE, 7);
        vm.prank(CAROL);
        house.collectFee(10);
        vm.expectEmit();
        emit ILossPools.Collected(CAROL, GAMMA, 7);
        vm.prank(CAROL);
        house.collectTax(7);
        vm.expectEmit();
        emit ILossPools.Collected(CAROL, INSURANCE, 5);
        vm.prank(CAROL);
        house.collectForfeit(5);
        vm.assertTrue(assetsOf(INSURANCE) == 12 && assetsOf(GAMMA) == 10, "in their pools");
        vm.assertEq(token.balanceOf(CAROL), 0, "paid");
        assertConserved();
    }

    function test_TakesNothingWhereThereIsNothing() public {
        house.collectFee(0);
        house.collectTax(0);
        house.collectForfeit(0);
        vm.assertEq(assetsOf(INSURANCE) + assetsOf(GAMMA), 0, "nothing");
    }

    function test_RefusesMoreThanAPoolCounts() public {
        give(CAROL, 1 << 97);
        bytes4 selector = SafeCast.SafeCastOverflowedUintDowncast.selector;
        expectFrom(CAROL, abi.encodeWithSelector(selector, 96, 1 << 96));
        house.deposit(INSURANCE, 1 << 96);
        expectFrom(CAROL, abi.encodeWithSelector(selector, 96, 1 << 96));
        house.collectForfeit(1 << 96);
        vm.prank(CAROL);
        house.collectForfeit((1 << 96) - 1);
        expectFrom(CAROL, abi.encodeWithSignature("Panic(uint256)", 0x11));
        house.collectForfeit(1);
        assertConserved();
    }

    // --- parameters ---

    function _setParameters(ILossPools.Parameters memory parameters) private {
        bytes memory call = abi.encodeCall(house.setParameters, (parameters));
        vm.prank(OWNER);
        house.schedule(call);
        vm.warp(block.timestamp + 2 days);
        house.execute(call);
    }

    function _expectParameterRevert(ILossPools.Parameters memory parameters, bytes32 name, uint256 bad) private {
        vm.prank(address(house));
        vm.expectRevert(invalidParameter(name, bad));
        house.setParameters(parameters);
    }

    function test_ChangesParametersAfterTheDelayOnly() public {
        ILossPools.Parameters memory next = ILossPools.Parameters(30 days, 1_000_000, 100_000, VESTING, DAILY_CAP);
        expectFrom(OWNER, abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, OWNER));
        house.setParameters(next);
        uint256 shares = deposit(CAROL, INSURANCE, 5);
        request(CAROL, INSURANCE, shares);
        _setParameters(next);
        vm.assertEq(keccak256(abi.encode(house.parameters())), keccak256(abi.encode(next)), "new");
        vm.assertEq(withdraw(CAROL, 1), 5, "a request keeps its time");
    }

    function _p(
        uint64 delay,
        uint32 gammaShare,
        uint32 maxPenalty,
        uint64 vestingPeriod,
        uint32 dailyCap
    ) private pure returns (ILossPools.Parameters memory) {
        return ILossPools.Parameters(delay, gammaShare, maxPenalty, vestingPeriod, dailyCap);
    }

    function test_BoundsParameters() public {
        _expectParameterRevert(_p(1 hours - 1, 0, 0, VESTING, DAILY_CAP), "withdrawalDelay", 1 hours - 1);
        _expectParameterRevert(_p(30 days + 1, 0, 0, VESTING, DAILY_CAP), "withdrawalDelay", 30 days + 1);
        _expectParameterRevert(_p(1 hours, 1_000_001, 0, VESTING, DAILY_CAP), "gammaShare", 1_000_001);
        _expectParameterRevert(_p(1 hours, 0, 100_001, VESTING, DAILY_CAP), "maxPenalty", 100_001);
        _expectParameterRevert(_p(1 hours, 0, 0, 1 days - 1, 10_000), "vestingPeriod", 1 days - 1);
        _expectParameterRevert(_p(1 hours, 0, 0, 30 days + 1, 10_000), "vestingPeriod", 30 days + 1);
        _expectParameterRevert(_p(1 hours, 0, 0, 1 days, 9_999), "dailyCap", 9_999);
        _expectParameterRevert(_p(1 hours, 0, 0, 1 days, 1_000_001), "dailyCap", 1_000_001);
        _setParameters(ILossPools.Parameters(1 hours, 0, 0, VESTING, DAILY_CAP));
    }

    // --- tokens that don't behave ---

    function _become(address other) private {
        vm.etch(address(token), other.code);
    }

    function _expectAll(uint256 id, bytes memory into, bytes memory out) private {
        if (into.length != 0) {
            expectFrom(CAROL, into);
            house.deposit(INSURANCE, 100);
            expectFrom(CAROL, into);
            house.collectFee(100);
            expectFrom(CAROL, into);
            house.collectTax(100);
            expectFrom(CAROL, into);
            house.collectForfeit(100);
        }
        if (out.length != 0) {
            expectFrom(CAROL, out);
            house.withdraw(id, CAROL);
        }
        assertConserved();
    }

    /// A request that is due, and tokens to pay in.
    function _due() private returns (uint256 id) {
        id = request(CAROL, INSURANCE, deposit(CAROL, INSURANCE, 1000));
        vm.warp(block.timestamp + DELAY);
        give(CAROL, 1000);
    }

    function test_RefusesATokenThatTakesAFee() public {
        uint256 id = _due();
        _become(address(new FeeToken()));
        _expectAll(id, abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 99, 100), "");
        FeeToken(address(token)).setChargesSender(true);
        token.mint(address(house), 1);
        expectFrom(CAROL, abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 1001, 1000));
        house.withdraw(id, CAROL);
    }

    function test_RefusesATokenThatReturnsFalse() public {
        uint256 id = _due();
        _become(address(new FalseToken()));
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token));
        _expectAll(id, failed, failed);
    }

    function test_RefusesATokenThatMovesNothing() public {
        uint256 id = _due();
        _become(address(new LyingToken()));
        bytes memory nothing = abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 0, 100);
        _expectAll(id, nothing, abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, 0, 1000));
    }

    function test_RefusesATokenThatCallsBack() public {
        uint256 id = _due();
        _become(address(new ReentrantToken()));
        bytes[6] memory calls = [
            abi.encodeCall(house.deposit, (INSURANCE, 1)),
            abi.encodeCall(house.withdraw, (id, CAROL)),
            abi.encodeCall(house.cancelWithdrawal, (id)),
            abi.encodeCall(house.collectFee, (1)),
            abi.encodeCall(house.collectTax, (1)),
            abi.encodeCall(house.collectForfeit, (1))
        ];
        bytes memory guarded = encoded(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        for (uint256 i = 0; i < calls.length; ++i) {
            ReentrantToken(address(token)).attack(address(house), calls[i]);
            _expectAll(id, guarded, guarded);
        }
    }
}
