import { describe, expect, it } from "vitest";
import { margined } from "../../../src/risk/reduction.ts";
import { type Holding, portfolioSums } from "../../../src/risk/requirement.ts";
import { uncheckedReduction } from "../../../src/witness/reduction.ts";
import { REDUCTION, reduction, reductionRequest, refusal } from "../../helpers/circuit-reduction.ts";
import { at, violations } from "../../helpers/r1cs.ts";
import {
  CASH_ROWS,
  Random,
  syntheticPositions,
  syntheticSnapshot,
  withEquity,
} from "../../helpers/synthetic.ts";

// The reference model (src/risk/reduction.ts) and the circuit agree exactly: a witness exists where all rules hold, and none at
// any level where one is broken.

const SEED = 20_261_125;
const SCALE18 = 10n ** 18n;

describe(`the reduction circuit and its reference model (seed ${SEED})`, () => {
  it("agree on random slices, and on both sides of the penalty's edge", async () => {
    const random = new Random(SEED);
    const seen = { held: 0, margin: 0, shortGamma: 0, tier: 0, penalty: 0 };
    for (let n = 0; n < 30; n++) {
      const snapshot = syntheticSnapshot(`reduction ${n % 6}`, REDUCTION.shape, 7);
      const risk = syntheticPositions(random, snapshot, 2, 12);
      const before = withEquity(snapshot, risk, random.signed(1n << 38n)) ?? risk;
      const maxPenalty = random.unsigned(1n << 20n);
      const scaled = risk.map(({ instrumentId, quantity }) => ({
        instrumentId,
        quantity: (quantity * BigInt(random.below(12))) / 8n,
      }));
      const cash = before.slice(risk.length);
      const after = merged([...scaled, ...cash].filter(({ quantity }) => quantity !== 0n));
      for (const candidate of [after, ...edges(snapshot, before, after, maxPenalty)]) {
        const request = reductionRequest(before, candidate, maxPenalty);
        const { inputs, rules } = uncheckedReduction(REDUCTION, snapshot, request);
        const holds = Object.values(rules).every(Boolean);
        const label = `${SEED}/${n}: ${JSON.stringify(rules)}`;
        expect(refusal(inputs).length === 0, label).toBe(holds);
        if (holds) {
          seen.held++;
          expect(violations(reduction.real, await reduction.generate(inputs)), label).toEqual([]);
        }
        for (const rule of ["margin", "shortGamma", "tier", "penalty"] as const)
          if (!rules[rule]) seen[rule]++;
      }
    }
    // All of it was met.
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(3);
  });
});

/** One position an instrument. */
function merged(positions: readonly Holding[]): Holding[] {
  const net = new Map<number, bigint>();
  for (const { instrumentId, quantity } of positions)
    net.set(instrumentId, (net.get(instrumentId) ?? 0n) + quantity);
  return [...net].flatMap(([instrumentId, quantity]) =>
    quantity === 0n ? [] : [{ instrumentId, quantity }],
  );
}

/** The new portfolio with cash so that the account loses exactly what the penalty allows, and one micro-USD more. */
function edges(
  snapshot: ReturnType<typeof syntheticSnapshot>,
  before: readonly Holding[],
  after: readonly Holding[],
  maxPenalty: bigint,
): Holding[][] {
  const [old, next] = [before, after].map((positions) => {
    const sums = portfolioSums(snapshot.rows, positions, snapshot.shape);
    return margined(sums, snapshot.policyElements, snapshot.shape);
  });
  if (old === undefined || next === undefined) return [];
  const freed = old.requirement.maintenance12 - next.requirement.maintenance12;
  if (freed < 0n) return [];
  const cashIds = CASH_ROWS.map(({ row }) => at(snapshot.rows, row).instrumentId);
  const risk = after.filter(({ instrumentId }) => !cashIds.includes(instrumentId));
  const limit = (maxPenalty * freed) / SCALE18;
  return [limit, limit + 1n].flatMap((lost) => {
    const found = withEquity(snapshot, risk, old.sums.equity - lost);
    return found === undefined || found.length > REDUCTION.slots ? [] : [found];
  });
}
