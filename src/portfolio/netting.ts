import type { Hex } from "viem";
import { encodeAbiParameters, keccak256, stringToBytes } from "viem/utils";
import { FIELD_MODULUS, type Field, invert, reduce, toField } from "../math/field.ts";
import type { Holding } from "../risk/requirement.ts";

const DOMAIN = keccak256(stringToBytes("ballast.solvency.netting.v1"));
const RESERVES = [
  {
    type: "tuple[]",
    components: [
      { name: "instrumentId", type: "uint32" },
      { name: "lots", type: "uint256" },
    ],
  },
] as const;

/** `keccak256(abi.encode(reserves))`, each an instrument id and lots: what a run's header says of its reserves. */
export function reservesHash(reserves: readonly Holding[]): Hex {
  const list = reserves.map(({ instrumentId, quantity }) => ({ instrumentId, lots: quantity }));
  return keccak256(encodeAbiParameters(RESERVES, [list]));
}

/**
 * The netting challenge zeta of docs/protocol/encodings.md section 7. Positions (under the root) and reserves are both fixed before it: else a
 * few reserves could be solved for any sum.
 */
export function nettingChallenge(accountsRoot: Field, snapshotId: Field, reserves: Hex): Field {
  const encoded = encodeAbiParameters(
    [{ type: "bytes32" }, { type: "uint256" }, { type: "uint256" }, { type: "bytes32" }],
    [DOMAIN, accountsRoot, snapshotId, reserves],
  );
  return toField(BigInt(keccak256(encoded)) >> 3n, "zeta");
}

/**
 * The netting sum of protocol section 7: `sum of quantity / (zeta - id)`. What it comes to over all accounts fixes the
 * net quantity of every instrument.
 */
export class Netting {
  readonly zeta: Field;
  readonly #inverse = new Map<number, Field>();

  /** @param zeta {@link nettingChallenge} */
  constructor(zeta: Field) {
    this.zeta = zeta;
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
