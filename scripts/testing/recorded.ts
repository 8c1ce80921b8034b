import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { missingOf, recordedFolder, SUITES } from "../../test/recorded/data.ts";
import type { Counts } from "./suites.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = "test/recorded";

/** Which of the suites over recorded market data can run. */
export interface Recorded {
  /** How many have their data. */
  readonly present: number;
  /** The paths of those whose data is absent. */
  readonly absent: readonly string[];
  /** What the absent ones count: failures where they are demanded, and the sentence that says how many they are. */
  readonly counts: Counts;
}

/**
 * Looks for the data in `BALLAST_RECORDED_DATA` or `../shared/data`, and says of each suite without that it doesn't run. With
 * `BALLAST_RECORDED=required` absent data is a failure.
 * @throws {Error} another word there, or a suite that doesn't say what data it needs.
 */
export function planRecorded(): Recorded {
  const { BALLAST_RECORDED: wanted = "" } = process.env;
  if (wanted !== "" && wanted !== "required")
    throw new Error(`BALLAST_RECORDED is "${wanted}": it is "required", or not set.`);
  const suites = readdirSync(`${ROOT}${FOLDER}`).filter((name) => name.endsWith(".test.ts"));
  const unlisted = suites.filter((name) => SUITES[name] === undefined);
  if (unlisted.length > 0)
    throw new Error(`${FOLDER}/data.ts doesn't say what data ${unlisted.join(", ")} needs.`);

  const absent = suites.filter((name) => missingOf(name).length > 0);
  for (const name of absent)
    console.log(`not run: ${FOLDER}/${name}, which needs ${missingOf(name).join(", ")}`);
  if (absent.length > 0)
    console.log(
      `\nRecorded market data is not part of the project. It is expected in ${recordedFolder()} (or BALLAST_RECORDED_DATA).`,
    );
  const missed = `${absent.length} of ${suites.length} recorded suites not run`;
  const demanded = absent.length > 0 && wanted === "required";
  return {
    present: suites.length - absent.length,
    absent: absent.map((name) => `${FOLDER}/${name}`),
    counts: {
      passed: 0,
      failed: demanded ? absent.length : 0,
      notes: [demanded ? `${missed}, and BALLAST_RECORDED=required demands all: failed.` : `${missed}.`],
    },
  };
}
