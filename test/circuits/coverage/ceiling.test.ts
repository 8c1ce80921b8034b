import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../../src/math/field.ts";
import { instanceOf } from "../../../src/prover/circuits.ts";
import { CEILING_LIMIT } from "../../../src/risk/ceiling.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { ceilingWitness, uncheckedCeiling } from "../../../src/witness/ceiling.ts";
import type { WitnessSnapshot } from "../../../src/witness/table.ts";
import { absorbed, changed, forge, listOf, negative } from "../../helpers/circuit-attack.ts";
import { each, lookupHints, rangeChecks, testBits, testHints } from "../../helpers/circuit-hint-suite.ts";
import { openForged } from "../../helpers/circuit-solvency.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import { undetermined } from "../../helpers/r1cs-determined.ts";
import { inputWires } from "../../helpers/r1cs-forge.ts";
import {
  Random,
  syntheticPositions,
  syntheticSnapshot,
  tierEdges,
  withEquity,
} from "../../helpers/synthetic.ts";

// A ceiling bounds the account's value in a breach and opens neither; all else is the coverage statement, whose suites attack the core they share.

const SEED = 20_261_201;
const CEILING = instanceOf("ceiling", "ceiling_4x8_s5k2");
const snapshot = syntheticSnapshot("victim 29", CEILING.shape, 7);
const risk = syntheticPositions(new Random(SEED), snapshot, 2, 12);
const [, soft = 0n] = tierEdges(snapshot, risk);

function inputsOf(table: WitnessSnapshot, positions: readonly Holding[], ceiling: bigint) {
  const portfolio = { account: "a", accountId: toField(7n), positions };
  return uncheckedCeiling(CEILING, table, portfolio, toField(5n), ceiling, toField(99n));
}

/** The account's risk with some equity. */
function worth(equity: bigint): readonly Holding[] {
  const found = withEquity(snapshot, risk, equity);
  if (found === undefined) throw new Error(`no positions are worth ${equity}.`);
  return found;
}

const account = (equity: bigint, ceiling: bigint) => inputsOf(snapshot, worth(equity), ceiling).inputs;
/** In breach, and worth exactly its ceiling. */
const EQUITY = soft - 1n;
const edge = account(EQUITY, EQUITY);
const circuit = await openForged("ceiling", CEILING.name, edge);

describe(`the ceiling circuit (seed ${SEED})`, () => {
  it("takes a breach that is worth its ceiling, anything less, and any loss under any ceiling", async () => {
    expect(EQUITY > 0n).toBe(true);
    for (const [equity, ceiling] of [
      [EQUITY, EQUITY],
      [EQUITY, EQUITY + 1n],
      [EQUITY - 1n, EQUITY],
      [0n, 0n],
      [-1n, 0n],
      [-(1n << 40n), 0n],
      [EQUITY, CEILING_LIMIT - 1n],
    ] as const) {
      const label = `${equity} under ${ceiling}`;
      expect(violations(circuit.real, await circuit.generate(account(equity, ceiling))), label).toEqual([]);
    }
  });

  it("refuses what is worth a micro-USD more", () => {
    for (const [equity, ceiling] of [
      [EQUITY, EQUITY - 1n],
      [1n, 0n],
      [EQUITY, 0n],
    ] as const)
      expect(forge(circuit, account(equity, ceiling)).caught, `${equity}`).toEqual(["range rest"]);
  });

  it("refuses ceilings outside of their range: a negative one would be the field's order less something", () => {
    for (const ceiling of [CEILING_LIMIT, negative(1n), negative(EQUITY), EQUITY + FIELD_MODULUS / 2n]) {
      const { caught } = forge(circuit, { ...edge, ceiling });
      expect(caught, `${ceiling}`).toContain("range ceilingRange");
    }
    // Even for a loss that is larger still: -5 is less than -3, and no ceiling is below 0.
    const { inputs } = inputsOf(snapshot, worth(-5n), 0n);
    expect(forge(circuit, { ...inputs, ceiling: negative(3n) }).caught).toEqual(["range ceilingRange"]);
  });

  it("refuses tiers 0 and 1 at both of their edges, whatever the ceiling", () => {
    const [initial = 0n] = tierEdges(snapshot, risk);
    for (const equity of [initial, initial - 1n, soft])
      for (const ceiling of [equity, CEILING_LIMIT - 1n])
        expect(forge(circuit, account(equity, ceiling)).caught, `${equity}`).toEqual(["range breach"]);
  });

  it("can't be had by bits that add up to a range's value", () => {
    const healthy = account(soft, soft);
    for (const [inputs, range] of [
      [healthy, "breach"],
      [account(EQUITY, EQUITY - 1n), "rest"],
      [{ ...edge, ceiling: negative(1n) }, "ceilingRange"],
    ] as const) {
      const { caught } = forge(circuit, inputs, absorbed(circuit.full, `main.${range}`));
      expect(caught, range).toContain(`range ${range}`);
    }
  });

  it("can't be had by a smaller equity: neither in the lane, nor in what the rules are told", () => {
    const dear = account(EQUITY, EQUITY - 1n);
    const lanes = changed(dear, "lanes", { 0: (old) => old - 1n });
    expect(forge(circuit, { ...dear, lanes }).caught).toEqual(["sum"]);
    const told = { "main.account.equity": (_: unknown, honest: bigint) => honest - 1n };
    const { caught } = forge(circuit, dear, told);
    expect(caught).toEqual(["law account.equity account.portfolio.equity".replaceAll("account.", "")]);
  });

  it("can't be had by a worse tier: neither in its bits, nor in what the rules are told", () => {
    const healthy = account(soft, soft);
    for (const wire of ["main.account.tier", "main.account.result.tier", "main.account.result.below[1]"]) {
      const { caught } = forge(circuit, healthy, { [wire]: (_, honest) => honest + 1n });
      expect(caught.length, wire).toBeGreaterThan(0);
      expect(caught, wire).not.toContain("range breach");
    }
  });

  it("is of one portfolio of one account", () => {
    for (const [name, value] of [
      ["commitment", 0n],
      ["accountId", 8n],
      ["salt", 6n],
    ] as const)
      expect(forge(circuit, { ...edge, [name]: value }).caught, name).toEqual(["commitment"]);
  });

  it("binds all its public signals", async () => {
    const honest = await circuit.generate(edge);
    for (let wire = 1; wire <= CEILING.publicInputs; wire++) {
      const witness = honest.map((value, i) => (i === wire ? (value + 1n) % FIELD_MODULUS : value));
      expect(violations(circuit.real, witness).length, `signal ${wire}`).toBeGreaterThan(0);
    }
  });
});

describe(`the ceiling circuit and its reference model (seed ${SEED})`, () => {
  it("agree on random portfolios, at every side of every edge", async () => {
    const seen = { held: 0, breach: 0, ceiling: 0 };
    for (let run = 0; run < 40; run++) {
      const random = new Random(`ceiling ${SEED} ${run}`);
      const table = syntheticSnapshot(`ceiling ${SEED} ${run % 8}`, CEILING.shape, 3 + random.below(5));
      const some = syntheticPositions(random, table, 2, 12);
      const edges = tierEdges(table, some).flatMap((level) => [level, level - 1n]);
      for (const equity of [random.pick([...edges, 0n, -1n]), random.signed(1n << 38n)]) {
        const positions = withEquity(table, some, equity);
        if (positions === undefined || positions.length > CEILING.slots) continue;
        const floor = equity > 0n ? equity : 0n;
        for (const ceiling of new Set([floor, floor - 1n, floor + 1n, random.unsigned(CEILING_LIMIT)])) {
          if (ceiling < 0n) continue;
          const { inputs, rules, publicSignals } = inputsOf(table, positions, ceiling);
          const holds = rules.breach && rules.ceiling;
          const label = `${SEED}/${run}: ${equity} under ${ceiling}`;
          expect(forge(circuit, inputs).caught.length === 0, label).toBe(holds);
          for (const rule of ["breach", "ceiling"] as const) if (!rules[rule]) seen[rule]++;
          if (!holds) continue;
          seen.held++;
          const witness = await circuit.generate(inputs);
          expect(violations(circuit.real, witness), label).toEqual([]);
          expect(witness.slice(1, 1 + publicSignals.length), label).toEqual(publicSignals);
        }
      }
    }
    // All of it was met.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(10);
  });

  it("are told apart by the witness builder, which names the rule and nothing of the account", () => {
    const build = (equity: bigint, ceiling: bigint) => {
      const portfolio = { account: "a", accountId: toField(7n), positions: worth(equity) };
      return ceilingWitness(CEILING, snapshot, portfolio, toField(5n), ceiling, toField(99n));
    };
    expect(build(EQUITY, EQUITY).signals).toMatchObject({ accountId: 7n, ceiling: EQUITY, context: 99n });
    expect(Object.keys(build(EQUITY, EQUITY).inputs)).not.toContain("tier");
    expect(() => build(soft, soft)).toThrow(/: it is in tier 0 or 1\. /);
    expect(() => build(EQUITY, 0n)).toThrow(/: it is worth more than the ceiling\. /);
    for (const ceiling of [-1n, CEILING_LIMIT])
      expect(() => build(EQUITY, ceiling)).toThrow(expect.objectContaining({ code: "OUT_OF_RANGE" }));
  });
});

const filled = listOf(edge, "id").flatMap((id, i) => (id === 0n ? [] : [i]));

describe("hints of the ceiling circuit", () => {
  const { slots, rows } = CEILING;
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
  testHints(circuit, edge, suites, [`main.account.value.lookup.shortTerm[${rows - 1}]`]);
});

describe("bits of the ceiling circuit's own range checks", () => {
  const own = ["main.breach", "main.ceilingRange", "main.rest"];
  const checks = new Map([...rangeChecks(circuit.full)].filter(([name]) => own.includes(name)));

  it("are those of three checks: a tier's excess, the ceiling, what is left of it", () => {
    expect([...checks].map(([name, bits]) => [name, bits.length])).toEqual([
      ["main.breach", 2],
      ["main.ceilingRange", 83],
      ["main.rest", 84],
    ]);
  });

  testBits(circuit, edge, checks);
});

describe("the ceiling's R1CS, given all inputs", () => {
  const { real } = circuit;
  const { witness } = forge(circuit, edge);
  const names = (wires: readonly number[]): string[] => wires.map((wire) => at(real.nameOf, wire));
  // Simplification puts the tier for a bit of its own, and the rules of `undetermined` know bits by their wires.
  const TIER = "main.account.tier";
  const given = (left = ""): number[] => [
    ...Object.keys(edge)
      .filter((name) => name !== left)
      .flatMap((name) => inputWires(real, name)),
    ...real.nameOf.flatMap((name, wire) => (name === TIER || name.includes(".slotValue[") ? [wire] : [])),
  ];
  // The inverse of an empty slot's id is multiplied by 0: free, and without any effect.
  const FREE = listOf(edge, "id").flatMap((id, i) =>
    id === 0n ? [`main.account.portfolio.opened.slots.inverse[${i}]`] : [],
  );

  it("determines every wire but the slot values' freedom, which membership takes away", () => {
    expect(names(undetermined(real, witness, given()))).toEqual(FREE);
  });

  it("determines the tier, which no signal opens: no other value has a witness", () => {
    const honest = at(witness, Number(real.wireOf.get(TIER)));
    // The range of the breach leaves 2 to 5.
    const others = [0n, 1n, 2n, 3n, 4n, 5n].filter((tier) => tier !== honest);
    expect(others).toHaveLength(5);
    for (const tier of others)
      expect(forge(circuit, edge, { [TIER]: tier }).caught.length, `${tier}`).toBeGreaterThan(0);
  });

  it("determines the commitment too, and would show a wire that is free", () => {
    const without = (left: string) => names(undetermined(real, witness, given(left)));
    expect(without("commitment")).toEqual(FREE);
    expect(without("ceiling")).toContain("main.ceiling");
  });
});
