import type { Address } from "viem";
import { BallastError } from "../../errors.ts";
import type { ChainReader } from "../client.ts";
import { collateralVaultAbi } from "../generated/collateral-vault.ts";
import { guarded } from "../guarded.ts";
import type { LiquidationSystem } from "./system.ts";

/** The token in which cash, bonds and fees are paid. */
export interface SettlementAsset {
  readonly token: Address;
  /** The token's smallest units in a lot. */
  readonly unitsPerLot: bigint;
}

/**
 * The settlement asset of a venue's vault.
 * @throws {BallastError} CHAIN_ERROR also when the venue has not added it yet.
 */
export async function readSettlement(
  { public: client }: Pick<ChainReader, "public">,
  { vault, settlementId }: Pick<LiquidationSystem, "vault" | "settlementId">,
): Promise<SettlementAsset> {
  const [token, unitsPerLot] = await guarded("reading the vault", () =>
    client.readContract({
      address: vault,
      abi: collateralVaultAbi,
      functionName: "asset",
      args: [settlementId],
    }),
  );
  if (unitsPerLot > 0n) return { token, unitsPerLot };
  throw new BallastError("CHAIN_ERROR", `The vault has no settlement asset yet: its id is ${settlementId}.`, {
    hint: "The venue adds it with `ballast vault add`.",
    details: { error: "NoSettlementAsset" },
  });
}
