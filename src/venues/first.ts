import { BallastError } from "../errors.ts";
import type { Report } from "./venue.ts";

/**
 * The first thing that a source reports, which ends it.
 * @throws {BallastError} the refusal's error; VENUE_UNAVAILABLE where there is nothing; as the source.
 */
export async function firstReading<Reading>(reports: AsyncIterable<Report<Reading>>): Promise<Reading> {
  for await (const report of reports) {
    if ("reading" in report) return report.reading;
    throw report.refusal.error;
  }
  throw new BallastError("VENUE_UNAVAILABLE", "The source has nothing to read.");
}
