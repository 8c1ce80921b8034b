import { describe, expect, it } from "vitest";
import { type Field, toField } from "../../src/math/field.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { applyTransfer } from "../../src/risk/transfer.ts";
import { transferWitness } from "../../src/witness/transfer.ts";
import { CASH, CONTEXT, hold, TRANSFER } from "../helpers/circuit-transfer.ts";
import { thrownBy } from "../liquidation/thrown.ts";

// All four portfolios of a transfer have the same number of slots. Conservation fixes what the taker of a whole portfolio
// holds afterwards: where that is of more instruments than there are slots, no transfer exists. docs/security/threat-model.md, (k).
const TERMS = { settlementId: CASH, cash: 0n, funding: 0n, rest: "whole" } as const;
const FULL = [300, 301, 302, 303].map((instrumentId) => hold(instrumentId, 1n));

function takeover(account: readonly Holding[], taker: readonly Holding[]) {
  const { newA, newB } = applyTransfer(account, taker, TERMS);
  const party = (id: bigint, before: readonly Holding[], after: readonly Holding[], salt: Field) => ({
    accountId: toField(id),
    before: { positions: before, salt: toField(1n) },
    after: { positions: after, salt },
  });
  const sides = { a: party(1n, account, newA, CONTEXT), b: party(2n, taker, newB, toField(6n)) };
  return () => transferWitness(TRANSFER, { ...TERMS, context: CONTEXT, ...sides });
}

describe("an account that uses all slots is taken over whole", () => {
  it.each([
    ["cash and nothing else", [hold(CASH, 1_000_000n)]],
    ["one position of an earlier takeover", [hold(999, -1n)]],
  ])("by nobody who holds %s: said by name", (_, taker) => {
    expect(thrownBy(takeover(FULL, taker))).toMatchObject({
      code: "PORTFOLIO_TOO_LARGE",
      shortMessage: expect.stringContaining("4 slots"),
    });
    expect(takeover(FULL.slice(1), taker)).not.toThrow();
  });

  it.each([
    ["nothing", []],
    ["the same instruments", [hold(300, 5n), hold(303, -1n)]],
  ])("by who holds %s", (_, taker) => {
    expect(takeover(FULL, taker)).not.toThrow();
  });
});
