// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IBounded} from "../shared/IBounded.sol";
import {EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {IPayments} from "./IPayments.sol";

/// @title Sealed bids, then the public sale
/// @author Ballast
/// @notice Finds who takes a whole portfolio over, and for how much. Bids are in lots of the settlement asset that the
/// account keeps. Every time ends at a moment that is known when it begins: `until` is the first second that is too
/// late, and calling late or early moves nothing. docs/protocol/liquidation.md draws the state machine.
interface ILiquidationAuction is IPayments, IBounded {
    /// @notice Where a bid is. `Returned` and `Settled`: its bond is credited to the bidder; `Defaulted`: it is the
    /// next winner's, else the insurance fund's; `Forfeited`: it is the insurance fund's.
    enum BidStatus {
        None,
        Committed,
        Revealed,
        Settled,
        Defaulted,
        Forfeited,
        Returned
    }

    /// @notice Parameters, each bounded. Windows and durations in seconds, the bond in token units, rates in ppm:
    /// discounts of the equity, `feeRate` of the cash, `holdBackRate` of the discount that a buyer got, slippages as
    /// moves of a price.
    struct Parameters {
        uint64 commitWindow;
        uint64 revealWindow;
        uint64 settleWindow;
        uint64 saleStartWindow;
        uint64 saleDuration;
        uint64 holdPeriod;
        uint128 bidBond;
        uint32 startDiscount;
        uint32 maxDiscount;
        uint32 feeRate;
        uint32 holdBackRate;
        uint32 slippageBound;
        uint32 slippageCap;
    }

    /// @notice A case's auction. `version` is the case's while it is in Sealed: bids name it. `windowAt` is when the
    /// present leader's time to settle began; `failedAt` when the sealed phase failed, 0 if it didn't; `settled`: a
    /// bidder took the portfolio over. `saleAt` and what follows are 0 without a sale; `fromRound` is the last round of
    /// the volatility oracle before it, 0 for none. `pot` is the bonds of those who didn't settle, in token units.
    struct Auction {
        uint32 version;
        uint32 parameterSet;
        uint64 commitUntil;
        uint64 revealUntil;
        uint64 windowAt;
        uint64 failedAt;
        uint64 saleAt;
        uint64 saleUntil;
        uint64 equityLots;
        uint32 fromRound;
        bool settled;
        uint128 pot;
    }

    /// @notice A bid; `cash` is 0 until it is revealed.
    struct Bid {
        address bidder;
        uint64 cash;
        BidStatus status;
    }

    /// @notice What is held back of a buyer's discount, in token units.
    struct Hold {
        address buyer;
        uint32 fromRound;
        uint64 releaseAt;
        uint128 amount;
    }

    /// @notice Bids can be made.
    /// @param caseId the case.
    /// @param version the case's version, which bids name.
    /// @param commitUntil when bids end and revealing begins.
    /// @param revealUntil when revealing ends.
    event SealedOpened(uint256 indexed caseId, uint32 version, uint64 commitUntil, uint64 revealUntil);

    /// @notice A bid was committed, with its bond.
    /// @param caseId the case.
    /// @param bidder who bids.
    /// @param bidHash the bid.
    event BidCommitted(uint256 indexed caseId, address indexed bidder, bytes32 bidHash);

    /// @notice A bid was opened.
    /// @param caseId the case.
    /// @param bidder who bids.
    /// @param cash lots left to the account.
    event BidRevealed(uint256 indexed caseId, address indexed bidder, uint64 cash);

    /// @notice A bidder's time to settle passed: its bond is lost.
    /// @param caseId the case.
    /// @param bidder who didn't settle.
    /// @param time when its time ended and that of the next best, if any, began.
    event PassedOver(uint256 indexed caseId, address indexed bidder, uint64 time);

    /// @notice Nobody is left who could settle.
    /// @param caseId the case.
    /// @param time since when.
    event SealedFailed(uint256 indexed caseId, uint64 time);

    /// @notice A bidder took the portfolio over.
    /// @param caseId the case.
    /// @param bidder the winner.
    /// @param accountB to which account.
    /// @param cash lots left to the account.
    /// @param fee token units paid to the clearing house.
    event Settled(
        uint256 indexed caseId,
        address indexed bidder,
        uint256 indexed accountB,
        uint64 cash,
        uint256 fee
    );

    /// @notice A bond went to the insurance fund: the bid was never revealed.
    /// @param caseId the case.
    /// @param bidder who had paid it.
    event BondForfeited(uint256 indexed caseId, address indexed bidder);

    /// @notice A bond was given back.
    /// @param caseId the case.
    /// @param bidder who had paid it, and can withdraw it.
    event BondReturned(uint256 indexed caseId, address indexed bidder);

    /// @notice The bonds of those who didn't settle found their owner.
    /// @param caseId the case.
    /// @param to the bidder who settled; zero: the insurance fund.
    /// @param amount token units.
    event PotPaid(uint256 indexed caseId, address indexed to, uint256 amount);

    /// @notice The public sale began.
    /// @param caseId the case.
    /// @param equityLots the account's equity in lots, from which discounts are taken.
    /// @param version the case's version, which buyers name.
    /// @param saleUntil when it ends.
    event SaleOpened(uint256 indexed caseId, uint64 equityLots, uint32 version, uint64 saleUntil);

    /// @notice A buyer took the portfolio over.
    /// @param caseId the case.
    /// @param buyer the owner of the account that took it.
    /// @param accountB to which account.
    /// @param cash lots left to the account.
    /// @param fee token units paid to the clearing house.
    /// @param heldBack token units held back.
    event Bought(
        uint256 indexed caseId,
        address indexed buyer,
        uint256 indexed accountB,
        uint64 cash,
        uint256 fee,
        uint256 heldBack
    );

    /// @notice No sale was started, or nobody bought, in time.
    /// @param caseId the case.
    event Lapsed(uint256 indexed caseId);

    /// @notice A hold-back was divided.
    /// @param caseId the case.
    /// @param buyer who bought.
    /// @param move the largest move of a price in the hold, in ppm; 0 when the oracle didn't answer.
    /// @param tax token units for the Gamma Reserve.
    /// @param returned token units credited to the buyer.
    event HoldReleased(uint256 indexed caseId, address indexed buyer, uint256 move, uint256 tax, uint256 returned);

    /// @notice Who may bid.
    /// @param liquidator the account.
    /// @param listed whether it may.
    event LiquidatorSet(address indexed liquidator, bool listed);

    /// @notice Under which key an account reads disclosures.
    /// @param account the account.
    /// @param key an X25519 public key; zero: none.
    event DisclosureKeySet(address indexed account, bytes32 key);

    /// @notice The venue told a liquidator what is for sale.
    /// @param caseId the case.
    /// @param version the case's version.
    /// @param to for whom.
    /// @param ciphertext the account's opening, sealed to its key.
    event Disclosed(uint256 indexed caseId, uint32 version, address indexed to, bytes ciphertext);

    /// @notice New parameters, for cases that enter Sealed from now on.
    /// @param parameters all of them.
    event ParametersChanged(Parameters parameters);

    /// @notice The parts of the deployment do not belong together.
    error PartsMismatch();

    /// @notice Only the engine may do this.
    error OnlyEngine(address caller);

    /// @notice Only the venue may do this.
    error OnlyVenue(address caller);

    /// @notice The case never entered Sealed.
    error UnknownAuction(uint256 caseId);

    /// @notice The auction was opened before.
    error AlreadyOpened(uint256 caseId);

    /// @notice The case is not, or no longer, where this can be done.
    error CaseNotThere(uint256 caseId);

    /// @notice Only listed liquidators bid.
    error NotALiquidator(address caller);

    /// @notice This can be done from `from` on.
    error TooEarly(uint64 from);

    /// @notice This could be done before `until`.
    error TooLate(uint64 until);

    /// @notice A bidder bids once.
    error AlreadyBid(address bidder);

    /// @notice There are 16 bids already.
    error TooManyBids();

    /// @notice There is no such bid, or nothing can be done with it any more.
    error WrongBidStatus(address bidder, BidStatus status);

    /// @notice Cash and salt are not those of the committed bid, for this case, version, chain and bidder.
    error WrongOpening();

    /// @notice Cash must be below 2^36 lots.
    error CashTooLarge(uint64 cash);

    /// @notice It is another bidder's turn to settle; zero: nobody's.
    error NotLeader(address leader);

    /// @notice Nobody's time has passed, and no bond waits for its owner.
    error NothingToPassOver();

    /// @notice The transfer's cash is not what was bid, or not between the price and the equity.
    error WrongCash(int64 cash, uint64 least, uint64 most);

    /// @notice The account that takes the portfolio over is not the caller's.
    error NotYourAccount(uint256 accountId);

    /// @notice The account would not be healthy: attest its new commitment with tier 0 or 1, by a snapshot at least as
    /// new as the one that moved the case.
    error NotHealthy(uint256 accountId, uint256 commitment);

    /// @notice The bond may still be needed, or is lost.
    error BondNotFree(address bidder);

    /// @notice The sealed phase has not failed.
    error NotFailed();

    /// @notice The proof shows a healthy account, which is cured instead of sold.
    error NotInBreach(uint8 tier);

    /// @notice The equity is not that of the case's account.
    error WrongAccount(uint256 accountId);

    /// @notice The case has changed since: look again, and prove for the new version.
    error VersionChanged(uint32 version);

    /// @notice Nothing is held back for this case, or it was released.
    error NoHold(uint256 caseId);

    /// @notice The oracle's answer needs more gas than is left: it can't be skipped that way.
    error NotEnoughGas(uint256 needed);

    /// @notice The account has no disclosure key: it must set one first.
    error NoDisclosureKey(address account);

    /// @notice Begins the sealed phase; only the engine may.
    /// @param caseId the case, which has just entered Sealed.
    function open(uint256 caseId) external;

    /// @notice Commits to a bid and posts the bond; listed liquidators may, once each.
    /// @param caseId the case.
    /// @param bidHash see `bidHashOf`.
    function commitBid(uint256 caseId, bytes32 bidHash) external;

    /// @notice Opens the caller's bid, between `commitUntil` and `revealUntil`.
    /// @param caseId the case.
    /// @param cash lots of the settlement asset left to the account for its whole portfolio, below 2^36.
    /// @param salt the bid's salt.
    function revealBid(uint256 caseId, uint64 cash, bytes32 salt) external;

    /// @notice Takes the portfolio over for what was bid; the present leader may. Pays the fee, gets its own bond and
    /// the pot as credit. Purpose of the transfer: the engine's `purposeOf("award", caseId, version, caller)`.
    /// @param caseId the case.
    /// @param claim the transfer; its cash is the bid, its B an account of the caller's whose new commitment is
    /// healthy.
    function settle(uint256 caseId, TransferClaim calldata claim) external;

    /// @notice Books what time has decided: leaders who didn't settle lose their bonds, and without a leader the sealed
    /// phase has failed. Also after the case closed, for what had passed by then. Anyone may; nobody needs to wait for
    /// it.
    /// @param caseId the case.
    function passOver(uint256 caseId) external;

    /// @notice Sends the bond of a bid that was not revealed in time to the insurance fund; anyone may. Not when the
    /// case closed before `revealUntil`: then the bond goes back.
    /// @param caseId the case.
    /// @param bidder whose bid.
    function sweepUnrevealed(uint256 caseId, address bidder) external;

    /// @notice Credits a bidder its bond once it can serve no more; anyone may.
    /// @param caseId the case.
    /// @param bidder whose bond.
    function reclaim(uint256 caseId, address bidder) external;

    /// @notice Starts the public sale after the sealed phase failed, within `saleStartWindow`; anyone who can prove the
    /// account's equity in the newest snapshot may, if its tier is 2 or more. From then on the case is one by this
    /// proof. Without equity it goes to the clearing house.
    /// @param caseId the case.
    /// @param equity the account's equity.
    function openSale(uint256 caseId, EquityClaim calldata equity) external;

    /// @notice Sends a case to the clearing house whose sale was not started, or brought no buyer, in time; anyone may.
    /// One that nobody ever proved is abandoned instead.
    /// @param caseId the case.
    function lapse(uint256 caseId) external;

    /// @notice Buys the portfolio; anyone who has an account in the ledger may. The cash in the proof is what is paid,
    /// at least the present price: nobody can be made to pay more than it proved. Pays the fee and the hold-back.
    /// Purpose of the transfer: the engine's `purposeOf("award", caseId, version, caller)`.
    /// @param caseId the case.
    /// @param version the case's version that the buyer looked at.
    /// @param claim the transfer; its B is an account of the caller's whose new commitment is healthy.
    function buy(uint256 caseId, uint32 version, TransferClaim calldata claim) external;

    /// @notice Divides a hold-back, from `releaseAt` on: the larger the largest move of a price since the sale began,
    /// the more goes to the Gamma Reserve; the rest is the buyer's. Anyone may.
    /// @param caseId the case.
    function releaseHold(uint256 caseId) external;

    /// @notice Allows or forbids new bids of an account; the owner may, at once.
    /// @param liquidator the account.
    /// @param listed whether it may bid.
    function setLiquidator(address liquidator, bool listed) external;

    /// @notice Sets the caller's disclosure key.
    /// @param key an X25519 public key; zero removes it.
    function setDisclosureKey(bytes32 key) external;

    /// @notice Publishes what only `to` can read; only the venue may, about any open case.
    /// @param caseId the case.
    /// @param to who has set a key.
    /// @param ciphertext the account's opening, sealed to its key.
    function disclose(uint256 caseId, address to, bytes calldata ciphertext) external;

    /// @notice Sets the parameters; by `schedule` and `execute` only. Cases that entered Sealed keep theirs.
    /// @param parameters_ the new ones.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice What is committed: keccak256(abi.encode(keccak256("ballast.bid.v1"), chainid, auction, caseId, version,
    /// bidder, cash, salt)). Reading it from somebody else's node tells it the bid: compute it at home.
    /// @param caseId the case.
    /// @param version the case's version.
    /// @param bidder who bids.
    /// @param cash lots left to the account.
    /// @param salt 32 random bytes.
    /// @return the hash.
    function bidHashOf(
        uint256 caseId,
        uint32 version,
        address bidder,
        uint64 cash,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice A case's auction, as it was last booked.
    /// @param caseId the case.
    /// @return the auction. Reverts with UnknownAuction when there is none.
    function auctionOf(uint256 caseId) external view returns (Auction memory);

    /// @notice A case's bids, as they were last booked.
    /// @param caseId the case.
    /// @return the bids, in the order in which they were committed.
    function bidsOf(uint256 caseId) external view returns (Bid[] memory);

    /// @notice A bid that was committed.
    /// @param caseId the case.
    /// @param bidder who committed it.
    /// @return its hash; zero when there is none.
    function bidHashAt(uint256 caseId, address bidder) external view returns (bytes32);

    /// @notice Whose turn it is to settle now, booked or not.
    /// @param caseId the case.
    /// @return bidder the leader; zero before `revealUntil`, when nobody is left and when the case left Sealed.
    /// @return cash what it bid.
    /// @return until when its turn ends; without a leader 0.
    function leaderOf(uint256 caseId) external view returns (address bidder, uint64 cash, uint64 until);

    /// @notice When the sealed phase failed or, if nobody settles, will have.
    /// @param caseId the case.
    /// @return time the time, 0 while bids can be made or revealed, and after a bidder settled.
    function failsAt(uint256 caseId) external view returns (uint64 time);

    /// @notice The least cash that buys the portfolio now.
    /// @param caseId the case, in its sale.
    /// @return lots: the equity less the discount of this moment, rounded up.
    function priceOf(uint256 caseId) external view returns (uint64);

    /// @notice A case's hold-back.
    /// @param caseId the case.
    /// @return the hold; all zero when there is none or it was released.
    function holdOf(uint256 caseId) external view returns (Hold memory);

    /// @notice The parameters for cases that enter Sealed now.
    /// @return the newest ones.
    function parameters() external view returns (Parameters memory);

    /// @notice A case's parameters.
    /// @param caseId the case.
    /// @return them. Reverts with UnknownAuction when there is no auction.
    function parametersOf(uint256 caseId) external view returns (Parameters memory);

    /// @notice Whether an account may bid.
    /// @param account the account.
    /// @return true while the owner lists it.
    function isLiquidator(address account) external view returns (bool);

    /// @notice Under which key an account reads disclosures.
    /// @param account the account.
    /// @return an X25519 public key; zero when there is none.
    function disclosureKeyOf(address account) external view returns (bytes32);

    /// @notice Whose cases these are.
    /// @return the liquidation engine.
    function engine() external view returns (address);

    /// @notice Who gets fees, taxes and lost bonds.
    /// @return the clearing house.
    function clearingHouse() external view returns (address);

    /// @notice What hold-backs are taxed by.
    /// @return the volatility oracle; zero: they are not.
    function volatilityOracle() external view returns (address);

    /// @notice What a lot of the settlement asset is worth.
    /// @return micro-USD.
    function microsPerLot() external view returns (uint64);
}
