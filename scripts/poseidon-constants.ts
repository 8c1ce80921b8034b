/**
 * Writes src/math/generated/poseidon-constants.ts: of the constants that circomlibjs publishes for Poseidon, those that the rest
 * follows from.
 *
 *   tsx scripts/poseidon-constants.ts [--check]
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { readJsonFile } from "../src/node/files.ts";
import { writeOrCheck } from "./solidity/write-or-check.ts";

const number = z.string().regex(/^0x[0-9a-f]{1,64}$/);
const schema = z.object({ C: z.array(z.array(number)), M: z.array(z.array(z.array(number))) });
const entry = createRequire(import.meta.url).resolve("circomlibjs");
const path = join(entry, "..", "..", "src", "poseidon_constants_opt.json");
const { C, M } = schema.parse(readJsonFile(path, "constants of Poseidon"));

const packed = (numbers: readonly string[]): string =>
  numbers.map((number) => BigInt(number).toString(16).padStart(64, "0")).join("");
const list = (items: readonly string[]): string => items.map((item) => `  "${item}",`).join("\n");

const text = `// GENERATED from circomlibjs' constants by scripts/poseidon-constants.ts: change that, not this.

/** Constants of the rounds by width, from 2 on, in the optimised order: 64 hex digits each. */
export const ROUND_CONSTANTS: readonly string[] = [
${list(C.map(packed))}
];

/** The mixing matrix by width, from 2 on, row by row: 64 hex digits an entry. */
export const MIXING_MATRICES: readonly string[] = [
${list(M.map((matrix) => packed(matrix.flat())))}
];
`;
writeOrCheck(
  fileURLToPath(new URL("../", import.meta.url)),
  { "src/math/generated/poseidon-constants.ts": text },
  process.argv.includes("--check"),
  "npm run generate",
);
