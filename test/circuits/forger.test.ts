import { describe, expect, it } from "vitest";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";
import { forge } from "../helpers/circuit-attack.ts";
import { isCheck, labelOf } from "../helpers/circuit-checks.ts";
import { statementOf } from "../helpers/circuit-coverage.ts";
import { circuit, victim } from "../helpers/circuit-fixture.ts";
import { circuitHints } from "../helpers/circuit-hints.ts";
import { at, holds, violations } from "../helpers/r1cs.ts";
import { Forger, type Lie } from "../helpers/r1cs-forge.ts";
import { Random, syntheticPositions, syntheticSnapshot } from "../helpers/synthetic.ts";

const SEED = 20_260_205;
const { instance, real, forger } = circuit;

function honest(run: number) {
  const random = new Random(`forger ${SEED} ${run}`);
  const snapshot = syntheticSnapshot(`${SEED} ${run}`, instance.shape, 3 + random.below(6));
  const positions = syntheticPositions(random, snapshot, random.below(5), 1 + random.below(36));
  const [accountId, salt, context] = [random.field(), random.field(), random.field()];
  const slots = slotsOf(positions, instance.slots);
  const { inputs } = statementOf(instance, { snapshot, slots, accountId, salt, context });
  const portfolio = { account: "a", accountId, positions };
  return { inputs, witness: coverageWitness(instance, snapshot, portfolio, salt, context) };
}

describe("the forging tool", () => {
  it(`gives the generator's witness for honest inputs, wire for wire (seed ${SEED})`, async () => {
    for (let run = 0; run < 20; run++) {
      const { inputs, witness } = honest(run);
      const generated = await circuit.generate(witness.inputs);
      expect(inputs).toEqual(witness.inputs);
      expect(generated.slice(1, 1 + real.publicSignals)).toEqual(witness.publicSignals);
      expect(violations(real, generated)).toEqual([]);
      const { caught, witness: derived } = forge(circuit, inputs);
      expect(caught).toEqual([]);
      expect(derived).toEqual(generated);
    }
  });

  it("leaves only the circuit's own checks to hold by themselves", () => {
    const labels = new Set(forger.checks.map((index) => labelOf(circuit.full, index)));
    const others = [...labels].filter((label) => !label.startsWith("range ") && !label.startsWith("bit "));
    expect(others.sort()).toEqual(["attained", "commitment", "empty slot", "membership", "sum", "tier"]);
    const ranges = 8 + 13 + 1 + 16 + 5 + 3; // slots, lanes, charges, policy, requirement, tier
    const bits = 4 + 16; // sides, used rows
    expect(labels.size - others.length).toBe(ranges + bits);
  });

  it("sees a change of any single wire of the witness", () => {
    const witness = forge(circuit, victim.inputs).witness;
    const users = real.nameOf.map((): number[] => []);
    real.constraints.forEach(({ a, b, c }, index) => {
      for (const wire of new Set([...a.wires, ...b.wires, ...c.wires])) at(users, wire).push(index);
    });
    const unbound = real.nameOf.filter((_, wire) => {
      if (wire === 0) return false;
      const wrong = witness.map((value, other) => (other === wire ? value + 1n : value));
      return at(users, wire).every((index) => holds(at(real.constraints, index), wrong));
    });
    // The inverse is multiplied by the id: at the empty slot, by 0. What it says of the slot is bound all the same.
    expect(unbound).toEqual(["main.account.portfolio.opened.slots.inverse[3]"]);
  });

  it("carries changes on as if everything were computed anew", () => {
    for (let run = 0; run < 6; run++) {
      const { inputs } = honest(run);
      const lies: Record<string, Lie> = {
        [`main.account.value.slotValue[${run % 4}]`]: BigInt(run + 1) ** 40n,
        [`main.account.portfolio.opened.slots.quantityRange[${run % 4}].ranged`]: (_, value) => value + 1n,
        "main.account.value.lookup.emptyTerm": (value) => value("main.account.value.lookup.alpha"),
      };
      const anew = new Forger(circuit.full, Object.keys(inputs), circuitHints(circuit.full), isCheck);
      forger.derive(honest(run + 1).inputs); // whatever came before
      expect(forger.derive(inputs, lies).values).toEqual(anew.derive(inputs, lies).values);
    }
  });

  it("refuses a lie about a signal that isn't there", () => {
    expect(() => forge(circuit, honest(1).inputs, { "main.nothing": 1n })).toThrow("main.nothing");
  });
});
