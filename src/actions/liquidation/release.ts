import type { TransactionReceipt } from "viem";
import { releaseLots } from "../../chain/liquidation/house.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { RELEASE_PURPOSE } from "../../liquidation/purpose.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { transferAt } from "./facts.ts";

/**
 * Gives lots of the clearing house back to the insurance fund; only the operator may, while no loss is booked. The house as it will
 * be is attested on the way, in tier 0.
 * @param lots of the settlement asset, 1 or more.
 * @param others all other accounts of the house that hold anything: they are attested too, in tier 0.
 * @throws {BallastError} INVALID_INPUT where it would not be healthy; COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. OnlyOperator,
 *   LossUnsettled; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { type Desk, type OpenAccount, releaseToFund } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const house: OpenAccount;
 * const { house: next } = await releaseToFund(desk, house, 5_000n);
 * ```
 */
export async function releaseToFund(
  desk: Desk<"transfer" | "coverage">,
  house: OpenAccount,
  lots: bigint,
  others: readonly OpenAccount[] = [],
): Promise<{ readonly house: OpenAccount; readonly receipt: TransactionReceipt }> {
  const { client, system, store } = desk;
  const done = await transferAt(desk, RELEASE_PURPOSE, { a: house, funding: -lots, rest: "kept" });
  return store.keepThenSend([done.a], async () => {
    for (const account of [...others, done.a]) await attestTier(desk, account, 0);
    const receipt = await sendStep(desk, "releasing lots", () => releaseLots(client, system, done.claim));
    return { house: done.a, receipt };
  });
}
