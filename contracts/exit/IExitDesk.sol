// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim} from "../liquidation/facts/Claims.sol";
import {IBounded} from "../shared/IBounded.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {IVenueStop} from "./IVenueStop.sol";

/// @title How customers leave a venue that has stopped
/// @author Ballast
/// @notice A venue that gives no sign of life for `silence` can be stopped by anyone. One snapshot then says what
/// accounts are worth; their owners claim that for `claimPeriod`, and each takes its part of what the vault has. Nobody
/// owns the desk, and it holds no tokens (docs/protocol/exit.md).
interface IExitDesk is IBounded, IVenueStop {
    /// @notice Fixed at deployment, in seconds. `silence`: how long after its last sign of life a venue can be stopped,
    /// 3 to 30 days. `priceWait`: how long the exit waits for a snapshot of after the stop before it takes the last one
    /// of before, 1 to 14 days. `claimPeriod`: how long accounts claim, 45 to 180 days: longer than any case lasts.
    struct Parameters {
        uint64 silence;
        uint64 priceWait;
        uint64 claimPeriod;
    }

    /// @notice What an account claims. `taken` has a bit for each asset's id that was paid. An anchored claim shares in
    /// fenced lots. The house's is paid to the clearing house.
    struct Claim {
        address to;
        uint128 equity;
        bool isAnchored;
        bool isHouse;
        uint8 taken;
    }

    /// @notice What all accounts claim, micro-USD: in all, anchored ones, and the house's, which are anchored too.
    struct Totals {
        uint256 all;
        uint256 anchored;
        uint256 house;
    }

    /// @notice The venue is there.
    /// @param venue who says so.
    event Heartbeat(address indexed venue);

    /// @notice The venue has stopped.
    /// @param aliveUntil until when its last sign of life counted, Unix seconds.
    event Stopped(uint64 aliveUntil);

    /// @notice The venue is back, by a closed run, before anybody claimed.
    /// @param runId the run.
    event Resumed(bytes32 indexed runId);

    /// @notice This snapshot says what accounts are worth.
    /// @param snapshotId the snapshot.
    /// @param claimsUntil until when accounts claim, Unix seconds.
    event SnapshotFixed(uint256 indexed snapshotId, uint64 claimsUntil);

    /// @notice What collateral is worth in a snapshot was read from its rows.
    /// @param snapshotId the snapshot.
    /// @param reader who read them.
    event MarksRead(uint256 indexed snapshotId, address indexed reader);

    /// @notice An account claims what it is worth.
    /// @param accountId the account.
    /// @param to who is paid.
    /// @param equity micro-USD.
    /// @param isAnchored whether a run has counted its portfolio.
    event Claimed(uint256 indexed accountId, address indexed to, uint256 equity, bool isAnchored);

    /// @notice What each gets is fixed.
    /// @param claims micro-USD, of all accounts.
    /// @param reserves micro-USD, of all assets.
    event Shared(uint256 claims, uint256 reserves);

    /// @notice An account got its part of an asset.
    /// @param accountId the account.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Taken(uint256 indexed accountId, uint32 indexed instrumentId, uint256 lots);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice Only the venue may do this.
    error OnlyVenue(address caller);

    /// @notice The venue gave a sign of life: it can be stopped after `until`, if it gives none till then.
    error VenueAlive(uint64 until);

    /// @notice The venue hasn't stopped.
    error NotStopped();

    /// @notice A closed run of after the stop is there: the venue is back, call `resume`.
    error VenueIsBack(bytes32 runId);

    /// @notice The run's snapshot is no newer than the stop.
    error RunTooOld(uint64 snapshotTime, uint64 stoppedAt);

    /// @notice The exit's snapshot is fixed, and sound.
    error SnapshotIsFixed(uint256 snapshotId);

    /// @notice The exit goes by the first sound snapshot of after the stop, and this is none, or not the first.
    error NotTheExitSnapshot(uint256 snapshotId);

    /// @notice No snapshot of after the stop has entered: the last one of before is taken after `from`.
    error WaitsForPrices(uint64 from);

    /// @notice The exit goes by no snapshot yet: call `fix`.
    error NoExitSnapshot();

    /// @notice Rows are read in their order, whole ones: `row` is next, each has `width` elements.
    error WrongRows(uint32 row, uint256 width);

    /// @notice A row of collateral is malformed, or the ids don't ascend.
    error MalformedRow(uint256 instrumentId);

    /// @notice The rows that were read aren't those of the snapshot.
    error RowsMismatch();

    /// @notice Nobody has read what collateral is worth: call `readRows` and `finishRows`.
    error MarksMissing(uint256 snapshotId);

    /// @notice Only the account's owner may claim; where it has none on chain, nobody.
    error NotOwner(address caller);

    /// @notice Tokens are paid to somebody: not to nobody, and not to the vault.
    error InvalidRecipient(address to);

    /// @notice The account is in a case: once that has ended, its owner claims.
    error AccountInCase(uint256 accountId);

    /// @notice No closed run of before the stop is known to have counted the account: anchor one that did.
    error NotCounted(uint256 accountId);

    /// @notice The account has claimed, once and for all.
    error AlreadyClaimed(uint256 accountId);

    /// @notice An account that is worth nothing claims nothing.
    error NothingToClaim(int256 equity);

    /// @notice The claims' time isn't over: what each gets is known after `until`.
    error ClaimsRun(uint64 until);

    /// @notice Nothing of the asset is the account's to take, or it was taken.
    error NothingToTake(uint256 accountId, uint32 instrumentId);

    /// @notice A sign of life; only the venue may give it. A closed run is one of its snapshot's time, and a handover
    /// one too.
    function heartbeat() external;

    /// @notice Stops a venue that gave no sign of life for `silence`; anyone may. Its withdrawals end, those that wait
    /// too, and it registers, updates, trades and names owners no more; no case and no round opens.
    function stop() external;

    /// @notice Ends the stop by a closed run of after it; anyone may, until the first claim.
    /// @param runId the run, sound.
    function resume(bytes32 runId) external;

    /// @notice Fixes the exit's snapshot: the first in the market clock's line whose time is after the stop; after
    /// `priceWait` without one, the line's last. Anyone may. Where the fixed one is proven wrong while accounts claim,
    /// they claim anew by another.
    /// @param place in the line, from 1.
    function fix(uint32 place) external;

    /// @notice Reads rows of the exit's snapshot, in their order; anyone may, each for itself.
    /// @param fromRow how many the caller has read before; 0: it begins anew.
    /// @param elements whole rows, as the table has them.
    function readRows(uint32 fromRow, uint256[] calldata elements) external;

    /// @notice Keeps the marks of collateral that the caller has read, once these are all rows of the snapshot.
    /// @param header of the exit's snapshot.
    /// @param policyHash of its policy.
    function finishRows(ISnapshotOracle.Header calldata header, bytes32 policyHash) external;

    /// @notice Claims what an account is worth, once; its owner may, who is named on chain and settled. The house's
    /// accounts are claimed for by whoever can prove their equity.
    /// @param equity the account's, above 0, in the exit's snapshot, of the ledger's present portfolio.
    /// @param to who is paid; the house's claim is paid to the clearing house, whatever this says.
    function claim(EquityClaim calldata equity, address to) external;

    /// @notice Pays an account its part of an asset, once the claims' time is over; anyone may.
    /// @param accountId the account.
    /// @param instrumentId the asset.
    function take(uint256 accountId, uint32 instrumentId) external;

    /// @notice Until when the venue's last sign of life counts.
    /// @return until Unix seconds; after it anyone can stop the venue.
    function aliveUntil() external view returns (uint64 until);

    /// @notice The exit's snapshot.
    /// @return snapshotId the snapshot; 0: none is fixed.
    function exitSnapshot() external view returns (uint256 snapshotId);

    /// @notice Until when accounts claim.
    /// @return until Unix seconds; 0: no snapshot is fixed.
    function claimsUntil() external view returns (uint64 until);

    /// @notice How many rows of the exit's snapshot somebody has read.
    /// @param reader who.
    /// @return rows the number.
    function rowsRead(address reader) external view returns (uint32 rows);

    /// @notice What a lot of collateral is worth in the exit's snapshot.
    /// @param instrumentId the asset.
    /// @return micros micro-USD, 0 where the snapshot doesn't have it or nobody has read its rows.
    function markOf(uint32 instrumentId) external view returns (uint256 micros);

    /// @notice Whether what collateral is worth was read.
    /// @return whether `take` can go by it.
    function hasMarks() external view returns (bool);

    /// @notice What an account claims.
    /// @param accountId the account.
    /// @return the claim; all zero: none.
    function claimOf(uint256 accountId) external view returns (Claim memory);

    /// @notice What all accounts claim.
    /// @return the totals, by the exit's present snapshot.
    function totals() external view returns (Totals memory);

    /// @notice What an account gets of an asset.
    /// @param accountId the account.
    /// @param instrumentId the asset.
    /// @return lots its part, whether or not it was taken; 0 until the first `take` has fixed it.
    function partOf(uint256 accountId, uint32 instrumentId) external view returns (uint256 lots);

    /// @notice The parameters.
    /// @return those of the deployment.
    function parameters() external view returns (Parameters memory);

    /// @notice The venue's ledger.
    /// @return its address.
    function ledger() external view returns (address);

    /// @notice The venue's tokens.
    /// @return its vault's address.
    function vault() external view returns (address);

    /// @notice Which runs have counted an account.
    /// @return the anchor book's address.
    function anchors() external view returns (address);
}
