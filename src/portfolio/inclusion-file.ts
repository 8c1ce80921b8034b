import { readJsonFile, writeFileAtomic } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { encodeInclusion, type InclusionProof, parseInclusion } from "./inclusion.ts";

/** Writes a proof for its owner only. @throws {BallastError} FILE_ERROR. */
export function saveInclusion(path: string, proof: InclusionProof): void {
  writeFileAtomic(path, encodeInclusion(proof), 0o600);
}

/** Reads a proof's file. @throws {BallastError} FILE_ERROR, INVALID_INPUT; neither quotes the file. */
export function loadInclusion(path: string): InclusionProof {
  return inFile(path, () => parseInclusion(readJsonFile(path, "inclusion proof")));
}
