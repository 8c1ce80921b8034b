import pc from "picocolors";
import type { TransactionReceipt } from "viem";
import { TIER_NAMES } from "../display.ts";
import { shownWidth, wrapWords } from "./fold.ts";
import { foreign, oneLine } from "./foreign.ts";
import { COLUMNS } from "./terminal.ts";

let columns: () => number = () => COLUMNS;

/** Says how wide tables may be from now on. */
export function useColumns(count: () => number): void {
  columns = count;
}

const GAP = "  ";
/** Where a name stands before its value, it takes no more of the line than this. */
const LABEL = 24;

/**
 * A plain, aligned table: headers, then rows; columns named in `right` align right. Where the terminal has too few columns, texts are
 * broken at spaces; where that is not enough, each row is a list of names and values. Nothing is cut off.
 * @param width characters a line may have; a word that is longer than that has a line of its own.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  width: number = columns(),
): string {
  const shown = rows.map((row) => row.map(oneLine));
  const widths = columnWidths([head, ...shown], width - GAP.length * (head.length - 1));
  return widths === undefined ? list(head, shown, width) : grid(head, shown, right, widths);
}

/** The width of each column, or undefined where no layout fits without breaking a word. */
function columnWidths(all: readonly (readonly string[])[], room: number): number[] | undefined {
  const most = (cells: readonly (string | undefined)[], split: RegExp): number =>
    Math.max(0, ...cells.flatMap((cell = "") => cell.split(split).map(shownWidth)));
  const natural = (all[0] ?? []).map((_, column) => {
    const cells = all.map((row) => row[column]);
    return { wanted: most(cells, /\n/), least: most(cells, /[ \n]/) };
  });
  const widths = natural.map(({ wanted }) => wanted);
  const sum = (): number => widths.reduce((total, width) => total + width, 0);
  while (sum() > room) {
    // The widest that can still be broken gives way, one character at a time.
    let widest: number | undefined;
    for (const [column, { least }] of natural.entries()) {
      const width = widths[column] ?? 0;
      if (width > least && width > (widths[widest ?? -1] ?? 0)) widest = column;
    }
    if (widest === undefined) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function grid(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
  widths: readonly number[],
): string {
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)));
  const lines = (row: readonly string[]): string[] => {
    const cells = widths.map((width, column) => wrapWords(row[column] ?? "", width));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) =>
      cells
        .map((cell, column) => {
          const text = cell[line] ?? "";
          const space = " ".repeat(Math.max(0, (widths[column] ?? 0) - shownWidth(text)));
          return right.includes(column) ? `${space}${text}` : `${text}${space}`;
        })
        .join(GAP)
        .trimEnd(),
    );
  };
  return [rule, ...lines(head), rule, ...rows.flatMap(lines), rule].join("\n");
}

function list(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const label = Math.min(LABEL, Math.max(...head.map(shownWidth)));
  const rule = "─".repeat(Math.min(width, COLUMNS));
  const entry = (name: string, value: string): string[] => {
    const names = wrapWords(name, label);
    const values = wrapWords(value, width - label - GAP.length);
    const tooLong = Math.max(...[...values, ""].map(shownWidth)) > width - label - GAP.length;
    if (tooLong) return [...names, ...wrapWords(value, width - GAP.length).map((line) => `${GAP}${line}`)];
    return Array.from({ length: Math.max(names.length, values.length) }, (_, line) => {
      const text = names[line] ?? "";
      return `${text}${" ".repeat(Math.max(0, label - shownWidth(text)))}${GAP}${values[line] ?? ""}`.trimEnd();
    });
  };
  return [
    rule,
    ...rows.flatMap((row) => [
      ...head.flatMap((name, column) => (row[column] === "" ? [] : entry(name, row[column] ?? ""))),
      rule,
    ]),
  ].join("\n");
}

/** `2 soft liquidation`, green to red. */
export function tierText(tier: number, color: boolean): string {
  const colors = pc.createColors(color);
  const name = TIER_NAMES[tier] ?? String(tier);
  if (tier === 0) return colors.green(name);
  return tier === 1 ? colors.yellow(name) : colors.red(name);
}

/** `812 B`, `4.2 kB`, `97 MB` */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** Something that was looked at; `problem` is what keeps it from holding. */
interface CheckedItem {
  readonly name: string;
  readonly ok: boolean;
  readonly problem?: string;
}

/** What was checked, a line each. */
export function checkLines(checks: readonly CheckedItem[]): string[] {
  return checks.map(
    ({ name, ok, problem }) =>
      `  ${ok ? "✓" : "✗"} ${name}${problem === undefined ? "" : `: ${foreign(problem)}`}`,
  );
}

/** What a transaction left, for `--json`; nulls where none was needed. */
export function sent(receipt: TransactionReceipt | undefined) {
  return { transaction: receipt?.transactionHash ?? null, gas: receipt?.gasUsed ?? null };
}
