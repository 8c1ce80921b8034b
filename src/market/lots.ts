import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { parseDecimal } from "../math/decimal.ts";
import { type Wad, wad } from "../math/wad.ts";

/** What has a lot of its own. "future" means perpetuals too. */
export const LOT_KINDS = [
  "inverse option",
  "linear option",
  "inverse future",
  "linear future",
  "collateral",
] as const;
export type LotKind = (typeof LOT_KINDS)[number];

/** The lot of an instrument, in its own quantity unit at 1e18; undefined where it isn't known. */
export type LotLookup = (name: string, asset: string, kind: LotKind) => Wad | undefined;

/** Lots by asset and kind, as a user gives them. */
export type Lots = ReadonlyMap<string, Readonly<Partial<Record<LotKind, Wad>>>>;

/** The format of a file of lots. */
export const LOTS_FORMAT = "ballast.lots/1";

const ASSET = /^[A-Z][A-Z0-9]{0,9}$/;
const asset = z.string().regex(ASSET, "must be a symbol such as SOL");
const lot = z.string().max(60);
export const lotsFileSchema = z.strictObject({
  format: z.literal(LOTS_FORMAT),
  lots: z.record(asset, z.union([lot, z.partialRecord(z.enum(LOT_KINDS), lot)])),
});

/**
 * Lots from `SOL=0.1,XRP=10`: of each asset for whatever counts coins, that is for all kinds but inverse futures, which count USD.
 *
 * @throws {BallastError} INVALID_INPUT for another form or an asset twice, INVALID_DECIMAL, OUT_OF_RANGE for a lot that isn't above 0.
 */
export function parseLots(text: string): Lots {
  const lots = new Map<string, Partial<Record<LotKind, Wad>>>();
  for (const entry of text.split(",")) {
    const [, symbol = "", size = ""] = /^([^=]*)=([^=]*)$/.exec(entry) ?? [];
    if (!ASSET.test(symbol) || lots.has(symbol)) {
      throw new BallastError("INVALID_INPUT", "Lots are given as ASSET=SIZE, each asset once.", {
        hint: "For example SOL=0.1,XRP=10. A file of lots has a lot for each kind of instrument.",
      });
    }
    lots.set(symbol, coinLots(lotOf(size, symbol)));
  }
  return lots;
}

/**
 * Lots from the JSON of a file: `{ "format": "ballast.lots/1", "lots": { "SOL": "0.1", "XRP": { "linear option": "1000" } } }`.
 * A text alone stands for all kinds that count coins.
 *
 * @throws {BallastError} INVALID_INPUT for another form, INVALID_DECIMAL, OUT_OF_RANGE for a lot that isn't above 0.
 */
export function readLots(json: unknown): Lots {
  const result = lotsFileSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new BallastError(
      "INVALID_INPUT",
      `The lots are not valid ${LOTS_FORMAT}: ${issue?.path.join(".") ?? ""} ${issueText(issue)}.`,
      { hint: `Kinds are ${LOT_KINDS.join(", ")}.`, cause: result.error },
    );
  }
  const entries = Object.entries(result.data.lots).map(([symbol, given]) => {
    if (typeof given === "string") return [symbol, coinLots(lotOf(given, symbol))] as const;
    const kinds = Object.entries(given).map(([kind, size]) => [kind, lotOf(size ?? "", symbol)]);
    return [symbol, Object.fromEntries(kinds) as Partial<Record<LotKind, Wad>>] as const;
  });
  return new Map(entries);
}

/** What the first list that knows a lot says; later lists fill in what earlier ones don't have. */
export function lotLookup(...lists: readonly Lots[]): LotLookup {
  return (_, symbol, kind) => {
    for (const list of lists) {
      const size = list.get(symbol)?.[kind];
      if (size !== undefined) return size;
    }
    return undefined;
  };
}

function coinLots(size: Wad): Partial<Record<LotKind, Wad>> {
  const kinds = LOT_KINDS.filter((kind) => kind !== "inverse future");
  return Object.fromEntries(kinds.map((kind) => [kind, size]));
}

function lotOf(text: string, symbol: string): Wad {
  const size = parseDecimal(text, 18, `lot of ${symbol}`);
  if (size > 0n) return wad(size);
  throw new BallastError("OUT_OF_RANGE", `The lot of ${symbol} is not above zero.`, {
    hint: "Give the smallest amount that is traded, e.g. SOL=0.1.",
  });
}
