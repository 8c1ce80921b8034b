import { registerOnLedger } from "../../actions/liquidation/register.ts";
import { SILENT } from "../../actions/progress.ts";
import { setLiquidator } from "../../chain/liquidation/auction.ts";
import { HOLDERS, readCredits, withdrawCredit } from "../../chain/liquidation/credits.ts";
import { depositFund } from "../../chain/liquidation/funds.ts";
import type { Absorbed } from "../../chain/liquidation/house.ts";
import { type FundsView, readFunds } from "../../chain/liquidation/read-funds.ts";
import type { OracleReading } from "../../chain/oracle/readings.ts";
import { deposit } from "../../chain/solvency/vault.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { netHolding } from "../../risk/transfer.ts";
import { playRun } from "./anchor.ts";
import { type Deleveraged, playDeleveraging } from "./deleverage.ts";
import { deliver } from "./expiry.ts";
import { measure } from "./measure.ts";
import { type MoneyTable, moneyTable } from "./money.ts";
import { SETTLEMENT_ID, UNITS_PER_LOT } from "./parameters.ts";
import { type CascadePath, type PathName, pathOf } from "./path.ts";
import { ROLES } from "./plan.ts";
import { playSale, releaseTaxed } from "./sale.ts";
import { openBidding, playAward, reveal } from "./sealed.ts";
import { playSoft } from "./soft.ts";
import { ownerOf, PEOPLE } from "./stage.ts";
import { openTakeover, playTakeover } from "./takeover.ts";
import type { Effort, World } from "./world.ts";

/** All five paths, and who paid what. */
export interface CascadeResult {
  readonly paths: readonly CascadePath[];
  /** What the funds bore of the takeover. */
  readonly absorbed: Absorbed;
  readonly deleveraging: Deleveraged & { readonly effort: Effort };
  readonly money: MoneyTable;
  /** The clearing house at the end. */
  readonly funds: FundsView;
}

/** Registers all accounts with the ledger, deposits their cash, and fills the funds. */
export async function settleIn(
  world: World,
  accounts: readonly (readonly [name: string, account: OpenAccount])[],
): Promise<void> {
  const { people, system } = world.stage;
  const { funds } = world.plan;
  await world.progress.step(`registering ${accounts.length} accounts, depositing their cash`, async () => {
    const venue = { ...world.ledger("venue"), progress: SILENT };
    for (const [name, account] of accounts) {
      const owner = ownerOf(people, name);
      world.name(name, account);
      await registerOnLedger(venue, {
        account,
        guarded: name === ROLES.house,
        ...(owner === undefined ? {} : { owner }),
      });
    }
    const lots = accounts.reduce((sum, [, { positions }]) => sum + netHolding(positions, SETTLEMENT_ID), 0n);
    await deposit(people.venue, system, { instrumentId: SETTLEMENT_ID, lots });
    await depositFund(people.pool, system, "insurance", funds.insuranceFund * UNITS_PER_LOT);
    await depositFund(people.pool, system, "gamma", funds.gammaReserve * UNITS_PER_LOT);
    for (const name of [ROLES.winner, ROLES.second, ROLES.defaulter] as const)
      await setLiquidator(people.owner, system, people[name].account.address, true);
  });
}

/**
 * Plays every path, from the attestations of the newest snapshot on.
 * @param readings the market that the oracle's last round has.
 */
export async function playCascade(world: World, readings: readonly OracleReading[]): Promise<CascadeResult> {
  const before = await measure(world);
  const on = <Result>(path: PathName, play: () => Promise<Result>): Promise<Result> => {
    world.begin(path);
    return play();
  };
  await on("sealed bids", () => deliver(world));
  const soft = await on("soft liquidation", () => playSoft(world));
  const sealed = await on("sealed bids", () => openBidding(world, ROLES.sealed, world.plan.bids.sealed));
  const sale = await on("public sale", () => openBidding(world, ROLES.sale, world.plan.bids.sale));
  await on("takeover", () => playRun(world));
  const waiting = await on("takeover", () => openTakeover(world));
  await on("sealed bids", () => reveal(world, sealed));
  await on("public sale", () => reveal(world, sale));
  const awarded = await on("sealed bids", () => playAward(world, sealed));
  const sold = await on("public sale", () => playSale(world, sale));
  const taken = await on("takeover", () => playTakeover(world, waiting));
  const deleveraging = await on("auto-deleveraging", () => playDeleveraging(world, taken.absorbed.residual));
  const hold = await on("public sale", () => releaseTaxed(world, sale, readings));
  await payCredits(world);
  const after = await measure(world);
  const { people, system } = world.stage;
  return {
    paths: [
      await pathOf(world, "soft liquidation", ROLES.soft, soft),
      await pathOf(world, "sealed bids", ROLES.sealed, awarded),
      await pathOf(world, "public sale", ROLES.sale, { ...sold, story: `${sold.story}; ${hold.story}` }),
      await pathOf(world, "takeover", ROLES.bankrupt, taken),
    ],
    absorbed: taken.absorbed,
    deleveraging: { ...deleveraging, effort: world.effortOf("auto-deleveraging") },
    money: moneyTable(before, after),
    funds: await readFunds(people.owner, system),
  };
}

/** Everybody takes what challenge book, auction and sale owe it. */
async function payCredits({ stage: { people, system }, progress }: World): Promise<void> {
  await progress.step("everybody takes what is owed to it", async () => {
    for (const name of PEOPLE) {
      const owed = await readCredits(people[name], system, people[name].account.address);
      for (const holder of HOLDERS) if (owed[holder] > 0n) await withdrawCredit(people[name], system, holder);
    }
  });
}
