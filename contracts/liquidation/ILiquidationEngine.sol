// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {IBounded} from "../shared/IBounded.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {EquityClaim, ReductionClaim, TransferClaim} from "./facts/Claims.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title The gate: no proof, no liquidation
/// @author Ballast
/// @notice Opens, moves and closes liquidation cases. A case opens by an attestation of tier 2 or more, or by a
/// challenge that nobody answered; it moves on by proofs and deadlines; its account is frozen until it closes.
/// Windows are in served seconds of the market clock: only time in which prices came in counts, so that an outage costs
/// nobody anything. Every case has an end. docs/protocol/liquidation.md draws the state machine.
interface ILiquidationEngine is IBounded {
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

    /// @notice A case. `version` grows with each change of the portfolio or the status. `proven`: somebody has proven
    /// the breach; until then silence alone has opened the case. `challenger` asked before it opened, or is zero.
    /// `openedAt` and `phaseAt` are wall clock, `openedServed`, `phaseServed` and `closedServed` the same in served
    /// seconds; in those too `until` ends the soft window or the notice of a takeover (0 elsewhere) and `endsAt` the
    /// case. `snapshotTime` is that of the proof that opened it or moved it on; without one that of the prices that
    /// were asked about. `unservedLimit`: seconds outside of served time after which it is over. All windows are those
    /// of the parameters when they began. `commitment` is the portfolio that the case opened with.
    struct Case {
        uint256 accountId;
        uint256 commitment;
        Status status;
        Outcome outcome;
        uint8 tier;
        bool proven;
        uint32 version;
        address challenger;
        uint64 openedAt;
        uint64 openedServed;
        uint64 phaseAt;
        uint64 phaseServed;
        uint64 until;
        uint64 endsAt;
        uint64 snapshotTime;
        uint64 closedServed;
        uint64 unservedLimit;
    }

    /// @notice What an engine works with. Challenge book, auction, sale and clearing house are deployed after it, at
    /// addresses known before.
    struct Parts {
        IPortfolioLedger ledger;
        ICollateralVault vault;
        ICoverageRegistry registry;
        IMarketClock clock;
        address challenges;
        address auction;
        address sale;
        address clearingHouse;
        address guardian;
    }

    /// @notice Parameters, each bounded. In served seconds: the soft window, the notice before a takeover, the length
    /// of a case. In seconds: `openAge`, the oldest a snapshot may be that opens or moves a case on; `unservedLimit`,
    /// for how long prices may be missing before a case can be abandoned. The penalty in ppm of the margin that is
    /// freed.
    struct Parameters {
        uint64 softWindow;
        uint64 takeoverNotice;
        uint64 caseLength;
        uint64 openAge;
        uint64 unservedLimit;
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
    /// @param until when the soft window ends, in served seconds; 0 elsewhere.
    event CaseAdvanced(uint256 indexed caseId, Status indexed status, uint32 version, uint64 until);

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

    /// @notice New parameters. Running windows keep their ends.
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

    /// @notice New cases are paused, or the venue has stopped; open ones go on.
    error Paused();

    /// @notice Only the guardian may pause.
    error OnlyGuardian(address caller);

    /// @notice A pause begins at most once in 30 days: the next one may at `nextPauseAt`.
    error PausedTooOften(uint64 nextPauseAt);

    /// @notice Only auction and sale may do this.
    error OnlyAuction(address caller);

    /// @notice Only the challenge book may do this.
    error OnlyChallenges(address caller);

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

    /// @notice Silence opened the case, and nobody has proven a breach: attest the account's tier first.
    error BreachUnproven(uint256 caseId);

    /// @notice The attested tier does not allow this.
    error WrongTier(uint8 tier);

    /// @notice The snapshot is not in the market clock's line, or was proven wrong: prove against one that is.
    error SnapshotNotEntered(uint256 snapshotId);

    /// @notice The snapshot is older than this allows (than the portfolio, than the case, or than `openAge` from now):
    /// prove against a newer one.
    error SnapshotTooOld(uint64 snapshotTime, uint64 oldest);

    /// @notice The house's account has no cases.
    error HouseAccount(uint256 accountId);

    /// @notice The window has not passed, and no proof of a worse tier was given: it has when as many seconds are
    /// served.
    error TooEarly(uint64 until);

    /// @notice The case has come to its end: it can be cured or abandoned, and nothing else.
    error CaseOver(uint256 caseId);

    /// @notice The case has not come to its end.
    error CaseNotOver(uint256 caseId);

    /// @notice The transfer is not about the case's account, or has a field that this use does not allow.
    error WrongTransfer();

    /// @notice The proof is about another account.
    error WrongAccount(uint256 accountId);

    /// @notice The account has equity of a lot or more: it goes back to the sale instead.
    error EquityLeft(int256 equity);

    /// @notice The slice would cost the house: its equity may not fall.
    error HouseWouldLose();

    /// @notice Opens a case by the current attestation of the account's current commitment: tier 2 starts in Soft, 3 in
    /// Sealed, 4 in Takeover, or in Sealed where the snapshot isn't the newest one. Anyone may. The snapshot is in the
    /// line, at most `openAge` old, and no older than the portfolio, neither by its prices nor by when they came in.
    /// Bonds of waiting challenges come back.
    /// @param accountId the account.
    /// @return caseId the case.
    function open(uint256 accountId) external returns (uint256 caseId);

    /// @notice Opens a case of tier 2 that nobody has proven; only the challenge book may.
    /// @param accountId the account.
    /// @param challenger who asked.
    /// @param askedTime about which prices, Unix seconds.
    /// @return caseId the case.
    function openByChallenge(
        uint256 accountId,
        address challenger,
        uint64 askedTime
    ) external returns (uint256 caseId);

    /// @notice Closes a case whose account is shown healthy (tier 0 or 1) by the newest snapshot, or within the clock's
    /// grace by the one before, and no older than the case's; anyone may, at any time before it closes.
    /// @param caseId the case.
    function cure(uint256 caseId) external;

    /// @notice Changes the portfolio of a frozen account so that it is healthy, and closes its case: a deposit from the
    /// caller (no counterparty, funding > 0; anyone with the proof may), or a trade (the venue may, with an ordinary
    /// account that its owner has not locked). What is left follows from the old portfolio and what moved
    /// (`Rest.Kept`). The new commitment must be attested healthy as for `cure`. Purpose: `purposeOf(CURE, caseId,
    /// version, caller)`.
    /// @param caseId the case.
    /// @param claim the transfer; its A is the case's account.
    function cureByTransfer(uint256 caseId, TransferClaim calldata claim) external;

    /// @notice In Soft: moves a slice to another account, and proves that the account's requirement and short gamma do
    /// not grow, its tier gets no worse, and it pays at most `maxPenalty` of the margin that is freed. Both this proof
    /// and the attestation of the new portfolio, of any tier, are in the newest snapshot. Somebody has proven the
    /// case's breach, or the present portfolio's attestation counts as one for `open`; one of health that counts
    /// refuses slices. The venue may, with any account that is neither frozen, guarded nor locked by its owner; the
    /// operator may with the house's account, whose equity must not fall: `house` is its equity before and after, in
    /// one snapshot, the newest too. What is left follows from the old portfolio and the lots that moved (`Rest.Kept`).
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

    /// @notice Moves a case on: from Soft to Sealed once its window has passed, or tier 3 or 4 is attested as for
    /// `open`; to Takeover where it is tier 4 in the newest snapshot. Anyone may.
    /// @param caseId the case.
    function escalate(uint256 caseId) external;

    /// @notice Closes a case that has come to its end, or whose prices were missing for longer than `unservedLimit`:
    /// its account is free again. Anyone may.
    /// @param caseId the case.
    function abandon(uint256 caseId) external;

    /// @notice Moves a case by an equity proof: from Sealed to Sale or Takeover, and between these two; only auction
    /// and sale may. From then on it is a proven one.
    /// @param caseId the case.
    /// @param status Sale or Takeover.
    /// @param tier what the proof showed, 2 or more.
    /// @param snapshotTime that of the proof.
    function move(
        uint256 caseId,
        Status status,
        uint8 tier,
        uint64 snapshotTime
    ) external;

    /// @notice Closes a case without moving anything; only auction and sale may.
    /// @param caseId the case, in Sealed, Sale or Takeover.
    /// @param outcome Cured: an equity proof shows tier 0 or 1; Abandoned: nobody proved a breach in time.
    /// @param tier what the proof showed; 0 without one.
    /// @param snapshotTime that of the proof; 0 without one.
    function close(
        uint256 caseId,
        Outcome outcome,
        uint8 tier,
        uint64 snapshotTime
    ) external;

    /// @notice Moves the whole portfolio to a winner or buyer, and closes the case; only auction and sale may, which
    /// have seen an equity proof of tier 2 or more in the newest snapshot.
    /// Purpose: `purposeOf(AWARD, caseId, version, buyer)`.
    /// @param caseId the case: the auction's in Sealed, the sale's in Sale.
    /// @param claim the transfer.
    /// @param buyer who acts for account B.
    function award(uint256 caseId, TransferClaim calldata claim, address buyer) external;

    /// @notice Moves the whole portfolio to the house's account, and closes the case; only the clearing house may,
    /// `takeoverNotice` after the case came to Takeover. Purpose: `purposeOf(TAKE_OVER, caseId, version,
    /// clearingHouse)`.
    /// @param caseId the case, in Takeover.
    /// @param claim the transfer; its cash is 0.
    /// @param equity of the case's account: less than a lot, tier 2 or more, in the newest snapshot, which came in
    /// after the case came to Takeover.
    function takeOver(uint256 caseId, TransferClaim calldata claim, EquityClaim calldata equity) external;

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

    /// @notice Where an account's open case is.
    /// @param accountId the account.
    /// @return its status; None when there is no open case.
    function statusOf(uint256 accountId) external view returns (Status);

    /// @notice Whether `open` would open a case by what is attested of the account now, paused or not.
    /// @param accountId the account.
    /// @return whether a breach is proven.
    function isBreachProven(uint256 accountId) external view returns (bool);

    /// @notice Reverts unless a case of the account could be opened: it exists, is neither the house's nor still empty
    /// since somebody opened it, and has none.
    /// @param accountId the account.
    /// @return the account.
    function requireOpenable(uint256 accountId) external view returns (IPortfolioLedger.Account memory);

    /// @notice What is left of a case's windows.
    /// @param caseId the case. Reverts with UnknownCase when there is none.
    /// @return soft served seconds of the soft window, or of the notice of a takeover; 0 when it has passed.
    /// @return total served seconds of the case; 0 when it has come to its end.
    function timeLeft(uint256 caseId) external view returns (uint64 soft, uint64 total);

    /// @notice Whether a case has come to its end, and can be abandoned.
    /// @param caseId the case. Reverts with UnknownCase when there is none.
    /// @return whether its time is served, or prices were missing for longer than `unservedLimit`; false once closed.
    function isOver(uint256 caseId) external view returns (bool);

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
    /// @return true from the guardian's call on until it lapses, or the guardian allows them; and once the venue has
    /// stopped.
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

    /// @notice What keeps time.
    /// @return the market clock.
    function clock() external view returns (IMarketClock);

    /// @notice What keeps challenges.
    /// @return the challenge book.
    function challenges() external view returns (address);

    /// @notice What holds sealed bids.
    /// @return the auction.
    function auction() external view returns (address);

    /// @notice What holds public sales.
    /// @return the sale.
    function sale() external view returns (address);

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
