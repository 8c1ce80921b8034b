import { readTextFile, writeFileAtomic } from "../node/files.ts";
import { inFile } from "../node/in-file.ts";
import { decodeSnapshot, encodeSnapshot, type Snapshot } from "./snapshot.ts";

/**
 * Reads a snapshot file and checks it like {@link decodeSnapshot}.
 * @throws {BallastError} also FILE_ERROR.
 * @example
 * ```ts
 * import { loadSnapshot } from "ballast/node";
 * const { rows, snapshotId } = loadSnapshot("snapshot.json");
 * ```
 */
export function loadSnapshot(path: string): Snapshot {
  const text = readTextFile(path, "snapshot");
  return inFile(path, () => decodeSnapshot(text));
}

/**
 * Writes a snapshot file, whole or not at all.
 * @throws {BallastError} FILE_ERROR.
 * @example
 * ```ts
 * import { buildSnapshot, presetPolicy } from "ballast";
 * import { loadChain, saveSnapshot } from "ballast/node";
 * saveSnapshot("snapshot.json", buildSnapshot(loadChain("chain.json"), presetPolicy("les"), { rows: 240 }));
 * ```
 */
export function saveSnapshot(path: string, snapshot: Snapshot): void {
  writeFileAtomic(path, encodeSnapshot(snapshot));
}
