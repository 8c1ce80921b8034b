import pc from "picocolors";
import type { Progress } from "../actions/progress.ts";
import { duration } from "../display.ts";
import { fold } from "./fold.ts";
import { foreign } from "./foreign.ts";
import type { Io } from "./io.ts";
import { COLUMNS } from "./terminal.ts";

/** Time as the display of progress needs it. */
export interface Clock {
  /** Milliseconds from any start. */
  now(): number;
  /** Calls `tick` again and again until what it returns is called; it keeps no process alive. */
  every(ms: number, tick: () => void): () => void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  every: (ms, tick) => {
    const timer = setInterval(tick, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

const LABELS: Readonly<Record<string, string>> = {
  compile: "compiling the circuit",
  setup: "making keys",
  ceremony: "ceremony",
  start: "starting the prover",
  witness: "witness",
  prove: "proving",
  verify: "verifying",
};

/** On a terminal the running step is drawn again with the time it has taken; elsewhere it has a line now and then. */
const REDRAW_MS = 1_000;
const LINE_MS = 30_000;
const NOTE_MS = 3_000;
const CLEAR = "\r\u001b[2K";

/** Steps of a command, as they run. Steps that overlap are told apart by their titles. */
class Display {
  readonly #io: Io;
  readonly #quiet: boolean;
  readonly #clock: Clock;
  readonly #colors;
  /** When each running step began, the newest last. */
  readonly #running = new Map<string, number>();
  #stop: (() => void) | undefined;

  constructor(io: Io, quiet: boolean, clock: Clock) {
    this.#io = io;
    this.#quiet = quiet;
    this.#clock = clock;
    this.#colors = pc.createColors(io.errColor ?? io.color);
  }

  begin(title: string): void {
    if (this.#quiet) return;
    this.#running.delete(title);
    this.#running.set(title, this.#clock.now());
    this.#draw();
    this.#stop ??= this.#clock.every(this.#io.live ? REDRAW_MS : LINE_MS, () => this.#tick());
  }

  done(title: string, ms: number): void {
    if (this.#quiet) return;
    this.end(title);
    const { green, dim } = this.#colors;
    this.#line(`  ${green("✓")} ${foreign(title)} ${dim(duration(ms))}`);
  }

  /** Without success: an error tells what happened. */
  end(title: string): void {
    this.#running.delete(title);
    if (this.#running.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    }
    if (!this.#quiet && this.#io.live) this.#io.err(CLEAR);
  }

  note(text: string): void {
    if (!this.#quiet) this.#line(`    ${this.#colors.dim(foreign(text))}`);
  }

  /** @returns a function that says whether a note about counted work is due. */
  pace(): () => boolean {
    let last = this.#clock.now();
    return () => {
      const now = this.#clock.now();
      if (now - last < (this.#io.live ? NOTE_MS : LINE_MS)) return false;
      last = now;
      return true;
    };
  }

  now(): number {
    return this.#clock.now();
  }

  #line(text: string): void {
    this.#io.err(`${this.#io.live ? CLEAR : ""}${fold(text, this.#io.columns ?? COLUMNS)}\n`);
    this.#draw();
  }

  #tick(): void {
    if (this.#io.live) this.#draw();
    else
      for (const [title, start] of this.#running)
        this.#io.err(`  … ${foreign(title)}, ${duration(this.#clock.now() - start)}\n`);
  }

  #draw(): void {
    const newest = [...this.#running].at(-1);
    if (newest === undefined || !this.#io.live) return;
    const [title, start] = newest;
    const ms = this.#clock.now() - start;
    const name = foreign(title);
    const text = ms < REDRAW_MS ? name : `${name}, ${duration(Math.floor(ms / 1000) * 1000)}`;
    // A line that wraps can't be cleared.
    this.#io.err(`${CLEAR}  ${this.#colors.dim("…")} ${text.slice(0, (this.#io.columns ?? COLUMNS) - 5)}`);
  }
}

/** Shows the steps of long work on `err`: one line a step, with its time when it is done. Silent when `quiet`. */
export function createProgress(io: Io, quiet: boolean, clock: Clock = systemClock): Progress {
  return progressOn(new Display(io, quiet, clock), "");
}

function progressOn(display: Display, prefix: string): Progress {
  const note = (text: string): void => display.note(`${prefix}${text}`);
  return {
    onProgress: ({ step, message, ms }) => {
      if (step === "wait" || step === "fallback") return note(message ?? step);
      const label = LABELS[step] ?? step;
      const title = `${prefix}${message === undefined ? label : `${label}: ${message}`}`;
      if (ms === undefined) display.begin(title);
      else display.done(title, ms);
    },
    async step(text, work) {
      const title = `${prefix}${text}`;
      display.begin(title);
      const start = display.now();
      try {
        const result = await work();
        display.done(title, display.now() - start);
        return result;
      } catch (error) {
        display.end(title);
        throw error;
      }
    },
    note,
    part: (n, m) => progressOn(display, m > 1 ? `${n} of ${m}: ` : ""),
    meter: (unit) => {
      const isDue = display.pace();
      return ({ step, done, total, perSecond, secondsLeft }) => {
        if (!isDue()) return;
        const count = total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
        const rate = perSecond >= 10 ? Math.round(perSecond).toString() : perSecond.toFixed(2);
        const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft * 1000)} left`;
        note(`${step}: ${count}, ${rate} a second${left}`);
      };
    },
  };
}
