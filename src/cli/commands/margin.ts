import { usd } from "../../display.ts";
import { loadPositions } from "../../liquidation/account-file.ts";
import { type MarginReport, marginReport } from "../../risk/report.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { needed } from "../input.ts";
import { named } from "../summaries.ts";

export const margin = command({
  ...named("margin"),
  flags: {
    snapshot,
    portfolio: needed("-p, --portfolio <file>", "portfolio file, or an account's with its salt"),
  },
  notes: `
A portfolio file:
  { "account": "desk-7", "positions": [
      { "instrument": "BTC-27MAR26-100000-C", "quantity": "-12.5" },
      { "instrument": "USDC", "quantity": "250000" } ] }`,
  examples: ["ballast margin -s s.json -p desk.json"],
  run(paths, { print, io }) {
    const within = loadSnapshot(paths.snapshot);
    const { account, positions } = loadPositions(paths.portfolio, within);
    const report = marginReport(within, positions);
    print({ account, ...report }, () => describe(account, report, io.color));
  },
});

function describe(account: string, report: MarginReport, color: boolean): string {
  const components = [
    ["delta margin", report.deltaMargin],
    ["gamma margin", report.gammaMargin],
    ["vega margin", report.vegaMargin],
    ["stress add-on", report.stressAddOn],
    ["charges", report.charges],
    ["concentration", report.concentration],
    ["maintenance requirement", report.requirement],
    ["initial requirement", report.initialRequirement],
    ["equity", report.equity],
  ] as const;
  const ranked = [...report.scenarios].sort((a, b) => Number(a.pnl) - Number(b.pnl)).slice(0, 6);
  const ratio =
    report.coverageRatio === null
      ? "nothing required"
      : `${(Number(report.coverageRatio) * 100).toFixed(1)} %`;
  return [
    `${foreign(account)}: tier ${tierText(report.tier, color)}, coverage ${ratio}`,
    table(
      ["USD", ""],
      components.map(([name, value]) => [name, usd(value, 2)]),
      [1],
    ),
    `worst stress loss ${usd(report.stressLoss, 2)} in ${foreign(report.worstScenario ?? "no scenario")}; the worst:`,
    table(
      ["scenario", "P&L"],
      ranked.map(({ name, pnl }) => [name, usd(pnl, 2)]),
      [1],
    ),
  ].join("\n");
}
