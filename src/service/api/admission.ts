import type { Clock } from "../../clock.ts";

export interface AdmissionRules {
  /** Requests of one key, after a burst. */
  readonly perSecond: number;
  readonly burst: number;
  /** Requests of all keys that are worked on at once. */
  readonly atOnce: number;
}

/** So many are remembered, before those are forgotten who have all their burst again. */
const REMEMBERED = 10_000;

/** Who may come in now, and who has to wait: nobody is kept waiting inside. */
export class Admission {
  readonly #clock: Pick<Clock, "now">;
  readonly #rules: AdmissionRules;
  /** When each one's bucket is full again, Unix milliseconds. */
  readonly #full = new Map<string, number>();
  #inside = 0;

  constructor(clock: Pick<Clock, "now">, rules: AdmissionRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** @returns 0 for one who is let in and must {@link leave}; else after how many seconds it is worth another try. */
  enter(who: string): number {
    const { perSecond, burst, atOnce } = this.#rules;
    const [now, interval] = [Number(this.#clock.now()), 1000 / perSecond];
    if (this.#full.size >= REMEMBERED) this.#forget(now);
    // A clock that was set back would else keep out whoever came before.
    const known = this.#full.get(who) ?? 0;
    const full = Math.max(known > now + burst * interval ? now : known, now) + interval;
    const wait = full - now - burst * interval;
    if (wait > 0) return Math.ceil(wait / 1000);
    if (this.#inside >= atOnce) return 1;
    this.#full.set(who, full);
    this.#inside++;
    return 0;
  }

  leave(): void {
    this.#inside--;
  }

  #forget(now: number): void {
    for (const [who, full] of this.#full) if (full <= now) this.#full.delete(who);
  }
}
