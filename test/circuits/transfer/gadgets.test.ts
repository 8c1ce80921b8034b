import { describe, expect, it } from "vitest";
import { invert, FIELD_MODULUS as P, reduce, toField, toSigned } from "../../../src/math/field.ts";
import { openTemplate, rangedArray, refusedByAssert, slotsOf } from "../../helpers/circuit-gadget.ts";
import { Random } from "../../helpers/synthetic.ts";

const SLOTS = 3;
const bits = `signal input isShort[${SLOTS}]; component b[${SLOTS}]; signal {binary} s[${SLOTS}];
   for (var i = 0; i < ${SLOTS}; i++) { b[i] = Bit(); b[i].value <== isShort[i]; s[i] <== b[i].ranged; }`;

describe("Holding", () => {
  const gadget = openTemplate(
    "holding_3",
    ["transfer/holding.circom", "math/range.circom"],
    `${rangedArray("quantity", "q", SLOTS, 36)} ${rangedArray("id", "d", SLOTS, 20)} ${bits}
     signal input instrumentId; signal output out;
     ${slotsOf("slots", SLOTS, "q", "d", "s")}
     component h = Holding(${SLOTS}); h.slots <== slots; h.instrumentId <== instrumentId;
     out <== h.holding;`,
    ["quantity", "id", "isShort", "instrumentId"],
  );
  const most = (1n << 36n) - 1n;
  const holding = (instrumentId: bigint, slots: readonly (readonly [bigint, bigint, bigint])[]) => {
    const [quantity, id, isShort] = [0, 1, 2].map((limb) => slots.map((slot) => slot[limb] ?? 0n));
    const inputs = { instrumentId, quantity: quantity ?? [], id: id ?? [], isShort: isShort ?? [] };
    const { caught, assignment } = gadget.run(inputs);
    expect(caught).toEqual([]);
    const wrong = gadget.run(inputs, { "main.out": (_, honest) => honest + 1n });
    expect(wrong.caught).not.toEqual([]);
    return toSigned(toField(assignment.value("main.out")));
  };

  it("is the signed sum over the slots with the id, at every end of the ranges", () => {
    const last = (1n << 20n) - 1n;
    const slots = [
      [most, last, 0n],
      [most, last, 0n],
      [most, last, 0n],
    ] as const;
    expect(holding(last, slots)).toBe(3n * most);
    expect(
      holding(
        last,
        slots.map(([q, id]) => [q, id, 1n] as const),
      ),
    ).toBe(-3n * most);
    expect(
      holding(7n, [
        [5n, 7n, 0n],
        [9n, 7n, 1n],
        [3n, 8n, 0n],
      ]),
    ).toBe(-4n);
    expect(
      holding(7n, [
        [0n, 7n, 1n],
        [0n, 0n, 0n],
        [3n, 8n, 0n],
      ]),
    ).toBe(0n);
  });

  it("is zero of an id that no slot has, of the field's ends too", () => {
    const slots = [
      [5n, 7n, 0n],
      [9n, 1n, 1n],
      [0n, 0n, 0n],
    ] as const;
    for (const id of [0n, 2n, 1n << 20n, P - 7n, P - 1n]) expect(holding(id, slots)).toBe(0n);
  });
});

describe("Pole", () => {
  const gadget = openTemplate(
    "pole",
    ["transfer/conservation.circom", "math/range.circom"],
    `signal input value; signal input at; signal input alpha; signal output out;
     component r = SignedRange(44); r.value <== value; _ <== r.isNegative;
     component pole = Pole(); pole.value <== r.ranged; pole.at <== at; pole.alpha <== alpha; out <== pole.term;`,
    ["value", "at", "alpha"],
  );

  it("is the one quotient", () => {
    const random = new Random("pole 1");
    for (const value of [0n, 1n, -1n, (1n << 44n) - 1n, -(1n << 44n)]) {
      const [at, alpha] = [random.field(), random.field()];
      const inputs = { value: reduce(value), at, alpha };
      const { caught, assignment } = gadget.run(inputs);
      expect(caught).toEqual([]);
      expect(assignment.value("main.out")).toBe(reduce(value * invert(reduce(alpha - at))));
      expect(gadget.run(inputs, { "main.pole.term": (_, honest) => honest + 1n }).caught).toHaveLength(1);
    }
  });

  it("has no value at its own id, and any where nothing flows: one outcome of a hash", () => {
    for (const term of [0n, 1n, P - 1n]) {
      expect(gadget.run({ value: 1n, at: 7n, alpha: 7n }, { "main.pole.term": term }).caught).toHaveLength(1);
      expect(gadget.run({ value: 0n, at: 7n, alpha: 7n }, { "main.pole.term": term }).caught).toEqual([]);
    }
  });
});

describe("Conservation", () => {
  /** Over empty portfolios, with one flow of nothing. */
  const body = (slots: number, bound: string): string =>
    `signal input alpha; signal {max} q[${slots}]; signal {max} d[${slots}]; signal {binary} s[${slots}];
     q.max = (1 << 36) - 1; d.max = (1 << 20) - 1;
     for (var i = 0; i < ${slots}; i++) { q[i] <== 0; d[i] <== 0; s[i] <== 0; }
     ${slotsOf("slots", slots, "q", "d", "s")}
     signal {absmax} f[1]; f.absmax = ${bound}; f[0] <== 0;
     component c = Conservation(2, ${slots}, 1); for (var a = 0; a < 2; a++) { c.before[a] <== slots; c.after[a] <== slots; }
     c.flow <== f; c.flowId[0] <== 1; c.alpha <== alpha;`;
  const refused = (name: string, slots: number, bound: string): boolean =>
    refusedByAssert(`conserved_${name}`, ["transfer/conservation.circom"], body(slots, bound));

  it("refuses at compile time sums that could wrap, and more poles than its bound counts", () => {
    expect(refused("widest", 128, "1 << 250")).toBe(false);
    expect(refused("wrap", 4, "1 << 251")).toBe(true);
    expect(refused("poles", 129, "1 << 44")).toBe(true);
  });
});

describe("ShareDown", () => {
  const gadget = openTemplate(
    "share_43",
    ["transfer/share.circom", "math/range.circom"],
    `signal input q; signal input closing; signal input open; signal input closed; signal output out;
     component r = UnsignedRange(43); r.value <== q;
     component share = ShareDown(); share.q <== r.ranged; share.closing <== closing; share.open <== open;
     share.closed <== closed; out <== share.ranged;`,
    ["q", "closing", "open", "closed"],
  );
  const [MOST, OPEN] = [(1n << 43n) - 1n, (1n << 64n) - 1n];

  it("takes the floor and nothing else", () => {
    const random = new Random("share 1");
    const cases = [
      [0n, 1n, 1n],
      [MOST, 1n, 1n],
      [MOST, OPEN, OPEN],
      [MOST, OPEN - 1n, OPEN],
      [MOST, 1n, OPEN],
      [1n, OPEN - 1n, OPEN],
      [MOST, 2n, 3n],
      ...Array.from({ length: 30 }, () => {
        const open = 1n + (random.bits(63) >> BigInt(random.below(63)));
        return [random.unsigned(1n << 43n), 1n + (random.bits(64) % open), open] as const;
      }),
    ] as const;
    for (const [q, closing, open] of cases) {
      const closed = (closing * q) / open;
      expect(gadget.run({ q, closing, open, closed }).caught).toEqual([]);
      for (const other of [closed + 1n, closed - 1n, 0n, q, q + 1n, MOST].filter(
        (value) => value !== closed,
      )) {
        const { caught } = gadget.run({ q, closing, open, closed: reduce(other) });
        expect(caught.length, `${q} ${closing} ${open} ${other}`).toBeGreaterThan(0);
      }
    }
  });
});

describe("PaymentUp", () => {
  const gadget = openTemplate(
    "payment_43",
    ["transfer/payment.circom", "math/range.circom"],
    `signal input price; signal input lots; signal input payment; signal output out;
     component r = SignedBelow(43); r.value <== lots;
     component paid = PaymentUp(); paid.price <== price; paid.signedLots <== r.ranged; paid.payment <== payment;
     out <== paid.ranged;`,
    ["price", "lots", "payment"],
  );
  const [LOTS, PRICE] = [(1n << 43n) - 1n, (1n << 62n) - 1n];
  const ceil = (value: bigint): bigint => {
    const quotient = value / 1_000_000n;
    return quotient * 1_000_000n < value ? quotient + 1n : quotient;
  };

  it("takes the ceiling and nothing else, to the ends of all ranges", () => {
    const random = new Random("payment 1");
    const cases = [
      ...[PRICE, -PRICE].flatMap((price) => [LOTS, -LOTS, 1n, 0n].map((lots) => [price, lots] as const)),
      [1n, 1n],
      [-1n, 1n],
      [999_999n, -1n],
      [1_000_000n, 7n],
      ...Array.from(
        { length: 30 },
        () => [random.signed(PRICE >> BigInt(random.below(60))), random.signed(LOTS)] as const,
      ),
    ] as const;
    for (const [price, lots] of cases) {
      const payment = ceil(price * lots);
      const run = (value: bigint) =>
        gadget.run({ price: reduce(price), lots: reduce(lots), payment: reduce(value) }).caught;
      expect(run(payment), `${price} ${lots}`).toEqual([]);
      for (const other of [payment - 1n, payment + 1n, -payment, payment * 2n].filter((v) => v !== payment))
        expect(run(other).length, `${price} ${lots} ${other}`).toBeGreaterThan(0);
      // The exact quotient of the field is no number of lots, unless it is the ceiling.
      const exact = reduce(price * lots * invert(reduce(1_000_000n)));
      if (exact !== reduce(payment)) expect(run(exact)).toContain("range paid.paymentRange");
    }
  });
});
