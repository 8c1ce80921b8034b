import { describe, expect, it } from "vitest";
import type { OpenAccount } from "../../src/liquidation/account.ts";
import { afterOf, keptAccount, planTransfer } from "../../src/liquidation/transfers.ts";
import { toField } from "../../src/math/field.ts";
import { USDC_ID as CASH } from "./accounts.ts";

const CONTEXT = toField(1234n);
const account = (id: bigint, ...held: readonly (readonly [id: number, quantity: bigint])[]): OpenAccount => ({
  accountId: toField(id),
  salt: toField(id + 100n),
  positions: held.map(([instrumentId, quantity]) => ({ instrumentId, quantity })),
});
const A = account(1n, [CASH, 50n], [64, -3n], [65, 7n]);
const B = account(2n, [CASH, 1000n], [64, 1n]);
const TERMS = { settlementId: CASH, cash: 0n, funding: 0n, rest: "free" } as const;

describe("planTransfer", () => {
  it("moves a slice, and its price, under fresh salts", () => {
    const moved = [{ instrumentId: 64, quantity: -2n }];
    const { a, b } = planTransfer({ ...TERMS, a: A, b: B, moved, cash: -40n }, CONTEXT);
    expect(a.before).toEqual({ positions: A.positions, salt: A.salt });
    expect(a.after.positions).toEqual(account(1n, [CASH, 10n], [64, -1n], [65, 7n]).positions);
    expect(b?.after.positions).toEqual(account(2n, [CASH, 1040n], [64, -1n]).positions);
    const again = planTransfer({ ...TERMS, a: A, b: B, moved, cash: -40n }, CONTEXT);
    const salts = [a, b, again.a, again.b].map((party) => party?.after.salt);
    expect(new Set([...salts, A.salt, B.salt, CONTEXT]).size).toBe(7);
  });

  it("hands an account over whole: what it keeps is open to anybody", () => {
    const { a, b } = planTransfer({ ...TERMS, a: A, b: B, cash: 30n, rest: "whole" }, CONTEXT);
    expect(afterOf(a)).toEqual({ ...account(1n, [CASH, 30n]), salt: CONTEXT });
    expect(afterOf(a)).toEqual(keptAccount(A.accountId, CASH, 30n, CONTEXT));
    expect(b?.after.positions).toEqual(account(2n, [CASH, 1020n], [64, -2n], [65, 7n]).positions);
    const nothing = planTransfer({ ...TERMS, a: A, b: B, rest: "whole" }, CONTEXT);
    expect(afterOf(nothing.a)).toEqual(keptAccount(A.accountId, CASH, 0n, CONTEXT));
  });

  it("funds an account from outside", () => {
    const { a, b } = planTransfer({ ...TERMS, a: A, funding: 25n }, CONTEXT);
    expect(a.after.positions[0]).toEqual({ instrumentId: CASH, quantity: 75n });
    expect(b).toBeUndefined();
  });

  it.each([
    ["lots", { moved: [{ instrumentId: 64, quantity: 1n }] }],
    ["cash", { cash: 1n }],
    ["a whole account", { rest: "whole" }],
  ] as const)("gives nobody %s", (_, change) => {
    expect(() => planTransfer({ ...TERMS, a: A, ...change }, CONTEXT)).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        shortMessage: expect.stringContaining("counterparty"),
      }),
    );
  });
});
