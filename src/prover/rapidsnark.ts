import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { endsWithUs, removeNow, temporaryFolder } from "../ending.ts";
import { BallastError } from "../errors.ts";
import { writeScratch } from "../files.ts";
import { parseJson } from "../json.ts";
import { diedOfMemory } from "../memory.ts";
import type { BackendResult, ProofJob, ProverBackend } from "./backend.ts";
import { type OnProgress, timed } from "./progress.ts";
import { fromSnarkjsProof } from "./proof.ts";
import { ProveClient } from "./prove-client.ts";

/** How long one rapidsnark process may run. */
const TIME_LIMIT_MS = 10 * 60 * 1000;
/** Larger output than any proof or list of public signals of ours. */
const OUTPUT_LIMIT = 64 * 1024 * 1024;
const NAMES = ["rapidsnark", "prover"];

const signalsSchema = z.array(z.string().regex(/^(0|[1-9][0-9]{0,77})$/));

export interface RapidsnarkOptions {
  /** The executable; default {@link findRapidsnark}. */
  readonly executable?: string;
  /** Milliseconds before a run is ended. */
  readonly timeLimit?: number;
}

/**
 * The rapidsnark executable: `RAPIDSNARK`, else `rapidsnark` or `prover` on the PATH.
 * @throws {BallastError} BACKEND_UNAVAILABLE when `RAPIDSNARK` names something that can't be executed.
 */
export function findRapidsnark(): string | undefined {
  const { RAPIDSNARK: named, PATH: path = "" } = process.env;
  if (named !== undefined && named !== "") {
    if (isExecutable(named)) return named;
    throw new BallastError("BACKEND_UNAVAILABLE", "RAPIDSNARK does not name an executable file.", {
      hint: "Give the path of rapidsnark's prover, or unset it.",
    });
  }
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(isExecutable);
}

/** rapidsnark as a process for each proof: `rapidsnark <zkey> <wtns> <proof.json> <public.json>`. */
export class RapidsnarkBackend implements ProverBackend {
  readonly name = "rapidsnark";
  readonly #client = new ProveClient();
  readonly #executable: string;
  readonly #timeLimit: number;

  /** @throws {BallastError} BACKEND_UNAVAILABLE when there is no rapidsnark. */
  constructor(options: RapidsnarkOptions = {}) {
    const executable = options.executable ?? findRapidsnark();
    if (executable === undefined) {
      throw new BallastError("BACKEND_UNAVAILABLE", "rapidsnark was not found.", {
        hint: "Put it on the PATH, set RAPIDSNARK to its path, or use the snarkjs backend.",
      });
    }
    this.#executable = executable;
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT_MS;
  }

  async prove(job: ProofJob, onProgress?: OnProgress): Promise<BackendResult> {
    const { artifacts, zkeyPath } = job.key;
    const witness = await this.#client.witness(
      { wasm: { path: artifacts.wasm, hash: artifacts.wasmHash }, inputs: job.inputs },
      onProgress,
    );
    const folder = temporaryFolder(); // for this user alone, and removed whatever happens
    try {
      const files = ["witness.wtns", "proof.json", "public.json"].map((name) => join(folder, name));
      const [wtns = "", proof = "", signals = ""] = files;
      writeScratch(wtns, witness, 0o600);
      witness.fill(0);
      return await timed(onProgress, "prove", undefined, async () => {
        await this.#run([zkeyPath, wtns, proof, signals]);
        return { proof: await readProof(proof), publicSignals: await readSignals(signals) };
      });
    } finally {
      witness.fill(0);
      removeNow(folder);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #run(args: readonly string[]): Promise<void> {
    const child = endsWithUs(spawn(this.#executable, args, { stdio: "ignore" }));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, this.#timeLimit);
    try {
      const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
      });
      if (late) throw failed(`rapidsnark took longer than ${this.#timeLimit} ms and was ended.`);
      if (code !== 0) {
        throw (
          diedOfMemory("rapidsnark", { code, signal }) ?? failed(`rapidsnark failed (${code ?? signal}).`)
        );
      }
    } catch (cause) {
      if (cause instanceof BallastError) throw cause;
      throw failed("rapidsnark could not be started.", cause);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function readProof(path: string) {
  const json = await readJson(path, "proof");
  try {
    return fromSnarkjsProof(json);
  } catch (cause) {
    throw failed("rapidsnark wrote something that is not a proof.", cause);
  }
}

async function readSignals(path: string): Promise<bigint[]> {
  const parsed = signalsSchema.safeParse(await readJson(path, "list of public signals"));
  if (!parsed.success) throw failed("rapidsnark wrote something that is not a list of public signals.");
  return parsed.data.map(BigInt);
}

async function readJson(path: string, what: string): Promise<unknown> {
  try {
    if ((await stat(path)).size > OUTPUT_LIMIT) throw new Error("too large");
    return parseJson(await readFile(path, "utf8"), what);
  } catch (cause) {
    throw failed(`rapidsnark wrote no readable ${what}.`, cause);
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

function failed(message: string, cause?: unknown): BallastError {
  return new BallastError("BACKEND_FAILED", message, {
    hint: "Check the executable, or use the snarkjs backend.",
    ...(cause === undefined ? {} : { cause }),
  });
}
