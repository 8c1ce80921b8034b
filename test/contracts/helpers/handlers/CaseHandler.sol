// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {CeilingFixture} from "../CeilingFixture.sol";

/// The venue, its customers and whoever challenges them: actions up to the auction.
abstract contract CaseHandler is CeilingFixture {
    uint256 internal constant CUSTOMERS = 5;
    uint256 internal constant FIRST_CUSTOMER = 3001;

    /// What went wrong, if anything did.
    string public violation;
    /// Successful calls by action: `test_EveryActionSucceeds` reads them, as invariants over calls that fail say nothing.
    mapping(string action => uint256 times) public done;
    /// Whole portfolios moved away, by case.
    mapping(uint256 caseId => uint256 times) public awards;
    /// Lots that came into the vault by proofs, less those that left it.
    uint256 public fundedLots;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < CUSTOMERS; ++i) register(FIRST_CUSTOMER + i, owner(i), false);
        fund(STRANGER, address(engine), 1e18);
        fund(STRANGER, address(challenges), 1e18);
        advance(1);
    }

    function owner(uint256 i) internal pure returns (address) {
        return address(uint160(0x0e000 + i));
    }

    // --- time ---

    function passTime(uint16 seconds_) external {
        serve(uint64(bound(seconds_, 1, 25 minutes)));
        ++done["time"];
    }

    /// Time in which the oracle publishes nothing.
    function passTimeInSilence(uint16 seconds_) external {
        vm.warp(block.timestamp + bound(seconds_, 1, 2 hours));
        ++done["silence"];
    }

    // --- the venue's accounts ---

    function attestTier(uint256 who, uint8 tier) external {
        uint256 accountId = _customer(who);
        uint256 commitment = ledger.commitmentOf(accountId);
        if (registry.attestation(accountId, commitment).snapshotTime >= block.timestamp) advance(1);
        attest(accountId, uint8(bound(tier, 0, 4)));
        ++done["attest"];
    }

    /// The venue's word, for an account that it may change or not.
    function updatePortfolio(uint256 who) external {
        uint256 accountId = _customer(who);
        uint256 commitment = next(accountId);
        bool isRefused = ledger.account(accountId).frozen ||
            challenges.isChallenged(accountId) ||
            block.timestamp < ledger.lockedUntil(accountId);
        update(accountId, commitment);
        bool isChanged = ledger.commitmentOf(accountId) == commitment;
        if (isChanged == isRefused) violation = "the venue's word against a case, a challenge or a lock";
        ++done[isRefused ? "skip" : "update"];
    }

    function lockAccount(uint256 who, uint24 seconds_) external {
        uint64 until = uint64(block.timestamp + bound(seconds_, 1, 1 days));
        uint256 accountId = _customer(who);
        vm.prank(ledger.ownerOf(accountId));
        ledger.lock(accountId, until);
        ++done["lock"];
    }

    function tradeBetween(uint256 who, uint256 whom) external {
        (uint256 a, uint256 b) = (_customer(who), _customer(whom));
        TransferClaim memory claim = transferClaim(
            TransferTerms(a, next(a), b, next(b), 7, 0, false, ledger.TRADE())
        );
        vm.prank(VENUE);
        ledger.trade(claim);
        if (engine.openCaseOf(a) != 0 || engine.openCaseOf(b) != 0) violation = "a trade of a frozen account";
        ++done["trade"];
    }

    // --- cases ---

    /// A case from nothing, or a worse proof about one that is open.
    function breach(uint256 who, uint8 tier) external {
        uint256 accountId = _customer(who);
        advance(1);
        attest(accountId, uint8(bound(tier, 2, 4)));
        uint256 caseId = engine.openCaseOf(accountId);
        if (caseId == 0) engine.open(accountId);
        else engine.escalate(caseId);
        ++done["breach"];
    }

    function openAny(uint256 who, uint8 tier) external {
        uint256 accountId = _customer(who);
        if (who % 2 == 0) _attestNewest(accountId, ledger.commitmentOf(accountId), uint8(bound(tier, 0, 4)));
        ICoverageRegistry.Attestation memory found = registry.attestation(
            accountId,
            ledger.commitmentOf(accountId)
        );
        bool isBreach = found.isCurrent &&
            found.tier >= 2 &&
            found.snapshotTime >= ledger.account(accountId).updatedAt &&
            found.snapshotTime + OPEN_AGE >= block.timestamp;
        bool mayOpen = isBreach && !engine.paused() && engine.openCaseOf(accountId) == 0;
        try engine.open(accountId) {
            if (!mayOpen) violation = "a case opened without a proof, or of an account that has one";
            ++done["open"];
        } catch {
            if (mayOpen) violation = "a proof of a breach did not open a case";
        }
    }

    function challengeAny(uint256 who) external {
        uint256 accountId = _customer(who);
        if (who % 2 == 0) serve(ANSWER + 1);
        uint256 commitment = ledger.commitmentOf(accountId);
        uint256 asked = _askable(ledger.account(accountId).updatedAt);
        bool wasPaused = engine.paused();
        vm.prank(STRANGER);
        uint256 index = challenges.challenge(accountId, commitment, asked);
        if (wasPaused) violation = "a challenge while paused";
        uint64 askedTime = challenges.challengesOf(accountId)[index].askedTime;
        if (clock.entryOf(asked).servedAt + ANSWER > clock.served()) violation = "no time to attest unasked";
        if (_answers(accountId, commitment, askedTime)) violation = "a challenge of who has answered";
        ++done["challenge"];
    }

    function settleChallenge(uint256 who, uint256 place) external {
        (uint256 accountId, uint256 index) = _waiting(who, place);
        if (place % 4 == 0) _attestNewest(accountId, ledger.commitmentOf(accountId), uint8(place / 4 % 4));
        if (who % 2 == 0) _serveTo(challenges.challengesOf(accountId)[index].deadline);
        IChallengeBook.Challenge memory waiting = challenges.challengesOf(accountId)[index];
        bool isAnswered = _answers(accountId, waiting.commitment, waiting.askedTime);
        bool isBreach = engine.isBreachProven(accountId);
        bool isSilence = clock.served() >= waiting.deadline;
        uint256 credit = challenges.creditOf(STRANGER);
        uint256 caseId = challenges.settleChallenge(accountId, index);
        if (caseId != 0 && (isAnswered || engine.paused())) violation = "a shielded account has a case";
        if (caseId != 0 && !isBreach && !isSilence) violation = "a case before the challenge's deadline";
        if (caseId != 0 && engine.caseOf(caseId).proven != isBreach) violation = "a proof that nobody gave";
        bool isLost = challenges.creditOf(STRANGER) == credit;
        if (isAnswered && !isLost) violation = "an answer that cost nothing";
        if (caseId != 0 && isLost) violation = "a right challenger lost its bond";
        ++done[caseId == 0 ? "answer" : "silent case"];
    }

    function cure(uint256 which) external {
        uint256 caseId = _case(which);
        uint256 accountId = engine.caseOf(caseId).accountId;
        if (which % 4 == 0) _attestNewest(accountId, ledger.commitmentOf(accountId), 1);
        ICoverageRegistry.Attestation memory found = registry.attestation(
            accountId,
            ledger.commitmentOf(accountId)
        );
        uint64 caseTime = engine.caseOf(caseId).snapshotTime;
        engine.cure(caseId);
        if (!found.isCurrent || found.tier > 1) violation = "cured without a proof";
        if (found.snapshotTime < caseTime) violation = "cured by prices of before the case";
        ++done["cure"];
    }

    function cureByDeposit(uint256 which, uint16 lots) external {
        uint256 caseId = _case(which);
        uint256 accountId = engine.caseOf(caseId).accountId;
        int64 funding = int64(uint64(bound(lots, 1, 1000)));
        bytes32 purpose = casePurpose("cure", caseId, engine.caseOf(caseId).version, STRANGER);
        TransferClaim memory claim = keptClaim(
            TransferTerms(accountId, next(accountId), 0, 0, 0, funding, false, purpose)
        );
        _attestNewest(accountId, claim.newA, 1);
        vm.prank(STRANGER);
        engine.cureByTransfer(caseId, claim);
        fundedLots += uint64(funding);
        ++done["deposit"];
    }

    function reduce(uint256 which, uint256 whom, uint8 tier) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Soft);
        uint256 accountId = engine.caseOf(caseId).accountId;
        uint256 taker = _customer(whom);
        bytes32 purpose = casePurpose("reduce", caseId, engine.caseOf(caseId).version, VENUE);
        TransferClaim memory claim = keptClaim(
            TransferTerms(accountId, next(accountId), taker, next(taker), -3, 0, false, purpose)
        );
        _attestNewest(accountId, claim.newA, uint8(bound(tier, 0, 4)));
        ReductionClaim memory reduction = reductionClaim(accountId, claim.newA, MAX_PENALTY);
        uint64 until = ledger.lockedUntil(taker);
        vm.prank(VENUE);
        engine.reduce(caseId, claim, reduction, new EquityClaim[](0));
        if (block.timestamp < until) violation = "a slice into a locked account";
        ++done["reduce"];
    }

    function escalate(uint256 which) external {
        uint256 caseId = _caseIn(which, ILiquidationEngine.Status.Soft);
        if (which % 2 == 0) _serveTo(engine.caseOf(caseId).until);
        engine.escalate(caseId);
        ++done["escalate"];
    }

    /// By its end, or because prices are missing for so long.
    function abandon(uint256 which) external {
        uint256 caseId = _case(which);
        if (which % 8 == 0) vm.warp(clock.servesUntil() + UNSERVED + 1);
        bool isOver = engine.isOver(caseId);
        engine.abandon(caseId);
        if (!isOver) violation = "abandoned before its end";
        if (which % 8 == 0) advance(1);
        ++done["abandon"];
    }

    function setPaused(bool paused) external {
        vm.prank(GUARDIAN);
        engine.setPaused(paused);
        ++done["pause"];
    }

    // --- parts of actions ---

    function _customer(uint256 who) internal pure returns (uint256) {
        return FIRST_CUSTOMER + (who % CUSTOMERS);
    }

    /// An open case where there is one, so that most calls do something.
    function _case(uint256 which) internal view returns (uint256) {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 caseId = engine.openCaseOf(_customer((which % CUSTOMERS) + i));
            if (caseId != 0) return caseId;
        }
        revert("no open case");
    }

    /// An open case in this status, where there is one.
    function _caseIn(uint256 which, ILiquidationEngine.Status status) internal view returns (uint256) {
        for (uint256 i = 0; i < CUSTOMERS; ++i) {
            uint256 caseId = engine.openCaseOf(_customer((which % CUSTOMERS) + i));
            if (caseId != 0 && statusOf(caseId) == status) return caseId;
        }
        return _case(which);
    }

    function _anyCase(uint256 which) internal view returns (uint256) {
        return 1 + (which % engine.caseCount());
    }

    /// Serves until so many seconds were.
    function _serveTo(uint64 served) internal {
        if (served > clock.served()) serve(served - clock.served());
    }

    /// Attests by the newest snapshot, which this publishes if the pair has an attestation by it already.
    function _attestNewest(uint256 accountId, uint256 commitment, uint8 tier) internal {
        if (registry.attestation(accountId, commitment).snapshotTime >= oracleTime()) advance(1);
        attest(accountId, commitment, tier);
    }

    function oracleTime() internal view returns (uint64) {
        return oracle.snapshotTime(snapshotId);
    }

    /// The newest snapshot that came in long enough ago, and is no older than this.
    function _askable(uint64 updatedAt) private view returns (uint256) {
        uint64 served = clock.served();
        for (uint32 place = clock.length(); place > 0; --place) {
            uint256 found = clock.snapshotAt(place);
            IMarketClock.Entry memory entry = clock.entryOf(found);
            if (entry.servedAt + ANSWER <= served && entry.time >= updatedAt) return found;
        }
        return snapshotId;
    }

    /// A challenge that waits, if there is one.
    function _waiting(uint256 who, uint256 place) private view returns (uint256 accountId, uint256 index) {
        for (uint256 i = 0; i < 4 * CUSTOMERS; ++i) {
            (accountId, index) = (_customer((who % CUSTOMERS) + i / 4), (place + i) % 4);
            if (challenges.challengesOf(accountId)[index].challenger != address(0)) return (accountId, index);
        }
    }

    /// Whether a portfolio was attested healthy by prices no older than asked, all of which are sound here.
    function _answers(uint256 accountId, uint256 commitment, uint64 askedTime) private view returns (bool) {
        ICoverageRegistry.Attestation memory found = registry.attestation(accountId, commitment);
        return found.exists && found.tier < 2 && found.snapshotTime >= askedTime;
    }
}
