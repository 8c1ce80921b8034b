import type { Clock } from "../../clock.ts";

/** Lets so many requests through in a second, after a burst of some; in their order. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #burst: number;
  /** When the bucket is full again, Unix milliseconds. */
  #full: number;

  constructor(clock: Clock, { perSecond, burst }: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#interval = 1000 / perSecond;
    this.#burst = burst;
    this.#full = Number(clock.now());
  }

  /** Waits for its turn. @throws the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    const now = Number(this.#clock.now());
    this.#full = Math.max(this.#full, now) + this.#interval;
    const wait = this.#full - now - this.#burst * this.#interval;
    if (wait > 0) await this.#clock.sleep(wait, signal);
  }
}
