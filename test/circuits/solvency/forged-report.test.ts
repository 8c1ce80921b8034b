import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField } from "../../../src/math/field.ts";
import { stateHash } from "../../../src/witness/solvency-state.ts";
import { changed, type Forgery, forge, listOf } from "../../helpers/circuit-attack.ts";
import { each } from "../../helpers/circuit-hint-suite.ts";
import { attackBatch, replay } from "../../helpers/circuit-solvency.ts";
import { batch, remaking, report, reportInputs, victim } from "../../helpers/circuit-solvency-fixture.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import type { Inputs, Lie } from "../../helpers/r1cs-forge.ts";

// Lies about a run's results: the state they open was hashed by the batches. The victim has shortfalls in all six states, and two accounts
// that have them.

const STATES = report.instance.shape.scenarios + 1;
const attack = (changes: Inputs, lies: Readonly<Record<string, Lie>> = {}): Forgery =>
  forge(report, { ...reportInputs, ...changes }, lies);
const edit = (name: string, edits: Parameters<typeof changed>[2]): Inputs => ({
  [name]: changed(reportInputs, name, edits),
});
const single = (name: string): bigint => BigInt(String(reportInputs[name]));
const place = (component: string, index: number): Record<string, Lie> =>
  Object.fromEntries(each(`${component}.isPlace`, STATES).map((name, s) => [name, s === index ? 1n : 0n]));

it("starts from a report that holds", () => {
  expect(attack({}).caught).toEqual([]);
  expect(listOf(reportInputs, "shortfall").every((total) => total > 0n)).toBe(true);
});

describe("the opened state", () => {
  it("is the run's: no sum, salt, count, netting sum or challenge can be another", () => {
    const singles = ["batches", "netting", "zeta", "runSalt"].map((name) => ({ [name]: single(name) + 1n }));
    const sums = [
      ...Array.from({ length: 5 }, (_, k) => edit("tiers", { [k]: (old) => old + 1n })),
      ...Array.from({ length: 6 }, (_, g) => edit("demand", { [g]: (old) => old + 1n })),
    ];
    for (const change of [...singles, ...sums]) expect(attack(change).caught).toEqual(["state"]);
    for (let s = 0; s < STATES; s++) {
      for (const name of ["shortfall", "largest", "second"]) {
        expect(attack(edit(name, { [s]: (old) => old - 1n })).caught).toContain("state");
      }
    }
    expect(attack({ state: single("state") + 1n }).caught).toEqual(["state"]);
  });

  it("is the last: the states before it are open to no report", () => {
    for (const { before } of victim.steps.slice(1)) {
      for (const ended of [false, true]) {
        expect(attack({ state: stateHash(victim.plan, { ...before, ended }) }).caught).toEqual(["state"]);
      }
    }
  });

  it("has one opening: no value can be shifted from window to window", () => {
    for (const [name, bits, at, range] of [
      ["tiers", 32n, 0, "tierRange[0]"],
      ["tiers", 32n, 3, "tierRange[3]"],
      ["demand", 84n, 0, "demandRange[0]"],
      ["demand", 84n, 4, "demandRange[4]"],
      ["shortfall", 84n, 0, "shortfallRange[0]"],
      ["shortfall", 84n, 4, "shortfallRange[4]"],
      ["largest", 58n, 1, "excessRange[1]"],
      ["second", 58n, 2, "secondRange[2]"],
    ] as const) {
      for (const step of [1n, -1n]) {
        const shifted = edit(name, {
          [at]: (old) => old + step * (1n << bits),
          [at + 1]: (old) => old - step,
        });
        const { caught } = attack(shifted);
        expect(caught).toContain(`range ${range}`);
        expect(caught).not.toContain("state");
      }
    }
  });

  it("has no opening shifted by the field's order, spread over three windows", () => {
    const C = 1n << 84n;
    for (const times of [1n, -1n, 2n]) {
      const shift = times * P;
      const [low, middle, high] = [shift % C, (shift / C) % C, shift / C / C];
      for (const [name, range] of [
        ["demand", "demandRange[2]"],
        ["shortfall", "shortfallRange[2]"],
      ] as const) {
        const { caught } = attack(
          edit(name, { 0: (old) => old + low, 1: (old) => old + middle, 2: (old) => old + high }),
        );
        expect(caught).toContain(`range ${range}`);
        expect(caught).not.toContain("state");
      }
    }
  });

  it("can't be moved: every public signal is in a constraint", () => {
    const { witness } = attack({});
    for (let wire = 1; wire <= report.real.publicSignals; wire++) {
      const moved = witness.map((value, other) => (other === wire ? (value + 1n) % P : value));
      expect(violations(report.real, moved)).not.toEqual([]);
    }
  });
});

describe("the shown maxima", () => {
  const [worst, cover1, cover2] = ["worstScenario", "cover1Scenario", "cover2Scenario"].map((name) =>
    Number(single(name)),
  );
  it.each([
    ["worst", "worstScenario", "worstShortfall", worst],
    ["single", "cover1Scenario", "cover1Shortfall", cover1],
    ["cover", "cover2Scenario", "cover2Shortfall", cover2],
  ] as const)(
    "%s: the state can't be another, nor the sum, nor both",
    (component, state, shortfall, index = 0) => {
      for (let other = 0; other < STATES; other++) {
        if (other === index) continue;
        expect(attack({ [state]: BigInt(other) }).caught).toEqual([`${component} index`]);
        // With the other state's own sum: it isn't the largest.
        const lies = place(component, other);
        const sum = attack({}, lies).assignment.value(`main.${component}.maximum`);
        expect(sum < single(shortfall)).toBe(true);
        const { caught } = attack({ [state]: BigInt(other), [shortfall]: sum }, lies);
        expect(caught).toContain(`range ${component}.range[${index}]`);
        expect(caught.every((label) => label.startsWith(`range ${component}.range`))).toBe(true);
      }
      for (const sum of [single(shortfall) + 1n, single(shortfall) - 1n, 0n]) {
        expect(attack({ [shortfall]: sum }).caught).toEqual([`${component} maximum`]);
      }
    },
  );

  it("of now is the total in state 0", () => {
    expect(attack({ currentShortfall: 0n }).caught).toEqual(["currentShortfall"]);
    expect(attack({ currentShortfall: single("currentShortfall") - 1n }).caught).toEqual([
      "currentShortfall",
    ]);
  });
});

describe("cover-2", () => {
  const { largestPlace, second, secondBatch } = victim.plan;
  const { largest } = victim.end;
  const state = second.findIndex((value) => value > 1n);
  const set = <T>(list: readonly T[], value: T): T[] => list.map((old, s) => (s === state ? value : old));
  const reportOf = (plan: Parameters<typeof replay>[1]) => replay(remaking, plan);
  const batchesOf = (inputs: readonly Inputs[]): string[] =>
    inputs.flatMap((claim) => attackBatch(batch, claim).caught);

  it("starts from a state in which two accounts have shortfalls", () => {
    expect(at(second, state) > 1n && at(largest, state) > at(second, state)).toBe(true);
    expect(batchesOf(reportOf({}).batches)).toEqual([]);
  });

  it("can't name a smaller second: a batch shows an account above it", () => {
    const { batches } = reportOf({
      second: set(second, at(second, state) - 1n),
      secondBatch: set(secondBatch, -1),
    });
    expect(batchesOf(batches)).toEqual([
      expect.stringMatching(`^range cover\\.range\\[\\d\\]\\[${state}\\]$`),
    ]);
  });

  it("can't name a larger second: no account has exactly that", () => {
    const more = { second: set(second, at(second, state) + 1n) };
    expect(batchesOf(reportOf(more).batches)).toEqual(["second attained"]);
    const silent = reportOf({ ...more, secondBatch: set(secondBatch, -1) });
    expect(batchesOf(silent.batches)).toEqual([]);
    expect(forge(report, silent.report).caught).toEqual(["state"]);
  });

  it("can't name the largest as the second too: it is marked, and a marked one attains nothing", () => {
    const { batches } = reportOf({
      second: set(second, at(largest, state)),
      secondBatch: set(secondBatch, Math.floor(at(largestPlace, state) / 2)),
    });
    expect(batchesOf(batches)).toEqual(["second attained"]);
  });

  it("can't mark a smaller account as the largest: m1 would be below m2", () => {
    const smaller = reportOf({
      largestPlace: set(largestPlace, 0), // an account without shortfalls
      second: set(second, at(largest, state)),
      secondBatch: set(secondBatch, Math.floor(at(largestPlace, state) / 2)),
    });
    expect(batchesOf(smaller.batches)).toEqual([]);
    expect(forge(report, smaller.report).caught).toEqual([`range excessRange[${state}]`]);
  });

  it("can't leave the largest unmarked: then it is above m2; nor set m2 so high that it isn't", () => {
    const bare = { largestPlace: set(largestPlace, -1) };
    const [caught = ""] = batchesOf(reportOf(bare).batches);
    expect(caught).toMatch(`range cover.range`);
    const high = {
      ...bare,
      second: set(second, at(largest, state)),
      secondBatch: set(secondBatch, Math.floor(at(largestPlace, state) / 2)),
    };
    const hidden = reportOf(high);
    expect(batchesOf(hidden.batches)).toEqual([]);
    expect(hidden.end.largestMarks[state]).toBe(0n);
    expect(forge(report, hidden.report).caught).toEqual(expect.arrayContaining(["state"]));
  });

  it("can't mark two, in one batch or in two: the report counts them", () => {
    const twoMarks = listOf(at(reportOf({}).batches, 0), "isLargest").map((old, i) =>
      i === state ? 1n : old,
    );
    const first = attackBatch(batch, at(reportOf({}).batches, 0), { isLargest: twoMarks });
    expect(first.caught).toEqual([]);
    const end = {
      ...victim.end,
      largestMarks: victim.end.largestMarks.map((old, s) => (s === state ? old + 1n : old)),
    };
    expect(attack({ state: stateHash(victim.plan, end) }).caught).toEqual(["state"]);
  });

  it("can't show another m1 or m2 than the run's", () => {
    for (const step of [1n, -1n]) {
      const shifted = {
        ...edit("largest", { [state]: (old) => old + step }),
        ...edit("second", { [state]: (old) => old - step }),
      };
      expect(attack(shifted).caught).toContain("state");
    }
    expect(attack({ runSalt: toField(1n) }).caught).toEqual(["state"]);
  });
});
