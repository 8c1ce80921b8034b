import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { BallastError } from "../../errors.ts";
import { removeNow } from "../../node/ending.ts";
import { copyFileAtomic, makeFolder, placeNewFile, temporaryName } from "../../node/files.ts";
import { type HeldLock, withLock, withLockSync } from "../../node/lock.ts";
import type { CircuitInstance } from "../circuits.ts";
import { circuitInfo, ensureArtifacts } from "../node/artifacts.ts";
import { type OnProgress, timed, waitsOf } from "../progress.ts";
import type { LoadedKey } from "../prover.ts";
import type { CeremonyReply, CeremonyTask } from "./ceremony-process.ts";
import { requireContributor } from "./contributions.ts";
import { checkSound, registerKey } from "./load-key.ts";
import { keyPaths } from "./manifest.ts";
import { checkPtau } from "./ptau.ts";
import { runTask } from "./run-task.ts";
import {
  checkTranscript,
  describeCeremony,
  readTranscript,
  type Transcript,
  transcriptPath,
  writeTranscript,
} from "./transcript.ts";
import { readZkey } from "./zkey.ts";

export interface SetupPtauOptions {
  /** A prepared Powers of Tau file. */
  readonly ptau: string;
  /** Its hash (see `checkPtau`); needed unless it is a file that Ballast knows. */
  readonly ptauHash?: string;
  /** The first key of the ceremony; its transcript is written beside it. */
  readonly output: string;
  readonly onProgress?: OnProgress;
}

export interface ContributeOptions {
  readonly from: string;
  readonly output: string;
  /** 1 to 64 printable ASCII characters, public. */
  readonly name: string;
  /** Anything the contributor types; random bytes of this machine are always added. */
  readonly entropy?: string;
  readonly onProgress?: OnProgress;
}

export interface BeaconOptions {
  readonly from: string;
  readonly output: string;
  readonly name: string;
  /** Public randomness nobody could foresee, in hex: a block hash announced in advance. */
  readonly value: string;
  /** The value is hashed 2^n times, 10 <= n <= 40. */
  readonly iterationsExp: number;
  readonly onProgress?: OnProgress;
}

export interface VerifyCeremonyOptions {
  readonly zkey: string;
  readonly ptau: string;
  readonly ptauHash?: string;
  /** Install the key as the circuit's own, so that `loadKey` takes it. */
  readonly install?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * Starts a ceremony: the circuit's part of a checked Powers of Tau file. The key proves nothing yet; it needs contributions.
 * @throws {BallastError} INVALID_PTAU when the file is not the expected one or too small.
 */
export async function setupPtau(circuit: CircuitInstance, options: SetupPtauOptions): Promise<Transcript> {
  const { onProgress, output } = options;
  const artifacts = await ensureArtifacts(circuit, onProgress);
  const { domainPower } = await circuitInfo(circuit);
  return timed(onProgress, "setup", circuit.name, async () => {
    const ptau = await checkPtau(options.ptau, domainPower, options.ptauHash);
    return produce(
      output,
      (target) => ({ kind: "new", r1cs: artifacts.r1cs, ptau: resolve(options.ptau), output: target }),
      (reason) =>
        new BallastError("INVALID_PTAU", "The setup with this ptau file failed.", {
          hint: `Is it prepared for phase 2? snarkjs said: ${reason}.`,
        }),
      (path) => describeCeremony(circuit, artifacts, path, ptau),
    );
  });
}

/**
 * Adds one contribution. Its secret exists only in a process that ends with this call.
 * @throws {BallastError} INVALID_INPUT for a bad name, INVALID_KEY when key and transcript don't belong together.
 */
export async function contribute(circuit: CircuitInstance, options: ContributeOptions): Promise<Transcript> {
  checkName(options.name);
  const entropy = `${options.entropy ?? ""}${randomBytes(64).toString("hex")}`;
  return extend(circuit, options, (from, output) => ({
    kind: "contribute",
    from,
    output,
    name: options.name,
    entropy,
  }));
}

/**
 * Closes a ceremony with a random beacon: the last contributor can't have steered the key.
 * @throws {BallastError} INVALID_INPUT for a bad name, value or number of iterations.
 */
export async function beacon(circuit: CircuitInstance, options: BeaconOptions): Promise<Transcript> {
  checkName(options.name);
  const value = options.value.replace(/^0x/, "").toLowerCase();
  const { iterationsExp } = options;
  if (!/^([0-9a-f]{2}){16,255}$/.test(value)) {
    throw new BallastError("INVALID_INPUT", "A beacon value has 16 to 255 bytes in hex.", {
      hint: "Use the hash of a block that was announced before it was mined.",
    });
  }
  if (!Number.isInteger(iterationsExp) || iterationsExp < 10 || iterationsExp > 40) {
    throw new BallastError("INVALID_INPUT", "The beacon's iterations are 2^10 to 2^40.", {
      hint: "10 is enough for a block hash.",
    });
  }
  return extend(circuit, options, (from, output) => ({
    kind: "beacon",
    from,
    output,
    name: options.name,
    value,
    iterationsExp,
  }));
}

/**
 * Verifies a ceremony from the circuit and the Powers of Tau on: every contribution, the beacon, every point of the key,
 * and that the transcript says the same.
 * @returns the transcript, and the installed key when that was asked for.
 * @throws {BallastError} INVALID_KEY when anything is wrong or nobody contributed, INVALID_PTAU, KEY_MISMATCH.
 */
export async function verifyCeremony(
  circuit: CircuitInstance,
  options: VerifyCeremonyOptions,
): Promise<{ readonly transcript: Transcript; readonly key?: LoadedKey }> {
  const artifacts = await ensureArtifacts(circuit, options.onProgress);
  const { domainPower } = await circuitInfo(circuit);
  return timed(options.onProgress, "ceremony", "verify", async () => {
    const published = readTranscript(transcriptPath(options.zkey));
    const verify = async (files: { readonly ptau: string; readonly zkey: string }) => {
      const ptau = await checkPtau(files.ptau, domainPower, options.ptauHash);
      const transcript = await describeCeremony(circuit, artifacts, files.zkey, ptau);
      checkTranscript(transcript, published);
      requireContributor(transcript);
      const { ok, reason } = await run({ kind: "verify", r1cs: artifacts.r1cs, ...files });
      if (!ok) {
        throw new BallastError("INVALID_KEY", "The ceremony does not verify: the key must not be used.", {
          hint: `snarkjs said: ${reason}.`,
        });
      }
      await checkSound(await readZkey(files.zkey));
      return { transcript, ptau };
    };
    if (options.install !== true) {
      const { transcript } = await verify({ ptau: resolve(options.ptau), zkey: resolve(options.zkey) });
      return { transcript };
    }
    const paths = keyPaths(artifacts.r1csHash, circuit.name, "ceremony");
    // What is wrong at first sight is said of the files as they are named.
    const first = await checkPtau(options.ptau, domainPower, options.ptauHash);
    checkTranscript(await describeCeremony(circuit, artifacts, options.zkey, first), published);
    // Files are read several times, by name: what is verified and installed are copies that nobody else can change.
    const folder = temporaryName(paths.zkey);
    makeFolder(folder, 0o700);
    try {
      const files = { ptau: resolve(folder, "ptau"), zkey: resolve(folder, "zkey") };
      copyFileAtomic(options.ptau, files.ptau);
      copyFileAtomic(options.zkey, files.zkey);
      const { transcript, ptau } = await verify(files);
      const install = async (lock: HeldLock): Promise<LoadedKey> => {
        lock.check();
        copyFileAtomic(files.zkey, paths.zkey);
        writeTranscript(transcriptPath(paths.zkey), transcript);
        return registerKey(circuit, artifacts, paths, ptau);
      };
      return { transcript, key: await withLock(`${paths.zkey}.lock`, install, waitsOf(options.onProgress)) };
    } finally {
      removeNow(folder);
    }
  });
}

async function extend(
  circuit: CircuitInstance,
  options: { readonly from: string; readonly output: string; readonly onProgress?: OnProgress },
  task: (from: string, output: string) => CeremonyTask,
): Promise<Transcript> {
  const artifacts = await ensureArtifacts(circuit, options.onProgress);
  return timed(options.onProgress, "ceremony", "contribute", async () => {
    const before = readTranscript(transcriptPath(options.from));
    const { ptau } = before;
    checkTranscript(await describeCeremony(circuit, artifacts, options.from, ptau), before);
    return produce(
      options.output,
      (target) => task(resolve(options.from), target),
      (reason) =>
        new BallastError("INVALID_KEY", "The contribution failed.", { hint: `snarkjs said: ${reason}.` }),
      (path) => describeCeremony(circuit, artifacts, path, ptau),
    );
  });
}

/** Runs a task that writes a key, then puts key and transcript in place. Never overwrites a key. */
async function produce(
  output: string,
  task: (target: string) => CeremonyTask,
  failure: (reason: string) => BallastError,
  describe: (path: string) => Promise<Transcript>,
): Promise<Transcript> {
  if (!output.endsWith(".zkey")) {
    throw new BallastError("INVALID_INPUT", "The output must be a .zkey file.");
  }
  if (existsSync(output)) throw taken(output);
  const target = resolve(temporaryName(output));
  makeFolder(dirname(target));
  try {
    const { ok, reason } = await run(task(target));
    if (!ok) throw failure(reason);
    const transcript = await describe(target);
    withLockSync(`${output}.lock`, () => {
      if (existsSync(output)) throw taken(output);
      // A key without its transcript is of no use to the next; a transcript without a key is written over.
      writeTranscript(transcriptPath(output), transcript);
      placeNewFile(target, output);
    });
    return transcript;
  } finally {
    rmSync(target, { force: true });
  }
}

function taken(output: string): BallastError {
  return new BallastError("FILE_ERROR", `${output} exists already.`, {
    hint: "Every contribution gets a file of its own; choose another name.",
  });
}

async function run(task: CeremonyTask): Promise<CeremonyReply> {
  try {
    return await runTask<CeremonyReply>("ceremony-process", import.meta.url, task);
  } catch (cause) {
    if (cause instanceof BallastError) throw cause;
    throw new BallastError("INTERNAL", "The ceremony step ended unexpectedly.", {
      hint: "Check free memory and disk space, then try again.",
      cause,
    });
  }
}

function checkName(name: string): void {
  if (!/^[\x20-\x7e]{1,64}$/.test(name)) {
    throw new BallastError("INVALID_INPUT", "A contributor's name has 1 to 64 printable ASCII characters.");
  }
}
