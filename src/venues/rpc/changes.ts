import type { Clock } from "../../clock.ts";

/** Milliseconds in which further changes are waited for: fills come in swarms. */
const SETTLE = 200;

/** That something has changed, and the wait for it. */
export class Changes {
  readonly #clock: Clock;
  readonly #interval: number;
  #wake: (() => void) | undefined;
  #taken = 0;
  /** How many were told. */
  seen = 0;

  /** @param interval milliseconds after which it is time to look again, told or not. */
  constructor(clock: Clock, interval: number) {
    this.#clock = clock;
    this.#interval = interval;
  }

  tell(): void {
    this.seen++;
    this.#wake?.();
  }

  /** Waits for a change since the last wait, or for the interval. @throws the signal's reason. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.seen === this.#taken) await this.#next(signal);
    await this.#clock.sleep(SETTLE, signal);
    this.#taken = this.seen;
  }

  async #next(signal: AbortSignal): Promise<void> {
    const waking = new AbortController();
    const stop = (): void => waking.abort(signal.reason);
    signal.addEventListener("abort", stop);
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const late = this.#clock.sleep(this.#interval, waking.signal);
    try {
      await Promise.race([woken, late]);
    } finally {
      this.#wake = undefined;
      signal.removeEventListener("abort", stop);
      waking.abort();
      late.catch(() => undefined); // ended by whoever came first
    }
  }
}
