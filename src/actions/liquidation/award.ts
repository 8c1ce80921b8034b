import type { Address, TransactionReceipt } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import { settleBid, settleBidUnshown, withdrawBid } from "../../chain/liquidation/auction.ts";
import { ceilingOf, discounted, lotsOf } from "../../chain/liquidation/fees.ts";
import type { AuctionView } from "../../chain/liquidation/read-auction.ts";
import { type CaseView, type LiquidationCase, readCase } from "../../chain/liquidation/read-case.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import type { EquityClaim, TransferClaim } from "../../liquidation/claims.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, ceilingAt, checkOnLedger, equityAt, purposeIn, tradeAt } from "./facts.ts";

/** Who takes a case's whole portfolio over, and from whom. */
export interface Takers {
  /** The case's account. */
  readonly account: OpenAccount;
  /** The account that takes all of it and pays; the sender owns it. */
  readonly taker: OpenAccount;
}

/** A portfolio that was taken over whole. */
export interface Awarded {
  /** Lots of the settlement asset that were paid for it. */
  readonly cash: bigint;
  /** What the case leaves to its account; the transaction tells it to everybody. */
  readonly account: OpenAccount;
  readonly taker: OpenAccount;
  /** Of the taker: 0 or 1. */
  readonly tier: number;
  readonly receipt: TransactionReceipt;
}

type AwardDesk = Desk<"transfer" | "coverage" | "equity">;

/** The worst tier in which a portfolio may be taken over, and in which an account keeps its own. */
const HEALTHY = 1;

/** What a leader pays: what it bid, or the floor of the equity where that is more, if it is no more than it wants to pay. */
export interface Offer {
  /** Lots. */
  readonly bid: bigint;
  /** Lots. Default: the bid. */
  readonly atMost?: bigint;
}

/**
 * As the leader of a sealed auction: takes the portfolio over. The account's equity in the newest snapshot is shown, and the taker as it will be is
 * attested on the way.
 * @throws {BallastError} INVALID_INPUT out of turn, for a case about another account, where the floor is more than is offered or the account is
 *   healthy (`leave` then), or where the taker would not be healthy; COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { award, type Desk, type Takers } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage" | "equity">;
 * declare const takers: Takers;
 * const { taker, tier } = await award(desk, 3n, takers, { bid: 1_200_000n });
 * ```
 */
export async function award(
  desk: AwardDesk,
  caseId: bigint,
  { account, taker }: Takers,
  { bid, atMost = bid }: Offer,
): Promise<Awarded> {
  const { client, system } = desk;
  const view = await caseAbout(desk, caseId, account);
  const { parameters } = turnIn(view, client.account.address);
  await checkOnLedger(desk, [account, taker]);
  const equity = await equityAt(desk, account);
  checkBreach(caseId, equity, "leave with your bond: that cures its case");
  const lots = lotsOf(equity.equity, system.microsPerLot);
  const floor = discounted(lots, BigInt(parameters.maxDiscount));
  const cash = floor > bid ? floor : bid;
  if (cash > atMost)
    throw new BallastError(
      "INVALID_INPUT",
      `Case ${caseId} costs ${cash} lots now, which is more than the bid: its equity has risen.`,
      {
        hint: "Offer that much at most, or leave with your bond.",
        details: { cash: String(cash) },
        inputs: ["settle.atMost"],
      },
    );
  return takeWhole(desk, view, { account, taker }, cash, "settling the bid", (claim) =>
    settleBid(client, system, caseId, claim, equity),
  );
}

/**
 * {@link award} without showing the account's equity: what everybody learns is that the account is in tier 2, 3 or 4, and that the cash is no less
 * than the floor of its equity; where it is above the bid, also that the bid was below that floor.
 * @param pay what is paid, lots, no less than the bid. Default: the bid. Where that is below the floor pay a round amount above, or show the
 *   equity: the floor itself would tell it.
 * @throws {BallastError} INVALID_INPUT out of turn, for a case about another account, for less than the bid, where the floor is more than is paid
 *   or the account is healthy, or where the taker would not be healthy; COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { awardUnshown, type Desk, type Takers } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage" | "ceiling">;
 * declare const takers: Takers;
 * const { taker, tier } = await awardUnshown(desk, 3n, takers, { bid: 1_200_000n });
 * ```
 */
export async function awardUnshown(
  desk: Desk<"transfer" | "coverage" | "ceiling">,
  caseId: bigint,
  { account, taker }: Takers,
  { bid, pay = bid }: { readonly bid: bigint; readonly pay?: bigint },
): Promise<Awarded> {
  const { client, system } = desk;
  const view = await caseAbout(desk, caseId, account);
  const { parameters } = turnIn(view, client.account.address);
  if (pay < bid)
    throw new BallastError("INVALID_INPUT", `The bid in case ${caseId} is more than is offered now.`, {
      hint: "Pay what you bid, or more.",
      inputs: ["settle.pay"],
    });
  await checkOnLedger(desk, [account, taker]);
  const ceiling = ceilingOf(pay, BigInt(parameters.maxDiscount), system.microsPerLot);
  const claim = await ceilingAt(desk, account, ceiling);
  return takeWhole(desk, view, { account, taker }, pay, "settling the bid", (transfer) =>
    settleBidUnshown(client, system, caseId, transfer, claim),
  );
}

/** A case after its leader left. */
export interface Left {
  readonly case: LiquidationCase;
  /** Micro-USD, public from now on. */
  readonly equity: bigint;
  readonly tier: number;
  readonly receipt: TransactionReceipt;
}

/**
 * As the leader of a sealed auction: leaves with the bond, because the equity's floor is more than was bid, or because the account is healthy:
 * then its case is cured.
 * @throws {BallastError} INVALID_INPUT out of turn, or for a case about another account; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. BidIsEnough;
 *   as `proveEquity`.
 * @example
 * ```ts
 * import { type Desk, leave, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const account: OpenAccount;
 * const { tier } = await leave(desk, 3n, account);
 * ```
 */
export async function leave(desk: Desk<"equity">, caseId: bigint, account: OpenAccount): Promise<Left> {
  const { client, system } = desk;
  turnIn(await caseAbout(desk, caseId, account), client.account.address);
  await checkOnLedger(desk, [account]);
  const claim = await equityAt(desk, account);
  const receipt = await sendStep(desk, "leaving the auction", () =>
    withdrawBid(client, system, caseId, claim),
  );
  const { equity, tier } = claim;
  return { case: await readCase(client, system, caseId), equity, tier, receipt };
}

/** Takes a case's whole portfolio over for some cash. @throws {BallastError} as {@link award}. */
export async function takeWhole(
  desk: Desk<"transfer" | "coverage">,
  view: CaseView,
  { account, taker }: Takers,
  cash: bigint,
  title: string,
  send: (claim: TransferClaim) => Promise<TransactionReceipt>,
): Promise<Awarded> {
  const purpose = purposeIn(view, "award", desk.client.account.address);
  const done = await tradeAt(desk, purpose, { a: account, b: taker, cash, rest: "whole" });
  return desk.store.keepThenSend([done.b], async () => {
    const tier = await attestTier(desk, done.b, HEALTHY);
    const receipt = await sendStep(desk, title, () => send(done.claim));
    return { cash, account: done.a, taker: done.b, tier, receipt };
  });
}

/** @throws {BallastError} INVALID_INPUT for an account that is healthy. */
export function checkBreach(caseId: bigint, { tier }: EquityClaim, hint: string): void {
  if (tier > HEALTHY) return;
  throw new BallastError(
    "INVALID_INPUT",
    `The account of case ${caseId} is in tier ${tier} now: it keeps what it has.`,
    { hint: `Nobody takes it over; ${hint}.` },
  );
}

/** The auction in which it is the sender's turn. @throws {BallastError} INVALID_INPUT. */
function turnIn({ case: { caseId }, auction }: CaseView, sender: Address): AuctionView {
  const leader = auction?.leader;
  if (auction !== undefined && leader !== undefined && isSameAddress(leader.bidder, sender)) return auction;
  const whose = leader === undefined ? "nobody's" : `${leader.bidder}'s`;
  throw new BallastError("INVALID_INPUT", `It is ${whose} turn to settle case ${caseId}.`, {
    hint: "Look at `ballast liquidate show`: turns follow from the bids, and from the time that snapshots served.",
  });
}
