import { BallastError } from "../errors.ts";
import { type Field, reduce } from "../math/field.ts";
import { rowWidth, type Shape } from "../risk/shape.ts";
import { type Snapshot, tableElements } from "../risk/snapshot.ts";

/** Circuit inputs by signal name, flattened row-major. Holds portfolios: never log or store it. */
export type CircuitInputs = Readonly<Record<string, bigint | readonly bigint[]>>;

/** What every circuit over the public table was instantiated with. */
export interface TableInstance {
  readonly rows: number;
  readonly shape: Shape;
}

/** What a witness takes of a snapshot. */
export type WitnessSnapshot = Pick<Snapshot, "shape" | "rows" | "snapshotId" | "policyElements">;

/**
 * The cached public signals of a snapshot for an instance: `table` (row-major, zero rows to fill), `snapshotId`, `policy`.
 *
 * @throws {BallastError} INVALID_SNAPSHOT when the snapshot has another shape or more rows than the instance.
 * @example
 * ```ts
 * import { cachedSignals, instanceOf, type Snapshot } from "ballast";
 * declare const snapshot: Snapshot;
 * const signals = cachedSignals(instanceOf("coverage", "64x240"), snapshot);
 * ```
 */
export function cachedSignals(instance: TableInstance, snapshot: WitnessSnapshot): Field[] {
  const { rows, shape } = instance;
  if (shape.scenarios !== snapshot.shape.scenarios || shape.underlyings !== snapshot.shape.underlyings) {
    throw new BallastError("INVALID_SNAPSHOT", "The snapshot's shape is not the circuit's.", {
      hint: `The circuit has ${shape.scenarios} scenarios and ${shape.underlyings} underlyings.`,
    });
  }
  if (snapshot.rows.length > rows) {
    throw new BallastError(
      "INVALID_SNAPSHOT",
      `The snapshot has ${snapshot.rows.length} rows; this circuit has room for ${rows}.`,
      { hint: "Use a larger instance, or build the snapshot with fewer rows.", inputs: ["snapshot.rows"] },
    );
  }
  const table = tableElements(snapshot).flat();
  const padding = new Array<Field>(rows * rowWidth(shape) - table.length).fill(reduce(0n));
  return [...table, ...padding, snapshot.snapshotId, ...snapshot.policyElements];
}
