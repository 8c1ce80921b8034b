import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { BallastError } from "../../errors.ts";
import { ensureArtifacts } from "../artifacts.ts";
import type { CircuitInstance } from "../circuits.ts";
import { withLock } from "../lock.ts";
import { type OnProgress, timed } from "../progress.ts";
import { spawnWorker } from "../worker.ts";
import type { DevKeyJob } from "./dev-key-worker.ts";
import { type LoadedKey, loadKey, registerKey } from "./load-key.ts";
import { keyPaths } from "./manifest.ts";

export interface SetupDevOptions {
  /** Make the key again even if there is one. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * The dev key of a circuit: made in seconds, straight from the constraints, with secrets that nobody keeps; reused as
 * long as the constraints stay the same. NOT FOR REAL FUNDS: the maker could have kept them.
 * @throws {BallastError} INVALID_KEY when the existing key is damaged (delete it, or pass `force`).
 */
export async function setupDev(circuit: CircuitInstance, options: SetupDevOptions = {}): Promise<LoadedKey> {
  const { force = false, onProgress } = options;
  const artifacts = await ensureArtifacts(circuit, onProgress);
  const paths = keyPaths(artifacts.r1csHash, circuit.name, "dev");
  const reuse = () => !force && existsSync(paths.zkey) && existsSync(paths.manifest);
  const load = () => loadKey(circuit, { kind: "dev" });
  if (reuse()) return load();
  return withLock(`${paths.zkey}.lock`, async () => {
    if (reuse()) return load(); // made by another process in the meantime
    return timed(onProgress, "setup", circuit.name, async () => {
      mkdirSync(dirname(paths.zkey), { recursive: true });
      rmSync(paths.manifest, { force: true });
      await runDevKeyWorker({ r1cs: artifacts.r1cs, r1csHash: artifacts.r1csHash, output: paths.zkey });
      return registerKey(circuit, artifacts, paths);
    });
  });
}

/** In a thread of its own, so that the memory that held the secrets is given back. */
async function runDevKeyWorker(job: DevKeyJob): Promise<void> {
  const worker = spawnWorker("dev-key-worker", import.meta.url, job);
  try {
    await new Promise<void>((resolve, reject) => {
      worker.once("message", () => resolve());
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`the setup thread ended early (${code})`)));
    });
  } catch (cause) {
    if (cause instanceof BallastError) throw cause;
    throw new BallastError("INTERNAL", "Making the dev key failed.", {
      hint: "Check free memory and disk space, then try again.",
      cause,
    });
  } finally {
    await worker.terminate();
  }
}
