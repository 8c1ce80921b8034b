import { accountOf } from "../../../chain/client.ts";
import { type PostedRun, type PostStep, postRun } from "../../../chain/solvency/post.ts";
import { DEFAULT_CHUNK, MAX_CHUNK } from "../../../chain/solvency/run.ts";
import { given } from "../../../given.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import type { RunFile } from "../../../solvency/run-format.ts";
import { command } from "../../command.ts";
import { openSender } from "../../connect.ts";
import { deployment, sender, snapshot } from "../../flags.ts";
import { defaulted, needed, option, optional, saying } from "../../input.ts";
import { parseCount, privateKey } from "../../options.ts";

export const post = command({
  name: "post",
  summary: "bring a complete run on chain: open it, submit its batches, close it",
  arguments: { path: needed("<run>", "the run's folder, or its public half") },
  flags: {
    ...sender("who pays; anyone may"),
    deployment: saying(deployment, "from `ballast deploy --venue`"),
    snapshot: optional(snapshot, "the run's snapshot, for names of assets in errors"),
    venueKeyFile: option(
      "--venue-key-file <file>",
      "the venue's key, which signs the run (default: the key that pays)",
    ),
    chunk: defaulted(
      "--chunk <n>",
      `batches a transaction, 1 to ${MAX_CHUNK}`,
      String(DEFAULT_CHUNK),
      (text, name) => parseCount(text, name, 2),
    ),
  },
  notes: `
Nothing is sent before deadline, snapshot, reserves and the run's own files are found in order.
Interrupted, the same command goes on where the run is on chain; only opening it takes the venue's key.`,
  examples: ["ballast solvency post run --venue-key-file venue.key"],
  async run({ path, chunk, venueKeyFile, ...values }, { print, progress }) {
    const files = new PublicRunFolder(path);
    const within = values.snapshot === undefined ? undefined : loadSnapshot(values.snapshot);
    const { client, deployment: deployed } = await openSender(values);
    const account = venueKeyFile === undefined ? client.account : accountOf(privateKey(venueKeyFile));
    const posted = await progress.step("posting", () =>
      postRun(client, deployed, files, {
        ...{ account, chunk },
        ...given({ snapshot: within }),
        onProgress: (step) => progress.note(stepText(step, files.run)),
      }),
    );
    const gas = posted.steps.reduce((sum, step) => sum + step.gas, 0n);
    print({ ...posted, gas }, () => describe(posted, gas));
  },
});

function stepText({ step, batches, gas }: PostStep, run: RunFile): string {
  const used = `${gas.toLocaleString("en-US")} gas`;
  if (step === "open") return `opened: ${used}`;
  return step === "close" ? `closed: ${used}` : `${batches} of ${run.batches} batches: ${used}`;
}

function describe({ runId, resumedAt, steps }: PostedRun, gas: bigint): string {
  const last = steps.at(-1);
  if (last === undefined) return `run ${runId} is attested already: nothing was sent`;
  const resumed = resumedAt === null ? "" : ` (it was open, with ${resumedAt} batches)`;
  return [
    `run ${runId} is attested${resumed}`,
    `  ${steps.length} transactions, ${gas.toLocaleString("en-US")} gas; the last is ${last.transaction}`,
  ].join("\n");
}
