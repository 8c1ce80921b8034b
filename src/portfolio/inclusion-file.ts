import { readJsonFile, writeFileAtomic } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { encodeInclusion, type InclusionProof, parseInclusion } from "./inclusion.ts";

/**
 * Writes a proof for its owner only.
 * @throws {BallastError} FILE_ERROR.
 * @example
 * ```ts
 * import { loadInclusion, saveInclusion } from "ballast/node";
 * saveInclusion("copy.json", loadInclusion("inclusion.json"));
 * ```
 */
export function saveInclusion(path: string, proof: InclusionProof): void {
  writeFileAtomic(path, encodeInclusion(proof), 0o600);
}

/**
 * Reads a proof's file.
 * @throws {BallastError} FILE_ERROR, INVALID_INPUT; neither quotes the file.
 * @example
 * ```ts
 * import { openInclusion } from "ballast";
 * import { loadInclusion } from "ballast/node";
 * const { root } = openInclusion(loadInclusion("inclusion.json"));
 * ```
 */
export function loadInclusion(path: string): InclusionProof {
  return inFile(path, () => parseInclusion(readJsonFile(path, "inclusion proof")));
}
