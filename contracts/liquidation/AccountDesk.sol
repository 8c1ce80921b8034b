// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {VaultDeposits} from "../solvency/VaultDeposits.sol";
import {Rest, TransferClaim} from "./facts/Claims.sol";
import {IAccountDesk} from "./IAccountDesk.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title AccountDesk
/// @author Ballast
/// @notice Proven deposits and withdrawals of one venue's customers.
/// @dev Which accounts may be moved at all, neither frozen nor guarded ones, is the ledger's to say; which lots may
/// leave, the vault's.
contract AccountDesk is IAccountDesk, ReentrancyGuardTransient {
    using VaultDeposits for ICollateralVault;

    /// @notice Purpose of a deposit.
    bytes32 public constant DEPOSIT = "deposit";
    /// @notice Purpose of a withdrawal.
    bytes32 public constant WITHDRAW = "withdraw";

    /// @notice The venue's ledger.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Its tokens.
    ICollateralVault private immutable VAULT;
    /// @notice Where attestations are.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice Which prices are the newest.
    IMarketClock private immutable CLOCK;
    /// @notice Who is challenged.
    IChallengeBook private immutable CHALLENGES;
    /// @notice The asset in which cash is paid.
    uint32 private immutable SETTLEMENT_ID;

    /// @notice Fixed for good.
    /// @param engine the venue's liquidation engine, which knows the other parts.
    constructor(ILiquidationEngine engine) {
        (LEDGER, VAULT) = (IPortfolioLedger(engine.ledger()), ICollateralVault(engine.vault()));
        (REGISTRY, CLOCK) = (ICoverageRegistry(engine.registry()), engine.clock());
        CHALLENGES = IChallengeBook(engine.challenges());
        SETTLEMENT_ID = LEDGER.settlementId();
    }

    /// @inheritdoc IAccountDesk
    function deposit(TransferClaim calldata claim) external nonReentrant {
        _requireAlone(claim, claim.funding > 0);
        uint256 accountId = claim.accountA;
        address owner = LEDGER.ownerOf(accountId);
        if (msg.sender != owner) {
            if (msg.sender != LEDGER.venue()) revert NotAllowed(msg.sender);
            uint64 until = LEDGER.lockedUntil(accountId);
            if (block.timestamp < until) revert IPortfolioLedger.AccountIsLocked(accountId, until);
        }
        uint256 lots = uint64(claim.funding);
        emit AccountDeposited(accountId, msg.sender, lots);
        LEDGER.move(claim, Rest.Free, purposeOf(DEPOSIT, msg.sender));
        VAULT.depositFor(SETTLEMENT_ID, lots);
    }

    /// @inheritdoc IAccountDesk
    function withdraw(
        TransferClaim calldata claim,
        address to
    ) external nonReentrant returns (uint256 withdrawalId) {
        _requireAlone(claim, claim.funding < 0);
        uint256 accountId = claim.accountA;
        if (msg.sender != LEDGER.ownerOf(accountId)) revert NotAllowed(msg.sender);
        // Who was asked answers first.
        if (CHALLENGES.isChallenged(accountId)) revert AccountChallenged(accountId);
        ICoverageRegistry.Attestation memory shown = REGISTRY.attestation(accountId, claim.newA);
        if (!shown.isCurrent || shown.tier != 0) revert NotInTierZero(claim.newA);
        CLOCK.requireNewest(shown.snapshotId);
        LEDGER.move(claim, Rest.Free, purposeOf(WITHDRAW, to));
        uint256 lots = uint256(-int256(claim.funding));
        withdrawalId = VAULT.requestProven(SETTLEMENT_ID, lots, to, false);
        emit AccountWithdrawn(accountId, withdrawalId, lots);
    }

    /// @inheritdoc IAccountDesk
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc IAccountDesk
    function purposeOf(bytes32 action, address party) public pure returns (bytes32) {
        return keccak256(abi.encode(action, party));
    }

    /// @notice Reverts unless a transfer is of one account alone.
    /// @param claim the transfer.
    /// @param isAllowed whether its funding is as it should.
    function _requireAlone(TransferClaim calldata claim, bool isAllowed) private pure {
        if (claim.accountB != 0 || claim.cash != 0 || !isAllowed) revert WrongTransfer();
    }
}
