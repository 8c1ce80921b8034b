import { describe, expect, it } from "vitest";
import { packLanes } from "../../../src/risk/table.ts";
import { absorbed } from "../../helpers/circuit-attack.ts";
import { openTemplate, refusedByAssert } from "../../helpers/circuit-gadget.ts";

const INCLUDES = ["table/lanes.circom"];
const bodyOf = (scenarios: number, lanes: number, elements: number, window: number): string =>
  `signal input lanes[${lanes}]; signal input worstLoss; signal output packed[${elements}]; signal output w;
   component l = Lanes(${scenarios}, 1, ${window}); l.lanes <== lanes; l.worstLoss <== worstLoss; packed <== l.packed; w <== l.rangedWorstLoss;
   _ <== l.equity; _ <== l.equityIsNegative; for (var i = 0; i < 3; i++) { _ <== l.greeks[i]; _ <== l.greekIsNegative[i]; }`;

// Two scenarios, one underlying: 6 lanes. One scenario, one underlying: 5 lanes, the last limb is missing.
const lanesOf = (scenarios: number, lanes: number, elements: number, window: number) =>
  openTemplate(`lanes_${scenarios}_${window}`, INCLUDES, bodyOf(scenarios, lanes, elements, window), [
    "lanes",
    "worstLoss",
  ]);

// 83 bits in a coverage proof, 56 in a solvency run.
describe.each([83, 56])("Lanes in windows of %d bits", (window) => {
  const gadget = lanesOf(2, 6, 2, window);
  const limit = 1n << BigInt(window);

  it.each([
    [[0n, 0n, 0n, 0n, 0n, 0n], 0n],
    [[-5n, -7n, 3n, 1n, -2n, 3n], 7n],
    [[-limit, 0n, 5n, -limit, limit - 1n, -limit], 0n],
    [[limit - 1n, -(limit - 1n), 0n, limit - 1n, 0n, -1n], limit - 1n],
    [[1n, limit - 1n, limit - 1n, 0n, 0n, 0n], 0n],
  ])("accepts and packs %s with W = %d", (lanes, worstLoss) => {
    const { caught, assignment } = gadget.run({ lanes, worstLoss });
    expect(caught).toEqual([]);
    expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packLanes(lanes));
    expect(assignment.value("main.w")).toBe(worstLoss);
  });

  it.each([
    [0, limit, "range l.equityRange"],
    [0, -limit - 1n, "range l.equityRange"],
    [3, limit, "range l.greekRange[0]"],
    [4, -limit - 1n, "range l.greekRange[1]"],
    [5, limit, "range l.greekRange[2]"],
    [1, limit, "range l.scenarioRange[0]"],
    [2, 2n * limit, "range l.scenarioRange[1]"],
  ])("refuses lane %d at %d", (lane, value, label) => {
    const lanes = [0n, 0n, 0n, 0n, 0n, 0n].map((zero, i) => (i === lane ? value : zero));
    for (const lies of [{}, absorbed(gadget.full, `main.${label.slice(6)}`)]) {
      expect(gadget.run({ lanes, worstLoss: 0n }, lies).caught).toEqual([label]);
    }
  });

  it("refuses a loss beyond its window: its W is out of range", () => {
    const lanes = [0n, -limit, 0n, 0n, 0n, 0n];
    expect(gadget.run({ lanes, worstLoss: limit }).caught).toEqual(
      expect.arrayContaining(["range l.worstRange"]),
    );
  });

  it("accepts max(0, losses) alone as W", () => {
    const lanes = [0n, -7n, -4n, 0n, 0n, 0n];
    expect(gadget.run({ lanes, worstLoss: 7n }).caught).toEqual([]);
    expect(gadget.run({ lanes, worstLoss: 8n }).caught).toEqual(["attained"]);
    expect(gadget.run({ lanes, worstLoss: 6n }).caught).toEqual(["attained", "range l.scenarioRange[0]"]);
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

describe("Lanes", () => {
  it("pads a last element of two lanes with zeros", () => {
    const short = lanesOf(1, 5, 2, 83);
    const lanes = [1n, -2n, 3n, -4n, 5n];
    const { caught, assignment } = short.run({ lanes, worstLoss: 2n });
    expect(caught).toEqual([]);
    expect([0, 1].map((e) => assignment.value(`main.packed[${e}]`))).toEqual(packLanes(lanes));
  });

  it.each([0, 84])("has no windows of %d bits", (window) => {
    expect(refusedByAssert(`bad_lanes_${window}`, INCLUDES, bodyOf(1, 5, 2, window))).toBe(true);
  });
});
