import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { BallastError } from "../errors.ts";

export interface Force {
  readonly force?: boolean;
}

/**
 * Before work whose result would be another each time: nothing may be there yet. A folder may be there, if it is empty.
 * @throws {BallastError} FILE_ERROR.
 */
export function checkNoResult(path: string, { force }: Force): void {
  if (force === true || !existsSync(path)) return;
  if (statSync(path).isDirectory() && readdirSync(path).length === 0) return;
  throw taken(path);
}

/**
 * Before a result is written: what is there must be the same, or nothing. That a folder can't be written over is said by the writing.
 * @throws {BallastError} FILE_ERROR.
 */
export function checkSameResult(path: string, content: string | Uint8Array, { force }: Force): void {
  if (force === true || !existsSync(path) || statSync(path).isDirectory()) return;
  if (!readFileSync(path).equals(Buffer.from(content))) throw taken(path);
}

function taken(path: string): BallastError {
  return new BallastError("FILE_ERROR", `${path} exists already.`, {
    hint: "It is not overwritten: choose another name, or give --force.",
  });
}
