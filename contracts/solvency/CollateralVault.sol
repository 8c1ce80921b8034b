// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IVenueStop} from "../exit/IVenueStop.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {IClosedRuns} from "./IClosedRuns.sol";
import {ICollateralVault} from "./ICollateralVault.sol";
import {SettlingLots} from "./SettlingLots.sol";

/// @title CollateralVault
/// @author Ballast
/// @notice The tokens that one venue holds for its customers.
/// @dev Lots are recorded when their tokens have come in, and before they go out. So whatever a token calls amid a
/// transfer, it reads no more lots than are there. For each asset, fenced lots are at most those that are recorded and
/// not requested: only `release` and `requestProven` take them, and count them out.
contract CollateralVault is ICollateralVault, ReentrancyGuardTransient {
    using ExactTransfers for IERC20;
    using SafeCast for uint256;
    using SettlingLots for SettlingLots.Book;

    /// @notice An asset in one slot.
    struct Asset {
        address token;
        uint96 unitsPerLot;
    }

    /// @notice Lots that were fenced at `countedAt`; they shrink linearly from there to nothing at `unlockedAt`, which
    /// is 0 until a run of after `depositedAt` was shown.
    struct Fence {
        uint96 lots;
        uint40 depositedAt;
        uint40 countedAt;
        uint40 unlockedAt;
    }

    /// @notice Ids 1 to 7 are those of collateral assets, and of nothing else: a derivative under an id of the vault
    /// would pass for a reserve, and need no counterparty.
    uint32 public constant LAST_COLLATERAL_ID = 7;
    /// @notice How long a withdrawal waits: far longer than a transaction, so that nothing borrowed within one can be
    /// shown as a reserve and be given back.
    uint64 public constant WITHDRAWAL_DELAY = 1 hours;
    /// @notice How long fenced lots take to unlock, from when a later run is shown.
    uint64 public constant UNLOCK_PERIOD = 7 days;

    /// @inheritdoc ICollateralVault
    address public immutable override clearingHouse;
    /// @inheritdoc ICollateralVault
    address public immutable override desk;
    /// @inheritdoc ICollateralVault
    IClosedRuns public immutable override runs;
    /// @inheritdoc ICollateralVault
    IVenueStop public immutable override exits;

    /// @inheritdoc ICollateralVault
    address public override venue;
    /// @inheritdoc ICollateralVault
    uint32 public override handovers;
    /// @inheritdoc ICollateralVault
    address public override pendingVenue;
    /// @inheritdoc ICollateralVault
    mapping(uint32 number => uint64 time) public override handedOverAt;

    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => Asset asset) public override asset;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => uint256 lots) public override lotsRecorded;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => uint256 lots) public override lotsRequested;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => uint256 lots) public override lotsOwed;
    /// @inheritdoc ICollateralVault
    uint256 public override withdrawalCount;
    /// @notice The withdrawals that wait; one that doesn't has no lots.
    mapping(uint256 id => Withdrawal withdrawal) private _withdrawals;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => int256 lots) public override netProven;
    /// @notice What of the assets is fenced.
    mapping(uint32 instrumentId => Fence fence) private _fences;
    /// @notice What of them came into accounts by proof of late.
    mapping(uint32 instrumentId => SettlingLots.Book book) private _settling;
    /// @notice The assets' ids; 0 for a token that has none.
    mapping(address token => uint32 instrumentId) private _idOf;
    /// @notice The ids in order of addition.
    uint32[] private _assetIds;

    /// @notice Only the venue may call.
    modifier onlyVenue() {
        if (msg.sender != venue) revert OnlyVenue(msg.sender);
        _;
    }

    /// @notice Only while the venue hasn't stopped.
    modifier running() {
        if (address(exits) != address(0)) exits.requireRunning();
        _;
    }

    /// @notice Starts without assets.
    /// @param venue_ who adds assets and withdraws, at first.
    /// @param parts what it works with.
    constructor(address venue_, Parts memory parts) {
        if (venue_ == address(0)) revert InvalidVenue();
        venue = venue_;
        (clearingHouse, desk, runs, exits) = (parts.clearingHouse, parts.desk, parts.runs, parts.exits);
    }

    /// @inheritdoc ICollateralVault
    function proposeVenue(address next) external onlyVenue {
        pendingVenue = next;
        emit VenueProposed(msg.sender, next);
    }

    /// @inheritdoc ICollateralVault
    function acceptVenue() external running {
        if (msg.sender != pendingVenue) revert OnlyPendingVenue(msg.sender);
        emit VenueChanged(venue, msg.sender);
        (venue, pendingVenue) = (msg.sender, address(0));
        handedOverAt[++handovers] = uint64(block.timestamp);
    }

    /// @inheritdoc ICollateralVault
    function addAsset(uint32 instrumentId, address token, uint96 unitsPerLot) external onlyVenue running {
        if (instrumentId == 0 || instrumentId > LAST_COLLATERAL_ID) revert InvalidInstrument(instrumentId);
        if (unitsPerLot == 0) revert InvalidLotSize();
        if (token.code.length == 0) revert InvalidToken(token);
        if (asset[instrumentId].token != address(0)) revert AssetAlreadyAdded(instrumentId);
        if (_idOf[token] != 0) revert TokenAlreadyAdded(token, _idOf[token]);
        asset[instrumentId] = Asset(token, unitsPerLot);
        _idOf[token] = instrumentId;
        _assetIds.push(instrumentId);
        emit AssetAdded(instrumentId, token, unitsPerLot);
    }

    /// @inheritdoc ICollateralVault
    function deposit(uint32 instrumentId, uint256 lots) external nonReentrant {
        if (address(exits) != address(0)) exits.requireReceiving();
        _take(instrumentId, lots);
        if (msg.sender != clearingHouse) return;
        // What unlocked until now stays so; the rest waits with the new lots for a run that shows both.
        _fences[instrumentId] = Fence(
            (lotsFenced(instrumentId) + lots).toUint96(),
            uint40(block.timestamp),
            uint40(_unlockTime()),
            0
        );
        _emitFence(instrumentId);
    }

    /// @inheritdoc ICollateralVault
    function depositByProof(uint32 instrumentId, uint256 lots, uint256 accountId) external nonReentrant {
        if (address(exits) != address(0)) exits.requireReceiving();
        _take(instrumentId, lots);
        _settling[instrumentId].add(accountId, _unlockTime(), lots);
    }

    /// @inheritdoc ICollateralVault
    function requestWithdrawal(
        uint32 instrumentId,
        uint256 lots,
        address to
    ) external onlyVenue running nonReentrant returns (uint256 id) {
        _requireFree(instrumentId, lots, lotsFenced(instrumentId) + lotsSettling(instrumentId));
        return _request(instrumentId, lots, to, false);
    }

    /// @inheritdoc ICollateralVault
    function requestProven(
        uint32 instrumentId,
        uint256 lots,
        address to,
        uint256 accountId,
        bool reachesFence
    ) external running nonReentrant returns (uint256 id) {
        if (msg.sender != desk) revert OnlyDesk(msg.sender);
        uint256 fenced = lotsFenced(instrumentId);
        // SOUNDNESS: what others paid in of late stays for them. An account that the venue made up would take it, and
        // who paid it in would take fenced lots in its place. What the account itself paid in goes first, so whoever
        // pays in and takes out again moves nothing else to or from the venue.
        uint256 others = lotsSettling(instrumentId) - lotsSettlingOf(instrumentId, accountId);
        uint256 free = _requireFree(instrumentId, lots, reachesFence ? others : others + fenced);
        if (reachesFence) _unfence(instrumentId, Math.saturatingSub(lots, free - fenced - others));
        _settling[instrumentId].take(accountId, _unlockTime(), lots);
        netProven[instrumentId] += lots.toInt256();
        lotsOwed[instrumentId] += lots;
        return _request(instrumentId, lots, to, true);
    }

    /// @inheritdoc ICollateralVault
    function completeWithdrawal(uint256 id) external nonReentrant {
        Withdrawal memory found = _waiting(id);
        if (block.timestamp < found.readyAt) revert NotReady(found.readyAt);
        if (found.proven) lotsOwed[found.instrumentId] -= found.lots;
        else if (address(exits) != address(0)) exits.requireRunning();
        delete _withdrawals[id];
        lotsRequested[found.instrumentId] -= found.lots;
        emit Withdrawn(id, found.instrumentId, found.lots);
        _pay(found.instrumentId, found.lots, found.to);
    }

    /// @inheritdoc ICollateralVault
    function cancelWithdrawal(uint256 id) external onlyVenue nonReentrant {
        Withdrawal memory found = _waiting(id);
        if (found.proven) revert WithdrawalProven(id);
        delete _withdrawals[id];
        lotsRequested[found.instrumentId] -= found.lots;
        emit WithdrawalCancelled(id, found.instrumentId, found.lots);
    }

    /// @inheritdoc ICollateralVault
    function release(uint32 instrumentId, uint256 lots, bool reachesFence) external running nonReentrant {
        if (msg.sender != clearingHouse) revert OnlyClearingHouse(msg.sender);
        // SOUNDNESS: not what customers paid in of late, and not as left by proof: it comes to the fund in the same
        // block, and a run that is open would count it as a reserve and as the fund's.
        uint256 fenced = lotsFenced(instrumentId);
        _requireFree(instrumentId, lots, lotsSettling(instrumentId) + (reachesFence ? 0 : fenced));
        if (reachesFence) _unfence(instrumentId, Math.min(lots, fenced));
        emit Released(instrumentId, lots);
        _pay(instrumentId, lots, msg.sender);
    }

    /// @inheritdoc ICollateralVault
    function payExit(uint32 instrumentId, uint256 lots, address to) external nonReentrant {
        if (msg.sender != address(exits)) revert OnlyExitDesk(msg.sender);
        uint256 free = lotsRecorded[instrumentId] - lotsOwed[instrumentId];
        if (lots > free) revert NotEnoughLots(instrumentId, lots, free);
        _unfence(instrumentId, Math.min(lots, lotsFenced(instrumentId)));
        emit ExitPaid(instrumentId, lots, to);
        _pay(instrumentId, lots, to);
    }

    /// @inheritdoc ICollateralVault
    function unlock(uint32 instrumentId, bytes32 runId) external running {
        Fence storage fence = _fences[instrumentId];
        if (fence.lots == 0 || fence.unlockedAt != 0) revert NothingToUnlock(instrumentId);
        (, uint64 snapshotTime) = runs.closedRun(runId);
        if (snapshotTime <= fence.depositedAt) revert RunTooOld(snapshotTime, fence.depositedAt);
        (fence.countedAt, fence.unlockedAt) = (uint40(block.timestamp), uint40(block.timestamp + UNLOCK_PERIOD));
        _emitFence(instrumentId);
    }

    /// @inheritdoc ICollateralVault
    function lotsHeld(uint32 instrumentId) external view returns (uint256) {
        Asset memory found = _existing(instrumentId);
        uint256 present = IERC20(found.token).balanceOf(address(this)) / found.unitsPerLot;
        return Math.saturatingSub(Math.min(lotsRecorded[instrumentId], present), lotsRequested[instrumentId]);
    }

    /// @inheritdoc ICollateralVault
    function withdrawal(uint256 id) external view returns (Withdrawal memory) {
        return _withdrawals[id];
    }

    /// @inheritdoc ICollateralVault
    function fenceOf(uint32 instrumentId) external view returns (uint64 depositedAt, uint64 unlockedAt) {
        return (_fences[instrumentId].depositedAt, _fences[instrumentId].unlockedAt);
    }

    /// @inheritdoc ICollateralVault
    function assetIds() external view returns (uint32[] memory) {
        return _assetIds;
    }

    /// @inheritdoc ICollateralVault
    function isStopped() external view returns (bool) {
        return address(exits) != address(0) && exits.stoppedAt() != 0;
    }

    /// @inheritdoc ICollateralVault
    function lotsFenced(uint32 instrumentId) public view returns (uint256 lots) {
        return _leftOf(_fences[instrumentId]);
    }

    /// @inheritdoc ICollateralVault
    function lotsSettling(uint32 instrumentId) public view returns (uint256 lots) {
        return _settling[instrumentId].left(_unlockTime());
    }

    /// @inheritdoc ICollateralVault
    function lotsSettlingOf(uint32 instrumentId, uint256 accountId) public view returns (uint256 lots) {
        return _settling[instrumentId].leftOf(accountId, _unlockTime());
    }

    /// @notice Takes lots from the caller.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at least one.
    function _take(uint32 instrumentId, uint256 lots) private {
        (IERC20 token, uint256 amount) = _amountOf(instrumentId, lots);
        token.pull(amount);
        lotsRecorded[instrumentId] += lots;
        netProven[instrumentId] -= lots.toInt256();
        emit Deposited(instrumentId, lots);
    }

    /// @notice The time up to which fences have unlocked: nothing does while the venue has stopped.
    /// @return Unix seconds.
    function _unlockTime() private view returns (uint256) {
        uint256 stoppedAt = address(exits) == address(0) ? 0 : exits.stoppedAt();
        return stoppedAt == 0 ? block.timestamp : stoppedAt;
    }

    /// @notice Announces a payment of free lots.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    /// @param proven whether an account gave them up by a proof.
    /// @return id the withdrawal's number.
    function _request(uint32 instrumentId, uint256 lots, address to, bool proven) private returns (uint256 id) {
        if (to == address(0) || to == address(this)) revert InvalidRecipient(to);
        lotsRequested[instrumentId] += lots;
        id = ++withdrawalCount;
        uint64 readyAt = uint64(block.timestamp) + WITHDRAWAL_DELAY;
        _withdrawals[id] = Withdrawal(to, instrumentId, readyAt, proven, lots);
        emit WithdrawalRequested(id, instrumentId, lots, to, readyAt);
    }

    /// @notice Counts fenced lots that leave; the others go on unlocking until the same moment.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at most those that are fenced.
    function _unfence(uint32 instrumentId, uint256 lots) private {
        if (lots == 0) return;
        Fence storage fence = _fences[instrumentId];
        fence.lots = uint96(_leftOf(fence) - lots);
        fence.countedAt = uint40(_unlockTime());
        _emitFence(instrumentId);
    }

    /// @notice Tells what is fenced now.
    /// @param instrumentId the asset.
    function _emitFence(uint32 instrumentId) private {
        emit FenceChanged(instrumentId, lotsFenced(instrumentId), _fences[instrumentId].unlockedAt);
    }

    /// @notice Pays recorded lots out.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    function _pay(uint32 instrumentId, uint256 lots, address to) private {
        lotsRecorded[instrumentId] -= lots;
        (IERC20 token, uint256 amount) = _amountOf(instrumentId, lots);
        token.pay(to, amount);
    }

    /// @notice What to move for some lots.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at least one.
    /// @return token the token.
    /// @return amount its smallest units.
    function _amountOf(uint32 instrumentId, uint256 lots) private view returns (IERC20 token, uint256 amount) {
        if (lots == 0) revert NoLots();
        Asset memory found = _existing(instrumentId);
        return (IERC20(found.token), lots * found.unitsPerLot);
    }

    /// @notice What is left of a fence now.
    /// @param fence the fence.
    /// @return lots rounded up.
    function _leftOf(Fence memory fence) private view returns (uint256 lots) {
        if (fence.unlockedAt == 0) return fence.lots;
        uint256 left = Math.saturatingSub(fence.unlockedAt, _unlockTime());
        return Math.ceilDiv(fence.lots * left, fence.unlockedAt - fence.countedAt);
    }

    /// @notice Reverts unless so many recorded lots wait for no withdrawal and aren't kept back.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at least one.
    /// @param kept lots that are kept back; all that there are if more.
    /// @return free lots that wait for no withdrawal, whatever is kept back of them.
    function _requireFree(uint32 instrumentId, uint256 lots, uint256 kept) private view returns (uint256 free) {
        _existing(instrumentId);
        if (lots == 0) revert NoLots();
        free = lotsRecorded[instrumentId] - lotsRequested[instrumentId];
        uint256 most = Math.saturatingSub(free, kept);
        if (lots > most) revert NotEnoughLots(instrumentId, lots, most);
    }

    /// @notice A withdrawal that waits, or a revert.
    /// @param id the withdrawal.
    /// @return found the withdrawal.
    function _waiting(uint256 id) private view returns (Withdrawal memory found) {
        found = _withdrawals[id];
        if (found.lots == 0) revert UnknownWithdrawal(id);
    }

    /// @notice The asset, or a revert.
    /// @param instrumentId its id.
    /// @return found the asset.
    function _existing(uint32 instrumentId) private view returns (Asset memory found) {
        found = asset[instrumentId];
        if (found.token == address(0)) revert UnknownAsset(instrumentId);
    }
}
