// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {EquityClaim, TransferClaim} from "./facts/Claims.sol";
import {IPortfolioAward} from "./IPortfolioAward.sol";

/// @title The public sale
/// @author Ballast
/// @notice Sells a whole portfolio to anyone at a discount on its present equity that grows while the sale lasts, and
/// keeps a part of it back until it is known whether prices were pushed. A case comes here when its sealed phase
/// failed, or from Takeover when the account has equity after all; it goes to Takeover when it has none. Each of these
/// needs a proof, and the discount always goes on where it left off.
interface IPortfolioSale is IPortfolioAward {
    /// @notice Parameters, each bounded. `startWindow` and `duration` in served seconds, `holdPeriod` in seconds of the
    /// clock on the wall. Rates in ppm: discounts of the equity, `feeRate` of the cash, `challengerShare` of the fee,
    /// `holdBackRate` of the discount that a buyer got, slippages as moves of a price. The discount grows from
    /// `startDiscount` to `maxDiscount` within `duration`, then on at the same slope to `finalDiscount`.
    struct Parameters {
        uint64 startWindow;
        uint64 duration;
        uint64 holdPeriod;
        uint32 startDiscount;
        uint32 maxDiscount;
        uint32 finalDiscount;
        uint32 feeRate;
        uint32 challengerShare;
        uint32 holdBackRate;
        uint32 slippageBound;
        uint32 slippageCap;
    }

    /// @notice What is held back of a buyer's discount, in token units. `fromRound` is the volatility oracle's last
    /// round at the purchase, 0 when it was silent; `move` the largest move of a price since that was recorded, ppm;
    /// `releaseAt` is in Unix seconds.
    struct Hold {
        address buyer;
        uint32 fromRound;
        uint64 releaseAt;
        uint128 amount;
        uint128 move;
    }

    /// @notice Somebody proved what a case's account is worth.
    /// @param caseId the case.
    /// @param tier its tier.
    /// @param lots whole lots of equity, 0 for less than one.
    event EquityShown(uint256 indexed caseId, uint8 tier, uint256 lots);

    /// @notice A buyer took the portfolio over.
    /// @param caseId the case.
    /// @param buyer the owner of the account that took it.
    /// @param accountB to which account.
    /// @param cash lots left to the account.
    /// @param fee token units.
    /// @param heldBack token units held back.
    event Bought(
        uint256 indexed caseId,
        address indexed buyer,
        uint256 indexed accountB,
        uint64 cash,
        uint256 fee,
        uint256 heldBack
    );

    /// @notice Nobody proved in time that the account has anything to sell: the case was closed.
    /// @param caseId the case.
    event Lapsed(uint256 indexed caseId);

    /// @notice A larger move of a price than before was recorded.
    /// @param caseId the case.
    /// @param move the largest move since the purchase, ppm.
    event MoveRecorded(uint256 indexed caseId, uint256 move);

    /// @notice A hold-back was divided.
    /// @param caseId the case.
    /// @param buyer who bought.
    /// @param move the largest move of a price in the hold, in ppm; 0 when the oracle never answered.
    /// @param tax token units for the Gamma Reserve.
    /// @param returned token units credited to the buyer.
    event HoldReleased(uint256 indexed caseId, address indexed buyer, uint256 move, uint256 tax, uint256 returned);

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

    /// @notice New parameters.
    /// @param parameters all of them.
    /// @param fromCase the first case that they are for.
    event ParametersChanged(Parameters parameters, uint256 fromCase);

    /// @notice Only the venue may do this.
    error OnlyVenue(address caller);

    /// @notice The account has no disclosure key: it must set one first.
    error NoDisclosureKey(address account);

    /// @notice The case has changed since: look again, and prove for the new version.
    error VersionChanged(uint32 version);

    /// @notice The proof says nothing that moves the case: it is in Sale with equity, or in Takeover without.
    error NothingChanges(uint256 caseId);

    /// @notice Nothing is held back for this case, or it was released.
    error NoHold(uint256 caseId);

    /// @notice The hold ends at `releaseAt`, Unix seconds.
    error HoldRuns(uint64 releaseAt);

    /// @notice No larger move than the recorded one is known.
    error NoLargerMove(uint256 recorded);

    /// @notice The oracle's answer needs more gas than is left: it can't be skipped that way.
    error NotEnoughGas(uint256 needed);

    /// @notice Moves a case on by what its account is worth in the newest snapshot, which it shows to everybody; anyone
    /// who can prove it may, for a case in Sale or Takeover, or within `startWindow` after its sealed phase failed. In
    /// tier 0 or 1 it closes as cured. With a lot of equity or more it goes to Sale; without to Takeover.
    /// @param caseId the case.
    /// @param equity the account's equity.
    function showEquity(uint256 caseId, EquityClaim calldata equity) external;

    /// @notice Abandons a case whose sealed phase failed and whose equity nobody showed within `startWindow`; anyone
    /// may. Its account is free again.
    /// @param caseId the case.
    function lapse(uint256 caseId) external;

    /// @notice Buys the portfolio; anyone who has an account in the ledger may, while the case is in Sale. Pays the
    /// cash in the proof, between `priceOf` the equity and the equity, and the fee and the hold-back from the caller's
    /// credit first: nobody can be made to pay more than it proved. Where the equity's tier is 0 or 1 the case closes
    /// as cured instead, and nothing moves. The claim shows the account's equity to everybody.
    /// Purpose of the transfer: the engine's `purposeOf("award", caseId, version, caller)`.
    /// @param caseId the case.
    /// @param version the case's version that the buyer looked at.
    /// @param claim the transfer; its B is an account of the caller's whose new commitment is healthy.
    /// @param equity the account's equity, in the newest snapshot.
    function buy(
        uint256 caseId,
        uint32 version,
        TransferClaim calldata claim,
        EquityClaim calldata equity
    ) external;

    /// @notice Records the largest move of a price since the purchase, as far as the oracle knows it now: rounds that
    /// it forgets later count all the same. Anyone may, at any time, for bounded gas. A silent oracle changes nothing.
    /// @param caseId the case.
    function recordMove(uint256 caseId) external;

    /// @notice Divides a hold-back, from `releaseAt` on: the larger the largest move of a price since the purchase, the
    /// more goes to the Gamma Reserve; the rest is the buyer's. Anyone may.
    /// @param caseId the case.
    function releaseHold(uint256 caseId) external;

    /// @notice Sets the caller's disclosure key.
    /// @param key an X25519 public key; zero removes it.
    function setDisclosureKey(bytes32 key) external;

    /// @notice Publishes what only `to` can read; only the venue may, about any open case.
    /// @param caseId the case.
    /// @param to who has set a key.
    /// @param ciphertext the account's opening, sealed to its key.
    function disclose(uint256 caseId, address to, bytes calldata ciphertext) external;

    /// @notice Sets the parameters of cases that open from now on; by `schedule` and `execute` only.
    /// @param parameters_ the new ones.
    function setParameters(Parameters calldata parameters_) external;

    /// @notice The present discount, which never falls.
    /// @param caseId the case.
    /// @return ppm of the equity; `startDiscount` before there was a sale.
    function discountOf(uint256 caseId) external view returns (uint256);

    /// @notice The least cash that buys a portfolio now.
    /// @param caseId the case.
    /// @param equityLots whole lots of equity.
    /// @return lots: the equity less the present discount, rounded up.
    function priceOf(uint256 caseId, uint256 equityLots) external view returns (uint256);

    /// @notice For how long a case has been in Sale.
    /// @param caseId the case.
    /// @return served seconds, all of its sales together.
    function elapsedOf(uint256 caseId) external view returns (uint64);

    /// @notice Until when a case whose sealed phase failed can go on.
    /// @param caseId the case, in Sealed.
    /// @return until in served seconds; 0 while its sealed phase has not failed.
    function startsUntil(uint256 caseId) external view returns (uint64 until);

    /// @notice What is left of the window for showing equity after a failed sealed phase. None of it passes while no
    /// snapshot serves.
    /// @param caseId the case, in Sealed.
    /// @return served seconds; 0 before that, and once it has passed.
    function timeLeft(uint256 caseId) external view returns (uint64);

    /// @notice A case's hold-back.
    /// @param caseId the case.
    /// @return the hold; all zero when there is none or it was released.
    function holdOf(uint256 caseId) external view returns (Hold memory);

    /// @notice The parameters for cases that open now.
    /// @return the newest ones.
    function parameters() external view returns (Parameters memory);

    /// @notice A case's parameters: those in force when it opened.
    /// @param caseId the case.
    /// @return them.
    function parametersOf(uint256 caseId) external view returns (Parameters memory);

    /// @notice Where sealed bids are.
    /// @return the auction.
    function auction() external view returns (address);

    /// @notice What hold-backs are taxed by.
    /// @return the volatility oracle; zero: they are not.
    function volatilityOracle() external view returns (address);

    /// @notice Under which key an account reads disclosures.
    /// @param account the account.
    /// @return an X25519 public key; zero when there is none.
    function disclosureKeyOf(address account) external view returns (bytes32);
}
