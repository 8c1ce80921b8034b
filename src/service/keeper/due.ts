import type { Address } from "viem";
import { isSameAddress } from "../../chain/address.ts";
import { discounted } from "../../chain/liquidation/fees.ts";
import { type CaseAct, nextActions } from "../../chain/liquidation/next.ts";
import type { AuctionView } from "../../chain/liquidation/read-auction.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import type { Tier } from "../../risk/requirement.ts";
import type { Actor, KeeperRole } from "./rules.ts";

/** What a keeper does: acts in cases, and what goes before them. */
export type KeeperAct =
  | Exclude<CaseAct, "anchor" | "deposit-cure" | "sweep or reclaim">
  | "open"
  | "settle-challenge"
  | "disclose"
  | "sweep";

/** Something that is due now. */
export interface DueStep {
  readonly act: KeeperAct;
  /** As whom. */
  readonly role: KeeperRole;
  /** Whose bond, or to whom it is disclosed. */
  readonly whom?: Address;
}

/** What is known of a case beside what the chain says. */
export interface CaseFacts {
  /** By the reference model, in the newest snapshot; undefined where the account's opening is not here. */
  readonly worth: { readonly tier: Tier /** 0 for less than one. */; readonly lots: bigint } | undefined;
  /** Liquidators with a key to whom the account was not disclosed yet, in the case's present version. */
  readonly undisclosed: readonly Address[];
  /** Whether the actor was listed when the case opened. */
  readonly isListed: boolean;
}

const HEALTHY: Tier = 1;
const MILLION = 1_000_000n;

/** What an actor does in a case now, by what `nextActions` says; pure. What needs a solvency run, or somebody's collateral, is not among it. */
export function stepsDue(view: CaseView, actor: Actor, facts: CaseFacts): readonly DueStep[] {
  const due = nextActions(view)
    .filter(({ from }) => from === undefined || from <= view.time)
    .flatMap(({ action }) => stepsOf(action, view, actor, facts));
  return [...disclosures(view, facts), ...due, ...bonds(view, actor)].filter(({ role }) =>
    actor.rules.roles.includes(role),
  );
}

function stepsOf(action: CaseAct, view: CaseView, actor: Actor, facts: CaseFacts): readonly DueStep[] {
  const { worth } = facts;
  const as = (role: KeeperRole, act: KeeperAct, whom?: Address): readonly DueStep[] => [
    { act, role, ...(whom === undefined ? {} : { whom }) },
  ];
  const none: readonly DueStep[] = [];
  switch (action) {
    case "escalate":
    case "cure":
    case "lapse":
    case "abandon":
    case "record-move":
    case "release-hold":
      return as("anyone", action);
    case "reduce":
      return worth?.tier === 2 && view.attestation?.tier !== 1 && view.attestation?.tier !== 0
        ? as("venue", action)
        : none;
    case "show-equity":
      return worth !== undefined && changes(view, worth) ? as("venue", action) : none;
    case "bid":
      return worth !== undefined && worth.tier > HEALTHY && facts.isListed && bidOf(view, actor) === undefined
        ? as("liquidator", action)
        : none;
    case "reveal":
      return bidOf(view, actor)?.status === "committed" ? as("liquidator", action) : none;
    case "settle":
      return isTurn(view, actor) && worth !== undefined && !mustLeave(view.auction, worth)
        ? as("liquidator", action)
        : none;
    case "leave":
      return isTurn(view, actor) && worth !== undefined && mustLeave(view.auction, worth)
        ? as("liquidator", action)
        : none;
    case "buy":
      return worth !== undefined && isCheap(view, actor, worth) ? as("liquidator", action) : none;
    case "take-over":
      return view.isAnchored && worth !== undefined && worth.lots === 0n && worth.tier > HEALTHY
        ? as("operator", action)
        : none;
    // Of all bonds at once: see `bonds`.
    case "reclaim":
    case "sweep or reclaim":
    case "anchor":
    case "deposit-cure":
      return none;
  }
}

/** The venue shows a case's account to whoever may bid, while bids are made. */
function disclosures(
  { case: found, auction, served, isOver }: CaseView,
  facts: CaseFacts,
): readonly DueStep[] {
  const isBidding = found.status === "sealed" && auction !== undefined && served < auction.commitUntil;
  if (!isBidding || isOver || facts.worth === undefined) return [];
  return facts.undisclosed.map((whom) => ({ act: "disclose", role: "venue", whom }));
}

/** Whether a proof of the equity would move the case. */
function changes({ case: found }: CaseView, { tier, lots }: NonNullable<CaseFacts["worth"]>): boolean {
  if (found.status === "sealed" || tier <= HEALTHY) return true;
  return found.status === "sale" ? lots === 0n : lots > 0n;
}

function bidOf({ auction }: CaseView, { address }: Actor) {
  return auction?.bids.find(({ bidder }) => isSameAddress(bidder, address));
}

function isTurn({ auction }: CaseView, { address }: Actor): boolean {
  return auction?.leader !== undefined && isSameAddress(auction.leader.bidder, address);
}

/** Whether the equity's floor has risen above the bid, or the account is healthy: then the leader leaves with its bond. */
function mustLeave(
  auction: AuctionView | undefined,
  { tier, lots }: NonNullable<CaseFacts["worth"]>,
): boolean {
  const { leader, parameters } = auction ?? {};
  if (leader === undefined || parameters === undefined) return false;
  return tier <= HEALTHY || discounted(lots, BigInt(parameters.maxDiscount)) > leader.cash;
}

function isCheap(
  { sale }: CaseView,
  { rules }: Actor,
  { tier, lots }: NonNullable<CaseFacts["worth"]>,
): boolean {
  if (rules.buy === 0n || tier <= HEALTHY || lots === 0n) return false;
  return discounted(lots, sale.discount) * MILLION <= lots * rules.buy;
}

/** Once a case is closed: one's own bonds come back, and those of bids that were never revealed go to the insurance fund. */
function bonds({ case: found, auction }: CaseView, { address }: Actor): readonly DueStep[] {
  if (auction === undefined || found.status !== "closed") return [];
  const wasEarly = found.closedServed < auction.revealUntil;
  return auction.bids.flatMap(({ bidder, status }): readonly DueStep[] => {
    const isOwn = isSameAddress(bidder, address);
    if (status === "revealed" || (status === "committed" && wasEarly))
      return isOwn ? [{ act: "reclaim", role: "liquidator", whom: bidder }] : [];
    return status === "committed" ? [{ act: "sweep", role: "anyone", whom: bidder }] : [];
  });
}
