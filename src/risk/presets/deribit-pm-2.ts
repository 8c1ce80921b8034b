import { type ScenarioDocument, scenarioGrid } from "./grid.ts";

/**
 * Deribit's portfolio margin as published: nine evenly spaced price steps to +-16 % (ETH 18 %), each with volatility
 * up, same and down, and the extended table of eight larger moves with volatility up. The matrix is Deribit's initial margin;
 * maintenance is 0.8 of it, and initial 1.25 times maintenance.
 *
 * Sources: support.deribit.com "Portfolio Margin" (structure, extended moves); two recorded answers of
 * `private/pme/simulate` (price_range 0.16 | 0.18, volatility_range_up 0.5 | 0.4, volatility_range_down 0.25,
 * min_volatility_for_shock_up 0.5, short_term_vega_power 0.3, long_term_vega_power 0.13, mm_factor 0.8, min_annualised_move 0.01 | 0.005,
 * annualised_move_risk 0.075 | 0.05). They change: this is a preset, not a feed. The extended table counts "only a fraction of simulated
 * P&L" whose formula is not published; in those answers a future's extended P&L equals its P&L at the end of the standard range, so the
 * weight here is 0.16 / |move|.
 *
 * What stands in for what a table of 35 scenarios can't say:
 * - `greeks`: what BTC and ETH don't net. A pair of equal USD requires 10.4 % of a side, since they were up to 10.3 % apart in 99.5 %
 *   of all days from 2020 to 2025 (docs/reference/backtest.md); Deribit lets gains offset at 0.6, which is 8.4 % and a roll shock on both sides. Of
 *   an outright position only a quarter comes on top of the matrix, 1.25 % | 0.825 %: about Deribit's roll shock, 1 % | 0.5 %.
 * - `linearPerYear`: the roll shock by maturity, 0.8 of annualised_move_risk, on the dated futures themselves.
 * - `shortOptionMinimum`, `concentration`: the contingencies by option count and by total delta.
 */
export const deribitPm2 = {
  format: "ballast.policy/2",
  name: "deribit-pm/2",
  description:
    "Deribit-style portfolio margin: 27 standard scenarios and the extended table of 8, of which maintenance is 0.8.",
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
  greeks: { deltaMove: ["5", "3.3"], gammaMove: ["8", "8"], vegaMove: ["3", "3"] },
  stressWeight: "0.8",
  charges: {
    quoteHaircut: "0",
    quoteBorrow: "0",
    collateralHaircut: ["0", "0"],
    collateralBorrow: ["0", "0"],
    shortOptionMinimum: ["0.008", "0.008"],
    spreadShare: "0",
    spreadMaximum: ["0", "0"],
    flatOption: ["0", "0"],
    flatLinear: ["0", "0"],
    linearPerYear: ["0.06", "0.04"],
  },
  concentration: { rate: ["8", "8"], freeDelta: ["200000", "200000"], freeGamma: ["200000", "30000"] },
  thresholds: { initial: "1.25", soft: "1.1" },
};

function extended(name: string, move: string, weight: string): ScenarioDocument {
  return { name: `extended ${name}, vol up`, spot: [move, move], vol: ["0.5", "0.4"], weight };
}
