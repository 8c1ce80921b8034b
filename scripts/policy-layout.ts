/**
 * Writes what TypeScript, Circom and Solidity know of a policy's public elements: their order and their bits, from
 * circuits/margin/policy.json.
 *
 *   tsx scripts/policy-layout.ts [--check]
 */
import { fileURLToPath } from "node:url";
import { readJsonFile } from "../src/node/files.ts";
import { circomLayout } from "./policy/circom.ts";
import { layoutOf, layoutSchema } from "./policy/layout.ts";
import { solidityLayout } from "./policy/solidity.ts";
import { typescriptLayout } from "./policy/typescript.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const layout = layoutOf(
  layoutSchema.parse(readJsonFile(`${root}circuits/margin/policy.json`, "policy layout")),
);
writeOrCheck(
  root,
  {
    "circuits/margin/layout.circom": circomLayout(layout),
    "src/risk/policy-layout.ts": typescriptLayout(layout),
    "contracts/snapshot/PolicyLayout.sol": solidityLayout(layout),
  },
  process.argv.includes("--check"),
  "npm run generate",
);
