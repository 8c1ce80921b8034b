// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IClearingHouse} from "../clearing/IClearingHouse.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {Governed} from "../shared/Governed.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {CaseBook} from "./CaseBook.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "./facts/Claims.sol";
import {ReductionProof} from "./facts/ReductionProof.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";

/// @title LiquidationEngine
/// @author Ballast
/// @notice No proof, no liquidation.
/// @dev Cases and their transitions are in CaseBook, challenges and money here. Auction and clearing house are trusted
/// to call `advance`, `award` and `takeOver` only when their own rules say so; what those calls may do to an account is
/// still bounded here: a whole portfolio by a transfer proof made for this case, version and actor.
contract LiquidationEngine is CaseBook {
    using SafeERC20 for IERC20;

    /// @notice Purpose of a transfer that cures.
    bytes32 public constant CURE = "cure";
    /// @notice Purpose of a slice.
    bytes32 public constant REDUCE = "reduce";
    /// @notice Purpose of an award or a sale.
    bytes32 public constant AWARD = "award";
    /// @notice Purpose of a takeover.
    bytes32 public constant TAKE_OVER = "takeover";

    /// @notice Part of an answered challenge's bond for whoever settles it, ppm.
    uint256 public constant ANSWER_REWARD = 100_000;

    /// @notice Challenges that wait.
    mapping(uint256 accountId => Challenge waiting) private _challenges;

    /// @notice Only the clearing house may call.
    modifier onlyClearingHouse() {
        if (msg.sender != clearingHouse) revert OnlyClearingHouse(msg.sender);
        _;
    }

    /// @notice Starts without cases.
    /// @param owner who may schedule new parameters.
    /// @param parts what it works with.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        Parts memory parts,
        Parameters memory parameters_
    ) Governed(owner) CaseBook(parts, parameters_) {}

    /// @inheritdoc ILiquidationEngine
    function open(uint256 accountId) external nonReentrant returns (uint256 caseId) {
        if (paused()) revert Paused();
        uint64 updatedAt = _requireOpenable(accountId);
        ICoverageRegistry.Attestation memory found = _attestationOf(accountId);
        if (!found.isCurrent) revert NoCurrentAttestation(accountId, LEDGER.commitmentOf(accountId));
        if (found.tier < 2) revert WrongTier(found.tier);
        if (found.snapshotTime < updatedAt) revert SnapshotTooOld(found.snapshotTime, updatedAt);
        return _openAndReturnBond(accountId, found.tier, found.snapshotTime, found.snapshotId);
    }

    /// @inheritdoc ILiquidationEngine
    function challenge(uint256 accountId) external nonReentrant {
        if (paused()) revert Paused();
        uint64 updatedAt = _requireOpenable(accountId);
        uint256 commitment = LEDGER.commitmentOf(accountId);
        ICoverageRegistry.Attestation memory found = REGISTRY.attestation(accountId, commitment);
        // A breach by older prices than the portfolio opens no case: it must not keep challenges away either.
        bool isSettled = found.tier < 2 || found.snapshotTime >= updatedAt;
        if (found.isCurrent && isSettled) revert AttestationIsCurrent(accountId);
        if (_challenges[accountId].challenger != address(0)) revert AlreadyChallenged(accountId);
        if (!_isServed()) revert NobodyCanAttest();
        uint128 bond = _parameters.challengeBond;
        uint64 now_ = uint64(block.timestamp);
        uint64 deadline = now_ + _parameters.challengeWindow;
        _challenges[accountId] = Challenge(msg.sender, bond, now_, deadline, commitment);
        emit Challenged(accountId, msg.sender, deadline);
        _take(bond);
    }

    /// @inheritdoc ILiquidationEngine
    function settleChallenge(uint256 accountId) external nonReentrant returns (uint256 caseId) {
        Challenge memory waiting = _challenges[accountId];
        if (waiting.challenger == address(0)) revert NotChallenged(accountId);
        ICoverageRegistry.Attestation memory found = _attestationOf(accountId);
        Verdict verdict = _verdictOn(accountId, waiting, found);
        if (verdict == Verdict.Pending) revert TooEarly(waiting.deadline);
        if (verdict == Verdict.Answered) {
            _endChallenge(accountId, waiting, msg.sender, waiting.bond * ANSWER_REWARD / 1_000_000);
            return 0;
        }
        // Pausing opens no cases, and traps no bond.
        if (verdict == Verdict.Dismissed || paused()) {
            _endChallenge(accountId, waiting, waiting.challenger, waiting.bond);
            return 0;
        }
        if (verdict == Verdict.Silence) return _openAndReturnBond(accountId, 2, NO_PROOF, 0);
        return _openAndReturnBond(accountId, found.tier, found.snapshotTime, found.snapshotId);
    }

    /// @inheritdoc ILiquidationEngine
    function cureByTransfer(uint256 caseId, TransferClaim calldata claim) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (claim.accountA != found.accountId || claim.funding < 0) revert WrongTransfer();
        if (claim.accountB == 0) {
            if (claim.funding == 0) revert WrongTransfer();
        } else {
            if (msg.sender != LEDGER.venue()) revert NotAllowed(msg.sender);
            _requireCounterparty(claim.accountB);
        }
        _requireHealthy(found, claim.newA);
        bytes32 purpose = purposeOf(CURE, caseId, found.version, msg.sender);
        _close(caseId, found, Outcome.Cured);
        LEDGER.move(claim, false, purpose);
        if (claim.funding > 0) _depositFor(uint64(claim.funding));
    }

    /// @inheritdoc ILiquidationEngine
    function reduce(
        uint256 caseId,
        TransferClaim calldata claim,
        ReductionClaim calldata reduction,
        EquityClaim[] calldata house
    ) external nonReentrant {
        Case storage found = _openCase(caseId);
        if (found.status != Status.Soft) revert WrongStatus(caseId, found.status);
        if (claim.accountA != found.accountId || claim.accountB == 0 || claim.funding != 0) revert WrongTransfer();
        _requireTaker(claim, house);
        _requireAttested(found, claim.newA);
        ReductionProof.Subject memory subject = ReductionProof.Subject({
            accountId: claim.accountA,
            oldCommitment: LEDGER.commitmentOf(claim.accountA),
            newCommitment: claim.newA,
            maxPenalty: _parameters.maxPenalty
        });
        uint64 time = facts.requireNewestReduction(reduction, subject);
        if (time < found.snapshotTime) revert SnapshotTooOld(time, found.snapshotTime);
        bytes32 purpose = purposeOf(REDUCE, caseId, found.version, msg.sender);
        emit CaseReduced(caseId, claim.accountB, ++found.version);
        LEDGER.move(claim, false, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function award(uint256 caseId, TransferClaim calldata claim, address buyer) external onlyAuction nonReentrant {
        Case storage found = _openCase(caseId);
        bool isSealed = found.status == Status.Sealed;
        if (!isSealed && found.status != Status.Sale) revert WrongStatus(caseId, found.status);
        bool isAllowed = claim.accountA == found.accountId && claim.funding == 0 && claim.cash >= 0;
        if (!isAllowed || claim.accountB == 0) revert WrongTransfer();
        _requireOrdinary(claim.accountB);
        bytes32 purpose = purposeOf(AWARD, caseId, found.version, buyer);
        _close(caseId, found, isSealed ? Outcome.Awarded : Outcome.Sold);
        LEDGER.move(claim, true, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function takeOver(uint256 caseId, TransferClaim calldata claim) external onlyClearingHouse nonReentrant {
        Case storage found = _openCase(caseId);
        if (found.status != Status.Takeover) revert WrongStatus(caseId, found.status);
        bool isHouse = claim.accountB == IClearingHouse(clearingHouse).houseAccount();
        bool isAllowed = claim.accountA == found.accountId && claim.funding == 0 && claim.cash == 0;
        if (!isHouse || !isAllowed) revert WrongTransfer();
        bytes32 purpose = purposeOf(TAKE_OVER, caseId, found.version, msg.sender);
        _close(caseId, found, Outcome.TakenOver);
        LEDGER.move(claim, true, purpose);
    }

    /// @inheritdoc ILiquidationEngine
    function challengeOf(uint256 accountId) external view returns (Challenge memory) {
        return _challenges[accountId];
    }

    /// @inheritdoc ILiquidationEngine
    function purposeOf(
        bytes32 action,
        uint256 caseId,
        uint32 version,
        address actor
    ) public pure returns (bytes32) {
        return keccak256(abi.encode(action, caseId, version, actor));
    }

    /// @notice Opens a case, and gives back the bond of whoever had challenged the account.
    /// @param accountId the account.
    /// @param tier its tier.
    /// @param snapshotTime that of the proof, or NO_PROOF.
    /// @param snapshotId that of the proof, or 0.
    /// @return caseId the case.
    function _openAndReturnBond(
        uint256 accountId,
        uint8 tier,
        uint64 snapshotTime,
        uint256 snapshotId
    ) private returns (uint256 caseId) {
        Challenge memory waiting = _challenges[accountId];
        delete _challenges[accountId];
        caseId = _openBy(accountId, tier, snapshotTime, snapshotId);
        if (waiting.challenger == address(0)) return caseId;
        emit ChallengeSettled(accountId, caseId);
        _credit(waiting.challenger, waiting.bond);
    }

    /// @notice Takes the caller's tokens to the vault, for the account that the ledger has just credited.
    /// @param lots lots of the settlement asset.
    function _depositFor(uint64 lots) private {
        (IERC20 token, uint256 unitsPerLot) = _settlement();
        uint256 amount = lots * unitsPerLot;
        _pull(amount);
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(address(VAULT), amount);
        VAULT.deposit(SETTLEMENT_ID, lots);
        ExactTransfers.requireMoved(before, token.balanceOf(address(this)), amount);
    }

    /// @notice Ends a challenge without a case.
    /// @param accountId the account.
    /// @param waiting its challenge.
    /// @param payee who gets a part of the bond, or all of it.
    /// @param part token units; the rest is forfeit.
    function _endChallenge(uint256 accountId, Challenge memory waiting, address payee, uint256 part) private {
        delete _challenges[accountId];
        emit ChallengeSettled(accountId, 0);
        _credit(payee, part);
        _oweForfeit(waiting.bond - part);
        _tryRemit();
    }

    /// @notice What becomes of a challenge now.
    /// @param accountId the account.
    /// @param waiting its challenge.
    /// @param found the attestation of its present portfolio.
    /// @return the verdict; Pending leaves everything as it is.
    function _verdictOn(
        uint256 accountId,
        Challenge memory waiting,
        ICoverageRegistry.Attestation memory found
    ) private view returns (Verdict) {
        bool isTimely = found.snapshotTime >= LEDGER.account(accountId).updatedAt;
        bool isHealthy = (found.isCurrent && found.tier < 2) || _answers(found, waiting.challengedAt);
        if (isHealthy && isTimely) return Verdict.Answered;
        ICoverageRegistry.Attestation memory asked = REGISTRY.attestation(accountId, waiting.commitment);
        if (_answers(asked, waiting.challengedAt)) return Verdict.Answered;
        // A portfolio that is younger than the prices answers a challenge of it, but not one of its predecessor.
        if (isHealthy) return Verdict.Dismissed;
        if (found.isCurrent && found.tier > 1 && isTimely) return Verdict.Breach;
        // Silence is no answer where nobody can attest.
        if (!_isServed()) return Verdict.Dismissed;
        return block.timestamp > waiting.deadline ? Verdict.Silence : Verdict.Pending;
    }

    /// @notice Whether an attestation says healthy, since a time, and is not void.
    /// @param given the attestation.
    /// @param since the time.
    /// @return whether it answers.
    function _answers(ICoverageRegistry.Attestation memory given, uint64 since) private view returns (bool) {
        if (!given.exists || given.tier > 1 || given.attestedAt < since) return false;
        return ISnapshotOracle(REGISTRY.oracle()).isUsable(given.snapshotId, given.circuitId);
    }

    /// @notice Whether a snapshot serves: an account can attest.
    /// @return whether it does.
    function _isServed() private view returns (bool) {
        return block.timestamp <= CLOCK.servesUntil();
    }

    /// @notice Reverts unless the caller may have account B take a slice.
    /// @param claim the slice.
    /// @param house the house's equity before and after where B is its account, else nothing.
    function _requireTaker(TransferClaim calldata claim, EquityClaim[] calldata house) private view {
        IClearingHouse owner = IClearingHouse(clearingHouse);
        uint256 houseAccount = owner.houseAccount();
        if (claim.accountB != houseAccount) {
            if (msg.sender != LEDGER.venue()) revert NotAllowed(msg.sender);
            if (house.length != 0) revert WrongTransfer();
            _requireCounterparty(claim.accountB);
            return;
        }
        if (msg.sender != owner.operator()) revert NotAllowed(msg.sender);
        if (house.length != 2) revert WrongTransfer();
        EquityClaim calldata before = house[0];
        EquityClaim calldata afterwards = house[1];
        if (before.accountId != houseAccount || afterwards.accountId != houseAccount) revert WrongTransfer();
        // Both in the newest snapshot, so in the same one.
        facts.requireNewestEquity(before, LEDGER.commitmentOf(houseAccount));
        facts.requireNewestEquity(afterwards, claim.newB);
        if (afterwards.equity < before.equity) revert HouseWouldLose();
    }
}
