// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";
import {IPayments} from "./IPayments.sol";

/// @title Who hands a whole portfolio to somebody who pays for it
/// @author Ballast
/// @notice What sealed bids and the public sale have in common. Nothing is handed over without a proof of what the
/// account is worth in the newest snapshot, which its caller shows to everybody: who takes the portfolio pays a part of
/// that at least, and an account that is healthy by it keeps everything, and its case closes as cured. Who takes it has
/// an account that is healthy with it, by the newest snapshot too. All windows are in served seconds
/// (`IMarketClock.served`); a time called `until` is the first that is too late, and calling late or early moves
/// nothing.
interface IPortfolioAward is IPayments, IBounded {
    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice The case is not, or no longer, where this can be done.
    error CaseNotThere(uint256 caseId);

    /// @notice This can be done once this much time has been served.
    error TooEarly(uint64 from);

    /// @notice This could be done until this much time had been served.
    error TooLate(uint64 until);

    /// @notice The transfer's cash is below what must be paid, or above what may be.
    error WrongCash(int64 cash, uint256 least, uint256 most);

    /// @notice The account that takes the portfolio over is not the caller's.
    error NotYourAccount(uint256 accountId);

    /// @notice The account would not be healthy: attest its new commitment with tier 0 or 1, by the newest snapshot.
    error NotHealthy(uint256 accountId, uint256 commitment);

    /// @notice The equity is not that of the case's account.
    error WrongAccount(uint256 accountId);

    /// @notice The equity is by prices older than those that moved the case: prove it in the newest snapshot.
    error ProofTooOld(uint64 snapshotTime, uint64 oldest);

    /// @notice The sealed phase has not failed.
    error NotFailed(uint256 caseId);

    /// @notice Whose cases these are.
    /// @return the liquidation engine.
    function engine() external view returns (address);

    /// @notice Who gets fees, taxes and lost bonds.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);

    /// @notice What a lot of the settlement asset is worth.
    /// @return micro-USD.
    function microsPerLot() external view returns (uint64);
}
