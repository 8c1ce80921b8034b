import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BallastError } from "../errors.ts";

/** Where compiled circuits and keys are cached: `BALLAST_HOME`, or `.ballast` in the working folder. Absolute. */
export function ballastHome(): string {
  const { BALLAST_HOME: home } = process.env;
  return resolve(home === undefined || home === "" ? ".ballast" : home);
}

/** A name in the same folder as `path` that nobody else uses, for write-then-rename. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`;
}

/**
 * Writes a file so that readers see the old or the new content, never a part.
 * @param mode permission bits of the new file.
 * @throws {BallastError} FILE_ERROR when the folder can't be written.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new BallastError("FILE_ERROR", `Can't write ${path}.`, {
      hint: "Check the folder's permissions and free space.",
      cause,
    });
  }
}

/** The folder of one compiled circuit. */
export function circuitCache(name: string, sourceHash: string): string {
  return join(ballastHome(), "circuits", `${name}-${sourceHash}`);
}

/** The folder of all keys made for one R1CS. */
export function keyFolder(r1csHash: string): string {
  return join(ballastHome(), "keys", r1csHash.replace(/^0x/, "").slice(0, 32));
}
