import { writeFileAtomic, writePartsAtomic } from "../../node/files.ts";
import { portfolioFormatter } from "../../portfolio/format.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type SampleVenueOptions, sampleVenue } from "../../solvency/sample-venue.ts";

/** Lines are written so many at once. */
const CHUNK = 1024;

export interface SampleFiles {
  /** Where the portfolios go, JSON Lines. */
  readonly portfolios: string;
  /** Where what the accounts hold of each asset goes. */
  readonly reserves?: string;
}

/**
 * Makes up a venue, and writes its portfolios.
 * @returns what the accounts hold of each asset: decimal texts, by name.
 * @throws {BallastError} FILE_ERROR; as `sampleVenue`.
 */
export function writeSampleVenue(
  snapshot: Snapshot,
  options: SampleVenueOptions,
  { portfolios, reserves: path }: SampleFiles,
): Record<string, string> {
  const venue = sampleVenue(snapshot, options);
  const format = portfolioFormatter(snapshot);
  writePartsAtomic(
    portfolios,
    linesOf(venue.accounts, (portfolio) => JSON.stringify(format(portfolio))),
  );
  const { positions } = format({ account: "reserves", positions: venue.reserves });
  const reserves = Object.fromEntries(positions.map(({ instrument, quantity }) => [instrument, quantity]));
  if (path !== undefined) writeFileAtomic(path, `${JSON.stringify(reserves, null, 2)}\n`);
  return reserves;
}

/** Lines as they are made, many at once. */
function* linesOf<T>(items: Iterable<T>, line: (item: T) => string): Generator<string> {
  let lines: string[] = [];
  for (const item of items) {
    if (lines.push(`${line(item)}\n`) < CHUNK) continue;
    yield lines.join("");
    lines = [];
  }
  yield lines.join("");
}
