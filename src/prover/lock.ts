import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BallastError } from "../errors.ts";

const POLL_MS = 100;

/**
 * Runs `work` while no other process holds `path`: two processes that need the same key make it once.
 * The lock file holds the owner's process id; a lock whose owner is gone is taken over.
 * @throws {BallastError} FILE_ERROR when the folder can't be written.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!acquire(path)) {
    if (!ownerAlive(path)) rmSync(path, { force: true });
    else await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path: string): boolean {
  let hasFolder = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    hasFolder = true; // EEXIST before that is a file in the folder's place, and no lock
    writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (cause) {
    if (hasFolder && cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw new BallastError("FILE_ERROR", `Can't write ${path}.`, {
      hint: "Check the folder's permissions and free space.",
      cause,
    });
  }
}

function ownerAlive(path: string): boolean {
  let owner: number;
  try {
    owner = Number.parseInt(readFileSync(path, "utf8"), 10);
  } catch {
    return true; // released just now: try again
  }
  if (!Number.isSafeInteger(owner) || owner <= 0) return true; // being written
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
