// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CoverageResolver} from "contracts/consumers/CoverageResolver.sol";
import {EasResolver} from "contracts/consumers/EasResolver.sol";
import {EasAttestation} from "contracts/consumers/IEas.sol";
import {SolvencyResolver} from "contracts/consumers/SolvencyResolver.sol";
import {EngineStandIn, LiquidationFixture} from "../helpers/LiquidationFixture.sol";
import {SolvencyFixture} from "../helpers/SolvencyFixture.sol";

/// An attestation as the service hands it to a resolver.
function attestationOf(
    address recipient,
    uint64 expirationTime,
    bytes memory data
) pure returns (EasAttestation memory a) {
    (a.recipient, a.expirationTime, a.data, a.revocable) = (recipient, expirationTime, data, true);
}

contract CoverageResolverTest is LiquidationFixture {
    address private constant EAS = address(0xea5);
    uint64 private constant END = NOW + MAX_AGE;
    CoverageResolver private resolver;

    function setUp() public override {
        super.setUp();
        vm.assertEq(address(new EngineStandIn()), engineAt, "the engine's place");
        resolver = new CoverageResolver(EAS, ledger, registry);
        attest(ALICE, 1);
    }

    function _said(address recipient, uint64 end, uint256 id, uint8 tier, uint64 time) private returns (bool) {
        vm.prank(EAS);
        return resolver.attest(attestationOf(recipient, end, abi.encode(id, tier, time)));
    }

    function test_LetsThroughWhatTheRegistrySays() public {
        vm.assertTrue(_said(ALICE_OWNER, END, ALICE, 1, NOW), "as it is");
        vm.assertTrue(_said(ALICE_OWNER, END - 1, ALICE, 1, NOW), "for less time");
    }

    function test_RefusesWhatItDoesNotSay() public {
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 0, NOW), "a better tier");
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 2, NOW), "a worse tier");
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 1, NOW + 1), "a younger market");
        vm.assertTrue(!_said(BOB_OWNER, END, ALICE, 1, NOW), "about another owner");
        vm.assertTrue(!_said(ALICE_OWNER, END + 1, ALICE, 1, NOW), "for longer than the proof");
        vm.assertTrue(!_said(ALICE_OWNER, 0, ALICE, 1, NOW), "for ever");
        vm.assertTrue(!_said(BOB_OWNER, END, BOB, 1, NOW), "without a proof");
        vm.assertTrue(!_said(address(0), END, HOUSE, 0, NOW), "of nobody's account");
    }

    function test_RefusesWhatNoLongerHolds() public {
        vm.prank(engineAt);
        ledger.setFrozen(ALICE, true);
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 1, NOW), "in a case");
        vm.prank(engineAt);
        ledger.setFrozen(ALICE, false);
        update(ALICE, commitmentOf(ALICE, 1));
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 1, NOW), "traded");
        vm.warp(END + 1);
        vm.assertTrue(!_said(ALICE_OWNER, END, ALICE, 1, NOW), "expired");
    }

    function test_RefusesManyForOne() public {
        EasAttestation[] memory list = new EasAttestation[](2);
        list[0] = attestationOf(ALICE_OWNER, END, abi.encode(ALICE, uint8(1), NOW));
        list[1] = attestationOf(ALICE_OWNER, END, abi.encode(ALICE, uint8(1), NOW));
        vm.startPrank(EAS);
        vm.assertTrue(resolver.multiAttest(list, new uint256[](2)), "both hold");
        list[1].data = abi.encode(ALICE, uint8(0), NOW);
        vm.assertTrue(!resolver.multiAttest(list, new uint256[](2)), "one does not");
        vm.assertTrue(resolver.revoke(list[0]) && resolver.multiRevoke(list, new uint256[](2)), "revoked");
        vm.stopPrank();
    }

    function test_OnlyTheServiceCallsAndPaysNothing() public {
        EasAttestation memory a = attestationOf(ALICE_OWNER, END, abi.encode(ALICE, uint8(1), NOW));
        vm.expectRevert(abi.encodeWithSelector(EasResolver.NotTheService.selector, address(this)));
        resolver.attest(a);
        vm.expectRevert(abi.encodeWithSelector(EasResolver.NotTheService.selector, address(this)));
        resolver.revoke(a);
        CoverageResolver ours = new CoverageResolver(address(this), ledger, registry);
        vm.expectRevert(abi.encodeWithSelector(EasResolver.NotPayable.selector));
        ours.attest{value: 1}(a);
        vm.assertTrue(!resolver.isPayable(), "says so");
    }
}

contract SolvencyResolverTest is SolvencyFixture {
    address private constant EAS = address(0xea5);
    uint64 private constant END = NOW + MAX_AGE;
    uint256 private constant RATIO = 1_250_000;
    SolvencyResolver private resolver;
    bytes32 private runId;

    function setUp() public override {
        super.setUp();
        resolver = new SolvencyResolver(EAS, solvency);
        runId = runWith(1);
    }

    function _said(address recipient, uint64 end, bytes32 id, uint256 ratio, uint64 time) private returns (bool) {
        vm.prank(EAS);
        return resolver.attest(attestationOf(recipient, end, abi.encode(id, ratio, time)));
    }

    function test_LetsThroughWhatAClosedRunSays() public {
        vm.assertTrue(!_said(address(solvency), END, runId, RATIO, NOW), "open");
        closeRun(runId);
        vm.assertTrue(_said(address(solvency), END, runId, RATIO, NOW), "closed");
        vm.assertTrue(!_said(address(solvency), END, runId, RATIO + 1, NOW), "better covered");
        vm.assertTrue(!_said(address(solvency), END, runId, RATIO, NOW + 1), "a younger market");
        vm.assertTrue(!_said(address(this), END, runId, RATIO, NOW), "about somebody else");
        vm.assertTrue(!_said(address(solvency), END + 1, runId, RATIO, NOW), "for longer");
        vm.assertTrue(!_said(address(solvency), END, bytes32(uint256(runId) ^ 1), RATIO, NOW), "another run");
        vm.warp(END + 1);
        vm.assertTrue(!_said(address(solvency), END, runId, RATIO, NOW), "expired");
    }
}
