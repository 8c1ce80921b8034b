import { CsvError, parse } from "csv-parse/sync";
import { BallastError } from "../../errors.ts";
import { quoted, withoutMark } from "../../text.ts";

/** One line under a CSV's header: its cells by column, without the spaces around them. */
export interface CsvRecord {
  /** As an editor counts them, from 1. */
  readonly line: number;
  cell(column: string): string;
}

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" } as const;
type Delimiter = keyof typeof DELIMITERS;

/** How spreadsheets and data frames write that there is nothing. */
const MISSING = new Set(["", "nan", "none", "null", "na", "n/a", "<na>", "nat"]);

/** Whether a cell says that there is no value. */
export function isMissing(cell: string): boolean {
  return MISSING.has(cell.toLowerCase());
}

/** Whether a text's first lines can be the header of a CSV with a column. */
export function hasColumn(text: string, column: string): boolean {
  const { body } = withoutHint(text);
  return cellsOf(headerOf(body), delimiterOf(body, [column])).includes(column);
}

/**
 * The records of a CSV with a header. Cells are separated by commas, semicolons, tabs or bars, whichever give the header the wanted
 * columns, or by what a first line `sep=;` says. A byte-order mark, spaces around cells and empty lines are passed over.
 *
 * @param what names it in errors, e.g. `chain`.
 * @param columns those that it must have; it may have others.
 * @throws {BallastError} INVALID_MARKET for a missing column, one that is there twice, and, with its number, a line with more or fewer
 * cells than the header.
 */
export function readCsv(text: string, what: string, columns: readonly string[]): CsvRecord[] {
  const { body, delimiter: told, skipped } = withoutHint(text);
  const delimiter = told ?? delimiterOf(body, columns);
  const fault = (problem: string, hint: string, cause?: unknown) =>
    new BallastError("INVALID_MARKET", `The CSV of the ${what} ${problem}.`, { hint, cause });
  let lines: { record: string[]; info: { lines: number } }[];
  try {
    lines = parse(body, {
      delimiter,
      info: true,
      // Trimming would take the tabs of empty cells for space.
      trim: delimiter !== "\t",
      skip_empty_lines: true,
    }) as unknown as typeof lines;
  } catch (cause) {
    const line = cause instanceof CsvError && typeof cause["lines"] === "number" ? cause["lines"] : undefined;
    const where = line === undefined ? "can't be read" : `can't be read at line ${line + skipped}`;
    const hint = `Every line must have as many cells as the header, separated by ${DELIMITERS[delimiter]}. Was it cut off?`;
    throw fault(where, hint, cause);
  }
  const [header, ...rest] = lines.map(({ record, info }) => ({
    cells: record.map((cell) => cell.trim()),
    line: info.lines + skipped,
  }));
  const names = header?.cells ?? [];
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice !== undefined)
    throw fault(`has the column ${quoted(twice)} twice`, "Which is meant? Leave one out.");
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const plural = missing.length > 1 ? "columns" : "column";
    const hint = `Its header was read as ${names.length} cells separated by ${DELIMITERS[delimiter]}.`;
    throw fault(`has no ${plural} ${missing.join(", ")}`, hint);
  }
  const places = new Map(names.map((name, at) => [name, at]));
  return rest.map(({ cells, line }) => ({
    line,
    cell: (column) => cells[places.get(column) ?? -1] ?? "",
  }));
}

/** Spreadsheets may say in a line of its own what separates cells. */
function withoutHint(text: string): { body: string; delimiter?: Delimiter; skipped: number } {
  const plain = withoutMark(text);
  const match = /^"?sep=([,;\t|])"?\r?\n/i.exec(plain);
  if (match === null) return { body: plain, skipped: 0 };
  return { body: plain.slice(match[0].length), delimiter: match[1] as Delimiter, skipped: 1 };
}

function headerOf(body: string): string {
  return /^\s*([^\n]*)/.exec(body)?.[1] ?? "";
}

function cellsOf(header: string, delimiter: Delimiter): string[] {
  return header.split(delimiter).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim(),
  );
}

/** What separates a header's cells: whatever makes most of the wanted columns of them. */
function delimiterOf(body: string, columns: readonly string[]): Delimiter {
  const header = headerOf(body);
  const found = (delimiter: Delimiter) => {
    const cells = new Set(cellsOf(header, delimiter));
    return columns.filter((column) => cells.has(column)).length;
  };
  const all = Object.keys(DELIMITERS) as Delimiter[];
  return all.reduce((best, delimiter) => (found(delimiter) > found(best) ? delimiter : best));
}
