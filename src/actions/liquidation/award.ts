import type { Address, TransactionReceipt } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import { settleBid } from "../../chain/liquidation/auction.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { timeText } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, checkOnLedger, purposeIn, tradeAt } from "./facts.ts";

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

type AwardDesk = Desk<"transfer" | "coverage">;

/** The worst tier in which a portfolio may be taken over. */
const HEALTHY = 1;

/**
 * As the leader of a sealed auction: takes the portfolio over for what was bid. The taker as it will be is attested on the way.
 * @param cash the bid, lots.
 * @throws {BallastError} INVALID_INPUT out of turn, for a case about another account, or where the taker would not be healthy;
 *   COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { award, type Desk, type Takers } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const takers: Takers;
 * const { taker, tier } = await award(desk, 3n, takers, 1_200_000n);
 * ```
 */
export async function award(
  desk: AwardDesk,
  caseId: bigint,
  { account, taker }: Takers,
  cash: bigint,
): Promise<Awarded> {
  const { client, system } = desk;
  const view = await caseAbout(desk, caseId, account);
  checkTurn(view.auction?.leader, client.account.address, caseId);
  return takeWhole(desk, view, { account, taker }, cash, "settling the bid", (claim) =>
    settleBid(client, system, caseId, claim),
  );
}

/** Takes a case's whole portfolio over for some cash. @throws {BallastError} as {@link award}. */
export async function takeWhole(
  desk: AwardDesk,
  view: CaseView,
  { account, taker }: Takers,
  cash: bigint,
  title: string,
  send: (claim: Parameters<typeof settleBid>[3]) => Promise<TransactionReceipt>,
): Promise<Awarded> {
  await checkOnLedger(desk, [account, taker]);
  const purpose = purposeIn(view, "award", desk.client.account.address);
  const done = await tradeAt(desk, purpose, { a: account, b: taker, cash, whole: true });
  return desk.store.keepThenSend([done.b], async () => {
    const tier = await attestTier(desk, done.b, HEALTHY);
    const receipt = await sendStep(desk, title, () => send(done.claim));
    return { cash, account: done.a, taker: done.b, tier, receipt };
  });
}

/** @throws {BallastError} INVALID_INPUT. */
function checkTurn(
  leader: { readonly bidder: Address; readonly until: bigint } | undefined,
  sender: Address,
  caseId: bigint,
): void {
  if (leader !== undefined && isSameAddress(leader.bidder, sender)) return;
  const whose = leader === undefined ? "nobody's" : `${leader.bidder}'s until ${timeText(leader.until)}`;
  throw new BallastError("INVALID_INPUT", `It is ${whose} turn to settle case ${caseId}.`, {
    hint: "Look at `ballast liquidate show`: turns follow from the bids and the clock.",
  });
}
