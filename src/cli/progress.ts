import pc from "picocolors";
import type { TreeProgress } from "../portfolio/tree/progress.ts";
import type { OnProgress } from "../prover/progress.ts";
import { duration } from "./format.ts";
import type { Io } from "./io.ts";

/** Shows the steps of long work on `err`: one line a step, with its time when it is done. Silent when `quiet`. */
export interface Progress {
  /** For the prover's own events. */
  readonly onProgress: OnProgress;
  /** Runs one step of the command itself under a title. */
  step<T>(title: string, work: () => Promise<T> | T): Promise<T>;
  note(text: string): void;
}

const LABELS: Readonly<Record<string, string>> = {
  compile: "compiling the circuit",
  setup: "making keys",
  ceremony: "ceremony",
  start: "starting the prover",
  witness: "witness",
  prove: "proving",
  verify: "verifying",
};

export function createProgress(io: Io, quiet: boolean): Progress {
  const colors = pc.createColors(io.color);
  const begin = (title: string): void => {
    if (!quiet && io.live) io.err(`\r\u001b[2K  ${colors.dim("…")} ${title}`);
  };
  const done = (title: string, ms: number): void => {
    if (!quiet)
      io.err(`${io.live ? "\r\u001b[2K" : ""}  ${colors.green("✓")} ${title} ${colors.dim(duration(ms))}\n`);
  };
  return {
    onProgress: ({ step, message, ms }) => {
      if (step === "fallback") {
        if (!quiet) io.err(`${io.live ? "\r\u001b[2K" : ""}    ${message}\n`);
        return;
      }
      const label = LABELS[step] ?? step;
      const title = message === undefined ? label : `${label}: ${message}`;
      if (ms === undefined) begin(title);
      else done(title, ms);
    },
    async step(title, work) {
      begin(title);
      const start = performance.now();
      try {
        const result = await work();
        done(title, performance.now() - start);
        return result;
      } catch (error) {
        if (!quiet && io.live) io.err("\r\u001b[2K");
        throw error;
      }
    },
    note: (text) => {
      if (!quiet) io.err(`    ${colors.dim(text)}\n`);
    },
  };
}

const NOTE_EVERY_MS = 3000;

/** Notes count, rate and time left, every few seconds of long work. */
export function meterNotes({ note }: Progress, unit: string): (event: TreeProgress) => void {
  let last = performance.now();
  return ({ step, done, total, perSecond, secondsLeft }) => {
    const now = performance.now();
    if (now - last < NOTE_EVERY_MS) return;
    last = now;
    const count = total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
    const rate = perSecond >= 10 ? Math.round(perSecond).toString() : perSecond.toFixed(2);
    const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft * 1000)} left`;
    note(`${step}: ${count}, ${rate} a second${left}`);
  };
}
