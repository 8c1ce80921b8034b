import type { Slot } from "../../src/portfolio/portfolio.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { openCoverage, type Statement, statementOf } from "./circuit-coverage.ts";
import { at } from "./r1cs.ts";
import { Random, syntheticSnapshot } from "./synthetic.ts";

/** The circuit under attack, and one honest account that the attacks start from. */
export const circuit = await openCoverage();

/** Seven rows of eight, losing in three scenarios: rows 0 and 1 are cash, row 7 is padding. */
export const snapshot: WitnessSnapshot = syntheticSnapshot("victim 29", circuit.instance.shape, 7);

export const idOf = (row: number): number => at(snapshot.rows, row).instrumentId;
export const slot = (row: number, quantity: bigint, isShort: 0 | 1 = 0): Slot => ({
  instrumentId: idOf(row),
  isShort,
  quantity,
});
export const EMPTY: Slot = { instrumentId: 0, isShort: 0, quantity: 0n };

/** A statement about the fixture's account with these slots. */
export function holding(slots: readonly Slot[], table: WitnessSnapshot = snapshot): Statement {
  const random = new Random("account");
  const [accountId, salt, context] = [random.field(), random.field(), random.field()];
  return statementOf(circuit.instance, { snapshot: table, slots, accountId, salt, context });
}

/** Long row 2, short row 4, long row 5; one slot empty. */
export const victim = holding([slot(2, 700n), slot(4, 300n, 1), slot(5, 55n), EMPTY]);
