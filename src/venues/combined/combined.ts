import type { Clock } from "../../clock.ts";
import { BallastError } from "../../errors.ts";
import { formatDecimal, parseDecimal } from "../../math/decimal.ts";
import type { PortfolioFile } from "../../portfolio/format.ts";
import { refusalOf } from "../refusal.ts";
import type { AccountReading, Report, Venue } from "../venue.ts";
import { Versions } from "../versions.ts";
import { latest } from "./latest.ts";

/** One of several sources of an account. */
export interface CombinedSource {
  readonly venue: Venue;
  /** What the account is called there; what else the source tells of is passed over. */
  readonly account: string;
}

export interface CombinedOptions {
  readonly name: string;
  /** What the account is called that all of them make. */
  readonly account: string;
  readonly sources: readonly CombinedSource[];
  readonly clock: Clock;
  /** How far apart the moments of the parts may be, milliseconds. Default: two minutes, as most sources are read every minute at least. */
  readonly maxApart?: bigint;
  /** Whether each part is told as an account of its own too, under the name that it has there. */
  readonly withParts?: boolean;
}

const MAX_APART = 120_000n;
const MICROS = 1000n;

/**
 * One account of what several sources hold: their sum, with each part beside it. There is a reading when each source has one, and of no
 * refused source the last one is used in its place.
 *
 * The sum's margin nets what is long at one exchange against what is short at another, but no cash moves between them when it is called for.
 * Each of `parts` is an account that can be liquidated by itself: whoever shows the sum's tier shows theirs too.
 */
export function combinedVenue(options: CombinedOptions): Venue {
  const { name, account, sources, withParts = false } = options;
  return {
    name,
    async *accounts(signal) {
      const parts = new Map<number, AccountReading>();
      const versions = new Versions();
      const streams = sources.map(
        ({ venue, account: theirs }) =>
          (ending: AbortSignal) =>
            ofAccount(venue.accounts(ending), theirs),
      );
      for await (const { index, value } of latest(streams, signal)) {
        if (withParts) yield value;
        if ("refusal" in value) {
          parts.delete(index);
          yield { refusal: { ...value.refusal, account } };
          continue;
        }
        parts.set(index, value.reading);
        if (parts.size < sources.length) continue;
        yield combined(
          options,
          versions,
          sources.flatMap((_, i) => parts.get(i) ?? []),
        );
      }
    },
  };
}

function combined(
  options: CombinedOptions,
  versions: Versions,
  parts: readonly AccountReading[],
): Report<AccountReading> {
  const { name, account, maxApart = MAX_APART } = options;
  const moments = parts.map(({ asOf }) => asOf);
  const [oldest, newest] = [moments.reduce(least), moments.reduce(greatest)];
  try {
    if (newest - oldest > maxApart) throw apart(parts, newest - oldest);
    const reading = {
      venue: name,
      account,
      asOf: oldest,
      portfolio: sum(account, parts),
      declaredBy: parts.some(({ declaredBy }) => declaredBy === "self")
        ? ("self" as const)
        : ("venue" as const),
      notes: [
        `margin nets across ${parts.map(({ venue }) => venue).join(", ")}, between which no cash moves: see each part`,
        ...parts.flatMap(({ venue, notes }) => notes.map((note) => `${venue}: ${note}`)),
      ],
      parts: parts.map(({ venue, asOf, portfolio }) => ({ venue, asOf, portfolio })),
    };
    return { reading: versions.number(reading, newest * MICROS) };
  } catch (error) {
    return refusalOf(options, error, account);
  }
}

/** The reports on one account, and those on the whole source. */
async function* ofAccount(
  reports: AsyncIterable<Report<AccountReading>>,
  account: string,
): AsyncGenerator<Report<AccountReading>> {
  for await (const report of reports) {
    const whose = "reading" in report ? report.reading.account : report.refusal.account;
    if (whose === undefined || whose === account) yield report;
  }
}

/** What all hold together, by instrument. */
function sum(account: string, parts: readonly AccountReading[]): PortfolioFile {
  const totals = new Map<string, bigint>();
  for (const { portfolio } of parts) {
    for (const { instrument, quantity } of portfolio.positions)
      totals.set(instrument, (totals.get(instrument) ?? 0n) + parseDecimal(quantity, 18, "quantity"));
  }
  const positions = [...totals].flatMap(([instrument, total]) =>
    total === 0n ? [] : [{ instrument, quantity: formatDecimal(total, 18) }],
  );
  return { account, positions };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function greatest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function apart(parts: readonly AccountReading[], milliseconds: bigint): BallastError {
  const names = parts.map(({ venue }) => venue).join(" and ");
  return new BallastError("READINGS_APART", `The account's parts at ${names} are of moments too far apart.`, {
    hint: "Is one of them no longer read?",
    details: { apartSeconds: Number(milliseconds / 1000n) },
  });
}
