/**
 * `npm run test:recorded`: the suites over recorded market data, which lies in `BALLAST_RECORDED_DATA` or `../shared/data`.
 * A suite whose data is absent is not run, and the end says how many were not. With `BALLAST_RECORDED=required` absent data
 * is a failure. Arguments go to vitest.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missingOf, recordedFolder, SUITES } from "../test/recorded/data.ts";
import { type Counts, vitest } from "./testing/suites.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const FOLDER = "test/recorded";
const REPORT = "build/test/recorded.json";
const NOTHING: Counts = { passed: 0, failed: 0, notes: [] };

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
  const paths = present.map((name) => `${FOLDER}/${name}`);
  const { passed, failed, notes } =
    paths.length === 0 ? NOTHING : await vitest(["--project=recorded", ...paths, ...filters], REPORT);
  console.log();
  for (const note of [...notes, missed]) console.log(`${note}.`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}
