import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod";
import { formatField } from "../../math/field.ts";
import { makeFolder, readJsonFile, removeUnfinishedIn, writeFileAtomic } from "../../node/files.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { RunPlan } from "../../witness/solvency.ts";
import {
  type BatchFile,
  batchJson,
  type PublicRun,
  type ReportFile,
  type RunFile,
  reportJson,
  reservesJson,
  runJson,
  runSecretFileSchema,
} from "../run-format.ts";
import {
  batchPath,
  parseBatch,
  parseReport,
  parseRun,
  parseWith,
  REPORT_PATH,
  RUN_PATH,
} from "../run-parse.ts";
import { damagedFile } from "./damage.ts";

/** What a run keeps to itself beside book and tree. */
export interface RunSecret {
  readonly plan: RunPlan;
  /** Identifies the portfolios the run began from: resuming with others is refused. */
  readonly source: string;
  readonly reserves: readonly Holding[];
  /** SHA-256 of the book's accounts and of the tree's file: what is proven must be what the run began with. */
  readonly book: string;
  readonly tree: string;
}

/**
 * A run on disk. `public/` has everything a verifier takes; `private/` opens commitments and is readable by its owner
 * only. Every file appears whole or not at all; `run.json` comes last of what begins a run.
 */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get book(): string {
    return join(this.path, "private", "book");
  }

  get tree(): string {
    return join(this.path, "private", "tree");
  }

  get publicPath(): string {
    return join(this.path, "public");
  }

  /** Whether the run has begun: before, there is nothing to resume. */
  get hasBegun(): boolean {
    return existsSync(join(this.publicPath, RUN_PATH));
  }

  /** Held while a run begins, and while it is proven: one process at a time. */
  get lock(): string {
    return join(this.path, "lock");
  }

  get secret(): string {
    return join(this.path, "private", "secret.json");
  }

  /** @throws {BallastError} FILE_ERROR. */
  create(): void {
    makeFolder(join(this.publicPath, "proofs"));
    makeFolder(join(this.path, "private"), 0o700);
  }

  /** Removes what killed processes left, half a book for example. Only for whoever holds the lock. */
  removeUnfinished(): void {
    for (const path of [join(this.path, "private"), this.publicPath, join(this.publicPath, "proofs")]) {
      removeUnfinishedIn(path);
    }
  }

  /** @throws {BallastError} FILE_ERROR; INVALID_INPUT, RUN_DAMAGED when it is not as it was written. */
  readSecret(run: RunFile): RunSecret {
    const json = readJsonFile(this.secret, "run's secret");
    const { salt, zeta, second, largestPlace, secondBatch, source, reserves, book, tree } = parseWith(
      runSecretFileSchema,
      json,
      this.secret,
    );
    const { digest: written, ...rest } = json as z.input<typeof runSecretFileSchema>;
    if (digestOf(rest) !== written) throw damagedFile(this.secret, "it is not as it was written");
    return {
      plan: { salt, zeta, second, largestPlace, secondBatch, accountsRoot: run.accountsRoot },
      source,
      reserves: reserves.map(({ instrumentId, lots }) => ({ instrumentId, quantity: lots })),
      book,
      tree,
    };
  }

  writeSecret({ plan, source, reserves, book, tree }: RunSecret): void {
    const { salt, zeta, second, largestPlace, secondBatch } = plan;
    const json = {
      format: "ballast.run-secret/2",
      salt: formatField(salt),
      zeta: formatField(zeta),
      second: second.map(String),
      largestPlace,
      secondBatch,
      source,
      reserves: reservesJson(reserves),
      book,
      tree,
    };
    writeFileAtomic(this.secret, text({ ...json, digest: digestOf(json) }), 0o600);
  }

  writeRun(run: RunFile): void {
    writeFileAtomic(join(this.publicPath, RUN_PATH), text(runJson(run)));
  }

  writeBatch(batch: BatchFile): void {
    writeFileAtomic(join(this.publicPath, batchPath(batch.index)), text(batchJson(batch)));
  }

  writeReport(report: ReportFile): void {
    writeFileAtomic(join(this.publicPath, REPORT_PATH), text(reportJson(report)));
  }
}

/** The public half of a run on disk. Takes the run's folder or its `public` folder. */
export class PublicRunFolder implements PublicRun {
  readonly path: string;
  readonly run: RunFile;

  /** @throws {BallastError} FILE_ERROR; INVALID_INPUT when `run.json` is malformed or its id is not its header's. */
  constructor(path: string) {
    const inner = join(path, "public");
    this.path = existsSync(join(inner, RUN_PATH)) ? inner : path;
    const file = join(this.path, RUN_PATH);
    this.run = parseRun(readJsonFile(file, "run"), file);
  }

  hasBatch(index: number): boolean {
    return existsSync(join(this.path, batchPath(index)));
  }

  /** @throws {BallastError} FILE_ERROR when it is missing, INVALID_INPUT when it is damaged or another batch's. */
  batch(index: number): BatchFile {
    const path = join(this.path, batchPath(index));
    return parseBatch(readJsonFile(path, "batch proof"), index, path);
  }

  get hasReport(): boolean {
    return existsSync(join(this.path, REPORT_PATH));
  }

  /** @throws {BallastError} FILE_ERROR when there is none, INVALID_INPUT when it is damaged. */
  report(): ReportFile {
    const path = join(this.path, REPORT_PATH);
    return parseReport(readJsonFile(path, "report"), path);
  }
}

/** SHA-256 of a file's entries in the order of their names, 64 hex digits. */
function digestOf(entries: object): string {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

function text(json: unknown): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
