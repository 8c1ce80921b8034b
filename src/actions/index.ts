/**
 * What the roles of a venue do, end to end: attest, challenge, reduce, bid, settle, absorb, disclose, check. Each act takes a context:
 * who sends, the venue's contracts, where accounts are kept, what proves, and whom it tells how far it is. It runs in a browser; acts
 * that need files and keys on disk are in `ballast/node`.
 *
 * @packageDocumentation
 */

export { type NextAction, nextActions } from "../chain/liquidation/next.ts";
export { type CaseView, readCaseView } from "../chain/liquidation/read-case.ts";
export { type LiquidationSystem, liquidationOf } from "../chain/liquidation/system.ts";
export type { OpenAccount } from "../liquidation/account.ts";
export type { Bid } from "../liquidation/bid.ts";
export type { LiquidationStatement } from "../liquidation/circuits.ts";
export { afterClosing, type ExpiredClosing } from "../liquidation/expiry.ts";
export { type TransferPlace, transferContext } from "../liquidation/purpose.ts";
export { deriveOpening } from "../liquidation/transfers.ts";
export type { Holding } from "../risk/requirement.ts";
export { type Attested, type AttestedProofs, attestProofs, type NamedProof } from "./coverage/attest.ts";
export {
  type ClaimedExit,
  claimExit,
  type ExitStep,
  fixExit,
  giveSignOfLife,
  readExitMarks,
  resumeByRun,
  stopSilentVenue,
  type TakenExit,
  takeExit,
} from "./exit/exit.ts";
export { type CheckedInclusion, type CheckInclusionOptions, checkInclusion } from "./inclusion/check.ts";
export { type AbsorbedLoss, absorbHouseLoss, clearHouse } from "./liquidation/absorb.ts";
export { anchorAccount, type MembershipKit, type PlaceInRun } from "./liquidation/anchor.ts";
export {
  type BondStep,
  type CaseStep,
  challenge,
  endChallenge,
  openAttestedCase,
  type SteppedCase,
  stepBond,
  stepCase,
} from "./liquidation/anyone.ts";
export { attestAccount } from "./liquidation/attest.ts";
export {
  type Awarded,
  award,
  awardUnshown,
  type Left,
  leave,
  type Offer,
  type Takers,
} from "./liquidation/award.ts";
export { type BidStore, bidSealed, type CommittedBid, reveal } from "./liquidation/bid.ts";
export { type CashMoved, depositCash, withdrawCash } from "./liquidation/cash.ts";
export { type CheckedLiquidation, checkDeployedLiquidation } from "./liquidation/check.ts";
export {
  type Desk,
  deadlineFor,
  type Kits,
  type LedgerContext,
  type LiquidationContext,
} from "./liquidation/context.ts";
export { type Cured, cureByDeposit, cureByTrade } from "./liquidation/cure.ts";
export {
  type ClosedPart,
  type Deleveraged,
  type Deleveraging,
  deleverage,
} from "./liquidation/deleverage.ts";
export { type Disclosed, discloseTo, readDisclosed } from "./liquidation/disclose.ts";
export { type ClosedExpired, closeExpiredOf } from "./liquidation/expiry.ts";
export {
  Follower,
  type FollowListener,
  type FollowOptions,
  keepLooking,
  type Look,
  type TimedEvent,
} from "./liquidation/follow.ts";
export { openForHouse, type Shifted, shiftCash, showOthers } from "./liquidation/house-accounts.ts";
export {
  closeOwnAccount,
  type EmptyKit,
  type NewOwnAccount,
  openOwnAccount,
  ownAccountId,
  reclaimOwnBond,
} from "./liquidation/open-account.ts";
export { type PathOptions, planPath } from "./liquidation/plan-path.ts";
export { reduceBySlice } from "./liquidation/reduce.ts";
export { type LedgerChange, type Registration, registerOnLedger } from "./liquidation/register.ts";
export { releaseToFund } from "./liquidation/release.ts";
export { buyInSale, type Price, provenEquity, type ShownEquity } from "./liquidation/sale.ts";
export { type AccountStore, MemoryAccounts } from "./liquidation/store.ts";
export { type TakenOver, takeOverCase } from "./liquidation/take-over.ts";
export { type Trade, type Traded, tradeBetween } from "./liquidation/trade.ts";
export { tradeForHouse } from "./liquidation/trade-house.ts";
export { updateOnLedger } from "./liquidation/update.ts";
export { reportMarket } from "./oracle/report.ts";
export { type Progress, SILENT } from "./progress.ts";
export { type PublishedSnapshot, publishAsNewest } from "./snapshot/publish.ts";
export { type SettledPoint, settleTablePoint } from "./snapshot/settle.ts";
export { signAsOracle } from "./snapshot/sign.ts";
export { checkLots, type LotCheck } from "./solvency/check-lots.ts";
export { type AttestedQuestion, type AttestedVenue, readAttestedVenue } from "./solvency/read-attested.ts";
