import { toField } from "../../src/math/field.ts";
import { instanceOf } from "../../src/prover/circuits.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import type { SolvencyAccount } from "../../src/witness/solvency.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { openForged, type Remaking, SMALL_BATCH, SMALL_REPORT } from "./circuit-solvency.ts";
import { at } from "./r1cs.ts";
import { memoryRun } from "./solvency-run.ts";
import { syntheticSnapshot, tierEdges, withEquity } from "./synthetic.ts";

const instance = instanceOf("solvency", SMALL_BATCH);

/** Seven rows of eight: rows 0 and 1 are cash, row 7 is padding. */
export const snapshot: WitnessSnapshot = syntheticSnapshot("solvency victim 1", instance.shape, 7);
export const idOf = (row: number): number => at(snapshot.rows, row).instrumentId;
export const hold = (row: number, quantity: bigint): Holding => ({ instrumentId: idOf(row), quantity });

/** The account at a place, without or with cash that brings its equity to what a function of its tiers' edges says. */
export function accountAt(
  place: number,
  positions: readonly Holding[],
  equityOf?: (edges: readonly bigint[]) => bigint,
): SolvencyAccount {
  const wanted = equityOf?.(tierEdges(snapshot, positions));
  const funded = wanted === undefined ? positions : withEquity(snapshot, positions, wanted);
  if (funded === undefined) throw new Error("No cash makes such an equity.");
  return { accountId: toField(1000n + BigInt(place)), salt: toField(77n + BigInt(place)), positions: funded };
}

/**
 * One account in each tier, and two that are bankrupt; an empty place among them and one behind them. Batches of two:
 * (tier 0, tier 2), (tier 4, nobody), (tier 4, tier 1), (tier 3, nobody).
 */
export const places: readonly (SolvencyAccount | null)[] = [
  accountAt(0, [hold(2, 40n), hold(3, -25n)], ([initial = 0n]) => initial),
  accountAt(1, [hold(4, 30n), hold(5, -12n)], ([, soft = 0n]) => soft - 1n),
  accountAt(2, [hold(2, -17n), hold(6, 9n)], () => -1n),
  null,
  accountAt(4, [hold(3, 25n), hold(6, -50n)], () => -123_000_000n),
  accountAt(5, [hold(4, -30n), hold(2, 5n)], ([initial = 0n]) => initial - 1n),
  accountAt(6, [hold(5, 12n), hold(3, 8n)], ([, , maintenance = 0n]) => maintenance - 1n),
];

/** An honest run over them, which the attacks start from. */
export const victim = memoryRun(instance, snapshot, places);
export const batchInputs = victim.witnesses.map(({ inputs }) => inputs);
export const reportInputs = victim.report.inputs;
export const remaking: Remaking = { instance, snapshot, run: victim };

export const batch = await openForged("solvency", SMALL_BATCH, at(batchInputs, 0));
export const report = await openForged("report", SMALL_REPORT, reportInputs);
