// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILossPools} from "../clearing/ILossPools.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {Bounds} from "../shared/Bounds.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioAward} from "./IPortfolioAward.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {Payments} from "./Payments.sol";

/// @title PortfolioAward
/// @author Ballast
/// @notice What must be true when a portfolio is handed to somebody, and the fee for it.
abstract contract PortfolioAward is IPortfolioAward, Governed, Payments {
    using Math for uint256;

    /// @notice Rates are in millionths.
    uint256 internal constant MILLION = 1_000_000;

    /// @notice Whose cases these are.
    ILiquidationEngine internal immutable ENGINE;
    /// @notice Which prices are the newest, and how long there have been any.
    IMarketClock internal immutable CLOCK;
    /// @notice The accounts.
    IPortfolioLedger internal immutable LEDGER;
    /// @notice Whose attestations count.
    ICoverageRegistry internal immutable REGISTRY;
    /// @notice What checks equity proofs.
    IFactChecker internal immutable FACTS;
    /// @inheritdoc IPortfolioAward
    address public immutable override clearingHouse;
    /// @inheritdoc IPortfolioAward
    uint64 public immutable override microsPerLot;

    /// @notice Takes its parts from the engine.
    /// @param owner who may schedule changes.
    /// @param engine_ whose cases these are.
    /// @param microsPerLot_ what a lot of the settlement asset is worth, micro-USD; not 0.
    constructor(
        address owner,
        ILiquidationEngine engine_,
        uint64 microsPerLot_
    )
        Governed(owner)
        Payments(ICollateralVault(engine_.vault()), IPortfolioLedger(engine_.ledger()).settlementId())
    {
        if (microsPerLot_ == 0) revert PartsMismatch();
        (ENGINE, CLOCK, FACTS) = (engine_, engine_.clock(), engine_.facts());
        (LEDGER, REGISTRY) = (IPortfolioLedger(engine_.ledger()), ICoverageRegistry(engine_.registry()));
        (clearingHouse, microsPerLot) = (engine_.clearingHouse(), microsPerLot_);
    }

    /// @inheritdoc IPortfolioAward
    function engine() external view returns (address) {
        return address(ENGINE);
    }

    /// @notice Closes a case whose account was shown to be healthy.
    /// @param caseId the case.
    /// @param tier 0 or 1.
    /// @param time of the snapshot that shows it.
    function _closeAsCured(uint256 caseId, uint8 tier, uint64 time) internal {
        ENGINE.close(caseId, ILiquidationEngine.Outcome.Cured, tier, time);
    }

    /// @notice Takes a fee from the caller, a part of it for whoever challenged the account, and owes the clearing
    /// house the rest.
    /// @param challenger who challenged it; zero: nobody.
    /// @param fee token units.
    /// @param challengerShare ppm of the fee.
    function _chargeFee(address challenger, uint256 fee, uint32 challengerShare) internal {
        uint256 share = challenger == address(0) ? 0 : fee * challengerShare / MILLION;
        _charge(fee);
        _credit(challenger, share);
        _oweFee(fee - share);
    }

    /// @notice The clearing house.
    /// @return whom forfeits and taxes are owed to.
    function _collector() internal view override returns (ILossPools) {
        return ILossPools(clearingHouse);
    }

    /// @notice The engine's case.
    /// @param caseId the case.
    /// @return the case. Reverts with UnknownCase when there is none.
    function _caseOf(uint256 caseId) internal view returns (ILiquidationEngine.Case memory) {
        return ENGINE.caseOf(caseId);
    }

    /// @notice What a case's account is worth in the newest snapshot, by prices no older than those that moved it.
    /// @param current the case.
    /// @param equity the claim.
    /// @return time of the snapshot.
    /// @return lots whole lots of equity; 0 for less than one.
    function _requireEquity(
        ILiquidationEngine.Case memory current,
        EquityClaim calldata equity
    ) internal view returns (uint64 time, uint256 lots) {
        time = FACTS.requirePresentEquity(equity, current.accountId, current.snapshotTime);
        lots = equity.equity > 0 ? uint256(equity.equity) / microsPerLot : 0;
    }

    /// @notice Reverts unless account B is the caller's, and healthy after the transfer by the newest snapshot.
    /// @param claim the transfer.
    function _requireHealthyTaker(TransferClaim calldata claim) internal view {
        FACTS.requireHealthyTaker(msg.sender, claim.accountB, claim.newB);
    }

    /// @notice Part of some cash in tokens.
    /// @param cash lots.
    /// @param rate ppm.
    /// @return token units, rounded up.
    function _rateOf(uint64 cash, uint32 rate) internal view returns (uint256) {
        return (_tokens(cash) * rate).ceilDiv(MILLION);
    }

    /// @notice Lots as tokens.
    /// @param lots lots of the settlement asset.
    /// @return token units.
    function _tokens(uint256 lots) internal view returns (uint256) {
        (, uint256 unitsPerLot) = _settlement();
        return lots * unitsPerLot;
    }

    /// @notice The first case that what is set now acts on.
    /// @return the number of the next case that opens.
    function _nextCase() internal view returns (uint48) {
        return uint48(ENGINE.caseCount() + 1);
    }

    /// @notice The shortest window that is allowed: an outage alone never uses one up.
    /// @return served seconds: at least 5 minutes, and more than a snapshot serves.
    function _leastWindow() internal view returns (uint256) {
        return Bounds.window(5 minutes, CLOCK.parameters().serveGap);
    }

    /// @notice Reverts unless the cash is within limits.
    /// @param cash lots, as the transfer says.
    /// @param least lots.
    /// @param most lots, below 2^63.
    /// @return the cash.
    function _requireCash(int64 cash, uint256 least, uint256 most) internal pure returns (uint64) {
        if (cash < 0 || uint64(cash) < least || uint64(cash) > most) revert WrongCash(cash, least, most);
        return uint64(cash);
    }

    /// @notice Equity less a discount.
    /// @param lots whole lots of equity.
    /// @param discount ppm, at most a million.
    /// @return lots, rounded up.
    function _less(uint256 lots, uint256 discount) internal pure returns (uint256) {
        return (lots * (MILLION - discount)).ceilDiv(MILLION);
    }
}
