import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ACTS } from "../../../src/actions/liquidation/acts.ts";
import { type CaseAct, nextActions, phaseEnd } from "../../../src/chain/liquidation/next.ts";
import { standardParameters } from "../../../src/chain/liquidation/parameters.ts";
import type { AuctionView, BidView, SaleView } from "../../../src/chain/liquidation/read-auction.ts";
import type { CaseStatus, CaseView } from "../../../src/chain/liquidation/read-case.ts";
import { commands } from "../../../src/cli/commands.ts";
import { describeProgram } from "../../../src/cli/program.ts";

/** Where a case can be, as the contracts' test calls it (test/contracts/liquidation/LiquidationStates.t.sol). */
const PHASES = [
  ...(["soft", "bidding", "revealing", "turn", "failed", "unshown", "sale", "takeover"] as const),
  ...(["over", "closed"] as const),
] as const;
type Phase = (typeof PHASES)[number];

/** What `nextActions` and `ballast liquidate` call the contracts' calls. */
const NAMES: Readonly<Record<string, CaseAct>> = {
  ...{ reduce: "reduce", escalate: "escalate", cure: "cure", cureByTransfer: "deposit-cure" },
  ...{ abandon: "abandon", commitBid: "bid", revealBid: "reveal", settle: "settle", withdrawBid: "leave" },
  ...{ showEquity: "show-equity", lapse: "lapse", buy: "buy", takeOver: "take-over" },
};

const bidder = `0x${"aa".repeat(20)}` as const;
const { auction: bids, sale: sales } = standardParameters(10_000n, 10_000n);

const bid = (status: BidView["status"]): BidView => ({
  ...{ bidder, cash: 5n, status, bond: 7n, bidHash: "0x" },
});
const auction = (changes: Partial<AuctionView> = {}): AuctionView => ({
  ...{ version: 1, commitUntil: 1_300n, revealUntil: 1_600n, bids: [], leader: undefined, failsAt: 0n },
  ...{ settled: false, parameters: bids },
  ...changes,
});
const sale = (changes: Partial<SaleView> = {}): SaleView => ({
  ...{ discount: 20_000n, elapsed: 0n, startsUntil: 0n, hold: undefined, parameters: sales },
  ...changes,
});

/** A case at so many served seconds, of which a hundred passed without prices. */
function view(
  status: CaseStatus,
  served: bigint,
  rest: Partial<Pick<CaseView, "auction" | "sale" | "isOver">> & { readonly tier?: number } = {},
): CaseView {
  const { tier, ...given } = rest;
  return {
    ...{ block: 1n, time: served + 100n, served },
    case: {
      ...{
        caseId: 1n,
        accountId: 2n,
        commitment: 3n,
        status,
        outcome: "none",
        tier: 2,
        version: 1,
        proven: true,
      },
      ...{ challenger: bidder, openedAt: 1_100n, openedServed: 1_000n, phaseAt: 1_100n, phaseServed: 1_000n },
      ...{ until: status === "soft" ? 1_600n : 0n, endsAt: 9_000n, unservedLimit: 86_400n },
      ...{ snapshotTime: 900n, closedServed: 0n },
    },
    account: {} as never,
    attestation: tier === undefined ? undefined : { tier, snapshotTime: 900n },
    auction: undefined,
    sale: sale(),
    isOver: false,
    takeoverFrom: status === "takeover" ? 1_900n : 0n,
    isAnchored: true,
    ...given,
  };
}

/** A case in each phase, where everything that can be done there can be done now. */
const VIEWS: Readonly<Record<Phase, CaseView>> = {
  soft: view("soft", 1_700n, { tier: 2 }),
  bidding: view("sealed", 1_000n, { auction: auction() }),
  revealing: view("sealed", 1_300n, { auction: auction({ bids: [bid("committed")] }) }),
  turn: view("sealed", 1_600n, {
    auction: auction({
      ...{ bids: [bid("revealed")], leader: { bidder, cash: 5n, until: 1_900n }, failsAt: 1_900n },
    }),
  }),
  failed: view("sealed", 1_900n, {
    auction: auction({ failsAt: 1_900n }),
    sale: sale({ startsUntil: 2_500n }),
  }),
  unshown: view("sealed", 2_500n, {
    auction: auction({ failsAt: 1_900n }),
    sale: sale({ startsUntil: 2_500n }),
  }),
  sale: view("sale", 2_000n, { auction: auction({ failsAt: 1_900n }), sale: sale({ elapsed: 50n }) }),
  takeover: view("takeover", 1_900n),
  over: view("soft", 9_000n, { isOver: true }),
  closed: view("closed", 3_000n),
};

/** The phases in which a call goes through, as the contracts' test has them. */
const allowed = new Map<string, readonly string[]>(
  [
    ...readFileSync(
      new URL("../../contracts/liquidation/LiquidationStates.t.sol", import.meta.url),
      "utf8",
    ).matchAll(/_list\("(\w+)", "([\w ]+)"\);/g),
  ].map(([, call = "", phases = ""]) => [call, phases.split(" ")]),
);

/** What can be done now, with a cure's two ways: whether the account is attested healthy is not the phase's business. */
function possible(found: CaseView): Set<CaseAct> {
  const now = nextActions(found).filter(({ from }) => from === undefined || from <= found.time);
  const acts = new Set(now.map(({ action }) => action));
  if (acts.has("cure") || acts.has("deposit-cure")) acts.add("cure").add("deposit-cure");
  return acts;
}

describe("every call in every phase of a case", () => {
  it("is one that the contracts' test makes, and that has a name here", () => {
    expect([...allowed.keys()].sort()).toEqual(Object.keys(NAMES).sort());
    const phases = new Set([...allowed.values()].flat());
    expect(PHASES.filter((phase) => !phases.has(phase))).toEqual(["closed"]);
  });

  it.each(PHASES)("in %s: nextActions answers what goes through", (phase) => {
    const expected = Object.entries(NAMES).flatMap(([call, act]) =>
      allowed.get(call)?.includes(phase) === true ? [act] : [],
    );
    expect([...possible(VIEWS[phase])].sort()).toEqual(expected.sort());
  });

  it("is in the table of the protocol's page, with where it goes through", () => {
    const page = readFileSync(new URL("../../../docs/protocol/liquidation.md", import.meta.url), "utf8");
    const [table = ""] = page.slice(page.indexOf("| call |")).split("\n\n");
    const [head = [], , ...rows] = table
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));
    expect(head.slice(2, -1)).toEqual([...PHASES]);
    const shown = new Map(
      rows.map((row) => [row[1], PHASES.filter((_, i) => row[i + 2] === "yes")] as const),
    );
    expect(shown).toEqual(
      new Map([...allowed].map(([call, phases]) => [call, PHASES.filter((phase) => phases.includes(phase))])),
    );
  });
});

describe("nextActions", () => {
  const abandon = "abandon";
  const cases = [
    ["soft", view("soft", 1_000n), ["reduce", "escalate", "deposit-cure", abandon], 1_600n],
    ["soft, healthy again", view("soft", 1_000n, { tier: 1 }), ["reduce", "cure", abandon], 1_600n],
    [
      "soft, worse",
      view("soft", 1_000n, { tier: 3 }),
      ["escalate", "reduce", "deposit-cure", abandon],
      1_600n,
    ],
    ["bids", VIEWS.bidding, ["bid", "deposit-cure", abandon], 1_300n],
    [
      "reveals without bids",
      view("sealed", 1_300n, { auction: auction() }),
      ["deposit-cure", abandon],
      1_600n,
    ],
    ["reveals", VIEWS.revealing, ["reveal", "deposit-cure", abandon], 1_600n],
    ["a turn", VIEWS.turn, ["settle", "leave", "deposit-cure", abandon], 1_900n],
    ["a failure", VIEWS.failed, ["show-equity", "deposit-cure", abandon], 2_500n],
    ["a failure that nobody took up", VIEWS.unshown, ["lapse", "deposit-cure", abandon], 2_500n],
    ["a sale", VIEWS.sale, ["buy", "show-equity", "deposit-cure", abandon], 9_000n],
    ["a takeover", VIEWS.takeover, ["take-over", "show-equity", "deposit-cure", abandon], 9_000n],
    [
      "a takeover that no run anchors",
      { ...VIEWS.takeover, isAnchored: false },
      ["anchor", "take-over", "show-equity", "deposit-cure", abandon],
      9_000n,
    ],
    ["the end of its time", VIEWS.over, [abandon, "deposit-cure"], 1_600n],
    ["an end", VIEWS.closed, [], undefined],
    [
      "an end with bonds and a hold-back",
      view("closed", 3_000n, {
        auction: auction({ bids: [bid("revealed"), bid("settled"), bid("committed")] }),
        sale: sale({ hold: { buyer: bidder, releaseAt: 4_000n, amount: 3n, move: 0n } }),
      }),
      ["record-move", "release-hold", "reclaim", "sweep or reclaim"],
      undefined,
    ],
  ] as const;

  it.each(cases)("in %s", (_, found, expected, served) => {
    expect(nextActions(found).map(({ action }) => action)).toEqual(expected);
    // A hundred seconds were not served so far; from now on all are taken to be.
    const end = served === undefined ? undefined : served <= found.served ? found.time : served + 100n;
    expect(phaseEnd(found)).toBe(end);
  });

  it("answers what an action does, and a command of that name, each", async () => {
    const answered = new Set(cases.flatMap(([, found]) => nextActions(found).map(({ action }) => action)));
    expect(Object.keys(ACTS).sort()).toEqual([...answered].sort());
    const program = await describeProgram(commands);
    const group = program.commands.find((command) => command.name() === "liquidate");
    const names = group?.commands.map((command) => command.name());
    expect(names).toEqual(expect.arrayContaining([...answered].flatMap((name) => name.split(" or "))));
  });
});
