import type { Progress } from "../actions/progress.ts";
import type { CircuitInstance } from "../prover/circuits.ts";
import { loadKey } from "../prover/keys/load-key.ts";
import { loadVerifyingKey, type VerifyingKeyFile } from "../prover/verifying-key-file.ts";

/** The verifying key of a file, else the one that is here for the circuit. @throws {BallastError} FILE_ERROR, INVALID_KEY, KEY_MISMATCH. */
export async function trustedKey(
  circuit: CircuitInstance,
  path: string | undefined,
  { onProgress }: Progress,
): Promise<VerifyingKeyFile> {
  if (path !== undefined) return loadVerifyingKey(path, circuit);
  const { verifyingKey, manifest } = await loadKey(circuit, { onProgress });
  return { verifyingKey, dev: manifest.dev };
}
