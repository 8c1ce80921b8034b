import { stepCase } from "../../actions/liquidation/anyone.ts";
import { buyInSale, provenEquity } from "../../actions/liquidation/sale.ts";
import { portfolioSaleAbi } from "../../chain/generated/portfolio-sale.ts";
import { discounted, lotsOf } from "../../chain/liquidation/fees.ts";
import { readSale } from "../../chain/liquidation/read-auction.ts";
import { readMoment } from "../../chain/liquidation/read-case.ts";
import { eventIn } from "../../chain/liquidation/receipt.ts";
import type { OracleReading } from "../../chain/oracle/readings.ts";
import { BallastError } from "../../errors.ts";
import { moveTo, now } from "./clock.ts";
import { feed, moved } from "./feed.ts";
import { CASCADE_PARAMETERS, FEED_LEAD, MICROS_PER_LOT, REBOUND } from "./parameters.ts";
import type { Told } from "./path.ts";
import { equityOf, ROLES } from "./plan.ts";
import type { Bidding } from "./sealed.ts";
import { serveUntil } from "./serve.ts";
import { FEEDERS } from "./stage.ts";
import { lots, micros } from "./text.ts";
import type { World } from "./world.ts";

const { sale: SALE } = CASCADE_PARAMETERS;

/** The only bidder lets its turn pass; somebody on no list buys at a falling price. */
export async function playSale(world: World, { caseId, revealUntil }: Bidding): Promise<Told> {
  const { people, system } = world.stage;
  const account = world.get(ROLES.sale);
  await serveUntil(world, revealUntil + CASCADE_PARAMETERS.auction.settleWindow);
  await stepCase(world.desk("owner"), "pass-over", caseId);
  await provenEquity(world.desk("owner"), caseId, account);
  const { served } = await readMoment(people.owner, system);
  await serveUntil(world, served + SALE.duration / 4n);
  const takers = { account, taker: world.get(ROLES.buyer) };
  // What the buyer waited for: the price is no more by now.
  const discount = SALE.startDiscount + (SALE.maxDiscount - SALE.startDiscount) / 4;
  const equity = lotsOf(equityOf(world.snapshot, account.positions), MICROS_PER_LOT);
  const price = { exactly: discounted(equity, BigInt(discount)) };
  const bought = await buyInSale(world.desk(ROLES.buyer), caseId, takers, price);
  world.left(bought.account);
  return {
    caseId,
    story: `its bidder defaults; ${ROLES.buyer} buys all of it in public for ${lots(bought.cash)}`,
  };
}

/** The market comes back while half of the discount is held back: part of it is taxed into the Gamma Reserve. */
export async function releaseTaxed(
  world: World,
  { caseId }: Bidding,
  readings: readonly OracleReading[],
): Promise<{ readonly story: string }> {
  const { people, system, volatilityOracle } = world.stage;
  const { hold } = await readSale(people.owner, system, caseId, false);
  if (hold === undefined) throw new BallastError("INTERNAL", "Nothing is held back of the sale.");
  await moveTo(people.owner, (await now(people.owner)) + FEED_LEAD);
  await world.progress.step("feeders report that the market comes back by 2 %", () =>
    feed(
      FEEDERS.map((name) => people[name]),
      volatilityOracle,
      moved(readings, REBOUND),
    ),
  );
  await stepCase(world.desk("owner"), "record-move", caseId);
  await moveTo(people.owner, hold.releaseAt);
  const { receipt } = await stepCase(world.desk("owner"), "release-hold", caseId);
  const { tax } = eventIn(receipt, system.sale, portfolioSaleAbi, "HoldReleased");
  return { story: `the Gamma Reserve taxes ${micros(tax)} of the ${micros(hold.amount)} USDC held back` };
}
