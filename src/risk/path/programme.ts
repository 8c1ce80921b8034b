/** A linear programme, `min cost x` with rows `>= bound` or `= bound`; with whole columns a mixed-integer one. */
export interface Programme {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly cost: number;
  readonly lower: number;
  /** May be Infinity. */
  readonly upper: number;
  /** Of the two values 0 and 1. */
  readonly binary?: true;
}

export interface Row {
  readonly equal?: true;
  readonly bound: number;
  /** Column and coefficient, each column at most once. */
  readonly entries: readonly (readonly [column: number, coefficient: number])[];
}

/** What a solver makes of a programme. Nothing of it is trusted: exact arithmetic decides. */
export interface Solution {
  /** By column; undefined where the solver has none. */
  readonly values?: readonly number[];
  /** By row; undefined of a mixed-integer programme. */
  readonly duals?: readonly number[];
}

/** The port of a solver. Synchronous: it is loaded before. */
export type Solver = (programme: Programme) => Solution;

/** A programme as it is put together; columns and rows by the place that adding them gives back. */
export class ProgrammeBuilder {
  readonly columns: Column[] = [];
  readonly rows: Row[] = [];

  column(cost = 0, upper = Number.POSITIVE_INFINITY, lower = 0): number {
    return this.columns.push({ cost, lower, upper }) - 1;
  }

  binary(cost = 0): number {
    return this.columns.push({ cost, lower: 0, upper: 1, binary: true }) - 1;
  }

  /** `sum coefficient * column >= bound`; entries of zero are left out. */
  row(bound: number, entries: readonly (readonly [number, number])[], equal?: true): number {
    const kept = entries.filter(([, coefficient]) => coefficient !== 0);
    return this.rows.push({ bound, entries: kept, ...(equal ? { equal } : {}) }) - 1;
  }
}
