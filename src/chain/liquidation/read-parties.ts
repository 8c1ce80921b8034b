import type { Address, Hex } from "viem";
import type { ChainReader } from "../client.ts";
import { challengeBookAbi } from "../generated/challenge-book.ts";
import { clearingHouseAbi } from "../generated/clearing-house.ts";
import { exitDeskAbi } from "../generated/exit-desk.ts";
import { liquidationEngineAbi } from "../generated/liquidation-engine.ts";
import { marketClockAbi } from "../generated/market-clock.ts";
import { portfolioSaleAbi } from "../generated/portfolio-sale.ts";
import { sealedAuctionAbi } from "../generated/sealed-auction.ts";
import { guarded } from "../guarded.ts";
import { readAnchorParameters } from "./anchors.ts";
import type { LiquidationParameters } from "./parameters.ts";
import type { LiquidationSystem } from "./system.ts";

type Reader = Pick<ChainReader, "public">;

/** The parameters that act on what begins now. @throws {BallastError} CHAIN_ERROR. */
export async function readParameters(
  reader: Reader,
  system: LiquidationSystem,
): Promise<LiquidationParameters> {
  const { public: client } = reader;
  const functionName = "parameters";
  const [clock, engine, challenges, auction, sale, funds, anchors, exits] = await guarded(
    "reading the parameters",
    () =>
      Promise.all([
        client.readContract({ address: system.clock, abi: marketClockAbi, functionName }),
        client.readContract({ address: system.engine, abi: liquidationEngineAbi, functionName }),
        client.readContract({ address: system.challenges, abi: challengeBookAbi, functionName }),
        client.readContract({ address: system.auction, abi: sealedAuctionAbi, functionName }),
        client.readContract({ address: system.sale, abi: portfolioSaleAbi, functionName }),
        client.readContract({ address: system.clearingHouse, abi: clearingHouseAbi, functionName }),
        readAnchorParameters(reader, system),
        client.readContract({ address: system.exits, abi: exitDeskAbi, functionName }),
      ]),
  );
  return { clock, engine, challenges, auction, sale, funds, anchors, exits };
}

/** Whether an account may bid in cases that open now. @throws {BallastError} CHAIN_ERROR. */
export function readIsLiquidator(
  { public: client }: Reader,
  { auction: address }: LiquidationSystem,
  account: Address,
): Promise<boolean> {
  const abi = sealedAuctionAbi;
  return guarded("reading the liquidators", () =>
    client.readContract({ address, abi, functionName: "isLiquidator", args: [account] }),
  );
}

/** Under which key an account reads disclosures, or undefined. @throws {BallastError} CHAIN_ERROR. */
export async function readDisclosureKey(
  { public: client }: Reader,
  { sale: address }: LiquidationSystem,
  account: Address,
): Promise<Hex | undefined> {
  const abi = portfolioSaleAbi;
  const key = await guarded("reading the disclosure key", () =>
    client.readContract({ address, abi, functionName: "disclosureKeyOf", args: [account] }),
  );
  return BigInt(key) === 0n ? undefined : key;
}
