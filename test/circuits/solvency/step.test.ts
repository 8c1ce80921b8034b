import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField } from "../../../src/math/field.ts";
import {
  addedElements,
  initialState,
  type RunState,
  stateHash,
} from "../../../src/witness/solvency-state.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { slowHash } from "../../helpers/circuit-poseidon.ts";
import { at } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

const SHAPE = { scenarios: 1, underlyings: 1 };
const [STATES, ADDED, ACCOUNTS] = [2, 7, 2];
const step = openTemplate(
  "step_1_1",
  ["solvency/step.circom"],
  `signal input salt; signal input zeta; signal input batchIndex; signal input isLast; signal input added[${ADDED}];
   signal input share[${ADDED}]; signal input second[${STATES}]; signal output from; signal output to;
   component step = Step(1, 1); step.salt <== salt; step.zeta <== zeta; step.batchIndex <== batchIndex;
   component last = Bit(); last.value <== isLast; step.isLast <== last.ranged; step.added <== added; step.share <== share;
   step.second <== second; from <== step.stateIn; to <== step.stateOut;`,
  ["salt", "zeta", "batchIndex", "isLast", "added", "share", "second"],
);
const random = new Random("step 20260205");
const secrets = { salt: random.field(), zeta: random.field(), second: [5n, 1n << 56n] };

/** Some state after `batches` batches, up to the ends of its windows. */
const stateAfter = (batches: number, ended: boolean): RunState => ({
  batches,
  ended,
  netting: random.field(),
  tiers: [1n, 0n, 1n << 27n, 3n, 4n],
  demand: [(1n << 83n) - 1n, 2n, 0n],
  shortfall: [random.bits(84), random.bits(84)],
  largest: [random.bits(56), 1n << 56n],
  largestMarks: [1n, 0n],
  secondMarks: [0n, 1n],
});
const sumOf = (a: readonly bigint[], b: readonly bigint[]): bigint[] =>
  a.map((value, i) => (value + at(b, i)) % P);
const share = Array.from({ length: ADDED }, () => random.bits(200));
const inputsOf = (before: RunState, isLast = 0n) => ({
  salt: secrets.salt,
  zeta: secrets.zeta,
  batchIndex: BigInt(before.batches),
  isLast,
  added: before.batches === 0 ? new Array<bigint>(ADDED).fill(0n) : addedElements(before),
  share,
  second: secrets.second,
});

/** The state's hash from docs/protocol/encodings.md alone. */
const hashOf = (
  inputs: ReturnType<typeof inputsOf>,
  batches: bigint,
  ended: bigint,
  added: readonly bigint[],
): bigint => {
  const [low = 0n, high = 0n] = inputs.second;
  return at(
    slowHash("state", [inputs.salt, inputs.zeta, batches, ended, ...added, low + (high << 58n)], 1),
    0,
  );
};

describe("Step", () => {
  it.each([0, 1, 2, 1000])(
    "leads from the state of %d batches to the next, as docs/protocol/encodings.md writes them",
    (batches) => {
      for (const isLast of [0n, 1n]) {
        const before = batches === 0 ? initialState(SHAPE) : stateAfter(batches, false);
        const inputs = inputsOf(before, isLast);
        const { caught, assignment } = step.run(inputs);
        expect(caught).toEqual([]);
        const index = BigInt(batches);
        expect(assignment.value("main.from")).toBe(hashOf(inputs, index, 0n, inputs.added));
        expect(assignment.value("main.from")).toBe(stateHash(secrets, before));
        const after = sumOf(inputs.added, share);
        expect(assignment.value("main.to")).toBe(hashOf(inputs, index + 1n, isLast, after));
      }
    },
  );

  it("starts the first batch from zero: any element there already is refused, whatever IsZero's hint", () => {
    const first = inputsOf(initialState(SHAPE));
    for (let i = 0; i < ADDED; i++) {
      for (const value of [1n, P - 1n]) {
        const added = first.added.map((zero, k) => (k === i ? value : zero));
        expect(step.run({ ...first, added }).caught).toEqual(["first from zero"]);
        const inverse = step.full.nameOf.find((name) => name.endsWith(".inv")) ?? "";
        expect(step.run({ ...first, added }, { [inverse]: 5n }).caught).toEqual(["first from zero"]);
        const denied = step.run({ ...first, added }, { [inverse.replace(".inv", ".out")]: 0n });
        expect(denied.caught).toEqual([expect.stringMatching(/^law step\.IsZero\.in step\.IsZero\.inv/)]);
      }
    }
  });

  it("can't take a later batch for the first, nor need its sums be zero", () => {
    const later = inputsOf(stateAfter(3, false));
    expect(step.run(later).caught).toEqual([]);
    const output = step.full.nameOf.find((name) => /IsZero_\d+_\d+\.out$/.test(name)) ?? "";
    const zeros = { ...later, added: later.added.map(() => 0n) };
    expect(step.run(zeros, { [output]: 1n }).caught).toContain("zero step");
  });

  it("goes on from no state that has ended: `ended` is 0 in stateIn, without a wire for it", () => {
    const ended = stateAfter(3, true);
    const inputs = inputsOf(ended);
    const { assignment } = step.run(inputs);
    expect(assignment.value("main.from")).not.toBe(stateHash(secrets, ended));
    expect(assignment.value("main.from")).toBe(stateHash(secrets, { ...ended, ended: false }));
    const lie = step.run(inputs, { "main.step.before.ended": 1n });
    expect(lie.assignment.value("main.from")).toBe(stateHash(secrets, ended));
    expect(lie.caught).toEqual(["bit step.before.ended"]);
  });

  it("ends with 0 or 1 only", () => {
    for (const isLast of [2n, P - 1n])
      expect(step.run({ ...inputsOf(stateAfter(1, false)), isLast }).caught).toEqual(["bit last"]);
  });

  it("gives another state for every change: salt, zeta, count, each element, m2", () => {
    const inputs = inputsOf(stateAfter(4, false));
    const honest = step.run(inputs).assignment;
    const changes = [
      { salt: 1n },
      { zeta: 1n },
      { batchIndex: 5n },
      { second: [6n, 1n << 56n] },
      { second: [5n, 0n] },
      ...Array.from({ length: ADDED }, (_, i) => ({
        added: inputs.added.map((value, k) => (k === i ? value + 1n : value)),
      })),
    ];
    const seen = changes.flatMap((change) => {
      const { assignment } = step.run({ ...inputs, ...change });
      return [assignment.value("main.from"), assignment.value("main.to")];
    });
    expect(new Set([...seen, honest.value("main.from"), honest.value("main.to")]).size).toBe(seen.length + 2);
    const ended = step.run({ ...inputs, isLast: 1n }).assignment;
    expect(ended.value("main.from")).toBe(honest.value("main.from"));
    expect(ended.value("main.to")).not.toBe(honest.value("main.to"));
  });

  it("packs m2 as it is given: that it fits its window is CoverTwo's to show, in every batch", () => {
    const inputs = inputsOf(stateAfter(1, false));
    const moved = step.run({ ...inputs, second: [5n + (1n << 58n), (1n << 56n) - 1n] }).assignment;
    expect(moved.value("main.to")).toBe(step.run(inputs).assignment.value("main.to"));
  });
});

describe("BatchShare", () => {
  const gadget = openTemplate(
    "batch_share_2",
    ["solvency/step.circom"],
    `signal input netting[${ACCOUNTS}]; signal input tierIs[${ACCOUNTS * 5}]; signal input demand[${ACCOUNTS * 3}];
     signal input shortfall[${ACCOUNTS * STATES}]; signal input largest[${STATES}]; signal input largestMarks[${STATES}];
     signal input secondMarks[${STATES}]; signal output packed[${ADDED}];
     component s = BatchShare(${ACCOUNTS}, 1, 1); component bit[${ACCOUNTS * 5}]; s.netting <== netting;
     for (var a = 0; a < ${ACCOUNTS}; a++) {
       for (var k = 0; k < 5; k++) { bit[5 * a + k] = Bit(); bit[5 * a + k].value <== tierIs[5 * a + k]; s.tierIs[a][k] <== bit[5 * a + k].ranged; }
       for (var g = 0; g < 3; g++) { s.demand[a][g] <== demand[3 * a + g]; }
       for (var t = 0; t < ${STATES}; t++) { s.shortfall[a][t] <== shortfall[${STATES} * a + t]; }
     }
     s.largest <== largest; s.largestMarks <== largestMarks; s.secondMarks <== secondMarks; packed <== s.packed;`,
    ["netting", "tierIs", "demand", "shortfall", "largest", "largestMarks", "secondMarks"],
  );
  const inputs = {
    netting: [P - 3n, 10n],
    tierIs: [0n, 0n, 1n, 0n, 0n, 0n, 0n, 1n, 0n, 0n],
    demand: [1n, 2n, 3n, 10n, 20n, 30n],
    shortfall: [1n << 56n, 4n, 1n << 56n, 5n],
    largest: [1n << 56n, 5n],
    largestMarks: [1n, 1n],
    secondMarks: [1n, 0n],
  };

  it("adds up the accounts, field by field, as the reference packs them", () => {
    const { caught, assignment } = gadget.run(inputs);
    expect(caught).toEqual([]);
    const expected: RunState = {
      ...initialState(SHAPE),
      netting: toField(7n),
      tiers: [0n, 0n, 2n, 0n, 0n],
      demand: [11n, 22n, 33n],
      shortfall: [1n << 57n, 9n],
      largest: inputs.largest,
      largestMarks: inputs.largestMarks,
      secondMarks: inputs.secondMarks,
    };
    const packed = Array.from({ length: ADDED }, (_, i) => assignment.value(`main.packed[${i}]`));
    expect(packed).toEqual(addedElements(expected));
  });

  it("adds nothing else", () => {
    for (let i = 0; i < ADDED; i++) {
      const { caught } = gadget.run(inputs, { [`main.s.packed[${i}]`]: (_, honest) => honest + 1n });
      expect(caught).toEqual([expect.stringMatching(/^law s\.(all\.)?packed/)]);
    }
  });
});
