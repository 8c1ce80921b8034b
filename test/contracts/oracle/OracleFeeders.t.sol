// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IForfeitCollector} from "contracts/oracle/IForfeitCollector.sol";
import {IVolatilityOracle} from "contracts/oracle/IVolatilityOracle.sol";
import {VolatilityOracle} from "contracts/oracle/VolatilityOracle.sol";
import {IExactTransfers} from "contracts/shared/IExactTransfers.sol";
import {IGoverned} from "contracts/shared/IGoverned.sol";
import {OracleFixture} from "../helpers/OracleFixture.sol";
import {FalseToken, FeeToken, LyingToken, ReentrantToken} from "../helpers/Tokens.sol";

/// A clearing house that pulls what it is told to, less than that, or refuses.
contract Collector is IForfeitCollector {
    error Refused();

    IERC20 private immutable TOKEN;
    uint256 private _short;
    bool private _refuses;

    constructor(IERC20 token) {
        TOKEN = token;
    }

    function behave(uint256 short, bool refuses) external {
        (_short, _refuses) = (short, refuses);
    }

    function collectForfeit(uint256 amount) external {
        if (_refuses) revert Refused();
        SafeERC20.safeTransferFrom(TOKEN, msg.sender, address(this), amount - _short);
    }
}

/// Who reports, what they have at stake, and that it stays theirs.
contract OracleFeedersTest is OracleFixture {
    /// Slashes the last feeder in one round.
    function _slashLast() private {
        uint32 number = feed.nextRound();
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        reportAs(4, PRICE * 2);
        feed.finalize(number);
    }

    // --- bonds ---

    function test_BondsGrowAndAreExact() public {
        token.mint(feederAt(0), 500);
        vm.startPrank(feederAt(0));
        token.approve(address(feed), 500);
        vm.expectEmit();
        emit IVolatilityOracle.Bonded(feederAt(0), 200, BOND + 200);
        feed.bond(200);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidAmount.selector, 0));
        feed.bond(0);
        uint256 most = (1 << 100) - BOND - 200;
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidAmount.selector, most + 1));
        feed.bond(most + 1);
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidAmount.selector, type(uint256).max));
        feed.bond(type(uint256).max);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NotFeeder.selector, address(this)));
        feed.bond(1);
        assertBooks();
    }

    function test_WithoutItsBondNobodyReports() public {
        feed = newOracle(feederList(FEEDERS), parameterSet());
        for (uint256 i = 0; i < 4; ++i) bondAs(i, BOND);
        bondAs(4, BOND - 1);
        vm.assertTrue(!feed.isActive(feederAt(4)), "a unit short");
        bytes4 selector = IVolatilityOracle.NotActive.selector;
        expectReportRevert(4, 1, PRICE, abi.encodeWithSelector(selector, feederAt(4), BOND));
        exitAs(0);
        expectReportRevert(0, 1, PRICE, abi.encodeWithSelector(IVolatilityOracle.Exiting.selector, NOW + 7 days));
        vm.prank(feederAt(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Exiting.selector, NOW + 7 days));
        feed.bond(1);
        vm.prank(feederAt(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.Exiting.selector, NOW + 7 days));
        feed.requestExit();
        vm.prank(feederAt(9));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NoBond.selector, feederAt(9)));
        feed.requestExit();
    }

    /// A bond is reached after the delay, not before: of one who leaves, was removed, was slashed, or all of it.
    function testFuzz_BondsAreReachable(bool removed, bool slashedBefore, uint64 wait, uint64 late) public {
        wait = uint64(bound(wait, 0, 7 days - 1));
        uint128 expected = BOND;
        if (slashedBefore) {
            _slashLast();
            expected -= SLASH;
        }
        if (removed) change(abi.encodeCall(feed.removeFeeder, (feederAt(4))));
        bytes memory early = abi.encodeWithSelector(IVolatilityOracle.ExitNotReady.selector, 0);
        vm.prank(feederAt(4));
        vm.expectRevert(early);
        feed.withdrawBond();
        exitAs(4);
        uint64 exitAt = uint64(block.timestamp) + 7 days;
        vm.warp(exitAt - 7 days + wait);
        vm.prank(feederAt(4));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.ExitNotReady.selector, exitAt));
        feed.withdrawBond();
        vm.warp(uint256(exitAt) + late % 365 days);
        vm.expectEmit();
        emit IVolatilityOracle.BondWithdrawn(feederAt(4), expected);
        withdrawAs(4);
        vm.assertEq(token.balanceOf(feederAt(4)), expected, "back");
        assertBooks();
        vm.prank(feederAt(4));
        vm.expectRevert(early);
        feed.withdrawBond(); // once
    }

    /// Nothing that owner, feeders or the recipient do keeps a bond back; no round needs to go on for it.
    function test_NothingStandsBetweenAFeederAndItsBond() public {
        Collector house = new Collector(IERC20(address(token)));
        house.behave(0, true);
        change(abi.encodeCall(feed.setSlashRecipient, (address(house), true)));
        _slashLast();
        vm.expectRevert(abi.encodeWithSelector(Collector.Refused.selector));
        feed.sweepSlashed();
        // All leave at once, and a round stays open with too few reports.
        vm.warp(block.timestamp + INTERVAL);
        reportAs(0, PRICE);
        for (uint256 i = 0; i < FEEDERS; ++i) exitAs(i);
        IVolatilityOracle.Parameters memory harsh = parameterSet();
        harsh.feederBond = 1 << 100;
        bytes memory call = abi.encodeCall(feed.setParameters, (harsh));
        vm.prank(OWNER);
        feed.schedule(call);
        vm.warp(block.timestamp + 7 days);
        for (uint256 i = 1; i < FEEDERS; ++i) withdrawAs(i);
        vm.prank(feederAt(0));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundIsOpen.selector, 2));
        feed.withdrawBond();
        vm.prank(feederAt(0)); // anyone may
        feed.finalize(2);
        feed.execute(call);
        withdrawAs(0);
        vm.assertEq(feed.totalBonds(), 0, "all are out");
        assertBooks();
    }

    /// Who has reported and asks to leave is judged all the same, and its report counts.
    function test_NobodyLeavesBeforeItsReportIsJudged() public {
        reportAs(4, PRICE * 2);
        exitAs(4);
        for (uint256 i = 0; i < 3; ++i) reportAs(i, PRICE);
        vm.warp(NOW + 30 days);
        vm.prank(feederAt(4));
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.RoundIsOpen.selector, 1));
        feed.withdrawBond();
        feed.finalize(1);
        assertState(1, IVolatilityOracle.RoundState.Void, "the first price wants four of five near it");
        feed = newOracle(feederList(FEEDERS), parameterSet());
        for (uint256 i = 0; i < FEEDERS; ++i) bondAs(i, BOND);
        uint64 start = uint64(block.timestamp);
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        reportAs(4, PRICE * 2);
        exitAs(4);
        feed.finalize(1); // all have reported
        vm.assertEq(feed.feeder(feederAt(4)).bond, BOND - SLASH, "slashed on its way out");
        vm.warp(start + 7 days);
        withdrawAs(4);
        assertBooks();
    }

    function test_StraysAreSlashedAndTheFundGetsIt() public {
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        reportAs(4, PRICE * 2);
        vm.expectEmit();
        emit IVolatilityOracle.Slashed(1, feederAt(4), SLASH);
        feed.finalize(1);
        vm.assertEq(feed.slashed(), SLASH, "slashed");
        vm.assertEq(feed.feeder(feederAt(4)).bond, BOND - SLASH, "its bond");
        vm.assertTrue(!feed.isActive(feederAt(4)), "must bond again");
        assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.NoSlashRecipient.selector));
        feed.sweepSlashed();
        change(abi.encodeCall(feed.setSlashRecipient, (FUND, false)));
        vm.expectEmit();
        emit IVolatilityOracle.SlashedSwept(FUND, SLASH);
        feed.sweepSlashed();
        vm.assertEq(token.balanceOf(FUND), SLASH, "swept");
        assertBooks();
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidAmount.selector, 0));
        feed.sweepSlashed();
    }

    /// Exactly `slashDeviation` from the median of any underlying is no stray, a micro-USD more is; once a round.
    function testFuzz_StraysAreBeyondTheDeviation(bool up, bool second, bool beyond, bool both) public {
        IVolatilityOracle.Reading[] memory list = readingOf(PRICE);
        for (uint256 k = 0; k < 2; ++k) {
            if (!both && (k == 1) != second) continue;
            uint128 far = list[k].price / 10 + (beyond ? 1 : 0);
            list[k].price = up ? list[k].price + far : list[k].price - far;
        }
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        reportAs(4, list);
        feed.finalize(1);
        vm.assertEq(feed.slashed(), beyond ? SLASH : 0, "slashed");
        assertBooks();
    }

    /// A bond covers what a round may cost while it lets its feeder report, so no slash takes more than there is.
    function test_EveryRoundSlashesAsMuchAsTheBondHas() public {
        IVolatilityOracle.Parameters memory mild = parameterSet();
        mild.feederBond = SLASH;
        change(abi.encodeCall(feed.setParameters, (mild)));
        for (uint256 i = 1; i <= 3; ++i) {
            _slashLast();
            vm.assertEq(feed.feeder(feederAt(4)).bond, BOND - i * SLASH, "each time");
            vm.warp(block.timestamp + INTERVAL);
        }
        vm.assertTrue(!feed.isActive(feederAt(4)), "100,000 are left: too little for a fourth");
        bytes4 selector = IVolatilityOracle.NotActive.selector;
        expectReportRevert(4, 4, PRICE, abi.encodeWithSelector(selector, feederAt(4), SLASH));
        assertBooks();
    }

    function test_ABondOfNothingCanLeave() public {
        IVolatilityOracle.Parameters memory whole = parameterSet();
        whole.slashAmount = BOND;
        feed = newOracle(feederList(FEEDERS), whole);
        for (uint256 i = 0; i < FEEDERS; ++i) bondAs(i, BOND);
        for (uint256 i = 0; i < 4; ++i) reportAs(i, PRICE);
        reportAs(4, PRICE * 2);
        exitAs(4);
        feed.finalize(1);
        vm.assertEq(feed.feeder(feederAt(4)).bond, 0, "all of it");
        vm.warp(NOW + 7 days);
        withdrawAs(4);
        vm.assertEq(token.balanceOf(feederAt(4)), 0, "nothing");
        bondAs(4, BOND);
        vm.assertTrue(feed.isActive(feederAt(4)), "back again");
        assertBooks();
    }

    // --- where slashed tokens go ---

    function test_TheClearingHouseCollectsSlashedTokens() public {
        Collector house = new Collector(IERC20(address(token)));
        change(abi.encodeCall(feed.setSlashRecipient, (address(house), true)));
        _slashLast();
        house.behave(1, false);
        bytes4 selector = IExactTransfers.WrongAmountMoved.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, SLASH - 1, SLASH));
        feed.sweepSlashed();
        house.behave(0, false);
        vm.prank(address(0x1234)); // anyone may
        feed.sweepSlashed();
        vm.assertEq(token.balanceOf(address(house)), SLASH, "collected");
        vm.assertEq(token.allowance(address(feed), address(house)), 0, "no allowance is left");
        assertBooks();
    }

    function test_TheRecipientIsSetOnce() public {
        bytes4 selector = IVolatilityOracle.InvalidSlashRecipient.selector;
        address[4] memory wrong = [address(0), address(feed), address(token), FUND];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory call = abi.encodeCall(feed.setSlashRecipient, (wrong[i], i == 3));
            expectChangeRevert(call, abi.encodeWithSelector(selector, wrong[i]));
        }
        vm.prank(OWNER);
        feed.schedule(abi.encodeCall(feed.setSlashRecipient, (FUND, false)));
        vm.warp(block.timestamp + 2 days);
        vm.expectEmit();
        emit IVolatilityOracle.SlashRecipientSet(FUND, false);
        feed.execute(abi.encodeCall(feed.setSlashRecipient, (FUND, false)));
        (address recipient, bool isClearingHouse) = feed.slashRecipient();
        vm.assertTrue(recipient == FUND && !isClearingHouse, "set");
        bytes memory again = abi.encodeCall(feed.setSlashRecipient, (address(0x2), false));
        selector = IVolatilityOracle.SlashRecipientAlreadySet.selector;
        expectChangeRevert(again, abi.encodeWithSelector(selector, FUND));
    }

    // --- tokens ---

    function test_RefusesTokensThatMisbehave() public {
        token.mint(feederAt(0), 100);
        vm.prank(feederAt(0));
        token.approve(address(feed), 100);
        _expectBondRevert(address(new FeeToken()), _moved(99, 100));
        _expectBondRevert(address(new LyingToken()), _moved(0, 100));
        bytes4 failed = SafeERC20.SafeERC20FailedOperation.selector;
        _expectBondRevert(address(new FalseToken()), abi.encodeWithSelector(failed, address(token)));
        vm.assertEq(feed.totalBonds(), FEEDERS * BOND, "unchanged");
        exitAs(0);
        vm.warp(NOW + 7 days);
        _expectWithdrawalRevert(address(new FalseToken()), abi.encodeWithSelector(failed, address(token)));
        _expectWithdrawalRevert(address(new LyingToken()), _moved(0, BOND));
        vm.assertEq(feed.feeder(feederAt(0)).bond, BOND, "still its own");
    }

    /// What a token takes from who receives is that one's loss; what it took from the others' bonds would be theirs.
    function test_AFeeOnWayOutIsNobodyElsesLoss() public {
        exitAs(0);
        vm.warp(NOW + 7 days);
        vm.etch(address(token), address(new FeeToken()).code);
        FeeToken(address(token)).setChargesSender(true);
        vm.prank(feederAt(0));
        vm.expectRevert(_moved(BOND + 1, BOND));
        feed.withdrawBond();
        FeeToken(address(token)).setChargesSender(false);
        withdrawAs(0);
        vm.assertEq(token.balanceOf(feederAt(0)), BOND - 1, "its own loss");
        assertBooks();
    }

    function test_TokensCantReenter() public {
        _slashLast();
        change(abi.encodeCall(feed.setSlashRecipient, (FUND, false)));
        exitAs(0);
        vm.warp(block.timestamp + 7 days);
        token.mint(feederAt(1), 100);
        vm.prank(feederAt(1));
        token.approve(address(feed), 100);
        vm.etch(address(token), address(new ReentrantToken()).code);
        bytes[3] memory calls = [
            abi.encodeCall(feed.bond, (1)),
            abi.encodeCall(feed.withdrawBond, ()),
            abi.encodeCall(feed.sweepSlashed, ())
        ];
        bytes memory refused = abi.encodeWithSelector(
            ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector
        );
        for (uint256 i = 0; i < 3; ++i) {
            ReentrantToken(address(token)).attack(address(feed), calls[i]);
            vm.prank(feederAt(1));
            vm.expectRevert(refused);
            feed.bond(100);
            vm.prank(feederAt(0));
            vm.expectRevert(refused);
            feed.withdrawBond();
            vm.expectRevert(refused);
            feed.sweepSlashed();
        }
        ReentrantToken(address(token)).attack(address(0), "");
        withdrawAs(0);
        feed.sweepSlashed();
        assertBooks();
    }

    function _moved(uint256 moved, uint256 expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IExactTransfers.WrongAmountMoved.selector, moved, expected);
    }

    function _expectBondRevert(address code, bytes memory data) private {
        vm.etch(address(token), code.code);
        vm.prank(feederAt(0));
        vm.expectRevert(data);
        feed.bond(100);
    }

    function _expectWithdrawalRevert(address code, bytes memory data) private {
        vm.etch(address(token), code.code);
        vm.prank(feederAt(0));
        vm.expectRevert(data);
        feed.withdrawBond();
    }

    // --- the list ---

    function test_BoundsTheListOfFeeders() public {
        bytes memory invalid = abi.encodeWithSelector(IVolatilityOracle.InvalidFeeders.selector);
        address[] memory zero = feederList(3);
        zero[2] = address(0);
        address[] memory twice = feederList(3);
        twice[2] = feederAt(0);
        _expectListRevert(feederList(2), invalid);
        _expectListRevert(feederList(17), invalid);
        _expectListRevert(zero, invalid);
        _expectListRevert(twice, abi.encodeWithSelector(IVolatilityOracle.AlreadyFeeder.selector, feederAt(0)));
        vm.assertEq(newOracle(feederList(16), parameterSet()).feeders().length, 16, "sixteen");
        vm.expectRevert(abi.encodeWithSelector(IVolatilityOracle.InvalidToken.selector, FUND));
        new VolatilityOracle(OWNER, IERC20(FUND), symbols(), feederList(3), parameterSet());
        feed = newOracle(feederList(16), parameterSet());
        expectChangeRevert(abi.encodeCall(feed.addFeeder, (feederAt(16))), invalid);
        feed = newOracle(feederList(3), parameterSet());
        expectChangeRevert(abi.encodeCall(feed.removeFeeder, (feederAt(0))), invalid);
        IVolatilityOracle.Parameters memory four = parameterSet();
        four.minFeeders = 4;
        feed = newOracle(feederList(4), four);
        expectChangeRevert(abi.encodeCall(feed.removeFeeder, (feederAt(0))), invalid);
    }

    function test_AddsAndRemovesFeeders() public {
        bytes4 selector = IVolatilityOracle.AlreadyFeeder.selector;
        bytes memory call = abi.encodeCall(feed.addFeeder, (feederAt(1)));
        expectChangeRevert(call, abi.encodeWithSelector(selector, feederAt(1)));
        call = abi.encodeCall(feed.removeFeeder, (feederAt(7)));
        expectChangeRevert(call, abi.encodeWithSelector(IVolatilityOracle.NotFeeder.selector, feederAt(7)));
        change(abi.encodeCall(feed.removeFeeder, (feederAt(1))));
        vm.assertEq(feed.feeders()[1], feederAt(4), "the last takes its place");
        vm.assertEq(feed.feeder(feederAt(4)).position, 2, "and knows it");
        vm.assertTrue(!feed.isActive(feederAt(1)), "removed");
        bytes memory refused = abi.encodeWithSelector(IVolatilityOracle.NotFeeder.selector, feederAt(1));
        expectReportRevert(1, 1, PRICE, refused);
        for (uint256 i = 0; i < FEEDERS; ++i) if (i != 1) reportAs(i, PRICE);
        feed.finalize(1);
        feed.execute(abi.encodeCall(feed.addFeeder, (feederAt(1)))); // what was refused before still waits
        vm.assertTrue(feed.isActive(feederAt(1)), "its bond was there all the time");
        vm.warp(block.timestamp + INTERVAL);
        reportAs(1, PRICE);
        vm.assertEq(feed.round(2).electorate, 31, "all five");
    }

    // --- parameters ---

    function test_SettersTakeScheduledCallsOnly() public {
        bytes memory refused = abi.encodeWithSelector(IGoverned.OnlyScheduled.selector, OWNER);
        vm.startPrank(OWNER);
        vm.expectRevert(refused);
        feed.addFeeder(feederAt(7));
        vm.expectRevert(refused);
        feed.removeFeeder(feederAt(0));
        vm.expectRevert(refused);
        feed.setParameters(parameterSet());
        vm.expectRevert(refused);
        feed.setSlashRecipient(FUND, false);
        vm.stopPrank();
    }

    function test_ParametersChangeAsAWhole() public {
        IVolatilityOracle.Parameters memory given = parameterSet();
        given.interval = 1 hours;
        given.maxAge = 7 days;
        given.minFeeders = 5;
        change(abi.encodeCall(feed.setParameters, (given)));
        vm.assertEq(keccak256(abi.encode(feed.parameters())), keccak256(abi.encode(given)), "all of them");
    }

    function testFuzz_BoundsParameters(uint8 which, bool low) public {
        which = uint8(bound(which, 0, 9));
        IVolatilityOracle.Parameters memory p = parameterSet();
        bytes32[10] memory names = [
            bytes32("interval"),
            "reportWindow",
            "maxAge",
            "maxMove",
            "tolerance",
            "slashDeviation",
            "minFeeders",
            "realisedRounds",
            "feederBond",
            "slashAmount"
        ];
        uint256 bad;
        if (which == 0) bad = p.interval = low ? 59 : 1 days + 1;
        if (which == 1) bad = p.reportWindow = low ? 29 : INTERVAL + 1;
        if (which == 2) bad = p.maxAge = low ? INTERVAL + WINDOW - 1 : 7 days + 1;
        if (which == 3) bad = p.maxMove = low ? 999 : 500_001;
        if (which == 4) bad = p.tolerance = low ? 99 : 50_001;
        if (which == 5) bad = p.slashDeviation = low ? 4_999 : 1_000_001;
        if (which == 6) bad = p.minFeeders = low ? 2 : 6;
        if (which == 7) bad = p.realisedRounds = low ? 1 : 65;
        if (which == 8) bad = p.feederBond = low ? 0 : (1 << 100) + 1;
        if (which == 9) bad = p.slashAmount = low ? 0 : BOND + 1;
        bytes memory invalid = invalidParameter(names[which], bad);
        expectChangeRevert(abi.encodeCall(feed.setParameters, (p)), invalid);
        vm.expectRevert(invalid);
        new VolatilityOracle(OWNER, IERC20(address(token)), symbols(), feederList(FEEDERS), p);
    }

    function _expectListRevert(address[] memory list, bytes memory data) private {
        vm.expectRevert(data);
        new VolatilityOracle(OWNER, IERC20(address(token)), symbols(), list, parameterSet());
    }
}
