import { FIELD_MODULUS, type Field, invert, reduce } from "../math/field.ts";
import { hash } from "../math/poseidon.ts";
import type { Holding } from "../risk/requirement.ts";

/**
 * The netting sum of protocol section 7: `sum of quantity / (zeta - id)`. What it comes to over all accounts fixes the
 * net quantity of every instrument.
 */
export class Netting {
  /** `H("netting", accountsRoot, snapshotId)` */
  readonly zeta: Field;
  readonly #inverse = new Map<number, Field>();

  constructor(accountsRoot: Field, snapshotId: Field) {
    this.zeta = hash("netting", [accountsRoot, snapshotId]);
  }

  /** The share of some holdings, signed lots. */
  share(holdings: readonly Holding[]): Field {
    return holdings.reduce<Field>(
      (sum, { instrumentId, quantity }) => reduce(sum + quantity * this.#of(instrumentId)),
      reduce(0n),
    );
  }

  #of(instrumentId: number): Field {
    const known = this.#inverse.get(instrumentId);
    if (known !== undefined) return known;
    const inverse = invert(reduce(this.zeta - BigInt(instrumentId)));
    this.#inverse.set(instrumentId, inverse);
    return inverse;
  }
}

/** Net signed lots by instrument id, instrument by instrument as holdings come in. */
export class NetPositions {
  readonly #net = new Map<number, bigint>();

  add(holdings: readonly Holding[]): void {
    for (const { instrumentId, quantity } of holdings) {
      this.#net.set(instrumentId, (this.#net.get(instrumentId) ?? 0n) + quantity);
    }
  }

  /** Instruments whose net isn't zero, by ascending id. */
  get open(): Holding[] {
    return [...this.#net]
      .filter(([, quantity]) => quantity !== 0n)
      .map(([instrumentId, quantity]) => ({ instrumentId, quantity }))
      .sort((a, b) => a.instrumentId - b.instrumentId);
  }
}

/** True when some reserves account for a netting sum: `Z = sum of lots / (zeta - id)`. */
export function isNetted(netting: Field, zeta: Field, reserves: readonly Holding[]): boolean {
  const sum = reserves.reduce(
    (total, { instrumentId, quantity }) =>
      (total + quantity * invert(reduce(zeta - BigInt(instrumentId)))) % FIELD_MODULUS,
    0n,
  );
  return reduce(sum) === netting;
}
