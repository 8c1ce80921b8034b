import { describe, expect, it } from "vitest";
import { openReal } from "../../helpers/circuit.ts";
import { violations } from "../../helpers/r1cs.ts";
import { memoryRun, randomPlaces } from "../../helpers/solvency-run.ts";
import { Random, syntheticSnapshot } from "../../helpers/synthetic.ts";

const batch = await openReal("solvency", "solvency_2x4x8_s5k2_d4");
const report = await openReal("report", "report_s5k2");

describe("a run", () => {
  it.each([1, 2, 3, 4, 5, 6])("of random accounts satisfies its circuits (%d)", async (seed) => {
    const random = new Random(`run ${seed}`);
    const snapshot = syntheticSnapshot(`run ${seed}`, batch.instance.shape, 7);
    const places = randomPlaces(random, snapshot, 1 + random.below(9), 2);
    const run = memoryRun(batch.instance, snapshot, places);
    for (const { inputs } of run.witnesses) {
      expect(violations(batch.real, await batch.generate(inputs))).toEqual([]);
    }
    expect(violations(report.real, await report.generate(run.report.inputs))).toEqual([]);
    expect(run.report.result).toEqual(run.result);
    expect(run.result.accounts).toBe(places.filter((place) => place !== null).length);
  });
});
