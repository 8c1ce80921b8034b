import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { FIELD_MODULUS as P } from "./field.ts";

/** Constants of circomlib's optimised Poseidon of one width: of rounds, sparse matrices, and two full matrices by column. */
export interface PoseidonConstants {
  readonly C: readonly bigint[];
  readonly S: readonly bigint[];
  readonly M: readonly (readonly bigint[])[];
  readonly P: readonly (readonly bigint[])[];
}

/** Widths with constants: 2 to 17. */
const WIDTHS = 16;
const HALF_FULL_ROUNDS = 4;

type Published = Record<keyof PoseidonConstants, readonly unknown[]>;
let published: Published | undefined;
const known = new Map<number, PoseidonConstants>();

/**
 * The constants that circomlibjs publishes, read when they are first asked for. They are data: nothing of that library runs.
 * @param width 2..17.
 * @throws {BallastError} INTERNAL for another width, or where the file is missing.
 */
export function poseidonConstants(width: number): PoseidonConstants {
  const found = known.get(width);
  if (found !== undefined) return found;
  const index = width - 2;
  if (!Number.isInteger(width) || index < 0 || index >= WIDTHS)
    throw new BallastError("INTERNAL", `Poseidon has no constants of width ${width}.`);
  published ??= readPublished();
  const numbers = (value: unknown): bigint[] => (value as string[]).map(BigInt);
  const { C, S, M, P: sparse } = published;
  const constants = {
    C: numbers(C[index]),
    S: numbers(S[index]),
    M: (M[index] as unknown[]).map(numbers),
    P: (sparse[index] as unknown[]).map(numbers),
  };
  known.set(width, constants);
  return constants;
}

function readPublished(): Published {
  try {
    const entry = createRequire(import.meta.url).resolve("circomlibjs");
    const path = join(entry, "..", "..", "src", "poseidon_constants_opt.json");
    return parseJson(readFileSync(path, "utf8"), "constants of Poseidon") as Published;
  } catch (cause) {
    throw new BallastError("INTERNAL", "The constants of Poseidon are missing.", {
      hint: "Check that circomlibjs is installed unchanged (npm ci).",
      cause,
    });
  }
}

/**
 * circomlib's Poseidon permutation in its optimised form: 4 full rounds, the partial ones with sparse matrices, 4 full rounds.
 * @param input 2 to 17 canonical field elements.
 * @returns as many.
 */
export function permute(input: readonly bigint[]): bigint[] {
  const width = input.length;
  const { C, S, M, P: last } = poseidonConstants(width);
  let at = 0;
  const addConstants = (state: readonly bigint[]): bigint[] => state.map((value) => value + (C[at++] ?? 0n));
  const mix = (state: readonly bigint[], matrix: PoseidonConstants["M"]): bigint[] =>
    state.map((_, i) => state.reduce((sum, value, j) => sum + value * (matrix[j]?.[i] ?? 0n), 0n) % P);

  let state = addConstants(input);
  for (let round = 1; round <= HALF_FULL_ROUNDS; round++)
    state = mix(addConstants(state.map(power5)), round < HALF_FULL_ROUNDS ? M : last);
  const sparse = 2 * width - 1;
  for (let start = 0; start < S.length; start += sparse) {
    const first = power5(state[0] ?? 0n) + (C[at++] ?? 0n);
    let head = 0n;
    for (let i = 0; i < width; i++) head += (S[start + i] ?? 0n) * (i === 0 ? first : (state[i] ?? 0n));
    for (let i = 1; i < width; i++)
      state[i] = ((state[i] ?? 0n) + first * (S[start + width + i - 1] ?? 0n)) % P;
    state[0] = head % P;
  }
  for (let round = 1; round < HALF_FULL_ROUNDS; round++) state = mix(addConstants(state.map(power5)), M);
  return mix(state.map(power5), M);
}

function power5(value: bigint): bigint {
  const square = (value * value) % P;
  return (((square * square) % P) * value) % P;
}
