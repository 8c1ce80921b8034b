import type { ChildProcess } from "node:child_process";
import { BallastError } from "../../errors.ts";
import { given } from "../../given.ts";
import { diedOfMemory } from "../../node/memory.ts";
import { forkModule } from "../../node/worker.ts";
import type { OnProgress } from "../progress.ts";
import type { BackendResult } from "./backend.ts";
import type { WorkReply, WorkRequest } from "./prove-process.ts";

interface Pending {
  readonly onProgress: OnProgress | undefined;
  readonly resolve: (value: BackendResult | Uint8Array) => void;
  readonly reject: (error: BallastError) => void;
}

/**
 * The warm worker from outside: started at the first request and again after a crash, kept until `close`.
 * An idle worker does not keep the process alive.
 */
export class ProveClient {
  #worker: ChildProcess | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();

  /** Witness and proof. */
  async prove(
    request: Omit<WorkRequest, "id"> & Required<Pick<WorkRequest, "zkey">>,
    onProgress?: OnProgress,
  ) {
    const value = await this.#send(request, onProgress);
    if (value instanceof Uint8Array) throw new BallastError("INTERNAL", "The worker sent no proof.");
    return value;
  }

  /** The witness alone, as a `.wtns` file. */
  async witness(request: Pick<WorkRequest, "wasm" | "inputs">, onProgress?: OnProgress): Promise<Uint8Array> {
    const value = await this.#send(request, onProgress);
    if (!(value instanceof Uint8Array)) throw new BallastError("INTERNAL", "The worker sent no witness.");
    return value;
  }

  /** Ends the worker. Requests that are under way are rejected; a later one starts a new worker. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#lost("The prover was closed.");
    if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
    keepAlive(worker, true); // an idle worker doesn't hold the process, which would end before the worker has
    await new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.kill("SIGKILL");
    });
  }

  /** Process id of the running worker, if any; for tests and diagnostics. */
  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  #send(request: Omit<WorkRequest, "id">, onProgress?: OnProgress): Promise<BackendResult | Uint8Array> {
    const worker = this.#start();
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { onProgress, resolve, reject });
      keepAlive(worker, true);
      worker.send({ ...request, id } satisfies WorkRequest, (error) => {
        if (error !== null && this.#worker === worker)
          this.#lost("The proving worker can't be reached.", error);
      });
    });
  }

  #start(): ChildProcess {
    if (this.#worker !== undefined) return this.#worker;
    const worker = forkModule("prove-process", import.meta.url);
    const lost = (text: string, cause?: unknown): void => {
      if (this.#worker === worker) this.#lost(text, cause);
    };
    const ended = (code: number | null, signal: string | null): void =>
      lost(
        `The proving worker ended unexpectedly (${code ?? signal}).`,
        diedOfMemory("The proving worker", { code, signal }),
      );
    worker.on("message", (reply) => this.#receive(worker, reply as WorkReply));
    worker.on("error", (cause) => lost("The proving worker could not be started.", cause));
    worker.on("exit", ended);
    this.#worker = worker;
    return worker;
  }

  #receive(worker: ChildProcess, reply: WorkReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if ("step" in reply) {
      pending.onProgress?.({ step: reply.step, ...(reply.ms === undefined ? {} : { ms: reply.ms }) });
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) keepAlive(worker, false);
    if ("failure" in reply) {
      const { code, message, hint, inputs } = reply.failure;
      pending.reject(new BallastError(code, message, { inputs, ...given({ hint }) }));
    } else {
      pending.resolve("result" in reply ? reply.result : reply.witness);
    }
  }

  #lost(text: string, cause?: unknown): void {
    this.#worker = undefined;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) {
      reject(
        cause instanceof BallastError
          ? cause
          : new BallastError("BACKEND_FAILED", text, {
              hint: "Try again; the next proof starts a new worker.",
              ...(cause === undefined ? {} : { cause }),
            }),
      );
    }
  }
}

/** Whether a worker keeps this process from ending: while it works, not while it waits. */
function keepAlive(worker: ChildProcess, busy: boolean): void {
  for (const handle of [worker, worker.channel]) busy ? handle?.ref() : handle?.unref();
}
