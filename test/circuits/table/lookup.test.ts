import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

// Two slots, two rows, challenges given: the equation itself, apart from where its challenges come from.
const lookupWith = (used: "UsedRows" | "UsedCounts") =>
  openTemplate(
    `lookup_2x2_${used}`,
    ["table/lookup.circom", "table/used.circom", "table/counts.circom", "math/range.circom"],
    `signal input id[2]; signal input isShort[2]; signal input value[2]; signal input usedLong[2]; signal input usedShort[2];
   signal input rowId[2]; signal input long[2]; signal input short[2]; signal input alpha; signal input gamma;
   component u = ${used === "UsedRows" ? "UsedRows(2, 2)" : "UsedCounts(2, 2, 2)"}; u.usedLong <== usedLong; u.usedShort <== usedShort; _ <== u.use.packed;
   component r[2]; component b[2]; component l = Lookup(2, 2);
   signal {max} ids[2]; ids.max = 1048575; signal {binary} sides[2];
   for (var i = 0; i < 2; i++) {
     r[i] = UnsignedRange(20); r[i].value <== id[i]; ids[i] <== r[i].ranged;
     b[i] = Bit(); b[i].value <== isShort[i]; sides[i] <== b[i].ranged;
   }
   l.id <== ids; l.isShort <== sides; l.value <== value; l.usedLong <== u.use.long; l.usedShort <== u.use.short; l.empty <== u.use.empty;
   l.rowId <== rowId; l.longValue <== long; l.shortValue <== short; l.alpha <== alpha; l.gamma <== gamma;`,
    ["id", "isShort", "value", "usedLong", "usedShort", "rowId", "long", "short", "alpha", "gamma"],
  );
const gadget = lookupWith("UsedRows");
const MEMBERSHIP = "membership";
const table = {
  rowId: [7n, 9n],
  long: [1000n, 2000n],
  short: [P - 900n, P - 1900n],
  alpha: 987_654_321n,
  gamma: 13n,
};
const both = {
  id: [7n, 9n],
  isShort: [0n, 1n],
  value: [1000n, P - 1900n],
  usedLong: [1n, 0n],
  usedShort: [0n, 1n],
};
const none = { id: [0n, 0n], isShort: [0n, 0n], value: [0n, 0n], usedLong: [0n, 0n], usedShort: [0n, 0n] };

describe("Lookup", () => {
  it("accepts slots that are rows, in any order, and empty ones", () => {
    for (const claim of [
      both,
      { ...both, id: [9n, 7n], isShort: [1n, 0n], value: [P - 1900n, 1000n] },
      none,
      { id: [0n, 7n], isShort: [0n, 1n], value: [0n, P - 900n], usedLong: [0n, 0n], usedShort: [1n, 0n] },
      { id: [7n, 7n], isShort: [0n, 1n], value: [1000n, P - 900n], usedLong: [1n, 0n], usedShort: [1n, 0n] },
    ]) {
      expect(gadget.run({ ...table, ...claim }).caught).toEqual([]);
    }
  });

  it.each([
    ["a value off by one", { value: [1001n, P - 1900n] }],
    ["another row's value", { value: [2000n, P - 1900n] }],
    ["the other side's value", { value: [P - 900n, P - 1900n] }],
    ["a slot twice", { id: [7n, 7n], isShort: [0n, 0n], value: [1000n, 1000n] }],
    [
      "a slot twice under one bit",
      { id: [7n, 7n], isShort: [0n, 0n], value: [1000n, 1000n], usedShort: [0n, 0n] },
    ],
    ["an id that isn't there", { id: [8n, 9n] }],
    ["a bit too many", { usedLong: [1n, 1n] }],
    ["a bit too few", { usedLong: [0n, 0n] }],
    ["an empty slot with a value", { id: [0n, 9n], value: [5n, P - 1900n], usedLong: [0n, 0n] }],
    ["id and value that add up", { id: [7n + 13n, 9n], value: [999n, P - 1900n], alpha: 5n }],
  ])("refuses %s", (name, claim) => {
    const { caught } = gadget.run({ ...table, ...both, ...claim });
    // id + gamma*value is one number: for a gamma known before the slots were chosen, another pair gives it.
    expect(caught).toEqual(name === "id and value that add up" ? [] : [MEMBERSHIP]);
  });

  it("has no solution where a used pole is hit, and leaves an unused row's term open", () => {
    const pole = 7n + 13n * 1000n;
    const used = gadget.run({ ...table, ...both, alpha: pole });
    expect(used.caught.length).toBeGreaterThan(0);
    // The only freedom there is: alpha on an unused row's pole. Alpha is a hash of all poles, so it has probability 2*ROWS/p.
    const lie = { "main.l.longTerm[0]": 55n };
    const open = gadget.run({ ...table, ...none, alpha: pole }, lie);
    expect(open.caught).toEqual([MEMBERSHIP]);
    expect(gadget.run({ ...table, ...none, alpha: pole }).caught).toEqual([]);
  });
});

describe("Lookup with counts, for a batch", () => {
  const counted = lookupWith("UsedCounts");
  const twice = {
    id: [7n, 7n],
    isShort: [0n, 0n],
    value: [1000n, 1000n],
    usedLong: [2n, 0n],
    usedShort: [0n, 0n],
  };

  it("accepts an instrument as often as its count says", () => {
    for (const claim of [
      twice,
      both,
      none,
      { ...twice, id: [7n, 0n], value: [1000n, 0n], usedLong: [1n, 0n] },
    ]) {
      expect(counted.run({ ...table, ...claim }).caught).toEqual([]);
    }
  });

  it.each([
    ["a count too many", { ...twice, usedLong: [3n, 0n] }],
    ["a count too few", { ...twice, usedLong: [1n, 0n] }],
    ["a count on the other side", { ...twice, usedLong: [1n, 0n], usedShort: [1n, 0n] }],
    ["a count on another row", { ...twice, usedLong: [1n, 1n] }],
    ["a second slot with another row's value", { ...twice, value: [1000n, 2000n] }],
    ["a second slot off by one", { ...twice, value: [1000n, 1001n] }],
    ["a count for empty slots", { ...none, usedLong: [1n, 0n] }],
    ["values that are right together", { ...twice, value: [999n, 1001n] }],
  ])("refuses %s", (_, claim) => {
    expect(counted.run({ ...table, ...claim }).caught).toEqual([MEMBERSHIP]);
  });
});
