import { cureCase, openCase, reduceCase } from "../../chain/liquidation/cases.ts";
import { ENGINE_PARAMETERS } from "./parameters.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** Tier 2: a slice goes to a liquidator at a small discount, and what is left is healthy. */
export async function playSoft(world: World): Promise<Told> {
  const { people, system } = world.stage;
  const { slice } = world.plan;
  const account = world.get(ROLES.soft);
  const { caseId } = await world.send(`opening a case of ${ROLES.soft}`, () =>
    openCase(people.venue, system, account.accountId),
  );
  const purpose = await world.purpose("reduce", caseId, "venue");
  const sold = await world.transfer(`a slice of ${ROLES.soft} to ${ROLES.second}`, purpose, {
    a: account,
    b: world.get(ROLES.second),
    moved: slice.positions,
    cash: slice.cash,
  });
  const reduction = await world.reduction(account, sold.a, BigInt(ENGINE_PARAMETERS.maxPenalty));
  const { tier } = await world.attest(ROLES.soft, sold.a);
  await world.send("moving the slice", () => reduceCase(people.venue, system, caseId, sold.claim, reduction));
  world.keep(sold.a, sold.b);
  await world.send(`curing the case of ${ROLES.soft}`, () => cureCase(people.venue, system, caseId));
  const story = `sells a fifth to ${ROLES.second} for ${lots(slice.cash)}, is in tier ${tier} again`;
  return { caseId, story };
}
