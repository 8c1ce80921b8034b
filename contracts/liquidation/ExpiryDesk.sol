// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {DeleverageProof} from "../clearing/DeleverageProof.sol";
import {IClearingHouse} from "../clearing/IClearingHouse.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IDeliveryBook} from "../snapshot/IDeliveryBook.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {IExpiryDesk} from "./IExpiryDesk.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title ExpiryDesk
/// @author Ballast
/// @notice Closes what has expired, at the delivery book's value.
/// @dev SOUNDNESS: the value is the mark that every sound snapshot has from the book's time on: a closing changes
/// nobody's equity: no case, challenge or anchor is the better or worse for it.
abstract contract ExpiryDesk is IExpiryDesk {
    /// @notice Least time between two closings of an account: whoever proves something of it in between has it.
    uint64 public constant CLOSE_SPACING = 10 minutes;
    /// @notice Prices of proofs are in millionths of a lot.
    uint256 private constant PRICE_SCALE = 1_000_000;

    /// @notice What knows breaches.
    ILiquidationEngine internal immutable ENGINE;
    /// @notice The venue's ledger.
    IPortfolioLedger internal immutable LEDGER;
    /// @notice The asset in which cash is paid.
    uint32 internal immutable SETTLEMENT_ID;
    /// @notice Where verifiers come from.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice What expired instruments are worth.
    IDeliveryBook private immutable DELIVERIES;

    /// @inheritdoc IExpiryDesk
    mapping(uint32 instrumentId => int256 lots) public override deliveredLots;
    /// @inheritdoc IExpiryDesk
    int256 public override deliveredCash;
    /// @notice When something of an account was closed last.
    mapping(uint256 accountId => uint64 time) private _closedAt;

    /// @notice Fixed for good.
    /// @param engine the venue's liquidation engine, which knows the other parts.
    constructor(ILiquidationEngine engine) {
        ENGINE = engine;
        LEDGER = IPortfolioLedger(engine.ledger());
        SETTLEMENT_ID = LEDGER.settlementId();
        REGISTRY = ICoverageRegistry(engine.registry());
        DELIVERIES = ISnapshotOracle(REGISTRY.oracle()).deliveries();
    }

    /// @inheritdoc IExpiryDesk
    function closeExpired(uint256 accountId, Closing[] calldata closings) external {
        if (closings.length == 0) revert NoClosings();
        IPortfolioLedger.Account memory found = LEDGER.account(accountId);
        _requireUndisturbed(accountId, found);
        uint256 commitment = found.commitment;
        uint64 since = 0;
        for (uint256 i = 0; i < closings.length; ++i) {
            uint64 time = _close(accountId, commitment, closings[i]);
            if (time > since) since = time;
            commitment = closings[i].newCommitment;
        }
        LEDGER.closeExpired(accountId, commitment, since);
    }

    /// @inheritdoc IExpiryDesk
    function deliveries() external view returns (address) {
        return address(DELIVERIES);
    }

    /// @notice Checks one closing, and puts its other side to the delivery account.
    /// @param accountId the account.
    /// @param commitment its portfolio before it.
    /// @param closing the closing.
    /// @return time of the snapshot that fixed the value, Unix seconds.
    function _close(
        uint256 accountId,
        uint256 commitment,
        Closing calldata closing
    ) private returns (uint64 time) {
        uint32 instrumentId = closing.instrumentId;
        uint64 mark;
        (mark, time) = DELIVERIES.markOf(instrumentId);
        uint256 microsPerLot = IClearingHouse(ENGINE.clearingHouse()).microsPerLot();
        uint256 price = (mark * PRICE_SCALE) / microsPerLot;
        DeleverageProof.Subject memory subject = DeleverageProof.Subject({
            accountId: accountId,
            oldCommitment: commitment,
            newCommitment: closing.newCommitment,
            settlementId: SETTLEMENT_ID,
            instrumentId: instrumentId,
            isShort: closing.isShort,
            closing: 1,
            open: 1,
            price: int64(uint64(price))
        });
        DeleverageProof.check(REGISTRY, address(LEDGER), closing.claim, subject);
        uint256 held = closing.claim.closed;
        if (held == 0) revert NothingHeld(instrumentId);
        uint256 worth = price * held;
        // Rounded for the account, as the proof has it: up for who is paid, down for who pays.
        int256 cash = closing.isShort
            ? -int256(worth / PRICE_SCALE)
            : int256((worth + PRICE_SCALE - 1) / PRICE_SCALE);
        int256 lots = closing.isShort ? -int256(held) : int256(held);
        deliveredLots[instrumentId] += lots;
        deliveredCash -= cash;
        emit ExpiredClosed(accountId, instrumentId, lots, cash, closing.claim.deadline);
    }

    /// @notice Reverts where a closing would take others' proofs away: while a breach is known that has no case yet,
    /// while the owner has locked the account, and too soon after the last one.
    /// @param accountId the account.
    /// @param found the account as it is.
    function _requireUndisturbed(uint256 accountId, IPortfolioLedger.Account memory found) private {
        uint64 until = LEDGER.lockedUntil(accountId);
        if (msg.sender != found.owner && block.timestamp < until) {
            revert IPortfolioLedger.AccountIsLocked(accountId, until);
        }
        bool isOpenable = !found.frozen && !found.guarded;
        if (isOpenable && ENGINE.isBreachProven(accountId)) revert BreachToOpen(accountId);
        uint64 last = _closedAt[accountId];
        if (last != 0 && block.timestamp < last + CLOSE_SPACING) revert ClosedTooSoon(last + CLOSE_SPACING);
        _closedAt[accountId] = uint64(block.timestamp);
    }
}
