import type * as z from "zod";
import { BallastError } from "../errors.ts";
import {
  type BatchFile,
  batchFileSchema,
  type ReportFile,
  type RunFile,
  reportFileSchema,
  runFileSchema,
} from "./run-format.ts";
import { runIdOf } from "./run-id.ts";

/** Where a run's public half has its files, from its folder or address on. */
export const RUN_PATH = "run.json";
export const REPORT_PATH = "report.json";

/** Where it has a batch's proof. */
export function batchPath(index: number): string {
  return `proofs/${String(index).padStart(8, "0")}.json`;
}

/** @param name names the file in errors. @throws {BallastError} INVALID_INPUT when it is malformed or its id is not its header's. */
export function parseRun(json: unknown, name: string): RunFile {
  const { format: _, ...run } = parseWith(runFileSchema, json, name);
  if (runIdOf(run, run) === run.runId) return run;
  throw new BallastError("INVALID_INPUT", `${name} was changed: its id is not that of its header.`, {
    hint: "Get the run from its venue again.",
  });
}

/** @param name names the file in errors. @throws {BallastError} INVALID_INPUT when it is malformed or another batch's. */
export function parseBatch(json: unknown, index: number, name: string): BatchFile {
  const { format: _, ...batch } = parseWith(batchFileSchema, json, name);
  if (batch.index === index) return batch;
  throw new BallastError("INVALID_INPUT", `${name} is the proof of another batch.`, {
    hint: "Delete it: the run proves the batch again.",
  });
}

/** @param name names the file in errors. @throws {BallastError} INVALID_INPUT when it is malformed. */
export function parseReport(json: unknown, name: string): ReportFile {
  const { format: _, reserves, ...report } = parseWith(reportFileSchema, json, name);
  return {
    ...report,
    reserves: reserves.map(({ instrumentId, lots }) => ({ instrumentId, quantity: lots })),
  };
}

/** No cause and no values in the error: secrets go through here too. @throws {BallastError} INVALID_INPUT. */
export function parseWith<T extends z.ZodType>(schema: T, json: unknown, name: string): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join(".") || "its top level";
  throw new BallastError("INVALID_INPUT", `${name} is not of the expected form at ${where}.`, {
    hint: "Was it cut off, or edited by hand?",
  });
}
