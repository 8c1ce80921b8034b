/**
 * Draws the documents' pictures, and the README's table of what the demo came to, from the recorded run in docs/learn/demo.json.
 *
 *   tsx scripts/drawings.ts [--check]
 *   ballast demo --json > FILE; tsx scripts/drawings.ts --record FILE     records another run, and draws
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "../src/node/files.ts";
import { caseInTime } from "./drawings/case-in-time.ts";
import { DEMO_FILE, type Demo, demoOf, recordedDemo, usd } from "./drawings/demo.ts";
import { rowToPoint } from "./drawings/row-to-point.ts";
import { trusted } from "./drawings/trusted.ts";
import { waterfall } from "./drawings/waterfall.ts";
import { whoTalks } from "./drawings/who-talks.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const [START, END] = ["<!-- demo:start -->", "<!-- demo:end -->"];
const KINDS: Readonly<Record<string, string>> = { account: "equity of", wallet: "wallet of" };

/** The demo's last table: who paid what. */
function moneyTable({ money, sum }: Demo): string {
  const rows = money.map(
    ({ kind, name, before, after, change }) =>
      `| ${[KINDS[kind], name].filter((part) => part !== undefined).join(" ")} | ${usd(before)} | ${usd(after)} | ${Number(change) > 0 ? "+" : ""}${usd(change)} |`,
  );
  return [
    "| USD | before | after | change |",
    "|---|---:|---:|---:|",
    ...rows,
    `| **sum** | | | **${usd(sum)}** |`,
  ].join("\n");
}

function readme(demo: Demo): string {
  const text = readFileSync(`${ROOT}README.md`, "utf8");
  const [before, rest] = text.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no ${START} and ${END}`);
  return `${before}${START}\n${moneyTable(demo)}\n${END}${after}`;
}

const record = process.argv.indexOf("--record");
if (record >= 0) {
  const demo = demoOf(JSON.parse(readFileSync(process.argv[record + 1] ?? "", "utf8")));
  writeFileAtomic(`${ROOT}${DEMO_FILE}`, `${JSON.stringify(demo, null, 2)}\n`);
}
const demo = recordedDemo();
writeOrCheck(
  ROOT,
  {
    "docs/drawings/row-to-point.svg": rowToPoint(),
    "docs/drawings/who-talks.svg": whoTalks(),
    "docs/drawings/case-in-time.svg": caseInTime(),
    "docs/drawings/waterfall.svg": waterfall(demo),
    "docs/drawings/trusted.svg": trusted(),
    "README.md": readme(demo),
  },
  process.argv.includes("--check"),
  "npm run generate",
);
