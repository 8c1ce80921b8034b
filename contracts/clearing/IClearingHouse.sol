// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "../coverage/ICoverageRegistry.sol";
import {IMarketClock} from "../coverage/IMarketClock.sol";
import {DeleverageClaim, EquityClaim, TransferClaim} from "../liquidation/facts/Claims.sol";
import {ILiquidationEngine} from "../liquidation/ILiquidationEngine.sol";
import {IPortfolioLedger} from "../liquidation/IPortfolioLedger.sol";
import {ICollateralVault} from "../solvency/ICollateralVault.sol";
import {IAnchorBook} from "./IAnchorBook.sol";
import {IDeleveraging} from "./IDeleveraging.sol";
import {ILossPools} from "./ILossPools.sol";

/// @title The last resort: takes portfolios over, and spreads what they lose
/// @author Ballast
/// @notice Holds the house's accounts, which take over what nobody bought. A loss is booked when that lacks something,
/// and anew when the house's equity is proven. It is borne by the insurance fund, then the Gamma Reserve: what they
/// bear is reserved at once, and drawn within a daily cap. What they can't bear is the residual, which holders of the
/// opposite side pay pro rata, never more than their part of it. docs/protocol/clearing-house.md has the rules and
/// the proofs.
interface IClearingHouse is ILossPools {
    /// @notice What belongs together, fixed at construction: the venue's contracts (the anchor book is deployed after
    /// the clearing house, and checks that it is its own), the house's account, and what a lot of the settlement asset
    /// is worth in micro-USD.
    struct Parts {
        ICollateralVault vault;
        IPortfolioLedger ledger;
        ILiquidationEngine engine;
        ICoverageRegistry registry;
        IMarketClock clock;
        IAnchorBook anchors;
        uint256 houseAccount;
        uint256 microsPerLot;
    }

    /// @notice A portfolio was taken over: what it lacks is booked, until the house's equity is proven.
    /// @param caseId its case.
    /// @param lots of the settlement asset, rounded up; 0 when it lacks nothing.
    /// @param insured lots of these that the funds are to bear as far as they go; the rest is residual.
    event LossBooked(uint256 indexed caseId, uint256 lots, uint256 insured);

    /// @notice A loss was absorbed as far as the funds went. What is neither drawn nor residual is reserved.
    /// @param snapshotId the snapshot that the house's equity is of.
    /// @param loss what the house lacked, lots of the settlement asset, rounded up.
    /// @param fromInsuranceFund lots.
    /// @param fromGammaReserve lots.
    /// @param residual lots that nobody has borne yet.
    event Absorbed(
        uint256 indexed snapshotId,
        uint256 loss,
        uint256 fromInsuranceFund,
        uint256 fromGammaReserve,
        uint256 residual
    );

    /// @notice The house lacks nothing: what was unsettled is settled.
    /// @param snapshotId the snapshot that shows it.
    event Settled(uint256 indexed snapshotId);

    /// @notice A residual stood for 30 days and locks the funds no more; what is reserved stays so.
    /// @param residual lots.
    event WrittenOff(uint256 residual);

    /// @notice The house gave lots back to the insurance fund.
    /// @param lots lots of the settlement asset.
    event Released(uint256 lots);

    /// @notice A round was opened.
    /// @param roundId the round.
    /// @param instrumentId what is closed.
    /// @param snapshotId the snapshot of all its equities.
    /// @param residual lots that it is to bring in at most.
    event RoundOpened(
        uint256 indexed roundId,
        uint32 indexed instrumentId,
        uint256 indexed snapshotId,
        uint256 residual
    );

    /// @notice A holder had its part closed.
    /// @param roundId the round.
    /// @param accountId the holder.
    /// @param residual lots that are left.
    event Deleveraged(uint256 indexed roundId, uint256 indexed accountId, uint256 residual);

    /// @notice Another operator.
    /// @param operator who acts for the house from now on.
    event OperatorChanged(address indexed operator);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice Only the operator may do this.
    error OnlyOperator(address caller);

    /// @notice The house's account is not guarded in the ledger: the venue could change it without a proof.
    error HouseNotGuarded(uint256 accountId);

    /// @notice The equity is of none of the house's accounts, or of another of them.
    error WrongAccount(uint256 accountId);

    /// @notice The transfer is between other accounts, or has a field that this use does not allow.
    error WrongTransfer();

    /// @notice The account is frozen, or the house's own: the house does not deal with it.
    error AccountNotOrdinary(uint256 accountId);

    /// @notice The house's equity was proven by prices of this time already: older ones change nothing.
    error ProvenByNewerPrices(uint64 time);

    /// @notice The equity of all of the house's accounts is not negative: there is nothing to absorb.
    error HouseNotShort(int256 equity);

    /// @notice The equity of all of the house's accounts is negative: it must be absorbed first.
    error HouseShort(int256 equity);

    /// @notice The transfer may bring in what is reserved and may be drawn today: 0 to `most` lots.
    error WrongFunding(int64 funding, uint256 most);

    /// @notice There is no residual: the funds can bear all that the house lacks.
    error NoResidual();

    /// @notice A loss is booked that was neither drawn nor borne otherwise yet: absorb or clear it first.
    error LossUnsettled(uint256 lots);

    /// @notice The residual is written off no earlier than `until`.
    error TooEarlyToWriteOff(uint64 until);

    /// @notice The portfolio, of one of the house's accounts, has no current attestation of tier 0 in the snapshot of
    /// the others'.
    error HouseNotHealthy(uint256 commitment);

    /// @notice Takes a portfolio over by the engine, into one of the house's accounts; the operator may, when a closed
    /// run anchors it. What the portfolio lacks is booked on top of what is booked already, and the funds are locked,
    /// until the house's equity is proven. How much of it the funds bear the anchor book says. Purpose: the engine's
    /// `purposeOf("takeover", caseId, version, clearingHouse)`.
    /// @param caseId the case, in Takeover.
    /// @param claim the transfer; its B is one of the house's accounts.
    /// @param equity of the case's account: less than a lot, in the newest snapshot.
    function takeOver(uint256 caseId, TransferClaim calldata claim, EquityClaim calldata equity) external;

    /// @notice Books the loss that the house's equity shows in the newest snapshot, in place of what is booked, and
    /// draws of it, as far as takeovers were insured: whole lots of the insurance fund, then of the Gamma Reserve,
    /// which go into the vault and by the transfer to the house. Anyone may. Purpose: `purposeOf("absorb",
    /// snapshotId)`.
    /// @param house the equity of one of the house's accounts. What the others are worth has been shown in the same
    /// snapshot (`IHouseAccounts.show`): all together it is below 0.
    /// @param funding its A is one of the house's accounts, without a counterparty; its funding is the lots drawn: of
    /// each fund at most what is reserved of it for the loss, and `drawableToday`. When that is 0 lots, nothing else of
    /// it is looked at, and the loss that is booked already changes nothing.
    function absorb(EquityClaim calldata house, TransferClaim calldata funding) external;

    /// @notice Settles what is unsettled, when the house's equity in the newest snapshot is not below 0; anyone may.
    /// What was reserved vests as income does, and what takeovers lost is made good: nothing of it is insured any more.
    /// @param house the equity of one of the house's accounts, the others' shown in the same snapshot.
    function clearResidual(EquityClaim calldata house) external;

    /// @notice Lets a residual lock the funds no more, 30 days after it arose; anyone may.
    function writeOff() external;

    /// @notice Moves lots from the house's account and the vault to the insurance fund; the operator may, when no loss
    /// is booked. Purpose: `purposeOf("release", 0)`.
    /// @param lots lots of the settlement asset, at least one.
    /// @param claim its A is one of the house's accounts, without a counterparty; its funding is -lots. The new
    /// portfolio and those of all other accounts of the house are attested at tier 0, in one snapshot, the newest.
    function release(uint64 lots, TransferClaim calldata claim) external;

    /// @notice Opens a round of auto-deleveraging; the operator may, when the house lacks more than the funds have. It
    /// books that anew, and ends all rounds before it.
    /// @param terms its terms.
    /// @param newCommitment of the proof `holding`; it is not recorded.
    /// @param holding proves what one of the house's accounts holds on the other side, `closed` lots, at least
    /// `closing`: a deleverage proof about that account with isShort = !holdersShort, closing = open = 1, price = 0.
    /// @param house that account's equity in the newest snapshot, in which all others' were shown: together below 0.
    /// @return roundId the round, from 1.
    function openRound(
        IDeleveraging.Terms calldata terms,
        uint256 newCommitment,
        DeleverageClaim calldata holding,
        EquityClaim calldata house
    ) external returns (uint256 roundId);

    /// @notice Closes a holder's part in a round; the operator may. The house gains by it, at most the holder's part of
    /// the residual at the round's start: no holder pays more than its part, and all together no more than the
    /// residual. Purpose: `purposeOf("deleverage", roundId)`.
    /// @param roundId the round.
    /// @param claim its A is the holder, an ordinary account that no case froze, or one in Soft; its B is the round's
    /// account of the house; no funding.
    /// @param part proves that the holder's change is exactly its part by the round's terms.
    /// @param house that account's equity after it, over the transfer's newB, in the round's snapshot, which must still
    /// be good for money; with the others', which stay what they were, at most what the funds are to bear, below 0.
    /// @param holder the holder's equity after it, over the transfer's newA, in the newest snapshot, not below 0.
    function deleverage(
        uint256 roundId,
        TransferClaim calldata claim,
        DeleverageClaim calldata part,
        EquityClaim calldata house,
        EquityClaim calldata holder
    ) external;

    /// @notice Changes who acts for the house; by `schedule` and `execute` only.
    /// @param operator_ the new one.
    function setOperator(address operator_) external;

    /// @notice What a transfer of the house's account is proven for.
    /// @param action "absorb", "release", "house", "shift" or "deleverage", as bytes32.
    /// @param subject the snapshot of an absorption, the round of a deleveraging; else 0.
    /// @return keccak256(abi.encode(action, subject)), keccak256(abi.encode(action)) where the subject is 0.
    function purposeOf(bytes32 action, uint256 subject) external pure returns (bytes32);

    /// @notice Who acts for the house.
    /// @return the operator.
    function operator() external view returns (address);

    /// @notice The first of the house's accounts, which the venue registers; the others are opened (`IHouseAccounts`).
    /// @return its id, fixed for good.
    function houseAccount() external view returns (uint256);

    /// @notice What a lot of the settlement asset is worth.
    /// @return micro-USD.
    function microsPerLot() external view returns (uint256);

    /// @notice What is booked and not the funds' to bear, or more than they have: what the house lacked when its equity
    /// was last proven and what portfolios that it took over since lacked then, less what is reserved and what has been
    /// borne.
    /// @return lots of the settlement asset.
    function residual() external view returns (uint256);

    /// @notice What the funds may still have to bear: the insured part of what portfolios lacked that were taken over,
    /// less what was drawn, and at most what the house was last shown to lack. What it loses beyond that is residual.
    /// @return lots of the settlement asset; what is reserved is at most that.
    function insuredLoss() external view returns (uint256);

    /// @notice What losses may still take from each fund today: `dailyCap` of what it held at the day's first draw of
    /// it, one lot at least. Who pays in later raises it no more, and who leaves lowers it; a cap of all is no limit.
    /// Days begin at midnight UTC.
    /// @return insuranceFund lots of the settlement asset, whatever is reserved.
    /// @return gammaReserve the same of the Gamma Reserve.
    function drawableToday() external view returns (uint256 insuranceFund, uint256 gammaReserve);

    /// @notice Since when there has been a residual.
    /// @return Unix seconds; 0 without one.
    function residualSince() external view returns (uint64);

    /// @notice Since when the house has portfolios that its equity was not proven with. They lock the funds for 30 days
    /// at most.
    /// @return Unix seconds; 0 when it was.
    function unprovenSince() external view returns (uint64);

    /// @notice How often what the house lacks was shown anew, cleared or written off: by `absorb`, `clearResidual`,
    /// `writeOff` and `openRound`. A round goes on only while this is what it was at the round's opening.
    /// @return how often.
    function lossEpoch() external view returns (uint64);

    /// @notice The venue's vault.
    /// @return the vault's address, fixed at deployment.
    function vault() external view returns (address);

    /// @notice The venue's ledger.
    /// @return the ledger's address, fixed at deployment.
    function ledger() external view returns (address);

    /// @notice The venue's liquidation engine.
    /// @return the engine's address, fixed at deployment.
    function engine() external view returns (address);

    /// @notice What keeps the house's accounts, and adds up what they are worth.
    /// @return the address of the contract that the clearing house made.
    function accounts() external view returns (address);

    /// @notice What keeps the rounds, and checks them.
    /// @return the address of the contract that the clearing house made.
    function deleveraging() external view returns (address);

    /// @notice What anchors portfolios to solvency runs.
    /// @return the anchor book.
    function anchors() external view returns (address);

    /// @notice Which prices are the newest.
    /// @return the market clock.
    function clock() external view returns (address);

    /// @notice Where attestations, snapshots and verifiers come from.
    /// @return the coverage registry.
    function registry() external view returns (address);
}
