import * as z from "zod";
import { BallastError } from "../errors.ts";
import { formatDecimal, parseDecimal } from "../math/decimal.ts";
import { type Field, formatField, parseField } from "../math/field.ts";
import type { Holding } from "../risk/requirement.ts";
import type { Snapshot } from "../risk/snapshot.ts";
import { type Commitment, commit } from "./commitment.ts";
import { accountIdOf } from "./format.ts";
import { leafOf, rootOf } from "./merkle.ts";
import { slotsOf } from "./portfolio.ts";

/** Slots of the circuits' instances, tried in this order when a proof is made. */
export const SLOT_COUNTS = [16, 64, 128] as const;
export const MAX_SLOTS = 128;

/** What an instrument id stands for. Not bound by the commitment: the published snapshot binds it. */
export interface InstrumentName {
  readonly instrumentId: number;
  readonly name: string;
  /** One lot in the instrument's own unit, 1e18. */
  readonly lotSize: bigint;
}

/** A customer's own evidence that their account is in a tree. It opens the commitment: private to the customer. */
export interface InclusionProof {
  /** The account as the venue writes it; its id follows from it. */
  readonly account: string;
  readonly accountId: Field;
  readonly index: number;
  /** Siblings from the leaf's level upwards. */
  readonly path: readonly Field[];
  readonly salt: Field;
  /** Slots of the instance that the commitment was made for. */
  readonly slots: number;
  readonly positions: readonly Holding[];
  /** One entry a position. */
  readonly instruments: readonly InstrumentName[];
}

/** What follows from a proof alone. */
export interface ProvenInclusion {
  readonly commitment: Commitment;
  readonly root: Field;
  /** Whether the account's name gives its id. */
  readonly isNamed: boolean;
}

const FORMAT = "ballast.inclusion/1";
const LOT_DECIMALS = 18;
const element = z.string().max(80);
export const inclusionFileSchema = z.strictObject({
  format: z.literal(FORMAT),
  account: z.string().min(1).max(200),
  accountId: element,
  index: z.int().min(0),
  path: z.array(element).min(1).max(30),
  salt: element,
  slots: z.int().min(1).max(MAX_SLOTS),
  positions: z
    .array(z.strictObject({ instrumentId: z.int().min(1), lots: z.string().regex(/^-?[1-9][0-9]{0,11}$/) }))
    .max(MAX_SLOTS),
  instruments: z
    .array(
      z.strictObject({
        instrumentId: z.int().min(1),
        name: z.string().min(1).max(64),
        lotSize: z.string().max(40),
      }),
    )
    .max(MAX_SLOTS),
});

/**
 * Computes the root from a proof and nothing else: the caller compares it with the published one. Ids, lots and the account are bound by it;
 * names of instruments are not (see {@link wrongNames}).
 * @throws {BallastError} for positions that no slots can hold, or a place outside the path.
 * @example
 * ```ts
 * import { type InclusionProof, openInclusion, parseField } from "ballast";
 * declare const [proof, published]: [InclusionProof, string];
 * const { root, isNamed } = openInclusion(proof);
 * console.log(isNamed && root === parseField(published) ? "You are in it." : "This is not the published tree.");
 * ```
 */
export function openInclusion(proof: InclusionProof): ProvenInclusion {
  const { account, accountId, salt, slots, positions, index, path } = proof;
  const commitment = commit(accountId, salt, slotsOf(positions, slots));
  const root = rootOf(leafOf({ accountId, commitment }), index, path);
  return { commitment, root, isNamed: isIdOf(account, accountId) };
}

/**
 * Ids whose name or lot in the proof is not that of the snapshot, or that it doesn't have.
 * @example
 * ```ts
 * import { type InclusionProof, type Snapshot, wrongNames } from "ballast";
 * declare const [proof, snapshot]: [InclusionProof, Snapshot];
 * if (wrongNames(proof, snapshot).length > 0) throw new Error("Instruments have other names than published.");
 * ```
 */
export function wrongNames({ instruments }: InclusionProof, snapshot: Pick<Snapshot, "rows">): number[] {
  const rows = new Map(snapshot.rows.map((row) => [row.instrumentId, row.instrument]));
  return instruments.flatMap(({ instrumentId, name, lotSize }) => {
    const known = rows.get(instrumentId);
    return known?.name === name && known.lotSize === lotSize ? [] : [instrumentId];
  });
}

/** A proof's file. It has the salt and the positions. */
export function encodeInclusion(proof: InclusionProof): string {
  const json = {
    format: FORMAT,
    account: proof.account,
    accountId: formatField(proof.accountId),
    index: proof.index,
    path: proof.path.map(formatField),
    salt: formatField(proof.salt),
    slots: proof.slots,
    positions: proof.positions.map(({ instrumentId, quantity }) => ({
      instrumentId,
      lots: String(quantity),
    })),
    instruments: proof.instruments.map(({ instrumentId, name, lotSize }) => ({
      instrumentId,
      name,
      lotSize: formatDecimal(lotSize, LOT_DECIMALS),
    })),
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/**
 * Reads an inclusion proof's JSON.
 * @throws {BallastError} INVALID_INPUT; nothing of it is quoted.
 * @example
 * ```ts
 * import { parseInclusion } from "ballast";
 * declare const json: unknown;
 * const { account, positions } = parseInclusion(json);
 * ```
 */
export function parseInclusion(json: unknown): InclusionProof {
  try {
    const parsed = inclusionFileSchema.parse(json);
    const positions = parsed.positions.map(({ instrumentId, lots }) => ({
      instrumentId,
      quantity: BigInt(lots),
    }));
    const instruments = parsed.instruments.map(({ instrumentId, name, lotSize }) => ({
      instrumentId,
      name,
      lotSize: parseDecimal(lotSize, LOT_DECIMALS, "lot size"),
    }));
    const named = new Set(instruments.map(({ instrumentId }) => instrumentId));
    if (named.size !== instruments.length || instruments.length !== positions.length)
      throw new Error("names");
    if (!positions.every(({ instrumentId }) => named.has(instrumentId))) throw new Error("names");
    if (instruments.some(({ lotSize }) => lotSize <= 0n)) throw new Error("lots");
    return {
      account: parsed.account,
      accountId: parseField(parsed.accountId),
      index: parsed.index,
      path: parsed.path.map((sibling) => parseField(sibling)),
      salt: parseField(parsed.salt),
      slots: parsed.slots,
      positions,
      instruments,
    };
  } catch {
    // No cause: a parser's message may quote the salt or a position.
    throw new BallastError("INVALID_INPUT", "This is not an inclusion proof.", {
      hint: "Was it cut off, or edited? Ask the venue for it again.",
    });
  }
}

function isIdOf(account: string, accountId: Field): boolean {
  try {
    return accountIdOf(account) === accountId;
  } catch {
    return false;
  }
}
