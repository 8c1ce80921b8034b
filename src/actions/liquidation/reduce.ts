import { reduceCase } from "../../chain/liquidation/cases.ts";
import { readParameters } from "../../chain/liquidation/read-parties.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, checkOnLedger, equityAt, purposeIn, reductionAt, tradeAt } from "./facts.ts";
import { planOf, type Trade, type Traded } from "./trade.ts";

/**
 * Moves a slice off a case's account in its soft window: the venue may, with any ordinary account; the operator with the house's, whose
 * equity must not fall. What is left is attested on the way.
 * @returns also the tier of what is left.
 * @throws {BallastError} INVALID_INPUT for a case about another account, or a slice that breaks a rule; COMMITMENT_MISMATCH;
 *   CHAIN_ERROR, e.g. NotAllowed, WrongStatus, HouseWouldLose; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, reduceBySlice, type Trade } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "reduction" | "coverage" | "equity">;
 * declare const slice: Trade;
 * const { account, tier } = await reduceBySlice(desk, 3n, slice);
 * ```
 */
export async function reduceBySlice(
  desk: Desk<"transfer" | "reduction" | "coverage" | "equity">,
  caseId: bigint,
  slice: Trade,
): Promise<Traded & { readonly tier: number }> {
  const { client, system, store } = desk;
  const { account, taker } = slice;
  const view = await caseAbout(desk, caseId, account);
  await checkOnLedger(desk, [account, taker]);
  const { engine } = await readParameters(client, system);
  const purpose = purposeIn(view, "reduce", client.account.address);
  const done = await tradeAt(desk, purpose, { ...planOf(slice), rest: "kept" });
  const reduction = await reductionAt(desk, account, done.a, engine.maxPenalty);
  const house =
    taker.accountId === system.houseAccount
      ? [await equityAt(desk, taker), await equityAt(desk, done.b)]
      : [];
  return store.keepThenSend([done.a, done.b], async () => {
    const tier = await attestTier(desk, done.a);
    const receipt = await sendStep(desk, "reducing the account", () =>
      reduceCase(client, system, caseId, done.claim, reduction, house),
    );
    return { account: done.a, taker: done.b, tier, receipt };
  });
}
