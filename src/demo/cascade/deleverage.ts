import { deleverage } from "../../actions/liquidation/deleverage.ts";
import { depositFund } from "../../chain/liquidation/funds.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { UNITS_PER_LOT } from "./parameters.ts";
import { ROLES } from "./plan.ts";
import { absorb } from "./takeover.ts";
import { lots } from "./text.ts";
import type { World } from "./world.ts";

/** What auto-deleveraging came to. */
export interface Deleveraged {
  readonly roundId: bigint;
  /** Lots that nobody had borne before it, and after it. */
  readonly before: bigint;
  readonly after: bigint;
  readonly instrument: string;
  /** What each holder bore: lots closed, and micro-USD lost at the snapshot's marks. */
  readonly holders: readonly { readonly name: string; readonly closed: bigint; readonly lost: bigint }[];
  readonly story: string;
}

/** What no fund bears is borne by the holders of the other side, pro rata; what rounding leaves, by whoever fills the fund next. */
export async function playDeleveraging(world: World, residual: bigint): Promise<Deleveraged> {
  const { people, system } = world.stage;
  const round = await deleverage(world.desk("owner"), {
    house: world.get(ROLES.house),
    holders: await holdersOf(world),
  });
  const { roundId, instrument, plan, parts } = round;
  const holders = parts.map(({ accountId, closed, gain }) => ({
    name: world.nameOf(accountId),
    closed,
    lost: gain,
  }));
  const after = parts.at(-1)?.residual ?? residual;
  if (after > 0n) {
    await world.send("pool", `paying what rounding left, ${after} lots, into the insurance fund`, () =>
      depositFund(people.pool, system, "insurance", after * UNITS_PER_LOT),
    );
    await absorb(world);
  }
  const names = holders.map(({ name }) => name).join(" and ");
  const story = `${names} close ${plan.terms.closing} lots of ${instrument} and bear ${lots(residual - after)}`;
  return { roundId, before: residual, after, instrument, holders, story };
}

/** All accounts but the house's and those that a case freezes. */
async function holdersOf({ accounts, stage }: World): Promise<readonly OpenAccount[]> {
  const { people, system } = stage;
  const found = await Promise.all(
    accounts.map(async ([, account]) => {
      const { frozen, guarded } = await readAccount(people.owner, system, account.accountId);
      return frozen || guarded ? [] : [account];
    }),
  );
  return found.flat();
}
