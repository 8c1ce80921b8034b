import type { Hex, TransactionReceipt } from "viem";
import { anchorPortfolio } from "../../chain/liquidation/anchors.ts";
import { BallastError } from "../../errors.ts";
import { proveMembership } from "../../liquidation/account-claims.ts";
import type { ProofKit } from "../../liquidation/claims.ts";
import type { Field } from "../../math/field.ts";
import type { Account } from "../../portfolio/merkle.ts";
import type { MembershipCircuit } from "../../prover/circuits.ts";
import { type LiquidationContext, nameIn, sendStep } from "./context.ts";

/** Where an account stands in the tree of a run's accounts. Nothing of it is secret but the places of others' leaves. */
export interface PlaceInRun extends Account {
  readonly runId: Hex;
  readonly accountsRoot: Field;
  readonly index: number;
  /** Siblings from the leaf's level upwards. */
  readonly path: readonly Field[];
}

/**
 * Anchors a portfolio by a closed run that counted it: takeovers of the account, and its withdrawals of fenced lots, need that. Anyone with
 * the path may; no opening is needed.
 * @param kit the membership circuit of the tree's depth.
 * @param deadline Unix seconds, by the chain's clock.
 * @throws {BallastError} RUN_DAMAGED for a path to another root than the run's; CHAIN_ERROR, e.g. RunNotClosed, NothingNewToAnchor; as
 *   `proveMembership`.
 * @example
 * ```ts
 * import { anchorAccount, type LiquidationContext, type MembershipKit, type PlaceInRun } from "ballast/actions";
 * declare const context: LiquidationContext;
 * declare const kit: MembershipKit;
 * declare const place: PlaceInRun;
 * await anchorAccount(context, kit, place, 1_790_000_000n);
 * ```
 */
export async function anchorAccount(
  context: LiquidationContext,
  kit: MembershipKit,
  place: PlaceInRun,
  deadline: bigint,
): Promise<TransactionReceipt> {
  const { client, system, progress } = context;
  const { chainId, ledger } = system;
  const { accountId, commitment, runId } = place;
  progress.note(`membership of ${nameIn(context, accountId)}`);
  const { claim, accountsRoot } = await proveMembership(kit, place, { chainId, ledger, deadline });
  if (accountsRoot !== place.accountsRoot)
    throw new BallastError("RUN_DAMAGED", "The account's path leads to another root than the run's.", {
      hint: "Take the path out of the tree that the run was made over.",
    });
  return sendStep(context, `anchoring ${nameIn(context, accountId)}`, () =>
    anchorPortfolio(client, system, { accountId, commitment, runId, claim }),
  );
}

export type MembershipKit = ProofKit<MembershipCircuit>;
