// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAnchorBook} from "../clearing/IAnchorBook.sol";
import {ILossPools} from "../clearing/ILossPools.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {EquityClaim} from "../liquidation/facts/Claims.sol";
import {EquityProof} from "../liquidation/facts/EquityProof.sol";
import {ILiquidationEngine} from "../liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {ISnapshotOracle} from "../snapshot/ISnapshotOracle.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {ExitMath} from "./ExitMath.sol";
import {ExitPrices} from "./ExitPrices.sol";
import {IExitDesk} from "./IExitDesk.sol";
import {IVenueStop} from "./IVenueStop.sol";
import {VenueStop} from "./VenueStop.sol";

/// @title ExitDesk
/// @author Ballast
/// @notice Claims of a stopped venue's accounts, and what each gets.
/// @dev SOUNDNESS: an account's portfolio is what the ledger has when it claims, and never moves after that; nothing
/// moves but between accounts, or with tokens that come in. So no position is claimed twice, whatever goes on.
contract ExitDesk is ExitPrices, ReentrancyGuardTransient {
    using ExitMath for ExitMath.Shares;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice How long before the stop the venue's word may have set a portfolio that shares in fenced lots.
    uint64 private constant WORD_PERIOD = 7 days;

    /// @notice The venue's ledger.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Whose rules of proofs count.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice Which runs have counted an account.
    IAnchorBook private immutable ANCHORS;
    /// @notice What the house's accounts' claims are paid to.
    address private immutable CLEARING_HOUSE;
    /// @notice The asset that is fenced, and that the clearing house can hold.
    uint32 private immutable SETTLEMENT_ID;

    /// @notice How many accounts have claimed, by whatever snapshot: none moves again, and the venue is left.
    uint256 private _leavers;
    /// @notice Claims, by the round of the snapshot that they are by.
    mapping(uint32 round => mapping(uint256 accountId => Claim claim)) private _claims;
    /// @notice What they sum to.
    mapping(uint32 round => Totals totals) private _totals;
    /// @notice What is paid, once somebody takes.
    ExitMath.Shares private _shares;
    /// @notice Lots that customers share of an asset, once somebody takes.
    mapping(uint32 instrumentId => uint256 lots) private _openLots;
    /// @notice Whether what is paid is fixed.
    bool private _isShared;

    /// @notice Checks that the parts belong together, and fixes them.
    /// @param engine the venue's liquidation engine, which knows the other parts.
    /// @param anchors_ which runs have counted an account.
    /// @param parameters_ the parameters.
    constructor(
        ILiquidationEngine engine,
        IAnchorBook anchors_,
        Parameters memory parameters_
    )
        VenueStop(ICollateralVault(engine.vault()), parameters_.silence)
        ExitPrices(
            engine.clock(),
            ISnapshotOracle(ICoverageRegistry(engine.registry()).oracle()),
            parameters_
        )
    {
        bool ofVault = address(VAULT.exits()) == address(this);
        if (!ofVault || anchors_.engine() != address(engine)) revert PartsMismatch();
        (LEDGER, REGISTRY) = (IPortfolioLedger(engine.ledger()), ICoverageRegistry(engine.registry()));
        (ANCHORS, CLEARING_HOUSE) = (anchors_, engine.clearingHouse());
        SETTLEMENT_ID = LEDGER.settlementId();
    }

    /// @inheritdoc IExitDesk
    function claim(EquityClaim calldata equity, address to) external {
        _requireClaiming(equity.snapshotId);
        uint256 accountId = equity.accountId;
        IPortfolioLedger.Account memory account = LEDGER.account(accountId);
        if (account.frozen) revert AccountInCase(accountId);
        if (_hasLeft(accountId)) revert AlreadyClaimed(accountId);
        if (equity.equity <= 0) revert NothingToClaim(equity.equity);
        // Proofs alone change a guarded account, and its owner is whom the venue named.
        bool isAnchored = account.guarded || _isAnchored(accountId, account.commitment);
        if (account.guarded) to = CLEARING_HOUSE;
        else _requireOwner(accountId, account.owner, to);
        EquityProof.checkIn(REGISTRY, address(LEDGER), equity, account.commitment);
        ++_leavers;
        uint128 worth = uint256(equity.equity).toUint128();
        _claims[_round][accountId] = Claim(to, worth, isAnchored, account.guarded, 0);
        Totals storage sums = _totals[_round];
        sums.all += worth;
        if (isAnchored) sums.anchored += worth;
        if (account.guarded) sums.house += worth;
        emit Claimed(accountId, to, worth, isAnchored);
    }

    /// @inheritdoc IExitDesk
    function take(uint256 accountId, uint32 instrumentId) external nonReentrant {
        if (!_areClaimsOver()) revert ClaimsRun(claimsUntil);
        if (!_isShared) _share();
        Claim storage found = _claims[_round][accountId];
        uint256 lots = partOf(accountId, instrumentId);
        uint8 bit = uint8(1 << (instrumentId & 7));
        if (lots == 0 || found.taken & bit != 0) revert NothingToTake(accountId, instrumentId);
        found.taken |= bit;
        emit Taken(accountId, instrumentId, lots);
        if (found.isHouse) _payHouse(instrumentId, lots);
        else VAULT.payExit(instrumentId, lots, found.to);
    }

    /// @inheritdoc IVenueStop
    function requireMovable(uint256 accountA, uint256 accountB, bool isWhole) external view {
        if (stoppedAt == 0) return;
        if (accountB != 0 && !isWhole) revert VenueStopped(stoppedAt);
        if (_hasLeft(accountA)) revert AccountLeft(accountA);
        if (_hasLeft(accountB)) revert AccountLeft(accountB);
    }

    /// @inheritdoc IExitDesk
    function claimOf(uint256 accountId) external view returns (Claim memory) {
        return _claims[_round][accountId];
    }

    /// @inheritdoc IExitDesk
    function totals() external view returns (Totals memory) {
        return _totals[_round];
    }

    /// @inheritdoc IExitDesk
    function parameters() external view returns (Parameters memory) {
        return Parameters(SILENCE, PRICE_WAIT, CLAIM_PERIOD);
    }

    /// @inheritdoc IExitDesk
    function ledger() external view returns (address) {
        return address(LEDGER);
    }

    /// @inheritdoc IExitDesk
    function vault() external view returns (address) {
        return address(VAULT);
    }

    /// @inheritdoc IExitDesk
    function anchors() external view returns (address) {
        return address(ANCHORS);
    }

    /// @inheritdoc IExitDesk
    function partOf(uint256 accountId, uint32 instrumentId) public view returns (uint256 lots) {
        if (!_isShared) return 0;
        Claim memory found = _claims[_round][accountId];
        Totals memory sums = _totals[_round];
        bool isSettlement = instrumentId == SETTLEMENT_ID;
        if (isSettlement) lots = _shares.fencedPart(sums, found);
        if (!found.isHouse) lots += _shares.openPart(sums, found, _openLots[instrumentId]);
        else if (isSettlement) lots += _shares.housePart(sums, found);
    }

    /// @inheritdoc IVenueStop
    function requireNotLeft() public view override(VenueStop) {
        if (_leavers != 0) revert VenueLeft();
    }

    /// @notice Fixes what is paid, from what is claimed and what is in the vault.
    function _share() private {
        if (!hasMarks()) revert MarksMissing(exitSnapshot);
        _isShared = true;
        ExitMath.Reserves memory reserves;
        uint32[] memory ids = VAULT.assetIds();
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint32 id, uint256 lots) = (ids[i], VAULT.lotsRecorded(ids[i]) - VAULT.lotsOwed(ids[i]));
            if (id == SETTLEMENT_ID) {
                reserves.fencedLots = Math.min(lots, VAULT.lotsFenced(id));
                lots -= reserves.fencedLots;
                (reserves.settlementLots, reserves.settlementMark) = (lots, markOf(id));
            }
            _openLots[id] = lots;
            reserves.openValue += lots * markOf(id);
        }
        Totals memory sums = _totals[_round];
        _shares = ExitMath.share(sums, reserves);
        _openLots[SETTLEMENT_ID] -= _shares.houseLots;
        emit Shared(sums.all, reserves.openValue + reserves.fencedLots * reserves.settlementMark);
    }

    /// @notice Pays the funds what the house's accounts get: income of the insurance fund.
    /// @param instrumentId the settlement asset.
    /// @param lots how many lots.
    function _payHouse(uint32 instrumentId, uint256 lots) private {
        (address token, uint96 unitsPerLot) = VAULT.asset(instrumentId);
        uint256 amount = lots * unitsPerLot;
        VAULT.payExit(instrumentId, lots, address(this));
        IERC20(token).forceApprove(CLEARING_HOUSE, amount);
        ILossPools(CLEARING_HOUSE).collectForfeit(amount);
    }

    /// @notice Reverts unless accounts claim in a snapshot now: before the first claim also where a closed run shows
    /// that the venue is back.
    /// @param snapshotId the snapshot.
    function _requireClaiming(uint256 snapshotId) private view {
        if (snapshotId != _fixed()) revert NotTheExitSnapshot(snapshotId);
        if (_areClaimsOver()) revert ClaimsOver(claimsUntil);
        if (_leavers != 0) return;
        (bytes32 runId, uint64 time) = RUNS.latestRun();
        if (time > stoppedAt && RUNS.timeOf(runId) != 0) revert VenueIsBack(runId);
    }

    /// @notice Reverts unless the caller owns an account, not by the word of a venue that was about to hand over, and
    /// has somebody paid.
    /// @param accountId the account.
    /// @param owner whom the ledger has.
    /// @param to who is to be paid.
    function _requireOwner(uint256 accountId, address owner, address to) private view {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        if (to == address(0) || to == address(VAULT) || to == address(this)) revert InvalidRecipient(to);
        if (!LEDGER.isOwnerSettled(accountId)) revert IPortfolioLedger.OwnerUnsettled(accountId);
    }

    /// @notice Whether a claim shares in fenced lots: of an account of the least age, whose present portfolio, or the
    /// one it came from by proof, a run has counted since it has it, for a week before the stop. Reverts where no run
    /// has counted the account.
    /// @param accountId the account.
    /// @param commitment its present portfolio.
    /// @return whether it does.
    function _isAnchored(uint256 accountId, uint256 commitment) private view returns (bool) {
        (, uint64 first) = ANCHORS.firstOf(accountId);
        if (first == 0 || first > stoppedAt) revert NotCounted(accountId);
        (uint256 root, uint64 rootAt) = LEDGER.rootOf(accountId);
        (, uint64 ofPresent) = ANCHORS.anchorOf(accountId, commitment);
        (, uint64 ofRoot) = ANCHORS.anchorOf(accountId, root);
        uint256 last = Math.max(ofPresent, ofRoot);
        bool isOld = last >= uint256(first) + ANCHORS.parameters().leastAge && stoppedAt >= rootAt + WORD_PERIOD;
        return isOld && last > rootAt && last <= stoppedAt;
    }

    /// @notice Whether an account has claimed by the present snapshot.
    /// @param accountId the account.
    /// @return whether it has.
    function _hasLeft(uint256 accountId) private view returns (bool) {
        return _claims[_round][accountId].equity != 0;
    }
}
