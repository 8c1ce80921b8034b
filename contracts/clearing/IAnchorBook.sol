// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {MembershipClaim} from "../liquidation/facts/Claims.sol";
import {IBounded} from "../shared/IBounded.sol";

/// @title Which portfolios a closed solvency run has counted
/// @author Ballast
/// @notice A run shows that the portfolios it counts net to zero, and that what they hold in collateral is in the
/// vault. A portfolio that a membership proof finds in one is anchored by it: what it lacks is another account's gain.
/// How much of such a loss the funds bear depends on how long runs have counted the account. Nobody owns the book.
interface IAnchorBook is IBounded {
    /// @notice Fixed at construction, in seconds between snapshots: how old a run may be that anchors a portfolio now,
    /// 1 to 14 days; how far apart two runs must lie that counted an account before it is taken over, up to 90 days (0:
    /// one run is enough), and before the funds bear all of what it lacks, up to a year.
    struct Parameters {
        uint64 anchorAge;
        uint64 leastAge;
        uint64 fullAge;
    }

    /// @notice A closed run counted this portfolio of an account.
    /// @param accountId the account.
    /// @param commitment the portfolio.
    /// @param runId the run.
    /// @param snapshotTime of its snapshot, Unix seconds.
    event Anchored(
        uint256 indexed accountId,
        uint256 indexed commitment,
        bytes32 indexed runId,
        uint64 snapshotTime
    );

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice Only the clearing house may do this.
    error OnlyClearingHouse(address caller);

    /// @notice No closed run of the last `anchorAge` is known to have counted the account's portfolio since it has it:
    /// prove that one did, or have the venue close one.
    error NotAnchored(uint256 accountId);

    /// @notice Closed runs have counted the account for `age` seconds only, less than `leastAge`: what it lacks is
    /// nobody's but its own, and its case ends abandoned.
    error AccountTooYoung(uint256 accountId, uint64 age);

    /// @notice A run as new counted the portfolio already, and one as old the account.
    error NothingNewToAnchor(bytes32 runId);

    /// @notice The run's snapshot is no later than when the account, which somebody opened empty, was first filled.
    error RunBeforeFilled(bytes32 runId, uint64 filledAt);

    /// @notice Keeps that a closed run counted a portfolio; anyone with a proof may, at any time. Of an account that
    /// somebody opened runs of after its first filling count.
    /// @param accountId the account.
    /// @param commitment the portfolio, whether or not it is the account's present one.
    /// @param runId the run, closed.
    /// @param claim the proof, in the tree of the run's accounts.
    function anchor(uint256 accountId, uint256 commitment, bytes32 runId, MembershipClaim calldata claim) external;

    /// @notice Tells how much of the loss of a case's account the funds bear, and counts it; only the clearing house
    /// may, before the portfolio moves. Reverts with NotAnchored unless the account's present portfolio, that of the
    /// case's opening, or the one it came from by proven deposits and withdrawals alone is anchored: by a run of since
    /// then; with AccountTooYoung below the least age.
    /// @param caseId the case.
    /// @param lots what the account lacks.
    /// @param daily what losses may still take from the funds today.
    /// @return insured lots: all of them of an account of full age; of a younger one what is left today of a tenth of
    /// `daily`.
    function insure(uint256 caseId, uint256 lots, uint256 daily) external returns (uint256 insured);

    /// @notice Whether a run of the last `anchorAge` counted the account's present portfolio, or the one that it came
    /// from by proven deposits and withdrawals alone.
    /// @param accountId the account. Reverts with UnknownAccount where the ledger has none.
    /// @return whether it is anchored.
    function isAnchored(uint256 accountId) external view returns (bool);

    /// @notice Whether the account may be paid of what the funds paid into the vault: it is anchored and of the least
    /// age, and proofs alone have changed its portfolio for 7 days.
    /// @param accountId the account. Reverts with UnknownAccount where the ledger has none.
    /// @return whether it reaches fenced lots.
    function reachesFence(uint256 accountId) external view returns (bool);

    /// @notice The newest run that is known to have counted a portfolio.
    /// @param accountId the account.
    /// @param commitment the portfolio.
    /// @return runId the run; 0: none.
    /// @return snapshotTime of its snapshot, Unix seconds; 0 where there is none, or what it was proven with is void.
    function anchorOf(
        uint256 accountId,
        uint256 commitment
    ) external view returns (bytes32 runId, uint64 snapshotTime);

    /// @notice The oldest run that is known to have counted any portfolio of an account.
    /// @param accountId the account.
    /// @return runId the run; 0: none.
    /// @return snapshotTime as of `anchorOf`.
    function firstOf(uint256 accountId) external view returns (bytes32 runId, uint64 snapshotTime);

    /// @notice The parameters.
    /// @return those fixed at construction.
    function parameters() external view returns (Parameters memory);

    /// @notice Whose runs count.
    /// @return the venue's solvency registry.
    function runs() external view returns (address);

    /// @notice Whose accounts these are.
    /// @return the venue's ledger.
    function ledger() external view returns (address);

    /// @notice Whose cases these are.
    /// @return the venue's liquidation engine.
    function engine() external view returns (address);
}
