import { buildPoseidonOpt } from "circomlibjs";
import { type Field, reduce, toField } from "../../src/math/field.ts";
import type { CircuitInstance } from "../../src/prover/circuits.ts";
import type { InputValue } from "../../src/prover/witness-calculator.ts";

const poseidon = await buildPoseidonOpt();

export interface ToyWitness {
  readonly inputs: Record<string, InputValue>;
  readonly publicSignals: Field[];
}

/** A valid witness; the table's second row is zero. `seed` changes every private value and the context. */
export function toyWitness(circuit: CircuitInstance, seed = 1n): ToyWitness {
  const table = Array.from({ length: circuit.rows }, (_, row) =>
    Array.from({ length: 5 }, (_, column) => (row === 1 ? 0n : BigInt(row * 5 + column + 1))),
  );
  const policy = Array.from({ length: 10 }, (_, index) => BigInt(index + 2));
  const accountId = 5n;
  const salt = reduce(77n + seed);
  const quantity = [reduce(3n + seed), 4n];
  const commitment = poseidon.F.toObject(
    poseidon([accountId, salt].map((value) => poseidon.F.e(value))),
  ) as bigint;
  const tier = reduce(quantity.reduce((sum, value) => sum + value * value, 0n) * 2n);
  const snapshotId = 99n;
  const context = reduce(1234n + seed);
  return {
    inputs: { table, snapshotId, policy, accountId, commitment, tier, context, salt, quantity },
    publicSignals: [...table.flat(), snapshotId, ...policy, accountId, commitment, tier, context].map(
      (value) => toField(value),
    ),
  };
}
