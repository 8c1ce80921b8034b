// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";
import {IPayments} from "./IPayments.sol";

/// @title Challenges: what an account owes to who asks
/// @author Ballast
/// @notice Whoever doubts an account asks it, for a bond, to attest by prices of the present or later. An answer costs
/// the challenger the bond; without one a liquidation case opens and the bond comes back. An account has at most four
/// challenges at a time, each about newer prices than the one before: a friend's challenge keeps no other away.
/// All windows are in served seconds of the market clock: in an outage nobody runs out of time.
interface IChallengeBook is IPayments, IBounded {
    /// @notice What becomes of a challenge, in this order of precedence.
    /// Answered: the challenged portfolio, or the present one, to which its own cash and its case alone have led from
    /// it, is attested healthy (tier 0 or 1) by prices no older than asked. Breach: a case can be opened by the
    /// attestation of the present one. Dismissed: new cases are paused and it would open one, or prices were missing
    /// for longer than `unservedLimit`. Silence: the deadline passed with none of these. Pending: it has not.
    enum Verdict {
        Pending,
        Answered,
        Dismissed,
        Breach,
        Silence
    }

    /// @notice A challenge that waits; all zero: an empty place. `challengedAt` is wall clock, `servedAt` and
    /// `deadline` are served seconds; `askedTime` is that of the newest snapshot then: an answer is by one no older.
    struct Challenge {
        address challenger;
        uint64 challengedAt;
        uint128 bond;
        uint64 servedAt;
        uint64 deadline;
        uint64 askedTime;
        uint256 commitment;
    }

    /// @notice Parameters, each bounded: windows in served seconds, `unservedLimit` in seconds, bond and cost in token
    /// units. `answerTime` is how long an account has to attest unasked by a snapshot newer than itself; `answerCost`
    /// is what an answer is reckoned to cost, and a tenth of the bond is at least that.
    struct Parameters {
        uint64 challengeWindow;
        uint64 answerTime;
        uint64 unservedLimit;
        uint128 bond;
        uint128 answerCost;
    }

    /// @notice An account was challenged.
    /// @param accountId the account.
    /// @param challenger who posted the bond.
    /// @param index its place among the account's challenges.
    /// @param askedTime an answer is by a snapshot no older than this, Unix seconds.
    /// @param deadline until when, in served seconds.
    event Challenged(
        uint256 indexed accountId,
        address indexed challenger,
        uint256 index,
        uint64 askedTime,
        uint64 deadline
    );

    /// @notice A challenge ended.
    /// @param accountId the account.
    /// @param challenger who had posted the bond.
    /// @param caseId the case that opened; 0 when it was answered, or dismissed.
    event ChallengeSettled(uint256 indexed accountId, address indexed challenger, uint256 indexed caseId);

    /// @notice New parameters, for challenges from now on; the limit for missing prices acts on those that wait too.
    /// @param parameters all of them.
    event ParametersChanged(Parameters parameters);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice Only the engine may do this.
    error OnlyEngine(address caller);

    /// @notice New cases are paused, or the venue has stopped: nobody is challenged meanwhile.
    error Paused();

    /// @notice The account's portfolio is another one by now: look again before you post a bond.
    error CommitmentChanged(uint256 commitment);

    /// @notice The account has a current attestation, healthy or by which a case can be opened: there is nothing to
    /// challenge.
    error AttestationIsCurrent(uint256 accountId);

    /// @notice The snapshot is not in the market clock's line, or was proven wrong.
    error SnapshotNotEntered(uint256 snapshotId);

    /// @notice The snapshot is older than the portfolio.
    error SnapshotTooOld(uint64 snapshotTime, uint64 oldest);

    /// @notice Another challenge waits that asks about these prices, or newer ones.
    error NothingNewToAsk(uint64 askedTime);

    /// @notice Four challenges of the account wait: settle one.
    error TooManyChallenges(uint256 accountId);

    /// @notice There is no such challenge.
    error NotChallenged(uint256 accountId, uint256 index);

    /// @notice This can be done when as many seconds have been served.
    error TooEarly(uint64 served);

    /// @notice Challenges an account without a current attestation, with a bond, which comes from the caller's credit
    /// first; anyone may. Reverts with the engine's errors where no case could be opened.
    /// @param accountId the account.
    /// @param commitment its portfolio, so that no change of it in the same block takes the bond.
    /// @param snapshotId a snapshot in the line, newer than the portfolio, that entered `answerTime` served seconds ago
    /// or earlier: the account had the time to attest unasked.
    /// @return index its place among the account's challenges, 0 to 3.
    function challenge(uint256 accountId, uint256 commitment, uint256 snapshotId) external returns (uint256 index);

    /// @notice Ends a challenge as `verdictOf` says; anyone may. Answered: a tenth of the bond is the caller's, the
    /// rest the insurance fund's. Dismissed: the bond comes back. Breach or Silence: a case, and every bond that waits
    /// comes back; whoever challenged has a share of what the case brings.
    /// @param accountId the account.
    /// @param index the challenge's place.
    /// @return caseId the case, or 0.
    function settleChallenge(uint256 accountId, uint256 index) external returns (uint256 caseId);

    /// @notice Gives back every bond that waits; only the engine may, when a case opens.
    /// @param accountId the account.
    /// @param caseId the case.
    /// @return challenger who asked first of those who got no answer; zero: nobody.
    function caseOpened(uint256 accountId, uint256 caseId) external returns (address challenger);

    /// @notice Sets the parameters; by `schedule` and `execute` only.
    /// @param parameters_ the new ones.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice What `settleChallenge` would do now.
    /// @param accountId the account.
    /// @param index the challenge's place. Reverts with NotChallenged where none waits.
    /// @return verdict what becomes of it; Pending: nothing, the call would revert.
    /// @return reward token units for the caller.
    /// @return returned token units for the challenger.
    function verdictOf(
        uint256 accountId,
        uint256 index
    ) external view returns (Verdict verdict, uint256 reward, uint256 returned);

    /// @notice An account's challenges.
    /// @param accountId the account.
    /// @return four places, all zero where no challenge waits.
    function challengesOf(uint256 accountId) external view returns (Challenge[4] memory);

    /// @notice Whether the ledger leaves an account as it is: until then the venue's word answers nothing.
    /// @param accountId the account.
    /// @return whether a challenge of it waits.
    function isChallenged(uint256 accountId) external view returns (bool);

    /// @notice What is left of a challenge's window.
    /// @param accountId the account.
    /// @param index the challenge's place. Reverts with NotChallenged where none waits.
    /// @return served seconds; 0 when it has passed.
    function timeLeft(uint256 accountId, uint256 index) external view returns (uint64);

    /// @notice The parameters.
    /// @return those in force.
    function parameters() external view returns (Parameters memory);

    /// @notice What opens cases.
    /// @return the liquidation engine.
    function engine() external view returns (address);
}
