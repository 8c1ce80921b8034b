import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField, toSigned } from "../../../src/math/field.ts";
import { POLICY_BITS, policyOrder } from "../../../src/risk/policy-layout.ts";
import { requirement, type Sums } from "../../../src/risk/requirement.ts";
import type { Shape } from "../../../src/risk/shape.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { Random, syntheticPolicy } from "../../helpers/synthetic.ts";

const SEED = 20_260_205;
const SHAPE: Shape = { scenarios: 1, underlyings: 1 };
const BODY = `signal input policy[10]; signal input greeks[3]; signal input worstLoss; signal input charges; signal input equity;
  signal output margin; signal output tier;
  component p = Policy(1); p.policy <== policy;
  component g[3]; signal {absmax} values[3]; signal {binary} signs[3]; values.absmax = 1 << 83;
  for (var i = 0; i < 3; i++) {
    g[i] = SignedRange(83); g[i].value <== greeks[i]; values[i] <== g[i].ranged; signs[i] <== g[i].isNegative;
  }
  component w = UnsignedRange(83); w.value <== worstLoss;
  component c = UnsignedRange(83); c.value <== charges;
  component e = SignedRange(83); e.value <== equity;
  component m = MaintenanceMargin(1);
  m.greeks <== values; m.greekIsNegative <== signs; m.worstLoss <== w.ranged; m.charges <== c.ranged;
  m.rules <== p.rules; margin <== m.margin;
  component t = Tier(); t.equity <== e.ranged; t.equityIsNegative <== e.isNegative; t.margin <== m.margin;
  t.threshold <== p.rules.threshold; tier <== t.tier;`;
const gadget = openTemplate(
  "requirement_1",
  ["margin/policy.circom", "margin/requirement.circom", "margin/tier.circom"],
  BODY,
  ["policy", "greeks", "worstLoss", "charges", "equity"],
);

const WINDOW = 1n << 83n;
/** Bits of the elements of a policy with one underlying, in their order. */
const widths = Object.entries(POLICY_BITS).map(([name, width]) => [name, BigInt(width)]);
const named: Record<keyof typeof POLICY_BITS, bigint> = Object.fromEntries(widths);
const bits = policyOrder({ ...named, underlyings: [named] });
const POLICY = [
  15_000_000n,
  112_500_000n,
  10_000_000n,
  500_000n,
  20_000n,
  1000n,
  500n,
  1_250_000n,
  1_100_000n,
  1_000_000n,
];
interface Case {
  readonly policy: readonly bigint[];
  readonly greeks: readonly [bigint, bigint, bigint];
  readonly worstLoss: bigint;
  readonly charges: bigint;
  readonly equity: bigint;
}

function model({ policy, greeks: [delta, gamma, vega], worstLoss, charges, equity }: Case) {
  const sums: Sums = { equity, pnl: [-worstLoss], delta: [delta], gamma: [gamma], vega: [vega], charges };
  return requirement(sums, policy, SHAPE);
}

function check(given: Case): number {
  const { caught, assignment } = gadget.run({ ...given });
  const expected = model(given);
  expect(caught).toEqual([]);
  expect(toSigned(toField(assignment.value("main.margin")))).toBe(expected.maintenance12);
  expect(assignment.value("main.tier")).toBe(BigInt(expected.tier));
  return expected.tier;
}

describe("MaintenanceMargin, Policy and Tier", () => {
  it.each<[string, Partial<Case>]>([
    ["nothing at all", {}],
    [
      "the greatest of everything",
      {
        policy: maximum(),
        greeks: [WINDOW - 1n, WINDOW - 1n, WINDOW - 1n],
        worstLoss: WINDOW - 1n,
        charges: WINDOW - 1n,
        equity: WINDOW - 1n,
      },
    ],
    [
      "the least of everything",
      {
        policy: maximum(),
        greeks: [-WINDOW, -WINDOW, -WINDOW],
        worstLoss: WINDOW - 1n,
        charges: WINDOW - 1n,
        equity: -WINDOW,
      },
    ],
    ["delta at its free amount", { greeks: [1000n, 0n, 0n] }],
    ["delta one beyond its free amount", { greeks: [-1001n, 0n, 0n] }],
    ["short gamma at its free amount", { greeks: [0n, -500n, 0n] }],
    ["short gamma one beyond it", { greeks: [0n, -501n, 0n] }],
    ["long gamma", { greeks: [0n, 10n ** 9n, 0n] }],
    ["a stress loss below the base", { greeks: [100n, 0n, 0n], worstLoss: 1499n }],
    ["a stress loss at the base", { greeks: [100n, 0n, 0n], worstLoss: 1500n }],
    ["a stress loss above the base", { greeks: [100n, 0n, 0n], worstLoss: 1501n }],
  ])("equal the reference model for %s", (_, part) => {
    check({ policy: POLICY, greeks: [0n, 0n, 0n], worstLoss: 0n, charges: 0n, equity: 0n, ...part });
  });

  it.each([
    [125n, 0],
    [124n, 1],
    [110n, 1],
    [109n, 2],
    [100n, 2],
    [99n, 3],
    [0n, 3],
    [-1n, 4],
  ])("put equity of %d against a margin of 100 into tier %d, and accept no other", (equity, tier) => {
    const given: Case = { policy: POLICY, greeks: [0n, 0n, 0n], worstLoss: 0n, charges: 100n, equity };
    expect(check(given)).toBe(tier);
    for (const other of [0n, 1n, 2n, 3n, 4n].filter((lie) => lie !== BigInt(tier))) {
      expect(gadget.run({ ...given }, { "main.t.tier": other }).caught).toEqual([
        expect.stringMatching(/^law t\./),
      ]);
    }
    for (const k of [0, 1, 2]) {
      const bit = { [`main.t.below[${k}]`]: (_: unknown, honest: bigint) => 1n - honest };
      expect(gadget.run({ ...given }, bit).caught.length).toBe(1);
    }
  });

  it(`equal the reference model on 150 random inputs (seed ${SEED})`, () => {
    for (let run = 0; run < 150; run++) {
      const random = new Random(`requirement ${SEED} ${run}`);
      const limit = 1n << BigInt(random.pick([20, 40, 60, 83]));
      check({
        policy: syntheticPolicy(random, SHAPE, random.pick(["market", "extreme"])),
        greeks: [random.signed(limit), random.signed(limit), random.signed(limit)],
        worstLoss: random.unsigned(limit),
        charges: random.unsigned(limit),
        equity: random.signed(WINDOW),
      });
    }
  });

  it("take no policy element outside its range, whatever the bits", () => {
    const checks = bits.map((width, index) => {
      const caughtAt = (value: bigint, lies = {}) => {
        const policy = POLICY.map((element, i) => (i === index ? value : element));
        const given: Case = { policy, greeks: [0n, 0n, 0n], worstLoss: 0n, charges: 0n, equity: 0n };
        return gadget.run({ ...given }, lies).caught.filter((label) => label.startsWith("range p."));
      };
      expect(caughtAt((1n << width) - 1n)).toEqual([]);
      const [check = "none", ...others] = caughtAt(1n << width);
      expect(others).toEqual([]);
      const lies = absorbed(gadget.full, check.replace("range ", "main."));
      for (const value of [1n << width, P - 1n]) expect(caughtAt(value, lies)).toEqual([check]);
      return check;
    });
    expect(new Set(checks).size).toBe(POLICY.length);
  });
});

function maximum(): bigint[] {
  return bits.map((width) => (1n << width) - 1n);
}
