import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeExpiredOf } from "../../../src/actions/liquidation/expiry.ts";
import { cureCase, openCase } from "../../../src/chain/liquidation/cases.ts";
import { readClosings, readDeliveryAccount } from "../../../src/chain/liquidation/expiry.ts";
import { readCase } from "../../../src/chain/liquidation/read-case.ts";
import { readAccount } from "../../../src/chain/liquidation/read-ledger.ts";
import { readDelivery, readDeliveryBook, recordDeliveries } from "../../../src/chain/snapshot/delivery.ts";
import { commitmentOf, isSameAccount, type OpenAccount } from "../../../src/liquidation/account.ts";
import { afterClosing } from "../../../src/liquidation/expiry.ts";
import { toField } from "../../../src/math/field.ts";
import { randomSalt } from "../../../src/portfolio/commitment.ts";
import { SMALL, useSimulatedProofs } from "../../helpers/simulated-proofs.ts";
import { w } from "../../risk/fixtures.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  marketAt,
  refused,
  SLOTS,
  startLiquidation,
  type World,
} from "./stage.ts";

const PUT = "BTC-27MAR26-60000-P";
const TRADER = 2n;
const MAKER = 3n;
const DELIVERY = 77n;
/** 2026-03-27T08:00Z */
const EXPIRY = 1_774_598_400n;
/** A lot is 0.1 BTC: 60,000 - 58,765.43, to the cent. */
const WORTH = 123_460_000n;

useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

/** Half an hour before the expiry: a trader short of puts, in a case, and who holds them. */
async function begin(world: World): Promise<bigint> {
  const { dave } = stage.people;
  await world.at(EXPIRY - 1_800n);
  world.snapshot = marketAt(EXPIRY - 1_800n, "-0.09");
  await world.register(TRADER, world.funded({ [PUT]: -20n }, 1_080_000n), "bob");
  await world.register(MAKER, world.funded({ [PUT]: 20n }, 3_000_000n), "alice");
  const lots = world.lotsOf(CASH);
  await world.deposit(lots);
  await world.publish((await world.now()) + 1n, "-0.09");
  expect(await world.attest(world.get(TRADER))).toEqual({ tier: 2 });
  const { caseId } = await openCase(dave, stage.system, TRADER);
  return caseId;
}

/** Snapshots over the expiry. */
async function rollOver(world: World): Promise<void> {
  world.rollOver = { deliveries: new Map([["BTC-27MAR26", w("58765.43")]]) };
  await world.publish(EXPIRY + 120n, "-0.09");
}

/** The first snapshot with the settled rows is shown, and an hour passes. */
async function deliver(world: World): Promise<void> {
  await recordDeliveries(stage.people.dave, stage.deployment, world.snapshot);
  await world.serve(3_600n, "-0.2");
}

describe("a case that lives through an expiry", () => {
  it("goes on with settled rows, closes them, and ends as any other", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system, deployment } = stage;
      const caseId = await begin(world);
      await rollOver(world);
      // Every statement takes the settled row as any other: the case's account attests, and shows its equity.
      const before = world.get(TRADER);
      const owed = 20n * WORTH;
      const { equity } = await world.equity(before);
      const cash = before.positions.find(({ instrumentId }) => instrumentId === CASH)?.quantity ?? 0n;
      expect(equity).toBe(cash * 10_000n - owed);
      await expect(closeExpiredOf(world.desk("dave"), before)).rejects.toMatchObject({
        code: "NOTHING_TO_CLOSE",
      });
      await deliver(world);
      const book = await readDeliveryBook(people.dave, deployment);
      expect(await readDelivery(people.dave, book, world.idOf(PUT))).toMatchObject({ mark: WORTH });
      // The market has moved on, the row has not.
      expect((await world.equity(before)).equity).toBe(equity);

      const version = (await readCase(people.dave, system, caseId)).version;
      const { account, closings } = await closeExpiredOf(world.desk("dave"), before);
      expect(closings).toHaveLength(1);
      expect(account.positions).toEqual([{ instrumentId: CASH, quantity: cash - owed / 10_000n }]);
      expect((await world.equity(account)).equity).toBe(equity);
      const found = await readAccount(people.dave, system, TRADER);
      expect(found).toMatchObject({ commitment: commitmentOf(account, SLOTS), frozen: true });
      expect((await readCase(people.dave, system, caseId)).version).toBe(version);

      // Its owner, who knew the opening before, opens it by what the chain tells.
      const [closed] = await readClosings(people.bob, system, TRADER);
      if (closed === undefined) throw new Error("nothing was closed");
      const { chainId, ledger } = system;
      const derived = afterClosing(before, CASH, closed, { chainId, ledger, deadline: closed.deadline });
      expect(isSameAccount(derived, account)).toBe(true);

      await expect(closeExpiredOf(world.desk("dave"), account)).rejects.toMatchObject({
        code: "NOTHING_TO_CLOSE",
      });
      expect((await world.attest(account)).tier).toBe(0);
      await cureCase(people.dave, system, caseId);
      expect(await readCase(people.dave, system, caseId)).toMatchObject({ outcome: "cured" });
    });
  });
});

describe("a run while one side is closed", () => {
  it("counts the delivery account between them, and nets", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system } = stage;
      await begin(world);
      await rollOver(world);
      await deliver(world);
      const { account } = await closeExpiredOf(world.desk("dave"), world.get(TRADER));
      world.keep(account);
      const positions = await readDeliveryAccount(people.dave, system);
      expect(positions).toEqual([
        { instrumentId: CASH, quantity: (20n * WORTH) / 10_000n },
        { instrumentId: world.idOf(PUT), quantity: -20n },
      ]);
      const between: OpenAccount = { accountId: toField(DELIVERY), salt: randomSalt(), positions };
      world.keep(between);
      expect(world.lotsOf(world.idOf(PUT))).toBe(0n);
      await world.publish((await world.now()) + 1n, "-0.2");
      await world.anchor(TRADER, MAKER);
      // What is settled is worth what it was, and so is what stands between the two.
      expect((await world.equity(between)).equity).toBe(0n);

      const { account: other } = await closeExpiredOf(world.desk("alice"), world.get(MAKER));
      world.keep(other);
      expect(await readDeliveryAccount(people.dave, system)).toEqual([]);
    });
  });
});

describe("a row that is dropped too soon", () => {
  it("is closed without a table, once its value is in the book", async () => {
    await inNewWorld(stage, async (world) => {
      await begin(world);
      await rollOver(world);
      await deliver(world);
      world.rollOver = { held: [] };
      await world.publish((await world.now()) + 1n, "-0.2");
      const before = world.get(TRADER);
      await expect(world.equity(before)).rejects.toMatchObject({ code: "UNKNOWN_INSTRUMENT" });
      const { account } = await closeExpiredOf(world.desk("dave"), before);
      expect((await world.attest(account)).tier).toBe(0);
    });
  });

  it("before that, its holders wait for a snapshot that has it, whenever that is", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, system, deployment } = stage;
      await begin(world);
      const live = world.snapshot;
      world.rollOver = { deliveries: new Map([["BTC-27MAR26", w("58765.43")]]) };
      await world.publish(EXPIRY + 120n, "-0.09");
      // Nobody showed it, and the next snapshots are without it.
      world.rollOver = { held: [] };
      await world.serve(1_200n, "-0.2");
      await expect(world.equity(world.get(TRADER))).rejects.toMatchObject({ code: "UNKNOWN_INSTRUMENT" });
      await expect(recordDeliveries(people.dave, deployment, world.snapshot)).rejects.toMatchObject({
        code: "NOTHING_TO_CLOSE",
      });
      // Put back, by the snapshot that had it live, and by no word of anybody else.
      world.snapshot = live;
      world.rollOver = { deliveries: new Map([["BTC-27MAR26", w("58765.43")]]) };
      await world.publish((await world.now()) + 1n, "-0.2");
      await deliver(world);
      const { account } = await closeExpiredOf(world.desk("dave"), world.get(TRADER));
      expect(await readAccount(people.dave, system, TRADER)).toMatchObject({
        commitment: commitmentOf(account, SLOTS),
      });
    });
  });
});

describe("two words for one value", () => {
  it("void the second one", async () => {
    await inNewWorld(stage, async (world) => {
      const { people, deployment } = stage;
      await begin(world);
      const live = world.snapshot;
      await rollOver(world);
      await deliver(world);
      world.snapshot = live;
      world.rollOver = { deliveries: new Map([["BTC-27MAR26", w("59000")]]) };
      await world.publish((await world.now()) + 1n, "-0.2");
      await recordDeliveries(people.dave, deployment, world.snapshot);
      await expect(recordDeliveries(people.dave, deployment, world.snapshot)).rejects.toEqual(
        refused("DeliverySnapshotVoid"),
      );
      await expect(world.attest(world.get(MAKER))).rejects.toEqual(refused("SnapshotMalformed"));
    });
  });
});
