/** Margin tiers as people read them. */
export const TIER_NAMES = [
  "0 healthy",
  "1 below initial",
  "2 soft liquidation",
  "3 full liquidation",
  "4 bankrupt",
] as const;

/** A decimal USD string with thousands separators, rounded half up to `decimals` for reading only. */
export function usd(decimal: string, decimals = 0): string {
  const negative = decimal.startsWith("-");
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const scaled = BigInt(whole + fraction.padEnd(decimals + 1, "0").slice(0, decimals + 1));
  const rounded = ((scaled + 5n) / 10n).toString().padStart(decimals + 1, "0");
  const integer = rounded.slice(0, rounded.length - decimals).replace(/\B(?=(\d{3})+$)/g, ",");
  const text = decimals === 0 ? integer : `${integer}.${rounded.slice(-decimals)}`;
  return negative && /[1-9]/.test(text) ? `-${text}` : text;
}

/** `0x1234…abcd` */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`;
}

/** `812 ms`, `2.31 s`, `1 min 12 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Unix seconds as ISO 8601, without milliseconds. */
export function timeText(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString().replace(".000Z", "Z");
}

/** `12 min 5 s left`, `2 d 3 h left`, `over` */
export function timeLeft(until: bigint, now: bigint): string {
  if (until <= now) return "over";
  return `${span(until - now)} left`;
}

/** The two largest units of some seconds. */
function span(seconds: bigint): string {
  const units = [
    ["d", 86_400n],
    ["h", 3_600n],
    ["min", 60n],
    ["s", 1n],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  let rest = seconds;
  const parts = units.slice(Math.max(first, 0), Math.max(first, 0) + 2).flatMap(([unit, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? [] : [`${count} ${unit}`];
  });
  return parts.join(" ");
}
