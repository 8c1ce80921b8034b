import { describe, expect, it } from "vitest";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instancesOf } from "../../src/prover/circuits.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";
import { equityWitness } from "../../src/witness/equity.ts";
import { openReal } from "../helpers/circuit.ts";
import { violations } from "../helpers/r1cs.ts";
import { Random, syntheticPositions, syntheticSnapshot } from "../helpers/synthetic.ts";

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
