import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { getAddress, isAddress, keccak256, toHex, zeroAddress } from "viem";
import type { Progress } from "../../../actions/progress.ts";
import { deployedSolvency } from "../../../chain/deploy/deployment.ts";
import { loadDeployment } from "../../../chain/deploy/deployment-file.ts";
import { BallastError } from "../../../errors.ts";
import { parseDecimal } from "../../../math/decimal.ts";
import { makeFolder, readJsonFile } from "../../../node/files.ts";
import { readPortfolios } from "../../../portfolio/stream-file.ts";
import type { BatchCircuit, ReportCircuit } from "../../../prover/circuits.ts";
import { loadKey } from "../../../prover/keys/load-key.ts";
import type { LoadedKey } from "../../../prover/prover.ts";
import type { Holding } from "../../../risk/requirement.ts";
import type { Snapshot } from "../../../risk/snapshot.ts";
import { loadSnapshot } from "../../../risk/snapshot-file.ts";
import { beginRun } from "../../../solvency/node/begin.ts";
import { damagedFile } from "../../../solvency/node/damage.ts";
import { PublicRunFolder, RunFolder } from "../../../solvency/node/folder.ts";
import { proveRun } from "../../../solvency/node/prove.ts";
import type { RunFile } from "../../../solvency/run-format.ts";
import { emit } from "../../io.ts";
import { parseBackend, parseCount } from "../../options.ts";
import type { Runner } from "../../program.ts";
import { meterNotes } from "../../progress.ts";
import { renderPage } from "../../solvency/page.ts";
import { batchFor, reportFor, runFacts, runJson } from "../../solvency/run.ts";

interface Options extends Record<string, unknown> {
  readonly portfolios?: string;
  readonly snapshot: string;
  readonly output: string;
  readonly instance?: string;
  readonly deployment?: string;
  readonly venue?: string;
  readonly validFor?: string;
  readonly deadline?: string;
  readonly reserves?: string;
  readonly workers: string;
  readonly backend: string;
}

/** `ballast solvency run` */
export function registerRun(group: Command, run: Runner): void {
  group
    .command("run")
    .description(
      "prove that all accounts are in, net, are held in full, and what they would lose under stress",
    )
    .option("-p, --portfolios <source>", "JSON Lines file, folder of portfolios, or - for standard input")
    .requiredOption("-s, --snapshot <file>", "snapshot file")
    .requiredOption("-o, --output <folder>", "the run's folder; begun there, the run resumes")
    .option("--instance <name>", "batch circuit, e.g. 16x16x240 (default: the smallest table that fits)")
    .option("--deployment <file>", "bind the run to this chain and registry, to post it there")
    .option("--venue <address>", "who signs the run (default: the deployment's venue)")
    .option(
      "--valid-for <seconds>",
      "how long after the snapshot it may be closed on chain (default: the deployment's oldest snapshot, else 3600)",
    )
    .option("--deadline <unix>", "the same as a Unix time")
    .option("--reserves <file>", 'what the venue holds, to compare: {"USDC": "1250000.5"}')
    .option("--workers <n>", "batches proven at the same time", "1")
    .option("--backend <name>", "auto, snarkjs or rapidsnark", "auto")
    .addHelpText(
      "after",
      `
The run's folder has a public and a private half. Publish the public one; private/ opens every commitment.
Interrupted, even by a crash, the same command goes on where it stopped: finished proofs are kept.
A portfolio may carry its commitment's "salt"; without one the run makes it and keeps it in private/.
Next: ballast solvency verify RUN --snapshot FILE, ballast solvency post RUN --deployment FILE --rpc URL`,
    )
    .action(
      run<Options>(async ({ io, json, progress }, options) => {
        const snapshot = await progress.step("checking the snapshot", () => loadSnapshot(options.snapshot));
        const folder = new RunFolder(options.output);
        const begun = folder.hasBegun ? new PublicRunFolder(folder.publicPath).run : undefined;
        const batch = await keyed(instanceFor(folder, options, begun, snapshot), progress);
        const report = await keyed(reportFor(snapshot), progress);
        const backend = parseBackend(options.backend);
        const workers = parseCount(options.workers, "--workers", 2);
        const header =
          begun === undefined
            ? await begin(folder, options, snapshot, batch, report, progress)
            : resume(folder, options, begun);
        const file = await progress.step(`proving ${header.batches} batches`, () =>
          proveRun(folder, {
            snapshot,
            batch,
            report,
            backend,
            workers,
            onWait: progress.note,
            onProgress: meterNotes(progress, "batches"),
            onDamaged: (index) => progress.note(`the proof of batch ${index} is damaged: proving it again`),
          }),
        );
        const reserves = file.reserves.map(({ instrumentId, quantity }) => ({
          instrumentId,
          proven: quantity,
        }));
        const page = { facts: runFacts(header, snapshot), result: file.result, reserves, snapshot };
        emit(io, json, { output: options.output, ...runJson(header), report: file }, () =>
          [renderPage(page), `${options.output}: complete; the public half is ${folder.publicPath}`].join(
            "\n",
          ),
        );
      }),
    );
}

/** @throws {BallastError} as {@link batchFor}; RUN_DAMAGED when the run that has begun names no circuit. */
function instanceFor(
  { publicPath }: RunFolder,
  { instance }: Options,
  begun: RunFile | undefined,
  snapshot: Snapshot,
): BatchCircuit {
  try {
    return batchFor(instance ?? begun?.batchInstance, snapshot);
  } catch (error) {
    const isNamed = instance !== undefined || begun === undefined;
    if (isNamed || !(error instanceof BallastError) || error.code !== "UNKNOWN_CIRCUIT") throw error;
    throw damagedFile(join(publicPath, "run.json"), "it names no batch circuit");
  }
}

interface Keyed<Circuit> {
  readonly circuit: Circuit;
  readonly key: LoadedKey;
}

async function keyed<Circuit extends BatchCircuit | ReportCircuit>(
  circuit: Circuit,
  progress: Progress,
): Promise<Keyed<Circuit>> {
  return { circuit, key: await loadKey(circuit, { onProgress: progress.onProgress }) };
}

async function begin(
  folder: RunFolder,
  options: Options,
  snapshot: Snapshot,
  batch: Keyed<BatchCircuit>,
  report: Keyed<ReportCircuit>,
  progress: Progress,
): Promise<RunFile> {
  const { portfolios } = options;
  if (portfolios === undefined) {
    throw new BallastError("INVALID_INPUT", `No run has begun in ${options.output}.`, {
      hint: "Give --portfolios to begin one.",
    });
  }
  const deployment = options.deployment === undefined ? undefined : loadDeployment(options.deployment);
  const solvency = deployment === undefined ? undefined : deployedSolvency(deployment);
  const deadline = deadlineOf(options, snapshot, deployment?.maxAge);
  const reserves =
    options.reserves === undefined ? {} : { reserves: readReserves(options.reserves, snapshot) };
  makeFolder(options.output);
  return progress.step("reading accounts, building the tree", () =>
    beginRun(folder, {
      snapshot,
      batch: { circuit: batch.circuit, circuitId: batch.key.circuitId },
      report: { circuit: report.circuit, circuitId: report.key.circuitId },
      accounts: readPortfolios(portfolios, snapshot),
      source: fingerprint(portfolios),
      target: {
        chainId: BigInt(deployment?.chainId ?? 0),
        registry: solvency?.registry ?? zeroAddress,
      },
      venue: options.venue === undefined ? (solvency?.venue ?? zeroAddress) : venueOf(options.venue),
      deadline,
      ...reserves,
      onWait: progress.note,
      onProgress: meterNotes(progress, "accounts"),
    }),
  );
}

/** @throws {BallastError} INVALID_INPUT for one that the registry would refuse, after all the proving. */
function deadlineOf({ deadline, validFor }: Options, { time }: Snapshot, maxAge: number | undefined): bigint {
  const seconds = validFor === undefined ? (maxAge ?? 3600) : parseCount(validFor, "--valid-for");
  const wanted =
    deadline === undefined ? time + BigInt(seconds) : BigInt(parseCount(deadline, "--deadline", 12));
  if (maxAge === undefined || wanted <= time + BigInt(maxAge)) return wanted;
  throw new BallastError("INVALID_INPUT", "The deadline lies after the snapshot's expiry on chain.", {
    hint: `This deployment takes snapshots for ${maxAge} seconds: leave --deadline and --valid-for out.`,
  });
}

/** A run that has begun goes on with what it began with; options that say otherwise are refused. */
function resume(folder: RunFolder, options: Options, begun: RunFile): RunFile {
  const conflict = (what: string): BallastError =>
    new BallastError("RUN_CONFLICT", `The run in ${options.output} began with ${what}.`, {
      hint: "Leave the option out to resume it, or begin a new run in another folder.",
    });
  const { portfolios, deployment, venue, deadline } = options;
  if (portfolios !== undefined && folder.readSecret(begun).source !== fingerprint(portfolios)) {
    throw conflict("other portfolios, or they have changed since");
  }
  if (deployment !== undefined) {
    const { chainId, ...deployed } = loadDeployment(deployment);
    const { registry } = deployedSolvency({ chainId, ...deployed });
    if (begun.chainId !== BigInt(chainId) || begun.registry !== registry)
      throw conflict("another deployment");
  }
  if (venue !== undefined && venueOf(venue) !== begun.venue) throw conflict("another venue");
  if (deadline !== undefined && BigInt(parseCount(deadline, "--deadline", 12)) !== begun.deadline) {
    throw conflict("another deadline");
  }
  return begun;
}

/** Names, sizes and times of what portfolios are read from: cheap for gigabytes, and changed by any edit. */
function fingerprint(source: string): string {
  if (source === "-") return "-";
  const entry = (path: string, name: string): string => {
    const { size, mtimeMs } = statSync(path);
    return `${name} ${size} ${mtimeMs}`;
  };
  try {
    const lines = statSync(source).isDirectory()
      ? readdirSync(source)
          .filter((name) => name.endsWith(".json") || name.endsWith(".jsonl"))
          .sort()
          .map((name) => entry(join(source, name), name))
      : [entry(source, "")];
    return keccak256(toHex(lines.join("\n")));
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The portfolios ${source} can't be read.`, {
      hint: "Check the path.",
      cause,
    });
  }
}

function readReserves(path: string, snapshot: Snapshot): Holding[] {
  const json = readJsonFile(path, "reserves");
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw malformed(path);
  return Object.entries(json).map(([name, amount]: [string, unknown]) => {
    const row = snapshot.rows.find(({ instrument }) => instrument.name === name);
    if (typeof amount !== "string" || row?.instrument.kind !== "collateral") throw malformed(path, name);
    // Less than a lot is no reserve of a lot.
    return {
      instrumentId: row.instrumentId,
      quantity: parseDecimal(amount, 18, name) / row.instrument.lotSize,
    };
  });
}

function malformed(path: string, name?: string): BallastError {
  const what = name === undefined ? "" : ` at ${name}`;
  return new BallastError("INVALID_INPUT", `The reserves ${path} are not of the expected form${what}.`, {
    hint: 'They look like {"USDC": "1250000.5", "BTC": "12"}, with collateral assets of the snapshot.',
  });
}

function venueOf(text: string): `0x${string}` {
  if (isAddress(text)) return getAddress(text);
  throw new BallastError("INVALID_INPUT", "--venue takes an address: 0x and 40 hex digits.");
}
