import { BallastError } from "../../errors.ts";

/** What a statement takes. Numbers beyond 2^53 are bigints; times are bigints of Unix seconds or milliseconds. */
export type Value = string | number | bigint | boolean | Uint8Array | null | readonly (string | null)[];

/** A row as a driver gives it; {@link read} gives its columns their types. */
export type Row = Readonly<Record<string, unknown>>;

/** Where statements run: a database, or one transaction of it. */
export interface Sql {
  /** @throws {BallastError} STORE_ERROR, without a value of the statement in it. */
  query(text: string, values?: readonly Value[]): Promise<readonly Row[]>;
}

/** One schema on PostgreSQL or embedded: the dialect is PostgreSQL's in both. */
export interface Database extends Sql {
  readonly kind: "embedded" | "postgres";
  /** Runs `work` in a transaction, which is rolled back when it throws. */
  transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** The columns of a row, by their types. */
export const read = {
  text: (row: Row, column: string): string => String(row[column]),
  textOrNull: (row: Row, column: string): string | null => {
    const value = row[column];
    return value === null || value === undefined ? null : String(value);
  },
  /** Drivers give a `bigint` column as text, number or bigint. */
  bigint: (row: Row, column: string): bigint => BigInt(String(row[column])),
  number: (row: Row, column: string): number => Number(row[column]),
  bytes: (row: Row, column: string): Uint8Array => {
    const value = row[column];
    if (!(value instanceof Uint8Array)) throw new BallastError("INTERNAL", `Column ${column} has no bytes.`);
    return new Uint8Array(value);
  },
};

/** The one row of a statement that gives one. */
export function only(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined || rows.length > 1)
    throw new BallastError("INTERNAL", `A statement gave ${rows.length} rows in place of one.`);
  return row;
}

/** SQLSTATE classes and codes of a server that can't be reached, or is going away: the statement may work later. */
const GONE = /^(?:08|57P0|53)/;

/**
 * The error of a statement. The driver's message and its `detail` quote values, so that neither is kept: SQLSTATE and constraint say
 * enough.
 */
export function storeError(error: unknown): BallastError {
  if (error instanceof BallastError) return error;
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  const state = typeof code === "string" ? code : "";
  const isGone = state === "" || GONE.test(state) || !/^[0-9A-Z]{5}$/.test(state);
  return new BallastError(
    "STORE_ERROR",
    isGone ? "The database does not answer." : `The database refuses a statement (${state}).`,
    {
      hint: isGone
        ? "Is it running, and DATABASE_URL right? What was not acknowledged is not stored."
        : "Is the disk full, or the schema another version's?",
      details: {
        gone: isGone,
        ...(state === "" ? {} : { state }),
        ...(typeof constraint === "string" ? { constraint } : {}),
      },
    },
  );
}

/** Whether a database could not be reached: the same may work later. */
export function isGone(error: unknown): boolean {
  return error instanceof BallastError && error.code === "STORE_ERROR" && error.details["gone"] === true;
}

/** bigint values as text, which both drivers take for any of PostgreSQL's numbers. */
export function parameters(values: readonly Value[]): unknown[] {
  return values.map((value) => (typeof value === "bigint" ? value.toString() : value));
}
