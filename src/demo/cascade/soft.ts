import { openAttestedCase, stepCase } from "../../actions/liquidation/anyone.ts";
import { reduceBySlice } from "../../actions/liquidation/reduce.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { micros } from "./text.ts";
import type { World } from "./world.ts";

/** Tier 2: a liquidator trades the account along the cheapest path to health. */
export async function playSoft(world: World): Promise<Told> {
  const { positions: moved, cash, cost } = world.plan.slice;
  const venue = world.desk("venue");
  const account = world.get(ROLES.soft);
  const { caseId } = (await openAttestedCase(venue, account.accountId)).case;
  const slice = { account, taker: world.get(ROLES.second), moved, cash };
  const { tier } = await reduceBySlice(venue, caseId, slice);
  await stepCase(venue, "cure", caseId);
  const legs = moved.length === 1 ? "one trade" : `${moved.length} trades`;
  const story = `takes the cheapest path, ${legs} with ${ROLES.second} for ${micros(cost)} USDC, is in tier ${tier} again`;
  return { caseId, story };
}
