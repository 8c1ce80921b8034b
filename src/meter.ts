/** How far work over many accounts is. */
export interface TreeProgress {
  readonly step: "reading" | "hashing" | "verifying" | "summing" | "proving";
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
  readonly #before: number;
  #done: number;

  /** @param before what was done earlier: it counts as done, and not for the rate. */
  constructor(
    step: TreeProgress["step"],
    total: number | undefined,
    report: OnTreeProgress = () => {},
    before = 0,
  ) {
    this.#step = step;
    this.#total = total;
    this.#report = report;
    this.#before = before;
    this.#done = before;
  }

  add(accounts: number): void {
    this.#done += accounts;
    const now = performance.now();
    if (now - this.#last < 250 && this.#done !== this.#total) return;
    this.#last = now;
    const perSecond = (this.#done - this.#before) / Math.max((now - this.#start) / 1000, 1e-3);
    const total = this.#total;
    const estimate = total === undefined ? {} : { total, secondsLeft: (total - this.#done) / perSecond };
    this.#report({ step: this.#step, done: this.#done, perSecond, ...estimate });
  }
}
