import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAttestedCase } from "../../src/actions/liquidation/anyone.ts";
import { attestAccount } from "../../src/actions/liquidation/attest.ts";
import { depositCash } from "../../src/actions/liquidation/cash.ts";
import {
  closeOwnAccount,
  openOwnAccount,
  ownAccountId,
  reclaimOwnBond,
} from "../../src/actions/liquidation/open-account.ts";
import { tradeBetween } from "../../src/actions/liquidation/trade.ts";
import { updateAccounts } from "../../src/chain/liquidation/ledger.ts";
import { readIsEmpty } from "../../src/chain/liquidation/openings.ts";
import { readAccount } from "../../src/chain/liquidation/read-ledger.ts";
import { readBalance } from "../../src/chain/token.ts";
import { commitmentOf } from "../../src/liquidation/account.ts";
import { randomSalt } from "../../src/portfolio/commitment.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  PARAMETERS,
  SLOTS,
  startLiquidation,
  type World,
} from "../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";

/** Accounts that anyone opens, from the proof that they are empty to the bond that comes back. */
const PUT = "BTC-27MAR26-60000-P";
const [TRADER, MAKER] = [1n, 2n];
useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

const contractRefusal = (error: string) =>
  expect.objectContaining({ details: expect.objectContaining({ error }) });

/** Two accounts of the venue's, and one that alice opened. */
async function opened(work: (world: World, accountId: bigint) => Promise<void>): Promise<void> {
  await inNewWorld(stage, async (world) => {
    await world.register(TRADER, world.funded({ [PUT]: -4n }, 3_000_000n));
    await world.register(MAKER, world.funded({ [PUT]: 4n }, 3_000_000n));
    await world.begin();
    const { account } = await open(world);
    await work(world, account.accountId);
  });
}

function open(world: World, salt = randomSalt()) {
  const { deadline } = world;
  return openOwnAccount(world.desk("alice"), stage.kits.empty, { n: 3n, salt, deadline });
}

const held = () => readBalance(stage.people.dave, stage.token, stage.people.alice.account.address);

describe("an account that somebody opens", () => {
  it("is empty and its opener's, and opening it again changes nothing", () =>
    opened(async (world, accountId) => {
      expect(accountId).toBe(ownAccountId(world.desk("alice"), 3n));
      expect(accountId).not.toBe(ownAccountId(world.desk("bob"), 3n));
      const found = await readAccount(stage.people.dave, stage.system, accountId);
      expect(found).toMatchObject({ owner: stage.people.alice.account.address, nonce: 0, guarded: false });
      expect(commitmentOf(world.get(accountId), SLOTS)).toBe(found.commitment);
      expect(await readIsEmpty(stage.people.dave, stage.system, accountId)).toBe(true);
      expect((await open(world, world.get(accountId).salt)).receipt).toBeUndefined();
      await expect(open(world)).rejects.toEqual(contractRefusal("AccountExists"));
    }));

  it("has no case and no word of the venue's while it is empty", () =>
    opened(async (world, accountId) => {
      expect(await attestAccount(world.desk("dave"), world.get(accountId))).toBe(0);
      const { skipped } = await updateAccounts(stage.people.venue, stage.system, [
        [{ accountId, commitment: 5n, nonce: 0 }],
      ]);
      expect(skipped).toEqual([{ group: 0, accountId, refusal: "empty" }]);
      await expect(openAttestedCase(world.desk("dave"), accountId)).rejects.toThrow();
      expect(await readIsEmpty(stage.people.dave, stage.system, accountId)).toBe(true);
    }));

  it("is closed by its opener alone, and the bond comes back", () =>
    opened(async (world) => {
      const before = await held();
      const [alice, bob] = [world.desk("alice"), world.desk("bob")];
      const to = alice.client.account.address;
      await expect(closeOwnAccount(bob, 3n, to)).rejects.toEqual(contractRefusal("UnknownAccount"));
      await expect(reclaimOwnBond(alice, 3n, to)).rejects.toEqual(contractRefusal("AccountEmpty"));
      await closeOwnAccount(alice, 3n, to);
      expect((await held()) - before).toBe(PARAMETERS.challenges.bond);
      await expect(closeOwnAccount(alice, 3n, to)).rejects.toEqual(contractRefusal("UnknownAccount"));
      await open(world);
    }));

  it("is filled by its own cash or by a trade, and is an ordinary one from then on", () =>
    opened(async (world, accountId) => {
      const alice = world.desk("alice");
      const { account } = await depositCash(alice, world.get(accountId), 50_000n);
      expect(account.positions).toEqual([{ instrumentId: CASH, quantity: 50_000n }]);
      expect(await readIsEmpty(stage.people.dave, stage.system, accountId)).toBe(false);
      const moved = [{ instrumentId: world.idOf(PUT), quantity: 1n }];
      await tradeBetween(world.desk("venue"), {
        account: world.get(MAKER),
        taker: account,
        moved,
        cash: 10n,
      });
      const to = alice.client.account.address;
      await expect(closeOwnAccount(alice, 3n, to)).rejects.toEqual(contractRefusal("AccountFilled"));
      const before = await held();
      await reclaimOwnBond(alice, 3n, to);
      expect((await held()) - before).toBe(PARAMETERS.challenges.bond);
      await expect(reclaimOwnBond(alice, 3n, to)).rejects.toEqual(contractRefusal("NoBond"));
    }));
});
