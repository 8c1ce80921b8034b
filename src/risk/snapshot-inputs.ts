import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import type { MarketChain, MarketQuote } from "../market/chain.ts";
import type { Instrument } from "../market/instruments.ts";
import { formatDecimal, parseDecimal } from "../math/decimal.ts";
import { type Wad, wad } from "../math/wad.ts";
import { type Policy, parsePolicy } from "./policy.ts";
import type { Shape } from "./shape.ts";

const amount = z.string().max(60);
const instant = z.string().regex(/^[0-9]{1,16}$/, "must be Unix milliseconds");
const name = z.string().min(1).max(60);
const settlement = z.enum(["inverse", "linear"]);
/** The keys of every row, in canonical order around those of its kind. */
const head = { id: z.number().int(), name };
const tail = {
  lotSize: amount,
  forward: amount,
  /** Of an option or future that has expired: `forward` is its delivery price. */
  settled: z.literal(true).optional(),
  impliedVolatility: amount.optional(),
  bid: amount.optional(),
  ask: amount.optional(),
};

const rowSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...head,
    kind: z.literal("option"),
    underlying: name,
    settlement,
    expiry: instant,
    strike: amount,
    right: z.enum(["call", "put"]),
    ...tail,
  }),
  z.strictObject({
    ...head,
    kind: z.literal("future"),
    underlying: name,
    settlement,
    expiry: instant,
    ...tail,
  }),
  z.strictObject({ ...head, kind: z.literal("perpetual"), underlying: name, settlement, ...tail }),
  z.strictObject({ ...head, kind: z.literal("collateral"), underlying: name.nullable(), ...tail }),
]);

export const snapshotInputsSchema = z.strictObject({
  source: z.string().max(200),
  time: instant,
  /** Of the volatility oracle, 0 for none. */
  oracleRound: z.number().int().min(0).max(0xffffffff),
  shape: z.strictObject({ scenarios: z.number().int(), underlyings: z.number().int() }),
  underlyings: z.array(z.strictObject({ symbol: name, indexPrice: amount })).max(8),
  policy: z.unknown(),
  instruments: z
    .array(rowSchema)
    .min(1)
    .max(1 << 20),
});

export type InstrumentInput = z.output<typeof rowSchema>;

/** Everything a table is derived from, as plain JSON: decimal text of 1e18 numbers, rows by ascending id. */
export type SnapshotInputs = Omit<z.output<typeof snapshotInputsSchema>, "policy"> & {
  readonly policy: Policy;
};

/** A quote and the id its instrument has in the table. */
export interface NumberedQuote {
  readonly instrumentId: number;
  readonly quote: MarketQuote;
}

/** The canonical inputs of a chain whose quotes are already selected, numbered and sorted by id; `oracleRound` is 0 for none. */
export function inputsOf(
  chain: MarketChain,
  quotes: readonly NumberedQuote[],
  policy: Policy,
  shape: Shape,
  oracleRound: number,
): SnapshotInputs {
  return {
    source: chain.source,
    time: chain.time.toString(),
    oracleRound,
    shape: { scenarios: shape.scenarios, underlyings: shape.underlyings },
    underlyings: chain.underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: text(indexPrice),
    })),
    policy,
    instruments: quotes.map(rowOf),
  };
}

/** The one text of the inputs, which `inputHash` is taken of. */
export function canonicalText(inputs: SnapshotInputs): string {
  return JSON.stringify(inputs);
}

/**
 * Checks inputs from a file.
 * @throws {BallastError} INVALID_SNAPSHOT for unknown or missing keys, INVALID_POLICY for a wrong policy.
 */
export function parseInputs(json: unknown): SnapshotInputs {
  const result = snapshotInputsSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new BallastError(
      "INVALID_SNAPSHOT",
      `The snapshot's inputs are not valid: ${issue?.path.join(".") ?? ""}: ${issueText(issue)}.`,
      { cause: result.error },
    );
  }
  const { policy, instruments, ...rest } = result.data;
  return { ...rest, policy: parsePolicy(policy, "snapshot's policy"), instruments };
}

/** The market that inputs describe. */
export function marketOf(inputs: SnapshotInputs): { chain: MarketChain; quotes: NumberedQuote[] } {
  const quotes = inputs.instruments.map((row) => ({ instrumentId: row.id, quote: quoteOf(row) }));
  const chain: MarketChain = {
    source: inputs.source,
    time: BigInt(inputs.time),
    underlyings: inputs.underlyings.map(({ symbol, indexPrice }) => ({
      symbol,
      indexPrice: amountOf(indexPrice, `index price of ${symbol}`),
    })),
    quotes: quotes.map(({ quote }) => quote),
    excluded: [],
  };
  return { chain, quotes };
}

function rowOf({ instrumentId, quote }: NumberedQuote): InstrumentInput {
  const { instrument } = quote;
  const first = { id: instrumentId, name: instrument.name };
  const last = {
    lotSize: text(instrument.lotSize),
    forward: text(quote.forward),
    ...(quote.settled === undefined ? {} : { settled: quote.settled }),
    ...(quote.impliedVolatility === undefined ? {} : { impliedVolatility: text(quote.impliedVolatility) }),
    ...(quote.bid === undefined ? {} : { bid: text(quote.bid) }),
    ...(quote.ask === undefined ? {} : { ask: text(quote.ask) }),
  };
  const { kind, underlying } = instrument;
  if (kind === "collateral") return { ...first, kind, underlying, ...last };
  const { settlement } = instrument;
  if (kind === "perpetual") return { ...first, kind, underlying, settlement, ...last };
  const expiry = instrument.expiry.toString();
  if (kind === "future") return { ...first, kind, underlying, settlement, expiry, ...last };
  const { right } = instrument;
  return { ...first, kind, underlying, settlement, expiry, strike: text(instrument.strike), right, ...last };
}

function quoteOf(row: InstrumentInput): MarketQuote {
  const of = (key: "impliedVolatility" | "bid" | "ask") => {
    const value = row[key];
    return value === undefined ? {} : { [key]: amountOf(value, `${key} of ${row.name}`) };
  };
  return {
    instrument: instrumentOf(row),
    forward: amountOf(row.forward, `forward of ${row.name}`),
    ...(row.settled === undefined ? {} : { settled: row.settled }),
    ...of("impliedVolatility"),
    ...of("bid"),
    ...of("ask"),
  };
}

function instrumentOf(row: InstrumentInput): Instrument {
  const base = { name: row.name, lotSize: amountOf(row.lotSize, `lot size of ${row.name}`) };
  if (row.kind === "collateral") return { ...base, kind: row.kind, underlying: row.underlying };
  const { underlying, settlement } = row;
  if (row.kind === "perpetual") return { ...base, kind: row.kind, underlying, settlement };
  const expiry = BigInt(row.expiry);
  if (row.kind === "future") return { ...base, kind: row.kind, underlying, settlement, expiry };
  const strike = amountOf(row.strike, `strike of ${row.name}`);
  return { ...base, kind: row.kind, underlying, settlement, expiry, strike, right: row.right };
}

function text(value: Wad): string {
  return formatDecimal(value, 18);
}

function amountOf(value: string, what: string): Wad {
  return wad(parseDecimal(value, 18, what));
}
