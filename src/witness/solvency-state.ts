import { type Field, reduce, toField } from "../math/field.ts";
import { hash } from "../math/poseidon.ts";
import type { Shape } from "../risk/shape.ts";
import { type SolvencyResult, solvencyResult, TIERS } from "../risk/solvency.ts";

const TIER_BITS = 32n;
const TOTAL_BITS = 84n;
const TOTALS_PER_ELEMENT = 3;
const SHORTFALL_BITS = 58n;
const SHORTFALLS_PER_ELEMENT = 4;
const MARK_BITS = 28n;
const MARKS_PER_ELEMENT = 9;

/** The hidden state of a run after some batches (docs/protocol/encodings.md, 7). Witness values: never log or publish it. */
export interface RunState {
  readonly batches: number;
  readonly ended: boolean;
  /** Z */
  readonly netting: Field;
  readonly tiers: readonly bigint[];
  /** |delta|, short gamma, |vega| for each underlying, micro-USD. */
  readonly demand: readonly bigint[];
  /** Total in each state of the world, micro-USD. */
  readonly shortfall: readonly bigint[];
  /** m1 in each state of the world, micro-USD; 0 before it was marked. */
  readonly largest: readonly bigint[];
  readonly largestMarks: readonly bigint[];
  readonly secondMarks: readonly bigint[];
}

/** What a run's states have in common. */
export interface RunSecrets {
  /** One for each run, never used again: {@link randomSalt}. */
  readonly salt: Field;
  /** The netting challenge. */
  readonly zeta: Field;
  /** m2 in each state of the world, micro-USD, S+1 of them. */
  readonly second: readonly bigint[];
}

/** The state that every run starts from. */
export function initialState(shape: Shape): RunState {
  const zeros = (count: number): bigint[] => new Array<bigint>(count).fill(0n);
  const states = shape.scenarios + 1;
  return {
    batches: 0,
    ended: false,
    netting: toField(0n),
    tiers: zeros(TIERS),
    demand: zeros(3 * shape.underlyings),
    shortfall: zeros(states),
    largest: zeros(states),
    largestMarks: zeros(states),
    secondMarks: zeros(states),
  };
}

/** The elements that add up from batch to batch. */
export function addedElements(state: RunState): Field[] {
  return [
    state.netting,
    ...pack(state.tiers, TIER_BITS, TIERS),
    ...pack(state.demand, TOTAL_BITS, TOTALS_PER_ELEMENT),
    ...pack(state.shortfall, TOTAL_BITS, TOTALS_PER_ELEMENT),
    ...pack(state.largest, SHORTFALL_BITS, SHORTFALLS_PER_ELEMENT),
    ...pack(state.largestMarks, MARK_BITS, MARKS_PER_ELEMENT),
    ...pack(state.secondMarks, MARK_BITS, MARKS_PER_ELEMENT),
  ];
}

/** `H("state", salt, zeta, batches, ended, added, second)` */
export function stateHash({ salt, zeta, second }: RunSecrets, state: RunState): Field {
  const claim = pack(second, SHORTFALL_BITS, SHORTFALLS_PER_ELEMENT);
  return hash("state", [
    salt,
    zeta,
    BigInt(state.batches),
    state.ended ? 1n : 0n,
    ...addedElements(state),
    ...claim,
  ]);
}

/** What the report opens of a run's last state. */
export function resultOf(end: RunState, second: readonly bigint[]): SolvencyResult {
  return solvencyResult({
    tiers: end.tiers.map(Number),
    shortfall: end.shortfall,
    largest: end.largest,
    twoLargest: end.largest.map((largest, state) => largest + (second[state] ?? 0n)),
    demand: end.demand,
  });
}

function pack(values: readonly bigint[], bits: bigint, perElement: number): Field[] {
  return Array.from({ length: Math.ceil(values.length / perElement) }, (_, e) =>
    reduce(
      values
        .slice(e * perElement, (e + 1) * perElement)
        .reduceRight((element, value) => (element << bits) + value, 0n),
    ),
  );
}
