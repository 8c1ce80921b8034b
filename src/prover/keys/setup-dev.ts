import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { BallastError } from "../../errors.ts";
import { makeFolder, placeFile, removeUnfinished, temporaryName } from "../../node/files.ts";
import { type HeldLock, withLock } from "../../node/lock.ts";
import { outOfMemory } from "../../node/memory.ts";
import type { CircuitInstance } from "../circuits.ts";
import { ensureArtifacts } from "../node/artifacts.ts";
import { type OnProgress, timed, waitsOf } from "../progress.ts";
import type { LoadedKey } from "../prover.ts";
import type { DevKeyJob, DevKeyReply } from "./dev-key-process.ts";
import { loadKey, registerKey, writeVerificationKey } from "./load-key.ts";
import { keyPaths } from "./manifest.ts";
import { runTask } from "./run-task.ts";

export interface SetupDevOptions {
  /** Make the key again even if there is one. */
  readonly force?: boolean;
  readonly onProgress?: OnProgress;
}

/**
 * The dev key of a circuit: made in seconds, straight from the constraints, with secrets that nobody keeps; reused as
 * long as the constraints stay the same. NOT FOR REAL FUNDS: the maker could have kept them.
 * @throws {BallastError} INVALID_KEY when the existing key is damaged (delete it, or pass `force`); LOCKED, FILE_ERROR.
 * @example
 * ```ts
 * import { instanceOf } from "ballast";
 * import { setupDev } from "ballast/node";
 * const key = await setupDev(instanceOf("coverage", "4x8"));
 * ```
 */
export async function setupDev(circuit: CircuitInstance, options: SetupDevOptions = {}): Promise<LoadedKey> {
  const { force = false, onProgress } = options;
  const artifacts = await ensureArtifacts(circuit, onProgress);
  const paths = keyPaths(artifacts.r1csHash, circuit.name, "dev");
  const reuse = () => !force && existsSync(paths.zkey) && existsSync(paths.manifest);
  const load = async () => {
    const key = await loadKey(circuit, { kind: "dev" });
    writeVerificationKey(key.verificationKeyPath, key.verifyingKey, true); // older ones don't say what they are
    return key;
  };
  if (reuse()) return load();
  const make = async (lock: HeldLock): Promise<LoadedKey> => {
    if (reuse()) return load(); // made by another process in the meantime
    return timed(onProgress, "setup", circuit.name, async () => {
      makeFolder(dirname(paths.zkey));
      removeUnfinished(paths.zkey);
      const made = temporaryName(paths.zkey);
      try {
        await runDevKeyProcess({ r1cs: artifacts.r1cs, r1csHash: artifacts.r1csHash, output: made });
        lock.check();
        rmSync(paths.manifest, { force: true });
        placeFile(made, paths.zkey);
      } finally {
        rmSync(made, { force: true });
      }
      return registerKey(circuit, artifacts, paths);
    });
  };
  return withLock(`${paths.zkey}.lock`, make, waitsOf(onProgress));
}

/** In a process of its own, so that the memory that held the secrets goes away with it. */
async function runDevKeyProcess(job: DevKeyJob): Promise<void> {
  try {
    const reply = await runTask<DevKeyReply>("dev-key-process", import.meta.url, job);
    if ("error" in reply) throw new Error(reply.error);
  } catch (cause) {
    if (cause instanceof BallastError) throw cause;
    throw (
      outOfMemory(cause) ??
      new BallastError("INTERNAL", "Making the dev key failed.", {
        hint: "Check free memory and disk space, then try again.",
        cause,
      })
    );
  }
}
