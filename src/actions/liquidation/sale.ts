import type { TransactionReceipt } from "viem";
import { discounted, lotsOf } from "../../chain/liquidation/fees.ts";
import { type CaseView, readCaseView } from "../../chain/liquidation/read-case.ts";
import { buyPortfolio, showEquity } from "../../chain/liquidation/sale.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type Awarded, checkBreach, type Takers, takeWhole } from "./award.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, checkOnLedger, equityAt } from "./facts.ts";

/** A case after its account's equity was shown: cured, on sale, or waiting for its takeover. */
export interface ShownEquity {
  readonly view: CaseView;
  /** Micro-USD, public from now on. */
  readonly equity: bigint;
  readonly tier: number;
  readonly receipt: TransactionReceipt;
}

/**
 * Moves a case on by its account's equity in the newest snapshot: after the sealed phase failed, in the sale and in the takeover; whoever has the
 * account's opening may. In tier 0 or 1 the case is cured; with a lot of equity it is on sale, without it waits for the takeover.
 * @throws {BallastError} INVALID_INPUT for a case about another account; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. NotFailed, NothingChanges; as
 *   `proveEquity`.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, provenEquity } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const account: OpenAccount;
 * const { equity, view } = await provenEquity(desk, 3n, account);
 * ```
 */
export async function provenEquity(
  desk: Desk<"equity">,
  caseId: bigint,
  account: OpenAccount,
): Promise<ShownEquity> {
  const { client, system } = desk;
  await caseAbout(desk, caseId, account);
  await checkOnLedger(desk, [account]);
  const claim = await equityAt(desk, account);
  const receipt = await sendStep(desk, "showing the equity", () => showEquity(client, system, caseId, claim));
  const { equity, tier } = claim;
  return { view: await readCaseView(client, system, caseId), equity, tier, receipt };
}

/** What a buyer pays, lots: exactly so much, or the present price if that is no more. */
export type Price = { readonly exactly: bigint } | { readonly atMost: bigint };

/**
 * Buys a case's portfolio in its public sale; whoever owns the taker may. The account's equity in the newest snapshot is shown, and the price is that
 * less the discount; fee and hold-back are approved here; the taker as it will be is attested on the way.
 * @throws {BallastError} INVALID_INPUT for a case that is not on sale, or at another price, or about another or a healthy account;
 *   COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { buyInSale, type Desk, type Takers } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage" | "equity">;
 * declare const takers: Takers;
 * const { cash } = await buyInSale(desk, 3n, takers, { atMost: 1_100_000n });
 * ```
 */
export async function buyInSale(
  desk: Desk<"transfer" | "coverage" | "equity">,
  caseId: bigint,
  takers: Takers,
  price: Price,
): Promise<Awarded> {
  const { client, system } = desk;
  const view = await caseAbout(desk, caseId, takers.account);
  if (view.case.status !== "sale")
    throw new BallastError("INVALID_INPUT", `Case ${caseId} is not on sale: it is ${view.case.status}.`, {
      hint: "Look at `ballast liquidate show`.",
    });
  await checkOnLedger(desk, [takers.account, takers.taker]);
  const equity = await equityAt(desk, takers.account);
  checkBreach(caseId, equity, "show its equity: that cures its case");
  const cash = cashFor(view, lotsOf(equity.equity, system.microsPerLot), price);
  return takeWhole(desk, view, takers, cash, "buying the portfolio", (claim) =>
    buyPortfolio(client, system, caseId, view.case.version, claim, equity),
  );
}

/** @throws {BallastError} INVALID_INPUT. */
function cashFor({ sale }: CaseView, equityLots: bigint, wanted: Price): bigint {
  const price = discounted(equityLots, sale.discount);
  if ("atMost" in wanted) {
    if (price <= wanted.atMost) return price;
    throw new BallastError("INVALID_INPUT", `The price is ${price} lots now: more than ${wanted.atMost}.`, {
      hint: "Wait until it has fallen, or offer more.",
    });
  }
  const { exactly } = wanted;
  if (exactly >= price && exactly <= equityLots) return exactly;
  throw new BallastError("INVALID_INPUT", `The cash must be ${price} to ${equityLots} lots now.`, {
    hint: "Wait until the price has fallen, or offer more.",
  });
}
