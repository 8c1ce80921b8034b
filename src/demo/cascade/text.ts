import { usd } from "../../display.ts";
import { formatDecimal } from "../../math/decimal.ts";
import { LOTS_PER_USD } from "./parameters.ts";

/** Lots of cash as people read them: whole dollars. */
export function lots(amount: bigint): string {
  return `${usd(formatDecimal((amount * 10_000n) / LOTS_PER_USD, 4))} USDC`;
}

/** Micro-USD as people read them, to the cent. */
export function micros(amount: bigint): string {
  return usd(formatDecimal(amount, 6), 2);
}
