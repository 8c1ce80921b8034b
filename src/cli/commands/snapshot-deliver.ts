import { recordDeliveries } from "../../chain/snapshot/delivery.ts";
import { formatField } from "../../math/field.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { openSender } from "../connect.ts";
import { sender, snapshot } from "../flags.ts";
import { sent } from "../format.ts";
import { saying } from "../input.ts";

/** `ballast snapshot deliver`: what expired, into the delivery book. */
export const deliver = command({
  name: "deliver",
  summary: "show a published snapshot's settled rows to the delivery book; anyone may",
  flags: { snapshot: saying(snapshot, "a published snapshot, built with --previous"), ...sender("who pays") },
  notes: `
The first snapshot that has an expired instrument's row fixes what it is worth: final an hour later, unless one of an earlier time
is shown until then. A snapshot with another value than the final one is void from then on, and gives nothing.`,
  examples: ["ballast snapshot deliver -s s.json"],
  async run(values, { print, progress }) {
    const shown = loadSnapshot(values.snapshot);
    const { client, deployment } = await openSender(values);
    const receipts = await progress.step("showing what expired is worth", () =>
      recordDeliveries(client, deployment, shown),
    );
    const id = formatField(shown.snapshotId);
    print(
      { snapshotId: id, transactions: receipts.map(sent) },
      () => `the delivery book has seen snapshot ${id}`,
    );
  },
});
