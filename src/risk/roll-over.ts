import { BallastError } from "../errors.ts";
import type { MarketQuote } from "../market/chain.ts";
import { createRegistry, FIXED_INSTRUMENT_IDS, type InstrumentRegistry } from "../market/registry.ts";
import { isOutlived } from "../market/roll-over.ts";
import type { Snapshot } from "./snapshot.ts";
import { marketOf } from "./snapshot-inputs.ts";
import { isSettledVector } from "./table.ts";

/**
 * The quotes that a snapshot was derived from, settled ones too: see `rollOver`.
 * @example
 * ```ts
 * import { quotesOf, type Snapshot } from "ballast";
 * declare const snapshot: Snapshot;
 * const expired = quotesOf(snapshot).filter(({ settled }) => settled === true);
 * ```
 */
export function quotesOf({ inputs }: Pick<Snapshot, "inputs">): readonly MarketQuote[] {
  return marketOf(inputs).chain.quotes;
}

/**
 * A registry that goes on from a snapshot's ids.
 * @example
 * ```ts
 * import { buildSnapshot, type MarketChain, type Policy, registryOf, type Snapshot } from "ballast";
 * declare const [previous, chain, policy]: [Snapshot, MarketChain, Policy];
 * const next = buildSnapshot(chain, policy, { registry: registryOf(previous) });
 * ```
 */
export function registryOf({ rows }: Pick<Snapshot, "rows">): InstrumentRegistry {
  const entries = rows
    .map(({ instrumentId: id, instrument: { name } }) => ({ id, name }))
    .filter(({ name }) => !Object.hasOwn(FIXED_INSTRUMENT_IDS, name));
  return createRegistry(entries);
}

/**
 * That a snapshot takes over what expired in the one before, as its signers should see to: each such row is settled once at
 * least, stays for as long as somebody may hold it, and never changes.
 *
 * @param held of the rows that were settled before, those that somebody may hold still. Default: all.
 * @throws {BallastError} INVALID_SNAPSHOT, naming the first row that is gone too soon, or has changed.
 * @example
 * ```ts
 * import { checkRollOver, type Snapshot } from "ballast";
 * declare const [signedBefore, snapshot]: [Snapshot, Snapshot];
 * checkRollOver(signedBefore, snapshot);
 * ```
 */
export function checkRollOver(
  before: Pick<Snapshot, "rows" | "time">,
  after: Pick<Snapshot, "rows" | "time">,
  held?: readonly string[],
): void {
  const found = new Map(after.rows.map((row) => [row.instrument.name, row]));
  const time = after.time * 1_000n;
  for (const { instrument, instrumentId, vector } of before.rows) {
    if (!("expiry" in instrument) || instrument.expiry > time) continue;
    const { name } = instrument;
    const wasSettled = instrument.expiry <= before.time * 1_000n;
    const row = found.get(name);
    if (row === undefined) {
      const isHeld = held === undefined || held.includes(name);
      if (!wasSettled || (isHeld && !isOutlived(instrument, time)))
        throw refused(`has no row for ${name} any more`);
      continue;
    }
    const isSame = row.instrumentId === instrumentId && row.instrument.lotSize === instrument.lotSize;
    const isKept = !wasSettled || row.vector.mark === vector.mark;
    if (!isSame || !isKept || !isSettledVector(row.vector))
      throw refused(`has another id, lot or value for ${name}`);
  }
}

function refused(what: string): BallastError {
  return new BallastError("INVALID_SNAPSHOT", `The snapshot ${what}, which has expired and may be held.`, {
    hint: "Build it with the snapshot before it, and sign it then.",
    inputs: ["snapshot.previous"],
  });
}
