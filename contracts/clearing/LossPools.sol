// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {FundParameters} from "./FundParameters.sol";
import {ILossFunds} from "./ILossFunds.sol";
import {ILossPools} from "./ILossPools.sol";
import {ShareMath} from "./ShareMath.sol";

/// @title LossPools
/// @author Ballast
/// @notice Insurance fund and Gamma Reserve: what they have, what of it is reserved or unvested, shares, and the split
/// of fees.
/// @dev The contract's token balance is the sum of both pools' assets, and what strangers sent it. Virtual shares,
/// which nobody owns, make it dearer to inflate a share's worth than what a later depositor loses by rounding.
abstract contract LossPools is ILossPools, Governed, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using ExactTransfers for IERC20;

    /// @notice A pool. Of its income, `recent` came in during the vesting period with the number `period`, and
    /// `earlier` during the one before.
    struct StoredPool {
        uint96 assets;
        uint96 reserved;
        uint32 period;
        uint32 epoch;
        uint160 shares;
        uint96 recent;
        uint96 earlier;
    }

    /// @notice When there are more shares to a unit they are wiped out: they kept less than a billionth. So shares stay
    /// below 2^156, and no product of shares and assets overflows.
    uint256 private constant MAX_SHARES_PER_UNIT = 1e18;
    /// @notice What the rates are parts of.
    uint256 private constant PPM = 1_000_000;

    /// @notice The venue's vault.
    ICollateralVault internal immutable VAULT;
    /// @notice The id of the settlement asset in it.
    uint32 internal immutable SETTLEMENT_ID;
    /// @notice What a lot of the settlement asset is worth, micro-USD.
    uint256 internal immutable MICROS_PER_LOT;

    /// @notice The parameters.
    Parameters internal _parameters;
    /// @notice The pools.
    mapping(Pool pool => StoredPool state) internal _pools;
    /// @notice Shares; those of an epoch that has ended count no more.
    mapping(Pool pool => mapping(uint32 epoch => mapping(address account => uint256 shares))) internal _shares;

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
        FundParameters.requireWithinBounds(parameters_);
        _keepParameters(parameters_);
    }

    /// @inheritdoc ILossPools
    function deposit(Pool pool, uint256 amount) external nonReentrant returns (uint256 shares) {
        if (amount == 0) revert NoAmount();
        StoredPool storage state = _pools[pool];
        shares = ShareMath.sharesFor(amount.toUint96(), state.assets, state.shares);
        if (shares == 0) revert NoShares();
        uint256 all = state.shares;
        uint256 worth = all == 0 ? amount : ShareMath.worth(shares, _freeOf(state, state.reserved), all);
        state.assets += uint96(amount);
        state.shares = (all + shares).toUint160();
        // What is paid for more than who leaves would get vests: else who is about to leave would have it at once.
        if (worth < amount) _vest(state, amount - worth);
        _shares[pool][state.epoch][msg.sender] += shares;
        emit Deposited(msg.sender, pool, amount, shares);
        _pull(amount);
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
        FundParameters.requireWithinBounds(parameters_);
        uint256 insurance = _unvestedOf(_pools[Pool.InsuranceFund]);
        uint256 gamma = _unvestedOf(_pools[Pool.GammaReserve]);
        _keepParameters(parameters_);
        // What is unvested vests in periods of the new length, from the next one on.
        _keepUnvested(_pools[Pool.InsuranceFund], insurance, 0);
        _keepUnvested(_pools[Pool.GammaReserve], gamma, 0);
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
        return PoolState(state.assets, state.reserved, _unvestedOf(state), state.shares, state.epoch);
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
    function worthOf(Pool pool, uint256 shares) public view returns (uint256 amount) {
        StoredPool storage state = _pools[pool];
        return _worthOf(state, shares, state.reserved);
    }

    /// @notice Books income: it bears losses at once, and raises what shares are worth as it vests.
    /// @param pool the pool.
    /// @param amount token units.
    function _add(Pool pool, uint256 amount) internal {
        StoredPool storage state = _pools[pool];
        state.assets += amount.toUint96();
        _vest(state, amount);
    }

    /// @notice Sets aside what a loss is going to take from a pool: unvested income first. What is set aside no more
    /// vests as income does: else who pays in before would have a part of what leavers left behind.
    /// @param pool the pool.
    /// @param amount token units, at most the pool's assets.
    function _reserve(Pool pool, uint256 amount) internal {
        StoredPool storage state = _pools[pool];
        uint256 before = state.reserved;
        if (amount == before) return;
        state.reserved = uint96(amount);
        if (amount < before) _vest(state, before - amount);
        else _consume(state, amount - before);
    }

    /// @notice Books what a loss takes from a pool.
    /// @param pool the pool.
    /// @param amount token units, at most what is reserved.
    function _draw(Pool pool, uint256 amount) internal {
        if (amount == 0) return;
        StoredPool storage state = _pools[pool];
        state.reserved -= uint96(amount);
        state.assets -= uint96(amount);
        _vest(state, 0);
        if (state.shares <= state.assets * MAX_SHARES_PER_UNIT) return;
        state.shares = 0;
        emit WipedOut(pool, ++state.epoch);
    }

    /// @notice Makes a part of a pool's assets vest from now on.
    /// @param state the pool.
    /// @param amount token units.
    function _vest(StoredPool storage state, uint256 amount) internal {
        (uint256 recent, uint256 earlier) = _incomeOf(state);
        _keepUnvested(state, recent + amount, earlier);
    }

    /// @notice Has a loss borne by a part of a pool's unvested income.
    /// @param state the pool.
    /// @param amount token units.
    function _consume(StoredPool storage state, uint256 amount) private {
        (uint256 recent, uint256 earlier) = _incomeOf(state);
        uint256 period = _parameters.vestingPeriod;
        (recent, earlier) = ShareMath.consume(amount, recent, earlier, period - (block.timestamp % period), period);
        _keepUnvested(state, recent, earlier);
    }

    /// @notice What shares of a pool are worth.
    /// @param state the pool.
    /// @param shares at most all of the pool's; else NotEnoughShares.
    /// @param reserved token units that count as reserved.
    /// @return token units, rounded down.
    function _worthOf(StoredPool storage state, uint256 shares, uint256 reserved) internal view returns (uint256) {
        uint256 all = state.shares;
        if (shares > all) revert NotEnoughShares(all);
        return ShareMath.worth(shares, _freeOf(state, reserved), all);
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

    /// @notice Keeps a pool's income, as of the present period; all of it is unvested where a loss left less.
    /// @param state the pool.
    /// @param recent token units of the present period.
    /// @param earlier token units of the period before.
    function _keepUnvested(StoredPool storage state, uint256 recent, uint256 earlier) private {
        uint256 period = _parameters.vestingPeriod;
        uint256 unvested = ShareMath.unvested(recent, earlier, block.timestamp % period, period);
        if (unvested > state.assets) (recent, earlier) = (state.assets, 0);
        (state.recent, state.earlier) = (uint96(recent), uint96(earlier));
        state.period = uint32(block.timestamp / period);
    }

    /// @notice What of a pool's assets leavers can be paid of.
    /// @param state the pool.
    /// @param reserved token units that count as reserved.
    /// @return token units.
    function _freeOf(StoredPool storage state, uint256 reserved) private view returns (uint256) {
        return ShareMath.free(state.assets, _unvestedOf(state), reserved);
    }

    /// @notice What of a pool's assets is unvested income.
    /// @param state the pool.
    /// @return token units, rounded up.
    function _unvestedOf(StoredPool storage state) private view returns (uint256) {
        (uint256 recent, uint256 earlier) = _incomeOf(state);
        uint256 period = _parameters.vestingPeriod;
        return ShareMath.unvested(recent, earlier, block.timestamp % period, period);
    }

    /// @notice A pool's income of late, whenever that was last kept.
    /// @param state the pool.
    /// @return recent token units of the present period.
    /// @return earlier token units of the period before.
    function _incomeOf(StoredPool storage state) private view returns (uint256 recent, uint256 earlier) {
        uint256 age = block.timestamp / _parameters.vestingPeriod - state.period;
        if (age == 0) return (state.recent, state.earlier);
        if (age == 1) return (0, state.recent);
    }

    /// @notice Keeps parameters.
    /// @param parameters_ the new ones, within their bounds.
    function _keepParameters(Parameters memory parameters_) private {
        _parameters = parameters_;
        emit ParametersChanged(parameters_);
    }
}
