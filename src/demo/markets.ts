import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { BallastError } from "../errors.ts";
import type { MarketChain } from "../market/chain.ts";
import { loadChain } from "../market/chain-file.ts";
import { parseInstrumentName } from "../market/instruments.ts";
import { deliveryName, rollOver } from "../market/roll-over.ts";
import { type SampleShock, sampleChain } from "../market/sample.ts";
import { filterChain, shiftChain } from "../market/shift.ts";
import { WAD, wad } from "../math/wad.ts";
import type { Policy } from "../risk/policy.ts";
import { buildSnapshot, type Snapshot } from "../risk/snapshot.ts";

/** The two moments of the demo, over the same instruments with the same ids. */
export interface DemoMarkets {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The market after, as it was, at another time: Unix seconds. */
  readonly later: (time: bigint) => Snapshot;
  /** What the snapshots were built from, with all that was recorded. */
  readonly chains: { readonly before: MarketChain; readonly after: MarketChain };
  /** Where they are from, for people. */
  readonly story: string;
}

export interface DemoMarketOptions {
  /** The crashed market, one file or several. Default: the bundled sample, shocked. */
  readonly chain?: readonly string[];
  /** The market before. Default: a recording of the day before that lies beside `chain`, else `chain` before a shock. */
  readonly before?: readonly string[];
  readonly policy: Policy;
  /** Rows of the circuit instance. */
  readonly rows: number;
  /** The rounds of a volatility oracle that the snapshots name. Default: none. */
  readonly oracleRounds?: { readonly before: number; readonly after: number };
}

const DAY_MS = 86_400_000n;
const DAILY_VOLATILITY = wad((415n * WAD) / 1000n);
/** Coins: traded enough to be in small tables too. */
const DAILY_INTEREST = wad(10_000n * WAD);
/** A fall of 15 % with volatility up 60 %, one day later. */
const CRASH: SampleShock = { spot: wad((-15n * WAD) / 100n), vol: wad((6n * WAD) / 10n) };

/**
 * Loads or makes the two markets and builds their snapshots.
 * @throws {BallastError} as `loadChain` and `buildSnapshot`; INVALID_INPUT for a `before` that is not earlier.
 */
export function demoMarkets(options: DemoMarketOptions): DemoMarkets {
  const { first, second, story } = chainsOf(options);
  if (first.time >= second.time) {
    throw new BallastError(
      "INVALID_INPUT",
      "The market before the crash is not earlier than the one after it.",
      {
        hint: "Swap the two.",
        inputs: ["demo.before", "demo.chain"],
      },
    );
  }
  const { policy, rows, oracleRounds: rounds = { before: 0, after: 0 } } = options;
  const later = new Set(second.quotes.map(({ instrument }) => instrument.name));
  const before = buildSnapshot(
    filterChain(first, (name) => later.has(name)),
    policy,
    { rows, oracleRound: rounds.before },
  );
  const chosen = new Set(before.rows.map(({ instrument }) => instrument.name));
  const fallen = filterChain(second, (name) => chosen.has(name));
  const at = (time: bigint) => buildSnapshot({ ...fallen, time }, policy, { oracleRound: rounds.after });
  return {
    ...{ before, after: at(fallen.time), story },
    later: (time) => at(time * 1_000n),
    chains: { before: first, after: second },
  };
}

function chainsOf({ chain, before }: DemoMarketOptions): {
  first: MarketChain;
  second: MarketChain;
  story: string;
} {
  if (chain === undefined) {
    if (before !== undefined) {
      throw new BallastError("INVALID_INPUT", "A market before the crash goes with one after it.", {
        hint: "Give both, or neither.",
        inputs: ["demo.before", "demo.chain"],
      });
    }
    const first = withDaily(sampleChain());
    return {
      first,
      second: overTheExpiry(first, shiftChain(first, CRASH, DAY_MS)),
      story: "the bundled sample, then a fall of 15 %",
    };
  }
  const second = loadChain(chain);
  const [file] = chain;
  const sibling =
    before ?? (chain.length === 1 && file !== undefined ? recordedDayBefore(file, second.time) : undefined);
  if (sibling !== undefined) {
    const names = (files: readonly string[]): string => files.map((path) => basename(path)).join(", ");
    return { first: loadChain(sibling), second, story: `recorded: ${names(sibling)}, then ${names(chain)}` };
  }
  return {
    first: second,
    second: shiftChain(second, CRASH, DAY_MS),
    story: `${basename(file ?? "")}, then a fall of 15 % (no recording of the day before lies beside it)`,
  };
}

/** A put of a day, at the money: it expires as the market has fallen. */
export const DAILY = "BTC-31JAN26-84000-P";

/** The sample with that put, at the index price and the first expiry's volatility. */
function withDaily(chain: MarketChain): MarketChain {
  const instrument = parseInstrumentName(DAILY);
  const forward = chain.underlyings.find(({ symbol }) => symbol === instrument.underlying)?.indexPrice;
  if (forward === undefined) return chain;
  const terms = { impliedVolatility: DAILY_VOLATILITY, openInterest: DAILY_INTEREST };
  return { ...chain, quotes: [...chain.quotes, { instrument, forward, ...terms }] };
}

/** What expired in between is settled at the index price of then. */
function overTheExpiry(before: MarketChain, after: MarketChain): MarketChain {
  const deliveries = new Map(
    before.quotes.flatMap(({ instrument }) => {
      const index = after.underlyings.find(({ symbol }) => symbol === instrument.underlying)?.indexPrice;
      return "expiry" in instrument && index !== undefined
        ? [[deliveryName(instrument), index] as const]
        : [];
    }),
  );
  return rollOver(before.quotes, after, { deliveries });
}

const STAMP = /^(.*_)(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z(\..*)$/;
const HOUR_MS = 3_600_000;

/** Among files of the same naming, the one recorded nearest to 24 hours earlier, 18 to 30 hours. */
function recordedDayBefore(path: string, time: bigint): string[] | undefined {
  const own = STAMP.exec(basename(path));
  if (own === null) return undefined;
  const target = Number(time) - 24 * HOUR_MS;
  const candidates = readdirSync(dirname(path)).flatMap((name) => {
    const [, prefix, year, month, day, hour, minute, second, suffix] = STAMP.exec(name) ?? [];
    if (prefix !== own[1] || suffix !== own[8]) return [];
    const distance = Math.abs(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - target);
    return distance <= 6 * HOUR_MS ? [{ name, distance }] : [];
  });
  const [nearest] = candidates.sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? undefined : [join(dirname(path), nearest.name)];
}
