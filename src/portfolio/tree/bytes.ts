import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { BallastError } from "../../errors.ts";

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
      this.#file = openSync(path, flags, mode);
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
    this.#each("read", length, (done) => readSync(this.#file, bytes, done, length - done, offset + done));
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    const { length } = bytes;
    this.#each("written", length, (done) => writeSync(this.#file, bytes, done, length - done, offset + done));
  }

  close(): void {
    closeSync(this.#file);
  }

  #each(what: string, length: number, step: (done: number) => number): void {
    for (let done = 0; done < length; ) {
      let more = 0;
      let cause: unknown;
      try {
        more = step(done);
      } catch (error) {
        cause = error;
      }
      if (more === 0) {
        throw new BallastError("FILE_ERROR", `The ${this.#what} ${this.path} can't be ${what}.`, {
          hint: what === "read" ? "Was it cut off?" : "Is the disk full?",
          cause,
        });
      }
      done += more;
    }
  }
}
