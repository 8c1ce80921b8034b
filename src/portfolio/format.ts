import { keccak256, toHex } from "viem/utils";
import * as z from "zod";
import { BallastError } from "../errors.ts";
import { isInstrumentName } from "../market/instruments.ts";
import { formatDecimal, parseDecimal } from "../math/decimal.ts";
import { type Field, parseField, toField } from "../math/field.ts";
import type { Holding } from "../risk/requirement.ts";
import { LOT_LIMIT } from "../risk/shape.ts";
import type { Snapshot, SnapshotRow } from "../risk/snapshot.ts";
import type { Portfolio } from "./portfolio.ts";

export const portfolioFileSchema = z.strictObject({
  account: z.string().min(1).max(200),
  positions: z
    .array(z.strictObject({ instrument: z.string().min(1).max(64), quantity: z.string().max(64) }))
    .max(100_000),
});
/** The salt is below 2^248, in up to 62 hex digits or padded to 64. */
export const accountFileSchema = portfolioFileSchema.extend({
  salt: z
    .string()
    .regex(/^0x0{0,2}[0-9a-fA-F]{1,62}$/)
    .optional(),
});

/** A portfolio as its file has it: names and decimal texts, which no snapshot has been asked about. Secret. */
export type PortfolioFile = z.output<typeof portfolioFileSchema>;

/** A portfolio with the salt that opens its commitment, where the file gives one. Secret. */
export interface SaltedPortfolio {
  readonly portfolio: Portfolio;
  readonly salt: Field | undefined;
}

/**
 * The number by which circuits, ledger and registries know an account.
 * @param account its name, of which it is `keccak256(name) >> 3`; or the number itself, `0x…`.
 * @returns a field element, without a name's last three bits.
 * @throws {BallastError} INVALID_INPUT for `0x…` that is no field element.
 * @example
 * ```ts
 * import { accountIdOf } from "ballast";
 * const accountId = accountIdOf("desk"); // 0x0cec1187…
 * ```
 */
export function accountIdOf(account: string): Field {
  if (/^0x[0-9a-fA-F]+$/.test(account)) return parseField(account, "account id");
  return toField(BigInt(keccak256(toHex(account))) >> 3n);
}

/**
 * Reads a portfolio in the form
 * `{ "account": "...", "positions": [{ "instrument": "BTC-27MAR26-100000-C", "quantity": "-12.5" }] }`.
 * Quantities are in the instrument's own unit: coins for options, linear contracts and collateral, USD for
 * inverse futures and perpetuals. Zero quantities are left out.
 *
 * @throws {BallastError} INVALID_PORTFOLIO for another form, UNKNOWN_INSTRUMENT, DUPLICATE_INSTRUMENT,
 * INVALID_DECIMAL, OFF_LOT_GRID or LOT_OVERFLOW, each naming the instrument and never the quantity.
 * @example
 * ```ts
 * import { parsePortfolio, type Snapshot } from "ballast";
 * declare const snapshot: Snapshot;
 * const positions = [{ instrument: "USDC", quantity: "250000" }];
 * const portfolio = parsePortfolio({ account: "desk-7", positions }, snapshot);
 * ```
 */
export function parsePortfolio(value: unknown, snapshot: Pick<Snapshot, "rows">): Portfolio {
  return portfolioParser(snapshot)(value);
}

/** {@link parsePortfolio} for many portfolios: what it needs of the snapshot is prepared once. */
export function portfolioParser(snapshot: Pick<Snapshot, "rows">): (value: unknown) => Portfolio {
  const byName = rowsByName(snapshot);
  return (value) => portfolioOf(checkPortfolioForm(portfolioFileSchema, value), byName);
}

/**
 * {@link portfolioParser} for portfolios that may have their opening's salt beside them, `"salt": "0x…"`. That is for a
 * venue's own files. A single portfolio's opening is a file of its own, so {@link parsePortfolio} refuses the key: two
 * salts for one commitment could differ.
 */
export function saltedPortfolioParser(snapshot: Pick<Snapshot, "rows">): (value: unknown) => SaltedPortfolio {
  const byName = rowsByName(snapshot);
  return (value) => {
    const { salt, ...portfolio } = checkPortfolioForm(accountFileSchema, value);
    return {
      portfolio: portfolioOf(portfolio, byName),
      salt: salt === undefined ? undefined : toField(BigInt(salt), "salt"),
    };
  };
}

/**
 * The other way round: gives portfolios as {@link parsePortfolio} reads them, to be written as JSON.
 * The function it returns throws UNKNOWN_INSTRUMENT for a position without a row.
 */
export function portfolioFormatter(
  snapshot: Pick<Snapshot, "rows">,
): (portfolio: Pick<Portfolio, "account" | "positions">) => PortfolioFile {
  const byId = new Map(snapshot.rows.map((row) => [row.instrumentId, row.instrument]));
  return ({ account, positions }) => ({
    account,
    positions: positions.map(({ instrumentId, quantity }) => {
      const instrument = byId.get(instrumentId);
      if (instrument === undefined) {
        throw new BallastError(
          "UNKNOWN_INSTRUMENT",
          `The snapshot has no row for instrument ${instrumentId}.`,
          { details: { instrumentId } },
        );
      }
      return { instrument: instrument.name, quantity: formatDecimal(quantity * instrument.lotSize, 18) };
    }),
  });
}

type RowsByName = ReadonlyMap<string, SnapshotRow>;

function rowsByName({ rows }: Pick<Snapshot, "rows">): RowsByName {
  return new Map(rows.map((row) => [row.instrument.name, row]));
}

/** @throws {BallastError} INVALID_PORTFOLIO for another form; nothing of its values is quoted. */
export function checkPortfolioForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.path[0] === "salt") {
    throw new BallastError("INVALID_PORTFOLIO", "The salt is not a number below 2^248 in hex.", {
      hint: "Write it as 0x and at most 62 digits, or leave it out.",
    });
  }
  throw new BallastError(
    "INVALID_PORTFOLIO",
    `The portfolio is not of the expected form at ${issue?.path.join(".") || "its top level"}: ${issue?.code ?? "invalid"}.`,
    {
      hint: 'It looks like {"account": "...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}.',
    },
  );
}

function portfolioOf(
  { account, positions }: z.output<typeof portfolioFileSchema>,
  byName: RowsByName,
): Portfolio {
  const seen = new Set<string>();
  const held: Holding[] = [];
  for (const [index, { instrument: name, quantity }] of positions.entries()) {
    const row = byName.get(name);
    if (row === undefined) throw unknownInstrument(name, index);
    const details = { instrument: name };
    if (seen.has(name)) {
      throw new BallastError("DUPLICATE_INSTRUMENT", `${name} stands twice in the portfolio.`, {
        hint: "Give one net quantity for each instrument.",
        details,
      });
    }
    seen.add(name);
    const units = parseQuantity(quantity, name);
    const { lotSize } = row.instrument;
    if (units % lotSize !== 0n) {
      throw new BallastError("OFF_LOT_GRID", `The quantity of ${name} is not a whole number of lots.`, {
        hint: "The snapshot gives each lot size; `ballast portfolio convert` rounds balances down to it and shows the dust.",
        details,
      });
    }
    const lots = units / lotSize;
    if (lots >= LOT_LIMIT || lots <= -LOT_LIMIT) {
      throw new BallastError("LOT_OVERFLOW", `The position in ${name} has 2^36 lots or more.`, {
        hint: "Choose a larger lot for this instrument.",
        details,
      });
    }
    if (lots !== 0n) held.push({ instrumentId: row.instrumentId, quantity: lots });
  }
  held.sort((a, b) => a.instrumentId - b.instrumentId);
  return { account, accountId: accountIdOf(account), positions: held };
}

/** Text that is no instrument's name isn't quoted: it may be a quantity or a salt in the wrong place. */
function unknownInstrument(name: string, index: number): BallastError {
  if (isInstrumentName(name)) {
    return new BallastError("UNKNOWN_INSTRUMENT", `${name} is not in this snapshot.`, {
      hint: "Check its spelling, or build the snapshot with it.",
      inputs: ["snapshot.include"],
      details: { instrument: name },
    });
  }
  return new BallastError("UNKNOWN_INSTRUMENT", `positions.${index} has no instrument of this snapshot.`, {
    hint: "Names look like BTC-27MAR26-100000-C.",
    details: { position: index },
  });
}

function parseQuantity(text: string, name: string): bigint {
  try {
    return parseDecimal(text, 18, "quantity");
  } catch (error) {
    if (!(error instanceof BallastError)) throw error;
    throw new BallastError(
      "INVALID_DECIMAL",
      `The quantity of ${name} is not a decimal number of at most 18 decimals.`,
      {
        hint: 'Write it like "-12.5", without exponent or spaces.',
        details: { instrument: name },
      },
    );
  }
}
