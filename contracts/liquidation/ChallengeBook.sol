// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILossPools} from "../clearing/ILossPools.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {Bounds} from "../shared/Bounds.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {Payments} from "./Payments.sol";

/// @title ChallengeBook
/// @author Ballast
/// @notice Challenges of accounts, their bonds, and what became of them.
contract ChallengeBook is IChallengeBook, Governed, Payments {
    using Math for uint256;

    /// @notice Most challenges of an account that wait.
    uint256 public constant PLACES = 4;
    /// @notice Part of an answered challenge's bond for whoever settles it: one in so many.
    uint256 public constant REWARD_SHARE = 10;
    /// @notice The statement by which accounts answer.
    bytes8 private constant KIND = "coverage";

    /// @notice What opens cases.
    ILiquidationEngine private immutable ENGINE;
    /// @notice The accounts.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Whose attestations answer.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice What keeps time.
    IMarketClock private immutable CLOCK;

    /// @notice Parameters: a challenge that waits keeps bond and deadline.
    Parameters private _parameters;
    /// @notice Challenges that wait.
    mapping(uint256 accountId => Challenge[PLACES] waiting) private _challenges;
    /// @notice How many of them: the ledger asks at each of the venue's updates.
    mapping(uint256 accountId => uint256 count) private _counts;

    /// @notice Starts without challenges.
    /// @param owner who may schedule new parameters.
    /// @param engine_ what opens cases.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        ILiquidationEngine engine_,
        Parameters memory parameters_
    )
        Governed(owner)
        Payments(ICollateralVault(engine_.vault()), IPortfolioLedger(engine_.ledger()).settlementId())
    {
        if (engine_.challenges() != address(this)) revert PartsMismatch();
        ENGINE = engine_;
        LEDGER = IPortfolioLedger(engine_.ledger());
        REGISTRY = ICoverageRegistry(engine_.registry());
        CLOCK = engine_.clock();
        _setParameters(parameters_);
    }

    /// @inheritdoc IChallengeBook
    function challenge(
        uint256 accountId,
        uint256 commitment,
        uint256 snapshotId
    ) external nonReentrant returns (uint256 index) {
        if (ENGINE.paused()) revert Paused();
        IPortfolioLedger.Account memory account = ENGINE.requireOpenable(accountId);
        if (commitment != account.commitment) revert CommitmentChanged(account.commitment);
        uint64 served = CLOCK.served();
        _requireHadTime(snapshotId, account.updatedAt, served);
        if (_isSettled(accountId, commitment, CLOCK.entryOf(snapshotId).time)) revert AttestationIsCurrent(accountId);
        (, uint64 askedTime) = CLOCK.newest();
        index = _placeFor(accountId, askedTime);
        uint64 deadline = served + _parameters.challengeWindow;
        _challenges[accountId][index] = Challenge({
            challenger: msg.sender,
            challengedAt: uint64(block.timestamp),
            bond: _parameters.bond,
            servedAt: served,
            deadline: deadline,
            askedTime: askedTime,
            commitment: commitment
        });
        ++_counts[accountId];
        emit Challenged(accountId, msg.sender, index, askedTime, deadline);
        _charge(_parameters.bond);
    }

    /// @inheritdoc IChallengeBook
    function settleChallenge(uint256 accountId, uint256 index) external nonReentrant returns (uint256 caseId) {
        Challenge memory waiting = _existing(accountId, index);
        Verdict verdict = _verdictOn(accountId, waiting);
        if (verdict == Verdict.Pending) revert TooEarly(waiting.deadline);
        // Opening a case gives the bonds back by `caseOpened`.
        if (verdict == Verdict.Breach) return ENGINE.open(accountId);
        if (verdict == Verdict.Silence) {
            caseId = ENGINE.openByChallenge(accountId, _firstOf(accountId), waiting.askedTime);
            _returnBonds(accountId, caseId);
            return caseId;
        }
        delete _challenges[accountId][index];
        --_counts[accountId];
        emit ChallengeSettled(accountId, waiting.challenger, 0);
        (uint256 reward, uint256 returned) = _shares(verdict, waiting.bond);
        _credit(waiting.challenger, returned);
        _credit(msg.sender, reward);
        _oweForfeit(waiting.bond - reward - returned);
        _tryRemit();
    }

    /// @inheritdoc IChallengeBook
    function caseOpened(uint256 accountId, uint256 caseId) external returns (address challenger) {
        if (msg.sender != address(ENGINE)) revert OnlyEngine(msg.sender);
        challenger = _firstOf(accountId);
        _returnBonds(accountId, caseId);
    }

    /// @inheritdoc IChallengeBook
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _setParameters(parameters_);
    }

    /// @inheritdoc IChallengeBook
    function verdictOf(
        uint256 accountId,
        uint256 index
    ) external view returns (Verdict verdict, uint256 reward, uint256 returned) {
        Challenge memory waiting = _existing(accountId, index);
        verdict = _verdictOn(accountId, waiting);
        (reward, returned) = _shares(verdict, waiting.bond);
    }

    /// @inheritdoc IChallengeBook
    function challengesOf(uint256 accountId) external view returns (Challenge[PLACES] memory) {
        return _challenges[accountId];
    }

    /// @inheritdoc IChallengeBook
    function isChallenged(uint256 accountId) external view returns (bool) {
        return _counts[accountId] != 0;
    }

    /// @inheritdoc IChallengeBook
    function timeLeft(uint256 accountId, uint256 index) external view returns (uint64) {
        uint64 deadline = _existing(accountId, index).deadline;
        uint64 served = CLOCK.served();
        return deadline > served ? deadline - served : 0;
    }

    /// @inheritdoc IChallengeBook
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IChallengeBook
    function engine() external view returns (address) {
        return address(ENGINE);
    }

    /// @notice The clearing house.
    /// @return whom forfeits are owed to.
    function _collector() internal view override returns (ILossPools) {
        return ILossPools(ENGINE.clearingHouse());
    }

    /// @notice Gives back every bond of an account that waits.
    /// @param accountId the account.
    /// @param caseId the case that opened.
    function _returnBonds(uint256 accountId, uint256 caseId) private {
        delete _counts[accountId];
        for (uint256 i = 0; i < PLACES; ++i) {
            Challenge memory waiting = _challenges[accountId][i];
            if (waiting.challenger == address(0)) continue;
            delete _challenges[accountId][i];
            emit ChallengeSettled(accountId, waiting.challenger, caseId);
            _credit(waiting.challenger, waiting.bond);
        }
    }

    /// @notice Checks and sets the parameters.
    /// @param next the new ones.
    function _setParameters(Parameters memory next) private {
        uint64 gap = CLOCK.parameters().serveGap;
        Bounds.requireWithin("challengeWindow", next.challengeWindow, Bounds.window(10 minutes, gap), 7 days);
        Bounds.requireWithin("answerTime", next.answerTime, Bounds.window(1 minutes, gap), 1 days);
        Bounds.requireWithin("unservedLimit", next.unservedLimit, 1 days, 14 days);
        Bounds.requireWithin("answerCost", next.answerCost, 1, 1 << 96);
        Bounds.requireWithin("bond", next.bond, REWARD_SHARE * next.answerCost, 1 << 100);
        _parameters = next;
        emit ParametersChanged(next);
    }

    /// @notice What becomes of a challenge now.
    /// @param accountId the account.
    /// @param waiting its challenge.
    /// @return the verdict.
    function _verdictOn(uint256 accountId, Challenge memory waiting) private view returns (Verdict) {
        if (_isAnswered(accountId, waiting)) return Verdict.Answered;
        uint64 served = CLOCK.served();
        bool isBreach = ENGINE.isBreachProven(accountId);
        bool isSilence = served >= waiting.deadline;
        uint256 unserved = (block.timestamp - waiting.challengedAt).saturatingSub(served - waiting.servedAt);
        bool isForgotten = unserved > _parameters.unservedLimit;
        // A pause opens no cases, and traps no bond.
        if (ENGINE.paused()) return isBreach || isSilence || isForgotten ? Verdict.Dismissed : Verdict.Pending;
        if (isBreach) return Verdict.Breach;
        if (isForgotten) return Verdict.Dismissed;
        return isSilence ? Verdict.Silence : Verdict.Pending;
    }

    /// @notice Whether an account has answered: about the portfolio that was challenged, or about the present one, to
    /// which nothing but its own cash and cases have led. The ledger takes no word of the venue's while a challenge
    /// waits; but a trade may be with an account that the venue's word has just made rich, and be undone once answered.
    /// @param accountId the account.
    /// @param waiting its challenge.
    /// @return whether one of the two is attested healthy by prices no older than asked.
    function _isAnswered(uint256 accountId, Challenge memory waiting) private view returns (bool) {
        if (_isHealthy(accountId, waiting.commitment, waiting.askedTime)) return true;
        (, uint64 rootAt) = LEDGER.rootOf(accountId);
        if (rootAt >= waiting.challengedAt) return false;
        return _isHealthy(accountId, LEDGER.commitmentOf(accountId), waiting.askedTime);
    }

    /// @notice Whether a commitment is attested healthy by prices in the line, in which the clock has no snapshot that
    /// was proven wrong, and by a circuit that is not retired.
    /// @param accountId the account.
    /// @param commitment the commitment.
    /// @param askedTime the oldest time that its snapshot may have.
    /// @return whether it answers, however old it is by now.
    function _isHealthy(uint256 accountId, uint256 commitment, uint64 askedTime) private view returns (bool) {
        ICoverageRegistry.Attestation memory given = REGISTRY.attestation(accountId, commitment);
        if (!given.exists || given.tier > 1 || given.snapshotTime < askedTime) return false;
        if (CLOCK.entryOf(given.snapshotId).time == 0) return false;
        return IVerifierRegistry(REGISTRY.verifiers()).kindOf(given.circuitId) == KIND;
    }

    /// @notice Whether there is nothing to ask: the present portfolio is attested healthy by prices that it had the
    /// time for, or a case can be opened at once. A breach by which none can keeps no challenge away, and neither does
    /// health by older prices: they may be those of before a crash.
    /// @param accountId the account.
    /// @param commitment its portfolio.
    /// @param time of a snapshot by which it could have attested.
    /// @return whether it is so.
    function _isSettled(uint256 accountId, uint256 commitment, uint64 time) private view returns (bool) {
        bool isCurrent = REGISTRY.attestation(accountId, commitment).isCurrent;
        return isCurrent && (_isHealthy(accountId, commitment, time) || ENGINE.isBreachProven(accountId));
    }

    /// @notice Who asked first what is not answered: the case is that one's.
    /// @param accountId the account.
    /// @return challenger zero where nobody waits.
    function _firstOf(uint256 accountId) private view returns (address challenger) {
        uint64 first = type(uint64).max;
        for (uint256 i = 0; i < PLACES; ++i) {
            Challenge memory waiting = _challenges[accountId][i];
            if (waiting.challenger == address(0) || waiting.askedTime >= first) continue;
            if (_isAnswered(accountId, waiting)) continue;
            (first, challenger) = (waiting.askedTime, waiting.challenger);
        }
    }

    /// @notice Reverts unless an account had the time to attest by a snapshot newer than its portfolio.
    /// @param snapshotId the snapshot.
    /// @param updatedAt when the portfolio last changed.
    /// @param served the served seconds up to now.
    function _requireHadTime(uint256 snapshotId, uint64 updatedAt, uint64 served) private view {
        IMarketClock.Entry memory entry = CLOCK.entryOf(snapshotId);
        if (entry.time == 0) revert SnapshotNotEntered(snapshotId);
        if (entry.time < updatedAt) revert SnapshotTooOld(entry.time, updatedAt);
        uint64 from = entry.servedAt + _parameters.answerTime;
        if (served < from) revert TooEarly(from);
    }

    /// @notice An empty place for a challenge that asks about newer prices than all that wait.
    /// @param accountId the account.
    /// @param askedTime about which it asks.
    /// @return place the place.
    function _placeFor(uint256 accountId, uint64 askedTime) private view returns (uint256 place) {
        place = PLACES;
        for (uint256 i = 0; i < PLACES; ++i) {
            Challenge storage waiting = _challenges[accountId][i];
            if (waiting.challenger == address(0)) place = i;
            else if (waiting.askedTime >= askedTime) revert NothingNewToAsk(waiting.askedTime);
        }
        if (place == PLACES) revert TooManyChallenges(accountId);
    }

    /// @notice A challenge that waits, or a revert.
    /// @param accountId the account.
    /// @param index its place.
    /// @return waiting the challenge.
    function _existing(uint256 accountId, uint256 index) private view returns (Challenge memory waiting) {
        if (index < PLACES) waiting = _challenges[accountId][index];
        if (waiting.challenger == address(0)) revert NotChallenged(accountId, index);
    }

    /// @notice Who gets what of a bond.
    /// @param verdict what became of the challenge.
    /// @param bond token units.
    /// @return reward token units for who settles it.
    /// @return returned token units for the challenger; the insurance fund's is what is left, unless it waits.
    function _shares(Verdict verdict, uint256 bond) private pure returns (uint256 reward, uint256 returned) {
        if (verdict == Verdict.Pending) return (0, 0);
        if (verdict == Verdict.Answered) return (bond / REWARD_SHARE, 0);
        return (0, bond);
    }
}
