// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILossPools} from "../clearing/ILossPools.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IPayments} from "./IPayments.sol";

/// @title Payments
/// @author Ballast
/// @notice Keeps what a part of the liquidation holds for others.
abstract contract Payments is IPayments, ReentrancyGuardTransient {
    using ExactTransfers for IERC20;
    using Math for uint256;
    using SafeERC20 for IERC20;

    /// @notice The venue's vault, which knows the settlement asset.
    ICollateralVault internal immutable VAULT;
    /// @notice The settlement asset.
    uint32 internal immutable SETTLEMENT_ID;

    /// @inheritdoc IPayments
    mapping(address account => uint256 amount) public override creditOf;
    /// @inheritdoc IPayments
    uint256 public override accounted;
    /// @notice Owed to the insurance fund.
    uint256 private _forfeits;
    /// @notice Owed to the Gamma Reserve.
    uint256 private _taxes;
    /// @notice Owed to both.
    uint256 private _fees;

    /// @notice Starts owing nothing.
    /// @param vault the venue's vault.
    /// @param settlementId the settlement asset's id.
    constructor(ICollateralVault vault, uint32 settlementId) {
        (VAULT, SETTLEMENT_ID) = (vault, settlementId);
    }

    /// @inheritdoc IPayments
    function addCredit(uint256 amount) external nonReentrant {
        _credit(msg.sender, amount);
        _take(amount);
    }

    /// @inheritdoc IPayments
    function withdrawCredit(address to) external nonReentrant {
        uint256 amount = creditOf[msg.sender];
        if (amount == 0) revert NoCredit(msg.sender);
        creditOf[msg.sender] = 0;
        accounted -= amount;
        emit CreditPaid(msg.sender, to, amount);
        (IERC20 token, ) = _settlement();
        token.pay(to, amount);
    }

    /// @inheritdoc IPayments
    function remit() external nonReentrant {
        if (_isNothingOwed()) revert NothingToRemit();
        _remit();
    }

    /// @inheritdoc IPayments
    function remitWithin() external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _remit();
    }

    /// @inheritdoc IPayments
    function owed() external view returns (uint256 forfeits, uint256 taxes, uint256 fees) {
        return (_forfeits, _taxes, _fees);
    }

    /// @notice Takes what the caller is to pay, and holds it for others: from its credit first, so that a token which
    /// refuses the caller costs it nothing that is here already, and the rest from its tokens.
    /// @param amount token units.
    function _charge(uint256 amount) internal {
        uint256 used = creditOf[msg.sender].min(amount);
        if (used != 0) {
            creditOf[msg.sender] -= used;
            emit CreditUsed(msg.sender, used);
        }
        if (used != amount) _take(amount - used);
    }

    /// @notice Pulls exactly `amount` from the caller, and holds it for others.
    /// @param amount token units.
    function _take(uint256 amount) internal {
        accounted += amount;
        _pull(amount);
    }

    /// @notice Pulls exactly `amount` from the caller, which is passed on within the call.
    /// @param amount token units.
    function _pull(uint256 amount) internal {
        (IERC20 token, ) = _settlement();
        token.pull(amount);
    }

    /// @notice Owes somebody what is held already.
    /// @param to who can withdraw it.
    /// @param amount token units; nothing happens for 0.
    function _credit(address to, uint256 amount) internal {
        if (amount == 0) return;
        creditOf[to] += amount;
        emit Credited(to, amount);
    }

    /// @notice Owes the insurance fund what is held already.
    /// @param amount token units.
    function _oweForfeit(uint256 amount) internal {
        _forfeits += amount;
    }

    /// @notice Owes the Gamma Reserve what is held already.
    /// @param amount token units.
    function _oweTax(uint256 amount) internal {
        _taxes += amount;
    }

    /// @notice Owes both funds a fee that is held already.
    /// @param amount token units.
    function _oweFee(uint256 amount) internal {
        _fees += amount;
    }

    /// @notice Sends the clearing house what it is owed if that works; `remit` can do it later.
    function _tryRemit() internal {
        if (_isNothingOwed()) return;
        // A token or clearing house that refuses must not stop a case: what it is owed stays on the books.
        try this.remitWithin() {} catch {} // solhint-disable-line no-empty-blocks
    }

    /// @notice The clearing house.
    /// @return whom forfeits and taxes are owed to.
    function _collector() internal view virtual returns (ILossPools);

    /// @notice The settlement token, and its units in a lot.
    /// @return token the token. Reverts with NoSettlementAsset before the venue has added it.
    /// @return unitsPerLot its smallest units in a lot.
    function _settlement() internal view returns (IERC20 token, uint256 unitsPerLot) {
        (address found, uint96 units) = VAULT.asset(SETTLEMENT_ID);
        if (found == address(0)) revert NoSettlementAsset(SETTLEMENT_ID);
        return (IERC20(found), units);
    }

    /// @notice Sends the clearing house what it is owed.
    function _remit() private {
        (uint256 forfeits, uint256 taxes, uint256 fees) = (_forfeits, _taxes, _fees);
        (_forfeits, _taxes, _fees) = (0, 0, 0);
        uint256 total = forfeits + taxes + fees;
        accounted -= total;
        emit Remitted(forfeits, taxes, fees);
        (IERC20 token, ) = _settlement();
        ILossPools collector = _collector();
        uint256 before = token.balanceOf(address(this));
        token.forceApprove(address(collector), total);
        if (forfeits != 0) collector.collectForfeit(forfeits);
        if (taxes != 0) collector.collectTax(taxes);
        if (fees != 0) collector.collectFee(fees);
        ExactTransfers.requireMoved(before, token.balanceOf(address(this)), total);
    }

    /// @notice Whether the clearing house is owed nothing.
    /// @return true when there is nothing to remit.
    function _isNothingOwed() private view returns (bool) {
        return _forfeits == 0 && _taxes == 0 && _fees == 0;
    }
}
