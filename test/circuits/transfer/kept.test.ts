import { describe, expect, it } from "vitest";
import { deriveOpening } from "../../../src/liquidation/transfers.ts";
import { FIELD_MODULUS as P, reduce, toField } from "../../../src/math/field.ts";
import { commit, derivedSalt } from "../../../src/portfolio/commitment.ts";
import { slotsOf } from "../../../src/portfolio/portfolio.ts";
import { deleverageWitness } from "../../../src/witness/deleverage.ts";
import { transferWitness } from "../../../src/witness/transfer.ts";
import { forge } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";
import { slowHash } from "../../helpers/circuit-poseidon.ts";
import {
  attackDeleverage,
  attackTransfer,
  CALL,
  CASH,
  CONTEXT,
  closingRequest,
  DELEVERAGE,
  deleverage,
  EMPTY,
  FUTURE,
  hold,
  KEPT,
  keptInputs,
  LONG,
  longInputs,
  OTHER,
  PUT,
  type RawSlot,
  SALE,
  saleInputs,
  TERMS,
  TRANSFER,
  transfer,
  transferRequest,
  withSlots,
} from "../../helpers/circuit-transfer.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import type { Inputs } from "../../helpers/r1cs-forge.ts";
import { freedom } from "../../helpers/r1cs-freedom.ts";
import { Random } from "../../helpers/synthetic.ts";

// A change by somebody else leaves what the owner derives: nothing is left to choose for who proves it.

const SEED = 20_261_130;
const [OLD_A, NEW_A] = [0, 1];
const slot = (id: number, lots: bigint): RawSlot => [
  lots < 0n ? -lots : lots,
  BigInt(id),
  lots < 0n ? 1n : 0n,
];
const salts = (inputs: Inputs, salt: bigint) => (inputs["salt"] as readonly bigint[]).with(1, salt);

/** What refuses the kept deposit with another new portfolio. */
const deposit = (newA: readonly RawSlot[], changes: Inputs = {}, oldA?: readonly RawSlot[]) =>
  attackTransfer(
    withSlots(keptInputs, { [NEW_A]: newA, ...(oldA === undefined ? {} : { [OLD_A]: oldA }) }),
    changes,
  ).caught;
// 50 calls and a debt of 7, and 77 paid in.
const KEPT_A = [slot(CASH, 70n), slot(CALL, 50n)];

describe("a kept deposit", () => {
  it("has one new commitment: what the owner derives", async () => {
    expect(forge(transfer, keptInputs).caught).toEqual([]);
    expect(violations(transfer.real, await transfer.generate(keptInputs))).toEqual([]);
    expect(deposit(KEPT_A)).toEqual([]);
    const { accountId, before } = KEPT.a;
    const salt = at(slowHash("salt", [before.salt, CONTEXT], 1), 0);
    expect(derivedSalt(before.salt, CONTEXT)).toBe(salt);
    expect(keptInputs["newA"]).toBe(
      at(
        slowHash(
          "portfolio",
          [accountId, salt, 70n + (BigInt(CASH) << 36n) + ((50n + (BigInt(CALL) << 36n)) << 57n)],
          1,
        ),
        0,
      ),
    );
    const derived = deriveOpening({ accountId, ...before }, [hold(CASH, 77n)], CONTEXT);
    expect(commit(accountId, derived.salt, slotsOf(derived.positions, 4))).toBe(keptInputs["newA"]);
  });

  it("has no other salt: not a fresh one, the old one, the context, or another context's", () => {
    const { salt: old } = KEPT.a.before;
    for (const salt of [5n, old, CONTEXT, 0n, derivedSalt(old, toField(5n)), derivedSalt(CONTEXT, old)])
      expect(attackTransfer(keptInputs, { salt: salts(keptInputs, salt) }).caught).toEqual(["derived salt"]);
    expect(attackTransfer(keptInputs, { context: 5n }).caught).toEqual(["derived salt"]);
    const derived = derivedSalt(old, toField(5n));
    expect(attackTransfer(keptInputs, { salt: salts(keptInputs, derived), context: 5n }).caught).toEqual([]);
    // The hash can't be told otherwise either.
    const lie = { "main.kept.derived.out[0]": 5n };
    const { caught } = attackTransfer(keptInputs, { salt: salts(keptInputs, 5n) }, lie);
    expect(caught).toHaveLength(1);
    expect(at(caught, 0)).toMatch(/^law kept\.derived/);
  });

  it("has no other slots: no split, no other place, no slot without lots, no pair that cancels", () => {
    expect(deposit([slot(CALL, 50n), slot(CASH, 70n)])).toEqual(["range kept.order.gap[1]"]);
    expect(deposit([slot(CASH, 30n), slot(CASH, 40n), slot(CALL, 50n)])).toEqual(["range kept.order.gap[1]"]);
    expect(deposit([slot(CASH, 70n), slot(CALL, 20n), slot(CALL, 30n)])).toEqual(["range kept.order.gap[2]"]);
    expect(deposit([slot(CASH, 70n), slot(CALL, 51n), slot(CALL, -1n)])).toEqual(["range kept.order.gap[2]"]);
    expect(deposit([slot(CASH, 70n), EMPTY, slot(CALL, 50n)])).toEqual(["order"]);
    expect(deposit([EMPTY, slot(CASH, 70n), slot(CALL, 50n)])).toEqual(["order"]);
    for (const side of [0n, 1n]) {
      expect(deposit([...KEPT_A, [0n, BigInt(FUTURE), side]])).toEqual(["order"]);
      expect(deposit([[0n, 1n, side], ...KEPT_A])).toEqual(["order"]);
    }
    expect(deposit([...KEPT_A, slot(FUTURE, 3n), slot(FUTURE, -3n)])).toEqual(["range kept.order.gap[3]"]);
    expect(deposit([...KEPT_A, slot(FUTURE, 3n)])).toEqual(["conservation"]);
    expect(deposit([slot(CASH, 71n), slot(CALL, 50n)])).toEqual(["cash", "conservation"]);
  });

  it("puts a portfolio in order that wasn't", () => {
    const messy = [slot(CALL, -3n), [0n, BigInt(OTHER), 1n] as const, slot(CALL, 53n), slot(CASH, -7n)];
    expect(deposit(KEPT_A, {}, messy)).toEqual([]);
    expect(deposit(messy.with(3, slot(CASH, 70n)), {}, messy)).not.toEqual([]);
  });

  it("empties the cash where a debt is paid to the lot, and adds it where there was none", () => {
    const even = { funding: 7n };
    expect(deposit([slot(CALL, 50n)], even)).toEqual([]);
    expect(deposit([[0n, BigInt(CASH), 0n], slot(CALL, 50n)], even)).toEqual(["order"]);
    expect(deposit([slot(CASH, 77n), slot(CALL, 50n)], {}, [slot(CALL, 50n)])).toEqual([]);
    const full = [slot(CALL, 50n), slot(PUT, 1n), slot(FUTURE, 1n), slot(OTHER, 1n)];
    // No slot for the cash: no witness, as ever.
    expect(deposit(full, { funding: 0n }, full)).toEqual([]);
    expect(deposit(full, {}, full)).toEqual(["cash", "conservation"]);
  });

  it("is so only where the signal says so, which is 0, 1 or 2", () => {
    const free = { rest: 0n, salt: salts(keptInputs, 5n) };
    expect(deposit([slot(CALL, 50n), slot(CASH, 70n)], free)).toEqual([]);
    for (const rest of [3n, P - 1n, P - 2n, (P + 1n) / 2n, 4n])
      expect(attackTransfer(keptInputs, { rest }).caught.some((label) => label.startsWith("bit left"))).toBe(
        true,
      );
    expect(attackTransfer(keptInputs, { rest: P - 1n }).caught).toContain("bit left.whole");
  });
});

describe("a kept sale", () => {
  it("leaves what follows from the lots that moved", () => {
    const kept = { rest: 2n, salt: salts(saleInputs, derivedSalt(SALE.a.before.salt, CONTEXT)) };
    expect(attackTransfer(saleInputs, kept).caught).toEqual([]);
    expect(attackTransfer(saleInputs, { rest: 2n }).caught).toEqual(["derived salt"]);
    const reversed = [slot(OTHER, 9n), slot(PUT, -23n), slot(CALL, 20n), slot(CASH, 1_393n)];
    const { caught } = attackTransfer(withSlots(saleInputs, { [NEW_A]: reversed }), kept);
    expect(caught).toEqual([1, 2, 3].map((i) => `range kept.order.gap[${i}]`));
  });
});

describe("a closing", () => {
  // 18 of 50 calls for 45 lots.
  const CLOSED = [slot(CASH, 1_045n), slot(CALL, 32n), slot(PUT, -20n), slot(OTHER, 9n)];
  const closing = (after: readonly RawSlot[], changes: Inputs = {}) =>
    attackDeleverage(withSlots(longInputs, { 1: after }), changes).caught;

  it("leaves what the holder derives from its terms", () => {
    const { accountId, before, context } = LONG;
    const flows = [hold(CALL, -18n), hold(CASH, 45n)];
    const derived = deriveOpening({ accountId, ...before }, flows, context);
    expect(commit(accountId, derived.salt, slotsOf(derived.positions, 4))).toBe(longInputs["newCommitment"]);
    expect(closing(CLOSED)).toEqual([]);
  });

  it("has no other salt and no other slots", () => {
    for (const salt of [5n, LONG.before.salt, CONTEXT])
      expect(attackDeleverage(longInputs, { salt: salts(longInputs, salt) }).caught).toEqual([
        "derived salt",
      ]);
    expect(closing(CLOSED.with(0, at(CLOSED, 1)).with(1, at(CLOSED, 0)))).toEqual([
      "range kept.order.gap[1]",
    ]);
    const few = deleverageWitness(
      DELEVERAGE,
      closingRequest([hold(CALL, 8n)], { ...TERMS, closing: 8n }),
    ).inputs;
    const all = (after: readonly RawSlot[]) => attackDeleverage(withSlots(few, { 1: after })).caught;
    expect(all([slot(CASH, 20n)])).toEqual([]);
    expect(all([slot(CASH, 20n), [0n, BigInt(CALL), 1n]])).toEqual(["order"]);
    expect(all([EMPTY, slot(CASH, 20n)])).toEqual(["order"]);
    expect(all([slot(CASH, 15n), slot(CASH, 5n)])).toEqual(["range kept.order.gap[1]"]);
  });

  it("finds room for the cash in the slot that it closed", () => {
    const full = [hold(CALL, 8n), hold(PUT, 1n), hold(FUTURE, 1n), hold(OTHER, 1n)];
    const { inputs, share } = deleverageWitness(DELEVERAGE, closingRequest(full, { closing: 8n }));
    expect(share.positions).toEqual([hold(CASH, 20n), ...full.slice(1)]);
    expect(forge(deleverage, inputs).caught).toEqual([]);
  });
});

describe(`what is kept (seed ${SEED})`, () => {
  const random = new Random(SEED);
  const positions = () =>
    [CASH, CALL, PUT, FUTURE].flatMap((id) => {
      const lots = random.signed(1n << 35n);
      return random.below(3) === 0 || lots === 0n ? [] : [hold(id, lots)];
    });

  it("is derived by its owner, whatever it was", async () => {
    for (let round = 0; round < 40; round++) {
      const [before, funding] = [positions(), random.signed(1n << 34n)];
      if (before.length === 4 && !before.some(({ instrumentId }) => instrumentId === CASH)) continue;
      const request = transferRequest(before, undefined, { funding, rest: "kept" });
      const { inputs, signals } = transferWitness(TRANSFER, request);
      expect(violations(transfer.real, await transfer.generate(inputs)), `round ${round}`).toEqual([]);
      const { accountId } = request.a;
      const derived = deriveOpening({ accountId, ...request.a.before }, [hold(CASH, funding)], CONTEXT);
      expect(commit(accountId, derived.salt, slotsOf(derived.positions, TRANSFER.slots))).toBe(signals.newA);
      expect(signals.rest).toBe(2n);
    }
  });
});

describe("nothing of a witness moves while the public signals stay", () => {
  it.each([
    ["in a kept deposit", transfer, keptInputs],
    ["in a closing", deleverage, longInputs],
  ] as const)("%s, but salts that a hash binds and inverses of nothing", (_, { full, forger }, inputs) => {
    const { values } = forger.derive(inputs);
    const { free, bound } = freedom(full, values, /salt/);
    const INVERSES = /\.(slots\.inverse\[\d+\]|IsZero_\w+(\[\d+\])?\.inv)$/;
    const nobodys = /^main\.salt\[[23]\]$|^main\.portfolio\[[23]\]\./;
    expect(free.filter((name) => !INVERSES.test(name) && !nobodys.test(name))).toEqual([]);
    expect(bound.filter((name) => !INVERSES.test(name) && !nobodys.test(name))).toEqual([]);
  });
});

describe("Kept", () => {
  const gadget = openTemplate(
    "kept_2",
    ["transfer/kept.circom"],
    `signal input isKept; signal input quantity[2]; signal input id[2]; signal input isShort[2];
     signal input oldSalt; signal input newSalt; signal input context;
     component on = Bit(); on.value <== isKept;
     component slots = Slots(2); slots.quantity <== quantity; slots.id <== id; slots.isShort <== isShort; _ <== slots.packed[0];
     component kept = Kept(2); kept.isKept <== on.ranged; kept.slots <== slots.ranged;
     kept.oldSalt <== oldSalt; kept.newSalt <== newSalt; kept.context <== context;`,
    ["isKept", "quantity", "id", "isShort", "oldSalt", "newSalt", "context"],
  );

  it("asks for the salt's hash over the whole field, and for nothing where it is off", () => {
    const random = new Random(SEED);
    const slots = { quantity: [5n, 0n], id: [7n, 0n], isShort: [0n, 0n] };
    for (const oldSalt of [0n, 1n, P - 1n, random.field()])
      for (const context of [0n, P - 1n, random.field()]) {
        const newSalt = derivedSalt(reduce(oldSalt), reduce(context));
        expect(gadget.run({ isKept: 1n, ...slots, oldSalt, newSalt, context }).caught).toEqual([]);
        const wrong = { ...slots, oldSalt, newSalt: reduce(newSalt + 1n), context };
        expect(gadget.run({ isKept: 1n, ...wrong }).caught).toEqual(["derived salt"]);
        expect(gadget.run({ isKept: 0n, ...wrong }).caught).toEqual([]);
      }
  });
});
