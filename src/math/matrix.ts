import { BallastError } from "../errors.ts";
import { invert, FIELD_MODULUS as P, toField } from "./field.ts";

/** A matrix over the scalar field, row by row. */
export type Matrix = readonly (readonly bigint[])[];

/** A row times a matrix. */
export function rowTimes(row: readonly bigint[], matrix: Matrix): bigint[] {
  return (matrix[0] ?? []).map((_, j) => dot(row, (i) => matrix[i]?.[j]));
}

/** A matrix times a column. */
export function timesColumn(matrix: Matrix, column: readonly bigint[]): bigint[] {
  return matrix.map((row) => dot(row, (i) => column[i]));
}

/** @param exponent 1 or more. */
export function matrixPower(matrix: Matrix, exponent: number): Matrix {
  if (exponent === 1) return matrix;
  const half = matrixPower(matrix, Math.floor(exponent / 2));
  const square = half.map((row) => rowTimes(row, half));
  return exponent % 2 === 0 ? square : square.map((row) => rowTimes(row, matrix));
}

/** By Gauss and Jordan. @throws {BallastError} INTERNAL for a matrix that has no inverse. */
export function matrixInverse(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1n : 0n))]);
  for (let k = 0; k < size; k++) {
    const at = rows.findIndex((row, i) => i >= k && row[k] !== 0n);
    const pivot = rows[at];
    if (pivot === undefined) throw new BallastError("INTERNAL", "The matrix has no inverse.");
    rows[at] = rows[k] ?? [];
    const factor = invert(toField(pivot[k] ?? 0n));
    const unit = pivot.map((value) => (value * factor) % P);
    rows.forEach((row, i) => {
      const multiple = P - (row[k] ?? 0n);
      rows[i] = row.map((value, j) => (value + multiple * (unit[j] ?? 0n)) % P);
    });
    rows[k] = unit;
  }
  return rows.map((row) => row.slice(size));
}

function dot(values: readonly bigint[], other: (index: number) => bigint | undefined): bigint {
  return values.reduce((sum, value, i) => sum + value * (other(i) ?? 0n), 0n) % P;
}
