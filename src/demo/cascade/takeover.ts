import { openCase } from "../../chain/liquidation/cases.ts";
import { type Absorbed, absorbLoss, takeOver } from "../../chain/liquidation/house.ts";
import { absorbableLots, readFunds } from "../../chain/liquidation/read-funds.ts";
import { absorbPurpose } from "../../liquidation/purpose.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** Tier 4: the clearing house takes everything over, and its funds bear what that lacks, in their order. */
export async function playTakeover(world: World): Promise<Told & { readonly absorbed: Absorbed }> {
  const { people, system } = world.stage;
  const account = world.get(ROLES.bankrupt);
  const { caseId } = await world.send(`opening a case of ${ROLES.bankrupt}`, () =>
    openCase(people.venue, system, account.accountId),
  );
  const purpose = await world.purpose("takeover", caseId, "clearing house");
  const taken = await world.transfer(`all of ${ROLES.bankrupt} to the house, for nothing`, purpose, {
    a: account,
    b: world.get(ROLES.house),
    whole: true,
  });
  await world.send(`the clearing house takes ${ROLES.bankrupt} over`, () =>
    takeOver(people.owner, system, caseId, taken.claim),
  );
  world.keep(taken.a, taken.b);
  const absorbed = await absorb(world);
  const story =
    `taken over: lacks ${lots(absorbed.loss)}; the insurance fund bears ${lots(absorbed.fromInsuranceFund)}, ` +
    `the Gamma Reserve ${lots(absorbed.fromGammaReserve)}, ${lots(absorbed.residual)} remain`;
  return { caseId, story, absorbed };
}

/** The funds bear what the house lacks in the newest snapshot, as far as they can. */
export async function absorb(world: World): Promise<Absorbed> {
  const { people, system } = world.stage;
  const house = world.get(ROLES.house);
  const equity = await world.equity(ROLES.house, house);
  const { most } = absorbableLots(await readFunds(people.owner, system), system, equity.equity);
  const filled = await world.transfer(
    "what the funds bear to the house",
    absorbPurpose(world.snapshot.snapshotId),
    { a: house, funding: most },
  );
  const absorbed = await world.send("the funds bear the loss", () =>
    absorbLoss(people.owner, system, equity, filled.claim),
  );
  world.keep(filled.a);
  return absorbed;
}
