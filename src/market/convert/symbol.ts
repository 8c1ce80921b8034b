import { formatExpiry, QUOTE_CURRENCY } from "../instruments.ts";

/** Everything that is converted expires at 08:00 UTC, as names say. */
const EXPIRY_HOUR = 8;

/** How symbols become names. */
export interface SymbolOptions {
  /** Settlement currencies that are taken for USDC, one to one: `USDT`. Default: none. */
  readonly asUsdc?: readonly string[];
}

/**
 * A unified ccxt symbol (`BTC/USD:BTC-260327-100000-C`, `BTC/USDC:USDC-260327`, `BTC/USD:BTC`) as a Deribit name. What settles in its
 * own coin is inverse, what settles in USDC linear.
 *
 * @returns why there is none, for anything else.
 */
export function nameOfSymbol(
  symbol: string,
  options: SymbolOptions = {},
): { name: string } | { reason: string } {
  const match =
    /^([A-Z][A-Z0-9]{0,9})\/([A-Z0-9]{2,10}):([A-Z0-9]{2,10})(?:-([0-9]{6})(?:-([0-9]+(?:[.d][0-9]+)?)-([CP]))?)?$/.exec(
      symbol,
    );
  if (match === null) {
    return {
      reason: symbol.includes(":") ? "not a symbol of an option, future or perpetual" : "a spot market",
    };
  }
  const [, base = "", , settle = "", date, strike, right] = match;
  const isLinear = settle === QUOTE_CURRENCY || options.asUsdc?.includes(settle) === true;
  if (!isLinear && settle !== base) {
    return {
      reason: `settles in ${settle}: linear instruments settle in USDC, unless ${settle} is to be taken for it`,
    };
  }
  const pair = isLinear ? `${base}_${QUOTE_CURRENCY}` : base;
  if (date === undefined) return { name: `${pair}-PERPETUAL` };
  const expiry = expiryOf(date);
  if (expiry === undefined) return { reason: `there is no date ${date}` };
  return { name: [pair, expiry, ...(strike === undefined ? [] : [strikeOf(strike), right])].join("-") };
}

/** `260327` or `20260327` as `27MAR26`. */
export function expiryOf(date: string): string | undefined {
  const [, year, month, day] = /^(?:20)?([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(date) ?? [];
  const time = Date.UTC(2000 + Number(year), Number(month) - 1, Number(day), EXPIRY_HOUR);
  if (Number.isNaN(time)) return undefined;
  const back = new Date(time);
  const exists = back.getUTCMonth() === Number(month) - 1 && back.getUTCDate() === Number(day);
  return exists ? formatExpiry(BigInt(time)) : undefined;
}

/** `0.6250` as `0d625`, the one spelling of a strike in names. */
export function strikeOf(text: string): string {
  const [whole = "", fraction = ""] = text.split(/[.d_]/);
  const rest = fraction.replace(/0+$/, "");
  const digits = whole.replace(/^0+(?=[0-9])/, "");
  return rest === "" ? digits : `${digits}d${rest}`;
}
