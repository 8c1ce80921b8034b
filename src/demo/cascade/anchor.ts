import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anchorAccount } from "../../actions/liquidation/anchor.ts";
import { attestRun, placeInRun } from "../../actions/node/attest-run.ts";
import type { BatchCircuit, MembershipCircuit, ReportCircuit } from "../../prover/circuits.ts";
import type { LoadedKey } from "../../prover/prover.ts";
import type { RunCircuits } from "../../solvency/circuits.ts";
import { otherSide } from "../other-side.ts";
import { SETTLEMENT_ID } from "./parameters.ts";
import { ROLES } from "./plan.ts";
import type { World } from "./world.ts";

/** What runs are proven with, and what shows that they counted an account. */
export interface RunKits {
  readonly batch: { readonly circuit: BatchCircuit; readonly key: LoadedKey };
  readonly report: { readonly circuit: ReportCircuit; readonly key: LoadedKey };
  readonly membership: { readonly circuit: MembershipCircuit; readonly key: LoadedKey };
}

/** @param keyOf makes or loads a key, e.g. `setupDev`. */
export async function runKits(
  { batch, report, membership }: RunCircuits,
  keyOf: (circuit: RunCircuits[keyof RunCircuits]) => Promise<LoadedKey>,
): Promise<RunKits> {
  return {
    batch: { circuit: batch, key: await keyOf(batch) },
    report: { circuit: report, key: await keyOf(report) },
    membership: { circuit: membership, key: await keyOf(membership) },
  };
}

/** The venue closes a solvency run over all accounts: without it nobody takes the bankrupt one over. */
export async function playRun(world: World): Promise<void> {
  const { people, deployment } = world.stage;
  const { progress, snapshot, slots, runs, prover } = world;
  const all = world.accounts.filter(([, { positions }]) => positions.length > 0);
  const named = all.map(([account, { accountId, positions, salt }]) => ({
    portfolio: { account, accountId, positions },
    salt,
    where: account,
  }));
  const others = otherSide(
    all.map(([, { positions }]) => positions),
    SETTLEMENT_ID,
    slots,
  );
  const folder = mkdtempSync(join(tmpdir(), "ballast-run-"));
  try {
    await progress.step(`the venue proves and closes a solvency run over ${all.length} accounts`, () =>
      attestRun(
        {
          ...{ folder, venue: people.venue, deployment, snapshot, batch: runs.batch, report: runs.report },
          ...{ accounts: [...named, ...others], backend: prover.backend },
        },
        progress,
      ),
    );
    const { accountId } = world.get(ROLES.bankrupt);
    const desk = world.desk("venue");
    const kit = { ...runs.membership, prover };
    await anchorAccount(desk, kit, placeInRun(folder, accountId), desk.deadline);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
