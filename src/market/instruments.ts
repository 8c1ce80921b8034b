import { BallastError } from "../errors.ts";
import { parseDecimal } from "../math/decimal.ts";
import { WAD, type Wad, wad } from "../math/wad.ts";
import type { LotKind, LotLookup } from "./lots.ts";

/** Exclusive bound of an instrument id; 0 means nothing. */
export const INSTRUMENT_ID_LIMIT = 1 << 20;

/** How an instrument pays: `inverse` in the coin itself (quoted in coin), `linear` in the quote currency. */
export type Settlement = "inverse" | "linear";

interface InstrumentBase {
  /** The venue's name, e.g. `BTC-27MAR26-100000-C`; unique in a market. */
  readonly name: string;
  /** One lot in the instrument's own quantity unit, 1e18 (0.1 BTC of an option, 10 USD of an inverse perpetual). */
  readonly lotSize: Wad;
}

export interface OptionInstrument extends InstrumentBase {
  readonly kind: "option";
  readonly underlying: string;
  readonly settlement: Settlement;
  /** Unix milliseconds. */
  readonly expiry: bigint;
  /** Quote currency, 1e18. */
  readonly strike: Wad;
  readonly right: "call" | "put";
}

export interface FutureInstrument extends InstrumentBase {
  readonly kind: "future";
  readonly underlying: string;
  readonly settlement: Settlement;
  readonly expiry: bigint;
}

export interface PerpetualInstrument extends InstrumentBase {
  readonly kind: "perpetual";
  readonly underlying: string;
  readonly settlement: Settlement;
}

export interface CollateralInstrument extends InstrumentBase {
  readonly kind: "collateral";
  /** The underlying it moves with, or null for the quote currency and other stablecoins, which move with none. */
  readonly underlying: string | null;
}

export type Instrument = OptionInstrument | FutureInstrument | PerpetualInstrument | CollateralInstrument;

/**
 * The default lots, in the instrument's own quantity unit: coins for options, linear futures and perpetuals and
 * collateral; USD for inverse futures and perpetuals ("future" here means both).
 * A chain in Ballast's own format may give another lot for an instrument.
 */
export const DEFAULT_LOTS: Readonly<Record<string, Readonly<Partial<Record<LotKind, string>>>>> = {
  BTC: {
    "inverse option": "0.1",
    "linear option": "0.01",
    "inverse future": "10",
    "linear future": "0.001",
    collateral: "0.0001",
  },
  ETH: {
    "inverse option": "1",
    "linear option": "0.1",
    "inverse future": "1",
    "linear future": "0.01",
    collateral: "0.001",
  },
  USDC: { collateral: "0.01" },
};

/** The quote currency: it moves with no underlying, and linear instruments settle in it. */
export const QUOTE_CURRENCY = "USDC";

/**
 * Collateral that is worth about one USD and moves with no underlying: priced by its own quote, never as a coin. The list
 * is closed, so that a name means the same on every machine: any other asset is a coin.
 */
export const STABLECOINS: readonly string[] = [
  QUOTE_CURRENCY,
  "USDT",
  "DAI",
  "USDS",
  "USDE",
  "PYUSD",
  "FDUSD",
  "RLUSD",
  "USDG",
];

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Everything Deribit lists expires at 08:00 UTC. */
const EXPIRY_HOUR = 8;

/** An expiry as it stands in names, `27MAR26` (no leading zero: `6FEB26`). */
export function formatExpiry(expiry: bigint): string {
  const date = new Date(Number(expiry));
  const year = String(date.getUTCFullYear() % 100).padStart(2, "0");
  return `${date.getUTCDate()}${MONTHS[date.getUTCMonth()]}${year}`;
}

/**
 * The instrument that a Deribit name means, with the lot that is given, else what `lots` says, else Ballast's default:
 * `BTC-27MAR26-100000-C`, `BTC_USDC-27MAR26-100000-P` (linear; a strike's decimal point is written `d`),
 * `BTC-27MAR26`, `BTC-PERPETUAL`, `BTC_USDC-PERPETUAL`, and collateral `USDC`, `BTC`, `ETH`.
 * A stablecoin has the lot of USDC. A name has one spelling: what this accepts, it accepts in no other form.
 *
 * @throws {BallastError} UNKNOWN_INSTRUMENT for any other text, a date that doesn't exist, a strike of 0,
 * or an asset without a default lot when none is given.
 */
export function parseInstrumentName(name: string, lot?: Wad, lots?: LotLookup): Instrument {
  const match =
    /^([A-Z][A-Z0-9]{0,9})(_USDC)?(?:-(PERPETUAL|[1-9][0-9]?[A-Z]{3}[0-9]{2})(?:-([0-9]{1,12}(?:d[0-9]{1,9})?)-([CP]))?)?$/.exec(
      name,
    );
  if (match === null)
    throw unknown(name, "Not the name of an instrument, which looks like BTC-27MAR26-100000-C.");
  const [, asset = "", linear, term, strikeText, letter] = match;
  const settlement: Settlement = linear === undefined ? "inverse" : "linear";
  const lotSize = (kind: LotKind): Wad => {
    const given = lot ?? lots?.(name, asset, kind);
    if (given !== undefined) return given;
    const known = kind === "collateral" && STABLECOINS.includes(asset) ? QUOTE_CURRENCY : asset;
    const text = DEFAULT_LOTS[known]?.[kind];
    if (text === undefined) throw noLot(name, asset, kind);
    return wad(parseDecimal(text, 18, "lot size"));
  };
  if (term === undefined) {
    if (linear !== undefined) throw unknown(name, "A currency pair is no instrument.");
    const underlying = STABLECOINS.includes(asset) ? null : asset;
    return { kind: "collateral", name, underlying, lotSize: lotSize("collateral") };
  }
  const base = { name, underlying: asset, settlement };
  if (term === "PERPETUAL") {
    if (strikeText !== undefined) throw unknown(name, "An option needs an expiry.");
    return { ...base, kind: "perpetual", lotSize: lotSize(`${settlement} future`) };
  }
  const expiry = parseExpiry(name, term);
  if (strikeText === undefined) {
    return { ...base, kind: "future", expiry, lotSize: lotSize(`${settlement} future`) };
  }
  const strike = parseStrike(name, strikeText);
  const right = letter === "C" ? "call" : "put";
  return { ...base, kind: "option", expiry, strike, right, lotSize: lotSize(`${settlement} option`) };
}

/** Why a name can't be used, as it stands in a list of what was left out. */
export interface NameProblem {
  readonly code: "UNKNOWN_INSTRUMENT";
  readonly reason: string;
}

/** {@link parseInstrumentName}, or why it refuses the name. */
export function readInstrumentName(name: string, lots?: LotLookup): Instrument | NameProblem {
  try {
    return parseInstrumentName(name, undefined, lots);
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    return { code: "UNKNOWN_INSTRUMENT", reason: reasonOf(error) };
  }
}

/** {@link parseInstrumentName}, or undefined for a name that it refuses. */
export function tryInstrumentName(name: string, lots?: LotLookup): Instrument | undefined {
  const instrument = readInstrumentName(name, lots);
  return "reason" in instrument ? undefined : instrument;
}

/** That an instrument's terms are not those of its name, as a reason; undefined when they are. Its lot is its own. */
export function termsProblem(instrument: Instrument): string | undefined {
  const { name, lotSize } = instrument;
  if (!isInstrumentName(name)) return "not the name of an instrument";
  const named = parseInstrumentName(name, lotSize);
  const differs = (Object.keys({ ...named, ...instrument }) as (keyof Instrument)[]).find(
    (key) => named[key] !== instrument[key],
  );
  return differs === undefined ? undefined : `${differs} is not the name's`;
}

/** True for text of the form of a name, whether or not there is a default lot for it. */
export function isInstrumentName(text: string): boolean {
  try {
    parseInstrumentName(text, WAD);
    return true;
  } catch (error) {
    if (error instanceof BallastError) return false;
    throw error;
  }
}

/**
 * The canonical order of instruments: collateral (quote currency first), perpetuals (inverse first), then by
 * underlying, expiry, strike (a future before the options), call before put, name. Names compare by code units.
 */
export function compareInstruments(a: Instrument, b: Instrument): number {
  const [left, right] = [sortKey(a), sortKey(b)];
  for (const [i, value] of left.entries()) {
    const other = right[i] ?? "";
    if (value < other) return -1;
    if (value > other) return 1;
  }
  return 0;
}

function sortKey(instrument: Instrument): (bigint | string)[] {
  const { kind, name } = instrument;
  const underlying = instrument.underlying ?? "";
  if (kind === "collateral") return [0n, "", underlying, 0n, 0n, "", name];
  if (kind === "perpetual") return [1n, instrument.settlement, underlying, 0n, 0n, "", name];
  if (kind === "future") return [2n, "", underlying, instrument.expiry, 0n, "", name];
  return [2n, "", underlying, instrument.expiry, instrument.strike, instrument.right, name];
}

function parseExpiry(name: string, text: string): bigint {
  const month = MONTHS.indexOf(text.slice(-5, -2));
  const time = Date.UTC(2000 + Number(text.slice(-2)), month, Number(text.slice(0, -5)), EXPIRY_HOUR);
  const expiry = BigInt(month < 0 ? 0 : time);
  if (formatExpiry(expiry) !== text) throw unknown(name, `There is no date ${text}.`);
  return expiry;
}

function parseStrike(name: string, text: string): Wad {
  const [whole = "", fraction] = text.split("d");
  const spelled = /^(0|[1-9][0-9]*)$/.test(whole) && (fraction === undefined || /[1-9]$/.test(fraction));
  if (!spelled) throw unknown(name, "A strike has no leading zeros, and no trailing ones after its d.");
  const strike = parseDecimal(text.replace("d", "."), 18, "strike");
  if (strike === 0n) throw unknown(name, "A strike is above zero.");
  return wad(strike);
}

/** A refusal as a reason: without the name, which stands beside it. */
function reasonOf({ shortMessage, hint = "" }: BallastError): string {
  const isLot = shortMessage.startsWith("No lot");
  const text = (isLot ? shortMessage : hint).replace(/\.$/, "");
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}${isLot ? ", and none was given" : ""}`;
}

/** Not a wrong name: a market of another asset needs its lot from somebody. */
function noLot(name: string, asset: string, kind: LotKind): BallastError {
  const what =
    kind === "collateral" ? `${asset} as collateral` : `a${/^i/.test(kind) ? "n" : ""} ${kind} on ${asset}`;
  return new BallastError("UNKNOWN_INSTRUMENT", `No lot is known for ${what}.`, {
    hint: `Give the lot of ${asset}, e.g. ${asset}=0.1, or lotSize in a chain of Ballast's own format.`,
    inputs: ["market.lots"],
    details: { instrument: name },
  });
}

function unknown(name: string, hint: string): BallastError {
  return new BallastError("UNKNOWN_INSTRUMENT", `Unknown instrument ${JSON.stringify(name.slice(0, 60))}.`, {
    hint,
  });
}
