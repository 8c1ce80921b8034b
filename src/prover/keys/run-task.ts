import type { ChildProcess } from "node:child_process";
import { diedOfMemory } from "../../node/memory.ts";
import { forkModule } from "../../node/worker.ts";

/**
 * Sends one job to a fresh process and waits for its one answer. The process is ended in any case.
 * @throws {BallastError} OUT_OF_MEMORY when it was ended for want of memory.
 * @throws {Error} when the process could not be started or ended without an answer.
 */
export async function runTask<Reply>(name: string, from: string, job: object): Promise<Reply> {
  const child: ChildProcess = forkModule(name, from);
  try {
    return await new Promise<Reply>((resolve, reject) => {
      child.once("message", (message) => resolve(message as Reply));
      child.once("error", reject);
      child.once("exit", (code, signal) =>
        reject(
          diedOfMemory("The process", { code, signal }) ??
            new Error(`the process ended early (${code ?? signal})`),
        ),
      );
      child.send(job);
    });
  } finally {
    child.kill();
  }
}
