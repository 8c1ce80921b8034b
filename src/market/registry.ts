import * as z from "zod";
import { BallastError } from "../errors.ts";
import { issueText } from "../issue.ts";
import { parseJson } from "../json.ts";
import { formatDecimal } from "../math/decimal.ts";
import type { Wad } from "../math/wad.ts";
import { compareInstruments, INSTRUMENT_ID_LIMIT, type Instrument, isInstrumentName } from "./instruments.ts";

/** The format of a registry file. */
export const REGISTRY_FORMAT = "ballast.registry/1";

/** Ids that every registry has from the start. */
export const FIXED_INSTRUMENT_IDS: Readonly<Record<string, number>> = {
  USDC: 1,
  BTC: 2,
  ETH: 3,
  "BTC-PERPETUAL": 8,
  "ETH-PERPETUAL": 9,
  "BTC_USDC-PERPETUAL": 10,
  "ETH_USDC-PERPETUAL": 11,
};

/**
 * Ids 1..7 are those of collateral assets, and of nothing else: a contract that knows only ids tells by it what can be a
 * reserve (`CollateralVault`).
 */
export const LAST_COLLATERAL_ID = 7;

/** Ids of collateral from here to {@link LAST_COLLATERAL_ID} are a registry's to give: once, and for good. */
export const FIRST_FREE_COLLATERAL_ID = 4;

/** All other instruments count up from here. */
export const FIRST_FREE_ID = 64;

/** Stable ids of instruments: append-only, an id never means another instrument. */
export interface InstrumentRegistry {
  /** @throws {BallastError} UNKNOWN_INSTRUMENT. */
  idOf(name: string): number;
  /**
   * The id, made when there is none yet: of the collateral range for the name of an asset, else of the rest.
   * @throws {BallastError} OUT_OF_RANGE when all of its kind are used.
   */
  assign(name: string): number;
  /**
   * Notes an instrument's lot (1e18), for good: portfolios are committed to in lots, and a vault counts them.
   * @throws {BallastError} INVALID_MARKET where another one was noted.
   */
  keepLot(name: string, lotSize: Wad): void;
  has(name: string): boolean;
  /** The lots that were noted, as decimal texts by name. */
  lots(): Readonly<Record<string, string>>;
  /** All but the fixed ones, ascending by id. */
  entries(): readonly RegistryEntry[];
}

export interface RegistryEntry {
  readonly id: number;
  readonly name: string;
}

export const registryFileSchema = z.strictObject({
  format: z.literal(REGISTRY_FORMAT),
  instruments: z.array(
    z.strictObject({
      id: z
        .int()
        .min(FIRST_FREE_COLLATERAL_ID)
        .max(INSTRUMENT_ID_LIMIT - 1),
      name: z.string().min(1).max(60),
    }),
  ),
  /** Files of before lots were noted have none. */
  lots: z.record(z.string().min(1).max(60), z.string().max(60)).default({}),
});

/** The name of an asset, which can only be collateral: derivatives have a dash. */
function isAssetName(name: string): boolean {
  return /^[A-Z][A-Z0-9]{0,9}$/.test(name);
}

/**
 * A registry with the fixed ids and `entries`: ascending by id, no name twice, collateral below 8 and nothing else there
 * (INVALID_INPUT otherwise). An asset above is left from registries that gave it an id which no snapshot takes: it keeps
 * that, unused, and can get one of the collateral range.
 *
 * @param lots that were noted before, as decimal texts by name.
 */
export function createRegistry(
  entries: readonly RegistryEntry[] = [],
  lots: Readonly<Record<string, string>> = {},
): InstrumentRegistry {
  const ids = new Map<string, number>(Object.entries(FIXED_INSTRUMENT_IDS));
  const collateral: RegistryEntry[] = [];
  const others: RegistryEntry[] = [];
  const next = (list: readonly RegistryEntry[], first: number): number => (list.at(-1)?.id ?? first - 1) + 1;
  const append = (entry: RegistryEntry): void => {
    const isCollateral = entry.id <= LAST_COLLATERAL_ID;
    if (isCollateral || !isAssetName(entry.name)) ids.set(entry.name, entry.id);
    (isCollateral ? collateral : others).push(entry);
  };
  const kept = new Map(Object.entries(lots));
  const seen = new Set<string>();
  let last = 0;
  for (const { id, name } of entries) {
    const isCollateral = id <= LAST_COLLATERAL_ID;
    const key = `${isCollateral} ${name}`;
    const unknown = !isAssetName(name) && !isInstrumentName(name);
    const misplaced =
      unknown ||
      id < FIRST_FREE_COLLATERAL_ID ||
      (isCollateral && !isAssetName(name)) ||
      (!isCollateral && id < FIRST_FREE_ID);
    if (misplaced || id <= last || seen.has(key) || Object.hasOwn(FIXED_INSTRUMENT_IDS, name)) {
      throw new BallastError(
        "INVALID_INPUT",
        `The registry's entry ${id} is out of order, misplaced or listed twice.`,
        {
          hint: `Ids ${FIRST_FREE_COLLATERAL_ID} to ${LAST_COLLATERAL_ID} are of further collateral, those from ${FIRST_FREE_ID} of the rest.`,
          details: { id, instrument: name },
        },
      );
    }
    seen.add(key);
    last = id;
    append({ id, name });
  }
  return {
    idOf(name) {
      const id = ids.get(name);
      if (id !== undefined) return id;
      throw new BallastError("UNKNOWN_INSTRUMENT", `The registry has no instrument ${JSON.stringify(name)}.`);
    },
    assign(name) {
      const id = ids.get(name);
      if (id !== undefined) return id;
      const isCollateral = isAssetName(name);
      const entry = isCollateral
        ? { id: next(collateral, FIRST_FREE_COLLATERAL_ID), name }
        : { id: next(others, FIRST_FREE_ID), name };
      if (isCollateral && entry.id > LAST_COLLATERAL_ID) {
        throw new BallastError("OUT_OF_RANGE", `There is no id left for ${name} as collateral.`, {
          hint: `Ids ${FIRST_FREE_COLLATERAL_ID} to ${LAST_COLLATERAL_ID} are given once, and never to another asset.`,
          details: { instrument: name },
        });
      }
      if (entry.id >= INSTRUMENT_ID_LIMIT) {
        throw new BallastError("OUT_OF_RANGE", "The registry is full: all 2^20 instrument ids are used.");
      }
      append(entry);
      return entry.id;
    },
    keepLot(name, lotSize) {
      const lot = formatDecimal(lotSize, 18);
      const before = kept.get(name);
      if (before !== undefined && before !== lot) {
        throw new BallastError("INVALID_MARKET", `The lot of ${name} is ${lot}, and was ${before}.`, {
          hint: "Commitments count lots of the size that the registry notes: give that one.",
          inputs: ["market.lots", "market.lotsFile"],
          details: { instrument: name },
        });
      }
      kept.set(name, lot);
    },
    has: (name) => ids.has(name),
    lots: () => Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1))),
    entries: () => [...collateral, ...others],
  };
}

/**
 * Why an instrument can't have an id, to carry on a sentence with; undefined when it can. The fixed ids are those of their
 * names, collateral has 1 to 7 and nothing else has, everything else counts from 64.
 */
export function idProblem({ name, kind }: Instrument, id: number): string | undefined {
  const fixed = FIXED_INSTRUMENT_IDS[name];
  if (fixed !== undefined)
    return id === fixed ? undefined : `can't have the instrument id ${id}: its own is ${fixed}`;
  const owner = Object.entries(FIXED_INSTRUMENT_IDS).find(([, taken]) => taken === id)?.[0];
  if (owner !== undefined) return `can't have the instrument id ${id}: that is ${owner}'s`;
  if ((kind === "collateral") !== id <= LAST_COLLATERAL_ID)
    return `can't have the instrument id ${id}: 1 to ${LAST_COLLATERAL_ID} are for collateral, and for nothing else`;
  if (id > LAST_COLLATERAL_ID && id < FIRST_FREE_ID)
    return `can't have the instrument id ${id}: those below ${FIRST_FREE_ID} are kept for fixed ones`;
  return undefined;
}

/**
 * Assigns ids to all instruments, new ones in the canonical order (compareInstruments), whatever order is given, and notes
 * their lots.
 */
export function assignInstruments(registry: InstrumentRegistry, instruments: readonly Instrument[]): void {
  for (const { name, lotSize } of instruments) registry.keepLot(name, lotSize);
  for (const { name } of [...instruments].sort(compareInstruments)) registry.assign(name);
}

/**
 * Reads a registry file's text.
 * @throws {BallastError} INVALID_INPUT when it isn't a sound registry.
 */
export function decodeRegistry(text: string): InstrumentRegistry {
  const parsed = registryFileSchema.safeParse(parseJson(text, "registry"));
  if (parsed.success) return createRegistry(parsed.data.instruments, parsed.data.lots);
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "its top level";
  throw new BallastError("INVALID_INPUT", `The registry is not valid at ${where}: ${issueText(issue)}.`, {
    cause: parsed.error,
  });
}

/** The text of a registry file. */
export function encodeRegistry(registry: InstrumentRegistry): string {
  const instruments = registry.entries().map((entry) => `    ${JSON.stringify(entry)}`);
  const lots = Object.entries(registry.lots()).map(([name, lot]) => `    ${JSON.stringify(name)}: "${lot}"`);
  return [
    "{",
    `  "format": "${REGISTRY_FORMAT}",`,
    `  "instruments": [\n${instruments.join(",\n")}\n  ],`,
    `  "lots": {\n${lots.join(",\n")}\n  }`,
    "}\n",
  ].join("\n");
}
