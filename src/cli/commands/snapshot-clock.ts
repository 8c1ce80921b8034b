import { dropVoid, enterSnapshot, readClock } from "../../chain/coverage/clock.ts";
import { liquidationOf } from "../../chain/liquidation/system.ts";
import { timeLeft, timeText } from "../../display.ts";
import { formatField } from "../../math/field.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { command } from "../command.ts";
import { openReader, openSender } from "../connect.ts";
import { reader, sender, snapshot } from "../flags.ts";
import { sent } from "../format.ts";
import { saying } from "../input.ts";

/** `ballast snapshot newest`: by which prices money moves now, and whether time runs. */
export const newest = command({
  name: "newest",
  summary: "the newest snapshot of a liquidation, which money follows from, and whether served time runs",
  flags: reader,
  notes: `
Windows of cases, challenges and auctions count served time: it runs while a snapshot serves, and stands while none does. Exit code 1
says that it stands, or that the newest snapshot was proven wrong.`,
  examples: ["ballast snapshot newest"],
  async run(values, { print, fail }) {
    const opened = await openReader(values, liquidationOf);
    const state = await readClock(opened.reader, liquidationOf(opened.deployment).clock);
    const { newest: found, length, served, servesUntil, isServing, time, parameters } = state;
    if (!isServing || found?.isVoid === true) fail();
    const newestOf = found === undefined ? null : { ...found, snapshotId: formatField(found.snapshotId) };
    print({ newest: newestOf, length, served, servesUntil, isServing, time, parameters }, () =>
      [
        newestOf === null
          ? "no snapshot is the newest yet"
          : `snapshot ${newestOf.snapshotId}${newestOf.isVoid ? ", PROVEN WRONG: ballast snapshot drop" : ` of ${timeText(newestOf.time)}`}`,
        isServing
          ? `  served time runs: ${timeLeft(servesUntil, time)} without another`
          : "  served time stands: no window ends until another snapshot is the newest",
        `  ${served} s served, by ${length} snapshots`,
      ].join("\n"),
    );
  },
});

/** `ballast snapshot enter`: for one that lacked a point when it was published. */
export const enter = command({
  name: "enter",
  summary: "make a published snapshot the newest, where `ballast publish` could not yet; anyone may",
  flags: { snapshot: saying(snapshot, "a published snapshot"), ...sender("who pays") },
  examples: ["ballast snapshot enter -s s.json"],
  async run(values, { print, progress }) {
    const { snapshotId } = loadSnapshot(values.snapshot);
    const { client, deployment } = await openSender(values, liquidationOf);
    const { clock } = liquidationOf(deployment);
    const receipt = await progress.step("making it the newest", () =>
      enterSnapshot(client, clock, snapshotId),
    );
    const id = formatField(snapshotId);
    print({ snapshotId: id, ...sent(receipt) }, () => `snapshot ${id} is the newest`);
  },
});

/** `ballast snapshot drop`: after a newest snapshot was proven wrong. */
export const drop = command({
  name: "drop",
  summary: "go back from a newest snapshot that was proven wrong to the one before; anyone may",
  flags: sender("who pays"),
  examples: ["ballast snapshot drop"],
  async run(values, { print, progress }) {
    const { client, deployment } = await openSender(values, liquidationOf);
    const { clock } = liquidationOf(deployment);
    const receipt = await progress.step("going back", () => dropVoid(client, clock));
    const { newest: found } = await readClock(client, clock);
    const snapshotId = found === undefined ? null : formatField(found.snapshotId);
    print({ newest: snapshotId, ...sent(receipt) }, () =>
      snapshotId === null ? "no snapshot is left" : `snapshot ${snapshotId} is the newest again`,
    );
  },
});
