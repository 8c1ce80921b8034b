import { describe, expect, it } from "vitest";
import { toField, toSigned } from "../../../src/math/field.ts";
import { isNetted, NetPositions, nettingChallenge, reservesHash } from "../../../src/portfolio/netting.ts";
import { type Holding, portfolioSums } from "../../../src/risk/requirement.ts";
import type { SolvencyAccount } from "../../../src/witness/solvency.ts";
import { stateHash } from "../../../src/witness/solvency-state.ts";
import { forge } from "../../helpers/circuit-attack.ts";
import { attackBatch } from "../../helpers/circuit-solvency.ts";
import {
  accountAt,
  batch,
  batchInputs,
  hold,
  places,
  report,
  reportInputs,
  snapshot,
  victim,
} from "../../helpers/circuit-solvency-fixture.ts";
import { at } from "../../helpers/r1cs.ts";
import { type MemoryRun, memoryRun } from "../../helpers/solvency-run.ts";

// Accounts that a venue makes up: every batch of such a run holds, and what is made up stands in its results. The verifier
// compares the netting sum with the reserves that zeta was made of.

const cash = (lots: bigint): Holding => hold(0, lots);

/** A run over some accounts, with the challenge that a verifier derives for the reserves. */
function venue(
  accounts: readonly (SolvencyAccount | null)[],
  reserves: readonly Holding[],
): MemoryRun & { readonly nets: boolean } {
  const { accountsRoot } = memoryRun(batch.instance, snapshot, accounts).plan;
  const zeta = nettingChallenge(accountsRoot, snapshot.snapshotId, reservesHash(reserves));
  const run = memoryRun(batch.instance, snapshot, accounts, { zeta });
  return { ...run, nets: isNetted(run.end.netting, zeta, reserves) };
}
const holds = (run: MemoryRun): boolean =>
  run.witnesses.every(({ inputs }) => forge(batch, inputs).caught.length === 0) &&
  forge(report, run.report.inputs).caught.length === 0;

const alice = accountAt(0, [hold(2, 5n), cash(1000n)]);
const bob = accountAt(1, [hold(2, -5n), cash(2000n)]);
const RESERVES = [cash(3000n)];

describe("netting", () => {
  it("holds for a venue whose positions net and whose collateral is its reserve", () => {
    const run = venue([alice, bob], RESERVES);
    expect(holds(run)).toBe(true);
    expect(run.nets).toBe(true);
  });

  it("differs for a position without a counterparty, on either side", () => {
    for (const other of [
      accountAt(1, [hold(2, -4n), cash(2000n)]),
      accountAt(1, [hold(2, -6n), cash(2000n)]),
      accountAt(1, [hold(3, -5n), cash(2000n)]),
    ]) {
      const run = venue([alice, other], RESERVES);
      expect(holds(run)).toBe(true);
      expect(run.nets).toBe(false);
    }
  });

  it("differs for collateral counted twice: in two accounts, or with one account in two places", () => {
    const shared = venue([alice, bob, accountAt(2, [cash(1000n)])], RESERVES);
    const twice = venue([alice, bob, alice], RESERVES);
    for (const run of [shared, twice]) {
      expect(holds(run)).toBe(true);
      expect(run.nets).toBe(false);
    }
    // It would take reserves of that much, which the vault must have (docs/reference/contracts/solvency.md).
    expect(venue([alice, bob, accountAt(2, [cash(1000n)])], [cash(4000n)]).nets).toBe(true);
  });

  it("differs for a negative balance: an account that owes collateral lends it to another", () => {
    const run = venue([accountAt(0, [cash(5000n)]), accountAt(1, [cash(-2000n)])], [cash(3000n)]);
    expect(run.nets).toBe(true); // it nets, but the debt is a shortfall
    expect(run.result.currentShortfall).toBe(2000n * 1_000_000n);
    expect(run.result.tiers[4]).toBe(1);
  });

  it("can't be said to be another sum: not in a batch, not in the report", () => {
    const run = venue([alice, accountAt(1, [hold(2, -4n), cash(2000n)])], RESERVES);
    const netted = venue([alice, bob], RESERVES).end.netting;
    const { inputs } = at(run.witnesses, 0);
    const lied = attackBatch(batch, inputs, {}, { "main.share.all.netting": netted });
    expect(lied.caught).toEqual([expect.stringMatching(/^law share\.all\.netting share\.netting\[0\]/)]);
    expect(forge(report, { ...run.report.inputs, netting: netted }).caught).toEqual(["state"]);
    const end = { ...run.end, netting: netted };
    expect(
      forge(report, { ...run.report.inputs, netting: netted, state: stateHash(run.plan, end) }).caught,
    ).toEqual([]);
  });

  it("can't be made under another challenge than the report shows", () => {
    const run = venue([alice, bob], RESERVES);
    const zeta = toField(run.plan.zeta + 1n);
    expect(forge(report, { ...run.report.inputs, zeta }).caught).toEqual(["state"]);
    const other = attackBatch(batch, at(run.witnesses, 0).inputs, {}, { "main.net[0].zeta": zeta });
    expect(other.caught).toEqual(["law net[0].zeta zeta"]);
  });
});

describe("a dummy account", () => {
  // The victim's fifth place loses in most states; its mirror wins there, and positions net.
  const positions = [hold(3, 25n), hold(6, -50n)];
  const loser = accountAt(0, positions, () => 0n);
  const mirror = accountAt(
    1,
    positions.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity })),
  );
  const collateral = new NetPositions();
  collateral.add([...loser.positions, ...mirror.positions]);
  const reserves = collateral.open;

  it("nets no loss away: shortfalls are added account by account, and the mirror has its own", () => {
    const alone = venue([loser, null], reserves); // its positions net with nobody
    const both = venue([loser, mirror], reserves);
    expect(holds(both)).toBe(true);
    expect(both.nets).toBe(true);
    const added = both.end.shortfall.map((total, s) => total - at(alone.end.shortfall, s));
    expect(alone.result.worstShortfall > 0n).toBe(true);
    expect(added.every((more) => more >= 0n)).toBe(true);
    expect(added.some((more) => more > 0n)).toBe(true);
    expect(both.result.worstShortfall >= alone.result.worstShortfall).toBe(true);
  });

  it("can't leave its own shortfall out", () => {
    const both = venue([loser, mirror], reserves);
    const { inputs } = at(both.witnesses, 0);
    const state = both.end.shortfall.findIndex(
      (_, s) => forge(batch, inputs).assignment.value(`main.account[1].shortfall[${s}]`) > 0n,
    );
    const { caught } = attackBatch(batch, inputs, {}, { [`main.account[1].shortfall[${state}]`]: 0n });
    expect(caught.filter((label) => label !== "second attained")).toEqual([
      expect.stringMatching(/^law account\[1\]\.shortfall\[\d\] account\[1\]\.uncovered\.shortfall\[\d\]/),
    ]);
  });
});

describe("negative equity", () => {
  it("isn't hidden by another account's surplus: shortfalls are never netted", () => {
    const equities = places.map(
      (account) => portfolioSums(snapshot.rows, account?.positions ?? [], snapshot.shape).equity,
    );
    expect(equities.reduce((sum, equity) => sum + equity, 0n) > 0n).toBe(true);
    const lacking = equities.reduce((sum, equity) => sum + (equity < 0n ? -equity : 0n), 0n);
    expect(lacking).toBe(123_000_001n);
    expect(victim.result.currentShortfall).toBe(lacking);
    expect(reportInputs["currentShortfall"]).toBe(lacking);
  });

  it("can't be netted within a batch, nor within a sum", () => {
    // Place 4 lacks 123 USD, place 5 has more than that.
    const inputs = at(batchInputs, 2);
    const { value } = forge(batch, inputs).assignment;
    const [poor, rich] = [0, 1].map((a) =>
      toSigned(toField(value(`main.account[${a}].portfolio.lane.equity`))),
    );
    expect(poor).toBe(-123_000_000n);
    expect((rich ?? 0n) > 123_000_000n).toBe(true);
    expect(value("main.share.all.shortfall[0]")).toBe(123_000_000n);
    const { caught } = attackBatch(batch, inputs, {}, { "main.share.all.shortfall[0]": 0n });
    expect(caught).toEqual([
      expect.stringMatching(/^law share\.all\.shortfall\[0\] share\.shortfall\[0\]\[0\]/),
    ]);
    expect(forge(report, { ...reportInputs, currentShortfall: 0n }).caught).toEqual(["currentShortfall"]);
  });
});
