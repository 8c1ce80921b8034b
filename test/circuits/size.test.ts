import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circuitInfo } from "../../src/prover/artifacts.ts";
import { CIRCUITS_ROOT, listInstances } from "../../src/prover/circuits.ts";
import { compileText } from "../helpers/circuit.ts";

/** The domain that each instance must fit (protocol section 4), and the constraints it has today: a change is a decision. */
const SIZES: Readonly<Record<string, { readonly power: number; readonly constraints: number }>> = {
  coverage_4x8_s5k2: { power: 13, constraints: 4197 },
  coverage_16x120_s35k2: { power: 14, constraints: 10886 },
  coverage_64x240_s35k2: { power: 15, constraints: 18713 },
  coverage_128x960_s35k2: { power: 16, constraints: 40425 },
};

describe("circuit sizes", () => {
  it("are those of all instances", () => {
    expect(listInstances().map(({ name }) => name)).toEqual(Object.keys(SIZES));
  });

  it.each(listInstances().map((instance) => [instance.name, instance] as const))(
    "of %s fit its domain",
    async (name, instance) => {
      const { constraints, publicInputs, domainPower } = await circuitInfo(instance);
      const expected = SIZES[name];
      expect(constraints).toBe(expected?.constraints);
      expect(publicInputs).toBe(instance.publicInputs);
      expect(constraints + publicInputs + 1).toBeLessThanOrEqual(2 ** (expected?.power ?? 0));
      expect(domainPower).toBe(expected?.power);
    },
  );
});

describe("--inspect", () => {
  it("prints no warning for our templates", () => {
    const name = "coverage_4x8_s5k2";
    const source = readFileSync(join(CIRCUITS_ROOT, "main", `${name}.circom`), "utf8");
    const { ok, output } = compileText(name, source, "--O2");
    expect(ok).toBe(true);
    expect(output).not.toMatch(/warning/i);
  });

  it("would print one: a signal that no constraint mentions", () => {
    const source = `pragma circom 2.2.3;
include "math/range.circom";
template Loose() { signal input a; signal b; signal output c; component r = UnsignedRange(4); r.value <== a; c <== r.ranged; b <-- a; }
component main = Loose();
`;
    expect(compileText("loose", source, "--O2").output).toMatch(/warning/i);
  });
});
