// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {IBounded} from "../shared/IBounded.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "./facts/Claims.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {IPayments} from "./IPayments.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title The gate: no proof, no liquidation
/// @author Ballast
/// @notice Opens, advances and closes liquidation cases. A case opens by an attestation of tier 2 or more, or by a
/// challenge that nobody answered; it moves on by proofs and deadlines; its account is frozen until it closes.
/// docs/protocol/liquidation.md draws the state machine.
interface ILiquidationEngine is IPayments, IBounded {
    /// @notice Where a case is.
    enum Status {
        None,
        Soft,
        Sealed,
        Sale,
        Takeover,
        Closed
    }

    /// @notice How a case ended.
    enum Outcome {
        None,
        Cured,
        Awarded,
        Sold,
        TakenOver,
        Abandoned
    }

    /// @notice What becomes of a challenge, in this order of precedence.
    /// Answered: the challenged or the present portfolio was attested healthy (tier 0 or 1) since, or the present one
    /// is now. Dismissed: the present one is healthy by prices older than itself, or nobody can attest. Breach: the
    /// present one is attested with tier 2 or more. Silence: the deadline passed with none of these. Pending: it has
    /// not.
    enum Verdict {
        Pending,
        Answered,
        Dismissed,
        Breach,
        Silence
    }

    /// @notice A case. `version` grows with each change of the portfolio or the status; `deadline` ends the soft window
    /// or the time for the takeover, and is 0 while the auction keeps time; `snapshotTime` is that of the proof that
    /// opened it or moved it on, NO_PROOF (0) while none has: silence opened it.
    struct Case {
        uint256 accountId;
        Status status;
        Outcome outcome;
        uint8 tier;
        uint32 version;
        uint64 openedAt;
        uint64 phaseAt;
        uint64 deadline;
        uint64 snapshotTime;
        uint64 closedAt;
    }

    /// @notice A challenge that waits for its answer: who posted which bond, when, until when, and about which
    /// portfolio.
    struct Challenge {
        address challenger;
        uint128 bond;
        uint64 challengedAt;
        uint64 deadline;
        uint256 commitment;
    }

    /// @notice What an engine works with. Auction and clearing house are deployed after it, at addresses known before.
    struct Parts {
        IPortfolioLedger ledger;
        ICollateralVault vault;
        ICoverageRegistry registry;
        IMarketClock clock;
        address auction;
        address clearingHouse;
        address guardian;
    }

    /// @notice Parameters, each bounded: windows in seconds, the bond in token units, the penalty in ppm of the margin
    /// that is freed.
    struct Parameters {
        uint64 softWindow;
        uint64 challengeWindow;
        uint64 takeoverWindow;
        uint128 challengeBond;
        uint32 maxPenalty;
    }

    /// @notice A case was opened.
    /// @param caseId its number, from 1.
    /// @param accountId the account.
    /// @param snapshotId the snapshot of the proof; 0 for an unanswered challenge.
    /// @param status where it starts.
    event CaseOpened(uint256 indexed caseId, uint256 indexed accountId, uint256 indexed snapshotId, Status status);

    /// @notice A case moved on.
    /// @param caseId the case.
    /// @param status where it is now.
    /// @param version its version now.
    /// @param deadline its deadline now.
    event CaseAdvanced(uint256 indexed caseId, Status indexed status, uint32 version, uint64 deadline);

    /// @notice A slice was moved off the account, which is the safer for it.
    /// @param caseId the case.
    /// @param accountB who took the slice.
    /// @param version the case's version now.
    event CaseReduced(uint256 indexed caseId, uint256 indexed accountB, uint32 version);

    /// @notice A case was closed.
    /// @param caseId the case.
    /// @param accountId the account.
    /// @param outcome how it ended, never None.
    event CaseClosed(uint256 indexed caseId, uint256 indexed accountId, Outcome indexed outcome);

    /// @notice An account without a current attestation was challenged.
    /// @param accountId the account.
    /// @param challenger who posted the bond.
    /// @param deadline until when it must attest.
    event Challenged(uint256 indexed accountId, address indexed challenger, uint64 deadline);

    /// @notice A challenge ended.
    /// @param accountId the account.
    /// @param caseId the case it opened; 0 when it was answered, or dismissed.
    event ChallengeSettled(uint256 indexed accountId, uint256 indexed caseId);

    /// @notice New parameters.
    /// @param parameters all of them, in force from now on.
    event ParametersChanged(Parameters parameters);

    /// @notice Whether new cases may be opened.
    /// @param paused whether not.
    /// @param until when the pause lapses by itself; of one that was ended sooner, now.
    event PausedChanged(bool paused, uint64 until);

    /// @notice Another guardian.
    /// @param guardian who may pause new cases from now on.
    event GuardianChanged(address indexed guardian);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice New cases are paused; open ones go on.
    error Paused();

    /// @notice Only the guardian may pause.
    error OnlyGuardian(address caller);

    /// @notice A pause begins at most once in 30 days: the next one may at `nextPauseAt`.
    error PausedTooOften(uint64 nextPauseAt);

    /// @notice Only the auction may do this.
    error OnlyAuction(address caller);

    /// @notice Only the clearing house may do this.
    error OnlyClearingHouse(address caller);

    /// @notice Only the venue may do this, or the clearing house's operator for the house's account.
    error NotAllowed(address caller);

    /// @notice There is no such case.
    error UnknownCase(uint256 caseId);

    /// @notice The account has an open case.
    error CaseIsOpen(uint256 caseId);

    /// @notice The case is not where this can be done.
    error WrongStatus(uint256 caseId, Status status);

    /// @notice The commitment has no current attestation: prove and attest first.
    error NoCurrentAttestation(uint256 accountId, uint256 commitment);

    /// @notice The attested tier does not allow this.
    error WrongTier(uint8 tier);

    /// @notice The snapshot is older than the portfolio, or than the case: prove against a newer one.
    error SnapshotTooOld(uint64 snapshotTime, uint64 oldest);

    /// @notice The house's account has no cases.
    error HouseAccount(uint256 accountId);

    /// @notice The window has not passed, and no proof of a worse tier was given.
    error TooEarly(uint64 until);

    /// @notice The account has a current attestation, healthy or by which a case can be opened: there is nothing to
    /// challenge.
    error AttestationIsCurrent(uint256 accountId);

    /// @notice No sound snapshot is young enough to attest by: nobody could answer. Wait for the next one.
    error NobodyCanAttest();

    /// @notice The account is challenged already.
    error AlreadyChallenged(uint256 accountId);

    /// @notice The account is not challenged.
    error NotChallenged(uint256 accountId);

    /// @notice The case has changed since: look again, and prove for the new version.
    error VersionChanged(uint32 version);

    /// @notice The transfer is not about the case's account, or has a field that this use does not allow.
    error WrongTransfer();

    /// @notice The slice would cost the house: its equity may not fall.
    error HouseWouldLose();

    /// @notice Opens a case by the current attestation of the account's current commitment: tier 2 starts in Soft, 3 in
    /// Sealed, 4 in Takeover. Anyone may. The snapshot must be at least as new as the portfolio.
    /// @param accountId the account.
    /// @return caseId the case.
    function open(uint256 accountId) external returns (uint256 caseId);

    /// @notice Challenges an account without a current attestation, with a bond; anyone may, while the newest snapshot
    /// is young enough to attest by.
    /// @param accountId the account.
    function challenge(uint256 accountId) external;

    /// @notice Ends a challenge; anyone may. Answered (the challenged or the present portfolio was attested with tier 0
    /// or 1 since, or the present one is now): no case, a tenth of the bond is the caller's, the rest the insurance
    /// fund's. A current attestation of tier 2 or more opens a case. With neither, while nobody can attest: no case.
    /// With neither, after the deadline: a case of tier 2. In these three the bond returns.
    /// @param accountId the account.
    /// @return caseId the case, or 0.
    function settleChallenge(uint256 accountId) external returns (uint256 caseId);

    /// @notice Closes a case whose account is shown healthy (tier 0 or 1), at any time before the award; anyone may.
    /// @param caseId the case.
    function cure(uint256 caseId) external;

    /// @notice Changes the portfolio of a frozen account so that it is healthy, and closes its case: a deposit from the
    /// caller (no counterparty, funding > 0; anyone with the proof may), or a trade (the venue may, with an ordinary
    /// account that its owner has not locked). The new commitment must have a current attestation of tier 0 or 1.
    /// Purpose: `purposeOf(CURE, caseId, version, caller)`.
    /// @param caseId the case.
    /// @param claim the transfer; its A is the case's account.
    function cureByTransfer(uint256 caseId, TransferClaim calldata claim) external;

    /// @notice In Soft: moves a slice to another account, and proves that the account's requirement and short gamma do
    /// not grow, its tier gets no worse, and it pays at most `maxPenalty` of the margin that is freed. The new
    /// portfolio must have a current attestation, of any tier, no older than the case's. The venue may, with any
    /// account that is neither frozen, guarded nor locked by its owner; the operator may with the house's account,
    /// whose equity must not fall: `house` is its equity before and after, in one snapshot.
    /// Purpose: `purposeOf(REDUCE, caseId, version, caller)`.
    /// @param caseId the case.
    /// @param claim the transfer.
    /// @param reduction the proof about A.
    /// @param house two claims for the house's account, else none.
    function reduce(
        uint256 caseId,
        TransferClaim calldata claim,
        ReductionClaim calldata reduction,
        EquityClaim[] calldata house
    ) external;

    /// @notice Moves a case on: from Soft to Sealed once its window has passed or tier 3 is attested, to Takeover once
    /// tier 4 is. Anyone may.
    /// @param caseId the case.
    function escalate(uint256 caseId) external;

    /// @notice Closes a case that the clearing house has not taken over in time; its account is free again. Anyone may.
    /// @param caseId the case.
    function abandon(uint256 caseId) external;

    /// @notice From Sealed to Sale, or from Sealed or Sale to Takeover; only the auction may. A case without any proof
    /// (an unanswered challenge) closes as Abandoned where it would go to Takeover.
    /// @param caseId the case.
    /// @param status Sale or Takeover.
    /// @param tier what an equity proof showed.
    /// @param snapshotTime that of the proof, which is the case's from now on if it is newer; 0 for none.
    function advance(
        uint256 caseId,
        Status status,
        uint8 tier,
        uint64 snapshotTime
    ) external;

    /// @notice Moves the whole portfolio to a winner or buyer, and closes the case; only the auction may.
    /// Purpose: `purposeOf(AWARD, caseId, version, buyer)`.
    /// @param caseId the case, in Sealed or Sale.
    /// @param claim the transfer.
    /// @param buyer who acts for account B.
    function award(uint256 caseId, TransferClaim calldata claim, address buyer) external;

    /// @notice Moves the whole portfolio to the house's account, and closes the case; only the clearing house may.
    /// Purpose: `purposeOf(TAKE_OVER, caseId, version, clearingHouse)`.
    /// @param caseId the case, in Takeover.
    /// @param claim the transfer; its cash is 0.
    function takeOver(uint256 caseId, TransferClaim calldata claim) external;

    /// @notice Stops new cases for three days, at most once in 30, or allows them sooner; the guardian may. Nothing
    /// else ever stops: open cases go on, and accounts attest as always.
    /// A pause stops no clock. Nobody can be challenged meanwhile; a challenge that waits keeps its deadline, since the
    /// account can answer all the while. Whoever settles one in a pause gets no case out of it, by breach or by
    /// silence, and the bond goes back; one that nobody settles before the pause ends is judged then as always.
    /// Breaches that build up meanwhile open once it has ended, by an attestation that is current then. So an account
    /// in breach gains three days and the time of another challenge at most.
    /// @param paused whether to stop.
    function setPaused(bool paused) external;

    /// @notice Replaces the guardian; by `schedule` and `execute` only. A pause that runs lapses when it would have,
    /// unless the new guardian ends it; the next one is no nearer.
    /// @param guardian_ the new one.
    function setGuardian(address guardian_) external;

    /// @notice Sets the parameters; by `schedule` and `execute` only. Running windows keep their ends.
    /// @param parameters_ the new ones.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice What a transfer proof for a case is made for.
    /// @param action one of "cure", "reduce", "award", "takeover", as bytes32.
    /// @param caseId the case.
    /// @param version its version.
    /// @param actor who acts.
    /// @return keccak256(abi.encode(action, caseId, version, actor)).
    function purposeOf(
        bytes32 action,
        uint256 caseId,
        uint32 version,
        address actor
    ) external pure returns (bytes32);

    /// @notice A case.
    /// @param caseId the case, from 1.
    /// @return the case. Reverts with UnknownCase when there is none.
    function caseOf(uint256 caseId) external view returns (Case memory);

    /// @notice An account's open case.
    /// @param accountId the account.
    /// @return caseId its number, 0 when there is none.
    function openCaseOf(uint256 accountId) external view returns (uint256 caseId);

    /// @notice An account's challenge.
    /// @param accountId the account.
    /// @return the challenge; all zero when there is none.
    function challengeOf(uint256 accountId) external view returns (Challenge memory);

    /// @notice Cases in Takeover: while there is one, nobody leaves the funds.
    /// @return the number of these cases.
    function pendingTakeovers() external view returns (uint256);

    /// @notice The parameters.
    /// @return those in force.
    function parameters() external view returns (Parameters memory);

    /// @notice How many cases there were.
    /// @return the highest number.
    function caseCount() external view returns (uint256);

    /// @notice Whether new cases are stopped.
    /// @return true from the guardian's call on until it lapses, or the guardian allows them.
    function paused() external view returns (bool);

    /// @notice When the last pause ends, or ended.
    /// @return Unix seconds; 0 when there was none.
    function pausedUntil() external view returns (uint64);

    /// @notice When the next pause may begin.
    /// @return Unix seconds; 0 when there was none.
    function nextPauseAt() external view returns (uint64);

    /// @notice The accounts that cases are about.
    /// @return the ledger.
    function ledger() external view returns (address);

    /// @notice The venue's tokens.
    /// @return the vault.
    function vault() external view returns (address);

    /// @notice Whose attestations open and cure.
    /// @return the coverage registry.
    function registry() external view returns (address);

    /// @notice Which prices are the newest, and how long they have served.
    /// @return the market clock.
    function clock() external view returns (address);

    /// @notice What holds sealed bids and public sales.
    /// @return the auction.
    function auction() external view returns (address);

    /// @notice What takes over.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);

    /// @notice What checks equity and reduction proofs.
    /// @return the checker, which the engine made.
    function facts() external view returns (IFactChecker);

    /// @notice Who may stop new cases.
    /// @return the guardian.
    function guardian() external view returns (address);
}
