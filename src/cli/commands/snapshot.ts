import { buildSnapshotOf } from "../../actions/snapshot/build-file.ts";
import { rowsJson, snapshotJson } from "../../actions/snapshot/json.ts";
import { usd } from "../../display.ts";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { parseStablecoin } from "../../market/collateral.ts";
import type { SampleShock } from "../../market/sample.ts";
import { parseDecimal } from "../../math/decimal.ts";
import { type Wad, wad } from "../../math/wad.ts";
import { tableInstance } from "../../prover/circuits.ts";
import { loadPolicy } from "../../risk/policy-file.ts";
import { encodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { loadSnapshot, saveSnapshot } from "../../risk/snapshot-file.ts";
import { command, group } from "../command.ts";
import { force, output, snapshot as snapshotFlag } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { table } from "../format.ts";
import { defaulted, onlyGiven, option, optional, toggle } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { parseCount } from "../options.ts";
import { describeRules } from "../policy-text.ts";
import { checkSameResult } from "../results.ts";
import { named } from "../summaries.ts";
import { drop, enter, newest } from "./snapshot-clock.ts";
import { deliver } from "./snapshot-deliver.ts";

const build = command({
  name: "build",
  summary: "derive a snapshot from a market and a policy",
  flags: {
    ...lotFlags,
    output: output("where to write the snapshot"),
    force,
    chain: option(
      "--chain <files...>",
      "option chain: a CSV, Deribit book summaries, or ballast.chain/1 (default: the bundled sample)",
    ),
    perpetuals: option("--perpetuals <file>", "prices of the perpetuals, for a CSV chain"),
    policy: defaulted(
      "--policy <name|file>",
      "les, deribit-pm, span-16, a version such as les/1, or a policy file",
      "les",
      (text) => loadPolicy(text),
    ),
    rows: option(
      "--rows <n>",
      "at most so many instruments, the most traded first (default: 240)",
      parseCount,
    ),
    circuit: option(
      "--instance <name>",
      "for this circuit: its scenarios, and as many rows as it has",
      (text) => tableInstance(text),
    ),
    include: option("--include <instruments...>", "instruments that must be in"),
    underlyings: option(
      "--underlying <assets...>",
      "keep these two alone; they must be the policy's (default: the policy's)",
    ),
    stablecoins: option(
      "--stablecoin <assets...>",
      "further collateral: USDT at 1 USD, USDT=0.9993 at a price",
      (text) => parseStablecoin(text),
    ),
    registry: option(
      "--registry <file>",
      "instrument ids that stay the same from snapshot to snapshot; appended to",
    ),
    previous: option(
      "--previous <file>",
      "the snapshot before: what expired since stays in, settled",
      (file) => loadSnapshot(file),
    ),
    deliveries: option(
      "--delivery <expiry=price...>",
      "delivery prices of what expired since, USD, e.g. BTC-6FEB26=84310.25",
      parseDelivery,
    ),
    held: option(
      "--held <instruments...>",
      "of what was settled before, what somebody may hold still; the rest goes (default: all stays)",
    ),
    maxAge: option("--max-age <seconds>", "refuse a market older than this", parseCount),
    oracleRound: option(
      "--oracle-round <n>",
      "the volatility oracle's final round that it names, where the chain's oracle wants one",
      parseCount,
    ),
    strict: toggle("--strict", "a quote that can't be used is an error (default: left out, and listed)"),
    sampleShock: option("--sample-shock <spot,vol>", "move the bundled sample, e.g. -0.15,0.6", parseShock),
  },
  notes: "The same market and policy give the same snapshotId on every machine.",
  examples: [
    "ballast snapshot build -o s.json",
    "ballast snapshot build --chain btc.json eth.json --policy span-16 --rows 120 -o s.json",
    "ballast snapshot build --chain btc.json eth.json --previous s.json --delivery BTC-6FEB26=84310.25 ETH-6FEB26=2781.4 -o t.json",
  ],
  async run({ output: path, lots, lotsFile, deliveries: prices, ...values }, { print, progress }) {
    const deliveries = prices === undefined ? undefined : new Map(prices);
    const known = given({ lots: lotsOf(given({ lots, lotsFile })), deliveries });
    const { snapshot: built, market } = await buildSnapshotOf({ ...values, ...known }, progress);
    checkSameResult(path, encodeSnapshot(built), values);
    saveSnapshot(path, built);
    const { excluded, notes = [] } = market;
    print({ file: path, ...snapshotJson(built), excluded, notes }, () =>
      [
        path,
        ...describe(built),
        ...notes.map((note) => `  note      ${foreign(note)}`),
        ...excluded.slice(0, 5).map(({ name, reason }) => `  left out  ${foreign(name)}: ${foreign(reason)}`),
        ...(excluded.length > 5 ? [`  … and ${excluded.length - 5} more (--json lists all)`] : []),
      ].join("\n"),
    );
  },
});

const verify = command({
  name: "verify",
  summary: "derive every row of a snapshot file again and compare all hashes",
  arguments: { file: option("[file]", "the snapshot; or give it with -s") },
  flags: { snapshot: onlyGiven(snapshotFlag, "the same as the argument") },
  examples: ["ballast snapshot verify s.json"],
  run(values, { print }) {
    const file = fileOf(values);
    const loaded = loadSnapshot(file);
    print({ valid: true, file, ...snapshotJson(loaded) }, () =>
      ["valid: every row follows from the inputs", ...describe(loaded)].join("\n"),
    );
  },
});

const show = command({
  name: "show",
  summary: "list a snapshot's instruments with lot, value and charges, or the market that they follow from",
  arguments: { file: option("[file]", "the snapshot; or give it with -s") },
  flags: {
    snapshot: optional(snapshotFlag, "the same as the argument"),
    inputs: toggle("--inputs", "prices and volatilities that went in, to compare with other sources"),
  },
  notes: `
A forward is that of the expiry, or its delivery price once it is settled, a perpetual's mark price or a collateral asset's index price, in USD; an implied volatility
is a fraction a year (0.6 is 60 %); bid and ask are in the venue's own unit.`,
  examples: ["ballast snapshot show s.json", "ballast snapshot show s.json --inputs"],
  run(values, { print }) {
    const loaded = loadSnapshot(fileOf(values));
    if (values.inputs) {
      const { source, instruments } = loaded.inputs;
      print({ ...snapshotJson(loaded), source, inputs: instruments }, () =>
        [...describe(loaded), `  market ${foreign(source)}`, inputTable(loaded)].join("\n"),
      );
      return;
    }
    const rows = rowsJson(loaded);
    print({ ...snapshotJson(loaded), rows }, () =>
      [
        ...describe(loaded),
        table(
          ["instrument", "id", "lot", "value/lot", "worst/lot", "long charge", "short charge"],
          rows.map((row) => [
            row.instrument,
            String(row.id),
            row.lot,
            ...[row.markPerLot, row.worstPerLot, row.longCharge, row.shortCharge].map((value) =>
              usd(value, 2),
            ),
          ]),
          [1, 2, 3, 4, 5, 6],
        ),
      ].join("\n"),
    );
  },
});

export const snapshot = group({
  ...named("snapshot"),
  commands: [build, verify, show, newest, enter, drop, deliver],
});

/** What a command is about is its argument; a snapshot may also be given as everywhere, with -s. @throws {BallastError} INVALID_INPUT. */
function fileOf(given: { readonly file?: string; readonly snapshot?: string }): string {
  const path = given.file ?? given.snapshot;
  if (path !== undefined) return path;
  throw new BallastError("INVALID_INPUT", "No snapshot was given.", { hint: "Name its file." });
}

/** `-0.15,0.6` as relative moves of spot and volatility. */
export function parseShock(text: string): SampleShock {
  const [spot, vol, extra] = text.split(",");
  if (spot === undefined || vol === undefined || extra !== undefined) {
    throw new BallastError("INVALID_INPUT", "A shock is two relative moves, spot and volatility.", {
      hint: "For example -0.15,0.6 for a fall of 15 % with volatility up 60 %.",
    });
  }
  return {
    spot: wad(parseDecimal(spot, 18, "spot shock")),
    vol: wad(parseDecimal(vol, 18, "volatility shock")),
  };
}

/** `BTC-6FEB26=84310.25` as an expiry and its price, 1e18. */
export function parseDelivery(text: string): readonly [expiry: string, price: Wad] {
  const [expiry = "", price, extra] = text.split("=");
  if (
    price !== undefined &&
    extra === undefined &&
    /^[A-Z][A-Z0-9]*-[0-9]{1,2}[A-Z]{3}[0-9]{2}$/.test(expiry)
  )
    return [expiry, wad(parseDecimal(price, 18, `delivery price of ${expiry}`))];
  throw new BallastError("INVALID_INPUT", "A delivery price is that of an underlying's expiry, in USD.", {
    hint: "For example BTC-6FEB26=84310.25.",
  });
}

/** What the venue quoted, as the snapshot has it. */
function inputTable({ inputs }: Snapshot): string {
  const rows = inputs.instruments.map((row) => [
    row.name,
    String(row.id),
    row.forward,
    row.settled === true ? "settled" : (row.impliedVolatility ?? ""),
    row.bid ?? "",
    row.ask ?? "",
  ]);
  return table(["instrument", "id", "forward", "implied vol", "bid", "ask"], rows, [1, 2, 3, 4, 5]);
}

function describe(built: Snapshot): string[] {
  const { snapshotId, time, policy, rows, scenarios, underlyings } = snapshotJson(built);
  const prices = underlyings
    .map(({ symbol, indexPrice }) => `${foreign(symbol)} ${usd(indexPrice, 2)}`)
    .join(", ");
  return [
    `  snapshot ${snapshotId}`,
    `  ${time}  ${prices}`,
    `  policy ${policy}, ${scenarios} scenarios, ${rows} instruments`,
    ...describeRules(built.policy),
  ];
}
