import * as z from "zod";
import { BallastError } from "../../errors.ts";
import { atTheMoneyVolatility } from "../../market/at-the-money.ts";
import type { MarketChain } from "../../market/chain.ts";
import { parseDecimal } from "../../math/decimal.ts";

/** What a feeder reports of one underlying. */
export interface OracleReading {
  readonly symbol: string;
  /** Micro-USD, 1 to 10^18. */
  readonly price: bigint;
  /** Ppm a year, at the money, 30 days; 1,000 to 20,000,000. */
  readonly impliedVol: bigint;
  /** Micro-USD that move the price by 1 %, 1 to 2^96 - 1. */
  readonly depth: bigint;
  /** Micro-USD traded in 24 hours, 1 to 2^96 - 1. */
  readonly volume: bigint;
}

/** Depth and volume of an underlying's market, micro-USD, which an option chain doesn't have. */
export type Liquidity = Readonly<Record<string, Pick<OracleReading, "depth" | "volume">>>;

/** From 1e18 to millionths. */
const MILLIONTH = 10n ** 12n;
const BOUNDS = {
  price: [1n, 10n ** 18n],
  impliedVol: [1_000n, 20_000_000n],
  depth: [1n, (1n << 96n) - 1n],
  volume: [1n, (1n << 96n) - 1n],
} as const;

/**
 * Readings of every underlying of a market: its index price, its at-the-money volatility at 30 days
 * ({@link atTheMoneyVolatility}) and the liquidity that is given, all rounded down.
 * @throws {BallastError} INVALID_MARKET without an option on an underlying, INVALID_INPUT without its liquidity,
 *   OUT_OF_RANGE for a value that the oracle would refuse.
 */
export function readingsOf(chain: MarketChain, liquidity: Liquidity): OracleReading[] {
  return chain.underlyings.map(({ symbol, indexPrice }) => {
    const found = Object.hasOwn(liquidity, symbol) ? liquidity[symbol] : undefined;
    if (found === undefined) {
      throw new BallastError("INVALID_INPUT", `The liquidity of ${symbol} is not given.`, {
        hint: "Give depth and volume of every underlying of the chain.",
      });
    }
    const { depth, volume } = found;
    const price = indexPrice / MILLIONTH;
    const impliedVol = atTheMoneyVolatility(chain, symbol) / MILLIONTH;
    return checkReading({ symbol, price, impliedVol, depth, volume });
  });
}

/** A reading that the oracle takes. @throws {BallastError} OUT_OF_RANGE. */
export function checkReading(reading: OracleReading): OracleReading {
  for (const [field, [least, most]] of Object.entries(BOUNDS)) {
    const value = reading[field as keyof typeof BOUNDS];
    if (value >= least && value <= most) continue;
    throw new BallastError("OUT_OF_RANGE", `The ${field} of ${reading.symbol} is out of range.`, {
      hint: `The oracle takes ${least} to ${most} (docs/protocol/volatility-oracle.md, section 4).`,
      details: { symbol: reading.symbol, field },
    });
  }
  return reading;
}

const amount = z.string().max(40);
export const liquidityFileSchema = z.strictObject({
  format: z.literal("ballast.liquidity/1"),
  underlyings: z.record(z.string().min(1).max(31), z.strictObject({ depth: amount, volume: amount })),
});

/**
 * Reads `{"format": "ballast.liquidity/1", "underlyings": {"BTC": {"depth": "5000000", "volume": "12000000000.50"}}}`:
 * USD, with 6 decimals at most.
 * @throws {BallastError} INVALID_INPUT, INVALID_DECIMAL.
 */
export function parseLiquidity(json: unknown): Liquidity {
  const result = liquidityFileSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new BallastError(
      "INVALID_INPUT",
      `This is no liquidity at ${issue?.path.join(".") || "its top level"}.`,
      {
        hint: 'Write {"format": "ballast.liquidity/1", "underlyings": {"BTC": {"depth": "5000000", "volume": "12000000000"}}}, in USD.',
        cause: result.error,
      },
    );
  }
  const entries = Object.entries(result.data.underlyings).map(([symbol, { depth, volume }]) => [
    symbol,
    {
      depth: parseDecimal(depth, 6, `depth of ${symbol}`),
      volume: parseDecimal(volume, 6, `volume of ${symbol}`),
    },
  ]);
  return Object.fromEntries(entries) as Liquidity;
}
