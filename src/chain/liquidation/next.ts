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
  | "open-sale"
  | "buy"
  | "lapse"
  | "take-over"
  | "abandon"
  | "release-hold"
  | "reclaim"
  | "sweep or reclaim";

/** Something that can be done in a case. */
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
  switch (view.case.status) {
    case "soft":
      return soft(view);
    case "sealed":
      return sealed(view);
    case "sale":
      return sale(view);
    case "takeover":
      return [
        { action: "take-over", who: "the operator" },
        cure(view),
        ...after("abandon", view.case.deadline + 1n),
      ];
    case "closed":
      return closed(view);
  }
}

/** When the phase ends that the case is in, Unix seconds; undefined where none is set. */
export function phaseEnd({ case: found, auction, time }: CaseView): bigint | undefined {
  switch (found.status) {
    case "soft":
    case "takeover":
      return found.deadline;
    case "sealed":
      if (auction === undefined) return undefined;
      if (time < auction.commitUntil) return auction.commitUntil;
      if (time < auction.revealUntil) return auction.revealUntil;
      return auction.leader?.until ?? auction.saleStartUntil;
    case "sale":
      return auction?.sale?.saleUntil;
    case "closed":
      return undefined;
  }
}

function soft(view: CaseView): NextAction[] {
  const { case: found, attestation } = view;
  const tier = attestation?.tier ?? 2;
  const reduce: NextAction = {
    action: "reduce",
    who: "the venue, or the operator to the house",
    needs: "a slice that makes the account no riskier",
  };
  if (tier >= 3) return [{ action: "escalate", who: "anyone" }, reduce, cure(view)];
  if (tier <= 1) return [cure(view), reduce];
  return [reduce, cure(view), ...after("escalate", found.deadline + 1n)];
}

function sealed(view: CaseView): NextAction[] {
  const { auction, time } = view;
  if (auction === undefined) return [cure(view)];
  const { commitUntil, revealUntil, leader, failsAt, saleStartUntil, bids } = auction;
  if (time < commitUntil)
    return [{ action: "bid", who: "listed liquidators", until: commitUntil, needs: "a bond" }, cure(view)];
  if (time < revealUntil) {
    const hidden = bids.filter(({ status }) => status === "committed").map(({ bidder }) => bidder);
    const reveal: NextAction = { action: "reveal", who: hidden.join(", "), until: revealUntil };
    return [...(hidden.length === 0 ? [] : [reveal]), cure(view)];
  }
  if (leader !== undefined && time < failsAt)
    return [
      {
        action: "settle",
        who: leader.bidder,
        until: leader.until,
        needs: `a transfer for ${leader.cash} lots`,
      },
      cure(view),
    ];
  if (time < saleStartUntil)
    return [
      {
        action: "open-sale",
        who: "anyone",
        until: saleStartUntil,
        needs: "a proof of the account's equity",
      },
      cure(view),
    ];
  return [{ action: "lapse", who: "anyone" }, cure(view)];
}

function sale(view: CaseView): NextAction[] {
  const found = view.auction?.sale;
  if (found === undefined) return [cure(view)];
  if (view.time >= found.saleUntil) return [{ action: "lapse", who: "anyone" }, cure(view)];
  return [
    {
      action: "buy",
      who: "anyone with an account",
      until: found.saleUntil,
      needs: `a transfer for ${found.price} lots or more`,
    },
    cure(view),
  ];
}

function closed({ auction }: CaseView): NextAction[] {
  if (auction === undefined) return [];
  const { bids, hold } = auction;
  const bonds = bids.filter(({ status }) => status === "revealed" || status === "committed");
  return [
    ...(hold === undefined ? [] : after("release-hold", hold.releaseAt)),
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

function after(action: CaseAct, from: bigint): NextAction[] {
  return [{ action, who: "anyone", from }];
}
