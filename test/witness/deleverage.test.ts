import { describe, expect, it } from "vitest";
import { FIELD_MODULUS, toField } from "../../src/math/field.ts";
import { commit, derivedSalt } from "../../src/portfolio/commitment.ts";
import { slotsOf } from "../../src/portfolio/portfolio.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import {
  type DeleverageRequest,
  deleverageSignals,
  deleverageWitness,
} from "../../src/witness/deleverage.ts";
import { transferWitness } from "../../src/witness/transfer.ts";
import { failure } from "../risk/fixtures.ts";

const small = instanceOf("deleverage", "deleverage_4");
const hold = (instrumentId: number, quantity: bigint): Holding => ({ instrumentId, quantity });
const SHORT: DeleverageRequest = {
  accountId: toField(1n),
  before: { positions: [hold(3, 1_000n), hold(300, -50n)], salt: toField(11n) },
  settlementId: 3,
  instrumentId: 300,
  isShort: true,
  closing: 3n,
  open: 8n,
  price: -2_500_001n,
  context: toField(77n),
};

describe("deleverageWitness", () => {
  const { inputs, signals, publicSignals, newSalt, share } = deleverageWitness(small, SHORT);

  it("has the public signals in the circuit's order, the price as a field element", () => {
    expect(Object.keys(signals)).toEqual([...small.signals]);
    expect(publicSignals).toEqual(Object.values(signals));
    expect(publicSignals).toHaveLength(small.publicInputs);
    expect(deleverageSignals(signals)).toEqual(publicSignals);
    expect(signals).toEqual({
      accountId: 1n,
      oldCommitment: commit(toField(1n), toField(11n), slotsOf(SHORT.before.positions, 4)),
      newCommitment: commit(toField(1n), newSalt, slotsOf([hold(3, 1_046n), hold(300, -32n)], 4)),
      settlementId: 3n,
      instrumentId: 300n,
      isShort: 1n,
      closing: 3n,
      open: 8n,
      price: FIELD_MODULUS - 2_500_001n,
      closed: 18n,
      context: 77n,
    });
  });

  it("has both portfolios' slots, and the payment", () => {
    expect(share).toEqual({
      held: 50n,
      closed: 18n,
      payment: 46n,
      positions: [hold(3, 1_046n), hold(300, -32n)],
    });
    expect(newSalt).toBe(derivedSalt(toField(11n), toField(77n)));
    expect(inputs["payment"]).toBe(46n);
    expect(inputs["quantity"]).toEqual([1_000n, 50n, 0n, 0n, 1_046n, 32n, 0n, 0n]);
    expect(inputs["side"]).toEqual([0n, 1n, 0n, 0n, 0n, 1n, 0n, 0n]);
    expect(inputs["isShort"]).toBe(1n);
  });

  it("goes with a transfer between the same commitments", () => {
    const house = { accountId: toField(9n), salt: toField(13n), positions: [hold(3, 500n), hold(300, 40n)] };
    const { salt, positions, accountId } = house;
    const paid = transferWitness(instanceOf("transfer", "transfer_4"), {
      settlementId: 3,
      cash: share.payment,
      funding: 0n,
      rest: "free",
      context: toField(78n),
      a: {
        accountId: SHORT.accountId,
        before: SHORT.before,
        after: { positions: share.positions, salt: newSalt },
      },
      b: {
        accountId,
        before: { positions, salt },
        after: { positions: [hold(3, 454n), hold(300, 22n)], salt: toField(14n) },
      },
    });
    expect([paid.signals.oldA, paid.signals.newA]).toEqual([signals.oldCommitment, signals.newCommitment]);
    expect(paid.signals.cash).toBe(46n);
  });

  it("refuses what has no proof", () => {
    const codeOf = (given: Partial<DeleverageRequest>) =>
      failure(() => deleverageWitness(small, { ...SHORT, ...given })).code;
    const holding = (positions: readonly Holding[]) => ({ before: { positions, salt: toField(11n) } });
    expect(codeOf({ isShort: false })).toBe("INVALID_INPUT");
    expect(codeOf({ instrumentId: 3 })).toBe("INVALID_INPUT");
    expect(codeOf({ closing: 9n })).toBe("OUT_OF_RANGE");
    expect(codeOf({ price: 1n << 62n })).toBe("OUT_OF_RANGE");
    expect(codeOf(holding([1, 2, 4, 5, 6].map((id) => hold(id, 1n))))).toBe("PORTFOLIO_TOO_LARGE");
    // The cash that is paid needs a slot, and must fit it.
    expect(codeOf(holding([hold(300, -50n), hold(4, 1n), hold(5, 1n), hold(6, 1n)]))).toBe(
      "PORTFOLIO_TOO_LARGE",
    );
    expect(codeOf(holding([hold(300, -50n), hold(3, (1n << 36n) - 1n)]))).toBe("LOT_OVERFLOW");
    expect(codeOf(holding([hold(300, -50n), hold(300, 9n)]))).toBe("DUPLICATE_INSTRUMENT");
  });
});
