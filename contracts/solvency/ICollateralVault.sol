// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVenueStop} from "../exit/IVenueStop.sol";
import {IExactTransfers} from "../shared/IExactTransfers.sol";
import {IClosedRuns} from "./IClosedRuns.sol";

/// @title One venue's collateral
/// @author Ballast
/// @notice Holds the tokens of one venue, each under the instrument id that it has in the venue's portfolios, and
/// counts them in lots.
/// @dev ASSUMES of every token, which the venue chooses and whoever relies on its solvency must look at: it is what
/// the venue says, `balanceOf` tells the truth, and a transfer moves exactly what it says. A token that takes a fee or
/// rounds can't be deposited; one whose balances shrink by themselves shows in `lotsHeld` at once. And of every lot: it
/// is as many units as the snapshot's lot says; `ballast vault show` and `ballast solvency show` compare them.
/// Tokens that were sent here other than by `deposit` count for nothing, and nobody can get them out.
interface ICollateralVault is IExactTransfers {
    /// @notice What a vault works with besides its venue, all deployed later, at addresses known before; zero: there is
    /// none. Lots that the clearing house deposits are fenced; the desk pays accounts by proof; a closed solvency run
    /// starts the fence's end; once the venue has stopped, the exit desk alone pays.
    struct Parts {
        address clearingHouse;
        address desk;
        IClosedRuns runs;
        IVenueStop exits;
    }

    /// @notice Lots that wait to be paid out to `to`, from `readyAt` on. `proven`: an account gave them up by a proof,
    /// and the venue can't take the payment back.
    struct Withdrawal {
        address to;
        uint32 instrumentId;
        uint64 readyAt;
        bool proven;
        uint256 lots;
    }

    /// @notice The venue named its successor, or took that back.
    /// @param venue the venue.
    /// @param next who may accept; zero: nobody.
    event VenueProposed(address indexed venue, address indexed next);

    /// @notice The successor accepted: it is the venue of this vault, and of all that ask this vault who it is.
    /// @param previous the former venue.
    /// @param venue the new one.
    event VenueChanged(address indexed previous, address indexed venue);

    /// @notice The venue added an asset, for good.
    /// @param instrumentId the asset's id in portfolios.
    /// @param token the token.
    /// @param unitsPerLot the token's smallest units in a lot.
    event AssetAdded(uint32 indexed instrumentId, address indexed token, uint96 unitsPerLot);

    /// @notice Tokens came in.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Deposited(uint32 indexed instrumentId, uint256 lots);

    /// @notice The venue wants to pay out: the lots count for nothing any more.
    /// @param id the withdrawal's number, from 1.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    /// @param readyAt from when on, Unix seconds.
    event WithdrawalRequested(
        uint256 indexed id,
        uint32 indexed instrumentId,
        uint256 lots,
        address indexed to,
        uint64 readyAt
    );

    /// @notice The venue changed its mind: the lots count again.
    /// @param id the withdrawal.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event WithdrawalCancelled(uint256 indexed id, uint32 indexed instrumentId, uint256 lots);

    /// @notice Tokens went out by a withdrawal.
    /// @param id the withdrawal.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Withdrawn(uint256 indexed id, uint32 indexed instrumentId, uint256 lots);

    /// @notice Tokens went to the clearing house.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Released(uint32 indexed instrumentId, uint256 lots);

    /// @notice Tokens went to a customer of the stopped venue.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who got them.
    event ExitPaid(uint32 indexed instrumentId, uint256 lots, address indexed to);

    /// @notice What of an asset is fenced changed, otherwise than by time.
    /// @param instrumentId the asset.
    /// @param lots that are fenced now.
    /// @param unlockedAt when none of them will be, Unix seconds; 0 until a closed run shows them.
    event FenceChanged(uint32 indexed instrumentId, uint256 lots, uint64 unlockedAt);

    /// @notice The venue must be a real address.
    error InvalidVenue();

    /// @notice Only the venue may do this: send the transaction from its account.
    error OnlyVenue(address caller);

    /// @notice Only whom the venue proposed can accept: `pendingVenue`.
    error OnlyPendingVenue(address caller);

    /// @notice Only the clearing house may do this, and there may be none.
    error OnlyClearingHouse(address caller);

    /// @notice Only the account desk may do this, and there may be none.
    error OnlyDesk(address caller);

    /// @notice Only the exit desk may do this, and there may be none.
    error OnlyExitDesk(address caller);

    /// @notice The account's owner is owed this payment by a proof: nobody takes it back.
    error WithdrawalProven(uint256 id);

    /// @notice Nothing of the asset is fenced, or it unlocks already.
    error NothingToUnlock(uint32 instrumentId);

    /// @notice The run's snapshot is no newer than the fenced deposit: show a later run.
    error RunTooOld(uint64 snapshotTime, uint64 depositedAt);

    /// @notice Collateral assets have the ids 1 to 7: no other instrument can be a reserve.
    error InvalidInstrument(uint32 instrumentId);

    /// @notice A lot has at least one unit.
    error InvalidLotSize();

    /// @notice The token has no code: check its address and the chain.
    error InvalidToken(address token);

    /// @notice The id has a token already: assets are never changed.
    error AssetAlreadyAdded(uint32 instrumentId);

    /// @notice The token has an id already: under two its balance would count twice.
    error TokenAlreadyAdded(address token, uint32 instrumentId);

    /// @notice The vault has no such asset: use an id of `assetIds`.
    error UnknownAsset(uint32 instrumentId);

    /// @notice There is nothing to move: give at least one lot.
    error NoLots();

    /// @notice Fewer lots are there than are asked for: the others wait for a withdrawal, are fenced, or came in by
    /// proof of late.
    error NotEnoughLots(uint32 instrumentId, uint256 lots, uint256 free);

    /// @notice Lots are paid to somebody: not to nobody, and not to the vault itself.
    error InvalidRecipient(address to);

    /// @notice No such withdrawal waits: it was never requested, or was paid or cancelled.
    error UnknownWithdrawal(uint256 id);

    /// @notice The withdrawal waits until `readyAt`.
    error NotReady(uint64 readyAt);

    /// @notice Names who may take the venue's place; only the venue may. Nothing changes until that address accepts.
    /// @param next the successor, in place of an earlier one; zero: nobody.
    function proposeVenue(address next) external;

    /// @notice Takes the venue's place: its assets, its withdrawals that wait, its ledger and its solvency registry;
    /// only the proposed address may. Look at the withdrawals first: those that wait are paid unless the new venue
    /// cancels them. Runs that the former venue signed and didn't close are void.
    function acceptVenue() external;

    /// @notice Adds an asset for good; only the venue may.
    /// @param instrumentId the asset's id in portfolios, 1 to 7.
    /// @param token the token, which no other id has.
    /// @param unitsPerLot the token's smallest units in a lot.
    function addAsset(uint32 instrumentId, address token, uint96 unitsPerLot) external;

    /// @notice Takes lots from the caller, who must have approved them; anyone may.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    function deposit(uint32 instrumentId, uint256 lots) external;

    /// @notice The same of lots that an account gets by a proof: the venue can't withdraw as many for a while. Anyone
    /// may.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param accountId who paid them in, and may take them out again within the week.
    function depositByProof(uint32 instrumentId, uint256 lots, uint256 accountId) external;

    /// @notice Announces a payment; only the venue may. From now on the lots count for nothing.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    /// @return id the withdrawal's number.
    function requestWithdrawal(uint32 instrumentId, uint256 lots, address to) external returns (uint256 id);

    /// @notice Makes an announced payment, an hour after it was announced; anyone may. Once the venue has stopped only
    /// those that a proof made.
    /// @param id the withdrawal.
    function completeWithdrawal(uint256 id) external;

    /// @notice Takes an announced payment back; only the venue may, and none that a proof made. The lots count again at
    /// once.
    /// @param id the withdrawal.
    function cancelWithdrawal(uint256 id) external;

    /// @notice Announces a payment of what an account gave up by a proof; only the account desk may. It waits as every
    /// withdrawal does, and can't be taken back.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    /// @param accountId the account; what others paid in by proof of late is kept for them.
    /// @param reachesFence whether fenced lots may be among them: those that aren't fenced go first.
    /// @return id the withdrawal's number.
    function requestProven(
        uint32 instrumentId,
        uint256 lots,
        address to,
        uint256 accountId,
        bool reachesFence
    ) external returns (uint256 id);

    /// @notice Pays lots to the clearing house at once; only the clearing house may. What accounts paid in by proof of
    /// late stays.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param reachesFence whether fenced lots may be among them: they go first.
    function release(uint32 instrumentId, uint256 lots, bool reachesFence) external;

    /// @notice Pays lots at once, fenced ones first; only the exit desk may. What accounts gave up by proof stays
    /// theirs.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    function payExit(uint32 instrumentId, uint256 lots, address to) external;

    /// @notice Has fenced lots unlock from now on, linearly over 7 days; anyone may, once for what is fenced.
    /// @param instrumentId the asset.
    /// @param runId a closed run whose snapshot is later than the clearing house's last deposit: all accounts net with
    /// it.
    function unlock(uint32 instrumentId, bytes32 runId) external;

    /// @notice Whole lots that count as reserves: deposited, not paid out or announced to be, and still here. Tokens
    /// that were sent without `deposit` don't count.
    /// @param instrumentId the asset.
    /// @return lots: the smaller of the recorded and the balance's, less the requested ones. Reverts with UnknownAsset
    /// when there is no such asset.
    function lotsHeld(uint32 instrumentId) external view returns (uint256);

    /// @notice Lots that were deposited and not paid out.
    /// @param instrumentId the asset.
    /// @return lots.
    function lotsRecorded(uint32 instrumentId) external view returns (uint256);

    /// @notice Recorded lots that wait for a withdrawal.
    /// @param instrumentId the asset.
    /// @return lots.
    function lotsRequested(uint32 instrumentId) external view returns (uint256);

    /// @notice Requested lots that accounts gave up by proof: they are paid even when the venue has stopped.
    /// @param instrumentId the asset.
    /// @return lots.
    function lotsOwed(uint32 instrumentId) external view returns (uint256);

    /// @notice Lots that the clearing house deposited and that the venue can't withdraw: they leave by `release` and by
    /// proven withdrawals of anchored accounts, or unlock.
    /// @param instrumentId the asset.
    /// @return lots that are fenced now, rounded up; they are recorded, and wait for no withdrawal. None unlocks while
    /// the venue has stopped.
    function lotsFenced(uint32 instrumentId) external view returns (uint256 lots);

    /// @notice Lots that came into accounts by proof of late: for 7 to 10.5 days only the accounts that they came into
    /// can withdraw them.
    /// @param instrumentId the asset.
    /// @return lots that are kept from the venue and the house now, besides fenced ones.
    function lotsSettling(uint32 instrumentId) external view returns (uint256 lots);

    /// @notice What of them came into an account: it takes these first.
    /// @param instrumentId the asset.
    /// @param accountId the account.
    /// @return lots that are kept from all others now.
    function lotsSettlingOf(uint32 instrumentId, uint256 accountId) external view returns (uint256 lots);

    /// @notice What accounts and the house gave up by proof, less all that was deposited: where it grew by some lots,
    /// as many left by proof that no deposit has replaced.
    /// @param instrumentId the asset.
    /// @return lots the difference.
    function netProven(uint32 instrumentId) external view returns (int256 lots);

    /// @notice What starts the unlocking of an asset's fence.
    /// @param instrumentId the asset.
    /// @return depositedAt when the clearing house deposited last, Unix seconds.
    /// @return unlockedAt when nothing will be fenced any more, Unix seconds; 0 until a closed run was shown.
    function fenceOf(uint32 instrumentId) external view returns (uint64 depositedAt, uint64 unlockedAt);

    /// @notice A withdrawal that waits.
    /// @param id the withdrawal, from 1.
    /// @return the withdrawal; all zero when it doesn't wait.
    function withdrawal(uint256 id) external view returns (Withdrawal memory);

    /// @notice How many withdrawals were requested.
    /// @return the highest number.
    function withdrawalCount() external view returns (uint256);

    /// @notice An asset.
    /// @param instrumentId its id.
    /// @return token the token, zero when there is no such asset.
    /// @return unitsPerLot the token's smallest units in a lot.
    function asset(uint32 instrumentId) external view returns (address token, uint96 unitsPerLot);

    /// @notice All assets.
    /// @return their instrument ids, in the order in which they were added.
    function assetIds() external view returns (uint32[] memory);

    /// @notice Whose collateral this is. Ledger and solvency registry ask here: the three are never apart.
    /// @return the venue.
    function venue() external view returns (address);

    /// @notice Who may take the venue's place.
    /// @return the successor, or zero.
    function pendingVenue() external view returns (address);

    /// @notice How often the venue changed.
    /// @return the number: what was signed under another one counts no more.
    function handovers() external view returns (uint32);

    /// @notice When a venue handed over.
    /// @param number which handover, from 1.
    /// @return the block's time, Unix seconds; 0 if there were fewer.
    function handedOverAt(uint32 number) external view returns (uint64);

    /// @notice To whom lots can be released.
    /// @return the clearing house, or zero.
    function clearingHouse() external view returns (address);

    /// @notice What pays accounts by proof.
    /// @return the account desk, or zero.
    function desk() external view returns (address);

    /// @notice Whether the venue has stopped, and what pays its customers then.
    /// @return the exit desk, or zero.
    function exits() external view returns (IVenueStop);

    /// @notice Whether the venue has stopped: by anyone, after days without a sign of life.
    /// @return whether the exit desk says so.
    function isStopped() external view returns (bool);

    /// @notice Which solvency runs are closed.
    /// @return the venue's solvency registry, or zero.
    function runs() external view returns (IClosedRuns);
}
