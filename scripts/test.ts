/**
 * The test runner. The Solidity and the TypeScript suites run at the same time; one line counts both.
 *
 *   npm test                     everything that fits into minutes
 *   npm run test:deep            what takes longer: production instances, more fuzz, invariants of 2,000 runs of 300 calls
 *   npm run test:deep -- --ci    the same with 400 runs of 200 calls: what CI has the time for
 *   npm test -- test/math        one folder of TypeScript suites: arguments go to vitest
 *
 * A file that can't be loaded counts as a failure, and is named: its tests did not run.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { z } from "zod";

/** What a suite came to. */
interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Sentences for the end of the run. */
  readonly notes: readonly string[];
}

const REPORT = "build/test/vitest.json";
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(
    z.object({ name: z.string(), status: z.string(), assertionResults: z.array(z.unknown()) }),
  ),
});

/** Runs a command and returns its exit code and, with `quiet`, what it printed. */
async function run(
  command: readonly string[],
  options: { readonly quiet: boolean; readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    stdio: ["ignore", options.quiet ? "pipe" : "inherit", options.quiet ? "pipe" : "inherit"],
    env: { ...process.env, ...options.env },
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  return { code, output };
}

const seconds = (start: number): string => `${Math.round((performance.now() - start) / 1000)} s`;

/** One run of forge. Its output waits for its end, so that it doesn't mix with the other suites'. */
async function forge(title: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const start = performance.now();
  const { code, output } = await run(["npx", "forge", "test", ...args], { quiet: true, env });
  const total = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/.exec(output);
  if (total === null || code !== 0) console.log(output);
  if (total === null) throw new Error(`forge printed no summary (exit ${code}).`);
  const [line, passed = "0", failed = "0", skipped = "0"] = total;
  console.log(`${title}: ${line} in ${seconds(start)}`);
  const bad = Number(failed) + Number(skipped);
  return { passed: Number(passed), failed: code !== 0 && bad === 0 ? 1 : bad, notes: [] };
}

const solidity = (): Promise<Counts> => forge("Solidity", []);

/** Runs of the invariants in the deep suite, over both shards, and calls of each: in full, and in CI. */
const INVARIANTS = { full: { runs: 2000, depth: 300 }, ci: { runs: 400, depth: 200 } } as const;
/** A run of the invariants has one thread: two with seeds of their own take half the time. */
const SEEDS = ["0xba11a57", "0x7a57a11"] as const;

/** The Solidity suites with more fuzz, and the invariants in two shards. */
async function deepSolidity(size: keyof typeof INVARIANTS): Promise<Counts> {
  const { runs, depth } = INVARIANTS[size];
  const env = {
    FOUNDRY_PROFILE: "deep",
    FOUNDRY_INVARIANT_RUNS: String(runs / SEEDS.length),
    FOUNDRY_INVARIANT_DEPTH: String(depth),
  };
  const built = await run(["npx", "forge", "build"], { quiet: true, env });
  if (built.code !== 0) throw new Error(built.output);
  const invariants = SEEDS.map((seed) =>
    forge(
      `Invariants, ${runs / SEEDS.length} runs of ${depth} calls from seed ${seed}`,
      ["--match-contract", "Invariants", "--fuzz-seed", seed],
      env,
    ),
  );
  const others = forge(
    "Solidity, more fuzz",
    ["--match-test", "^testFuzz", "--no-match-contract", "Invariants|Gas"],
    env,
  );
  const counts = await Promise.all([...invariants, others]);
  const sum = (key: "passed" | "failed") => counts.reduce((total, part) => total + part[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), notes: [] };
}

/** The TypeScript suites of some vitest projects. */
async function typescript(projects: readonly string[], filters: readonly string[]): Promise<Counts> {
  mkdirSync("build/test", { recursive: true });
  rmSync(REPORT, { force: true });
  const { code } = await run(
    [
      ...["npx", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`],
      ...projects.map((project) => `--project=${project}`),
      ...filters,
    ],
    { quiet: false },
  );
  const report = reportSchema.parse(JSON.parse(readFileSync(REPORT, "utf8")));
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const notRun = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + notRun + unloaded.length;
  const notes = unloaded.map(({ name }) => `NOT LOADED, its tests did not run: ${relative(".", name)}`);
  if (notRun > 0) notes.push(`${notRun} tests were skipped: each counts as failed.`);
  return { passed: report.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, notes };
}

const args = process.argv.slice(2);
const [deep, ci] = [args.includes("--deep"), args.includes("--ci")];
const filters = args.filter((arg) => arg !== "--deep" && arg !== "--ci");
const start = performance.now();
const parts = [typescript(deep ? ["deep"] : ["shared", "alone"], filters)];
if (filters.length === 0) parts.push(deep ? deepSolidity(ci ? "ci" : "full") : solidity());
const counts = await Promise.all(parts);
const sum = (key: "passed" | "failed"): number => counts.reduce((total, part) => total + part[key], 0);
console.log();
for (const note of counts.flatMap(({ notes }) => notes)) console.log(note);
console.log(`${deep ? "npm run test:deep" : "npm test"} took ${seconds(start)}.`);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
