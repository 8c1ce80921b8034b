import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, parseField, toField } from "../../src/math/field.ts";
import { CIRCUITS_ROOT } from "../../src/prover/node/circuit-folder.ts";
import { LOT_LIMIT } from "../../src/risk/shape.ts";
import { cachedSignals } from "../../src/witness/table.ts";
import { attack, changed, forge, negative } from "../helpers/circuit-attack.ts";
import { circuit, EMPTY, holding, slot, snapshot, victim } from "../helpers/circuit-fixture.ts";
import { openTemplate } from "../helpers/circuit-gadget.ts";
import { at, mod, violations } from "../helpers/r1cs.ts";

// What has gone wrong elsewhere (protocol section 9), and in this project. Each bug stays dead by name.

const { inputs } = victim;
const sources = readdirSync(CIRCUITS_ROOT, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".circom"))
  .map((path) => ({ path, text: readFileSync(join(CIRCUITS_ROOT, path), "utf8").replace(/\/\/.*$/gm, "") }));

describe("what has gone wrong elsewhere", () => {
  it("packed limbs without range checks: a forged limb opens one commitment to two portfolios", () => {
    // quantity + 2^36 in slot 0 is id + 1 in the packing, and so on through side and the next slot.
    const quantity = changed(inputs, "quantity", { 0: (old) => old + LOT_LIMIT });
    const id = changed(inputs, "id", { 0: (old) => old - 1n });
    const { caught, assignment } = attack(circuit, inputs, { quantity, id });
    expect(assignment.value("main.account.portfolio.commitment")).toBe(inputs.commitment);
    expect(caught).toContain("range portfolio.opened.slots.quantityRange[0]");
  });

  it("packed limbs without range checks: a forged lane makes equity of a scenario's P&L", () => {
    const lanes = changed(inputs, "lanes", { 0: (old) => old + (1n << 84n), 1: (old) => old - 1n });
    const { caught, assignment } = attack(circuit, inputs, { lanes });
    const honest = forge(circuit, inputs).assignment;
    expect(assignment.value("main.account.portfolio.lane.equity")).toBe(
      mod(honest.value("main.account.portfolio.lane.equity") + (1n << 84n)),
    );
    expect(assignment.value("main.account.value.first.beta")).toBe(
      honest.value("main.account.value.first.beta"),
    );
    expect(caught).toEqual(["range portfolio.lane.equityRange"]);
  });

  it("equity netted without haircuts: long and short of one instrument leave their charges standing", () => {
    const { requirement, inputs: both } = holding([slot(2, 50n), slot(2, 50n, 1), EMPTY, EMPTY]);
    const { longCharge, shortCharge } = at(snapshot.rows, 2).vector;
    expect(requirement.charges).toBe(50n * (longCharge + shortCharge));
    expect(requirement.tier).toBe(3);
    expect(forge(circuit, both).caught).toEqual([]);
    expect(attack(circuit, both, { charges: 0n }).caught).toEqual(["sum"]);
  });

  it("negative balances: a quantity of p - 5 is no quantity", () => {
    const quantity = changed(inputs, "quantity", { 0: negative(5n) });
    expect(attack(circuit, inputs, { quantity }).caught).toContain(
      "range portfolio.opened.slots.quantityRange[0]",
    );
  });

  it("comparators on unranged inputs: circomlib's are not used, and ours take tagged values only", () => {
    for (const { path, text } of sources) {
      expect(text, path).not.toMatch(
        /\b(LessThan|LessEqThan|GreaterThan|GreaterEqThan|IsEqual|ForceEqualIfEnabled)\s*\(/,
      );
    }
    const gadget = openTemplate(
      "unranged_comparison",
      ["math/signed.circom"],
      `signal input a; signal input b; component r = SignedRange(64); component s = UnsignedRange(64);
       r.value <== a; s.value <== b; signal output out <== IsBelow()(r.ranged, s.ranged);`,
      ["a", "b"],
    );
    // circomlib's LessThan(64)(p - 2^63, 0) says "yes" and has a witness; here there is none.
    expect(gadget.run({ a: FIELD_MODULUS / 2n, b: 0n }).caught).toContain("range r");
    expect(gadget.run({ a: -5n, b: 0n }).assignment.value("main.out")).toBe(1n);
  });

  it("assert taken for a constraint: every assert is about template parameters, bounds and constants", () => {
    const asserts = sources.flatMap(({ text }) =>
      [...text.matchAll(/\bassert\((.*)\);/g)].map(([, body = ""]) => body),
    );
    expect(asserts.length).toBeGreaterThan(8);
    for (const body of asserts) {
      // Parameters are UPPER_CASE; a signal may stand in an assert only through its tag.
      const bare = body.replace(/\b[\w.]+\.(max|absmax)\b/g, "0");
      expect(bare, body).toMatch(/^([A-Z][A-Z0-9_]*|bitLength|levelOf|value|\d+|&&|[()<>=+*&\s-])+$/);
    }
  });

  it("hints with a second solution: the one there is says nothing (the inverse of an empty slot)", () => {
    const wire = "main.account.portfolio.opened.slots.inverse[3]";
    const { caught, assignment } = forge(circuit, inputs, { [wire]: 12_345n });
    expect(caught).toEqual([]);
    const honest = forge(circuit, inputs).assignment;
    const different = circuit.full.nameOf.filter(
      (name) => name !== "one" && assignment.value(name) !== honest.value(name),
    );
    expect(different).toEqual([wire]);
  });

  it("public inputs at or above the field's order: no constructor makes one", () => {
    for (const value of [FIELD_MODULUS, FIELD_MODULUS + 1n, -1n, 1n << 256n]) {
      expect(() => toField(value)).toThrow("field element");
    }
    expect(() => parseField(FIELD_MODULUS.toString())).toThrow("field element");
    expect(() => violations(circuit.real, [1n, FIELD_MODULUS])).toThrow();
    expect(cachedSignals(circuit.instance, snapshot).every((signal) => signal < FIELD_MODULUS)).toBe(true);
  });

  it("replays: a finished witness can't be moved to another context, snapshot or account", () => {
    const { witness } = forge(circuit, inputs);
    for (const name of ["context", "snapshotId", "accountId", "commitment"]) {
      const wire = circuit.real.wireOf.get(`main.${name}`);
      const moved = witness.map((value, other) => (other === wire ? value + 1n : value));
      expect(violations(circuit.real, moved), name).not.toEqual([]);
    }
  });
});

describe("what has gone wrong here", () => {
  it("ids that wrap a key 2*id + side: an id of (p - 1)/2 in a table was a short side of nothing", () => {
    // With keys, row id (p-1)/2 had key p - 1 + 1 = 0 on its short side: an empty slot could take that row's value.
    const table = changed(inputs, "table", { [6 * 7 + 6]: (FIELD_MODULUS - 1n) / 2n });
    const usedShort = changed(inputs, "usedShort", { 6: 1n });
    const quantity = changed(inputs, "quantity", { 3: 1n });
    const lies = {
      "main.account.value.slotValue[3]": (value: (name: string) => bigint) =>
        value("main.account.value.rows.short[6]"),
    };
    const { caught } = attack(circuit, inputs, { table, usedShort, quantity }, lies);
    expect(caught).toEqual(expect.arrayContaining(["empty slot", "membership"]));
  });

  it("ids that wrap a key 2*id + side: an id of k + 1/2 was another instrument's short side", () => {
    const half = (FIELD_MODULUS + 1n) / 2n;
    const id = at(snapshot.rows, 2).instrumentId;
    const table = changed(inputs, "table", { [6 * 7 + 6]: BigInt(id) + half });
    // Row 6 long would have had the key 2*id + 1 of row 2 short.
    const shown = holding([slot(2, 9n, 1), EMPTY, EMPTY, EMPTY]);
    const claim = {
      table,
      usedLong: changed(shown.inputs, "usedLong", { 6: 1n }),
      usedShort: changed(shown.inputs, "usedShort", { 2: 0n }),
    };
    const lies = {
      "main.account.value.slotValue[0]": (value: (name: string) => bigint) =>
        value("main.account.value.rows.long[6]"),
    };
    expect(attack(circuit, shown.inputs, claim, lies).caught).toContain("membership");
  });

  it("lots of no instrument: a commitment opened to a quantity without an id", () => {
    const quantity = changed(inputs, "quantity", { 3: 5n });
    expect(attack(circuit, inputs, { quantity }).caught).toEqual(["empty slot"]);
  });
});
