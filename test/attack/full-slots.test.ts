import { describe, expect, it } from "vitest";
import { type Field, toField } from "../../src/math/field.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { applyTransfer } from "../../src/risk/transfer.ts";
import { transferWitness } from "../../src/witness/transfer.ts";
import { CASH, CONTEXT, hold, TRANSFER } from "../helpers/circuit-transfer.ts";
import { thrownBy } from "../liquidation/thrown.ts";

// All four portfolios of a transfer have the same number of slots. Conservation fixes what the taker of a whole portfolio
// holds afterwards: where that is of more instruments than there are slots, no transfer exists. So its taker has an empty
// account for it, which anyone opens, and of which the house has up to four: integration/full-accounts has both on a chain.
const TERMS = { settlementId: CASH, cash: 0n, funding: 0n, rest: "whole" } as const;
const FULL = [300, 301, 302, 303].map((instrumentId) => hold(instrumentId, 1n));
const OTHER = [400, 401, 402, 403].map((instrumentId) => hold(instrumentId, -2n));

function takeover(account: readonly Holding[], taker: readonly Holding[]) {
  const { newA, newB } = applyTransfer(account, taker, TERMS);
  const party = (id: bigint, before: readonly Holding[], after: readonly Holding[], salt: Field) => ({
    accountId: toField(id),
    before: { positions: before, salt: toField(1n) },
    after: { positions: after, salt },
  });
  const sides = { a: party(1n, account, newA, CONTEXT), b: party(2n, taker, newB, toField(6n)) };
  return { newA, newB, proven: () => transferWitness(TRANSFER, { ...TERMS, context: CONTEXT, ...sides }) };
}

describe("an account that uses all slots", () => {
  it("is taken over whole into a fresh account, and so is another without an instrument in common", () => {
    for (const full of [FULL, OTHER]) {
      const { newA, newB, proven } = takeover(full, []);
      expect(proven).not.toThrow();
      expect(newA).toEqual([]);
      expect(newB).toEqual(full);
    }
  });

  it.each([
    ["cash and nothing else", [hold(CASH, 1_000_000n)]],
    ["one position of an earlier takeover", [hold(999, -1n)]],
    ["such an account, whole", OTHER],
  ])("goes into no account that holds %s: said by name", (_, taker) => {
    expect(thrownBy(takeover(FULL, taker).proven)).toMatchObject({
      code: "PORTFOLIO_TOO_LARGE",
      shortMessage: expect.stringContaining("4 slots"),
    });
  });

  it.each([
    ["the same instruments", FULL, [hold(300, 5n), hold(303, -1n)]],
    [
      "cash, which the portfolio has a row for",
      [...FULL.slice(1), hold(CASH, -5n)],
      [hold(CASH, 1_000_000n)],
    ],
    ["another instrument, where a slot is free", FULL.slice(1), [hold(999, -1n)]],
  ])("or goes into one that holds %s", (_, full, taker) => {
    expect(takeover(full, taker).proven).not.toThrow();
  });
});
