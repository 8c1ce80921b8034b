import type { TreeProgress } from "../meter.ts";
import type { OnProgress } from "../prover/progress.ts";

/** How an act tells what it does: to a terminal, a log, a page, or nobody. Texts hold names and counts, no witness values. */
export interface Progress {
  /** For the prover's own events. */
  readonly onProgress: OnProgress;
  /** Runs one step under a title. */
  step<T>(title: string, work: () => Promise<T> | T): Promise<T>;
  note(text: string): void;
  /** The same for part `n` of `m`: its steps say so. */
  part(n: number, m: number): Progress;
  /** Tells how far counted work is, now and then. @param unit what is counted, e.g. "accounts". */
  readonly meter: (unit: string) => (event: TreeProgress) => void;
}

/** Tells nobody. */
export const SILENT: Progress = {
  onProgress: () => {},
  step: async (_, work) => await work(),
  note: () => {},
  part: () => SILENT,
  meter: () => () => {},
};
