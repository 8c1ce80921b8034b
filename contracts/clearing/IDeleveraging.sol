// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DeleverageClaim, EquityClaim, TransferClaim} from "../liquidation/facts/Claims.sol";

/// @title Rounds of auto-deleveraging
/// @author Ballast
/// @notice Keeps the rounds of one clearing house and checks what they must keep to: each holder of the other side
/// closes its part, and pays at most that part of the residual. What follows from it, the clearing house does.
/// docs/protocol/clearing-house.md has the mathematics.
interface IDeleveraging {
    /// @notice A round of auto-deleveraging: `closing` lots of the instrument, which the house holds, are closed
    /// against the holders of the other side, who have `open` lots in all, at `price`, in millionths of a settlement
    /// lot for a lot.
    struct Terms {
        uint32 instrumentId;
        bool holdersShort;
        uint64 closing;
        uint64 open;
        int64 price;
    }

    /// @notice A round. `startEquity` is the equity of all of the house's accounts at its opening and `lastEquity`
    /// after the last holder, micro-USD, in snapshot `snapshotId`; `reserved` is what the funds were to bear of it at
    /// the opening, which no holder pays, micro-USD. `accountId` is the house's account that holds the instrument,
    /// `commitment` its portfolio after the last holder, `rest` what the others were worth together at the opening,
    /// micro-USD: once it has another, or they are worth something else in the snapshot, the round is over. So it is
    /// once the clearing house's `lossEpoch` is another than at its opening.
    struct Round {
        Terms terms;
        uint64 closedTotal;
        uint64 lossEpoch;
        uint256 snapshotId;
        int256 startEquity;
        int256 lastEquity;
        uint256 reserved;
        uint256 accountId;
        uint256 commitment;
        int256 rest;
    }

    /// @notice Only the clearing house may do this.
    error OnlyClearingHouse(address caller);

    /// @notice A term is out of its range: an instrument of 8 to 2^20 - 1, 1 <= closing <= open, |price| < 2^62.
    error InvalidTerms();

    /// @notice The house's account holds fewer lots on the other side than are to be closed.
    error HouseHoldsLess(uint64 held, uint64 closing);

    /// @notice There is no such round.
    error UnknownRound(uint256 roundId);

    /// @notice One of the house's accounts has changed by something else since, or what it lacks was shown again,
    /// cleared, written off or made another round's: open another round.
    error RoundOver(uint256 roundId);

    /// @notice The equity is of another snapshot than the round's.
    error WrongSnapshot(uint256 snapshotId);

    /// @notice This snapshot has closed the holder's part of this instrument already.
    error AlreadyDeleveraged(uint256 accountId);

    /// @notice The holder has too little for a lot to be closed.
    error NothingClosed();

    /// @notice With this holder the round would close more than its terms say.
    error ClosesTooMuch(uint256 closed, uint64 closing);

    /// @notice The closing would cost the house.
    error HouseWouldLose();

    /// @notice The closing would bring in more than the holder's part of the residual: `gain * closing` may be at most
    /// `startResidual * closed`, all in micro-USD and lots.
    error AbovePart(uint256 gain, uint256 startResidual);

    /// @notice The closing would bring in what the funds are to bear, or leave the house more than nothing.
    error AboveResidual(int256 equity);

    /// @notice The holder would be left with less than nothing: a case of its own deals with it.
    error HolderWouldLack(uint256 accountId, int256 equity);

    /// @notice Opens a round; only the clearing house may. See `IClearingHouse.openRound`.
    /// @param lossEpoch the clearing house's now.
    /// @param reserved what the funds are to bear of what the house lacks, micro-USD, less than that.
    /// @param terms its terms.
    /// @param newCommitment of the proof `holding`.
    /// @param holding what one of the house's accounts holds.
    /// @param house that account's equity, which the clearing house has checked.
    /// @param equity what all of the house's accounts are worth together, micro-USD, below 0.
    /// @return roundId the round, from 1.
    function open(
        uint64 lossEpoch,
        uint256 reserved,
        Terms calldata terms,
        uint256 newCommitment,
        DeleverageClaim calldata holding,
        EquityClaim calldata house,
        int256 equity
    ) external returns (uint256 roundId);

    /// @notice Closes a holder's part, which the clearing house moves; only it may. See `IClearingHouse.deleverage`.
    /// @param roundId the round.
    /// @param lossEpoch the clearing house's now.
    /// @param claim the transfer, which is checked by the ledger.
    /// @param part the holder's part.
    /// @param house the equity of the round's account after it.
    /// @param holder the holder's equity after it.
    /// @return equity what all of the house's accounts are worth together after it, micro-USD.
    function close(
        uint256 roundId,
        uint64 lossEpoch,
        TransferClaim calldata claim,
        DeleverageClaim calldata part,
        EquityClaim calldata house,
        EquityClaim calldata holder
    ) external returns (int256 equity);

    /// @notice A round.
    /// @param roundId the round, from 1.
    /// @return the round. Reverts with UnknownRound when there is none.
    function roundOf(uint256 roundId) external view returns (Round memory);

    /// @notice Whether a holder's part of a round's instrument was closed in the round's snapshot.
    /// @param roundId the round.
    /// @param accountId the holder.
    /// @return whether, in this round or another.
    function isDeleveraged(uint256 roundId, uint256 accountId) external view returns (bool);

    /// @notice How many rounds there were.
    /// @return the highest number.
    function roundCount() external view returns (uint256);

    /// @notice Whose rounds these are.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);
}
