import { endOfServed } from "../coverage/clock.ts";
import type { CaseView } from "./read-case.ts";

/** What can be done in a case, as `ballast liquidate` calls it. */
export type CaseAct =
  | "reduce"
  | "escalate"
  | "cure"
  | "deposit-cure"
  | "bid"
  | "reveal"
  | "settle"
  | "leave"
  | "show-equity"
  | "buy"
  | "lapse"
  | "anchor"
  | "take-over"
  | "abandon"
  | "record-move"
  | "release-hold"
  | "reclaim"
  | "sweep or reclaim";

/** Something that can be done in a case. Windows pass only while snapshots come in: times here are those if they go on to. */
export interface NextAction {
  readonly action: CaseAct;
  /** Who may. */
  readonly who: string;
  /** The first second in which it may be done, Unix; undefined: now. */
  readonly from?: bigint;
  /** The first second in which it may be done no more; undefined: as long as the phase lasts. */
  readonly until?: bigint;
  /** What must be there first, or what it costs. */
  readonly needs?: string;
}

/**
 * What can be done in a case at its block, the most urgent first; nothing when all is done.
 * @example
 * ```ts
 * import { connectReader } from "ballast";
 * import { type LiquidationSystem, nextActions, readCaseView } from "ballast/actions";
 * declare const system: LiquidationSystem;
 * const reader = await connectReader("http://127.0.0.1:8545");
 * for (const { action, who } of nextActions(await readCaseView(reader, system, 3n))) console.log(action, who);
 * ```
 */
export function nextActions(view: CaseView): NextAction[] {
  const { status, endsAt } = view.case;
  if (status === "closed") return closed(view);
  if (view.isOver) return [{ action: "abandon", who: "anyone" }, cure(view)];
  const acts = { soft, sealed, sale, takeover }[status](view);
  return [...acts, cure(view), { action: "abandon", who: "anyone", from: endOfServed(view, endsAt) }];
}

/** When the phase ends that the case is in if snapshots go on coming, Unix seconds; undefined where none is set. */
export function phaseEnd(view: CaseView): bigint | undefined {
  const { case: found, auction, sale, served } = view;
  const end = () => {
    switch (found.status) {
      case "soft":
        return found.until;
      case "sealed":
        if (auction === undefined) return undefined;
        if (served < auction.commitUntil) return auction.commitUntil;
        if (served < auction.revealUntil) return auction.revealUntil;
        return auction.leader?.until ?? sale.startsUntil;
      case "sale":
      case "takeover":
        return found.endsAt;
      case "closed":
        return undefined;
    }
  };
  const served_ = end();
  return served_ === undefined ? undefined : endOfServed(view, served_);
}

function soft(view: CaseView): NextAction[] {
  const { case: found, attestation } = view;
  const tier = attestation?.tier ?? 2;
  const reduce: NextAction = {
    action: "reduce",
    who: "the venue, or the operator to the house",
    needs: "a slice that makes the account no riskier",
  };
  const escalate: NextAction = { action: "escalate", who: "anyone" };
  if (tier >= 3) return [escalate, reduce];
  if (tier <= 1) return [reduce];
  return [reduce, { ...escalate, from: endOfServed(view, found.until) }];
}

function sealed(view: CaseView): NextAction[] {
  const { auction, sale, served } = view;
  if (auction === undefined) return [];
  const { commitUntil, revealUntil, leader, failsAt, bids } = auction;
  if (served < commitUntil)
    return [
      {
        action: "bid",
        who: "who was listed when the case opened",
        until: endOfServed(view, commitUntil),
        needs: "a bond",
      },
    ];
  if (served < revealUntil) {
    const hidden = bids.filter(({ status }) => status === "committed").map(({ bidder }) => bidder);
    const until = endOfServed(view, revealUntil);
    return hidden.length === 0
      ? []
      : [{ action: "reveal", who: hidden.join(", "), until, needs: "a share of the bid as its bond" }];
  }
  if (leader !== undefined && served < failsAt) {
    const turn = { who: leader.bidder, until: endOfServed(view, leader.until) };
    const cash = `a transfer for ${leader.cash} lots, or for the equity's floor where that is more`;
    return [
      { action: "settle", ...turn, needs: cash },
      { action: "leave", ...turn, needs: "a proof that the floor is more than the bid" },
    ];
  }
  if (served < sale.startsUntil) return [{ ...showEquity, until: endOfServed(view, sale.startsUntil) }];
  return [{ action: "lapse", who: "anyone" }];
}

const showEquity: NextAction = {
  action: "show-equity",
  who: "anyone who has the account's opening",
  needs: "a proof of its equity in the newest snapshot",
};

function sale(view: CaseView): NextAction[] {
  const percent = `${Number(view.sale.discount) / 10_000} %`;
  return [
    {
      action: "buy",
      who: "anyone with an account",
      until: endOfServed(view, view.case.endsAt),
      needs: `a transfer for the equity less ${percent} or more`,
    },
    showEquity,
  ];
}

function takeover(view: CaseView): NextAction[] {
  const anchor: NextAction = {
    action: "anchor",
    who: "anyone who has a path of the accounts tree",
    needs: "a closed solvency run that counted the account: without one nobody takes it over",
  };
  return [
    ...(view.isAnchored ? [] : [anchor]),
    {
      action: "take-over",
      who: "the operator",
      from: endOfServed(view, view.takeoverFrom),
      needs: view.isAnchored
        ? "a proof that less than a lot of equity is left"
        : "an anchor, and a proof that less than a lot of equity is left",
    },
    showEquity,
  ];
}

function closed({ auction, sale }: CaseView): NextAction[] {
  const bonds = (auction?.bids ?? []).filter(({ status }) => status === "revealed" || status === "committed");
  const { hold } = sale;
  return [
    ...(hold === undefined
      ? []
      : ([
          { action: "record-move", who: "anyone" },
          { action: "release-hold", who: "anyone", from: hold.releaseAt },
        ] satisfies NextAction[])),
    ...bonds.map(
      ({ bidder, status }): NextAction => ({
        action: status === "revealed" ? "reclaim" : "sweep or reclaim",
        who: "anyone",
        needs: `the bond of ${bidder}`,
      }),
    ),
  ];
}

function cure({ attestation }: CaseView): NextAction {
  const tier = attestation?.tier;
  if (tier !== undefined && tier <= 1) return { action: "cure", who: "anyone" };
  return {
    action: "deposit-cure",
    who: "anyone who has the account's opening",
    needs: "collateral that makes the account healthy",
  };
}
