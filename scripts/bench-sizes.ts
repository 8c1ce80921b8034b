/**
 * What a machine needs for each circuit: a worker that has loaded its key and proven, by snarkjs. Keys and compilations come from
 * `BALLAST_HOME`, where there is none a development key is made first.
 *
 *   npx tsx scripts/bench-sizes.ts [instance ...]
 *
 * Each is measured in a process of its own: peak resident memory of its second proof's end, seconds of the first proof (key read, threads
 * started) and of the second, and the disk that a worker's copy takes: key, witness generator, constraints.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { proveCoverage } from "../src/actions/coverage/prove.ts";
import { runSolvency } from "../src/actions/node/run-solvency.ts";
import { sampleChain } from "../src/market/sample.ts";
import { randomSalt } from "../src/portfolio/commitment.ts";
import { parsePortfolio } from "../src/portfolio/format.ts";
import { type BatchCircuit, type CoverageCircuit, instance } from "../src/prover/circuits.ts";
import { setupDev } from "../src/prover/keys/setup-dev.ts";
import { ensureArtifacts } from "../src/prover/node/artifacts.ts";
import { createProver } from "../src/prover/node/prover.ts";
import { presetPolicy } from "../src/risk/policy.ts";
import { buildSnapshot } from "../src/risk/snapshot.ts";
import { sampleVenue } from "../src/solvency/sample-venue.ts";

const DEFAULT = [
  "coverage_16x120_s35k2",
  "coverage_32x120_s35k2",
  "coverage_64x240_s35k2",
  "solvency_8x16x120_s35k2_d20",
  "solvency_8x32x120_s35k2_d20",
  "solvency_8x64x240_s35k2_d20",
];
const MIB = 1024 * 1024;

async function measure(name: string): Promise<void> {
  const circuit = instance(name) as CoverageCircuit | BatchCircuit;
  const snapshot = buildSnapshot(sampleChain(), presetPolicy("les"), { rows: circuit.rows });
  const key = await setupDev(circuit);
  const seconds: number[] = [];
  const timed = async (work: () => Promise<unknown>): Promise<void> => {
    const begun = performance.now();
    await work();
    seconds.push((performance.now() - begun) / 1_000);
  };
  const prover = createProver({ backend: "snarkjs" });
  if (circuit.statement === "coverage") {
    const portfolio = parsePortfolio(
      { account: "a", positions: [{ instrument: "USDC", quantity: "5" }] },
      snapshot,
    );
    const job = { circuit, key, snapshot, portfolio, chainId: 1n, deadline: 1_800_000_000n };
    const registry = "0x00000000000000000000000000000000000000c0";
    for (let n = 0; n < 2; n++)
      await timed(() => proveCoverage(prover, { ...job, registry, salt: randomSalt() }));
  } else {
    const folder = mkdtempSync(join(tmpdir(), "ballast-sizes-"));
    const { accounts } = sampleVenue(snapshot, { accounts: circuit.accounts * 2, seed: 1 });
    const of = [...accounts].map((portfolio) => ({ portfolio, salt: undefined, where: "an account" }));
    const provers = [
      {
        ...prover,
        prove: async (...args: Parameters<typeof prover.prove>) => {
          const begun = performance.now();
          const proof = await prover.prove(...args);
          seconds.push((performance.now() - begun) / 1_000);
          return proof;
        },
      },
    ];
    await runSolvency({
      folder: join(folder, "run"),
      snapshot,
      instance: name,
      accounts: { of, source: "sample" },
      provers,
    });
    rmSync(folder, { recursive: true });
  }
  await prover.close();
  const { r1cs, wasm } = await ensureArtifacts(circuit);
  const disk = [key.zkeyPath, r1cs, wasm].reduce((sum, path) => sum + statSync(path).size, 0);
  const [first = 0, second = 0] = seconds;
  const memory = process.resourceUsage().maxRSS / 1024;
  const row = [
    name,
    `${Math.round(disk / MIB)} MiB`,
    `${Math.round(memory)} MiB`,
    `${first.toFixed(1)} s`,
    `${second.toFixed(1)} s`,
  ];
  process.stdout.write(`| ${row.join(" | ")} |\n`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--one") await measure(rest[0] ?? "");
else {
  process.stdout.write(
    `load ${loadavg()[0]?.toFixed(1)}\n| circuit | disk | memory, peak | first proof | next proof |\n|---|---:|---:|---:|---:|\n`,
  );
  for (const name of first === undefined ? DEFAULT : [first, ...rest])
    spawnSync(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), "--one", name], {
      stdio: "inherit",
    });
}
