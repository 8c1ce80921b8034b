import { given } from "../../given.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { force, output, snapshot } from "../flags.ts";
import { foreign } from "../foreign.ts";
import { needed, option, optional } from "../input.ts";
import { lotFlags, lotsOf } from "../lots.ts";
import { parseCount } from "../options.ts";
import { checkSameResult } from "../results.ts";
import { venueFlags } from "../venue-flags.ts";

export const pull = command({
  name: "pull",
  summary: "read an account at an exchange into a portfolio, as it is now",
  flags: {
    ...lotFlags,
    ...venueFlags,
    output: output("where to write the portfolio (secret)"),
    force,
    account: needed("--account <name>", "what the account is called in Ballast"),
    keyFile: {
      ...needed("--key-file <file>", "the exchange's key, which may read and nothing else (secret)"),
      variable: "BALLAST_VENUE_KEY_FILE",
    },
    subaccount: option("--subaccount <number>", "a subaccount, by its main account's key", parseCount),
    snapshot: optional(snapshot, "take its lots, and refuse what it has no row for"),
    leaveOut: option(
      "--leave-out <names...>",
      "positions, and assets without a price, to leave out on purpose",
    ),
  },
  notes: `
The key file holds {"clientId": "…", "clientSecret": "…"} of a key with the scope account:read trade:read. The secret itself is never sent.

What is read is what the exchange tells its customer: self-declared, as of its moment. Nothing shows to others that it is all that the customer has.`,
  examples: [
    "ballast portfolio pull --account desk --key-file deribit.json -s snapshot.json -o portfolio.json",
  ],
  async run(values, { print, progress }) {
    const { output: path, lots, lotsFile, snapshot: within, keyFile, account, network } = values;
    const { url, subaccount, leaveOut } = values;
    const { deribitAccountVenue } = await import("../../venues/deribit/account.ts");
    const { loadDeribitKey } = await import("../../venues/deribit/credentials.ts");
    const { pullOptions } = await import("../../venues/deribit/pull.ts");
    const { firstReading } = await import("../../venues/first.ts");
    const { declaration } = await import("../../venues/venue.ts");
    const rows = within === undefined ? undefined : loadSnapshot(within);
    const venue = deribitAccountVenue({
      ...pullOptions(),
      network,
      account,
      credentials: loadDeribitKey(keyFile),
      snapshot: () => rows,
      ...given({ url, subaccount, leaveOut, lots: lotsOf(given({ lots, lotsFile })) }),
    });
    const reading = await progress.step("reading the account", () =>
      firstReading(venue.accounts(new AbortController().signal)),
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
