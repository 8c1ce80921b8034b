import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zeroAddress } from "viem";
import type { MarketChain } from "../../../src/market/chain.ts";
import type { BatchCircuit, ReportCircuit } from "../../../src/prover/circuits.ts";
import { setupDev } from "../../../src/prover/keys/setup-dev.ts";
import { circuitInfo, ensureArtifacts } from "../../../src/prover/node/artifacts.ts";
import type { BackendName } from "../../../src/prover/prover.ts";
import { presetPolicy } from "../../../src/risk/policy.ts";
import { buildSnapshot } from "../../../src/risk/snapshot.ts";
import { beginRun } from "../../../src/solvency/node/begin.ts";
import { PublicRunFolder, RunFolder } from "../../../src/solvency/node/folder.ts";
import { proveRun } from "../../../src/solvency/node/prove.ts";
import { sampleVenue } from "../../../src/solvency/sample-venue.ts";
import { verifyRun } from "../../../src/solvency/verify.ts";
import { tableShare } from "./row-share.ts";
import type { BatchResult } from "./schema.ts";

export interface MeasureOptions {
  readonly market: MarketChain;
  readonly seed: number;
  /** Batches to prove, at least two: the first one starts the prover. */
  readonly batches: number;
  readonly backend: BackendName;
  readonly onStep: (text: string) => void;
}

/** A run over a made-up venue that fills some batches: sizes, rates, bytes. */
export async function measureBatches(
  circuit: BatchCircuit,
  report: ReportCircuit,
  { market, seed, batches, backend, onStep }: MeasureOptions,
): Promise<BatchResult> {
  const timed = async <T>(what: string, work: () => Promise<T>): Promise<[T, number]> => {
    onStep(`${circuit.name}: ${what}`);
    const start = performance.now();
    return [await work(), performance.now() - start];
  };
  await timed("compiling", () => ensureArtifacts(circuit));
  const info = await circuitInfo(circuit);
  const [share] = await timed("compiling with fewer rows", () => tableShare(circuit));
  const [batchKey, keyTime] = await timed("dev key", () => setupDev(circuit, { force: true }));
  const reportKey = await setupDev(report);
  const snapshot = buildSnapshot(market, presetPolicy("les"), { rows: circuit.rows });
  const accounts = batches * circuit.accounts;
  const venue = sampleVenue(snapshot, { accounts, seed, maxPositions: circuit.slots });
  const folder = mkdtempSync(join(tmpdir(), "ballast-bench-run-"));
  try {
    const run = new RunFolder(folder);
    const [begun, begin] = await timed("reading accounts", () =>
      beginRun(run, {
        snapshot,
        batch: { circuit, circuitId: batchKey.circuitId },
        report: { circuit: report, circuitId: reportKey.circuitId },
        accounts: Array.from(venue.accounts, (portfolio) => ({
          portfolio,
          salt: undefined,
          where: portfolio.account,
        })),
        source: "bench",
        target: { chainId: 0n, registry: zeroAddress },
        venue: zeroAddress,
        deadline: snapshot.time + 3600n,
      }),
    );
    const finished: number[] = [performance.now()];
    const [, total] = await timed(`proving ${batches} batches`, () =>
      proveRun(run, {
        snapshot,
        batch: { circuit, key: batchKey },
        report: { circuit: report, key: reportKey },
        backend,
        onProgress: () => void finished.push(performance.now()),
      }),
    );
    const [{ valid }, verify] = await timed("verifying", () =>
      verifyRun(new PublicRunFolder(folder), {
        snapshot,
        batch: { circuit, verifyingKey: batchKey.verifyingKey },
        report: { circuit: report, verifyingKey: reportKey.verifyingKey },
      }),
    );
    if (!valid) throw new Error("The benchmark's own run does not verify.");
    const [, first = 0] = finished;
    const warm = ((finished.at(-1) ?? 0) - first) / Math.max(1, finished.length - 2);
    return {
      name: circuit.name,
      accounts: circuit.accounts,
      slots: circuit.slots,
      rows: circuit.rows,
      constraints: info.constraints,
      publicInputs: info.publicInputs,
      domainPower: info.domainPower,
      tableShare: Math.round(share),
      zkeyBytes: statSync(batchKey.zkeyPath).size,
      key: Math.round(keyTime),
      backend,
      batches: begun.batches,
      begin: Math.round(begin),
      warmBatch: Math.round(warm),
      total: Math.round(total),
      verify: Math.round(verify),
      fileBytes: readFileSync(join(folder, "public", "proofs", "00000000.json")).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
