/**
 * Measures solvency runs on this machine: constraints an account, rates, bytes and gas.
 * `npm run bench:solvency -- --help`
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { table } from "../src/cli/format.ts";
import { sampleChain } from "../src/market/sample.ts";
import { instanceOf } from "../src/prover/circuits.ts";
import { findRapidsnark } from "../src/prover/node/rapidsnark.ts";
import { writeSection } from "./bench/document.ts";
import { machineFacts } from "./bench/machine.ts";
import { measureBatches } from "./bench/solvency/measure.ts";
import { type BatchResult, type SolvencyBench, solvencyBenchSchema } from "./bench/solvency/schema.ts";
import { solvencyTables } from "./bench/solvency/tables.ts";
import { markdown } from "./bench/tables.ts";

const HELP = `Usage: npm run bench:solvency -- [options]

Proves a made-up venue that fills some batches, with snarkjs and where it is installed (RAPIDSNARK, or rapidsnark on
the PATH) with rapidsnark, and prints constraints an account, rates, proof data, and an extrapolation. Takes some
minutes an instance.

  --instance NAME   e.g. 16x16x240; repeatable (default: 16x16x240, 8x64x240, 8x16x120)
  --batches N       batches to prove, at least 2; the first, which starts the prover, does not count for rates (default 4)
  --seed N          seed of the venue (default 1)
  --json            machine-readable (ballast.bench-solvency/1)
  --write           also put the tables into docs/reference/benchmarks.md; needs --date
  --date YYYY-MM-DD the day to write there
  --help            this text
`;
const PAGE = fileURLToPath(new URL("../docs/reference/benchmarks.md", import.meta.url));

const { values } = parseArgs({
  options: {
    instance: { type: "string", multiple: true, default: ["16x16x240", "8x64x240", "8x16x120"] },
    batches: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    date: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const [batches, seed] = [Number(values.batches), Number(values.seed)];
const valid = Number.isSafeInteger(batches) && batches >= 2 && Number.isSafeInteger(seed) && seed >= 0;
if (values.help) process.stdout.write(HELP);
else if (!valid || (values.write && !/^\d{4}-\d{2}-\d{2}$/.test(values.date ?? ""))) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else await main();

async function main(): Promise<void> {
  const report = instanceOf("report", "report_s35k2");
  const backends =
    findRapidsnark() === undefined
      ? (["ballast", "snarkjs"] as const)
      : (["ballast", "snarkjs", "rapidsnark"] as const);
  const results: BatchResult[] = [];
  const onStep = (text: string): void => void process.stderr.write(`${text}\n`);
  for (const name of values.instance) {
    const circuit = instanceOf("solvency", name);
    for (const backend of backends) {
      results.push(
        await measureBatches(circuit, report, { market: sampleChain(), seed, batches, backend, onStep }),
      );
    }
  }
  const bench: SolvencyBench = solvencyBenchSchema.parse({
    format: "ballast.bench-solvency/1",
    machine: machineFacts(),
    seed,
    results,
    gas: null,
  });
  process.stdout.write(values.json ? `${JSON.stringify(bench, null, 2)}\n` : `${forPeople(bench)}\n`);
  if (values.write) writeSection(PAGE, section(bench, values.date ?? ""), "solvency");
}

function forPeople(bench: SolvencyBench): string {
  return solvencyTables(bench)
    .map(({ title, head, rows }) => `${title}\n${table(head, rows, head.map((_, i) => i).slice(1))}`)
    .join("\n\n");
}

function section(bench: SolvencyBench, date: string): string {
  const { cores, memoryGiB, node, platform } = bench.machine;
  const command = ["npm run bench:solvency --", ...process.argv.slice(2)].join(" ");
  return [
    `Measured on ${date} by \`${command}\`: ${cores} cores, ${memoryGiB} GiB, Node ${node} (${platform}),`,
    `market \`sample\`, seed ${bench.seed}.`,
    "",
    markdown(solvencyTables(bench)),
  ].join("\n");
}
