import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CaseView } from "../../../src/chain/liquidation/read-case.ts";
import { type CaseFacts, stepsDue } from "../../../src/service/keeper/due.ts";
import { KEEPER_ROLES, KEEPER_RULES, type KeeperRules } from "../../../src/service/keeper/rules.ts";
import { GAS_AT_MOST, objection, worthOf } from "../../../src/service/keeper/worth.ts";

const ME = "0x00000000000000000000000000000000000000a1";
const OTHER = "0x00000000000000000000000000000000000000b2";

/** A case at served second 1,000 and Unix second 2,000. */
function view(status: CaseView["case"]["status"], more: object = {}, found: object = {}): CaseView {
  return {
    ...{ block: 1n, time: 2_000n, served: 1_000n, isOver: false, takeoverFrom: 1_000n, isAnchored: false },
    case: {
      ...{
        caseId: 3n,
        accountId: 7n,
        status,
        until: 2_000n,
        endsAt: 90_000n,
        closedServed: 900n,
        version: 2,
      },
      ...found,
    },
    ...{ attestation: { tier: 2, snapshotTime: 1_900n }, auction: undefined },
    sale: { discount: 100_000n, startsUntil: 2_000n, hold: undefined, parameters: {} },
    ...more,
  } as unknown as CaseView;
}
const auction = (more: object = {}) => ({
  auction: {
    ...{ commitUntil: 900n, revealUntil: 950n, failsAt: 5_000n, settled: false, leader: undefined, bids: [] },
    parameters: { maxDiscount: 250_000 },
    ...more,
  },
});
const bid = (bidder: string, status: string) => ({ bidder, status, cash: 0n, bond: 5n, bidHash: "0x" });
const FACTS: CaseFacts = { worth: { tier: 2, lots: 1_000n }, undisclosed: [], isListed: true };

function due(
  of: CaseView,
  facts: Partial<CaseFacts> = {},
  rules: Partial<KeeperRules> = {},
): readonly string[] {
  const actor = { address: ME, rules: { ...KEEPER_RULES, roles: KEEPER_ROLES, ...rules } } as const;
  return stepsDue(of, actor, { ...FACTS, ...facts }).map(({ act, role }) => `${role}: ${act}`);
}

describe("what a keeper does in a case", () => {
  it.each<[string, CaseView, Partial<CaseFacts>, readonly string[]]>([
    ["sells a slice in the soft window", view("soft"), {}, ["venue: reduce"]],
    ["sells none where it can't open the account", view("soft"), { worth: undefined }, []],
    [
      "escalates at once in tier 3",
      view("soft", { attestation: { tier: 3, snapshotTime: 1n } }),
      { worth: { tier: 3, lots: 1n } },
      ["anyone: escalate"],
    ],
    [
      "escalates when the window is over",
      view("soft", {}, { until: 1_000n }),
      {},
      ["venue: reduce", "anyone: escalate"],
    ],
    [
      "closes what is healthy",
      view("soft", { attestation: { tier: 1, snapshotTime: 1n } }),
      {},
      ["anyone: cure"],
    ],
    [
      "discloses and bids while bids are made",
      view("sealed", auction({ commitUntil: 1_500n, revealUntil: 1_600n })),
      { undisclosed: [OTHER] },
      ["venue: disclose", "liquidator: bid"],
    ],
    [
      "bids once, and only where it is listed",
      view("sealed", auction({ commitUntil: 1_500n, revealUntil: 1_600n, bids: [bid(ME, "committed")] })),
      {},
      [],
    ],
    [
      "bids not where it isn't listed",
      view("sealed", auction({ commitUntil: 1_500n, revealUntil: 1_600n })),
      { isListed: false },
      [],
    ],
    [
      "reveals its own bid",
      view("sealed", auction({ revealUntil: 1_600n, bids: [bid(ME, "committed"), bid(OTHER, "committed")] })),
      {},
      ["liquidator: reveal"],
    ],
    [
      "settles in its turn",
      view("sealed", auction({ leader: { bidder: ME, cash: 900n, until: 1_100n } })),
      {},
      ["liquidator: settle"],
    ],
    [
      "leaves when the floor is above its bid",
      view("sealed", auction({ leader: { bidder: ME, cash: 700n, until: 1_100n } })),
      {},
      ["liquidator: leave"],
    ],
    [
      "does nothing in another's turn",
      view("sealed", auction({ leader: { bidder: OTHER, cash: 9n, until: 1_100n } })),
      {},
      [],
    ],
    [
      "shows the equity after the sealed phase failed",
      view("sealed", auction({ failsAt: 1_000n })),
      {},
      ["venue: show-equity"],
    ],
    [
      "ends what nobody showed in time",
      view("sealed", { ...auction({ failsAt: 900n }), sale: { startsUntil: 1_000n, discount: 0n } }),
      {},
      ["anyone: lapse"],
    ],
    ["shows no equity that changes nothing in a sale", view("sale"), {}, []],
    [
      "moves a sale on without a lot of equity",
      view("sale"),
      { worth: { tier: 4, lots: 0n } },
      ["venue: show-equity"],
    ],
    ["takes over nothing that no run has counted", view("takeover"), { worth: { tier: 4, lots: 0n } }, []],
    [
      "takes over what has less than a lot",
      view("takeover", { isAnchored: true }),
      { worth: { tier: 4, lots: 0n } },
      ["operator: take-over"],
    ],
    ["gives up what has come to its end", view("sale", { isOver: true }), {}, ["anyone: abandon"]],
    [
      "takes its bond back, and sweeps what was never revealed",
      view("closed", {
        ...auction({
          revealUntil: 800n,
          bids: [bid(ME, "revealed"), bid(OTHER, "committed"), bid(OTHER, "settled")],
        }),
      }),
      {},
      ["liquidator: reclaim", "anyone: sweep"],
    ],
    ["leaves others' bonds to them", view("closed", auction({ bids: [bid(OTHER, "revealed")] })), {}, []],
  ])("%s", (_, of, facts, expected) => {
    expect(due(of, facts)).toEqual(expected);
  });

  it("buys in a public sale at its price or less", () => {
    expect(due(view("sale"), {}, { buy: 900_000n })).toEqual(["liquidator: buy"]);
    expect(due(view("sale"), {}, { buy: 899_999n })).toEqual([]);
  });

  it("does nothing for a role that it hasn't", () => {
    expect(due(view("soft", {}, { until: 1_000n }), {}, { roles: ["anyone"] })).toEqual(["anyone: escalate"]);
  });
});

describe("what a step is worth", () => {
  const prices = { gas: 10n ** 9n, unitsPerLot: 10_000n };

  it("counts the gas of each act for at least what is measured", () => {
    const table = readFileSync(new URL("../../../docs/reference/gas.md", import.meta.url), "utf8");
    const measured = (row: string): bigint => {
      const [, gas] = new RegExp(`^\\| ${row} \\| ([0-9,]+) \\|$`, "m").exec(table) ?? [];
      if (gas === undefined) throw new Error(`the table has no ${row}`);
      return BigInt(gas.replaceAll(",", ""));
    };
    const attest = measured("one");
    expect(GAS_AT_MOST.open).toBeGreaterThan(measured("open a case"));
    expect(GAS_AT_MOST.cure).toBeGreaterThan(measured("cure"));
    expect(GAS_AT_MOST.reduce).toBeGreaterThan(
      measured("move a slice to another account, two proofs") + attest,
    );
    expect(GAS_AT_MOST.bid).toBeGreaterThan(measured("commit a bid"));
    expect(GAS_AT_MOST.reveal).toBeGreaterThan(measured("reveal it"));
    expect(GAS_AT_MOST.settle).toBeGreaterThan(measured("settle an award, two proofs") + attest);
    expect(GAS_AT_MOST.buy).toBeGreaterThan(measured("buy, two proofs") + attest);
    expect(GAS_AT_MOST["show-equity"]).toBeGreaterThan(measured("open a public sale, one proof"));
    expect(GAS_AT_MOST["release-hold"]).toBeGreaterThan(measured("release a hold-back"));
    expect(GAS_AT_MOST["take-over"]).toBeGreaterThan(measured("take a portfolio over, two proofs"));
  });

  it("is left where it costs more than it may, or, as anyone, more than it pays", () => {
    const rules = { ...KEEPER_RULES, costOfStep: 10n ** 16n, bondOfStep: 99n };
    const settling = { act: "settle-challenge", role: "anyone" } as const;
    const worth = worthOf(settling, prices, rules, { reward: 1_000n });
    expect(worth).toEqual({ cost: GAS_AT_MOST["settle-challenge"] * prices.gas, bond: 0n, pays: 1_000n });
    expect(objection(settling, worth, rules)).toBeUndefined();
    const paid = { ...rules, onlyPaid: true, weiPerUnit: worth.cost / 1_000n };
    expect(objection(settling, worth, paid)).toBeUndefined();
    expect(objection(settling, worth, { ...paid, weiPerUnit: paid.weiPerUnit - 1n })).toContain("pays less");
    expect(objection({ ...settling, role: "venue" }, worth, { ...paid, weiPerUnit: 0n })).toBeUndefined();
    expect(objection(settling, worth, { ...rules, costOfStep: 1n })).toContain("gas");
    expect(objection(settling, { ...worth, bond: 100n }, rules)).toContain("bond");
  });
});
