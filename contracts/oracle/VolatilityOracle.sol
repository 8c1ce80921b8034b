// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVolatilityOracle} from "./IVolatilityOracle.sol";
import {Median} from "./Median.sol";
import {OracleFeeders} from "./OracleFeeders.sol";
import {ReadingStore} from "./ReadingStore.sol";
import {SyntheticVolatility} from "./SyntheticVolatility.sol";

/// @title VolatilityOracle
/// @author Ballast
/// @notice Rounds of reports, their medians, and the volatilities that follow from them.
contract VolatilityOracle is OracleFeeders {
    using ReadingStore for ReadingStore.Readings;

    /// @notice How many final rounds' readings are kept.
    uint256 public constant HISTORY = 256;
    /// @notice One, in ppm.
    uint256 private constant PPM = 1_000_000;

    /// @inheritdoc IVolatilityOracle
    uint32 public override latestRound;
    /// @notice The last round that opened.
    uint32 private _lastRound;
    /// @notice How many rounds are final.
    uint32 private _finalRounds;
    /// @notice The symbols.
    bytes32[] private _underlyings;
    /// @notice All rounds that ever opened.
    mapping(uint32 number => Round found) private _rounds;
    /// @notice The last report of each feeder; the next one takes its place.
    mapping(address feeder => ReadingStore.Readings report) private _reports;
    /// @notice Medians of the last final rounds: the n-th is at n % HISTORY.
    ReadingStore.Readings[HISTORY] private _history;

    /// @notice Starts before round 1.
    /// @param owner who may schedule changes.
    /// @param token_ the token of the bonds.
    /// @param underlyings_ 1 to 8 symbols, e.g. "BTC", left-aligned.
    /// @param feeders_ 3 to 16 addresses.
    /// @param parameters_ the parameters.
    constructor(
        address owner,
        IERC20 token_,
        bytes32[] memory underlyings_,
        address[] memory feeders_,
        Parameters memory parameters_
    ) OracleFeeders(owner, token_, feeders_, parameters_) {
        uint256 count = underlyings_.length;
        if (count == 0 || count > ReadingStore.MAX_UNDERLYINGS) revert InvalidUnderlyings();
        for (uint256 i = 0; i < count; ++i) {
            if (underlyings_[i] == 0) revert InvalidUnderlyings();
            for (uint256 j = 0; j < i; ++j) if (underlyings_[i] == underlyings_[j]) revert InvalidUnderlyings();
        }
        _underlyings = underlyings_;
    }

    /// @inheritdoc IVolatilityOracle
    function report(uint32 number, Reading[] calldata readings) external {
        uint32 expected = nextRound();
        if (number != expected) revert WrongRound(number, expected);
        Feeder storage standing = _standing(msg.sender);
        if (standing.position == 0) revert NotFeeder(msg.sender);
        if (standing.exitAt != 0) revert Exiting(standing.exitAt);
        if (_openRound() == 0) _open(number);

        Round storage found = _rounds[number];
        uint16 bit = uint16(1 << (standing.position - 1));
        if (found.electorate & bit == 0) revert NotActive(msg.sender, _rules().feederBond);
        if (block.timestamp > found.closesAt) revert WindowClosed(found.closesAt);
        if (found.reported & bit != 0) revert AlreadyReported(number, msg.sender);
        found.reported |= bit;
        standing.lastRound = number;
        _store(_reports[msg.sender], number, readings);
        emit Reported(number, msg.sender, readings);
    }

    /// @inheritdoc IVolatilityOracle
    function finalize(uint32 number) external {
        Round storage found = _rounds[number];
        if (found.state != RoundState.Open) revert RoundNotOpen(number);
        if (block.timestamp <= found.closesAt && found.reported != found.electorate) {
            revert WindowOpen(found.closesAt);
        }
        uint256 active = _countOf(found.electorate);
        address[] memory reporters = _feedersOf(found.reported);
        if (reporters.length < _neededOf(active)) return _void(number, VoidReason.TooFewReports);
        Reading[] memory medians = _mediansOf(reporters);
        if (!_agree(reporters, medians, active)) return _void(number, VoidReason.Disagreement);
        _finish(number, medians);
        _slashStrays(number, reporters, medians);
    }

    /// @inheritdoc IVolatilityOracle
    function round(uint32 number) external view returns (Round memory) {
        return _rounds[number];
    }

    /// @inheritdoc IVolatilityOracle
    function roundTime(uint32 number) external view returns (uint64) {
        if (_rounds[number].state != RoundState.Final) revert RoundNotFinal(number);
        return _rounds[number].time;
    }

    /// @inheritdoc IVolatilityOracle
    function reading(uint256 index, uint32 number) external view returns (Reading memory) {
        _requireUnderlying(index);
        return _history[_keptPlaceOf(number) % HISTORY].read(index);
    }

    /// @inheritdoc IVolatilityOracle
    function reportOf(address account, uint256 index) external view returns (uint32 number, Reading memory given) {
        _requireUnderlying(index);
        ReadingStore.Readings storage found = _reports[account];
        return (found.round, found.read(index));
    }

    /// @inheritdoc IVolatilityOracle
    function volatility(uint256 index) external view returns (Volatility memory found, bool fresh) {
        _requireUnderlying(index);
        if (latestRound == 0) revert Stale(0, 0);
        return (_volatilityOf(index), isFresh());
    }

    /// @inheritdoc IVolatilityOracle
    function price(uint256 index) external view returns (uint256) {
        return _freshReading(index).price;
    }

    /// @inheritdoc IVolatilityOracle
    function syntheticVol(uint256 index) external view returns (uint256) {
        _freshReading(index);
        return _volatilityOf(index).synthetic;
    }

    /// @inheritdoc IVolatilityOracle
    function realisedVol(uint256 index) external view returns (uint256) {
        _freshReading(index);
        return _volatilityOf(index).realised;
    }

    /// @inheritdoc IVolatilityOracle
    function depthVol(uint256 index) external view returns (uint256) {
        Reading memory latest = _freshReading(index);
        return SyntheticVolatility.depthImplied(latest.depth, latest.volume);
    }

    /// @inheritdoc IVolatilityOracle
    function largestMove(uint32 fromRound, uint64 untilTime) external view returns (uint256 ppm, uint32 rounds) {
        if (fromRound == 0) return (0, 0);
        uint256 place = _keptPlaceOf(fromRound);
        uint256 count = _underlyings.length;
        uint256[] memory start = _history[place % HISTORY].pricesOf(count);
        uint256[] memory lows = _history[place % HISTORY].pricesOf(count);
        uint256[] memory highs = _history[place % HISTORY].pricesOf(count);
        uint256 last = _finalRounds;
        for (uint256 n = place + 1; n <= last; ++n) {
            ReadingStore.Readings storage later = _history[n % HISTORY];
            if (later.time > untilTime) break; // times ascend
            later.widen(lows, highs);
            ++rounds;
        }
        for (uint256 i = 0; i < count; ++i) {
            (uint256 fall, uint256 rise) = (_moveOf(start[i], lows[i]), _moveOf(start[i], highs[i]));
            if (fall > ppm) ppm = fall;
            if (rise > ppm) ppm = rise;
        }
    }

    /// @inheritdoc IVolatilityOracle
    function underlyings() external view returns (bytes32[] memory) {
        return _underlyings;
    }

    /// @inheritdoc IVolatilityOracle
    function nextRound() public view returns (uint32) {
        uint32 open = _openRound();
        return open == 0 ? _lastRound + 1 : open;
    }

    /// @inheritdoc IVolatilityOracle
    function isFresh() public view returns (bool) {
        if (latestRound == 0) return false;
        return block.timestamp <= uint256(_rounds[latestRound].time) + _rules().maxAge;
    }

    /// @notice The round that is open.
    /// @return its number; 0 when none is.
    function _openRound() internal view override returns (uint32) {
        return _rounds[_lastRound].state == RoundState.Open ? _lastRound : 0;
    }

    /// @notice Opens a round for the feeders that are active now.
    /// @param number the round, from 1.
    function _open(uint32 number) private {
        Parameters storage rules = _rules();
        if (latestRound != 0) {
            uint64 openAt = _rounds[latestRound].time + rules.interval;
            if (block.timestamp < openAt) revert TooEarly(openAt);
        }
        (uint16 electorate, uint256 active) = _activeFeeders();
        if (active < rules.minFeeders) revert TooFewActiveFeeders(active, rules.minFeeders);
        uint64 time = uint64(block.timestamp);
        _lastRound = number;
        _rounds[number] = Round(time, time + rules.reportWindow, 0, electorate, 0, RoundState.Open);
        emit RoundOpened(number, time, electorate);
    }

    /// @notice Checks and stores a report.
    /// @param target the round's store of this feeder.
    /// @param number its round.
    /// @param readings one for each underlying.
    function _store(ReadingStore.Readings storage target, uint32 number, Reading[] calldata readings) private {
        uint256 count = _underlyings.length;
        if (readings.length != count) revert WrongReadings(readings.length, count);
        (target.round, target.time) = (number, uint64(block.timestamp));
        for (uint256 i = 0; i < count; ++i) {
            Reading memory given = readings[i];
            if (!ReadingStore.isValid(given)) revert InvalidReading(i);
            target.write(i, given);
        }
    }

    /// @notice Ends a round without a result.
    /// @param number the round.
    /// @param reason what it lacked.
    function _void(uint32 number, VoidReason reason) private {
        _rounds[number].state = RoundState.Void;
        emit RoundVoid(number, reason);
    }

    /// @notice Ends a round with its medians.
    /// @param number the round.
    /// @param medians one for each underlying.
    function _finish(uint32 number, Reading[] memory medians) private {
        Round storage found = _rounds[number];
        uint32 place = ++_finalRounds;
        (found.state, found.number) = (RoundState.Final, place);
        latestRound = number;
        ReadingStore.Readings storage entry = _history[place % HISTORY];
        (entry.round, entry.time) = (number, found.time);
        for (uint256 i = 0; i < medians.length; ++i) entry.write(i, medians[i]);
        emit RoundFinal(number, found.time, medians);
    }

    /// @notice Slashes every reporter with a price too far from a median, once.
    /// @param number the round.
    /// @param reporters who reported.
    /// @param medians one for each underlying.
    function _slashStrays(uint32 number, address[] memory reporters, Reading[] memory medians) private {
        uint256 limit = _rules().slashDeviation;
        for (uint256 i = 0; i < reporters.length; ++i) {
            ReadingStore.Readings storage given = _reports[reporters[i]];
            for (uint256 k = 0; k < medians.length; ++k) {
                if (_isWithin(medians[k].price, given.priceOf(k), limit)) continue;
                _slash(number, reporters[i]);
                break;
            }
        }
    }

    /// @notice The medians of all fields.
    /// @param reporters whose reports.
    /// @return medians one for each underlying.
    function _mediansOf(address[] memory reporters) private view returns (Reading[] memory medians) {
        uint256 count = _underlyings.length;
        medians = new Reading[](count);
        for (uint256 k = 0; k < count; ++k) medians[k] = _medianOf(reporters, k);
    }

    /// @notice The medians of one underlying's fields.
    /// @param reporters whose reports.
    /// @param index the underlying.
    /// @return the medians; each fits, as it is one reporter's.
    function _medianOf(address[] memory reporters, uint256 index) private view returns (Reading memory) {
        uint256 count = reporters.length;
        uint256[] memory prices = new uint256[](count);
        uint256[] memory vols = new uint256[](count);
        uint256[] memory depths = new uint256[](count);
        uint256[] memory volumes = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            Reading memory given = _reports[reporters[i]].read(index);
            (prices[i], vols[i], depths[i], volumes[i]) = (given.price, given.impliedVol, given.depth, given.volume);
        }
        return
            Reading(
                uint128(Median.middle(prices)),
                uint64(Median.middle(vols)),
                uint128(Median.middle(depths)),
                uint128(Median.middle(volumes))
            );
    }

    /// @notice Whether every price that moved far, or is the first of all, has two thirds of the active feeders near.
    /// @param reporters who reported.
    /// @param medians one for each underlying.
    /// @param active how many feeders might have reported.
    /// @return whether the round can be final.
    function _agree(
        address[] memory reporters,
        Reading[] memory medians,
        uint256 active
    ) private view returns (bool) {
        Parameters storage rules = _rules();
        ReadingStore.Readings storage last = _history[_finalRounds % HISTORY];
        for (uint256 k = 0; k < medians.length; ++k) {
            uint256 median = medians[k].price;
            if (_finalRounds != 0 && _isWithin(last.priceOf(k), median, rules.maxMove)) continue;
            uint256 near = 0;
            for (uint256 i = 0; i < reporters.length; ++i) {
                if (_isWithin(median, _reports[reporters[i]].priceOf(k), rules.tolerance)) ++near;
            }
            if (3 * near < 2 * active) return false;
        }
        return true;
    }

    /// @notice How many reports a round needs: more than half of the active feeders', and `minFeeders`.
    /// @param active how many are active.
    /// @return reports, at least one; may be more than there are active feeders.
    function _neededOf(uint256 active) private view returns (uint256) {
        uint256 majority = active / 2 + 1;
        uint256 least = _rules().minFeeders;
        return majority > least ? majority : least;
    }

    /// @notice The place of a final round among the final ones.
    /// @param number the round.
    /// @return place from 1; the history has it.
    function _keptPlaceOf(uint32 number) private view returns (uint256 place) {
        Round storage found = _rounds[number];
        if (found.state != RoundState.Final) revert RoundNotFinal(number);
        place = found.number;
        if (place + HISTORY <= _finalRounds) revert RoundForgotten(number);
    }

    /// @notice The last final round's reading of an underlying, if it is fresh.
    /// @param index the underlying.
    /// @return the reading.
    function _freshReading(uint256 index) private view returns (Reading memory) {
        _requireUnderlying(index);
        if (!isFresh()) revert Stale(latestRound, _rounds[latestRound].time);
        return _history[_finalRounds % HISTORY].read(index);
    }

    /// @notice The volatilities of the last final round; there must be one.
    /// @param index the underlying.
    /// @return found the volatilities.
    function _volatilityOf(uint256 index) private view returns (Volatility memory found) {
        Reading memory latest = _history[_finalRounds % HISTORY].read(index);
        found.implied = latest.impliedVol;
        found.realised = _finalRounds < 2 ? found.implied : _realisedOf(index);
        found.depthImplied = SyntheticVolatility.depthImplied(latest.depth, latest.volume);
        found.synthetic = SyntheticVolatility.combine(found.implied, found.realised, found.depthImplied);
    }

    /// @notice The realised volatility over the last final rounds, at least two.
    /// @param index the underlying.
    /// @return ppm a year.
    function _realisedOf(uint256 index) private view returns (uint256) {
        uint256 count = _rules().realisedRounds;
        if (count > _finalRounds) count = _finalRounds;
        uint256[] memory prices = new uint256[](count);
        uint256[] memory times = new uint256[](count);
        uint256 first = uint256(_finalRounds) + 1 - count;
        for (uint256 i = 0; i < count; ++i) {
            ReadingStore.Readings storage entry = _history[(first + i) % HISTORY];
            (prices[i], times[i]) = (entry.priceOf(index), entry.time);
        }
        return SyntheticVolatility.realised(prices, times);
    }

    /// @notice Reverts for an underlying that isn't there.
    /// @param index the underlying.
    function _requireUnderlying(uint256 index) private view {
        if (index >= _underlyings.length) revert UnknownUnderlying(index);
    }

    /// @notice Whether a price is within `limit` ppm of another.
    /// @param base the other.
    /// @param value the price.
    /// @param limit ppm of `base`.
    /// @return whether |value - base| <= base * limit, exactly.
    function _isWithin(uint256 base, uint256 value, uint256 limit) private pure returns (bool) {
        uint256 distance = value > base ? value - base : base - value;
        return distance * PPM <= base * limit;
    }

    /// @notice How far a price is from another.
    /// @param base the other, not 0.
    /// @param value the price.
    /// @return ppm of `base`, rounded down.
    function _moveOf(uint256 base, uint256 value) private pure returns (uint256) {
        uint256 distance = value > base ? value - base : base - value;
        return (distance * PPM) / base;
    }
}
