import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { namingFile } from "../../node/in-file.ts";
import { parsePortfolio } from "../../portfolio/format.ts";
import { lineName } from "../../portfolio/lines-file.ts";
import { located, portfolioLines, readPortfolioText } from "../../portfolio/stream-file.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { refusalOf, waited } from "../refusal.ts";
import type { AccountReading, DeclaredBy, Report, Venue } from "../venue.ts";
import { Versions } from "../versions.ts";
import { type FedPortfolio, parseFed, requirePast } from "./fed.ts";
import { type Place, readTail } from "./tail.ts";

export interface FileVenueOptions {
  readonly name: string;
  /** A `*.json` with one portfolio, a `*.jsonl` with one a line, or a folder of both; other files in it are passed over. */
  readonly path: string;
  /** Who answers for what the files say. */
  readonly declaredBy: DeclaredBy;
  readonly clock: Clock;
  /** Whether to go on reading what changes. */
  readonly watch: boolean;
  /** Milliseconds between two looks at a path that is watched. Default: a second. */
  readonly interval?: number;
  /** The snapshot whose instruments and lots portfolios must be of, as it is when they are read. Default: they aren't checked. */
  readonly snapshot?: () => Pick<Snapshot, "rows"> | undefined;
}

/** One file, as it was when it was last read. */
interface Known {
  readonly stamp: string;
  readonly place?: Place;
}

/** A file that there is to be read. */
interface Found {
  readonly path: string;
  /** Changes with the file's content. */
  readonly stamp: string;
  /** When it was last written, in nanoseconds since 1970. */
  readonly written: bigint;
}

const DEFAULT_INTERVAL = 1000;
const NANOS = 1_000_000n;

/**
 * Portfolios from files. A path that is watched is looked at again and again: file systems tell of changes by means that lose some, and
 * network ones tell of none. Who writes a `*.json` should write it beside and rename it; a `*.jsonl` may grow, and a line counts once it ends.
 *
 * A portfolio without a `version` has the time at which its file was written as one, and as its `asOf`.
 */
export function fileVenue(options: FileVenueOptions): Venue {
  const { name, watch, clock, interval = DEFAULT_INTERVAL } = options;
  return {
    name,
    async *accounts(signal) {
      const reader = new FileReader(options);
      for (;;) {
        yield* reader.round(signal);
        if (signal.aborted || !watch || !(await waited(clock, interval, signal))) return;
      }
    },
  };
}

class FileReader {
  readonly #options: FileVenueOptions;
  readonly #versions = new Versions();
  readonly #known = new Map<string, Known>();
  /** The file that an account comes from. */
  readonly #owners = new Map<string, string>();
  /** What the whole path was last refused for. */
  #trouble: string | undefined;

  constructor(options: FileVenueOptions) {
    this.#options = options;
  }

  /** Reads what has changed since the last round. */
  async *round(signal: AbortSignal): AsyncGenerator<Report<AccountReading>> {
    let files: Found[];
    try {
      files = await filesAt(this.#options.path);
      this.#trouble = undefined;
    } catch (error) {
      const report = refusalOf(this.#options, error);
      const { message } = report.refusal.error;
      // Said once, and not each second.
      if (message !== this.#trouble) yield report;
      this.#trouble = message;
      return;
    }
    yield* this.#gone(files);
    for (const file of files) {
      if (signal.aborted) return;
      if (this.#known.get(file.path)?.stamp !== file.stamp) yield* await this.#read(file);
    }
  }

  /** Accounts whose file is no longer there: their last reading stays. */
  *#gone(files: readonly Found[]): Generator<Report<AccountReading>> {
    const there = new Set(files.map(({ path }) => path));
    for (const path of this.#known.keys()) {
      if (there.has(path)) continue;
      this.#known.delete(path);
      for (const [account, owner] of this.#owners) {
        if (owner !== path) continue;
        this.#owners.delete(account);
        const error = new BallastError("FILE_ERROR", `The file ${path} is gone.`, {
          hint: "An account without positions has a file with none.",
        });
        yield refusalOf(this.#options, error, account);
      }
    }
  }

  async #read(file: Found): Promise<Report<AccountReading>[]> {
    const known = this.#known.get(file.path);
    const isLines = file.path.endsWith(".jsonl");
    const reports = new Map<string, Report<AccountReading>>();
    const refused: Report<AccountReading>[] = [];
    const take = (text: string, where: string, place: Readonly<Record<string, string | number>>): void => {
      let account: string | undefined;
      try {
        const reading = located(where, place, text, (value) => {
          const fed = parseFed(value);
          account = fed.portfolio.account;
          return this.#checked(fed, file);
        });
        // Of an account that stands in several lines the last one counts.
        reports.set(reading.account, { reading });
      } catch (error) {
        refused.push(refusalOf(this.#options, error, account));
      }
    };
    let place: Place | undefined;
    try {
      if (isLines) {
        const format = portfolioLines(file.path);
        place = await readTail(file.path, format, known?.place, !this.#options.watch, (text, line) =>
          take(text, lineName(format, line), { file: file.path, line }),
        );
      } else take(await readPortfolioText(file.path), file.path, { file: file.path });
    } catch (error) {
      refused.push(refusalOf(this.#options, unreadable(file.path, error)));
    }
    const stamp = file.stamp;
    this.#known.set(file.path, place === undefined ? { stamp } : { stamp, place });
    return [...reports.values(), ...refused];
  }

  #checked({ portfolio, version, asOf }: FedPortfolio, { path, written }: Found): AccountReading {
    const { name, declaredBy, clock, snapshot } = this.#options;
    const { account } = portfolio;
    const owner = this.#owners.get(account);
    if (owner !== undefined && owner !== path) {
      throw new BallastError("DUPLICATE_ACCOUNT", `The account stands in ${basename(owner)} too.`, {
        hint: "Each account has one file.",
      });
    }
    const rows = snapshot?.();
    if (rows !== undefined) parsePortfolio(portfolio, rows);
    const moment = asOf ?? written / NANOS;
    requirePast(moment, clock.now());
    const reading = { venue: name, account, asOf: moment, portfolio, declaredBy, notes: [], parts: [] };
    const taken =
      version === undefined
        ? this.#versions.number(reading, written)
        : this.#versions.take({ ...reading, version });
    this.#owners.set(account, path);
    return taken;
  }
}

/** The files at a path, by name. @throws {BallastError} FILE_ERROR. */
async function filesAt(path: string): Promise<Found[]> {
  try {
    const found = await stat(path, { bigint: true });
    if (!found.isDirectory()) return [foundFile(path, found)];
    const names = (await readdir(path)).filter((entry) => /\.jsonl?$/.test(entry)).sort();
    const files = await Promise.all(names.map((entry) => fileIn(path, entry)));
    return files.filter((file) => file !== undefined);
  } catch (cause) {
    throw new BallastError("FILE_ERROR", `Cannot read ${path}.`, { hint: "Check the path.", cause });
  }
}

/** Undefined for one that went away since the folder was listed. */
async function fileIn(folder: string, entry: string): Promise<Found | undefined> {
  const path = join(folder, entry);
  try {
    return foundFile(path, await stat(path, { bigint: true }));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function foundFile(
  path: string,
  { ino, size, mtimeNs }: { readonly ino: bigint; readonly size: bigint; readonly mtimeNs: bigint },
): Found {
  return { path, stamp: `${ino} ${size} ${mtimeNs}`, written: mtimeNs };
}

function unreadable(path: string, error: unknown): unknown {
  if (error instanceof BallastError) return namingFile(path, error);
  return new BallastError("FILE_ERROR", `Cannot read ${path}.`, { hint: "Check the path.", cause: error });
}
