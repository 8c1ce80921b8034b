import { absorbHouseLoss } from "../../actions/liquidation/absorb.ts";
import { openAttestedCase } from "../../actions/liquidation/anyone.ts";
import { attestTier } from "../../actions/liquidation/attest.ts";
import { takeOverCase } from "../../actions/liquidation/take-over.ts";
import type { Absorbed } from "../../chain/liquidation/house.ts";
import { readMoment } from "../../chain/liquidation/read-case.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { serveUntil } from "./serve.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** Tier 4: after a notice the clearing house takes everything over, and its funds bear what that lacks, in their order. */
export async function playTakeover(world: World): Promise<Told & { readonly absorbed: Absorbed }> {
  const account = world.get(ROLES.bankrupt);
  const { people, system } = world.stage;
  await attestTier(world.desk("venue"), account, 4);
  const { caseId } = (await openAttestedCase(world.desk("venue"), account.accountId)).case;
  const { served } = await readMoment(people.owner, system);
  await serveUntil(world, served + PARAMETERS.engine.takeoverNotice);
  const taken = await takeOverCase(world.desk("owner"), caseId, { account, house: world.get(ROLES.house) });
  world.left(taken.account);
  const absorbed = await absorb(world);
  const story =
    `taken over: lacks ${lots(absorbed.loss)}; the insurance fund bears ${lots(absorbed.fromInsuranceFund)}, ` +
    `the Gamma Reserve ${lots(absorbed.fromGammaReserve)}, ${lots(absorbed.residual)} remain`;
  return { caseId, story, absorbed };
}

/** The funds bear what the house lacks in the newest snapshot, as far as they can. */
export function absorb(world: World): Promise<Absorbed> {
  return absorbHouseLoss(world.desk("owner"), world.get(ROLES.house));
}
