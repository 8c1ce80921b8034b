import { BallastError } from "../errors.ts";
import { FIELD_MODULUS as P } from "./field.ts";
import { MIXING_MATRICES, ROUND_CONSTANTS } from "./generated/poseidon-constants.ts";
import { type Matrix, matrixInverse, matrixPower, rowTimes, timesColumn } from "./matrix.ts";

/** Constants of circomlib's optimised Poseidon of one width: of rounds, sparse matrices, and two full matrices. */
export interface PoseidonConstants {
  readonly C: readonly bigint[];
  readonly S: readonly bigint[];
  readonly M: Matrix;
  readonly P: Matrix;
}

const HALF_FULL_ROUNDS = 4;
const DIGITS = 64;

const known = new Map<number, PoseidonConstants>();

/**
 * The constants of a width, made ready when they are first asked for.
 * @param width 2..17.
 * @throws {BallastError} INTERNAL for another width.
 */
export function poseidonConstants(width: number): PoseidonConstants {
  const found = known.get(width);
  if (found !== undefined) return found;
  const rounds = ROUND_CONSTANTS[width - 2];
  const mixing = MIXING_MATRICES[width - 2];
  if (rounds === undefined || mixing === undefined)
    throw new BallastError("INTERNAL", `Poseidon has no constants of width ${width}.`);
  const C = unpack(rounds);
  const entries = unpack(mixing);
  const M = Array.from({ length: width }, (_, i) => entries.slice(i * width, (i + 1) * width));
  const constants = { C, M, ...sparseForm(M, C.length - 2 * HALF_FULL_ROUNDS * width) };
  known.set(width, constants);
  return constants;
}

/**
 * The partial rounds' mixing, M each time, as one full matrix P before them and a sparse one S in each (Poseidon's paper,
 * appendix B): with `M = [[m, row], [column, A]]`, round r of the R has row `row * A^(R-1-r)` and column `A^-(R-r) * column`.
 * @returns S round by round, `[m, column, row]`; P is `[[m, row * A^R], [column, A^(R+1)]]`.
 */
function sparseForm(M: Matrix, partialRounds: number): Pick<PoseidonConstants, "S" | "P"> {
  const [[m = 0n, ...row] = [], ...below] = M;
  const column = below.map(([first = 0n]) => first);
  const A = below.map((entries) => entries.slice(1));
  const inverse = matrixInverse(A);
  const rounds: bigint[][] = [];
  let [right, down] = [row, timesColumn(inverse, column)];
  for (let round = partialRounds; round > 0; round--) {
    rounds.unshift([m, ...down, ...right]);
    [right, down] = [rowTimes(right, A), timesColumn(inverse, down)];
  }
  const power = matrixPower(A, partialRounds + 1);
  return {
    S: rounds.flat(),
    P: [[m, ...right], ...power.map((entries, i) => [column[i] ?? 0n, ...entries])],
  };
}

function unpack(text: string): bigint[] {
  return Array.from({ length: text.length / DIGITS }, (_, i) =>
    BigInt(`0x${text.slice(i * DIGITS, (i + 1) * DIGITS)}`),
  );
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
