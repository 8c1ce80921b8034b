// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILossPools} from "../clearing/ILossPools.sol";
import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IVolatilityOracle} from "../oracle/IVolatilityOracle.sol";
import {Governed} from "../shared/Governed.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {BidBook} from "./BidBook.sol";
import {EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {IFactChecker} from "./facts/IFactChecker.sol";
import {ILiquidationAuction} from "./ILiquidationAuction.sol";
import {ILiquidationEngine} from "./ILiquidationEngine.sol";
import {IPortfolioLedger} from "./IPortfolioLedger.sol";
import {Payments} from "./Payments.sol";

/// @title LiquidationAuction
/// @author Ballast
/// @notice Who takes a whole portfolio over: the best sealed bid, or the first buyer of a falling price.
contract LiquidationAuction is BidBook {
    using Math for uint256;

    /// @notice Gas for the oracle's answer about a hold: enough for all rounds that it keeps.
    uint256 public constant ORACLE_GAS = 3_000_000;
    /// @notice Gas beside it.
    uint256 private constant SPARE_GAS = 400_000;
    /// @notice Rates are in millionths.
    uint256 private constant MILLION = 1_000_000;

    /// @notice The accounts.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Whose attestations count.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice What checks equity proofs.
    IFactChecker private immutable FACTS;
    /// @inheritdoc ILiquidationAuction
    address public immutable override clearingHouse;
    /// @inheritdoc ILiquidationAuction
    address public immutable override volatilityOracle;
    /// @inheritdoc ILiquidationAuction
    uint64 public immutable override microsPerLot;

    /// @inheritdoc ILiquidationAuction
    mapping(address account => bytes32 key) public override disclosureKeyOf;
    /// @notice What is held back.
    mapping(uint256 caseId => Hold held) private _holds;

    /// @notice Starts without auctions.
    /// @param owner who lists liquidators and may schedule new parameters.
    /// @param engine_ whose cases these are.
    /// @param volatilityOracle_ what hold-backs are taxed by; zero: they are not.
    /// @param microsPerLot_ what a lot of the settlement asset is worth, micro-USD.
    /// @param parameters_ the first parameters.
    constructor(
        address owner,
        ILiquidationEngine engine_,
        address volatilityOracle_,
        uint64 microsPerLot_,
        Parameters memory parameters_
    )
        Governed(owner)
        Payments(ICollateralVault(engine_.vault()), IPortfolioLedger(engine_.ledger()).settlementId())
        BidBook(engine_, parameters_)
    {
        if (engine_.auction() != address(this) || microsPerLot_ == 0) revert PartsMismatch();
        LEDGER = IPortfolioLedger(engine_.ledger());
        REGISTRY = ICoverageRegistry(engine_.registry());
        FACTS = engine_.facts();
        (clearingHouse, volatilityOracle) = (engine_.clearingHouse(), volatilityOracle_);
        microsPerLot = microsPerLot_;
    }

    /// @inheritdoc ILiquidationAuction
    function settle(uint256 caseId, TransferClaim calldata claim) external nonReentrant {
        Auction storage found = _auctionInSealed(caseId);
        _book(caseId);
        uint64 cash = _settleBid(caseId, found);
        if (claim.cash != int256(uint256(cash))) revert WrongCash(claim.cash, cash, cash);
        _requireHealthyTaker(caseId, claim);
        uint256 fee = _feeOf(found, cash);
        emit Settled(caseId, msg.sender, claim.accountB, cash, fee);
        ENGINE.award(caseId, claim, msg.sender);
        _takeFee(fee);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function openSale(uint256 caseId, EquityClaim calldata equity) external nonReentrant {
        Auction storage found = _auctionInSealed(caseId);
        _book(caseId);
        if (found.failedAt == 0) revert NotFailed();
        Parameters storage chosen = _parametersOf(found);
        uint64 until = found.failedAt + chosen.saleStartWindow;
        if (block.timestamp >= until) revert TooLate(until);
        uint256 accountId = _caseOf(caseId).accountId;
        if (equity.accountId != accountId) revert WrongAccount(equity.accountId);
        uint64 time = FACTS.requireNewestEquity(equity, LEDGER.commitmentOf(accountId));
        if (equity.tier < 2) revert NotInBreach(equity.tier);
        uint256 lots = equity.equity > 0 ? uint256(equity.equity) / microsPerLot : 0;
        if (lots == 0) {
            emit Lapsed(caseId);
            ENGINE.move(caseId, ILiquidationEngine.Status.Takeover, equity.tier, time);
        } else {
            found.equityLots = uint64(lots.min(CASH_LIMIT - 1));
            found.saleAt = uint64(block.timestamp);
            found.saleUntil = found.saleAt + chosen.saleDuration;
            found.fromRound = _latestRound();
            ENGINE.move(caseId, ILiquidationEngine.Status.Sale, equity.tier, time);
            emit SaleOpened(caseId, found.equityLots, _caseOf(caseId).version, found.saleUntil);
        }
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function lapse(uint256 caseId) external nonReentrant {
        Auction storage found = _existing(caseId);
        ILiquidationEngine.Status status = _caseOf(caseId).status;
        uint64 from;
        if (status == ILiquidationEngine.Status.Sealed) {
            _book(caseId);
            if (found.failedAt == 0) revert NotFailed();
            from = found.failedAt + _parametersOf(found).saleStartWindow;
        } else if (status == ILiquidationEngine.Status.Sale) {
            from = found.saleUntil;
        } else {
            revert CaseNotThere(caseId);
        }
        if (block.timestamp < from) revert TooEarly(from);
        emit Lapsed(caseId);
        ENGINE.close(caseId, ILiquidationEngine.Outcome.Abandoned, 0, 0);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function buy(uint256 caseId, uint32 version, TransferClaim calldata claim) external nonReentrant {
        Auction storage found = _existing(caseId);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (current.status != ILiquidationEngine.Status.Sale) revert CaseNotThere(caseId);
        if (current.version != version) revert VersionChanged(current.version);
        if (block.timestamp >= found.saleUntil) revert TooLate(found.saleUntil);
        uint64 cash = _requireCash(caseId, found, claim.cash);
        _requireHealthyTaker(caseId, claim);
        Parameters storage chosen = _parametersOf(found);
        uint256 fee = _feeOf(found, cash);
        uint256 heldBack = _tokens(found.equityLots - cash) * chosen.holdBackRate / MILLION;
        if (heldBack != 0) {
            uint64 releaseAt = uint64(block.timestamp) + chosen.holdPeriod;
            _holds[caseId] = Hold(msg.sender, found.fromRound, releaseAt, uint128(heldBack));
        }
        emit Bought(caseId, msg.sender, claim.accountB, cash, fee, heldBack);
        ENGINE.award(caseId, claim, msg.sender);
        _takeFee(fee);
        if (heldBack != 0) _take(heldBack);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function releaseHold(uint256 caseId) external nonReentrant {
        Hold memory held = _holds[caseId];
        if (held.amount == 0) revert NoHold(caseId);
        if (block.timestamp < held.releaseAt) revert TooEarly(held.releaseAt);
        delete _holds[caseId];
        uint256 move = _moveSince(held.fromRound, held.releaseAt);
        Parameters storage chosen = _parametersOf(_auctions[caseId]);
        uint256 range = chosen.slippageCap - chosen.slippageBound;
        uint256 taxed = move > chosen.slippageBound ? (move - chosen.slippageBound).min(range) : 0;
        uint256 tax = uint256(held.amount) * taxed / range;
        emit HoldReleased(caseId, held.buyer, move, tax, held.amount - tax);
        _oweTax(tax);
        _credit(held.buyer, held.amount - tax);
        _tryRemit();
    }

    /// @inheritdoc ILiquidationAuction
    function setDisclosureKey(bytes32 key) external {
        disclosureKeyOf[msg.sender] = key;
        emit DisclosureKeySet(msg.sender, key);
    }

    /// @inheritdoc ILiquidationAuction
    function disclose(uint256 caseId, address to, bytes calldata ciphertext) external {
        if (msg.sender != LEDGER.venue()) revert OnlyVenue(msg.sender);
        ILiquidationEngine.Case memory current = _caseOf(caseId);
        if (current.status == ILiquidationEngine.Status.Closed) revert CaseNotThere(caseId);
        if (disclosureKeyOf[to] == bytes32(0)) revert NoDisclosureKey(to);
        emit Disclosed(caseId, current.version, to, ciphertext);
    }

    /// @inheritdoc ILiquidationAuction
    function holdOf(uint256 caseId) external view returns (Hold memory) {
        return _holds[caseId];
    }

    /// @inheritdoc ILiquidationAuction
    function engine() external view returns (address) {
        return address(ENGINE);
    }

    /// @inheritdoc ILiquidationAuction
    function priceOf(uint256 caseId) public view returns (uint64) {
        Auction storage found = _existing(caseId);
        if (found.saleAt == 0) revert CaseNotThere(caseId);
        Parameters storage chosen = _parametersOf(found);
        uint256 elapsed = (block.timestamp - found.saleAt).min(chosen.saleDuration);
        uint256 range = chosen.maxDiscount - chosen.startDiscount;
        uint256 discount = chosen.startDiscount + (range * elapsed) / chosen.saleDuration;
        return uint64((uint256(found.equityLots) * (MILLION - discount)).ceilDiv(MILLION));
    }

    /// @notice The clearing house.
    /// @return whom forfeits and taxes are owed to.
    function _collector() internal view override returns (ILossPools) {
        return ILossPools(clearingHouse);
    }

    /// @notice Takes the fee from the caller, and owes it to the clearing house.
    /// @param fee token units.
    function _takeFee(uint256 fee) private {
        if (fee == 0) return;
        _oweFee(fee);
        _take(fee);
    }

    /// @notice The last final round of the oracle.
    /// @return its number; 0 without an oracle, or when it doesn't answer.
    function _latestRound() private view returns (uint32) {
        bytes memory question = abi.encodeCall(IVolatilityOracle.latestRound, ());
        (uint256 size, uint256 round, ) = _ask(question, gasleft());
        return size >= 32 && round <= type(uint32).max ? uint32(round) : 0;
    }

    /// @notice The largest move of a price since a round. An oracle that doesn't answer taxes nobody, but nobody can
    /// make it silent by giving too little gas.
    /// @param fromRound the round; 0: none.
    /// @param until the last moment that counts.
    /// @return ppm of the price.
    function _moveSince(uint32 fromRound, uint64 until) private view returns (uint256 ppm) {
        if (fromRound == 0) return 0;
        uint256 needed = ORACLE_GAS + ORACLE_GAS / 32 + SPARE_GAS;
        if (gasleft() < needed) revert NotEnoughGas(needed);
        bytes memory question = abi.encodeCall(IVolatilityOracle.largestMove, (fromRound, until));
        (uint256 size, uint256 move, uint256 rounds) = _ask(question, ORACLE_GAS);
        return size >= 64 && rounds <= type(uint32).max ? move : 0;
    }

    /// @notice Asks the oracle. `try` would not do: it catches no answer of another form than expected, so such an
    /// oracle could stop a sale, or keep a hold for good.
    /// @param question the encoded call.
    /// @param most gas for it.
    /// @return size bytes of the answer; 0 when there is none.
    /// @return first the answer's first word, if it has one.
    /// @return second its second word, if it has two.
    function _ask(
        bytes memory question,
        uint256 most
    ) private view returns (uint256 size, uint256 first, uint256 second) {
        address oracle = volatilityOracle;
        assembly ("memory-safe") {
            if staticcall(most, oracle, add(question, 32), mload(question), 0, 64) {
                size := returndatasize()
                first := mload(0)
                second := mload(32)
            }
        }
    }

    /// @notice Reverts unless the cash is between the price and the equity.
    /// @param caseId the case.
    /// @param found its auction.
    /// @param cash lots.
    /// @return the cash.
    function _requireCash(uint256 caseId, Auction storage found, int64 cash) private view returns (uint64) {
        (uint64 least, uint64 most) = (priceOf(caseId), found.equityLots);
        bool isWithin = cash >= int256(uint256(least)) && cash <= int256(uint256(most));
        if (!isWithin) revert WrongCash(cash, least, most);
        return uint64(cash);
    }

    /// @notice Reverts unless account B is the caller's, and healthy after the transfer.
    /// @param caseId the case.
    /// @param claim the transfer.
    function _requireHealthyTaker(uint256 caseId, TransferClaim calldata claim) private view {
        if (LEDGER.ownerOf(claim.accountB) != msg.sender) revert NotYourAccount(claim.accountB);
        ICoverageRegistry.Attestation memory found = REGISTRY.attestation(claim.accountB, claim.newB);
        bool isNew = found.snapshotTime >= _caseOf(caseId).snapshotTime;
        if (!found.isCurrent || found.tier > 1 || !isNew) revert NotHealthy(claim.accountB, claim.newB);
    }

    /// @notice The fee on some cash.
    /// @param found the auction.
    /// @param cash lots.
    /// @return token units, rounded up.
    function _feeOf(Auction storage found, uint64 cash) private view returns (uint256) {
        return (_tokens(cash) * _parametersOf(found).feeRate).ceilDiv(MILLION);
    }

    /// @notice Lots as tokens.
    /// @param lots lots of the settlement asset.
    /// @return token units.
    function _tokens(uint64 lots) private view returns (uint256) {
        (, uint256 unitsPerLot) = _settlement();
        return lots * unitsPerLot;
    }
}
