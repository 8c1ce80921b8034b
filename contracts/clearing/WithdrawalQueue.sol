// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {ILossPools} from "./ILossPools.sol";
import {LossPools} from "./LossPools.sol";
import {ShareMath} from "./ShareMath.sol";

/// @title WithdrawalQueue
/// @author Ballast
/// @notice Those who leave the pools, and what they are paid.
abstract contract WithdrawalQueue is LossPools {
    using ExactTransfers for IERC20;

    /// @notice How long after its time a request can be kept waiting by locks, however many there are.
    uint64 private constant LONGEST_WAIT = 60 days;
    /// @notice How long it can be paid from then on, before it lapses.
    uint64 private constant PAYMENT_WINDOW = 7 days;

    /// @inheritdoc ILossPools
    uint256 public override withdrawalCount;
    /// @notice Requests that were neither paid nor cancelled yet.
    mapping(uint256 id => Withdrawal request) private _withdrawals;

    /// @inheritdoc ILossPools
    function requestWithdrawal(Pool pool, uint256 shares) external returns (uint256 id) {
        if (shares == 0) revert NoShares();
        StoredPool storage state = _pools[pool];
        uint32 epoch = state.epoch;
        uint256 held = _shares[pool][epoch][msg.sender];
        if (shares > held) revert NotEnoughShares(held);
        _shares[pool][epoch][msg.sender] = held - shares;
        id = ++withdrawalCount;
        uint64 readyAt = uint64(block.timestamp) + _parameters.withdrawalDelay;
        _withdrawals[id] = Withdrawal({
            owner: msg.sender,
            whole: uint96(ShareMath.worth(shares, state.assets, state.shares)),
            pool: pool,
            epoch: epoch,
            readyAt: readyAt,
            payableAt: readyAt + LONGEST_WAIT,
            lapsesAt: readyAt + LONGEST_WAIT + PAYMENT_WINDOW,
            shares: uint160(shares),
            // A loss that is booked now may turn out smaller: that is no gain.
            most: uint96(_worthOf(state, shares, 0))
        });
        emit WithdrawalRequested(id, msg.sender, pool, shares, readyAt);
    }

    /// @inheritdoc ILossPools
    function withdraw(uint256 id, address to) external nonReentrant returns (uint256 amount) {
        Withdrawal memory request = _ownRequest(id);
        if (block.timestamp < request.readyAt) revert WithdrawalNotReady(request.readyAt);
        if (block.timestamp >= request.lapsesAt) revert WithdrawalLapsed(id);
        if (block.timestamp < request.payableAt && locked()) revert FundsLocked();
        StoredPool storage state = _pools[request.pool];
        uint256 worth = request.epoch == state.epoch ? worthOf(request.pool, request.shares) : 0;
        amount = worth < request.most ? worth : request.most;
        if (amount == 0) revert NothingToPay(id);
        delete _withdrawals[id];
        state.shares -= request.shares;
        state.assets -= uint96(amount);
        // What the shares gained meanwhile is income of the others.
        _vest(state, worth - amount);
        emit Withdrawn(id, to, request.pool, amount);
        (IERC20 token, ) = _settlement();
        token.pay(to, amount);
    }

    /// @inheritdoc ILossPools
    function cancelWithdrawal(uint256 id) external nonReentrant returns (uint256 shares) {
        Withdrawal memory request = _ownRequest(id);
        delete _withdrawals[id];
        StoredPool storage state = _pools[request.pool];
        if (request.epoch == state.epoch) {
            shares = _sharesToReturn(state, request);
            uint256 ended = request.shares - shares;
            uint256 worth = worthOf(request.pool, ended);
            state.shares -= uint160(ended);
            _vest(state, worth);
            _shares[request.pool][request.epoch][msg.sender] += shares;
        }
        emit WithdrawalCancelled(id, msg.sender, request.pool, shares);
    }

    /// @inheritdoc ILossPools
    function withdrawalOf(uint256 id) public view returns (Withdrawal memory) {
        return _withdrawals[id];
    }

    /// @inheritdoc ILossPools
    function locked() public view virtual returns (bool);

    /// @notice A request of the caller, or a revert.
    /// @param id the request, from 1.
    /// @return request the request. Reverts with UnknownWithdrawal when it was paid, cancelled, or is another's.
    function _ownRequest(uint256 id) private view returns (Withdrawal memory request) {
        request = withdrawalOf(id);
        if (request.readyAt == 0 || request.owner != msg.sender) revert UnknownWithdrawal(id);
    }

    /// @notice What a request that is cancelled gets back: its shares, or as many as its part of the pool at the
    /// request would buy once it is out of it. Else a standing request would have the gains, and a way out before a
    /// loss besides.
    /// @param state the pool.
    /// @param request the request, of the pool's present epoch.
    /// @return shares at most the request's, rounded down.
    function _sharesToReturn(
        StoredPool storage state,
        Withdrawal memory request
    ) private view returns (uint256 shares) {
        if (ShareMath.worth(request.shares, state.assets, state.shares) <= request.whole) return request.shares;
        return ShareMath.sharesFor(request.whole, state.assets - request.whole, state.shares - request.shares);
    }
}
