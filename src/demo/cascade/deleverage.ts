import { depositFund } from "../../chain/liquidation/funds.ts";
import { deleverageHolder, openRound } from "../../chain/liquidation/house.ts";
import { readAccount } from "../../chain/liquidation/read-ledger.ts";
import { BallastError } from "../../errors.ts";
import type { OpenAccount } from "../../liquidation/account.ts";
import { closingTerms, holdingTerms, planRound } from "../../liquidation/deleveraging.ts";
import { deleveragePurpose } from "../../liquidation/purpose.ts";
import { SETTLEMENT_ID, UNITS_PER_LOT } from "./parameters.ts";
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
  const house = () => world.get(ROLES.house);
  const others = await holdersOf(world);
  const plan = planRound({
    snapshot: world.snapshot,
    settlementId: SETTLEMENT_ID,
    house: house().positions,
    holders: others.map(([, account]) => account),
  });
  const { terms, parts } = plan;
  const holding = await world.closing(
    "what the house holds",
    house(),
    house().salt,
    holdingTerms(terms, SETTLEMENT_ID),
  );
  const start = await world.equity(ROLES.house, house());
  const { roundId } = await world.send("opening a round of auto-deleveraging", () =>
    openRound(people.owner, system, terms, holding, start),
  );
  let after = residual;
  const holders: { name: string; closed: bigint; lost: bigint }[] = [];
  for (const { accountId, closed, payment, gain } of parts) {
    const [name, holder] = others.find(([, account]) => account.accountId === accountId) ?? [];
    if (name === undefined || holder === undefined)
      throw new BallastError("INTERNAL", "A holder of the round is nobody's account.");
    const cut = await world.transfer(`the part of ${name}`, deleveragePurpose(roundId), {
      a: holder,
      b: house(),
      moved: [{ instrumentId: terms.instrumentId, quantity: terms.holdersShort ? -closed : closed }],
      cash: payment,
    });
    const part = await world.closing(
      `that it is the part of ${name}, no more`,
      holder,
      cut.a.salt,
      closingTerms(terms, SETTLEMENT_ID),
    );
    const equity = await world.equity(ROLES.house, cut.b ?? house());
    const done = await world.send(`closing ${closed} lots of ${name}`, () =>
      deleverageHolder(people.owner, system, roundId, cut.claim, part.claim, equity),
    );
    world.keep(cut.a, cut.b);
    holders.push({ name, closed, lost: gain });
    after = done.residual;
  }
  if (after > 0n) {
    await world.send(`what rounding left, ${after} lots, is paid into the insurance fund`, () =>
      depositFund(people.pool, system, "insurance", after * UNITS_PER_LOT),
    );
    await absorb(world);
  }
  const instrument =
    world.snapshot.rows.find((row) => row.instrumentId === terms.instrumentId)?.instrument.name ?? "";
  const story = `${holders.map(({ name }) => name).join(" and ")} close ${terms.closing} lots of ${instrument} and bear ${lots(residual - after)}`;
  return { roundId, before: residual, after, instrument, holders, story };
}

/** All accounts but the house's that no case freezes. */
async function holdersOf({ accounts, stage }: World): Promise<readonly (readonly [string, OpenAccount])[]> {
  const { people, system } = stage;
  const found = await Promise.all(
    accounts.map(async ([name, account]) => {
      const { frozen, guarded } = await readAccount(people.owner, system, account.accountId);
      return frozen || guarded ? [] : [[name, account] as const];
    }),
  );
  return found.flat();
}
