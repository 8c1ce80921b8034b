import { keccak256, toHex } from "viem";
import { z } from "zod";
import { BallastError } from "../errors.ts";
import { readJsonFile } from "../files.ts";
import { LOT_LIMIT } from "../market/shape.ts";
import { parseDecimal } from "../math/decimal.ts";
import { type Field, parseField, toField } from "../math/field.ts";
import type { Holding } from "../risk/requirement.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import type { Portfolio } from "./portfolio.ts";

const portfolioSchema = z.strictObject({
  account: z.string().min(1).max(200),
  positions: z
    .array(z.strictObject({ instrument: z.string().min(1).max(64), quantity: z.string().max(64) }))
    .max(100_000),
});

/** An account's field element: `0x…` as it stands, any other text by `keccak256(text) >> 3`. */
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
 */
export function parsePortfolio(value: unknown, snapshot: Pick<Snapshot, "rows">): Portfolio {
  const parsed = portfolioSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BallastError(
      "INVALID_PORTFOLIO",
      `The portfolio is not of the expected form at ${issue?.path.join(".") || "its top level"}: ${issue?.code ?? "invalid"}.`,
      {
        hint: 'It looks like {"account": "...", "positions": [{"instrument": "USDC", "quantity": "250000"}]}.',
      },
    );
  }
  const byName = new Map(snapshot.rows.map((row) => [row.instrument.name, row]));
  const seen = new Set<string>();
  const positions: Holding[] = [];
  for (const { instrument: name, quantity } of parsed.data.positions) {
    const details = { instrument: name };
    const row = byName.get(name);
    if (row === undefined) {
      throw new BallastError("UNKNOWN_INSTRUMENT", `${name} is not in this snapshot.`, {
        hint: "Check its spelling, or build the snapshot with --include for it.",
        details,
      });
    }
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
        hint: "The snapshot gives the lot size of every instrument.",
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
    if (lots !== 0n) positions.push({ instrumentId: row.instrumentId, quantity: lots });
  }
  positions.sort((a, b) => a.instrumentId - b.instrumentId);
  return { account: parsed.data.account, accountId: accountIdOf(parsed.data.account), positions };
}

/**
 * {@link parsePortfolio} from a file.
 * @throws {BallastError} FILE_ERROR when it can't be read, INVALID_INPUT when it is no JSON.
 */
export function loadPortfolio(path: string, snapshot: Pick<Snapshot, "rows">): Portfolio {
  return parsePortfolio(readJsonFile(path, "portfolio"), snapshot);
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
