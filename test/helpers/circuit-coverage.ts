import { type Field, reduce } from "../../src/math/field.ts";
import { commit } from "../../src/portfolio/commitment.ts";
import type { Slot } from "../../src/portfolio/portfolio.ts";
import { portfolioSums, type Requirement, requirement } from "../../src/risk/requirement.ts";
import { lanesOf } from "../../src/risk/table.ts";
import type { CoverageInstance } from "../../src/witness/coverage.ts";
import { cachedSignals, type WitnessSnapshot } from "../../src/witness/table.ts";
import { openInstance, type TestCircuit } from "./circuit.ts";
import { isCheck } from "./circuit-checks.ts";
import { circuitHints } from "./circuit-hints.ts";
import { Forger, type Inputs } from "./r1cs-forge.ts";

/** The instance all soundness tests attack. */
export const SMALL = "coverage_4x8_s5k2";

const INPUTS = [
  "table",
  "snapshotId",
  "policy",
  "accountId",
  "commitment",
  "tier",
  "context",
  "salt",
  "quantity",
  "id",
  "isShort",
  "lanes",
  "worstLoss",
  "charges",
  "usedLong",
  "usedShort",
] as const;

export interface CoverageCircuit extends TestCircuit {
  readonly instance: CoverageInstance;
  readonly forger: Forger;
}

/** The coverage circuit of an instance with its forging tool. */
export async function openCoverage(name: string = SMALL): Promise<CoverageCircuit> {
  const circuit = await openInstance("coverage", name);
  return { ...circuit, forger: new Forger(circuit.full, INPUTS, circuitHints(circuit.full), isCheck) };
}

/** A statement about an account, with slots as they are (duplicates, both sides of an instrument, zero quantities). */
export interface Account {
  readonly snapshot: WitnessSnapshot;
  readonly slots: readonly Slot[];
  readonly accountId: Field;
  readonly salt: Field;
  readonly context: Field;
}

export interface Statement {
  readonly inputs: Readonly<Record<(typeof INPUTS)[number], bigint | readonly bigint[]>> & Inputs;
  readonly requirement: Requirement;
}

/** Inputs of the circuit for any slots, computed apart from src/witness and checked against it by a test. */
export function statementOf(instance: CoverageInstance, account: Account): Statement {
  const { snapshot, slots, accountId, salt, context } = account;
  const { rows, shape, policyElements } = snapshot;
  const held = slots.filter(({ instrumentId }) => rows.some((row) => row.instrumentId === instrumentId));
  const sums = portfolioSums(
    rows,
    held.map(({ instrumentId, isShort, quantity }) => ({
      instrumentId,
      quantity: isShort === 1 ? -quantity : quantity,
    })),
    shape,
  );
  const result = requirement(sums, policyElements, shape);
  const cached = cachedSignals(instance, snapshot);
  const used = (side: 0 | 1): bigint[] =>
    Array.from({ length: instance.rows }, (_, n) => {
      const id = rows[n]?.instrumentId;
      return held.some(({ instrumentId, isShort }) => instrumentId === id && isShort === side) ? 1n : 0n;
    });
  const noCharges = { instrumentId: 0, longCharge: 0n, shortCharge: 0n };
  const { pnl, delta, gamma, vega } = sums;
  const tableSize = cached.length - 1 - policyElements.length;
  return {
    requirement: result,
    inputs: {
      table: cached.slice(0, tableSize),
      snapshotId: snapshot.snapshotId,
      policy: policyElements,
      accountId,
      commitment: commit(accountId, salt, slots),
      tier: BigInt(result.tier),
      context,
      salt,
      quantity: slots.map(({ quantity }) => quantity),
      id: slots.map(({ instrumentId }) => BigInt(instrumentId)),
      isShort: slots.map(({ isShort }) => BigInt(isShort)),
      lanes: lanesOf({ ...noCharges, mark: sums.equity, pnl, delta, gamma, vega }).map(reduce),
      worstLoss: result.stressLoss,
      charges: sums.charges,
      usedLong: used(0),
      usedShort: used(1),
    },
  };
}
