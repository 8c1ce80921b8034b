import { readAnswer } from "../../actions/market/answer-file.ts";
import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { readInstrumentName } from "../../market/instruments.ts";
import type { LotLookup } from "../../market/lots.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { ACCOUNT_SOURCES, convertAccount } from "../../portfolio/convert/convert.ts";
import { type GridEffect, gridEffect } from "../../portfolio/convert/effect.ts";
import { type GridHolding, type LotOrReason, toGrid } from "../../portfolio/convert/grid.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command, group } from "../command.ts";
import { force, output, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table, tierText } from "../format.ts";
import { needed, option, optional, toggle } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { oneOf } from "../options.ts";
import { checkSameResult } from "../results.ts";

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
  run({ files, output: path, ...values }, { print, io }) {
    const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const { asUsdc, from, leaveOut } = values;
    const venue = convertAccount(files.map(readAnswer), given({ asUsdc, from }));
    const account = values.account ?? venue.account;
    if (account === undefined || account === "" || account.length > 200) throw unnamed();
    const lots = lotsOf(values);
    if (lots !== undefined && within !== undefined) throw twoLots();
    const grid = toGrid(venue, {
      lotOf: within === undefined ? lotsOfNames(lots) : lotsOfRows(within),
      round: values.round,
      ...given({ leaveOut }),
    });
    const holdings = [...grid.balances, ...grid.positions];
    const positions = holdings
      .filter(({ kept }) => kept !== 0n)
      .map(({ instrument, kept }) => ({ instrument, quantity: formatDecimal(kept, 18) }));
    const effect = within === undefined ? undefined : gridEffect(within, holdings);
    const content = `${JSON.stringify({ account, positions }, null, 2)}\n`;
    checkSameResult(path, content, values);
    writeFileAtomic(path, content, 0o600);
    const result: Result = {
      file: path,
      account,
      positions: positions.length,
      dust: offGrid(grid.balances),
      rounded: offGrid(grid.positions),
      leftOut: grid.leftOut,
      notes: venue.notes,
      effect: effect ?? null,
    };
    print(result, () => describe(result, io.color));
  },
});

export const portfolio = group({
  name: "portfolio",
  summary: "make a portfolio file of a venue's answers",
  commands: [convert],
});

/** A holding that wasn't a whole number of lots; decimal texts. */
interface Rounding {
  readonly instrument: string;
  readonly held: string;
  readonly kept: string;
  /** What was held beyond what is kept. */
  readonly rest: string;
}

interface Result {
  readonly file: string;
  readonly account: string;
  readonly positions: number;
  readonly dust: readonly Rounding[];
  readonly rounded: readonly Rounding[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
  readonly effect: GridEffect | null;
}

function offGrid(holdings: readonly GridHolding[]): Rounding[] {
  return holdings
    .filter(({ held, kept }) => held !== kept)
    .map(({ instrument, held, kept }) => ({
      instrument,
      held: formatDecimal(held, 18),
      kept: formatDecimal(kept, 18),
      rest: formatDecimal(held - kept, 18),
    }));
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

function lotsOfRows(snapshot: Snapshot): (instrument: string) => LotOrReason {
  const lots = new Map(snapshot.rows.map(({ instrument }) => [instrument.name, instrument.lotSize]));
  return (name) => {
    const lot = lots.get(name);
    return lot === undefined ? { reason: "not in the snapshot" } : { lot };
  };
}

function lotsOfNames(lots: LotLookup | undefined): (instrument: string) => LotOrReason {
  return (name) => {
    const instrument = readInstrumentName(name, lots);
    return "reason" in instrument ? { reason: instrument.reason } : { lot: instrument.lotSize };
  };
}

function unnamed(): BallastError {
  return new BallastError("INVALID_INPUT", "The account has no name of 1 to 200 characters.", {
    hint: "Give one: --account desk-7. The account's id is made of it.",
  });
}

function twoLots(): BallastError {
  return new BallastError("INVALID_INPUT", "Lots are the snapshot's where one is given.", {
    hint: "Leave out --lots and --lots-file, or --snapshot.",
  });
}
