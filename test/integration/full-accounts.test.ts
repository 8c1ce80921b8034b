import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { absorbHouseLoss } from "../../src/actions/liquidation/absorb.ts";
import { openAttestedCase } from "../../src/actions/liquidation/anyone.ts";
import { attestAccount } from "../../src/actions/liquidation/attest.ts";
import { depositCash } from "../../src/actions/liquidation/cash.ts";
import { openForHouse, shiftCash, showOthers } from "../../src/actions/liquidation/house-accounts.ts";
import { openOwnAccount } from "../../src/actions/liquidation/open-account.ts";
import { buyInSale, provenEquity } from "../../src/actions/liquidation/sale.ts";
import { takeOverCase } from "../../src/actions/liquidation/take-over.ts";
import { readHouseAccounts } from "../../src/chain/liquidation/house-accounts.ts";
import { readIsEmpty } from "../../src/chain/liquidation/openings.ts";
import { readFunds } from "../../src/chain/liquidation/read-funds.ts";
import { readAccount } from "../../src/chain/liquidation/read-ledger.ts";
import { CADENCE } from "../../src/demo/cascade/parameters.ts";
import { commitmentOf, type OpenAccount } from "../../src/liquidation/account.ts";
import { randomSalt } from "../../src/portfolio/commitment.ts";
import type { Holding } from "../../src/risk/requirement.ts";
import { portfolioSums } from "../../src/risk/requirement.ts";
import {
  CASH,
  inNewWorld,
  type LiquidationStage,
  MICROS,
  PARAMETERS,
  SLOTS,
  startLiquidation,
  type World,
} from "../chain/liquidation/stage.ts";
import { SMALL, useSimulatedProofs } from "../helpers/simulated-proofs.ts";

/**
 * Accounts that use all of their slots, on a chain: two without an instrument in common are taken over in turn, and a third is bought.
 * No account that holds anything else has room for one of them.
 */
const [FIRST, OTHER, FIRM] = [1n, 2n, 3n];
useSimulatedProofs(SMALL);

let stage: LiquidationStage;
beforeAll(async () => {
  stage = await startLiquidation();
});
afterAll(() => stage.stop());

const tooLarge = expect.objectContaining({ code: "PORTFOLIO_TOO_LARGE" });
const refusedBy = (error: string) => expect.objectContaining({ details: expect.objectContaining({ error }) });

const PUT = "BTC-27MAR26-60000-P";
const CALL = "BTC-27MAR26-64000-C";
/** Every instrument of the small table, once: two portfolios of four slots that owe more than they have. */
const HALVES = [
  ["BTC-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC-27MAR26", PUT],
  ["USDC", "BTC", "ETH", CALL],
] as const;

/** A lot short of each, but for the cash. */
const owing = (world: World, names: readonly string[]): Holding[] =>
  names.map((name) => ({ instrumentId: world.idOf(name), quantity: name === "USDC" ? 100n : -1n }));

async function openCase(world: World, accountId: bigint): Promise<bigint> {
  await attestAccount(world.desk("dave"), world.get(accountId));
  return (await openAttestedCase(world.desk("dave"), accountId)).case.caseId;
}

async function expectOpen(account: OpenAccount): Promise<void> {
  const { commitment } = await readAccount(stage.people.dave, stage.system, account.accountId);
  expect(commitmentOf(account, SLOTS)).toBe(commitment);
}

const equityOf = ({ snapshot }: World, { positions }: OpenAccount) =>
  portfolioSums(snapshot.rows, positions, snapshot.shape).equity;

describe("two full accounts without an instrument in common", () => {
  it("are taken over in turn, each into an account of the house, and what they lose is one loss", () =>
    inNewWorld(stage, async (world) => {
      await world.register(FIRST, owing(world, HALVES[0]));
      await world.register(OTHER, owing(world, HALVES[1]));
      await world.begin();
      const [owner, dave] = [world.desk("owner"), world.desk("dave")];
      const first = await openCase(world, FIRST);
      const other = await openCase(world, OTHER);
      await world.serve(PARAMETERS.engine.takeoverNotice + CADENCE);
      await world.anchor(FIRST, OTHER);

      const house = world.get(stage.system.houseAccount);
      await takeOverCase(world.desk("owner"), first, { account: world.get(FIRST), house });
      const full = world.get(house.accountId);
      expect(full.positions).toHaveLength(SLOTS);
      const second = () => ({ account: world.get(OTHER), house: full });
      await expect(takeOverCase(world.desk("owner"), other, second())).rejects.toEqual(tooLarge);

      const { deadline } = world;
      const made = () => openForHouse(owner, stage.kits.empty, { salt: randomSalt(), deadline });
      await expect(openForHouse(dave, stage.kits.empty, { salt: randomSalt(), deadline })).rejects.toEqual(
        refusedBy("OnlyOperator"),
      );
      const { account: empty } = await made();
      expect(await readHouseAccounts(dave.client, stage.system)).toEqual([house.accountId, empty.accountId]);
      await takeOverCase(world.desk("owner"), other, { account: world.get(OTHER), house: empty });
      expect(world.get(empty.accountId).positions).toHaveLength(SLOTS);
      for (const { accountId } of [house, empty]) await expectOpen(world.get(accountId));

      // Neither is left out: what they lack is shown together, whichever is claimed.
      const [one, rest] = [world.get(house.accountId), world.get(empty.accountId)];
      await expect(absorbHouseLoss(world.desk("dave"), one)).rejects.toEqual(refusedBy("EquityNotShown"));
      const absorbed = await absorbHouseLoss(world.desk("dave"), one, [rest]);
      const lacking = -(equityOf(world, one) + equityOf(world, rest));
      expect(lacking).toBeGreaterThan(-equityOf(world, one));
      expect(absorbed.loss).toBe((lacking + MICROS - 1n) / MICROS);
      const { residual } = await readFunds(dave.client, stage.system);
      expect(residual).toBe(absorbed.loss);
      expect(await showOthers(world.desk("bob"), [rest])).toBe(equityOf(world, rest));
    }));
});

describe("cash of the house", () => {
  it("moves between its accounts, and none leaves it", () =>
    inNewWorld(stage, async (world) => {
      await world.register(FIRST, [{ instrumentId: CASH, quantity: 1_000n }]);
      await world.begin();
      const { deadline } = world;
      const { account } = await openForHouse(world.desk("owner"), stage.kits.empty, {
        salt: randomSalt(),
        deadline,
      });
      const house = world.get(stage.system.houseAccount);
      const { from, to } = await shiftCash(world.desk("owner"), { from: house, to: account }, 700n);
      expect(from.positions).toEqual([{ instrumentId: CASH, quantity: -700n }]);
      expect(to.positions).toEqual([{ instrumentId: CASH, quantity: 700n }]);
      for (const each of [from, to]) await expectOpen(each);
      await expect(shiftCash(world.desk("bob"), { from: to, to: from }, 700n)).rejects.toEqual(
        refusedBy("OnlyOperator"),
      );
    }));
});

describe("a full account with equity", () => {
  it("is bought into an account that the buyer opened, and not into one that holds anything else", () =>
    inNewWorld(stage, async (world) => {
      await world.register(FIRST, world.funded({ [PUT]: -1n, [CALL]: -1n, "BTC-PERPETUAL": -1n }, 900_000n));
      expect(world.get(FIRST).positions).toHaveLength(SLOTS);
      const firm = [
        { instrumentId: CASH, quantity: 5_000_000n },
        { instrumentId: world.idOf("BTC-27MAR26"), quantity: 1n },
      ];
      await world.register(FIRM, firm, "alice");
      await world.begin();
      const caseId = await openCase(world, FIRST);
      const { commitWindow, revealWindow } = PARAMETERS.auction;
      await world.serve(commitWindow + revealWindow);
      await provenEquity(world.desk("dave"), caseId, world.get(FIRST));
      const account = world.get(FIRST);
      const most = { atMost: equityOf(world, account) / MICROS };
      const into = (taker: OpenAccount) => buyInSale(world.desk("alice"), caseId, { account, taker }, most);
      await expect(into(world.get(FIRM))).rejects.toEqual(tooLarge);

      const { deadline } = world;
      const opened = await openOwnAccount(world.desk("alice"), stage.kits.empty, {
        ...{ n: 0n, salt: randomSalt(), deadline },
      });
      const { account: ready } = await depositCash(world.desk("alice"), opened.account, 5_000_000n);
      await into(ready);
      const taken = world.get(ready.accountId);
      expect(taken.positions).toHaveLength(SLOTS);
      await expectOpen(taken);
      expect(await readIsEmpty(stage.people.dave, stage.system, taken.accountId)).toBe(false);
    }));
});
