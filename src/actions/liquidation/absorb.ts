import type { TransactionReceipt } from "viem";
import { type Absorbed, absorbLoss, clearResidual } from "../../chain/liquidation/house.ts";
import { absorbableLots, readFunds } from "../../chain/liquidation/read-funds.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { absorbPurpose } from "../../liquidation/purpose.ts";
import { type Desk, sendStep } from "./context.ts";
import { checkOnLedger, equityAt, transferAt } from "./facts.ts";
import { showOthers } from "./house-accounts.ts";

/** What the funds bore, and the house after it. */
export interface AbsorbedLoss extends Absorbed {
  /** As it was where nothing was drawn. */
  readonly house: OpenAccount;
  readonly isDrawn: boolean;
  readonly receipt: TransactionReceipt;
}

/**
 * Books the clearing house's loss, and bears of it with what the funds hold and a day may take, the insurance fund first; whoever has the
 * house's opening may. Its equity in
 * the newest snapshot becomes public.
 * @param house the account that what is drawn goes into.
 * @param others all other accounts of the house that hold anything: they are shown first, and all count together.
 * @throws {BallastError} INVALID_INPUT when it lacks nothing; COMMITMENT_MISMATCH; CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { absorbHouseLoss, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"equity" | "transfer">;
 * declare const house: OpenAccount;
 * const { fromInsuranceFund, residual } = await absorbHouseLoss(desk, house);
 * ```
 */
export async function absorbHouseLoss(
  desk: Desk<"equity" | "transfer">,
  house: OpenAccount,
  others: readonly OpenAccount[] = [],
): Promise<AbsorbedLoss> {
  const { client, system, snapshot, store } = desk;
  await checkOnLedger(desk, [house]);
  const equity = await equityAt(desk, house);
  const together = equity.equity + (await showOthers(desk, others));
  if (together >= 0n)
    throw new BallastError("INVALID_INPUT", "The clearing house lacks nothing.", {
      hint: "Settle it with `ballast liquidate clear`.",
    });
  const { most } = absorbableLots(await readFunds(client, system), system, together);
  const isDrawn = most > 0n;
  const funded = isDrawn
    ? await transferAt(desk, absorbPurpose(snapshot.snapshotId), { a: house, funding: most, rest: "kept" })
    : undefined;
  const absorbed = await store.keepThenSend(funded === undefined ? [] : [funded.a], () =>
    sendStep(desk, "absorbing the loss", () => absorbLoss(client, system, equity, funded?.claim)),
  );
  return { ...absorbed, house: funded?.a ?? house, isDrawn };
}

/**
 * Settles what is unsettled where the clearing house lacks nothing; whoever has its opening may.
 * @param others all other accounts of the house that hold anything.
 * @returns also what they are worth together, micro-USD, public from now on.
 * @throws {BallastError} COMMITMENT_MISMATCH; CHAIN_ERROR, e.g. HouseShort; as `proveEquity`.
 * @example
 * ```ts
 * import { clearHouse, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"equity">;
 * declare const house: OpenAccount;
 * const { equity } = await clearHouse(desk, house);
 * ```
 */
export async function clearHouse(
  desk: Desk<"equity">,
  house: OpenAccount,
  others: readonly OpenAccount[] = [],
): Promise<{ readonly equity: bigint; readonly receipt: TransactionReceipt }> {
  await checkOnLedger(desk, [house]);
  const rest = await showOthers(desk, others);
  const claim = await equityAt(desk, house);
  const receipt = await sendStep(desk, "clearing", () => clearResidual(desk.client, desk.system, claim));
  return { equity: claim.equity + rest, receipt };
}
