import { BallastError } from "../errors.ts";
import {
  type BatchCircuit,
  type CoverageCircuit,
  instanceOf,
  instancesOf,
  type MembershipCircuit,
  type ReportCircuit,
} from "../prover/circuits.ts";
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

/** What runs over accounts of one size are proven with, and what shows that they counted an account. */
export interface RunCircuits {
  readonly batch: BatchCircuit;
  readonly report: ReportCircuit;
  readonly membership: MembershipCircuit;
}

/**
 * The circuits of runs that go together with a coverage instance: over accounts that commit to as many slots.
 * @throws {BallastError} UNKNOWN_CIRCUIT where there are none.
 */
export function runCircuits(coverage: CoverageCircuit): RunCircuits {
  const { slots, rows } = coverage;
  const batch = ofShape(instancesOf("solvency"), coverage).find(
    (circuit) => circuit.slots === slots && circuit.rows === rows,
  );
  const [report] = ofShape(instancesOf("report"), coverage);
  if (batch !== undefined && report !== undefined)
    return { batch, report, membership: membershipFor(batch.depth) };
  throw new BallastError(
    "UNKNOWN_CIRCUIT",
    `No batch circuit goes with ${coverage.name}: no run covers accounts of that size, and nobody takes them over.`,
    { hint: "`ballast circuits` lists the instances; use a size that all of them have, e.g. 64x240." },
  );
}

/** The circuit that shows an account of a tree. @param depth the tree's. @throws {BallastError} UNKNOWN_CIRCUIT. */
export function membershipFor(depth: number): MembershipCircuit {
  const found = instancesOf("membership").find((circuit) => circuit.depth === depth);
  if (found !== undefined) return found;
  throw new BallastError("UNKNOWN_CIRCUIT", `No membership circuit is of depth ${depth}.`, {
    hint: "`ballast circuits` lists the instances.",
  });
}

function ofShape<C extends { readonly shape: Shape }>(
  circuits: readonly C[],
  { shape }: { readonly shape: Shape },
): C[] {
  return circuits.filter(
    (circuit) =>
      circuit.shape.scenarios === shape.scenarios && circuit.shape.underlyings === shape.underlyings,
  );
}
