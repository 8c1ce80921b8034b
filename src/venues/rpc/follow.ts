import type { Clock } from "../../clock.ts";
import { BallastError, type ErrorCode } from "../../errors.ts";
import { refusalOf, waited } from "../refusal.ts";
import type { Report } from "../venue.ts";
import { backoff } from "./backoff.ts";

/** A source that is connected. */
export interface Live<Reading> {
  /** @throws {BallastError} why there is none; the connection goes on, unless it is its own error. */
  readonly read: () => Promise<Reading>;
  /** Waits until it is worth reading again. @throws when the connection ends. */
  readonly changed: () => Promise<void>;
  readonly close: () => void;
}

export interface Followed {
  readonly name: string;
  readonly clock: Clock;
  /** The account that refusals are of. */
  readonly account?: string;
  /** In [0, 1), for the time between two tries. */
  readonly random: () => number;
}

/** Errors of the connection: it is made anew. Others are of one reading. */
const LOST: readonly ErrorCode[] = ["VENUE_UNAVAILABLE", "INVALID_ANSWER", "CLOCK_SKEWED"];
/** Errors that no waiting mends. */
const FINAL: readonly ErrorCode[] = ["VENUE_REFUSED", "INVALID_INPUT"];

/**
 * Reads a source for as long as the signal lets it: at once, and whenever something has changed; connects again, after longer and longer
 * waits, when the connection is lost. A reading ends a row of failures.
 */
export async function* follow<Reading>(
  source: Followed,
  connect: (signal: AbortSignal) => Promise<Live<Reading>>,
  signal: AbortSignal,
): AsyncGenerator<Report<Reading>> {
  const codeOf = (error: unknown): ErrorCode | undefined =>
    error instanceof BallastError ? error.code : undefined;
  let failures = 0;
  while (!signal.aborted) {
    let live: Live<Reading> | undefined;
    let wait = 0;
    try {
      live = await connect(signal);
      while (!signal.aborted) {
        const report = await reported(source, live);
        if ("reading" in report) failures = 0;
        yield report;
        await live.changed();
      }
    } catch (error) {
      if (signal.aborted) return;
      const code = codeOf(error);
      if (code === undefined || !LOST.includes(code)) throw error;
      live?.close();
      yield refusalOf(source, error, source.account);
      failures++;
      wait = Math.max(backoff(failures, source.random()), waitOf(error));
    } finally {
      live?.close();
    }
    if (!(await waited(source.clock, wait, signal))) return;
  }
}

/** A reading, or its refusal. @throws what ends the connection, or everything. */
async function reported<Reading>(source: Followed, live: Live<Reading>): Promise<Report<Reading>> {
  try {
    return { reading: await live.read() };
  } catch (error) {
    if (!(error instanceof BallastError) || LOST.includes(error.code) || FINAL.includes(error.code))
      throw error;
    return refusalOf(source, error, source.account);
  }
}

/** How long a venue asks to be left alone, milliseconds. */
function waitOf(error: unknown): number {
  const seconds = error instanceof BallastError ? error.details["waitSeconds"] : undefined;
  return typeof seconds === "number" ? seconds * 1000 : 0;
}
