// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title One venue's collateral
/// @author Ballast
/// @notice Holds the tokens of one venue, each under the instrument id that it has in the venue's portfolios, and
/// counts them in lots.
/// @dev ASSUMES of every token, which the venue chooses and whoever relies on its solvency must look at: it is what
/// the venue says, `balanceOf` tells the truth, and a transfer moves exactly what it says. A token that takes a fee or
/// rounds can't be deposited; one whose balances shrink by themselves shows in `lotsHeld` at once. And of every lot: it
/// is as many units as the snapshot's lot says; `ballast vault show` and `ballast solvency show` compare them.
interface ICollateralVault {
    /// @notice The venue added an asset, for good.
    /// @param instrumentId the asset's id in portfolios.
    /// @param token the token.
    /// @param unitsPerLot the token's smallest units in a lot.
    event AssetAdded(uint32 indexed instrumentId, address indexed token, uint96 unitsPerLot);

    /// @notice Tokens came in.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Deposited(uint32 indexed instrumentId, uint256 lots);

    /// @notice Tokens went out.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    event Withdrawn(uint32 indexed instrumentId, uint256 lots);

    /// @notice The venue must be a real address.
    error InvalidVenue();

    /// @notice Only the venue may do this: send the transaction from its account.
    error OnlyVenue(address caller);

    /// @notice Collateral assets have the ids 1 to 7: no other instrument can be a reserve.
    error InvalidInstrument(uint32 instrumentId);

    /// @notice A lot has at least one unit.
    error InvalidLotSize();

    /// @notice The token has no code: check its address and the chain.
    error InvalidToken(address token);

    /// @notice The id has a token already: assets are never changed.
    error AssetAlreadyAdded(uint32 instrumentId);

    /// @notice The token has an id already: under two its balance would count twice.
    error TokenAlreadyAdded(address token, uint32 instrumentId);

    /// @notice The vault has no such asset: use an id of `assetIds`.
    error UnknownAsset(uint32 instrumentId);

    /// @notice There is nothing to move: give at least one lot.
    error NoLots();

    /// @notice The token moved another amount than it was told to, e.g. took a fee: it can't be held here.
    error WrongAmountMoved(uint256 moved, uint256 expected);

    /// @notice Adds an asset for good; only the venue may.
    /// @param instrumentId the asset's id in portfolios, 1 to 2^20 - 1.
    /// @param token the token, which no other id has.
    /// @param unitsPerLot the token's smallest units in a lot.
    function addAsset(uint32 instrumentId, address token, uint96 unitsPerLot) external;

    /// @notice Takes lots from the caller, who must have approved them; anyone may.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    function deposit(uint32 instrumentId, uint256 lots) external;

    /// @notice Pays lots out; only the venue may.
    /// @param instrumentId the asset.
    /// @param lots how many lots.
    /// @param to who gets them.
    function withdraw(uint32 instrumentId, uint256 lots, address to) external;

    /// @notice Whole lots that the vault holds now, however they came here.
    /// @param instrumentId the asset.
    /// @return the balance in lots, rounded down. Reverts with UnknownAsset when there is no such asset.
    function lotsHeld(uint32 instrumentId) external view returns (uint256);

    /// @notice An asset.
    /// @param instrumentId its id.
    /// @return token the token, zero when there is no such asset.
    /// @return unitsPerLot the token's smallest units in a lot.
    function asset(uint32 instrumentId) external view returns (address token, uint96 unitsPerLot);

    /// @notice All assets.
    /// @return their instrument ids, in the order in which they were added.
    function assetIds() external view returns (uint32[] memory);

    /// @notice Whose collateral this is.
    /// @return the venue.
    function venue() external view returns (address);
}
