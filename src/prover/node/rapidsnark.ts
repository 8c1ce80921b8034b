import { spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, rmSync, statSync } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { parseJson } from "../../json.ts";
import { endsWithUs, removeNow, temporaryFolder } from "../../node/ending.ts";
import { openNew, writeAll } from "../../node/files.ts";
import { diedOfMemory } from "../../node/memory.ts";
import { type OnProgress, timed } from "../progress.ts";
import { fromSnarkjsProof } from "../proof.ts";
import type { ProofJob } from "../prover.ts";
import type { BackendResult, ProverBackend } from "./backend.ts";
import { ProveClient } from "./prove-client.ts";

/** How long one rapidsnark process may run. */
const TIME_LIMIT_MS = 10 * 60 * 1000;
/** How long it may take to answer a call without arguments. */
const PROBE_LIMIT_MS = 10_000;
/** Larger output than any proof or list of public signals of ours. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;
/** What is kept of its standard error. */
const SAID_LINES = 4;
const SAID_CHARACTERS = 2_000;
/** How long its standard error is read after it has ended. */
const GRACE_MS = 500;
const NAME = "rapidsnark";
/** Every rapidsnark answers a call without arguments so: what it is called, and its four files. */
const USAGE = /usage:.{0,200}zkey.{0,100}(wtns|witness).{0,100}proof/is;

const signalsSchema = z.array(z.string().regex(/^(0|[1-9][0-9]{0,77})$/));

export interface RapidsnarkOptions {
  /** The executable; default {@link findRapidsnark}. */
  readonly executable?: string;
  /** Milliseconds before a run is ended. */
  readonly timeLimit?: number;
  /** Threads of a run, unless OMP_NUM_THREADS says how many. Default: one for each core. */
  readonly threads?: number;
}

/**
 * The rapidsnark executable: `RAPIDSNARK`, else `rapidsnark` in a folder of the PATH, by its full path. It gets the
 * witness, so nothing with another name is taken, and no folder that depends on where the process runs.
 * @throws {BallastError} BACKEND_UNAVAILABLE when `RAPIDSNARK` names something that can't be executed.
 */
export function findRapidsnark(): string | undefined {
  const { RAPIDSNARK: named, PATH: path = "" } = process.env;
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return resolve(named); // a bare name would be looked for on the PATH
    throw new BallastError("BACKEND_UNAVAILABLE", "RAPIDSNARK does not name an executable file.", {
      hint: "Give the path of rapidsnark's prover, or unset it.",
    });
  }
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, NAME))
    .find(isExecutable);
}

const answers = new Map<string, boolean>();

/** Whether an executable answers a call without arguments as rapidsnark does; asked once in a process. */
export function isRapidsnark(executable: string): boolean {
  const known = answers.get(executable);
  if (known !== undefined) return known;
  const { stdout, stderr } = spawnSync(executable, [], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PROBE_LIMIT_MS,
    killSignal: "SIGKILL",
    maxBuffer: 1 << 16,
  });
  const answer = USAGE.test(`${stdout ?? ""}\n${stderr ?? ""}`);
  answers.set(executable, answer);
  return answer;
}

/** rapidsnark as a process for each proof: `rapidsnark <zkey> <wtns> <proof.json> <public.json>`. */
export class RapidsnarkBackend implements ProverBackend {
  readonly name = "rapidsnark";
  readonly #client = new ProveClient();
  readonly #executable: string;
  readonly #timeLimit: number;
  readonly #threads: number;

  /** @throws {BallastError} BACKEND_UNAVAILABLE when there is no rapidsnark, or what is there answers like none. */
  constructor(options: RapidsnarkOptions = {}) {
    const executable = options.executable ?? findRapidsnark();
    if (executable === undefined) {
      throw new BallastError("BACKEND_UNAVAILABLE", "rapidsnark was not found.", {
        hint: "Put it on the PATH, set RAPIDSNARK to its path, or use the snarkjs backend.",
      });
    }
    if (!isRapidsnark(executable)) {
      throw new BallastError("BACKEND_UNAVAILABLE", `${executable} does not answer as rapidsnark does.`, {
        hint: "Run it without arguments: rapidsnark prints its usage. Or use the snarkjs backend.",
      });
    }
    this.#executable = executable;
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT_MS;
    this.#threads = options.threads ?? availableParallelism();
  }

  async prove(job: ProofJob, onProgress?: OnProgress): Promise<BackendResult> {
    const { artifacts, zkeyPath } = job.key;
    const witness = await this.#client.witness(
      { wasm: { path: artifacts.wasm, hash: artifacts.wasmHash }, inputs: job.inputs },
      onProgress,
    );
    const folder = temporaryFolder(); // for this user alone, and removed whatever happens
    let input: WitnessFile | undefined;
    try {
      const [proof, signals] = [join(folder, "proof.json"), join(folder, "public.json")];
      const given = writeWitness(join(folder, "witness.wtns"), witness);
      input = given;
      witness.fill(0);
      return await timed(onProgress, "prove", undefined, async () => {
        await this.#run([zkeyPath, given.path, proof, signals], given.file);
        return { proof: await readProof(proof), publicSignals: await readSignals(signals) };
      });
    } finally {
      witness.fill(0);
      if (input !== undefined) closeSync(input.file);
      removeNow(folder);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** @param witness the open file that the child has as its number 3. */
  async #run(args: readonly string[], witness: number): Promise<void> {
    const child = endsWithUs(() =>
      spawn(this.#executable, args, {
        stdio: ["ignore", "ignore", "pipe", witness],
        env: { ...process.env, OMP_NUM_THREADS: process.env["OMP_NUM_THREADS"] ?? String(this.#threads) },
      }),
    );
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-SAID_CHARACTERS);
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, this.#timeLimit);
    try {
      const end = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code, signal) => resolve({ code, signal }));
        // A grandchild may hold the pipe open: it is not waited for.
        child.once("exit", (code, signal) => setTimeout(() => resolve({ code, signal }), GRACE_MS).unref());
      });
      if (late) throw failed(`rapidsnark took longer than ${this.#timeLimit} ms and was ended`, said);
      if (end.code !== 0) {
        throw (
          diedOfMemory("rapidsnark", end) ?? failed(`rapidsnark failed (${end.code ?? end.signal})`, said)
        );
      }
    } catch (cause) {
      if (cause instanceof BallastError) throw cause;
      throw failed("rapidsnark could not be started", said, cause);
    } finally {
      clearTimeout(timer);
      child.stderr?.destroy();
    }
  }
}

/** A witness for another process. */
interface WitnessFile {
  /** Open for reading and writing. */
  readonly file: number;
  /** What the child opens. */
  readonly path: string;
}

/**
 * Writes the witness for its owner only. On Linux the file has lost its name before anything is in it: the child opens
 * it by the number that it inherits, and whatever ends this process, nothing stays. Elsewhere it has a name in the
 * private folder until the run is over.
 */
function writeWitness(path: string, witness: Uint8Array): WitnessFile {
  const file = openNew(path);
  try {
    const nameless = process.platform === "linux" && existsSync("/proc/self/fd");
    if (nameless) rmSync(path);
    writeAll(file, witness);
    return { file, path: nameless ? "/proc/self/fd/3" : path };
  } catch (cause) {
    closeSync(file);
    throw failed("The witness could not be handed to rapidsnark", "", cause);
  }
}

async function readProof(path: string) {
  const json = await readJson(path, "proof");
  try {
    return fromSnarkjsProof(json);
  } catch (cause) {
    throw failed("rapidsnark wrote something that is not a proof", "", cause);
  }
}

async function readSignals(path: string): Promise<bigint[]> {
  const parsed = signalsSchema.safeParse(await readJson(path, "list of public signals"));
  if (!parsed.success) throw failed("rapidsnark wrote something that is not a list of public signals", "");
  return parsed.data.map(BigInt);
}

async function readJson(path: string, what: string): Promise<unknown> {
  try {
    const { size, isFile } = await lstat(path).then((found) => ({
      size: found.size,
      isFile: found.isFile(),
    }));
    if (!isFile || size > OUTPUT_LIMIT) throw new Error("no file, or too large");
    return parseJson(await readFile(path, "utf8"), what);
  } catch (cause) {
    throw failed(`rapidsnark wrote no readable ${what}`, "", cause);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param said what it wrote to standard error. */
function failed(message: string, said: string, cause?: unknown): BallastError {
  const words = lastLines(said);
  return new BallastError("BACKEND_FAILED", words === "" ? `${message}.` : `${message}: ${words}.`, {
    hint: "Check the executable, or use the snarkjs backend.",
    details: { backend: NAME },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The last lines on one, without control characters, and without anything that is as long as a field element. */
function lastLines(text: string): string {
  return text
    .split(/[\r\n]+/)
    .map((line) =>
      // Of an escape sequence the letters stay: they change nothing any more.
      line
        .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "")
        .replace(/(0x)?[0-9a-f]{12,}/gi, "…")
        .trim(),
    )
    .filter((line) => line !== "")
    .slice(-SAID_LINES)
    .join("; ")
    .replace(/\.$/, "");
}
