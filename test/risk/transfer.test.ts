import { describe, expect, it } from "vitest";
import type { Holding } from "../../src/risk/requirement.ts";
import { LOT_LIMIT } from "../../src/risk/shape.ts";
import {
  applyTransfer,
  type ClosingTerms,
  checkTransfer,
  closedLots,
  closingPayment,
  closingShare,
  FLOW_LIMIT,
  netHolding,
  netPositions,
  OPEN_LIMIT,
  PRICE_LIMIT,
  RESTS,
  type TransferTerms,
} from "../../src/risk/transfer.ts";
import { Random } from "../helpers/synthetic.ts";
import { failure } from "./fixtures.ts";

const CASH = 3;
const hold = (instrumentId: number, quantity: bigint): Holding => ({ instrumentId, quantity });
const terms = (given: Partial<TransferTerms> = {}): TransferTerms => ({
  settlementId: CASH,
  cash: 0n,
  funding: 0n,
  rest: "free",
  ...given,
});
const OLD_A = [hold(CASH, 1_000n), hold(300, 50n)];
const OLD_B = [hold(CASH, 400n), hold(300, -10n), hold(301, 7n)];

describe("positions", () => {
  it("are net, by ascending id, without zeros", () => {
    expect(netPositions([hold(9, 2n), hold(3, 5n)], [hold(9, -2n), hold(4, -1n), hold(3, 1n)])).toEqual([
      hold(3, 6n),
      hold(4, -1n),
    ]);
    expect(netHolding([hold(9, 2n), hold(3, 5n), hold(9, -7n)], 9)).toBe(-5n);
    expect(netHolding([hold(9, 2n)], 8)).toBe(0n);
  });
});

describe("a transfer", () => {
  it("moves lots from A to B, cash from B to A, and funding into A", () => {
    const made = applyTransfer(OLD_A, OLD_B, terms({ cash: 120n, funding: -20n }), [
      hold(300, 30n),
      hold(301, -2n),
    ]);
    expect(made.newA).toEqual([hold(CASH, 1_100n), hold(300, 20n), hold(301, 2n)]);
    expect(made.newB).toEqual([hold(CASH, 280n), hold(300, 20n), hold(301, 5n)]);
    expect(() => checkTransfer(made, terms({ cash: 120n, funding: -20n }))).not.toThrow();
  });

  it("without a counterparty is a deposit or a withdrawal", () => {
    const { newA, newB } = applyTransfer(OLD_A, [], terms({ funding: -1_000n }));
    expect([newA, newB]).toEqual([[hold(300, 50n)], []]);
  });

  it("of an account that is handed over whole leaves it the cash", () => {
    const given = terms({ cash: 250n, funding: 5n, rest: "whole" });
    const made = applyTransfer(OLD_A, OLD_B, given);
    expect(made.newA).toEqual([hold(CASH, 250n)]);
    expect(made.newB).toEqual([hold(CASH, 1_155n), hold(300, 40n), hold(301, 7n)]);
    expect(() => checkTransfer(made, given)).not.toThrow();
    expect(applyTransfer(OLD_A, OLD_B, terms({ rest: "whole" })).newA).toEqual([]);
  });

  it("conserves every instrument, whatever moves", () => {
    const random = new Random("conserve 1");
    for (let run = 0; run < 200; run++) {
      const list = (count: number) =>
        Array.from({ length: count }, () => hold(1 + random.below(6), random.signed(1n << 30n)));
      const given = terms({
        cash: random.unsigned(1n << 30n),
        funding: random.signed(1n << 30n),
        rest: random.pick(RESTS),
      });
      const moved = given.rest === "whole" ? [] : list(3).filter(({ instrumentId }) => instrumentId !== CASH);
      const made = applyTransfer(list(4), list(4), given, moved);
      expect(() => checkTransfer(made, given)).not.toThrow();
      for (let id = 1; id <= 6; id++) {
        const before =
          netHolding(made.oldA, id) + netHolding(made.oldB, id) + (id === CASH ? given.funding : 0n);
        expect(netHolding(made.newA, id) + netHolding(made.newB, id)).toBe(before);
      }
    }
  });

  it("is refused where lots are made or lost, naming the instrument and no quantity", () => {
    const made = applyTransfer(OLD_A, OLD_B, terms(), [hold(300, 30n)]);
    const minted = { ...made, newB: netPositions(made.newB, [hold(301, 77_777n)]) };
    const error = failure(() => checkTransfer(minted, terms()));
    expect(error.code).toBe("NOT_CONSERVED");
    expect(error.message).toContain("Instrument 301 ");
    expect(error.message).not.toContain("77777");
    const lost = { ...made, newA: [] };
    expect(failure(() => checkTransfer(lost, terms())).code).toBe("NOT_CONSERVED");
    expect(failure(() => checkTransfer(made, terms({ funding: 1n }))).message).toContain(
      `Instrument ${CASH} `,
    );
  });

  it("is refused where A's cash changes by another number", () => {
    const made = applyTransfer(OLD_A, OLD_B, terms({ cash: 120n }));
    for (const cash of [119n, 121n, -120n]) {
      expect(failure(() => checkTransfer(made, terms({ cash }))).code).toBe("INVALID_INPUT");
    }
  });

  it("is refused as a whole one where A keeps anything else", () => {
    const given = terms({ cash: 250n, rest: "whole" });
    const made = applyTransfer(OLD_A, OLD_B, given);
    const keep = (newA: readonly Holding[]) => {
      const newB = netPositions(
        made.newB,
        made.newA,
        newA.map(({ instrumentId, quantity }) => hold(instrumentId, -quantity)),
      );
      return failure(() => checkTransfer({ ...made, newA, newB }, given)).code;
    };
    expect(keep([hold(CASH, 250n), hold(300, 1n)])).toBe("INVALID_INPUT");
    expect(keep([hold(CASH, 249n)])).toBe("INVALID_INPUT");
    expect(keep([hold(CASH, 251n)])).toBe("INVALID_INPUT");
    expect(keep([])).toBe("INVALID_INPUT");
    expect(keep([hold(300, 250n)])).toBe("INVALID_INPUT");
    expect(keep([hold(CASH, 250n), hold(CASH, 250n)])).toBe("INVALID_INPUT");
  });

  it("has cash and funding below 2^44, and an id that a slot can have", () => {
    for (const given of [
      { cash: FLOW_LIMIT },
      { cash: -FLOW_LIMIT },
      { funding: FLOW_LIMIT },
      { funding: -FLOW_LIMIT },
      { settlementId: 0 },
      { settlementId: 1 << 20 },
      { settlementId: 1.5 },
      { rest: "whole", cash: -1n },
      { rest: "whole", cash: LOT_LIMIT },
    ] as const) {
      expect(failure(() => applyTransfer([], [], terms(given))).code).toBe("OUT_OF_RANGE");
    }
    expect(() =>
      applyTransfer([], [], terms({ cash: FLOW_LIMIT - 1n, funding: 1n - FLOW_LIMIT })),
    ).not.toThrow();
    expect(() => applyTransfer([], [], terms({ rest: "whole", cash: LOT_LIMIT - 1n }))).not.toThrow();
  });

  it("doesn't take cash for lots, or lots where all are handed over", () => {
    expect(failure(() => applyTransfer(OLD_A, OLD_B, terms(), [hold(CASH, 1n)])).code).toBe("INVALID_INPUT");
    const whole = terms({ rest: "whole" });
    expect(failure(() => applyTransfer(OLD_A, OLD_B, whole, [hold(300, 1n)])).code).toBe("INVALID_INPUT");
  });
});

describe("a holder's part of a closing", () => {
  const closing = (given: Partial<ClosingTerms> = {}): ClosingTerms => ({
    settlementId: CASH,
    instrumentId: 300,
    isShort: false,
    closing: 3n,
    open: 8n,
    price: 2_500_001n,
    ...given,
  });

  it("is rounded down, and paid rounded up", () => {
    expect(closingShare(OLD_A, closing())).toEqual({
      held: 50n,
      closed: 18n, // of 18.75
      payment: 46n, // of 45.000018
      positions: [hold(CASH, 1_046n), hold(300, 32n)],
    });
    expect(closingShare(OLD_A, closing({ price: -2_500_001n })).payment).toBe(-45n);
  });

  it("of a short holder is bought back, for the price", () => {
    expect(closingShare(OLD_B, closing({ isShort: true, closing: 1n, open: 2n }))).toEqual({
      held: 10n,
      closed: 5n,
      payment: -12n, // of -12.500005
      positions: [hold(CASH, 388n), hold(300, -5n), hold(301, 7n)],
    });
  });

  it("is everything where all is closed, and nothing of nothing", () => {
    expect(closingShare(OLD_A, closing({ closing: 8n }))).toMatchObject({
      closed: 50n,
      positions: [hold(CASH, 1_126n)],
    });
    const none = closingShare([hold(CASH, 5n)], closing());
    expect(none).toEqual({ held: 0n, closed: 0n, payment: 0n, positions: [hold(CASH, 5n)] });
  });

  it("rounds by at most a lot each, for and against no more than that", () => {
    const random = new Random("rounding 1");
    for (let run = 0; run < 500; run++) {
      const open = 1n + (random.bits(63) >> BigInt(random.below(63)));
      const given = { closing: 1n + (random.bits(64) % open), open };
      const held = random.unsigned(1n << 43n);
      const closed = closedLots(held, given);
      expect(closed * open <= given.closing * held && (closed + 1n) * open > given.closing * held).toBe(true);
      const [price, lots] = [random.signed(PRICE_LIMIT), random.signed(1n << 43n)];
      const payment = closingPayment(price, lots) * 1_000_000n;
      expect(payment >= price * lots && payment - 1_000_000n < price * lots).toBe(true);
    }
  });

  it("is refused for the other side, for the settlement asset, and outside the ranges", () => {
    expect(failure(() => closingShare(OLD_A, closing({ isShort: true }))).code).toBe("INVALID_INPUT");
    expect(failure(() => closingShare(OLD_A, closing({ instrumentId: CASH }))).code).toBe("INVALID_INPUT");
    for (const given of [
      { closing: 0n },
      { closing: 9n },
      { closing: -1n, open: -1n },
      { closing: 1n, open: OPEN_LIMIT },
      { price: PRICE_LIMIT },
      { price: -PRICE_LIMIT },
      { instrumentId: 0 },
      { settlementId: 1 << 20 },
    ]) {
      expect(failure(() => closingShare(OLD_A, closing(given))).code).toBe("OUT_OF_RANGE");
    }
    expect(() =>
      closingShare(OLD_A, closing({ open: OPEN_LIMIT - 1n, price: 1n - PRICE_LIMIT })),
    ).not.toThrow();
  });
});
