/**
 * Writes the pages of docs/reference that follow from the code: the command line's help, error codes, file formats with
 * their JSON schemas, and the contracts' interfaces.
 *
 *   tsx scripts/reference.ts [--check]
 */
import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cliPages } from "./reference/cli.ts";
import { contractPages } from "./reference/contracts.ts";
import { errorPage } from "./reference/errors.ts";
import { formatPages } from "./reference/formats.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const REMEDY = "npm run generate";
/** Folders that hold nothing but pages of this script. */
const OWN = ["docs/reference/cli", "docs/reference/schemas"];

const files = { ...(await cliPages()), ...errorPage(), ...formatPages(), ...contractPages() };
const check = process.argv.includes("--check");
writeOrCheck(ROOT, files, check, REMEDY);
for (const folder of OWN) {
  for (const name of readdirSync(`${ROOT}${folder}`)) {
    const path = `${folder}/${name}`;
    if (path in files) continue;
    if (check) {
      console.error(`${path} is of nothing that there is: run ${REMEDY}.`);
      process.exitCode = 1;
    } else rmSync(`${ROOT}${path}`);
  }
}
