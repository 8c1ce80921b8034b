import { fstatSync, writeSync } from "node:fs";
import pc from "picocolors";
import { BallastError } from "../errors.ts";
import { wrapWords } from "./fold.ts";
import { foreign, shown } from "./foreign.ts";
import { writtenHint } from "./mend.ts";
import { COLUMNS, terminalOf } from "./terminal.ts";

/** Where a command writes. Results go to `out`, progress and notes to `err`, so that output can be piped. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True when `err` is a terminal that can redraw a line. */
  readonly live: boolean;
  /** True when `out` is a terminal that can redraw lines. Default: false. */
  readonly screen?: boolean;
  /** Whether `out` takes colours. */
  readonly color: boolean;
  /** Whether `err` does. Default: as `color`. */
  readonly errColor?: boolean;
  /** Characters a line may have. Default: 80. */
  readonly columns?: number;
}

/** The process's own streams. */
export function processIo(): Io {
  const [out, err] = [terminalOf(process.stdout), terminalOf(process.stderr)];
  return {
    out: writerOf(process.stdout),
    err: writerOf(process.stderr),
    live: err.redraws,
    screen: out.redraws,
    color: out.color,
    errColor: err.color,
    // A terminal changes its size.
    get columns() {
      return terminalOf(process.stdout).columns;
    },
  };
}

/** How Ballast redraws a line or a table: only ever before the text that it writes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes that move the cursor
const REDRAW = /^(?:\r|\u001b\[\d*[AJK])+/;

/** Streams on which nothing foreign can move the cursor, whatever a command writes. */
export function guardedIo(io: Io): Io {
  const guarded = (write: (text: string) => void, redraws: boolean) => (text: string) => {
    const own = redraws ? (REDRAW.exec(text)?.[0] ?? "") : "";
    write(own + shown(text.slice(own.length)));
  };
  return Object.create(io, {
    out: { value: guarded(io.out, io.screen === true) },
    err: { value: guarded(io.err, io.live) },
  }) as Io;
}

/** Node writes to a file once and doesn't look how much of it went in: on a full disk the rest would be lost in silence. */
function writerOf(stream: NodeJS.WriteStream & { readonly fd: number }): (text: string) => void {
  if (!isFile(stream.fd)) return (text) => void stream.write(text);
  return (text) => {
    const bytes = Buffer.from(text);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(stream.fd, bytes, written);
    } catch (cause) {
      throw new BallastError("FILE_ERROR", "The output can't be written.", {
        hint: "Check the free space of the disk that it goes to.",
        cause,
      });
    }
  };
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false; // closed: writing says so
  }
}

/** Exit codes, as `ballast --help` lists them. */
export const EXIT = { ok: 0, negative: 1, input: 2, environment: 3, internal: 70 } as const;

const ENVIRONMENT_CODES = new Set([
  "BACKEND_UNAVAILABLE",
  "BACKEND_FAILED",
  "OUT_OF_MEMORY",
  "CHAIN_ERROR",
  "FILE_ERROR",
  "STORE_ERROR",
  "LOCKED",
  "VENUE_UNAVAILABLE",
  "INVALID_ANSWER",
  "READINGS_APART",
  "CLOCK_SKEWED",
]);

/** The exit code an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BallastError)) return EXIT.internal;
  if (error.code === "PROOF_REJECTED") return EXIT.negative;
  if (error.code === "INTERNAL") return EXIT.internal;
  return ENVIRONMENT_CODES.has(error.code) ? EXIT.environment : EXIT.input;
}

const INDENT = "      ";

/** Shows an error on `err`, or as JSON on `out` when the command was asked for JSON. */
export function reportError(io: Io, error: unknown, json: boolean): void {
  if (!(error instanceof BallastError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (json) io.out(`${JSON.stringify({ error: { code: "INTERNAL", message: "Unexpected error." } })}\n`);
    io.err(`ballast: unexpected error, please report it\n${shown(text)}\n`);
    return;
  }
  const { code, shortMessage, details } = error;
  const hint = writtenHint(error.hint, error.inputs);
  if (json) {
    io.out(
      `${JSON.stringify({ error: { code, message: shortMessage, hint: hint ?? null, details } }, null, 2)}\n`,
    );
    return;
  }
  const colors = pc.createColors(io.errColor ?? io.color);
  // Colours and the first column are ours alone: a message may repeat what a file or a node said.
  const width = (io.columns ?? COLUMNS) - INDENT.length;
  const indented = (text: string) => wrapWords(text, width).join(`\n${INDENT}`);
  io.err(`${colors.red("error")} ${indented(foreign(shortMessage))}\n`);
  if (hint !== undefined) io.err(`${INDENT}${indented(hint.split("\n").map(foreign).join("\n"))}\n`);
  io.err(colors.dim(`      (${code})\n`));
}

/** Prints `value` as JSON, or whatever `human` makes of it. Bigints become decimal strings. */
export function emit(io: Io, json: boolean, value: unknown, human: () => string): void {
  if (json) {
    const text = JSON.stringify(
      value,
      (_, entry) => (typeof entry === "bigint" ? entry.toString() : entry),
      2,
    );
    io.out(`${text}\n`);
    return;
  }
  const text = shown(human());
  io.out(text.endsWith("\n") ? text : `${text}\n`);
}
