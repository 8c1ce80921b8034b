/**
 * `npm test`: the Solidity suites, then the TypeScript suites, then one line that counts both.
 * Arguments go to vitest (`npm test -- test/math` runs one folder, without the Solidity suites).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const REPORT = "build/test/vitest.json";

async function run(
  command: string,
  args: readonly string[],
  keep: boolean,
): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { stdio: ["ignore", keep ? "pipe" : "inherit", "inherit"] });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += chunk.toString();
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  return { code, output };
}

async function solidity(): Promise<Counts> {
  const { code, output } = await run("npx", ["forge", "test"], true);
  const total = /(\d+) tests passed, (\d+) failed, (\d+) skipped \(\d+ total tests\)/.exec(output);
  if (total === null) throw new Error(`forge printed no summary (exit ${code})`);
  const [, passed = "0", failed = "0", skipped = "0"] = total;
  return {
    passed: Number(passed),
    failed: Number(failed) + Number(skipped) + (code !== 0 && failed === "0" ? 1 : 0),
  };
}

async function typescript(filters: readonly string[]): Promise<Counts> {
  mkdirSync("build/test", { recursive: true });
  const { code } = await run(
    "npx",
    ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`, ...filters],
    false,
  );
  const report: unknown = JSON.parse(readFileSync(REPORT, "utf8"));
  const count = (key: string): number => Number(Reflect.get(report as object, key) ?? 0);
  const notRun = count("numPendingTests") + count("numTodoTests");
  const failed = count("numFailedTests") + notRun;
  return { passed: count("numPassedTests"), failed: code !== 0 && failed === 0 ? 1 : failed };
}

const filters = process.argv.slice(2);
const counts = filters.length > 0 ? [] : [await solidity()];
counts.push(await typescript(filters));
const passed = counts.reduce((sum, part) => sum + part.passed, 0);
const failed = counts.reduce((sum, part) => sum + part.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
