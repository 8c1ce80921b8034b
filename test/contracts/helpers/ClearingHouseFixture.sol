// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ClearingHouse} from "contracts/clearing/ClearingHouse.sol";
import {Deleveraging} from "contracts/clearing/Deleveraging.sol";
import {HouseAccounts} from "contracts/clearing/HouseAccounts.sol";
import {IAnchorBook} from "contracts/clearing/IAnchorBook.sol";
import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {ILossPools} from "contracts/clearing/ILossPools.sol";
import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {IMarketClock} from "contracts/coverage/IMarketClock.sol";
import {EquityClaim, Rest, TransferClaim} from "contracts/liquidation/facts/Claims.sol";
import {FactChecker} from "contracts/liquidation/facts/FactChecker.sol";
import {ILiquidationEngine} from "contracts/liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {LiquidationFixture} from "./LiquidationFixture.sol";

/// Cases in Takeover that a test sets; a takeover moves the whole portfolio, as the engine's does.
contract StubEngine {
    uint256 public pendingTakeovers;
    FactChecker public immutable facts;
    mapping(uint256 accountId => ILiquidationEngine.Status status) public statusOf;

    constructor(ICoverageRegistry registry, address ledger, IMarketClock clock) {
        facts = new FactChecker(registry, clock, ledger);
    }

    /// Freezes an account by a case in this phase.
    function freeze(IPortfolioLedger ledger, uint256 accountId, ILiquidationEngine.Status status) external {
        ledger.setFrozen(accountId, true);
        statusOf[accountId] = status;
    }

    function setPendingTakeovers(uint256 count) external {
        pendingTakeovers = count;
    }

    function takeOver(uint256 caseId, TransferClaim calldata claim, EquityClaim calldata) external {
        --pendingTakeovers;
        bytes32 purpose = keccak256(abi.encode(bytes32("takeover"), caseId, uint32(1), msg.sender));
        IPortfolioLedger(IClearingHouse(msg.sender).ledger()).move(claim, Rest.Whole, purpose);
    }
}

/// Says how much of a takeover's loss is insured, all of it unless a test says otherwise; a run counted everything.
contract StubAnchors {
    function isAnchored(uint256) external pure returns (bool) {
        return true;
    }

    uint256 private _most = type(uint256).max;

    function setMost(uint256 most) external {
        _most = most;
    }

    function insure(uint256, uint256 lots, uint256) external view returns (uint256) {
        return lots < _most ? lots : _most;
    }
}

/// Something in the place of challenge book, auction and sale.
contract StubPart {}

/// The venue with a clearing house, whose engine is a stub: pools and house are the real ones.
abstract contract ClearingHouseFixture is LiquidationFixture {
    address internal constant OWNER = address(0x0ff1ce);
    address internal constant OPERATOR = address(0x09e7a702);
    address internal constant CAROL = address(0xca201);
    address internal constant DAVE = address(0xda7e);
    ILossPools.Pool internal constant INSURANCE = ILossPools.Pool.InsuranceFund;
    ILossPools.Pool internal constant GAMMA = ILossPools.Pool.GammaReserve;
    uint64 internal constant DELAY = 2 days;
    uint32 internal constant GAMMA_SHARE = 300_000;
    uint32 internal constant MAX_PENALTY = 20_000;
    uint64 internal constant VESTING = 7 days;
    uint32 internal constant DAILY_CAP = 1_000_000;
    /// As if there had been takeovers of so many lots: what these tests lose is the funds' to bear.
    uint256 internal constant INSURED = 1 << 128;

    StubEngine internal engine;
    StubAnchors internal anchors;
    ClearingHouse internal house;
    HouseAccounts internal accounts;
    Deleveraging internal rounds;

    function setUp() public virtual override {
        super.setUp();
        engine = new StubEngine(registry, address(ledger), clock);
        for (uint256 i = 0; i < 3; ++i) new StubPart();
        house = new ClearingHouse(OWNER, OPERATOR, parts(), firstParameters());
        accounts = HouseAccounts(house.accounts());
        rounds = Deleveraging(house.deleveraging());
        anchors = new StubAnchors();
        vm.assertEq(address(anchors), anchorsAt, "where the clearing house looks");
        insure(address(house), INSURED);
    }

    function parts() internal view returns (IClearingHouse.Parts memory) {
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

    function firstParameters() internal pure returns (ILossPools.Parameters memory) {
        return ILossPools.Parameters(DELAY, GAMMA_SHARE, MAX_PENALTY, VESTING, DAILY_CAP);
    }

    // --- pools ---

    /// Gives an account tokens, approved for the clearing house.
    function give(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(house), amount);
    }

    function deposit(address account, ILossPools.Pool pool, uint256 amount) internal returns (uint256 shares) {
        give(account, amount);
        vm.prank(account);
        return house.deposit(pool, amount);
    }

    function request(address account, ILossPools.Pool pool, uint256 shares) internal returns (uint256) {
        vm.prank(account);
        return house.requestWithdrawal(pool, shares);
    }

    function withdraw(address account, uint256 id) internal returns (uint256) {
        vm.prank(account);
        return house.withdraw(id, account);
    }

    /// Tokens into both pools, for nobody; a new snapshot.
    function fill(uint256 insurance, uint256 gamma) internal {
        give(address(this), insurance + gamma);
        house.collectForfeit(insurance);
        house.collectTax(gamma);
        advance(20 minutes);
    }

    function assetsOf(ILossPools.Pool pool) internal view returns (uint256) {
        return house.poolOf(pool).assets;
    }

    /// The tokens here are the pools', all of them.
    function assertConserved() internal view {
        vm.assertEq(
            token.balanceOf(address(house)),
            assetsOf(INSURANCE) + assetsOf(GAMMA),
            "the balance is the pools'"
        );
        vm.assertEq(token.allowance(address(house), address(vault)), 0, "nothing is approved");
    }

    function expectFrom(address caller, bytes memory data) internal {
        vm.prank(caller);
        vm.expectRevert(data);
    }

    function encoded(bytes4 selector) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(selector);
    }

    // --- the house's account ---

    /// The house's equity now, in the newest snapshot.
    function houseEquity(int256 equity) internal view returns (EquityClaim memory) {
        return equityClaim(HOUSE, equity < 0 ? 4 : 0, equity);
    }

    /// The commitment that the house gets next in these tests.
    function nextHouse() internal view returns (uint256) {
        return commitmentOf(HOUSE, ledger.account(HOUSE).nonce + 1);
    }

    function purpose(bytes32 action, uint256 subject) internal pure returns (bytes32) {
        return subject == 0 ? keccak256(abi.encode(action)) : keccak256(abi.encode(action, subject));
    }

    /// What an absorption of `lots` moves into the house's account.
    function fundingTerms(int64 lots) internal view returns (TransferTerms memory) {
        return TransferTerms(HOUSE, nextHouse(), 0, 0, 0, lots, false, purpose("absorb", snapshotId));
    }

    /// What may be drawn today of a loss of so many lots, once that is booked.
    function drawable(uint256 lots) internal view returns (uint256 insurance, uint256 gamma) {
        uint256 held = assetsOf(INSURANCE) / UNITS;
        insurance = lots < held ? lots : held;
        held = assetsOf(GAMMA) / UNITS;
        gamma = lots - insurance < held ? lots - insurance : held;
        (uint256 ofInsurance, uint256 ofGamma) = house.drawableToday();
        if (insurance > ofInsurance) insurance = ofInsurance;
        if (gamma > ofGamma) gamma = ofGamma;
    }

    function absorb(int256 equity, int64 lots) internal {
        EquityClaim memory shown = houseEquity(equity);
        TransferClaim memory funding = keptClaim(fundingTerms(lots));
        uint256 insured = house.insuredLoss();
        house.absorb(shown, funding);
        _insureAgain(insured);
    }

    /// What was shown to be made good insures nothing more: as if the next loss were takeovers' again.
    function _insureAgain(uint256 before) internal {
        if (before > type(uint64).max) insure(address(house), INSURED);
    }

    function expectAbsorbRevert(int256 equity, int64 lots, bytes memory data) internal {
        EquityClaim memory shown = houseEquity(equity);
        TransferClaim memory funding = keptClaim(fundingTerms(lots));
        vm.expectRevert(data);
        house.absorb(shown, funding);
    }

    /// Leaves a residual of so many lots, without funds.
    function makeResidual(uint256 lots) internal {
        absorb(-int256(lots * MICROS_PER_LOT), 0);
    }

    function takeOverTerms(uint256 accountId) internal view returns (TransferTerms memory) {
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

    /// Takes over an account that lacks nothing.
    function takeOver(uint256 accountId) internal {
        takeOver(accountId, 0);
    }

    function takeOver(uint256 accountId, int256 equity) internal {
        engine.setPendingTakeovers(1);
        // The engine moves accounts: the ledger's is at the stub's place.
        TransferClaim memory claim = transferClaim(takeOverTerms(accountId));
        EquityClaim memory shown = equityClaim(accountId, 4, equity);
        uint256 insured = house.insuredLoss();
        vm.prank(OPERATOR);
        house.takeOver(1, claim, shown);
        _insureAgain(insured);
    }

    function releaseTerms(int64 lots) internal view returns (TransferTerms memory) {
        return TransferTerms(HOUSE, nextHouse(), 0, 0, 0, -lots, false, purpose("release", 0));
    }

    function wrongFunding(int64 lots, uint256 most) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IClearingHouse.WrongFunding.selector, lots, most);
    }
}
