import { BallastError } from "../errors.ts";
import type { Wad } from "../math/wad.ts";
import type { MarketChain, MarketQuote } from "./chain.ts";
import { formatExpiry, type Instrument } from "./instruments.ts";

/** So long after its expiry a settled row stays: 44 days of the longest case (30 served, 14 without prices), and 7. */
export const SETTLED_DAYS = 51n;

const DAY_MS = 86_400_000n;

export interface RollOverOptions {
  /** USD by expiry as `deliveryName` spells it: `BTC-6FEB26`. */
  readonly deliveries?: ReadonlyMap<string, Wad>;
  /** Of those that were settled already, the instruments that somebody may hold still: the others go. Default: all are held. */
  readonly held?: readonly string[];
}

/** What one delivery price is of: `BTC-6FEB26`, for options and futures, inverse and linear. */
export function deliveryName(instrument: Extract<Instrument, { readonly expiry: bigint }>): string {
  return `${instrument.underlying}-${formatExpiry(instrument.expiry)}`;
}

/** Whether a settled row has been there for as long as any case that it could be needed for. */
export function isOutlived(instrument: Instrument, time: bigint): boolean {
  return "expiry" in instrument && instrument.expiry + SETTLED_DAYS * DAY_MS < time;
}

/**
 * A market with what has expired since the one before: each option and future that was in `previous` and has expired by the
 * chain's time is in, settled, once at least. So whoever holds one can close it, and prove what the account is worth until then.
 *
 * @param previous quotes of the snapshot before, settled ones too.
 * @throws {BallastError} INVALID_INPUT, naming each expiry that has no delivery price; INVALID_MARKET where the chain has another
 * delivery price for what was settled before.
 * @example
 * ```ts
 * import { buildSnapshot, type MarketChain, type Policy, quotesOf, registryOf, rollOver, type Snapshot } from "ballast";
 * declare const [previous, policy, chain]: [Snapshot, Policy, MarketChain];
 * declare const options: Parameters<typeof rollOver>[2]; // delivery prices: "BTC-6FEB26" -> USD, 1e18
 * const rolled = rollOver(quotesOf(previous), chain, options);
 * const snapshot = buildSnapshot(rolled, policy, { registry: registryOf(previous) });
 * ```
 */
export function rollOver(
  previous: readonly MarketQuote[],
  chain: MarketChain,
  { deliveries = new Map(), held }: RollOverOptions = {},
): MarketChain {
  const given = new Map(chain.quotes.map((quote) => [quote.instrument.name, quote]));
  const missing = new Set<string>();
  const carried = previous.flatMap((before): MarketQuote[] => {
    const { instrument, settled } = before;
    if (!("expiry" in instrument) || instrument.expiry > chain.time) return [];
    const found = given.get(instrument.name);
    if (settled === true) {
      if (found !== undefined) return checkSame(before, found);
      const isHeld = held === undefined || held.includes(instrument.name);
      return isHeld && !isOutlived(instrument, chain.time) ? [before] : [];
    }
    if (found !== undefined) return [];
    const name = deliveryName(instrument);
    const delivery = deliveries.get(name);
    if (delivery === undefined) missing.add(name);
    return delivery === undefined ? [] : [{ instrument, forward: delivery, settled: true }];
  });
  if (missing.size > 0) throw noDelivery([...missing]);
  return { ...chain, quotes: [...chain.quotes, ...carried] };
}

/** @returns nothing to carry. @throws {BallastError} INVALID_MARKET. */
function checkSame(before: MarketQuote, after: MarketQuote): [] {
  const { name, lotSize } = before.instrument;
  if (after.settled && after.forward === before.forward && after.instrument.lotSize === lotSize) return [];
  throw new BallastError(
    "INVALID_MARKET",
    `${name} was settled before at another price, or for another lot.`,
    {
      hint: "A delivery price is for good: leave it out of the chain.",
      details: { instrument: name },
    },
  );
}

function noDelivery(names: readonly string[]): BallastError {
  return new BallastError(
    "INVALID_INPUT",
    `There is no delivery price for ${names.join(", ")}, which expired since.`,
    {
      hint: `Give it in USD, e.g. ${names[0]}=84310.25.`,
      inputs: ["snapshot.delivery"],
    },
  );
}
