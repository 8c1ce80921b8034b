import { mkdirSync } from "node:fs";
import { BallastError } from "../errors.ts";
import type { BackendName } from "../prover/backend.ts";

/** A whole number of at least 1 from the command line. @throws {BallastError} INVALID_INPUT. */
export function parseCount(text: string, option: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw new BallastError("INVALID_INPUT", `${option} takes a whole number of at least 1.`);
  }
  return Number(text);
}

/** `--backend`. @throws {BallastError} INVALID_INPUT. */
export function parseBackend(text: string): "auto" | BackendName {
  if (text === "auto" || text === "snarkjs" || text === "rapidsnark") return text;
  throw new BallastError("INVALID_INPUT", "--backend is auto, snarkjs or rapidsnark.");
}

/** Makes a folder for results. @throws {BallastError} FILE_ERROR. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `The folder ${path} can't be made.`, { cause });
  }
}
