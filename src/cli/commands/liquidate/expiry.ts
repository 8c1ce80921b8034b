import { closeExpiredOf } from "../../../actions/liquidation/expiry.ts";
import { readAfterClosings, readDeliveryAccount } from "../../../chain/liquidation/expiry.ts";
import { accountHex } from "../../../liquidation/account.ts";
import { loadAccount, saveAccount } from "../../../liquidation/account-file.ts";
import { liquidationCircuits } from "../../../liquidation/circuits.ts";
import { formatDecimal } from "../../../math/decimal.ts";
import { instrumentName } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { circuit, output, snapshot } from "../../flags.ts";
import { table } from "../../format.ts";
import { needed, option, saying } from "../../input.ts";
import { placed } from "../../liquidation/flags.ts";
import { readingCommand } from "../../liquidation/kinds.ts";
import { provingCommand } from "../../liquidation/proving-command.ts";

const closeExpired = provingCommand({
  name: "close-expired",
  summary: "as anyone with the opening: close what an account holds of expired instruments",
  who: "who pays",
  flags: {
    account: needed("--account <file>", "the account as the ledger has it"),
    rowsOf: option(
      "--rows-of <snapshot>",
      "an older snapshot that has the account's rows, where the newest one doesn't",
      (file) => loadSnapshot(file),
    ),
    output: output("where the account as it will be goes"),
  },
  notes: `
At what the delivery book has for good (ballast snapshot deliver), in a case or not, once in ten minutes. Not while the account's
breach is proven and no case is open, and of a locked account by its owner alone. Whoever else has the opening derives the new one.`,
  examples: ["ballast liquidate close-expired --account desk.json -o desk.2.json"],
  needs: ["deleverage"],
  load(values, newest) {
    const file = loadAccount(values.account, values.rowsOf ?? newest);
    return { inputs: [file.account], places: [placed(file, values.output)], account: file.account };
  },
  async act(desk, { account, output: file, rowsOf }) {
    const { closings, receipt } = await closeExpiredOf(desk, account);
    const names = closings.map(({ instrumentId }) => instrumentName(rowsOf ?? desk.snapshot, instrumentId));
    return { result: { closed: names, file }, receipt, text: `closed: ${names.join(", ")}` };
  },
});

const afterExpiry = readingCommand({
  name: "after-expiry",
  summary: "what others' closings of expired instruments left of an account, from the chain alone",
  flags: {
    account: needed("--account <file>", "the account before them: its owner's, or as it was disclosed"),
    snapshot: saying(snapshot, "a snapshot that has the account's rows"),
    circuit,
    output: output("where the account goes"),
  },
  examples: ["ballast liquidate after-expiry --account desk.json -s s.json -o desk.2.json"],
  load: ({ account, snapshot, circuit }) => {
    const loaded = loadSnapshot(snapshot);
    const { slots } = liquidationCircuits(circuit).coverage;
    return { snapshot: loaded, file: loadAccount(account, loaded), slots };
  },
  async act({ reader, system }, { file, slots, output, snapshot }) {
    const account = await readAfterClosings(reader, system, file.account, slots);
    saveAccount(output, { ...file, account }, snapshot);
    const accountId = accountHex(account.accountId);
    return { result: { accountId, file: output }, text: `${output}: the account as the ledger has it` };
  },
});

const delivered = readingCommand({
  name: "delivered",
  summary: "the delivery account, which a solvency run counts: the other side of what one side has closed",
  flags: { snapshot: saying(snapshot, "the run's snapshot, for names and lots") },
  notes:
    "Its positions are public; put them into the run's portfolios under a name of their own, under any salt.",
  examples: ["ballast liquidate delivered -s s.json"],
  load: ({ snapshot }) => ({ rows: loadSnapshot(snapshot).rows }),
  async act({ reader, system }, { rows }) {
    const positions = (await readDeliveryAccount(reader, system)).map(({ instrumentId, quantity }) => {
      const lot = rows.find((row) => row.instrumentId === instrumentId)?.instrument.lotSize;
      return {
        instrument: instrumentName({ rows }, instrumentId),
        lots: quantity,
        quantity: lot === undefined ? null : formatDecimal(quantity * lot, 18),
      };
    });
    const lines = positions.map(({ instrument, lots, quantity }) => [
      instrument,
      String(lots),
      quantity ?? "",
    ]);
    const text =
      positions.length === 0
        ? "nothing: both sides are closed"
        : table(["instrument", "lots", "quantity"], lines, [1, 2]);
    return { result: { positions }, text };
  },
});

export const expiry = [closeExpired, afterExpiry, delivered];
