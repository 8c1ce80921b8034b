/**
 * Writes every generated file, or, with `--check`, says which are not what their sources give.
 *
 *   tsx scripts/generate.ts [--check]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** In this order: later ones read what earlier ones write. */
const GENERATORS = [
  "poseidon-constants",
  "policy-layout",
  "circuit-list",
  "circuit-mains",
  "generate-verifiers",
  "circuit-sizes",
  "build-contracts",
  "reference",
  "layer-picture",
  "client",
  "api-report",
  "drawings",
];
/** Written by `npm run gas`, which measures first. */
const MEASURED = ["gas-table"];

const check = process.argv.includes("--check");
for (const name of check ? [...GENERATORS, ...MEASURED] : GENERATORS) {
  if (check) process.stdout.write(`${name}: `);
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ["--import", "tsx", script, ...(check ? ["--check"] : [])], {
    stdio: "inherit",
  });
  if (status === 0) continue;
  process.exitCode = 1;
  if (!check) break;
}
