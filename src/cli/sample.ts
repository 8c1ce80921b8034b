import { join } from "node:path";
import { SILENT } from "../actions/progress.ts";
import { saveDeployment } from "../chain/deploy/deployment-file.ts";
import { startSample } from "../demo/live/start.ts";
import { timeText } from "../display.ts";
import { BallastError } from "../errors.ts";
import { given } from "../given.ts";
import { temporaryFolder } from "../node/ending.ts";
import { makeFolder, readTextFile } from "../node/files.ts";
import { instanceOf } from "../prover/circuits.ts";
import { secretOf } from "../service/config/config-file.ts";
import { initialise } from "../service/config/init-file.ts";
import { type OnEvent, withoutRepeats } from "../service/events.ts";
import { Keyring } from "../service/secrets/keyring.ts";
import { runService } from "../service/serve.ts";
import type { Context } from "./context.ts";

export interface SampleValues {
  readonly circuit: string;
  readonly accounts: number;
  readonly speed: number;
  readonly folder?: string;
}

/** Runs the sample until the signal, and says when its first attestation counted. */
export async function serveSample(
  { circuit: name, accounts, speed, folder = temporaryFolder() }: SampleValues,
  onEvent: OnEvent,
  { progress, json }: Context,
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  let isFirst = true;
  let attested = (): void => {};
  const first = new Promise<void>((resolve) => {
    attested = resolve;
  });
  const tell: OnEvent = withoutRepeats((event) => {
    onEvent(event);
    if (!isFirst || event.role !== "sender" || !event.message.endsWith("attested")) return;
    isFirst = false;
    attested();
    const seconds = Math.round((performance.now() - begun) / 1_000);
    onEvent({
      role: "service",
      level: "info",
      message: `the first attestation counts, ${seconds} s after the start`,
    });
  });
  const circuit = instanceOf("coverage", name);
  const { config, masterKey } = initialise(folder, circuit.name);
  const data = join(folder, "data");
  makeFolder(data, 0o700);
  const url = secretOf(process.env, "DATABASE_URL");
  const sample = await startSample({
    ...{ circuit, accounts, speed, seed: 1, name: `sample/${process.pid}` },
    ...{
      store: { folder: data, ...given({ url }) },
      keyring: new Keyring(readTextFile(masterKey, "master key")),
    },
    ...{ onEvent: tell, progress: json ? SILENT : progress },
  });
  const ending = new AbortController();
  const all = AbortSignal.any([signal, ending.signal]);
  try {
    saveDeployment(join(folder, "deployment.json"), sample.parts.deployment);
    for (const message of [
      `a local chain at ${sample.anvil.rpcUrl}`,
      `its clock runs ${speed} times as fast as yours, from ${timeText(sample.clock.now() / 1_000n)}`,
      `${accounts} made-up accounts at a made-up venue; prices are made up too`,
      `in another terminal: \`ballast status --config ${config}\``,
      ...(url === undefined
        ? []
        : [`to prove beside it: \`BALLAST_MASTER_KEY_FILE=${masterKey} ballast worker --config ${config}\``]),
    ])
      tell({ role: "service", level: "info", message });
    const running = Promise.all([
      runService({ ...sample.parts, statusFolder: data }, all),
      sample.driveChain(all),
      Promise.race([first, aborted(all)]).then(() => (all.aborted ? undefined : sample.playCases(all))),
    ]);
    // A chain that is gone ends everything; the service then comes to its own end before its database is closed.
    const isGone = await Promise.race([running.then(() => false), sample.anvil.ended.then(() => true)]);
    ending.abort();
    await running.catch((error: unknown) => {
      if (!isGone) throw error;
    });
    if (isGone && !signal.aborted)
      throw new BallastError("CHAIN_ERROR", "The local chain ended by itself.", {
        hint: "Start the sample again.",
      });
  } finally {
    ending.abort();
    await sample.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
