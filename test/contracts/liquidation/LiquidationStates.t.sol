// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {GateFixture} from "../helpers/GateFixture.sol";

/// Every call in every phase of a case: each is made with all that it needs, and goes through exactly where the list says.
/// `nextActions` and docs/protocol/liquidation.md are held to the same list (test/chain/liquidation/states.test.ts).
contract LiquidationStatesTest is GateFixture {
    bytes32 private constant SALT = "salt";
    uint64 private constant BID = 70_000;
    uint256 private constant WORTH = 100_000;

    string[10] private phases = [
        "soft",
        "bidding",
        "revealing",
        "turn",
        "failed",
        "unshown",
        "sale",
        "takeover",
        "over",
        "closed"
    ];
    string[] private calls;
    mapping(string call => mapping(string phase => bool isAllowed)) private _allowed;

    function setUp() public override {
        super.setUp();
        fund(ALICE_OWNER, address(engine), 50 * UNITS);
        _list("reduce", "soft");
        _list("escalate", "soft");
        _list("cure", "soft bidding revealing turn failed unshown sale takeover over");
        _list("cureByTransfer", "soft bidding revealing turn failed unshown sale takeover over");
        _list("abandon", "over");
        _list("commitBid", "bidding");
        _list("revealBid", "revealing");
        _list("settle", "turn");
        _list("withdrawBid", "turn");
        _list("showEquity", "failed sale takeover");
        _list("lapse", "unshown");
        _list("buy", "sale");
        _list("takeOver", "takeover");
    }

    function test_EveryCallGoesThroughExactlyWhereItBelongs() public {
        vm.pauseGasMetering();
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < phases.length; ++i) {
            uint256 caseId = _reach(phases[i]);
            uint256 here = vm.snapshotState();
            for (uint256 j = 0; j < calls.length; ++j) {
                string memory name = calls[j];
                bytes memory data = abi.encodeWithSignature(string.concat(name, "(uint256)"), caseId);
                (bool isDone, ) = address(this).call(data);
                bool isRight = isDone == _allowed[name][phases[i]];
                vm.assertTrue(isRight, string.concat(name, " in ", phases[i], isDone ? " goes through" : " fails"));
                vm.revertToState(here);
                here = vm.snapshotState();
            }
            vm.revertToState(start);
            start = vm.snapshotState();
        }
    }

    // --- the phases ---

    function _reach(string memory phase) private returns (uint256 caseId) {
        bytes32 name = keccak256(bytes(phase));
        bool isSoft = name == keccak256("soft") || name == keccak256("over") || name == keccak256("closed");
        caseId = openCase(isSoft ? 2 : name == keccak256("takeover") ? 4 : 3);
        if (name == keccak256("over")) {
            vm.warp(clock.servesUntil() + UNSERVED + 1);
            advance(1);
        }
        if (name == keccak256("closed")) this.cure(caseId);
        bool isBid = name == keccak256("revealing") || name == keccak256("turn");
        if (isBid) this.commitBid(caseId);
        if (isBid) serve(COMMIT);
        if (name == keccak256("turn")) this.revealBid(caseId);
        if (name == keccak256("turn")) serve(REVEAL);
        bool isSale = name == keccak256("sale");
        bool isUnshown = name == keccak256("unshown");
        if (isSale || isUnshown || name == keccak256("failed")) serve(COMMIT + REVEAL);
        if (isUnshown) serve(SALE_START);
        if (isSale) sale.showEquity(caseId, equityClaim(ALICE, 3, lotsOf(WORTH)));
        if (name == keccak256("takeover")) serve(NOTICE);
    }

    // --- the calls, each with all that it needs ---

    function reduce(uint256 caseId) external {
        TransferClaim memory claim = caseTransfer("reduce", caseId, VENUE, BOB, -9, false);
        attest(ALICE, claim.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        vm.prank(VENUE);
        engine.reduce(caseId, claim, reduction, new EquityClaim[](0));
    }

    function escalate(uint256 caseId) external {
        advance(1);
        attest(ALICE, 3);
        engine.escalate(caseId);
    }

    function cure(uint256 caseId) external {
        advance(1);
        attest(ALICE, 1);
        engine.cure(caseId);
    }

    function cureByTransfer(uint256 caseId) external {
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, ALICE_OWNER);
        TransferClaim memory claim = keptClaim(TransferTerms(ALICE, next(ALICE), 0, 0, 0, 50, false, purpose));
        advance(1);
        attest(ALICE, claim.newA, 1);
        vm.prank(ALICE_OWNER);
        engine.cureByTransfer(caseId, claim);
    }

    function abandon(uint256 caseId) external {
        engine.abandon(caseId);
    }

    function commitBid(uint256 caseId) external {
        bytes32 bidHash = auction.bidHashOf(caseId, engine.caseOf(caseId).version, liquidator(0), BID, SALT);
        vm.prank(liquidator(0));
        auction.commitBid(caseId, bidHash);
    }

    function revealBid(uint256 caseId) external {
        vm.prank(liquidator(0));
        auction.revealBid(caseId, BID, SALT);
    }

    function settle(uint256 caseId) external {
        TransferClaim memory claim = caseTransfer("award", caseId, liquidator(0), accountOf(0), int64(BID), true);
        attest(accountOf(0), claim.newB, 1);
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(WORTH));
        vm.prank(liquidator(0));
        auction.settle(caseId, claim, equity);
    }

    function withdrawBid(uint256 caseId) external {
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(10 * WORTH));
        vm.prank(liquidator(0));
        auction.withdrawBid(caseId, equity);
    }

    /// What moves the case where it can be moved at all: to the takeover from the sale, else to the sale.
    function showEquity(uint256 caseId) external {
        bool isSale = statusOf(caseId) == ILiquidationEngine.Status.Sale;
        sale.showEquity(caseId, equityClaim(ALICE, 3, isSale ? int256(0) : lotsOf(WORTH)));
    }

    function lapse(uint256 caseId) external {
        sale.lapse(caseId);
    }

    function buy(uint256 caseId) external {
        TransferClaim memory claim = caseTransfer("award", caseId, liquidator(1), accountOf(1), int64(uint64(WORTH)), true);
        attest(accountOf(1), claim.newB, 1);
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(WORTH));
        uint32 version = engine.caseOf(caseId).version;
        vm.prank(liquidator(1));
        sale.buy(caseId, version, claim, equity);
    }

    function takeOver(uint256 caseId) external {
        TransferClaim memory claim = caseTransfer("takeover", caseId, address(house), HOUSE, 0, true);
        EquityClaim memory equity = equityClaim(ALICE, 4, -1);
        vm.prank(OPERATOR);
        house.takeOver(caseId, claim, equity);
    }

    /// Lets a call through in these phases, whose names are separated by spaces.
    function _list(string memory call, string memory where) private {
        calls.push(call);
        bytes memory text = bytes(where);
        uint256 from;
        for (uint256 i = 0; i <= text.length; ++i) {
            if (i < text.length && text[i] != " ") continue;
            bytes memory word = new bytes(i - from);
            for (uint256 k = 0; k < word.length; ++k) word[k] = text[from + k];
            _allowed[call][string(word)] = true;
            from = i + 1;
        }
    }
}
