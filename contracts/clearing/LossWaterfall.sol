// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {EquityClaim, Rest, TransferClaim} from "../liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "../liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {ExactTransfers} from "../shared/ExactTransfers.sol";
import {IAnchorBook} from "./IAnchorBook.sol";
import {HouseAccounts} from "./HouseAccounts.sol";
import {IClearingHouse} from "./IClearingHouse.sol";
import {IHouseAccounts} from "./IHouseAccounts.sol";
import {ILossPools} from "./ILossPools.sol";
import {LossPools} from "./LossPools.sol";
import {WaterfallMath} from "./WaterfallMath.sol";
import {WithdrawalQueue} from "./WithdrawalQueue.sol";

/// @title LossWaterfall
/// @author Ballast
/// @notice The house's account, what it lacks, and who bears that: insurance fund, then Gamma Reserve, then a residual
/// that locks the funds. What is booked and not drawn yet is reserved: it left share prices when it was booked.
abstract contract LossWaterfall is IClearingHouse, WithdrawalQueue {
    using SafeERC20 for IERC20;

    /// @notice What was drawn of a fund on the last day on which anything was, in lots: `held` is what it had at that
    /// day's first draw. The day is counted from 1970, in UTC.
    struct DrawDay {
        uint256 held;
        uint256 drawn;
        uint256 day;
    }

    /// @notice How long a residual, or portfolios without a proof, can lock the funds.
    uint64 private constant LONGEST_LOCK = 30 days;

    /// @inheritdoc IClearingHouse
    uint256 public immutable override houseAccount;
    /// @notice The house's accounts.
    IHouseAccounts internal immutable ACCOUNTS;
    /// @notice The venue's ledger.
    IPortfolioLedger internal immutable LEDGER;
    /// @notice The venue's liquidation engine.
    ILiquidationEngine internal immutable ENGINE;
    /// @notice Where attestations, snapshots and verifiers come from.
    ICoverageRegistry internal immutable REGISTRY;
    /// @notice Which prices are the newest.
    IMarketClock internal immutable CLOCK;
    /// @notice How much of what a portfolio lacks the funds bear.
    IAnchorBook internal immutable ANCHORS;

    /// @inheritdoc IClearingHouse
    address public override operator;
    /// @inheritdoc IClearingHouse
    uint64 public override residualSince;
    /// @inheritdoc IClearingHouse
    uint256 public override residual;
    /// @inheritdoc IClearingHouse
    uint64 public override unprovenSince;
    /// @inheritdoc IClearingHouse
    uint64 public override lossEpoch;
    /// @inheritdoc IClearingHouse
    uint256 public override insuredLoss;
    /// @notice The time of the prices that the house's equity was last proven by, Unix seconds.
    uint64 private _provenTime;
    /// @notice What was drawn of the funds of late.
    mapping(Pool pool => DrawDay day) private _drawDays;

    /// @notice Only who acts for the house.
    modifier onlyOperator() {
        _requireOperator();
        _;
    }

    /// @notice Starts with a house that lacks nothing.
    /// @param parts what belongs together.
    /// @param parameters_ the first parameters.
    constructor(
        Parts memory parts,
        Parameters memory parameters_
    ) LossPools(parts.vault, parts.ledger.settlementId(), parts.microsPerLot, parameters_) {
        (LEDGER, ENGINE, ACCOUNTS) = (parts.ledger, parts.engine, new HouseAccounts(parts));
        (REGISTRY, CLOCK, ANCHORS) = (parts.registry, parts.clock, parts.anchors);
        houseAccount = parts.houseAccount;
    }

    /// @inheritdoc IClearingHouse
    function absorb(EquityClaim calldata house, TransferClaim calldata funding) external nonReentrant {
        int256 equity = _provenEquity(house);
        if (equity >= 0) revert HouseNotShort(equity);
        uint256 loss = _lotsShort(equity);
        unprovenSince = 0;
        (uint256 fromInsurance, uint256 fromGamma) = (0, 0);
        // The same loss, shown again, changes nothing: else a stranger could end rounds with the operator's own proof.
        if (funding.funding != 0 || loss != _undrawn()) {
            _endRounds();
            _book(loss);
            (fromInsurance, fromGamma) = _drawReserved(funding.funding);
        }
        emit Absorbed(house.snapshotId, loss, fromInsurance, fromGamma, residual);
        if (funding.funding != 0) _fundHouse(fromInsurance + fromGamma, funding, house.snapshotId);
    }

    /// @inheritdoc IClearingHouse
    function clearResidual(EquityClaim calldata house) external nonReentrant {
        int256 equity = _provenEquity(house);
        if (equity < 0) revert HouseShort(equity);
        _endRounds();
        _book(0);
        unprovenSince = 0;
        emit Settled(house.snapshotId);
    }

    /// @inheritdoc IClearingHouse
    function writeOff() external {
        uint256 lots = residual;
        if (lots == 0) revert NoResidual();
        uint64 until = residualSince + LONGEST_LOCK;
        if (block.timestamp < until) revert TooEarlyToWriteOff(until);
        _endRounds();
        _setResidual(0);
        emit WrittenOff(lots);
    }

    /// @inheritdoc IClearingHouse
    function drawableToday() public view returns (uint256 insuranceFund, uint256 gammaReserve) {
        (insuranceFund, , ) = _leftToday(Pool.InsuranceFund);
        (gammaReserve, , ) = _leftToday(Pool.GammaReserve);
    }

    /// @inheritdoc ILossPools
    function locked() public view override(ILossPools, WithdrawalQueue) returns (bool) {
        return residual != 0 || _isUnproven() || ENGINE.pendingTakeovers() != 0;
    }

    /// @inheritdoc IClearingHouse
    function purposeOf(bytes32 action, uint256 subject) public pure returns (bytes32) {
        return subject == 0 ? keccak256(abi.encode(action)) : keccak256(abi.encode(action, subject));
    }

    /// @notice Ends all rounds: what they were opened to bring in is not what the house lacks any more.
    function _endRounds() internal {
        ++lossEpoch;
    }

    /// @notice Insures no more than the house lacks: what was made good insures no other loss.
    /// @param lots of the settlement asset that it was shown to lack.
    function _capInsured(uint256 lots) internal {
        if (lots < insuredLoss) insuredLoss = lots;
    }

    /// @notice Books what the house lacks, in place of what was booked before: reserved as far as it is insured and the
    /// funds go.
    /// @param lots of the settlement asset.
    function _book(uint256 lots) internal {
        (, uint256 unitsPerLot) = _settlement();
        _capInsured(lots);
        (uint256 fromInsurance, uint256 fromGamma, ) = WaterfallMath.split(
            insuredLoss,
            _lotsOf(Pool.InsuranceFund),
            _lotsOf(Pool.GammaReserve)
        );
        _reserve(Pool.InsuranceFund, fromInsurance * unitsPerLot);
        _reserve(Pool.GammaReserve, fromGamma * unitsPerLot);
        _setResidual(lots - fromInsurance - fromGamma);
    }

    /// @notice Keeps what exceeds the funds, and since when.
    /// @param lots of the settlement asset.
    function _setResidual(uint256 lots) internal {
        if (lots == 0) residualSince = 0;
        else if (residual == 0) residualSince = uint64(block.timestamp);
        residual = lots;
    }

    /// @notice Changes portfolios by a proof.
    /// @param claim the transfer.
    /// @param rest what it leaves to A.
    /// @param action what it was proven for.
    /// @param subject for which snapshot or round, or 0.
    function _move(TransferClaim calldata claim, Rest rest, bytes32 action, uint256 subject) internal {
        LEDGER.move(claim, rest, purposeOf(action, subject));
    }

    /// @notice Reverts for anybody but who acts for the house.
    function _requireOperator() internal view {
        if (msg.sender != operator) revert OnlyOperator(msg.sender);
    }

    /// @notice The equity of all of the house's accounts by the newest prices, or a revert. Never by older ones than
    /// before: while a snapshot and its successor are both good for money, anyone could undo the later proof by showing
    /// the earlier one again.
    /// @param house the claim about one of them.
    /// @return equity micro-USD.
    function _provenEquity(EquityClaim calldata house) internal returns (int256 equity) {
        uint64 time;
        (time, equity) = ACCOUNTS.equityWith(house);
        _provenBy(time);
    }

    /// @notice Keeps the time of prices that losses are booked by, or reverts where newer ones have been.
    /// @param time of the prices, Unix seconds.
    function _provenBy(uint64 time) internal {
        if (time < _provenTime) revert ProvenByNewerPrices(_provenTime);
        _provenTime = time;
    }

    /// @notice Reverts unless a transfer is from or to the house, and allowed.
    /// @param claim the transfer, with one of the house's accounts as its A.
    /// @param isAllowed whether its other fields are as they should.
    function _requireTransfer(TransferClaim calldata claim, bool isAllowed) internal view {
        if (!isAllowed) revert WrongTransfer();
        ACCOUNTS.requireHouse(claim.accountA);
    }

    /// @notice What the funds are to bear of what the house lacks, and was not drawn yet.
    /// @return lots of the settlement asset.
    function _reservedLots() internal view returns (uint256 lots) {
        (, uint256 unitsPerLot) = _settlement();
        // Each is a number of whole lots.
        return (uint256(_pools[Pool.InsuranceFund].reserved) + _pools[Pool.GammaReserve].reserved) / unitsPerLot;
    }

    /// @notice What is booked and was not drawn.
    /// @return lots of the settlement asset.
    function _undrawn() internal view returns (uint256 lots) {
        return _reservedLots() + residual;
    }

    /// @notice Whether the house has portfolios that its equity was not proven with, and they still count.
    /// @return true from a takeover on, until a proof covers it or the longest lock has passed.
    function _isUnproven() internal view returns (bool) {
        return unprovenSince != 0 && block.timestamp < unprovenSince + LONGEST_LOCK;
    }

    /// @notice The shortfall that equity stands for, in whole lots.
    /// @param equity micro-USD.
    /// @return lots of the settlement asset, rounded up; 0 for equity that isn't negative.
    function _lotsShort(int256 equity) internal view returns (uint256 lots) {
        return WaterfallMath.shortfall(equity, MICROS_PER_LOT);
    }

    /// @notice Lots that may be drawn of a fund today.
    /// @param pool the fund.
    /// @return lots whatever is reserved.
    /// @return first lots that it held at the day's first draw.
    /// @return drawn lots that were drawn of it today.
    function _leftToday(Pool pool) private view returns (uint256 lots, uint256 first, uint256 drawn) {
        uint256 held = _lotsOf(pool);
        DrawDay storage last = _drawDays[pool];
        (first, drawn) = (held, 0);
        if (last.day == block.timestamp / 1 days) (first, drawn) = (last.held, last.drawn);
        lots = WaterfallMath.leftToday(first, held, drawn, _parameters.dailyCap);
    }

    /// @notice Takes from the funds what the claim says, the insurance fund first, and of each what is reserved of it.
    /// @param claimed lots.
    /// @return fromInsurance lots of the insurance fund.
    /// @return fromGamma lots of the Gamma Reserve.
    function _drawReserved(int64 claimed) private returns (uint256 fromInsurance, uint256 fromGamma) {
        // What is below 0 is more than there is.
        uint256 lots = uint256(int256(claimed));
        fromInsurance = _drawUpTo(Pool.InsuranceFund, lots);
        fromGamma = _drawUpTo(Pool.GammaReserve, lots - fromInsurance);
        uint256 most = fromInsurance + fromGamma;
        if (most != lots) revert WrongFunding(claimed, most);
        insuredLoss -= lots;
    }

    /// @notice What a fund holds.
    /// @param pool the fund.
    /// @return whole lots of the settlement asset.
    function _lotsOf(Pool pool) private view returns (uint256) {
        (, uint256 unitsPerLot) = _settlement();
        return _pools[pool].assets / unitsPerLot;
    }

    /// @notice Takes from a fund what is reserved of it and may be drawn today.
    /// @param pool the fund.
    /// @param most lots.
    /// @return lots at most that.
    function _drawUpTo(Pool pool, uint256 most) private returns (uint256 lots) {
        (, uint256 unitsPerLot) = _settlement();
        (uint256 left, uint256 first, uint256 drawn) = _leftToday(pool);
        lots = Math.min(most, Math.min(left, _pools[pool].reserved / unitsPerLot));
        if (lots == 0) return 0;
        _drawDays[pool] = DrawDay(first, drawn + lots, block.timestamp / 1 days);
        _draw(pool, lots * unitsPerLot);
    }

    /// @notice Moves lots into the vault, and into the house's portfolio.
    /// @param lots lots of the settlement asset.
    /// @param claim the transfer.
    /// @param snapshotId what it was proven for.
    function _fundHouse(uint256 lots, TransferClaim calldata claim, uint256 snapshotId) private {
        _requireTransfer(claim, claim.accountB == 0);
        // SOUNDNESS: kept, whoever draws. A salt of a stranger's own would take the house from its operator, for good.
        _move(claim, Rest.Kept, "absorb", snapshotId);
        (IERC20 token, uint256 unitsPerLot) = _settlement();
        uint256 amount = lots * unitsPerLot;
        uint256 before = _balance(token);
        token.forceApprove(address(VAULT), amount);
        VAULT.deposit(SETTLEMENT_ID, lots);
        ExactTransfers.requireMoved(before, _balance(token), amount);
    }
}
