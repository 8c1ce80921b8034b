import { type ScenarioDocument, scenarioGrid } from "./grid.ts";

/**
 * Deribit's portfolio margin as published: nine evenly spaced price steps to +-16 % (ETH 18 %), each with volatility
 * up, same and down, and the extended table of eight larger moves with volatility up.
 *
 * Sources: support.deribit.com "Portfolio Margin" (structure, extended moves); the example answers of
 * `private/pme/simulate` (price_range 0.16 | 0.18, volatility_range_up 0.5 | 0.4, volatility_range_down 0.25,
 * min_volatility_for_shock_up 0.5, short_term_vega_power 0.3, long_term_vega_power 0.13, mm_factor 0.8). They change: this is
 * a preset, not a feed. The extended table counts "only a fraction of simulated P&L" whose formula is not published; in those answers
 * a future's extended P&L equals its P&L at the end of the standard range, so the weight here is 0.16 / |move|.
 *
 * Deribit's add-ons by delta, roll and option contingency have no counterpart in a linear row; the oracle charge,
 * the short-option minimum and the concentration charge stand in for them.
 */
export const deribitPm1 = {
  format: "ballast.policy/1",
  name: "deribit-pm",
  description: "Deribit-style portfolio margin: 27 standard scenarios and the extended table of 8.",
  underlyings: ["BTC", "ETH"],
  yearSeconds: 31_536_000,
  volatility: {
    minimum: "0.01",
    maximum: "10",
    floor: "0.01",
    upFloor: "0.5",
    referenceDays: "30",
    minimumDays: "1",
    shortPower: "0.3",
    longPower: "0.13",
  },
  scenarios: [
    ...scenarioGrid(
      [
        ["-0.16", "-0.18"],
        ["-0.12", "-0.135"],
        ["-0.08", "-0.09"],
        ["-0.04", "-0.045"],
        ["0", "0"],
        ["0.04", "0.045"],
        ["0.08", "0.09"],
        ["0.12", "0.135"],
        ["0.16", "0.18"],
      ],
      [
        { name: "up", vol: ["0.5", "0.4"] },
        { name: "same", vol: ["0", "0"] },
        { name: "down", vol: ["-0.25", "-0.25"] },
      ],
    ),
    extended("-66%", "-0.66", "0.242424"),
    extended("-33%", "-0.33", "0.484848"),
    extended("+50%", "0.5", "0.32"),
    extended("+100%", "1", "0.16"),
    extended("+200%", "2", "0.08"),
    extended("+300%", "3", "0.053333"),
    extended("+400%", "4", "0.04"),
    extended("+500%", "5", "0.032"),
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
    flatLinear: ["0.006", "0.006"],
  },
  concentration: { rate: ["10", "10"], freeDelta: ["200000", "200000"], freeGamma: ["200000", "200000"] },
  // Deribit's maintenance margin is 0.8 of initial: 1.25 times maintenance.
  thresholds: { initial: "1.25", soft: "1.1" },
};

function extended(name: string, move: string, weight: string): ScenarioDocument {
  return { name: `extended ${name}, vol up`, spot: [move, move], vol: ["0.5", "0.4"], weight };
}
