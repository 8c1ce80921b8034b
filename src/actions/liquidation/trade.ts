import type { TransactionReceipt } from "viem";
import { tradeAccounts } from "../../chain/liquidation/ledger.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { TRADE_PURPOSE } from "../../liquidation/purpose.ts";
import type { Holding } from "../../risk/requirement.ts";
import { type Desk, sendStep } from "./context.ts";
import { tradeAt } from "./facts.ts";

/** What moves between two accounts. */
export interface Trade {
  /** Who hands over. */
  readonly account: OpenAccount;
  readonly taker: OpenAccount;
  /** Lots that the account hands over, signed; none of the settlement asset. */
  readonly moved: readonly Holding[];
  /** Lots of the settlement asset that the taker pays, signed. */
  readonly cash: bigint;
}

/** Both accounts as they are from now on. */
export interface Traded {
  readonly account: OpenAccount;
  readonly taker: OpenAccount;
  readonly receipt: TransactionReceipt;
}

/** The plan of a trade, as a transfer. */
export function planOf({ account, taker, moved, cash }: Trade) {
  return { a: account, b: taker, moved, cash };
}

/**
 * Moves positions between two ordinary accounts; only the venue may.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyVenue, AccountFrozen; as `proveTransfer`; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type Trade, tradeBetween } from "ballast/actions";
 * declare const desk: Desk<"transfer">;
 * declare const trade: Trade;
 * const { account, taker } = await tradeBetween(desk, trade);
 * ```
 */
export async function tradeBetween(desk: Desk<"transfer">, trade: Trade): Promise<Traded> {
  const { client, system, store } = desk;
  const done = await tradeAt(desk, TRADE_PURPOSE, planOf(trade));
  const receipt = await store.keepThenSend([done.a, done.b], () =>
    sendStep(desk, "trading", () => tradeAccounts(client, system, done.claim)),
  );
  return { account: done.a, taker: done.b, receipt };
}
