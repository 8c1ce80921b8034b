import { divCeil } from "../../math/rounding.ts";
import { CEILING_LIMIT } from "../../risk/ceiling.ts";
import type { AuctionParameters, SaleParameters } from "./parameters.ts";

const MILLION = 1_000_000n;

/** The fee on some cash, token units, rounded up. @param cash lots. */
export function feeOf(
  cash: bigint,
  unitsPerLot: bigint,
  { feeRate }: Pick<AuctionParameters, "feeRate">,
): bigint {
  return divCeil(cash * unitsPerLot * BigInt(feeRate), MILLION);
}

/** The bond that a bid must have to count, token units. @param cash lots. */
export function bondOf(
  cash: bigint,
  unitsPerLot: bigint,
  { bidBond, bondRate }: Pick<AuctionParameters, "bidBond" | "bondRate">,
): bigint {
  const share = divCeil(cash * unitsPerLot * BigInt(bondRate), MILLION);
  return share > bidBond ? share : bidBond;
}

/** Whole lots of an equity, 0 for less than one. @param equity micro-USD. */
export function lotsOf(equity: bigint, microsPerLot: bigint): bigint {
  return equity > 0n ? equity / microsPerLot : 0n;
}

/** Equity less a discount, lots, rounded up. @param discount ppm. */
export function discounted(equityLots: bigint, discount: bigint): bigint {
  return divCeil(equityLots * (MILLION - discount), MILLION);
}

/**
 * The largest equity for which some cash is the discounted price or more: `cash >= discounted(lotsOf(equity), discount)` for it and all
 * below, and for none above; at most 2^83 - 1, which no equity exceeds. As `SealedAuction.ceilingOf`.
 * @param cash lots. @param discount ppm, below a million. @returns micro-USD.
 */
export function ceilingOf(cash: bigint, discount: bigint, microsPerLot: bigint): bigint {
  const ceiling = ((cash * MILLION) / (MILLION - discount) + 1n) * microsPerLot - 1n;
  return ceiling < CEILING_LIMIT ? ceiling : CEILING_LIMIT - 1n;
}

/** What is held back of a buyer's discount, token units, rounded down. @param equityLots what the discount is taken from. */
export function holdBackOf(
  equityLots: bigint,
  cash: bigint,
  unitsPerLot: bigint,
  { holdBackRate }: Pick<SaleParameters, "holdBackRate">,
): bigint {
  const discount = equityLots > cash ? equityLots - cash : 0n;
  return (discount * unitsPerLot * BigInt(holdBackRate)) / MILLION;
}
