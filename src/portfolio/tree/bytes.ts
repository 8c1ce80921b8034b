import { closeSync, readSync } from "node:fs";
import { BallastError } from "../../errors.ts";
import { openBytes, writeAll } from "../../files.ts";

/** Random access to a file. Short reads and failed writes are FILE_ERRORs. */
export class ByteFile {
  readonly path: string;
  readonly #what: string;
  readonly #file: number;

  /** @throws {BallastError} FILE_ERROR when it can't be opened. */
  constructor(path: string, flags: "r" | "r+" | "wx+", mode = 0o600, what = "accounts tree") {
    this.path = path;
    this.#what = what;
    try {
      this.#file = openBytes(path, flags, mode);
    } catch (cause) {
      throw new BallastError("FILE_ERROR", `The ${what} ${path} can't be opened.`, {
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
    return new BallastError("FILE_ERROR", `The ${this.#what} ${this.path} can't be ${what}.`, {
      hint: what === "read" ? "Was it cut off?" : "Is the disk full?",
      cause,
    });
  }
}
