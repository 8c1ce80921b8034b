// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IBounded} from "../shared/IBounded.sol";
import {IExactTransfers} from "../shared/IExactTransfers.sol";

/// @title Prices and volatilities that bonded feeders report in rounds
/// @author Ballast
/// @notice A round is the median of what 3 to 16 feeders report: as long as more than half of those who report are
/// honest, nobody moves a median out of what the honest ones said. The synthetic volatility is never below the implied
/// one. Amounts of USD are micro-USD, rates and volatilities ppm (a volatility of 500,000 is 50 % a year).
/// @dev ASSUMES of the bond token that a transfer moves exactly what it says: a token that takes fees or answers false
/// is refused at every move. Whoever is paid takes the payment: no feeder's payment depends on another's.
interface IVolatilityOracle is IBounded, IExactTransfers {
    /// @notice What a feeder sees of one underlying, or the medians of what they saw.
    struct Reading {
        uint128 price; // micro-USD, 1 to 10^18
        uint64 impliedVol; // ppm a year, at the money, 30 days; 1,000 to 20,000,000
        uint128 depth; // micro-USD that move the price by 1 %, 1 to 2^96 - 1
        uint128 volume; // micro-USD traded in 24 hours, 1 to 2^96 - 1
    }

    /// @notice Four views of one underlying's volatility, ppm a year.
    struct Volatility {
        uint256 implied;
        uint256 realised;
        uint256 depthImplied;
        uint256 synthetic;
    }

    /// @notice What a round is at.
    enum RoundState {
        None,
        Open,
        Final,
        Void
    }

    /// @notice Why a round became void.
    enum VoidReason {
        TooFewReports,
        Disagreement
    }

    /// @notice A round. Bit n of the two maps is the n-th feeder of the list at that time, which stays as it is while
    /// the round is open.
    struct Round {
        uint64 time; // Unix seconds, when the first report came
        uint64 closesAt; // the last second that takes reports
        uint32 number; // how many rounds were final up to this one, itself included; 0 unless it is final
        uint16 electorate; // feeders that may report: those active when it opened
        uint16 reported; // feeders that did
        RoundState state;
    }

    /// @notice A feeder's standing.
    struct Feeder {
        uint128 bond; // token units
        uint64 exitAt; // from when on the bond can be withdrawn, 0 when no exit was requested
        uint32 lastRound; // the last round it reported in
        uint8 position; // place in the list, from 1; 0 when it isn't listed
    }

    /// @notice How rounds are held and judged.
    struct Parameters {
        uint64 interval; // seconds from a final round to the next; 60 to 86,400
        uint64 reportWindow; // seconds that a round is open; 30 to the interval
        uint64 maxAge; // seconds until a final round is stale; interval + reportWindow to 604,800
        uint32 maxMove; // ppm that a price moves without a supermajority; 1,000 to 500,000
        uint32 tolerance; // ppm around the median that count as agreement; 100 to 50,000
        uint32 slashDeviation; // ppm beyond which a report is slashed; tolerance to 1,000,000
        uint8 minFeeders; // reports that a round needs at least; 3 to the number of feeders
        uint8 realisedRounds; // final rounds that the realised volatility looks at; 2 to 64
        uint128 feederBond; // token units; 1 to 2^100
        uint128 slashAmount; // token units; 1 to feederBond
    }

    /// @notice A feeder was allowed.
    /// @param feeder its address.
    event FeederAdded(address indexed feeder);

    /// @notice A feeder was removed; its bond stays its own.
    /// @param feeder its address.
    event FeederRemoved(address indexed feeder);

    /// @notice The parameters were set.
    /// @param parameters all of them.
    event ParametersChanged(Parameters parameters);

    /// @notice It is known where slashed tokens go.
    /// @param recipient who gets them.
    /// @param isClearingHouse whether it collects them itself, by `collectForfeit`.
    event SlashRecipientSet(address indexed recipient, bool indexed isClearingHouse);

    /// @notice A bond grew.
    /// @param feeder its owner.
    /// @param amount token units that came.
    /// @param bond token units that it is now.
    event Bonded(address indexed feeder, uint256 amount, uint256 bond);

    /// @notice A feeder reports no more, and gets its bond later.
    /// @param feeder its address.
    /// @param exitAt from when on.
    event ExitRequested(address indexed feeder, uint64 indexed exitAt);

    /// @notice A bond was paid back.
    /// @param feeder its owner, who is paid.
    /// @param amount token units.
    event BondWithdrawn(address indexed feeder, uint256 amount);

    /// @notice A round opened with its first report.
    /// @param round the round, from 1.
    /// @param time Unix seconds.
    /// @param electorate who may report (see Round).
    event RoundOpened(uint32 indexed round, uint64 indexed time, uint16 electorate);

    /// @notice A feeder reported.
    /// @param round the round.
    /// @param feeder its address.
    /// @param readings one for each underlying.
    event Reported(uint32 indexed round, address indexed feeder, Reading[] readings);

    /// @notice A round is final.
    /// @param round the round, from 1.
    /// @param time Unix seconds.
    /// @param medians one for each underlying.
    event RoundFinal(uint32 indexed round, uint64 indexed time, Reading[] medians);

    /// @notice A round came to nothing; its number is not used again.
    /// @param round the round, from 1.
    /// @param reason what it lacked.
    event RoundVoid(uint32 indexed round, VoidReason indexed reason);

    /// @notice A feeder lost a part of its bond: a price it reported was too far from the median.
    /// @param round the round.
    /// @param feeder its address.
    /// @param amount token units.
    event Slashed(uint32 indexed round, address indexed feeder, uint256 amount);

    /// @notice Slashed tokens were paid out.
    /// @param recipient who got them.
    /// @param amount token units.
    event SlashedSwept(address indexed recipient, uint256 amount);

    /// @notice There must be 1 to 8 underlyings, each once and none of them zero.
    error InvalidUnderlyings();

    /// @notice There must be 3 to 16 feeders, not fewer than `minFeeders`, each once and none of them zero.
    error InvalidFeeders();

    /// @notice The bond token must be a contract.
    error InvalidToken(address token);

    /// @notice The address is a feeder already.
    error AlreadyFeeder(address feeder);

    /// @notice The address is no feeder: the owner must schedule `addFeeder` first.
    error NotFeeder(address feeder);

    /// @notice The recipient was set before, and stays.
    error SlashRecipientAlreadySet(address recipient);

    /// @notice The recipient must be an address, and a contract if it is a clearing house.
    error InvalidSlashRecipient(address recipient);

    /// @notice Nobody was named yet to get slashed tokens: they are kept.
    error NoSlashRecipient();

    /// @notice The amount is zero, or the bond would be too large.
    error InvalidAmount(uint256 amount);

    /// @notice The feeder is on its way out: withdraw the bond from `exitAt` on, then bond again.
    error Exiting(uint64 exitAt);

    /// @notice The bond can be withdrawn from `exitAt` on; 0: request the exit first.
    error ExitNotReady(uint64 exitAt);

    /// @notice There is no bond to withdraw.
    error NoBond(address feeder);

    /// @notice A round is open: finalise it first (anyone may, in the same transaction).
    error RoundIsOpen(uint32 round);

    /// @notice The report must name the round `expected`.
    error WrongRound(uint32 given, uint32 expected);

    /// @notice The next round can open at `openAt`.
    error TooEarly(uint64 openAt);

    /// @notice Reports were taken until `closedAt`: finalise the round, then report to the next.
    error WindowClosed(uint64 closedAt);

    /// @notice The window is open until `closesAt`, and not every feeder has reported.
    error WindowOpen(uint64 closesAt);

    /// @notice Fewer feeders are bonded than a round needs.
    error TooFewActiveFeeders(uint256 active, uint256 needed);

    /// @notice The feeder's bond is too small, or it was when the round opened: bond `needed` before the next one.
    error NotActive(address feeder, uint256 needed);

    /// @notice One report a feeder a round.
    error AlreadyReported(uint32 round, address feeder);

    /// @notice There must be one reading for each underlying.
    error WrongReadings(uint256 given, uint256 expected);

    /// @notice A reading of this underlying is out of its bounds (see Reading).
    error InvalidReading(uint256 index);

    /// @notice There is no underlying with this index.
    error UnknownUnderlying(uint256 index);

    /// @notice The round is not open.
    error RoundNotOpen(uint32 round);

    /// @notice The round is not final: it is open, void, or was never held.
    error RoundNotFinal(uint32 round);

    /// @notice The round is final, but no longer among the last 256 whose prices are kept.
    error RoundForgotten(uint32 round);

    /// @notice The last final round is too old (0 and 0: there is none): feeders must report first.
    error Stale(uint32 round, uint64 time);

    /// @notice Allows a feeder; takes a scheduled call, and no open round.
    /// @param feeder its address.
    function addFeeder(address feeder) external;

    /// @notice Removes a feeder; takes a scheduled call, and no open round. Its bond can be withdrawn as ever.
    /// @param feeder its address.
    function removeFeeder(address feeder) external;

    /// @notice Sets the parameters; takes a scheduled call, and no open round.
    /// @param parameters all of them.
    function setParameters(Parameters calldata parameters) external;

    /// @notice Says where slashed tokens go; takes a scheduled call, once.
    /// @param recipient who gets them.
    /// @param isClearingHouse true: it gets an allowance and a call of `collectForfeit(amount)`; false: a transfer.
    function setSlashRecipient(address recipient, bool isClearingHouse) external;

    /// @notice Adds to the caller's bond; the caller must be a feeder that isn't leaving.
    /// @param amount token units, approved before.
    function bond(uint256 amount) external;

    /// @notice Stops reporting and starts the exit delay of the caller's bond; removed feeders too.
    function requestExit() external;

    /// @notice Pays the caller its whole bond after the exit delay, unless an open round still judges its report.
    function withdrawBond() external;

    /// @notice Reports; the first report opens the round.
    /// @param round `nextRound()`.
    /// @param readings one for each underlying, in their order.
    function report(uint32 round, Reading[] calldata readings) external;

    /// @notice Closes a round after its window, or once all its feeders have reported; anyone may. It becomes final or
    /// void.
    /// @param round the open round.
    function finalize(uint32 round) external;

    /// @notice Pays slashed tokens to their recipient; anyone may.
    function sweepSlashed() external;

    /// @notice The last final round.
    /// @return its number, 0 when there is none.
    function latestRound() external view returns (uint32);

    /// @notice The round that a report must name now: the open one, or the one that it would open.
    /// @return its number, from 1.
    function nextRound() external view returns (uint32);

    /// @notice A round.
    /// @param number the round, from 1.
    /// @return the round; of state None when it was never held.
    function round(uint32 number) external view returns (Round memory);

    /// @notice The time of a final round.
    /// @param number the round, from 1.
    /// @return Unix seconds. Reverts with RoundNotFinal.
    function roundTime(uint32 number) external view returns (uint64);

    /// @notice The medians of a final round. Old rounds are history: this asks for no freshness.
    /// @param index the underlying.
    /// @param number the round.
    /// @return the medians. Reverts with RoundNotFinal or RoundForgotten.
    function reading(uint256 index, uint32 number) external view returns (Reading memory);

    /// @notice A feeder's last report.
    /// @param feeder its address.
    /// @param index the underlying.
    /// @return number the round, 0 when it never reported.
    /// @return given the reading.
    function reportOf(address feeder, uint256 index) external view returns (uint32 number, Reading memory given);

    /// @notice The last final volatilities, stale or not.
    /// @param index the underlying.
    /// @return found the volatilities; reverts with Stale(0, 0) when no round was ever final.
    /// @return fresh whether they are.
    function volatility(uint256 index) external view returns (Volatility memory found, bool fresh);

    /// @notice The price of the last final round. Reverts with Stale.
    /// @param index the underlying.
    /// @return micro-USD.
    function price(uint256 index) external view returns (uint256);

    /// @notice Of implied, realised and depth-implied volatility the median, but never less than the implied one.
    /// Reverts with Stale.
    /// @param index the underlying.
    /// @return ppm a year, rounded down.
    function syntheticVol(uint256 index) external view returns (uint256);

    /// @notice Annualised deviation, around zero, of the log returns over the last final rounds; the implied one while
    /// there are fewer than two. Reverts with Stale.
    /// @param index the underlying.
    /// @return ppm a year, rounded down.
    function realisedVol(uint256 index) external view returns (uint256);

    /// @notice The volatility at which the square-root law of impact gives the reported depth. Reverts with Stale.
    /// @param index the underlying.
    /// @return ppm a year, rounded down.
    function depthVol(uint256 index) external view returns (uint256);

    /// @notice Whether there is a final round that isn't older than `maxAge`.
    /// @return whether the last round can be used.
    function isFresh() external view returns (bool);

    /// @notice The largest move of any underlying's price from a round to a later final one.
    /// @param fromRound the round to measure from; 0 gives 0 and 0.
    /// @param untilTime the last time of rounds that count, Unix seconds.
    /// @return ppm the largest |price / price in fromRound - 1|, rounded down.
    /// @return rounds how many rounds counted. Reverts with RoundNotFinal or RoundForgotten.
    function largestMove(uint32 fromRound, uint64 untilTime) external view returns (uint256 ppm, uint32 rounds);

    /// @notice The symbols, fixed for good.
    /// @return in the order of their indices.
    function underlyings() external view returns (bytes32[] memory);

    /// @notice The allowed feeders.
    /// @return in the order of their bits.
    function feeders() external view returns (address[] memory);

    /// @notice A feeder's standing.
    /// @param account its address; it need not be listed any more.
    /// @return the standing.
    function feeder(address account) external view returns (Feeder memory);

    /// @notice Whether a feeder is listed, bonded enough and not leaving.
    /// @param account its address.
    /// @return whether a round that opened now would take its reports.
    function isActive(address account) external view returns (bool);

    /// @notice The parameters in force.
    /// @return all of them.
    function parameters() external view returns (Parameters memory);

    /// @notice The token of the bonds.
    /// @return its address.
    function token() external view returns (IERC20);

    /// @notice All bonds, token units. With `slashed` it is the contract's balance, but for what strangers sent it.
    /// @return the sum.
    function totalBonds() external view returns (uint256);

    /// @notice Slashed tokens that wait for their recipient.
    /// @return token units.
    function slashed() external view returns (uint256);

    /// @notice Where slashed tokens go.
    /// @return recipient its address, zero until it is set.
    /// @return isClearingHouse whether it collects them itself.
    function slashRecipient() external view returns (address recipient, bool isClearingHouse);
}
