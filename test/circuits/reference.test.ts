import { describe, expect, it } from "vitest";
import { toField, toSigned } from "../../src/math/field.ts";
import { type Slot, slotsOf } from "../../src/portfolio/portfolio.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { LANE_LIMIT, LOT_LIMIT } from "../../src/risk/shape.ts";
import { coverageWitness } from "../../src/witness/coverage.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { statementOf } from "../helpers/circuit-coverage.ts";
import { circuit, EMPTY } from "../helpers/circuit-fixture.ts";
import { at, holds, violations } from "../helpers/r1cs.ts";
import {
  Random,
  syntheticPositions,
  syntheticSnapshot,
  tierEdges,
  withEquity,
} from "../helpers/synthetic.ts";

// The reference model (src/risk/requirement.ts) and the circuit agree exactly: the generator's witness satisfies the R1CS at
// the model's tier, and no other tier does.

const SEED = 20_260_205;
const { instance, real, forger } = circuit;
const TIER_WIRE = Number(real.wireOf.get("main.tier"));
const tierConstraints = real.constraints.filter(({ a, b, c }) =>
  [a, b, c].some(({ wires }) => wires.includes(TIER_WIRE)),
);

/** The tiers of 0..4 that the R1CS accepts with the rest of a witness unchanged. */
function acceptedTiers(witness: readonly bigint[]): number[] {
  return [0, 1, 2, 3, 4].filter((tier) => {
    const changed = witness.map((value, wire) => (wire === TIER_WIRE ? BigInt(tier) : value));
    return tierConstraints.every((constraint) => holds(constraint, changed));
  });
}

function accountOf(random: Random, snapshot: WitnessSnapshot, slots: readonly Slot[]) {
  const [accountId, salt, context] = [random.field(), random.field(), random.field()];
  return { snapshot, slots, accountId, salt, context };
}

/** Checks one account and returns its tier. */
async function agree(
  random: Random,
  snapshot: WitnessSnapshot,
  positions: readonly Holding[],
  label: string,
) {
  const account = accountOf(random, snapshot, slotsOf(positions, instance.slots));
  const portfolio = { account: "a", accountId: account.accountId, positions };
  const { inputs, publicSignals } = coverageWitness(
    instance,
    snapshot,
    portfolio,
    account.salt,
    account.context,
  );
  const { requirement } = statementOf(instance, account);
  const witness = await circuit.generate(inputs);
  expect(violations(real, witness), label).toEqual([]);
  expect(witness.slice(1, 1 + publicSignals.length), label).toEqual(publicSignals);
  expect(acceptedTiers(witness), label).toEqual([requirement.tier]);
  return requirement.tier;
}

describe(`reference model == circuit (seed ${SEED})`, () => {
  it("on 250 random portfolios at every side of every edge of the tiers", async () => {
    const seen = [0, 0, 0, 0, 0];
    let edges = 0;
    for (let run = 0; run < 250; run++) {
      const label = `run ${run} of seed ${SEED}`;
      const random = new Random(`reference ${SEED} ${run}`);
      const snapshot = syntheticSnapshot(`reference ${SEED} ${run}`, instance.shape, 3 + random.below(6));
      const positions = syntheticPositions(random, snapshot, random.below(3), 1 + random.below(12));
      const [initial = 0n, soft = 0n, maintenance = 0n] = tierEdges(snapshot, positions);
      const targets = [
        initial,
        initial - 1n,
        soft,
        soft - 1n,
        maintenance,
        maintenance - 1n,
        0n,
        -1n,
        random.signed(10n ** 12n),
      ];
      const funded = withEquity(snapshot, positions, random.pick(targets));
      if (funded !== undefined) edges++;
      const tier = await agree(random, snapshot, funded ?? positions, label);
      seen[tier] = at(seen, tier) + 1;
    }
    expect(edges).toBeGreaterThan(200);
    for (const count of seen) expect(count).toBeGreaterThan(10);
  });

  it("on 120 portfolios with lanes, policies and quantities up to their limits", async () => {
    for (let run = 0; run < 120; run++) {
      const random = new Random(`extreme ${SEED} ${run}`);
      const snapshot = syntheticSnapshot(
        `extreme ${SEED} ${run}`,
        instance.shape,
        3 + random.below(6),
        "extreme",
      );
      const positions = syntheticPositions(random, snapshot, random.below(5), random.pick([1, 20, 36]));
      await agree(random, snapshot, positions, `run ${run} of seed ${SEED}`);
    }
  });

  it("on the greatest sums there are: every slot full, every lane and charge at its limit, all on one side", async () => {
    const base = syntheticSnapshot("limits", instance.shape, 8, "extreme");
    for (const [laneSign, side] of [
      [1n, 1n],
      [-1n, 1n],
      [1n, -1n],
      [-1n, -1n],
    ] as const) {
      const most = (list: readonly bigint[]): bigint[] => list.map(() => laneSign * (LANE_LIMIT - 1n));
      const rows = base.rows.map((row) => {
        const { instrumentId, pnl, delta, gamma, vega } = row.vector;
        const mark = laneSign * (LANE_LIMIT - 1n);
        const charge = LANE_LIMIT - 1n;
        const lanes = { mark, pnl: most(pnl), delta: most(delta), gamma: most(gamma), vega: most(vega) };
        return { ...row, vector: { instrumentId, ...lanes, longCharge: charge, shortCharge: charge } };
      });
      const snapshot = { ...base, rows };
      const positions = rows
        .slice(0, instance.slots)
        .map(({ instrumentId }) => ({ instrumentId, quantity: side * (LOT_LIMIT - 1n) }));
      await agree(new Random("limits"), snapshot, positions, `signs ${laneSign}, ${side}`);
    }
  });

  it("on nothing: an empty portfolio is in tier 0", async () => {
    const snapshot = syntheticSnapshot("nothing", instance.shape, 8);
    expect(await agree(new Random("nothing"), snapshot, [], "nothing")).toBe(0);
  });

  it("on both sides of one instrument, which leave nothing but their charges", async () => {
    const snapshot = syntheticSnapshot("both sides", instance.shape, 8, "extreme");
    const { instrumentId } = at(snapshot.rows, 5);
    const slots: Slot[] = [
      { instrumentId, isShort: 0, quantity: 77n },
      { instrumentId, isShort: 1, quantity: 77n },
      EMPTY,
      EMPTY,
    ];
    const { inputs, requirement } = statementOf(instance, accountOf(new Random("both"), snapshot, slots));
    const witness = await circuit.generate(inputs);
    expect(violations(real, witness)).toEqual([]);
    expect(acceptedTiers(witness)).toEqual([requirement.tier]);
    expect(requirement.base6).toBe(0n);
    expect(requirement.tier).toBe(3);
  });

  it("in every intermediate figure, not in the tier alone", () => {
    for (let run = 0; run < 40; run++) {
      const random = new Random(`figures ${SEED} ${run}`);
      const scale = run % 2 === 0 ? "market" : "extreme";
      const snapshot = syntheticSnapshot(`figures ${SEED} ${run}`, instance.shape, 8, scale);
      const positions = syntheticPositions(random, snapshot, 4, 36);
      const account = accountOf(random, snapshot, slotsOf(positions, instance.slots));
      const { inputs, requirement } = statementOf(instance, account);
      const derived = forger.derive(inputs);
      const value = (name: string): bigint => toSigned(toField(derived.value(`main.account.${name}`)));
      expect({
        equity: value("portfolio.lane.equity"),
        stressLoss: value("portfolio.lane.rangedWorstLoss"),
        base6: value("portfolio.requirement.base"),
        addOn: value("portfolio.requirement.addOn"),
        concentration6: value("portfolio.requirement.concentration"),
        maintenance12: value("portfolio.requirement.margin"),
        thresholds18: [0, 1, 2].map((k) => value(`result.bound[${k}]`)),
        tier: value("result.tier"),
      }).toEqual({
        equity: requirement.equity,
        stressLoss: requirement.stressLoss,
        base6: requirement.base6,
        addOn: requirement.stressAddOn12,
        concentration6: requirement.concentration6,
        maintenance12: requirement.maintenance12,
        thresholds18: [...requirement.thresholds18],
        tier: BigInt(requirement.tier),
      });
    }
  });
});
