import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { compileText } from "../../helpers/circuit.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import {
  expectFunction,
  mainOf,
  openTemplate,
  ranged,
  refusedByAssert,
} from "../../helpers/circuit-gadget.ts";
import { Random } from "../../helpers/synthetic.ts";

const INCLUDES = ["math/signed.circom"];
const SEED = 20_260_205;

const SIGNED_INPUT = `signal input value; component r = SignedRange(12); r.value <== value; signal output out;`;

const edges = [-4096n, -4095n, -1n, 0n, 1n, 4095n];
const pairs = (max: bigint): Record<string, bigint>[] => {
  const random = new Random(`signed ${SEED}`);
  const ends = [0n, 1n, max - 1n, max];
  const some = Array.from({ length: 10 }, () => ({
    a: random.unsigned(max + 1n),
    b: random.unsigned(max + 1n),
  }));
  return [...ends.flatMap((a) => ends.map((b) => ({ a, b }))), ...some];
};

describe("Magnitude", () => {
  const gadget = openTemplate(
    "magnitude",
    INCLUDES,
    `${SIGNED_INPUT} out <== Magnitude()(r.ranged, r.isNegative);`,
    ["value"],
  );
  it("is |value|, and nothing else", () => {
    expectFunction(
      gadget,
      ({ value = 0n }) => (value < 0n ? -value : value),
      edges.map((value) => ({ value })),
    );
  });
  it("can't take another sign than the value's", () => {
    const { caught } = gadget.run({ value: -7n }, { "main.r.isNegative": 0n });
    expect(caught).toEqual([expect.stringMatching(/^law r\.bits\[12\] r\.isNegative/)]);
  });
});

describe("NegativePart", () => {
  const gadget = openTemplate(
    "negative_part",
    INCLUDES,
    `${SIGNED_INPUT} out <== NegativePart()(r.ranged, r.isNegative);`,
    ["value"],
  );
  it("is max(0, -value), and nothing else", () => {
    expectFunction(
      gadget,
      ({ value = 0n }) => (value < 0n ? -value : 0n),
      edges.map((value) => ({ value })),
    );
  });
});

describe("Decrease", () => {
  const wrapper = (aBits: number, bBits: number): string =>
    `${ranged(["a"], aBits)} ${ranged(["b"], bBits)} signal output out; component d = Decrease(); d.a <== aRange.ranged;
     d.b <== bRange.ranged; out <== d.out;`;
  it.each([
    [10, 10],
    [10, 14],
    [14, 10],
    [251, 251],
  ])("is a - b where b is at most a, and refuses every other pair (%d and %d bits)", (aBits, bBits) => {
    const gadget = openTemplate(`decrease_${aBits}_${bBits}`, INCLUDES, wrapper(aBits, bBits), ["a", "b"]);
    const [aMax, bMax] = [(1n << BigInt(aBits)) - 1n, (1n << BigInt(bBits)) - 1n];
    const least = aMax < bMax ? aMax : bMax;
    expectFunction(gadget, ({ a = 0n, b = 0n }) => a - b, [
      { a: 0n, b: 0n },
      { a: aMax, b: 0n },
      { a: least, b: least },
      { a: aMax, b: least },
      { a: 7n, b: 6n },
    ]);
    for (const pair of [
      { a: 0n, b: 1n },
      { a: least - 1n, b: least },
      { a: 0n, b: bMax },
    ]) {
      expect(gadget.run(pair).caught).toEqual(["range d.difference"]);
      expect(gadget.run(pair, absorbed(gadget.full, "main.d.difference")).caught).toEqual([
        "range d.difference",
      ]);
    }
  });
});

describe("Excess", () => {
  const gadget = openTemplate(
    "excess",
    INCLUDES,
    `${ranged(["a", "b"], 10)} signal output out; component e = Excess(); e.a <== aRange.ranged; e.b <== bRange.ranged; out <== e.out;`,
    ["a", "b"],
  );
  it("is max(0, a - b), and nothing else", () => {
    expectFunction(gadget, ({ a = 0n, b = 0n }) => (a > b ? a - b : 0n), pairs(1023n));
  });
  it("can't have the sign of the difference turned, whatever the bits", () => {
    for (const inputs of [
      { a: 3n, b: 9n },
      { a: 9n, b: 3n },
    ]) {
      const { caught } = gadget.run(inputs, { "main.e.difference.isNegative": (_, honest) => 1n - honest });
      expect(caught.length).toBeGreaterThan(0);
    }
  });
  it("works where the bound of b is the wider one", () => {
    const wide = openTemplate(
      "excess_wide",
      INCLUDES,
      `${ranged(["a"], 4)} ${ranged(["b"], 12)} signal output out; component e = Excess(); e.a <== aRange.ranged; e.b <== bRange.ranged; out <== e.out;`,
      ["a", "b"],
    );
    const cases = [0n, 15n].flatMap((a) => [0n, 14n, 15n, 16n, 4095n].map((b) => ({ a, b })));
    expectFunction(wide, ({ a = 0n, b = 0n }) => (a > b ? a - b : 0n), cases);
  });
});

describe("AtMost", () => {
  const gadget = openTemplate(
    "at_most_600",
    INCLUDES,
    `${ranged(["a"], 10)} signal output out; out <== AtMost(600)(aRange.ranged);`,
    ["a"],
  );
  it("is min(a, CAP), and nothing else", () => {
    const cases = [0n, 1n, 599n, 600n, 601n, 1022n, 1023n].map((a) => ({ a }));
    expectFunction(gadget, ({ a = 0n }) => (a < 600n ? a : 600n), cases);
  });
  it("works where the cap is beyond all values", () => {
    const wide = openTemplate(
      "at_most_5000",
      INCLUDES,
      `${ranged(["a"], 10)} signal output out; out <== AtMost(5000)(aRange.ranged);`,
      ["a"],
    );
    expectFunction(
      wide,
      ({ a = 0n }) => a,
      [0n, 1n, 1023n].map((a) => ({ a })),
    );
  });
  it("can't be cut where it needn't be, nor left uncut, nor take another cap", () => {
    const excess = gadget.full.nameOf.find((name) => /AtMost_\d+_\d+\.excess$/.test(name)) ?? "";
    const cap = excess.replace("excess", "cap");
    expect(gadget.run({ a: 500n }, { [excess]: 1n }).caught).toEqual([
      expect.stringMatching(/^law AtMost\.Excess/),
    ]);
    expect(gadget.run({ a: 700n }, { [excess]: 0n }).caught).toEqual([
      expect.stringMatching(/^law AtMost\.Excess/),
    ]);
    expect(gadget.run({ a: 700n }, { [cap]: 700n }).caught.length).toBeGreaterThan(0);
  });
  it("takes no value outside its range", () => {
    for (const a of [1024n, P - 1n]) expect(gadget.run({ a }).caught).toContain("range aRange");
  });
});

describe("Product, Scaled and Sum", () => {
  const gadget = openTemplate(
    "arithmetic",
    INCLUDES,
    `${ranged(["a", "b"], 120)} signal {max} both[2]; both.max = aRange.ranged.max;
     both[0] <== aRange.ranged; both[1] <== bRange.ranged;
     signal output out; signal output scaled; signal output sum;
     out <== Product()(aRange.ranged, bRange.ranged); scaled <== Scaled(1000000)(aRange.ranged); sum <== Sum(2)(both);`,
    ["a", "b"],
  );
  it("are exact up to their bounds, and nothing else", () => {
    const cases = pairs((1n << 120n) - 1n);
    expectFunction(gadget, ({ a = 0n, b = 0n }) => a * b, cases);
    for (const { a = 0n, b = 0n } of cases) {
      const { assignment } = gadget.run({ a, b });
      expect(assignment.value("main.scaled")).toBe(a * 1_000_000n);
      expect(assignment.value("main.sum")).toBe(a + b);
      for (const name of ["main.scaled", "main.sum"]) {
        expect(gadget.run({ a, b }, { [name]: (_, honest) => honest + 1n }).caught).toHaveLength(1);
      }
    }
  });
  it("take no value outside its range", () => {
    expect(gadget.run({ a: 1n << 120n, b: 1n }).caught).toEqual(["range aRange"]);
    expect(gadget.run({ a: 1n, b: P - 1n }).caught).toEqual(["range bRange"]);
  });
});

describe("IsBelow", () => {
  const gadget = openTemplate(
    "is_below",
    INCLUDES,
    `signal input value; component r = SignedRange(10); r.value <== value; ${ranged(["bound"], 10)} signal output out;
     component i = IsBelow(); i.value <== r.ranged; i.bound <== boundRange.ranged; out <== i.out;`,
    ["value", "bound"],
  );
  it("is value < bound, and nothing else", () => {
    const cases = [-1024n, -1n, 0n, 1n, 511n, 1022n, 1023n].flatMap((value) =>
      [0n, 1n, 511n, 512n, 1022n, 1023n].map((bound) => ({ value, bound })),
    );
    expectFunction(gadget, ({ value = 0n, bound = 0n }) => (value < bound ? 1n : 0n), cases);
  });
  it("takes no value outside its range: a comparator of unranged inputs would call p - 1 large", () => {
    expect(gadget.run({ value: P / 2n, bound: 5n }).caught).toContain("range r");
    expect(gadget.run({ value: 3n, bound: P - 1n }).caught).toContain("range boundRange");
  });
});

describe("compile-time checks", () => {
  const outOf = (expression: string): string => `signal output out; out <== ${expression};`;
  it.each([
    [
      "a product that is too wide",
      `${ranged(["a", "b"], 126)} ${outOf("Product()(aRange.ranged, bRange.ranged)")}`,
    ],
    ["a scale that is too wide", `${ranged(["a"], 240)} ${outOf("Scaled(1000000)(aRange.ranged)")}`],
    ["a scale of nothing", `${ranged(["a"], 8)} ${outOf("Scaled(0)(aRange.ranged)")}`],
    [
      "a sum that is too wide",
      `${ranged(["a", "b"], 250)} signal {max} both[2]; both.max = aRange.ranged.max; both[0] <== aRange.ranged;
       both[1] <== bRange.ranged; ${outOf("Sum(2)(both)")}`,
    ],
    [
      "a difference that is too wide",
      `${ranged(["a", "b"], 251)} ${outOf("Excess()(aRange.ranged, bRange.ranged)")}`,
    ],
  ])("refuse %s", (what, body) => {
    expect(refusedByAssert(`bad_${what.replace(/\W/g, "_")}`, INCLUDES, body)).toBe(true);
  });

  it("refuse nothing that just fits", () => {
    const product = `${ranged(["a"], 126)} ${ranged(["b"], 125)} ${outOf("Product()(aRange.ranged, bRange.ranged)")}`;
    expect(refusedByAssert("good_product", INCLUDES, product)).toBe(false);
  });

  it("take no untagged signal: a range check is the only door", () => {
    const body = "signal input a; signal input b; signal output out; out <== Product()(a, b);";
    const source = openUntagged(body);
    expect(source.ok).toBe(false);
    expect(source.output).toMatch(/tag/i);
  });
});

function openUntagged(body: string) {
  return compileText("untagged", mainOf(INCLUDES, body), "--O2");
}
