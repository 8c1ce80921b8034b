import { BallastError } from "../errors.ts";
import type { MarketChain, MarketQuote } from "../market/chain.ts";
import { type CollateralInstrument, type OptionInstrument, QUOTE_CURRENCY } from "../market/instruments.ts";
import { type Black76Input, type Black76Result, black76 } from "../math/black76.ts";
import { divCeil, divFloor, divNearest, lesser } from "../math/rounding.ts";
import { WAD, type Wad, wad } from "../math/wad.ts";
import { type Policy, ppm } from "./policy.ts";
import type { Shape } from "./shape.ts";
import {
  type Shock,
  shockedPrice,
  shockedVolatility,
  shocksOf,
  termFactor,
  type VolatilityRules,
  volatilityRules,
} from "./shock.ts";
import { isSettledVector, type RiskVector } from "./table.ts";

const MILLION = 1_000_000n;
/** Micro-USD. */
const CENT = 10_000n;
/** From a product of two numbers at 1e18 (a price and a lot) to micro-USD. */
const MICRO = (WAD * WAD) / MILLION;

/** Turns quotes of one chain into risk vectors; terms of one expiry are computed once. */
export type Vectorizer = (quote: MarketQuote, instrumentId: number) => RiskVector;

interface Context {
  readonly chain: MarketChain;
  readonly policy: Policy;
  readonly shocks: readonly Shock[];
  readonly rules: VolatilityRules;
  readonly factors: Map<bigint, Wad>;
}

/**
 * Prepares {@link riskVector} for many quotes of one chain.
 * @throws {BallastError} INVALID_POLICY when the policy doesn't fit the shape.
 */
export function createVectorizer(chain: MarketChain, policy: Policy, shape: Shape): Vectorizer {
  const context: Context = {
    chain,
    policy,
    shocks: shocksOf(policy, shape),
    rules: volatilityRules(policy),
    factors: new Map(),
  };
  return (quote, instrumentId) => vectorOf(context, quote, instrumentId);
}

/**
 * What one lot of an instrument does in every dimension of the risk space (protocol section 2, conventions in
 * docs/protocol/policies.md). Mark and Greeks are rounded to nearest, P&L down, charges up; every lane is rounded once.
 *
 * @throws {BallastError} INVALID_MARKET, naming the instrument, for an expired option or future that isn't settled, an underlying that the policy or
 * chain doesn't have, a price that is not positive, a missing, zero or absurd volatility, a crossed quote.
 */
export function riskVector(
  quote: MarketQuote,
  chain: MarketChain,
  policy: Policy,
  shape: Shape,
  instrumentId: number,
): RiskVector {
  return createVectorizer(chain, policy, shape)(quote, instrumentId);
}

function vectorOf(context: Context, quote: MarketQuote, instrumentId: number): RiskVector {
  const { instrument, forward } = quote;
  const { name } = instrument;
  if (instrument.lotSize <= 0n) throw invalid(name, "has no positive lot size");
  if (forward <= 0n) throw invalid(name, "has no positive forward price");
  if (quote.settled === true) return settledVector(context, quote, instrumentId);
  const vector = liveVector(context, quote, instrumentId);
  // A row that lives never passes for a settled one.
  return instrument.kind !== "collateral" && isSettledVector(vector)
    ? { ...vector, shortCharge: 1n }
    : vector;
}

function liveVector(context: Context, quote: MarketQuote, instrumentId: number): RiskVector {
  const { instrument, forward } = quote;
  const { name } = instrument;
  switch (instrument.kind) {
    case "option":
      return optionVector(context, quote, instrument, instrumentId);
    case "collateral":
      return instrument.underlying === null && name !== QUOTE_CURRENCY
        ? stablecoinVector(context, quote, instrumentId)
        : collateralVector(context, instrument, instrumentId);
    case "future":
    case "perpetual": {
      const { u, indexPrice } = underlyingOf(context, name, instrument.underlying);
      const remaining = instrument.kind === "future" ? remainingTime(context, name, instrument.expiry) : 0n;
      // Inverse, Q USD: coin P&L Q/F*(1 - 1/(1+m)) at the shocked index price S*(1+m) is Q*m*S/F.
      const inverse = instrument.settlement === "inverse";
      const value = inverse
        ? { numerator: WAD * indexPrice, denominator: forward }
        : { numerator: forward, denominator: 1n };
      const lot = { numerator: value.numerator * instrument.lotSize, denominator: value.denominator * MICRO };
      const share = linearShare(context.policy, u, remaining);
      const charge = divCeil(lot.numerator * share.numerator, lot.denominator * share.denominator);
      return linearVector(context, instrumentId, u, lot, { carried: false, long: charge, short: charge });
    }
  }
}

/** What a lot is worth at its delivery price, to the cent, and no risk. A future's variation is due before: it is worth 0. */
function settledVector(
  context: Context,
  { instrument, forward }: MarketQuote,
  instrumentId: number,
): RiskVector {
  const { policy, shocks } = context;
  const { name, lotSize } = instrument;
  if (instrument.kind === "collateral" || instrument.kind === "perpetual")
    throw invalid(name, "is settled, and never expires");
  underlyingOf(context, name, instrument.underlying);
  if (instrument.expiry > context.chain.time) throw invalid(name, "is settled before its expiry");
  const none = policy.underlyings.map(() => 0n);
  return {
    instrumentId,
    mark:
      instrument.kind === "option"
        ? divNearest(payoff(instrument, forward) * lotSize, MICRO * CENT) * CENT
        : 0n,
    pnl: shocks.map(() => 0n),
    ...{ delta: none, gamma: none, vega: none },
    ...{ longCharge: 0n, shortCharge: 0n },
  };
}

/** An option at its expiry, per coin, 1e18. */
function payoff({ strike, right }: OptionInstrument, delivery: Wad): bigint {
  const gain = right === "call" ? delivery - strike : strike - delivery;
  return gain > 0n ? gain : 0n;
}

/**
 * The share of its notional that a future or perpetual is charged: `flatLinear`, or `linearPerYear` times the years to expiry where
 * that is more. A fraction, not rounded.
 *
 * @param remaining milliseconds to expiry, 0 for a perpetual.
 */
function linearShare(policy: Policy, u: number, remaining: bigint) {
  const yearMs = BigInt(policy.yearSeconds) * 1000n;
  const flat = rate(policy.charges.flatLinear, u) * yearMs;
  const byMaturity = rate(policy.charges.linearPerYear ?? [], u) * remaining;
  return { numerator: flat > byMaturity ? flat : byMaturity, denominator: MILLION * yearMs };
}

/** A coin is worth its index price; the quote currency is worth 1 and never moves. */
function collateralVector(context: Context, instrument: CollateralInstrument, id: number): RiskVector {
  const { charges } = context.policy;
  const coin =
    instrument.underlying === null ? null : underlyingOf(context, instrument.name, instrument.underlying);
  const lot = { numerator: (coin?.indexPrice ?? WAD) * instrument.lotSize, denominator: MICRO };
  const haircut = coin === null ? ppm(charges.quoteHaircut) : rate(charges.collateralHaircut, coin.u);
  const borrow = coin === null ? ppm(charges.quoteBorrow) : rate(charges.collateralBorrow, coin.u);
  return linearVector(context, id, coin?.u ?? null, lot, {
    carried: true,
    long: divCeil(lot.numerator * haircut, lot.denominator * MILLION),
    short: divCeil(lot.numerator * borrow, lot.denominator * MILLION),
  });
}

/**
 * A stablecoin other than the quote currency is worth its own price and moves in no scenario. That it may lose its peg is charged as
 * the largest of the policy's haircuts, and of its rates for what is borrowed.
 */
function stablecoinVector(context: Context, { instrument, forward }: MarketQuote, id: number): RiskVector {
  const { charges } = context.policy;
  const lot = { numerator: forward * instrument.lotSize, denominator: MICRO };
  const charge = (rates: readonly string[]): bigint => {
    const largest = rates.map(ppm).reduce((most, one) => (one > most ? one : most));
    return divCeil(lot.numerator * largest, lot.denominator * MILLION);
  };
  return linearVector(context, id, null, lot, {
    carried: true,
    long: charge([charges.quoteHaircut, ...charges.collateralHaircut]),
    short: charge([charges.quoteBorrow, ...charges.collateralBorrow]),
  });
}

/** Whatever moves in proportion to one underlying (or to none): `lot` is the USD exposure of one lot in micro-USD. */
function linearVector(
  context: Context,
  instrumentId: number,
  u: number | null,
  lot: { readonly numerator: bigint; readonly denominator: bigint },
  terms: { readonly carried: boolean; readonly long: bigint; readonly short: bigint },
): RiskVector {
  const nothing = context.policy.underlyings.map(() => 0n);
  return {
    instrumentId,
    mark: terms.carried ? divNearest(lot.numerator, lot.denominator) : 0n,
    pnl: context.shocks.map((shock) =>
      u === null
        ? 0n
        : divFloor(lot.numerator * (shock.spot[u] ?? 0n) * shock.weight, lot.denominator * MILLION * MILLION),
    ),
    delta: nothing.map((zero, at) => (at === u ? divNearest(lot.numerator, lot.denominator * 100n) : zero)),
    gamma: nothing,
    vega: nothing,
    longCharge: terms.long,
    shortCharge: terms.short,
  };
}

/**
 * One contract is worth (S/F) B(F) for an inverse option, B(F) for a linear one, B undiscounted Black-76. S/F
 * stays the same in every scenario, since index and forward are shocked alike.
 */
function optionVector(
  context: Context,
  quote: MarketQuote,
  option: OptionInstrument,
  instrumentId: number,
): RiskVector {
  const { policy, shocks, rules } = context;
  const { name, strike, right, lotSize } = option;
  const { forward } = quote;
  if (strike <= 0n) throw invalid(name, "has no positive strike");
  const { u, indexPrice } = underlyingOf(context, name, option.underlying);
  const remaining = remainingTime(context, name, option.expiry);
  const volatility = checkedVolatility(rules, name, quote.impliedVolatility);
  const time = wad((remaining * WAD) / (BigInt(policy.yearSeconds) * 1000n));
  const now = priced(name, { forward, strike, volatility, time, right });

  const inverse = option.settlement === "inverse";
  // A unit of B, per lot, is numerator/denominator micro-USD.
  const numerator = (inverse ? indexPrice : 1n) * lotSize;
  const denominator = (inverse ? forward : 1n) * MICRO;
  let factor = context.factors.get(remaining);
  if (factor === undefined) {
    factor = termFactor(rules, remaining);
    context.factors.set(remaining, factor);
  }
  const term = factor;
  const seen = new Map<string, bigint>();
  const pnl = shocks.map((shock) => {
    const spot = shock.spot[u] ?? 0n;
    const vol = shock.vol[u] ?? 0n;
    if (spot === 0n && vol === 0n) return 0n;
    const key = `${spot} ${vol}`;
    let change = seen.get(key);
    if (change === undefined) {
      const shocked = priced(name, {
        forward: shockedPrice(forward, spot),
        strike,
        volatility: shockedVolatility(rules, volatility, vol, term),
        time,
        right,
      });
      change = shocked.price - now.price;
      seen.set(key, change);
    }
    return divFloor(change * shock.weight * numerator, denominator * MILLION);
  });

  const exposure = inverse ? indexPrice : forward;
  const delta = divNearest(now.delta * exposure * lotSize, MICRO * WAD * 100n);
  const gamma = divNearest(now.gamma * forward * exposure * lotSize, MICRO * WAD * WAD * 10_000n);
  const vega = divNearest(now.vega * numerator, denominator * 100n);
  const only = (value: bigint): bigint[] => policy.underlyings.map((_, at) => (at === u ? value : 0n));

  const oracle = oracleCharge(policy, quote, u, indexPrice, inverse);
  const longCharge = divCeil(oracle * lotSize, MICRO * MILLION);
  const worth = divCeil(now.price * numerator, denominator);
  const minimum = indexPrice * rate(policy.charges.shortOptionMinimum, u);
  return {
    instrumentId,
    mark: divNearest(now.price * numerator, denominator),
    pnl,
    delta: only(delta),
    gamma: only(gamma),
    vega: only(vega),
    // A long option can't lose more than it is worth.
    longCharge: lesser(longCharge, worth),
    shortCharge: divCeil((oracle + minimum) * lotSize, MICRO * MILLION),
  };
}

/**
 * Oracle confidence of one contract, USD at 1e24: a share of the bid/ask width, capped.
 *
 * A missing side is never cheaper than a wide quote. Without a bid the width is all of the ask, since an option is worth nothing at
 * least; without an ask nothing bounds it, and the charge is `flatOption`, which is not below the cap. Policies of the
 * first format charge `flatOption` wherever a side is missing, even below the cap.
 */
function oracleCharge(
  policy: Policy,
  quote: MarketQuote,
  u: number,
  indexPrice: Wad,
  inverse: boolean,
): bigint {
  const { charges, format } = policy;
  const ask = quote.ask ?? 0n;
  const bid = quote.bid ?? 0n;
  const isKnown = format === "ballast.policy/1" ? ask > 0n && bid > 0n : ask > 0n;
  if (!isKnown) return indexPrice * rate(charges.flatOption, u);
  if (ask < bid) throw invalid(quote.instrument.name, "has a bid above its ask");
  const width = inverse ? divCeil((ask - bid) * indexPrice, WAD) : ask - bid;
  const share = width * ppm(charges.spreadShare);
  const most = indexPrice * rate(charges.spreadMaximum, u);
  return lesser(share, most);
}

/** Black-76, with the instrument's name in its errors. */
function priced(name: string, input: Black76Input): Black76Result {
  try {
    return black76(input);
  } catch (error) {
    if (error instanceof BallastError) throw invalid(name, `can't be priced: ${error.message}`, error);
    throw error;
  }
}

function checkedVolatility(rules: VolatilityRules, name: string, volatility: Wad | undefined): Wad {
  if (volatility === undefined) throw invalid(name, "has no implied volatility");
  if (volatility <= 0n) throw invalid(name, "has an implied volatility that is not positive");
  if (volatility < rules.minimum || volatility > rules.maximum)
    throw invalid(name, "has an absurd implied volatility, outside the policy's bounds");
  return volatility;
}

/** Milliseconds to expiry, > 0. */
function remainingTime(context: Context, name: string, expiry: bigint): bigint {
  const remaining = expiry - context.chain.time;
  if (remaining <= 0n) throw invalid(name, "has expired at the time of the chain");
  return remaining;
}

function underlyingOf(context: Context, name: string, symbol: string): { u: number; indexPrice: Wad } {
  const u = context.policy.underlyings.indexOf(symbol);
  if (u < 0) throw invalid(name, `is on ${symbol}, which the policy ${context.policy.name} does not have`);
  const indexPrice = context.chain.underlyings.find((entry) => entry.symbol === symbol)?.indexPrice;
  if (indexPrice === undefined)
    throw invalid(name, `is on ${symbol}, for which the chain has no index price`);
  if (indexPrice <= 0n) throw invalid(name, `is on ${symbol}, whose index price is not positive`);
  return { u, indexPrice };
}

function rate(list: readonly string[], u: number): bigint {
  return ppm(list[u] ?? "0");
}

function invalid(name: string, problem: string, cause?: BallastError): BallastError {
  return new BallastError("INVALID_MARKET", `${name} ${problem}${problem.endsWith(".") ? "" : "."}`, {
    hint: "Correct the market data, or leave the instrument out.",
    details: { instrument: name },
    ...(cause === undefined ? {} : { cause }),
  });
}
