// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {Governed} from "../shared/Governed.sol";
import {IForfeitCollector} from "./IForfeitCollector.sol";
import {IVolatilityOracle} from "./IVolatilityOracle.sol";

/// @title OracleFeeders
/// @author Ballast
/// @notice Who may report to a volatility oracle, what they have at stake, and by which parameters they are judged.
abstract contract OracleFeeders is IVolatilityOracle, Governed, ReentrancyGuardTransient {
    using ExactTransfers for IERC20;
    using SafeERC20 for IERC20;

    /// @notice From the request of an exit to the bond, in seconds: longer than any round is in dispute.
    uint64 public constant EXIT_DELAY = 7 days;
    /// @notice Fewest feeders.
    uint256 private constant MIN_FEEDERS = 3;
    /// @notice Most feeders: as many as a round's maps have bits.
    uint256 private constant MAX_FEEDERS = 16;
    /// @notice Largest amount of a bond, token units.
    uint256 private constant MAX_BOND = 1 << 100;

    /// @inheritdoc IVolatilityOracle
    IERC20 public immutable override token;
    /// @inheritdoc IVolatilityOracle
    uint256 public override totalBonds;
    /// @inheritdoc IVolatilityOracle
    uint256 public override slashed;

    /// @notice Who gets slashed tokens.
    address private _slashRecipient;
    /// @notice Whether it collects them itself.
    bool private _isClearingHouse;
    /// @notice The parameters.
    Parameters private _parameters;
    /// @notice The list of feeders; it doesn't change while a round is open.
    address[] private _list;
    /// @notice All that are or ever were on it.
    mapping(address account => Feeder standing) private _feeders;

    /// @notice Takes the first feeders and parameters.
    /// @param owner who may schedule changes.
    /// @param token_ the token of the bonds.
    /// @param feeders_ 3 to 16 addresses.
    /// @param parameters_ the parameters.
    constructor(
        address owner,
        IERC20 token_,
        address[] memory feeders_,
        Parameters memory parameters_
    ) Governed(owner) {
        if (address(token_).code.length == 0) revert InvalidToken(address(token_));
        token = token_;
        if (feeders_.length < MIN_FEEDERS) revert InvalidFeeders();
        for (uint256 i = 0; i < feeders_.length; ++i) _add(feeders_[i]);
        _setParameters(parameters_);
    }

    /// @inheritdoc IVolatilityOracle
    function addFeeder(address account) external onlyScheduled {
        _requireNoOpenRound();
        _add(account);
    }

    /// @inheritdoc IVolatilityOracle
    function removeFeeder(address account) external onlyScheduled {
        _requireNoOpenRound();
        uint256 position = _feeders[account].position;
        if (position == 0) revert NotFeeder(account);
        uint256 left = _list.length - 1;
        if (left < MIN_FEEDERS || left < _parameters.minFeeders) revert InvalidFeeders();
        address last = _list[left];
        _list[position - 1] = last;
        _feeders[last].position = uint8(position);
        _list.pop();
        _feeders[account].position = 0;
        emit FeederRemoved(account);
    }

    /// @inheritdoc IVolatilityOracle
    function setParameters(Parameters calldata parameters_) external onlyScheduled {
        _requireNoOpenRound();
        _setParameters(parameters_);
    }

    /// @inheritdoc IVolatilityOracle
    function setSlashRecipient(address recipient, bool isClearingHouse) external onlyScheduled {
        if (_slashRecipient != address(0)) revert SlashRecipientAlreadySet(_slashRecipient);
        bool isSelf = recipient == address(this) || recipient == address(token);
        if (recipient == address(0) || isSelf || (isClearingHouse && recipient.code.length == 0)) {
            revert InvalidSlashRecipient(recipient);
        }
        (_slashRecipient, _isClearingHouse) = (recipient, isClearingHouse);
        emit SlashRecipientSet(recipient, isClearingHouse);
    }

    /// @inheritdoc IVolatilityOracle
    function bond(uint256 amount) external nonReentrant {
        Feeder storage standing = _feeders[msg.sender];
        if (standing.position == 0) revert NotFeeder(msg.sender);
        if (standing.exitAt != 0) revert Exiting(standing.exitAt);
        if (amount == 0 || amount > MAX_BOND || standing.bond + amount > MAX_BOND) revert InvalidAmount(amount);
        standing.bond += uint128(amount);
        totalBonds += amount;
        emit Bonded(msg.sender, amount, standing.bond);
        token.pull(amount);
    }

    /// @inheritdoc IVolatilityOracle
    function requestExit() external {
        Feeder storage standing = _feeders[msg.sender];
        if (standing.bond == 0) revert NoBond(msg.sender);
        if (standing.exitAt != 0) revert Exiting(standing.exitAt);
        standing.exitAt = uint64(block.timestamp) + EXIT_DELAY;
        emit ExitRequested(msg.sender, standing.exitAt);
    }

    /// @inheritdoc IVolatilityOracle
    function withdrawBond() external nonReentrant {
        Feeder storage standing = _feeders[msg.sender];
        if (standing.exitAt == 0 || block.timestamp < standing.exitAt) revert ExitNotReady(standing.exitAt);
        uint32 open = _openRound();
        if (open != 0 && standing.lastRound == open) revert RoundIsOpen(open);
        uint256 amount = standing.bond;
        (standing.bond, standing.exitAt) = (0, 0);
        totalBonds -= amount;
        emit BondWithdrawn(msg.sender, amount);
        // Nothing is left of a bond that was slashed away: the exit is over all the same.
        if (amount != 0) _pay(msg.sender, amount, false);
    }

    /// @inheritdoc IVolatilityOracle
    function sweepSlashed() external nonReentrant {
        if (_slashRecipient == address(0)) revert NoSlashRecipient();
        uint256 amount = slashed;
        if (amount == 0) revert InvalidAmount(0);
        slashed = 0;
        emit SlashedSwept(_slashRecipient, amount);
        _pay(_slashRecipient, amount, _isClearingHouse);
    }

    /// @inheritdoc IVolatilityOracle
    function slashRecipient() external view returns (address recipient, bool isClearingHouse) {
        return (_slashRecipient, _isClearingHouse);
    }

    /// @inheritdoc IVolatilityOracle
    function feeders() external view returns (address[] memory) {
        return _list;
    }

    /// @inheritdoc IVolatilityOracle
    function feeder(address account) external view returns (Feeder memory) {
        return _feeders[account];
    }

    /// @inheritdoc IVolatilityOracle
    function parameters() external view returns (Parameters memory) {
        return _parameters;
    }

    /// @inheritdoc IVolatilityOracle
    function isActive(address account) public view returns (bool) {
        Feeder storage standing = _feeders[account];
        return standing.position != 0 && standing.exitAt == 0 && standing.bond >= _parameters.feederBond;
    }

    /// @notice Takes a part of a feeder's bond; moves no token, so that nothing can stop a round from being closed.
    /// @param number the round.
    /// @param account the feeder.
    function _slash(uint32 number, address account) internal {
        Feeder storage standing = _feeders[account];
        uint128 amount = _parameters.slashAmount;
        if (amount > standing.bond) amount = standing.bond;
        standing.bond -= amount;
        totalBonds -= amount;
        slashed += amount;
        emit Slashed(number, account, amount);
    }

    /// @notice Where the parameters are.
    /// @return the parameters in force.
    function _rules() internal view returns (Parameters storage) {
        return _parameters;
    }

    /// @notice A feeder's standing, to change it.
    /// @param account its address.
    /// @return the standing.
    function _standing(address account) internal view returns (Feeder storage) {
        return _feeders[account];
    }

    /// @notice Which feeders are active now.
    /// @return map a bit for each place of the list.
    /// @return count the number of set bits, 0 to MAX_FEEDERS.
    function _activeFeeders() internal view returns (uint16 map, uint256 count) {
        for (uint256 i = 0; i < _list.length; ++i) {
            if (!isActive(_list[i])) continue;
            map |= uint16(1 << i);
            ++count;
        }
    }

    /// @notice The feeders of a map.
    /// @param map a bit for each place of the list.
    /// @return chosen in the list's order.
    function _feedersOf(uint16 map) internal view returns (address[] memory chosen) {
        chosen = new address[](_countOf(map));
        uint256 next = 0;
        for (uint256 i = 0; i < _list.length; ++i) {
            if ((map >> i) & 1 == 0) continue;
            chosen[next] = _list[i];
            ++next;
        }
    }

    /// @notice The round that is open.
    /// @return its number, 0 when none is.
    function _openRound() internal view virtual returns (uint32);

    /// @notice How many bits of a map are set.
    /// @param map the map.
    /// @return count 0 to 16.
    function _countOf(uint16 map) internal pure returns (uint256 count) {
        for (; map != 0; map &= map - 1) ++count;
    }

    /// @notice Lists a feeder.
    /// @param account its address.
    function _add(address account) private {
        if (account == address(0) || _list.length == MAX_FEEDERS) revert InvalidFeeders();
        if (_feeders[account].position != 0) revert AlreadyFeeder(account);
        _list.push(account);
        _feeders[account].position = uint8(_list.length);
        emit FeederAdded(account);
    }

    /// @notice Checks and stores parameters.
    /// @param given the parameters.
    function _setParameters(Parameters memory given) private {
        Bounds.requireWithin("interval", given.interval, 1 minutes, 1 days);
        Bounds.requireWithin("reportWindow", given.reportWindow, 30 seconds, given.interval);
        Bounds.requireWithin("maxAge", given.maxAge, uint256(given.interval) + given.reportWindow, 7 days);
        Bounds.requireWithin("maxMove", given.maxMove, 1_000, 500_000);
        Bounds.requireWithin("tolerance", given.tolerance, 100, 50_000);
        Bounds.requireWithin("slashDeviation", given.slashDeviation, given.tolerance, 1_000_000);
        Bounds.requireWithin("minFeeders", given.minFeeders, MIN_FEEDERS, _list.length);
        Bounds.requireWithin("realisedRounds", given.realisedRounds, 2, 64);
        Bounds.requireWithin("feederBond", given.feederBond, 1, MAX_BOND);
        Bounds.requireWithin("slashAmount", given.slashAmount, 1, given.feederBond);
        _parameters = given;
        emit ParametersChanged(given);
    }

    /// @notice Pays tokens out, exactly.
    /// @param to who gets them.
    /// @param amount token units.
    /// @param isClearingHouse whether it collects them itself.
    function _pay(address to, uint256 amount, bool isClearingHouse) private {
        if (!isClearingHouse) return token.pay(to, amount);
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(to, amount);
        IForfeitCollector(to).collectForfeit(amount);
        ExactTransfers.requireMoved(before, token.balanceOf(address(this)), amount);
    }

    /// @notice Reverts while a round is open: it is judged by the feeders and parameters that it opened with.
    function _requireNoOpenRound() private view {
        uint32 open = _openRound();
        if (open != 0) revert RoundIsOpen(open);
    }
}
