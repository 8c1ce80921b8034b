import { readKeptAccount } from "../../chain/liquidation/kept.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { toField } from "../../math/field.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import type { Openings } from "./openings.ts";
import type { KeeperParts } from "./parts.ts";
import type { Seen } from "./watch.ts";

/** Outcomes by which a case's account was handed over whole: anybody can open what it was left. */
const WHOLE: ReadonlySet<string> = new Set(["awarded", "sold", "taken over"]);

/**
 * Takes what steps have made of accounts for their newest versions, once the ledger has it.
 * @returns how many.
 */
export async function adoptOutcomes(
  { client, system, accounts, clock, kits }: KeeperParts,
  openings: Openings,
  snapshot: Pick<Snapshot, "rows">,
  { cases }: Pick<Seen, "cases">,
): Promise<number> {
  for (const { case: found, account } of cases) {
    if (found.status !== "closed" || !WHOLE.has(found.outcome)) continue;
    const accountId = toField(found.accountId);
    if ((await openings.find(accountId, toField(account.commitment))) !== undefined) continue;
    const { slots } = kits.transfer.circuit;
    await openings.keep(
      `left by case ${found.caseId}`,
      await readKeptAccount(client, system, found.caseId, slots),
    );
  }
  let adopted = 0;
  for (const { accountId, commitment } of await openings.unadopted()) {
    if ((await readAccount(client, system, accountId)).commitment !== commitment) continue;
    const opening = await openings.find(accountId, commitment);
    if (opening === undefined) continue;
    if ((await accounts.adopt(opening, snapshot, clock.now())) !== undefined) adopted++;
    await openings.adopted(commitment);
  }
  return adopted;
}
