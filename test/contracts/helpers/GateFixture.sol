// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AnchorBook} from "contracts/clearing/AnchorBook.sol";
import {ClearingHouse} from "contracts/clearing/ClearingHouse.sol";
import {HouseAccounts} from "contracts/clearing/HouseAccounts.sol";
import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ExitDesk} from "contracts/exit/ExitDesk.sol";
import {IExitDesk} from "contracts/exit/IExitDesk.sol";
import {AccountDesk} from "contracts/liquidation/AccountDesk.sol";
import {TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {ChallengeBook} from "contracts/liquidation/ChallengeBook.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioSale} from "contracts/liquidation/IPortfolioSale.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {ISealedAuction} from "contracts/liquidation/ISealedAuction.sol";
import {LiquidationEngine} from "contracts/liquidation/LiquidationEngine.sol";
import {PortfolioSale} from "contracts/liquidation/PortfolioSale.sol";
import {SealedAuction} from "contracts/liquidation/SealedAuction.sol";
import {LiquidationFixture} from "./LiquidationFixture.sol";

/// A volatility oracle whose answers a test sets.
contract StubVolatilityOracle {
    uint32 public latestRound = 1;
    bool public isFresh = true;
    uint256 private _move;
    bool private _isSilent;

    function set(uint32 round, uint256 move, bool isSilent) external {
        (latestRound, _move, _isSilent) = (round, move, isSilent);
    }

    function setFresh(bool isFresh_) external {
        isFresh = isFresh_;
    }

    function largestMove(uint32, uint64) external view returns (uint256 ppm, uint32 rounds) {
        require(!_isSilent, "silent");
        return (_move, 1);
    }
}

/// The whole liquidation: engine, auction and clearing house on the fixture's ledger and vault, with three listed
/// liquidators who have an account each.
abstract contract GateFixture is LiquidationFixture {
    address internal constant OWNER = address(0x0ff1ce);
    address internal constant OPERATOR = address(0x09e7a702);
    address internal constant GUARDIAN = address(0x9a4d);
    address internal constant STRANGER = address(0x57a9e4);
    uint128 internal constant CHALLENGE_BOND = 25_000_000;
    uint128 internal constant ANSWER_COST = 2_500_000;
    uint128 internal constant BID_BOND = 1_000_000_000;
    uint64 internal constant SOFT = 30 minutes;
    uint64 internal constant CHALLENGE = 20 minutes;
    uint64 internal constant ANSWER = 6 minutes;
    uint64 internal constant NOTICE = 30 minutes;
    uint64 internal constant CASE_LENGTH = 1 days;
    uint64 internal constant OPEN_AGE = 10 minutes;
    uint64 internal constant UNSERVED = 7 days;
    uint64 internal constant COMMIT = 10 minutes;
    uint64 internal constant REVEAL = 6 minutes;
    uint64 internal constant SETTLE = 7 minutes;
    uint64 internal constant SALE_START = 11 minutes;
    uint64 internal constant SALE = 12 minutes;
    uint64 internal constant HOLD = 13 minutes;
    uint64 internal constant ANCHOR_AGE = 14 days;
    uint64 internal constant LEAST_AGE = 7 days;
    uint64 internal constant FULL_AGE = 30 days;
    uint64 internal constant EXIT_SILENCE = 7 days;
    uint64 internal constant PRICE_WAIT = 3 days;
    uint64 internal constant CLAIM_PERIOD = 45 days;
    uint32 internal constant MAX_PENALTY = 20_000;
    uint32 internal constant BOND_RATE = 320_000;
    uint32 internal constant SEALED_DISCOUNT = 320_000;
    uint32 internal constant FEE_RATE = 2_500;
    uint32 internal constant CHALLENGER_SHARE = 200_000;
    uint32 internal constant HOLD_BACK_RATE = 400_000;

    LiquidationEngine internal engine;
    ChallengeBook internal challenges;
    SealedAuction internal auction;
    PortfolioSale internal sale;
    ClearingHouse internal house;
    HouseAccounts internal accounts;
    AnchorBook internal anchors;
    AccountDesk internal desk;
    ExitDesk internal exits;
    StubVolatilityOracle internal volatility;

    function setUp() public virtual override {
        super.setUp();
        ILiquidationEngine.Parts memory parts = ILiquidationEngine.Parts(
            ledger,
            vault,
            registry,
            clock,
            challengesAt,
            auctionAt,
            saleAt,
            clearingHouseAt,
            GUARDIAN
        );
        volatility = StubVolatilityOracle(predicted(8));
        engine = new LiquidationEngine(OWNER, parts, engineParameters());
        challenges = new ChallengeBook(OWNER, engine, challengeParameters());
        auction = new SealedAuction(OWNER, engine, uint64(MICROS_PER_LOT), auctionParameters());
        sale = new PortfolioSale(
            OWNER,
            engine,
            auction,
            address(volatility),
            uint64(MICROS_PER_LOT),
            saleParameters()
        );
        house = new ClearingHouse(OWNER, OPERATOR, houseParts(), houseParameters());
        accounts = HouseAccounts(house.accounts());
        anchors = new AnchorBook(runs, engine, anchorParameters());
        desk = new AccountDesk(engine, anchors);
        exits = new ExitDesk(engine, anchors, exitParameters());
        volatility = new StubVolatilityOracle();
        for (uint256 i = 0; i < 3; ++i) {
            register(accountOf(i), liquidator(i), false);
            vm.prank(OWNER);
            auction.setLiquidator(liquidator(i), true);
            fund(liquidator(i), address(auction), 100 * uint256(BID_BOND));
            fund(liquidator(i), address(sale), 100 * uint256(BID_BOND));
        }
        advance(1);
        // Both customers are of the full age, and a run counts them.
        bytes32 first = closeRun(uint64(block.timestamp) - FULL_AGE);
        anchor(ALICE, commitmentOf(ALICE, 0), first);
        anchor(BOB, commitmentOf(BOB, 0), first);
        anchorNow(ALICE);
        anchorNow(BOB);
    }

    function hasExits() internal pure override returns (bool) {
        return true;
    }

    function exitParameters() internal pure returns (IExitDesk.Parameters memory) {
        return IExitDesk.Parameters(EXIT_SILENCE, PRICE_WAIT, CLAIM_PERIOD);
    }

    function anchorParameters() internal pure returns (IAnchorBook.Parameters memory) {
        return IAnchorBook.Parameters(ANCHOR_AGE, LEAST_AGE, FULL_AGE);
    }

    /// Closes a run over a snapshot of this time.
    function closeRun(uint64 time) internal returns (bytes32 runId) {
        runId = keccak256(abi.encode("run", time));
        runs.close(runId, ACCOUNTS_ROOT, time);
    }

    /// A closed run has counted a portfolio.
    function anchor(uint256 accountId, uint256 commitment, bytes32 runId) internal {
        anchors.anchor(accountId, commitment, runId, membershipClaim(accountId, commitment));
    }

    /// A run of now has counted the account's present portfolio.
    function anchorNow(uint256 accountId) internal {
        anchor(accountId, ledger.commitmentOf(accountId), closeRun(uint64(block.timestamp)));
    }

    function engineParameters() internal pure returns (ILiquidationEngine.Parameters memory) {
        return ILiquidationEngine.Parameters(SOFT, NOTICE, CASE_LENGTH, OPEN_AGE, UNSERVED, MAX_PENALTY);
    }

    function challengeParameters() internal pure returns (IChallengeBook.Parameters memory) {
        return IChallengeBook.Parameters(CHALLENGE, ANSWER, UNSERVED, CHALLENGE_BOND, ANSWER_COST);
    }

    function auctionParameters() internal pure returns (ISealedAuction.Parameters memory) {
        return
            ISealedAuction.Parameters({
                commitWindow: COMMIT,
                revealWindow: REVEAL,
                settleWindow: SETTLE,
                bidBond: BID_BOND,
                bondRate: BOND_RATE,
                maxDiscount: SEALED_DISCOUNT,
                feeRate: FEE_RATE,
                challengerShare: CHALLENGER_SHARE
            });
    }

    function saleParameters() internal pure returns (IPortfolioSale.Parameters memory) {
        return
            IPortfolioSale.Parameters({
                startWindow: SALE_START,
                duration: SALE,
                holdPeriod: HOLD,
                startDiscount: 20_000,
                maxDiscount: 320_000,
                finalDiscount: 620_000,
                feeRate: FEE_RATE,
                challengerShare: CHALLENGER_SHARE,
                holdBackRate: HOLD_BACK_RATE,
                slippageBound: 10_000,
                slippageCap: 60_000
            });
    }

    function houseParameters() internal pure returns (ILossPools.Parameters memory) {
        return ILossPools.Parameters(2 days, 300_000, MAX_PENALTY, 7 days, 1_000_000);
    }

    function houseParts() internal view returns (IClearingHouse.Parts memory) {
        return
            IClearingHouse.Parts(
                vault,
                ledger,
                ILiquidationEngine(address(engine)),
                registry,
                clock,
                IAnchorBook(anchorsAt),
                HOUSE,
                MICROS_PER_LOT
            );
    }

    function liquidator(uint256 i) internal pure returns (address) {
        return address(uint160(0x11000 + i));
    }

    function accountOf(uint256 i) internal pure returns (uint256) {
        return 2001 + i;
    }

    /// Gives tokens to an account, all of which `spender` may take.
    function fund(address account, address spender, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(spender, amount);
    }

    /// An account's commitment after its next change.
    function next(uint256 accountId) internal view returns (uint256) {
        return commitmentOf(accountId, ledger.account(accountId).nonce + 1);
    }

    /// The venue moves positions from one account to another, by a proof.
    function trade(uint256 from, uint256 to) internal {
        TransferClaim memory claim_ = transferClaim(
            TransferTerms(from, next(from), to, next(to), 5, 0, false, ledger.TRADE())
        );
        vm.prank(VENUE);
        ledger.trade(claim_);
    }

    /// The venue's word about an account that it may not change now.
    function expectUpdateSkipped(
        uint256 accountId,
        uint256 commitment,
        IPortfolioLedger.Refusal refusal
    ) internal {
        uint256 before = ledger.commitmentOf(accountId);
        vm.expectEmit();
        emit IPortfolioLedger.UpdateSkipped(accountId, 0, refusal);
        update(accountId, commitment);
        vm.assertEq(ledger.commitmentOf(accountId), before, "as it was");
    }

    /// Opens a case of ALICE by an attestation of this tier in the newest snapshot.
    function openCase(uint8 tier) internal returns (uint256 caseId) {
        attest(ALICE, tier);
        return engine.open(ALICE);
    }

    /// Gives an account the time to attest unasked, then challenges its portfolio from the STRANGER.
    function challenge(uint256 accountId) internal returns (uint256 index) {
        uint256 asked = snapshotId;
        serve(ANSWER);
        uint256 commitment = ledger.commitmentOf(accountId);
        vm.prank(STRANGER);
        return challenges.challenge(accountId, commitment, asked);
    }

    /// A case of ALICE by a challenge that nobody answered.
    function openBySilence() internal returns (uint256 caseId) {
        uint256 index = challenge(ALICE);
        serve(CHALLENGE);
        return challenges.settleChallenge(ALICE, index);
    }

    function statusOf(uint256 caseId) internal view returns (ILiquidationEngine.Status) {
        return engine.caseOf(caseId).status;
    }

    function assertStatus(uint256 caseId, ILiquidationEngine.Status status) internal view {
        vm.assertEq(uint256(statusOf(caseId)), uint256(status), "status");
    }

    function assertClosed(uint256 caseId, ILiquidationEngine.Outcome outcome) internal view {
        ILiquidationEngine.Case memory found = engine.caseOf(caseId);
        vm.assertEq(uint256(found.status), uint256(ILiquidationEngine.Status.Closed), "closed");
        vm.assertEq(uint256(found.outcome), uint256(outcome), "outcome");
        vm.assertEq(engine.openCaseOf(found.accountId), 0, "no open case");
        vm.assertTrue(!ledger.account(found.accountId).frozen, "free");
    }

    /// Every contract holds exactly what it says it holds.
    function assertBooks() internal view {
        vm.assertEq(token.balanceOf(address(engine)), 0, "the engine holds nothing");
        vm.assertEq(token.balanceOf(address(challenges)), challenges.accounted(), "the challenge book's books");
        vm.assertEq(token.balanceOf(address(auction)), auction.accounted(), "the auction's books");
        vm.assertEq(token.balanceOf(address(sale)), sale.accounted(), "the sale's books");
        uint256 pools = house.poolOf(ILossPools.Pool.InsuranceFund).assets +
            house.poolOf(ILossPools.Pool.GammaReserve).assets;
        vm.assertEq(token.balanceOf(address(house)), pools, "the clearing house's books");
    }

    /// Lots as equity.
    function lotsOf(uint256 lots) internal pure returns (int256) {
        return int256(lots * MICROS_PER_LOT);
    }

    function insurance() internal view returns (uint256) {
        return house.poolOf(ILossPools.Pool.InsuranceFund).assets;
    }

    function gammaReserve() internal view returns (uint256) {
        return house.poolOf(ILossPools.Pool.GammaReserve).assets;
    }

    /// A transfer in a case of ALICE, by `actor`, to an account's next portfolio.
    function caseTransfer(
        bytes32 action,
        uint256 caseId,
        address actor,
        uint256 accountB,
        int64 cash,
        bool whole
    ) internal view returns (TransferClaim memory) {
        uint32 version = engine.caseOf(caseId).version;
        uint256 newB = accountB == 0 ? 0 : next(accountB);
        bytes32 purpose = casePurpose(action, caseId, version, actor);
        TransferTerms memory terms = TransferTerms(ALICE, next(ALICE), accountB, newB, cash, 0, whole, purpose);
        return whole ? transferClaim(terms) : keptClaim(terms);
    }
}
