// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {ICollateralVault} from "./ICollateralVault.sol";

/// @title CollateralVault
/// @author Ballast
/// @notice The tokens that one venue holds for its customers.
/// @dev Lots are recorded when their tokens have come in, and before they go out. So whatever a token calls amid a
/// transfer, it reads no more lots than are there.
contract CollateralVault is ICollateralVault, ReentrancyGuardTransient {
    using ExactTransfers for IERC20;

    /// @notice An asset in one slot.
    struct Asset {
        address token;
        uint96 unitsPerLot;
    }

    /// @notice Ids 1 to 7 are those of collateral assets, and of nothing else: a derivative under an id of the vault
    /// would pass for a reserve, and need no counterparty.
    uint32 public constant LAST_COLLATERAL_ID = 7;
    /// @notice How long a withdrawal waits: far longer than a transaction, so that nothing borrowed within one can be
    /// shown as a reserve and be given back.
    uint64 public constant WITHDRAWAL_DELAY = 1 hours;

    /// @inheritdoc ICollateralVault
    address public immutable override clearingHouse;

    /// @inheritdoc ICollateralVault
    address public override venue;
    /// @inheritdoc ICollateralVault
    uint32 public override handovers;
    /// @inheritdoc ICollateralVault
    address public override pendingVenue;

    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => Asset asset) public override asset;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => uint256 lots) public override lotsRecorded;
    /// @inheritdoc ICollateralVault
    mapping(uint32 instrumentId => uint256 lots) public override lotsRequested;
    /// @inheritdoc ICollateralVault
    uint256 public override withdrawalCount;
    /// @notice The withdrawals that wait; one that doesn't has no lots.
    mapping(uint256 id => Withdrawal withdrawal) private _withdrawals;
    /// @notice The assets' ids; 0 for a token that has none.
    mapping(address token => uint32 instrumentId) private _idOf;
    /// @notice The ids in order of addition.
    uint32[] private _assetIds;

    /// @notice Only the venue may call.
    modifier onlyVenue() {
        if (msg.sender != venue) revert OnlyVenue(msg.sender);
        _;
    }

    /// @notice Starts without assets.
    /// @param venue_ who adds assets and withdraws, at first.
    /// @param clearingHouse_ to whom lots can be released; zero: nobody.
    constructor(address venue_, address clearingHouse_) {
        if (venue_ == address(0)) revert InvalidVenue();
        venue = venue_;
        clearingHouse = clearingHouse_;
    }

    /// @inheritdoc ICollateralVault
    function proposeVenue(address next) external onlyVenue {
        pendingVenue = next;
        emit VenueProposed(msg.sender, next);
    }

    /// @inheritdoc ICollateralVault
    function acceptVenue() external {
        if (msg.sender != pendingVenue) revert OnlyPendingVenue(msg.sender);
        emit VenueChanged(venue, msg.sender);
        (venue, pendingVenue) = (msg.sender, address(0));
        ++handovers;
    }

    /// @inheritdoc ICollateralVault
    function addAsset(uint32 instrumentId, address token, uint96 unitsPerLot) external onlyVenue {
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
        (IERC20 token, uint256 amount) = _amountOf(instrumentId, lots);
        token.pull(amount);
        lotsRecorded[instrumentId] += lots;
        emit Deposited(instrumentId, lots);
    }

    /// @inheritdoc ICollateralVault
    function requestWithdrawal(
        uint32 instrumentId,
        uint256 lots,
        address to
    ) external onlyVenue nonReentrant returns (uint256 id) {
        if (to == address(0) || to == address(this)) revert InvalidRecipient(to);
        _requireFree(instrumentId, lots);
        lotsRequested[instrumentId] += lots;
        id = ++withdrawalCount;
        uint64 readyAt = uint64(block.timestamp) + WITHDRAWAL_DELAY;
        _withdrawals[id] = Withdrawal(to, instrumentId, readyAt, lots);
        emit WithdrawalRequested(id, instrumentId, lots, to, readyAt);
    }

    /// @inheritdoc ICollateralVault
    function completeWithdrawal(uint256 id) external nonReentrant {
        Withdrawal memory found = _waiting(id);
        if (block.timestamp < found.readyAt) revert NotReady(found.readyAt);
        delete _withdrawals[id];
        lotsRequested[found.instrumentId] -= found.lots;
        emit Withdrawn(id, found.instrumentId, found.lots);
        _pay(found.instrumentId, found.lots, found.to);
    }

    /// @inheritdoc ICollateralVault
    function cancelWithdrawal(uint256 id) external onlyVenue nonReentrant {
        Withdrawal memory found = _waiting(id);
        delete _withdrawals[id];
        lotsRequested[found.instrumentId] -= found.lots;
        emit WithdrawalCancelled(id, found.instrumentId, found.lots);
    }

    /// @inheritdoc ICollateralVault
    function release(uint32 instrumentId, uint256 lots) external nonReentrant {
        if (msg.sender != clearingHouse) revert OnlyClearingHouse(msg.sender);
        _requireFree(instrumentId, lots);
        emit Released(instrumentId, lots);
        _pay(instrumentId, lots, msg.sender);
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
    function assetIds() external view returns (uint32[] memory) {
        return _assetIds;
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

    /// @notice Reverts unless so many recorded lots wait for no withdrawal.
    /// @param instrumentId the asset.
    /// @param lots how many lots, at least one.
    function _requireFree(uint32 instrumentId, uint256 lots) private view {
        _existing(instrumentId);
        if (lots == 0) revert NoLots();
        uint256 free = lotsRecorded[instrumentId] - lotsRequested[instrumentId];
        if (lots > free) revert NotEnoughLots(instrumentId, lots, free);
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
