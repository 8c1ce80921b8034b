import { divCeil } from "../../math/rounding.ts";
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
