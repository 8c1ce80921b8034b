import type { LiquidationStatement } from "../../liquidation/circuits.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { FileAccounts, type FileQuestion } from "../liquidation/accounts-file.ts";
import { type Desk, deadlineFor, type LiquidationContext, readTime } from "../liquidation/context.ts";
import { type KitsOptions, withKits } from "./kits.ts";

/** What a proving act works with, as it is asked for. */
export interface DeskOptions<Proven extends LiquidationStatement>
  extends Pick<FileQuestion, "places" | "inputs">,
    Pick<KitsOptions<Proven>, "circuits" | "needed" | "backend"> {
  /** The newest published one. */
  readonly snapshot: Snapshot;
  /** Seconds that proofs hold, unless the snapshot is stale sooner. */
  readonly validFor: number;
  /** Whether the snapshot may be of any age, as an exit's is. Default: false. */
  readonly ofAnyAge?: boolean;
}

/**
 * Opens stores, keys and a prover for a proving act, whose accounts are in files, and ends the prover whatever happens.
 * @throws {BallastError} as `FileAccounts.open`, `deadlineFor` and `withKits`; what `work` throws.
 * @example
 * ```ts
 * import type { Snapshot } from "ballast";
 * import { attestAccount, type LiquidationContext, type OpenAccount } from "ballast/actions";
 * import { liquidationCircuits, withDesk } from "ballast/node";
 * declare const context: LiquidationContext;
 * declare const snapshot: Snapshot;
 * declare const account: OpenAccount;
 * const circuits = liquidationCircuits("64x240");
 * const options = { circuits, snapshot, validFor: 3_000, places: [], inputs: [account], backend: "auto" } as const;
 * const tier = await withDesk(context, { ...options, needed: ["coverage"] }, (desk) => attestAccount(desk, account));
 * ```
 */
export async function withDesk<Proven extends LiquidationStatement, Result>(
  context: LiquidationContext,
  { circuits, snapshot, validFor, ofAnyAge = false, places, inputs, needed, backend }: DeskOptions<Proven>,
  work: (desk: Desk<Proven>) => Promise<Result>,
): Promise<Result> {
  const { client, deployment, progress } = context;
  const { slots } = circuits.coverage;
  const store = await FileAccounts.open(context, { inputs, places, snapshot, slots });
  for (const path of store.known) progress.note(`${path} was written before, and never sent: its salt stays`);
  const deadline = ofAnyAge
    ? (await readTime(client)) + BigInt(validFor)
    : await deadlineFor(client, deployment, snapshot, BigInt(validFor));
  return withKits({ circuits, needed, backend, onProgress: progress.onProgress }, (kits) =>
    work({ ...context, snapshot, kits, slots, deadline, store }),
  );
}
