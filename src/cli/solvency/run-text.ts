import type { LotCheck } from "../../actions/solvency/check-lots.ts";
import { formatField } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { ReportFile, RunFile } from "../../solvency/run-format.ts";
import type { SolvencyPage } from "./page.ts";

/** The page of a run, from its files alone. */
export function runPage(
  run: RunFile,
  { result, reserves }: Pick<ReportFile, "result" | "reserves">,
  snapshot: Snapshot,
): SolvencyPage {
  const proven = reserves.map(({ instrumentId, quantity }) => ({ instrumentId, proven: quantity }));
  return { facts: runFacts(run, snapshot), result, reserves: proven, snapshot };
}

/** A run's public facts, as the page has them. */
function runFacts(run: RunFile, snapshot: Pick<Snapshot, "time">): [string, string][] {
  return [
    ["run", run.runId],
    ["venue", `${run.venue} (the run's own word: the registry asks for its signature)`],
    ["accounts root", formatField(run.accountsRoot)],
    ["snapshot", `${formatField(run.snapshotId)}, ${time(snapshot.time)}`],
    ["for", run.chainId === 0n ? "verification off chain" : `chain ${run.chainId}, registry ${run.registry}`],
    ["close by", time(run.deadline)],
    ["proofs", `${run.batches} batches of ${run.batchInstance}, one ${run.reportInstance}`],
  ];
}

/** The same for `--json`. */
export function runJson(run: RunFile) {
  return {
    ...run,
    accountsRoot: formatField(run.accountsRoot),
    snapshotId: formatField(run.snapshotId),
    initialState: formatField(run.initialState),
  };
}

/** Unix seconds as people write them, in UTC. */
export function time(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime())
    ? `${seconds}`
    : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What was checked of the vault's lots, in a line for the page. */
export function lotsText(checks: readonly LotCheck[]): string {
  const wrong = checks.filter(({ ok }) => !ok);
  if (wrong.length === 0) return "the vault's are the snapshot's, by the decimals of its tokens";
  const each = wrong.map(
    ({ asset, unitsPerLot, expected }) =>
      `${asset} ${unitsPerLot} units a lot, not ${expected ?? "what its token's decimals allow"}`,
  );
  return `DIFFER from the snapshot's: ${each.join("; ")}`;
}
