import { type Field, reduce } from "../math/field.ts";
import type { Commitment } from "../portfolio/commitment.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { SIGNALS } from "../prover/generated/circuits.ts";
import { accountWitness, type CoverageInstance } from "./coverage.ts";
import type { CircuitInputs, WitnessSnapshot } from "./table.ts";

/** The signals that change from proof to proof, in the circuit's order. */
export interface EquitySignals {
  readonly accountId: Field;
  readonly commitment: Commitment;
  /** 0..4 */
  readonly tier: Field;
  /** Micro-USD, signed, as a field element: p - |equity| where negative. */
  readonly equity: Field;
  readonly context: Field;
}

export interface EquityWitness {
  readonly inputs: CircuitInputs;
  readonly signals: EquitySignals;
  /** All public signals: the cached part, then the five of {@link EquitySignals}. */
  readonly publicSignals: readonly Field[];
  /** The same equity as a signed integer, micro-USD. It is public once the proof is shown. */
  readonly equity: bigint;
}

/**
 * Everything the equity circuit takes for one account: the inputs, and the public signals they imply.
 *
 * @param instance slots, rows and shape.
 * @param salt opens the commitment; keep it secret.
 * @param context binds the proof to chain, ledger and deadline.
 * @throws {BallastError} INVALID_SNAPSHOT, PORTFOLIO_TOO_LARGE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW.
 */
export function equityWitness(
  instance: CoverageInstance,
  snapshot: WitnessSnapshot,
  portfolio: Portfolio,
  salt: Field,
  context: Field,
): EquityWitness {
  const { inputs, cached, accountId, commitment, tier, equity } = accountWitness(
    instance,
    snapshot,
    portfolio,
    salt,
  );
  const signals: EquitySignals = { accountId, commitment, tier, equity: reduce(equity), context };
  return {
    signals,
    equity,
    publicSignals: [...cached, ...SIGNALS.equity.map((name) => signals[name])],
    inputs: { ...inputs, ...signals },
  };
}
