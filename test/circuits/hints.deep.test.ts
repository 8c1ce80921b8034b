import { describe, expect, it } from "vitest";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instancesOf } from "../../src/prover/circuits.ts";
import { openCoverage, statementOf } from "../helpers/circuit-coverage.ts";
import {
  each,
  type HintSuite,
  lookupHints,
  rangeChecks,
  testBits,
  testHints,
} from "../helpers/circuit-hint-suite.ts";
import { at } from "../helpers/r1cs.ts";
import { Random, syntheticSnapshot } from "../helpers/synthetic.ts";

// House rule 20 at production instances: hints.test.ts tries every wire of the small one, this tries the first, a middle and the
// last wire of each kind, with all slots filled.

const names = instancesOf("coverage")
  .filter(({ purpose }) => purpose !== "tests only")
  .map(({ name }) => name);
const circuits = await Promise.all(names.map(async (name) => [name, await openCoverage(name)] as const));

/** The first, the middle and the last. */
const sample = (wires: readonly string[]): string[] => [
  ...new Set([at(wires, 0), at(wires, wires.length >> 1), at(wires, wires.length - 1)]),
];

describe.each(circuits)("%s", (name, circuit) => {
  const { slots, rows, shape } = circuit.instance;
  const random = new Random(`hints ${name}`);
  const snapshot = syntheticSnapshot(`hints ${name}`, shape, rows);
  const positions = snapshot.rows.slice(0, slots).map(({ instrumentId }, i) => ({
    instrumentId,
    quantity: i % 2 === 0 ? BigInt(1_000 + i) : BigInt(-500 - i),
  }));
  const [accountId, salt, context] = [random.field(), random.field(), random.field()];
  const account = { snapshot, slots: slotsOf(positions, slots), accountId, salt, context };
  const { inputs } = statementOf(circuit.instance, account);

  const sampled = (suite: HintSuite): HintSuite => {
    const wires = sample(suite.wires);
    return { ...suite, wires, caughtBy: (wire) => suite.caughtBy(wire, suite.wires.indexOf(wire)) };
  };
  const suites: Readonly<Record<string, HintSuite>> = {
    "portfolio/slots inverse": {
      wires: each("account.portfolio.opened.slots.inverse", slots),
      caughtBy: () => ["empty slot"],
    },
    "table/valuation slotValue": {
      wires: each("account.value.slotValue", slots),
      caughtBy: () => ["membership", "sum"],
    },
    ...lookupHints("account.value.lookup", slots, rows),
  };

  it("has a portfolio that fills every slot", () => {
    expect(account.slots.filter(({ quantity }) => quantity > 0n)).toHaveLength(slots);
  });

  testHints(
    circuit,
    inputs,
    Object.fromEntries(Object.entries(suites).map(([hint, suite]) => [hint, sampled(suite)])),
    [`main.account.value.lookup.shortTerm[${rows - 1}]`],
  );

  const checks = [...rangeChecks(circuit.full)];
  const few = checks.filter((_, i) => i % 16 === 0);
  testBits(circuit, inputs, new Map(few));
});
