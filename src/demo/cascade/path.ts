import { readTimeline } from "../../chain/liquidation/events.ts";
import { type CaseOutcome, readCase } from "../../chain/liquidation/read-case.ts";
import type { Effort, World } from "./world.ts";

/** One way a liquidation went. */
export interface CascadePath {
  readonly path: PathName;
  /** The account that it was about. */
  readonly account: string;
  readonly caseId: bigint;
  /** What the chain says it came to. */
  readonly outcome: CaseOutcome;
  /** What happened, for people. */
  readonly story: string;
  /** Events of engine and auction about the case, in the chain's order. */
  readonly events: readonly string[];
  readonly effort: Effort;
}

export type PathName = "soft liquidation" | "sealed bids" | "public sale" | "takeover" | "auto-deleveraging";

/** What a path's module tells of what it did. */
export interface Told {
  readonly caseId: bigint;
  readonly story: string;
}

/** What the chain says that a path came to. */
export async function pathOf(
  world: World,
  path: PathName,
  account: string,
  { caseId, story }: Told,
): Promise<CascadePath> {
  const { people, system } = world.stage;
  const { outcome } = await readCase(people.owner, system, caseId);
  const events = await readTimeline(people.owner, system, caseId);
  return {
    ...{ path, account, caseId, outcome, story },
    events: events.map(({ name }) => name),
    effort: world.effortOf(path),
  };
}
