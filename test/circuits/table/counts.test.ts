import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

// 8 slots: counts of 4 bits, 62 to an element. 40 rows: 80 counts, the last 18 in a second element.
const [ROWS, SLOTS, BITS, PER] = [40, 8, 4n, 62n];
const gadget = openTemplate(
  "counts_8_40",
  ["table/counts.circom"],
  `signal input usedLong[${ROWS}]; signal input usedShort[${ROWS}]; signal output packed[2]; signal output empty;
   component u = UsedCounts(${SLOTS}, ${BITS}, ${ROWS}); u.usedLong <== usedLong; u.usedShort <== usedShort; packed <== u.use.packed; empty <== u.use.empty;
   for (var n = 0; n < ${ROWS}; n++) { _ <== u.use.long[n]; _ <== u.use.short[n]; }`,
  ["usedLong", "usedShort"],
);
const zeros = (): bigint[] => new Array<bigint>(ROWS).fill(0n);
const withCount = (row: number, value: bigint): bigint[] =>
  zeros().map((zero, n) => (n === row ? value : zero));
const LAST = (1n << BITS) - 1n;

describe("UsedCounts", () => {
  it.each([0, 1, 30, 31, 39])("packs row %d's counts at 2n and 2n + 1, 62 to an element", (row) => {
    for (const count of [1n, 2n, BigInt(SLOTS), LAST]) {
      for (const side of [0n, 1n]) {
        const at = 2n * BigInt(row) + side;
        const [usedLong, usedShort] =
          side === 0n ? [withCount(row, count), zeros()] : [zeros(), withCount(row, count)];
        const { caught, assignment } = gadget.run({ usedLong, usedShort });
        expect(caught).toEqual([]);
        const expected = [0n, 0n];
        expected[Number(at / PER)] = count << (BITS * (at % PER));
        expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(expected);
        expect(assignment.value("main.empty")).toBe((BigInt(SLOTS) - count + P) % P);
      }
    }
  });

  it("packs the greatest counts below 2^251, and says that more slots are used than there are", () => {
    const full = zeros().map(() => LAST);
    const { caught, assignment } = gadget.run({ usedLong: full, usedShort: full });
    expect(caught).toEqual([]);
    expect(assignment.value("main.packed[0]")).toBe((1n << 248n) - 1n);
    // Lookup asks for a multiplicity of p - 1192 of the empty entry then, which no slots have.
    expect(assignment.value("main.empty")).toBe(P + BigInt(SLOTS) - 80n * LAST);
  });

  it("takes no count outside its window, whatever the bits: it would be the next row's", () => {
    for (const value of [LAST + 1n, P - 1n]) {
      for (const [side, component] of [
        ["usedLong", "u.longRange[5]"],
        ["usedShort", "u.shortRange[5]"],
      ] as const) {
        const inputs = { usedLong: zeros(), usedShort: zeros(), [side]: withCount(5, value) };
        for (const lies of [{}, absorbed(gadget.full, `main.${component}`)]) {
          expect(gadget.run(inputs, lies).caught).toEqual([`range ${component}`]);
        }
      }
    }
    const one = gadget.run({ usedLong: withCount(5, 16n), usedShort: zeros() });
    const other = gadget.run({ usedLong: zeros(), usedShort: withCount(5, 1n) });
    expect(one.assignment.value("main.packed[0]")).toBe(other.assignment.value("main.packed[0]"));
  });

  it("takes counts of fewer bits than there are slots, and nothing beyond them: two portfolios' counts are 2 at most", () => {
    const short = openTemplate(
      "counts_128_2",
      ["table/counts.circom"],
      `signal input usedLong[1]; signal input usedShort[1]; signal output packed[1]; signal output empty;
       component u = UsedCounts(128, 2, 1); u.usedLong <== usedLong; u.usedShort <== usedShort; packed <== u.use.packed;
       empty <== u.use.empty; _ <== u.use.long[0]; _ <== u.use.short[0];`,
      ["usedLong", "usedShort"],
    );
    const { caught, assignment } = short.run({ usedLong: [2n], usedShort: [3n] });
    expect(caught).toEqual([]);
    expect(["packed[0]", "empty"].map((name) => assignment.value(`main.${name}`))).toEqual([
      2n + 4n * 3n,
      123n,
    ]);
    for (const lies of [{}, absorbed(short.full, "main.u.longRange[0]")]) {
      expect(short.run({ usedLong: [4n], usedShort: [0n] }, lies).caught).toEqual(["range u.longRange[0]"]);
    }
  });

  it("derives how many slots are empty, and packs nothing else", () => {
    const inputs = { usedLong: withCount(5, 3n), usedShort: zeros() };
    for (const [name, law] of [
      ["main.u.use.empty", /^law u\.use\.empty /],
      ["main.u.use.packed[0]", /^law u\.use\.packed\[0\] /],
    ] as const) {
      const { caught } = gadget.run(inputs, { [name]: (_, honest) => honest + 1n });
      expect(caught).toEqual([expect.stringMatching(law)]);
    }
  });
});
