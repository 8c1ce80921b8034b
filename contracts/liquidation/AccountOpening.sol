// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {AccountIds} from "./AccountIds.sol";
import {EmptyClaim} from "./facts/Claims.sol";
import {EmptyProof} from "./facts/EmptyProof.sol";
import {IAccountOpening} from "./IAccountOpening.sol";
import {IChallengeBook} from "./IChallengeBook.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPayments} from "./IPayments.sol";
import {LedgerBook} from "./LedgerBook.sol";

/// @title AccountOpening
/// @author Ballast
/// @notice Accounts that anyone opens, and their bonds.
/// @dev An account is deleted as it was opened, with nonce 0, or not at all: no proof that has served once ever serves
/// again. Only who opened it reaches its bond, by the id that follows from the caller.
abstract contract AccountOpening is LedgerBook, ReentrancyGuardTransient {
    using ExactTransfers for IERC20;

    /// @inheritdoc IAccountOpening
    mapping(uint256 accountId => uint256 amount) public override bondOf;

    /// @inheritdoc IAccountOpening
    function openAccount(
        uint256 n,
        uint256 commitment,
        EmptyClaim calldata claim
    ) external nonReentrant returns (uint256 accountId) {
        accountId = accountIdOf(msg.sender, n);
        bool isHouse = _isHouse(msg.sender);
        _add(accountId, commitment, msg.sender, isHouse);
        EmptyProof.check(VERIFIERS, address(this), claim, accountId, commitment);
        if (isHouse) return accountId;
        uint256 amount = openingBond();
        // A bond that was not reclaimed is of an account that was filled: that one exists for good.
        bondOf[accountId] = amount;
        emit BondPaid(accountId, msg.sender, amount);
        _token().pull(amount);
    }

    /// @inheritdoc IAccountOpening
    function closeAccount(uint256 n, address to) external nonReentrant {
        uint256 accountId = accountIdOf(msg.sender, n);
        Account storage found = _existing(accountId);
        if (!_isEmpty(accountId, found)) revert AccountFilled(accountId);
        if (found.owner != msg.sender) revert OnlyOwner(msg.sender);
        delete _accounts[accountId];
        delete lockedUntil[accountId];
        emit AccountClosed(accountId);
        _returnBond(accountId, to);
    }

    /// @inheritdoc IAccountOpening
    function reclaimBond(uint256 n, address to) external nonReentrant {
        uint256 accountId = accountIdOf(msg.sender, n);
        if (_isEmpty(accountId, _existing(accountId))) revert AccountEmpty(accountId);
        _returnBond(accountId, to);
    }

    /// @inheritdoc IAccountOpening
    function isEmpty(uint256 accountId) external view returns (bool) {
        return _isEmpty(accountId, _accounts[accountId]);
    }

    /// @inheritdoc IAccountOpening
    function filledAt(uint256 accountId) external view returns (uint64) {
        return _filledAt[accountId];
    }

    /// @inheritdoc IAccountOpening
    function accountIdOf(address opener, uint256 n) public view returns (uint256) {
        return AccountIds.compute(address(this), opener, n);
    }

    /// @inheritdoc IAccountOpening
    function openingBond() public view returns (uint256) {
        return IChallengeBook(ILiquidationEngine(engine).challenges()).parameters().bond;
    }

    /// @notice Pays a bond back.
    /// @param accountId whose.
    /// @param to who gets it.
    function _returnBond(uint256 accountId, address to) private {
        uint256 amount = bondOf[accountId];
        if (amount == 0) revert NoBond(accountId);
        delete bondOf[accountId];
        emit BondReturned(accountId, to, amount);
        _token().pay(to, amount);
    }

    /// @notice The token of bonds.
    /// @return the settlement asset's.
    function _token() private view returns (IERC20) {
        (address found, ) = VAULT.asset(settlementId);
        if (found == address(0)) revert IPayments.NoSettlementAsset(settlementId);
        return IERC20(found);
    }
}
