import { given } from "../../given.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { force, output, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { defaulted, needed, option, optional } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { oneOf, parseCount } from "../options.ts";
import { checkSameResult } from "../results.ts";
import { networkFlags } from "../venue-flags.ts";

export const pull = command({
  name: "pull",
  summary: "read an account at an exchange into a portfolio, as it is now",
  flags: {
    ...lotFlags,
    ...networkFlags,
    exchange: defaulted(
      "--venue <name>",
      "deribit or derive",
      "deribit",
      oneOf("venue", ["deribit", "derive"]),
    ),
    output: output("where to write the portfolio (secret)"),
    force,
    account: needed("--account <name>", "what the account is called in Ballast"),
    keyFile: {
      ...needed("--key-file <file>", "the exchange's key, which may read and nothing else (secret)"),
      variable: "BALLAST_VENUE_KEY_FILE",
    },
    subaccount: option("--subaccount <number>", "Deribit's, by its main account's key; Derive's", parseCount),
    snapshot: optional(snapshot, "take its lots, and refuse what it has no row for"),
    leaveOut: option(
      "--leave-out <names...>",
      "positions, and assets without a price, to leave out on purpose",
    ),
  },
  notes: `
deribit  {"clientId": "…", "clientSecret": "…"} of the scope account:read trade:read
derive   {"wallet": "0x…", "sessionKey": "0x…"} of a session key that may read

That is what the key file holds. The secret itself is never sent: it signs the moment.

What is read is what the exchange tells its customer: self-declared, as of its moment. Nothing shows to others that it is all that the customer has.`,
  examples: [
    "ballast portfolio pull --account desk --key-file deribit.json -s snapshot.json -o portfolio.json",
  ],
  async run(values, { print, progress }) {
    const { output: path, lots, lotsFile, snapshot: within, account, ...rest } = values;
    const { pullAccount } = await import("../../venues/pull.ts");
    const { declaration } = await import("../../venues/venue.ts");
    const rows = within === undefined ? undefined : loadSnapshot(within);
    const { exchange, keyFile, network, url, subaccount, leaveOut } = rest;
    const reading = await progress.step("reading the account", () =>
      pullAccount({
        exchange,
        account,
        keyFile,
        network,
        snapshot: () => rows,
        ...given({ url, subaccount, leaveOut, lots: lotsOf(given({ lots, lotsFile })) }),
      }),
    );
    const content = `${JSON.stringify(reading.portfolio, null, 2)}\n`;
    checkSameResult(path, content, values);
    writeFileAtomic(path, content, 0o600);
    const { notes, declaredBy, portfolio } = reading;
    const result = {
      file: path,
      account,
      venue: reading.venue,
      declaredBy,
      asOf: new Date(Number(reading.asOf)).toISOString(),
      positions: portfolio.positions.length,
      notes,
    };
    print(result, () =>
      [
        `${foreign(path)}: ${foreign(account)}, ${result.positions} positions`,
        declaration(reading),
        ...notes.map((note) => `note: ${foreign(note)}`),
      ].join("\n"),
    );
  },
});
