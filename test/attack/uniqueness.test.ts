import { describe, expect, it } from "vitest";
import { circuit, EMPTY, holding, slot, victim } from "../helpers/circuit-fixture.ts";
import { reduction, SLICE } from "../helpers/circuit-reduction.ts";
import { batch, batchInputs, report, reportInputs } from "../helpers/circuit-solvency-fixture.ts";
import {
  deleverage,
  depositInputs,
  longInputs,
  saleInputs,
  takeoverInputs,
  transfer,
} from "../helpers/circuit-transfer.ts";
import { freedom } from "../helpers/r1cs-freedom.ts";

// Which way can an attacker move an honest witness, inputs and all, while the public signals stay? To first order no way but
// these, and each has its reason. docs/security/threat-model.md: what is not unique, and means nothing.

/** Bound by the lookup at challenges that are hashed from them: by a hash, which a tangent doesn't see. */
const SLOT_VALUES = /^main\.(account\.)?value\.slotValue\[\d+\]$/;
/** The inverse of an empty slot's id, or of anything else that is 0: nothing reads it. */
const INVERSES = /\.(slots\.inverse\[\d+\]|IsZero_\w+(\[\d+\])?\.inv)$/;

describe("nothing of a witness moves while the public signals stay, but", () => {
  it.each([
    ["the victim of the attacks", victim],
    ["an empty account", holding([EMPTY, EMPTY, EMPTY, EMPTY])],
    ["a full account", holding([slot(2, 7n), slot(3, 1n, 1), slot(4, 5n), slot(4, 6n, 1)])],
  ])("in coverage what a hash binds, and inverses of nothing: %s", (_, { inputs }) => {
    const { values } = circuit.forger.derive(inputs);
    const { free, bound } = freedom(circuit.full, values, /slotValue|salt/);
    expect([...free, ...bound].filter((name) => !SLOT_VALUES.test(name) && !INVERSES.test(name))).toEqual([]);
    expect(bound.filter((name) => !SLOT_VALUES.test(name))).toEqual([]);
    expect(free.length).toBeLessThan(8);
  });

  it("in a reduction the same, for both portfolios", () => {
    const { values } = reduction.forger.derive(SLICE.inputs);
    const { free, bound } = freedom(reduction.full, values, /slotValue|salt/);
    expect([...free, ...bound].filter((name) => !SLOT_VALUES.test(name) && !INVERSES.test(name))).toEqual([]);
  });

  it.each([
    ["a sale", transfer, saleInputs, []],
    ["a takeover", transfer, takeoverInputs, []],
    // Without a counterparty its two commitments are zeros, and its salts nobody's.
    ["a deposit", transfer, depositInputs, ["main.salt[2]", "main.salt[3]"]],
    ["a closing", deleverage, longInputs, []],
  ] as const)("in %s inverses of nothing", (_, opened, inputs, more) => {
    const { values } = opened.forger.derive(inputs);
    const { free, bound } = freedom(opened.full, values, /salt/);
    expect(free.filter((name) => !INVERSES.test(name))).toEqual(more);
    expect(bound).toEqual([]);
  });

  it.each(batchInputs.map((inputs, index) => [index, inputs] as const))(
    "in batch %d also what root and states open by hashes",
    (_, inputs) => {
      const { values } = batch.forger.derive(inputs);
      const { free, bound } = freedom(batch.full, values, /slotValue|salt|runSalt/i);
      const opened = /^main\.(salt\[\d\]|runSalt|accountId\[\d\]|sibling\[\d\]|zeta|added\[\d\])$/;
      const rest = [...free, ...bound].filter(
        (name) => !SLOT_VALUES.test(name) && !INVERSES.test(name) && !opened.test(name),
      );
      expect(rest).toEqual([]);
    },
  );

  it("in a report nothing at all", () => {
    const { values } = report.forger.derive(reportInputs);
    expect(freedom(report.full, values, /salt|second|largest|shortfall/i)).toEqual({ free: [], bound: [] });
  });
});

it("would show a wire that nothing binds: the salt, once it is no longer hashed into the commitment", () => {
  const { values } = circuit.forger.derive(victim.inputs);
  const salt = Number(circuit.full.wireOf.get("main.salt"));
  const uses = ({ wires }: { readonly wires: readonly number[] }) => wires.includes(salt);
  const constraints = circuit.full.constraints.filter(({ a, b, c }) => ![a, b, c].some(uses));
  expect(constraints.length).toBeLessThan(circuit.full.constraints.length);
  expect(freedom({ ...circuit.full, constraints }, values, /slotValue|salt/).free).toContain("main.salt");
});
