import { describe, expect, it } from "vitest";
import { packLanes } from "../../../src/market/table.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate } from "../../helpers/circuit-gadget.ts";

// Two scenarios, one underlying: 6 lanes. One scenario, one underlying: 5 lanes, the last limb is missing.
const lanesOf = (scenarios: number, lanes: number, elements: number) =>
  openTemplate(
    `lanes_${scenarios}`,
    ["table/lanes.circom"],
    `signal input lanes[${lanes}]; signal input worstLoss; signal output packed[${elements}]; signal output w;
     component l = Lanes(${scenarios}, 1); l.lanes <== lanes; l.worstLoss <== worstLoss; packed <== l.packed; w <== l.rangedWorstLoss;
     _ <== l.equity; _ <== l.equityIsNegative; for (var i = 0; i < 3; i++) { _ <== l.greeks[i]; _ <== l.greekIsNegative[i]; }`,
    ["lanes", "worstLoss"],
    (names) => names.length === 1 && names[0]?.startsWith("main.l.attained[") === true,
  );
const gadget = lanesOf(2, 6, 2);
const LIMIT = 1n << 83n;

describe("Lanes", () => {
  it.each([
    [[0n, 0n, 0n, 0n, 0n, 0n], 0n],
    [[-5n, -7n, 3n, 1n, -2n, 3n], 7n],
    [[-LIMIT, 0n, 5n, -LIMIT, LIMIT - 1n, -LIMIT], 0n],
    [[LIMIT - 1n, -(LIMIT - 1n), 0n, LIMIT - 1n, 0n, -1n], LIMIT - 1n],
    [[1n, LIMIT - 1n, LIMIT - 1n, 0n, 0n, 0n], 0n],
  ])("accepts and packs %s with W = %d", (lanes, worstLoss) => {
    const { caught, assignment } = gadget.run({ lanes, worstLoss });
    expect(caught).toEqual([]);
    expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packLanes(lanes));
    expect(assignment.value("main.w")).toBe(worstLoss);
  });

  it("pads a last element of two lanes with zeros", () => {
    const short = lanesOf(1, 5, 2);
    const lanes = [1n, -2n, 3n, -4n, 5n];
    const { caught, assignment } = short.run({ lanes, worstLoss: 2n });
    expect(caught).toEqual([]);
    expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packLanes(lanes));
  });

  it.each([
    [0, LIMIT, "range l.equityRange"],
    [0, -LIMIT - 1n, "range l.equityRange"],
    [3, LIMIT, "range l.greekRange[0]"],
    [4, -LIMIT - 1n, "range l.greekRange[1]"],
    [5, LIMIT, "range l.greekRange[2]"],
    [1, LIMIT, "range l.scenarioRange[0]"],
    [2, 1n << 84n, "range l.scenarioRange[1]"],
  ])("refuses lane %d at %d", (lane, value, label) => {
    const lanes = [0n, 0n, 0n, 0n, 0n, 0n].map((zero, i) => (i === lane ? value : zero));
    for (const lies of [{}, absorbed(gadget.full, `main.${label.slice(6)}`)]) {
      expect(gadget.run({ lanes, worstLoss: 0n }, lies).caught).toEqual([label]);
    }
  });

  it("refuses a loss of 2^83: its W is out of range", () => {
    const lanes = [0n, -LIMIT, 0n, 0n, 0n, 0n];
    expect(gadget.run({ lanes, worstLoss: LIMIT }).caught).toEqual(
      expect.arrayContaining(["range l.worstRange"]),
    );
  });

  it("accepts max(0, losses) alone as W", () => {
    const lanes = [0n, -7n, -4n, 0n, 0n, 0n];
    expect(gadget.run({ lanes, worstLoss: 7n }).caught).toEqual([]);
    expect(gadget.run({ lanes, worstLoss: 8n }).caught).toEqual(["bit l.attained[2]"]);
    expect(gadget.run({ lanes, worstLoss: 6n }).caught).toEqual([
      "bit l.attained[2]",
      "range l.scenarioRange[0]",
    ]);
    expect(gadget.run({ lanes, worstLoss: 4n }).caught).toEqual(["range l.scenarioRange[0]"]);
    expect(gadget.run({ lanes, worstLoss: 0n }).caught).toEqual([
      "range l.scenarioRange[0]",
      "range l.scenarioRange[1]",
    ]);
    expect(gadget.run({ lanes, worstLoss: -7n }).caught).toEqual(
      expect.arrayContaining(["range l.worstRange"]),
    );
  });
});
