// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IClearingHouse} from "../clearing/IClearingHouse.sol";
import {IVenueStop} from "../exit/IVenueStop.sol";
import {Bounds} from "../shared/Bounds.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {Bn254} from "../verify/Bn254.sol";
import {IVerifierRegistry} from "../verify/IVerifierRegistry.sol";
import {AccountIds} from "./AccountIds.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";

/// @title LedgerBook
/// @author Ballast
/// @notice The accounts of a ledger, and what it works with.
abstract contract LedgerBook is IPortfolioLedger {
    /// @notice The highest id of a collateral asset.
    uint32 public constant LAST_COLLATERAL_ID = 7;
    /// @notice How long before a handover the venue of then must have had its word about an account for that to need no
    /// other one.
    uint64 public constant OWNER_PERIOD = 3 days;
    /// @notice How long after a handover a later word of the former venue counts, if there is no other one.
    uint64 public constant SILENCE_PERIOD = 30 days;

    /// @inheritdoc IPortfolioLedger
    address public immutable override engine;
    /// @inheritdoc IPortfolioLedger
    address public immutable override clearingHouse;
    /// @inheritdoc IPortfolioLedger
    address public immutable override desk;
    /// @inheritdoc IPortfolioLedger
    uint32 public immutable override settlementId;
    /// @notice The list of verifiers.
    IVerifierRegistry internal immutable VERIFIERS;
    /// @notice The venue's tokens, which know who the venue is.
    ICollateralVault internal immutable VAULT;
    /// @notice Whether the venue has stopped, or zero.
    IVenueStop internal immutable EXITS;

    /// @notice The accounts; one without a commitment does not exist.
    mapping(uint256 accountId => Account account) internal _accounts;
    /// @inheritdoc IPortfolioLedger
    mapping(uint256 accountId => uint64 until) public override lockedUntil;
    /// @notice When opened accounts were first filled.
    mapping(uint256 accountId => uint64 time) internal _filledAt;

    /// @notice Starts without accounts.
    /// @param vault_ the venue's tokens; its venue keeps ordinary accounts.
    /// @param engine_ what may freeze and move.
    /// @param clearingHouse_ what may move, for its own accounts.
    /// @param verifiers_ the list of verifiers.
    /// @param settlementId_ the collateral asset in which cash is paid.
    constructor(
        ICollateralVault vault_,
        address engine_,
        address clearingHouse_,
        IVerifierRegistry verifiers_,
        uint32 settlementId_
    ) {
        if (address(vault_).code.length == 0) revert InvalidParameter("vault", uint160(address(vault_)));
        if (engine_ == address(0)) revert InvalidParameter("engine", 0);
        if (clearingHouse_ == address(0)) revert InvalidParameter("clearingHouse", 0);
        bool isContract = address(verifiers_).code.length != 0;
        if (!isContract) revert InvalidParameter("verifiers", uint160(address(verifiers_)));
        // Time stops while accounts can't be moved, so all circuits must be of their one size.
        if (verifiers_.slots() == 0) revert InvalidParameter("slots", 0);
        Bounds.requireWithin("settlementId", settlementId_, 1, LAST_COLLATERAL_ID);
        (engine, clearingHouse) = (engine_, clearingHouse_);
        (VAULT, VERIFIERS, settlementId) = (vault_, verifiers_, settlementId_);
        (desk, EXITS) = (vault_.desk(), vault_.exits());
    }

    /// @inheritdoc IPortfolioLedger
    function account(uint256 accountId) external view returns (Account memory) {
        return _existing(accountId);
    }

    /// @inheritdoc IPortfolioLedger
    function commitmentOf(uint256 accountId) external view returns (uint256) {
        return _existing(accountId).commitment;
    }

    /// @inheritdoc IPortfolioLedger
    function rootOf(uint256 accountId) external view returns (uint256 root, uint64 rootAt) {
        Account storage found = _existing(accountId);
        return (_rootOf(found), found.rootAt);
    }

    /// @inheritdoc IPortfolioLedger
    function ownerOf(uint256 accountId) external view returns (address) {
        return _accounts[accountId].owner;
    }

    /// @inheritdoc IPortfolioLedger
    function verifiers() external view returns (address) {
        return address(VERIFIERS);
    }

    /// @inheritdoc IPortfolioLedger
    function vault() external view returns (address) {
        return address(VAULT);
    }

    /// @inheritdoc IPortfolioLedger
    function isOwnerSettled(uint256 accountId) public view returns (bool) {
        Account storage found = _accounts[accountId];
        return _isSettled(found.namedAt, found.namedBy) && _isSettled(found.saidAt, found.saidBy);
    }

    /// @inheritdoc IPortfolioLedger
    function venue() public view returns (address) {
        return VAULT.venue();
    }

    /// @notice Reverts once the venue has stopped.
    function _requireRunning() internal view {
        if (address(EXITS) != address(0)) EXITS.requireRunning();
    }

    /// @notice Adds an account, or reverts where there is one.
    /// @param accountId its id.
    /// @param commitment its portfolio.
    /// @param owner who acts for it.
    /// @param guarded whether only proofs change it.
    function _add(uint256 accountId, uint256 commitment, address owner, bool guarded) internal {
        _requireElement("accountId", accountId);
        _requireElement("commitment", commitment);
        if (_accounts[accountId].commitment != 0) revert AccountExists(accountId);
        _accounts[accountId] = Account({
            commitment: commitment,
            root: 0,
            owner: owner,
            updatedAt: uint64(block.timestamp),
            nonce: 0,
            rootAt: uint64(block.timestamp),
            frozen: false,
            guarded: guarded,
            saidAt: 0,
            saidBy: 0,
            namedAt: 0,
            namedBy: 0
        });
        emit AccountRegistered(accountId, commitment, owner, guarded);
    }

    /// @notice Changes an account's portfolio.
    /// @param accountId the account, which exists.
    /// @param commitment the new commitment.
    /// @param root what it can be anchored by; 0: itself alone, by a word of the venue's or a trade.
    function _setCommitment(uint256 accountId, uint256 commitment, uint256 root) internal {
        _requireElement("commitment", commitment);
        Account storage found = _accounts[accountId];
        if (root == 0) _setSaid(found);
        if (_isEmpty(accountId, found)) (_filledAt[accountId], root) = (uint64(block.timestamp), 0);
        (found.commitment, found.root) = (commitment, root);
        if (root == 0) found.rootAt = uint64(block.timestamp);
        found.updatedAt = uint64(block.timestamp);
        emit CommitmentChanged(accountId, commitment, ++found.nonce);
    }

    /// @notice Keeps that the venue of now says what an account has.
    /// @param found the account.
    function _setSaid(Account storage found) internal {
        (found.saidAt, found.saidBy) = (uint40(block.timestamp), VAULT.handovers());
    }

    /// @notice Keeps that the venue of now names an account's owner.
    /// @param found the account.
    function _setNamed(Account storage found) internal {
        (found.namedAt, found.namedBy) = (uint40(block.timestamp), VAULT.handovers());
    }

    /// @notice Whether a venue's word needs no other one.
    /// @param time when it was said, Unix seconds; 0: never.
    /// @param by how many handovers there had been.
    /// @return whether that venue is the one of now, said it long enough before it handed over, or handed over so long
    /// ago that its successor has had the time to say something else.
    function _isSettled(uint256 time, uint32 by) internal view returns (bool) {
        if (time == 0 || by == VAULT.handovers()) return true;
        uint256 handedOverAt = VAULT.handedOverAt(by + 1);
        return time + OWNER_PERIOD <= handedOverAt || handedOverAt + SILENCE_PERIOD <= block.timestamp;
    }

    /// @notice Whether somebody acts for the house's accounts.
    /// @param caller the caller.
    /// @return whether it is the clearing house, or keeps its accounts.
    function _isHouse(address caller) internal view returns (bool) {
        if (caller == clearingHouse) return true;
        return clearingHouse.code.length != 0 && caller == IClearingHouse(clearingHouse).accounts();
    }

    /// @notice What an account can be anchored by.
    /// @param found the account.
    /// @return a commitment.
    function _rootOf(Account storage found) internal view returns (uint256) {
        return found.root == 0 ? found.commitment : found.root;
    }

    /// @notice An account, or a revert.
    /// @param accountId its id.
    /// @return found the account.
    function _existing(uint256 accountId) internal view returns (Account storage found) {
        found = _accounts[accountId];
        if (found.commitment == 0) revert UnknownAccount(accountId);
    }

    /// @notice Whether an account is as it was opened: empty, by proof.
    /// @param accountId its id.
    /// @param found the account.
    /// @return whether anyone opened it, and no transfer has changed it.
    function _isEmpty(uint256 accountId, Account storage found) internal view returns (bool) {
        return AccountIds.isOpened(accountId) && found.nonce == 0 && found.commitment != 0;
    }

    /// @notice Reverts for 0 and for what is no field element.
    /// @param name what it is called.
    /// @param value an account or a commitment.
    function _requireElement(bytes32 name, uint256 value) internal pure {
        if (value == 0 || value >= Bn254.SCALAR_FIELD) revert InvalidParameter(name, value);
    }
}
