/**
 * Measures every step from circuit source to gas, on this machine.
 * `npm run bench -- --help`
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { table } from "../src/cli/format.ts";
import { loadChain } from "../src/market/chain-file.ts";
import { sampleChain } from "../src/market/sample.ts";
import { type BenchArguments, HELP, parseArguments } from "./bench/arguments.ts";
import { benchSection, writeSection } from "./bench/document.ts";
import { machineFacts } from "./bench/machine.ts";
import { benchInstance, withFreshHome } from "./bench/run.ts";
import { type BenchResult, benchSchema, type InstanceResult } from "./bench/schema.ts";
import { benchTables } from "./bench/tables.ts";

const PAGE = fileURLToPath(new URL("../docs/reference/benchmarks.md", import.meta.url));

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<void> {
  const options = parseArguments(args);
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const result = await bench(options);
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : `${forPeople(result)}\n`);
  if (options.write !== undefined) writeSection(PAGE, benchSection(result, options.write, commandOf(args)));
}

async function bench(options: BenchArguments): Promise<BenchResult> {
  const { circuits, chain, runs, seed } = options;
  const market = chain.length === 0 ? sampleChain() : loadChain(chain);
  const instances = await withFreshHome(options.cached, async () => {
    const results: InstanceResult[] = [];
    for (const circuit of circuits) {
      results.push(await benchInstance(circuit, { ...options, market, onStep: progress }));
    }
    return results;
  });
  progress("");
  return benchSchema.parse({
    format: "ballast.bench/1",
    machine: machineFacts(),
    settings: {
      runs,
      seed,
      market: chain.length === 0 ? "sample" : chain.map((f) => basename(f)).join(", "),
    },
    instances,
  });
}

function forPeople(result: BenchResult): string {
  return benchTables(result)
    .map(
      ({ title, head, rows }) => `${title}\n${table(head, rows, head.map((_, column) => column).slice(1))}`,
    )
    .join("\n\n");
}

/** The command as a reader would type it: folders of files are left out. */
function commandOf(args: readonly string[]): string {
  return ["npm run bench --", ...args.map((arg) => (arg.includes("/") ? basename(arg) : arg))].join(" ");
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}
