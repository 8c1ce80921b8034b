import { percent, type ScenarioDocument, scenarioGrid } from "./grid.ts";

const VOL_STEPS = [
  { name: "up", vol: ["0.35", "0.35"] },
  { name: "down", vol: ["-0.35", "-0.35"] },
];

/**
 * The sixteen SPAN risk scenarios: price unchanged, +-1/3, +-2/3 and +-3/3 of the price scan range, each with volatility up and
 * down, and two extreme moves of twice the range of which 35 % counts (CME, "Components of SPAN"; the cover fraction of
 * 35 % is that of the classic parameter set, many clearing houses use 33 %).
 * The price scan range here is 15 % for BTC and 18 % for ETH, the volatility scan range 35 % of the implied
 * volatility at every maturity (SPAN has no term structure).
 */
export const span16v1 = {
  format: "ballast.policy/1",
  name: "span-16",
  description: "SPAN's sixteen scenarios with two extreme moves at 35 %, and a short-option minimum.",
  underlyings: ["BTC", "ETH"],
  yearSeconds: 31_536_000,
  volatility: {
    minimum: "0.01",
    maximum: "10",
    floor: "0.01",
    upFloor: "0",
    referenceDays: "30",
    minimumDays: "1",
    shortPower: "0",
    longPower: "0",
  },
  scenarios: [
    ...scenarioGrid(
      [
        ["0", "0"],
        ["0.05", "0.06"],
        ["-0.05", "-0.06"],
        ["0.1", "0.12"],
        ["-0.1", "-0.12"],
        ["0.15", "0.18"],
        ["-0.15", "-0.18"],
      ],
      VOL_STEPS,
    ),
    extreme(["0.3", "0.36"]),
    extreme(["-0.3", "-0.36"]),
  ],
  greeks: { deltaMove: ["0", "0"], gammaMove: ["0", "0"], vegaMove: ["0", "0"] },
  stressWeight: "1",
  charges: {
    quoteHaircut: "0",
    quoteBorrow: "0",
    collateralHaircut: ["0", "0"],
    collateralBorrow: ["0", "0"],
    shortOptionMinimum: ["0.01", "0.01"],
    spreadShare: "0",
    spreadMaximum: ["0", "0"],
    flatOption: ["0", "0"],
    flatLinear: ["0", "0"],
  },
  concentration: { rate: ["0", "0"], freeDelta: ["0", "0"], freeGamma: ["0", "0"] },
  thresholds: { initial: "1.25", soft: "1.1" },
};

function extreme(spot: readonly string[]): ScenarioDocument {
  return {
    name: `extreme ${spot.map(percent).join(" | ")}, 35% of it`,
    spot,
    vol: ["0", "0"],
    weight: "0.35",
  };
}
