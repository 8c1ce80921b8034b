/**
 * `npm run test:recorded`: the suites over recorded market data, which lies in `BALLAST_RECORDED_DATA` or `../shared/data`.
 * A suite whose data is absent is not run, and the last line says how many were not. With `BALLAST_RECORDED=required` absent data
 * is a failure. Arguments go to vitest.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missingOf, recordedFolder, SUITES } from "../test/recorded/data.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = "test/recorded";
const REPORT = "build/test/recorded.json";

process.exitCode = await main(process.argv.slice(2));

/** The exit code. */
async function main(filters: readonly string[]): Promise<number> {
  const { BALLAST_RECORDED: wanted = "" } = process.env;
  if (wanted !== "" && wanted !== "required") {
    console.error(`BALLAST_RECORDED is "${wanted}": it is "required", or not set.`);
    return 1;
  }
  const suites = readdirSync(`${ROOT}${FOLDER}`).filter((name) => name.endsWith(".test.ts"));
  const unlisted = suites.filter((name) => SUITES[name] === undefined);
  if (unlisted.length > 0) {
    console.error(`${FOLDER}/data.ts doesn't say what data ${unlisted.join(", ")} needs.`);
    return 1;
  }
  const present = suites.filter((name) => missingOf(name).length === 0);
  const absent = suites.filter((name) => !present.includes(name));
  for (const name of absent) {
    console.log(`not run: ${FOLDER}/${name}, which needs ${missingOf(name).join(", ")}`);
  }
  if (absent.length > 0) {
    console.log(
      `\nRecorded market data is not part of the project. It is expected in ${recordedFolder()} (or BALLAST_RECORDED_DATA).`,
    );
  }
  const missed = `${absent.length} of ${suites.length} recorded suites not run`;
  if (absent.length > 0 && wanted === "required") {
    console.error(`\n${missed}, and BALLAST_RECORDED=required demands all: failed`);
    return 1;
  }
  const { passed, failed } = present.length === 0 ? { passed: 0, failed: 0 } : await run(present, filters);
  console.log(`\n${passed} passed, ${failed} failed; ${missed}`);
  return failed > 0 ? 1 : 0;
}

/** Runs suites in one vitest. Whatever can't be loaded, was skipped or made vitest fail counts as failed. */
async function run(
  suites: readonly string[],
  filters: readonly string[],
): Promise<{ passed: number; failed: number }> {
  mkdirSync(`${ROOT}build/test`, { recursive: true });
  rmSync(`${ROOT}${REPORT}`, { force: true });
  const paths = suites.map((name) => `${FOLDER}/${name}`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
  const args = ["vitest", "run", "--project=recorded", ...reporters, ...paths, ...filters];
  const child = spawn("npx", args, { cwd: ROOT, stdio: "inherit" });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
  const report: unknown = JSON.parse(readFileSync(`${ROOT}${REPORT}`, "utf8"));
  const count = (key: string): number => Number(Reflect.get(report as object, key) ?? 0);
  const passed = count("numPassedTests");
  const failed = count("numFailedTests") + count("numPendingTests") + count("numTodoTests");
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}
