import type { Address, TransactionReceipt } from "viem";
import {
  lapseSale,
  passOver,
  reclaimBond,
  releaseHold,
  sweepUnrevealed,
} from "../../chain/liquidation/auction.ts";
import {
  abandonCase,
  challengeAccount,
  cureCase,
  escalateCase,
  openCase,
  settleChallenge,
} from "../../chain/liquidation/cases.ts";
import { type LiquidationCase, readCase } from "../../chain/liquidation/read-case.ts";
import { type LiquidationContext, nameIn, sendStep } from "./context.ts";

/** What anyone may do to a case by one call: no proof is needed, the chain knows it all. */
export const CASE_STEPS = {
  escalate: escalateCase,
  cure: cureCase,
  "pass-over": passOver,
  lapse: lapseSale,
  "release-hold": releaseHold,
  abandon: abandonCase,
} as const;
export type CaseStep = keyof typeof CASE_STEPS;

/** What anyone may do to a bidder's bond by one call. */
export const BOND_STEPS = { sweep: sweepUnrevealed, reclaim: reclaimBond } as const;
export type BondStep = keyof typeof BOND_STEPS;

/** A case after something was done to it. */
export interface SteppedCase {
  readonly case: LiquidationCase;
  readonly receipt: TransactionReceipt;
}

/**
 * Opens a case of an account that is attested in tier 2, 3 or 4.
 * @throws {BallastError} as `openCase`.
 * @example
 * ```ts
 * import { accountIdOf } from "ballast";
 * import { type LiquidationContext, openAttestedCase } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { case: opened } = await openAttestedCase(context, accountIdOf("desk"));
 * ```
 */
export async function openAttestedCase(context: LiquidationContext, accountId: bigint): Promise<SteppedCase> {
  const { client, system } = context;
  const title =
    context.nameOf === undefined ? "opening the case" : `opening a case of ${nameIn(context, accountId)}`;
  const { caseId, receipt } = await sendStep(context, title, () => openCase(client, system, accountId));
  return { case: await readCase(client, system, caseId), receipt };
}

/**
 * Challenges an account without a current attestation.
 * @throws {BallastError} as `challengeAccount`.
 * @example
 * ```ts
 * import { accountIdOf } from "ballast";
 * import { challenge, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { deadline } = await challenge(context, accountIdOf("desk"));
 * ```
 */
export function challenge(context: LiquidationContext, accountId: bigint) {
  return sendStep(context, "challenging the account", () =>
    challengeAccount(context.client, context.system, accountId),
  );
}

/**
 * Ends a challenge.
 * @throws {BallastError} as `settleChallenge`.
 * @example
 * ```ts
 * import { accountIdOf } from "ballast";
 * import { endChallenge, type LiquidationContext } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { caseId } = await endChallenge(context, accountIdOf("desk"));
 * ```
 */
export function endChallenge(context: LiquidationContext, accountId: bigint) {
  return sendStep(context, "settling the challenge", () =>
    settleChallenge(context.client, context.system, accountId),
  );
}

/**
 * Does one of {@link CASE_STEPS}.
 * @throws {BallastError} CHAIN_ERROR, as the step.
 * @example
 * ```ts
 * import { type LiquidationContext, stepCase } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const { case: now } = await stepCase(context, "escalate", 3n);
 * ```
 */
export async function stepCase(
  context: LiquidationContext,
  step: CaseStep,
  caseId: bigint,
): Promise<SteppedCase> {
  const { client, system } = context;
  const receipt = await sendStep(context, `${step}: case ${caseId}`, () =>
    CASE_STEPS[step](client, system, caseId),
  );
  return { case: await readCase(client, system, caseId), receipt };
}

/**
 * Does one of {@link BOND_STEPS}.
 * @throws {BallastError} CHAIN_ERROR, as the step.
 * @example
 * ```ts
 * import { type LiquidationContext, stepBond } from "ballast/actions";
 * declare const context: LiquidationContext;
 * const bidder = "0x00000000000000000000000000000000000000b1";
 * const { transactionHash } = await stepBond(context, "reclaim", 3n, bidder);
 * ```
 */
export function stepBond(
  context: LiquidationContext,
  step: BondStep,
  caseId: bigint,
  bidder: Address,
): Promise<TransactionReceipt> {
  const { client, system } = context;
  return sendStep(context, `${step}: case ${caseId}`, () => BOND_STEPS[step](client, system, caseId, bidder));
}
