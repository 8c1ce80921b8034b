import type { CaseAct } from "../../chain/liquidation/next.ts";
import { anchorAccount } from "./anchor.ts";
import { stepBond, stepCase } from "./anyone.ts";
import { award, leave } from "./award.ts";
import { bidSealed, reveal } from "./bid.ts";
import { cureByDeposit } from "./cure.ts";
import { reduceBySlice } from "./reduce.ts";
import { buyInSale, provenEquity } from "./sale.ts";
import { takeOverCase } from "./take-over.ts";

/** Who does what `nextActions` answers. */
export const ACTS = {
  reduce: reduceBySlice,
  escalate: stepCase,
  cure: stepCase,
  "deposit-cure": cureByDeposit,
  bid: bidSealed,
  reveal,
  settle: award,
  leave,
  "show-equity": provenEquity,
  buy: buyInSale,
  lapse: stepCase,
  anchor: anchorAccount,
  "take-over": takeOverCase,
  abandon: stepCase,
  "record-move": stepCase,
  "release-hold": stepCase,
  reclaim: stepBond,
  "sweep or reclaim": stepBond,
} as const satisfies Readonly<Record<CaseAct, (...args: never[]) => Promise<unknown>>>;
