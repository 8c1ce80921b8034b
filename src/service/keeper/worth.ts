import { bondOf, discounted, feeOf, holdBackOf } from "../../chain/liquidation/fees.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import type { DueStep, KeeperAct } from "./due.ts";
import type { KeeperRules } from "./rules.ts";

/** What a step is reckoned to take and to give, before it is done. */
export interface Worth {
  /** Wei of gas, at most. */
  readonly cost: bigint;
  /** Token units that are paid in as bond or fee. */
  readonly bond: bigint;
  /** Token units that whoever does it is paid. */
  readonly pays: bigint;
}

/** Gas of each act with all its transactions, at most: above what docs/reference/gas.md measures. */
export const GAS_AT_MOST: Readonly<Record<KeeperAct, bigint>> = {
  open: 500_000n,
  "settle-challenge": 600_000n,
  reduce: 1_400_000n,
  escalate: 500_000n,
  cure: 300_000n,
  disclose: 400_000n,
  bid: 500_000n,
  reveal: 300_000n,
  settle: 1_800_000n,
  leave: 700_000n,
  "show-equity": 600_000n,
  buy: 1_900_000n,
  lapse: 300_000n,
  "take-over": 1_300_000n,
  abandon: 300_000n,
  "record-move": 300_000n,
  "release-hold": 300_000n,
  reclaim: 200_000n,
  sweep: 200_000n,
};

export interface Prices {
  /** Wei for a unit of gas. */
  readonly gas: bigint;
  /** Token units that a lot of the settlement asset has. */
  readonly unitsPerLot: bigint;
}

/**
 * What a step is worth. A keeper is paid for settling answered challenges alone; what it bids and buys for is its own affair, of which the
 * bond and the fees are known.
 * @param reward token units that settling a challenge pays.
 * @param lots of the account's equity, where it is known.
 */
export function worthOf(
  { act }: Pick<DueStep, "act">,
  { gas, unitsPerLot }: Prices,
  rules: KeeperRules,
  {
    view,
    reward = 0n,
    lots = 0n,
  }: { readonly view?: CaseView; readonly reward?: bigint; readonly lots?: bigint },
): Worth {
  const cost = GAS_AT_MOST[act] * gas;
  const pays = act === "settle-challenge" ? reward : 0n;
  return { cost, pays, bond: view === undefined ? 0n : bondIn(act, view, rules, unitsPerLot, lots) };
}

function bondIn(
  act: KeeperAct,
  view: CaseView,
  rules: KeeperRules,
  unitsPerLot: bigint,
  lots: bigint,
): bigint {
  const { auction, sale } = view;
  const bid = bidFor(lots, rules);
  if (act === "bid" && auction !== undefined)
    return auction.parameters.bidBond + bondOf(bid, unitsPerLot, auction.parameters);
  if (act === "settle" && auction?.leader !== undefined)
    return feeOf(auction.leader.cash, unitsPerLot, auction.parameters);
  if (act !== "buy") return 0n;
  const cash = discounted(lots, sale.discount);
  return feeOf(cash, unitsPerLot, sale.parameters) + holdBackOf(lots, cash, unitsPerLot, sale.parameters);
}

/** The lots that a liquidator bids for an equity. */
export function bidFor(lots: bigint, { bid }: Pick<KeeperRules, "bid">): bigint {
  return (lots * bid) / 1_000_000n;
}

/** Why a step is not done; undefined where it is. */
export function objection(
  { role }: DueStep,
  { cost, bond, pays }: Worth,
  rules: KeeperRules,
): string | undefined {
  if (cost > rules.costOfStep) return "its gas would cost more than a step may";
  if (bond > rules.bondOfStep) return "its bond is larger than a step's may be";
  if (role === "anyone" && rules.onlyPaid && pays * rules.weiPerUnit < cost)
    return "it pays less than it costs";
  return undefined;
}
