import type { TransactionReceipt } from "viem";
import { cureByTransfer } from "../../chain/liquidation/cases.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import type { ProvenTransfer } from "../../liquidation/claims.ts";
import { attestTier } from "./attest.ts";
import { type Desk, sendStep } from "./context.ts";
import { caseAbout, type Moves, purposeIn, tradeAt, transferAt } from "./facts.ts";
import { planOf, type Trade, type Traded } from "./trade.ts";

/** The worst tier that cures a case. */
const HEALTHY = 1;

type CureDesk = Desk<"transfer" | "coverage">;

/** A case that is closed: its account is healthy. */
export interface Cured {
  readonly account: OpenAccount;
  /** 0 or 1. */
  readonly tier: number;
  readonly receipt: TransactionReceipt;
}

/**
 * Closes a case by paying collateral in; whoever has the account's opening and the tokens may. The account as it will be is attested on
 * the way.
 * @param lots of the settlement asset; the tokens are approved here.
 * @throws {BallastError} INVALID_INPUT for a case about another account, or where it would not be healthy; COMMITMENT_MISMATCH;
 *   CHAIN_ERROR; as the proofs; what keeping throws.
 * @example
 * ```ts
 * import { cureByDeposit, type Desk, type OpenAccount } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const account: OpenAccount;
 * const { tier } = await cureByDeposit(desk, 3n, account, 500_000n);
 * ```
 */
export async function cureByDeposit(
  desk: CureDesk,
  caseId: bigint,
  account: OpenAccount,
  lots: bigint,
): Promise<Cured> {
  const done = await transferAt(desk, await curePurpose(desk, caseId, account), {
    a: account,
    funding: lots,
    rest: "kept",
  });
  return { ...(await cure(desk, caseId, done, [done.a])), account: done.a };
}

/**
 * Closes a case by a trade after which the account is healthy; only the venue may.
 * @throws {BallastError} as {@link cureByDeposit}.
 * @example
 * ```ts
 * import { cureByTrade, type Desk, type Trade } from "ballast/actions";
 * declare const desk: Desk<"transfer" | "coverage">;
 * declare const trade: Trade;
 * const { tier } = await cureByTrade(desk, 3n, trade);
 * ```
 */
export async function cureByTrade(desk: CureDesk, caseId: bigint, trade: Trade): Promise<Cured & Traded> {
  const plan: Moves & { readonly b: OpenAccount } = { ...planOf(trade), rest: "kept" };
  const done = await tradeAt(desk, await curePurpose(desk, caseId, trade.account), plan);
  return { ...(await cure(desk, caseId, done, [done.a, done.b])), account: done.a, taker: done.b };
}

async function curePurpose(desk: CureDesk, caseId: bigint, account: OpenAccount) {
  return purposeIn(await caseAbout(desk, caseId, account), "cure", desk.client.account.address);
}

function cure(desk: CureDesk, caseId: bigint, { a, claim }: ProvenTransfer, kept: readonly OpenAccount[]) {
  return desk.store.keepThenSend(kept, async () => {
    const tier = await attestTier(desk, a, HEALTHY);
    const receipt = await sendStep(desk, "curing the case", () =>
      cureByTransfer(desk.client, desk.system, caseId, claim),
    );
    return { tier, receipt };
  });
}
