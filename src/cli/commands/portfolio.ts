import { readAnswer } from "../../actions/market/answer-file.ts";
import { type ConvertedAccount, convertToPortfolio } from "../../actions/market/convert-account.ts";
import { usd } from "../../display.ts";
import { given } from "../../given.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { ACCOUNT_SOURCES } from "../../portfolio/convert/convert.ts";
import type { GridEffect } from "../../portfolio/convert/effect.ts";
import type { Rounding } from "../../portfolio/convert/lots.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command, group } from "../command.ts";
import { force, output, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { needed, option, optional, toggle } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { oneOf } from "../options.ts";
import { checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";
import { pull } from "./portfolio-pull.ts";

const convert = command({
  name: "convert",
  summary: "convert positions and balances into a portfolio, and show what isn't a whole lot",
  arguments: { files: needed("<files...>", "a venue's answers on one account, as JSON") },
  flags: {
    ...lotFlags,
    output: output("where to write the portfolio (secret)"),
    force,
    account: option(
      "--account <name>",
      "the account's name (default: the venue's number, where there is one)",
    ),
    snapshot: optional(snapshot, "take its lots, and say what rounding changes in the requirement"),
    from: option(
      "--from <source>",
      "deribit, ccxt, derive or ballast (default: seen from the content)",
      oneOf("source", ACCOUNT_SOURCES),
    ),
    round: toggle("--round", "round positions to the nearest lot (default: off the grid is an error)"),
    leaveOut: option("--leave-out <instruments...>", "positions to leave out on purpose"),
    asUsdc: option("--as-usdc <currencies...>", "take what settles in these for USDC, one to one: USDT"),
  },
  notes: `
deribit  private/get_positions and get_account_summary (or summaries)
ccxt     fetchPositions and fetchBalance as JSON
derive   private/get_subaccount
ballast  a portfolio whose quantities aren't whole lots

Balances are rounded down to whole lots; what is left is shown as dust.`,
  examples: ["ballast portfolio convert pos.json sum.json --account a -s s.json -o p.json"],
  run({ files, output: path, lots, lotsFile, snapshot: within, ...values }, { print, io }) {
    const { positions, ...converted } = convertToPortfolio(files.map(readAnswer), {
      ...values,
      ...given({
        snapshot: within === undefined ? undefined : loadSnapshot(within),
        lots: lotsOf(given({ lots, lotsFile })),
      }),
    });
    const content = `${JSON.stringify({ account: converted.account, positions }, null, 2)}\n`;
    checkSameResult(path, content, values);
    writeFileAtomic(path, content, 0o600);
    const result = { file: path, ...converted, positions: positions.length };
    print(result, () => describe(result, io.color));
  },
});

export const portfolio = group({
  ...named("portfolio"),
  commands: [convert, pull],
});

interface Result extends Omit<ConvertedAccount, "positions"> {
  readonly file: string;
  readonly positions: number;
}

function describe(result: Result, color: boolean): string {
  const { dust, rounded, leftOut, notes, effect } = result;
  const roundings = (title: string, list: readonly Rounding[]): string[] =>
    list.length === 0
      ? []
      : [
          title,
          table(
            ["", "held", "kept", "rest"],
            list.map(({ instrument, held, kept, rest }) => [instrument, held, kept, rest]),
            [1, 2, 3],
          ),
        ];
  return [
    `${foreign(result.file)}: ${foreign(result.account)}, ${result.positions} positions`,
    ...roundings("dust, which stays out of the portfolio:", dust),
    ...roundings("positions rounded to whole lots:", rounded),
    ...leftOut.map(({ name, reason }) => `left out ${foreign(name)}: ${foreign(reason)}`),
    ...notes.map((note) => `note: ${foreign(note)}`),
    ...(effect === null || dust.length + rounded.length === 0 ? [] : effectLines(effect, color)),
  ].join("\n");
}

function effectLines(effect: GridEffect, color: boolean): string[] {
  const rows = [
    ["equity", effect.equity],
    ["maintenance requirement", effect.requirement],
    ["initial requirement", effect.initialRequirement],
  ] as const;
  const { held, kept } = effect.tier;
  return [
    "what whole lots change, USD:",
    table(
      ["", "as held", "in lots", "change"],
      rows.map(([name, figure]) => [name, usd(figure.held, 2), usd(figure.kept, 2), usd(figure.change, 6)]),
      [1, 2, 3],
    ),
    held === kept
      ? `tier ${tierText(kept, color)}, as before`
      : `tier ${tierText(kept, color)}, and ${tierText(held, color)} as held`,
  ];
}
