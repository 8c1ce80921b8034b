import { BallastError } from "../errors.ts";
import { bigEndian } from "./bytes.ts";
import { type Field, toField } from "./field.ts";
import { permute } from "./permutation.ts";

/**
 * Every use of the hash has a domain of its own. The circuits' `HASH_*` functions carry the same tags
 * (a test compares them).
 */
export const HASH_TAGS = [
  "portfolio",
  "beta",
  "alpha",
  "account",
  "node",
  "state",
  "batch.beta",
  "batch.alpha",
  "transfer",
  "deleverage",
  "reduction",
  "salt",
] as const;
export type HashTag = (typeof HASH_TAGS)[number];

/** Field elements a permutation absorbs at once: circomlib has constants up to width 17. */
export const HASH_RATE = 16;

/** The initial capacity: ASCII of the tag, then the input length in 16 bits. Fixed length makes the encoding prefix-free. */
export function hashDomain(tag: HashTag, inputLength: number): Field {
  const ascii = bigEndian(new TextEncoder().encode(`ballast.${tag}`));
  return toField(ascii * 65536n + BigInt(inputLength));
}

/**
 * Ballast's hash: an overwrite-mode sponge over circomlib's Poseidon permutations.
 * Blocks of up to 16 elements; element 0 of the state is the capacity and carries from block to block,
 * the outputs are elements 1..outputs of the last state.
 *
 * @param inputs one or more field elements.
 * @param outputs how many elements to squeeze; at most the width of the last block.
 * @throws {BallastError} OUT_OF_RANGE for an input outside the field, INVALID_INPUT for none.
 */
export function hashTo(tag: HashTag, inputs: readonly bigint[], outputs: number): Field[] {
  if (inputs.length === 0 || inputs.length > 65535) {
    throw new BallastError("INVALID_INPUT", `H("${tag}") takes 1 to 65535 inputs, got ${inputs.length}.`);
  }
  let state: readonly bigint[] = [hashDomain(tag, inputs.length)];
  for (let start = 0; start < inputs.length; start += HASH_RATE) {
    const block = inputs.slice(start, start + HASH_RATE).map((value) => toField(value, "hash input"));
    state = permute([state[0] ?? 0n, ...block]);
  }
  if (outputs < 1 || outputs >= state.length) {
    throw new BallastError(
      "INVALID_INPUT",
      `H("${tag}") can squeeze at most ${state.length - 1} elements here.`,
    );
  }
  return state.slice(1, 1 + outputs).map((value) => toField(value));
}

/** One-element {@link hashTo}. */
export function hash(tag: HashTag, inputs: readonly bigint[]): Field {
  const [value] = hashTo(tag, inputs, 1);
  if (value === undefined) throw new BallastError("INTERNAL", "The hash returned no element.");
  return value;
}
