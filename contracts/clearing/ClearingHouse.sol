// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {AccountIds} from "../liquidation/AccountIds.sol";
import {DeleverageClaim, EquityClaim, Rest, TransferClaim} from "../liquidation/facts/Claims.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {Governed} from "../shared/Governed.sol";
import {Deleveraging} from "./Deleveraging.sol";
import {IClearingHouse} from "./IClearingHouse.sol";
import {IDeleveraging} from "./IDeleveraging.sol";
import {LossWaterfall} from "./LossWaterfall.sol";

/// @title ClearingHouse
/// @author Ballast
/// @notice Takes portfolios over, and gives back what is left of them. Where they are is in `HouseAccounts`, what they
/// lose in `LossWaterfall`, what bears it in `LossPools`, what remains in `Deleveraging`.
contract ClearingHouse is LossWaterfall {
    /// @notice What keeps the rounds of auto-deleveraging.
    IDeleveraging private immutable DELEVERAGING;

    /// @notice Checks that the parts belong together, and fixes them.
    /// @param owner who may schedule changes.
    /// @param operator_ who acts for the house.
    /// @param parts what belongs together; all but the house's account exist already.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        address operator_,
        Parts memory parts,
        Parameters memory parameters_
    ) Governed(owner) LossWaterfall(parts, parameters_) {
        Bounds.requireWithin("houseAccount", parts.houseAccount, 1, AccountIds.FIRST_OPENED - 1);
        bool ofLedger = parts.ledger.clearingHouse() == address(this) &&
            parts.ledger.engine() == address(parts.engine) &&
            parts.ledger.verifiers() == parts.registry.verifiers() &&
            parts.clock.registry() == address(parts.registry) &&
            parts.engine.facts().clock() == address(parts.clock);
        bool ofVault = parts.vault.clearingHouse() == address(this) && parts.ledger.vault() == address(parts.vault);
        if (!ofLedger || !ofVault) revert PartsMismatch();
        DELEVERAGING = new Deleveraging(parts.ledger, parts.engine, parts.registry, ACCOUNTS);
        _setOperator(operator_);
    }

    /// @inheritdoc IClearingHouse
    function takeOver(
        uint256 caseId,
        TransferClaim calldata claim,
        EquityClaim calldata equity
    ) external onlyOperator nonReentrant {
        ACCOUNTS.requireHouse(claim.accountB);
        unprovenSince = uint64(block.timestamp);
        uint256 lots = _lotsShort(equity.equity);
        (uint256 ofInsurance, uint256 ofGamma) = drawableToday();
        uint256 insured = ANCHORS.insure(caseId, lots, ofInsurance + ofGamma);
        insuredLoss += insured;
        if (lots != 0) _book(_undrawn() + lots);
        emit LossBooked(caseId, lots, insured);
        ENGINE.takeOver(caseId, claim, equity);
        _provenBy(CLOCK.entryOf(equity.snapshotId).time);
    }

    /// @inheritdoc IClearingHouse
    function release(uint64 lots, TransferClaim calldata claim) external onlyOperator nonReentrant {
        uint256 booked = _undrawn();
        if (booked != 0) revert LossUnsettled(booked);
        if (lots == 0) revert NoAmount();
        bool takesOut = int256(claim.funding) == -int256(uint256(lots));
        _requireTransfer(claim, claim.accountB == 0 && takesOut);
        ACCOUNTS.requireTierZero(claim.accountA, claim.newA);
        (IERC20 token, uint256 unitsPerLot) = _settlement();
        uint256 amount = lots * unitsPerLot;
        _add(Pool.InsuranceFund, amount);
        emit Released(lots);
        // SOUNDNESS: lots that a made-up account paid the house in a trade are no more than the venue's own word.
        bool reachesFence = ACCOUNTS.areCounted(ANCHORS);
        _move(claim, Rest.Kept, "release", 0);
        uint256 before = _balance(token);
        VAULT.release(SETTLEMENT_ID, lots, reachesFence);
        ExactTransfers.requireMoved(_balance(token), before, amount);
    }

    /// @inheritdoc IClearingHouse
    function openRound(
        IDeleveraging.Terms calldata terms,
        uint256 newCommitment,
        DeleverageClaim calldata holding,
        EquityClaim calldata house
    ) external onlyOperator nonReentrant returns (uint256 roundId) {
        int256 equity = _provenEquity(house);
        _endRounds();
        _book(_lotsShort(equity));
        uint256 lots = residual;
        if (lots == 0) revert NoResidual();
        uint256 reserved = _reservedLots() * MICROS_PER_LOT;
        roundId = DELEVERAGING.open(lossEpoch, reserved, terms, newCommitment, holding, house, equity);
        emit RoundOpened(roundId, terms.instrumentId, house.snapshotId, lots);
    }

    /// @inheritdoc IClearingHouse
    function deleverage(
        uint256 roundId,
        TransferClaim calldata claim,
        DeleverageClaim calldata part,
        EquityClaim calldata house,
        EquityClaim calldata holder
    ) external onlyOperator nonReentrant {
        if (residual == 0) revert NoResidual();
        int256 equity = DELEVERAGING.close(roundId, lossEpoch, claim, part, house, holder);
        uint256 lots = _lotsShort(equity);
        _capInsured(lots);
        lots -= _reservedLots();
        _setResidual(lots);
        emit Deleveraged(roundId, claim.accountA, lots);
        _move(claim, Rest.Free, "deleverage", roundId);
    }

    /// @inheritdoc IClearingHouse
    function setOperator(address operator_) external onlyScheduled {
        _setOperator(operator_);
    }

    /// @inheritdoc IClearingHouse
    function microsPerLot() external view returns (uint256) {
        return MICROS_PER_LOT;
    }

    /// @inheritdoc IClearingHouse
    function vault() external view returns (address) {
        return address(VAULT);
    }

    /// @inheritdoc IClearingHouse
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc IClearingHouse
    function engine() external view returns (address) {
        return address(ENGINE);
    }

    /// @inheritdoc IClearingHouse
    function accounts() external view returns (address) {
        return address(ACCOUNTS);
    }

    /// @inheritdoc IClearingHouse
    function deleveraging() external view returns (address) {
        return address(DELEVERAGING);
    }

    /// @inheritdoc IClearingHouse
    function registry() external view returns (address) {
        return address(REGISTRY);
    }

    /// @inheritdoc IClearingHouse
    function anchors() external view returns (address) {
        return address(ANCHORS);
    }

    /// @inheritdoc IClearingHouse
    function clock() external view returns (address) {
        return address(CLOCK);
    }

    /// @notice Keeps who acts for the house.
    /// @param operator_ the new one.
    function _setOperator(address operator_) private {
        if (operator_ == address(0)) revert InvalidParameter("operator", 0);
        operator = operator_;
        emit OperatorChanged(operator_);
    }
}
