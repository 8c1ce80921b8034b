import { readJsonFile, writeFileAtomic } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { encodeProofFile, type ProofFile, parseProofFile } from "./proof-format.ts";

/**
 * Reads a proof file.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_PROOF when it is not a proof file.
 * @example
 * ```ts
 * import { loadProofFile } from "ballast/node";
 * console.log(loadProofFile("proof.json").signals.tier);
 * ```
 */
export function loadProofFile(path: string): ProofFile {
  const hint = "It must be a ballast.proof/1 file.";
  const json = readJsonFile(path, "proof file", { code: "INVALID_PROOF", hint });
  return inFile(path, () => parseProofFile(json));
}

/**
 * Writes a proof file.
 * @throws {BallastError} FILE_ERROR when the folder can't be written.
 * @example
 * ```ts
 * import { loadProofFile, saveProofFile } from "ballast/node";
 * saveProofFile("copy.json", loadProofFile("proof.json"));
 * ```
 */
export function saveProofFile(path: string, file: ProofFile): void {
  writeFileAtomic(path, encodeProofFile(file));
}
