import type { Command } from "commander";
import { accountOf, type ChainClient } from "../../../chain/client.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { type PostedRun, type PostStep, postRun } from "../../../chain/solvency/post.ts";
import { DEFAULT_CHUNK, MAX_CHUNK } from "../../../chain/solvency/run.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { PublicRunFolder } from "../../../solvency/node/folder.ts";
import type { RunFile } from "../../../solvency/run-format.ts";
import { emit } from "../../io.ts";
import { checkChainId, connectWith, parseCount, privateKey } from "../../options.ts";
import type { Runner } from "../../program.ts";

interface Options extends Record<string, unknown> {
  readonly deployment: string;
  readonly rpc: string;
  readonly snapshot?: string;
  readonly venueKeyFile?: string;
  readonly privateKeyFile?: string;
  readonly chunk: string;
}

/** `ballast solvency post` */
export function registerPost(group: Command, run: Runner): void {
  group
    .command("post")
    .description("bring a complete run on chain: open it, submit its batches, close it")
    .argument("<run>", "the run's folder, or its public half")
    .requiredOption("--deployment <file>", "from `ballast deploy --venue`")
    .requiredOption("--rpc <url>", "the chain's node")
    .option("-s, --snapshot <file>", "the run's snapshot, for names of assets in errors")
    .option("--venue-key-file <file>", "the venue's key, which signs the run (default: the key that pays)")
    .option("--private-key-file <file>", "who pays (default: $BALLAST_PRIVATE_KEY); anyone may")
    .option("--chunk <n>", `batches a transaction, 1 to ${MAX_CHUNK}`, String(DEFAULT_CHUNK))
    .addHelpText(
      "after",
      `
Nothing is sent before deadline, snapshot, reserves and the run's own files are found in order.
Interrupted, the same command goes on where the run is on chain; only opening it takes the venue's key.`,
    )
    .action(
      run<Options>(async ({ io, json, progress }, options, [path = ""]) => {
        const files = new PublicRunFolder(path);
        const deployment = loadDeployment(options.deployment);
        const chunk = parseCount(options.chunk, "--chunk", 2);
        const snapshot = options.snapshot === undefined ? undefined : loadSnapshot(options.snapshot);
        const client = await connectWith(options.rpc, options.privateKeyFile);
        checkChainId(client.chainId, deployment);
        const posted = await progress.step("posting", () =>
          postRun(client, deployment, files, {
            account: venueAccount(client, options.venueKeyFile),
            chunk,
            ...(snapshot === undefined ? {} : { snapshot }),
            onProgress: (step) => progress.note(stepText(step, files.run)),
          }),
        );
        const gas = posted.steps.reduce((sum, step) => sum + step.gas, 0n);
        emit(io, json, { ...posted, gas }, () => describe(posted, gas));
      }),
    );
}

function venueAccount(client: ChainClient, keyFile: string | undefined) {
  return keyFile === undefined ? client.account : accountOf(privateKey(keyFile));
}

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
