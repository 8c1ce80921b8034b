import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type LineFormat, readLines } from "../../portfolio/lines-file.ts";

/** How far a file of lines has been read. */
export interface Place {
  /** The file that had the path then: another one under the same name is read from its beginning. */
  readonly inode: bigint;
  /** Bytes that were read; the next one begins a line. */
  readonly offset: number;
  /** Lines that were read. */
  readonly line: number;
}

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1 << 16;

/**
 * The lines that a file has beyond a place.
 *
 * @param from undefined reads from the beginning, as does a file that was replaced or cut.
 * @param isFinal whether a last line that doesn't end is one too; else it is left for the next time, as its writer is still at it.
 * @param onLine told each line with its number.
 * @returns the new place.
 * @throws the system's error; as `readLines`.
 */
export async function readTail(
  path: string,
  format: LineFormat,
  from: Place | undefined,
  isFinal: boolean,
  onLine: (text: string, number: number) => void,
): Promise<Place> {
  const file = await open(path);
  try {
    const { ino: inode, size } = await file.stat({ bigint: true });
    const isSame = from !== undefined && from.inode === inode && BigInt(from.offset) <= size;
    const start = isSame ? from.offset : 0;
    const end = isFinal ? Number(size) : await afterLastLine(file, start, Number(size));
    let line = isSame ? from.line : 0;
    if (end > start) {
      const blocks = createReadStream(path, { fd: file, start, end: end - 1, autoClose: false });
      for await (const lines of readLines(blocks, format)) for (const text of lines) onLine(text, ++line);
    }
    return { inode, offset: end, line };
  } finally {
    await file.close();
  }
}

/** Where the last line that ends within `[start, size)` ends; `start` where none does. */
async function afterLastLine(file: FileHandle, start: number, size: number): Promise<number> {
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let end = size; end > start; ) {
    const from = Math.max(start, end - BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, end - from, from);
    const found = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (found >= 0) return from + found + 1;
    end = from;
  }
  return start;
}
