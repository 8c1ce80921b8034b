import type { MarketChain } from "../../src/market/chain.ts";
import { formatDecimal } from "../../src/math/decimal.ts";
import { WAD } from "../../src/math/wad.ts";
import { type Policy, ppm } from "../../src/risk/policy.ts";
import { createVectorizer, type Vectorizer } from "../../src/risk/vector.ts";
import { createBook, daysTo, nearest } from "./book.ts";
import { marksPolicy } from "./revalue.ts";

const SHAPE = { scenarios: 1, underlyings: 2 };

/** What is open in options on one underlying: medians over chains. Micro-USD where nothing else is said. */
export interface OpenInterest {
  readonly symbol: string;
  /** Coins. */
  readonly contracts: bigint;
  /** Of all open contracts, each long: calls and puts don't offset. */
  readonly delta: bigint;
  readonly gamma: bigint;
  /** Of one straddle of one coin at the money, in the expiry nearest to 30 days. */
  readonly straddleGamma: bigint;
}

/** Open options of each underlying, in the policies' order. Chains without open interest count as zero. */
export function openInterest(chains: readonly MarketChain[]): OpenInterest[] {
  const each = chains.map((chain) => {
    const vectorize = createVectorizer(chain, marksPolicy, SHAPE);
    return chain.underlyings.map(({ symbol }) => ofOne(chain, symbol, vectorize));
  });
  const symbols = chains[0]?.underlyings.map(({ symbol }) => symbol) ?? [];
  return symbols.map((symbol, u) => {
    const middle = (key: "contracts" | "delta" | "gamma" | "straddleGamma"): bigint =>
      median(each.flatMap((list) => list[u]?.[key] ?? []));
    return {
      symbol,
      contracts: middle("contracts"),
      delta: middle("delta"),
      gamma: middle("gamma"),
      straddleGamma: middle("straddleGamma"),
    };
  });
}

function ofOne(chain: MarketChain, symbol: string, vectorize: Vectorizer): OpenInterest {
  const total = { contracts: 0n, delta: 0n, gamma: 0n };
  const greeks = (quote: MarketChain["quotes"][number]) => {
    const vector = vectorize(quote, 1);
    const sum = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n);
    return { delta: sum(vector.delta), gamma: sum(vector.gamma) };
  };
  for (const quote of chain.quotes) {
    const { instrument, openInterest: open = 0n } = quote;
    if (instrument.kind !== "option" || instrument.underlying !== symbol || open === 0n) continue;
    const { delta, gamma } = greeks(quote);
    total.contracts += open / WAD;
    total.delta += ((delta < 0n ? -delta : delta) * open) / instrument.lotSize;
    total.gamma += (gamma * open) / instrument.lotSize;
  }
  const book = createBook(chain);
  const month = [...(book.expiries.get(symbol) ?? [])].sort(
    (a, b) => Math.abs(daysTo(book, a) - 30) - Math.abs(daysTo(book, b) - 30),
  )[0];
  const legs = month === undefined ? [] : [month.calls, month.puts];
  const straddleGamma = legs.reduce((sum, side) => {
    const listed = nearest(side, month?.forward ?? book.index(symbol), 0);
    if (listed === undefined) return sum;
    return sum + (greeks(listed.quote).gamma * WAD) / listed.option.lotSize;
  }, 0n);
  return { symbol, ...total, straddleGamma };
}

/** What concentration leaves free, beside what is open, as a Markdown table. */
export function openInterestTable(open: readonly OpenInterest[], policies: readonly Policy[]): string {
  const head = [
    "policy",
    "underlying",
    "options open",
    "free delta",
    "of what is open",
    "free gamma",
    "of what is open",
    "30-day straddles",
  ];
  const charging = policies.filter(({ concentration }) => concentration.rate.some((rate) => ppm(rate) > 0n));
  const lines = charging.flatMap(({ name, underlyings, concentration }) =>
    open.flatMap((one) => {
      const u = underlyings.indexOf(one.symbol);
      const [delta, gamma] = [concentration.freeDelta[u], concentration.freeGamma[u]];
      if (delta === undefined || gamma === undefined || one.straddleGamma === 0n) return [];
      return [
        [
          name,
          one.symbol,
          `${grouped(one.contracts)} ${one.symbol}`,
          `${grouped(ppm(delta) / 1_000_000n)} USD`,
          share(ppm(delta), one.delta),
          `${grouped(ppm(gamma) / 1_000_000n)} USD`,
          share(ppm(gamma), one.gamma),
          grouped(ppm(gamma) / one.straddleGamma),
        ],
      ];
    }),
  );
  return [head, head.map((_, i) => (i < 2 ? "---" : "---:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function share(part: bigint, whole: bigint): string {
  return whole === 0n ? "-" : `${formatDecimal((part * 1000n) / whole, 1)} %`;
}

function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

function median(values: readonly bigint[]): bigint {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : Number(a > b)));
  return sorted[Math.floor(sorted.length / 2)] ?? 0n;
}
