import { stepCase } from "../../actions/liquidation/anyone.ts";
import { buyInSale, openPublicSale } from "../../actions/liquidation/sale.ts";
import { liquidationAuctionAbi } from "../../chain/generated/liquidation-auction.ts";
import { readAuction } from "../../chain/liquidation/read-case.ts";
import { eventIn } from "../../chain/liquidation/receipt.ts";
import type { OracleReading } from "../../chain/oracle/readings.ts";
import { BallastError } from "../../errors.ts";
import { moveTo, now } from "./clock.ts";
import { feed, moved } from "./feed.ts";
import { FEED_LEAD, PARAMETERS, REBOUND } from "./parameters.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import type { Bidding } from "./sealed.ts";
import { FEEDERS } from "./stage.ts";
import { lots, micros } from "./text.ts";
import type { World } from "./world.ts";

/** The only bidder lets its turn pass; somebody on no list buys at a falling price. */
export async function playSale(world: World, { caseId, revealUntil }: Bidding): Promise<Told> {
  const { people } = world.stage;
  const account = world.get(ROLES.sale);
  await moveTo(people.owner, revealUntil + PARAMETERS.auction.settleWindow);
  await stepCase(world.desk("owner"), "pass-over", caseId);
  await openPublicSale(world.desk("owner"), caseId, account);
  const { saleAt } = await saleOf(world, caseId);
  await moveTo(people.owner, saleAt + PARAMETERS.sale.duration / 4n);
  const { price } = await saleOf(world, caseId);
  const takers = { account, taker: world.get(ROLES.buyer) };
  const bought = await buyInSale(world.desk(ROLES.buyer), caseId, takers, { exactly: price });
  world.left(bought.account);
  return {
    caseId,
    story: `its bidder defaults; ${ROLES.buyer} buys all of it in public for ${lots(price)}`,
  };
}

/** The market comes back while half of the discount is held back: part of it is taxed into the Gamma Reserve. */
export async function releaseTaxed(
  world: World,
  { caseId }: Bidding,
  readings: readonly OracleReading[],
): Promise<{ readonly story: string }> {
  const { people, system, volatilityOracle } = world.stage;
  const { hold } = (await readAuction(people.owner, system, caseId)) ?? {};
  if (hold === undefined) throw new BallastError("INTERNAL", "Nothing is held back of the sale.");
  await moveTo(people.owner, (await now(people.owner)) + FEED_LEAD);
  await world.progress.step("feeders report that the market comes back by 2 %", () =>
    feed(
      FEEDERS.map((name) => people[name]),
      volatilityOracle,
      moved(readings, REBOUND),
    ),
  );
  await moveTo(people.owner, hold.releaseAt);
  const { receipt } = await stepCase(world.desk("owner"), "release-hold", caseId);
  const { tax } = eventIn(receipt, system.auction, liquidationAuctionAbi, "HoldReleased");
  return { story: `the Gamma Reserve taxes ${micros(tax)} of the ${micros(hold.amount)} USDC held back` };
}

async function saleOf(world: World, caseId: bigint) {
  const { people, system } = world.stage;
  const { sale } = (await readAuction(people.owner, system, caseId)) ?? {};
  if (sale !== undefined) return sale;
  throw new BallastError("INTERNAL", "The case has no sale.");
}
