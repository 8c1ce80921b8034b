import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildPoseidonOpt } from "circomlibjs";
import { afterAll } from "vitest";
import { type Field, reduce, toField } from "../../src/math/field.ts";
import { type CircuitInstance, instance } from "../../src/prover/circuits.ts";
import type { InputValue } from "../../src/prover/witness-calculator.ts";

/** A circuits folder with two small circuits that have the coverage circuit's public interface. */
export const TOY_ROOT = fileURLToPath(new URL("../fixtures/circuits", import.meta.url));

export const toy = (): CircuitInstance => instance("toy_2x4_s1k1", TOY_ROOT);
export const other = (): CircuitInstance => instance("other_2x5_s1k1", TOY_ROOT);

/** Gives the test file a BALLAST_HOME of its own, removed at the end. */
export function useTemporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "ballast-test-"));
  process.env["BALLAST_HOME"] = home;
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

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

/** The error of a promise or function that must fail. */
export async function errorOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
