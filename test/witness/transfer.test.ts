import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { type TransferRequest, transferSignals, transferWitness } from "../../src/witness/transfer.ts";
import { failure } from "../risk/fixtures.ts";

const small = instanceOf("transfer", "transfer_4");
const CASH = 3;
const hold = (instrumentId: number, quantity: bigint): Holding => ({ instrumentId, quantity });
const open = (positions: readonly Holding[], salt: bigint) => ({ positions, salt: toField(salt) });
const CONTEXT = toField(77n);
const SALE: TransferRequest = {
  settlementId: CASH,
  cash: -120n,
  funding: 20n,
  rest: "free",
  context: CONTEXT,
  a: {
    accountId: toField(1n),
    before: open([hold(CASH, 1_000n), hold(300, 50n)], 11n),
    after: open([hold(300, 60n), hold(CASH, 900n)], 12n),
  },
  b: {
    accountId: toField(2n),
    before: open([hold(300, 10n)], 13n),
    after: open([hold(CASH, 120n)], 14n),
  },
};

describe("transferWitness", () => {
  const { inputs, signals, publicSignals } = transferWitness(small, SALE);

  it("has the public signals in the circuit's order, signed ones as field elements", () => {
    expect(Object.keys(signals)).toEqual([...small.signals]);
    expect(publicSignals).toEqual(Object.values(signals));
    expect(publicSignals).toHaveLength(small.publicInputs);
    expect(transferSignals(signals)).toEqual(publicSignals);
    expect(signals).toMatchObject({
      accountA: 1n,
      accountB: 2n,
      settlementId: 3n,
      cash: FIELD_MODULUS - 120n,
      funding: 20n,
      rest: 0n,
      context: 77n,
    });
    const { a } = SALE;
    expect(signals.oldA).toBe(commit(a.accountId, a.before.salt, slotsOf(a.before.positions, 4)));
    expect(signals.newB).toBe(commit(toField(2n), toField(14n), slotsOf([hold(CASH, 120n)], 4)));
  });

  it("has the four portfolios' slots by ascending id, one after another", () => {
    expect(inputs["id"]).toEqual([3n, 300n, 0n, 0n, 3n, 300n, 0n, 0n, 300n, 0n, 0n, 0n, 3n, 0n, 0n, 0n]);
    expect(inputs["quantity"]).toEqual([
      1_000n,
      50n,
      0n,
      0n,
      900n,
      60n,
      0n,
      0n,
      10n,
      0n,
      0n,
      0n,
      120n,
      0n,
      0n,
      0n,
    ]);
    expect(inputs["isShort"]).toEqual(new Array(16).fill(0n));
    expect(inputs["salt"]).toEqual([11n, 12n, 13n, 14n]);
    expect(inputs["hasB"]).toBe(1n);
  });

  it("has nobody where there is no counterparty", () => {
    const { b: _, ...alone } = SALE;
    const after = open([hold(CASH, 1_020n), hold(300, 50n)], 12n);
    const deposit = transferWitness(small, { ...alone, cash: 0n, a: { ...SALE.a, after } });
    expect(deposit.inputs["hasB"]).toBe(0n);
    expect(deposit.publicSignals.slice(3, 6)).toEqual([0n, 0n, 0n]);
    // An account with nothing in it isn't nobody.
    const empty = { accountId: toField(2n), before: open([], 13n), after: open([], 14n) };
    const shared = transferWitness(small, { ...SALE, cash: 0n, a: { ...SALE.a, after }, b: empty });
    expect(shared.signals.oldB).not.toBe(0n);
  });

  it("leaves a whole account a portfolio that anybody can open", () => {
    const whole: TransferRequest = {
      ...SALE,
      cash: 250n,
      rest: "whole",
      a: { ...SALE.a, after: open([hold(CASH, 250n)], 77n) },
      b: {
        ...SALE.b,
        accountId: toField(2n),
        before: open([], 13n),
        after: open([hold(CASH, 770n), hold(300, 50n)], 14n),
      },
    };
    const made = transferWitness(small, whole);
    expect(made.signals.newA).toBe(commit(toField(1n), CONTEXT, slotsOf([hold(CASH, 250n)], 4)));
    const hidden = { ...whole, a: { ...whole.a, after: open([hold(CASH, 250n)], 78n) } };
    const error = failure(() => transferWitness(small, hidden));
    expect(error.code).toBe("INVALID_INPUT");
    expect(error.message).toContain("context");
  });

  it("refuses what has no proof, and says why without a quantity", () => {
    const codeOf = (request: TransferRequest) => {
      const error = failure(() => transferWitness(small, request));
      expect(error.message).not.toMatch(/987654/);
      return error.code;
    };
    const { a, b = a } = SALE;
    expect(codeOf({ ...SALE, cash: 987_654n })).toBe("INVALID_INPUT");
    expect(codeOf({ ...SALE, funding: 987_654n })).toBe("NOT_CONSERVED");
    expect(codeOf({ ...SALE, b: { ...b, after: open([hold(CASH, 987_654n)], 14n) } })).toBe("NOT_CONSERVED");
    expect(codeOf({ ...SALE, settlementId: 0 })).toBe("OUT_OF_RANGE");
    expect(codeOf({ ...SALE, cash: 1n << 44n })).toBe("OUT_OF_RANGE");
    expect(codeOf({ ...SALE, b: { ...b, accountId: a.accountId } })).toBe("INVALID_INPUT");
    const many = [1, 2, 3, 4, 5].map((id) => hold(id, 1n));
    expect(codeOf({ ...SALE, a: { ...a, before: open(many, 11n) } })).toBe("PORTFOLIO_TOO_LARGE");
    const large = open([hold(300, 1n << 36n)], 13n);
    expect(codeOf({ ...SALE, b: { ...b, before: large } })).toBe("LOT_OVERFLOW");
    const twice = open([hold(300, 5n), hold(300, 5n)], 13n);
    expect(codeOf({ ...SALE, b: { ...b, before: twice } })).toBe("DUPLICATE_INSTRUMENT");
  });
});
