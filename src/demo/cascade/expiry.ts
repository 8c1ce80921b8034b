import { closeExpiredOf } from "../../actions/liquidation/expiry.ts";
import { recordDeliveries } from "../../chain/snapshot/delivery.ts";
import type { SnapshotRow } from "../../risk/snapshot.ts";
import { isSettledVector } from "../../risk/table.ts";
import { netHolding } from "../../risk/transfer.ts";
import { micros } from "./text.ts";
import type { World } from "./world.ts";

/** Shows what expired as the market fell to the delivery book: an hour later its value is there for good. */
export async function deliver(world: World): Promise<void> {
  const { people, deployment } = world.stage;
  const { market } = world;
  if (expiredIn(world).length === 0) return;
  const shown = await world.progress.step("owner: showing what expired to the delivery book", () =>
    recordDeliveries(people.owner, deployment, market),
  );
  for (const receipt of shown) world.sent(receipt);
}

/**
 * Closes what expired: of the account in its case, and of who has the other side.
 * @returns the story, for people; empty where nothing has expired.
 */
export async function closeExpired(world: World): Promise<string> {
  for (const { instrumentId } of expiredIn(world)) {
    for (const [, account] of world.accounts)
      if (netHolding(account.positions, instrumentId) !== 0n)
        await closeExpiredOf(world.desk("venue"), account);
  }
  const [row] = expiredIn(world);
  if (row === undefined) return "";
  const { instrument, vector } = row;
  return `; ${instrument.name}, which had expired, was closed in its case at ${micros(vector.mark)} a lot`;
}

/** Rows of the fallen market that are settled. */
function expiredIn({ market }: World): readonly SnapshotRow[] {
  return market.rows.filter(
    ({ instrument, vector }) => instrument.kind !== "collateral" && isSettledVector(vector),
  );
}
