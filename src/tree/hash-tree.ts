import { availableParallelism } from "node:os";
import { BallastError } from "../errors.ts";
import type { Meter } from "../meter.ts";
import { outOfMemory } from "../node/memory.ts";
import { spawnWorker } from "../node/worker.ts";
import type { ByteFile } from "./bytes.ts";
import type { HashReply, HashStart } from "./hash-worker.ts";
import type { TreeHeader } from "./layout.ts";
import { type HashContext, hashAccounts, hashUpper, type Mode } from "./levels.ts";

/** A thread's share at a time: 4096 accounts, a fraction of a second. */
const CHUNK_LEVELS = 12;
/** Below this, threads cost more than they save. */
const PARALLEL_FROM = 16_384;

export interface HashOptions {
  readonly mode: Mode;
  /** Threads; default one a core, at most 8. */
  readonly workers?: number | undefined;
  readonly meter: Meter;
}

/**
 * Hashes all levels of a tree file from its accounts.
 * @returns false when, in mode `compare`, the file has other nodes.
 * @throws {BallastError} FILE_ERROR.
 */
export async function hashTree(
  file: ByteFile,
  header: Pick<TreeHeader, "count" | "height">,
  context: HashContext,
  { mode, workers = Math.min(availableParallelism(), 8), meter }: HashOptions,
): Promise<boolean> {
  const levels = Math.min(CHUNK_LEVELS, header.height);
  const starts = Array.from({ length: Math.ceil(header.count / 2 ** levels) }, (_, i) => i * 2 ** levels);
  const done = (first: number): void => meter.add(Math.min(2 ** levels, header.count - first));
  let ok = true;
  if (workers > 1 && header.count >= PARALLEL_FROM) {
    ok = await inThreads({ path: file.path, header, context, mode, levels }, starts, workers, done);
  } else {
    for (const first of starts) {
      ok = hashAccounts(file, header, first, levels, context, mode) && ok;
      done(first);
      await new Promise((resume) => setImmediate(resume));
    }
  }
  return hashUpper(file, header, levels, context, mode) && ok;
}

async function inThreads(
  start: HashStart,
  starts: readonly number[],
  size: number,
  done: (first: number) => void,
): Promise<boolean> {
  const queue = [...starts].reverse();
  const threads = Array.from({ length: Math.min(size, starts.length) }, () =>
    spawnWorker("hash-worker", import.meta.url),
  );
  let ok = true;
  try {
    await Promise.all(
      threads.map(
        (thread) =>
          new Promise<void>((resolve, reject) => {
            let current: number | undefined;
            const next = (): void => {
              current = queue.pop();
              if (current === undefined) resolve();
              else thread.postMessage(current);
            };
            thread.on("message", (reply: HashReply) => {
              if ("failure" in reply) return reject(failed(reply.failure));
              ok = reply.ok && ok;
              if (current !== undefined) done(current);
              next();
            });
            thread.on("error", (cause) => reject(outOfMemory(cause) ?? failed("a thread ended", cause)));
            thread.on("exit", () => reject(failed("a thread ended")));
            thread.postMessage(start);
            next();
          }),
      ),
    );
    return ok;
  } finally {
    for (const thread of threads) thread.removeAllListeners("exit");
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function failed(reason: string, cause?: unknown): BallastError {
  return new BallastError("FILE_ERROR", `The accounts tree could not be hashed: ${reason}`, {
    hint: "Is there room on the disk, and memory?",
    cause,
  });
}
