import { tradeHouse } from "../../chain/liquidation/house-accounts.ts";
import { readParameters } from "../../chain/liquidation/read-parties.ts";
import { HOUSE_PURPOSE } from "../../liquidation/purpose.ts";
import { type Desk, sendStep } from "./context.ts";
import { checkOnLedger, reductionAt, tradeAt } from "./facts.ts";
import { planOf, type Trade, type Traded } from "./trade.ts";

/**
 * Moves some of the clearing house's risk to an ordinary account; only the operator may. Proven: requirement, short gamma and tier of the
 * house are no worse after it, and it loses at most the largest penalty.
 * @param trade its account is the house's.
 * @throws {BallastError} INVALID_INPUT naming the rule that it breaks; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyOperator; as the
 *   proofs; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type Trade, tradeForHouse } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "reduction">;
 * declare const trade: Trade;
 * const { account: house } = await tradeForHouse(desk, trade);
 * ```
 */
export async function tradeForHouse(desk: Desk<"transfer" | "reduction">, trade: Trade): Promise<Traded> {
  const { client, system, store } = desk;
  await checkOnLedger(desk, [trade.account, trade.taker]);
  const { funds } = await readParameters(client, system);
  const done = await tradeAt(desk, HOUSE_PURPOSE, planOf(trade));
  const reduction = await reductionAt(desk, trade.account, done.a, funds.maxPenalty);
  const receipt = await store.keepThenSend([done.a, done.b], () =>
    sendStep(desk, "trading for the house", () => tradeHouse(client, system, done.claim, reduction)),
  );
  return { account: done.a, taker: done.b, receipt };
}
