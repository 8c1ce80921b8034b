import type { ChainReader } from "../../chain/client.ts";
import { type Movement, readDecimals } from "../../chain/solvency/vault.ts";
import { BallastError } from "../../errors.ts";
import { formatDecimal, parseDecimal } from "../../math/decimal.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { type Asset, assetOf, unitsOfLot } from "../../solvency/asset.ts";

/** By the snapshot's lot and the token's decimals, and by what is given: where both are known they must agree. */
export async function unitsPerLotOf(
  client: ChainReader,
  asset: Asset,
  token: `0x${string}`,
  given: bigint | undefined,
): Promise<bigint> {
  if (asset.lotSize === undefined) {
    if (given !== undefined) return given;
    throw new BallastError(
      "INVALID_INPUT",
      `How many units of its token a lot of ${asset.name} has is unknown.`,
      {
        hint: "Give a snapshot, or the number.",
        inputs: ["snapshot", "vault.unitsPerLot"],
      },
    );
  }
  const derived = unitsOfLot(asset, await readDecimals(client, token));
  if (given === undefined || given === derived) return derived;
  throw new BallastError(
    "INVALID_INPUT",
    `A lot of ${asset.name} has ${derived} units of this token, not ${given}.`,
    {
      hint: "Leave the number out; an asset can't be changed once it is added.",
      inputs: ["vault.unitsPerLot"],
    },
  );
}

/** How much of an asset moves, in lots: given so, or as an amount in the snapshot's lots. @throws {BallastError} INVALID_INPUT, INVALID_DECIMAL, OFF_LOT_GRID. */
export function movementOf(
  text: string,
  { lots, amount }: { readonly lots?: bigint; readonly amount?: string },
  within: Snapshot | undefined,
): { readonly asset: Asset; readonly movement: Movement } {
  const asset = assetOf(text, within);
  const { instrumentId, lotSize } = asset;
  if ((lots === undefined) === (amount === undefined)) {
    throw new BallastError("INVALID_INPUT", "Say how much, in one way.", {
      hint: "Give lots, or an amount.",
      inputs: ["vault.lots", "vault.amount"],
    });
  }
  if (lots !== undefined) return { asset, movement: { instrumentId, lots } };
  if (lotSize === undefined) {
    throw new BallastError("INVALID_INPUT", "Only a snapshot says how much a lot is.", {
      hint: "Give one with the amount, or give lots.",
      inputs: ["snapshot", "vault.lots"],
    });
  }
  const wanted = parseDecimal(amount ?? "", 18, "amount");
  if (wanted > 0n && wanted % lotSize === 0n)
    return { asset, movement: { instrumentId, lots: wanted / lotSize } };
  throw new BallastError("OFF_LOT_GRID", `The amount of ${asset.name} is not one or more whole lots.`, {
    hint: `A lot is ${formatDecimal(lotSize, 18)} ${asset.name}.`,
  });
}

/** Lots as an amount of the asset, where a snapshot says how much a lot is. */
export function amountOf({ lotSize }: Asset, lots: bigint): string | undefined {
  return lotSize === undefined ? undefined : formatDecimal(lots * lotSize, 18);
}
