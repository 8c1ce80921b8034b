import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateAccounts } from "../../../src/chain/liquidation/ledger.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import type { Keeper } from "../../../src/service/keeper/keeper.ts";
import { lead } from "../../../src/service/leader.ts";
import { CASH, inNewWorld, type LiquidationStage, startLiquidation } from "../../chain/liquidation/stage.ts";
import { emptyDatabase } from "../../helpers/database.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { dyingAt } from "../parts.ts";
import { FALLEN, fallingInto } from "./falling.ts";
import { idOf, Venue } from "./venue.ts";

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

const onVenue = (work: (venue: Venue) => Promise<void>) =>
  inNewWorld(stage, async (world) => work(new Venue(world, await emptyDatabase())));

/** A desk that falls into a tier, and a maker that takes slices, both on the ledger and attested; then the fall. */
async function fall(venue: Venue, tier: number, keeper: Keeper): Promise<void> {
  await venue.market();
  await venue.tell("desk", fallingInto(venue.world, tier));
  await venue.tell("maker", [{ instrumentId: CASH, quantity: 50_000_000n }]);
  await venue.until(async () => (await venue.count("proofs", "state = 'attested'")) === 2, [keeper]);
  await venue.market(FALLEN);
}

const VENUE = { roles: ["anyone", "venue"], takers: ["maker"] } as const;

describe("a venue's keeper", () => {
  it("registers accounts, opens a proven breach, sells a slice that heals the account, and closes the case", () =>
    onVenue(async (venue) => {
      const keeper = venue.keeper("venue", VENUE);
      await fall(venue, 2, keeper);
      await venue.until(async () => (await venue.count("cases", "outcome = 'cured'")) === 1, [keeper]);
      await keeper.idle();
      expect(venue.said().filter((said) => !said.includes("begins"))).toEqual([
        "open: case 1 opened, soft",
        "case 1: reduce: a slice is sold, the account is in tier 0",
        "case 1: cure: closed: cured",
      ]);
      // What the ledger has is each account's newest version, so that nothing undoes it.
      for (const name of ["desk", "maker"]) {
        const { commitment } = await readAccount(stage.people.owner, stage.system, idOf(name));
        expect([name, (await venue.accounts.find(idOf(name)))?.commitment]).toEqual([name, commitment]);
      }
      expect(await venue.count("steps", "state = 'done' and cost > 0")).toBe(3);
      expect(await venue.count("jobs", "purpose = 'statement' and state = 'done'")).toBe(3);
      expect(await venue.count("statements", "sealed is not null")).toBe(0);
    }));

  it("undoes nothing that others made of an account, until the venue tells of it again", () =>
    onVenue(async (venue) => {
      const { people, system } = stage;
      const keeper = venue.keeper("venue", VENUE);
      const maker = idOf("maker");
      const onLedger = () => readAccount(people.owner, system, maker);
      const told = async () => (await venue.accounts.find(maker))?.commitment;
      const passes = async (count: number) => {
        for (let n = 0; n < count; n++) {
          await keeper.pass(new AbortController().signal);
          await venue.turn();
        }
      };
      await venue.market();
      await venue.tell("maker", [{ instrumentId: CASH, quantity: 50_000_000n }]);
      await venue.until(
        async () => (await onLedger().catch(() => undefined))?.commitment === (await told()),
        [keeper],
      );
      // As a deposit, a withdrawal or an award would: what the ledger has is none of the venue's versions.
      const { nonce } = await onLedger();
      await updateAccounts(people.venue, system, [[{ accountId: maker, commitment: 5n, nonce }]]);
      await venue.tell("maker", [{ instrumentId: CASH, quantity: 40_000_000n }]);
      await passes(3);
      expect((await onLedger()).commitment).toBe(5n);
      await venue.market();
      await venue.tell("maker", [{ instrumentId: CASH, quantity: 40_000_000n }]);
      await venue.until(async () => (await onLedger()).commitment === (await told()), [keeper]);
    }));

  it("does nothing in a dry run, nor what costs more than a step may, and says so", () =>
    onVenue(async (venue) => {
      await fall(venue, 2, venue.keeper("venue", VENUE));
      await venue.until(
        async () => (await venue.count("proofs", "tier = 2 and state = 'attested'")) === 1,
        [],
      );
      const dry = venue.keeper("venue", { ...VENUE, dryRun: true });
      for (let n = 0; n < 2; n++) await dry.pass(new AbortController().signal);
      expect(venue.said()).toEqual(["open: left: dry run"]);
      const poor = venue.keeper("venue", { ...VENUE, costOfStep: 1n });
      await poor.pass(new AbortController().signal);
      expect([
        await venue.count("calls", "state = 'waiting'"),
        await venue.count("steps", "state = 'held'"),
      ]).toEqual([0, 1]);
      await venue.until(
        async () => (await venue.count("cases", "true")) === 1,
        [venue.keeper("venue", VENUE)],
      );
    }));

  it("makes no proof and no transaction twice, though it is killed at any of its statements", () =>
    onVenue(async (venue) => {
      await fall(venue, 2, venue.keeper("venue", VENUE));
      const before = await venue.count("transactions", "true");
      const isCured = async () => (await venue.count("cases", "outcome = 'cured'")) === 1;
      let kills = 0;
      // Each life lasts some statements longer than the last one: all phases are cut somewhere.
      for (let life = 3; !(await isCured()); life += 2) {
        const killed = new AbortController();
        const keeper = venue.keeper("venue", VENUE, dyingAt(venue.database, life));
        try {
          for (let n = 0; n < 60 && !(await isCured()); n++) {
            await keeper.pass(killed.signal);
            await venue.turn();
          }
        } catch (error) {
          if ((error as Error).message !== "killed") throw error;
          kills++;
        }
        killed.abort();
        await keeper.idle().catch(() => {});
        if (life > 1_000) throw new Error(venue.said().join("\n"));
      }
      expect(kills).toBeGreaterThan(8);
      const isSettled = async () => (await venue.count("calls", "state in ('waiting', 'sending')")) === 0;
      await venue.until(isSettled, []);
      // Opening, attesting the rest, the slice, the cure; attestations by the plan besides.
      expect(
        await venue.count("calls", "state = 'done' and purpose like '%:%' and purpose not like 'accounts%'"),
      ).toBe(4);
      expect(await venue.count("calls", "state = 'refused'")).toBe(0);
      expect(await venue.count("jobs", "purpose = 'statement'")).toBe(3);
      expect((await venue.count("transactions", "state = 'reverted'")) + before).toBe(before);
    }));

  it("leads alone for its key: another process with the same one is ready, and nothing is done twice", () =>
    onVenue(async (venue) => {
      const { database } = venue;
      expect(await lead(database, "keeper 0xa", "one")).toBe(true);
      expect(await lead(database, "keeper 0xa", "other")).toBe(false);
      // And should both work all the same, as when a lead is lost in the midst: steps, calls and jobs are one.
      const both = [venue.keeper("venue", VENUE), venue.keeper("venue", VENUE)];
      await fall(venue, 2, both[0] as Keeper);
      await venue.until(async () => (await venue.count("cases", "outcome = 'cured'")) === 1, both);
      for (const keeper of both) await keeper.idle();
      expect(
        await venue.count("calls", "state = 'done' and purpose like '%:%' and purpose not like 'accounts%'"),
      ).toBe(4);
      expect(await venue.count("cases", "true")).toBe(1);
    }));
});
