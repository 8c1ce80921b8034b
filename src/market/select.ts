import { BallastError } from "../errors.ts";
import { mulDown, type Wad, wad } from "../math/wad.ts";
import type { MarketChain, MarketQuote } from "./chain.ts";
import { compareInstruments } from "./instruments.ts";

/** Of so many rows, one may be settled. */
export const SETTLED_SHARE = 3;

/**
 * The chain cut down to at most `rows` quotes, for a table of that size. In are, in this order as far as there
 * is room: everything in `include`, collateral, perpetuals and what is settled (these four always), futures by expiry, options by
 * open interest in USD, ties by name. The quotes keep the canonical order.
 *
 * @param include names that must be in, e.g. those that portfolios hold.
 * @throws {BallastError} UNKNOWN_INSTRUMENT for a name in `include` that the chain doesn't have (or has
 * excluded), OUT_OF_RANGE when what must be in is more than `rows`, or what is settled more than a third of them.
 */
export function selectQuotes(chain: MarketChain, rows: number, include: readonly string[] = []): MarketChain {
  const wanted = new Set(include);
  const names = new Set(chain.quotes.map(({ instrument }) => instrument.name));
  for (const name of wanted) if (!names.has(name)) throw missing(chain, name);

  checkSettled(chain, rows);
  const isFixed = ({ instrument, settled }: MarketQuote) =>
    settled ||
    wanted.has(instrument.name) ||
    instrument.kind === "collateral" ||
    instrument.kind === "perpetual";
  const fixed = chain.quotes.filter(isFixed);
  if (fixed.length > rows) {
    throw new BallastError(
      "OUT_OF_RANGE",
      `${fixed.length} instruments must be in the table, which has ${rows} rows.`,
      { hint: "Use a circuit with more rows, or hold fewer instruments.", details: { rows } },
    );
  }
  const rest = chain.quotes
    .filter((quote) => !isFixed(quote))
    .map((quote) => ({ quote, size: openInterestUsd(chain, quote) }))
    .sort((a, b) => rank(a.quote) - rank(b.quote) || compareSize(a, b));
  const quotes = [...fixed, ...rest.slice(0, rows - fixed.length).map(({ quote }) => quote)];
  return { ...chain, quotes: quotes.sort((a, b) => compareInstruments(a.instrument, b.instrument)) };
}

/** Settled rows take what is a third of a table's room at most, so that a market has the rest. */
function checkSettled({ quotes }: MarketChain, rows: number): void {
  const settled = quotes.filter((quote) => quote.settled === true).length;
  const most = Math.floor(rows / SETTLED_SHARE);
  if (settled <= most) return;
  throw new BallastError(
    "OUT_OF_RANGE",
    `${settled} rows are of expired instruments; of ${rows} rows, ${most} may be.`,
    {
      hint: "Name those that are held still; close what can be closed, or use a circuit with more rows.",
      inputs: ["snapshot.held"],
      details: { settled, most },
    },
  );
}

interface Sized {
  readonly quote: MarketQuote;
  readonly size: Wad;
}

function rank({ instrument }: MarketQuote): number {
  return instrument.kind === "future" ? 0 : 1;
}

function compareSize(a: Sized, b: Sized): number {
  const [left, right] = [a.quote.instrument, b.quote.instrument];
  if (left.kind === "future" && right.kind === "future" && left.expiry !== right.expiry) {
    return left.expiry < right.expiry ? -1 : 1;
  }
  if (left.kind === "option" && a.size !== b.size) return a.size > b.size ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}

/** Open interest of options and linear instruments counts coins: times the index. */
function openInterestUsd(chain: MarketChain, { instrument, openInterest }: MarketQuote): Wad {
  const index = chain.underlyings.find(({ symbol }) => symbol === instrument.underlying)?.indexPrice;
  return index === undefined || openInterest === undefined ? wad(0n) : mulDown(openInterest, index);
}

function missing(chain: MarketChain, name: string): BallastError {
  const excluded = chain.excluded.find((entry) => entry.name === name);
  return new BallastError("UNKNOWN_INSTRUMENT", `The market has no quote for ${JSON.stringify(name)}.`, {
    ...(excluded === undefined ? {} : { hint: `It was left out: ${excluded.reason}.` }),
  });
}
