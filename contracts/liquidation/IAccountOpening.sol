// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EmptyClaim} from "./facts/Claims.sol";

/// @title Accounts that anyone opens
/// @author Ballast
/// @notice An account that is empty by proof, under an id that follows from who opened it, for a bond that comes back.
/// While it is empty nobody but who knows its salt can fill it: the venue's word doesn't change it, nobody asks about
/// it, it has no case, and no solvency run counts it.
interface IAccountOpening {
    /// @notice A bond was paid for an account.
    /// @param accountId the account.
    /// @param opener who opened it.
    /// @param amount token units of the settlement asset.
    event BondPaid(uint256 indexed accountId, address indexed opener, uint256 amount);

    /// @notice A bond came back: the account was filled or closed.
    /// @param accountId the account.
    /// @param to who got it.
    /// @param amount token units of the settlement asset.
    event BondReturned(uint256 indexed accountId, address indexed to, uint256 amount);

    /// @notice An account was closed, empty as it had been opened.
    /// @param accountId the account.
    event AccountClosed(uint256 indexed accountId);

    /// @notice Ids from 2^253 on are for accounts that anyone opens.
    error ReservedId(uint256 accountId);

    /// @notice The account was opened, and never filled since.
    error AccountEmpty(uint256 accountId);

    /// @notice The account was filled: it is closed no more, and may hold something.
    error AccountFilled(uint256 accountId);

    /// @notice No bond is held for the account: none was paid, or it came back.
    error NoBond(uint256 accountId);

    /// @notice Opens an empty account of the caller's own, for a bond; the caller is its owner. It is an ordinary
    /// account from when a transfer fills it. One that the house opens is guarded, and takes no bond.
    /// @param n which of the caller's accounts, of its choice.
    /// @param commitment its empty portfolio, under a salt that only the caller should know.
    /// @param claim proves that the commitment opens to no positions.
    /// @return accountId the account: `accountIdOf(caller, n)`.
    function openAccount(
        uint256 n,
        uint256 commitment,
        EmptyClaim calldata claim
    ) external returns (uint256 accountId);

    /// @notice Closes an account that was never filled, and pays its bond back; who opened it may while it owns it.
    /// @param n which of the caller's accounts.
    /// @param to who gets the bond.
    function closeAccount(uint256 n, address to) external;

    /// @notice Pays the bond of an account that was filled back; who opened it may, whoever owns it now.
    /// @param n which of the caller's accounts.
    /// @param to who gets the bond.
    function reclaimBond(uint256 n, address to) external;

    /// @notice The id of an account that somebody opens: 2^253 + (keccak256(abi.encode(keccak256(
    /// "ballast.account.id.v1"), chainid, ledger, opener, n)) >> 4), a field element that no other account can have.
    /// @param opener who opens it.
    /// @param n which of its own.
    /// @return the id.
    function accountIdOf(address opener, uint256 n) external view returns (uint256);

    /// @notice Whether an account was opened and never filled.
    /// @param accountId the account.
    /// @return whether it exists and is empty since its opening.
    function isEmpty(uint256 accountId) external view returns (bool);

    /// @notice When an opened account was first filled.
    /// @param accountId the account.
    /// @return Unix seconds; 0 when it wasn't, or when the venue registered it.
    function filledAt(uint256 accountId) external view returns (uint64);

    /// @notice What is held for an account.
    /// @param accountId the account.
    /// @return token units of the settlement asset.
    function bondOf(uint256 accountId) external view returns (uint256);

    /// @notice What opening an account takes now: as much as a challenge.
    /// @return token units of the settlement asset.
    function openingBond() external view returns (uint256);
}
