import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { spawnWorker } from "../../node/worker.ts";
import { packScalars } from "../scalars.ts";
import type { CurveCode, GroupName } from "./fixed-base.ts";
import type { FixedBaseRequest } from "./fixed-base-worker.ts";

const CHUNK = 4096;

interface Job {
  readonly group: GroupName;
  readonly scalars: Uint8Array;
  readonly done: (points: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
}

/** A few workers that share a queue of fixed-base multiplications. */
export class FixedBasePool {
  readonly #workers: Worker[] = [];
  readonly #queue: Job[] = [];
  readonly #running = new Map<Worker, Job>();

  constructor(curve: CurveCode, size = Math.min(availableParallelism(), 8)) {
    for (let index = 0; index < size; index++) {
      const worker = spawnWorker("fixed-base-worker", import.meta.url);
      worker.postMessage({ curve } satisfies FixedBaseRequest);
      worker.on("message", (points: Uint8Array) => {
        this.#running.get(worker)?.done(points);
        this.#running.delete(worker);
        this.#assign();
      });
      worker.on("error", (error) => this.#fail(error));
      this.#workers.push(worker);
    }
  }

  /** The generator times each scalar, as consecutive affine points (see `FixedBase.multiply`). */
  async multiply(group: GroupName, scalars: readonly bigint[]): Promise<Uint8Array> {
    const jobs: Promise<Uint8Array>[] = [];
    for (let first = 0; first < scalars.length; first += CHUNK) {
      const chunk = packScalars(scalars.slice(first, first + CHUNK));
      jobs.push(
        new Promise((done, failed) => {
          this.#queue.push({ group, scalars: chunk, done, failed });
        }),
      );
    }
    this.#assign();
    return Buffer.concat(await Promise.all(jobs));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #assign(): void {
    for (const worker of this.#workers) {
      if (this.#running.has(worker)) continue;
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.#running.set(worker, job);
      worker.postMessage({ group: job.group, scalars: job.scalars } satisfies FixedBaseRequest);
      job.scalars.fill(0);
    }
  }

  #fail(error: unknown): void {
    for (const job of [...this.#running.values(), ...this.#queue.splice(0)]) job.failed(error);
    this.#running.clear();
  }
}
