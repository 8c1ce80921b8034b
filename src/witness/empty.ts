import type { Field } from "../math/field.ts";
import { type Commitment, commit } from "../portfolio/commitment.ts";
import { slotsOf } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import type { CircuitInputs } from "./table.ts";
import type { SlotsInstance } from "./transfer.ts";

export interface EmptyRequest {
  readonly accountId: Field;
  /** Opens the commitment; keep it secret. */
  readonly salt: Field;
  /** Binds the proof to chain, ledger and deadline. */
  readonly context: Field;
}

/** The public signals, in the circuit's order. */
export interface EmptySignals {
  readonly accountId: Field;
  readonly commitment: Commitment;
  readonly context: Field;
}

export interface EmptyWitness {
  readonly inputs: CircuitInputs;
  readonly signals: EmptySignals;
  readonly publicSignals: readonly Field[];
}

/**
 * Everything the empty circuit takes: the inputs, and the public signals they imply.
 * @param instance the venue's number of slots.
 */
export function emptyWitness(
  { slots }: SlotsInstance,
  { accountId, salt, context }: EmptyRequest,
): EmptyWitness {
  const signals: EmptySignals = {
    accountId,
    commitment: commit(accountId, salt, slotsOf([], slots)),
    context,
  };
  return {
    signals,
    publicSignals: SIGNALS.empty.map((name) => signals[name]),
    inputs: { ...signals, salt },
  };
}
