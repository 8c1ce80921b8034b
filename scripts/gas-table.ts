/**
 * Writes the gas table of docs/reference/gas.md from the snapshots that the forge suite `Gas` leaves in test/contracts/gas.
 * `forge test` itself fails when a transaction costs another amount than its snapshot says.
 *
 *   npm run gas                          measure again, and write the table
 *   tsx scripts/gas-table.ts [--check]   only the table
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SNAPSHOTS = "test/contracts/gas";
const DOCUMENT = "docs/reference/gas.md";
const START = "<!-- gas:start -->";
const END = "<!-- gas:end -->";

const snapshotSchema = z.record(z.string(), z.string().regex(/^\d+$/));

/** One group of snapshots as a table. */
function table(file: string): string {
  const group = snapshotSchema.parse(JSON.parse(readFileSync(join(ROOT, SNAPSHOTS, file), "utf8")));
  const rows = Object.entries(group).map(
    ([name, gas]) => `| ${name.replace(/^\d+ /, "")} | ${Number(gas).toLocaleString("en-US")} |`,
  );
  return [`### ${file.replace(/\.json$/, "")}`, "", "| transaction | gas |", "|---|---:|", ...rows].join(
    "\n",
  );
}

const document = readFileSync(join(ROOT, DOCUMENT), "utf8");
const [before, rest] = document.split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no ${START} and ${END}`);
const tables = readdirSync(join(ROOT, SNAPSHOTS))
  .filter((file) => file.endsWith(".json"))
  .sort()
  .map(table);
const content = `${before}${START}\n\n${tables.join("\n\n")}\n\n${END}${after}`;
writeOrCheck(ROOT, { [DOCUMENT]: content }, process.argv.includes("--check"), "npm run gas");
