import type { Clock } from "../../src/clock.ts";

interface Sleeper {
  readonly until: bigint;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: bigint;
  readonly #sleepers = new Set<Sleeper>();

  constructor(now: bigint) {
    this.#now = now;
  }

  readonly now = (): bigint => this.#now;

  readonly sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      const stop = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = (): void => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      const sleeper: Sleeper = { until: this.#now + BigInt(Math.ceil(milliseconds)), wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", stop, { once: true });
    });

  /** How many are asleep. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Waits until so many are asleep, and no more. */
  async quiet(sleeping: number): Promise<void> {
    while (this.#sleepers.size !== sleeping) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Waits until somebody sleeps who is to wake in so many milliseconds: what came before is done then. */
  async reached(milliseconds: number): Promise<void> {
    const isAsleep = () =>
      [...this.#sleepers].some(({ until }) => until === this.#now + BigInt(milliseconds));
    while (!isAsleep()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** {@link reached}, and then lets the time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.reached(milliseconds);
    this.advance(milliseconds);
  }

  /** Moves on, and wakes who has waited long enough, the earliest first. */
  advance(milliseconds: number): void {
    this.#now += BigInt(milliseconds);
    const due = [...this.#sleepers].filter(({ until }) => until <= this.#now);
    due.sort((a, b) => Number(a.until - b.until));
    for (const sleeper of due) {
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** Moves on to the moment at which the next one wakes, once somebody is asleep. */
  async next(): Promise<void> {
    while (this.#sleepers.size === 0) await new Promise((resolve) => setImmediate(resolve));
    const earliest = [...this.#sleepers].reduce((a, b) => (a.until <= b.until ? a : b));
    this.advance(Math.max(0, Number(earliest.until - this.#now)));
  }

  /** Sets the time, as somebody who corrects a clock does: nobody wakes. */
  set(now: bigint): void {
    this.#now = now;
  }
}
