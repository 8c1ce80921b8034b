import { BallastError } from "../errors.ts";
import { parseJson } from "../json.ts";
import type { PublicRun } from "./run-format.ts";
import { batchPath, parseBatch, parseReport, parseRun, REPORT_PATH, RUN_PATH } from "./run-parse.ts";

/**
 * Reads a file of a run's public half, wherever that is.
 * @param path from the run on, e.g. `proofs/00000000.json`.
 * @returns its text, or undefined where there is none.
 */
export type ReadRunFile = (path: string) => Promise<string | undefined>;

/** Files that are asked for at the same time. */
const AT_ONCE = 8;

/**
 * A run's public half from anywhere, in memory: for a page that fetched it, or a service that has it in a store. A proof that is
 * missing or damaged is no error yet: `verifyRun` says so.
 * @throws {BallastError} FILE_ERROR without a `run.json`; INVALID_INPUT when it is malformed or its id is not its header's; what
 *   `read` throws.
 * @example
 * ```ts
 * import { loadRun } from "ballast";
 * const run = await loadRun(async (path) => {
 *   const answer = await fetch(`https://venue.example/run/${path}`);
 *   return answer.ok ? answer.text() : undefined;
 * });
 * ```
 */
export async function loadRun(read: ReadRunFile): Promise<PublicRun> {
  const run = parseRun(jsonOf(await read(RUN_PATH), RUN_PATH), RUN_PATH);
  const report = await read(REPORT_PATH);
  const batches: (string | undefined)[] = [];
  while (batches.length < run.batches) {
    const next = Array.from({ length: Math.min(AT_ONCE, run.batches - batches.length) }, (_, i) =>
      read(batchPath(batches.length + i)),
    );
    batches.push(...(await Promise.all(next)));
  }
  return {
    run,
    hasBatch: (index) => batches[index] !== undefined,
    batch(index) {
      const path = batchPath(index);
      return parseBatch(jsonOf(batches[index], path), index, path);
    },
    hasReport: report !== undefined,
    report: () => parseReport(jsonOf(report, REPORT_PATH), REPORT_PATH),
  };
}

/** @throws {BallastError} FILE_ERROR where there is no text, INVALID_INPUT where it is no JSON. */
function jsonOf(text: string | undefined, path: string): unknown {
  if (text !== undefined) return parseJson(text, path);
  throw new BallastError("FILE_ERROR", `The run has no ${path}.`, {
    hint: "Get the run from its venue again.",
  });
}
