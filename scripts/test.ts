/**
 * The test runner. The Solidity and the TypeScript suites run at the same time; one line counts both.
 *
 *   npm test                     everything that fits into minutes
 *   npm run test:deep            what takes longer: production instances, more fuzz, long invariants
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

/** The Solidity suites. Their output waits for their end, so that it doesn't mix with the other suites'. */
async function solidity(deep: boolean): Promise<Counts> {
  const start = performance.now();
  const { code, output } = await run(["npx", "forge", "test"], {
    quiet: true,
    env: deep ? { FOUNDRY_PROFILE: "deep" } : {},
  });
  const total = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/.exec(output);
  if (total === null || code !== 0) console.log(output);
  if (total === null) throw new Error(`forge printed no summary (exit ${code}).`);
  const [line, passed = "0", failed = "0", skipped = "0"] = total;
  console.log(`Solidity: ${line} in ${seconds(start)}`);
  const bad = Number(failed) + Number(skipped);
  return { passed: Number(passed), failed: code !== 0 && bad === 0 ? 1 : bad, notes: [] };
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
const deep = args.includes("--deep");
const filters = args.filter((arg) => arg !== "--deep");
const start = performance.now();
const parts = [typescript(deep ? ["deep"] : ["shared", "alone"], filters)];
if (filters.length === 0) parts.push(solidity(deep));
const counts = await Promise.all(parts);
const sum = (key: "passed" | "failed"): number => counts.reduce((total, part) => total + part[key], 0);
console.log();
for (const note of counts.flatMap(({ notes }) => notes)) console.log(note);
console.log(`${deep ? "npm run test:deep" : "npm test"} took ${seconds(start)}.`);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
