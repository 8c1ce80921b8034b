import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../../src/math/field.ts";
import { instanceOf } from "../../../src/prover/circuits.ts";
import { equityWitness } from "../../../src/witness/equity.ts";
import { changed, forge, listOf } from "../../helpers/circuit-attack.ts";
import { each, lookupHints, testHints } from "../../helpers/circuit-hint-suite.ts";
import { openForged } from "../../helpers/circuit-solvency.ts";
import { violations } from "../../helpers/r1cs.ts";
import { Random, syntheticPositions, syntheticSnapshot, withEquity } from "../../helpers/synthetic.ts";

// Equity opens the account's value beside its tier; all else is the coverage statement, whose suites attack the core they share.

const SEED = 20_261_125;
const EQUITY = instanceOf("equity", "equity_4x8_s5k2");
const snapshot = syntheticSnapshot("victim 29", EQUITY.shape, 7);
const random = new Random(SEED);
const account = (equity: bigint) => {
  const risk = syntheticPositions(random, snapshot, 2, 12);
  const positions = withEquity(snapshot, risk, equity) ?? risk;
  const portfolio = { account: "a", accountId: toField(7n), positions };
  return equityWitness(EQUITY, snapshot, portfolio, toField(5n), toField(99n));
};
const poor = account(-123_456_789n);
const circuit = await openForged("equity", EQUITY.name, poor.inputs);

describe(`the equity circuit (seed ${SEED})`, () => {
  it.each([-(1n << 40n), -1n, 0n, 1n, 1n << 40n])("opens the equity %d and nothing else", async (equity) => {
    const { inputs, equity: value, signals } = account(equity);
    expect(value).toBe(equity);
    expect(violations(circuit.real, await circuit.generate(inputs))).toEqual([]);
    for (const other of [equity + 1n, equity - 1n, -equity - 1n, equity + (1n << 84n)]) {
      const wrong = ((other % FIELD_MODULUS) + FIELD_MODULUS) % FIELD_MODULUS;
      if (wrong === signals.equity) continue;
      expect(forge(circuit, { ...inputs, equity: wrong }).caught, `${other}`).toEqual(["equity"]);
    }
  });

  it("shows a loss as a loss", () => {
    expect(forge(circuit, { ...poor.inputs, equity: 123_456_789n }).caught).toEqual(["equity"]);
  });

  it("doesn't let tier or equity be bent with the lanes", () => {
    const lanes = changed(poor.inputs, "lanes", { 0: (old) => old + 1n });
    const equity = FIELD_MODULUS - 123_456_788n;
    expect(forge(circuit, { ...poor.inputs, lanes, equity }).caught).toEqual(["sum"]);
    expect(forge(circuit, { ...poor.inputs, tier: 1n }).caught).toEqual(["tier"]);
  });

  it("binds all its public signals", async () => {
    const honest = await circuit.generate(poor.inputs);
    for (let wire = 1; wire <= EQUITY.publicInputs; wire++) {
      const witness = honest.map((value, i) => (i === wire ? (value + 1n) % FIELD_MODULUS : value));
      expect(violations(circuit.real, witness).length, `signal ${wire}`).toBeGreaterThan(0);
    }
  });
});

describe("hints of the equity circuit", () => {
  const { slots, rows } = EQUITY;
  const filled = listOf(poor.inputs, "id").flatMap((id, i) => (id === 0n ? [] : [i]));
  const suites = {
    "portfolio/slots inverse": {
      wires: filled.map((i) => `main.account.portfolio.opened.slots.inverse[${i}]`),
      caughtBy: () => ["empty slot"],
    },
    "table/valuation slotValue": {
      wires: each("account.value.slotValue", slots),
      caughtBy: (_: string, i: number) => (filled.includes(i) ? ["membership", "sum"] : ["membership"]),
    },
    ...lookupHints("account.value.lookup", slots, rows),
  };
  testHints(circuit, poor.inputs, suites, [`main.account.value.lookup.shortTerm[${rows - 1}]`]);
});
