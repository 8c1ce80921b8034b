import type { TransactionReceipt } from "viem";
import { takeOver } from "../../chain/liquidation/house.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, equityAt, purposeIn, tradeAt } from "./facts.ts";

/** A case that the clearing house has taken over. */
export interface TakenOver {
  /** What the case leaves to its account. */
  readonly account: OpenAccount;
  readonly house: OpenAccount;
  readonly receipt: TransactionReceipt;
}

/**
 * Takes a case's portfolio over into the clearing house's account, for nothing; only the operator may. Proven: its account has
 * less than a lot. What it lacks is booked, and the funds are locked from here until the loss is absorbed or cleared.
 * @throws {BallastError} INVALID_INPUT for a case about another account; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyOperator,
 *   WrongStatus; as `proveTransfer`, `proveEquity`; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, takeOverCase } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "equity">;
 * declare const accounts: { readonly account: OpenAccount; readonly house: OpenAccount };
 * const { house } = await takeOverCase(desk, 3n, accounts);
 * ```
 */
export async function takeOverCase(
  desk: Desk<"transfer" | "equity">,
  caseId: bigint,
  { account, house }: Pick<TakenOver, "account" | "house">,
): Promise<TakenOver> {
  const { client, system, store } = desk;
  const view = await caseAbout(desk, caseId, account);
  const purpose = purposeIn(view, "takeover", system.clearingHouse);
  const equity = await equityAt(desk, account);
  const done = await tradeAt(desk, purpose, { a: account, b: house, rest: "whole" });
  const receipt = await store.keepThenSend([done.b], () =>
    sendStep(desk, "taking the portfolio over", () => takeOver(client, system, caseId, done.claim, equity)),
  );
  return { account: done.a, house: done.b, receipt };
}
