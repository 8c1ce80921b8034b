// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CeilingClaim, EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {IPortfolioAward} from "./IPortfolioAward.sol";

/// @title Sealed bids
/// @author Ballast
/// @notice Finds who takes a whole portfolio over, and for how much, before it is on sale to everybody. Bids are in
/// lots of the settlement asset that the account keeps. Every time here is in served seconds.
/// docs/protocol/liquidation.md draws the state machine.
interface ISealedAuction is IPortfolioAward {
    /// @notice Where a bid is. `Returned` and `Settled`: its bond is credited to the bidder; `Defaulted` and
    /// `Forfeited`: it is the insurance fund's.
    enum BidStatus {
        None,
        Committed,
        Revealed,
        Settled,
        Defaulted,
        Forfeited,
        Returned
    }

    /// @notice Parameters, each bounded. Windows in served seconds. `bidBond` is paid at commit, in token units;
    /// `bondRate` is what the bond must be at the reveal at least, in ppm of the bid. `maxDiscount`: the leader pays
    /// the equity less this at least, ppm. `feeRate`: ppm of the cash; `challengerShare`: ppm of the fee, for whoever
    /// challenged the account.
    struct Parameters {
        uint64 commitWindow;
        uint64 revealWindow;
        uint64 settleWindow;
        uint128 bidBond;
        uint32 bondRate;
        uint32 maxDiscount;
        uint32 feeRate;
        uint32 challengerShare;
    }

    /// @notice A case's auction. `version` is the case's while it is in Sealed: bids name it. `windowAt` is when the
    /// present leader's time to settle began; `failedAt` when the sealed phase failed, 0 if it didn't; `turns` how many
    /// leaders had their time in vain; `settled`: a bidder took the portfolio over.
    struct Auction {
        uint32 version;
        uint64 commitUntil;
        uint64 revealUntil;
        uint64 windowAt;
        uint64 failedAt;
        uint8 turns;
        bool settled;
    }

    /// @notice A bid; `cash` is 0 until it is revealed. The bond is in token units.
    struct Bid {
        address bidder;
        uint64 cash;
        BidStatus status;
        uint128 bond;
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

    /// @notice A bid was opened, and its bond topped up.
    /// @param caseId the case.
    /// @param bidder who bids.
    /// @param cash lots left to the account.
    /// @param bond token units, all of it.
    event BidRevealed(uint256 indexed caseId, address indexed bidder, uint64 cash, uint128 bond);

    /// @notice A bidder's time to settle passed: its bond is lost.
    /// @param caseId the case.
    /// @param bidder who didn't settle.
    /// @param time when its time ended and that of the next best, if any, began.
    event PassedOver(uint256 indexed caseId, address indexed bidder, uint64 time);

    /// @notice A leader left with its bond: it would have had to pay more than it bid.
    /// @param caseId the case.
    /// @param bidder the leader.
    /// @param floor lots that it would have had to pay.
    /// @param time when it left and the time of the next best, if any, began.
    event BidWithdrawn(uint256 indexed caseId, address indexed bidder, uint256 floor, uint64 time);

    /// @notice Nobody is left who could settle, or three didn't.
    /// @param caseId the case.
    /// @param time since when.
    event SealedFailed(uint256 indexed caseId, uint64 time);

    /// @notice A bidder took the portfolio over.
    /// @param caseId the case.
    /// @param bidder the winner.
    /// @param accountB to which account.
    /// @param cash lots left to the account.
    /// @param fee token units.
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

    /// @notice Who may bid.
    /// @param liquidator the account.
    /// @param listed whether it may.
    /// @param fromCase the first case about which this says something.
    event LiquidatorSet(address indexed liquidator, bool listed, uint256 fromCase);

    /// @notice New parameters.
    /// @param parameters all of them.
    /// @param fromCase the first case that they are for.
    event ParametersChanged(Parameters parameters, uint256 fromCase);

    /// @notice Only the engine may do this.
    error OnlyEngine(address caller);

    /// @notice The case never entered Sealed.
    error UnknownAuction(uint256 caseId);

    /// @notice The auction was opened before.
    error AlreadyOpened(uint256 caseId);

    /// @notice Only who was listed when the case opened bids.
    error NotALiquidator(address caller);

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

    /// @notice The bid is what is to be paid: the leader settles, or loses its bond.
    error BidIsEnough(uint64 cash, uint256 floor);

    /// @notice Nobody's time has passed.
    error NothingToPassOver();

    /// @notice The bond may still be needed, or is lost.
    error BondNotFree(address bidder);

    /// @notice Begins the sealed phase; only the engine may.
    /// @param caseId the case, which has just entered Sealed.
    function open(uint256 caseId) external;

    /// @notice Commits to a bid and posts the bond, from the caller's credit first; who was a listed liquidator when
    /// the case opened may, once.
    /// @param caseId the case.
    /// @param bidHash see `bidHashOf`.
    function commitBid(uint256 caseId, bytes32 bidHash) external;

    /// @notice Opens the caller's bid, between `commitUntil` and `revealUntil`, and tops its bond up to `bondRate` of
    /// the bid, from the caller's credit first: a bid without that does not count, and its bond is lost.
    /// @param caseId the case.
    /// @param cash lots of the settlement asset left to the account for its whole portfolio, below 2^36.
    /// @param salt the bid's salt.
    function revealBid(uint256 caseId, uint64 cash, bytes32 salt) external;

    /// @notice Takes the portfolio over for what was bid, or for `floorOf` the equity where that is more; the present
    /// leader may. Gets its bond as credit, and pays the fee from its credit first. Where the equity's tier is 0 or 1
    /// the case closes as cured instead: nothing moves, and the bond is back. The claim shows the account's equity to
    /// everybody.
    /// Purpose of the transfer: the engine's `purposeOf("award", caseId, version, caller)`.
    /// @param caseId the case.
    /// @param claim the transfer; its cash is what is to be paid, its B an account of the caller's whose new commitment
    /// is healthy.
    /// @param equity the account's equity, in the newest snapshot.
    function settle(uint256 caseId, TransferClaim calldata claim, EquityClaim calldata equity) external;

    /// @notice Takes the portfolio over as `settle` does, and shows neither the account's equity nor its tier: it is in
    /// tier 2, 3 or 4, and worth no more than `ceilingOf` the cash. The present leader may, for its bid or anything
    /// above; whose account is healthy by now shows its equity.
    /// @param caseId the case.
    /// @param claim the transfer, as in `settle`; its cash is no less than the bid, and below 2^36.
    /// @param ceiling that the account is in breach and worth no more, in the newest snapshot.
    function settleUnshown(uint256 caseId, TransferClaim calldata claim, CeilingClaim calldata ceiling) external;

    /// @notice Leaves with the bond, in the caller's turn, when `floorOf` the equity is more than it bid: a price that
    /// rose since is not the bidder's fault. The next bidder's turn begins then. Where the equity's tier is 0 or 1 the
    /// case closes as cured instead, and the bond is back too.
    /// @param caseId the case.
    /// @param equity the account's equity, in the newest snapshot.
    function withdrawBid(uint256 caseId, EquityClaim calldata equity) external;

    /// @notice Books what time has decided: leaders who didn't settle lose their bonds, and after three of them, or
    /// without another, the sealed phase has failed. Also after the case closed, for what had passed by then. Anyone
    /// may; nobody needs to wait for it.
    /// @param caseId the case.
    function passOver(uint256 caseId) external;

    /// @notice Books all that time has decided, bids that were not revealed included; anyone may, also when it is
    /// nothing. In a case that is over no more is decided.
    /// @param caseId the case.
    function conclude(uint256 caseId) external;

    /// @notice Sends the bond of a bid that was not revealed in time to the insurance fund; anyone may. Not when the
    /// case closed before `revealUntil`: then the bond goes back.
    /// @param caseId the case.
    /// @param bidder whose bid.
    function sweepUnrevealed(uint256 caseId, address bidder) external;

    /// @notice Credits a bidder its bond once it can serve no more; anyone may.
    /// @param caseId the case.
    /// @param bidder whose bond.
    function reclaim(uint256 caseId, address bidder) external;

    /// @notice Allows or forbids bids of an account in cases that open from now on; the owner may. Open ones keep their
    /// bidders.
    /// @param liquidator the account.
    /// @param listed whether it may bid.
    function setLiquidator(address liquidator, bool listed) external;

    /// @notice Sets the parameters of cases that open from now on; by `schedule` and `execute` only.
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
    /// @return until when its turn ends, in served seconds; without a leader 0.
    function leaderOf(uint256 caseId) external view returns (address bidder, uint64 cash, uint64 until);

    /// @notice When the sealed phase failed or, if nobody settles, will have.
    /// @param caseId the case.
    /// @return time served seconds, 0 while bids can be made or revealed, and after a bidder settled.
    function failsAt(uint256 caseId) external view returns (uint64 time);

    /// @notice What the leader must pay at least for a portfolio of some equity.
    /// @param caseId the case.
    /// @param equityLots whole lots of equity.
    /// @return lots: the equity less `maxDiscount` of it, rounded up.
    function floorOf(uint256 caseId, uint256 equityLots) external view returns (uint256);

    /// @notice The largest equity for which some cash is no less than the floor.
    /// @param caseId the case.
    /// @param cash lots.
    /// @return micro-USD: the cash is at least `floorOf` the whole lots of it and of any less, and of none above.
    function ceilingOf(uint256 caseId, uint64 cash) external view returns (uint256);

    /// @notice What is left of a case's windows. None of it passes while no snapshot serves.
    /// @param caseId the case.
    /// @return commit served seconds in which bids can be made.
    /// @return reveal served seconds until the last reveal.
    /// @return turn served seconds of the present leader's turn.
    function timeLeft(uint256 caseId) external view returns (uint64 commit, uint64 reveal, uint64 turn);

    /// @notice The parameters for cases that open now.
    /// @return the newest ones.
    function parameters() external view returns (Parameters memory);

    /// @notice A case's parameters: those in force when it opened.
    /// @param caseId the case.
    /// @return them.
    function parametersOf(uint256 caseId) external view returns (Parameters memory);

    /// @notice Whether an account may bid in cases that open now.
    /// @param account the account.
    /// @return true while the owner lists it.
    function isLiquidator(address account) external view returns (bool);

    /// @notice Whether an account may bid in a case.
    /// @param caseId the case.
    /// @param account the account.
    /// @return true if it was listed when the case opened.
    function mayBid(uint256 caseId, address account) external view returns (bool);
}
