import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FIELD_MODULUS as P } from "../../src/math/field.ts";

/**
 * Poseidon as its paper writes it (https://eprint.iacr.org/2019/458, x^5, 8 full rounds), with neither the sparse matrices nor the moved
 * constants of the optimised form that circomlib's circuits and src/math use. Only the published constants are shared.
 */
interface Constants {
  /** Round constants by width - 2. */
  readonly C: readonly (readonly string[])[];
  /** MDS matrices by width - 2. */
  readonly M: readonly (readonly (readonly string[])[])[];
}

const entry = createRequire(import.meta.url).resolve("circomlibjs");
const published = join(entry, "..", "..", "src", "poseidon_constants.json");
const constants = JSON.parse(readFileSync(published, "utf8")) as Constants;
const PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68];
const FULL_ROUNDS = 8;

/** The permutation of a state of 2 to 17 elements. */
export function slowPoseidon(state: readonly bigint[]): bigint[] {
  const width = state.length;
  const round = (constants.C[width - 2] ?? []).map(BigInt);
  const matrix = (constants.M[width - 2] ?? []).map((row) => row.map(BigInt));
  const partial = PARTIAL_ROUNDS[width - 2];
  if (partial === undefined || round.length !== width * (FULL_ROUNDS + partial)) throw new Error("constants");
  let current = [...state];
  for (let r = 0; r < FULL_ROUNDS + partial; r++) {
    const full = r < FULL_ROUNDS / 2 || r >= FULL_ROUNDS / 2 + partial;
    const mixed = current
      .map((value, i) => (value + (round[r * width + i] ?? 0n)) % P)
      .map((value, i) => (full || i === 0 ? value ** 5n % P : value));
    current = matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * (mixed[j] ?? 0n), 0n) % P);
  }
  return current;
}

/** docs/protocol/encodings.md section 1, from the page alone. */
export function slowHash(tag: string, inputs: readonly bigint[], outputs: number): bigint[] {
  const ascii = [...`ballast.${tag}`].reduce((sum, letter) => sum * 256n + BigInt(letter.charCodeAt(0)), 0n);
  let state = [ascii * 65536n + BigInt(inputs.length)];
  for (let start = 0; start < inputs.length; start += 16) {
    state = slowPoseidon([state[0] ?? 0n, ...inputs.slice(start, start + 16)]);
  }
  return state.slice(1, 1 + outputs);
}
