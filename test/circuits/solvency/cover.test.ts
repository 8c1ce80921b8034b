import { describe, expect, it } from "vitest";
import { invert, FIELD_MODULUS as P, toField, toSigned } from "../../../src/math/field.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate, refusedByAssert } from "../../helpers/circuit-gadget.ts";
import type { Inputs } from "../../helpers/r1cs-forge.ts";

const INCLUDES = ["solvency/cover.circom", "math/range.circom"];
const bodyOf = (accounts: number): string =>
  `signal input shortfall[${accounts}]; signal input second; signal input isLargest[${accounts}]; signal input isSecond;
   signal output largest; signal output largestMarks; signal output secondMarks;
   component r[${accounts}]; component cover = CoverTwo(${accounts}, 1); signal {max} ranged[${accounts}][1]; ranged.max = (1 << 56) - 1;
   for (var a = 0; a < ${accounts}; a++) {
     r[a] = UnsignedRange(56); r[a].value <== shortfall[a]; ranged[a][0] <== r[a].ranged; cover.isLargest[a][0] <== isLargest[a];
   }
   cover.shortfall <== ranged; cover.second[0] <== second; cover.isSecond[0] <== isSecond;
   largest <== cover.largest[0]; largestMarks <== cover.largestMarks[0]; secondMarks <== cover.secondMarks[0];`;
const gadget = openTemplate("cover_3", INCLUDES, bodyOf(3), ["shortfall", "second", "isLargest", "isSecond"]);
const GREATEST = (1n << 56n) - 1n;

const none = [0n, 0n, 0n];
const at = (account: number): bigint[] => none.map((zero, a) => (a === account ? 1n : zero));
const outputs = (inputs: Inputs) => {
  const { caught, assignment } = gadget.run(inputs);
  const value = (name: string): bigint => toSigned(toField(assignment.value(`main.${name}`)));
  return { caught, out: [value("largest"), value("largestMarks"), value("secondMarks")] };
};
const honest = { shortfall: [9n, 4n, 0n], second: 4n, isLargest: at(0), isSecond: 1n };

describe("CoverTwo", () => {
  it.each<[string, Inputs, bigint[]]>([
    ["the largest and the second", honest, [9n, 1n, 1n]],
    ["the largest alone", { ...honest, second: 7n, isSecond: 0n }, [9n, 1n, 0n]],
    ["the second alone", { ...honest, shortfall: [4n, 3n, 0n], isLargest: none }, [0n, 0n, 1n]],
    ["neither", { ...honest, shortfall: [2n, 3n, 0n], isLargest: none, isSecond: 0n }, [0n, 0n, 0n]],
    ["two that are equal", { ...honest, shortfall: [4n, 4n, 0n] }, [4n, 1n, 1n]],
    ["three that are equal", { ...honest, shortfall: [4n, 4n, 4n], isLargest: at(2) }, [4n, 1n, 1n]],
    ["nothing at all", { ...honest, shortfall: none, second: 0n }, [0n, 1n, 1n]],
    ["the greatest shortfall", { ...honest, shortfall: [GREATEST, 0n, 1n], second: 1n }, [GREATEST, 1n, 1n]],
    [
      "the greatest second",
      { ...honest, shortfall: [GREATEST, GREATEST, 0n], second: GREATEST },
      [GREATEST, 1n, 1n],
    ],
  ])("shows %s", (_, inputs, out) => {
    expect(outputs(inputs)).toEqual({ caught: [], out });
  });

  it("refuses an account above m2 that isn't marked, whatever the bits", () => {
    for (const [account, shortfall] of [
      [0, [5n, 4n, 0n]],
      [1, [0n, GREATEST, 4n]],
      [2, [4n, 0n, 9n]],
    ] as const) {
      const inputs = { ...honest, shortfall, isLargest: none };
      for (const lies of [{}, absorbed(gadget.full, `main.cover.range[${account}][0]`)]) {
        expect(gadget.run(inputs, lies).caught).toEqual([`range cover.range[${account}][0]`]);
      }
    }
  });

  it("refuses to hide it behind another account's mark, a mark that is no bit, or a gap of the prover's own", () => {
    const above = { ...honest, shortfall: [9n, 8n, 4n], second: 4n };
    expect(gadget.run(above).caught).toEqual(["range cover.range[1][0]"]);
    // A mark of 1 + 1/4 makes of the gap -4 a gap of 1.
    const share = (1n + invert(toField(4n))) % P;
    expect(gadget.run({ ...above, isLargest: [1n, share, 0n] }).caught).toEqual(["bit cover.mark[1][0]"]);
    expect(gadget.run(above, { "main.cover.gap[1][0]": 0n }).caught).toEqual([
      "law cover.gap[1][0] cover.mark[1][0].ranged cover.second[0] cover.shortfall[1][0]",
    ]);
  });

  it("adds up two marks, and counts them: the report demands one", () => {
    const two = { ...honest, shortfall: [9n, 8n, 4n], isLargest: [1n, 1n, 0n] };
    expect(outputs(two)).toEqual({ caught: [], out: [17n, 2n, 1n] });
  });

  it("shows a mark on a smaller one as m1 below m2: the report compares them", () => {
    const smaller = { ...honest, shortfall: [9n, 4n, 0n], second: 9n, isLargest: at(1) };
    expect(outputs(smaller)).toEqual({ caught: [], out: [4n, 1n, 1n] });
  });

  it("refuses to say that m2 is attained where it isn't: too high, or only by the marked account", () => {
    for (const second of [5n, 8n, 9n, GREATEST]) {
      expect(gadget.run({ ...honest, second }).caught).toEqual(["second attained"]);
    }
    const marked = { ...honest, shortfall: [9n, 4n, 0n], second: 9n };
    expect(gadget.run(marked).caught).toEqual(["second attained"]);
    for (const isSecond of [2n, P - 1n]) {
      expect(gadget.run({ ...honest, isSecond }).caught).toEqual(["bit cover.secondBit[0]"]);
      expect(gadget.run({ ...marked, isSecond }).caught).toEqual([
        "bit cover.secondBit[0]",
        "second attained",
      ]);
    }
  });

  it("refuses an m2 that is no shortfall: negative, or more than 2^56 above one", () => {
    for (const second of [P - 1n, P / 2n]) {
      expect(gadget.run({ ...honest, second, isSecond: 0n }).caught).toEqual([
        "range cover.range[1][0]",
        "range cover.range[2][0]",
      ]);
    }
    expect(outputs({ ...honest, second: GREATEST, isSecond: 0n }).caught).toEqual([]);
    expect(gadget.run({ ...honest, second: GREATEST + 1n, isSecond: 0n }).caught).toEqual([
      "range cover.range[2][0]",
    ]);
  });

  it("leaves m2 open in a batch of marked accounts only: two marks at least, which no report takes", () => {
    for (const second of [0n, 4n, P - 1n]) {
      const all = { ...honest, second, isLargest: [1n, 1n, 1n], isSecond: 0n };
      expect(outputs(all)).toEqual({ caught: [], out: [13n, 3n, 0n] });
    }
    expect(refusedByAssert("cover_1", INCLUDES, bodyOf(1))).toBe(true);
  });

  it("has no other outputs", () => {
    for (const name of ["largest", "largestMarks", "secondMarks"]) {
      const lie = { [`main.cover.${name}[0]`]: (_: unknown, value: bigint) => value + 1n };
      expect(gadget.run(honest, lie).caught).toEqual([expect.stringMatching(/^law cover\./)]);
    }
  });

  it("takes no shortfall outside its range", () => {
    const { caught } = gadget.run({ ...honest, shortfall: [9n, P - 4n, 0n] });
    expect(caught).toContain("range r[1]");
  });
});
