import type { Address } from "viem";
import type { ChainReader } from "../../chain/client.ts";
import type { SolvencyAttestation } from "../../chain/solvency/attestation.ts";
import { readAssets, readDecimals } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { assetById, unitsOfLot } from "../../solvency/asset.ts";

/** Whether a lot of the vault is a lot of the snapshot. */
export interface LotCheck {
  readonly asset: string;
  readonly instrumentId: number;
  readonly token: Address;
  /** What the venue said when it added the asset. */
  readonly unitsPerLot: bigint;
  /** By the snapshot's lot size and the token's decimals; null when they give no whole number, or none at all. */
  readonly expected: bigint | null;
  readonly ok: boolean;
}

/**
 * Compares the lots of every attested reserve: the registry counts what the venue calls a lot.
 * @throws {BallastError} CHAIN_ERROR.
 * @example
 * ```ts
 * import { connectReader, type Snapshot, type SolvencyAttestation } from "ballast";
 * import { checkLots } from "ballast/actions";
 * declare const attested: SolvencyAttestation;
 * declare const snapshot: Snapshot;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * const wrong = (await checkLots(reader, attested, snapshot)).filter(({ ok }) => !ok);
 * ```
 */
export async function checkLots(
  reader: Pick<ChainReader, "public">,
  { vault, reserves }: SolvencyAttestation,
  snapshot: Pick<Snapshot, "rows">,
): Promise<LotCheck[]> {
  const assets = await readAssets(reader, { vault });
  const attested = assets.filter(({ instrumentId }) =>
    reserves.some((reserve) => reserve.instrumentId === instrumentId),
  );
  return Promise.all(
    attested.map(async ({ instrumentId, token, unitsPerLot }) => {
      const asset = assetById(instrumentId, snapshot);
      const expected = await readDecimals(reader, token)
        .then((decimals) => unitsOfLot(asset, decimals))
        .catch((error: unknown) => {
          if (error instanceof BallastError) return null;
          throw error;
        });
      return { asset: asset.name, instrumentId, token, unitsPerLot, expected, ok: unitsPerLot === expected };
    }),
  );
}
