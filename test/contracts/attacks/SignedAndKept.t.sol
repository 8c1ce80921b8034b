// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim} from "contracts/liquidation/facts/Claims.sol";
import {FactChecker} from "contracts/liquidation/facts/FactChecker.sol";
import {IOracleSigners} from "contracts/snapshot/IOracleSigners.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {LiquidationFixture} from "../helpers/LiquidationFixture.sol";

/// M4: a stranger kept a snapshot that was signed and never sent, and sends it when its prices suit: the newest was the
/// last published, so it decided what follows for money.
contract SignedAndKeptAttack is LiquidationFixture {
    int256 private constant FORTUNE = 1_000_000 * 1e6;
    uint64 private constant KEPT = NOW + 60;

    FactChecker private facts;

    function setUp() public override {
        super.setUp();
        facts = new FactChecker(registry, clock, address(ledger));
    }

    /// Signed for ten minutes, as `ballast sign` does by itself: nobody sends it later.
    function test_M4_WhatWasSignedForMinutesIsNotPublishedLater() public {
        ISnapshotOracle.Header memory h = header(KEPT);
        ISnapshotOracle.TablePoint[] memory points = allPoints(snapshotIdOf(h));
        uint64 until = KEPT + 10 minutes;
        bytes32 digest = oracle.publishDigest(h, policyElements(), points, until);
        IOracleSigners.OracleSignature[] memory list = signatures(digest, 2);
        vm.warp(until + 1);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotOracle.PublicationLapsed.selector, until));
        oracle.publish(h, policyElements(), points, until, list);
        vm.warp(until); // the honest sender is in time
        oracle.publish(h, policyElements(), points, until, list);
        clock.enter(snapshotIdOf(h));
    }

    /// Signed for as long as signers may, and published after a newer one: it decides nothing.
    function test_M4_AnOlderSnapshotNeverBecomesTheNewest() public {
        advance(50 minutes);
        uint256 newest = snapshotId;
        uint64 time = uint64(block.timestamp);
        uint256 late = publishAll(KEPT);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewer.selector, KEPT, time));
        clock.enter(late);
        uint256 commitment = commitmentOf(ALICE, 0);
        EquityClaim memory poor = equityClaim(late, ALICE, commitment, 4, -FORTUNE);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.NotNewest.selector, late, newest));
        facts.requireNewestEquity(poor, commitment);
        facts.requireNewestEquity(equityClaim(newest, ALICE, commitment, 0, FORTUNE), commitment);
    }

    /// Two that nobody sent: the stranger enters the older first, the newer follows after the least spacing.
    function test_M4_WhoEntersAnOlderOneFirstGainsTheSpacing() public {
        uint256 older = publishAll(NOW + 1);
        uint256 newer = publishAll(NOW + 2);
        vm.warp(NOW + 3);
        clock.enter(older);
        vm.expectRevert(abi.encodeWithSelector(IMarketClock.TooSoon.selector, NOW + 3 + SPACING));
        clock.enter(newer);
        vm.warp(NOW + 3 + SPACING);
        clock.enter(newer);
        (uint256 found, ) = clock.newest();
        vm.assertEq(found, newer, "newest");
    }
}
