import Table from "cli-table3";
import pc from "picocolors";
import { oneLine } from "./foreign.ts";

/** A plain, aligned table: headers, then rows; columns named in `right` align right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const view = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (right.includes(column) ? "right" : "left")),
    style: { head: [], border: [], compact: true },
    chars: {
      top: "─",
      "top-mid": "─",
      "top-left": "",
      "top-right": "",
      bottom: "─",
      "bottom-mid": "─",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "─",
      "mid-mid": "─",
      right: "",
      "right-mid": "",
      middle: "  ",
    },
  });
  view.push(...rows.map((row) => row.map(oneLine)));
  return view.toString();
}

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

export const TIER_NAMES = [
  "0 healthy",
  "1 below initial",
  "2 soft liquidation",
  "3 full liquidation",
  "4 bankrupt",
] as const;

/** `2 soft liquidation`, green to red. */
export function tierText(tier: number, color: boolean): string {
  const colors = pc.createColors(color);
  const name = TIER_NAMES[tier] ?? String(tier);
  if (tier === 0) return colors.green(name);
  return tier === 1 ? colors.yellow(name) : colors.red(name);
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

/** `812 B`, `4.2 kB`, `97 MB` */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
