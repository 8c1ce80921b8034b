// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";
import {IExactTransfers} from "../shared/IExactTransfers.sol";
import {ILossFunds} from "./ILossFunds.sol";

/// @title The two pools that absorb losses
/// @author Ballast
/// @notice Anyone pays into a pool for shares of it; fees, taxes and forfeits raise what the shares are worth, over
/// days, losses lower it, as soon as they are booked. Who wants out waits, and waits longer while a loss is unsettled.
/// Shares can't be transferred.
/// docs/protocol/clearing-house.md has the arithmetic.
/// @dev ASSUMES of the settlement token what ICollateralVault assumes. Tokens that are sent here without a call count
/// for nothing.
interface ILossPools is ILossFunds, IBounded, IExactTransfers {
    /// @notice A loss is drawn from the insurance fund first, then from the Gamma Reserve.
    enum Pool {
        InsuranceFund,
        GammaReserve
    }

    /// @notice Bounded: the delay in seconds, 1 hour to 30 days; the Gamma Reserve's part of every fee in ppm, at most
    /// all; what the house may pay for a reduction, in ppm of the margin it frees, at most 100,000; the seconds in
    /// which income vests, from the end of the period on in which it came in, 1 to 30 days; what losses may take a
    /// day of each pool, in ppm of what it has, 10,000 to all.
    struct Parameters {
        uint64 withdrawalDelay;
        uint32 gammaShare;
        uint32 maxPenalty;
        uint64 vestingPeriod;
        uint32 dailyCap;
    }

    /// @notice A pool: `assets` in token units, of which `reserved` is booked for a loss and `unvested` is income that
    /// nobody can leave with yet; together they may exceed the assets. `epoch` counts how often it was wiped out.
    struct PoolState {
        uint256 assets;
        uint256 reserved;
        uint256 unvested;
        uint256 shares;
        uint32 epoch;
    }

    /// @notice Shares that wait to be paid out: they are paid at most `most`, in token units, and less after a loss.
    /// They can be paid from `readyAt` on while the funds are not locked, from `payableAt` on in any case, and from
    /// `lapsesAt` on no more. `whole` is their part of all that the pool had at the request, in token units.
    struct Withdrawal {
        address owner;
        uint96 whole;
        Pool pool;
        uint32 epoch;
        uint64 readyAt;
        uint64 payableAt;
        uint64 lapsesAt;
        uint160 shares;
        uint96 most;
    }

    /// @notice Somebody paid in.
    /// @param account who owns the shares.
    /// @param pool the pool that grew.
    /// @param amount token units.
    /// @param shares what it got for them.
    event Deposited(address indexed account, Pool indexed pool, uint256 amount, uint256 shares);

    /// @notice Somebody wants out.
    /// @param id the request.
    /// @param account whose shares they are.
    /// @param pool where from.
    /// @param shares how many shares.
    /// @param readyAt the earliest payment, Unix seconds.
    event WithdrawalRequested(
        uint256 indexed id,
        address indexed account,
        Pool indexed pool,
        uint256 shares,
        uint64 readyAt
    );

    /// @notice Shares were paid out.
    /// @param id the request.
    /// @param to who got it.
    /// @param pool where from.
    /// @param amount token units.
    event Withdrawn(uint256 indexed id, address indexed to, Pool indexed pool, uint256 amount);

    /// @notice A request was taken back.
    /// @param id the request.
    /// @param account who has the shares back.
    /// @param pool where it stays.
    /// @param shares how many it has back: fewer than it had asked for when the pool gained meanwhile, none when the
    /// pool was wiped out.
    event WithdrawalCancelled(uint256 indexed id, address indexed account, Pool indexed pool, uint256 shares);

    /// @notice A fee, a tax, a forfeited bond or what the house gave back came in.
    /// @param from who paid.
    /// @param pool where to.
    /// @param amount token units.
    event Collected(address indexed from, Pool indexed pool, uint256 amount);

    /// @notice Losses left a pool's shares with less than a billionth of what they cost: they ended, worthless.
    /// @param pool the pool.
    /// @param epoch the new epoch: what is paid in from now on.
    event WipedOut(Pool indexed pool, uint32 indexed epoch);

    /// @notice New parameters.
    /// @param parameters all of them, in force from now on.
    event ParametersChanged(Parameters parameters);

    /// @notice The vault has no settlement asset yet: the venue adds it first.
    error NoSettlementAsset(uint32 settlementId);

    /// @notice There is nothing to move: give an amount.
    error NoAmount();

    /// @notice The amount is too small for a share.
    error NoShares();

    /// @notice The account has fewer shares than that.
    error NotEnoughShares(uint256 held);

    /// @notice There is no such request, it was paid or cancelled, or it is another account's.
    error UnknownWithdrawal(uint256 id);

    /// @notice The request waits until `readyAt`.
    error WithdrawalNotReady(uint64 readyAt);

    /// @notice The request was not paid in time: cancel it, which gives the shares back.
    error WithdrawalLapsed(uint256 id);

    /// @notice A loss is unsettled: nobody leaves the funds until it is (docs/protocol/clearing-house.md).
    error FundsLocked();

    /// @notice The shares were wiped out, or are worth nothing.
    error NothingToPay(uint256 id);

    /// @notice Pays into a pool, for shares of all that it has; the caller must have approved the tokens. Anyone may,
    /// also while the funds are locked or a loss is booked: what is paid in then bears it too.
    /// @param pool the pool.
    /// @param amount token units.
    /// @return shares what they bought, rounded down.
    function deposit(Pool pool, uint256 amount) external returns (uint256 shares);

    /// @notice Begins to leave a pool: the shares go on bearing losses until they are paid, but gain nothing more.
    /// @param pool the pool.
    /// @param shares how many of the caller's.
    /// @return id the request, from 1.
    function requestWithdrawal(Pool pool, uint256 shares) external returns (uint256 id);

    /// @notice Pays a request of the caller out, once it has waited and while nothing is unsettled; 60 days later in
    /// any case, for 7 days. Then it lapses. It is paid what its shares are worth now, at most `most`.
    /// @param id the request.
    /// @param to who gets it; not this contract.
    /// @return amount token units, rounded down.
    function withdraw(uint256 id, address to) external returns (uint256 amount);

    /// @notice Takes a request of the caller back, at any time: as if the shares' part of all that the pool has, at
    /// most `whole`, were paid out and in again at once. What they gained meanwhile is the others'.
    /// @param id the request.
    /// @return shares what the caller has back; none when the pool was wiped out since.
    function cancelWithdrawal(uint256 id) external returns (uint256 shares);

    /// @notice Takes a fee from the caller, who must have approved it, and splits it between the pools; anyone may.
    /// Nothing happens when there is nothing to take.
    /// @param amount token units.
    function collectFee(uint256 amount) external;

    /// @notice Takes a tax from the caller into the Gamma Reserve; anyone may. Nothing happens when there is nothing to
    /// take.
    /// @param amount token units.
    function collectTax(uint256 amount) external;

    /// @notice Takes forfeited money from the caller into the insurance fund; anyone may. Nothing happens when there is
    /// nothing to take.
    /// @param amount token units.
    function collectForfeit(uint256 amount) external;

    /// @notice Sets the parameters; by `schedule` and `execute` only. Requests keep their times; what is unvested vests
    /// anew when the vesting period changes.
    /// @param parameters_ the new ones.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice A pool.
    /// @param pool InsuranceFund or GammaReserve.
    /// @return its state.
    function poolOf(Pool pool) external view returns (PoolState memory);

    /// @notice An account's shares, those that wait to be paid out aside.
    /// @param pool the pool.
    /// @param account the owner.
    /// @return how many; 0 after a pool was wiped out.
    function sharesOf(Pool pool, address account) external view returns (uint256);

    /// @notice What shares are worth to who leaves now: their part of what is neither reserved nor unvested.
    /// @param pool the pool.
    /// @param shares at most all of the pool's; else NotEnoughShares.
    /// @return amount token units, rounded down.
    function worthOf(Pool pool, uint256 shares) external view returns (uint256 amount);

    /// @notice A request.
    /// @param id the request, from 1.
    /// @return the request; all zero when there is none, or it was paid or cancelled.
    function withdrawalOf(uint256 id) external view returns (Withdrawal memory);

    /// @notice How many requests there were.
    /// @return the highest number.
    function withdrawalCount() external view returns (uint256);

    /// @notice Whether a loss is unsettled, so that nobody leaves but whose request has waited 60 days more.
    /// @return true while payments wait for it.
    function locked() external view returns (bool);

    /// @notice The parameters.
    /// @return those in force.
    function parameters() external view returns (Parameters memory);
}
