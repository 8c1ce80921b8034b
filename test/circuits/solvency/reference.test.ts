import { describe, expect, it } from "vitest";
import { FIELD_MODULUS as P, toField } from "../../../src/math/field.ts";
import { type Holding, lanesOfSums, portfolioSums } from "../../../src/risk/requirement.ts";
import { accountStress } from "../../../src/risk/solvency.ts";
import type { SolvencyAccount } from "../../../src/witness/solvency.ts";
import type { WitnessSnapshot } from "../../../src/witness/table.ts";
import { forge } from "../../helpers/circuit-attack.ts";
import { batch, report } from "../../helpers/circuit-solvency-fixture.ts";
import { expectedReport, type Places } from "../../helpers/circuit-solvency-model.ts";
import { at, holds, violations } from "../../helpers/r1cs.ts";
import { type MemoryRun, memoryRun, randomPlaces } from "../../helpers/solvency-run.ts";
import { Random, type Scale, syntheticPositions, syntheticSnapshot } from "../../helpers/synthetic.ts";

// The reference model (src/risk/solvency.ts) and the circuits agree exactly. What a run comes to is computed once more here, from the
// definitions in docs/protocol/encodings.md section 7; the generator's witnesses satisfy the R1CS with it, and with no other report.

const SEED = 20_260_206;
const { instance } = batch;
/** All batches and the report of a run satisfy their circuits, and the report is the expected one. */
async function agree(snapshot: WitnessSnapshot, places: Places, label: string): Promise<MemoryRun> {
  const run = memoryRun(instance, snapshot, places);
  for (const { inputs, publicSignals } of run.witnesses) {
    const witness = await batch.generate(inputs);
    expect(violations(batch.real, witness), label).toEqual([]);
    expect(witness.slice(1, 1 + publicSignals.length), label).toEqual(publicSignals);
  }
  const { inputs, publicSignals } = run.report;
  const witness = await report.generate(inputs);
  expect(violations(report.real, witness), label).toEqual([]);
  expect(witness.slice(1, 1 + publicSignals.length), label).toEqual(publicSignals);
  const { shown, second } = expectedReport(snapshot, places);
  const last = at(run.witnesses, run.witnesses.length - 1).signals;
  const signals = [BigInt(run.witnesses.length), last.stateOut, ...shown];
  expect(publicSignals.slice(0, signals.length), label).toEqual(signals);
  expect(run.plan.second, label).toEqual(second);
  return run;
}

/** The account at a place. */
function account(random: Random, place: number, positions: readonly Holding[]): SolvencyAccount {
  return { accountId: toField(5000n + BigInt(place)), salt: toField(random.bits(248)), positions };
}

describe(`reference model == circuits (seed ${SEED})`, () => {
  it("on 40 random runs: all tiers at both sides of their edges, negative equity, empty places", async () => {
    const seen = [0, 0, 0, 0, 0];
    let [empty, short] = [0, 0];
    for (let run = 0; run < 40; run++) {
      const random = new Random(`solvency ${SEED} ${run}`);
      const snapshot = syntheticSnapshot(`solvency ${SEED} ${run}`, instance.shape, 4 + random.below(5));
      const places = randomPlaces(random, snapshot, 1 + random.below(7), 2);
      const { result } = await agree(snapshot, places, `run ${run} of seed ${SEED}`);
      for (const [tier, count] of result.tiers.entries()) seen[tier] = at(seen, tier) + count;
      empty += places.filter((place) => place === null).length;
      if (result.cover2Shortfall > 0n) short++;
    }
    for (const count of seen) expect(count).toBeGreaterThan(5);
    expect(Math.min(empty, short)).toBeGreaterThan(10);
  });

  it("on 12 runs with lanes, policies and quantities up to what an account may hold", async () => {
    let largest = 0n;
    for (let run = 0; run < 12; run++) {
      const random = new Random(`extreme ${SEED} ${run}`);
      const scale: Scale = "extreme";
      const snapshot = syntheticSnapshot(
        `extreme ${SEED} ${run}`,
        instance.shape,
        4 + random.below(5),
        scale,
      );
      // below 2^14 lots of lanes below 2^39 in four slots: sums below 2^55
      const places = Array.from({ length: 3 }, (_, place) =>
        account(random, place, syntheticPositions(random, snapshot, 4, 14)),
      );
      const { result } = await agree(snapshot, places, `run ${run} of seed ${SEED}`);
      if (result.worstShortfall > largest) largest = result.worstShortfall;
    }
    expect(largest > 1n << 53n).toBe(true);
  });

  it.each<[string, (snapshot: WitnessSnapshot, random: Random) => Places]>([
    ["nobody at all", () => [null]],
    [
      "one account only",
      (snapshot, random) => [account(random, 0, syntheticPositions(random, snapshot, 2, 12))],
    ],
    [
      "one account in the last place",
      (snapshot, random) => [
        ...Array.from({ length: 15 }, () => null),
        account(random, 15, syntheticPositions(random, snapshot, 2, 12)),
      ],
    ],
    [
      "accounts without positions",
      (_, random) => [account(random, 0, []), account(random, 1, []), account(random, 2, [])],
    ],
    [
      "ties: the same loss in every account",
      (snapshot, random) => {
        const positions = [{ instrumentId: at(snapshot.rows, 0).instrumentId, quantity: -7n }];
        return [0, 1, 2, 3, 4].map((place) => account(random, place, positions));
      },
    ],
    [
      "ties: two equal losses in one batch, and a smaller one",
      (snapshot, random) => {
        const owing = (lots: bigint): Holding[] => [
          { instrumentId: at(snapshot.rows, 0).instrumentId, quantity: -lots },
        ];
        return [
          account(random, 0, owing(3n)),
          null,
          account(random, 2, owing(9n)),
          account(random, 3, owing(9n)),
        ];
      },
    ],
    [
      "a full tree",
      (snapshot, random) =>
        Array.from({ length: 16 }, (_, place) =>
          account(random, place, syntheticPositions(random, snapshot, 1, 8)),
        ),
    ],
  ])("on %s", async (name, make) => {
    const random = new Random(`${name} ${SEED}`);
    const snapshot = syntheticSnapshot(name, instance.shape, 7);
    await agree(snapshot, make(snapshot, random), name);
  });

  it("in every figure of an account, not in their sums alone", () => {
    for (let run = 0; run < 15; run++) {
      const random = new Random(`figures ${SEED} ${run}`);
      const snapshot = syntheticSnapshot(`figures ${SEED} ${run}`, instance.shape, 7);
      const places = randomPlaces(random, snapshot, 2, 2);
      const [witness] = memoryRun(instance, snapshot, places).witnesses;
      const { value } = batch.forger.derive(witness?.inputs ?? {});
      places.forEach((place, a) => {
        const sums = portfolioSums(snapshot.rows, place?.positions ?? [], instance.shape);
        const stress = accountStress(sums, snapshot.policyElements, instance.shape);
        const read = (name: string, count: number): bigint[] =>
          Array.from({ length: count }, (_, i) => value(`main.account[${a}].${name}[${i}]`));
        const present = place !== null;
        expect(read("tierIs", 5)).toEqual(
          [0, 1, 2, 3, 4].map((k) => (present && k === stress.tier ? 1n : 0n)),
        );
        expect(read("demand", 6)).toEqual(stress.demand);
        expect(read("shortfall", 6)).toEqual(stress.shortfall);
        expect(read("lanes", 12)).toEqual(lanesOfSums(sums).map((lane) => (lane + P) % P));
      });
    }
  });

  it("on no other report: each public number is the only one that the R1CS accepts", () => {
    const random = new Random(`only ${SEED}`);
    const snapshot = syntheticSnapshot("only", instance.shape, 7);
    const { report: shown } = memoryRun(instance, snapshot, randomPlaces(random, snapshot, 7, 2));
    const { caught, witness } = forge(report, shown.inputs);
    expect(caught).toEqual([]);
    for (let wire = 1; wire <= report.real.publicSignals; wire++) {
      const uses = report.real.constraints.filter(({ a, b, c }) =>
        [a, b, c].some(({ wires }) => wires.includes(wire)),
      );
      for (const step of [1n, P - 1n, 1n << 84n]) {
        const other = witness.map((value, w) => (w === wire ? (value + step) % P : value));
        expect(uses.every((constraint) => holds(constraint, other))).toBe(false);
      }
    }
  });
});
