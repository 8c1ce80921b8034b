import { readClock } from "../../chain/coverage/clock.ts";
import { moveTo, now } from "./clock.ts";
import type { World } from "./world.ts";

/**
 * Lets time pass until so many seconds were served. Where the newest snapshot serves no more, the same market is published again, as of then: in life
 * the oracles do that every few minutes.
 */
export async function serveUntil(world: World, served: bigint): Promise<void> {
  const { people, system } = world.stage;
  const { owner } = people;
  for (;;) {
    const clock = await readClock(owner, system.clock);
    if (clock.served >= served) return;
    const serving = clock.servesUntil - clock.time;
    if (serving <= 0n) await world.publishAgain(await now(owner));
    else {
      const lacking = served - clock.served;
      await moveTo(owner, clock.time + (serving < lacking ? serving : lacking));
    }
  }
}
