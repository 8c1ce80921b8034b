import { checkChain, type MarketChain } from "../../market/chain.ts";
import { createRegistry, decodeRegistry, encodeRegistry } from "../../market/registry.ts";
import { rollOver } from "../../market/roll-over.ts";
import { selectQuotes } from "../../market/select.ts";
import type { TableCircuit } from "../../prover/circuits.ts";
import type { Policy } from "../../risk/policy.ts";
import { quotesOf } from "../../risk/roll-over.ts";
import type { Shape } from "../../risk/shape.ts";
import { buildSnapshot, encodeSnapshot, type Snapshot } from "../../risk/snapshot.ts";
import { type Database, read } from "../store/database.ts";
import { Proposals } from "./proposals.ts";

/** When a snapshot is proposed. */
export interface ProposingRules {
  /** Seconds between two. */
  readonly every: bigint;
  /** Ppm that an index price moves, after which one is proposed at once. */
  readonly movePpm: bigint;
  /** Seconds between two, however prices move. */
  readonly least: bigint;
  /** Seconds after its market's time for which signatures are good. */
  readonly publishWithin: bigint;
}

export const PROPOSING: ProposingRules = { every: 300n, movePpm: 10_000n, least: 60n, publishWithin: 900n };

/**
 * Why a market is to be proposed now; pure.
 * @param last the newest that was proposed.
 * @returns undefined where it is not.
 */
export function whyPropose(
  market: Pick<MarketChain, "time" | "underlyings">,
  last: Pick<Snapshot, "time" | "underlyings"> | undefined,
  { every, movePpm, least }: ProposingRules,
): string | undefined {
  if (last === undefined) return "the first";
  const since = market.time / 1_000n - last.time;
  if (since >= every) return "schedule";
  if (since < least) return undefined;
  const before = new Map(last.underlyings.map(({ symbol, indexPrice }) => [symbol, indexPrice]));
  for (const { symbol, indexPrice } of market.underlyings) {
    const was = before.get(symbol);
    if (was === undefined) continue;
    const moved = ((indexPrice - was) * 1_000_000n) / was;
    if ((moved < 0n ? -moved : moved) >= movePpm) return `${symbol} moved by ${moved} ppm`;
  }
  return undefined;
}

export interface SnapshotTerms {
  readonly policy: Policy;
  /** By whose rows and shape the table is cut. */
  readonly circuit: TableCircuit & { readonly shape: Shape };
  /** Instruments that somebody holds: they are in. */
  readonly held: readonly string[];
}

/**
 * Derives a snapshot and proposes it; instruments' ids and the proposal are durable together.
 * @param previous the newest that is published: what has expired since stays in, settled.
 * @throws {BallastError} INVALID_INPUT where an expiry has no delivery price; as `buildSnapshot`; STORE_ERROR.
 */
export async function propose(
  database: Database,
  market: MarketChain,
  { policy, circuit, held }: SnapshotTerms,
  previous: Snapshot | undefined,
  rules: ProposingRules,
  why: string,
): Promise<Snapshot> {
  const rolled = previous === undefined ? market : rollOver(quotesOf(previous), market, { held });
  // Seconds: the time that the contract knows.
  const chain = { ...rolled, time: (rolled.time / 1_000n) * 1_000n };
  const known = new Set(chain.quotes.map(({ instrument }) => instrument.name));
  const include = held.filter((name) => known.has(name));
  const selected = selectQuotes(checkChain(chain, { onBadQuote: "exclude" }), circuit.rows, include);
  return database.transaction(async (sql) => {
    const [row] = await sql.query("select content from ballast.registry for update");
    const registry = row === undefined ? createRegistry() : decodeRegistry(read.text(row, "content"));
    const snapshot = buildSnapshot(selected, policy, { registry, shape: circuit.shape });
    await sql.query(
      `insert into ballast.registry (one, content) values (true, $1)
      on conflict (one) do update set content = excluded.content`,
      [encodeRegistry(registry)],
    );
    const content = encodeSnapshot(snapshot);
    const publishBy = snapshot.time + rules.publishWithin;
    await new Proposals(sql).add(snapshot.snapshotId, { time: snapshot.time, publishBy, content }, why);
    return snapshot;
  });
}
