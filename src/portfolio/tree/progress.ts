/** How far work over many accounts is. */
export interface TreeProgress {
  readonly step: "reading" | "hashing" | "verifying";
  /** Accounts. */
  readonly done: number;
  /** Accounts, when it is known. */
  readonly total?: number;
  readonly perSecond: number;
  /** Estimated from the rate so far. */
  readonly secondsLeft?: number;
}

export type OnTreeProgress = (progress: TreeProgress) => void;

/** Counts accounts and reports at most four times a second, and at the end. */
export class Meter {
  readonly #step: TreeProgress["step"];
  readonly #total: number | undefined;
  readonly #report: OnTreeProgress;
  readonly #start = performance.now();
  #last = this.#start;
  #done = 0;

  constructor(step: TreeProgress["step"], total: number | undefined, report: OnTreeProgress = () => {}) {
    this.#step = step;
    this.#total = total;
    this.#report = report;
  }

  add(accounts: number): void {
    this.#done += accounts;
    const now = performance.now();
    if (now - this.#last < 250 && this.#done !== this.#total) return;
    this.#last = now;
    const perSecond = this.#done / Math.max((now - this.#start) / 1000, 1e-3);
    const total = this.#total;
    const estimate = total === undefined ? {} : { total, secondsLeft: (total - this.#done) / perSecond };
    this.#report({ step: this.#step, done: this.#done, perSecond, ...estimate });
  }
}
