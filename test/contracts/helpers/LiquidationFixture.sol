// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "contracts/clearing/IClearingHouse.sol";
import {IVenueStop} from "contracts/exit/IVenueStop.sol";
import {
    DeleverageClaim,
    EmptyClaim,
    EquityClaim,
    MembershipClaim,
    ReductionClaim,
    TransferClaim
} from "contracts/liquidation/facts/Claims.sol";
import {IChallengeBook} from "contracts/liquidation/IChallengeBook.sol";
import {IPortfolioLedger} from "contracts/liquidation/IPortfolioLedger.sol";
import {PortfolioLedger} from "contracts/liquidation/PortfolioLedger.sol";
import {ISnapshotOracle} from "contracts/snapshot/ISnapshotOracle.sol";
import {CollateralVault} from "contracts/solvency/CollateralVault.sol";
import {ICollateralVault} from "contracts/solvency/ICollateralVault.sol";
import {Bn254} from "contracts/verify/Bn254.sol";
import {Groth16} from "contracts/verify/Groth16.sol";
import {DeleverageVerifier} from "contracts/verify/statements/DeleverageVerifier.sol";
import {EquityVerifier} from "contracts/verify/statements/EquityVerifier.sol";
import {ReductionVerifier} from "contracts/verify/statements/ReductionVerifier.sol";
import {TransferVerifier} from "contracts/verify/statements/TransferVerifier.sol";
import {Fixture} from "./Fixture.sol";
import {StubRuns} from "./StubRuns.sol";
import {SubjectTrapdoor} from "./SubjectTrapdoor.sol";
import {Token} from "./Tokens.sol";
import {Trapdoor} from "./Trapdoor.sol";

/// All that the ledger asks of a clearing house.
contract HouseStandIn {
    uint256 public immutable houseAccount;
    address public constant accounts = address(0);

    constructor(uint256 houseAccount_) {
        houseAccount = houseAccount_;
    }
}

/// All that the ledger asks of an engine when the venue updates accounts, or when somebody opens one; its challenge book
/// too: nobody is challenged.
contract EngineStandIn {
    function parameters() external pure returns (IChallengeBook.Parameters memory found) {
        found.bond = 25_000_000;
    }

    function challenges() external view returns (address) {
        return address(this);
    }

    function isChallenged(uint256) external pure returns (bool) {
        return false;
    }
}

/// All that ledger and vault ask of an exit desk: the venue is there.
contract ExitStandIn {
    function requireRunning() external pure {}
}

/// A venue with a vault, a ledger and three accounts, and trapdoor keys of the four statements of a liquidation: every
/// helper that returns a claim makes a proof that verifies.
///
/// Vault, ledger, engine, challenge book, auction, sale and clearing house know each other by address. A test that
/// deploys the last five, with anchor book, account desk and exit desk after them, does so first of all after
/// `super.setUp()`, in this order: then they land at `engineAt`, `challengesAt`, `auctionAt`, `saleAt`,
/// `clearingHouseAt`, `anchorsAt`, `deskAt` and, if it `hasExits`, `exitsAt`. One that doesn't speaks for them by `vm.prank`. Solvency runs are closed by `runs`.
abstract contract LiquidationFixture is Fixture {
    /// What a transfer is to be, besides the accounts' present state.
    struct TransferTerms {
        uint256 accountA;
        uint256 newA;
        uint256 accountB;
        uint256 newB;
        int64 cash;
        int64 funding;
        bool whole;
        bytes32 purpose;
    }

    /// What a deleverage proof is to say.
    struct DeleverageTerms {
        uint256 accountId;
        uint256 oldCommitment;
        uint256 newCommitment;
        uint32 instrumentId;
        bool isShort;
        uint64 closing;
        uint64 open;
        int64 price;
        uint64 closed;
    }

    uint256 internal constant TRANSFER_KEY = 11;
    uint256 internal constant DELEVERAGE_KEY = 12;
    uint256 internal constant EQUITY_KEY = 13;
    uint256 internal constant REDUCTION_KEY = 14;

    address internal constant VENUE = address(0x5e77e);
    /// Two customers' accounts and the house's, with those who act for them. Nobody does for the house's.
    uint256 internal constant ALICE = 1001;
    uint256 internal constant BOB = 1002;
    uint256 internal constant HOUSE = 1003;
    address internal constant ALICE_OWNER = address(0xa11ce);
    address internal constant BOB_OWNER = address(0xb0b);

    /// Of every run that these tests close.
    uint256 internal constant ACCOUNTS_ROOT = 0x600d;
    uint32 internal constant SETTLEMENT = 1;
    /// A lot is 0.01 of a token with six decimals that is worth a dollar.
    uint96 internal constant UNITS = 10_000;
    uint256 internal constant MICROS_PER_LOT = 10_000;
    uint64 internal constant DEADLINE = NOW + 30 days;

    bytes32 internal transferCircuit;
    bytes32 internal deleverageCircuit;
    bytes32 internal equityCircuit;
    bytes32 internal reductionCircuit;
    bytes32 internal membershipCircuit;
    bytes32 internal emptyCircuit;
    address internal engineAt;
    address internal challengesAt;
    address internal auctionAt;
    address internal saleAt;
    address internal clearingHouseAt;
    address internal anchorsAt;
    address internal deskAt;
    address internal exitsAt;
    Token internal token;
    StubRuns internal runs;
    CollateralVault internal vault;
    PortfolioLedger internal ledger;
    /// The newest snapshot, of `NOW` at first.
    uint256 internal snapshotId;

    function setUp() public virtual override {
        super.setUp();
        _registerVerifiers();
        snapshotId = publishAll(NOW);
        clock.enter(snapshotId);
        token = new Token();
        runs = new StubRuns();
        (engineAt, challengesAt, auctionAt) = (predicted(4), predicted(5), predicted(6));
        (saleAt, clearingHouseAt, anchorsAt, deskAt) = (predicted(7), predicted(8), predicted(9), predicted(10));
        exitsAt = hasExits() ? predicted(11) : address(0);
        vault = new CollateralVault(
            VENUE,
            ICollateralVault.Parts(clearingHouseAt, deskAt, runs, IVenueStop(exitsAt))
        );
        ledger = new PortfolioLedger(vault, engineAt, clearingHouseAt, verifiers, SETTLEMENT);
        bytes memory running = address(new ExitStandIn()).code;
        if (hasExits()) vm.etch(exitsAt, running);
        vm.prank(VENUE);
        vault.addAsset(SETTLEMENT, address(token), UNITS);
        // Accounts come after the clearing house, which these tests deploy later or not at all.
        vm.etch(clearingHouseAt, address(new HouseStandIn(HOUSE)).code);
        register(ALICE, ALICE_OWNER, false);
        register(BOB, BOB_OWNER, false);
        register(HOUSE, address(0), true);
        vm.etch(clearingHouseAt, "");
        if (hasExits()) vm.etch(exitsAt, "");
    }

    /// Whether an exit desk follows the account desk, at `exitsAt`.
    function hasExits() internal pure virtual returns (bool) {
        return false;
    }

    // --- accounts and money ---

    /// The address of the contract that this test creates after `skipped` others.
    function predicted(uint64 skipped) internal view returns (address) {
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + skipped);
    }

    /// An account's n-th commitment; it starts with the first, n = 0.
    function commitmentOf(uint256 accountId, uint256 n) internal pure returns (uint256) {
        return Trapdoor.log("commitment", uint256(keccak256(abi.encode(accountId, n))));
    }

    function register(uint256 accountId, address owner, bool guarded) internal {
        vm.prank(VENUE);
        ledger.register(accountId, commitmentOf(accountId, 0), owner, guarded);
    }

    /// Registers a guarded account while something else than the clearing house stands in its place: the ledger would
    /// ask that for its house account.
    function registerHouse(uint256 accountId, address owner) internal {
        bytes memory code = clearingHouseAt.code;
        vm.etch(clearingHouseAt, address(new HouseStandIn(accountId)).code);
        register(accountId, owner, true);
        vm.etch(clearingHouseAt, code);
    }

    /// What an account can be anchored by.
    function rootOf(uint256 accountId) internal view returns (uint256 root) {
        (root, ) = ledger.rootOf(accountId);
    }

    /// The venue sets an account's portfolio, as it knows the account now.
    function update(uint256 accountId, uint256 commitment) internal {
        IPortfolioLedger.Change[][] memory groups = groupOf(accountId, commitment);
        vm.prank(VENUE);
        ledger.update(groups);
    }

    /// A group of one account, as the ledger has it now.
    function groupOf(
        uint256 accountId,
        uint256 commitment
    ) internal view returns (IPortfolioLedger.Change[][] memory groups) {
        groups = new IPortfolioLedger.Change[][](1);
        groups[0] = new IPortfolioLedger.Change[](1);
        groups[0][0] = IPortfolioLedger.Change(accountId, commitment, ledger.account(accountId).nonce);
    }

    /// Gives `to` lots in tokens.
    function mintLots(address to, uint256 lots) internal {
        token.mint(to, lots * UNITS);
    }

    /// Deposits lots in the vault, without any account having them.
    function depositLots(uint256 lots) internal {
        mintLots(address(this), lots);
        token.approve(address(vault), lots * UNITS);
        vault.deposit(SETTLEMENT, lots);
    }

    /// As if takeovers had been insured for so many lots.
    function insure(address house, uint256 lots) internal {
        vm.record();
        IClearingHouse(house).insuredLoss();
        (bytes32[] memory reads, ) = vm.accesses(house);
        vm.store(house, reads[0], bytes32(lots));
        vm.assertEq(IClearingHouse(house).insuredLoss(), lots, "insured");
    }

    /// Attests a tier of a commitment in the newest snapshot.
    function attest(uint256 accountId, uint256 commitment, uint8 tier) internal {
        registry.attest(claim(snapshotId, DEADLINE, accountId, commitment, tier));
    }

    /// Attests a tier of the account's present portfolio.
    function attest(uint256 accountId, uint8 tier) internal {
        attest(accountId, ledger.commitmentOf(accountId), tier);
    }

    // --- snapshots ---

    /// Publishes the table for `time` with true points for coverage, equity and reduction.
    function publishAll(uint64 time) internal returns (uint256) {
        return publish(time, allPoints(snapshotIdOf(header(time))));
    }

    /// True points of a snapshot for coverage, equity and reduction.
    function allPoints(uint256 id) internal view virtual returns (ISnapshotOracle.TablePoint[] memory points) {
        points = new ISnapshotOracle.TablePoint[](3);
        points[0] = truePoint(id)[0];
        points[1] = _point(equityCircuit, EQUITY_KEY, id);
        points[2] = _point(reductionCircuit, REDUCTION_KEY, id);
    }

    /// Another point than the signed one is computed from the rows of a snapshot: it is proven wrong.
    function refute(uint256 id, bytes32 circuit) internal {
        vm.prank(address(builder));
        oracle.recordProvenPoint(id, circuit, 1, 2);
    }

    /// Moves time on and publishes a snapshot of then, which becomes `snapshotId`, the newest. Of a long time the clock
    /// has counted `SERVE_GAP` only.
    function advance(uint64 duration) internal {
        vm.warp(block.timestamp + duration);
        snapshotId = publishAll(uint64(block.timestamp));
        clock.enter(snapshotId);
    }

    /// The same with snapshots all along: all of the time is served. Every step uses the same memory, so that a day of
    /// them fits.
    function serve(uint64 duration) internal {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint64 left = duration; left != 0; ) {
            uint64 step = left < SERVE_GAP ? left : SERVE_GAP;
            advance(step);
            left -= step;
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
    }

    // --- claims ---

    /// A transfer from the accounts' present state, by a proof that verifies until `DEADLINE`.
    function transferClaim(TransferTerms memory terms) internal view returns (TransferClaim memory result) {
        result = unprovenTransfer(terms);
        result.proof = proveTransfer(transferSignals(terms, DEADLINE));
    }

    /// A transfer that leaves A what its owner can derive.
    function keptClaim(TransferTerms memory terms) internal view returns (TransferClaim memory result) {
        result = unprovenTransfer(terms);
        uint256[11] memory signals = transferSignals(terms, DEADLINE);
        signals[9] = 2;
        result.proof = proveTransfer(signals);
    }

    /// The same without a proof.
    function unprovenTransfer(TransferTerms memory terms) internal view returns (TransferClaim memory result) {
        result.circuitId = transferCircuit;
        (result.accountA, result.newA) = (terms.accountA, terms.newA);
        (result.accountB, result.newB) = (terms.accountB, terms.newB);
        (result.cash, result.funding) = (terms.cash, terms.funding);
        result.deadline = DEADLINE;
    }

    /// The signals that a transfer's proof must have now.
    function transferSignals(
        TransferTerms memory terms,
        uint64 deadline
    ) internal view returns (uint256[11] memory signals) {
        IPortfolioLedger.Account memory a = ledger.account(terms.accountA);
        IPortfolioLedger.Account memory b;
        if (terms.accountB != 0) b = ledger.account(terms.accountB);
        (signals[0], signals[1], signals[2]) = (terms.accountA, a.commitment, terms.newA);
        (signals[3], signals[4], signals[5]) = (terms.accountB, b.commitment, terms.newB);
        (signals[6], signals[7], signals[8]) = (SETTLEMENT, signedSignal(terms.cash), signedSignal(terms.funding));
        signals[9] = terms.whole ? 1 : 0;
        signals[10] = transferContext(address(ledger), terms.purpose, a.nonce, b.nonce, deadline);
    }

    /// A proof of these signals, whatever they are.
    function proveTransfer(uint256[11] memory signals) internal view returns (Groth16.Proof memory) {
        return _prove(TRANSFER_KEY, Trapdoor.cachedLog(TRANSFER_KEY, 0), signals);
    }

    /// An equity claim about a commitment in a snapshot.
    function equityClaim(
        uint256 snapshot,
        uint256 accountId,
        uint256 commitment,
        uint8 tier,
        int256 equity
    ) internal view returns (EquityClaim memory) {
        uint256[] memory signals = new uint256[](5);
        (signals[0], signals[1], signals[2], signals[3]) = (accountId, commitment, tier, signedSignal(equity));
        signals[4] = factContext(address(ledger), "equity", DEADLINE);
        uint256 point = tableLog(EQUITY_KEY, snapshot);
        Groth16.Proof memory proof = Trapdoor.prove(EQUITY_KEY, point, signals, _seed(abi.encode(signals)));
        return EquityClaim(equityCircuit, snapshot, accountId, tier, equity, DEADLINE, proof);
    }

    /// The account's present equity in the newest snapshot.
    function equityClaim(uint256 accountId, uint8 tier, int256 equity) internal view returns (EquityClaim memory) {
        return equityClaim(snapshotId, accountId, ledger.commitmentOf(accountId), tier, equity);
    }

    /// A reduction claim from the account's present portfolio to another, in the newest snapshot.
    function reductionClaim(
        uint256 accountId,
        uint256 newCommitment,
        uint256 maxPenalty
    ) internal view returns (ReductionClaim memory) {
        uint256[] memory signals = new uint256[](5);
        (signals[0], signals[1]) = (accountId, ledger.commitmentOf(accountId));
        (signals[2], signals[3]) = (newCommitment, maxPenalty);
        signals[4] = factContext(address(ledger), "reduce", DEADLINE);
        uint256 point = tableLog(REDUCTION_KEY, snapshotId);
        Groth16.Proof memory proof = Trapdoor.prove(REDUCTION_KEY, point, signals, _seed(abi.encode(signals)));
        return ReductionClaim(reductionCircuit, snapshotId, DEADLINE, proof);
    }

    function deleverageClaim(DeleverageTerms memory terms) internal view returns (DeleverageClaim memory) {
        uint256[11] memory signals;
        (signals[0], signals[1], signals[2]) = (terms.accountId, terms.oldCommitment, terms.newCommitment);
        (signals[3], signals[4], signals[5]) = (SETTLEMENT, terms.instrumentId, terms.isShort ? 1 : 0);
        (signals[6], signals[7], signals[8]) = (terms.closing, terms.open, signedSignal(terms.price));
        (signals[9], signals[10]) = (terms.closed, factContext(address(ledger), "delever", DEADLINE));
        Groth16.Proof memory proof = _prove(DELEVERAGE_KEY, Trapdoor.cachedLog(DELEVERAGE_KEY, 0), signals);
        return DeleverageClaim(deleverageCircuit, terms.closed, DEADLINE, proof);
    }

    /// That a run over `ACCOUNTS_ROOT` counted a commitment of an account.
    function membershipClaim(uint256 accountId, uint256 commitment) internal view returns (MembershipClaim memory) {
        uint256 context = factContext(address(ledger), "member", DEADLINE);
        uint256[4] memory signals = [ACCOUNTS_ROOT, accountId, commitment, context];
        return SubjectTrapdoor.membership(membershipCircuit, DEADLINE, signals);
    }

    /// That a commitment of an account opens to no positions.
    function emptyClaim(uint256 accountId, uint256 commitment) internal view returns (EmptyClaim memory) {
        uint256 context = factContext(address(ledger), "empty", DEADLINE);
        return SubjectTrapdoor.empty(emptyCircuit, DEADLINE, [accountId, commitment, context]);
    }

    // --- contexts and purposes, written down a second time ---

    /// The id of the n-th account that somebody opens.
    function openedId(address opener, uint256 n) internal view returns (uint256) {
        bytes memory encoded = abi.encode(
            keccak256("ballast.account.id.v1"),
            block.chainid,
            address(ledger),
            opener,
            n
        );
        return (1 << 253) + (uint256(keccak256(encoded)) >> 4);
    }

    function transferContext(
        address ledger_,
        bytes32 purpose,
        uint32 nonceA,
        uint32 nonceB,
        uint64 deadline
    ) internal view returns (uint256) {
        bytes32 domain = keccak256("ballast.transfer.context.v1");
        bytes memory encoded = abi.encode(domain, block.chainid, ledger_, purpose, nonceA, nonceB, deadline);
        return uint256(keccak256(encoded)) >> 3;
    }

    function factContext(address ledger_, bytes32 kind, uint64 deadline) internal view returns (uint256) {
        bytes32 domain = keccak256("ballast.fact.context.v1");
        return uint256(keccak256(abi.encode(domain, block.chainid, ledger_, kind, deadline))) >> 3;
    }

    /// The purpose of a transfer in a liquidation case.
    function casePurpose(
        bytes32 action,
        uint256 caseId,
        uint32 version,
        address actor
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(action, caseId, version, actor));
    }

    function signedSignal(int256 value) internal pure returns (uint256) {
        return value < 0 ? Bn254.SCALAR_FIELD - uint256(-value) : uint256(value);
    }

    // --- keys ---

    function newTransferVerifier(uint256 seed) internal returns (TransferVerifier) {
        TransferVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta, vk.gamma, vk.delta) = _points(seed);
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 11);
        for (uint256 j = 0; j < 11; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(seed, 0));
        vk.icHash = keccak256(abi.encodePacked(vk.ic0.x, vk.ic0.y));
        return new TransferVerifier(TransferVerifier.Instance(4), vk, false);
    }

    function newDeleverageVerifier(uint256 seed) internal returns (DeleverageVerifier) {
        DeleverageVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta, vk.gamma, vk.delta) = _points(seed);
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 11);
        for (uint256 j = 0; j < 11; ++j) vk.ic[j] = points[j];
        vk.ic0 = Trapdoor.g1(Trapdoor.cachedLog(seed, 0));
        vk.icHash = keccak256(abi.encodePacked(vk.ic0.x, vk.ic0.y));
        return new DeleverageVerifier(DeleverageVerifier.Instance(4), vk, false);
    }

    function newEquityVerifier(uint256 seed) internal returns (EquityVerifier) {
        EquityVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta, vk.gamma, vk.delta) = _points(seed);
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 5);
        for (uint256 j = 0; j < 5; ++j) vk.ic[j] = points[j];
        vk.icHash = icHash(seed);
        return new EquityVerifier(EquityVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS), vk, false);
    }

    function newReductionVerifier(uint256 seed) internal returns (ReductionVerifier) {
        ReductionVerifier.VerifyingKey memory vk;
        (vk.alpha, vk.beta, vk.gamma, vk.delta) = _points(seed);
        Bn254.G1[] memory points = Trapdoor.signalPoints(seed, 5);
        for (uint256 j = 0; j < 5; ++j) vk.ic[j] = points[j];
        vk.icHash = icHash(seed);
        return new ReductionVerifier(ReductionVerifier.Instance(4, ROWS, SCENARIOS, UNDERLYINGS), vk, false);
    }

    function _registerVerifiers() private {
        transferCircuit = verifiers.register(address(newTransferVerifier(TRANSFER_KEY)));
        deleverageCircuit = verifiers.register(address(newDeleverageVerifier(DELEVERAGE_KEY)));
        equityCircuit = verifiers.register(address(newEquityVerifier(EQUITY_KEY)));
        reductionCircuit = verifiers.register(address(newReductionVerifier(REDUCTION_KEY)));
        membershipCircuit = verifiers.register(address(SubjectTrapdoor.newMembershipVerifier(4)));
        emptyCircuit = verifiers.register(address(SubjectTrapdoor.newEmptyVerifier(4)));
    }

    function _points(
        uint256 seed
    )
        private
        view
        returns (Bn254.G1 memory alpha, Bn254.G2 memory beta, Bn254.G2 memory gamma, Bn254.G2 memory delta)
    {
        alpha = Trapdoor.g1(Trapdoor.alphaLog(seed));
        (beta, gamma, delta) = (Trapdoor.g2(Trapdoor.BETA), Trapdoor.g2(Trapdoor.GAMMA), Trapdoor.g2(5));
    }

    function _point(
        bytes32 circuit,
        uint256 seed,
        uint256 id
    ) private view returns (ISnapshotOracle.TablePoint memory) {
        Bn254.G1 memory point = Trapdoor.g1(tableLog(seed, id));
        return ISnapshotOracle.TablePoint(circuit, point.x, point.y);
    }

    function _prove(
        uint256 seed,
        uint256 constantLog,
        uint256[11] memory signals
    ) private view returns (Groth16.Proof memory) {
        uint256[] memory list = new uint256[](11);
        for (uint256 j = 0; j < 11; ++j) list[j] = signals[j];
        return Trapdoor.prove(seed, constantLog, list, _seed(abi.encode(signals)));
    }

    function _seed(bytes memory data) private pure returns (uint256) {
        return uint256(keccak256(data));
    }
}
