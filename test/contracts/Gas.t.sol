// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IDeleveraging} from "contracts/clearing/IDeleveraging.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {
    DeleverageClaim,
    EmptyClaim,
    EquityClaim,
    MembershipClaim,
    ReductionClaim,
    TransferClaim
} from "contracts/liquidation/facts/Claims.sol";
import {GasMeter} from "./helpers/GasMeter.sol";
import {GateFixture} from "./helpers/GateFixture.sol";

/// What the transactions of a liquidation cost: forge refuses another number than the snapshot's (docs/reference/gas.md).
contract GasTest is GateFixture, GasMeter {
    function _measure(string memory name, address caller, address target, bytes memory data) private {
        measure("liquidation", name, caller, target, data, 1);
    }

    /// forge-config: default.isolate = true
    function test_GasOfASoftCure() public {
        attest(ALICE, 2);
        _measure("01 open a case", STRANGER, address(engine), abi.encodeCall(engine.open, (ALICE)));
        TransferClaim memory claim = caseTransfer("reduce", 1, VENUE, BOB, -9, false);
        attest(ALICE, claim.newA, 2);
        ReductionClaim memory reduction = reductionClaim(ALICE, claim.newA, MAX_PENALTY);
        bytes memory data = abi.encodeCall(engine.reduce, (1, claim, reduction, new EquityClaim[](0)));
        _measure("02 move a slice to another account, two proofs", VENUE, address(engine), data);
        advance(1);
        attest(ALICE, 1);
        _measure("03 cure", STRANGER, address(engine), abi.encodeCall(engine.cure, (1)));
    }

    /// forge-config: default.isolate = true
    function test_GasOfAnAward() public {
        openCase(3);
        bytes32 bidHash = auction.bidHashOf(1, 1, liquidator(0), 500, "salt");
        bytes memory data = abi.encodeCall(auction.commitBid, (1, bidHash));
        _measure("04 commit a bid", liquidator(0), address(auction), data);
        serve(COMMIT);
        data = abi.encodeCall(auction.revealBid, (1, 500, "salt"));
        _measure("05 reveal it", liquidator(0), address(auction), data);
        serve(REVEAL);
        TransferClaim memory claim = caseTransfer("award", 1, liquidator(0), accountOf(0), 500, true);
        attest(accountOf(0), claim.newB, 1);
        data = abi.encodeCall(auction.settle, (1, claim, equityClaim(ALICE, 3, lotsOf(500))));
        _measure("06 settle an award, two proofs", liquidator(0), address(auction), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfASale() public {
        openCase(3);
        serve(COMMIT + REVEAL);
        EquityClaim memory equity = equityClaim(ALICE, 3, lotsOf(100_000));
        bytes memory data = abi.encodeCall(sale.showEquity, (1, equity));
        _measure("07 open a public sale, one proof", STRANGER, address(sale), data);
        TransferClaim memory claim = caseTransfer(
            "award",
            1,
            liquidator(0),
            accountOf(0),
            int64(uint64(sale.priceOf(1, 100_000))),
            true
        );
        attest(accountOf(0), claim.newB, 1);
        uint32 version = engine.caseOf(1).version;
        data = abi.encodeCall(sale.buy, (1, version, claim, equity));
        _measure("08 buy, two proofs", liquidator(0), address(sale), data);
        vm.warp(block.timestamp + HOLD);
        volatility.set(2, 35_000, false);
        data = abi.encodeCall(sale.releaseHold, (1));
        _measure("09 release a hold-back", STRANGER, address(sale), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfATakeover() public {
        fund(STRANGER, address(house), 1e12);
        bytes memory data = abi.encodeCall(house.deposit, (ILossPools.Pool.InsuranceFund, 1e9));
        _measure("10 pay into a fund", STRANGER, address(house), data);
        openCase(4);
        serve(NOTICE);
        TransferClaim memory claim = caseTransfer("takeover", 1, address(house), HOUSE, 0, true);
        data = abi.encodeCall(house.takeOver, (1, claim, equityClaim(ALICE, 4, -500_000_000)));
        _measure("11 take a portfolio over, two proofs", OPERATOR, address(house), data);
        advance(10 minutes);
        EquityClaim memory shown = equityClaim(HOUSE, 4, -500_000_000);
        bytes32 purpose = keccak256(abi.encode(bytes32("absorb"), snapshotId));
        claim = keptClaim(TransferTerms(HOUSE, next(HOUSE), 0, 0, 0, 50_000, false, purpose));
        data = abi.encodeCall(house.absorb, (shown, claim));
        _measure("12 absorb a loss, two proofs", STRANGER, address(house), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfADeleveraging() public {
        TransferClaim memory none;
        house.absorb(equityClaim(HOUSE, 4, -1_000_000), none);
        IDeleveraging.Terms memory terms = IDeleveraging.Terms(10, false, 40, 100, -123);
        DeleverageClaim memory holding = deleverageClaim(
            DeleverageTerms(HOUSE, ledger.commitmentOf(HOUSE), commitmentOf(HOUSE, 99), 10, true, 1, 1, 0, 40)
        );
        EquityClaim memory shown = equityClaim(HOUSE, 4, -1_000_000);
        bytes memory data = abi.encodeCall(house.openRound, (terms, commitmentOf(HOUSE, 99), holding, shown));
        _measure("15 open a round of deleveraging, two proofs", OPERATOR, address(house), data);
        bytes32 purpose = keccak256(abi.encode(bytes32("deleverage"), uint256(1)));
        TransferClaim memory claim = transferClaim(
            TransferTerms(ALICE, next(ALICE), HOUSE, next(HOUSE), 17, 0, false, purpose)
        );
        DeleverageClaim memory part = deleverageClaim(
            DeleverageTerms(ALICE, ledger.commitmentOf(ALICE), next(ALICE), 10, false, 40, 100, -123, 16)
        );
        shown = equityClaim(snapshotId, HOUSE, next(HOUSE), 4, -600_000);
        EquityClaim memory holder = equityClaim(snapshotId, ALICE, claim.newA, 0, 7);
        data = abi.encodeCall(house.deleverage, (1, claim, part, shown, holder));
        _measure("16 close a holder's part, four proofs", OPERATOR, address(house), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfLeavingAFund() public {
        fund(STRANGER, address(house), 1e12);
        vm.prank(STRANGER);
        uint256 shares = house.deposit(ILossPools.Pool.InsuranceFund, 1e9);
        bytes memory data = abi.encodeCall(house.requestWithdrawal, (ILossPools.Pool.InsuranceFund, shares));
        _measure("17 ask to leave a fund", STRANGER, address(house), data);
        uint256 state = vm.snapshotState();
        data = abi.encodeCall(house.cancelWithdrawal, (1));
        _measure("18 take that back", STRANGER, address(house), data);
        vm.revertToState(state);
        vm.warp(block.timestamp + 2 days);
        data = abi.encodeCall(house.withdraw, (1, STRANGER));
        _measure("19 leave it", STRANGER, address(house), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfAChallenge() public {
        fund(STRANGER, address(challenges), CHALLENGE_BOND);
        uint256 asked = snapshotId;
        serve(ANSWER);
        bytes memory data = abi.encodeCall(challenges.challenge, (ALICE, ledger.commitmentOf(ALICE), asked));
        _measure("13 challenge an account", STRANGER, address(challenges), data);
        advance(1);
        attest(ALICE, 1);
        data = abi.encodeCall(challenges.settleChallenge, (ALICE, 3));
        _measure("14 answer with an attestation", STRANGER, address(challenges), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfTheNewestSnapshot() public {
        vm.warp(block.timestamp + 5 minutes);
        uint256 id = publishAll(uint64(block.timestamp));
        bytes memory data = abi.encodeCall(clock.enter, (id));
        _measure("20 make a snapshot the newest, three table circuits", STRANGER, address(clock), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfAnAccountsCash() public {
        fund(ALICE_OWNER, address(desk), 1e12);
        bytes32 purpose = keccak256(abi.encode(bytes32("deposit"), ALICE_OWNER));
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), 0, 0, 0, 500, false, purpose);
        bytes memory data = abi.encodeCall(desk.deposit, (keptClaim(terms)));
        _measure("21 pay into an account, one proof", ALICE_OWNER, address(desk), data);
        purpose = keccak256(abi.encode(bytes32("withdraw"), ALICE_OWNER));
        TransferClaim memory claim = keptClaim(
            TransferTerms(ALICE, next(ALICE), 0, 0, 0, -400, false, purpose)
        );
        attest(ALICE, claim.newA, 0);
        data = abi.encodeCall(desk.withdraw, (claim, ALICE_OWNER));
        _measure("22 take out of an account, one proof", ALICE_OWNER, address(desk), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfAnAnchor() public {
        uint256 commitment = ledger.commitmentOf(HOUSE);
        bytes32 runId = closeRun(uint64(block.timestamp));
        MembershipClaim memory claim = membershipClaim(HOUSE, commitment);
        bytes memory data = abi.encodeCall(anchors.anchor, (HOUSE, commitment, runId, claim));
        _measure("23 anchor a portfolio, one proof", STRANGER, address(anchors), data);
    }

    /// forge-config: default.isolate = true
    function test_GasOfOpenedAccounts() public {
        fund(STRANGER, address(ledger), CHALLENGE_BOND);
        EmptyClaim memory proven = emptyClaim(openedId(STRANGER, 0), 0xe3);
        bytes memory data = abi.encodeCall(ledger.openAccount, (0, 0xe3, proven));
        _measure("24 open an account, one proof", STRANGER, address(ledger), data);
        data = abi.encodeCall(accounts.show, (equityClaim(HOUSE, 4, -500_000_000)));
        _measure("25 show what an account of the house's is worth, one proof", STRANGER, address(accounts), data);
    }
}
