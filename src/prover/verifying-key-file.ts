import { readJsonFile } from "../node/files.ts";
import { namingFile } from "../node/in-file.ts";
import { checkKey } from "./check-key.ts";
import type { CircuitInstance } from "./circuits.ts";
import {
  checkPublicInputs,
  fromSnarkjsJson,
  isMarkedDevelopment,
  type VerifyingKey,
} from "./verifying-key.ts";

/** A verifying key from a file, checked. */
export interface VerifyingKeyFile {
  readonly verifyingKey: VerifyingKey;
  /** True where the file says that it is a development key; a file that doesn't may be one all the same. */
  readonly dev: boolean;
}

/**
 * Reads a circuit's `verification_key.json` in snarkjs' form.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT; INVALID_KEY for a key that {@link checkKey} refuses;
 *   KEY_MISMATCH for another circuit's.
 * @example
 * ```ts
 * import { instanceOf } from "ballast";
 * import { loadVerifyingKey } from "ballast/node";
 * const circuit = instanceOf("coverage", "64x240");
 * const { verifyingKey } = await loadVerifyingKey("verification_key.json", circuit);
 * ```
 */
export async function loadVerifyingKey(path: string, circuit: CircuitInstance): Promise<VerifyingKeyFile> {
  const json = readJsonFile(path, "verification key");
  try {
    const verifyingKey = fromSnarkjsJson(json);
    checkPublicInputs(verifyingKey, circuit);
    await checkKey(verifyingKey);
    return { verifyingKey, dev: isMarkedDevelopment(json) };
  } catch (error) {
    throw namingFile(path, error);
  }
}
