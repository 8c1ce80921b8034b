import { readdirSync } from "node:fs";
import { chromiumPath } from "../../test/web/chromium.ts";
import type { Counts } from "./suites.ts";

const FOLDER = "test/web";

/** Whether the suites in a browser can run. */
export interface Browser {
  readonly isThere: boolean;
  /** Where it isn't: failures where it is demanded, and the sentence that says how many suites did not run. */
  readonly counts: Counts;
}

/**
 * Looks for a browser, and says that the suites don't run where there is none. With `BALLAST_BROWSER=required` that is a failure.
 * @throws {Error} another word there.
 */
export function planBrowser(): Browser {
  const { BALLAST_BROWSER: wanted = "" } = process.env;
  if (wanted !== "" && wanted !== "required")
    throw new Error(`BALLAST_BROWSER is "${wanted}": it is "required", or not set.`);
  if (chromiumPath() !== undefined) return { isThere: true, counts: { passed: 0, failed: 0, notes: [] } };
  const suites = readdirSync(FOLDER).filter((name) => name.endsWith(".browser.test.ts"));
  const missed = `${suites.length} suites in a browser not run: there is no chromium (Debian: apt-get install chromium; or name one in BALLAST_CHROMIUM)`;
  const demanded = wanted === "required";
  return {
    isThere: false,
    counts: {
      passed: 0,
      failed: demanded ? suites.length : 0,
      notes: [demanded ? `${missed}, and BALLAST_BROWSER=required demands them: failed.` : `${missed}.`],
    },
  };
}
