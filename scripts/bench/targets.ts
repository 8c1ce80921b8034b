import type { BackendName } from "../../src/prover/prover.ts";

/** What the project wants to hold on two cores. Printed as ratios, never asserted: machines differ. */
export const TARGETS = {
  /** Milliseconds of a warm proof, by circuit and backend. */
  warmProof: { coverage_64x240_s35k2: { snarkjs: 2_200, rapidsnark: 450 } } as Readonly<
    Record<string, Readonly<Partial<Record<BackendName, number>>>>
  >,
  /** Gas of one attestation alone. */
  attestGas: 280_000,
  /** Gas of one attestation in a batch of so many. */
  batchGas: { size: 16, each: 95_000 },
} as const;

/** Measured over wanted, `0.872`: at most 1 is as wanted. */
export function ratio(value: number, target: number | undefined): string {
  if (target === undefined) return "—";
  return (value / target).toFixed(3);
}
