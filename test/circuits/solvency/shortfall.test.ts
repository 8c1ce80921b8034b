import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P } from "../../../src/math/field.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate, refusedByAssert } from "../../helpers/circuit-gadget.ts";

const INCLUDES = ["solvency/shortfall.circom", "math/range.circom"];
const bodyOf = (equityBits: number): string =>
  `signal input equity; signal input pnl[2]; signal output shortfall[3];
   component e = SignedRange(${equityBits}); e.value <== equity;
   component s = Shortfall(2, 56); s.equity <== e.ranged; s.equityIsNegative <== e.isNegative; s.pnl <== pnl; shortfall <== s.shortfall;`;
const gadget = openTemplate("shortfall_2", INCLUDES, bodyOf(56), ["equity", "pnl"]);
const LIMIT = 1n << 56n;

const modelOf = (equity: bigint, pnl: readonly bigint[]): bigint[] =>
  [0n, ...pnl].map((result) => (equity + result < 0n ? -(equity + result) : 0n));

describe("Shortfall", () => {
  it.each([
    [0n, [0n, 0n]],
    [5n, [-5n, -6n]],
    [-1n, [1n, 0n]],
    [-7n, [100n, -100n]],
    [LIMIT - 1n, [0n, -(LIMIT - 1n)]],
    [LIMIT - 1n, [-(LIMIT - 1n), -1n]],
    [-LIMIT, [0n, LIMIT - 1n]],
    [0n, [LIMIT - 1n, -LIMIT]],
    [-LIMIT, [1n, LIMIT - 1n]],
  ])("is what equity of %s lacks now and in scenarios of %s, and nothing else", (equity, pnl) => {
    const { caught, assignment } = gadget.run({ equity, pnl });
    expect(caught).toEqual([]);
    const states = [0, 1, 2].map((s) => `main.s.shortfall[${s}]`);
    expect(states.map((name) => assignment.value(name))).toEqual(modelOf(equity, pnl));
    for (const name of states) {
      for (const step of [1n, -1n]) {
        const { caught: wrong } = gadget.run({ equity, pnl }, { [name]: (_, honest) => honest + step });
        expect(wrong).toEqual([expect.stringMatching(/^law s\.NegativePart/)]);
      }
    }
  });

  it("refuses stressed equity outside the window of 56 bits, whatever the bits: it would have the other sign", () => {
    for (const [equity, pnl] of [
      [LIMIT - 1n, 1n],
      [-LIMIT, -1n],
      [1n, LIMIT - 1n],
      [-1n, -LIMIT],
      [LIMIT - 1n, LIMIT - 1n],
      [-LIMIT, -LIMIT],
      [0n, P / 2n],
    ] as const) {
      for (const lies of [{}, absorbed(gadget.full, "main.s.stressed[1]")]) {
        expect(gadget.run({ equity, pnl: [0n, pnl] }, lies).caught).toEqual(["range s.stressed[1]"]);
      }
    }
  });

  it("refuses equity outside the window", () => {
    for (const equity of [LIMIT, -LIMIT - 1n]) {
      expect(gadget.run({ equity, pnl: [0n, 0n] }).caught).toContain("range e");
    }
  });

  it("can't be denied by the sign, of equity or of stressed equity", () => {
    const inputs = { equity: -7n, pnl: [0n, -3n] };
    expect(gadget.run(inputs, { "main.e.isNegative": 0n }).caught).toEqual([
      expect.stringMatching(/^law e\.bits\[56\] e\.isNegative/),
    ]);
    expect(gadget.run(inputs, { "main.s.stressed[1].isNegative": 0n }).caught).toEqual([
      expect.stringMatching(/^law s\.stressed\[1\]\.bits\[56\] s\.stressed\[1\]\.isNegative/),
    ]);
    const bits = gadget.full.nameOf.filter((name) => /s\.stressed\[1\]\.Num2Bits.*out\[/.test(name));
    const [low = "", top = ""] = [bits[0], bits.at(-1)];
    const balanced = { [top]: 1n, [low]: (_: unknown, honest: bigint) => honest - LIMIT };
    expect(gadget.run(inputs, balanced).caught).toEqual(["range s.stressed[1]"]);
  });

  it("takes no equity of a wider window", () => {
    expect(refusedByAssert("shortfall_57", INCLUDES, bodyOf(57))).toBe(true);
  });
});
