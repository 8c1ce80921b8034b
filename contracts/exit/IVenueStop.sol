// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Whether a venue has stopped
/// @author Ballast
/// @notice What the venue's other contracts ask before they do its bidding.
interface IVenueStop {
    /// @notice The venue has stopped: it moves nothing any more, and customers leave by the exit desk.
    error VenueStopped(uint64 since);

    /// @notice Customers leave already: the venue never comes back.
    error VenueLeft();

    /// @notice The account has claimed what it is worth: its portfolio stays as it is.
    error AccountLeft(uint256 accountId);

    /// @notice The time for claims is over, and what there is to share is fixed: nothing comes in any more.
    error ClaimsOver(uint64 until);

    /// @notice When the venue stopped.
    /// @return since Unix seconds; 0 while it hasn't.
    function stoppedAt() external view returns (uint64 since);

    /// @notice Reverts with VenueStopped once the venue has stopped.
    function requireRunning() external view;

    /// @notice Reverts with VenueLeft once an account has claimed.
    function requireNotLeft() external view;

    /// @notice Reverts with ClaimsOver once the time for claims is over.
    function requireReceiving() external view;

    /// @notice Reverts unless portfolios may move: whatever may otherwise while the venue hasn't stopped; then whole
    /// ones, and one alone, of accounts that haven't claimed. What was open ends that way.
    /// @param accountA the one account.
    /// @param accountB the other, or 0.
    /// @param isWhole whether A is left nothing but the cash.
    function requireMovable(uint256 accountA, uint256 accountB, bool isWhole) external view;
}
