import { BallastError } from "../errors.ts";
import { lnWad } from "../math/ln.ts";
import { divDown, mulDown, mulNearest, sqrtWad, WAD, type Wad, wad } from "../math/wad.ts";
import { checkChain, type MarketChain, type MarketQuote } from "./chain.ts";
import { type Instrument, parseInstrumentName } from "./instruments.ts";
import { markPrice, sides } from "./mark.ts";

/** 2026-01-30T08:00:00Z in Unix milliseconds, the sample's default time. */
export const SAMPLE_TIME = 1_769_760_000_000n;

/** How a second sample differs from the first. */
export interface SampleShock {
  /** Relative move of both index prices: -0.15e18 is a fall of 15 %. Above -1. */
  readonly spot: Wad;
  /** Relative move of all implied volatilities: 0.6e18 is 60 % up. Above -1. */
  readonly vol: Wad;
}

interface Market {
  readonly symbol: string;
  readonly index: Wad;
  /** Annual carry of the forwards. */
  readonly carry: Wad;
  /** Correlation of the surface: its slope at the money. */
  readonly rho: Wad;
  /** Size of the open interest, coins at the money. */
  readonly openInterest: bigint;
  /** Expiry, at-the-money volatility in basis points, strikes. */
  readonly expiries: readonly (readonly [term: string, atm: bigint, strikes: readonly number[]])[];
}

const BTC: Market = {
  symbol: "BTC",
  index: wad(84_000n * WAD),
  carry: wad((45n * WAD) / 1000n),
  rho: wad((-32n * WAD) / 100n),
  openInterest: 1_800n,
  expiries: [
    ["6FEB26", 4150n, [72000, 76000, 80000, 82000, 84000, 86000, 88000, 92000, 96000]],
    ["13FEB26", 4120n, [70000, 75000, 78000, 81000, 84000, 87000, 90000, 95000, 100000]],
    ["27FEB26", 4180n, [65000, 70000, 75000, 80000, 85000, 90000, 95000, 100000, 110000]],
    ["27MAR26", 4260n, [60000, 70000, 75000, 80000, 85000, 90000, 100000, 110000, 120000]],
    ["26JUN26", 4420n, [50000, 60000, 70000, 80000, 90000, 100000, 120000, 140000, 160000]],
    ["25SEP26", 4510n, [40000, 60000, 70000, 80000, 90000, 100000, 120000, 150000, 200000]],
  ],
};

const ETH: Market = {
  symbol: "ETH",
  index: wad(2_750n * WAD),
  carry: wad((40n * WAD) / 1000n),
  rho: wad((-24n * WAD) / 100n),
  openInterest: 22_000n,
  expiries: [
    ["6FEB26", 6150n, [2200, 2400, 2500, 2600, 2700, 2800, 2900, 3100, 3300]],
    ["13FEB26", 6100n, [2100, 2300, 2500, 2600, 2700, 2800, 3000, 3200, 3500]],
    ["27FEB26", 6180n, [2000, 2200, 2400, 2600, 2800, 3000, 3200, 3500, 4000]],
    ["27MAR26", 6240n, [1800, 2200, 2400, 2600, 2800, 3000, 3300, 3700, 4500]],
    ["26JUN26", 6380n, [1500, 1800, 2200, 2600, 3000, 3500, 4000, 5000, 6000]],
    ["25SEP26", 6450n, [1200, 1800, 2200, 2600, 3000, 3500, 4500, 6000, 8000]],
  ],
};

const MARKETS = [BTC, ETH];
const MS_PER_YEAR = 365n * 86_400_000n;
const CENT = 10n ** 16n;
/** The smile gets no steeper in an expiry's last week: 7/365 years. */
const WEEK = wad((7n * WAD) / 365n);
/** Volatilities are quoted in hundredths of a percent. */
const VOL_TICK = 10n ** 14n;
/** Options are quoted in ten-thousandths of a coin. */
const PRICE_TICK = 10n ** 14n;

/**
 * The bundled sample market: BTC and ETH with 216 options over six expiries, futures, perpetuals, collateral;
 * 235 instruments. No real venue said these numbers. Integer arithmetic only: every machine makes the same.
 *
 * The surface is SSVI with phi = 1/sqrt(theta) (Gatheral and Jacquier 2014, eq. 4.1 and section 4), which is
 * the SVI family `a + b(rho(k - m) + sqrt((k - m)^2 + sigma^2))` in two parameters a slice:
 * `w(k) = theta/2 (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2))`, `k = ln(K/F)`, theta the at-the-money
 * total variance (in phi that of a week at least). As phi sqrt(theta) (1 + |rho|) <= 2, no butterfly costs less
 * than nothing.
 *
 * @param time Unix milliseconds. The instruments stay the same whatever the time.
 * @param shock moves the market, say for the second snapshot after a crash.
 * @throws {BallastError} OUT_OF_RANGE from the first expiry (2026-02-06T08:00Z) on, or for a shock of -100 %.
 * @example
 * ```ts
 * import { sampleChain } from "ballast";
 * const chain = sampleChain();
 * console.log(chain.quotes[0]?.instrument.name);
 * ```
 */
export function sampleChain(time: bigint = SAMPLE_TIME, shock?: SampleShock): MarketChain {
  const { spot, vol } = shock ?? { spot: wad(0n), vol: wad(0n) };
  if (spot <= -WAD || vol <= -WAD) {
    throw new BallastError("OUT_OF_RANGE", "A shock of the sample market must be above -100 %.");
  }
  const quotes: MarketQuote[] = [{ instrument: parseInstrumentName("USDC"), forward: WAD }];
  const underlyings = MARKETS.map((market) => {
    const { symbol } = market;
    const indexPrice = toTick(mulNearest(market.index, wad(WAD + spot)), CENT);
    for (const name of [symbol, `${symbol}-PERPETUAL`, `${symbol}_USDC-PERPETUAL`]) {
      quotes.push({ instrument: parseInstrumentName(name), forward: indexPrice });
    }
    for (const [term, atm, strikes] of market.expiries) {
      const future = parseInstrumentName(`${symbol}-${term}`);
      const years = yearsTo(future, time);
      const growth = wad(WAD + mulDown(market.carry, years));
      const forward = toTick(mulNearest(indexPrice, growth), CENT);
      quotes.push({ instrument: future, forward });
      const atmVol = mulNearest(wad((atm * WAD) / 10_000n), wad(WAD + vol));
      for (const strike of strikes) {
        const impliedVolatility = volatility(market.rho, atmVol, years, forward, wad(BigInt(strike) * WAD));
        for (const letter of ["C", "P"]) {
          const instrument = parseInstrumentName(`${symbol}-${term}-${strike}-${letter}`);
          const openInterest = interest(market, strike, letter);
          const option = { instrument, forward, impliedVolatility, openInterest };
          quotes.push({ ...option, ...spread(markPrice(option, time)) });
        }
      }
    }
    return { symbol, indexPrice };
  });
  return checkChain({ source: "ballast sample", time, underlyings, quotes, excluded: [] });
}

/** sqrt(w(k) / T) of the surface, to the tick. */
function volatility(rho: Wad, atmVol: Wad, years: Wad, forward: Wad, strike: Wad): Wad {
  const rootTheta = mulDown(atmVol, sqrtWad(years > WEEK ? years : WEEK));
  const x = divDown(lnWad(divDown(strike, forward)), rootTheta);
  const tilted = wad(x + rho);
  const root = sqrtWad(wad(mulDown(tilted, tilted) + WAD - mulDown(rho, rho)));
  const shape = wad((WAD + mulDown(rho, x) + root) / 2n);
  return toTick(mulDown(atmVol, sqrtWad(shape)), VOL_TICK);
}

/** More at the money, more in what is out of the money; falls with the distance of the strike. */
function interest({ index, openInterest }: Market, strike: number, letter: string): Wad {
  const distance = (BigInt(strike) * WAD * 100n) / index - 100n;
  const isOut = letter === "C" ? distance > 0n : distance < 0n;
  const size = (openInterest * (isOut ? 100n : 40n)) / (20n + (distance < 0n ? -distance : distance));
  return wad(size * WAD);
}

/** Two ticks and 1 % of the price either side of the mark, outward to the tick. */
function spread(mark: Wad = wad(0n)): Pick<MarketQuote, "bid" | "ask"> {
  const half = 2n * PRICE_TICK + mark / 100n;
  const bid = ((mark - half) / PRICE_TICK) * PRICE_TICK;
  const ask = ((mark + half + PRICE_TICK - 1n) / PRICE_TICK) * PRICE_TICK;
  return sides(bid, ask);
}

function yearsTo(instrument: Instrument, time: bigint): Wad {
  const expiry = "expiry" in instrument ? instrument.expiry : 0n;
  if (time > 0n && time < expiry) return wad(((expiry - time) * WAD) / MS_PER_YEAR);
  throw new BallastError("OUT_OF_RANGE", `The sample market has no ${instrument.name} at this time.`, {
    hint: "It ends with its first expiry, 2026-02-06T08:00Z.",
  });
}

function toTick(value: Wad, tick: bigint): Wad {
  return wad(((value + tick / 2n) / tick) * tick);
}
