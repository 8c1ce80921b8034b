import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PathPlan, plannedSlice } from "../../src/liquidation/path-plan.ts";
import { parsePortfolio } from "../../src/portfolio/format.ts";
import { marginReport } from "../../src/risk/report.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { netPositions } from "../../src/risk/transfer.ts";
import { cli, cliJson, temporaryFolder } from "./harness.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const file = folder.file("s.json");
/** A short straddle whose delta is hedged, in tier 2. */
const DESK = {
  account: "desk-7",
  positions: [
    { instrument: "BTC-27MAR26-80000-P", quantity: "-60" },
    { instrument: "BTC-27MAR26-100000-C", quantity: "-45" },
    { instrument: "ETH-27MAR26-2600-P", quantity: "-300" },
    { instrument: "BTC-PERPETUAL", quantity: "-900000" },
    { instrument: "USDC", quantity: "1010000" },
  ],
};
const desk = folder.write("desk.json", JSON.stringify(DESK));
let snapshot: Snapshot;
beforeAll(async () => {
  await cliJson("snapshot", "build", "-o", file);
  snapshot = loadSnapshot(file);
});
const path = (...more: string[]) => ["path", "-s", file, "-p", desk, ...more];

describe("ballast path", () => {
  it("writes a plan whose slices, one after the other, end at the tier that it says", async () => {
    const output = folder.file("plan.json");
    const plan = await cliJson<PathPlan>(...path("--slices", "3", "--max-penalty", "20", "-o", output));
    expect(JSON.parse(readFileSync(output, "utf8"))).toEqual(plan);
    expect(statSync(output).mode & 0o077).toBe(0);
    expect(plan).toMatchObject({ account: "desk-7", before: { tier: 2 }, convex: true });
    expect(plan.slices).toHaveLength(3);
    let { positions } = parsePortfolio(DESK, snapshot);
    for (const [i, slice] of plan.slices.entries()) {
      const { moved, cash } = plannedSlice(plan, snapshot, i + 1);
      const given = moved.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
      positions = netPositions(positions, given, [{ instrumentId: 1, quantity: cash }]);
      const { tier, equity, requirement } = marginReport(snapshot, positions);
      expect(slice.after).toMatchObject({ tier, equity, requirement });
    }
    expect(plan.slices.at(-1)?.after.tier).toBe(1);
    expect(Number(plan.gap)).toBeLessThan(0.02);
    expect(Number(plan.bound)).toBeLessThanOrEqual(Number(plan.cost));
  });

  it("is a table of at most 80 columns for people", async () => {
    const { code, out } = await cli(...path("--slices", "2", "--first", "gamma"));
    expect(code).toBe(0);
    expect(out).toContain("desk-7: tier 2 soft liquidation to 1 below initial in 2 slices");
    expect(out).toContain("No path costs less than");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("trades what it may, and says with exit code 1 how much cash is lacking where that doesn't do", async () => {
    const { code, out } = await cli(...path("--only", "BTC-27MAR26-80000-P", "--target", "0", "--json"));
    const { lacking, before } = JSON.parse(out) as { lacking: string; before: PathPlan["before"] };
    expect([code, before.tier]).toEqual([1, 2]);
    const richer = DESK.positions.map((position) =>
      position.instrument === "USDC"
        ? { ...position, quantity: String(Number(position.quantity) + Number(lacking) / 100) }
        : position,
    );
    const paid = folder.write("paid.json", JSON.stringify({ ...DESK, positions: richer }));
    const plan = await cliJson<PathPlan>(
      ...["path", "-s", file, "-p", paid, "--only", "BTC-27MAR26-80000-P", "--target", "0"],
    );
    expect(plan.slices.at(-1)?.after.tier).toBe(0);
    const names = plan.slices.flatMap(({ moved }) => moved.map(({ instrument }) => instrument));
    expect(new Set(names)).toEqual(new Set(["BTC-27MAR26-80000-P"]));
  });

  it("has nothing to trade for an account at its target", async () => {
    const { code, out } = await cli(...path("--target", "2"));
    expect([code, out]).toEqual([0, expect.stringContaining("nothing to trade")]);
  });

  it.each([
    ["--target", "3"],
    ["--slices", "101"],
    ["--margin", "-1"],
    ["--first", "delta"],
  ])("refuses %s %s", async (...flags) => {
    expect((await cli(...path(...flags))).code).toBe(2);
  });
});

describe("a plan", () => {
  it("is refused in another snapshot, for a slice that it hasn't, and in another form", async () => {
    const plan = await cliJson<PathPlan>(...path());
    expect(() => plannedSlice({ ...plan, snapshotId: `0x${"0".repeat(64)}` }, snapshot, 1)).toThrow(
      "another snapshot",
    );
    expect(() => plannedSlice(plan, snapshot, 2)).toThrow("has 1 slices, and no slice 2");
    expect(() => plannedSlice({ ...plan, cots: "1" }, snapshot, 1)).toThrow('unknown key "cots"');
  });
});
