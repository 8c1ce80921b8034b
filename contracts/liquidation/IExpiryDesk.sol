// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DeleverageClaim} from "./facts/Claims.sol";

/// @title What has expired, closed by proof
/// @author Ballast
/// @notice Anyone with an account's opening closes what it holds of expired instruments, at the value that the delivery
/// book has, whatever state the account is in. The other side is the delivery account: a portfolio that is in no
/// ledger, whose positions are the sums kept here; solvency runs count it (docs/protocol/expiry.md).
interface IExpiryDesk {
    /// @notice An instrument of an account, closed: `newCommitment` is what the proof leaves.
    struct Closing {
        uint32 instrumentId;
        bool isShort;
        uint256 newCommitment;
        DeleverageClaim claim;
    }

    /// @notice What an account held of an expired instrument was closed. Whoever opened the account before opens it now
    /// by this: it is kept, as deleveraged portfolios are.
    /// @param accountId the account.
    /// @param instrumentId the instrument.
    /// @param lots that it held, negative ones short.
    /// @param cash lots of the settlement asset that it was paid, signed.
    /// @param deadline that of the proof, which its context has.
    event ExpiredClosed(
        uint256 indexed accountId,
        uint32 indexed instrumentId,
        int256 lots,
        int256 cash,
        uint64 deadline
    );

    /// @notice There is nothing to close.
    error NoClosings();

    /// @notice The account holds nothing of the instrument on that side.
    error NothingHeld(uint32 instrumentId);

    /// @notice Something of the account was closed a moment ago: wait until then.
    error ClosedTooSoon(uint64 until);

    /// @notice The account's breach is proven: open its case, and close it there.
    error BreachToOpen(uint256 accountId);

    /// @notice Closes what an account holds of expired instruments, one after the other, each wholly; anyone may who
    /// has the proofs, and of an account that its owner has locked the owner alone. Once in ten minutes for an account.
    /// @param accountId the account.
    /// @param closings by deleverage proofs with `closing = open = 1` at the book's mark, each from what the one before
    /// leaves; the first from the ledger's.
    function closeExpired(uint256 accountId, Closing[] calldata closings) external;

    /// @notice What the delivery account has of an instrument: lots that were closed, net.
    /// @param instrumentId the instrument.
    /// @return lots signed; 0 once both sides are closed.
    function deliveredLots(uint32 instrumentId) external view returns (int256 lots);

    /// @notice What the delivery account has of the settlement asset: what was paid for what it has.
    /// @return lots signed.
    function deliveredCash() external view returns (int256 lots);

    /// @notice What expired instruments are worth.
    /// @return the delivery book of the venue's snapshot oracle.
    function deliveries() external view returns (address);
}
