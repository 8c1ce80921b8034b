import { describe, expect, it } from "vitest";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instancesOf } from "../../src/prover/circuits.ts";
import { uncheckedCeiling } from "../../src/witness/ceiling.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";
import { equityWitness } from "../../src/witness/equity.ts";
import { openReal } from "../helpers/circuit.ts";
import { violations } from "../helpers/r1cs.ts";
import {
  Random,
  syntheticPositions,
  syntheticSnapshot,
  tierEdges,
  withEquity,
} from "../helpers/synthetic.ts";

// Production instances: the model's tier is accepted over a full portfolio, and no other tier is. The small instance has
// reference.test.ts.

const SEED = 20_260_205;
const isReal = ({ purpose }: { readonly purpose: string }): boolean => purpose !== "tests only";

describe.each([
  ["coverage", coverageWitness],
  ["equity", equityWitness],
] as const)("the reference model and %s", (statement, witnessOf) => {
  it.each(
    instancesOf(statement)
      .filter(isReal)
      .map(({ name }) => name),
  )("agree at %s", async (name) => {
    const large = await openReal(statement, name);
    for (const scale of ["market", "extreme"] as const) {
      const random = new Random(`${name} ${SEED}`);
      const { slots, rows, shape } = large.instance;
      const snapshot = syntheticSnapshot(name, shape, rows - 3, scale);
      const positions = syntheticPositions(random, snapshot, slots, 36);
      expect(slotsOf(positions, slots)).toHaveLength(slots);
      const [accountId, salt, context] = [random.field(), random.field(), random.field()];
      const portfolio = { account: "a", accountId, positions };
      const { inputs, publicSignals } = witnessOf(
        large.instance as never,
        snapshot,
        portfolio,
        salt,
        context,
      );
      const witness = await large.generate(inputs);
      expect(violations(large.real, witness)).toEqual([]);
      expect(witness.slice(1, 1 + publicSignals.length)).toEqual(publicSignals);
      const tier = Number(large.real.wireOf.get("main.tier"));
      for (const lie of [0n, 1n, 2n, 3n, 4n].filter((other) => other !== inputs["tier"])) {
        const wrong = witness.map((value, wire) => (wire === tier ? lie : value));
        expect(violations(large.real, wrong).length).toBeGreaterThan(0);
      }
    }
  });
});

describe("the reference model and ceiling", () => {
  it.each(
    instancesOf("ceiling")
      .filter(isReal)
      .map(({ name }) => name),
  )("agree at %s, on both sides of the ceiling and of the breach", async (name) => {
    const large = await openReal("ceiling", name);
    const random = new Random(`${name} ${SEED}`);
    const { slots, rows, shape } = large.instance;
    const snapshot = syntheticSnapshot(name, shape, rows - 3);
    const risk = syntheticPositions(random, snapshot, slots - 2, 20);
    const [, soft = 0n] = tierEdges(snapshot, risk);
    const [accountId, salt, context] = [random.field(), random.field(), random.field()];
    for (const [equity, ceiling, holds] of [
      [soft - 1n, soft - 1n, true],
      [soft - 1n, soft - 2n, false],
      [soft, soft, false],
      [-1n, 0n, true],
    ] as const) {
      const positions = withEquity(snapshot, risk, equity);
      if (positions === undefined) throw new Error(`no cash makes ${equity}.`);
      const portfolio = { account: "a", accountId, positions };
      const built = uncheckedCeiling(large.instance, snapshot, portfolio, salt, ceiling, context);
      expect(built.rules.breach && built.rules.ceiling).toBe(holds);
      if (!holds) {
        await expect(large.generate(built.inputs)).rejects.toThrow();
        continue;
      }
      const witness = await large.generate(built.inputs);
      expect(violations(large.real, witness)).toEqual([]);
      expect(witness.slice(1, 1 + built.publicSignals.length)).toEqual(built.publicSignals);
    }
  });
});
