import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getAddress } from "viem";
import { readPortfolios } from "../../src/portfolio/stream-file.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { setupDev } from "../../src/prover/keys/setup-dev.ts";
import type { LoadedKey } from "../../src/prover/prover.ts";
import { type Policy, presetPolicy } from "../../src/risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../../src/risk/snapshot.ts";
import { type BeginOptions, beginRun } from "../../src/solvency/node/begin.ts";
import { RunFolder } from "../../src/solvency/node/folder.ts";
import { type ProveRunOptions, proveRun } from "../../src/solvency/node/prove.ts";
import { CHAIN } from "../risk/fixtures.ts";

/** The tests' own instances: 2 accounts of 4 slots a batch, 8 rows, 5 scenarios; proven in a second. */
export const BATCH = instanceOf("solvency", "solvency_2x4x8_s5k2_d4");
export const REPORT = instanceOf("report", "report_s5k2");

/** A real market with eight instruments under five of a policy's scenarios. */
export function smallSnapshot(time = CHAIN.time): Snapshot {
  const full = presetPolicy("les");
  const policy: Policy = { ...full, name: "five-of-les", scenarios: full.scenarios.slice(0, 5) };
  return buildSnapshot({ ...CHAIN, time, quotes: CHAIN.quotes.slice(0, 8) }, policy, { shape: BATCH.shape });
}

export const snapshot = smallSnapshot();

type Positions = Readonly<Record<string, string>>;
export type VenueLine = readonly [account: string, positions: Positions];

/** Five accounts that net: a maker, a put writer who is under water in a crash, a buyer, cash, and a bankrupt. */
export const VENUE: readonly VenueLine[] = [
  ["maker", { USDC: "90000", "BTC-27MAR26-60000-P": "-1", "BTC-PERPETUAL": "5000" }],
  ["writer", { USDC: "16000", "BTC-27MAR26-60000-P": "-2", "BTC-27MAR26-64000-C": "-1" }],
  ["buyer", { USDC: "20000", "BTC-27MAR26-60000-P": "3", "BTC-27MAR26-64000-C": "1" }],
  ["cash", { BTC: "2", ETH: "10" }],
  ["broke", { USDC: "-500", "BTC-PERPETUAL": "-5000" }],
];

export function venueLines(venue: readonly VenueLine[] = VENUE): string {
  return venue
    .map(([account, positions]) =>
      JSON.stringify({
        account,
        positions: Object.entries(positions).map(([instrument, quantity]) => ({ instrument, quantity })),
      }),
    )
    .join("\n");
}

export interface Keys {
  readonly batch: LoadedKey;
  readonly report: LoadedKey;
}

/** Dev keys of the small instances, from the cache after the first call. */
export async function smallKeys(): Promise<Keys> {
  return { batch: await setupDev(BATCH), report: await setupDev(REPORT) };
}

export const TARGET = { chainId: 31337n, registry: getAddress(`0x${"a1".repeat(20)}`) } as const;
export const VENUE_ADDRESS = getAddress(`0x${"b2".repeat(20)}`);

/** Begins a run from JSON Lines. */
export function begin(
  path: string,
  keys: Keys,
  lines: string = venueLines(),
  changes: Partial<BeginOptions> = {},
) {
  const source = `${path}.jsonl`;
  writeFileSync(source, lines);
  return beginRun(new RunFolder(path), {
    snapshot,
    batch: { circuit: BATCH, circuitId: keys.batch.circuitId },
    report: { circuit: REPORT, circuitId: keys.report.circuitId },
    accounts: readPortfolios(source, snapshot),
    source: "test",
    target: TARGET,
    venue: VENUE_ADDRESS,
    deadline: snapshot.time + 3600n,
    ...changes,
  });
}

export function proveOptions(keys: Keys): ProveRunOptions {
  return {
    snapshot,
    batch: { circuit: BATCH, key: keys.batch },
    report: { circuit: REPORT, key: keys.report },
    backend: "snarkjs",
  };
}

/** A whole run. */
export async function completeRun(path: string, keys: Keys, lines?: string) {
  const run = await begin(path, keys, lines);
  const report = await proveRun(new RunFolder(path), proveOptions(keys));
  return { run, report };
}

let proven: { readonly path: string; readonly made: ReturnType<typeof completeRun> } | undefined;

/** A copy of the venue's whole run, which is proven once a process. */
export async function copiedRun(path: string, keys: Keys): ReturnType<typeof completeRun> {
  if (proven === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "ballast-solvency-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    proven = { path: join(folder, "run"), made: completeRun(join(folder, "run"), keys) };
  }
  const made = await proven.made;
  for (const end of ["", ".jsonl"]) cpSync(`${proven.path}${end}`, `${path}${end}`, { recursive: true });
  return made;
}
