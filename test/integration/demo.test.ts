import { describe, expect, it } from "vitest";
import { demoAccounts } from "../../src/cli/demo/portfolios.ts";
import { loadProofFile } from "../../src/prover/proof-file.ts";
import { marginReport } from "../../src/risk/report.ts";
import { loadSnapshot } from "../../src/risk/snapshot.ts";
import { cli, cliJson, contentsOf, temporaryFolder } from "../cli/harness.ts";
import { sharedData } from "../helpers/shared-data.ts";

interface Moment {
  readonly tier: number;
  readonly attestedTier: number;
  readonly commitment: string;
  readonly equity: string;
}
interface DemoJson {
  readonly story: string;
  readonly expiredAttestations: number;
  readonly snapshots: readonly {
    readonly snapshotId: string;
    readonly time: string;
    readonly rows: number;
  }[];
  readonly gas: readonly { readonly perAttestation: string }[];
  readonly accounts: readonly {
    readonly account: string;
    readonly before: Moment;
    readonly after: Moment;
  }[];
}

/** What must hold of every demo: the chain says what the model says, and old attestations don't outlive the market. */
function expectTrue(result: DemoJson): void {
  expect(result.accounts).toHaveLength(7);
  expect(result.expiredAttestations).toBe(7);
  for (const { before, after } of result.accounts) {
    expect(before.attestedTier).toBe(before.tier);
    expect(after.attestedTier).toBe(after.tier);
    expect(after.commitment).toBe(before.commitment);
  }
  expect(new Set(result.accounts.map(({ after }) => after.commitment)).size).toBe(7);
}
const tiersOf = ({ accounts }: DemoJson) =>
  accounts.map(({ account, before, after }) => [account, before.tier, after.tier]);

describe("ballast demo", { timeout: 600_000 }, () => {
  it("tells the bundled story to its end, and keeps what it made", async () => {
    const folder = temporaryFolder();
    const result = await cliJson<DemoJson>("demo", "--out", folder.path);
    expectTrue(result);
    expect(tiersOf(result)).toEqual([
      ["atlas", 0, 0],
      ["birch", 0, 2],
      ["cedar", 0, 3],
      ["dune", 0, 3],
      ["ember", 3, 4],
      ["fjord", 0, 0],
      ["grove", 0, 0],
    ]);
    expect(result.snapshots.map(({ rows }) => rows)).toEqual([235, 235]);
    const [first, last] = result.snapshots.map(({ time }) => Number(time));
    expect((last ?? 0) - (first ?? 0)).toBe(86_400);

    expect(Object.keys(contentsOf(folder.path))).toHaveLength(2 + 1 + 14);
    for (const moment of ["before", "after"] as const) {
      const snapshot = folder.file(`${moment}.snapshot.json`);
      expect((await cli("snapshot", "verify", snapshot)).code).toBe(0);
      for (const { account, [moment]: made } of result.accounts) {
        const file = loadProofFile(folder.file(`${account}.${moment}.proof.json`));
        expect(file.signals.tier).toBe(made.tier);
      }
    }
    // The same accounts, rebuilt from the snapshot that was kept, are where the chain says they are.
    const [before, after] = ["before", "after"].map((moment) =>
      loadSnapshot(folder.file(`${moment}.snapshot.json`)),
    );
    if (before === undefined || after === undefined) throw new Error("a snapshot is missing");
    for (const [i, { portfolio }] of demoAccounts({ before, after }).entries()) {
      expect(marginReport(before, portfolio.positions).tier).toBe(result.accounts[i]?.before.attestedTier);
      expect(marginReport(after, portfolio.positions).tier).toBe(result.accounts[i]?.after.attestedTier);
    }
    const proof = folder.file("cedar.after.proof.json");
    const verified = await cliJson("verify", proof, "-s", folder.file("after.snapshot.json"));
    expect(verified).toMatchObject({ valid: true, tier: 3 });
    folder.remove();
  });

  it("finds the day before the recorded crash by itself, and the tiers move", async () => {
    const chain = sharedData("deribit-chains/deribit_options_snapshot_20260205T212937Z.csv.gz");
    const { code, out, err } = await cli("demo", "--chain", chain, "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const result = JSON.parse(out) as DemoJson;
    expectTrue(result);
    expect(result.story).toMatch(/^recorded: .*20260204T213308Z.*, then .*20260205T212937Z/);
    const [before, after] = result.snapshots.map(({ time }) => new Date(Number(time) * 1000).toISOString());
    expect(before).toMatch(/^2026-02-04T21:/);
    expect(after).toMatch(/^2026-02-05T21:/);
    expect(tiersOf(result)).toEqual([
      ["atlas", 0, 0],
      ["birch", 0, 2],
      ["cedar", 0, 3],
      ["dune", 0, 3],
      ["ember", 3, 4],
      ["fjord", 0, 0],
      ["grove", 0, 0],
    ]);
  });
});
