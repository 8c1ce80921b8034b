// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "../liquidation/facts/Claims.sol";
import {IFactChecker} from "../liquidation/facts/IFactChecker.sol";
import {ILiquidationEngine} from "../liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {DeleverageProof} from "./DeleverageProof.sol";
import {IClearingHouse} from "./IClearingHouse.sol";
import {IDeleveraging} from "./IDeleveraging.sol";
import {IHouseAccounts} from "./IHouseAccounts.sol";
import {LedgerAccounts} from "./LedgerAccounts.sol";

/// @title Deleveraging
/// @author Ballast
/// @notice Closes what the house holds against the holders of the other side, who pay the residual pro rata.
/// @dev Made by the clearing house's constructor, and a contract of its own because the two don't fit into one. All
/// equities of a round are of one snapshot, and equity is linear in positions: what the house gains by a holder is what
/// that holder loses at the snapshot's marks.
contract Deleveraging is IDeleveraging {
    using LedgerAccounts for IPortfolioLedger;

    /// @notice The highest id of a collateral asset: what is closed is a derivative.
    uint32 private constant LAST_COLLATERAL_ID = 7;
    /// @notice Instrument ids lie below this.
    uint32 private constant INSTRUMENT_LIMIT = 1 << 20;
    /// @notice Prices lie below this, in magnitude.
    int64 private constant PRICE_LIMIT = 1 << 62;

    /// @inheritdoc IDeleveraging
    address public immutable override clearingHouse;
    /// @notice The venue's ledger.
    IPortfolioLedger private immutable LEDGER;
    /// @notice The venue's liquidation engine.
    ILiquidationEngine private immutable ENGINE;
    /// @notice What checks equity proofs.
    IFactChecker private immutable FACTS;
    /// @notice Where verifiers come from.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice The house's accounts.
    IHouseAccounts private immutable ACCOUNTS;
    /// @notice The id of the settlement asset.
    uint32 private immutable SETTLEMENT_ID;

    /// @inheritdoc IDeleveraging
    uint256 public override roundCount;
    /// @notice The rounds.
    mapping(uint256 roundId => Round round) private _rounds;
    /// @notice Whose part of what was closed in which snapshot.
    mapping(bytes32 part => bool isClosed) private _closed;

    /// @notice Only the clearing house that made this.
    modifier onlyClearingHouse() {
        if (msg.sender != clearingHouse) revert OnlyClearingHouse(msg.sender);
        _;
    }

    /// @notice Starts without rounds, for the clearing house that makes it.
    /// @param ledger the venue's ledger.
    /// @param engine the venue's liquidation engine.
    /// @param registry where verifiers come from.
    /// @param accounts the house's accounts.
    constructor(
        IPortfolioLedger ledger,
        ILiquidationEngine engine,
        ICoverageRegistry registry,
        IHouseAccounts accounts
    ) {
        (clearingHouse, ENGINE, FACTS) = (msg.sender, engine, engine.facts());
        (LEDGER, REGISTRY, ACCOUNTS, SETTLEMENT_ID) = (ledger, registry, accounts, ledger.settlementId());
    }

    /// @inheritdoc IDeleveraging
    function open(
        uint64 lossEpoch,
        uint256 reserved,
        Terms calldata terms,
        uint256 newCommitment,
        DeleverageClaim calldata holding,
        EquityClaim calldata house,
        int256 equity
    ) external onlyClearingHouse returns (uint256 roundId) {
        _requireTerms(terms);
        uint256 commitment = LEDGER.commitmentOfHouse(house.accountId);
        _requireHolding(terms, house.accountId, commitment, newCommitment, holding);
        roundId = ++roundCount;
        _rounds[roundId] = Round({
            terms: terms,
            closedTotal: 0,
            lossEpoch: lossEpoch,
            snapshotId: house.snapshotId,
            startEquity: equity,
            lastEquity: equity,
            reserved: reserved,
            accountId: house.accountId,
            commitment: commitment,
            rest: equity - house.equity
        });
    }

    /// @inheritdoc IDeleveraging
    function close(
        uint256 roundId,
        uint64 lossEpoch,
        TransferClaim calldata claim,
        DeleverageClaim calldata part,
        EquityClaim calldata house,
        EquityClaim calldata holder
    ) external onlyClearingHouse returns (int256 equity) {
        Round storage round = _existing(roundId);
        if (lossEpoch != round.lossEpoch) revert RoundOver(roundId);
        uint256 accountId = round.accountId;
        if (LEDGER.commitmentOfHouse(accountId) != round.commitment) revert RoundOver(roundId);
        if (claim.accountB != accountId || claim.funding != 0) revert IClearingHouse.WrongTransfer();
        _requireOrdinary(claim, holder);
        _requirePart(round, claim, part);
        equity = _equityAfter(roundId, round, claim.newB, house);
        _requireGain(round, part.closed, equity);
        round.closedTotal += part.closed;
        round.lastEquity = equity;
        round.commitment = claim.newB;
        _closed[_keyOf(round, claim.accountA)] = true;
    }

    /// @inheritdoc IDeleveraging
    function roundOf(uint256 roundId) external view returns (Round memory) {
        return _existing(roundId);
    }

    /// @inheritdoc IDeleveraging
    function isDeleveraged(uint256 roundId, uint256 accountId) external view returns (bool) {
        return _closed[_keyOf(_existing(roundId), accountId)];
    }

    /// @notice Reverts unless one of the house's accounts holds enough on the other side.
    /// @param terms the round's.
    /// @param accountId the account.
    /// @param commitment the house's portfolio.
    /// @param newCommitment of the proof.
    /// @param holding the proof.
    function _requireHolding(
        Terms calldata terms,
        uint256 accountId,
        uint256 commitment,
        uint256 newCommitment,
        DeleverageClaim calldata holding
    ) private view {
        DeleverageProof.Subject memory subject = DeleverageProof.Subject({
            accountId: accountId,
            oldCommitment: commitment,
            newCommitment: newCommitment,
            settlementId: SETTLEMENT_ID,
            instrumentId: terms.instrumentId,
            isShort: !terms.holdersShort,
            closing: 1,
            open: 1,
            price: 0
        });
        DeleverageProof.check(REGISTRY, address(LEDGER), holding, subject);
        if (holding.closed < terms.closing) revert HouseHoldsLess(holding.closed, terms.closing);
    }

    /// @notice Reverts unless a holder is an ordinary account, frozen by a case in Soft at most, and its equity stays
    /// at least 0. A case of its own, opened by a friend, keeps no round out; in a later phase others are about to pay
    /// for its portfolio as it is.
    /// @dev SOUNDNESS: its part of the residual may be worth more than the lots that are closed, and all that it has.
    /// @param claim the transfer.
    /// @param holder its equity after it.
    function _requireOrdinary(TransferClaim calldata claim, EquityClaim calldata holder) private view {
        uint256 accountId = claim.accountA;
        IPortfolioLedger.Account memory found = LEDGER.account(accountId);
        bool isLeft = found.frozen && ENGINE.statusOf(accountId) != ILiquidationEngine.Status.Soft;
        if (found.guarded || isLeft) revert IClearingHouse.AccountNotOrdinary(accountId);
        if (holder.accountId != accountId) revert IClearingHouse.WrongAccount(holder.accountId);
        FACTS.requireNewestEquity(holder, claim.newA);
        if (holder.equity < 0) revert HolderWouldLack(accountId, holder.equity);
    }

    /// @notice Reverts unless a holder's change is its part, and is due.
    /// @param round the round.
    /// @param claim the transfer.
    /// @param part the proof.
    function _requirePart(
        Round storage round,
        TransferClaim calldata claim,
        DeleverageClaim calldata part
    ) private view {
        if (_closed[_keyOf(round, claim.accountA)]) revert AlreadyDeleveraged(claim.accountA);
        Terms memory terms = round.terms;
        if (part.closed == 0) revert NothingClosed();
        uint256 total = uint256(round.closedTotal) + part.closed;
        if (total > terms.closing) revert ClosesTooMuch(total, terms.closing);
        DeleverageProof.Subject memory subject = DeleverageProof.Subject({
            accountId: claim.accountA,
            oldCommitment: LEDGER.commitmentOf(claim.accountA),
            newCommitment: claim.newA,
            settlementId: SETTLEMENT_ID,
            instrumentId: terms.instrumentId,
            isShort: terms.holdersShort,
            closing: terms.closing,
            open: terms.open,
            price: terms.price
        });
        DeleverageProof.check(REGISTRY, address(LEDGER), part, subject);
    }

    /// @notice What the house's accounts are worth together after a holder, or a revert.
    /// @param roundId the round.
    /// @param round the same.
    /// @param commitment the portfolio of the round's account after it.
    /// @param house that account's equity after it.
    /// @return equity micro-USD.
    function _equityAfter(
        uint256 roundId,
        Round storage round,
        uint256 commitment,
        EquityClaim calldata house
    ) private view returns (int256 equity) {
        if (house.accountId != round.accountId) revert IClearingHouse.WrongAccount(house.accountId);
        if (house.snapshotId != round.snapshotId) revert WrongSnapshot(house.snapshotId);
        FACTS.requireNewestEquity(house, commitment);
        // SOUNDNESS: what the other accounts lose meanwhile, to whomever, is no holder's to make good.
        int256 rest = ACCOUNTS.restOf(house.accountId, house.snapshotId, house.circuitId);
        if (rest != round.rest) revert RoundOver(roundId);
        return house.equity + rest;
    }

    /// @notice Reverts unless the house gains, and at most the holder's part of the residual.
    /// @param round the round.
    /// @param closed lots that are closed.
    /// @param equity what the house's accounts are worth together after it.
    function _requireGain(Round storage round, uint64 closed, int256 equity) private view {
        int256 reserved = int256(round.reserved);
        if (equity > -reserved) revert AboveResidual(equity);
        if (equity < round.lastEquity) revert HouseWouldLose();
        uint256 gain = uint256(equity - round.lastEquity);
        uint256 startResidual = uint256(-round.startEquity - reserved);
        // gain / startResidual <= closed / closing
        if (gain * round.terms.closing > startResidual * closed) revert AbovePart(gain, startResidual);
    }

    /// @notice A round, or a revert.
    /// @param roundId the round, from 1.
    /// @return round the round.
    function _existing(uint256 roundId) private view returns (Round storage round) {
        round = _rounds[roundId];
        if (round.commitment == 0) revert UnknownRound(roundId);
    }

    /// @notice The key of a holder's part: one for each snapshot and instrument, whatever rounds there are.
    /// @param round the round.
    /// @param accountId the holder.
    /// @return the key.
    function _keyOf(Round storage round, uint256 accountId) private view returns (bytes32) {
        return keccak256(abi.encode(round.snapshotId, round.terms.instrumentId, accountId));
    }

    /// @notice Reverts unless terms are in their ranges.
    /// @param terms the terms; InvalidTerms says which ranges.
    function _requireTerms(Terms calldata terms) private pure {
        bool isDerivative = terms.instrumentId > LAST_COLLATERAL_ID && terms.instrumentId < INSTRUMENT_LIMIT;
        bool isPart = terms.closing != 0 && terms.closing <= terms.open;
        bool isPrice = terms.price < PRICE_LIMIT && terms.price > -PRICE_LIMIT;
        if (!isDerivative || !isPart || !isPrice) revert InvalidTerms();
    }
}
