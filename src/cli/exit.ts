import { writeSync } from "node:fs";
import { constants } from "node:os";
import { EXIT, type Io, processIo, reportError } from "./io.ts";

/** Ends a command: from the keyboard, from outside, with the terminal. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

const takers: ((signal: Signal) => void)[] = [];

/**
 * Takes the signals that would end the process, until the returned function is called.
 * @param taker called once for each signal.
 */
export function takeSignals(taker: (signal: Signal) => void): () => void {
  listen();
  takers.push(taker);
  return () => {
    const index = takers.lastIndexOf(taker);
    if (index >= 0) takers.splice(index, 1);
    if (takers.length === 0) for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
}

function listen(): void {
  if (takers.length > 0) return;
  for (const signal of SIGNALS) process.on(signal, onSignal);
}

function onSignal(signal: Signal): void {
  takers.at(-1)?.(signal);
}

/** 128 and the signal's number, as shells have it. */
export function exitCodeOfSignal(signal: "SIGPIPE" | Signal): number {
  return 128 + constants.signals[signal];
}

/**
 * Runs the command line as the process: with its streams, to its exit code.
 *
 * Whatever was written arrives before the process ends. A reader that goes away ends it quietly, as SIGPIPE would (141).
 * A signal ends it with 128 and the signal's number. Everything that `work` doesn't catch is a crash: 70.
 */
export function runProcess(work: (io: Io) => Promise<number>): void {
  const io = processIo();
  let ended = false;
  let crashed = false;
  const end = (code: number): void => {
    ended = true;
    process.exit(crashed ? EXIT.internal : code);
  };
  const crash = (error: unknown): void => {
    crashed = true;
    reportError(io, error, false);
    void flushed().then(() => end(EXIT.internal));
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  // Nothing is left to wait for, and the work isn't done: Node would exit with 0 or 13.
  process.on("exit", () => {
    if (ended) return;
    writeSync(process.stderr.fd, "ballast: the command stopped before its end, please report it\n");
    process.exitCode = EXIT.internal;
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return end(exitCodeOfSignal("SIGPIPE"));
      if (stream === process.stdout)
        process.stderr.write(`error The output can't be written: ${error.code}.\n`);
      end(EXIT.environment);
    });
  }
  takeSignals((signal) => {
    if (io.live) process.stderr.write("\n");
    end(exitCodeOfSignal(signal));
  });
  work(io).then((code) => flushed().then(() => end(code)), crash);
}

/** Resolves when all that was written has left the process, or can't. */
async function flushed(): Promise<void> {
  const drained = [process.stdout, process.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.write("", () => resolve())),
  );
  await Promise.all(drained);
}

/** Works until it is done or a signal comes, and then to its end: what is in hand is finished. A second signal ends it at once. */
export async function untilSignal<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  let release = (): void => {};
  release = takeSignals(() => {
    stop.abort();
    release();
  });
  try {
    return await work(stop.signal);
  } finally {
    release();
  }
}
