import { createHash } from "node:crypto";
import { parseInstrumentName } from "../../src/market/instruments.ts";
import { type Field, toField } from "../../src/math/field.ts";
import { POLICY_BITS, policyOrder } from "../../src/risk/policy-layout.ts";
import { type Holding, portfolioSums, requirement } from "../../src/risk/requirement.ts";
import { LANE_LIMIT, LOT_LIMIT, type Shape } from "../../src/risk/shape.ts";
import { type SnapshotRow, tableElements } from "../../src/risk/snapshot.ts";
import { policyHashOf, snapshotIdOf, tableHashOf } from "../../src/risk/snapshot-id.ts";
import type { RiskVector } from "../../src/risk/table.ts";
import type { WitnessSnapshot } from "../../src/witness/table.ts";
import { at } from "./r1cs.ts";

/** A deterministic stream of random numbers: sha256 of a seed and a counter. */
export class Random {
  readonly #seed: string;
  #counter = 0;

  constructor(seed: string | number) {
    this.#seed = String(seed);
  }

  /** 0 <= result < 2^bits, bits <= 256. */
  bits(bits: number): bigint {
    const digest = createHash("sha256")
      .update(`${this.#seed}/${this.#counter++}`)
      .digest("hex");
    return BigInt(`0x${digest}`) >> BigInt(256 - bits);
  }

  /** 0 <= result < limit. */
  below(limit: number): number {
    return Number(this.bits(48) % BigInt(limit));
  }

  /** -limit < result < limit, with 0 and the ends more often than chance. */
  signed(limit: bigint): bigint {
    const pick = this.below(12);
    if (pick === 0) return 0n;
    const magnitude = pick === 1 ? limit - 1n : this.bits(200) % limit;
    return this.below(2) === 0 ? magnitude : -magnitude;
  }

  unsigned(limit: bigint): bigint {
    const value = this.signed(limit);
    return value < 0n ? -value : value;
  }

  field(): Field {
    return toField(this.bits(253));
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.below(list.length));
  }
}

/** How large lanes are: `market` stays where cash of 1 USD and 1e-6 USD a lot can pay any requirement. */
export type Scale = "market" | "extreme";

/** The rows of {@link syntheticSnapshot} that carry value and nothing else. */
export const CASH_ROWS = [
  { row: 0, mark: 1_000_000n },
  { row: 1, mark: 1n },
] as const;

/**
 * A table of `count` random rows of any shape, without a market. Rows 0 and 1 are cash of 1 USD and of 1e-6 USD a lot,
 * without risk and charges.
 */
export function syntheticSnapshot(
  seed: string | number,
  shape: Shape,
  count: number,
  scale: Scale = "market",
): WitnessSnapshot {
  const random = new Random(`snapshot ${seed}`);
  const limit = scale === "extreme" ? LANE_LIMIT : 1n << 24n;
  let instrumentId = 0;
  const rows = Array.from({ length: count }, (_, n): SnapshotRow => {
    instrumentId += 1 + random.below(n === 2 ? 400_000 : 50);
    const lane = (): bigint => random.signed(limit);
    const lanes = (size: number): bigint[] => Array.from({ length: size }, lane);
    const cash = CASH_ROWS.find(({ row }) => row === n);
    const none = (size: number): bigint[] => new Array<bigint>(size).fill(0n);
    const { scenarios: s, underlyings: k } = shape;
    const vector: RiskVector =
      cash === undefined
        ? {
            instrumentId,
            mark: lane(),
            pnl: lanes(s),
            delta: lanes(k),
            gamma: lanes(k),
            vega: lanes(k),
            longCharge: random.unsigned(limit),
            shortCharge: random.unsigned(limit),
          }
        : {
            instrumentId,
            mark: cash.mark,
            pnl: none(s),
            delta: none(k),
            gamma: none(k),
            vega: none(k),
            longCharge: 0n,
            shortCharge: 0n,
          };
    return { instrumentId, vector, instrument: parseInstrumentName(`BTC-27MAR26-${1000 + n}-C`) };
  });
  const policyElements = syntheticPolicy(random, shape, scale);
  const tableHash = tableHashOf(tableElements({ rows, shape }));
  const policyHash = policyHashOf(policyElements);
  const header = {
    time: 1_770_326_977n,
    tableHash,
    rowCount: count,
    shape,
    policyHash,
    inputHash: tableHash,
    oracleRound: 0,
  };
  return { shape, rows, policyElements, snapshotId: snapshotIdOf(header) };
}

/** Policy elements in the order of docs/protocol/encodings.md section 3: up to their full ranges when `extreme`. */
export function syntheticPolicy(random: Random, { underlyings }: Shape, scale: Scale): Field[] {
  const upTo = (name: keyof typeof POLICY_BITS, usual: number): bigint =>
    random.unsigned(1n << BigInt(scale === "extreme" ? POLICY_BITS[name] : usual));
  const each = Array.from({ length: underlyings }, () => ({
    deltaMove: upTo("deltaMove", 27),
    gammaMove: upTo("gammaMove", 27),
    vegaMove: upTo("vegaMove", 27),
  }));
  const stressWeight = upTo("stressWeight", 20);
  return policyOrder({
    underlyings: each.map((moves) => ({
      ...moves,
      concRate: upTo("concRate", 22),
      freeDelta: upTo("freeDelta", 32),
      freeGamma: upTo("freeGamma", 32),
    })),
    stressWeight,
    initial: 1_300_000n,
    soft: 1_150_000n,
    maintenance: 1_000_000n,
  }).map((element) => toField(element));
}

/** Up to `count` positions in distinct random rows, cash left out. */
export function syntheticPositions(
  random: Random,
  { rows }: WitnessSnapshot,
  count: number,
  quantityBits: number,
): Holding[] {
  const ids = new Set(
    Array.from({ length: count }, () => at(rows, 2 + random.below(rows.length - 2)).instrumentId),
  );
  return [...ids].flatMap((instrumentId) => {
    const quantity = random.signed(1n << BigInt(quantityBits));
    return quantity === 0n ? [] : [{ instrumentId, quantity }];
  });
}

/** Adds cash (two positions at most) so that equity becomes exactly `equity` micro-USD; undefined where it would take too many lots. */
export function withEquity(
  snapshot: WitnessSnapshot,
  positions: readonly Holding[],
  equity: bigint,
): Holding[] | undefined {
  const missing = equity - portfolioSums(snapshot.rows, positions, snapshot.shape).equity;
  const [coarse, fine] = CASH_ROWS;
  const lots = missing / coarse.mark;
  const cash = [
    { instrumentId: at(snapshot.rows, coarse.row).instrumentId, quantity: lots },
    { instrumentId: at(snapshot.rows, fine.row).instrumentId, quantity: missing - lots * coarse.mark },
  ].filter(({ quantity }) => quantity !== 0n);
  const tooMany = cash.some(({ quantity }) => quantity >= LOT_LIMIT || quantity <= -LOT_LIMIT);
  return tooMany ? undefined : [...positions, ...cash];
}

/** The least equity at each tier's edge: `edges[k]` micro-USD is the least that isn't below threshold k. */
export function tierEdges(snapshot: WitnessSnapshot, positions: readonly Holding[]): bigint[] {
  const { shape, rows, policyElements } = snapshot;
  const { thresholds18 } = requirement(portfolioSums(rows, positions, shape), policyElements, shape);
  const scale = 10n ** 18n;
  return thresholds18.map((level) => (level + scale - 1n) / scale);
}
