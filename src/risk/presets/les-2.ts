import { type ScenarioDocument, scenarioGrid } from "./grid.ts";

/**
 * Ballast's default: margins on delta, short gamma and vega, topped up to the worst of 35 revaluations. 27 of them are a grid
 * (BTC to +-16 %, ETH to +-20 %, three vol regimes), 8 are black swans and decorrelations.
 * Calibrated by `scripts/backtest.ts`; the tables are in docs/reference/backtest.md.
 *
 * Since les/1: dated futures are charged by maturity, an option without a quote like the widest one, and concentration starts
 * at about 1 % of what is open in the recorded chains.
 */
export const les2 = {
  format: "ballast.policy/2",
  name: "les/2",
  description:
    "Delta, gamma and vega margin with a stress-loss add-on over 27 grid, 4 black-swan and 4 decorrelation scenarios.",
  underlyings: ["BTC", "ETH"],
  yearSeconds: 31_536_000,
  volatility: {
    minimum: "0.01",
    maximum: "10",
    floor: "0.05",
    upFloor: "0.4",
    referenceDays: "30",
    minimumDays: "1",
    shortPower: "0.35",
    longPower: "0.25",
  },
  scenarios: [
    ...scenarioGrid(
      [
        ["-0.16", "-0.2"],
        ["-0.12", "-0.15"],
        ["-0.08", "-0.1"],
        ["-0.04", "-0.05"],
        ["0", "0"],
        ["0.04", "0.05"],
        ["0.08", "0.1"],
        ["0.12", "0.15"],
        ["0.16", "0.2"],
      ],
      [
        { name: "up", vol: ["0.5", "0.5"] },
        { name: "same", vol: ["0", "0"] },
        { name: "down", vol: ["-0.25", "-0.25"] },
      ],
    ),
    swan("crash", ["-0.45", "-0.5"], ["1.2", "1.2"], "0.36"),
    swan("deep fall", ["-0.25", "-0.3"], ["0.8", "0.8"], "0.65"),
    swan("squeeze", ["0.3", "0.35"], ["0.6", "0.6"], "0.55"),
    swan("melt-up", ["0.75", "0.9"], ["1", "1"], "0.2"),
    swan("BTC down, ETH up", ["-0.1", "0.1"], ["0.3", "0.3"], "1"),
    swan("BTC up, ETH down", ["0.1", "-0.1"], ["0.3", "0.3"], "1"),
    swan("BTC still, ETH falls", ["0", "-0.2"], ["0", "0.5"], "1"),
    swan("BTC still, ETH rises", ["0", "0.2"], ["0", "0.3"], "1"),
  ],
  greeks: { deltaMove: ["12", "15"], gammaMove: ["40", "60"], vegaMove: ["10", "12"] },
  stressWeight: "1",
  charges: {
    quoteHaircut: "0",
    quoteBorrow: "0.01",
    collateralHaircut: ["0.025", "0.035"],
    collateralBorrow: ["0.025", "0.035"],
    shortOptionMinimum: ["0.005", "0.005"],
    spreadShare: "0.5",
    spreadMaximum: ["0.02", "0.02"],
    flatOption: ["0.02", "0.02"],
    flatLinear: ["0.001", "0.001"],
    linearPerYear: ["0.03", "0.03"],
  },
  concentration: { rate: ["5", "8"], freeDelta: ["600000", "100000"], freeGamma: ["20000", "3000"] },
  thresholds: { initial: "1.2", soft: "1.1" },
};

function swan(
  name: string,
  spot: readonly string[],
  vol: readonly string[],
  weight: string,
): ScenarioDocument {
  return { name, spot, vol, weight };
}
