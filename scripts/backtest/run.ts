import type { MarketChain, MarketQuote } from "../../src/market/chain.ts";
import { WAD, type Wad } from "../../src/math/wad.ts";
import { type Policy, policyElements } from "../../src/risk/policy.ts";
import { portfolioSums, requirement } from "../../src/risk/requirement.ts";
import { FLAGSHIP_SHAPE } from "../../src/risk/shape.ts";
import type { RiskVector } from "../../src/risk/table.ts";
import { createVectorizer } from "../../src/risk/vector.ts";
import { type Book, createBook } from "./book.ts";
import { FAMILIES, type Family, type GeneratedPortfolio, generate, type LotGreeks } from "./portfolios.ts";
import { createMarker, laterValue, type Valuation } from "./revalue.ts";

const HOUR_MS = 3_600_000n;
const SHAPE = FLAGSHIP_SHAPE;

export interface BacktestOptions {
  readonly policies: readonly Policy[];
  readonly portfoliosPerFamily: number;
  readonly seed: number;
  /** Only pairs whose first chain this accepts. */
  readonly accept?: (start: MarketChain, end: MarketChain) => boolean;
  readonly onPair?: (done: number, total: number, start: MarketChain) => void;
}

/** One portfolio over one day. Micro-USD. */
export interface Case {
  readonly start: bigint;
  readonly family: Family;
  readonly index: number;
  /** Equity before minus equity after: a gain is negative. */
  readonly loss: bigint;
  readonly notional: bigint;
  /** By policy, in the order given: initial requirement, rounded down. */
  readonly initial: readonly bigint[];
}

export interface BacktestResult {
  readonly pairs: readonly { readonly start: bigint; readonly end: bigint }[];
  readonly cases: readonly Case[];
  readonly valuations: Readonly<Record<Valuation, number>>;
  /** Portfolios left out because a chain had no strikes for them, or a leg had no price later. */
  readonly skipped: number;
}

/** Pairs of chains a day apart: for each chain the one nearest to 24 h later, at most three hours off. */
export function dailyPairs(chains: readonly MarketChain[]): { start: MarketChain; end: MarketChain }[] {
  return chains.flatMap((start) => {
    const offset = (end: MarketChain): bigint => {
      const difference = end.time - start.time - 24n * HOUR_MS;
      return difference < 0n ? -difference : difference;
    };
    const [end] = [...chains].sort((a, b) => (offset(a) < offset(b) ? -1 : 1));
    return end !== undefined && offset(end) <= 3n * HOUR_MS ? [{ start, end }] : [];
  });
}

/** Requirement at the start against the loss over the next day, for generated portfolios. Deterministic. */
export function runBacktest(chains: readonly MarketChain[], options: BacktestOptions): BacktestResult {
  const ordered = [...chains].sort((a, b) => (a.time < b.time ? -1 : 1));
  const pairs = dailyPairs(ordered).filter(({ start, end }) => options.accept?.(start, end) ?? true);
  const elements = options.policies.map((policy) => policyElements(policy, SHAPE));
  const books = new Map<MarketChain, Book>();
  const bookOf = (chain: MarketChain): Book => {
    const book = books.get(chain) ?? createBook(chain);
    books.set(chain, book);
    return book;
  };
  const cases: Case[] = [];
  const valuations: Record<Valuation, number> = { quoted: 0, interpolated: 0, settled: 0, unpriced: 0 };
  let skipped = 0;
  pairs.forEach(({ start, end }, done) => {
    options.onPair?.(done, pairs.length, start);
    const [book, later] = [bookOf(start), bookOf(end)];
    const rowsOf = options.policies.map((policy) => createRows(book, policy));
    const [first] = rowsOf;
    if (first === undefined) throw new RangeError("A backtest needs a policy.");
    const mark = createMarker(later);
    const settlement = settlementOf(ordered, end);
    const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
    const greeksOf = (name: string): LotGreeks => {
      const { delta, vega } = first(name);
      return { delta: sum(delta), vega: sum(vega) };
    };
    for (const family of FAMILIES) {
      for (let index = 0; index < options.portfoliosPerFamily; index++) {
        const portfolio = generate(book, family, index, options.seed, greeksOf);
        const values = portfolio?.legs.map(({ name }) =>
          laterValue(quoteOf(book, name), later, mark, settlement),
        );
        if (portfolio === null || values === undefined || values.some(({ how }) => how === "unpriced")) {
          skipped++;
          continue;
        }
        for (const { how } of values) valuations[how]++;
        const after = portfolio.legs.reduce((sum, { lots }, i) => sum + lots * (values[i]?.value ?? 0n), 0n);
        const positions = portfolio.legs.map(({ lots }, i) => ({ instrumentId: i + 1, quantity: lots }));
        const sums = rowsOf.map((row) =>
          portfolioSums(
            portfolio.legs.map(({ name }, i) => ({ vector: { ...row(name), instrumentId: i + 1 } })),
            positions,
            SHAPE,
          ),
        );
        cases.push({
          start: start.time,
          family,
          index,
          loss: (sums[0]?.equity ?? 0n) - after,
          notional: notionalOf(book, portfolio),
          initial: sums.map((sum, p) => requirement(sum, elements[p] ?? [], SHAPE).thresholds18[0] / WAD),
        });
      }
    }
  });
  return {
    pairs: pairs.map(({ start, end }) => ({ start: start.time, end: end.time })),
    cases,
    valuations,
    skipped,
  };
}

/** Risk vectors of a chain under a policy, computed when first asked for. */
function createRows(book: Book, policy: Policy): (name: string) => RiskVector {
  const vectorize = createVectorizer(book.chain, policy, SHAPE);
  const known = new Map<string, RiskVector>();
  return (name) => {
    const vector = known.get(name) ?? vectorize(quoteOf(book, name), 1);
    known.set(name, vector);
    return vector;
  };
}

function quoteOf(book: Book, name: string): MarketQuote {
  const quote = book.quote(name);
  if (quote === undefined) throw new RangeError(`The chain has no quote for ${name}.`);
  return quote;
}

/** The index price at settlement: that of the first chain at or after the expiry, up to the pair's end. */
function settlementOf(chains: readonly MarketChain[], end: MarketChain) {
  return (symbol: string, expiry: bigint): Wad => {
    const chain = chains.find(({ time }) => time >= expiry) ?? end;
    const entry = chain.underlyings.find((underlying) => underlying.symbol === symbol);
    if (entry === undefined) throw new RangeError(`No index price for ${symbol} at settlement.`);
    return entry.indexPrice;
  };
}

/** Gross: contracts times index price for options, USD for perpetuals; collateral doesn't count. Micro-USD. */
function notionalOf(book: Book, portfolio: GeneratedPortfolio): bigint {
  return portfolio.legs.reduce((sum, { name, lots }) => {
    const { instrument } = quoteOf(book, name);
    if (instrument.kind === "collateral") return sum;
    const inCoin = instrument.kind === "option" || instrument.settlement === "linear";
    const price = inCoin ? book.index(instrument.underlying) : WAD;
    const size = (instrument.lotSize * price * 1_000_000n) / (WAD * WAD);
    return sum + size * (lots < 0n ? -lots : lots);
  }, 0n);
}
