import { readDisclosed } from "../../actions/liquidation/disclose.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { readDisclosureKey } from "../../chain/liquidation/read-parties.ts";
import { setDisclosureKey } from "../../chain/liquidation/sale.ts";
import { BallastError } from "../../errors.ts";
import { toField } from "../../math/field.ts";
import { clientOf } from "./client.ts";
import type { Openings } from "./openings.ts";
import type { KeeperParts } from "./parts.ts";

const URGENCY = 2;
/** Seconds for which publishing a key is of use. */
const GOOD_FOR = 3_600n;

/** Sees to it that venues can disclose to a liquidator: its key is on chain. */
export async function publishKey(parts: KeeperParts, signal: AbortSignal): Promise<void> {
  const { client, system, disclosureKey, database, clock, onEvent } = parts;
  if (disclosureKey === undefined) return;
  const { publicKey } = disclosureKey;
  if ((await readDisclosureKey(client, system, client.account.address)) === publicKey) return;
  const purpose = "disclosure key";
  const dropAfter = clock.now() / 1_000n + GOOD_FOR;
  const calls = { database, step: `key ${publicKey}`, purpose, urgency: URGENCY, dropAfter, signal };
  try {
    await setDisclosureKey(clientOf(client, calls), system, publicKey);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof BallastError)) throw error;
    onEvent({ role: "keeper", level: "warning", message: `disclosure key: ${error.shortMessage}` });
  }
}

/** Keeps what the venue has disclosed of a case's account, unless it is known. */
export async function keepDisclosed(
  { client, system, disclosureKey }: KeeperParts,
  openings: Openings,
  { case: found, account }: CaseView,
): Promise<void> {
  if (disclosureKey === undefined || found.status === "soft" || found.status === "closed") return;
  const accountId = toField(found.accountId);
  if ((await openings.find(accountId, toField(account.commitment))) !== undefined) return;
  try {
    const { address } = client.account;
    const { positions, salt } = await readDisclosed(client, system, found.caseId, address, disclosureKey);
    await openings.keep(`disclosed in case ${found.caseId}`, { accountId, positions, salt });
  } catch (error) {
    // Not yet, or of what the account was before: the venue's next one counts.
    if (!(error instanceof BallastError) || !NOT_YET.has(error.code)) throw error;
  }
}

const NOT_YET: ReadonlySet<string> = new Set(["DISCLOSURE_UNREADABLE", "COMMITMENT_MISMATCH"]);
