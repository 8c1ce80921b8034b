import { describe, expect, it } from "vitest";
import { BallastError } from "../../../src/errors.ts";
import { FIELD_MODULUS, reduce, toField } from "../../../src/math/field.ts";
import { commit, derivedSalt } from "../../../src/portfolio/commitment.ts";
import { slotsOf } from "../../../src/portfolio/portfolio.ts";
import type { Holding } from "../../../src/risk/requirement.ts";
import { LOT_LIMIT } from "../../../src/risk/shape.ts";
import {
  applyTransfer,
  type ClosingTerms,
  checkTransfer,
  netPositions,
  OPEN_LIMIT,
  PRICE_LIMIT,
  RESTS,
  type Rest,
  type TransferTerms,
} from "../../../src/risk/transfer.ts";
import { deleverageWitness } from "../../../src/witness/deleverage.ts";
import { slotInputs, type TransferRequest, transferWitness } from "../../../src/witness/transfer.ts";
import { openReal } from "../../helpers/circuit.ts";
import {
  attackDeleverage,
  attackTransfer,
  CASH,
  CONTEXT,
  closingRequest,
  DELEVERAGE,
  deleverage,
  hold,
  saleInputs,
  TRANSFER,
  transfer,
} from "../../helpers/circuit-transfer.ts";
import { violations } from "../../helpers/r1cs.ts";
import { Random } from "../../helpers/synthetic.ts";

// The reference model (src/risk/transfer.ts) and the circuits agree exactly: what the model makes has a witness, and of what is
// bent by a little, exactly what the model still takes.

const SEED = 20_261_125;
const IDS = [CASH, 10, 300, 301, (1 << 20) - 1] as const;

/** Up to `count` positions, some with as many lots as fit. */
function positionsOf(random: Random, count: number, limit: bigint = LOT_LIMIT): Holding[] {
  const list = Array.from({ length: random.below(count + 1) }, () =>
    hold(random.pick(IDS), random.signed(limit)),
  );
  return netPositions(list).slice(0, count);
}

function partyOf(random: Random, before: readonly Holding[], after: readonly Holding[]) {
  const open = (positions: readonly Holding[]) => ({ positions, salt: random.field() });
  return { accountId: random.field(), before: open(before), after: open(after) };
}

/** A transfer that the model made; undefined where its portfolios don't fit. */
function transferOf(random: Random, slots: number): TransferRequest | undefined {
  const hasB = random.below(4) > 0;
  const whole = hasB && random.below(3) === 0;
  const oldA = positionsOf(random, slots, 1n << 35n);
  const oldB = hasB ? positionsOf(random, slots, 1n << 35n) : [];
  const cash = whole ? random.unsigned(1n << 34n) : hasB ? random.signed(1n << 34n) : 0n;
  const rest: Rest = whole ? "whole" : random.pick(["free", "kept"] as const);
  const terms = { settlementId: CASH, cash, funding: random.signed(1n << 34n), rest };
  const moved = positionsOf(random, 3, 1n << 34n).filter(({ instrumentId }) => instrumentId !== CASH);
  const { newA, newB } = applyTransfer(oldA, oldB, terms, hasB && !whole ? moved : []);
  const fits = (list: readonly Holding[]) =>
    list.length <= slots && list.every(({ quantity }) => quantity < LOT_LIMIT && -quantity < LOT_LIMIT);
  if (!fits(newA) || !fits(newB)) return undefined;
  const context = random.field();
  const a = partyOf(random, oldA, newA);
  const salt = { free: a.after.salt, whole: context, kept: derivedSalt(a.before.salt, context) }[rest];
  return {
    ...terms,
    context,
    a: { ...a, after: { ...a.after, salt } },
    ...(hasB ? { b: partyOf(random, oldB, newB) } : {}),
  };
}

describe("a transfer", () => {
  it("that the model makes has a witness with the signals that the prover sends", async () => {
    const random = new Random(`transfer ${SEED}`);
    const kinds = new Set<string>();
    for (let run = 0; run < 120; run++) {
      const request = transferOf(random, TRANSFER.slots);
      if (request === undefined) continue;
      const { inputs, publicSignals } = transferWitness(TRANSFER, request);
      const witness = await transfer.generate(inputs);
      expect(violations(transfer.real, witness), `seed ${SEED} run ${run}`).toEqual([]);
      expect(witness.slice(1, 1 + TRANSFER.publicInputs)).toEqual(publicSignals);
      kinds.add(
        request.rest === "whole" ? "whole" : `${request.rest} ${request.b === undefined ? "alone" : "sale"}`,
      );
    }
    expect(kinds.size).toBe(5);
  });

  it("that is bent has one exactly if the model takes it", () => {
    const random = new Random(`bent ${SEED}`);
    const verdicts = { taken: 0, refused: 0 };
    const saltOf = { free: 8n, whole: CONTEXT, kept: derivedSalt(toField(7n), CONTEXT) };
    for (let run = 0; run < 150; run++) {
      const { sides, terms, label } = bent(random);
      const taken = accepts(() => checkTransfer(sides, terms));
      const portfolios = [sides.oldA, sides.newA, sides.oldB, sides.newB].map((list) =>
        slotsOf(list, TRANSFER.slots),
      );
      const { caught } = attackTransfer(
        { ...saleInputs, ...slotInputs(portfolios), salt: [7n, saltOf[terms.rest], 9n, 10n] },
        {
          cash: reduce(terms.cash),
          funding: reduce(terms.funding),
          rest: BigInt(RESTS.indexOf(terms.rest)),
          settlementId: BigInt(terms.settlementId),
        },
      );
      expect(caught.length === 0, `seed ${SEED} run ${run} ${label}: ${caught.join()}`).toBe(taken);
      verdicts[taken ? "taken" : "refused"]++;
    }
    expect(verdicts.taken).toBeGreaterThan(20);
    expect(verdicts.refused).toBeGreaterThan(40);
  });
});

/** A transfer of the model with one number or lot changed, or two that may make up for each other. */
function bent(random: Random) {
  for (;;) {
    const whole = random.below(3) === 0;
    const [oldA, oldB] = [positionsOf(random, 3, 50n), positionsOf(random, 3, 50n)];
    const terms: TransferTerms = {
      settlementId: CASH,
      cash: whole ? random.unsigned(50n) : random.signed(50n),
      funding: random.signed(20n),
      rest: whole ? "whole" : random.pick(["free", "kept"]),
    };
    const made = applyTransfer(oldA, oldB, terms);
    const by = random.pick([1n, -1n]);
    const id = random.pick(IDS);
    const more = (positions: readonly Holding[], lots: bigint) => netPositions(positions, [hold(id, lots)]);
    const bends = {
      nothing: { sides: made, terms },
      "new A": { sides: { ...made, newA: more(made.newA, by) }, terms },
      "old B": { sides: { ...made, oldB: more(made.oldB, by) }, terms },
      "both, apart": {
        sides: { ...made, newA: more(made.newA, by), newB: more(made.newB, -by) },
        terms,
      },
      "both, and the cash": {
        sides: { ...made, newA: more(made.newA, by), newB: more(made.newB, -by) },
        terms: { ...terms, cash: id === CASH ? terms.cash + by : terms.cash },
      },
      "new A, and the funding": {
        sides: { ...made, newA: more(made.newA, by) },
        terms: { ...terms, funding: terms.funding + by },
      },
      cash: { sides: made, terms: { ...terms, cash: terms.cash + by } },
      funding: { sides: made, terms: { ...terms, funding: terms.funding + by } },
      rest: { sides: made, terms: { ...terms, rest: random.pick(RESTS) } },
    };
    const label = random.pick(Object.keys(bends) as (keyof typeof bends)[]);
    const { sides } = bends[label];
    const lists = [sides.oldA, sides.newA, sides.oldB, sides.newB];
    if (lists.every((list) => list.length <= TRANSFER.slots)) return { label, ...bends[label] };
  }
}

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof BallastError) return false;
    throw error;
  }
}

/** Closings of every scale: from single lots to the ends of all ranges. */
function closingOf(random: Random, limit: bigint): { held: bigint; terms: ClosingTerms } {
  const held = random.unsigned(limit);
  const open = 1n + (random.bits(64) >> BigInt(random.below(64)));
  const closing = random.pick([1n, open, 1n + (random.bits(64) % open)]);
  // A payment must fit a slot beside the old cash: prices only go as far as that.
  const most = (1_000_000n << 35n) / (held === 0n ? 1n : held);
  const price = random.signed(most < PRICE_LIMIT ? most + 1n : PRICE_LIMIT);
  const isShort = random.below(2) === 0;
  const within = open < OPEN_LIMIT ? open : OPEN_LIMIT - 1n;
  const terms = {
    settlementId: CASH,
    instrumentId: 300,
    isShort,
    closing: closing < within ? closing : within,
  };
  return { held, terms: { ...terms, open: within, price } };
}

describe("a holder's part of a closing", () => {
  it("that the model makes has a witness with the signals that the prover sends", async () => {
    const random = new Random(`closing ${SEED}`);
    for (let run = 0; run < 120; run++) {
      const { held, terms } = closingOf(random, LOT_LIMIT);
      const quantity = terms.isShort ? -held : held;
      const others = [hold(CASH, random.signed(1n << 35n)), hold(301, random.signed(LOT_LIMIT))];
      const request = closingRequest(netPositions([...others, hold(300, quantity)]), terms);
      const { inputs, publicSignals } = deleverageWitness(DELEVERAGE, request);
      const witness = await deleverage.generate(inputs);
      expect(violations(deleverage.real, witness), `seed ${SEED} run ${run}`).toEqual([]);
      expect(witness.slice(1, 1 + DELEVERAGE.publicInputs)).toEqual(publicSignals);
    }
  });

  it("is one number of lots at one price: no other closed or payment near them has a witness", () => {
    const random = new Random(`one part ${SEED}`);
    for (let run = 0; run < 40; run++) {
      const { held, terms } = closingOf(random, random.pick([12n, 1n << 34n]));
      const sign = terms.isShort ? -1n : 1n;
      const request = closingRequest(netPositions([hold(CASH, 1_000n), hold(300, sign * held)]), terms);
      const { inputs, share, newSalt } = deleverageWitness(DELEVERAGE, request);
      const { accountId } = request;
      for (const [closed, payment] of [-1n, 0n, 1n].flatMap((c) =>
        [-1n, 0n, 1n].map((d) => [c, d] as const),
      )) {
        const lots = share.closed + closed;
        const paid = share.payment + payment;
        const after = netPositions([hold(CASH, 1_000n + paid), hold(300, sign * (held - lots))]);
        const before = slotsOf(request.before.positions, DELEVERAGE.slots);
        const slots = slotsOf(after, DELEVERAGE.slots);
        const { quantity, id, isShort: side } = slotInputs([before, slots]);
        const claim = { quantity, id, side, closed: reduce(lots), payment: reduce(paid) };
        const { caught, assignment } = attackDeleverage(inputs, claim);
        // With other lots closed, another payment may be the right one for them: still the lots are not.
        const label = `seed ${SEED} run ${run}: ${closed}, ${payment}: ${caught.join()}`;
        expect(caught.length === 0, label).toBe(closed === 0n && payment === 0n);
        if (closed !== 0n)
          expect(
            caught.some((what) => what.startsWith("range share")),
            label,
          ).toBe(true);
        expect(caught, label).not.toContain("conservation");
        expect(assignment.value("main.newCommitment")).toBe(commit(accountId, newSalt, slots));
      }
    }
  });
});

describe("the instances that are used", () => {
  it.each([32, 64])(
    "take full portfolios: %d slots",
    async (slots) => {
      const [moves, closes] = [
        await openReal("transfer", `transfer_${slots}`),
        await openReal("deleverage", `deleverage_${slots}`),
      ];
      const most = LOT_LIMIT - 1n;
      const full = (first: number) =>
        Array.from({ length: slots - 1 }, (_, i) => hold(first + i, i % 2 === 0 ? most : -most));
      // Every position changes sides, and all cash goes from A to B.
      const mirror = (positions: readonly Holding[], times: bigint) =>
        positions.map(({ instrumentId, quantity }) => hold(instrumentId, times * quantity));
      const oldA = [hold(CASH, most), ...full(100)];
      const terms = { settlementId: CASH, cash: -2n * most, funding: 0n, rest: "free" } as const;
      const sides = applyTransfer(oldA, mirror(oldA, -1n), terms, mirror(full(100), 2n));
      expect(sides.newB).toEqual(oldA);
      const open = (positions: readonly Holding[], salt: bigint) => ({ positions, salt: reduce(salt) });
      const request = {
        ...terms,
        context: CONTEXT,
        a: { accountId: reduce(1n), before: open(sides.oldA, 5n), after: open(sides.newA, 6n) },
        b: { accountId: reduce(2n), before: open(sides.oldB, 7n), after: open(sides.newB, 8n) },
      };
      const made = transferWitness(moves.instance, request);
      const witness = await moves.generate(made.inputs);
      expect(violations(moves.real, witness)).toEqual([]);
      expect(witness.slice(1, 12)).toEqual(made.publicSignals);
      expect(made.publicSignals[7]).toBe(FIELD_MODULUS - 2n * most);

      const part = deleverageWitness(closes.instance, {
        ...closingRequest([hold(CASH, 0n), hold(300, most), ...full(1_000).slice(0, slots - 2)]),
        closing: 2n,
        open: 3n,
        price: 1_500_000n,
      });
      expect(part.share.payment).toBe((((2n * most) / 3n) * 3n + 1n) / 2n);
      const closed = await closes.generate(part.inputs);
      expect(violations(closes.real, closed)).toEqual([]);
      expect(closed.slice(1, 12)).toEqual(part.publicSignals);
    },
    600_000,
  );
});
