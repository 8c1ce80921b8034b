import { BallastError } from "../errors.ts";
import {
  type CeilingCircuit,
  type CoverageCircuit,
  type DeleverageCircuit,
  type EmptyCircuit,
  type EquityCircuit,
  instanceOf,
  instancesOf,
  type ReductionCircuit,
  type TransferCircuit,
} from "../prover/circuits.ts";
import type { LoadedKey } from "../prover/prover.ts";

/** What a venue's liquidations are proven with. All have one number of slots: accounts commit otherwise in any other. */
export interface LiquidationCircuits {
  readonly coverage: CoverageCircuit;
  readonly equity: EquityCircuit;
  readonly ceiling: CeilingCircuit;
  readonly reduction: ReductionCircuit;
  readonly transfer: TransferCircuit;
  readonly deleverage: DeleverageCircuit;
  readonly empty: EmptyCircuit;
}

export type LiquidationStatement = keyof LiquidationCircuits;
export type LiquidationKeys = Readonly<Record<LiquidationStatement, LoadedKey>>;

/** By the order in which a liquidation needs them. */
export const LIQUIDATION_STATEMENTS = [
  "coverage",
  "reduction",
  "transfer",
  "equity",
  "ceiling",
  "deleverage",
  "empty",
] as const satisfies readonly LiquidationStatement[];

/**
 * The instances that go together with a coverage instance.
 * @param name a coverage instance, e.g. `64x240`.
 * @throws {BallastError} UNKNOWN_CIRCUIT for a name that is none, or one whose companions don't exist.
 * @example
 * ```ts
 * import { liquidationCircuits } from "ballast/node";
 * const { slots } = liquidationCircuits("64x240").coverage;
 * ```
 */
export function liquidationCircuits(name: string): LiquidationCircuits {
  const coverage = instanceOf("coverage", name);
  const { slots, rows, shape } = coverage;
  const overTable = (circuit: EquityCircuit | CeilingCircuit | ReductionCircuit): boolean =>
    circuit.slots === slots &&
    circuit.rows === rows &&
    circuit.shape.scenarios === shape.scenarios &&
    circuit.shape.underlyings === shape.underlyings;
  const withSlots = (circuit: TransferCircuit | DeleverageCircuit | EmptyCircuit): boolean =>
    circuit.slots === slots;
  const only = <Circuit>(found: Circuit | undefined, statement: string): Circuit => {
    if (found !== undefined) return found;
    throw new BallastError(
      "UNKNOWN_CIRCUIT",
      `No ${statement} circuit goes with ${coverage.name}: accounts of that size can't be liquidated.`,
      { hint: "`ballast circuits` lists the instances; use a size that all of them have, e.g. 64x240." },
    );
  };
  return {
    coverage,
    equity: only(instancesOf("equity").find(overTable), "equity"),
    ceiling: only(instancesOf("ceiling").find(overTable), "ceiling"),
    reduction: only(instancesOf("reduction").find(overTable), "reduction"),
    transfer: only(instancesOf("transfer").find(withSlots), "transfer"),
    deleverage: only(instancesOf("deleverage").find(withSlots), "deleverage"),
    empty: only(instancesOf("empty").find(withSlots), "empty"),
  };
}
