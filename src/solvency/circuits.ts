import { BallastError } from "../errors.ts";
import { type BatchCircuit, instanceOf, instancesOf, type ReportCircuit } from "../prover/circuits.ts";
import type { Shape } from "../risk/shape.ts";
import type { Snapshot } from "../risk/snapshot.ts";

/**
 * The named batch circuit, or the one with the smallest table that takes the snapshot, and among those the fewest
 * slots and the most accounts.
 * @throws {BallastError} UNKNOWN_CIRCUIT, INVALID_SNAPSHOT when none takes it.
 */
export function batchFor(name: string | undefined, snapshot: Snapshot): BatchCircuit {
  if (name !== undefined) return instanceOf("solvency", name);
  const found = ofShape(instancesOf("solvency"), snapshot)
    .filter(({ rows }) => rows >= snapshot.rows.length)
    .sort((a, b) => a.rows - b.rows || a.slots - b.slots || b.accounts - a.accounts)[0];
  if (found !== undefined) return found;
  throw new BallastError("INVALID_SNAPSHOT", `No batch circuit takes ${snapshot.rows.length} rows.`, {
    hint: "Build the snapshot with fewer rows; `ballast circuits` lists the instances.",
    inputs: ["snapshot.rows"],
  });
}

/** The report circuit of the snapshot's shape. @throws {BallastError} INVALID_SNAPSHOT when there is none. */
export function reportFor(snapshot: Snapshot): ReportCircuit {
  const [found] = ofShape(instancesOf("report"), snapshot);
  if (found !== undefined) return found;
  throw new BallastError("INVALID_SNAPSHOT", "No report circuit has the snapshot's shape.", {
    hint: "`ballast circuits` lists the instances.",
  });
}

function ofShape<C extends { readonly shape: Shape }>(circuits: readonly C[], { shape }: Snapshot): C[] {
  return circuits.filter(
    (circuit) =>
      circuit.shape.scenarios === shape.scenarios && circuit.shape.underlyings === shape.underlyings,
  );
}
