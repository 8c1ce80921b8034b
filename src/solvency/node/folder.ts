import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod";
import { BallastError } from "../../errors.ts";
import { formatField } from "../../math/field.ts";
import { makeFolder, readJsonFile, removeUnfinishedIn, writeFileAtomic } from "../../node/files.ts";
import type { Holding } from "../../risk/requirement.ts";
import type { RunPlan } from "../../witness/solvency.ts";
import {
  type BatchFile,
  batchFileSchema,
  batchJson,
  type PublicRun,
  type ReportFile,
  type RunFile,
  reportFileSchema,
  reportJson,
  reservesJson,
  runFileSchema,
  runJson,
  runSecretFileSchema,
} from "../run-format.ts";
import { runIdOf } from "../run-id.ts";
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
    return existsSync(join(this.publicPath, "run.json"));
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
    const { salt, zeta, second, largestPlace, secondBatch, source, reserves, book, tree } = parse(
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
    writeFileAtomic(join(this.publicPath, "run.json"), text(runJson(run)));
  }

  writeBatch(batch: BatchFile): void {
    writeFileAtomic(batchPath(this.publicPath, batch.index), text(batchJson(batch)));
  }

  writeReport(report: ReportFile): void {
    writeFileAtomic(join(this.publicPath, "report.json"), text(reportJson(report)));
  }
}

/** The public half of a run on disk. Takes the run's folder or its `public` folder. */
export class PublicRunFolder implements PublicRun {
  readonly path: string;
  readonly run: RunFile;

  /** @throws {BallastError} FILE_ERROR; INVALID_INPUT when `run.json` is malformed or its id is not its header's. */
  constructor(path: string) {
    const inner = join(path, "public");
    this.path = existsSync(join(inner, "run.json")) ? inner : path;
    const file = join(this.path, "run.json");
    const { format: _, ...run } = parse(runFileSchema, readJsonFile(file, "run"), file);
    if (runIdOf(run, run) !== run.runId) {
      throw new BallastError("INVALID_INPUT", `${file} was changed: its id is not that of its header.`, {
        hint: "Get the run from its venue again.",
      });
    }
    this.run = run;
  }

  hasBatch(index: number): boolean {
    return existsSync(batchPath(this.path, index));
  }

  /** @throws {BallastError} FILE_ERROR when it is missing, INVALID_INPUT when it is damaged or another batch's. */
  batch(index: number): BatchFile {
    const path = batchPath(this.path, index);
    const { format: _, ...batch } = parse(batchFileSchema, readJsonFile(path, "batch proof"), path);
    if (batch.index !== index) {
      throw new BallastError("INVALID_INPUT", `${path} is the proof of another batch.`, {
        hint: "Delete it: the run proves the batch again.",
      });
    }
    return batch;
  }

  get hasReport(): boolean {
    return existsSync(join(this.path, "report.json"));
  }

  /** @throws {BallastError} FILE_ERROR when there is none, INVALID_INPUT when it is damaged. */
  report(): ReportFile {
    const path = join(this.path, "report.json");
    const { format: _, reserves, ...report } = parse(reportFileSchema, readJsonFile(path, "report"), path);
    return {
      ...report,
      reserves: reserves.map(({ instrumentId, lots }) => ({ instrumentId, quantity: lots })),
    };
  }
}

function batchPath(folder: string, index: number): string {
  return join(folder, "proofs", `${String(index).padStart(8, "0")}.json`);
}

/** SHA-256 of a file's entries in the order of their names, 64 hex digits. */
function digestOf(entries: object): string {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

function text(json: unknown): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** No cause and no values in the error: secrets go through here too. */
function parse<T extends z.ZodType>(schema: T, json: unknown, path: string): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") || "its top level";
  throw new BallastError("INVALID_INPUT", `${path} is not of the expected form at ${where}.`, {
    hint: "Was it cut off, or edited by hand?",
  });
}
