import { FileAccounts } from "../../actions/liquidation/accounts-file.ts";
import { type Desk, deadlineFor } from "../../actions/liquidation/context.ts";
import { withKits } from "../../actions/node/kits.ts";
import { loadDeployment } from "../../chain/deploy/deployment-file.ts";
import { type LiquidationSystem, liquidationOf } from "../../chain/liquidation/system.ts";
import { type LiquidationStatement, liquidationCircuits } from "../../liquidation/circuits.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import type { Context } from "../context.ts";
import type { Files, ProvingValues } from "./flags.ts";
import { openSession } from "./session.ts";

/**
 * Opens chain, snapshot, accounts' files and provers of a command, and closes what must be closed.
 * @param load reads the command's files before anything is asked or loaded: what is wrong with them is said at once.
 * @throws {BallastError} what any part throws.
 */
export async function withDesk<Needed extends LiquidationStatement, Loaded extends Files, Result>(
  values: ProvingValues,
  context: Context,
  needed: readonly Needed[],
  load: (snapshot: Snapshot, system: LiquidationSystem) => Loaded,
  work: (desk: Desk<Needed>, files: Loaded) => Promise<Result>,
): Promise<Result> {
  const { progress } = context;
  const circuits = liquidationCircuits(values.circuit);
  const { slots } = circuits.coverage;
  const system = liquidationOf(loadDeployment(values.deployment));
  const snapshot = await progress.step("checking the snapshot", () => loadSnapshot(values.snapshot));
  const files = load(snapshot, system);
  const session = await openSession(values, context);
  const { inputs, places } = files;
  const store = await FileAccounts.open(session, { inputs, places, snapshot, slots });
  for (const path of store.known) progress.note(`${path} was written before, and never sent: its salt stays`);
  const deadline = await deadlineFor(session.client, session.deployment, snapshot, BigInt(values.validFor));
  const { backend } = values;
  return withKits({ circuits, needed, backend, onProgress: progress.onProgress }, (kits) =>
    work({ ...session, snapshot, kits, slots, deadline, store }, files),
  );
}
