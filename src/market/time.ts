/** Unix milliseconds: no option market is older, and names of instruments, whose years have two digits, end before LATEST. */
export const EARLIEST_TIME = BigInt(Date.UTC(2010, 0, 1));
export const LATEST_TIME = BigInt(Date.UTC(2100, 0, 1));

const UNITS: readonly (readonly [name: string, toMilliseconds: (time: bigint) => bigint])[] = [
  ["seconds", (time) => time * 1_000n],
  ["microseconds", (time) => time / 1_000n],
  ["nanoseconds", (time) => time / 1_000_000n],
];

/** Why Unix milliseconds can't be a market's time, to carry on a sentence with; undefined from 2010 to 2099. */
export function timeProblem(time: bigint): string | undefined {
  if (isPlausible(time)) return undefined;
  const unit = UNITS.find(([, toMilliseconds]) => isPlausible(toMilliseconds(time)));
  return unit === undefined
    ? "lies outside of the years 2010 to 2099"
    : `counts ${unit[0]}, where milliseconds are expected`;
}

function isPlausible(time: bigint): boolean {
  return time >= EARLIEST_TIME && time < LATEST_TIME;
}

/** How {@link parseUtcTime} wants a time, for hints. */
export const TIME_FORMS = "2026-01-30T08:00:00Z or 2026-01-30 08:00:00.123456+00:00";

/**
 * A UTC time of ISO 8601 in Unix milliseconds, digits beyond cut off: `2026-01-29T04:22:27.228973+00:00`, `Z` for its
 * end, a space for its T (as pandas writes it). Undefined for other text, another zone or none, and for a day or a time of day that
 * doesn't exist.
 */
export function parseUtcTime(text: string): bigint | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:?00|\+00| UTC)$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries over what doesn't exist: 30 February into March.
  const spelled = new Date(time).toISOString().slice(0, 19);
  if (spelled !== text.slice(0, 19).replace(" ", "T")) return undefined;
  return BigInt(time) + BigInt((match[7] ?? "").padEnd(3, "0").slice(0, 3));
}
