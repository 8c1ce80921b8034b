import { absorbHouseLoss } from "../../actions/liquidation/absorb.ts";
import { openAttestedCase } from "../../actions/liquidation/anyone.ts";
import { takeOverCase } from "../../actions/liquidation/take-over.ts";
import type { Absorbed } from "../../chain/liquidation/house.ts";
import { readCaseView } from "../../chain/liquidation/read-case.ts";
import type { Told } from "./path.ts";
import { ROLES } from "./plan.ts";
import { serveUntil } from "./serve.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** A case in its takeover. */
export interface Waiting {
  readonly caseId: bigint;
  /** When its notice is over, in served seconds. */
  readonly from: bigint;
}

/** Tier 4: a case opens, of which the clearing house gives notice. */
export async function openTakeover(world: World): Promise<Waiting> {
  const { people, system } = world.stage;
  const { accountId } = world.get(ROLES.bankrupt);
  const { caseId } = (await openAttestedCase(world.desk("venue"), accountId)).case;
  const { takeoverFrom: from } = await readCaseView(people.owner, system, caseId);
  return { caseId, from };
}

/** The clearing house takes everything over, and its funds bear what that lacks, in their order. */
export async function playTakeover(
  world: World,
  { caseId, from }: Waiting,
): Promise<Told & { readonly absorbed: Absorbed }> {
  const account = world.get(ROLES.bankrupt);
  await serveUntil(world, from);
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
