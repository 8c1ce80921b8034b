import { timeText } from "../display.ts";
import { formatDecimal } from "../math/decimal.ts";
import { ratioText } from "../solvency/disclosures.ts";

/** Unix seconds as `2026-12-01 02:00:00 UTC`; what is no moment stays a number. */
export function moment(seconds: bigint): string {
  // 9999-12-31: what lies beyond is no date of this chain's.
  if (seconds < 0n || seconds > 253_402_300_799n) return `${seconds}`;
  return timeText(seconds).replace("T", " ").replace("Z", " UTC");
}

/** Parts per million as percent with two decimals, rounded down: a ratio is never shown larger than it is. */
export function coverage(ppm: bigint | null): string {
  if (ppm === null) return ratioText(ppm);
  return `${formatDecimal(ppm / 100n, 2)} %`;
}

/** Seconds as `12 min`, `3 h 5 min`, `2 d 4 h`: minutes are as fine as an age is read. */
export function age(seconds: bigint): string {
  if (seconds < 60n) return "less than a minute";
  const minutes = seconds / 60n;
  if (minutes < 60n) return `${minutes} min`;
  const hours = minutes / 60n;
  if (hours < 48n) return minutes % 60n === 0n ? `${hours} h` : `${hours} h ${minutes % 60n} min`;
  return `${hours / 24n} d ${hours % 24n} h`;
}
