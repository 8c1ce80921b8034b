import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField } from "../../src/math/field.ts";
import { commit, packSlots } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import { emptyWitness } from "../../src/witness/empty.ts";
import { forge } from "../helpers/circuit-attack.ts";
import { slowHash } from "../helpers/circuit-poseidon.ts";
import { openForged } from "../helpers/circuit-solvency.ts";
import { at, violations } from "../helpers/r1cs.ts";
import { undetermined } from "../helpers/r1cs-determined.ts";
import { inputWires } from "../helpers/r1cs-forge.ts";
import { freedom } from "../helpers/r1cs-freedom.ts";
import { Random } from "../helpers/synthetic.ts";

const SEED = 20_261_130;
const EMPTY = instanceOf("empty", "empty_4");
const REQUEST = { accountId: toField(7n), salt: toField(11n), context: toField(99n) };
const { inputs, publicSignals } = emptyWitness(EMPTY, REQUEST);
const circuit = await openForged("empty", EMPTY.name, inputs);
/** The commitment of the account and salt above to other positions. */
const holding = (instrumentId: number, quantity: bigint): bigint =>
  commit(REQUEST.accountId, REQUEST.salt, slotsOf([{ instrumentId, quantity }], EMPTY.slots));

describe("the empty circuit", () => {
  it("gives the commitment that the page alone gives", async () => {
    expect(publicSignals).toEqual([7n, at(slowHash("portfolio", [7n, 11n, 0n], 1), 0), 99n]);
    expect(violations(circuit.real, await circuit.generate(inputs))).toEqual([]);
  });

  it(`takes whatever account, salt and context, as the reference commits them (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const edges = [0n, 1n, P - 1n].map((edge) => toField(edge));
    const some = () => (random.below(3) === 0 ? random.pick(edges) : random.field());
    for (let round = 0; round < 24; round++) {
      const request = { accountId: some(), salt: some(), context: some() };
      const witness = emptyWitness(EMPTY, request);
      expect(witness.signals.commitment).toBe(
        commit(request.accountId, request.salt, slotsOf([], EMPTY.slots)),
      );
      expect(violations(circuit.real, await circuit.generate(witness.inputs))).toEqual([]);
      expect(forge(circuit, witness.inputs).witness).toEqual(await circuit.generate(witness.inputs));
    }
  });

  it("takes no portfolio with a position: of one lot, short, or in the last slot", () => {
    const held = [holding(3, 1n), holding(1_048_575, -((1n << 36n) - 1n))];
    const last = packSlots(
      [0, 0, 0, 1].map((lot) => ({ quantity: BigInt(lot), instrumentId: 3 * lot, isShort: 0 as const })),
    );
    for (const commitment of [...held, at(slowHash("portfolio", [7n, 11n, ...last], 1), 0)])
      expect(forge(circuit, { ...inputs, commitment }).caught).toEqual(["empty commitment"]);
    // Carried on as if a slot held a lot: what is left to refuse it is that the slots are none.
    const packed = at(packSlots(slotsOf([{ instrumentId: 3, quantity: 1n }], EMPTY.slots)), 0);
    const lie = { "main.opening.packed[0]": packed };
    expect(forge(circuit, { ...inputs, commitment: holding(3, 1n) }, lie).caught).toEqual([
      "bit opening.packed[0]",
    ]);
  });

  it("takes neither zero lots of an instrument, nor an empty portfolio of more slots, of others, or with another salt", () => {
    const zeroLots = at(slowHash("portfolio", [7n, 11n, 3n << 36n], 1), 0);
    const { accountId, salt } = REQUEST;
    for (const commitment of [
      zeroLots,
      commit(accountId, salt, slotsOf([], 8)),
      commit(toField(8n), salt, slotsOf([], 4)),
      commit(accountId, toField(12n), slotsOf([], 4)),
      0n,
    ])
      expect(forge(circuit, { ...inputs, commitment }).caught).toEqual(["empty commitment"]);
    for (const name of ["accountId", "salt"] as const)
      expect(forge(circuit, { ...inputs, [name]: (inputs[name] as bigint) + 1n }).caught).toEqual([
        "empty commitment",
      ]);
  });

  it("leaves nothing open given all inputs, and binds each public signal", () => {
    const { witness } = forge(circuit, inputs);
    const open = (...without: readonly string[]) => {
      const given = Object.keys(inputs).filter((name) => !without.includes(name));
      const wires = given.flatMap((name) => inputWires(circuit.real, name));
      return undetermined(circuit.real, witness, wires).map((wire) => at(circuit.real.nameOf, wire));
    };
    expect(open()).toEqual([]);
    expect(open("commitment")).toEqual([]);
    expect(open("context")).toEqual(["main.context", "main.bound.squared"]);
    for (let wire = 1; wire <= EMPTY.publicInputs; wire++) {
      const bent = witness.map((value, i) => (i === wire ? (value + 1n) % P : value));
      expect(violations(circuit.real, bent).length, `signal ${wire}`).toBeGreaterThan(0);
    }
  });

  it("lets nothing of a witness move while the public signals stay", () => {
    const { values } = circuit.forger.derive(inputs);
    expect(freedom(circuit.full, values, /salt/)).toEqual({ free: [], bound: [] });
  });
});
