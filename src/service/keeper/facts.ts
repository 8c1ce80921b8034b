import { findAccount } from "../../actions/liquidation/ledger-state.ts";
import { lotsOf } from "../../chain/liquidation/fees.ts";
import type { CaseView } from "../../chain/liquidation/read-case.ts";
import { type Field, parseField, toField } from "../../math/field.ts";
import { portfolioSums, requirement, vectorIndex } from "../../risk/requirement.ts";
import type { Snapshot } from "../../risk/snapshot.ts";
import { read } from "../store/database.ts";
import type { CaseFacts } from "./due.ts";
import type { Openings } from "./openings.ts";
import type { KeeperParts } from "./parts.ts";
import type { Watch } from "./watch.ts";

/** An account in breach that no case is open about, by an attestation that counts. */
export interface Breach {
  readonly accountId: Field;
  readonly commitment: Field;
  readonly snapshot: Field;
}

/** What is known here of a case. */
export async function factsOf(
  { client, system }: KeeperParts,
  openings: Openings,
  watch: Watch,
  snapshot: Snapshot | undefined,
  view: CaseView,
): Promise<CaseFacts> {
  const { case: found, account, auction, served } = view;
  const opening = await openings.find(toField(found.accountId), toField(account.commitment));
  const isBidding = found.status === "sealed" && auction !== undefined && served < auction.commitUntil;
  return {
    worth:
      opening === undefined || snapshot === undefined
        ? undefined
        : worthIn(snapshot, opening.positions, system.microsPerLot),
    undisclosed: isBidding ? await watch.undisclosed(view) : [],
    isListed: watch.isListed(client.account.address, found.caseId),
  };
}

/** By the reference model. */
function worthIn(
  { rows, policyElements, shape }: Snapshot,
  positions: Parameters<typeof portfolioSums>[1],
  microsPerLot: bigint,
): NonNullable<CaseFacts["worth"]> {
  const sums = portfolioSums(vectorIndex(rows), positions, shape);
  const { tier } = requirement(sums, policyElements, shape);
  return { tier, lots: lotsOf(sums.equity, microsPerLot) };
}

/**
 * Accounts whose newest attestation that counts says tier 2 or worse, of the portfolio that the ledger has, and of which no case is open.
 * @param now Unix seconds by the service's clock.
 * @param openAge seconds that the prices may be old which open a case.
 */
export async function breaches(
  { database, client, system }: KeeperParts,
  now: bigint,
  openAge: bigint,
): Promise<readonly Breach[]> {
  const rows = await database.query(
    `select account, commitment, snapshot, time from (
      select distinct on (p.account) p.account, p.commitment, p.snapshot, p.tier, s.time
      from ballast.proofs p join ballast.snapshots s on s.id = p.snapshot
      where p.state = 'attested' and p.expires_at >= $1 order by p.account, s.time desc) newest
    where tier >= 2 and time >= $2
      and not exists (select 1 from ballast.cases c where c.account = newest.account and c.status <> 'closed')
    order by account`,
    [now, now - openAge],
  );
  const found: Breach[] = [];
  for (const row of rows) {
    const accountId = parseField(read.text(row, "account"));
    const commitment = parseField(read.text(row, "commitment"));
    const onLedger = await findAccount({ client, system }, accountId);
    // Prices that are older than the portfolio open nothing.
    if (onLedger?.commitment !== commitment || onLedger.updatedAt > read.bigint(row, "time")) continue;
    found.push({ accountId, commitment, snapshot: parseField(read.text(row, "snapshot")) });
  }
  return found;
}
