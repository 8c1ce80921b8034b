import { BallastError } from "../errors.ts";
import { LAST_COLLATERAL_ID } from "../market/registry.ts";
import type { Field } from "../math/field.ts";
import { divCeil, lesser } from "../math/rounding.ts";
import { type Holding, portfolioSums, type VectorIndex, vectorIndex } from "../risk/requirement.ts";
import {
  applyTransfer,
  type ClosingTerms,
  closedLots,
  closingPayment,
  netHolding,
  netPositions,
  OPEN_LIMIT,
  PRICE_LIMIT,
  PRICE_SCALE,
} from "../risk/transfer.ts";
import type { WitnessSnapshot } from "../witness/table.ts";

/** A round's terms, as `ClearingHouse.openRound` takes them. */
export interface RoundTerms {
  /** A derivative: above the ids of collateral. */
  readonly instrumentId: number;
  /** The holders' side; the house is on the other. */
  readonly holdersShort: boolean;
  /** D: lots to close in all, 1 <= closing <= open. */
  readonly closing: bigint;
  /** Q: lots that the holders have in all, < 2^64. */
  readonly open: bigint;
  /** Millionths of a settlement lot for a lot of the instrument, signed, |price| < 2^62. */
  readonly price: bigint;
}

/** An account that may be closed against: not guarded, and frozen at most by a case in Soft. */
export interface Holder {
  readonly accountId: Field;
  readonly positions: readonly Holding[];
}

/** What a round is planned from. All of it is secret but the snapshot. */
export interface RoundInput {
  /** The newest published one: the clearing house takes no other. */
  readonly snapshot: WitnessSnapshot;
  readonly settlementId: number;
  /** The positions of the house's account that is closed. */
  readonly house: readonly Holding[];
  /** What the house's other accounts are worth together, micro-USD: it counts with what this one lacks. Default: nothing. */
  readonly rest?: bigint;
  /** What the funds hold, in whole lots of the settlement asset: they bear first, drawn or not. Default: nothing. */
  readonly funds?: { readonly lots: bigint; readonly microsPerLot: bigint };
  /** All accounts that may be closed against; those on the house's side, or without the instrument, play no part. */
  readonly holders: readonly Holder[];
}

/** An instrument that the house holds and others hold on the other side. */
export interface RoundCandidate {
  readonly instrumentId: number;
  readonly holdersShort: boolean;
  /** The lesser of what the house and what the holders have, in lots. */
  readonly closing: bigint;
  readonly open: bigint;
  /**
   * Micro-USD that the holders can bear: those of a long option lose at most what it is worth. Null where there is no
   * such bound: futures, perpetuals, and short holders.
   */
  readonly capacity: bigint | null;
  /** Micro-USD for +1 % in all underlyings that closing takes off the house, as sum of absolute values. */
  readonly exposure: bigint;
}

/** One holder's part of a round. Secret. */
export interface HolderPart {
  readonly accountId: Field;
  /** Lots the holder has on its side. */
  readonly held: bigint;
  /** Lots that are closed: `floor(closing * held / open)`. */
  readonly closed: bigint;
  /** Settlement lots that the house pays the holder, signed. */
  readonly payment: bigint;
  /** Micro-USD that the house gains: what the holder loses. */
  readonly gain: bigint;
  /** The house's positions after it. */
  readonly house: readonly Holding[];
}

export interface RoundPlan {
  readonly terms: RoundTerms;
  /** Micro-USD that the house lacks before the round, beyond what the funds bear. */
  readonly deficit: bigint;
  /** In the order in which they must be carried out. */
  readonly parts: readonly HolderPart[];
  /** Holders that have too little: no lot would be closed, or rounding to a whole lot of cash would cost the house. */
  readonly leftOut: readonly Field[];
  /** Micro-USD that the house still lacks after it: what rounding left, and what was beyond the holders' capacity. */
  readonly remaining: bigint;
}

/**
 * The instruments a round may be about, best first: those whose holders can bear the whole deficit before those that can't
 * (which go by how much they can), then by the exposure that is closed, then by id.
 *
 * @throws {BallastError} UNKNOWN_INSTRUMENT, LOT_OVERFLOW as `portfolioSums`; NOTHING_TO_CLOSE when the house lacks nothing.
 */
export function roundCandidates(input: RoundInput): RoundCandidate[] {
  const { snapshot, settlementId, house, holders } = input;
  const vectors = vectorIndex(snapshot.rows);
  const deficit = deficitOf(vectors, input);
  const candidates = netPositions(house)
    .filter(({ instrumentId }) => instrumentId > LAST_COLLATERAL_ID && instrumentId !== settlementId)
    .flatMap(({ instrumentId, quantity }): RoundCandidate[] => {
      const holdersShort = quantity > 0n;
      const open = holders.reduce(
        (sum, { positions }) => sum + heldOn(positions, instrumentId, holdersShort),
        0n,
      );
      const closing = lesser(magnitude(quantity), open);
      const vector = vectors.get(instrumentId);
      if (closing === 0n || open >= OPEN_LIMIT || vector === undefined) return [];
      const capacity = !holdersShort && vector.mark > 0n ? closing * vector.mark : null;
      const exposure = closing * vector.delta.reduce((sum, delta) => sum + magnitude(delta), 0n);
      return [{ instrumentId, holdersShort, closing, open, capacity, exposure }];
    });
  const borne = ({ capacity }: RoundCandidate) => (capacity === null ? deficit : lesser(capacity, deficit));
  return candidates.sort(
    (a, b) => order(borne(b), borne(a)) || order(b.exposure, a.exposure) || a.instrumentId - b.instrumentId,
  );
}

/**
 * Plans a round over one instrument: its terms, and every holder's part.
 *
 * The price is the best for the holders at which they bear, all together, what the house lacks (or all they can). It is
 * rounded so that the clearing house's cap holds for each of them: `gain * closing <= deficit * closed`. Payments are rounded
 * in the holder's favour, so a little of the deficit may remain.
 *
 * @param candidate default: the best of {@link roundCandidates}.
 * @throws {BallastError} NOTHING_TO_CLOSE when the house lacks nothing, or nobody is on the other side of anything it holds;
 *   OUT_OF_RANGE when no price in range does it; as {@link roundCandidates}.
 */
export function planRound(input: RoundInput, candidate = roundCandidates(input)[0]): RoundPlan {
  const { snapshot, settlementId, holders } = input;
  if (candidate === undefined)
    throw new BallastError("NOTHING_TO_CLOSE", "No account is on the other side of what the house holds.", {
      hint: "The residual stays until the funds are filled up and absorb it, or is written off.",
    });
  const vectors = vectorIndex(snapshot.rows);
  const deficit = deficitOf(vectors, input);
  const { instrumentId, holdersShort, closing, open, capacity } = candidate;
  const cashMark = vectors.get(settlementId)?.mark ?? 0n;
  const mark = vectors.get(instrumentId)?.mark ?? 0n;
  const sign = holdersShort ? -1n : 1n;
  const target = capacity === null ? deficit : lesser(capacity, deficit);
  const price = sign * priceFor(sign * mark, closing, target, cashMark);
  const terms: RoundTerms = { instrumentId, holdersShort, closing, open, price };

  let house = netPositions(input.house);
  let remaining = deficit;
  const parts: HolderPart[] = [];
  const leftOut: Field[] = [];
  for (const { accountId, positions } of holders) {
    const held = heldOn(positions, instrumentId, holdersShort);
    if (held === 0n) continue;
    const closed = closedLots(held, terms);
    const payment = closingPayment(price, sign * closed);
    const gain = sign * closed * mark - payment * cashMark;
    if (closed === 0n || gain < 0n) {
      leftOut.push(accountId);
      continue;
    }
    const money = { settlementId, cash: payment, funding: 0n, rest: "free" } as const;
    house = [...applyTransfer(positions, house, money, [{ instrumentId, quantity: sign * closed }]).newB];
    remaining -= gain;
    parts.push({ accountId, held, closed, payment, gain, house });
  }
  return { terms, deficit, parts, leftOut, remaining };
}

/** A round's terms as a holder's proof takes them. */
export function closingTerms(terms: RoundTerms, settlementId: number): ClosingTerms {
  const { holdersShort: isShort, ...rest } = terms;
  return { ...rest, isShort, settlementId };
}

/** The terms of the proof that shows what the house itself holds: with them, all of it is `closed`, for nothing. */
export function holdingTerms({ instrumentId, holdersShort }: RoundTerms, settlementId: number): ClosingTerms {
  return { settlementId, instrumentId, isShort: !holdersShort, closing: 1n, open: 1n, price: 0n };
}

/** Micro-USD that the house lacks and no fund bears. @throws {BallastError} NOTHING_TO_CLOSE, UNKNOWN_INSTRUMENT, LOT_OVERFLOW. */
function deficitOf(
  vectors: VectorIndex,
  { snapshot, settlementId, house, rest = 0n, funds }: RoundInput,
): bigint {
  const equity = portfolioSums(vectors, house, snapshot.shape).equity + rest;
  if ((vectors.get(settlementId)?.mark ?? 0n) <= 0n)
    throw new BallastError("UNKNOWN_INSTRUMENT", "The settlement asset has no value in the snapshot.", {
      hint: "Build a snapshot that includes it.",
      details: { settlementId },
    });
  if (equity >= 0n)
    throw new BallastError("NOTHING_TO_CLOSE", "The house lacks nothing in this snapshot.", {
      hint: "Settle the residual with `clearResidual`.",
    });
  const { lots, microsPerLot } = funds ?? { lots: 0n, microsPerLot: 1n };
  const borne = lesser(divCeil(-equity, microsPerLot), lots) * microsPerLot;
  if (borne < -equity) return -equity - borne;
  throw new BallastError("NOTHING_TO_CLOSE", "The funds bear all that the house lacks.", {
    hint: "Draw it with `absorb`.",
  });
}

/**
 * The least s*price at which holders give the house at most `target / closing` a lot:
 * `(s*mark - target/closing) / cashMark`, in millionths, rounded up.
 * @throws {BallastError} OUT_OF_RANGE.
 */
function priceFor(value: bigint, closing: bigint, target: bigint, cashMark: bigint): bigint {
  const price = divCeil((value * closing - target) * PRICE_SCALE, closing * cashMark);
  if (price > -PRICE_LIMIT && price < PRICE_LIMIT) return price;
  throw new BallastError("OUT_OF_RANGE", "The deficit is too large for a price of this instrument.", {
    hint: "Close another instrument, of which more lots are open.",
  });
}

/** Lots on a side, >= 0. */
function heldOn(positions: readonly Holding[], instrumentId: number, isShort: boolean): bigint {
  const held = netHolding(positions, instrumentId);
  const onSide = isShort ? -held : held;
  return onSide > 0n ? onSide : 0n;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
