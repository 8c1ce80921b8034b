import { openAttestedCase, stepCase } from "../../actions/liquidation/anyone.ts";
import { reduceBySlice } from "../../actions/liquidation/reduce.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** Tier 2: a slice goes to a liquidator at a small discount, and what is left is healthy. */
export async function playSoft(world: World): Promise<Told> {
  const { positions: moved, cash } = world.plan.slice;
  const venue = world.desk("venue");
  const account = world.get(ROLES.soft);
  const { caseId } = (await openAttestedCase(venue, account.accountId)).case;
  const slice = { account, taker: world.get(ROLES.second), moved, cash };
  const { tier } = await reduceBySlice(venue, caseId, slice);
  await stepCase(venue, "cure", caseId);
  const story = `sells a fifth to ${ROLES.second} for ${lots(cash)}, is in tier ${tier} again`;
  return { caseId, story };
}
