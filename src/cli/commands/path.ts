import { planPath } from "../../actions/liquidation/plan-path.ts";
import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { loadPositions } from "../../liquidation/account-file.ts";
import { type PathPlan, pathLacking, pathPlan } from "../../liquidation/path-plan.ts";
import { loadChain } from "../../market/chain-file.ts";
import { parseDecimal } from "../../math/decimal.ts";
import type { Wad } from "../../math/wad.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { force, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { defaulted, needed, option } from "../input.ts";
import { oneOf, parseCount } from "../options.ts";
import { checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";

/** Most slices of a plan. */
const MOST_SLICES = 100;

export const path = command({
  ...named("path"),
  flags: {
    snapshot,
    portfolio: needed("-p, --portfolio <file>", "portfolio file, or an account's with its salt"),
    target: defaulted("--target <tier>", "the tier to reach: 0, 1 or 2", "1", tierOf),
    margin: defaulted("--margin <percent>", "equity beyond that tier's threshold", "0.5", percentOf),
    slices: defaulted("--slices <count>", "slices to part it into, at most", "1", slicesOf),
    first: defaulted(
      "--first <what>",
      "what early slices do: cost or gamma",
      "cost",
      oneOf("order", ["cost", "gamma"]),
    ),
    maxPenalty: option(
      "--max-penalty <percent>",
      "most that a slice may cost of the margin that it frees",
      percentOf,
    ),
    only: option("--only <instruments...>", "trade nothing else"),
    maxLegs: option("--max-legs <count>", "trade at most so many instruments", parseCount),
    legFee: option("--leg-fee <usd>", "a fee for each instrument that is traded", (text) =>
      positive(parseDecimal(text, 6, "fee")),
    ),
    chain: option("--chain <file>", "chain file with open interest, which caps what may be traded"),
    output: option("-o, --output <file>", "write the plan, for ballast liquidate reduce --plan"),
    force,
  },
  notes: `
The cheapest trades that bring an account to a tier, by spread, depth and fees of the snapshot's quotes, and the slices in which
they may be made: each is a reduction by the exact rules (requirement, short gamma and tier no worse). No path costs less than
the lower bound; its certificate is in the JSON. Exit code 1: no trades reach the tier; the least cash that does is said.
How it is found, and what depth is assumed: docs/protocol/path.md`,
  examples: [
    "ballast path -s s.json -p desk.json",
    "ballast path -s s.json -p desk.json --slices 4 --first gamma -o plan.json",
  ],
  async run(values, { print, fail, io, progress }) {
    const within = loadSnapshot(values.snapshot);
    const { account, positions } = loadPositions(values.portfolio, within);
    const { target: tier, margin, slices, first, maxPenalty, maxLegs, legFee, only, chain, output } = values;
    const target = { tier, margin };
    const open = chain === undefined ? undefined : openInterest(chain);
    const { loadHighs } = await import("../../risk/path/highs.ts");
    const found = await progress.step("looking for the cheapest path", async () => {
      const options = { target, slices, order: first, ...given({ maxPenalty, maxLegs, legFee, only, open }) };
      return planPath(within, positions, options, await loadHighs());
    });
    if (!found.found) {
      fail();
      const lacking = pathLacking(within, account, found);
      print(lacking, () => describeLacking(account, tier, lacking));
      return;
    }
    const plan = pathPlan(within, account, target, found);
    if (output !== undefined) {
      const text = `${JSON.stringify(plan, null, 2)}\n`;
      checkSameResult(output, text, values);
      writeFileAtomic(output, text, 0o600);
    }
    print(plan, () => describe(plan, io.color));
  },
});

function describeLacking(account: string, tier: number, { lacking }: ReturnType<typeof pathLacking>): string {
  return [
    `${foreign(account)}: no trades reach tier ${tier}.`,
    `The least cash that does, with the best trades: ${lacking} lots of the quote currency.`,
  ].join("\n");
}

function describe(plan: PathPlan, color: boolean): string {
  const { account, before, slices, cost, bound, gap, convex, target } = plan;
  const last = slices.at(-1);
  if (last === undefined)
    return `${foreign(account)}: in tier ${before.tier} already, at tier ${target.tier} with its margin: nothing to trade`;
  const count = slices.length === 1 ? "one slice" : `${slices.length} slices`;
  const states = [before, ...slices.map(({ after }) => after)];
  const percent = (ratio: string | null): string =>
    ratio === null ? "" : `${(Number(ratio) * 100).toFixed(1)} %`;
  return [
    `${foreign(account)}: tier ${tierText(before.tier as 0, color)} to ${tierText(last.after.tier as 0, color)} in ${count}, for ${usd(cost, 2)} USD`,
    `No path costs less than ${usd(bound, 2)} USD, ${(Number(gap) * 100).toFixed(2)} % below it.`,
    ...(convex
      ? []
      : ["The problem isn't convex: the bound is that of one without fees for legs and limits."]),
    table(
      ["slice", "hands over", ""],
      slices.flatMap(({ moved, cash }, i) => [
        ...moved.map(({ instrument, quantity }) => [String(i + 1), foreign(instrument), quantity]),
        [String(i + 1), "for lots of cash", cash],
      ]),
      [0, 2],
    ),
    table(
      ["after", "cost", "equity", "requirement", "coverage", "tier"],
      states.map(({ equity, requirement, coverageRatio, tier }, i) => {
        const paid = slices[i - 1]?.cost ?? "0";
        return [String(i), usd(paid, 2), usd(equity), usd(requirement), percent(coverageRatio), String(tier)];
      }),
      [0, 1, 2, 3, 4, 5],
    ),
    table(
      ["after", "", "delta", "gamma", "vega"],
      states.flatMap(({ underlyings }, i) =>
        underlyings.map(({ symbol, dollarDelta, dollarGamma, dollarVega }) => [
          String(i),
          foreign(symbol),
          ...[dollarDelta, dollarGamma, dollarVega].map((value) => usd(value, 2)),
        ]),
      ),
      [0, 2, 3, 4],
    ),
  ].join("\n");
}

function openInterest(file: string): ReadonlyMap<string, Wad> {
  return new Map(
    loadChain(file).quotes.flatMap(({ instrument: { name }, openInterest: open }) =>
      open === undefined ? [] : [[name, open] as const],
    ),
  );
}

function tierOf(text: string, name: string): 0 | 1 | 2 {
  if (text === "0" || text === "1" || text === "2") return Number(text) as 0 | 1 | 2;
  throw new BallastError("INVALID_INPUT", `${name} is 0, 1 or 2.`, {
    hint: "In tier 0 or 1 a case is cured.",
  });
}

function slicesOf(text: string, name: string): number {
  const slices = parseCount(text, name);
  if (slices <= MOST_SLICES) return slices;
  throw new BallastError("INVALID_INPUT", `${name} is at most ${MOST_SLICES}.`);
}

/** Percent as ppm. @throws {BallastError} INVALID_DECIMAL, INVALID_INPUT. */
function percentOf(text: string, name: string): bigint {
  return positive(parseDecimal(text, 4, name));
}

function positive(value: bigint): bigint {
  if (value >= 0n) return value;
  throw new BallastError("INVALID_INPUT", "Percents and fees of a path are not negative.");
}
