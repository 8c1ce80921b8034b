import { describe, expect, it } from "vitest";
import type { BallastError } from "../../src/errors.ts";
import { planTransfer } from "../../src/liquidation/transfers.ts";
import { toField } from "../../src/math/field.ts";
import { thrownBy } from "./thrown.ts";

const CONTEXT = toField(77n);
const a = {
  accountId: toField(1n),
  salt: toField(11n),
  positions: [
    { instrumentId: 1, quantity: 100n },
    { instrumentId: 300, quantity: -5n },
  ],
};
const b = { accountId: toField(2n), salt: toField(12n), positions: [{ instrumentId: 1, quantity: 900n }] };
const terms = { settlementId: 1, cash: 0n, funding: 0n, whole: false };

describe("the openings after a transfer", () => {
  it("of a whole account: the cash, salted with the context; the rest is the buyer's", () => {
    const planned = planTransfer({ ...terms, a, b, cash: 40n, whole: true }, CONTEXT);
    expect(planned.a.after).toEqual({ positions: [{ instrumentId: 1, quantity: 40n }], salt: CONTEXT });
    expect(new Set(planned.b?.after.positions)).toEqual(
      new Set([
        { instrumentId: 1, quantity: 960n },
        { instrumentId: 300, quantity: -5n },
      ]),
    );
    expect(planned.b?.after.salt).not.toBe(b.salt);
  });

  it("of a slice have fresh salts", () => {
    const moved = [{ instrumentId: 300, quantity: -2n }];
    const plan = { ...terms, a, b, cash: -7n, moved };
    const [first, second] = [planTransfer(plan, CONTEXT), planTransfer(plan, CONTEXT)];
    expect(first.a.after.positions).toContainEqual({ instrumentId: 300, quantity: -3n });
    expect(first.b?.after.positions).toContainEqual({ instrumentId: 300, quantity: -2n });
    expect(first.a.after.salt).not.toBe(second.a.after.salt);
    expect(first.a.after.salt).not.toBe(CONTEXT);
  });

  it("of a deposit alone", () => {
    const planned = planTransfer({ ...terms, a, funding: 25n }, CONTEXT);
    expect(planned.a.after.positions).toContainEqual({ instrumentId: 1, quantity: 125n });
    expect(planned.b).toBeUndefined();
  });

  it("refuse what would go to nobody", () => {
    const error = thrownBy(() => planTransfer({ ...terms, a, cash: 5n }, CONTEXT)) as BallastError;
    expect(error.code).toBe("INVALID_INPUT");
  });
});
