// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {EmptyClaim, EquityClaim, ReductionClaim, Rest, TransferClaim} from "../liquidation/facts/Claims.sol";
import {IFactChecker} from "../liquidation/facts/IFactChecker.sol";
import {ReductionProof} from "../liquidation/facts/ReductionProof.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {IAnchorBook} from "./IAnchorBook.sol";
import {IClearingHouse} from "./IClearingHouse.sol";
import {IHouseAccounts} from "./IHouseAccounts.sol";
import {LedgerAccounts} from "./LedgerAccounts.sol";

/// @title HouseAccounts
/// @author Ballast
/// @notice The accounts of one clearing house, and what they are worth together.
/// @dev Made by the clearing house's constructor, and a contract of its own because the two don't fit into one. The
/// ledger takes its transfers as the clearing house's own. It holds no tokens.
contract HouseAccounts is IHouseAccounts {
    using LedgerAccounts for IPortfolioLedger;

    /// @notice What somebody has shown.
    struct Shown {
        int248 equity;
        bool isShown;
    }

    /// @notice Most accounts of the house.
    uint256 public constant MOST = 4;

    /// @inheritdoc IHouseAccounts
    address public immutable override clearingHouse;
    /// @notice The venue's ledger.
    IPortfolioLedger private immutable LEDGER;
    /// @notice Whose attestations count.
    ICoverageRegistry private immutable REGISTRY;
    /// @notice Which prices are the newest.
    IMarketClock private immutable CLOCK;
    /// @notice What checks equity and reduction proofs by them.
    IFactChecker private immutable FACTS;

    /// @notice The accounts.
    uint256[] private _ids;
    /// @notice What portfolios of accounts are worth in a snapshot, by a circuit.
    mapping(bytes32 key => Shown shown) private _shown;

    /// @notice Only who acts for the house.
    modifier onlyOperator() {
        if (msg.sender != IClearingHouse(clearingHouse).operator()) revert IClearingHouse.OnlyOperator(msg.sender);
        _;
    }

    /// @notice Starts with one account, for the clearing house that makes it.
    /// @param parts what belongs together.
    constructor(IClearingHouse.Parts memory parts) {
        (clearingHouse, LEDGER, REGISTRY) = (msg.sender, parts.ledger, parts.registry);
        (CLOCK, FACTS) = (parts.clock, parts.engine.facts());
        _ids.push(parts.houseAccount);
    }

    /// @inheritdoc IHouseAccounts
    function openAccount(
        uint256 commitment,
        EmptyClaim calldata claim
    ) external onlyOperator returns (uint256 accountId) {
        uint256 n = _ids.length;
        if (n == MOST) revert TooManyAccounts();
        accountId = LEDGER.openAccount(n, commitment, claim);
        _ids.push(accountId);
        emit HouseAccountOpened(accountId);
    }

    /// @inheritdoc IHouseAccounts
    function show(EquityClaim calldata claim) external {
        uint256 commitment = _commitmentOf(claim.accountId);
        FACTS.requireNewestEquity(claim, commitment);
        bytes32 key = _keyOf(claim.accountId, commitment, claim.snapshotId, claim.circuitId);
        _shown[key] = Shown(int248(claim.equity), true);
        emit HouseEquityShown(claim.accountId, claim.snapshotId, claim.equity);
    }

    /// @inheritdoc IHouseAccounts
    function trade(TransferClaim calldata claim, ReductionClaim calldata reduction) external onlyOperator {
        if (claim.funding != 0) revert IClearingHouse.WrongTransfer();
        ReductionProof.Subject memory subject = ReductionProof.Subject({
            accountId: claim.accountA,
            oldCommitment: _ofTransfer(claim.accountA),
            newCommitment: claim.newA,
            maxPenalty: IClearingHouse(clearingHouse).parameters().maxPenalty
        });
        LEDGER.commitmentOfOrdinary(claim.accountB);
        uint64 until = LEDGER.lockedUntil(claim.accountB);
        if (block.timestamp < until) revert IPortfolioLedger.AccountIsLocked(claim.accountB, until);
        FACTS.requireNewestReduction(reduction, subject);
        emit HouseTraded(claim.accountB);
        _move(claim, Rest.Free, "house");
    }

    /// @inheritdoc IHouseAccounts
    function shift(TransferClaim calldata from, TransferClaim calldata to) external onlyOperator {
        _ofTransfer(from.accountA);
        _ofTransfer(to.accountA);
        bool isAlone = from.accountB == 0 && to.accountB == 0;
        // SOUNDNESS: without a counterparty nothing but cash leaves or comes, and as much comes as leaves.
        bool isEven = to.funding > 0 && int256(from.funding) == -int256(to.funding);
        if (!isAlone || !isEven) revert IClearingHouse.WrongTransfer();
        emit CashShifted(from.accountA, to.accountA, uint64(to.funding));
        _move(from, Rest.Kept, "shift");
        _move(to, Rest.Kept, "shift");
    }

    /// @inheritdoc IHouseAccounts
    function equityWith(EquityClaim calldata claim) external view returns (uint64 time, int256 equity) {
        time = FACTS.requireNewestEquity(claim, _commitmentOf(claim.accountId));
        equity = claim.equity + restOf(claim.accountId, claim.snapshotId, claim.circuitId);
    }

    /// @inheritdoc IHouseAccounts
    function requireTierZero(uint256 accountId, uint256 commitment) external view {
        uint256 snapshotId;
        for (uint256 i = 0; i < _ids.length; ++i) {
            uint256 id = _ids[i];
            if (id != accountId && LEDGER.isEmpty(id)) continue;
            uint256 held = id == accountId ? commitment : LEDGER.commitmentOfHouse(id);
            ICoverageRegistry.Attestation memory found = REGISTRY.attestation(id, held);
            if (!found.isCurrent || found.tier != 0) revert IClearingHouse.HouseNotHealthy(held);
            // Two snapshots are good for money while one gives way to the next: what one account gains from the one to
            // the other another loses.
            if (snapshotId == 0) CLOCK.requireNewest(snapshotId = found.snapshotId);
            else if (snapshotId != found.snapshotId) revert IClearingHouse.HouseNotHealthy(held);
        }
    }

    /// @inheritdoc IHouseAccounts
    function areCounted(IAnchorBook anchors) external view returns (bool) {
        for (uint256 i = 0; i < _ids.length; ++i) {
            if (!LEDGER.isEmpty(_ids[i]) && !anchors.isAnchored(_ids[i])) return false;
        }
        return true;
    }

    /// @inheritdoc IHouseAccounts
    function requireHouse(uint256 accountId) external view {
        _ofTransfer(accountId);
    }

    /// @inheritdoc IHouseAccounts
    function accountIds() external view returns (uint256[] memory) {
        return _ids;
    }

    /// @inheritdoc IHouseAccounts
    function restOf(uint256 accountId, uint256 snapshotId, bytes32 circuitId) public view returns (int256 equity) {
        for (uint256 i = 0; i < _ids.length; ++i) {
            uint256 id = _ids[i];
            if (id == accountId || LEDGER.isEmpty(id)) continue;
            Shown memory found = _shown[_keyOf(id, LEDGER.commitmentOfHouse(id), snapshotId, circuitId)];
            if (!found.isShown) revert EquityNotShown(id);
            equity += found.equity;
        }
    }

    /// @notice Changes portfolios by a proof.
    /// @param claim the transfer.
    /// @param rest what A is left.
    /// @param action what it was proven for.
    function _move(TransferClaim calldata claim, Rest rest, bytes32 action) private {
        LEDGER.move(claim, rest, keccak256(abi.encode(action)));
    }

    /// @notice The portfolio of one of the house's accounts, whose equity is claimed.
    /// @param accountId the account.
    /// @return its commitment.
    function _commitmentOf(uint256 accountId) private view returns (uint256) {
        if (!_isHouse(accountId)) revert IClearingHouse.WrongAccount(accountId);
        return LEDGER.commitmentOfHouse(accountId);
    }

    /// @notice The portfolio of one of the house's accounts, which a transfer is about.
    /// @param accountId the account.
    /// @return its commitment.
    function _ofTransfer(uint256 accountId) private view returns (uint256) {
        if (!_isHouse(accountId)) revert IClearingHouse.WrongTransfer();
        return LEDGER.commitmentOfHouse(accountId);
    }

    /// @notice Whether an account is one of the house's.
    /// @param accountId the account.
    /// @return whether it is among them.
    function _isHouse(uint256 accountId) private view returns (bool) {
        for (uint256 i = 0; i < _ids.length; ++i) if (_ids[i] == accountId) return true;
        return false;
    }

    /// @notice Under what an equity is kept.
    /// @param accountId the account.
    /// @param commitment its portfolio.
    /// @param snapshotId the snapshot.
    /// @param circuitId the circuit.
    /// @return the key.
    function _keyOf(
        uint256 accountId,
        uint256 commitment,
        uint256 snapshotId,
        bytes32 circuitId
    ) private pure returns (bytes32) {
        return keccak256(abi.encode(accountId, commitment, snapshotId, circuitId));
    }
}
