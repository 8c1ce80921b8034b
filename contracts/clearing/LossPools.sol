// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {ILossFunds} from "./ILossFunds.sol";
import {ILossPools} from "./ILossPools.sol";

/// @title LossPools
/// @author Ballast
/// @notice Insurance fund and Gamma Reserve: shares, the queue of those who leave, and the split of fees.
/// @dev The contract's token balance is the sum of both pools' assets, and what strangers sent it. Virtual shares,
/// which nobody owns, make it dearer to inflate a share's worth than what a later depositor loses by rounding.
abstract contract LossPools is ILossPools, Governed, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using ExactTransfers for IERC20;

    /// @notice A pool, in two slots. Of its assets, `recent` came in during the bucket of time with this number, and
    /// `earlier` during the one before; together they are at most its assets.
    struct StoredPool {
        uint96 assets;
        uint96 recent;
        uint32 bucket;
        uint32 epoch;
        uint160 shares;
        uint96 earlier;
    }

    /// @notice Time in buckets. What came in during the present one and the one before need not bear a loss: else
    /// anyone could void a proof about the amount that the funds bear by paying in a lot ahead of it. So whatever
    /// comes in after a proof was made is left out for as long as a bucket, at least.
    uint64 private constant BUCKET = 10 minutes;
    /// @notice How long after its time a request can be kept waiting by locks, however many there are.
    uint64 private constant LONGEST_WAIT = 60 days;
    /// @notice How long it can be paid from then on, before it lapses.
    uint64 private constant PAYMENT_WINDOW = 7 days;
    /// @notice Shares that nobody owns; a unit of the token buys as many in a new pool.
    uint256 private constant VIRTUAL_SHARES = 1e9;
    /// @notice When there are more shares to a unit they are wiped out: they kept less than a billionth. So shares stay
    /// below 2^156, and no product of shares and assets overflows.
    uint256 private constant MAX_SHARES_PER_UNIT = 1e18;
    /// @notice What the rates are parts of.
    uint256 internal constant PPM = 1_000_000;

    /// @notice The venue's vault.
    ICollateralVault internal immutable VAULT;
    /// @notice The id of the settlement asset in it.
    uint32 internal immutable SETTLEMENT_ID;
    /// @notice What a lot of the settlement asset is worth, micro-USD.
    uint256 internal immutable MICROS_PER_LOT;

    /// @inheritdoc ILossPools
    uint256 public override withdrawalCount;
    /// @notice The parameters.
    Parameters internal _parameters;
    /// @notice The pools.
    mapping(Pool pool => StoredPool state) private _pools;
    /// @notice Shares; those of an epoch that has ended count no more.
    mapping(Pool pool => mapping(uint32 epoch => mapping(address account => uint256 shares))) private _shares;
    /// @notice Requests that were neither paid nor cancelled yet.
    mapping(uint256 id => Withdrawal request) private _withdrawals;

    /// @notice Starts with empty pools.
    /// @param vault_ the venue's vault.
    /// @param settlementId the id of the settlement asset in it.
    /// @param microsPerLot_ what a lot of it is worth, micro-USD.
    /// @param parameters_ the first parameters.
    constructor(
        ICollateralVault vault_,
        uint32 settlementId,
        uint256 microsPerLot_,
        Parameters memory parameters_
    ) {
        Bounds.requireWithin("microsPerLot", microsPerLot_, 1, type(uint64).max);
        (VAULT, SETTLEMENT_ID, MICROS_PER_LOT) = (vault_, settlementId, microsPerLot_);
        _setParameters(parameters_);
    }

    /// @inheritdoc ILossPools
    function deposit(Pool pool, uint256 amount) external nonReentrant returns (uint256 shares) {
        if (amount == 0) revert NoAmount();
        StoredPool storage state = _pools[pool];
        shares = (amount.toUint96() * (state.shares + VIRTUAL_SHARES)) / (uint256(state.assets) + 1);
        if (shares == 0) revert NoShares();
        _add(pool, amount);
        state.shares += shares.toUint160();
        _shares[pool][state.epoch][msg.sender] += shares;
        emit Deposited(msg.sender, pool, amount, shares);
        _pull(amount);
    }

    /// @inheritdoc ILossPools
    function requestWithdrawal(Pool pool, uint256 shares) external returns (uint256 id) {
        if (shares == 0) revert NoShares();
        uint32 epoch = _pools[pool].epoch;
        uint256 held = _shares[pool][epoch][msg.sender];
        if (shares > held) revert NotEnoughShares(held);
        _shares[pool][epoch][msg.sender] = held - shares;
        id = ++withdrawalCount;
        uint64 readyAt = uint64(block.timestamp) + _parameters.withdrawalDelay;
        _withdrawals[id] = Withdrawal({
            owner: msg.sender,
            pool: pool,
            epoch: epoch,
            readyAt: readyAt,
            payableAt: readyAt + LONGEST_WAIT,
            lapsesAt: readyAt + LONGEST_WAIT + PAYMENT_WINDOW,
            shares: shares,
            most: worthOf(pool, shares)
        });
        emit WithdrawalRequested(id, msg.sender, pool, shares, readyAt);
    }

    /// @inheritdoc ILossPools
    function withdraw(uint256 id) external nonReentrant returns (uint256 amount) {
        Withdrawal memory request = _ownRequest(id);
        if (block.timestamp < request.readyAt) revert WithdrawalNotReady(request.readyAt);
        if (block.timestamp >= request.lapsesAt) revert WithdrawalLapsed(id);
        if (block.timestamp < request.payableAt && locked()) revert FundsLocked();
        StoredPool storage state = _pools[request.pool];
        if (request.epoch == state.epoch) amount = Math.min(worthOf(request.pool, request.shares), request.most);
        if (amount == 0) revert NothingToPay(id);
        delete _withdrawals[id];
        state.shares -= uint160(request.shares);
        _take(state, amount);
        emit Withdrawn(id, msg.sender, request.pool, amount);
        (IERC20 token, ) = _settlement();
        token.pay(msg.sender, amount);
    }

    /// @inheritdoc ILossPools
    function cancelWithdrawal(uint256 id) external nonReentrant returns (uint256 shares) {
        Withdrawal memory request = _ownRequest(id);
        delete _withdrawals[id];
        StoredPool storage state = _pools[request.pool];
        if (request.epoch == state.epoch) {
            shares = _sharesToReturn(request);
            state.shares -= uint160(request.shares - shares);
            _shares[request.pool][request.epoch][msg.sender] += shares;
        }
        emit WithdrawalCancelled(id, msg.sender, request.pool, shares);
    }

    /// @inheritdoc ILossPools
    function collectFee(uint256 amount) external nonReentrant {
        uint256 part = (amount * _parameters.gammaShare) / PPM;
        _collect(Pool.GammaReserve, part);
        _collect(Pool.InsuranceFund, amount - part);
        _pull(amount);
    }

    /// @inheritdoc ILossPools
    function collectTax(uint256 amount) external nonReentrant {
        _collect(Pool.GammaReserve, amount);
        _pull(amount);
    }

    /// @inheritdoc ILossPools
    function collectForfeit(uint256 amount) external nonReentrant {
        _collect(Pool.InsuranceFund, amount);
        _pull(amount);
    }

    /// @inheritdoc ILossPools
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _setParameters(parameters_);
    }

    /// @inheritdoc ILossFunds
    function funds() external view returns (uint256 insuranceFund, uint256 gammaReserve) {
        (address token, uint256 unitsPerLot) = _asset();
        // Without an asset nothing was paid in yet.
        if (token == address(0)) return (0, 0);
        insuranceFund = (_pools[Pool.InsuranceFund].assets * MICROS_PER_LOT) / unitsPerLot;
        gammaReserve = (_pools[Pool.GammaReserve].assets * MICROS_PER_LOT) / unitsPerLot;
    }

    /// @inheritdoc ILossPools
    function poolOf(Pool pool) external view returns (PoolState memory) {
        StoredPool storage state = _pools[pool];
        return PoolState(state.assets, _settledOf(pool), state.shares, state.epoch);
    }

    /// @inheritdoc ILossPools
    function sharesOf(Pool pool, address account) external view returns (uint256) {
        return _shares[pool][_pools[pool].epoch][account];
    }

    /// @inheritdoc ILossPools
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc ILossPools
    function withdrawalOf(uint256 id) public view returns (Withdrawal memory) {
        return _withdrawals[id];
    }

    /// @inheritdoc ILossPools
    function worthOf(Pool pool, uint256 shares) public view returns (uint256 amount) {
        StoredPool storage state = _pools[pool];
        (uint256 assets, uint256 all) = (state.assets, state.shares);
        if (shares > all) revert NotEnoughShares(all);
        if (shares == 0) return 0;
        // The lesser of the two: the virtual shares have their part of what was gained, and none of what was lost.
        return Math.min((shares * (assets + 1)) / (all + VIRTUAL_SHARES), (shares * assets) / all);
    }

    /// @inheritdoc ILossPools
    function locked() public view virtual returns (bool);

    /// @notice Books what comes into a pool.
    /// @param pool the pool.
    /// @param amount token units.
    function _add(Pool pool, uint256 amount) internal {
        StoredPool storage state = _pools[pool];
        uint96 part = amount.toUint96();
        (uint96 earlier, uint96 recent) = _recentOf(state);
        state.assets += part;
        _setRecent(state, earlier, recent + part);
    }

    /// @notice Books what a loss takes from a pool.
    /// @param pool the pool.
    /// @param amount token units.
    function _draw(Pool pool, uint256 amount) internal {
        if (amount == 0) return;
        StoredPool storage state = _pools[pool];
        _take(state, amount);
        if (state.shares <= state.assets * MAX_SHARES_PER_UNIT) return;
        state.shares = 0;
        emit WipedOut(pool, ++state.epoch);
    }

    /// @notice A pool's assets.
    /// @param pool the pool.
    /// @return token units.
    function _assetsOf(Pool pool) internal view returns (uint256) {
        return _pools[pool].assets;
    }

    /// @notice What a pool has had for ten minutes at least.
    /// @param pool the pool.
    /// @return token units.
    function _settledOf(Pool pool) internal view returns (uint256) {
        StoredPool storage state = _pools[pool];
        (uint96 earlier, uint96 recent) = _recentOf(state);
        return state.assets - earlier - recent;
    }

    /// @notice What this contract has of a token.
    /// @param token the token.
    /// @return its balance.
    function _balance(IERC20 token) internal view returns (uint256) {
        return token.balanceOf(address(this));
    }

    /// @notice The settlement asset.
    /// @return token its token.
    /// @return unitsPerLot its smallest units in a lot.
    function _settlement() internal view returns (IERC20 token, uint256 unitsPerLot) {
        address found;
        (found, unitsPerLot) = _asset();
        if (found == address(0)) revert NoSettlementAsset(SETTLEMENT_ID);
        token = IERC20(found);
    }

    /// @notice Books what goes out of a pool: what is settled first, what came in last at last.
    /// @param state the pool.
    /// @param amount token units.
    function _take(StoredPool storage state, uint256 amount) private {
        (uint96 earlier, uint96 recent) = _recentOf(state);
        uint256 left = state.assets - amount;
        state.assets = uint96(left);
        recent = uint96(Math.min(recent, left));
        _setRecent(state, uint96(Math.min(earlier, left - recent)), recent);
    }

    /// @notice Keeps what came in lately, as of now.
    /// @param state the pool.
    /// @param earlier token units of the bucket before.
    /// @param recent token units of the present bucket.
    function _setRecent(StoredPool storage state, uint96 earlier, uint96 recent) private {
        (state.recent, state.bucket) = (recent, uint32(block.timestamp / BUCKET));
        if (state.earlier != earlier) state.earlier = earlier;
    }

    /// @notice What came in lately, as of now, whenever that was last kept.
    /// @param state the pool.
    /// @return earlier token units of the bucket before.
    /// @return recent token units of the present bucket.
    function _recentOf(StoredPool storage state) private view returns (uint96 earlier, uint96 recent) {
        uint256 age = block.timestamp / BUCKET - state.bucket;
        if (age == 0) return (state.earlier, state.recent);
        if (age == 1) return (state.recent, 0);
    }

    /// @notice A request of the caller, or a revert.
    /// @param id the request, from 1.
    /// @return request the request. Reverts with UnknownWithdrawal when it was paid, cancelled, or is another's.
    function _ownRequest(uint256 id) private view returns (Withdrawal memory request) {
        request = withdrawalOf(id);
        if (request.readyAt == 0 || request.owner != msg.sender) revert UnknownWithdrawal(id);
    }

    /// @notice What a request that is cancelled gets back: its shares, or as many as its payment would buy once it is
    /// out of the pool. Else a standing request would have the gains, and a way out before a loss besides.
    /// @param request the request, of the pool's present epoch.
    /// @return shares at most the request's, rounded down.
    function _sharesToReturn(Withdrawal memory request) private view returns (uint256 shares) {
        if (worthOf(request.pool, request.shares) <= request.most) return request.shares;
        StoredPool storage state = _pools[request.pool];
        uint256 others = state.shares - request.shares;
        return (request.most * (others + VIRTUAL_SHARES)) / (state.assets - request.most + 1);
    }

    /// @notice The settlement asset as the vault has it.
    /// @return token its token; zero when there is none yet.
    /// @return unitsPerLot its smallest units in a lot.
    function _asset() private view returns (address token, uint256 unitsPerLot) {
        return VAULT.asset(SETTLEMENT_ID);
    }

    /// @notice Books what comes into a pool from the caller for nothing.
    /// @param pool the pool.
    /// @param amount token units.
    function _collect(Pool pool, uint256 amount) private {
        if (amount == 0) return;
        _add(pool, amount);
        emit Collected(msg.sender, pool, amount);
    }

    /// @notice Takes tokens from the caller.
    /// @param amount token units.
    function _pull(uint256 amount) private {
        if (amount == 0) return;
        (IERC20 token, ) = _settlement();
        token.pull(amount);
    }

    /// @notice Checks parameters and keeps them.
    /// @param parameters_ the new ones.
    function _setParameters(Parameters memory parameters_) private {
        Bounds.requireWithin("withdrawalDelay", parameters_.withdrawalDelay, 1 hours, 30 days);
        Bounds.requireWithin("gammaShare", parameters_.gammaShare, 0, PPM);
        Bounds.requireWithin("maxPenalty", parameters_.maxPenalty, 0, PPM / 10);
        _parameters = parameters_;
        emit ParametersChanged(parameters_);
    }
}
