import { createHash } from "node:crypto";
import { closeSync, fstatSync, readSync } from "node:fs";
import { BallastError } from "../errors.ts";
import { openBytes, writeAll } from "../node/files.ts";

const BLOCK_BYTES = 1 << 20;

/** Random access to a file. Short reads and failed writes are FILE_ERRORs. */
export class ByteFile {
  readonly path: string;
  readonly #what: string;
  readonly #file: number;
  readonly #name: string;

  /**
   * @param name what errors call it: the name that a temporary file is to get.
   * @throws {BallastError} FILE_ERROR when it can't be opened.
   */
  constructor(path: string, flags: "r" | "r+" | "wx+", mode = 0o600, what = "accounts tree", name = path) {
    this.path = path;
    this.#name = name;
    this.#what = what;
    try {
      this.#file = openBytes(path, flags, mode);
    } catch (cause) {
      throw new BallastError("FILE_ERROR", `The ${what} ${name} can't be opened.`, {
        hint: "Check the path and its permissions.",
        cause,
      });
    }
  }

  get descriptor(): number {
    return this.#file;
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      let more = 0;
      try {
        more = readSync(this.#file, bytes, done, length - done, offset + done);
      } catch (cause) {
        throw this.#failed("read", cause);
      }
      if (more === 0) throw this.#failed("read");
      done += more;
    }
    return bytes;
  }

  /** SHA-256 of the bytes from `offset` on, 64 hex digits. @throws {BallastError} FILE_ERROR. */
  digest(offset = 0): string {
    const hash = createHash("sha256");
    const { size } = fstatSync(this.#file);
    for (let at = offset; at < size; at += BLOCK_BYTES)
      hash.update(this.read(at, Math.min(BLOCK_BYTES, size - at)));
    return hash.digest("hex");
  }

  write(offset: number, bytes: Uint8Array): void {
    try {
      writeAll(this.#file, bytes, offset);
    } catch (cause) {
      throw this.#failed("written", cause);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #failed(what: "read" | "written", cause?: unknown): BallastError {
    return new BallastError("FILE_ERROR", `The ${this.#what} ${this.#name} can't be ${what}.`, {
      hint: what === "read" ? "Was it cut off?" : "Is the disk full?",
      cause,
    });
  }
}
