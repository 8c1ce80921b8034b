// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EmptyClaim, EquityClaim, ReductionClaim, TransferClaim} from "../liquidation/facts/Claims.sol";
import {IAnchorBook} from "./IAnchorBook.sol";

/// @title The house's accounts
/// @author Ballast
/// @notice Which accounts a clearing house has, what they are worth together, and what its operator does with them that
/// is none of the funds' business. The first is fixed at deployment; its operator opens up to three others, empty by
/// proof, so that portfolios without an instrument in common can each be taken over. No account of them is left out of
/// a sum: gains of one never hide from the losses of another. Errors of `IClearingHouse` and `IFactProofs` too.
interface IHouseAccounts {
    /// @notice The operator opened an account for the house, empty by proof.
    /// @param accountId the account.
    event HouseAccountOpened(uint256 indexed accountId);

    /// @notice Somebody showed what one of the house's accounts is worth.
    /// @param accountId the account.
    /// @param snapshotId in which snapshot.
    /// @param equity micro-USD.
    event HouseEquityShown(uint256 indexed accountId, uint256 indexed snapshotId, int256 equity);

    /// @notice The house traded some of its risk away.
    /// @param accountB with whom.
    event HouseTraded(uint256 indexed accountB);

    /// @notice Cash moved from one of the house's accounts to another.
    /// @param from the one.
    /// @param to the other.
    /// @param lots lots of the settlement asset.
    event CashShifted(uint256 indexed from, uint256 indexed to, uint256 lots);

    /// @notice The house has four accounts already.
    error TooManyAccounts();

    /// @notice Nobody has shown what the house's account is worth, as it is now, in the snapshot of the claim and by
    /// its circuit: show it first.
    error EquityNotShown(uint256 accountId);

    /// @notice Opens an empty account for the house; the operator may, three times. A stranger would give it a salt
    /// that nobody else knows, and the house no room.
    /// @param commitment its empty portfolio, under a salt that the operator keeps.
    /// @param claim proves that the commitment opens to no positions.
    /// @return accountId the account: the ledger's `accountIdOf(this, n)`, n being 1, 2 or 3.
    function openAccount(uint256 commitment, EmptyClaim calldata claim) external returns (uint256 accountId);

    /// @notice Keeps what one of the house's accounts is worth, for sums over all of them; anyone with a proof may.
    /// @param claim the account's equity, as it is now, in the newest snapshot.
    function show(EquityClaim calldata claim) external;

    /// @notice Moves some of the risk of one of the house's accounts to an ordinary account, neither frozen nor locked
    /// by its owner; the operator may. Requirement and short gamma of the house's account do not grow, its tier gets no
    /// worse, and it pays at most `maxPenalty` of the margin freed. Purpose: the clearing house's
    /// `purposeOf("house", 0)`.
    /// @param claim its A is one of the house's; no funding.
    /// @param reduction the proof about that account, in the newest snapshot.
    function trade(TransferClaim calldata claim, ReductionClaim calldata reduction) external;

    /// @notice Moves cash, and nothing else, from one of the house's accounts to another; the operator may. Together
    /// they are worth what they were, and what is left can be derived. Purpose of both: the clearing house's
    /// `purposeOf("shift", 0)`.
    /// @param from takes lots out of the one, without a counterparty: funding < 0.
    /// @param to brings as many lots into the other, without a counterparty.
    function shift(TransferClaim calldata from, TransferClaim calldata to) external;

    /// @notice What all of the house's accounts are worth together in the newest snapshot. Of one the claim says it, of
    /// the others what was shown in the same snapshot and by the same circuit, of the portfolios that they have now;
    /// those that were opened and never filled are worth nothing.
    /// @param claim the equity of any of them, as it is now.
    /// @return time of the snapshot, Unix seconds.
    /// @return equity micro-USD.
    function equityWith(EquityClaim calldata claim) external view returns (uint64 time, int256 equity);

    /// @notice What all of the house's accounts but one are worth together.
    /// @param accountId the one that is left out.
    /// @param snapshotId in which snapshot it was shown.
    /// @param circuitId by which circuit.
    /// @return equity micro-USD. Reverts with EquityNotShown where one was not shown so.
    function restOf(uint256 accountId, uint256 snapshotId, bytes32 circuitId) external view returns (int256 equity);

    /// @notice Reverts unless all of the house's accounts are attested in tier 0, in one snapshot, which is good for
    /// money now; those that were opened and never filled need nothing.
    /// @param accountId one of them.
    /// @param commitment the portfolio that it is going to have.
    function requireTierZero(uint256 accountId, uint256 commitment) external view;

    /// @notice Whether closed runs have counted what each of the house's accounts has, or what it came from by proven
    /// deposits and withdrawals alone. Cash moves between them, so one that no run has counted speaks for all.
    /// @param anchors what knows which portfolios runs have counted.
    /// @return whether they have; accounts that are empty since they were opened need none.
    function areCounted(IAnchorBook anchors) external view returns (bool);

    /// @notice Reverts unless an account is one of the house's, and guarded in the ledger.
    /// @param accountId the account.
    function requireHouse(uint256 accountId) external view;

    /// @notice The house's accounts.
    /// @return ids in the order in which they came.
    function accountIds() external view returns (uint256[] memory ids);

    /// @notice Whose accounts these are.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);
}
