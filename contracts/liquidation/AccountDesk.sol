// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAnchorBook} from "../clearing/IAnchorBook.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {VaultDeposits} from "../solvency/VaultDeposits.sol";
import {Rest, TransferClaim} from "./facts/Claims.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {ExpiryDesk} from "./ExpiryDesk.sol";
import {IAccountDesk} from "./IAccountDesk.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title AccountDesk
/// @author Ballast
/// @notice Proven deposits and withdrawals of one venue's customers, and what has expired of anyone's.
/// @dev Which accounts may be moved at all, neither frozen nor guarded ones, is the ledger's to say; which lots may
/// leave, the vault's.
contract AccountDesk is IAccountDesk, ExpiryDesk, ReentrancyGuardTransient {
    using VaultDeposits for ICollateralVault;

    /// @notice Purpose of a deposit.
    bytes32 public constant DEPOSIT = "deposit";
    /// @notice Purpose of a withdrawal.
    bytes32 public constant WITHDRAW = "withdraw";
    /// @notice Least time between two deposits into an account by its owner, and between two withdrawals: whoever
    /// proves something of the account in between has the time to.
    uint64 public constant SPACING = 10 minutes;

    /// @notice The venue's tokens.
    ICollateralVault private immutable VAULT;
    /// @notice What knows tiers by the newest prices.
    IFactChecker private immutable FACTS;
    /// @notice Who is challenged.
    IChallengeBook private immutable CHALLENGES;
    /// @notice Which accounts a closed run has counted: they alone reach fenced lots.
    IAnchorBook private immutable ANCHORS;

    /// @notice When the owner paid into an account last, and when it took something out.
    mapping(uint256 accountId => mapping(bool isDeposit => uint64 time)) private _movedAt;

    /// @notice Fixed for good.
    /// @param engine the venue's liquidation engine, which knows the other parts.
    /// @param anchors_ which accounts a closed run has counted.
    constructor(ILiquidationEngine engine, IAnchorBook anchors_) ExpiryDesk(engine) {
        if (anchors_.engine() != address(engine)) revert PartsMismatch();
        (ANCHORS, VAULT) = (anchors_, ICollateralVault(engine.vault()));
        (FACTS, CHALLENGES) = (engine.facts(), IChallengeBook(engine.challenges()));
    }

    /// @inheritdoc IAccountDesk
    function deposit(TransferClaim calldata claim) external nonReentrant {
        _requireAlone(claim, claim.funding > 0);
        uint256 accountId = claim.accountA;
        bool isOwner = msg.sender == LEDGER.ownerOf(accountId);
        bool isVenue = msg.sender == LEDGER.venue();
        // Nobody else: a cent of a rival's would void what the owner has proven for its turn.
        if (!isOwner && !isVenue) revert NotAllowed(msg.sender);
        uint64 until = LEDGER.lockedUntil(accountId);
        if (!isOwner && block.timestamp < until) revert IPortfolioLedger.AccountIsLocked(accountId, until);
        if (!isVenue) {
            // No case can be opened in a pause: there the owner adds margin here.
            if (!ENGINE.paused() && ENGINE.isBreachProven(accountId)) revert BreachProven(accountId);
            _requireSpaced(accountId, true);
        }
        uint256 lots = uint64(claim.funding);
        emit AccountDeposited(accountId, msg.sender, lots);
        // SOUNDNESS: kept, whoever pays. The venue's own salt would take the account from its owner, and the owner's
        // own would hide a breach from all who keep its opening.
        LEDGER.move(claim, Rest.Kept, purposeOf(DEPOSIT, msg.sender));
        VAULT.depositFor(SETTLEMENT_ID, lots, accountId);
    }

    /// @inheritdoc IAccountDesk
    function withdraw(
        TransferClaim calldata claim,
        address to
    ) external nonReentrant returns (uint256 withdrawalId) {
        _requireAlone(claim, claim.funding < 0);
        uint256 accountId = claim.accountA;
        if (msg.sender != LEDGER.ownerOf(accountId)) revert NotAllowed(msg.sender);
        if (!LEDGER.isOwnerSettled(accountId)) revert IPortfolioLedger.OwnerUnsettled(accountId);
        // Who was asked answers first.
        if (CHALLENGES.isChallenged(accountId)) revert AccountChallenged(accountId);
        if (ENGINE.isBreachProven(accountId)) revert BreachProven(accountId);
        _requireSpaced(accountId, false);
        // Strictly the newest: by the prices of before a crash everybody near its margin would leave in their grace.
        if (!FACTS.isInTierZeroNow(accountId, claim.newA)) revert NotInTierZero(claim.newA);
        bool reachesFence = ANCHORS.reachesFence(accountId);
        LEDGER.move(claim, Rest.Kept, purposeOf(WITHDRAW, to));
        uint256 lots = uint256(-int256(claim.funding));
        withdrawalId = VAULT.requestProven(SETTLEMENT_ID, lots, to, accountId, reachesFence);
        emit AccountWithdrawn(accountId, withdrawalId, lots);
    }

    /// @inheritdoc IAccountDesk
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc IAccountDesk
    function anchors() external view returns (address) {
        return address(ANCHORS);
    }

    /// @inheritdoc IAccountDesk
    function purposeOf(bytes32 action, address party) public pure returns (bytes32) {
        return keccak256(abi.encode(action, party));
    }

    /// @notice Reverts where the owner moves cash the same way again too soon: each time takes others' proofs away.
    /// @param accountId the account.
    /// @param isDeposit which way.
    function _requireSpaced(uint256 accountId, bool isDeposit) private {
        uint64 last = _movedAt[accountId][isDeposit];
        if (last != 0 && block.timestamp < last + SPACING) revert TooSoon(last + SPACING);
        _movedAt[accountId][isDeposit] = uint64(block.timestamp);
    }

    /// @notice Reverts unless a transfer is of one account alone.
    /// @param claim the transfer.
    /// @param isAllowed whether its funding is as it should.
    function _requireAlone(TransferClaim calldata claim, bool isAllowed) private pure {
        if (claim.accountB != 0 || claim.cash != 0 || !isAllowed) revert WrongTransfer();
    }
}
