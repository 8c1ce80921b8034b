import { createReadStream } from "node:fs";
import { BallastError, type ErrorCode } from "../errors.ts";
import { decodeText } from "../text.ts";

/** What the lines of a source are, and how errors speak of them. */
export interface LineFormat {
  /** Where they come from: a path, or `standard input`. */
  readonly name: string;
  /** What one line holds, e.g. `an account`. */
  readonly content: string;
  /** A longer line, its end not counted, is refused. */
  readonly maxBytes: number;
  /** The code of a line that can't be one. */
  readonly code: ErrorCode;
  readonly hint: string;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BLOCK_BYTES = 1 << 18;

/** `Line 17 of accounts.jsonl`. */
export function lineName(format: Pick<LineFormat, "name">, number: number): string {
  return `Line ${number} of ${format.name}`;
}

/** An error about a line. `problem` carries on from the line's name and quotes nothing of its text. */
export function lineError(format: LineFormat, number: number, problem: string): BallastError {
  const { code, hint } = format;
  return new BallastError(code, `${lineName(format, number)} ${problem}`, {
    hint,
    details: { line: number },
  });
}

/** {@link readLines} of a file. */
export async function* readFileLines(path: string, format: LineFormat): AsyncGenerator<string[]> {
  yield* readLines(createReadStream(path, { highWaterMark: BLOCK_BYTES }), format);
}

/**
 * The lines that end in each block that is read, without their ends (LF or CRLF). The last line need not end. Holds one
 * block and one line at a time. A line that is refused comes after those before it.
 *
 * @throws {BallastError} FILE_ERROR when the blocks can't be read; the format's code, with the line's number, for a line
 * that is too long or not UTF-8.
 */
export async function* readLines(
  blocks: AsyncIterable<Buffer | string>,
  format: LineFormat,
): AsyncGenerator<string[]> {
  const unfinished = new UnfinishedLine(format);
  for await (const block of buffersOf(blocks, format)) {
    const lines: string[] = [];
    try {
      let start = 0;
      for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, start)) {
        lines.push(unfinished.finish(block.subarray(start, end)));
        start = end + 1;
      }
      unfinished.add(block.subarray(start));
    } catch (error) {
      yield lines;
      throw error;
    }
    yield lines;
  }
  if (unfinished.isBegun) yield [unfinished.finish(Buffer.alloc(0))];
}

/** The line that the blocks so far have begun. */
class UnfinishedLine {
  readonly #format: LineFormat;
  #parts: Buffer[] = [];
  #bytes = 0;
  #number = 1;

  constructor(format: LineFormat) {
    this.#format = format;
  }

  get isBegun(): boolean {
    return this.#bytes > 0;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
    // One byte more may be the first of a CRLF.
    if (this.#bytes > this.#format.maxBytes + 1) throw this.#tooLong();
  }

  finish(end: Buffer): string {
    const whole = this.#parts.length === 0 ? end : Buffer.concat([...this.#parts, end]);
    const bytes = whole.at(-1) === RETURN ? whole.subarray(0, -1) : whole;
    if (bytes.length > this.#format.maxBytes) throw this.#tooLong();
    const decoded = decodeText(bytes);
    if ("problem" in decoded) throw lineError(this.#format, this.#number, `${decoded.problem}.`);
    this.#parts = [];
    this.#bytes = 0;
    this.#number++;
    return decoded.text;
  }

  #tooLong(): BallastError {
    return lineError(this.#format, this.#number, `is too long for ${this.#format.content}.`);
  }
}

async function* buffersOf(
  blocks: AsyncIterable<Buffer | string>,
  { name }: LineFormat,
): AsyncGenerator<Buffer> {
  try {
    for await (const block of blocks) yield typeof block === "string" ? Buffer.from(block) : block;
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `Cannot read ${name}.`, { hint: "Check the path.", cause });
  }
}
