import { expect } from "vitest";
import { bondOf } from "../../src/chain/liquidation/fees.ts";
import { CASCADE_PARAMETERS, UNITS_PER_LOT } from "../../src/demo/cascade/parameters.ts";
import { type CascadePlan, planCascade } from "../../src/demo/cascade/plan.ts";
import { demoAccounts } from "../../src/demo/portfolios.ts";
import { liquidationCircuits } from "../../src/liquidation/circuits.ts";
import { parseDecimal } from "../../src/math/decimal.ts";
import type { CircuitInstance, CoverageCircuit } from "../../src/prover/circuits.ts";
import { loadProofFile } from "../../src/prover/proof-file.ts";
import { loadHighs } from "../../src/risk/path/highs.ts";
import { marginReport } from "../../src/risk/report.ts";
import type { Snapshot } from "../../src/risk/snapshot.ts";
import { loadSnapshot } from "../../src/risk/snapshot-file.ts";
import { runCircuits } from "../../src/solvency/circuits.ts";
import { cli, cliJson, contentsOf, type Folder, temporaryFolder } from "../cli/harness.ts";

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
  readonly liquidation?: LiquidationJson;
}
interface LiquidationJson {
  readonly paths: readonly {
    readonly path: string;
    readonly account?: string;
    readonly outcome?: string;
    readonly events?: readonly string[];
    readonly holders?: readonly { readonly name: string; readonly closed: string; readonly lost: string }[];
    readonly proofs: number;
  }[];
  readonly waterfall: Readonly<
    Record<"loss" | "insuranceFund" | "gammaReserve" | "residual" | "leftByRounding", string>
  >;
  readonly fundsLocked: boolean;
  readonly money: {
    readonly rows: readonly {
      readonly kind: string;
      readonly name: string;
      readonly before: string;
      readonly after: string;
      readonly change: string;
    }[];
    readonly sum: string;
    readonly intoVault: string;
    readonly problems: readonly string[];
  };
}

/** Each account's tier before and after the crash, in whatever market. */
export const TIERS = [
  ["atlas", 0, 0],
  ["birch", 0, 2],
  ["cedar", 0, 3],
  ["dune", 0, 3],
  ["ember", 3, 4],
  ["fjord", 0, 0],
  ["grove", 0, 0],
];

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

/** The circuits of a demo at an instance. */
export function demoCircuits(circuit: CoverageCircuit): CircuitInstance[] {
  return [...Object.values(liquidationCircuits(circuit.name)), ...Object.values(runCircuits(circuit))];
}

/** Plays the whole demo, and checks what must hold of it in whatever market: tiers, liquidations, files. */
export async function expectDemo(...options: string[]): Promise<DemoJson> {
  const folder = temporaryFolder();
  try {
    const { code, out, err } = await cli("demo", ...options, "--json", "--out", folder.path);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const result = JSON.parse(out) as DemoJson;
    expectTrue(result);
    expect(tiersOf(result)).toEqual(TIERS);
    const markets = expectKept(result, folder);
    expectLiquidated(result, planCascade(markets, demoAccounts(markets), await loadHighs()));
    const proof = folder.file("cedar.after.proof.json");
    const verified = await cliJson("verify", proof, "-s", folder.file("after.snapshot.json"));
    expect(verified).toMatchObject({ valid: true, tier: 3 });
    return result;
  } finally {
    folder.remove();
  }
}

/** The times of both snapshots, to the hour. */
export function hoursOf({ snapshots }: DemoJson): string[] {
  return snapshots.map(({ time }) => new Date(Number(time) * 1000).toISOString().slice(0, 13));
}

/** What was kept says the same as what was printed. @returns both markets, derived again. */
function expectKept(result: DemoJson, folder: Folder): Record<"before" | "after", Snapshot> {
  expect(Object.keys(contentsOf(folder.path))).toHaveLength(2 + 1 + 14 + 1);
  expect(folder.readJson("liquidation.json")).toEqual(result.liquidation);
  const [before, after] = (["before", "after"] as const).map((moment) => {
    for (const { account, [moment]: made } of result.accounts) {
      const file = loadProofFile(folder.file(`${account}.${moment}.proof.json`));
      expect(file.signals.tier).toBe(made.tier);
    }
    // Loading derives every row again.
    return loadSnapshot(folder.file(`${moment}.snapshot.json`));
  });
  if (before === undefined || after === undefined) throw new Error("a snapshot is missing");
  expect([before, after].map(({ oracleRound }) => oracleRound)).toEqual([1, 2]);
  // The same accounts, rebuilt from the snapshot that was kept, are where the chain says they are.
  for (const [i, { portfolio }] of demoAccounts({ before, after }).entries()) {
    expect(marginReport(before, portfolio.positions).tier).toBe(result.accounts[i]?.before.attestedTier);
    expect(marginReport(after, portfolio.positions).tier).toBe(result.accounts[i]?.after.attestedTier);
  }
  return { before, after };
}

/** All five paths were walked on chain, the waterfall took its steps in order, and every cent is somewhere. */
function expectLiquidated({ liquidation }: DemoJson, plan: CascadePlan): void {
  if (liquidation === undefined) throw new Error("nothing was liquidated");
  const { paths, waterfall, money, fundsLocked } = liquidation;
  expect(paths.map(({ path, account, outcome }) => [path, account, outcome])).toEqual([
    ["soft liquidation", "birch", "cured"],
    ["sealed bids", "cedar", "awarded"],
    ["public sale", "dune", "sold"],
    ["takeover", "ember", "taken over"],
    ["auto-deleveraging", undefined, undefined],
  ]);
  for (const { proofs } of paths) expect(proofs).toBeGreaterThan(1);
  const [soft, sealed, sale, , closing] = paths;
  expect(soft?.events).toEqual(["CaseOpened", "CaseAdvanced", "CaseReduced", "CaseClosed"]);
  expect(sealed?.events).toEqual(
    expect.arrayContaining(["Disclosed", "BidRevealed", "BondForfeited", "Settled"]),
  );
  expect(sale?.events).toEqual(
    expect.arrayContaining(["PassedOver", "SealedFailed", "EquityShown", "Bought", "HoldReleased"]),
  );

  const cents = (text: string): bigint => parseDecimal(text, 6, "amount");
  const { loss, insuranceFund, gammaReserve, residual, leftByRounding } = waterfall;
  expect(cents(insuranceFund) + cents(gammaReserve) + cents(residual)).toBe(cents(loss));
  for (const part of [insuranceFund, gammaReserve, residual]) expect(cents(part) > 0n).toBe(true);
  // Of the residual each holder bore its part: two to one, as their lots are.
  const [first, second] = closing?.holders ?? [];
  expect(Number(first?.closed)).toBe(2 * Number(second?.closed));
  const borne = cents(first?.lost ?? "0") + cents(second?.lost ?? "0");
  expect(borne <= cents(residual) && borne > cents(residual) - cents(leftByRounding) - 10_000n).toBe(true);
  expect(fundsLocked).toBe(false);

  expect(money.problems).toEqual([]);
  expect(money.sum).toBe("0");
  expect(money.rows.reduce((sum, { change }) => sum + cents(change), 0n)).toBe(0n);
  const changeOf = (kind: string, name: string): bigint =>
    cents(money.rows.find((row) => row.kind === kind && row.name === name)?.change ?? "0");
  // Who took a portfolio gained what its owner lost; who broke its word twice lost two bonds, one of them a
  // share of what it had bid; nobody else's wallet moved.
  expect(changeOf("account", "heron")).toBe(-changeOf("account", "cedar"));
  expect(changeOf("account", "atlas")).toBe(-changeOf("account", "dune"));
  const { auction } = CASCADE_PARAMETERS;
  const defaulted = plan.bids.sale[0]?.cash ?? 0n;
  expect(bondOf(defaulted, UNITS_PER_LOT, auction)).toBeGreaterThan(auction.bidBond);
  expect(changeOf("wallet", "jay")).toBe(-auction.bidBond - bondOf(defaulted, UNITS_PER_LOT, auction));
  expect(changeOf("account", "fjord") < 0n && changeOf("account", "grove") < 0n).toBe(true);
  const moved = money.rows.filter(({ kind, change }) => kind === "wallet" && cents(change) !== 0n);
  const names = moved.map(({ name }) => name);
  expect(names.filter((name) => name !== "pool")).toEqual(["heron", "jay", "atlas"]);
}
