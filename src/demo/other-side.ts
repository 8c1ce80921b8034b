import { toField } from "../math/field.ts";
import { randomSalt } from "../portfolio/commitment.ts";
import { accountIdOf } from "../portfolio/format.ts";
import type { VenueAccount } from "../portfolio/stream-file.ts";
import type { Holding } from "../risk/requirement.ts";
import { netPositions } from "../risk/transfer.ts";

/**
 * The venue's other customers: accounts that hold the other side of everything but the cash, so that all together net. A real venue's
 * accounts net by themselves; a cast of a few doesn't.
 * @param slots how many positions each takes.
 */
export function otherSide(
  portfolios: readonly (readonly Holding[])[],
  settlementId: number,
  slots: number,
): VenueAccount[] {
  const open = netPositions(...portfolios).filter(
    ({ instrumentId, quantity }) => instrumentId !== settlementId && quantity !== 0n,
  );
  const positions = open.map(({ instrumentId, quantity }) => ({ instrumentId, quantity: -quantity }));
  return Array.from({ length: Math.ceil(positions.length / slots) }, (_, i) => {
    const account = `other customers ${i + 1}`;
    const held = positions.slice(i * slots, (i + 1) * slots);
    const portfolio = { account, accountId: toField(accountIdOf(account)), positions: held };
    return { portfolio, salt: randomSalt(), where: account };
  });
}
