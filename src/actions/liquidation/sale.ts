import type { TransactionReceipt } from "viem";
import { buyPortfolio, openSale } from "../../chain/liquidation/auction.ts";
import { type CaseView, readCaseView } from "../../chain/liquidation/read-case.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type Awarded, type Takers, takeWhole } from "./award.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, checkOnLedger, equityAt } from "./facts.ts";

/** A case after its public sale was started, or found to be without equity. */
export interface OpenedSale {
  readonly view: CaseView;
  /** Micro-USD, public from now on. */
  readonly equity: bigint;
  readonly receipt: TransactionReceipt;
}

/**
 * Starts the public sale after the sealed phase failed; whoever has the account's opening may. Without equity the case goes to the
 * clearing house.
 * @throws {BallastError} INVALID_INPUT for a case about another account; COMMITMENT_MISMATCH; CHAIN_ERROR; as `proveEquity`.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, openPublicSale } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const account: OpenAccount;
 * const { equity, view } = await openPublicSale(desk, 3n, account);
 * ```
 */
export async function openPublicSale(
  desk: Desk<"equity">,
  caseId: bigint,
  account: OpenAccount,
): Promise<OpenedSale> {
  const { client, system } = desk;
  await caseAbout(desk, caseId, account);
  await checkOnLedger(desk, [account]);
  const claim = await equityAt(desk, account);
  const receipt = await sendStep(desk, "opening the sale", () => openSale(client, system, caseId, claim));
  return { view: await readCaseView(client, system, caseId), equity: claim.equity, receipt };
}

/** What a buyer pays, lots: exactly so much, or the present price if that is no more. */
export type Price = { readonly exactly: bigint } | { readonly atMost: bigint };

/**
 * Buys a case's portfolio in its public sale; whoever owns the taker may. Fee and hold-back are approved here; the taker as it will be is
 * attested on the way.
 * @throws {BallastError} INVALID_INPUT for a case that is not on sale, or at another price, or about another account;
 *   COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { buyInSale, type Desk, type Takers } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const takers: Takers;
 * const { cash } = await buyInSale(desk, 3n, takers, { atMost: 1_100_000n });
 * ```
 */
export async function buyInSale(
  desk: Desk<"transfer" | "coverage">,
  caseId: bigint,
  takers: Takers,
  price: Price,
): Promise<Awarded> {
  const { client, system } = desk;
  const view = await caseAbout(desk, caseId, takers.account);
  const cash = cashFor(view, price);
  return takeWhole(desk, view, takers, cash, "buying the portfolio", (claim) =>
    buyPortfolio(client, system, caseId, view.case.version, claim),
  );
}

/** @throws {BallastError} INVALID_INPUT. */
function cashFor({ case: found, auction }: CaseView, wanted: Price): bigint {
  const sale = auction?.sale;
  if (found.status !== "sale" || sale === undefined)
    throw new BallastError("INVALID_INPUT", `Case ${found.caseId} is not on sale: it is ${found.status}.`, {
      hint: "Look at `ballast liquidate show`.",
    });
  const { price, equityLots } = sale;
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
