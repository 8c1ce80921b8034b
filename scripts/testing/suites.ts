import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, relative } from "node:path";
import { z } from "zod";

/** What a run of suites came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Sentences for the end of the run. */
  readonly notes: readonly string[];
}

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
export async function run(
  command: readonly string[],
  options: { readonly quiet: boolean; readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = command;
  const stream = options.quiet ? "pipe" : "inherit";
  const child = spawn(program, args, {
    stdio: ["ignore", stream, stream],
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

/** Runs vitest. @param report where its JSON report goes. */
export async function vitest(args: readonly string[], report: string): Promise<Counts> {
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await run(["npx", "vitest", "run", ...reporters, ...args], { quiet: false });
  return countsOf(JSON.parse(readFileSync(report, "utf8")), code);
}

/**
 * The counts of vitest's JSON report. A file that could not be loaded counts as one failure and is named, for its tests did not run;
 * a skipped test counts as a failure; and so does a run that failed for another reason, or had no test.
 */
export function countsOf(json: unknown, exitCode: number): Counts {
  const report = reportSchema.parse(json);
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  const failed = report.numFailedTests + skipped + unloaded.length;
  const passed = report.numPassedTests;
  const notes = unloaded.map(({ name }) => `NOT LOADED, its tests did not run: ${relative(".", name)}`);
  if (skipped > 0) notes.push(`${skipped} tests were skipped: each counts as failed.`);
  return { passed, failed: failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed, notes };
}

/** All counts together. */
export function total(counts: readonly Counts[]): Counts {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    notes: counts.flatMap(({ notes }) => notes),
  };
}
