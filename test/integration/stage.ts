import { accountOf } from "../../src/chain/client.ts";
import { type Anvil, anvilKeys, startAnvil } from "../../src/chain/node/anvil.ts";
import { SAMPLE_TIME } from "../../src/market/sample.ts";
import { cliJson, type Folder, temporaryFolder } from "../cli/harness.ts";

/** Unix seconds of the bundled sample: the chain's clock starts one second after it. */
export const START = SAMPLE_TIME / 1000n;
/** By the chain's clock, and long past by the machine's. */
export const DEADLINE = String(START + 3000n);
export const INSTANCE = "16x120";

/** A local chain with the contracts on it, a folder with a snapshot, and everybody's key in a file. */
export interface Stage {
  readonly anvil: Anvil;
  readonly folder: Folder;
  readonly snapshot: string;
  readonly deployment: string;
  /** Key file of the account that pays. */
  readonly payer: string;
  /** Key files of the three oracles. */
  readonly oracles: readonly string[];
  /** `--rpc … --deployment …` */
  readonly chain: readonly string[];
  stop(): Promise<void>;
}

/**
 * Snapshot, keys and deployment, all by the command line.
 * @param instruments what the snapshot must have; it has few rows, for every command derives each of them again.
 */
export async function startStage(instruments: readonly string[] = []): Promise<Stage> {
  const folder = temporaryFolder();
  const anvil = await startAnvil({ timestamp: START + 1n });
  const [payer = "", ...oracles] = anvilKeys(4).map((key, i) => folder.write(`key-${i}.txt`, `${key}\n`));
  const addresses = anvilKeys(4)
    .slice(1)
    .map((key) => accountOf(key).address);
  const snapshot = folder.file("first.snapshot.json");
  const deployment = folder.file("deployment.json");
  await cliJson(...snapshotArgs(instruments), "-o", snapshot);
  await cliJson("setup", "--dev", INSTANCE);
  const by = ["--private-key-file", payer];
  await cliJson("deploy", INSTANCE, "--rpc", anvil.rpcUrl, "--oracle", ...addresses, "-o", deployment, ...by);
  const stop = async () => {
    await anvil.stop();
    folder.remove();
  };
  const chain = ["--rpc", anvil.rpcUrl, "--deployment", deployment];
  return { anvil, folder, snapshot, deployment, payer, oracles, chain, stop };
}

/** The arguments that build a snapshot of few rows with these instruments. */
export function snapshotArgs(instruments: readonly string[]): string[] {
  const include = instruments.length === 0 ? [] : ["--include", ...instruments];
  return ["snapshot", "build", "--rows", "16", ...include];
}

/** Two of the three oracles sign; the paths of their signatures. */
export async function signByTwo(stage: Stage, snapshot: string): Promise<string[]> {
  const signatures: string[] = [];
  for (const key of stage.oracles.slice(0, 2)) {
    const output = stage.folder.file(`signature-${signatures.length}-${Date.now()}.json`);
    await cliJson(
      ...["sign", "-s", snapshot, "--deployment", stage.deployment, "--instance", INSTANCE],
      ...["--private-key-file", key, "-o", output],
    );
    signatures.push(output);
  }
  return signatures;
}

/** The arguments that publish a snapshot with these signatures. */
export function publishArgs(stage: Stage, snapshot: string, signatures: readonly string[]): string[] {
  return [
    ...["publish", "-s", snapshot, "--instance", INSTANCE, ...stage.chain],
    ...["--signatures", ...signatures, "--private-key-file", stage.payer],
  ];
}

/** The arguments that prove a portfolio for the stage's chain. */
export function proveArgs(
  stage: Stage,
  snapshot: string,
  portfolio: string,
  output: string,
  deadline = DEADLINE,
): string[] {
  return [
    ...["prove", "-s", snapshot, "-p", portfolio, "-o", output, "--instance", INSTANCE],
    ...["--deployment", stage.deployment, "--deadline", deadline],
  ];
}

/** The arguments that attest proofs. */
export function attestArgs(stage: Stage, ...proofs: readonly string[]): string[] {
  return ["attest", ...proofs, ...stage.chain, "--private-key-file", stage.payer];
}
